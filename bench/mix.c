/* mix: plays recordings, fifty at a time, each play on a network of its own, merged by time: every conversation keeps
 * its own pace, and packets of many conversations lie between two packets of one. */
#include "bench/kinds.h"
#include "bench/recording.h"

#include <stdlib.h>

enum { AT_ONCE = 50, MOST_PLAYS = 65535, START_WITHIN_US = 5000000, PAUSE_WITHIN_US = 1000000 };

struct play {
    const struct recording *recording;
    size_t next;
    int64_t started_us;
    uint16_t site;
};

struct stage {
    const struct recording *recordings;
    size_t recording_count, plays_begun;
    struct dice dice;
    struct play plays[AT_ONCE];
    int64_t due_us[AT_ONCE]; /* of each play's next packet */
};

static void begin_play(struct stage *stage, size_t place, int64_t started_us)
{
    const struct recording *recording = &stage->recordings[stage->plays_begun % stage->recording_count];
    stage->plays_begun++;
    stage->plays[place] = (struct play){recording, 0, started_us, (uint16_t)stage->plays_begun};
    stage->due_us[place] = started_us;
}

static size_t first_due(const struct stage *stage)
{
    size_t first = 0;
    for (size_t i = 1; i < AT_ONCE; i++)
        if (stage->due_us[i] < stage->due_us[first])
            first = i;
    return first;
}

static void play_all(struct stage *stage, struct output *output, uint64_t most_bytes)
{
    for (size_t i = 0; i < AT_ONCE; i++)
        begin_play(stage, i, KINDS_START_US + dice_below(&stage->dice, START_WITHIN_US));
    while (output_bytes(output) < most_bytes && stage->plays_begun < MOST_PLAYS) {
        size_t place = first_due(stage);
        struct play *play = &stage->plays[place];
        const struct recorded *packet = &play->recording->packets[play->next++];
        int64_t now_us = stage->due_us[place];
        uint8_t *copy =
            output_frame(output, now_us, &play->recording->bytes[packet->start], packet->captured, packet->length);
        frame_readdress(copy, packet->captured, play->site);
        if (play->next == play->recording->count)
            begin_play(stage, place, now_us + dice_below(&stage->dice, PAUSE_WITHIN_US));
        else
            stage->due_us[place] = play->started_us + play->recording->packets[play->next].at_us;
    }
}

bool kind_mix(struct output *output, const struct order *order, struct failure *failure)
{
    size_t count = order->capture_count + 1;
    struct recording *recordings = calloc(count, sizeof *recordings);
    struct stage *stage = calloc(1, sizeof *stage);
    bool good = recordings != NULL && stage != NULL;
    if (!good) {
        failure_add(failure, "no memory for the captures");
        count = 0;
    }
    for (size_t i = 0; i < count && i < order->capture_count; i++) /* all of them, so that all problems are told */
        good = recording_read(&recordings[i], order->captures[i], failure) && good;
    if (good && !filler_make(&recordings[order->capture_count], order->seed))
        good = failure_add(failure, "no memory for the filler");
    if (good) {
        *stage = (struct stage){.recordings = recordings, .recording_count = count, .dice = {.seed = order->seed}};
        play_all(stage, output, KINDS_GIB / 100 * order->percent);
        if (stage->plays_begun == MOST_PLAYS)
            good = failure_add(failure, "the captures are too small to fill the file: all %d networks are used up",
                               MOST_PLAYS);
    }
    for (size_t i = 0; i < count; i++)
        recording_fini(&recordings[i]);
    free(stage);
    free(recordings);
    return good;
}
