/* where: the places where observations are kept, other than memory: a folder (`dir:PATH`) or a database
 * (`clickhouse:http://HOST:PORT/DATABASE`). Who writes or reads them does not know which it is.
 *
 * A place is opened while the process still has all its rights, since that is when credentials are read; it is written
 * and read without them. */
#ifndef OBSERVATIONS_WHERE_H
#define OBSERVATIONS_WHERE_H

#include "observations/window.h"

/* What writing to a database needs on this side of the wire. */
struct where_needs {
    const char *spool;  /* folder where rows wait; NULL: WHERE_SPOOL */
    size_t spool_bytes; /* that may wait there; 0: WHERE_SPOOL_BYTES */
    bool heard_once;    /* what is written was captured live: nobody will observe the same again */
};
#define WHERE_SPOOL       "/var/spool/pathaudit"
#define WHERE_SPOOL_BYTES ((size_t)1 << 30)

struct where;

/* Is this the name of a place? False with a failure that says what is. */
bool where_check(const char *text, const char *option, struct failure *failure);
/* Is it reached over the network? */
bool where_is_far(const char *text);
/* The folder of a place that is one, NULL when it is none. */
const char *where_folder(const char *text);

/* NULL with a failure. `text` and what `needs` points to are borrowed until where_close. */
struct where *where_open(const char *text, const struct where_needs *needs, struct failure *failure);
/* Adds the rows of all stores as one run. Rows for a database that cannot be reached wait for the next time: that is
 * told on standard error and no failure. With no store, what waits is sent. */
bool where_write(struct where *where, struct observations *const stores[], size_t count, struct failure *failure);
/* Of a run that goes on: adds the rows of a part of it, without waiting for a database. False with a failure: then they
 * are lost, which a place that is far away counts itself, in the coverage of what is written next. */
bool where_put(struct where *where, struct observations *const stores[], size_t count, struct failure *failure);
/* Sends what was put, as far as that is possible now. Who puts more meanwhile does not wait for it. */
struct where_sent {
    uint64_t rows_left; /* that wait on */
    bool is_passing;    /* they will be sent once the database can be had; else somebody has to do something */
    char why[640];      /* they wait, and where; "" when none do */
};
void where_send(struct where *where, struct where_sent *sent);
/* Adds what the window holds to the store. */
bool where_read(struct where *where, struct observations *store, const struct window *window, struct failure *failure);
void where_close(struct where *where);

#endif
