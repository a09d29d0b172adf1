/* source on pcapng: interfaces and sections of all kinds, and blocks that lie. Each file
 * is read twice, by its name and through a pipe, and must give the same both ways. */
#include "base/clock.h"
#include "capture/pcapng.h"
#include "capture/source.h"
#include "tests/capture_file.h"
#include "tests/cmocka_all.h"

#include <pcap/dlt.h>
#include <stdlib.h>
#include <unistd.h>

/* Where frames lie. */
static uint8_t block[SOURCE_BLOCK];

#define MOST 64

struct seen {
    struct frame frames[MOST];
    uint8_t bytes[MOST][16]; /* the first of each frame */
    size_t count;
    enum source_state at_end;
    char cut[200];
};

static struct file begin(void)
{
    struct file f = {.path = "/tmp/pcapng_test_XXXXXX"};
    int descriptor = mkstemp(f.path);
    assert_true(descriptor >= 0);
    f.stream = fdopen(descriptor, "w+b");
    assert_non_null(f.stream);
    return f;
}

static void read_all(const char *path, const char *filter, struct seen *seen)
{
    struct failure failure = {0};
    struct source *source = source_open(path, filter, &failure);
    assert_string_equal(failure.text, "");
    assert_non_null(source);
    struct frame batch[2];
    size_t count;
    memset(seen, 0, sizeof *seen);
    do {
        seen->at_end = source_read(source, block, batch, 2, &count);
        for (size_t i = 0; i < count; i++) {
            struct frame *frame = &seen->frames[seen->count];
            assert_true(seen->count < MOST);
            *frame = batch[i];
            memcpy(seen->bytes[seen->count++], frame->start, frame->captured < 16 ? frame->captured : 16);
            frame->start = NULL; /* borrowed for the batch only */
        }
    } while (seen->at_end == SOURCE_MORE);
    if (seen->at_end == SOURCE_CUT)
        snprintf(seen->cut, sizeof seen->cut, "%s", source_cut_text(source));
    source_close(source);
}

/* The same bytes through a pipe, which holds all of them. */
static void read_all_piped(const char *path, const char *filter, struct seen *seen)
{
    static uint8_t bytes[60000];
    FILE *stream = fopen(path, "rb");
    assert_non_null(stream);
    size_t length = fread(bytes, 1, sizeof bytes, stream);
    fclose(stream);
    assert_true(length < sizeof bytes);
    int ends[2], before = dup(STDIN_FILENO);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], bytes, length), length);
    close(ends[1]);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    read_all("-", filter, seen);
    dup2(before, STDIN_FILENO);
    close(before);
}

/* Closes what was written and reads it both ways. */
static void finish(struct file *f, const char *filter, struct seen *seen)
{
    static struct seen piped;
    assert_int_equal(fclose(f->stream), 0);
    read_all(f->path, filter, seen);
    read_all_piped(f->path, filter, &piped);
    unlink(f->path);
    assert_int_equal(piped.at_end, seen->at_end);
    assert_string_equal(piped.cut, seen->cut);
    assert_int_equal(piped.count, seen->count);
    assert_memory_equal(piped.bytes, seen->bytes, seen->count * sizeof seen->bytes[0]);
    for (size_t i = 0; i < seen->count; i++) {
        assert_int_equal(piped.frames[i].time_ns, seen->frames[i].time_ns);
        assert_int_equal(piped.frames[i].number, seen->frames[i].number);
        assert_int_equal(piped.frames[i].captured, seen->frames[i].captured);
        assert_int_equal(piped.frames[i].sent, seen->frames[i].sent);
        assert_int_equal(piped.frames[i].link_type, seen->frames[i].link_type);
    }
}

static void one_interface_is_read_in_both_byte_orders(void **state)
{
    (void)state;
    for (int big = 0; big < 2; big++) {
        struct file f = begin();
        f.big = big;
        file_section(&f);
        file_interface(&f, 1, 0, 0, 0);
        file_enhanced(&f, 0, UINT64_C(1700000000123456), "one", 3, 3);
        file_enhanced(&f, 0, UINT64_C(1700000000123457), "twotwo", 6, 1500);
        struct seen seen;
        finish(&f, NULL, &seen);
        assert_int_equal(seen.at_end, SOURCE_END);
        assert_int_equal(seen.count, 2);
        assert_int_equal(seen.frames[0].time_ns, INT64_C(1700000000123456000));
        assert_memory_equal(seen.bytes[0], "one", 4);
        assert_int_equal(seen.frames[1].number, 2);
        assert_int_equal(seen.frames[1].captured, 6);
        assert_int_equal(seen.frames[1].sent, 1500);
        assert_int_equal(seen.frames[1].link_type, DLT_EN10MB);
    }
}

static void interfaces_of_different_link_types_lose_and_repeat_nothing(void **state)
{
    (void)state;
    for (unsigned before = 0; before < 6; before++) { /* frames that libpcap has given when it refuses */
        struct file f = begin();
        file_section(&f);
        file_interface(&f, 1, 262144, 0, 0);
        for (unsigned i = 1; i <= before; i++)
            file_enhanced(&f, 0, i, &(uint8_t){(uint8_t)i}, 1, i);
        file_interface(&f, 113, 96, 0, 0);
        file_interface(&f, 101, 0, 0, 0);
        for (unsigned i = before + 1; i <= 12; i++)
            file_enhanced(&f, i % 3, i, &(uint8_t){(uint8_t)i}, 1, i);
        struct seen seen;
        finish(&f, NULL, &seen);
        assert_int_equal(seen.at_end, SOURCE_END);
        assert_int_equal(seen.count, 12);
        for (unsigned i = 1; i <= 12; i++) {
            static const int types[] = {DLT_EN10MB, DLT_LINUX_SLL, DLT_RAW};
            assert_int_equal(seen.frames[i - 1].number, i);
            assert_int_equal(seen.frames[i - 1].sent, i);
            assert_int_equal(seen.frames[i - 1].time_ns, i * 1000);
            assert_int_equal(seen.bytes[i - 1][0], i);
            assert_int_equal(seen.frames[i - 1].link_type, i <= before ? DLT_EN10MB : types[i % 3]);
        }
    }
}

static void sections_may_differ_in_byte_order(void **state)
{
    (void)state;
    struct file f = begin();
    file_section(&f);
    file_interface(&f, 1, 0, 0, 0);
    file_enhanced(&f, 0, 1, "little", 6, 6);
    f.big = 1;
    file_section(&f);
    file_interface(&f, 113, 0, 9, 0);
    file_enhanced(&f, 0, 2, "big", 3, 3);
    struct seen seen;
    finish(&f, NULL, &seen);
    assert_int_equal(seen.at_end, SOURCE_END);
    assert_int_equal(seen.count, 2);
    assert_int_equal(seen.frames[1].link_type, DLT_LINUX_SLL);
    assert_int_equal(seen.frames[1].time_ns, 2);
    assert_memory_equal(seen.bytes[1], "big", 3);
}

static void times_are_told_in_the_unit_of_their_interface(void **state)
{
    static const struct {
        unsigned unit;
        uint32_t offset;
        uint64_t count;
        int64_t time_ns;
    } cases[] = {{0, 0, 1500000, 1500000000},
                 {3, 0, 1500, 1500000000},
                 {9, 0, 1500000007, 1500000007},
                 {12, 0, UINT64_C(1500000007999), 1500000007},
                 {0x80 | 10, 0, 1024 + 512, 1500000000},
                 {0x80 | 30, 0, UINT64_C(3) << 29, 1500000000},
                 {6, 1000, 1500000, 1001500000000},
                 {6, 0, UINT64_MAX, INT64_MAX}};
    (void)state;
    for (int own = 0; own < 2; own++) /* by libpcap, and behind a second link type by our reader */
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
            for (int big = 0; big < 2; big++) {
                struct file f = begin();
                f.big = big;
                file_section(&f);
                file_interface(&f, 1, 0, cases[i].unit, cases[i].offset);
                if (own)
                    file_interface(&f, 101, 0, 0, 0);
                file_enhanced(&f, 0, cases[i].count, "x", 1, 1);
                struct seen seen;
                finish(&f, NULL, &seen);
                assert_int_equal(seen.count, 1);
                assert_int_equal(seen.frames[0].time_ns, cases[i].time_ns);
            }
}

static void simple_and_obsolete_and_unknown_blocks_are_known(void **state)
{
    (void)state;
    for (int big = 0; big < 2; big++)
        for (int own = 0; own < 2; own++) {
            struct file f = begin();
            f.big = big;
            file_section(&f);
            file_interface(&f, 1, 3, 0, 0); /* its snaplen tells the simple block from its padding */
            if (own)
                file_interface(&f, 101, 0, 0, 0);
            file_block(&f, 0x12345678, "what is this?", 13);
            struct build simple = {0}, obsolete = {0};
            put_file32(&simple, big, 1000);
            put(&simple, "sim", 3);
            file_block(&f, 3, simple.bytes, (uint32_t)simple.length);
            put_file16(&obsolete, big, 0);
            put_file16(&obsolete, big, 0xffff);
            put_file32(&obsolete, big, 0);
            put_file32(&obsolete, big, 77);
            put_file32(&obsolete, big, 3);
            put_file32(&obsolete, big, 9);
            put(&obsolete, "old", 3);
            file_block(&f, 2, obsolete.bytes, (uint32_t)obsolete.length);
            file_block(&f, 5, "", 0);
            struct seen seen;
            finish(&f, NULL, &seen);
            assert_int_equal(seen.at_end, SOURCE_END);
            assert_int_equal(seen.count, 2);
            assert_int_equal(seen.frames[0].captured, 3);
            assert_int_equal(seen.frames[0].sent, 1000);
            assert_int_equal(seen.frames[0].time_ns, 0);
            assert_memory_equal(seen.bytes[0], "sim", 4);
            assert_int_equal(seen.frames[1].captured, 3);
            assert_int_equal(seen.frames[1].sent, 9);
            assert_int_equal(seen.frames[1].time_ns, 77000);
            assert_memory_equal(seen.bytes[1], "old", 3);
        }
}

/* Two good frames, then what `lie` writes. */
static void assert_cut(void (*lie)(struct file *), const char *text)
{
    for (int own = 0; own < 2; own++) {
        struct file f = begin();
        file_section(&f);
        file_interface(&f, 1, 0, 0, 0);
        if (own)
            file_interface(&f, 113, 0, 0, 0);
        file_enhanced(&f, 0, 1, "good", 4, 4);
        file_enhanced(&f, 0, 2, "good", 4, 4);
        lie(&f);
        struct seen seen;
        finish(&f, NULL, &seen);
        assert_int_equal(seen.at_end, SOURCE_CUT);
        assert_int_equal(seen.count, 2);
        assert_string_equal(seen.cut, text);
    }
}

static void block_is_cut(struct file *f)
{
    file_enhanced(f, 0, 3, "cut off", 7, 7);
    fflush(f->stream);
    assert_int_equal(ftruncate(fileno(f->stream), ftell(f->stream) - 5), 0);
}

static void head_is_cut(struct file *f)
{
    file_u32(f, 6);
    file_u16(f, 48);
}

static void block_is_huge(struct file *f)
{
    file_u32(f, 6);
    file_u32(f, (16u << 20) + 4);
}

static void block_is_tiny(struct file *f)
{
    file_u32(f, 6);
    file_u32(f, 8);
    file_u32(f, 8);
}

static void block_ends_otherwise(struct file *f)
{
    file_u32(f, 5);
    file_u32(f, 12);
    file_u32(f, 16);
}

static void frame_is_longer_than_its_block(struct file *f)
{
    struct build b = {0};
    put_zeros(&b, 12);
    put_file32(&b, 0, 100);
    put_file32(&b, 0, 100);
    put_zeros(&b, 96);
    file_block(f, 6, b.bytes, (uint32_t)b.length);
}

static void interface_is_missing(struct file *f)
{
    file_enhanced(f, 9, 3, "whose?", 6, 6);
}

static void section_has_no_byte_order(struct file *f)
{
    file_block(f, 0x0a0d0d0a, "\x1a\x2b\x3c\x00\x00\x01\x00\x00", 8);
}

static void unit_is_too_small(struct file *f)
{
    file_interface(f, 1, 0, 20, 0);
}

static void what_lies_ends_the_reading_and_is_told(void **state)
{
    (void)state;
    assert_cut(block_is_cut, "cut off in the middle of frame 3");
    assert_cut(head_is_cut, "cut off after frame 2");
    assert_cut(block_is_huge, "damaged after frame 2: a block of more than 16 MiB");
    assert_cut(block_is_tiny, "damaged after frame 2: a block whose length cannot be");
    assert_cut(block_ends_otherwise, "damaged after frame 2: a block that ends with another length than it began with");
    assert_cut(frame_is_longer_than_its_block, "damaged after frame 2: a frame longer than its block");
    assert_cut(interface_is_missing, "damaged after frame 2: a frame of an interface that is not described");
    assert_cut(section_has_no_byte_order, "damaged after frame 2: a section without byte order");
    assert_cut(unit_is_too_small, "damaged after frame 2: an interface whose description lies");
}

static void a_filter_is_made_for_each_link_type(void **state)
{
    (void)state;
    struct file f = begin();
    file_section(&f);
    file_interface(&f, 1, 0, 0, 0);
    file_interface(&f, 101, 0, 0, 0);
    for (unsigned i = 0; i < 8; i++) {
        struct build b = {0};
        if (i % 2 == 0)
            put_ethernet(&b, 0x0800);
        put_ip4(&b, i < 4 ? 6 : 17, 40);
        put_tcp(&b, 5);
        file_enhanced(&f, i % 2, i, b.bytes, (uint32_t)b.length, (uint32_t)b.length);
    }
    struct seen seen;
    finish(&f, "udp dst port 135", &seen);
    assert_int_equal(seen.at_end, SOURCE_END);
    assert_int_equal(seen.count, 4);
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(seen.frames[i].number, 5 + i);
}

static void a_filter_that_does_not_fit_a_link_type_ends_the_reading_and_is_told(void **state)
{
    (void)state;
    struct file f = begin();
    file_section(&f);
    file_interface(&f, 1, 0, 0, 0);
    file_interface(&f, 101, 0, 0, 0);
    struct build b = {0};
    put_ethernet(&b, 0x0800);
    file_enhanced(&f, 0, 1, b.bytes, (uint32_t)b.length, (uint32_t)b.length);
    file_enhanced(&f, 1, 2, "E", 1, 1);
    struct seen seen;
    finish(&f, "ether src 02:00:00:00:00:02", &seen);
    assert_int_equal(seen.at_end, SOURCE_CUT);
    assert_int_equal(seen.count, 1);
    assert_non_null(strstr(seen.cut, "not read beyond frame 1: filter 'ether src 02:00:00:00:00:02' on link type RAW"));
}

/* By the device and by the system; there may be other options, and none. */
static void file_statistics(struct file *f, uint32_t interface, uint32_t by_device, uint32_t by_system)
{
    struct build b = {0};
    put_file32(&b, f->big, interface);
    put_file32(&b, f->big, 0);
    put_file32(&b, f->big, 0);
    for (unsigned code = 4; code <= 7; code++) { /* received, dropped, taken by the filter, dropped */
        uint32_t value = code == 5 ? by_device : code == 7 ? by_system : 1000000;
        put_file16(&b, f->big, code);
        put_file16(&b, f->big, 8);
        put_file32(&b, f->big, f->big ? 0 : value);
        put_file32(&b, f->big, f->big ? value : 0);
    }
    file_block(f, 5, b.bytes, (uint32_t)b.length);
}

static void packets_that_did_not_get_into_the_file_are_told(void **state)
{
    (void)state;
    struct failure failure = {0};
    struct frame frame;
    struct file f = begin();
    file_section(&f);
    file_interface(&f, 1, 0, 0, 0);
    file_interface(&f, 1, 0, 0, 0);
    file_statistics(&f, 0, 1, 2);
    file_statistics(&f, 1, 10, 20);
    file_statistics(&f, 0, 3, 4); /* the last word */
    file_statistics(&f, 2, 5, 5); /* of nobody */
    file_block(&f, 5, "\1", 1);
    f.big = 1;
    file_section(&f);
    file_interface(&f, 1, 0, 0, 0);
    file_statistics(&f, 0, 100, 200);
    rewind(f.stream);
    struct pcapng *pcapng = pcapng_create(f.stream, &failure);
    assert_non_null(pcapng);
    assert_int_equal(pcapng_dropped(pcapng), 0);
    assert_int_equal(pcapng_next(pcapng, &frame), PCAPNG_END);
    assert_int_equal(pcapng_dropped(pcapng), 7 + 30 + 300);
    pcapng_destroy(pcapng);
    fclose(f.stream);
    unlink(f.path);
}

static void a_section_without_interfaces_is_an_empty_capture(void **state)
{
    (void)state;
    struct file f = begin();
    file_section(&f);
    struct seen seen;
    finish(&f, "tcp", &seen);
    assert_int_equal(seen.at_end, SOURCE_END);
    assert_int_equal(seen.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_interface_is_read_in_both_byte_orders),
        cmocka_unit_test(interfaces_of_different_link_types_lose_and_repeat_nothing),
        cmocka_unit_test(sections_may_differ_in_byte_order),
        cmocka_unit_test(times_are_told_in_the_unit_of_their_interface),
        cmocka_unit_test(simple_and_obsolete_and_unknown_blocks_are_known),
        cmocka_unit_test(what_lies_ends_the_reading_and_is_told),
        cmocka_unit_test(a_filter_is_made_for_each_link_type),
        cmocka_unit_test(a_filter_that_does_not_fit_a_link_type_ends_the_reading_and_is_told),
        cmocka_unit_test(packets_that_did_not_get_into_the_file_are_told),
        cmocka_unit_test(a_section_without_interfaces_is_an_empty_capture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
