/* serve: the page, the audit, its news and the metrics over HTTP, with GNU libmicrohttpd: one thread, a bounded number
 * of connections, nothing but GET and HEAD, and no file of this machine.
 *
 *   /            the page, the same as that of audit -T html
 *   /audit.json  the last audit (pathaudit.audit/1), with an ETag
 *   /events      server-sent events (HTML Living Standard, 9.2): "audit" when there is another one, "now" with counters
 *   /metrics     watch/metrics.h
 *   /healthz     200 while packets are read and audits made, else 503; for everybody
 */
#ifndef WATCH_SERVE_H
#define WATCH_SERVE_H

#include "watch/board.h"
#include "watch/bulletin.h"
#include "watch/entrance.h"

struct serve;

struct serve_options {
    struct entrance *entrance; /* its socket is taken */
    const struct board *board;
    const char *version;
    uint64_t every_s; /* between audits */
    const char *const *interfaces;
    size_t interface_count;
};

/* Of the libmicrohttpd that is there. False with a failure when there is none. */
bool serve_version(char *out, size_t room, struct failure *failure);

/* Loads libmicrohttpd: see base/late.h. NULL with a failure. */
struct serve *serve_create(struct failure *failure);
/* Begins to answer in a thread of its own. False with a failure. What the options name is borrowed. */
bool serve_start(struct serve *serve, const struct serve_options *options, struct failure *failure);
/* Another audit; `json` of bulletin->json_bytes is taken. Who still reads the one before gets it to its end. */
void serve_publish(struct serve *serve, const struct bulletin *bulletin, char *json);
/* Counters to all that listen to events; every second or two. `lost`: audits that did not arrive. */
void serve_tick(struct serve *serve, uint64_t lost);
/* Tells all that listen that the run is over, and ends, if it ever began. */
void serve_stop(struct serve *serve);

#endif
