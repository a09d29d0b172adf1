/* command_diff: what changed between two audits that were written as JSON, or as pages that carry it. */
#include "app/commands.h"
#include "app/output.h"
#include "capture/look.h"
#include "reports/audit_file.h"
#include "reports/diff.h"

static int compare(const struct options *options, const json_t *old, const json_t *new, struct failure *failure)
{
    struct output output;
    int status = EXIT_TROUBLE;
    struct diff *diff = diff_create(options->operands.items[0], old, options->operands.items[1], new, failure);
    if (diff != NULL && output_open(&output, options->out_file, failure)) {
        bool lost = false;
        struct report_options how = command_report_options(options);
        how.lost = &lost;
        if (options->form == FORM_JSON)
            diff_json(diff, &how, output.stream);
        else
            diff_text(diff, &how, output.stream);
        if (output_close_whole(&output, lost, failure))
            status = diff->counts[DIRECTION_WORSE] > 0 ? 1 : 0;
    }
    diff_destroy(diff);
    return status;
}

int command_diff(const struct options *options, struct failure *failure)
{
    if (options->operands.count != 2) {
        failure_add(failure, "diff needs two audits: OLD NEW; see 'pathaudit diff --help'");
        return EXIT_TROUBLE;
    }
    for (size_t i = 0; i < 2; i++) {
        const char *file = options->operands.items[i];
        if (look_at(file).like == LOOKS_LIKE_CAPTURE)
            failure_add(failure,
                        "%s: is a capture; audits are compared: 'pathaudit audit -r %s -T json -o FILE' writes one",
                        file, file);
    }
    if (failure_any(failure))
        return EXIT_TROUBLE;
    /* Both are read, so that what is wrong with either is told at once. */
    json_t *old = audit_file_load(options->operands.items[0], failure);
    json_t *new = audit_file_load(options->operands.items[1], failure);
    int status = old != NULL && new != NULL ? compare(options, old, new, failure) : EXIT_TROUBLE;
    json_decref(old);
    json_decref(new);
    return status;
}
