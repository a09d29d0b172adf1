/* clean: text from the wire made safe for people's terminals and for UTF-8 documents.
 *
 * Names, annotations and banners are whatever a stranger sent. Taken through here, nothing of it can move a cursor,
 * colour a line, reverse the writing direction, break a table or make a document invalid: control characters (C0, C1,
 * so also escape sequences), line and paragraph separators, direction marks, invisible characters and invalid UTF-8
 * (RFC 3629) become U+FFFD, tabs and line ends become one space. All other text stays as it is. */
#ifndef REPORTS_CLEAN_H
#define REPORTS_CLEAN_H

#include "base/bytes.h"

/* Takes the next safe code point; 0 only at the end. */
uint32_t clean_take(struct bytes *in);
/* The code point as UTF-8 and a NUL, into `out`; its length in bytes. */
size_t clean_encode(uint32_t code_point, char out[5]);
/* Safe copy of `text`, cut at a whole code point if `size` is small, always NUL-ended. Returns its length in bytes. */
size_t clean_copy(const char *text, char *out, size_t size);
/* Safe copy on the heap, owned by the caller; NULL when memory runs out. */
char *clean_create(const char *text);
/* Columns on a screen: one a code point. */
unsigned clean_columns(const char *text);

#endif
