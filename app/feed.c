/* feed: a merge of sources by the time of their next frame.
 *
 * While one source is read and the next file begins later than what was read, frames are handed out where the source
 * put them, without a copy. Otherwise each source has a block of its own and its frames are copied in order of time. A
 * file's own order is never changed. Following is a word of -r at a time: its newest capture grows, and makes way for
 * the next when that has packets. */
#include "app/feed.h"

#include "base/clock.h"
#include "base/now.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

/* While nothing comes, files and folders are looked at this often. */
#define LOOK_NS (SECOND_NS / 2)

/* An input that is open. */
struct opened {
    struct source *source; /* NULL: the place is free */
    size_t input;
    enum source_state state;
    bool grows;
    /* Frames read and not handed out yet; they lie in `held` or `block`. */
    struct frame *frames;
    size_t at, count;
    uint8_t *block, *held; /* made when first needed */
};

/* A word of -r while it is followed. */
struct chain {
    bool over;         /* nothing more is awaited of it */
    bool waiting;      /* its newest capture is not open, or ends by now */
    uint8_t number;    /* of its newest capture, when not waiting */
    int64_t after_ns;  /* first packet of its newest capture so far; INT64_MIN before the first */
    int64_t change_ns; /* when that was last written to */
};

struct feed {
    struct inputs *inputs;
    const char *filter;
    struct feed_listener listener;
    struct opened opened[SOURCES_AT_ONCE];
    size_t open_count, places; /* places ever used */
    size_t next;               /* input to be opened */
    size_t last;               /* input opened last */
    uint64_t bytes_ended;      /* of inputs that are closed again */
    struct chain *chains;      /* one a word, when following */
    int64_t looked_ns;         /* of the monotonic clock */
    bool idle;                 /* at the last read there was nothing */
    bool told_many;
    struct ahead *ahead;
};

static const struct input *input_of(const struct feed *feed, const struct opened *opened)
{
    return &feed->inputs->items[opened->input];
}

static void note(const struct feed *feed, const char *name, const char *what)
{
    if (feed->listener.note != NULL)
        feed->listener.note(feed->listener.context, name, what);
}

/* ---- opening and closing ---- */

/* Is this the newest capture of its word, which grows? */
static bool is_newest(const struct feed *feed, size_t input)
{
    const struct input *items = feed->inputs->items;
    if (feed->chains == NULL || items[input].is_pipe || items[input].is_packed)
        return false;
    for (size_t i = input + 1; i < feed->inputs->count; i++)
        if (items[i].word == items[input].word && !items[i].is_pipe)
            return false;
    return true;
}

static void close_one(struct feed *feed, uint8_t number)
{
    struct opened *opened = &feed->opened[number];
    const struct input *input = input_of(feed, opened);
    if (feed->listener.ended != NULL)
        feed->listener.ended(feed->listener.context, number, input->name,
                             opened->state == SOURCE_CUT ? source_cut_text(opened->source) : NULL,
                             source_dropped(opened->source));
    if (opened->grows) { /* what is damaged gives nothing more, however it grows */
        feed->chains[input->word].waiting = true;
        feed->chains[input->word].over = !input->in_folder;
    }
    feed->bytes_ended += input->is_pipe ? source_bytes_done(opened->source) : input->bytes;
    source_close(opened->source);
    opened->source = NULL;
    feed->open_count--;
}

/* NULL with a failure, or without one when the input is passed over: a ring may have removed or begun anew what was
 * found in a folder, and what looked like a capture there may be none. A filter that does not fit is always a failure.
 */
static struct source *open_source(const struct feed *feed, const struct input *input, bool grows,
                                  struct failure *failure)
{
    struct failure why = {0}, without_filter = {0};
    struct source *source =
        grows ? source_open_growing(input->path, feed->filter, &why) : source_open(input->path, feed->filter, &why);
    if (source != NULL)
        return source;
    struct source *again = input->in_folder ? source_open(input->path, NULL, &without_filter) : NULL;
    source_close(again);
    size_t name = strlen(input->name) + 2; /* "NAME: " */
    if (input->in_folder && again == NULL && without_filter.length > name)
        note(feed, input->name, without_filter.text + name);
    else
        failure_add(failure, "%s", why.text);
    return NULL;
}

/* Opens the next input. False with a failure. */
static bool open_next(struct feed *feed, struct failure *failure)
{
    uint8_t number = 0;
    while (feed->opened[number].source != NULL)
        number++;
    assert(number < SOURCES_AT_ONCE);
    const struct input *input = &feed->inputs->items[feed->next];
    bool grows = is_newest(feed, feed->next);
    feed->last = feed->next++;
    struct source *source = open_source(feed, input, grows, failure);
    if (source == NULL)
        return !failure_any(failure);
    feed->opened[number].source = source;
    feed->opened[number].input = feed->last;
    feed->opened[number].state = SOURCE_MORE;
    feed->opened[number].grows = grows;
    feed->opened[number].at = feed->opened[number].count = 0;
    feed->open_count++;
    if (number >= feed->places)
        feed->places = number + 1u;
    if (grows) {
        feed->chains[input->word].number = number;
        feed->chains[input->word].waiting = false;
    }
    if (feed->listener.opened != NULL)
        feed->listener.opened(feed->listener.context, number, input->name);
    return true;
}

/* Frames that were handed out have been taken by now: what ended may be closed. */
static void close_ended(struct feed *feed)
{
    for (size_t i = 0; i < feed->places && feed->open_count > 0; i++) {
        const struct opened *opened = &feed->opened[i];
        if (opened->source != NULL && opened->state != SOURCE_MORE && opened->at == opened->count)
            close_one(feed, (uint8_t)i);
    }
}

/* ---- frames ---- */

/* Room of its own for the frames of a source. */
static bool own_room(struct opened *opened, struct failure *failure)
{
    if (opened->frames == NULL)
        opened->frames = malloc(SOURCE_FRAMES_MOST * sizeof *opened->frames);
    if (opened->block == NULL)
        opened->block = malloc(SOURCE_BLOCK);
    if (opened->held == NULL)
        opened->held = malloc(SOURCE_BLOCK);
    return (opened->frames != NULL && opened->block != NULL && opened->held != NULL) ||
           failure_add(failure, "out of memory for captures of the same time");
}

/* Reads on where nothing is left to hand out. */
static bool fill(struct opened *opened, struct failure *failure)
{
    if (opened->source == NULL || opened->state != SOURCE_MORE || opened->at < opened->count)
        return true;
    if (!own_room(opened, failure))
        return false;
    opened->at = 0;
    opened->state = source_read(opened->source, opened->block, opened->frames, SOURCE_FRAMES_MOST, &opened->count);
    return true;
}

/* Keeps frames that lie in a block of the caller's until their turn. */
static bool hold(struct opened *opened, const struct frame frames[], size_t count, struct failure *failure)
{
    if (!own_room(opened, failure))
        return false;
    source_move(opened->source, opened->block);
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        opened->frames[i] = frames[i];
        opened->frames[i].start = opened->held + used;
        memcpy(opened->held + used, frames[i].start, frames[i].captured);
        used += frames[i].captured;
    }
    opened->at = 0;
    opened->count = count;
    return true;
}

/* The time from which on another input has to be open; INT64_MAX when there is none, or no place for it. Pipes come
 * when all else ended. */
static int64_t next_begins_ns(const struct feed *feed)
{
    const struct inputs *inputs = feed->inputs;
    if (feed->next == inputs->count || inputs->items[feed->next].is_pipe || feed->open_count == SOURCES_AT_ONCE)
        return INT64_MAX;
    return inputs->items[feed->next].first_ns;
}

/* One source is open: its frames as it gives them, up to where the next input begins. */
static bool read_one(struct feed *feed, struct opened *opened, uint8_t *block, struct frame out[], size_t most,
                     size_t *count, struct failure *failure)
{
    int64_t until_ns = next_begins_ns(feed);
    size_t read, before = 0;
    source_read_ahead(opened->source, feed->ahead);
    opened->state = source_read(opened->source, block, out, most, &read);
    uint8_t number = (uint8_t)(opened - feed->opened);
    for (size_t i = 0; number > 0 && i < read; i++)
        out[i].source = number;
    if (until_ns == INT64_MAX)
        before = read;
    while (before < read && out[before].time_ns < until_ns)
        before++;
    *count = before;
    return before == read || hold(opened, out + before, read - before, failure);
}

/* The source whose next frame is the earliest, of equals the one opened first; `*than_ns` is the time of the one after
 * it. NULL when none has a frame. */
static struct opened *earliest(struct feed *feed, int64_t *than_ns)
{
    struct opened *best = NULL;
    int64_t best_ns = 0;
    *than_ns = INT64_MAX;
    for (size_t i = 0; i < feed->places; i++) {
        struct opened *opened = &feed->opened[i];
        if (opened->source == NULL || opened->at == opened->count)
            continue;
        int64_t time_ns = opened->frames[opened->at].time_ns;
        if (best == NULL || time_ns < best_ns || (time_ns == best_ns && opened->input < best->input)) {
            if (best != NULL && best_ns < *than_ns)
                *than_ns = best_ns;
            best = opened;
            best_ns = time_ns;
        } else if (time_ns < *than_ns) {
            *than_ns = time_ns;
        }
    }
    return best;
}

/* Several sources: their frames in order of time, as many as fit. */
static bool read_several(struct feed *feed, uint8_t *block, struct frame out[], size_t most, size_t *count,
                         struct failure *failure)
{
    size_t used = 0;
    for (;;) {
        for (size_t i = 0; i < feed->places; i++)
            if (!fill(&feed->opened[i], failure))
                return false;
        int64_t than_ns, begins_ns = next_begins_ns(feed);
        struct opened *from = earliest(feed, &than_ns);
        if (from == NULL || from->frames[from->at].time_ns >= begins_ns)
            return true;
        uint8_t number = (uint8_t)(from - feed->opened);
        do {
            const struct frame *frame = &from->frames[from->at];
            if (*count == most || SOURCE_BLOCK - used < frame->captured)
                return true;
            struct frame *to = &out[(*count)++];
            *to = *frame;
            to->source = number;
            to->start = block + used;
            memcpy(block + used, frame->start, frame->captured);
            used += frame->captured;
            from->at++;
        } while (from->at < from->count && from->frames[from->at].time_ns < than_ns &&
                 from->frames[from->at].time_ns < begins_ns);
    }
}

/* Opens what has to be open before the next frame is handed out. What comes newly into a folder is opened when there is
 * nothing else. */
static bool open_due(struct feed *feed, struct failure *failure)
{
    while (feed->next < feed->inputs->count) {
        int64_t than_ns, begins_ns = next_begins_ns(feed);
        const struct opened *first = earliest(feed, &than_ns);
        bool due =
            feed->open_count == 0 || (begins_ns != INT64_MAX &&
                                      (feed->idle || (first != NULL && first->frames[first->at].time_ns >= begins_ns)));
        if (!due)
            return true;
        if (!open_next(feed, failure))
            return false;
        if (feed->open_count == SOURCES_AT_ONCE && feed->next < feed->inputs->count && !feed->told_many) {
            feed->told_many = true;
            note(feed, feed->inputs->items[feed->last].name,
                 "is one of more captures of the same time than are read side by side; the others may come late");
        }
    }
    return true;
}

/* ---- following ---- */

/* The newest capture of a word makes way: what is in it is read to its end. */
static void let_go(struct feed *feed, struct chain *chain)
{
    struct opened *opened = &feed->opened[chain->number];
    source_grown(opened->source);
    opened->grows = false;
    chain->waiting = true;
}

static void look_at_chain(struct feed *feed, size_t word)
{
    struct chain *chain = &feed->chains[word];
    bool in_folder = inputs_is_folder(feed->inputs, word);
    const struct opened *opened = &feed->opened[chain->number];
    const char *fate = chain->waiting ? NULL : source_fate(opened->source);
    if ((in_folder || chain->after_ns == INT64_MIN) &&
        inputs_find_newer(feed->inputs, word, chain->after_ns, chain->change_ns)) {
        const struct input *newer = &feed->inputs->items[feed->inputs->count - 1];
        chain->after_ns = newer->first_ns;
        chain->change_ns = newer->change_ns;
        if (!chain->waiting)
            let_go(feed, chain);
    } else if (fate != NULL) {
        char what[80];
        snprintf(what, sizeof what, "%s; what was in it is read%s", fate,
                 in_folder ? ", and others are waited for" : "");
        note(feed, input_of(feed, opened)->name, what);
        let_go(feed, chain);
        chain->over = !in_folder;
    }
}

/* Nothing came: is there something new? */
static void look_around(struct feed *feed)
{
    int64_t now_ns = monotonic_ns();
    if (feed->chains == NULL || now_ns - feed->looked_ns < LOOK_NS)
        return;
    feed->looked_ns = now_ns;
    for (size_t i = 0; i < feed->inputs->words->count; i++)
        if (!feed->chains[i].over)
            look_at_chain(feed, i);
}

static bool awaits(const struct feed *feed)
{
    for (size_t i = 0; feed->chains != NULL && i < feed->inputs->words->count; i++)
        if (!feed->chains[i].over)
            return true;
    return false;
}

static bool chains_begin(struct feed *feed, struct failure *failure)
{
    const struct inputs *inputs = feed->inputs;
    feed->chains = calloc(inputs->words->count, sizeof *feed->chains);
    if (feed->chains == NULL)
        return failure_add(failure, "out of memory");
    for (size_t i = 0; i < inputs->words->count; i++)
        feed->chains[i] = (struct chain){.waiting = true, .after_ns = INT64_MIN, .change_ns = INT64_MIN};
    for (size_t i = 0; i < inputs->count; i++) { /* in order of time: the last is the newest */
        struct chain *chain = &feed->chains[inputs->items[i].word];
        chain->after_ns = inputs->items[i].first_ns;
        chain->change_ns = inputs->items[i].change_ns;
        chain->over = inputs->items[i].is_pipe; /* it is read as it comes, and ends */
    }
    return true;
}

/* ---- the whole ---- */

struct feed *feed_open(struct inputs *inputs, const char *filter, const struct feed_listener *listener,
                       struct failure *failure)
{
    struct feed *feed = calloc(1, sizeof *feed);
    if (feed == NULL) {
        failure_add(failure, "out of memory");
        return NULL;
    }
    feed->inputs = inputs;
    feed->filter = filter;
    feed->listener = *listener;
    if (inputs->follow && !chains_begin(feed, failure)) {
        feed_close(feed);
        return NULL;
    }
    return feed;
}

void feed_close(struct feed *feed)
{
    if (feed == NULL)
        return;
    for (size_t i = 0; i < feed->places; i++) {
        struct opened *opened = &feed->opened[i];
        if (opened->source != NULL)
            close_one(feed, (uint8_t)i);
        free(opened->frames);
        free(opened->block);
        free(opened->held);
    }
    free(feed->chains);
    free(feed);
}

/* The one source that is open, when nothing of it waits to be handed out. */
static struct opened *only_one(struct feed *feed)
{
    for (size_t i = 0; feed->open_count == 1 && i < feed->places; i++)
        if (feed->opened[i].source != NULL)
            return feed->opened[i].at == feed->opened[i].count ? &feed->opened[i] : NULL;
    return NULL;
}

void feed_read_ahead(struct feed *feed, struct ahead *ahead)
{
    feed->ahead = ahead;
}

enum feed_state feed_read(struct feed *feed, uint8_t *block, struct frame out[], size_t most, size_t *count,
                          struct failure *failure)
{
    *count = 0;
    close_ended(feed);
    if (!open_due(feed, failure))
        return FEED_FAILED;
    feed->idle = false;
    if (feed->open_count == 0) {
        look_around(feed);
        return feed->next < feed->inputs->count ? FEED_MORE : awaits(feed) ? FEED_IDLE : FEED_END;
    }
    struct opened *one = only_one(feed);
    bool ok = one != NULL ? read_one(feed, one, block, out, most, count, failure)
                          : read_several(feed, block, out, most, count, failure);
    if (!ok)
        return FEED_FAILED;
    if (*count > 0)
        return FEED_MORE;
    look_around(feed);
    for (size_t i = 0; i < feed->places; i++) {
        const struct opened *opened = &feed->opened[i];
        if (opened->source != NULL && (!opened->grows || opened->state != SOURCE_MORE || opened->at < opened->count))
            return FEED_MORE; /* it ended, or its turn has come */
    }
    feed->idle = true;
    return FEED_IDLE;
}

struct feed_progress feed_progress(const struct feed *feed)
{
    const struct inputs *inputs = feed->inputs;
    struct feed_progress progress = {
        .name = feed->next > 0 ? inputs->items[feed->last].name : "",
        .bytes = feed->bytes_ended,
        .bytes_in_all = inputs->has_pipe || inputs->follow ? 0 : inputs->bytes,
        .opened = feed->next,
        .in_all = inputs->count,
    };
    for (size_t i = 0; i < feed->places; i++)
        if (feed->opened[i].source != NULL)
            progress.bytes += source_bytes_done(feed->opened[i].source);
    return progress;
}
