/* text: the report a person reads first: what was looked at, the verdict, what needs attention; then the picture it
 * stands on, and last what limits this picture. */
#include "reports/text_sections.h"

struct text_totals text_totals_of(const struct audit *audit)
{
    struct text_totals t = {0};
    for (size_t i = 0; i < audit->coverage_count; i++) {
        const struct coverage *c = &audit->coverages[i];
        t.packets += c->packets;
        t.bytes += c->bytes;
        t.dropped += c->dropped;
        t.duplicates += c->duplicates;
        t.duplicates_routed += c->duplicates_routed;
        t.undecoded += c->undecoded;
        t.truncated_frames += c->truncated_frames;
        t.truncated += c->truncated;
        t.fragments_lost += c->fragments_lost;
        t.missing_bytes += c->missing_bytes;
        t.evicted_flows += c->evicted_flows;
        t.evicted_conversations += c->evicted_conversations;
        t.lost_facts += c->lost_facts;
        t.unasked_flows += c->unasked_flows;
        t.lost_rows += c->lost_rows;
    }
    return t;
}

bool text_is_judged(const struct audit *audit)
{
    return audit->table_count > 0;
}

bool text_has_seen(const struct audit *audit)
{
    return audit->conversation_count > 0 || text_totals_of(audit).packets > 0;
}

enum accent text_verdict_accent(enum verdict verdict)
{
    static const enum accent accents[VERDICT_COUNT] = {
        [VERDICT_DEVIATING] = ACCENT_WEAK,
        [VERDICT_BLOCKED] = ACCENT_BAD,
        [VERDICT_REFUSED] = ACCENT_BAD,
        [VERDICT_UNEXPECTED] = ACCENT_BAD,
        [VERDICT_UNEXPECTED_ATTEMPT] = ACCENT_WEAK,
        [VERDICT_UNDETERMINED] = ACCENT_DOUBT,
        [VERDICT_UNCLASSIFIED] = ACCENT_DOUBT,
        [VERDICT_CONFORMING] = ACCENT_GOOD,
        [VERDICT_OUT_OF_SCOPE] = ACCENT_QUIET,
    };
    return accents[verdict];
}

enum accent text_path_accent(enum path_verdict verdict)
{
    static const enum accent accents[PATH_VERDICT_COUNT] = {
        [PATH_FAILING] = ACCENT_BAD,    [PATH_MISSING] = ACCENT_BAD,         [PATH_FORBIDDEN_SEEN] = ACCENT_BAD,
        [PATH_DEVIATING] = ACCENT_WEAK, [PATH_DEGRADED] = ACCENT_WEAK,       [PATH_UNOBSERVABLE] = ACCENT_DOUBT,
        [PATH_SATISFIED] = ACCENT_GOOD, [PATH_NOT_EXERCISED] = ACCENT_QUIET, [PATH_NOT_APPLICABLE] = ACCENT_QUIET,
    };
    return accents[verdict];
}

enum accent text_severity_accent(enum severity severity)
{
    static const enum accent accents[SEVERITY_COUNT] = {
        [SEVERITY_HIGH] = ACCENT_BAD,
        [SEVERITY_MEDIUM] = ACCENT_WEAK,
        [SEVERITY_LOW] = ACCENT_STRONG,
        [SEVERITY_INFO] = ACCENT_PLAIN,
    };
    return accents[severity];
}

const char *text_severity_word(enum severity severity)
{
    static const char *const words[SEVERITY_COUNT] = {"HIGH", "MEDIUM", "LOW", "INFO"};
    return words[severity];
}

static void everything(const struct text_report *report)
{
    text_findings(report);
    text_paths(report);
    text_ports(report);
    text_unexpected(report);
    text_limits(report);
}

void report_text(const struct audit *audit, const struct report_options *options, FILE *out)
{
    static void (*const sections[])(const struct text_report *) = {
        [REPORT_EVERYTHING] = everything, [REPORT_CONVERSATIONS] = text_conversations, [REPORT_PATHS] = text_paths,
        [REPORT_ENDPOINTS] = text_ports,  [REPORT_FINDINGS] = text_findings,
    };
    struct screen screen = screen_of(out, options->width, options->colour, options->ascii);
    struct text_report report = {audit, options, &screen};
    text_head(&report);
    text_verdict(&report);
    if (options->explain != NULL)
        text_explain(&report, options->explain);
    else if (text_has_seen(audit))
        sections[options->only](&report);
    fflush(out);
}
