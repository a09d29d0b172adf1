/* pace: see pace.h. Times are sums over some batches; no clock is looked at here. */
#include "app/pace.h"

/* The first judgements, before and since somebody reads ahead, do not count. */
#define UNSTEADY 4
/* What is read ahead, the reading thread need not read: that is the larger part of reading. */
#define READING_AHEAD_SAVES 3
/* Of the time before, what reading ahead may leave. */
#define WORTH_WHILE 0.95

void pace_begin(struct pace *pace, enum crew_pace how)
{
    *pace = (struct pace){.how = how, .hands_over = true};
}

bool pace_add(struct pace *pace, int64_t read_ns, int64_t worked_ns)
{
    pace->batches++;
    pace->read_ns += read_ns;
    if (worked_ns >= 0) {
        pace->observed++;
        pace->worked_ns += worked_ns;
    }
    return pace->batches >= PACE_BATCHES;
}

static bool is_worth_handing_over(const struct pace *pace)
{
    if (pace->how == CREW_PACE_ALTERNATES)
        return !pace->hands_over && pace->alone > PACE_LONG_ALONE + UNSTEADY;
    return pace->how == CREW_PACE_MEASURED &&
           pace->worked_ns / pace->observed >
               pace->read_ns / pace->batches * (pace_reads_ahead(pace) ? READING_AHEAD_SAVES : 1);
}

/* Adds what the last batches took, and decides in the end whether it stays so that somebody reads ahead. */
static void trial_add(struct pace *pace, int64_t took_ns, uint64_t packets)
{
    struct trial *trial = &pace->trial;
    if (pace->alone == 1)
        *trial = (struct trial){0};
    if (pace->alone > UNSTEADY && pace->alone <= PACE_LONG_ALONE) {
        trial->before_ns += took_ns;
        trial->before_packets += packets;
    } else if (pace->alone > PACE_LONG_ALONE + UNSTEADY && pace->alone <= 2 * PACE_LONG_ALONE) {
        trial->since_ns += took_ns;
        trial->since_packets += packets;
    }
    if (pace->alone == 2 * PACE_LONG_ALONE && pace->how == CREW_PACE_MEASURED && !pace->never_ahead)
        pace->never_ahead = (double)trial->since_ns * (double)trial->before_packets >
                            WORTH_WHILE * (double)trial->before_ns * (double)trial->since_packets;
}

bool pace_judge(struct pace *pace, const struct pace_threads *threads)
{
    pace->observed += (unsigned)(threads->done - pace->done);
    pace->done = threads->done;
    pace->worked_ns += threads->worked_ns;
    if (pace->observed == 0)
        return false;
    pace->hands_over = is_worth_handing_over(pace);
    pace->alone = pace->hands_over || threads->count == 0 ? 0 : pace->alone + 1;
    if (pace->alone > 0)
        trial_add(pace, pace->read_ns + pace->worked_ns, threads->packets - pace->packets);
    pace->packets = threads->packets;
    pace->batches = pace->observed = 0;
    pace->read_ns = pace->worked_ns = 0;
    return true;
}
