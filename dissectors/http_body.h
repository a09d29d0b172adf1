/* http_body: where the body of an HTTP/1.x message ends, as far as its head tells. Rules: RFC 9112 6.3, 7.1. */
#ifndef DISSECTORS_HTTP_BODY_H
#define DISSECTORS_HTTP_BODY_H

#include "base/bytes.h"

#define HTTP_BODY_MOST (UINT64_MAX / 2)

/* Zero before the fields of a head are heard. */
struct http_body {
    uint64_t length; /* when it is counted */
    bool counted;    /* Content-Length */
    bool chunked;    /* the last transfer coding */
    bool endless;    /* up to the end of the connection, or nobody knows: another coding, two lengths */
};

/* The value of a Content-Length, and of a Transfer-Encoding, field. */
void http_body_length(struct http_body *body, struct bytes value);
void http_body_coding(struct http_body *body, struct bytes value);

/* The size of a chunk from the line before it. False when that is none. */
bool http_chunk_size(struct bytes line, uint64_t *size);

#endif
