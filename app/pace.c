/* pace: see pace.h. Times are sums over some batches; no clock is looked at here. */
#include "app/pace.h"

/* The first judgements, before and since somebody reads ahead, do not count. */
#define UNSTEADY 4
/* What is read ahead, the reading thread need not read: that is the larger part of reading. */
#define READING_AHEAD_SAVES 3
/* Of the time before, what reading ahead may leave, and what letting lines go may. */
#define WORTH_READING_AHEAD 0.95
#define WORTH_LETTING_GO    0.97

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

static void trial_add(struct trial *trial, bool since, int64_t took_ns, uint64_t packets)
{
    *(since ? &trial->since_ns : &trial->before_ns) += took_ns;
    *(since ? &trial->since_packets : &trial->before_packets) += packets;
}

/* Do packets take at most that part of the time before? */
static bool trial_shows(const struct trial *trial, double part)
{
    return (double)trial->since_ns * (double)trial->before_packets <=
           part * (double)trial->before_ns * (double)trial->since_packets;
}

/* Adds what the last batches took, and decides in the end whether it stays so that somebody reads ahead. */
static void try_ahead(struct pace *pace, int64_t took_ns, uint64_t packets)
{
    if (pace->alone == 1)
        pace->ahead = (struct trial){0};
    bool since = pace->alone > PACE_LONG_ALONE;
    if (pace->alone > UNSTEADY + (since ? PACE_LONG_ALONE : 0) && pace->alone <= 2 * PACE_LONG_ALONE)
        trial_add(&pace->ahead, since, took_ns, packets);
    if (pace->alone == 2 * PACE_LONG_ALONE && pace->how == CREW_PACE_MEASURED && !pace->never_ahead)
        pace->never_ahead = !trial_shows(&pace->ahead, WORTH_READING_AHEAD);
}

/* The same of threads that let lines go. The batches that are under way when that changes do not count. */
static void try_lines(struct pace *pace, int64_t took_ns, uint64_t packets)
{
    if (pace->lines_tried++ == 0)
        pace->lines = (struct trial){0};
    bool since = pace->lines_tried > PACE_LINES_TRY;
    if (pace->lines_tried > UNSTEADY + (since ? PACE_LINES_TRY : 0) && pace->lines_tried <= 2 * PACE_LINES_TRY)
        trial_add(&pace->lines, since, took_ns, packets);
    if (pace->lines_tried == PACE_LINES_TRY)
        pace->lets_go = true;
    if (pace->lines_tried == 2 * PACE_LINES_TRY)
        pace->lets_go = trial_shows(&pace->lines, WORTH_LETTING_GO);
    if (pace->lines_tried == 2 * PACE_LINES_TRY + PACE_LINES_STAY) {
        pace->lets_go = false;
        pace->lines_tried = 0;
    }
}

bool pace_judge(struct pace *pace, const struct pace_threads *threads)
{
    pace->observed += (unsigned)(threads->done - pace->done);
    pace->done = threads->done;
    pace->worked_ns += threads->worked_ns;
    if (pace->observed == 0)
        return false;
    uint64_t packets = threads->packets - pace->packets;
    if (pace->hands_over)
        try_lines(pace, pace->read_ns + pace->worked_ns * pace->batches / pace->observed, packets);
    pace->hands_over = is_worth_handing_over(pace);
    pace->alone = pace->hands_over || threads->count == 0 ? 0 : pace->alone + 1;
    if (pace->alone > 0)
        try_ahead(pace, pace->read_ns + pace->worked_ns, packets);
    pace->packets = threads->packets;
    pace->batches = pace->observed = 0;
    pace->read_ns = pace->worked_ns = 0;
    return true;
}
