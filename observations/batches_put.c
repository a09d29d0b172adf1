/* batches_put: rows of stores into batches of the spool, without what differs from sending to sending. */
#include "base/now.h"
#include "base/siphash.h"
#include "observations/batches.h"
#include "observations/packed.h"
#include "observations/rows.h"

#include <inttypes.h>
#include <stdlib.h>

#define BATCH_ROWS  65536
#define BATCH_BYTES ((size_t)16 << 20)

struct batch {
    struct spool *spool;
    char *text;
    size_t used;
    uint64_t rows;
    const char *table;
};

static bool put_batch(struct batch *batch, struct failure *failure)
{
    size_t length;
    if (batch->rows == 0)
        return true;
    unsigned char *packed = packed_from(batch->text, batch->used, &length);
    if (packed == NULL)
        return failure_add(failure, "out of memory");
    bool ok = spool_put(batch->spool, batch->table, packed, length, failure);
    free(packed);
    batch->used = 0;
    batch->rows = 0;
    return ok;
}

/* What the spool has to tell goes with the first row of coverage. */
struct story {
    uint64_t waited, lost;
};

static bool put_rows(struct batch *batch, int kind, const struct observations *store, struct story *story,
                     struct failure *failure)
{
    for (size_t i = 0; i < kinds[kind].count(store); i++) {
        union record record;
        kinds[kind].get(store, i, &record);
        if (kind == KIND_COVERAGE) {
            record.coverage.spooled_rows += story->waited;
            record.coverage.lost_rows += story->lost;
            *story = (struct story){0, 0};
        }
        char *end = rows_write(kinds[kind].table, &record, store, batch->text + batch->used);
        batch->used = (size_t)(end - batch->text);
        if ((++batch->rows == BATCH_ROWS || batch->used > BATCH_BYTES - ROWS_LONGEST) && !put_batch(batch, failure))
            return false;
    }
    return true;
}

static bool put_all(struct spool *spool, struct observations *const stores[], size_t count, struct story story,
                    struct failure *failure)
{
    struct batch batch = {.spool = spool, .text = malloc(BATCH_BYTES)};
    bool ok = batch.text != NULL || failure_add(failure, "out of memory");
    for (int kind = 0; ok && kind < KINDS; kind++) {
        batch.table = kinds[kind].table->name;
        for (size_t i = 0; ok && i < count; i++)
            ok = put_rows(&batch, kind, stores[i], &story, failure);
        ok = ok && put_batch(&batch, failure);
    }
    free(batch.text);
    return ok;
}

/* -- the run ---------------------------------------------------------------------------------------------------------
 */

/* What makes two runs the same, however many observers shared it. */
struct identity {
    uint64_t sensor, sources, packets, bytes;
    int64_t first_ns, last_ns;
    uint64_t heard; /* when it was written, of what is heard once; else no part of it */
};

static const struct siphash_key low_key = {1, 1}, high_key = {2, 2};

static void identify(struct identity *identity, const struct observations *store, const struct coverage *row)
{
    const char *texts[] = {observations_text(store, row->source), observations_text(store, row->filter)};
    for (size_t i = 0; i < 2; i++)
        identity->sources |= UINT64_C(1) << siphash(&low_key, texts[i], strlen(texts[i])) % 64;
    if (row->packets > 0 && (identity->packets == 0 || row->first_ns < identity->first_ns))
        identity->first_ns = row->first_ns;
    if (row->packets > 0 && row->last_ns > identity->last_ns)
        identity->last_ns = row->last_ns;
    identity->packets += row->packets;
    identity->bytes += row->bytes;
}

/* Control characters and backslashes have a meaning where the name is sent. */
static void name_sensor(char out[SPOOL_SENSOR], const char *sensor)
{
    snprintf(out, SPOOL_SENSOR, "%s", sensor);
    for (char *at = out; *at != '\0'; at++)
        if ((unsigned char)*at < ' ' || *at == '\\')
            *at = '_';
}

static struct spool_run run_of(struct observations *const stores[], size_t count, bool heard_once)
{
    struct identity identity = {.packets = 0};
    struct spool_run run = {.count = 0};
    for (size_t s = 0; s < count; s++) {
        for (size_t i = 0; i < observations_coverage_count(stores[s]); i++) {
            const struct coverage *row = observations_coverage(stores[s], i);
            name_sensor(run.sensor, observations_text(stores[s], row->sensor));
            identify(&identity, stores[s], row);
        }
        for (int kind = 0; kind < KINDS; kind++)
            run.rows += kinds[kind].count(stores[s]);
    }
    identity.sensor = siphash(&low_key, run.sensor, strlen(run.sensor));
    run.generation = (uint64_t)wall_ns();
    identity.heard = run.generation;
    size_t length = heard_once ? sizeof identity : offsetof(struct identity, heard);
    snprintf(run.run, sizeof run.run, "%016" PRIx64 "%016" PRIx64, siphash(&low_key, &identity, length),
             siphash(&high_key, &identity, length));
    run.first_ns = identity.first_ns;
    return run;
}

static bool put_run(struct spool *spool, struct observations *const stores[], size_t count, struct spool_run *run,
                    struct failure *failure)
{
    struct story story = {spool_waiting(spool), spool_lost(spool)};
    if (put_all(spool, stores, count, story, failure) && spool_show(spool, run, failure)) {
        spool_set_lost(spool, 0);
        return true;
    }
    spool_abandon(spool);
    spool_set_lost(spool, story.lost + run->rows);
    if (!spool_is_full(spool))
        return false;
    return failure_add(failure,
                       "the spool is full: %" PRIu64
                       " rows of this run are lost, and the coverage of the next one will say "
                       "so; --spool-mib makes it larger",
                       run->rows);
}

bool batches_put(struct spool *spool, struct observations *const stores[], size_t count, bool heard_once,
                 struct failure *failure)
{
    struct spool_run run = run_of(stores, count, heard_once);
    bool ok = spool_begin(spool, failure) && put_run(spool, stores, count, &run, failure);
    spool_end(spool);
    return ok;
}
