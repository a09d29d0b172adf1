/* source: pcap files and what is none, on files written here; pcapng is in pcapng_test. */
#include "capture/source.h"

#include "base/clock.h"
#include "tests/capture_file.h"
#include "tests/cmocka_all.h"

#include <pcap/dlt.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where frames lie. */
static uint8_t block[SOURCE_BLOCK];

static struct file begin(void)
{
    struct file f = {.path = "/tmp/source_test_XXXXXX"};
    int descriptor = mkstemp(f.path);
    assert_true(descriptor >= 0);
    f.stream = fdopen(descriptor, "wb");
    assert_non_null(f.stream);
    return f;
}

static void finish(struct file *f)
{
    assert_int_equal(fclose(f->stream), 0);
    f->stream = NULL;
}

static struct source *open_good(const char *path, const char *filter)
{
    struct failure failure = {0};
    struct source *source = source_open(path, filter, &failure);
    assert_string_equal(failure.text, "");
    assert_non_null(source);
    return source;
}

static void assert_refused(const char *path, const char *filter, const char *name, const char *reason)
{
    struct failure failure = {0};
    assert_null(source_open(path, filter, &failure));
    assert_int_equal(failure.count, 1);
    assert_null(strchr(failure.text, '\n'));
    assert_non_null(strstr(failure.text, name));
    assert_non_null(strstr(failure.text, reason));
}

static void put_udp_frame(struct build *b, unsigned target_port)
{
    put_ethernet(b, 0x0800);
    put_ip4(b, IP_UDP, 20 + 8);
    put_udp(b, 8);
    b->bytes[14 + 20 + 2] = (uint8_t)(target_port >> 8);
    b->bytes[14 + 20 + 3] = (uint8_t)target_port;
}

static void every_pcap_magic_gives_the_same_frames(void **state)
{
    static const struct {
        uint32_t magic;
        int big;
        uint32_t fraction;
    } cases[] = {
        {0xa1b2c3d4, 0, 250000}, {0xa1b2c3d4, 1, 250000}, {0xa1b23c4d, 0, 250000007}, {0xa1b23c4d, 1, 250000007}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct file f = begin();
        f.big = cases[i].big;
        file_pcap_head(&f, cases[i].magic, 1);
        file_pcap_record(&f, 1700000000, cases[i].fraction, "abcd", 4, 60);
        file_pcap_record(&f, 4200000000u, 0, "efg", 3, 3); /* after 2038 */
        finish(&f);
        struct source *source = open_good(f.path, NULL);
        struct frame frames[4];
        size_t count;
        enum source_state at_end = source_read(source, block, frames, 4, &count);
        assert_int_equal(count, 2);
        assert_int_equal(frames[0].time_ns,
                         1700000000 * SECOND_NS + (cases[i].magic == 0xa1b23c4d ? 250000007 : 250000000));
        assert_int_equal(frames[0].number, 1);
        assert_int_equal(frames[0].captured, 4);
        assert_int_equal(frames[0].sent, 60);
        assert_int_equal(frames[0].link_type, DLT_EN10MB);
        assert_memory_equal(frames[0].start, "abcd", 4);
        assert_int_equal(frames[1].time_ns, 4200000000 * SECOND_NS);
        assert_memory_equal(frames[1].start, "efg", 3);
        while (at_end == SOURCE_MORE)
            at_end = source_read(source, block, frames, 4, &count);
        assert_int_equal(at_end, SOURCE_END);
        assert_int_equal(source_read(source, block, frames, 4, &count), SOURCE_END); /* and stays there */
        assert_int_equal(count, 0);
        source_close(source);
        unlink(f.path);
    }
}

/* A record of the patched format has eight bytes more in its header: interface, protocol, type and padding. */
static void the_modified_format_of_old_kernels_is_read(void **state)
{
    (void)state;
    struct file f = begin();
    file_pcap_head(&f, 0xa1b2cd34, 1);
    for (uint32_t i = 1; i <= 2; i++) {
        file_u32(&f, i);
        file_u32(&f, 5);
        file_u32(&f, 4);
        file_u32(&f, 60);
        file_put(&f, "\0\0\0\0\0\0\0", 8);
        file_put(&f, i == 1 ? "abcd" : "efgh", 4);
    }
    finish(&f);
    struct source *source = open_good(f.path, NULL);
    struct frame frames[4];
    size_t count;
    source_read(source, block, frames, 4, &count);
    assert_int_equal(count, 2);
    assert_int_equal(frames[1].time_ns, 2 * SECOND_NS + 5000);
    assert_memory_equal(frames[1].start, "efgh", 4);
    source_close(source);
    struct failure failure = {0};
    assert_null(source_open_growing(f.path, NULL, &failure));
    assert_non_null(strstr(failure.text, "cannot be followed"));
    unlink(f.path);
}

/* Lengths that lie are handed on as they are; nothing is handed out that was not captured. */
static void lengths_that_do_not_go_together_are_read_as_written(void **state)
{
    static const struct {
        uint32_t captured, sent;
    } cases[] = {{0, 0}, {0, 60}, {8, 4}, {8, 0}, {8, UINT32_MAX}, {8, 8}};
    enum { count_of_cases = sizeof cases / sizeof *cases };
    (void)state;
    for (int is_pcapng = 0; is_pcapng < 2; is_pcapng++) {
        struct file f = begin();
        if (is_pcapng) {
            file_section(&f);
            file_interface(&f, 1, 0, 0, 0);
        } else {
            file_pcap_head(&f, 0xa1b2c3d4, 1);
        }
        for (uint32_t i = 0; i < count_of_cases; i++)
            if (is_pcapng)
                file_enhanced(&f, 0, (uint64_t)i * 1000000, "abcdefgh", cases[i].captured, cases[i].sent);
            else
                file_pcap_record(&f, i, 0, "abcdefgh", cases[i].captured, cases[i].sent);
        finish(&f);
        struct source *source = open_good(f.path, NULL);
        struct frame frames[count_of_cases];
        size_t count;
        source_read(source, block, frames, count_of_cases, &count);
        assert_int_equal(count, count_of_cases);
        for (uint32_t i = 0; i < count_of_cases; i++) {
            assert_int_equal(frames[i].time_ns, i * SECOND_NS);
            assert_int_equal(frames[i].captured, cases[i].captured);
            assert_int_equal(frames[i].sent, cases[i].sent);
            assert_memory_equal(frames[i].start, "abcdefgh", cases[i].captured);
        }
        source_close(source);
        unlink(f.path);
    }
}

static void of_a_record_longer_than_the_snaplen_as_much_is_kept_as_that_allows(void **state)
{
    (void)state;
    struct file f = begin();
    file_u32(&f, 0xa1b2c3d4);
    file_u16(&f, 2);
    file_u16(&f, 4);
    file_u32(&f, 0);
    file_u32(&f, 0);
    file_u32(&f, 4);
    file_u32(&f, 1);
    file_pcap_record(&f, 1, 0, "abcdefgh", 8, 60);
    file_pcap_record(&f, 2, 0, "ijkl", 4, 60);
    finish(&f);
    struct source *source = open_good(f.path, NULL);
    struct frame frames[4];
    size_t count;
    source_read(source, block, frames, 4, &count);
    assert_int_equal(count, 2);
    assert_int_equal(frames[0].captured, 4);
    assert_int_equal(frames[0].sent, 60);
    assert_memory_equal(frames[1].start, "ijkl", 4); /* and what follows is found */
    source_close(source);
    unlink(f.path);
}

static void a_capture_without_frames_ends_at_once(void **state)
{
    (void)state;
    struct file f = begin();
    file_pcap_head(&f, 0xa1b2c3d4, 1);
    finish(&f);
    struct source *source = open_good(f.path, NULL);
    struct frame frames[4];
    size_t count;
    assert_int_equal(source_read(source, block, frames, 4, &count), SOURCE_END);
    assert_int_equal(count, 0);
    source_close(source);
    unlink(f.path);
}

static void a_filter_passes_frames_over_but_counts_them(void **state)
{
    (void)state;
    struct file f = begin();
    file_pcap_head(&f, 0xa1b2c3d4, 1);
    for (unsigned i = 1; i <= 100; i++) {
        struct build b = {0};
        put_udp_frame(&b, i % 10 == 0 ? 135 : 88);
        file_pcap_record(&f, i, 0, b.bytes, (uint32_t)b.length, (uint32_t)b.length);
    }
    finish(&f);
    struct source *source = open_good(f.path, "udp port 135 and host 10.0.0.2");
    struct frame frames[3];
    size_t count;
    uint64_t seen = 0;
    enum source_state at_end;
    do {
        at_end = source_read(source, block, frames, 3, &count);
        assert_true(count > 0 || at_end != SOURCE_MORE);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(frames[i].number, 10 * ++seen);
    } while (at_end == SOURCE_MORE);
    assert_int_equal(seen, 10);
    source_close(source);
    assert_refused(f.path, "prot 135", f.path, "prot 135");
    unlink(f.path);
}

/* Frames before a cut are handed out, and the cut is told. */
static void assert_cut_after(const char *path, uint64_t frames_before, const char *text)
{
    struct source *source = open_good(path, NULL);
    struct frame frames[2];
    size_t count;
    uint64_t seen = 0;
    enum source_state at_end;
    do {
        at_end = source_read(source, block, frames, 2, &count);
        seen += count;
    } while (at_end == SOURCE_MORE);
    assert_int_equal(at_end, SOURCE_CUT);
    assert_int_equal(seen, frames_before);
    assert_non_null(strstr(source_cut_text(source), text));
    source_close(source);
}

static void a_file_cut_in_a_record_is_read_up_to_the_cut(void **state)
{
    (void)state;
    struct file f = begin();
    file_pcap_head(&f, 0xa1b2c3d4, 1);
    for (uint32_t i = 0; i < 3; i++)
        file_pcap_record(&f, i, 0, "abcdefgh", 8, 8);
    finish(&f);
    assert_int_equal(truncate(f.path, 24 + 3 * 24 - 1), 0);
    assert_cut_after(f.path, 2, "cut off in the middle of frame 3");
    assert_int_equal(truncate(f.path, 24 + 24 + 15), 0); /* in the header of the record */
    assert_cut_after(f.path, 1, "cut off in the middle of frame 2");
    unlink(f.path);
}

static void a_record_that_cannot_be_ends_the_reading(void **state)
{
    (void)state;
    struct file f = begin();
    file_pcap_head(&f, 0xa1b2c3d4, 1);
    file_pcap_record(&f, 1, 0, "abcd", 4, 4);
    for (int i = 0; i < 20; i++)
        file_u32(&f, 0xffffffff);
    finish(&f);
    assert_cut_after(f.path, 1, "damaged after frame 1");
    unlink(f.path);
}

static void what_is_no_capture_is_refused_by_name(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
        const char *reason;
    } cases[] = {{"", 0, "is empty"},
                 {"from,to,port\n", 13, "is no capture file; pcap or pcapng is needed"},
                 {"\n", 1, "is no capture file"},
                 {"\x1f\x8b\x08\x00\x00\x00", 6, "is packed, and nothing of it can be unpacked"},
                 {"\x28\xb5\x2f\xfd\x00\x00", 6, "is packed, and nothing of it can be unpacked"},
                 {"GMBU\x02\x00", 6, "is a Network Monitor capture"},
                 {"\xd4\xc3\xb2\xa1\x02\x00", 6, "cannot be read as a capture"},
                 {"\x0a\x0d\x0d\x0a\x1c\x00\x00\x00\x00\x00\x00\x00", 12, "cannot be read as a capture"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct file f = begin();
        file_put(&f, cases[i].bytes, cases[i].length);
        finish(&f);
        assert_refused(f.path, NULL, f.path, cases[i].reason);
        unlink(f.path);
    }
    assert_refused("/tmp", NULL, "/tmp", "is a folder");
    assert_refused("/tmp/no/such/file.pcap", NULL, "/tmp/no/such/file.pcap", "No such file");
}

static void a_file_that_may_not_be_read_is_refused_by_name(void **state)
{
    (void)state;
    if (geteuid() == 0)
        skip(); /* root may read everything */
    struct file f = begin();
    file_pcap_head(&f, 0xa1b2c3d4, 1);
    finish(&f);
    assert_int_equal(chmod(f.path, 0), 0);
    assert_refused(f.path, NULL, f.path, "Permission denied");
    unlink(f.path);
}

/* Frames of `length` bytes, each filled with its number; a batch must hold them all at once. */
static void assert_frames_intact(uint32_t link_type, uint32_t length, uint32_t frames_in_all, uint32_t kept)
{
    struct file f = begin();
    uint8_t *frame = malloc(length);
    file_pcap_head(&f, 0xa1b2c3d4, link_type);
    for (uint32_t i = 1; i <= frames_in_all; i++) {
        memset(frame, (int)i, length);
        file_pcap_record(&f, i, 0, frame, length, length);
    }
    finish(&f);
    struct source *source = open_good(f.path, NULL);
    struct frame frames[100];
    size_t count;
    uint32_t seen = 0;
    enum source_state at_end;
    do {
        at_end = source_read(source, block, frames, 100, &count);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(frames[i].number, ++seen);
            assert_int_equal(frames[i].captured, kept);
            assert_int_equal(frames[i].sent, length);
            memset(frame, (int)seen, kept);
            assert_memory_equal(frames[i].start, frame, kept);
        }
    } while (at_end == SOURCE_MORE);
    assert_int_equal(at_end, SOURCE_END);
    assert_int_equal(seen, frames_in_all);
    source_close(source);
    free(frame);
    unlink(f.path);
}

static void frames_of_a_batch_stay_as_they_were(void **state)
{
    (void)state;
    assert_frames_intact(DLT_EN10MB, 60, 100, 60);
    assert_frames_intact(DLT_EN10MB, 65535, 40, 65535);
    assert_frames_intact(DLT_EN10MB, 262144, 7, 262144);
}

static void of_a_frame_longer_than_any_ip_packet_the_head_is_kept(void **state)
{
    enum { usb = 249 }; /* a link type whose frames libpcap lets be longer than those of IP */
    (void)state;
    assert_frames_intact(usb, 300000, 3, 262144);
}

static void standard_input_and_pipes_are_sources(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct file f = {.stream = fdopen(ends[1], "wb")};
    file_pcap_head(&f, 0xa1b2c3d4, 1);
    file_pcap_record(&f, 7, 0, "piped", 5, 5);
    finish(&f);
    int before = dup(STDIN_FILENO);
    assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    close(ends[0]);
    struct source *source = open_good("-", NULL);
    struct frame frames[2];
    size_t count;
    source_read(source, block, frames, 2, &count);
    assert_int_equal(count, 1);
    assert_memory_equal(frames[0].start, "piped", 5);
    assert_int_equal(source_bytes_done(source), 24 + 16 + 5);
    source_close(source);
    assert_refused("-", NULL, "standard input", "is empty"); /* all was read, and the descriptor is still open */
    dup2(before, STDIN_FILENO);
    close(before);
}

static void bytes_done_grow_to_the_size_of_the_file(void **state)
{
    (void)state;
    struct file f = begin();
    file_pcap_head(&f, 0xa1b2c3d4, 1);
    for (uint32_t i = 0; i < 4; i++)
        file_pcap_record(&f, i, 0, "abcdefgh", 8, 8);
    finish(&f);
    struct source *source = open_good(f.path, NULL);
    struct frame frame;
    size_t count;
    for (uint64_t i = 1; i <= 4; i++) {
        assert_int_equal(source_read(source, block, &frame, 1, &count), SOURCE_MORE);
        assert_int_equal(count, 1);
        assert_int_equal(source_bytes_done(source), 24 + i * 24);
    }
    assert_int_equal(source_read(source, block, &frame, 1, &count), SOURCE_END);
    assert_int_equal(source_bytes_done(source), 24 + 4 * 24);
    source_close(source);
    unlink(f.path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pcap_magic_gives_the_same_frames),
        cmocka_unit_test(the_modified_format_of_old_kernels_is_read),
        cmocka_unit_test(lengths_that_do_not_go_together_are_read_as_written),
        cmocka_unit_test(of_a_record_longer_than_the_snaplen_as_much_is_kept_as_that_allows),
        cmocka_unit_test(a_capture_without_frames_ends_at_once),
        cmocka_unit_test(a_filter_passes_frames_over_but_counts_them),
        cmocka_unit_test(a_file_cut_in_a_record_is_read_up_to_the_cut),
        cmocka_unit_test(a_record_that_cannot_be_ends_the_reading),
        cmocka_unit_test(what_is_no_capture_is_refused_by_name),
        cmocka_unit_test(a_file_that_may_not_be_read_is_refused_by_name),
        cmocka_unit_test(frames_of_a_batch_stay_as_they_were),
        cmocka_unit_test(of_a_frame_longer_than_any_ip_packet_the_head_is_kept),
        cmocka_unit_test(standard_input_and_pipes_are_sources),
        cmocka_unit_test(bytes_done_grow_to_the_size_of_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
