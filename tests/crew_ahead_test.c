/* Reading ahead: whoever observes, and whoever fetches what is read, the rows are the same, to the byte. */
#include "app/crew.h"
#include "app/feed.h"
#include "capture/ahead.h"
#include "observations/jsonl.h"
#include "tests/captures.h"

#define AT_ONCE 16 /* frames: batches are small, so that a small file is many */
#define ROUNDS  6000u
#define SYN     0x02
#define ACK     0x10

/* Of a flow between 10.0.0.N and 10.1.0.N. */
static void put_segment(struct build *b, uint32_t flow, bool to_server, unsigned flags, uint32_t sequence,
                        uint32_t acknowledged, const void *payload, size_t length)
{
    uint32_t client = 0x0a000000 + flow, server = 0x0a010000 + flow;
    put_ethernet(b, 0x0800);
    put_u32(b, 0x45000000 + 40 + (uint32_t)length);
    put_u32(b, 0x12344000);
    put_u32(b, 0x40060000);
    put_u32(b, to_server ? client : server);
    put_u32(b, to_server ? server : client);
    put_u16(b, to_server ? 40000 : 80);
    put_u16(b, to_server ? 80 : 40000);
    put_u32(b, sequence);
    put_u32(b, acknowledged);
    put_u16(b, 0x5000 | flags);
    put_u16(b, 0xffff);
    put_u32(b, 0);
    put(b, payload, length);
}

/* Bulk data of a few pairs of hosts by turns, each with a handshake and a request that is recognised. */
static void put_round(struct build *b, uint32_t round)
{
    static const char request[] = "GET /file HTTP/1.1\r\nHost: files.example\r\n\r\n";
    static const uint8_t data[1400] = {0x17, 0x2a};
    const uint32_t flow = 1 + round % 7, turn = round / 7;
    const uint32_t said = 1000 + (uint32_t)sizeof request - 1, sent = 5000 + turn / 2 * (uint32_t)sizeof data;
    if (turn == 0)
        put_segment(b, flow, true, SYN, 999, 0, "", 0);
    else if (turn == 1)
        put_segment(b, flow, false, SYN | ACK, 4999, 1000, "", 0);
    else if (turn == 2)
        put_segment(b, flow, true, ACK, 1000, 5000, request, sizeof request - 1);
    else if (turn % 2 == 1)
        put_segment(b, flow, false, ACK, sent, said, data, sizeof data);
    else
        put_segment(b, flow, true, ACK, said, sent, "", 0);
}

/* The rounds of a file, from a second on; cut off by so many bytes at its end. */
static void put_capture(struct folder *folder, const char *name, uint32_t second, uint32_t rounds, long cut)
{
    struct file f = {.stream = fopen(folder_name(folder, name), "wb")};
    assert_non_null(f.stream);
    file_pcap_head(&f, 0xa1b2c3d4, 1);
    for (uint32_t i = 0; i < rounds; i++) {
        struct build b = {.length = 0};
        put_round(&b, i);
        file_pcap_record(&f, second + i / 100, i % 100 * 10000, b.bytes, (uint32_t)b.length, (uint32_t)b.length);
    }
    assert_int_equal(fflush(f.stream), 0);
    assert_int_equal(ftruncate(fileno(f.stream), ftell(f.stream) - cut), 0);
    assert_int_equal(fclose(f.stream), 0);
}

struct run {
    struct crew *crew;
    unsigned reads, read_ahead, changes;
};

static void opened(void *context, uint8_t number, const char *name)
{
    struct run *run = context;
    assert_int_equal(crew_source(run->crew, name, ""), number);
}

static void ended(void *context, uint8_t number, const char *name, const char *cut, uint64_t dropped)
{
    struct run *run = context;
    (void)name;
    crew_source_ended(run->crew, number, cut != NULL, dropped);
}

static void drain(struct run *run, struct feed *feed)
{
    struct failure failure = {0};
    struct frame frames[AT_ONCE];
    size_t count;
    enum feed_state state;
    bool before = false;
    do {
        struct ahead *ahead = crew_ahead(run->crew);
        run->reads++;
        run->read_ahead += ahead != NULL;
        run->changes += before != (ahead != NULL);
        before = ahead != NULL;
        feed_read_ahead(feed, ahead);
        state = feed_read(feed, crew_block(run->crew), frames, AT_ONCE, &count, &failure);
        crew_take(run->crew, frames, count);
    } while (state == FEED_MORE);
    assert_int_equal(state, FEED_END);
}

/* All captures of the folder, as rows; the caller frees them. */
static char *rows_of(struct folder *folder, unsigned threads, enum crew_pace pace, const char *filter, struct run *run)
{
    struct failure failure = {0};
    struct inputs inputs;
    const struct words words = {.items = {folder->path}, .count = 1};
    const struct feed_listener listener = {run, opened, ended, NULL};
    const struct crew_options options = {.memory_bytes = (size_t)256 << 20, .threads = threads, .pace = pace};
    *run = (struct run){.crew = crew_create(&options, &failure)};
    assert_non_null(run->crew);
    assert_true(inputs_find(&inputs, &words, false, true, &failure));
    struct feed *feed = feed_open(&inputs, filter, &listener, &failure);
    assert_non_null(feed);
    drain(run, feed);
    feed_close(feed);
    inputs_fini(&inputs);
    crew_finish(run->crew);
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    assert_true(jsonl_write(crew_store(run->crew), out, &failure));
    assert_int_equal(fclose(out), 0);
    crew_destroy(run->crew);
    return text;
}

static void assert_same_rows(struct folder *folder, const char *filter)
{
    struct run run;
    char *alone = rows_of(folder, 0, CREW_PACE_MEASURED, filter, &run);
    assert_int_equal(run.read_ahead, 0); /* one thread was asked for */
    assert_non_null(strstr(alone, "\"http"));
    for (enum crew_pace pace = CREW_PACE_MEASURED; pace <= CREW_PACE_ALTERNATES; pace++) {
        char *rows = rows_of(folder, 3, pace, filter, &run);
        assert_string_equal(rows, alone);
        if (pace == CREW_PACE_ALONE)
            assert_in_range(run.read_ahead, run.reads / 2, run.reads);
        if (pace == CREW_PACE_ALTERNATES)
            assert_in_range(run.changes, 4, run.reads);
        free(rows);
    }
    free(alone);
}

static void a_capture_is_observed_alike(void **state)
{
    (void)state;
    struct folder folder;
    folder_begin(&folder);
    put_capture(&folder, "a", 1700000000, ROUNDS, 0);
    assert_same_rows(&folder, NULL);
    assert_same_rows(&folder, "host 10.0.0.4");
    folder_end(&folder);
}

static void a_capture_that_is_cut_off_is_observed_alike(void **state)
{
    (void)state;
    struct folder folder;
    folder_begin(&folder);
    put_capture(&folder, "a", 1700000000, ROUNDS, 30);
    assert_same_rows(&folder, NULL);
    folder_end(&folder);
}

/* One alone, then both side by side, then one alone, then nothing for a while and another. */
static void captures_side_by_side_are_observed_alike(void **state)
{
    (void)state;
    struct folder folder;
    folder_begin(&folder);
    put_capture(&folder, "a", 1700000000, ROUNDS, 0);
    put_capture(&folder, "b", 1700000030, 700, 0);
    put_capture(&folder, "c", 1700000100, ROUNDS, 0);
    assert_same_rows(&folder, NULL);
    folder_end(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_capture_is_observed_alike),
        cmocka_unit_test(a_capture_that_is_cut_off_is_observed_alike),
        cmocka_unit_test(captures_side_by_side_are_observed_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
