/* database: what the files of clickhouse.h share and nobody else sees: one database behind one or more hosts, and how
 * it is asked. */
#ifndef OBSERVATIONS_DATABASE_H
#define OBSERVATIONS_DATABASE_H

#include "observations/clickhouse.h"
#include "observations/http.h"

#include <stdio.h>

#define HOSTS_MOST     16
#define DATABASE_NAME  64
#define SCHEMA_VERSION 2
#define SCHEMA_LIMIT   "max_partitions_per_insert_block"

struct clickhouse {
    struct http *http;
    char hosts[HOSTS_MOST][256]; /* "http://HOST:PORT" */
    bool prepared[HOSTS_MOST];   /* its tables are there and as we write them */
    bool holds_days[HOSTS_MOST]; /* it takes no more than so many days (partitions) at once, unless told otherwise */
    size_t host_count, host;     /* which one answered last */
    char name[DATABASE_NAME];
    char cluster[DATABASE_NAME]; /* "" when there is none */
    const char *spool;
    size_t spool_bytes;
    bool heard_once;
    bool shards_prepared; /* it was tried */
};

/* A statement that grows. `text` is NULL when memory ran out. */
struct sql {
    char *text;
    size_t length;
};
void sql_add(struct sql *sql, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* As a literal in quotes. */
void sql_add_text(struct sql *sql, const char *text);
void sql_fini(struct sql *sql);

/* "database.name", or of what is spread over shards "database.name_all". */
void sql_add_table(struct sql *sql, const struct clickhouse *database, const char *name, bool all_shards);

/* Asks the host in use. A statement with rows of its own (`body`) has them packed; another is the body itself. */
enum http_result database_ask(struct clickhouse *database, const char *statement, const void *body, size_t length,
                              packed_take *take, void *context, char why[HTTP_WHY]);
/* For a statement whose answer is one line of few numbers or words: into `answer`, without the newline. */
enum http_result database_ask_line(struct clickhouse *database, const char *statement, char *answer, size_t room,
                                   char why[HTTP_WHY]);
/* Goes on to the next host; false when all have had their turn since `first`. */
bool database_next_host(struct clickhouse *database, size_t first);
/* Is it something that passes, such as a shard that is down, and no mistake of ours or the user's? */
bool database_is_passing(const char *why);

/* schema.c: makes what is missing at the host in use, brings older tables up to date; what is newer than we know is
 * refused. `*made`: something was missing. Sets `why`. */
enum http_result schema_prepare(struct clickhouse *database, bool *made, char why[HTTP_WHY]);
/* Does the host in use hold inserts to a number of partitions, as servers from 19.1 on do? */
enum http_result schema_limits(struct clickhouse *database, bool *limits, char why[HTTP_WHY]);
/* Only looks. */
enum http_result schema_check(struct clickhouse *database, char why[HTTP_WHY]);

/* shards.c: the same on every other host of the cluster that the host in use knows. Of which it cannot be done is told
 * on standard error, with what to do. */
void shards_prepare(struct clickhouse *database);

#endif
