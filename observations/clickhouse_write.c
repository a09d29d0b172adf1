/* clickhouse_write: into the spool, and from there into the database when it can be had. */
#include "observations/batches.h"

#include <inttypes.h>

static bool tell(const struct clickhouse *database, const struct batches_sent *sent, struct failure *failure)
{
    if (sent->rows_left == 0)
        return true;
    if (!sent->is_passing)
        return failure_add(failure, "clickhouse %s: %s; %" PRIu64 " rows wait in %s", database->hosts[database->host],
                           sent->why, sent->rows_left, database->spool);
    fprintf(stderr, "pathaudit: warning: clickhouse %s: %s; %" PRIu64 " rows wait in %s and are sent next time\n",
            database->hosts[database->host], sent->why, sent->rows_left, database->spool);
    return true;
}

/* What waits goes first, and makes room. */
bool clickhouse_write(struct clickhouse *database, struct observations *const stores[], size_t count,
                      struct failure *failure)
{
    struct batches_sent sent;
    struct spool *spool = spool_open(database->spool, database->spool_bytes, failure);
    if (spool == NULL)
        return false;
    batches_send(spool, database, &sent);
    bool ok = count == 0 || batches_put(spool, stores, count, failure);
    if (count > 0 && !sent.away)
        batches_send(spool, database, &sent);
    else if (count > 0)
        sent.rows_left = spool_waiting(spool);
    ok = tell(database, &sent, failure) && ok;
    spool_close(spool);
    return ok;
}
