/* What is written as a capture is read back: the same bytes, lengths, link types and times. */
#include "tests/cmocka_all.h"

#include "capture/source.h"
#include "capture/writer.h"

#include <pcap/dlt.h>
#include <stdlib.h>
#include <unistd.h>

#define FRAMES 4

struct ground {
    char path[64];
    FILE *out;
    struct writer writer;
    uint8_t bytes[FRAMES][100];
    struct frame frames[FRAMES];
};

static int set_up(void **state)
{
    struct ground *g = calloc(1, sizeof *g);
    strcpy(g->path, "/tmp/writer-XXXXXX");
    int file = mkstemp(g->path);
    g->out = file >= 0 ? fdopen(file, "w") : NULL;
    static const int64_t times_ns[FRAMES] = {INT64_C(1795248000123456789), INT64_C(1795248000123456789), 1,
                                             INT64_C(4294967295999999999)};
    for (unsigned i = 0; i < FRAMES; i++) {
        memset(g->bytes[i], (int)(0x40 + i), sizeof g->bytes[i]);
        g->frames[i] = (struct frame){.time_ns = times_ns[i],
                                      .start = g->bytes[i],
                                      .captured = 60 + i, /* every padding there is */
                                      .sent = 60 + i * 100,
                                      .link_type = DLT_EN10MB};
    }
    *state = g;
    return g->out == NULL;
}

static int tear_down(void **state)
{
    struct ground *g = *state;
    if (g->out != NULL)
        fclose(g->out);
    unlink(g->path);
    free(g);
    return 0;
}

/* Closes the file and reads it: these and no other frames. */
static void assert_read_back(struct ground *g, size_t frames)
{
    static uint8_t block[SOURCE_BLOCK];
    struct frame got[SOURCE_FRAMES_MOST];
    struct failure failure = {.count = 0};
    size_t count = 0, done = 0;
    assert_int_equal(fclose(g->out), 0);
    g->out = NULL;
    struct source *source = source_open(g->path, NULL, &failure);
    if (source == NULL)
        fail_msg("%s", failure.text);
    enum source_state state = SOURCE_MORE;
    while (state == SOURCE_MORE) {
        state = source_read(source, block, got, SOURCE_FRAMES_MOST, &count);
        for (size_t i = 0; i < count; i++, done++) {
            const struct frame *wanted = &g->frames[done];
            assert_true(done < frames);
            assert_int_equal(got[i].time_ns, wanted->time_ns);
            assert_int_equal(got[i].captured, wanted->captured);
            assert_int_equal(got[i].sent, wanted->sent);
            assert_int_equal(got[i].link_type, wanted->link_type);
            assert_memory_equal(got[i].start, wanted->start, wanted->captured);
        }
    }
    assert_int_equal(state, SOURCE_END);
    assert_int_equal(done, frames);
    source_close(source);
}

static void pcap_keeps_bytes_lengths_and_nanoseconds(void **state)
{
    struct ground *g = *state;
    writer_begin(&g->writer, g->out, false);
    for (unsigned i = 0; i < FRAMES; i++)
        assert_true(writer_put(&g->writer, &g->frames[i]));
    writer_end(&g->writer);
    assert_int_equal(ftell(g->out), g->writer.bytes);
    assert_read_back(g, FRAMES);
}

static void pcap_refuses_a_second_link_type_and_stays_whole(void **state)
{
    struct ground *g = *state;
    writer_begin(&g->writer, g->out, false);
    g->frames[0].link_type = DLT_LINUX_SLL2;
    g->frames[1].link_type = DLT_EN10MB;
    assert_true(writer_put(&g->writer, &g->frames[0]));
    assert_false(writer_put(&g->writer, &g->frames[1]));
    writer_end(&g->writer);
    assert_read_back(g, 1);
}

static void pcapng_holds_several_link_types(void **state)
{
    struct ground *g = *state;
    writer_begin(&g->writer, g->out, true);
    g->frames[1].link_type = DLT_RAW;
    g->frames[2].link_type = DLT_NULL;
    for (unsigned i = 0; i < FRAMES; i++)
        assert_true(writer_put(&g->writer, &g->frames[i]));
    writer_end(&g->writer);
    assert_int_equal(ftell(g->out), g->writer.bytes);
    assert_read_back(g, FRAMES);
}

static void raw_ip_in_pcap_has_the_number_that_files_use(void **state)
{
    struct ground *g = *state;
    writer_begin(&g->writer, g->out, false);
    g->frames[0].link_type = DLT_RAW;
    assert_true(writer_put(&g->writer, &g->frames[0]));
    writer_end(&g->writer);
    assert_read_back(g, 1);
}

static void a_file_without_frames_is_a_capture(void **state)
{
    struct ground *g = *state;
    writer_begin(&g->writer, g->out, false);
    writer_end(&g->writer);
    assert_read_back(g, 0);
}

static void times_that_pcap_cannot_say_become_the_nearest(void **state)
{
    struct ground *g = *state;
    writer_begin(&g->writer, g->out, false);
    g->frames[0].time_ns = -5;
    g->frames[1].time_ns = INT64_MAX;
    assert_true(writer_put(&g->writer, &g->frames[0]));
    assert_true(writer_put(&g->writer, &g->frames[1]));
    writer_end(&g->writer);
    g->frames[0].time_ns = 0;
    g->frames[1].time_ns = INT64_C(4294967295000000000);
    assert_read_back(g, 2);
}

static void no_frame_takes_more_than_was_said(void **state)
{
    struct ground *g = *state;
    writer_begin(&g->writer, g->out, true);
    assert_true(writer_put(&g->writer, &g->frames[0]));
    for (unsigned i = 0; i < FRAMES; i++) {
        uint64_t before = g->writer.bytes;
        assert_true(writer_put(&g->writer, &g->frames[i]));
        assert_true(g->writer.bytes - before <= writer_bytes_for(g->frames[i].captured));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pcap_keeps_bytes_lengths_and_nanoseconds), TEST(pcap_refuses_a_second_link_type_and_stays_whole),
        TEST(pcapng_holds_several_link_types),          TEST(raw_ip_in_pcap_has_the_number_that_files_use),
        TEST(a_file_without_frames_is_a_capture),       TEST(times_that_pcap_cannot_say_become_the_nearest),
        TEST(no_frame_takes_more_than_was_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
