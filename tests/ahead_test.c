/* ahead: pieces of a file, with and without a thread that fetches them. */
#include "capture/ahead.h"

#include "tests/cmocka_all.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIECES  40
#define THREADS 2 /* none, or one */

static uint8_t blocks[AHEAD_BLOCKS][AHEAD_FRONT + AHEAD_PIECE];

struct scene {
    struct ahead *ahead;
    pthread_t thread;
    int threads, file;
};

/* A file of whole pieces and a half; each piece is full of its number. */
static int file_of(unsigned pieces)
{
    static uint8_t bytes[AHEAD_PIECE];
    char path[] = "/tmp/ahead_test_XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    unlink(path);
    for (unsigned i = 0; i < pieces; i++) {
        memset(bytes, (int)i + 1, sizeof bytes);
        assert_int_equal(write(file, bytes, sizeof bytes), sizeof bytes);
    }
    assert_int_equal(write(file, bytes, sizeof bytes / 2), sizeof bytes / 2);
    return file;
}

static struct scene scene_of(int threads)
{
    uint8_t *starts[AHEAD_BLOCKS];
    struct failure failure = {0};
    struct scene scene = {.ahead = ahead_create(&failure), .threads = threads, .file = file_of(PIECES)};
    assert_non_null(scene.ahead);
    for (size_t i = 0; i < AHEAD_BLOCKS; i++)
        starts[i] = blocks[i];
    ahead_use(scene.ahead, starts);
    if (threads > 0)
        assert_int_equal(pthread_create(&scene.thread, NULL, ahead_work, scene.ahead), 0);
    return scene;
}

static void release(struct scene *scene)
{
    if (scene->threads > 0) {
        ahead_end(scene->ahead);
        pthread_join(scene->thread, NULL);
    }
    ahead_destroy(scene->ahead);
    close(scene->file);
}

static off_t place(unsigned piece)
{
    return (off_t)piece * (off_t)AHEAD_PIECE;
}

/* Time enough for the thread to do what it may not. */
static void let_it_run(const struct scene *scene, unsigned piece)
{
    if (scene->threads > 0 && piece % 8 == 0)
        usleep(5000);
}

static void assert_piece(const uint8_t *start, unsigned piece)
{
    assert_non_null(start);
    assert_int_equal(start[0], piece + 1);
    assert_int_equal(start[AHEAD_PIECE - 1], piece + 1);
}

static void pieces_come_in_order_and_one_stays_until_the_next_but_one(void **state)
{
    (void)state;
    for (int threads = 0; threads < THREADS; threads++) {
        struct scene scene = scene_of(threads);
        const uint8_t *before = NULL;
        for (unsigned i = 0; i < PIECES; i++) {
            uint8_t *piece = ahead_take(scene.ahead, scene.file, place(i));
            assert_piece(piece, i);
            memset(piece - AHEAD_FRONT, 0xff, AHEAD_FRONT); /* is ours */
            let_it_run(&scene, i);
            if (i > 0)
                assert_piece(before, i - 1);
            before = piece;
        }
        assert_null(ahead_take(scene.ahead, scene.file, place(PIECES)));
        release(&scene);
    }
}

static void one_may_begin_anew_anywhere(void **state)
{
    (void)state;
    for (int threads = 0; threads < THREADS; threads++) {
        struct scene scene = scene_of(threads);
        const uint8_t *before = ahead_take(scene.ahead, scene.file, 0);
        for (unsigned i = 1; i < 1000; i++) {
            unsigned piece = i * 7 % PIECES;
            if (i % 3 == 0)
                ahead_rest(scene.ahead);
            const uint8_t *start = ahead_take(scene.ahead, scene.file, place(piece));
            assert_piece(start, piece);
            assert_piece(before, (i - 1) * 7 % PIECES);
            before = start;
        }
        release(&scene);
    }
}

static void short_files_have_no_pieces_however_many_there_are(void **state)
{
    (void)state;
    for (int threads = 0; threads < THREADS; threads++) {
        struct scene scene = scene_of(threads);
        int small = file_of(0);
        for (unsigned i = 0; i < 10 * AHEAD_BLOCKS; i++)
            assert_null(ahead_take(scene.ahead, small, 0));
        assert_null(ahead_take(scene.ahead, -1, 0)); /* nor what cannot be read */
        assert_piece(ahead_take(scene.ahead, scene.file, place(3)), 3);
        close(small);
        release(&scene);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_come_in_order_and_one_stays_until_the_next_but_one),
        cmocka_unit_test(one_may_begin_anew_anywhere),
        cmocka_unit_test(short_files_have_no_pieces_however_many_there_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
