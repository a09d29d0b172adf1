/* csv_lines: JSON objects as lines of a table: with commas (RFC 4180) for spreadsheets, or with tabs for other
 * programs.
 *
 * Columns are members of the objects, so both forms say the same: "nearest.path" is the member `path` of the member
 * `nearest`, and its column is `nearest_path`; what facts amount to (`facts.`) has the name of the fact. A spreadsheet
 * takes a cell that begins with = + - or @ for a formula, which a stranger could have sent: such a cell gets an
 * apostrophe before it. Between tabs stands plain text, of which no program makes a formula. */
#ifndef REPORTS_CSV_LINES_H
#define REPORTS_CSV_LINES_H

#include "reports/document.h"

struct csv {
    struct document document; /* only tells whether memory ran out */
    FILE *out;
    const char *const *columns; /* ended by NULL; borrowed */
    bool tabs;
};

/* Writes the line of headings. */
struct csv csv_begin(FILE *out, const char *const *columns, bool tabs);
/* Takes the object. Once memory has run out no further line is written. */
void csv_line(struct csv *csv, json_t *object);

#endif
