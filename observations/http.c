/* http: one easy handle of libcurl, reused. An answer that is no 200 is a sentence of the server's and goes to `why`,
 * not to who waits for rows. Redirects are not followed: credentials go to the server that was named and to no other.
 */
#include "observations/http.h"

#include "base/late.h"
#include "base/now.h"

#include <ctype.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CONNECT_S 5

/* What is called of libcurl, which is loaded late. */
#define CURL_CALLS(X)                                                                                                  \
    X(global_init)                                                                                                     \
    X(global_cleanup)                                                                                                  \
    X(version_info)                                                                                                    \
    X(easy_init)                                                                                                       \
    X(easy_cleanup)                                                                                                    \
    X(easy_reset)                                                                                                      \
    X(easy_setopt)                                                                                                     \
    X(easy_perform)                                                                                                    \
    X(easy_getinfo)                                                                                                    \
    X(easy_strerror)                                                                                                   \
    X(easy_escape)                                                                                                     \
    X(free)                                                                                                            \
    X(slist_append)                                                                                                    \
    X(slist_free_all)
struct curl_calls {
#define CURL_MEMBER(name) __typeof__(curl_##name) *name;
    CURL_CALLS(CURL_MEMBER)
};
static const struct late_call curl_calls[] = {
#define CURL_LATE(name) {"curl_" #name, offsetof(struct curl_calls, name)},
    CURL_CALLS(CURL_LATE)};

static bool load(struct curl_calls *calls, struct failure *failure)
{
    return late_load(LIBCURL_SONAME, curl_calls, sizeof curl_calls / sizeof *curl_calls, calls, failure);
}

struct http {
    struct curl_calls call;
    CURL *curl;
    char *user, *password, *authorities;
};

static bool copy(char **to, const char *text)
{
    *to = text != NULL ? strdup(text) : NULL;
    return text == NULL || *to != NULL;
}

bool http_version(char *out, size_t room, struct failure *failure)
{
    struct curl_calls call;
    if (!load(&call, failure))
        return false;
    snprintf(out, room, "%s", call.version_info(CURLVERSION_NOW)->version);
    return true;
}

static struct http *create(const struct http_identity *identity, const struct curl_calls *call)
{
    struct http *http = calloc(1, sizeof *http);
    if (http == NULL || call->global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        free(http);
        return NULL;
    }
    http->call = *call;
    if (copy(&http->user, identity->user) && copy(&http->password, identity->password) &&
        copy(&http->authorities, identity->authorities) && (http->curl = call->easy_init()) != NULL)
        return http;
    http_destroy(http);
    return NULL;
}

struct http *http_create(const struct http_identity *identity, struct failure *failure)
{
    struct curl_calls call;
    if (!load(&call, failure))
        return NULL;
    struct http *http = create(identity, &call);
    if (http == NULL)
        failure_add(failure, "HTTP: out of memory");
    return http;
}

void http_destroy(struct http *http)
{
    if (http == NULL)
        return;
    const struct curl_calls call = http->call;
    if (http->curl != NULL)
        call.easy_cleanup(http->curl);
    if (http->password != NULL)
        explicit_bzero(http->password, strlen(http->password));
    free(http->user);
    free(http->password);
    free(http->authorities);
    free(http);
    call.global_cleanup();
}

bool http_escape(struct http *http, char *to, size_t room, const char *text)
{
    char *escaped = http->call.easy_escape(http->curl, text, 0);
    size_t used = strlen(to);
    bool fits = escaped != NULL && used + strlen(escaped) < room;
    if (fits)
        memcpy(to + used, escaped, strlen(escaped) + 1);
    http->call.free(escaped);
    return fits;
}

struct exchange {
    const struct http_request *request;
    const struct http *http;
    char *why;
    size_t why_length;
    bool stopped; /* whoever takes the answer had enough of it */
    bool is_packed, is_damaged;
    struct unpacking *unpacking;
    bool has_end; /* it says where it ends (RFC 9112, 6.3) */
    bool trickles;
    curl_off_t stretch; /* bytes that were there when the stretch began */
    int64_t stretch_ns;
};

static void take_why(struct exchange *exchange, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length && exchange->why_length + 1 < HTTP_WHY; i++)
        exchange->why[exchange->why_length++] = isprint((unsigned char)bytes[i]) ? bytes[i] : ' ';
    exchange->why[exchange->why_length] = '\0';
}

static bool take_plain(void *context, const char *bytes, size_t length)
{
    struct exchange *exchange = context;
    long status = 0;
    exchange->http->call.easy_getinfo(exchange->http->curl, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200)
        take_why(exchange, bytes, length);
    else if (exchange->request->take != NULL)
        exchange->stopped = !exchange->request->take(exchange->request->context, bytes, length);
    return !exchange->stopped;
}

/* Unpacked here and not by libcurl, which does not mind when the end is missing. */
static size_t take_answer(char *bytes, size_t one, size_t length, void *context)
{
    struct exchange *exchange = context;
    (void)one;
    if (exchange->is_packed && exchange->unpacking == NULL)
        exchange->unpacking = unpacking_create();
    bool ok = !exchange->is_packed ? take_plain(exchange, bytes, length)
                                   : exchange->unpacking != NULL &&
                                         unpacking_more(exchange->unpacking, bytes, length, take_plain, exchange);
    exchange->is_damaged = !ok && !exchange->stopped;
    return ok ? length : 0;
}

static bool begins_with(const char *line, size_t length, const char *name)
{
    return length >= strlen(name) && strncasecmp(line, name, strlen(name)) == 0;
}

/* Of one answer, also when a "100 Continue" came before it. */
static size_t take_header(char *line, size_t one, size_t length, void *context)
{
    struct exchange *exchange = context;
    (void)one;
    if (begins_with(line, length, "HTTP/"))
        exchange->has_end = exchange->is_packed = false;
    else if (begins_with(line, length, "Content-Encoding: gzip"))
        exchange->is_packed = true;
    else if (begins_with(line, length, "Content-Length:") || begins_with(line, length, "Transfer-Encoding: chunked"))
        exchange->has_end = true;
    return length;
}

/* Asked often: is it too slow? A server may take its time to work something out, but not to say it. */
static int watch_speed(void *context, curl_off_t total, curl_off_t got, curl_off_t to_send, curl_off_t sent)
{
    struct exchange *exchange = context;
    (void)total, (void)to_send, (void)sent;
    if (got == 0 || got - exchange->stretch >= HTTP_STRETCH || exchange->stretch_ns == 0) {
        exchange->stretch = got;
        exchange->stretch_ns = monotonic_ns();
    }
    exchange->trickles = monotonic_ns() - exchange->stretch_ns > exchange->request->stretch_s * SECOND_NS;
    return got > 0 && exchange->trickles;
}

static void watch(struct http *http, struct exchange *exchange)
{
    CURL *curl = http->curl;
    http->call.easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    http->call.easy_setopt(curl, CURLOPT_HEADERDATA, exchange);
    http->call.easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, watch_speed);
    http->call.easy_setopt(curl, CURLOPT_XFERINFODATA, exchange);
    http->call.easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
}

static void prepare(struct http *http, const struct http_request *request, struct exchange *exchange)
{
    CURL *curl = http->curl;
    http->call.easy_reset(curl); /* connections stay */
    http->call.easy_setopt(curl, CURLOPT_URL, request->url);
    http->call.easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    http->call.easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    http->call.easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    http->call.easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    http->call.easy_setopt(curl, CURLOPT_PROXY, ""); /* whatever the environment says */
    http->call.easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    http->call.easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
    http->call.easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    http->call.easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, request->patience_s);
    http->call.easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
    http->call.easy_setopt(curl, CURLOPT_POSTFIELDS, request->body != NULL ? request->body : "");
    http->call.easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->length);
    http->call.easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_answer);
    http->call.easy_setopt(curl, CURLOPT_WRITEDATA, exchange);
    if (http->user != NULL) {
        http->call.easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
        http->call.easy_setopt(curl, CURLOPT_USERNAME, http->user);
        http->call.easy_setopt(curl, CURLOPT_PASSWORD, http->password != NULL ? http->password : "");
    }
    if (http->authorities != NULL)
        http->call.easy_setopt(curl, CURLOPT_CAINFO, http->authorities);
}

/* Of nothing at all nothing is packed. */
static const char *trouble_of(const struct exchange *exchange, CURLcode code)
{
    if (exchange->trickles)
        return "the answer trickles in";
    if (exchange->is_damaged ||
        (code == CURLE_OK && exchange->unpacking != NULL && !unpacking_is_whole(exchange->unpacking)))
        return "the answer is damaged or cut off";
    if (code != CURLE_OK)
        return exchange->http->call.easy_strerror(code);
    return exchange->has_end ? NULL : "the answer does not say where it ends, and may be cut off";
}

static CURLcode perform(struct http *http, const struct http_request *request)
{
    struct curl_slist *headers = http->call.slist_append(NULL, "Expect:"); /* no round trip before a body */
    headers = http->call.slist_append(headers, "Content-Type: text/plain");
    headers = http->call.slist_append(headers, "Accept-Encoding: gzip");
    if (request->is_packed)
        headers = http->call.slist_append(headers, "Content-Encoding: gzip");
    http->call.easy_setopt(http->curl, CURLOPT_HTTPHEADER, headers);
    CURLcode code = http->call.easy_perform(http->curl);
    http->call.slist_free_all(headers);
    return code;
}

enum http_result http_post(struct http *http, const struct http_request *request, char why[HTTP_WHY])
{
    struct exchange exchange = {.request = request, .http = http, .why = why};
    long status = 0;
    why[0] = '\0';
    prepare(http, request, &exchange);
    watch(http, &exchange);
    CURLcode code = perform(http, request);
    http->call.easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &status);
    const char *trouble = trouble_of(&exchange, code);
    unpacking_destroy(exchange.unpacking);
    if (exchange.stopped)
        return HTTP_REFUSED;
    if (trouble != NULL && (code != CURLE_OK || status == 200)) {
        snprintf(why, HTTP_WHY, "%s", trouble);
        return HTTP_AWAY;
    }
    if (status == 200)
        return HTTP_DONE;
    if (why[0] == '\0')
        snprintf(why, HTTP_WHY, "HTTP status %ld", status);
    return HTTP_REFUSED;
}
