/* clickhouse: the name of a database taken apart, whose credentials are used, and how it is asked. Names are held to
 * letters, digits and underscores, so that they can stand in a statement as they are. */
#include "observations/clickhouse.h"

#include "observations/database.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>

#define USER_VARIABLE        "PATHAUDIT_CLICKHOUSE_USER"
#define PASSWORD_VARIABLE    "PATHAUDIT_CLICKHOUSE_PASSWORD"
#define CREDENTIALS_VARIABLE "PATHAUDIT_CLICKHOUSE_CREDENTIALS"
#define AUTHORITIES_VARIABLE "PATHAUDIT_CLICKHOUSE_CA"

/* -- its name ------------------------------------------------------------------------------------------------------ */

static bool take_name(char out[DATABASE_NAME], const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)text[i]) && text[i] != '_')
            return false;
    if (length == 0 || length >= DATABASE_NAME || isdigit((unsigned char)text[0]))
        return false;
    memcpy(out, text, length);
    out[length] = '\0';
    return true;
}

/* "H1:P1,H2:P2" */
static bool take_hosts(struct clickhouse *database, const char *scheme, const char *text, size_t length)
{
    while (length > 0 && database->host_count < HOSTS_MOST) {
        const char *comma = memchr(text, ',', length);
        size_t one = comma != NULL ? (size_t)(comma - text) : length;
        char *host = database->hosts[database->host_count];
        int written = snprintf(host, sizeof database->hosts[0], "%s://%.*s", scheme, (int)one, text);
        if (one == 0 || written < 0 || (size_t)written >= sizeof database->hosts[0])
            return false;
        for (size_t i = 0; i < one; i++)
            if (!isalnum((unsigned char)text[i]) && strchr(".-:[]_", text[i]) == NULL)
                return false;
        database->host_count++;
        text += one + (comma != NULL);
        length -= one + (comma != NULL);
    }
    return length == 0 && database->host_count > 0;
}

static bool parse(struct clickhouse *database, const char *rest, struct failure *failure)
{
    const char *scheme = strncmp(rest, "http://", 7) == 0 ? "http" : strncmp(rest, "https://", 8) == 0 ? "https" : NULL;
    const char *hosts = scheme != NULL ? rest + strlen(scheme) + 3 : NULL;
    const char *slash = hosts != NULL ? strchr(hosts, '/') : NULL;
    if (hosts != NULL && strchr(hosts, '@') != NULL)
        return failure_add(failure,
                           "clickhouse: no user or password on the command line, where others see it: use "
                           "%s and %s, or %s=FILE",
                           USER_VARIABLE, PASSWORD_VARIABLE, CREDENTIALS_VARIABLE);
    if (hosts != NULL && (slash == NULL || slash[1] == '\0'))
        return failure_add(failure,
                           "clickhouse:%s: the database is missing; it is written as "
                           "clickhouse:http://HOST:PORT/DATABASE",
                           rest);
    if (slash == NULL || !take_hosts(database, scheme, hosts, (size_t)(slash - hosts)))
        return failure_add(failure, "clickhouse:%s: is written as clickhouse:http://HOST:PORT/DATABASE", rest);
    const char *name = slash + 1, *question = strchr(name, '?');
    if (!take_name(database->name, name, question != NULL ? (size_t)(question - name) : strlen(name)))
        return failure_add(failure, "clickhouse:%s: the name of a database has letters, digits and _", rest);
    if (question == NULL)
        return true;
    if (strncmp(question, "?cluster=", 9) != 0 || !take_name(database->cluster, question + 9, strlen(question + 9)))
        return failure_add(failure, "clickhouse:%s: behind the database only ?cluster=NAME may stand", rest);
    return true;
}

bool clickhouse_check(const char *rest, struct failure *failure)
{
    struct clickhouse ignored = {.host_count = 0};
    return parse(&ignored, rest, failure);
}

/* -- credentials --------------------------------------------------------------------------------------------------- */

/* USER:PASSWORD on the first line, in a file that nobody else may read. */
static bool read_credentials(const char *path, char *line, size_t room, struct failure *failure)
{
    struct stat about;
    FILE *in = fopen(path, "re");
    if (in == NULL || fstat(fileno(in), &about) != 0) {
        failure_add(failure, "%s: cannot read %s: %s", CREDENTIALS_VARIABLE, path, strerror(errno));
    } else if ((about.st_mode & 077) != 0) {
        failure_add(failure, "%s: others may read %s; take that right away: chmod 600", CREDENTIALS_VARIABLE, path);
    } else if (fgets(line, (int)room, in) == NULL || strchr(line, ':') == NULL) {
        failure_add(failure, "%s: the first line of %s is not USER:PASSWORD", CREDENTIALS_VARIABLE, path);
    } else {
        line[strcspn(line, "\r\n")] = '\0';
    }
    if (in != NULL)
        fclose(in);
    return !failure_any(failure);
}

static struct http *connect_with_credentials(struct failure *failure)
{
    char line[1024];
    struct http_identity identity = {.user = getenv(USER_VARIABLE),
                                     .password = getenv(PASSWORD_VARIABLE),
                                     .authorities = getenv(AUTHORITIES_VARIABLE)};
    const char *file = getenv(CREDENTIALS_VARIABLE);
    if (file != NULL) {
        if (!read_credentials(file, line, sizeof line, failure))
            return NULL;
        char *colon = strchr(line, ':');
        *colon = '\0';
        identity.user = line;
        identity.password = colon + 1;
    }
    struct http *http = http_create(&identity, failure);
    explicit_bzero(line, sizeof line);
    return http;
}

struct clickhouse *clickhouse_open(const char *rest, const struct where_needs *needs, struct failure *failure)
{
    struct clickhouse *database = calloc(1, sizeof *database);
    if (database == NULL) {
        failure_add(failure, "out of memory");
        return NULL;
    }
    database->spool = needs->spool != NULL ? needs->spool : WHERE_SPOOL;
    database->spool_bytes = needs->spool_bytes != 0 ? needs->spool_bytes : WHERE_SPOOL_BYTES;
    database->heard_once = needs->heard_once;
    if (parse(database, rest, failure) && (database->http = connect_with_credentials(failure)) != NULL)
        return database;
    clickhouse_close(database);
    return NULL;
}

void clickhouse_close(struct clickhouse *database)
{
    if (database != NULL)
        http_destroy(database->http);
    free(database);
}

/* -- statements ---------------------------------------------------------------------------------------------------- */

static void append(struct sql *sql, const char *bytes, size_t length)
{
    if (sql->length > 0 && sql->text == NULL)
        return;
    char *more = realloc(sql->text, sql->length + length + 1);
    if (more == NULL) {
        free(sql->text);
        sql->length = 1;
        sql->text = NULL;
        return;
    }
    memcpy(more + sql->length, bytes, length);
    sql->text = more;
    sql->length += length;
    sql->text[sql->length] = '\0';
}

void sql_add(struct sql *sql, const char *format, ...)
{
    char *part;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&part, format, arguments);
    va_end(arguments);
    if (length < 0)
        return;
    append(sql, part, (size_t)length);
    free(part);
}

void sql_add_text(struct sql *sql, const char *text)
{
    append(sql, "'", 1);
    for (; *text != '\0'; text++) {
        if (*text == '\'' || *text == '\\')
            append(sql, "\\", 1);
        append(sql, text, 1);
    }
    append(sql, "'", 1);
}

void sql_add_table(struct sql *sql, const struct clickhouse *database, const char *name, bool all_shards)
{
    sql_add(sql, "%s.%s%s", database->name, name, all_shards && database->cluster[0] != '\0' ? "_all" : "");
}

void sql_fini(struct sql *sql)
{
    free(sql->text);
    *sql = (struct sql){NULL, 0};
}

/* -- asking -------------------------------------------------------------------------------------------------------- */

#define PATIENCE_WRITING_S 120
#define PATIENCE_READING_S 3600
#define PATIENCE_STRETCH_S 60
/* Errors come as such and not in the middle of rows; a shard that is down is an error; what is inserted through a
 * Distributed table is there when that is said; large groupings go to the server's disk. */
#define SETTINGS                                                                                                       \
    "/?wait_end_of_query=1&enable_http_compression=1&skip_unavailable_shards=0&insert_distributed_sync=1"              \
    "&distributed_aggregation_memory_efficient=1&max_bytes_before_external_group_by=2000000000"

enum http_result database_ask(struct clickhouse *database, const char *statement, const void *body, size_t length,
                              packed_take *take, void *context, char why[HTTP_WHY])
{
    char url[4096];
    snprintf(url, sizeof url, "%s" SETTINGS, database->hosts[database->host]);
    struct http_request request = {.url = url,
                                   .body = statement,
                                   .patience_s = PATIENCE_READING_S,
                                   .stretch_s = PATIENCE_STRETCH_S,
                                   .take = take,
                                   .context = context};
    snprintf(why, HTTP_WHY, "out of memory");
    if (statement == NULL)
        return HTTP_REFUSED;
    request.length = strlen(statement);
    if (body != NULL) {
        snprintf(url + strlen(url), sizeof url - strlen(url),
                 "%s&query=", database->holds_days[database->host] ? "&" SCHEMA_LIMIT "=0" : "");
        if (!http_escape(database->http, url, sizeof url, statement))
            return HTTP_REFUSED;
        request.body = body;
        request.length = length;
        request.is_packed = true;
        request.patience_s = PATIENCE_WRITING_S;
    }
    return http_post(database->http, &request, why);
}

struct line {
    char *text;
    size_t used, room;
};

static bool take_line(void *context, const char *bytes, size_t length)
{
    struct line *line = context;
    for (size_t i = 0; i < length && line->used + 1 < line->room; i++)
        line->text[line->used++] = bytes[i];
    return true;
}

enum http_result database_ask_line(struct clickhouse *database, const char *statement, char *answer, size_t room,
                                   char why[HTTP_WHY])
{
    struct line line = {answer, 0, room};
    enum http_result result = database_ask(database, statement, NULL, 0, take_line, &line, why);
    answer[line.used] = '\0';
    answer[strcspn(answer, "\n")] = '\0';
    return result;
}

bool database_next_host(struct clickhouse *database, size_t first)
{
    database->host = (database->host + 1) % database->host_count;
    return database->host != first;
}

/* By the numbers of ClickHouse's own list of errors: connections, timeouts, and too much to do at the moment. */
bool database_is_passing(const char *why)
{
    static const long passing[] = {3, 32, 101, 159, 202, 209, 210, 236, 241, 242, 243, 252, 279};
    const char *code = strstr(why, "Code: ");
    if (code == NULL)
        return strncmp(why, "HTTP status 5", 13) == 0;
    long number = strtol(code + 6, NULL, 10);
    for (size_t i = 0; i < sizeof passing / sizeof *passing; i++)
        if (number == passing[i])
            return true;
    return false;
}
