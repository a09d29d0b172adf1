/* http_head: what one line of the head of an HTTP/1.x message says, taken alone; the dialogue is http.c.
 *
 * Hides the forms of start lines and targets. Of a target only its host and the first segment of its path ever leave
 * this file, never a query. Rules: RFC 9112 3, 4, 5 (start lines, fields), RFC 9110 4.2.3, 7.1 (targets), RFC 9113 3.4
 * (the preface of HTTP/2). */
#ifndef DISSECTORS_HTTP_HEAD_H
#define DISSECTORS_HTTP_HEAD_H

#include "dissectors/dissector.h"

#define HTTP_METHOD_MOST 24

struct http_start {
    struct bytes method, target; /* of a request */
    struct bytes version;        /* of a request: HTTP/1.1 */
    uint16_t status;             /* of a response; 0 for a request */
    bool preface;                /* the request line with which HTTP/2 begins */
};

/* Is this line, without its end, the first of a message that `from` may send? */
bool http_start_line(struct bytes line, enum direction from, struct http_start *start);

/* Fields by what they mean to us. */
enum http_field {
    HTTP_NO_FIELD, /* not even the form of one */
    HTTP_OTHER,
    HTTP_FOLDED, /* goes on with the one before */
    HTTP_HOST,
    HTTP_LENGTH,
    HTTP_CODING, /* Transfer-Encoding */
    HTTP_TYPE,
    HTTP_LOCATION,
    HTTP_UPGRADE,
    HTTP_AUTHORIZATION,
    HTTP_PROXY_AUTHORIZATION,
    HTTP_CHALLENGE, /* WWW-Authenticate */
    HTTP_PROXY_CHALLENGE,
};

enum http_field http_field(struct bytes line, struct bytes *value);

/* The host of `host`, `host:port` or `[address]:port`; empty when it does not look like one. */
struct bytes http_host(struct bytes authority);

/* Splits a target; each part may be empty. The path is without query. */
void http_target(struct bytes target, struct bytes *authority, struct bytes *path, struct bytes *query);

/* The first segment of a path with its slash: virtual directories of Exchange and Windows, which mind no case, as
 * their documentation writes them, others as on the wire. Empty when there is none, or none that is fit to be said. */
struct bytes http_first_segment(struct bytes path);

/* The probe of the dissector. */
enum likeness http_probe(struct bytes head, enum direction from);

#endif
