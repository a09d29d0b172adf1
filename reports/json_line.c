/* json_line: pathaudit.finding/1, one finding a line, as `watch` tells them. Its own keys stand before those that a
 * finding has in pathaudit.audit/1. */
#include "reports/json_parts.h"
#include "reports/report.h"

void report_finding_line(const struct audit *audit, const struct finding *finding, const char *time, const char *sensor,
                         FILE *out)
{
    struct document d = {.out = out};
    json_t *line = json_object(), *rest = json_finding(&d, audit, finding);
    document_put(&d, line, "schema", document_text("pathaudit.finding/1"));
    document_put(&d, line, "time", document_text(time));
    document_put(&d, line, "sensor", document_text(sensor));
    if (!d.failed && json_object_update(line, rest) == 0 && json_dumpf(line, out, JSON_COMPACT) == 0)
        fputc('\n', out);
    json_decref(rest);
    json_decref(line);
}
