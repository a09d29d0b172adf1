/* json_expected: what a row of a table expects, as objects of a document: in our words, and as the reference prints it.
 */
#ifndef REPORTS_JSON_EXPECTED_H
#define REPORTS_JSON_EXPECTED_H

#include "reports/document.h"

/* Puts `authentication` and `encryption` into `object`: the expectations of all parts put together. */
void json_put_expectations(struct document *document, json_t *object, const struct part *parts, size_t count);
/* The cells of the reference. */
json_t *json_cells(struct document *document, const struct cells *cells);

#endif
