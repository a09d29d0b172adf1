/* clickhouse_write: into the spool, and from there into the database when it can be had. */
#include "observations/batches.h"

#include <inttypes.h>

static void describe(const struct clickhouse *database, const struct batches_sent *batches, struct where_sent *sent)
{
    *sent = (struct where_sent){.rows_left = batches->rows_left, .is_passing = batches->is_passing};
    if (batches->rows_left > 0)
        snprintf(sent->why, sizeof sent->why, "clickhouse %.100s: %.300s; %" PRIu64 " rows wait in %.150s",
                 database->hosts[database->host], batches->why, batches->rows_left, database->spool);
}

static bool tell(const struct clickhouse *database, const struct batches_sent *batches, struct failure *failure)
{
    struct where_sent sent;
    describe(database, batches, &sent);
    if (sent.rows_left == 0)
        return true;
    if (!sent.is_passing)
        return failure_add(failure, "%s", sent.why);
    fprintf(stderr, "pathaudit: warning: %s and are sent next time\n", sent.why);
    return true;
}

bool clickhouse_put(struct clickhouse *database, struct observations *const stores[], size_t count,
                    struct failure *failure)
{
    struct spool *spool = spool_open(database->spool, database->spool_bytes, failure);
    bool ok = spool != NULL && batches_put(spool, stores, count, database->heard_once, failure);
    spool_close(spool);
    return ok;
}

void clickhouse_send(struct clickhouse *database, struct where_sent *sent)
{
    struct failure failure = {.count = 0};
    struct batches_sent batches;
    struct spool *spool = spool_open(database->spool, database->spool_bytes, &failure);
    if (spool == NULL) {
        snprintf(sent->why, sizeof sent->why, "%.600s", failure.text);
        return;
    }
    batches_send(spool, database, &batches);
    describe(database, &batches, sent);
    spool_close(spool);
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
    if (count == 0 && !sent.away)
        batches_prepare(database, failure);
    bool ok = count == 0 ? !failure_any(failure) : batches_put(spool, stores, count, database->heard_once, failure);
    if (count > 0 && !sent.away)
        batches_send(spool, database, &sent);
    else if (count > 0)
        sent.rows_left = spool_waiting(spool);
    ok = tell(database, &sent, failure) && ok;
    spool_close(spool);
    return ok;
}
