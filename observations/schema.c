/* schema: the tables of a database, made from the columns of observation.h, and brought up to date by adding those that
 * an earlier version did not have. Nothing is ever renamed or taken away, so that older programs can go on writing;
 * what they do not know they leave at its default. Of tables that are newer than this program nothing is read or
 * written.
 *
 * A row's day is that of its slice, in UTC; a partition holds a day and is dropped as a whole when it is old. With a
 * cluster each table NAME has a NAME_all beside it that spreads runs over the shards: all of a run is on one, so
 * that one shard alone can tell whether the run is whole. */
#include "observations/database.h"
#include "observations/rows.h"

#include <stdlib.h>
#include <time.h>

#define DAY_NS "86400000000000"

/* Which rows count: see batches.h. */
static const char *const batch_columns[][2] = {
    {"attempt", "UInt64"}, {"run", "String"},    {"sensor", "String"}, {"generation", "UInt64"},
    {"number", "UInt32"},  {"count", "UInt32"},  {"kind", "String"},   {"rows", "UInt64"},
    {"first", "Int64"},    {"spooled", "Int64"}, {"sent", "Int64"},
};
#define BATCH_COLUMNS (sizeof batch_columns / sizeof *batch_columns)

static const char *const orders[KINDS] = {
    [KIND_CONVERSATIONS] = "client, server, port, slice",
    [KIND_FACTS] = "client, server, port, slice",
    [KIND_BINDINGS] = "server, port, first",
    [KIND_COVERAGE] = "sensor, first",
};

static bool has_slices(int kind)
{
    return kind == KIND_CONVERSATIONS || kind == KIND_FACTS;
}

/* -- one statement after another until one fails ---------------------------------------------------------------------
 */

struct making {
    struct clickhouse *database;
    enum http_result result;
    char *why;
};

static void make(struct making *making, struct sql *sql)
{
    if (making->result == HTTP_DONE)
        making->result = database_ask(making->database, sql->text, NULL, 0, NULL, NULL, making->why);
    sql_fini(sql);
}

static void make_distributed(struct making *making, const char *name)
{
    const struct clickhouse *database = making->database;
    struct sql sql = {NULL, 0};
    if (database->cluster[0] == '\0')
        return;
    sql_add(&sql, "CREATE TABLE IF NOT EXISTS %s.%s_all AS %s.%s ENGINE = Distributed(%s, %s, %s, cityHash64(run))",
            database->name, name, database->name, name, database->cluster, database->name, name);
    make(making, &sql);
}

static void make_table(struct making *making, int kind)
{
    struct sql sql = {NULL, 0};
    char *columns = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&columns, &length);
    if (out != NULL) {
        rows_write_sql(kinds[kind].table, out);
        fclose(out);
    }
    sql_add(&sql, "CREATE TABLE IF NOT EXISTS ");
    sql_add_table(&sql, making->database, kinds[kind].table->name, false);
    sql_add(&sql,
            " (attempt UInt64, %s) ENGINE = MergeTree PARTITION BY toDate(toUInt16(intDiv(%s, " DAY_NS
            "))) ORDER BY (%s)",
            columns != NULL ? columns : "", has_slices(kind) ? "slice" : "first", orders[kind]);
    free(columns);
    make(making, &sql);
    make_distributed(making, kinds[kind].table->name);
}

static void make_batches(struct making *making)
{
    struct sql sql = {NULL, 0};
    sql_add(&sql, "CREATE TABLE IF NOT EXISTS %s.batches (", making->database->name);
    for (size_t i = 0; i < BATCH_COLUMNS; i++)
        sql_add(&sql, "%s%s %s", i > 0 ? ", " : "", batch_columns[i][0], batch_columns[i][1]);
    sql_add(&sql, ") ENGINE = MergeTree PARTITION BY toDate(toUInt16(intDiv(first, " DAY_NS
                  "))) ORDER BY (run, generation, number)");
    make(making, &sql);
    make_distributed(making, "batches");
}

/* -- older tables ----------------------------------------------------------------------------------------------------
 */

/* Adds the columns that `table`, of this kind, does not have. Its own names come as ",first,last,". */
static void add_columns(struct making *making, int kind, const char *table)
{
    const struct clickhouse *database = making->database;
    char there[8192] = ",";
    struct sql sql = {NULL, 0};
    sql_add(
        &sql,
        "SELECT arrayStringConcat(groupArray(name), ',') FROM system.columns WHERE database = '%s' AND table = '%s'",
        database->name, table);
    if (making->result == HTTP_DONE)
        making->result = database_ask_line(making->database, sql.text, there + 1, sizeof there - 2, making->why);
    sql_fini(&sql);
    memcpy(there + strlen(there), ",", 2);
    for (size_t i = 0; i < kinds[kind].table->count && making->result == HTTP_DONE; i++) {
        char name[DATABASE_NAME];
        snprintf(name, sizeof name, ",%s,", kinds[kind].table->columns[i].name);
        if (strstr(there, name) != NULL)
            continue;
        sql_add(&sql, "ALTER TABLE %s.%s ADD COLUMN `%s` %s AFTER `%s`", database->name, table,
                kinds[kind].table->columns[i].name, rows_sql_type(kinds[kind].table->columns[i].type),
                i > 0 ? kinds[kind].table->columns[i - 1].name : "attempt");
        make(making, &sql);
    }
}

static void upgrade(struct making *making)
{
    struct sql sql = {NULL, 0};
    for (int kind = 0; kind < KINDS; kind++) {
        char all[DATABASE_NAME];
        snprintf(all, sizeof all, "%s_all", kinds[kind].table->name);
        add_columns(making, kind, kinds[kind].table->name);
        if (making->database->cluster[0] != '\0')
            add_columns(making, kind, all);
    }
    sql_add(&sql, "INSERT INTO %s.schema_version VALUES (%d, %lld)", making->database->name, SCHEMA_VERSION,
            (long long)time(NULL));
    make(making, &sql);
}

/* -- which version ---------------------------------------------------------------------------------------------------
 */

/* Are our tables there, and which version are they? 0 when nothing says. */
static enum http_result look(struct clickhouse *database, bool *there, unsigned *version, char why[HTTP_WHY])
{
    char answer[64] = "";
    struct sql sql = {NULL, 0};
    unsigned says_version = 0, tables = 0;
    *version = 0;
    sql_add(&sql,
            "SELECT countIf(name = 'schema_version'), countIf(name != 'schema_version') FROM system.tables WHERE "
            "database = '%s' AND name IN ('schema_version', 'batches%s')",
            database->name, database->cluster[0] != '\0' ? "_all" : "");
    enum http_result result = database_ask_line(database, sql.text, answer, sizeof answer, why);
    sql_fini(&sql);
    sscanf(answer, "%u\t%u", &says_version, &tables);
    *there = tables > 0;
    if (result != HTTP_DONE || says_version == 0)
        return result;
    sql_add(&sql, "SELECT max(version) FROM %s.schema_version", database->name);
    result = database_ask_line(database, sql.text, answer, sizeof answer, why);
    sql_fini(&sql);
    *version = (unsigned)strtoul(answer, NULL, 10);
    if (result == HTTP_DONE && *version > SCHEMA_VERSION) {
        snprintf(
            why, HTTP_WHY,
            "the tables of %s have version %u, and this pathaudit knows version %d: use the newer pathaudit that made "
            "them",
            database->name, *version, SCHEMA_VERSION);
        return HTTP_REFUSED;
    }
    return result;
}

/* A run of months has rows of more days than a newer server takes at once; an older one knows no such limit, and
 * refuses settings that it does not know. */
enum http_result schema_limits(struct clickhouse *database, bool *limits, char why[HTTP_WHY])
{
    char answer[64] = "";
    enum http_result result = database_ask_line(
        database, "SELECT count() FROM system.settings WHERE name = '" SCHEMA_LIMIT "'", answer, sizeof answer, why);
    *limits = answer[0] == '1';
    return result;
}

enum http_result schema_check(struct clickhouse *database, char why[HTTP_WHY])
{
    unsigned version;
    bool there;
    enum http_result result = look(database, &there, &version, why);
    if (result != HTTP_DONE || (there && version == SCHEMA_VERSION))
        return result;
    snprintf(why, HTTP_WHY, "%s there has no tables of this version yet; 'pathaudit observe -O' makes them%s",
             database->name, database->cluster[0] != '\0' ? ", and those of the cluster" : "");
    return HTTP_REFUSED;
}

enum http_result schema_prepare(struct clickhouse *database, bool *made, char why[HTTP_WHY])
{
    unsigned version;
    bool there;
    struct making making = {database, look(database, &there, &version, why), why};
    struct sql sql = {NULL, 0};
    *made = making.result == HTTP_DONE && (!there || version != SCHEMA_VERSION);
    if (!*made)
        return making.result;
    sql_add(&sql, "CREATE DATABASE IF NOT EXISTS %s", database->name);
    make(&making, &sql);
    for (int kind = 0; kind < KINDS; kind++)
        make_table(&making, kind);
    make_batches(&making);
    sql_add(
        &sql,
        "CREATE TABLE IF NOT EXISTS %s.schema_version (version UInt32, at Int64) ENGINE = MergeTree ORDER BY version",
        database->name);
    make(&making, &sql);
    upgrade(&making);
    return making.result;
}
