/* serve: see watch/serve.h. Requests are answered by libmicrohttpd's thread; audits come from the caller's. A lock is
 * held for as long as it takes to hand over a pointer.
 *
 * An audit is one immutable response, counted by libmicrohttpd: it is released when the last client has it whole. */
#include "watch/serving.h"

#include "base/late.h"
#include "base/now.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define CONNECTIONS_MOST 64
#define TRANSFERS_MOST   8  /* of audits at a time: each may hold one that is old */
#define STRANGER_MOST    24 /* connections of one address, where others may come: nobody takes them all */
#define SILENCE_S        30 /* a connection on which nothing moves is closed */
#define CONNECTION_BYTES ((size_t)32 << 10) /* of a request's head, too */
#define STALE_LEAST_S    60
#define ALIVE_NS         (10 * SECOND_NS)

/* What a request occupies until it is completed. */
static char transfer_mark;

/* ---- answers ---- */

static const char *header_of(const struct serve *serve, struct MHD_Connection *connection, const char *name)
{
    return serve->call.lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static void count_request(struct serve *serve, unsigned code)
{
    struct metrics_served *served = &serve->served;
    size_t i = 0;
    while (i + 1 < METRICS_CODES && served->requests[i].code != 0 && served->requests[i].code != code)
        i++;
    served->requests[i].code = code;
    served->requests[i].count++;
}

void serve_add_headers(const struct serve *serve, struct MHD_Response *response, const char *type)
{
    serve->call.add_response_header(response, "Content-Type", type);
    serve->call.add_response_header(response, "Cache-Control", "no-store");
    serve->call.add_response_header(response, "X-Content-Type-Options", "nosniff");
    serve->call.add_response_header(response, "X-Frame-Options", "DENY");
    serve->call.add_response_header(response, "Referrer-Policy", "no-referrer");
    serve->call.add_response_header(response, "Cross-Origin-Resource-Policy", "same-origin");
    serve->call.add_response_header(response, "Cross-Origin-Opener-Policy", "same-origin");
}

/* What is no page may do nothing at all. */
void serve_add_closed_policy(const struct serve *serve, struct MHD_Response *response)
{
    serve->call.add_response_header(response, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
}

enum MHD_Result serve_answer(struct serve *serve, struct MHD_Connection *connection, unsigned code,
                             struct MHD_Response *response)
{
    pthread_mutex_lock(&serve->lock);
    count_request(serve, code);
    pthread_mutex_unlock(&serve->lock);
    return serve->call.queue_response(connection, code, response);
}

enum MHD_Result serve_answer_once(struct serve *serve, struct MHD_Connection *connection, unsigned code,
                                  struct MHD_Response *response)
{
    enum MHD_Result result = serve_answer(serve, connection, code, response);
    serve->call.destroy_response(response);
    return result;
}

enum MHD_Result serve_answer_text(struct serve *serve, struct MHD_Connection *connection, unsigned code,
                                  const char *text)
{
    struct MHD_Response *response =
        serve->call.create_response_from_buffer(strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_PERSISTENT);
    if (response == NULL)
        return MHD_NO;
    serve_add_headers(serve, response, "text/plain; charset=utf-8");
    serve_add_closed_policy(serve, response);
    if (code == MHD_HTTP_UNAUTHORIZED)
        serve->call.add_response_header(response, "WWW-Authenticate", "Basic realm=\"pathaudit\", charset=\"UTF-8\"");
    if (code == MHD_HTTP_METHOD_NOT_ALLOWED)
        serve->call.add_response_header(response, "Allow", "GET, HEAD");
    if (code == MHD_HTTP_SERVICE_UNAVAILABLE)
        serve->call.add_response_header(response, "Retry-After", "2");
    return serve_answer_once(serve, connection, code, response);
}

/* ---- / ---- */

static enum MHD_Result answer_page(struct serve *serve, struct MHD_Connection *connection)
{
    struct MHD_Response *response =
        serve->call.create_response_from_buffer(serve->page.length, serve->page.text, MHD_RESPMEM_PERSISTENT);
    if (response == NULL)
        return MHD_NO;
    serve_add_headers(serve, response, "text/html; charset=utf-8");
    serve->call.add_response_header(response, "Content-Security-Policy", serve->page.policy);
    return serve_answer_once(serve, connection, MHD_HTTP_OK, response);
}

/* ---- /audit.json ---- */

static bool has_it_already(const struct serve *serve, struct MHD_Connection *connection)
{
    const char *known = header_of(serve, connection, "If-None-Match");
    return known != NULL && strcmp(known, serve->tag) == 0;
}

static enum MHD_Result answer_unchanged(struct serve *serve, struct MHD_Connection *connection)
{
    struct MHD_Response *response = serve->call.create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    if (response == NULL)
        return MHD_NO;
    serve->call.add_response_header(response, "ETag", serve->tag);
    count_request(serve, MHD_HTTP_NOT_MODIFIED);
    enum MHD_Result result = serve->call.queue_response(connection, MHD_HTTP_NOT_MODIFIED, response);
    serve->call.destroy_response(response);
    return result;
}

static enum MHD_Result answer_audit(struct serve *serve, struct MHD_Connection *connection, void **mark)
{
    enum MHD_Result result = MHD_NO;
    pthread_mutex_lock(&serve->lock);
    bool there = serve->audit != NULL && serve->transfers < TRANSFERS_MOST;
    if (there && has_it_already(serve, connection)) {
        result = answer_unchanged(serve, connection);
    } else if (there) {
        serve->transfers++;
        *mark = &transfer_mark;
        count_request(serve, MHD_HTTP_OK);
        result = serve->call.queue_response(connection, MHD_HTTP_OK, serve->audit);
    }
    pthread_mutex_unlock(&serve->lock);
    return there ? result
                 : serve_answer_text(serve, connection, MHD_HTTP_SERVICE_UNAVAILABLE,
                                     "no audit yet, or too many readers\n");
}

/* ---- /metrics and /healthz ---- */

static enum MHD_Result answer_metrics(struct serve *serve, struct MHD_Connection *connection)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (out == NULL)
        return MHD_NO;
    pthread_mutex_lock(&serve->lock);
    struct metrics_now now = {.version = serve->options.version,
                              .bulletin = &serve->bulletin,
                              .board = serve->options.board,
                              .served = &serve->served,
                              .started_ns = serve->started_ns,
                              .lost = serve->lost,
                              .interfaces = serve->options.interfaces,
                              .interface_count = serve->options.interface_count};
    metrics_write(&now, out);
    pthread_mutex_unlock(&serve->lock);
    struct MHD_Response *response =
        fclose(out) == 0 ? serve->call.create_response_from_buffer(length, text, MHD_RESPMEM_MUST_FREE) : NULL;
    if (response == NULL) {
        free(text);
        return MHD_NO;
    }
    serve_add_headers(serve, response, "text/plain; version=0.0.4; charset=utf-8");
    serve_add_closed_policy(serve, response);
    return serve_answer_once(serve, connection, MHD_HTTP_OK, response);
}

static enum MHD_Result answer_health(struct serve *serve, struct MHD_Connection *connection)
{
    int64_t stale_s = (int64_t)serve->options.every_s * 3;
    pthread_mutex_lock(&serve->lock);
    int64_t since_audit_ns =
        clock_since(wall_ns(), serve->bulletin.made_ns != 0 ? serve->bulletin.made_ns : serve->started_ns);
    pthread_mutex_unlock(&serve->lock);
    if (monotonic_ns() - atomic_load(&serve->options.board->alive_ns) > ALIVE_NS)
        return serve_answer_text(serve, connection, MHD_HTTP_SERVICE_UNAVAILABLE, "nothing is being read\n");
    if (since_audit_ns > (stale_s > STALE_LEAST_S ? stale_s : STALE_LEAST_S) * SECOND_NS)
        return serve_answer_text(serve, connection, MHD_HTTP_SERVICE_UNAVAILABLE, "the last audit is old\n");
    return serve_answer_text(serve, connection, MHD_HTTP_OK, "ok\n");
}

/* ---- requests ---- */

static enum MHD_Result answer_path(struct serve *serve, struct MHD_Connection *connection, const char *path,
                                   void **mark)
{
    if (strcmp(path, "/") == 0)
        return answer_page(serve, connection);
    if (strcmp(path, "/audit.json") == 0)
        return answer_audit(serve, connection, mark);
    if (strcmp(path, "/events") == 0)
        return serve_answer_events(serve, connection);
    if (strcmp(path, "/metrics") == 0)
        return answer_metrics(serve, connection);
    return serve_answer_text(serve, connection, MHD_HTTP_NOT_FOUND, "/ /audit.json /events /metrics /healthz\n");
}

static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *path, const char *method,
                              const char *version, const char *body, size_t *body_bytes, void **mark)
{
    struct serve *serve = context;
    const struct entrance *entrance = serve->options.entrance;
    (void)version;
    (void)body;
    if (*body_bytes > 0 || (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0))
        return serve_answer_text(serve, connection, MHD_HTTP_METHOD_NOT_ALLOWED, "GET and HEAD are all there is\n");
    if (strcmp(path, "/healthz") == 0)
        return answer_health(serve, connection);
    if (entrance_is_for_stranger(header_of(serve, connection, "Sec-Fetch-Site"),
                                 header_of(serve, connection, "Sec-Fetch-Mode"), strcmp(path, "/") == 0))
        return serve_answer_text(serve, connection, MHD_HTTP_FORBIDDEN, "a page of another site asks\n");
    if (entrance->token[0] == '\0') {
        if (!entrance_host_is_address(header_of(serve, connection, "Host")))
            return serve_answer_text(serve, connection, MHD_HTTP_MISDIRECTED_REQUEST,
                                     "name this server by its address, or give it a token\n");
    } else {
        if (!entrance_has_token(entrance, header_of(serve, connection, "Authorization")))
            return serve_answer_text(serve, connection, MHD_HTTP_UNAUTHORIZED, "this needs the token\n");
    }
    return answer_path(serve, connection, path, mark);
}

static void completed(void *context, struct MHD_Connection *connection, void **mark,
                      enum MHD_RequestTerminationCode why)
{
    struct serve *serve = context;
    (void)connection;
    (void)why;
    if (*mark != &transfer_mark)
        return;
    pthread_mutex_lock(&serve->lock);
    serve->transfers--;
    pthread_mutex_unlock(&serve->lock);
    *mark = NULL;
}

/* ---- from outside ---- */

static const struct late_call mhd_calls[] = {
#define MHD_LATE(name) {"MHD_" #name, offsetof(struct mhd_calls, name)},
    MHD_CALLS(MHD_LATE)};

static bool load(struct mhd_calls *calls, struct failure *failure)
{
    return late_load(LIBMICROHTTPD_SONAME, mhd_calls, sizeof mhd_calls / sizeof *mhd_calls, calls, failure);
}

bool serve_version(char *out, size_t room, struct failure *failure)
{
    struct mhd_calls call;
    if (!load(&call, failure))
        return false;
    snprintf(out, room, "%s", call.get_version());
    return true;
}

struct serve *serve_create(struct failure *failure)
{
    struct serve *serve = calloc(1, sizeof *serve);
    if (serve == NULL)
        failure_add(failure, "out of memory");
    if (serve != NULL && load(&serve->call, failure)) {
        pthread_mutex_init(&serve->lock, NULL);
        return serve;
    }
    free(serve);
    return NULL;
}

bool serve_start(struct serve *serve, const struct serve_options *options, struct failure *failure)
{
    serve->options = *options;
    serve->started_ns = wall_ns();
    unsigned of_one = entrance_is_local(&options->entrance->address) ? CONNECTIONS_MOST : STRANGER_MOST;
    if (live_page_init(&serve->page))
        serve->daemon = serve->call.start_daemon(
            MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, handle, serve,
            MHD_OPTION_LISTEN_SOCKET, options->entrance->socket, MHD_OPTION_CONNECTION_LIMIT,
            (unsigned)CONNECTIONS_MOST, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)SILENCE_S,
            MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_BYTES, MHD_OPTION_NOTIFY_COMPLETED, completed, serve,
            MHD_OPTION_PER_IP_CONNECTION_LIMIT, of_one, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    return serve->daemon != NULL ||
           failure_add(failure, "the page cannot be served: out of memory, or libmicrohttpd does not start");
}

void serve_publish(struct serve *serve, const struct bulletin *bulletin, char *json)
{
    char tag[sizeof serve->tag];
    snprintf(tag, sizeof tag, "\"%" PRIx64 "-%" PRIu64 "\"", (uint64_t)serve->started_ns, bulletin->number);
    struct MHD_Response *response =
        serve->call.create_response_from_buffer(bulletin->json_bytes, json, MHD_RESPMEM_MUST_FREE);
    if (response == NULL) {
        free(json);
        return;
    }
    serve_add_headers(serve, response, "application/json");
    serve_add_closed_policy(serve, response);
    serve->call.add_response_header(response, "ETag", tag);
    pthread_mutex_lock(&serve->lock);
    struct MHD_Response *before = serve->audit;
    serve->audit = response;
    memcpy(serve->tag, tag, sizeof tag);
    serve->bulletin = *bulletin;
    serve_wake_streams(serve);
    pthread_mutex_unlock(&serve->lock);
    if (before != NULL)
        serve->call.destroy_response(before);
}

void serve_tick(struct serve *serve, uint64_t lost)
{
    pthread_mutex_lock(&serve->lock);
    serve->tick++;
    serve->lost = lost;
    serve_wake_streams(serve);
    pthread_mutex_unlock(&serve->lock);
}

void serve_stop(struct serve *serve)
{
    if (serve == NULL)
        return;
    if (serve->daemon != NULL) {
        serve_end_streams(serve);
        serve->call.stop_daemon(serve->daemon);
    }
    if (serve->audit != NULL)
        serve->call.destroy_response(serve->audit);
    live_page_fini(&serve->page);
    pthread_mutex_destroy(&serve->lock);
    free(serve);
}
