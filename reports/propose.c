/* propose: findings that count today as exceptions for the site file. Each stands under a comment that says what it is
 * about, and ends ninety days after the capture, so that nothing is put up with for ever by pasting it. */
#include "base/clock.h"
#include "reports/clean.h"
#include "reports/report.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DAYS_PROPOSED 90

/* One line of a comment: text from the wire cannot end it. */
static void comment(FILE *out, const char *lead, const char *text)
{
    char *clean = clean_create(text);
    if (clean != NULL && clean[0] != '\0')
        fprintf(out, "  # %s%s\n", lead, clean);
    free(clean);
}

static bool counts(const struct finding *finding)
{
    return finding->excepted[0] == '\0' && finding->severity != SEVERITY_INFO;
}

static void write_day(FILE *out, int64_t time_ns)
{
    time_t seconds = (time_t)(time_ns / SECOND_NS) + (time_t)DAYS_PROPOSED * 86400;
    struct tm day;
    char text[32];
    if (gmtime_r(&seconds, &day) != NULL && strftime(text, sizeof text, "%Y-%m-%d", &day) > 0)
        fputs(text, out);
}

void propose_exceptions(const struct audit *audit, const struct report_options *options, FILE *out)
{
    static const char *const leads[SEVERITY_COUNT] = {"HIGH ", "MEDIUM ", "LOW ", ""};
    size_t proposed = 0;
    (void)options;
    for (size_t i = 0; i < audit->finding_count; i++)
        proposed += counts(&audit->findings[i]);
    fprintf(
        out,
        "# Proposed by pathaudit audit --propose-exceptions, to be looked at one by one: what is excepted is still\n"
        "# reported and no longer counts. Take out what must be mended, say a reason for what stays, and paste the\n"
        "# rest into the site file.\n"
        "exceptions:%s\n",
        proposed == 0 ? " []" : "");
    for (size_t i = 0; i < audit->finding_count; i++) {
        const struct finding *finding = &audit->findings[i];
        if (!counts(finding))
            continue;
        comment(out, leads[finding->severity], finding->subject);
        comment(out, "  ", finding->explain);
        comment(out, "  instead of excepting it: ", finding->advice);
        fprintf(out, "  - {finding: \"%s\", until: ", finding->id);
        write_day(out, audit->last_ns);
        fputs(", reason: to be reviewed}\n", out);
    }
}
