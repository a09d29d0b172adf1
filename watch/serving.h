/* serving: the insides of the server, shared by the files that make it up: serve.c (requests, audits, metrics) and
 * events.c (the stream of news). Nobody else includes this. */
#ifndef WATCH_SERVING_H
#define WATCH_SERVING_H

#include "watch/live_page.h"
#include "watch/metrics.h"
#include "watch/serve.h"

#include <microhttpd.h>
#include <pthread.h>

/* What is called of libmicrohttpd, which is loaded late. */
#define MHD_CALLS(X)                                                                                                   \
    X(get_version)                                                                                                     \
    X(start_daemon)                                                                                                    \
    X(stop_daemon)                                                                                                     \
    X(lookup_connection_value)                                                                                         \
    X(get_connection_info)                                                                                             \
    X(suspend_connection)                                                                                              \
    X(resume_connection)                                                                                               \
    X(create_response_from_buffer)                                                                                     \
    X(create_response_from_callback)                                                                                   \
    X(add_response_header)                                                                                             \
    X(queue_response)                                                                                                  \
    X(destroy_response)
struct mhd_calls {
#define MHD_MEMBER(name) __typeof__(MHD_##name) *name;
    MHD_CALLS(MHD_MEMBER)
};

#define STREAMS_MOST 32 /* so that metrics and health can always be asked for */
#define EVENT_BYTES  512

struct stream {
    struct serve *serve;
    struct MHD_Connection *connection; /* NULL: free */
    bool suspended, told_end;
    uint64_t audit, tick; /* that it was told of */
    char text[EVENT_BYTES];
    size_t length, at;
};

struct serve {
    struct serve_options options;
    struct mhd_calls call;
    struct MHD_Daemon *daemon;
    int64_t started_ns;
    struct live_page page;
    pthread_mutex_t lock; /* for all below */
    struct MHD_Response *audit;
    char tag[64]; /* its ETag */
    struct bulletin bulletin;
    struct metrics_served served;
    struct stream streams[STREAMS_MOST];
    unsigned transfers;
    uint64_t tick, lost;
    bool ending; /* every stream is told so */
    bool ended;  /* and then ends */
};

/* serve.c: what all answers have, and what those have that are no page. */
void serve_add_headers(const struct serve *serve, struct MHD_Response *response, const char *type);
void serve_add_closed_policy(const struct serve *serve, struct MHD_Response *response);
/* Counts and gives an answer; the response stays the caller's. */
enum MHD_Result serve_answer(struct serve *serve, struct MHD_Connection *connection, unsigned code,
                             struct MHD_Response *response);
/* The same of one that is not needed again. */
enum MHD_Result serve_answer_once(struct serve *serve, struct MHD_Connection *connection, unsigned code,
                                  struct MHD_Response *response);
enum MHD_Result serve_answer_text(struct serve *serve, struct MHD_Connection *connection, unsigned code,
                                  const char *text);

/* events.c */
enum MHD_Result serve_answer_events(struct serve *serve, struct MHD_Connection *connection);
/* There is news. The lock is held. */
void serve_wake_streams(struct serve *serve);
/* Whoever listens may take the last audit, then all streams end; after three seconds in any case. */
void serve_end_streams(struct serve *serve);

#endif
