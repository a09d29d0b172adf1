/* http: requests to a database server, through libcurl. Hides connections (kept open from request to request), TLS,
 * whose certificates are always verified, compression, and what of a failing exchange is told. Rules: RFC 9110; what
 * libcurl says of its options. */
#ifndef OBSERVATIONS_HTTP_H
#define OBSERVATIONS_HTTP_H

#include "base/failure.h"
#include "observations/packed.h"

#include <stdbool.h>
#include <stddef.h>

struct http;

/* Who we are to the server; NULL where it needs none. Copied. */
struct http_identity {
    const char *user, *password;
    const char *authorities; /* file with the certificates (PEM) we trust, NULL for those of the system */
};

/* Of the libcurl that is there. False with a failure when there is none. */
bool http_version(char *out, size_t room, struct failure *failure);
/* NULL with a failure. Loads libcurl: see base/late.h. */
struct http *http_create(const struct http_identity *identity, struct failure *failure);
void http_destroy(struct http *http);

enum http_result {
    HTTP_DONE,
    HTTP_REFUSED, /* the server answered that it will not */
    HTTP_AWAY     /* nobody answered, or the answer was cut off: whether it was done is not known */
};

#define HTTP_STRETCH (64 << 10)
#define HTTP_WHY     512 /* bytes of a sentence that says what went wrong */

struct http_request {
    const char *url;
    const void *body; /* of a POST */
    size_t length;
    bool is_packed;  /* the body is gzip */
    long patience_s; /* without a byte from the server */
    long stretch_s;  /* once an answer has begun, for each HTTP_STRETCH bytes of it */
    /* Gets the body of an answer, in pieces; false ends the exchange. NULL: it is of no interest. */
    packed_take *take;
    void *context;
};

/* `why` is filled when it is not HTTP_DONE. An answer that does not say where it ends may have been cut off anywhere,
 * and is none. */
enum http_result http_post(struct http *http, const struct http_request *request, char why[HTTP_WHY]);
/* Appends `text` to `to` as part of a query string, within `room` bytes. False when it does not fit. */
bool http_escape(struct http *http, char *to, size_t room, const char *text);

#endif
