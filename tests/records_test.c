/* The fast way through a pcap file gives the same frames as libpcap, read ahead or not, file by file: those of pcaps/,
 * made ones with every flaw, and any that are named on the command line. */
#include "tests/cmocka_all.h"

#include "base/clock.h"
#include "capture/ahead.h"
#include "capture/records.h"
#include "capture/source.h"
#include "tests/capture_file.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <pcap/pcap.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

/* Where frames lie. */
static uint8_t block[SOURCE_BLOCK], moved[SOURCE_BLOCK];
static uint8_t pieces[AHEAD_BLOCKS][AHEAD_FRONT + AHEAD_PIECE];

/* How a file is read. */
enum way {
    PLAIN,
    AHEAD,       /* read ahead, all by the reader: no thread works for it */
    WITH_THREAD, /* by both of them */
    BY_TURNS,    /* by both, and now and then not, and what is left over moves elsewhere */
    WAYS
};

static struct ahead *ahead_of(enum way way, pthread_t *thread)
{
    uint8_t *blocks[AHEAD_BLOCKS];
    struct failure failure = {0};
    struct ahead *ahead = way == PLAIN ? NULL : ahead_create(&failure);
    for (size_t i = 0; i < AHEAD_BLOCKS; i++)
        blocks[i] = pieces[i];
    if (ahead != NULL)
        ahead_use(ahead, blocks);
    if (way >= WITH_THREAD)
        assert_int_equal(pthread_create(thread, NULL, ahead_work, ahead), 0);
    return ahead;
}

/* The source is closed. */
static void release(struct ahead *ahead, enum way way, pthread_t thread)
{
    if (way >= WITH_THREAD) {
        ahead_end(ahead);
        pthread_join(thread, NULL);
    }
    ahead_destroy(ahead);
}

#define TURN 7 /* reads */

static enum source_state read_on(struct source *source, struct ahead *ahead, enum way way, unsigned *reads,
                                 struct frame out[], size_t *count)
{
    unsigned turn = (*reads)++ / TURN % 3;
    if (way == BY_TURNS && turn == 1)
        source_move(source, moved);
    source_read_ahead(source, way == BY_TURNS && turn > 0 ? NULL : ahead);
    return source_read(source, block, out, 32, count);
}

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

/* libpcap and a way of ours side by side. How many frames there were. */
static size_t compare_way(const char *path, enum way way)
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
    pthread_t thread = 0;
    struct ahead *ahead = ahead_of(way, &thread);
    unsigned reads = 0;
    size_t frames = 0, count = 0, at = 0;
    struct frame batch[32];
    enum source_state state = SOURCE_MORE;
    struct pcap_pkthdr *header;
    const u_char *bytes;
    int status;
    while ((status = pcap_next_ex(pcap, &header, &bytes)) == 1) {
        if (at == count) {
            assert_int_equal(state, SOURCE_MORE);
            state = read_on(source, ahead, way, &reads, batch, &count);
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
        state = read_on(source, ahead, way, &reads, batch, &count);
        at = 0;
    }
    assert_int_equal(at, count);
    assert_int_equal(state, status == PCAP_ERROR_BREAK ? SOURCE_END : SOURCE_CUT);
    pcap_close(pcap);
    source_close(source);
    release(ahead, way, thread);
    return frames;
}

static size_t compare(const char *path)
{
    size_t frames = compare_way(path, PLAIN);
    for (enum way way = AHEAD; way < WAYS; way++)
        assert_int_equal(compare_way(path, way), frames);
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

/* A disk may fail in the middle of a capture: that is not its end. */
static void what_cannot_be_read_is_no_end(void **state)
{
    (void)state;
    struct file f = begin(0xa1b2c3d4, 0);
    file_pcap_record(&f, 1, 2, "hello", 5, 5);
    assert_int_equal(fclose(f.stream), 0);
    int file = open(f.path, O_RDONLY), deaf = open(f.path, O_WRONLY);
    assert_true(file >= 0 && deaf >= 0);
    struct records *records = records_create(file, 0, 65535, DLT_EN10MB);
    assert_non_null(records);
    assert_true(dup2(deaf, file) == file);
    struct frame frames[4];
    size_t count;
    assert_int_equal(records_read(records, block, frames, 4, &count), RECORDS_UNREADABLE);
    assert_int_equal(errno, EBADF);
    assert_int_equal(count, 0);
    records_destroy(records);
    close(file);
    close(deaf);
    unlink(f.path);
}

/* As many records of this frame as make up this many pieces, and one more. */
static void fill_pieces(struct file *f, size_t in_all, uint32_t length)
{
    static uint8_t bytes[300000];
    for (uint32_t i = 0; in_all > 0; i++) {
        size_t record = 16 + (size_t)length;
        memset(bytes, (int)(i * 31 + 1), length);
        file_pcap_record(f, i, i % 1000000, bytes, length, length + i);
        in_all -= in_all < record ? in_all : record;
    }
}

static void a_piece_may_end_anywhere_in_a_record(void **state)
{
    (void)state;
    for (uint32_t shift = 0; shift < 16 + 60; shift++) {
        struct file f = begin(0xa1b2c3d4, 0);
        file_pcap_record(&f, 1, 2, "what comes before the first piece's end, byte by byte, and a little more........",
                         shift, shift);
        fill_pieces(&f, 3 * AHEAD_PIECE, 60);
        assert_true(finish(&f) > 3 * AHEAD_PIECE / 76);
    }
}

static void a_file_may_end_anywhere_near_the_end_of_a_piece(void **state)
{
    (void)state;
    for (size_t cut = 0; cut < 2 * 76; cut++) {
        struct file f = begin(0xa1b23c4d, 1);
        fill_pieces(&f, 2 * AHEAD_PIECE, 60);
        assert_int_equal(fflush(f.stream), 0);
        assert_int_equal(ftruncate(fileno(f.stream), (off_t)(24 + 2 * AHEAD_PIECE - 76 + cut)), 0);
        finish(&f);
    }
}

static void frames_of_any_length_are_read_ahead_alike(void **state)
{
    (void)state;
    static const uint32_t lengths[] = {
        0, 1, 1514, 65549, AHEAD_FRONT - 17, AHEAD_FRONT + 20, AHEAD_PIECE - 16, AHEAD_PIECE, 262144};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct file f = begin(0xa1b2c3d4, 0);
        fill_pieces(&f, (AHEAD_BLOCKS + 3) * AHEAD_PIECE, lengths[i]);
        assert_true(finish(&f) > 0);
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
        cmocka_unit_test(what_cannot_be_read_is_no_end),
        cmocka_unit_test(a_piece_may_end_anywhere_in_a_record),
        cmocka_unit_test(a_file_may_end_anywhere_near_the_end_of_a_piece),
        cmocka_unit_test(frames_of_any_length_are_read_ahead_alike),
        cmocka_unit_test(a_length_that_cannot_be_ends_both_ways_in_the_same_place),
        cmocka_unit_test(files_named_on_the_command_line_read_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
