/* http: one easy handle of libcurl, reused. An answer that is no 200 is a sentence of the server's and goes to `why`,
 * not to who waits for rows. Redirects are not followed: credentials go to the server that was named and to no other.
 */
#include "observations/http.h"

#include "base/now.h"

#include <ctype.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CONNECT_S 5

struct http {
    CURL *curl;
    char *user, *password, *authorities;
};

static bool copy(char **to, const char *text)
{
    *to = text != NULL ? strdup(text) : NULL;
    return text == NULL || *to != NULL;
}

struct http *http_create(const struct http_identity *identity, struct failure *failure)
{
    struct http *http = calloc(1, sizeof *http);
    bool ok = http != NULL && curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK && copy(&http->user, identity->user) &&
              copy(&http->password, identity->password) && copy(&http->authorities, identity->authorities) &&
              (http->curl = curl_easy_init()) != NULL;
    if (ok)
        return http;
    http_destroy(http);
    failure_add(failure, "HTTP: out of memory");
    return NULL;
}

void http_destroy(struct http *http)
{
    if (http == NULL)
        return;
    curl_easy_cleanup(http->curl);
    if (http->password != NULL)
        explicit_bzero(http->password, strlen(http->password));
    free(http->user);
    free(http->password);
    free(http->authorities);
    free(http);
    curl_global_cleanup();
}

bool http_escape(struct http *http, char *to, size_t room, const char *text)
{
    char *escaped = curl_easy_escape(http->curl, text, 0);
    size_t used = strlen(to);
    bool fits = escaped != NULL && used + strlen(escaped) < room;
    if (fits)
        memcpy(to + used, escaped, strlen(escaped) + 1);
    curl_free(escaped);
    return fits;
}

struct exchange {
    const struct http_request *request;
    CURL *curl;
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
    curl_easy_getinfo(exchange->curl, CURLINFO_RESPONSE_CODE, &status);
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

static void watch(CURL *curl, struct exchange *exchange)
{
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, exchange);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, watch_speed);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, exchange);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
}

static void prepare(struct http *http, const struct http_request *request, struct exchange *exchange)
{
    CURL *curl = http->curl;
    curl_easy_reset(curl); /* connections stay */
    curl_easy_setopt(curl, CURLOPT_URL, request->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* whatever the environment says */
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, request->patience_s);
    curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body != NULL ? request->body : "");
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->length);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_answer);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, exchange);
    if (http->user != NULL) {
        curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
        curl_easy_setopt(curl, CURLOPT_USERNAME, http->user);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, http->password != NULL ? http->password : "");
    }
    if (http->authorities != NULL)
        curl_easy_setopt(curl, CURLOPT_CAINFO, http->authorities);
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
        return curl_easy_strerror(code);
    return exchange->has_end ? NULL : "the answer does not say where it ends, and may be cut off";
}

static CURLcode perform(struct http *http, const struct http_request *request)
{
    struct curl_slist *headers = curl_slist_append(NULL, "Expect:"); /* no round trip before a body */
    headers = curl_slist_append(headers, "Content-Type: text/plain");
    headers = curl_slist_append(headers, "Accept-Encoding: gzip");
    if (request->is_packed)
        headers = curl_slist_append(headers, "Content-Encoding: gzip");
    curl_easy_setopt(http->curl, CURLOPT_HTTPHEADER, headers);
    CURLcode code = curl_easy_perform(http->curl);
    curl_slist_free_all(headers);
    return code;
}

enum http_result http_post(struct http *http, const struct http_request *request, char why[HTTP_WHY])
{
    struct exchange exchange = {.request = request, .curl = http->curl, .why = why};
    long status = 0;
    why[0] = '\0';
    prepare(http, request, &exchange);
    watch(http->curl, &exchange);
    CURLcode code = perform(http, request);
    curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &status);
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
