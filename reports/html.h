/* html: the page that people open in a browser: one file, which needs no other and no network. What it shows is the
 * JSON of reports/json.c inside a script element; the rest is a template, made by page/ and part of the program. Hides
 * how the JSON is kept from being read as markup. */
#ifndef REPORTS_HTML_H
#define REPORTS_HTML_H

#include "reports/report.h"

/* The template: what stands before the JSON, and what stands behind it (made by cmake/page.cmake). */
extern const unsigned char page_head[], page_tail[];
extern const size_t page_head_bytes, page_tail_bytes;

/* A stream that writes to `out` such that no character of a JSON document can end, or begin, an element of a page; it
 * stays the same JSON. Closing it does not close `out`. NULL when memory runs out. */
FILE *html_inside_script(FILE *out);

/* The whole page. */
void report_html(const struct audit *audit, const struct report_options *options, FILE *out);

#endif
