/* text_findings: what needs attention, most important first. Each says what was seen, what to do, where it stands in
 * the capture, and the id that --explain takes. */
#include "reports/names.h"
#include "reports/text_sections.h"

#include <string.h>

#define SHORT_LIST 8
#define INDENT     13 /* of a finding's text: number, severity, blanks */

static bool is_excepted(const struct finding *finding)
{
    return finding->excepted[0] != '\0';
}

/* "site.pcap frame 18,212 and 2 more places   id ..." */
static void show_place(const struct text_report *report, const struct finding *finding)
{
    struct screen *screen = report->screen;
    struct phrase id = {0}, place = {0};
    for (size_t i = 0; i < finding->evidence_count && place.length == 0; i++) {
        const struct evidence *evidence = &finding->evidence[i];
        char number[AMOUNT_TEXT];
        if (evidence->frame != 0)
            phrase_add(&place, "%s frame %s", evidence->source, amount_text(evidence->frame, number));
        if (evidence->frame != 0 && finding->evidence_count > i + 1) {
            phrase_add(&place, " and ");
            phrase_count(&place, finding->evidence_count - i - 1, "more place", "more places");
        }
    }
    phrase_add(&id, "id %s", finding->id);
    if (place.length > 0)
        screen_item(screen, ACCENT_QUIET, 0, INDENT, place.text);
    screen_item(screen, ACCENT_QUIET, 3, INDENT, id.text);
    screen_end(screen);
}

static void show_finding(const struct text_report *report, size_t number, const struct finding *finding)
{
    struct screen *screen = report->screen;
    struct phrase lead = {0}, advice = {0};
    phrase_add(&lead, "%3zu ", number);
    screen_put(screen, ACCENT_PLAIN, lead.text);
    screen_put(screen, text_severity_accent(finding->severity), text_severity_word(finding->severity));
    screen_to(screen, INDENT);
    screen_flow(screen, ACCENT_STRONG, INDENT, finding->subject);
    screen_end(screen);
    screen_flow(screen, ACCENT_PLAIN, INDENT, finding->explain);
    screen_end(screen);
    if (finding->advice[0] != '\0') {
        phrase_add(&advice, "Do: %s", finding->advice);
        screen_flow(screen, ACCENT_PLAIN, INDENT, advice.text);
        screen_end(screen);
    }
    if (is_excepted(finding)) {
        struct phrase reason = {0};
        phrase_add(&reason, "Excepted by the site file: %s", finding->excepted);
        screen_flow(screen, ACCENT_QUIET, INDENT, reason.text);
        screen_end(screen);
    }
    show_place(report, finding);
}

/* Conversations that fit no row are listed with their nearest misses further down; from this many on the short form
 * tells them here in one finding. What is grave for another reason, as a password in clear, stays by itself. */
#define FOLD_FROM 3

static bool may_fold(const struct finding *finding)
{
    return finding->severity != SEVERITY_HIGH &&
           (strcmp(finding->verdict, verdict_name(VERDICT_UNEXPECTED)) == 0 ||
            strcmp(finding->verdict, verdict_name(VERDICT_UNEXPECTED_ATTEMPT)) == 0);
}

static size_t count_to_fold(const struct text_report *report)
{
    size_t count = 0;
    for (size_t i = 0; i < report->audit->finding_count; i++)
        count += may_fold(&report->audit->findings[i]) && !is_excepted(&report->audit->findings[i]);
    bool only_findings = report->options->only == REPORT_FINDINGS;
    return report->options->all || only_findings || count < FOLD_FROM ? 0 : count;
}

/* `first` is the most important of them. */
static void show_folded(const struct text_report *report, size_t number, size_t count, const struct finding *first)
{
    struct screen *screen = report->screen;
    struct phrase lead = {0}, subject = {0}, first_of = {0};
    phrase_add(&lead, "%3zu ", number);
    screen_put(screen, ACCENT_PLAIN, lead.text);
    screen_put(screen, text_severity_accent(first->severity), text_severity_word(first->severity));
    screen_to(screen, INDENT);
    phrase_count(&subject, count, "finding", "findings");
    phrase_add(&subject, " of traffic that fits no row; nearest misses below, under Unexpected");
    screen_flow(screen, ACCENT_STRONG, INDENT, subject.text);
    screen_end(screen);
    phrase_add(&first_of, "First of them: %s.", first->subject);
    screen_flow(screen, ACCENT_PLAIN, INDENT, first_of.text);
    screen_end(screen);
    screen_to(screen, INDENT);
    screen_flow(screen, ACCENT_PLAIN, INDENT,
                "Do: add a row to a table or a role to the site for what is wanted, and block the rest; "
                "--only findings lists each with its id");
    screen_end(screen);
}

/* "5 more (1 medium, 4 info), and 1 finding excepted by the site file: --all shows them" */
static void show_rest(const struct text_report *report, const size_t left[SEVERITY_COUNT], size_t excepted)
{
    struct phrase rest = {0}, kinds = {0};
    size_t total = 0;
    for (size_t s = 0; s < SEVERITY_COUNT; s++) {
        total += left[s];
        if (left[s] > 0)
            phrase_add(&kinds, "%s%zu %s", kinds.length > 0 ? ", " : "", left[s], severity_name((enum severity)s));
    }
    if (total > 0)
        phrase_add(&rest, "%zu more (%s)", total, kinds.text);
    if (excepted > 0) {
        phrase_add(&rest, "%s", total > 0 ? ", and " : "");
        phrase_count(&rest, excepted, "finding", "findings");
        phrase_add(&rest, " excepted by the site file");
    }
    if (rest.length == 0)
        return;
    phrase_add(&rest, ": --all shows %s", total + excepted == 1 ? "it" : "them");
    screen_to(report->screen, 2);
    screen_flow(report->screen, ACCENT_PLAIN, 2, rest.text);
    screen_end(report->screen);
}

static void show_heading(const struct text_report *report, bool any)
{
    struct screen *screen = report->screen;
    if (any) {
        screen_put(screen, ACCENT_STRONG, "What needs attention");
        screen_item(screen, ACCENT_QUIET, 3, 0, "--explain ID gives the whole reasoning");
    } else if (report->audit->conclusion == CONCLUSION_CONFORMS) {
        screen_put(screen, ACCENT_STRONG, "Nothing needs attention");
    } else if (report->audit->scan_count == 0 &&
               report->audit->conversation_counts[VERDICT_OUT_OF_SCOPE] == report->audit->conversation_count) {
        screen_put(screen, ACCENT_STRONG, "No findings, since nothing in scope was seen");
    } else {
        screen_put(screen, ACCENT_STRONG, "No findings, but not all could be judged: see what limits this picture");
    }
    screen_end(screen);
}

void text_findings(const struct text_report *report)
{
    const struct audit *audit = report->audit;
    size_t shown = 0, excepted = 0, left[SEVERITY_COUNT] = {0};
    if (!text_is_judged(audit))
        return;
    for (size_t i = 0; i < audit->finding_count; i++)
        excepted += is_excepted(&audit->findings[i]);
    bool all = report->options->all, folded = false;
    size_t to_fold = count_to_fold(report);
    show_heading(report, audit->finding_count > (all ? 0 : excepted));
    for (size_t i = 0; i < audit->finding_count; i++) {
        const struct finding *finding = &audit->findings[i];
        if (!all && is_excepted(finding))
            continue;
        if (to_fold > 0 && may_fold(finding)) {
            if (!folded)
                show_folded(report, ++shown, to_fold, finding);
            folded = true;
        } else if (!all && shown == SHORT_LIST)
            left[finding->severity]++;
        else
            show_finding(report, ++shown, finding);
    }
    show_rest(report, left, all ? 0 : excepted);
    screen_blank(report->screen);
}

const struct finding *text_findings_numbered(const struct text_report *report, unsigned long number)
{
    const struct audit *audit = report->audit;
    bool folds = count_to_fold(report) > 0, folded = false;
    unsigned long shown = 0;
    for (size_t i = 0; i < audit->finding_count; i++) {
        const struct finding *finding = &audit->findings[i];
        bool folds_too = folds && may_fold(finding);
        if ((!report->options->all && is_excepted(finding)) || (folds_too && folded))
            continue;
        folded = folded || folds_too;
        if (++shown == number)
            return finding;
    }
    return NULL;
}
