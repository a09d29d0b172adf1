/* audit_file: an audit read back: from the JSON that `audit -T json` writes, or from a page that carries that JSON
 * inside a script element of type application/json. What is not an audit, or not whole, is refused with its place. */
#ifndef REPORTS_AUDIT_FILE_H
#define REPORTS_AUDIT_FILE_H

#include "base/failure.h"

#include <jansson.h>

/* The document, which the caller releases with json_decref; NULL with a failure. What is given has every member
 * that a comparison reads, each of its type: nobody needs to ask again. */
json_t *audit_file_load(const char *path, struct failure *failure);
/* The same of `length` bytes; `name` is what messages call them. */
json_t *audit_file_read(const char *name, const char *text, size_t length, struct failure *failure);

#endif
