/* The fast way through a pcap file gives the same frames as libpcap, file by file: those of pcaps/, made ones with
 * every flaw, and any that are named on the command line. */
#include "tests/cmocka_all.h"

#include "base/clock.h"
#include "capture/source.h"
#include "tests/capture_file.h"

#include <glob.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <unistd.h>

/* Where frames lie. */
static uint8_t block[SOURCE_BLOCK];

static char **extra_files;

static bool is_pcapng(const char *path)
{
    static const uint8_t magic[4] = {0x0a, 0x0d, 0x0d, 0x0a};
    uint8_t head[4] = {0};
    FILE *file = fopen(path, "rb");
    bool same = file != NULL && fread(head, 1, 4, file) == 4 && memcmp(head, magic, 4) == 0;
    if (file != NULL)
        fclose(file);
    return same;
}

/* Both ways side by side. How many frames there were. */
static size_t compare(const char *path)
{
    char why[PCAP_ERRBUF_SIZE];
    pcap_t *pcap = pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, why);
    struct failure failure = {0};
    struct source *source = source_open(path, NULL, &failure);
    if (pcap == NULL || source == NULL) {
        assert_true(pcap == NULL || source == NULL); /* one of them may know better, none may crash */
        if (pcap != NULL)
            pcap_close(pcap);
        source_close(source);
        return 0;
    }
    size_t frames = 0, count = 0, at = 0;
    struct frame batch[32];
    enum source_state state = SOURCE_MORE;
    struct pcap_pkthdr *header;
    const u_char *bytes;
    int status;
    while ((status = pcap_next_ex(pcap, &header, &bytes)) == 1) {
        if (at == count) {
            assert_int_equal(state, SOURCE_MORE);
            state = source_read(source, block, batch, 32, &count);
            at = 0;
        }
        assert_true(at < count);
        const struct frame *frame = &batch[at++];
        assert_int_equal(frame->number, ++frames);
        assert_int_equal(frame->captured, header->caplen);
        assert_int_equal(frame->sent, header->len);
        assert_int_equal(frame->time_ns, (int64_t)(uint32_t)header->ts.tv_sec * SECOND_NS + header->ts.tv_usec);
        assert_int_equal(frame->link_type, pcap_datalink(pcap));
        assert_memory_equal(frame->start, bytes, frame->captured);
    }
    while (at == count && state == SOURCE_MORE) {
        state = source_read(source, block, batch, 32, &count);
        at = 0;
    }
    assert_int_equal(at, count);
    assert_int_equal(state, status == PCAP_ERROR_BREAK ? SOURCE_END : SOURCE_CUT);
    pcap_close(pcap);
    source_close(source);
    return frames;
}

static void the_captures_of_the_lab_read_alike(void **state)
{
    (void)state;
    glob_t found;
    assert_int_equal(glob("pcaps/*.pcap", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++)
        assert_true(compare(found.gl_pathv[i]) > 0);
    globfree(&found);
}

static struct file begin(uint32_t magic, int big)
{
    struct file f = {.path = "/tmp/records_test_XXXXXX", .big = big};
    int descriptor = mkstemp(f.path);
    assert_true(descriptor >= 0);
    f.stream = fdopen(descriptor, "wb");
    assert_non_null(f.stream);
    file_pcap_head(&f, magic, 1);
    return f;
}

static size_t finish(struct file *f)
{
    assert_int_equal(fclose(f->stream), 0);
    size_t frames = compare(f->path);
    unlink(f->path);
    return frames;
}

static void both_byte_orders_and_both_resolutions_read_alike(void **state)
{
    (void)state;
    static const uint32_t magics[] = {0xa1b2c3d4, 0xa1b23c4d};
    for (size_t i = 0; i < 4; i++) {
        struct file f = begin(magics[i / 2], i % 2);
        file_pcap_record(&f, 1700000000, 999999, "abcd", 4, 60);
        file_pcap_record(&f, 4200000000u, 0, "", 0, 0);
        assert_int_equal(finish(&f), 2);
    }
}

static void frames_across_the_ends_of_the_buffer_read_alike(void **state)
{
    (void)state;
    static uint8_t bytes[200000];
    struct file f = begin(0xa1b2c3d4, 0);
    for (uint32_t i = 0; i < 60; i++) {
        memset(bytes, (int)i, sizeof bytes);
        file_pcap_record(&f, i, i, bytes, (i * 7919) % 200000, 200000);
    }
    assert_int_equal(finish(&f), 60);
}

static void a_file_cut_anywhere_reads_alike(void **state)
{
    (void)state;
    for (size_t cut = 24; cut < 24 + 2 * (16 + 5); cut++) {
        struct file f = begin(0xa1b2c3d4, 0);
        file_pcap_record(&f, 1, 2, "hello", 5, 5);
        file_pcap_record(&f, 3, 4, "world", 5, 5);
        assert_int_equal(fflush(f.stream), 0);
        assert_int_equal(ftruncate(fileno(f.stream), (off_t)cut), 0);
        finish(&f);
    }
}

static void a_length_that_cannot_be_ends_both_ways_in_the_same_place(void **state)
{
    (void)state;
    struct file f = begin(0xa1b2c3d4, 0);
    file_pcap_record(&f, 1, 2, "hello", 5, 5);
    file_u32(&f, 3);
    file_u32(&f, 4);
    file_u32(&f, 0x7fffffff);
    file_u32(&f, 5);
    file_put(&f, "world", 5);
    assert_int_equal(finish(&f), 1);
}

static void files_named_on_the_command_line_read_alike(void **state)
{
    (void)state;
    for (char **path = extra_files; *path != NULL; path++)
        if (!is_pcapng(*path))
            compare(*path);
}

int main(int argc, char **argv)
{
    (void)argc;
    extra_files = argv + 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_captures_of_the_lab_read_alike),
        cmocka_unit_test(both_byte_orders_and_both_resolutions_read_alike),
        cmocka_unit_test(frames_across_the_ends_of_the_buffer_read_alike),
        cmocka_unit_test(a_file_cut_anywhere_reads_alike),
        cmocka_unit_test(a_length_that_cannot_be_ends_both_ways_in_the_same_place),
        cmocka_unit_test(files_named_on_the_command_line_read_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
