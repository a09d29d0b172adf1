/* front: one loop beside libmicrohttpd's thread. */
#include "watch/front.h"

#include "base/now.h"
#include "reports/clean.h"
#include "watch/serve.h"
#include "watch/view.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define LOOK_MS    250
#define TICK_NS    (2 * SECOND_NS)
#define KEPT_NOTES 16 /* that are said again when the view is gone */

struct front {
    const struct front_options *options;
    struct serve *serve; /* NULL: no page */
    struct inbox inbox;
    struct bulletin bulletin;
    struct bulletin_finding findings[VIEW_FINDINGS]; /* the newest first */
    size_t finding_count;
    char notes[KEPT_NOTES][VIEW_NOTE]; /* the oldest first */
    size_t note_count;
    char half[VIEW_NOTE]; /* a line that has not ended */
    size_t half_length;
    int64_t drawn_ns, rated_ns; /* of the monotonic clock */
    uint64_t rated_packets, packets_per_s;
};

/* ---- bulletins ---- */

static void keep_findings(struct front *front)
{
    const struct bulletin *bulletin = &front->bulletin;
    size_t more = bulletin->newest_count, stay = front->finding_count;
    if (stay > VIEW_FINDINGS - more)
        stay = VIEW_FINDINGS - more;
    memmove(front->findings + more, front->findings, stay * sizeof *front->findings);
    memcpy(front->findings, bulletin->newest, more * sizeof *front->findings);
    front->finding_count = stay + more;
}

/* False when nobody is left who could send one. */
static bool take_bulletin(struct front *front)
{
    char *json = NULL;
    enum inbox_state state = inbox_read(&front->inbox, front->options->bulletins, &front->bulletin, &json);
    if (state != INBOX_WHOLE)
        return state != INBOX_END;
    keep_findings(front);
    if (front->serve != NULL)
        serve_publish(front->serve, &front->bulletin, json);
    else
        free(json);
    return true;
}

/* ---- notes ---- */

static void keep_note(struct front *front)
{
    front->half[front->half_length] = '\0';
    front->half_length = 0;
    if (front->note_count == KEPT_NOTES)
        memmove(front->notes, front->notes + 1, (--front->note_count) * sizeof *front->notes);
    clean_copy(front->half, front->notes[front->note_count++], VIEW_NOTE);
}

static void take_notes(struct front *front)
{
    char text[1024];
    ssize_t got = read(front->options->notes, text, sizeof text);
    for (ssize_t i = 0; i < got; i++) {
        if (text[i] == '\n')
            keep_note(front);
        else if (front->half_length + 1 < sizeof front->half)
            front->half[front->half_length++] = text[i];
    }
}

/* ---- the terminal ---- */

static void draw(struct front *front)
{
    const struct front_options *options = front->options;
    struct winsize size = {0};
    if (monotonic_ns() - front->drawn_ns < LOOK_MS * (SECOND_NS / 1000))
        return;
    front->drawn_ns = monotonic_ns();
    char page[sizeof options->entrance->at + 16] = "";
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0)
        size = (struct winsize){.ws_col = 80, .ws_row = 24};
    if (front->serve != NULL)
        snprintf(page, sizeof page, "http://%s/", options->entrance->at);
    size_t first_note = front->note_count > VIEW_NOTES ? front->note_count - VIEW_NOTES : 0;
    const struct view_now now = {
        .sources = options->sources,
        .page = page,
        .bulletin = &front->bulletin,
        .packets = atomic_load(&options->board->packets),
        .dropped = atomic_load(&options->board->dropped),
        .packets_per_s = front->packets_per_s,
        .now_ns = wall_ns(),
        .findings = front->findings,
        .finding_count = front->finding_count,
        .notes = (const char(*)[VIEW_NOTE])front->notes + first_note,
        .note_count = front->note_count - first_note,
    };
    const struct view_screen screen = {size.ws_col, size.ws_row, options->colour, options->ascii};
    view_draw(&now, &screen, stdout);
}

/* Packets a second, over two seconds; and news for the pages. */
static void tick(struct front *front)
{
    int64_t now_ns = monotonic_ns(), since_ns = now_ns - front->rated_ns;
    if (since_ns < TICK_NS)
        return;
    uint64_t packets = atomic_load(&front->options->board->packets);
    front->packets_per_s = (packets - front->rated_packets) * (uint64_t)SECOND_NS / (uint64_t)since_ns;
    front->rated_packets = packets;
    front->rated_ns = now_ns;
    if (front->serve != NULL)
        serve_tick(front->serve, front->inbox.lost);
}

/* ---- the run ---- */

static void run(struct front *front)
{
    const struct front_options *options = front->options;
    struct pollfd ends[2] = {{.fd = options->bulletins, .events = POLLIN}, {.fd = options->notes, .events = POLLIN}};
    for (bool more = true; more;) {
        int ready = poll(ends, 2, options->view ? LOOK_MS : (int)(TICK_NS / 1000000));
        if (ready > 0 && (ends[1].revents & POLLIN))
            take_notes(front);
        if (ready > 0 && (ends[1].revents & (POLLIN | POLLHUP)) == POLLHUP)
            ends[1].fd = -1;
        if (ready > 0 && (ends[0].revents & (POLLIN | POLLHUP)))
            more = take_bulletin(front);
        tick(front);
        if (options->view)
            draw(front);
    }
    while (poll(&ends[1], 1, 0) > 0 && (ends[1].revents & POLLIN))
        take_notes(front);
}

/* What was said while nobody could read it. */
static void say_notes(struct front *front)
{
    for (size_t i = 0; i < front->note_count; i++)
        fprintf(stderr, "%s\n", front->notes[i]);
}

bool front_run(const struct front_options *options, struct failure *failure)
{
    struct front *front = calloc(1, sizeof *front);
    if (front == NULL) {
        serve_stop(options->serve);
        return failure_add(failure, "out of memory");
    }
    front->options = options;
    front->rated_ns = monotonic_ns();
    front->serve = options->serve;
    if (front->serve != NULL) {
        const struct serve_options how = {options->entrance, options->board,      options->version,
                                          options->every_s,  options->interfaces, options->interface_count};
        serve_start(front->serve, &how, failure);
    }
    if (!failure_any(failure)) {
        if (options->view)
            view_begin(stdout);
        run(front);
        if (options->view) {
            view_end(stdout);
            say_notes(front);
        }
    }
    serve_stop(front->serve);
    inbox_fini(&front->inbox);
    free(front);
    return !failure_any(failure);
}
