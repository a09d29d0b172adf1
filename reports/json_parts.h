/* json_parts: objects that more than one JSON document holds. */
#ifndef REPORTS_JSON_PARTS_H
#define REPORTS_JSON_PARTS_H

#include "reports/document.h"

/* One line of the port ledger (docs: endpoints -T json). */
json_t *json_scan(struct document *d, const struct audit *audit, const struct judged_scan *scan);
json_t *json_endpoint(struct document *document, const struct endpoint *endpoint);
/* One host with its roles and why it has them. */
json_t *json_host(struct document *document, const struct host *host);
/* One judged conversation (docs: audit -T json). */
json_t *json_conversation(struct document *document, const struct audit *audit, const struct judged_conversation *c);
/* One judged row, one finding (docs: audit -T json). */
json_t *json_path(struct document *document, const struct audit *audit, const struct judged_path *judged);
json_t *json_finding(struct document *document, const struct audit *audit, const struct finding *finding);

#endif
