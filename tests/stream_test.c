/* A stream hands out the bytes of one direction in order, whatever way its segments came. */
#include "tests/cmocka_all.h"

#include "flows/stream.h"

#include <stdlib.h>

#define TEXT_BYTES 3000

static struct pool *new_pool(void)
{
    struct failure failure = {0};
    struct pool *pool = pool_create(4u << 20, &failure);
    assert_non_null(pool);
    return pool;
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static void fill(uint8_t text[TEXT_BYTES])
{
    for (size_t i = 0; i < TEXT_BYTES; i++)
        text[i] = (uint8_t)(i * 7 + i / 251);
}

/* What a reader that takes messages of `unit` bytes has got so far. */
struct reader {
    uint8_t got[TEXT_BYTES];
    size_t length, unit;
};

static enum stream_event read_on(struct reader *reader, struct stream *stream, struct pool *pool,
                                 enum stream_event event, struct bytes window)
{
    while (event == STREAM_BYTES) {
        size_t whole = window.left / reader->unit * reader->unit;
        struct bytes taken = bytes_take(&window, whole);
        memcpy(reader->got + reader->length, taken.at, taken.left);
        reader->length += taken.left;
        event = stream_keep(stream, pool, window, 0, &window);
    }
    return event;
}

static void segments_in_order_pass_without_a_copy(void **state)
{
    (void)state;
    struct pool *pool = new_pool();
    struct stream stream;
    static const char text[] = "EHLO mail\r\n";
    struct bytes window;
    stream_start(&stream, 1000);
    assert_int_equal(stream_segment(&stream, pool, 1000, bytes_of(text, 11), &window), STREAM_BYTES);
    assert_ptr_equal(window.at, text);
    assert_int_equal(window.left, 11);
    bytes_skip(&window, 11);
    assert_int_equal(stream_keep(&stream, pool, window, 0, &window), STREAM_NOTHING);
    assert_null(stream.block);
    pool_destroy(pool);
}

static void bytes_that_a_reader_leaves_come_again_with_the_next(void **state)
{
    (void)state;
    struct pool *pool = new_pool();
    struct stream stream;
    struct bytes window;
    stream_start(&stream, UINT32_MAX - 2); /* across the wrap of sequence numbers */
    assert_int_equal(stream_segment(&stream, pool, UINT32_MAX - 2, bytes_of("abcd", 4), &window), STREAM_BYTES);
    bytes_skip(&window, 1);
    assert_int_equal(stream_keep(&stream, pool, window, 0, &window), STREAM_NOTHING);
    assert_int_equal(stream_segment(&stream, pool, 1, bytes_of("ef", 2), &window), STREAM_BYTES);
    assert_int_equal(window.left, 5);
    assert_memory_equal(window.at, "bcdef", 5);
    stream_stop(&stream, pool);
    pool_destroy(pool);
}

static void any_order_and_any_overlap_give_the_same_bytes(void **state)
{
    (void)state;
    uint8_t text[TEXT_BYTES];
    fill(text);
    uint32_t seed = 1;
    for (int round = 0; round < 2000; round++) {
        struct pool *pool = new_pool();
        struct stream stream;
        struct reader *reader = calloc(1, sizeof *reader);
        reader->unit = 1 + next_random(&seed) % 40;
        uint32_t base = next_random(&seed) << 8, sent = 0;
        stream_start(&stream, base);
        while (reader->length / reader->unit < TEXT_BYTES / reader->unit) {
            /* Mostly the next bytes, sometimes a little ahead (a hole), sometimes again. */
            uint32_t at = sent, length = 1 + next_random(&seed) % 200;
            uint32_t kind = next_random(&seed) % 4;
            if (kind == 0)
                at = sent + next_random(&seed) % 150;
            else if (kind == 1)
                at = sent - (sent > 100 ? next_random(&seed) % 100 : 0);
            if (at >= TEXT_BYTES)
                at = sent;
            if (at + length > TEXT_BYTES)
                length = TEXT_BYTES - at;
            struct bytes window;
            enum stream_event event = stream_segment(&stream, pool, base + at, bytes_of(text + at, length), &window);
            if (event == STREAM_HOLE)
                continue; /* ahead of what may wait: comes again later */
            assert_int_not_equal(event, STREAM_FULL);
            event = read_on(reader, &stream, pool, event, window);
            assert_int_equal(event, STREAM_NOTHING);
            sent = stream.next - base;
            if (sent == TEXT_BYTES)
                break;
        }
        assert_true(reader->length >= TEXT_BYTES / reader->unit * reader->unit);
        assert_memory_equal(reader->got, text, reader->length);
        free(reader);
        stream_stop(&stream, pool);
        pool_destroy(pool);
    }
}

static void of_bytes_that_come_twice_the_first_ones_count(void **state)
{
    (void)state;
    struct pool *pool = new_pool();
    struct stream stream;
    struct bytes window;
    stream_start(&stream, 0);
    assert_int_equal(stream_segment(&stream, pool, 3, bytes_of("def", 3), &window), STREAM_NOTHING);
    assert_int_equal(stream_segment(&stream, pool, 2, bytes_of("CDEFG", 5), &window), STREAM_NOTHING);
    assert_int_equal(stream_segment(&stream, pool, 0, bytes_of("ab", 2), &window), STREAM_BYTES);
    assert_int_equal(window.left, 7);
    assert_memory_equal(window.at, "abCdefG", 7);
    stream_stop(&stream, pool);
    pool_destroy(pool);
}

static void skipped_bytes_may_never_come(void **state)
{
    (void)state;
    struct pool *pool = new_pool();
    struct stream stream;
    struct bytes window;
    stream_start(&stream, 10);
    assert_int_equal(stream_segment(&stream, pool, 10, bytes_of("BDAT 100\r\nxx", 12), &window), STREAM_BYTES);
    bytes_skip(&window, 10);
    assert_int_equal(stream_keep(&stream, pool, window, 100, &window), STREAM_NOTHING);
    assert_int_equal(stream_segment(&stream, pool, 22, bytes_of("inside", 6), &window), STREAM_NOTHING);
    assert_int_equal(stream_segment(&stream, pool, 118, bytes_of("yyQUIT", 6), &window), STREAM_BYTES);
    assert_int_equal(window.left, 4);
    assert_memory_equal(window.at, "QUIT", 4);
    stream_stop(&stream, pool);
    pool_destroy(pool);
}

static void a_skip_inside_the_window_calls_the_reader_again(void **state)
{
    (void)state;
    struct pool *pool = new_pool();
    struct stream stream;
    struct bytes window;
    stream_start(&stream, 0);
    assert_int_equal(stream_segment(&stream, pool, 0, bytes_of("2\nxxnext", 8), &window), STREAM_BYTES);
    bytes_skip(&window, 2);
    assert_int_equal(stream_keep(&stream, pool, window, 2, &window), STREAM_BYTES);
    assert_int_equal(window.left, 4);
    assert_memory_equal(window.at, "next", 4);
    stream_stop(&stream, pool);
    pool_destroy(pool);
}

static void a_skip_of_more_than_the_sequence_space_is_counted_down(void **state)
{
    (void)state;
    struct pool *pool = new_pool();
    struct stream stream;
    struct bytes window;
    static uint8_t block[65536];
    uint64_t skip = (UINT64_C(1) << 32) + 5, done = 0;
    stream_start(&stream, 0);
    assert_int_equal(stream_segment(&stream, pool, 0, bytes_of("s", 1), &window), STREAM_BYTES);
    bytes_skip(&window, 1);
    assert_int_equal(stream_keep(&stream, pool, window, skip, &window), STREAM_NOTHING);
    while (done + sizeof block <= skip) {
        assert_int_equal(stream_segment(&stream, pool, (uint32_t)(1 + done), bytes_of(block, sizeof block), &window),
                         STREAM_NOTHING);
        done += sizeof block;
    }
    assert_int_equal(stream_segment(&stream, pool, (uint32_t)(1 + done), bytes_of("12345after", 10), &window),
                     STREAM_BYTES);
    assert_int_equal(window.left, 5);
    assert_memory_equal(window.at, "after", 5);
    stream_stop(&stream, pool);
    pool_destroy(pool);
}

static void what_waits_behind_a_hole_that_is_given_up_is_in_order(void **state)
{
    (void)state;
    struct pool *pool = new_pool();
    struct stream stream;
    struct bytes window;
    stream_start(&stream, 0);
    assert_int_equal(stream_segment(&stream, pool, 50, bytes_of("tail", 4), &window), STREAM_NOTHING);
    assert_true(stream_waits(&stream));
    assert_int_equal(stream_jump(&stream, pool, 50, &window), STREAM_BYTES);
    assert_int_equal(window.left, 4);
    assert_memory_equal(window.at, "tail", 4);
    assert_int_equal(stream.next, 54);
    stream_stop(&stream, pool);
    pool_destroy(pool);
}

static void more_pieces_than_may_wait_are_a_hole(void **state)
{
    (void)state;
    struct pool *pool = new_pool();
    struct stream stream;
    struct bytes window;
    stream_start(&stream, 0);
    for (uint32_t i = 1; i <= STREAM_PIECES_MOST; i++)
        assert_int_equal(stream_segment(&stream, pool, i * 10, bytes_of("p", 1), &window), STREAM_NOTHING);
    assert_int_equal(stream_segment(&stream, pool, 1000, bytes_of("p", 1), &window), STREAM_HOLE);
    assert_int_equal(stream_segment(&stream, pool, 40000, bytes_of("p", 1), &window), STREAM_HOLE);
    assert_int_equal(stream_jump(&stream, pool, 1000, &window), STREAM_BYTES);
    assert_int_equal(stream.next, 11);
    stream_stop(&stream, pool);
    pool_destroy(pool);
}

static void a_reader_that_wants_more_than_there_can_be_loses_the_stream(void **state)
{
    (void)state;
    struct pool *pool = new_pool();
    struct stream stream;
    struct bytes window;
    static uint8_t block[60000];
    uint32_t at = 0;
    stream_start(&stream, 0);
    enum stream_event event = STREAM_NOTHING;
    for (int i = 0; i < 4 && event != STREAM_FULL; i++) {
        event = stream_segment(&stream, pool, at, bytes_of(block, sizeof block), &window);
        at += sizeof block;
        if (event == STREAM_BYTES)
            event = stream_keep(&stream, pool, window, 0, &window);
    }
    assert_int_equal(event, STREAM_FULL);
    stream_stop(&stream, pool);
    pool_destroy(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(segments_in_order_pass_without_a_copy),
        cmocka_unit_test(bytes_that_a_reader_leaves_come_again_with_the_next),
        cmocka_unit_test(any_order_and_any_overlap_give_the_same_bytes),
        cmocka_unit_test(of_bytes_that_come_twice_the_first_ones_count),
        cmocka_unit_test(skipped_bytes_may_never_come),
        cmocka_unit_test(a_skip_inside_the_window_calls_the_reader_again),
        cmocka_unit_test(a_skip_of_more_than_the_sequence_space_is_counted_down),
        cmocka_unit_test(what_waits_behind_a_hole_that_is_given_up_is_in_order),
        cmocka_unit_test(more_pieces_than_may_wait_are_a_hole),
        cmocka_unit_test(a_reader_that_wants_more_than_there_can_be_loses_the_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
