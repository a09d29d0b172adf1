/* clickhouse_read: what an audit needs of a database, added up there as far as it can be: over runs and slices, for
 * each pair and session class. Only of pairs that several sensors saw do slices and sensors come apart, so that views
 * can be settled here as they are for files (views.h). What is summed, and what is a key, follows from the column
 * tables.
 *
 * Only rows of whole runs count (batches.h); a run that is not whole is told, and a shard that does not answer is an
 * error: no count is ever partial in silence. */
#include "observations/database.h"
#include "observations/rows.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>

#define ROWS_MOST                                                                                                      \
    400000 /* of a table, before its slices get wider: what an audit of the default memory has room for                \
            */
#define COVERAGE_TOGETHER_NS "300000000000"        /* rows of coverage that begin within five minutes come as one */
#define ROWS_ENDLESS         (UINT64_C(200) << 20) /* more than these are no answer to any question of ours */
#define WIDER_MOST           8                     /* doublings: of 256 slices one is left */

struct reading {
    struct clickhouse *database;
    struct observations *store;
    const struct window *window;
    int64_t width_ns; /* of slices as they are asked for */
};

/* -- which rows ------------------------------------------------------------------------------------------------------
 */

#define PAIR "client, server, transport, port, tunnel, network"

/* Each shard asks its own `batches`: all of a run is on one shard. */
static void add_whole_runs(struct sql *sql, const struct clickhouse *database)
{
    sql_add(
        sql,
        "attempt IN (SELECT min(attempt) FROM %s.batches WHERE (run, generation) IN (SELECT run, min(generation) FROM "
        "(SELECT run, generation FROM %s.batches GROUP BY run, generation HAVING uniqExact(number) = max(count)) "
        "GROUP BY run) GROUP BY run, generation, number)",
        database->name, database->name);
}

/* The same question as window_holds asks of a row. */
static void add_where(struct sql *sql, const struct reading *reading, int kind)
{
    const struct window *window = reading->window;
    bool sliced = kind == KIND_CONVERSATIONS || kind == KIND_FACTS;
    sql_add(sql, " WHERE ");
    add_whole_runs(sql, reading->database);
    if (kind == KIND_COVERAGE && window->until_ns != INT64_MAX)
        sql_add(sql, " AND (packets = 0 OR first < %" PRId64 ")", window->until_ns);
    else if (window->until_ns != INT64_MAX)
        sql_add(sql, " AND %s < %" PRId64, sliced ? "slice" : "first", window->until_ns);
    if (kind == KIND_COVERAGE && window->since_ns != INT64_MIN)
        sql_add(sql, " AND (packets = 0 OR last >= %" PRId64 ")", window->since_ns);
    else if (sliced && window->since_ns != INT64_MIN)
        sql_add(sql, " AND slice >= %" PRId64, window->since_ns);
    if (window->sensor != NULL) {
        sql_add(sql, " AND sensor = ");
        sql_add_text(sql, window->sensor);
    }
}

/* -- what is asked of each column ------------------------------------------------------------------------------------
 */

enum role {
    ROLE_KEY,  /* rows of one value come together */
    ROLE_NONE, /* the run: not asked for */
    ROLE_SUM,
    ROLE_LEAST,
    ROLE_MOST,
    ROLE_FIRST, /* evidence: of the earliest row that has some */
    ROLE_RANK   /* the word that stands last in its list */
};

static bool is(const struct column *column, const char *name)
{
    return strcmp(column->name, name) == 0;
}

static enum role role_of(const struct column *column, int kind)
{
    bool has_evidence = kind != KIND_COVERAGE;
    if (is(column, "run"))
        return ROLE_NONE;
    if (has_evidence && (is(column, "source") || is(column, "frame")))
        return ROLE_FIRST;
    if (is(column, "first"))
        return ROLE_LEAST;
    if (is(column, "last") || is(column, "truncated") || is(column, "second_opinion"))
        return ROLE_MOST;
    if (is(column, "decided_by"))
        return ROLE_RANK;
    return column->type == COLUMN_U64 ? ROLE_SUM : ROLE_KEY;
}

static void add_rank(struct sql *sql, const struct column *column)
{
    sql_add(sql, "argMax(%s, indexOf([", column->name);
    for (size_t i = 0; i < column->word_count; i++)
        sql_add(sql, "%s'%s'", i > 0 ? ", " : "", column->words[i]);
    sql_add(sql, "], %s))", column->name);
}

/* Start of a wider slice; of times before 1970, too. */
static void add_slice(struct sql *sql, int64_t width_ns)
{
    sql_add(sql, "(slice - modulo(modulo(slice, %" PRId64 ") + %" PRId64 ", %" PRId64 "))", width_ns, width_ns,
            width_ns);
}

static void add_column(struct sql *sql, const struct reading *reading, const struct column *column, int kind)
{
    switch (role_of(column, kind)) {
    case ROLE_KEY:
        if (is(column, "slice"))
            add_slice(sql, reading->width_ns);
        else
            sql_add(sql, "`%s`", column->name);
        break;
    case ROLE_NONE:
        sql_add(sql, "''");
        break;
    case ROLE_SUM:
        sql_add(sql, "sum(`%s`)", column->name);
        break;
    case ROLE_LEAST:
        sql_add(sql, "min(`%s`)", column->name);
        break;
    case ROLE_MOST:
        sql_add(sql, "max(`%s`)", column->name);
        break;
    case ROLE_FIRST:
        sql_add(sql, "argMin(`%s`, (frame = 0, first, frame))", column->name);
        break;
    case ROLE_RANK:
        add_rank(sql, column);
        break;
    }
}

static void add_grouping(struct sql *sql, const struct reading *reading, int kind)
{
    const struct table *table = kinds[kind].table;
    const char *between = " GROUP BY ";
    for (size_t i = 0; i < table->count; i++) {
        if (role_of(&table->columns[i], kind) != ROLE_KEY)
            continue;
        sql_add(sql, "%s", between);
        add_column(sql, reading, &table->columns[i], kind);
        between = ", ";
    }
    /* A row that saw nothing has no times; and what lies far apart may have a pause in between. */
    if (kind == KIND_COVERAGE)
        sql_add(sql, ", packets = 0, intDiv(first, " COVERAGE_TOGETHER_NS ") ORDER BY sensor, source, min(`first`)");
    if (kind == KIND_BINDINGS) /* as they were told */
        sql_add(sql, " ORDER BY min(`first`), argMin(`frame`, (frame = 0, first, frame)), client, learned_from");
}

/* -- rows in ---------------------------------------------------------------------------------------------------------
 */

struct incoming {
    struct observations *store;
    const struct kind *kind;
    char line[ROWS_LONGEST];
    size_t used, length; /* of the line that comes, and of the one before */
    uint64_t rows;
    bool wrong;
};

static bool take_row(struct incoming *incoming)
{
    union record record;
    incoming->line[incoming->used] = '\0';
    incoming->wrong = strlen(incoming->line) != incoming->used || ++incoming->rows > ROWS_ENDLESS;
    incoming->length = incoming->used;
    incoming->used = 0;
    incoming->wrong = incoming->wrong || !rows_read(incoming->kind->table, incoming->line, &record, incoming->store);
    if (!incoming->wrong)
        incoming->kind->add(incoming->store, &record);
    return !incoming->wrong;
}

static bool take_rows(void *context, const char *bytes, size_t length)
{
    struct incoming *incoming = context;
    while (length > 0) {
        const char *newline = memchr(bytes, '\n', length);
        size_t part = newline != NULL ? (size_t)(newline - bytes) : length;
        incoming->wrong = incoming->wrong || incoming->used + part >= sizeof incoming->line;
        if (incoming->wrong)
            return false;
        memcpy(incoming->line + incoming->used, bytes, part);
        incoming->used += part;
        if (newline != NULL && !take_row(incoming))
            return false;
        bytes += part + (newline != NULL);
        length -= part + (newline != NULL);
    }
    return true;
}

static bool trouble(const struct reading *reading, const char *what, const char *why, struct failure *failure)
{
    return failure_add(
        failure, "clickhouse %s: cannot read %s: %s%s", reading->database->hosts[reading->database->host], what, why,
        strstr(why, "Code: 279") != NULL ? " (a shard does not answer; nothing is counted in part)" : "");
}

/* What goes wrong over there when rows were sent already stands behind them. The line may be in pieces. */
static bool not_a_row(const struct reading *reading, struct incoming *incoming, struct failure *failure)
{
    char said[256] = "";
    size_t length = incoming->used > 0 ? incoming->used : incoming->length;
    const char *at = memmem(incoming->line, length, "Code: ", 6);
    for (size_t i = 0; at != NULL && at + i < incoming->line + length && i + 1 < sizeof said; i++)
        said[i] = isprint((unsigned char)at[i]) ? at[i] : ' ';
    return failure_add(failure, "clickhouse %s: what came is not a row of %s%s%s",
                       reading->database->hosts[reading->database->host], incoming->kind->table->name,
                       said[0] != '\0' ? ": " : "", said);
}

static bool ask_rows(const struct reading *reading, int kind, const struct sql *sql, struct failure *failure)
{
    struct incoming incoming = {.store = reading->store, .kind = &kinds[kind]};
    char why[HTTP_WHY];
    enum http_result result = database_ask(reading->database, sql->text, NULL, 0, take_rows, &incoming, why);
    if (incoming.wrong || (result == HTTP_DONE && incoming.used > 0))
        return not_a_row(reading, &incoming, failure);
    return result == HTTP_DONE || trouble(reading, kinds[kind].table->name, why, failure);
}

static bool read_kind(const struct reading *reading, int kind, struct failure *failure)
{
    const struct table *table = kinds[kind].table;
    struct sql sql = {NULL, 0};
    for (size_t i = 0; i < table->count; i++) {
        sql_add(&sql, i > 0 ? ", " : "SELECT ");
        add_column(&sql, reading, &table->columns[i], kind);
    }
    sql_add(&sql, " FROM ");
    sql_add_table(&sql, reading->database, table->name, true);
    add_where(&sql, reading, kind);
    add_grouping(&sql, reading, kind);
    sql_add(&sql, " FORMAT TabSeparated");
    bool ok = ask_rows(reading, kind, &sql, failure);
    sql_fini(&sql);
    return ok;
}

/* -- before ----------------------------------------------------------------------------------------------------------
 */

static bool ask_line(const struct reading *reading, struct sql *sql, char *answer, size_t room, struct failure *failure)
{
    char why[HTTP_WHY];
    enum http_result result = database_ask_line(reading->database, sql->text, answer, room, why);
    sql_fini(sql);
    return result == HTTP_DONE || trouble(reading, "what there is", why, failure);
}

/* From when to when, so that slices get as wide as all of it needs. */
static bool read_extent(const struct reading *reading, bool *any, struct failure *failure)
{
    char answer[128];
    int64_t oldest_ns, newest_ns;
    uint64_t rows;
    struct sql sql = {NULL, 0};
    sql_add(&sql, "SELECT count(), min(slice), max(slice) FROM ");
    sql_add_table(&sql, reading->database, "conversations", true);
    add_where(&sql, reading, KIND_CONVERSATIONS);
    if (!ask_line(reading, &sql, answer, sizeof answer, failure))
        return false;
    if (sscanf(answer, "%" SCNu64 "\t%" SCNd64 "\t%" SCNd64, &rows, &oldest_ns, &newest_ns) != 3)
        return trouble(reading, "what there is", answer, failure);
    *any = rows > 0;
    if (*any) {
        observations_span(reading->store, oldest_ns);
        observations_span(reading->store, newest_ns);
    }
    return true;
}

/* About how many rows of a table will come, in slices of the store's width, of twice that, and so on: the first
 * that is few enough. Pairs are counted, and not their session classes, which are few. */
static bool choose_width(struct reading *reading, int kind, struct failure *failure)
{
    char answer[512], *at = answer;
    struct sql sql = {NULL, 0};
    reading->width_ns = observations_slice_width_ns(reading->store);
    for (int doublings = 0; doublings <= WIDER_MOST; doublings++) {
        sql_add(&sql, "%suniqCombined(cityHash64(" PAIR "%s, ", doublings > 0 ? ", " : "SELECT ",
                kind == KIND_FACTS ? ", key, value" : "");
        add_slice(&sql, reading->width_ns << doublings);
        sql_add(&sql, "))");
    }
    sql_add(&sql, " FROM ");
    sql_add_table(&sql, reading->database, kinds[kind].table->name, true);
    add_where(&sql, reading, kind);
    if (!ask_line(reading, &sql, answer, sizeof answer, failure))
        return false;
    for (int doublings = 0; doublings < WIDER_MOST; doublings++) {
        if (!isdigit((unsigned char)at[strspn(at, "\t")]))
            return trouble(reading, "how much there is", answer, failure);
        if (strtoull(at, &at, 10) <= ROWS_MOST)
            break;
        reading->width_ns *= 2;
    }
    return true;
}

/* Runs of which some batches are on their way, or were lost with the sensor that had them. */
static bool tell_unfinished(const struct reading *reading, struct failure *failure)
{
    char answer[512];
    struct sql sql = {NULL, 0};
    sql_add(&sql,
            "SELECT count(), any(sensors) FROM (SELECT run, any(told_by) AS sensors FROM (SELECT run, generation, "
            "any(sensor) AS told_by, uniqExact(number) = max(count) AS whole FROM ");
    sql_add_table(&sql, reading->database, "batches", true);
    sql_add(&sql, " GROUP BY run, generation) GROUP BY run HAVING max(whole) = 0)");
    if (!ask_line(reading, &sql, answer, sizeof answer, failure))
        return false;
    uint64_t runs = strtoull(answer, NULL, 10);
    const char *sensor = strchr(answer, '\t');
    if (!isdigit((unsigned char)answer[0]) || sensor == NULL)
        return trouble(reading, "which runs are whole", answer, failure);
    if (runs > 0)
        fprintf(stderr,
                "pathaudit: warning: %" PRIu64
                " run%s not whole in the database yet, such as one of sensor '%s', and not "
                "counted\n",
                runs, runs == 1 ? " is" : "s are", sensor != NULL ? sensor + 1 : "");
    return true;
}

/* A host that answers and has our tables. */
static bool find_host(struct clickhouse *database, struct failure *failure)
{
    char why[HTTP_WHY];
    size_t first = database->host;
    enum http_result result;
    do
        result = schema_check(database, why);
    while (result == HTTP_AWAY && database_next_host(database, first));
    return result == HTTP_DONE || failure_add(failure, "clickhouse %s: %s", database->hosts[database->host], why);
}

bool clickhouse_read(struct clickhouse *database, struct observations *store, const struct window *window,
                     struct failure *failure)
{
    struct reading reading = {.database = database, .store = store, .window = window};
    bool any = false;
    bool ok =
        find_host(database, failure) && tell_unfinished(&reading, failure) && read_extent(&reading, &any, failure);
    for (int kind = 0; kind < KINDS && ok; kind++) {
        bool sliced = kind == KIND_CONVERSATIONS || kind == KIND_FACTS;
        if (sliced && !any)
            continue;
        ok = !sliced || choose_width(&reading, kind, failure);
        if (ok && kind == KIND_CONVERSATIONS)
            observations_widen(store, reading.width_ns);
        ok = ok && read_kind(&reading, kind, failure);
    }
    return ok;
}
