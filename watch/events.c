/* events: /events, the stream of news. A stream that has nothing to say is suspended, and resumed by news; a client
 * that is slow misses audits in between and gets the last. At the end it is waited for those who listen: a page ends
 * its stream when it has the last audit. */
#include "watch/serving.h"

#include "base/clock.h"

#include <inttypes.h>
#include <poll.h>
#include <string.h>

#define FAREWELL_MOST_MS 2000 /* for who listens to take the last audit */
#define LAST_WORDS_MS    1000 /* for the ends of streams to be sent */
#define STEP_MS          10

/* What is to be said next, if anything. */
static bool compose(struct stream *stream)
{
    struct serve *serve = stream->serve;
    const struct bulletin *b = &serve->bulletin;
    const struct board *board = serve->options.board;
    char made[CLOCK_TEXT];
    int length = 0;
    if (stream->audit != b->number) {
        stream->audit = b->number;
        length = snprintf(stream->text, sizeof stream->text,
                          "id: %" PRIu64 "\nevent: audit\ndata: {\"number\":%" PRIu64
                          ",\"made\":\"%s\",\"findings\":{\"high\":%" PRIu64 ",\"medium\":%" PRIu64 ",\"low\":%" PRIu64
                          ",\"info\":%" PRIu64 "},\"new\":%zu}\n\n",
                          b->number, b->number, clock_text(b->made_ns, made), b->findings[SEVERITY_HIGH],
                          b->findings[SEVERITY_MEDIUM], b->findings[SEVERITY_LOW], b->findings[SEVERITY_INFO],
                          b->newest_count);
    } else if (serve->ending && !stream->told_end) {
        stream->told_end = true;
        length = snprintf(stream->text, sizeof stream->text, "event: end\ndata: {}\n\n");
    } else if (stream->tick != serve->tick) {
        stream->tick = serve->tick;
        length = snprintf(stream->text, sizeof stream->text,
                          "event: now\ndata: {\"packets\":%" PRIu64 ",\"dropped\":%" PRIu64 "}\n\n",
                          (uint64_t)atomic_load(&board->packets), (uint64_t)atomic_load(&board->dropped));
    }
    stream->length = (size_t)length;
    stream->at = 0;
    return length > 0;
}

static ssize_t read_events(void *context, uint64_t position, char *out, size_t most)
{
    struct stream *stream = context;
    struct serve *serve = stream->serve;
    ssize_t given = 0;
    (void)position;
    pthread_mutex_lock(&serve->lock);
    if (stream->at < stream->length || compose(stream)) {
        size_t left = stream->length - stream->at;
        given = (ssize_t)(left < most ? left : most);
        memcpy(out, stream->text + stream->at, (size_t)given);
        stream->at += (size_t)given;
    } else if (serve->ended) {
        given = MHD_CONTENT_READER_END_OF_STREAM;
    } else {
        stream->suspended = true;
        serve->call.suspend_connection(stream->connection);
    }
    pthread_mutex_unlock(&serve->lock);
    return given;
}

static void end_stream(void *context)
{
    struct stream *stream = context;
    struct serve *serve = stream->serve;
    pthread_mutex_lock(&serve->lock);
    stream->connection = NULL;
    serve->served.streams--;
    pthread_mutex_unlock(&serve->lock);
}

static struct stream *take_stream(struct serve *serve, struct MHD_Connection *connection)
{
    struct stream *stream = NULL;
    pthread_mutex_lock(&serve->lock);
    for (size_t i = 0; i < STREAMS_MOST && stream == NULL && !serve->ending; i++)
        if (serve->streams[i].connection == NULL)
            stream = &serve->streams[i];
    if (stream != NULL) {
        *stream = (struct stream){.serve = serve, .connection = connection};
        serve->served.streams++;
    }
    pthread_mutex_unlock(&serve->lock);
    return stream;
}

enum MHD_Result serve_answer_events(struct serve *serve, struct MHD_Connection *connection)
{
    struct stream *stream = take_stream(serve, connection);
    if (stream == NULL)
        return serve_answer_text(serve, connection, MHD_HTTP_SERVICE_UNAVAILABLE, "too many pages are open\n");
    struct MHD_Response *response =
        serve->call.create_response_from_callback(MHD_SIZE_UNKNOWN, EVENT_BYTES, read_events, stream, end_stream);
    if (response == NULL) {
        end_stream(stream);
        return MHD_NO;
    }
    serve_add_headers(serve, response, "text/event-stream");
    serve_add_closed_policy(serve, response);
    return serve_answer_once(serve, connection, MHD_HTTP_OK, response);
}

void serve_wake_streams(struct serve *serve)
{
    for (size_t i = 0; i < STREAMS_MOST; i++) {
        struct stream *stream = &serve->streams[i];
        if (stream->connection != NULL && stream->suspended) {
            stream->suspended = false;
            serve->call.resume_connection(stream->connection);
        }
    }
}

/* The lock is held. A client that is gone is asked of its socket: nothing of a suspended connection is noticed. */
static bool is_listened_to(const struct serve *serve)
{
    bool any = serve->transfers > 0;
    for (size_t i = 0; i < STREAMS_MOST && !any; i++) {
        struct MHD_Connection *connection = serve->streams[i].connection;
        if (connection == NULL)
            continue;
        const union MHD_ConnectionInfo *info =
            serve->call.get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        struct pollfd end = {.fd = info != NULL ? info->connect_fd : -1, .events = POLLRDHUP};
        any = poll(&end, 1, 0) == 0;
    }
    return any;
}

/* The lock is held, but not while time passes. */
static void wait_for_listeners(struct serve *serve, int most_ms)
{
    for (int waited_ms = 0; is_listened_to(serve) && waited_ms < most_ms; waited_ms += STEP_MS) {
        pthread_mutex_unlock(&serve->lock);
        poll(NULL, 0, STEP_MS);
        pthread_mutex_lock(&serve->lock);
    }
}

void serve_end_streams(struct serve *serve)
{
    pthread_mutex_lock(&serve->lock);
    serve->ending = true;
    serve_wake_streams(serve);
    wait_for_listeners(serve, FAREWELL_MOST_MS);
    serve->ended = true;
    serve_wake_streams(serve);
    wait_for_listeners(serve, LAST_WORDS_MS);
    pthread_mutex_unlock(&serve->lock);
}
