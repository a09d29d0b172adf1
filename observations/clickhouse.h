/* clickhouse: observations in tables of ClickHouse, `clickhouse:http://HOST:PORT/DATABASE`, by many sensors, and read
 * by one audit. Several hosts, with commas between, stand for each other; `?cluster=NAME` spreads runs over the shards
 * of that cluster. Everything is said in SQL that ClickHouse 18.16 and later ones understand, over HTTP.
 *
 * Rows count once, however often they had to be sent: see batches.h. */
#ifndef OBSERVATIONS_CLICKHOUSE_H
#define OBSERVATIONS_CLICKHOUSE_H

#include "observations/where.h"

struct clickhouse;

/* `rest`: what stands behind "clickhouse:". */
bool clickhouse_check(const char *rest, struct failure *failure);
/* Reads credentials from the environment or a file; asks nobody yet. `needs->spool` is borrowed. */
struct clickhouse *clickhouse_open(const char *rest, const struct where_needs *needs, struct failure *failure);
void clickhouse_close(struct clickhouse *database);
/* As the functions of where.h. */
bool clickhouse_put(struct clickhouse *database, struct observations *const stores[], size_t count,
                    struct failure *failure);
void clickhouse_send(struct clickhouse *database, struct where_sent *sent);
bool clickhouse_write(struct clickhouse *database, struct observations *const stores[], size_t count,
                      struct failure *failure);
bool clickhouse_read(struct clickhouse *database, struct observations *store, const struct window *window,
                     struct failure *failure);

#endif
