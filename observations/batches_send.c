/* batches_send: from the spool to the database. */
#include "base/now.h"
#include "observations/batches.h"
#include "observations/packed.h"
#include "observations/rows.h"

#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/random.h>

#define TRIES         3  /* of all hosts, a second and two apart */
#define MANIFEST_MOST 64 /* batches sent before `batches` is told */

/* A batch whose rows are there, and `batches` does not say so yet. */
struct pending {
    unsigned number;
    char table[32];
};

struct sending {
    struct spool *spool;
    struct clickhouse *database;
    struct batches_sent *sent;
    const char *name; /* of the run's folder */
    struct spool_run run;
    struct sql manifest;
    struct pending pending[MANIFEST_MOST];
    size_t pending_count;
    bool away; /* no host answers: nothing more is tried */
};

/* -- to any host that answers ----------------------------------------------------------------------------------------
 */

/* Hosts that are shards of one cluster need the tables all before rows are spread over them. */
static enum http_result prepare(struct clickhouse *database, char *why)
{
    bool made;
    if (database->prepared[database->host])
        return HTTP_DONE;
    enum http_result result = schema_prepare(database, &made, why);
    if (result == HTTP_DONE)
        result = schema_limits(database, &database->holds_days[database->host], why);
    database->prepared[database->host] = result == HTTP_DONE;
    if (result == HTTP_DONE && made)
        shards_prepare(database);
    return result;
}

/* One that is away gets them when it is back. */
static void prepare_all(struct clickhouse *database)
{
    char ignored[HTTP_WHY];
    for (size_t i = 0; i < database->host_count; i++) {
        prepare(database, ignored);
        database_next_host(database, 0);
    }
}

/* With tables that are there. */
static enum http_result ask_host(struct clickhouse *database, const char *statement, const void *body, size_t length,
                                 char *why)
{
    enum http_result result = prepare(database, why);
    return result == HTTP_DONE ? database_ask(database, statement, body, length, NULL, NULL, why) : result;
}

static bool ask(struct sending *sending, const char *statement, const void *body, size_t length)
{
    struct clickhouse *database = sending->database;
    char *why = sending->sent->why;
    for (int tries = 0; tries < TRIES && !sending->away; tries++) {
        size_t first = database->host;
        if (tries > 0)
            poll(NULL, 0, 1000 * tries);
        do {
            enum http_result result = ask_host(database, statement, body, length, why);
            if (result == HTTP_DONE) {
                why[0] = '\0';
                return true;
            }
            sending->sent->is_passing = result == HTTP_AWAY || database_is_passing(why);
            if (result == HTTP_REFUSED)
                return false;
        } while (database_next_host(database, first));
    }
    sending->away = true;
    return false;
}

/* -- one batch -------------------------------------------------------------------------------------------------------
 */

/* Rows as they are sent: the attempt, a tab and the run go before each. */
struct dressing {
    char prefix[80];
    size_t prefix_length;
    char *text;
    size_t used, room;
    bool at_start;
    uint64_t rows;
};

static bool dress(void *context, const char *bytes, size_t length)
{
    struct dressing *dressing = context;
    while (length > 0) {
        const char *newline = memchr(bytes, '\n', length);
        size_t part = newline != NULL ? (size_t)(newline - bytes) + 1 : length;
        if (dressing->used + dressing->prefix_length + part > dressing->room) {
            size_t room = 2 * (dressing->room + dressing->prefix_length + part);
            char *more = realloc(dressing->text, room);
            if (more == NULL)
                return false;
            dressing->text = more;
            dressing->room = room;
        }
        if (dressing->at_start) {
            memcpy(dressing->text + dressing->used, dressing->prefix, dressing->prefix_length);
            dressing->used += dressing->prefix_length;
        }
        memcpy(dressing->text + dressing->used, bytes, part);
        dressing->used += part;
        dressing->rows += newline != NULL;
        dressing->at_start = newline != NULL;
        bytes += part;
        length -= part;
    }
    return true;
}

/* How many columns rows have. Those that an earlier version left in the spool lack what came later, at their end. */
static size_t columns_of(const struct dressing *dressing)
{
    size_t columns = 0; /* behind the attempt */
    for (size_t i = 0; i < dressing->used && dressing->text[i] != '\n'; i++)
        columns += dressing->text[i] == '\t';
    return columns;
}

static void add_insert(struct sql *sql, const struct clickhouse *database, const char *table, size_t columns)
{
    sql_add(sql, "INSERT INTO ");
    sql_add_table(sql, database, table, true);
    sql_add(sql, " (attempt");
    for (int kind = 0; kind < KINDS; kind++)
        for (size_t i = 0; strcmp(kinds[kind].table->name, table) == 0 && i < kinds[kind].table->count && i < columns;
             i++)
            sql_add(sql, ", `%s`", kinds[kind].table->columns[i].name);
    sql_add(sql, ") FORMAT TabSeparated");
}

static bool is_ours(const char *table)
{
    for (int kind = 0; kind < KINDS; kind++)
        if (strcmp(kinds[kind].table->name, table) == 0)
            return true;
    return false;
}

static void note_in_manifest(struct sending *sending, const struct spool_file *file, uint64_t attempt, uint64_t rows)
{
    const struct spool_run *run = &sending->run;
    sql_add(&sending->manifest,
            "%" PRIu64 "\t%s\t%s\t%" PRIu64 "\t%u\t%u\t%s\t%" PRIu64 "\t%" PRId64 "\t%" PRIu64 "\t%" PRId64 "\n",
            attempt, run->run, run->sensor, run->generation, file->number, run->count, file->table, rows, run->first_ns,
            run->generation, wall_ns());
    struct pending *pending = &sending->pending[sending->pending_count++];
    pending->number = file->number;
    snprintf(pending->table, sizeof pending->table, "%s", file->table);
}

static bool fail(struct sending *sending, const char *why)
{
    snprintf(sending->sent->why, HTTP_WHY, "%s", why);
    sending->sent->is_passing = false;
    return false;
}

static bool send_dressed(struct sending *sending, const struct spool_file *file, uint64_t attempt,
                         const struct dressing *dressing)
{
    size_t length;
    unsigned char *packed = packed_from(dressing->text, dressing->used, &length);
    if (packed == NULL)
        return fail(sending, "out of memory");
    struct sql insert = {NULL, 0};
    add_insert(&insert, sending->database, file->table, columns_of(dressing));
    bool ok = ask(sending, insert.text, packed, length);
    sql_fini(&insert);
    free(packed);
    if (ok)
        note_in_manifest(sending, file, attempt, dressing->rows);
    return ok;
}

static bool send_file(struct sending *sending, const struct spool_file *file)
{
    struct dressing dressing = {.at_start = true};
    uint64_t attempt;
    if (getrandom(&attempt, sizeof attempt, 0) != sizeof attempt)
        return fail(sending, "no random numbers");
    int length = snprintf(dressing.prefix, sizeof dressing.prefix, "%" PRIu64 "\t%s", attempt, sending->run.run);
    dressing.prefix_length = (size_t)length;
    bool ok = is_ours(file->table) && packed_each(file->packed, file->length, dress, &dressing);
    ok = ok ? send_dressed(sending, file, attempt, &dressing) : fail(sending, "a file of the spool is damaged");
    free(dressing.text);
    return ok;
}

/* -- one run ---------------------------------------------------------------------------------------------------------
 */

/* From here on they count, and need not wait any longer. */
static bool tell_batches(struct sending *sending)
{
    struct sql insert = {NULL, 0};
    size_t length = 0;
    if (sending->pending_count == 0)
        return true;
    sql_add(&insert, "INSERT INTO ");
    sql_add_table(&insert, sending->database, "batches", true);
    sql_add(&insert, " (attempt, run, sensor, generation, number, count, kind, rows, first, spooled, sent) "
                     "FORMAT TabSeparated");
    unsigned char *packed =
        sending->manifest.text != NULL ? packed_from(sending->manifest.text, sending->manifest.length, &length) : NULL;
    bool ok = packed != NULL ? ask(sending, insert.text, packed, length) : fail(sending, "out of memory");
    for (size_t i = 0; ok && i < sending->pending_count; i++)
        spool_remove(sending->spool, sending->name, sending->pending[i].number, sending->pending[i].table);
    sending->pending_count = 0;
    sql_fini(&sending->manifest);
    sql_fini(&insert);
    free(packed);
    return ok;
}

static void send_run(struct sending *sending)
{
    struct spool_file file = {.number = 0};
    bool ok = true;
    while (ok && spool_next(sending->spool, sending->name, file.number + 1, &file)) {
        ok = send_file(sending, &file);
        free(file.packed);
        if (ok && sending->pending_count == MANIFEST_MOST)
            ok = tell_batches(sending);
    }
    ok = tell_batches(sending) && ok;
    if (ok)
        spool_remove_run(sending->spool, sending->name);
    else
        sending->sent->rows_left += sending->run.rows;
}

static void send_all(struct spool *spool, struct clickhouse *database, struct batches_sent *sent)
{
    struct sending sending = {.spool = spool, .database = database, .sent = sent};
    struct batches_sent worst = {.is_passing = true};
    char **names = spool_names(spool);
    if (names != NULL && names[0] != NULL)
        prepare_all(database);
    for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
        *sent = (struct batches_sent){.is_passing = true};
        sending.name = names[i];
        if (!spool_about(spool, names[i], &sending.run))
            continue;
        if (!sending.away)
            send_run(&sending);
        else
            sent->rows_left = sending.run.rows;
        worst.rows_left += sent->rows_left;
        if (sent->why[0] != '\0' && worst.is_passing) {
            memcpy(worst.why, sent->why, sizeof worst.why);
            worst.is_passing = sent->is_passing;
        }
    }
    spool_names_free(names);
    *sent = worst;
    sent->away = sending.away;
}

void batches_send(struct spool *spool, struct clickhouse *database, struct batches_sent *sent)
{
    struct failure failure = {.count = 0};
    *sent = (struct batches_sent){.rows_left = 0};
    if (spool_begin_taking(spool, &failure)) {
        send_all(spool, database, sent);
        spool_end_taking(spool);
        return;
    }
    sent->rows_left = spool_waiting(spool);
    snprintf(sent->why, sizeof sent->why, "%.*s", HTTP_WHY - 1, failure.text);
}

bool batches_prepare(struct clickhouse *database, struct failure *failure)
{
    char why[HTTP_WHY];
    size_t first = database->host;
    enum http_result result;
    do
        result = prepare(database, why);
    while (result == HTTP_AWAY && database_next_host(database, first));
    const char *host = database->hosts[database->host];
    if (result == HTTP_AWAY)
        fprintf(stderr, "pathaudit: warning: clickhouse %s: %s\n", host, why);
    if (result != HTTP_DONE)
        return result == HTTP_AWAY || failure_add(failure, "clickhouse %s: %s", host, why);
    prepare_all(database);
    shards_prepare(database);
    return true;
}
