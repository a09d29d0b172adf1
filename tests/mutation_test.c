/* mutation: captures that nobody would send, through the whole program in one process: decode, observe, audit, reports.
 *
 * A case is a piece of a capture of pcaps/, 20 to 60 frames long, in which bits are turned, lengths are made to lie,
 * frames are cut, repeated, exchanged or filled with what another capture says. The generator has a fixed seed and each
 * case its own number, so that any of them can be run again alone. Every frame is a piece of memory of exactly its
 * length, for the sanitizers to see a read past it. A few cases run by default:
 *
 *   PATHAUDIT_MUTATIONS=100000 PATHAUDIT_MUTATION_FIRST=0 mutation_test
 *
 * What is looked for is a crash, a promise broken (assert), or a case that takes more than two seconds of processor
 * time; which case it was is then told. */
#include "tests/cmocka_all.h"

#include "app/crew.h"
#include "app/library.h"
#include "base/clock.h"
#include "observations/jsonl.h"
#include "reports/report.h"

#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

#define CASES_DEFAULT 1500
#define FRAMES_MOST   96
#define LONGEST       9000
#define SECONDS_MOST  2

/* -- what is mutated --------------------------------------------------------------------------------------------- */

struct shape {
    uint8_t *bytes;
    uint32_t captured, sent;
    int64_t time_ns;
    int link_type;
};

struct shapes {
    struct shape *items;
    size_t count;
};

struct shelf {
    struct shapes *captures;
    size_t count;
};

static uint8_t *copy_of(const uint8_t *bytes, size_t length)
{
    uint8_t *copy = malloc(length > 0 ? length : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, length);
    return copy;
}

static void load(struct shapes *capture, const char *path)
{
    static uint8_t block[SOURCE_BLOCK];
    static struct frame frames[SOURCE_FRAMES_MOST];
    struct failure failure = {0};
    struct source *source = source_open(path, NULL, &failure);
    assert_non_null(source);
    enum source_state state = SOURCE_MORE;
    while (state == SOURCE_MORE) {
        size_t count = 0;
        state = source_read(source, block, frames, SOURCE_FRAMES_MOST, &count);
        capture->items = realloc(capture->items, (capture->count + count + 1) * sizeof *capture->items);
        assert_non_null(capture->items);
        for (size_t i = 0; i < count; i++) {
            uint32_t captured = frames[i].captured < LONGEST ? frames[i].captured : LONGEST;
            capture->items[capture->count++] = (struct shape){copy_of(frames[i].start, captured), captured,
                                                              frames[i].sent, frames[i].time_ns, frames[i].link_type};
        }
    }
    source_close(source);
    assert_true(capture->count > 0);
}

static void load_all(struct shelf *shelf)
{
    glob_t found;
    assert_int_equal(glob("pcaps/*.pcap", 0, NULL, &found), 0); /* in alphabetical order */
    shelf->count = found.gl_pathc;
    shelf->captures = calloc(shelf->count, sizeof *shelf->captures);
    assert_non_null(shelf->captures);
    for (size_t i = 0; i < shelf->count; i++)
        load(&shelf->captures[i], found.gl_pathv[i]);
    globfree(&found);
}

static void release(struct shapes *capture)
{
    for (size_t i = 0; i < capture->count; i++)
        free(capture->items[i].bytes);
}

static void release_all(struct shelf *shelf)
{
    for (size_t i = 0; i < shelf->count; i++) {
        release(&shelf->captures[i]);
        free(shelf->captures[i].items);
    }
    free(shelf->captures);
}

/* -- mutating ---------------------------------------------------------------------------------------------------- */

/* xorshift64 of G. Marsaglia. */
static uint32_t random_number(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (uint32_t)(*state >> 32);
}

static size_t below(uint64_t *state, size_t most)
{
    return most == 0 ? 0 : random_number(state) % most;
}

static struct shape *any_shape(const struct shelf *shelf, uint64_t *state)
{
    const struct shapes *capture = &shelf->captures[below(state, shelf->count)];
    return &capture->items[below(state, capture->count)];
}

/* Where most of what can lie stands: in the headers; else anywhere. */
static size_t any_place(const struct shape *shape, uint64_t *state)
{
    size_t headers = shape->captured < 96 ? shape->captured : 96;
    return below(state, below(state, 3) != 0 ? headers : shape->captured);
}

static void turn_bit(struct shape *shape, uint64_t *state)
{
    shape->bytes[any_place(shape, state)] ^= (uint8_t)(1u << below(state, 8));
}

static void set_bytes(struct shape *shape, uint64_t *state)
{
    static const uint8_t hurting[] = {0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff, 0x45, 0x60, '\r', '\n', ' ', '.'};
    size_t at = any_place(shape, state), length = 1 + below(state, 4);
    for (size_t i = at; i < at + length && i < shape->captured; i++)
        shape->bytes[i] = hurting[below(state, sizeof hurting)];
}

/* A number of two or four bytes, in either order, that is a little off or far off what is there. */
static void set_length(struct shape *shape, uint64_t *state)
{
    static const uint32_t lies[] = {0, 1, 7, 8, 0x7f, 0xff, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0xffffffff};
    size_t width = below(state, 2) == 0 ? 2 : 4, at = any_place(shape, state) & ~(size_t)1;
    if (at + width > shape->captured)
        return;
    bool little = below(state, 2) == 0;
    uint32_t value = 0;
    for (size_t i = 0; i < width; i++)
        value = value << 8 | shape->bytes[at + (little ? width - 1 - i : i)];
    value =
        below(state, 2) == 0 ? value + (uint32_t)below(state, 9) - 4 : lies[below(state, sizeof lies / sizeof lies[0])];
    for (size_t i = 0; i < width; i++, value >>= 8)
        shape->bytes[at + (little ? i : width - 1 - i)] = (uint8_t)value;
}

static void resize(struct shape *shape, size_t length)
{
    uint8_t *bytes = realloc(shape->bytes, length > 0 ? length : 1);
    assert_non_null(bytes);
    shape->bytes = bytes;
    shape->captured = (uint32_t)length;
}

/* As by a snaplen, or as if it had been sent so. */
static void cut(struct shape *shape, uint64_t *state)
{
    resize(shape, below(state, shape->captured + 1));
    if (below(state, 2) == 0)
        shape->sent = shape->captured;
}

static void take_out(struct shape *shape, uint64_t *state)
{
    size_t at = below(state, shape->captured), length = 1 + below(state, (shape->captured - at) / 2);
    memmove(shape->bytes + at, shape->bytes + at + length, shape->captured - at - length);
    resize(shape, shape->captured - length);
}

/* What the other frame says from some byte on, behind this one's headers. */
static void graft(struct shape *shape, const struct shape *other, uint64_t *state)
{
    size_t at = below(state, 4) == 0 ? below(state, shape->captured) : 54, from = below(state, 4) == 0 ? 42 : 54;
    if (at > shape->captured || from > other->captured)
        return;
    size_t length = other->captured - from;
    resize(shape, at + length);
    memcpy(shape->bytes + at, other->bytes + from, length);
    shape->sent = shape->captured;
    if (at == 54 && length < 0xff00) { /* IPv4 without options: it says so itself */
        shape->bytes[16] = (uint8_t)((length + 40) >> 8);
        shape->bytes[17] = (uint8_t)(length + 40);
    }
}

static void change_time(struct shape *shape, uint64_t *state)
{
    static const int64_t jumps_s[] = {-1, 1, 2, 60, -60, 200, 86400, -86400, 400000000, 9000000000};
    int64_t jump_s = jumps_s[below(state, sizeof jumps_s / sizeof jumps_s[0])], later_ns;
    if (!__builtin_add_overflow(shape->time_ns, jump_s * SECOND_NS, &later_ns))
        shape->time_ns = later_ns;
}

static void change_shape(struct shape *shape, const struct shelf *shelf, uint64_t *state)
{
    static const int link_types[] = {0, 1, 12, 101, 105, 108, 113, 127, 228, 229, 239, 276};
    if (shape->captured < 2)
        return;
    switch (below(state, 16)) {
    case 0:
        cut(shape, state);
        break;
    case 1:
        take_out(shape, state);
        break;
    case 2:
    case 3:
        graft(shape, any_shape(shelf, state), state);
        break;
    case 4:
        change_time(shape, state);
        break;
    case 5:
        shape->link_type = link_types[below(state, sizeof link_types / sizeof link_types[0])];
        break;
    case 6:
    case 7:
    case 8:
    case 9:
        set_length(shape, state);
        break;
    case 10:
    case 11:
    case 12:
        set_bytes(shape, state);
        break;
    default:
        turn_bit(shape, state);
    }
}

static struct shape again(const struct shape *shape)
{
    struct shape copy = *shape;
    copy.bytes = copy_of(shape->bytes, shape->captured);
    return copy;
}

/* Repeats, drops or moves a frame, or sets one of another capture in its place. */
static void change_order(struct shapes *capture, const struct shelf *shelf, uint64_t *state)
{
    size_t at = below(state, capture->count), to = below(state, capture->count);
    struct shape moved = capture->items[at];
    switch (below(state, 4)) {
    case 0:
        if (capture->count < FRAMES_MOST)
            capture->items[capture->count++] = again(&moved);
        break;
    case 1:
        free(moved.bytes);
        capture->items[at] = capture->items[--capture->count];
        break;
    case 2:
        capture->items[at] = capture->items[to];
        capture->items[to] = moved;
        break;
    default:
        capture->items[at] = again(any_shape(shelf, state));
        capture->items[at].time_ns = moved.time_ns;
        free(moved.bytes);
    }
}

/* Case `number`: a piece of a capture, changed a little or a lot. */
static void make(struct shapes *capture, const struct shelf *shelf, uint64_t number, uint64_t *state)
{
    const struct shapes *from = &shelf->captures[number % shelf->count];
    size_t length = 20 + below(state, 41), start = below(state, from->count);
    if (below(state, 2) == 0)
        start = 0; /* where the talk begins */
    for (size_t i = start; i < from->count && capture->count < length; i++)
        capture->items[capture->count++] = again(&from->items[i]);
    for (size_t many = 1 + below(state, 40); many > 0 && capture->count > 0; many--) {
        if (below(state, 6) == 0)
            change_order(capture, shelf, state);
        else
            change_shape(&capture->items[below(state, capture->count)], shelf, state);
    }
}

/* -- running ----------------------------------------------------------------------------------------------------- */

struct bench {
    struct shelf shelf;
    struct interfaces *interfaces;
    struct path_table *table;
    struct site *site;
    FILE *nowhere;
};

static void set_up(struct bench *bench)
{
    char folder[4096];
    struct failure failure = {0};
    load_all(&bench->shelf);
    assert_true(library_folder(folder, sizeof folder, &failure));
    bench->interfaces = library_interfaces(folder, &failure);
    bench->table = library_table(folder, "exchange-2010-sp3", &failure);
    bench->site = site_load("pcaps/lab.yaml", &failure);
    bench->nowhere = fopen("/dev/null", "w");
    assert_true(bench->interfaces != NULL && bench->table != NULL && bench->site != NULL && bench->nowhere != NULL);
}

static void tear_down(struct bench *bench)
{
    fclose(bench->nowhere);
    site_destroy(bench->site);
    table_destroy(bench->table);
    interfaces_destroy(bench->interfaces);
    release_all(&bench->shelf);
}

static void judge(const struct bench *bench, const struct observations *store, uint64_t number)
{
    struct failure failure = {0};
    const struct path_table *tables[] = {bench->table};
    struct audit_inputs inputs = {.store = store,
                                  .tables = tables,
                                  .table_count = 1,
                                  .site = number % 2 == 0 ? bench->site : NULL,
                                  .interfaces = bench->interfaces};
    struct audit *audit = audit_create(&inputs, &failure);
    assert_non_null(audit);
    struct report_options options = {.all = number % 3 == 0, .interfaces = bench->interfaces};
    report_json(audit, &options, bench->nowhere);
    report_text(audit, &options, bench->nowhere);
    endpoints_json(audit, &options, bench->nowhere);
    for (size_t i = 0; i < audit->finding_count && i < 3; i++) {
        options.explain = audit->findings[i].id;
        report_text(audit, &options, bench->nowhere);
    }
    audit_destroy(audit);
    assert_true(jsonl_write(store, bench->nowhere, &failure));
}

static void run(const struct bench *bench, const struct shapes *capture, uint64_t number)
{
    static const size_t memory_bytes[] = {(size_t)1 << 18, (size_t)1 << 21, (size_t)1 << 25};
    struct failure failure = {0};
    struct crew_options options = {.memory_bytes = memory_bytes[number % 3], .sensor = "mutation"};
    struct crew *crew = crew_create(&options, &failure);
    struct frame frames[FRAMES_MOST];
    assert_non_null(crew);
    crew_source(crew, "mutated.pcap", "");
    for (size_t i = 0; i < capture->count; i++)
        frames[i] = (struct frame){.time_ns = capture->items[i].time_ns,
                                   .number = i + 1,
                                   .start = capture->items[i].bytes,
                                   .captured = capture->items[i].captured,
                                   .sent = capture->items[i].sent,
                                   .link_type = capture->items[i].link_type};
    crew_take(crew, frames, capture->count);
    crew_source_ended(crew, 0, false, 0);
    crew_finish(crew);
    judge(bench, crew_store(crew), number);
    crew_destroy(crew);
}

/* -- which case it was ------------------------------------------------------------------------------------------- */

static volatile sig_atomic_t case_now;

static void tell_case(void)
{
    char text[] = "mutation: case 0000000000\n";
    unsigned long number = (unsigned long)case_now;
    for (size_t at = sizeof text - 3; number > 0 && text[at] == '0'; at--, number /= 10)
        text[at] = (char)('0' + number % 10);
    if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
        return;
}

static void tell_and_end(int signal_number)
{
    (void)signal_number;
    tell_case();
    _exit(1);
}

/* Of the sanitizers' runtime, where there is one. */
extern void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static void watch(void)
{
    static const int signals[] = {SIGABRT, SIGSEGV, SIGBUS, SIGPROF};
    if (__sanitizer_set_death_callback != NULL)
        __sanitizer_set_death_callback(tell_case);
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        if (__sanitizer_set_death_callback == NULL || signals[i] == SIGPROF)
            signal(signals[i], tell_and_end);
}

/* Of processor time, which other programs do not use up. */
static void allow_seconds(long seconds)
{
    struct itimerval time = {.it_value = {.tv_sec = seconds}};
    setitimer(ITIMER_PROF, &time, NULL);
}

static uint64_t number_of(const char *variable, uint64_t otherwise)
{
    const char *text = getenv(variable);
    return text != NULL ? strtoull(text, NULL, 10) : otherwise;
}

static void no_mutated_capture_breaks_the_program(void **state)
{
    (void)state;
    struct bench bench;
    struct shape items[FRAMES_MOST];
    uint64_t first = number_of("PATHAUDIT_MUTATION_FIRST", 0);
    uint64_t count = number_of("PATHAUDIT_MUTATIONS", CASES_DEFAULT);
    set_up(&bench);
    watch();
    for (uint64_t number = first; number < first + count; number++) {
        struct shapes capture = {items, 0};
        uint64_t random = (number + 1) * UINT64_C(0x9e3779b97f4a7c15);
        case_now = (sig_atomic_t)number;
        allow_seconds(SECONDS_MOST);
        make(&capture, &bench.shelf, number, &random);
        run(&bench, &capture, number);
        release(&capture);
    }
    allow_seconds(0);
    tear_down(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_mutated_capture_breaks_the_program)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
