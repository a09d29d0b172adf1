/* utf8: text from the wire made fit for outputs that must be UTF-8 (RFC 3629). */
#ifndef OBSERVATIONS_UTF8_H
#define OBSERVATIONS_UTF8_H

#include <stddef.h>

#define UTF8_TEXT 768 /* enough for any name: 255 bytes, each of which may become U+FFFD */

/* `text` itself when it is valid, else a copy in `out` with each invalid byte as U+FFFD, cut where `out` is full. */
const char *utf8_clean(const char *text, char out[], size_t size);

#endif
