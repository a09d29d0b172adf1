/* budget: see app/budget.h. What stands beside the budget was measured as the greatest resident size of runs that
 * differ in one thing only; tests/budget_test.sh holds whole runs to what was asked for. */
#include "app/budget.h"

#include "app/crew.h"
#include "flows/adviser.h"

#include <stdio.h>

#define MIB          ((size_t)1 << 20)
#define PROGRAM_MIB  12u /* text, libraries, tables read, buffers of files */
#define HTTP_MIB     6u  /* libraries that are loaded to speak with a database */
#define BATCHES_MIB  9u  /* under way to threads */
#define OPINION_MIB  6u  /* nDPI, of each crew */
#define ASKING_MIB   1u  /* what each observer asks it */
#define OBSERVED_MIB 6u  /* the least that observing and judging work with */
#define REPORT_PART  8   /* of what an audit may take: for writing the report, and what looks for findings */

static size_t program_mib(const struct options *options)
{
    return PROGRAM_MIB + (options_connect(options) ? HTTP_MIB : 0);
}

static size_t beside_mib(const struct options *options, unsigned threads)
{
    bool asks = !options->no_second_opinion && adviser_version()[0] != '\0';
    unsigned crews = options->fanout > 0 ? options->fanout : 1;
    unsigned observers = threads > 0 ? threads : crews;
    return program_mib(options) + (threads > 0 ? BATCHES_MIB : crews - 1) +
           (asks ? OPINION_MIB * crews + ASKING_MIB * observers : 0);
}

/* When files are read, all that observing took is given back before they are judged, but for the store; a run that goes
 * on keeps it. Of 11 parts a store has 2 (app/crew.c), and what is anonymized is a second one. */
static size_t judged_of(const struct options *options, size_t all_bytes, size_t memory_bytes)
{
    size_t stores = memory_bytes / 11 * (options->anonymize ? 4 : 2);
    bool goes_on = options->devices.count > 0 || options->every_s > 0 || options->follow;
    size_t bytes = goes_on ? memory_bytes : all_bytes - program_mib(options) * MIB;
    return bytes - stores - bytes / REPORT_PART;
}

struct budget budget_of(const struct options *options)
{
    size_t all_mib = options->memory_mib != 0 ? options->memory_mib : CREW_MEMORY_DEFAULT / MIB;
    unsigned wanted = options->fanout > 0      ? 0
                      : options->workers_given ? options->workers
                                               : crew_threads_default(all_mib * MIB);
    if (wanted > CREW_OBSERVERS_MOST)
        wanted = CREW_OBSERVERS_MOST;
    struct budget budget = {.threads = wanted, .least_mib = beside_mib(options, 0) + OBSERVED_MIB};
    while (budget.threads > 0 && beside_mib(options, budget.threads) + OBSERVED_MIB > all_mib)
        budget.threads--;
    budget.has_fewer = options->workers_given && budget.threads < wanted;
    budget.is_short = all_mib < budget.least_mib;
    if (budget.is_short)
        all_mib = budget.least_mib;
    budget.memory_bytes = (all_mib - beside_mib(options, budget.threads)) * MIB;
    budget.judged_bytes = judged_of(options, all_mib * MIB, budget.memory_bytes);
    return budget;
}

void budget_tell(const struct budget *budget, const struct options *options)
{
    if (budget->is_short)
        fprintf(stderr, "pathaudit: warning: --memory %zu: the least that works is %zu, and so much is taken\n",
                options->memory_mib, budget->least_mib);
    if (budget->has_fewer && !options->quiet)
        fprintf(stderr, "pathaudit: note: --memory %zu is enough for %u of %u --workers\n", options->memory_mib,
                budget->threads, options->workers);
}
