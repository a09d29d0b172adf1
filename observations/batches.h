/* batches: how the rows of a run get into a database once, however often they are sent.
 *
 * A run is cut into batches, which go through the spool. Every time a batch is sent its rows carry a new number, the
 * attempt. When the server says that they are there, and not before, a row of the table `batches` says: batch NUMBER of
 * COUNT of this run is attempt so-and-so. Readers count the rows of one attempt a batch, the lowest that `batches`
 * names, and only of runs all of whose batches are named. So rows of an attempt that was cut off, or whose success
 * never came to be known, count nowhere; a row of `batches` that is there twice says nothing new; and a run shows whole
 * or not at all. It needs no replicated tables, no transaction and no clock.
 *
 * A run is named after its sensor and what it read, so the same capture observed again by the same sensor, after a
 * crash for example, is the same run; its generations are told apart, and the first that is whole counts. */
#ifndef OBSERVATIONS_BATCHES_H
#define OBSERVATIONS_BATCHES_H

#include "observations/database.h"
#include "observations/spool.h"

/* Cuts the rows of all stores into batches of the spool. `heard_once`: they were captured live, and whatever looks like
 * them is another run. False with a failure: there was no room or the disk fails, and the rows are lost and counted. */
bool batches_put(struct spool *spool, struct observations *const stores[], size_t count, bool heard_once,
                 struct failure *failure);

/* Makes the tables where they are missing, also on the other hosts of a cluster. False with a failure when that is
 * refused; that no host answers is told on standard error. */
bool batches_prepare(struct clickhouse *database, struct failure *failure);

struct batches_sent {
    uint64_t rows_left; /* that wait on */
    char why[HTTP_WHY]; /* "" when none does */
    bool is_passing;    /* it will be tried again, and nobody has to do anything */
    bool away;          /* no host answered */
};
/* Sends what waits in the spool, oldest first. Others may put runs in meanwhile. */
void batches_send(struct spool *spool, struct clickhouse *database, struct batches_sent *sent);

#endif
