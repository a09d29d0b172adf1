/* bulletin: what goes through the pipe comes whole or not at all, whoever was ended in the middle of it. */
#include "watch/bulletin.h"

#include "tests/cmocka_all.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define JSON_BYTES 300000

static char json[JSON_BYTES];

struct sending {
    int pipe;
    struct bulletin bulletin;
};

static void *send_in_thread(void *context)
{
    struct sending *sending = context;
    return bulletin_send(sending->pipe, &sending->bulletin, json) ? sending : NULL;
}

static enum inbox_state read_on(struct inbox *inbox, int pipe, struct bulletin *bulletin, char **text)
{
    enum inbox_state state;
    while ((state = inbox_read(inbox, pipe, bulletin, text)) == INBOX_MORE)
        continue;
    return state;
}

static void what_is_sent_comes_whole(void **state)
{
    (void)state;
    int ends[2];
    struct inbox inbox = {0};
    struct bulletin got;
    char *text = NULL;
    pthread_t thread;
    void *sent;
    for (size_t i = 0; i < JSON_BYTES; i++)
        json[i] = (char)('a' + i % 23);
    assert_int_equal(pipe(ends), 0);
    for (uint64_t number = 1; number <= 3; number++) {
        struct sending sending = {ends[1], {.number = number, .json_bytes = JSON_BYTES - (size_t)number}};
        assert_int_equal(pthread_create(&thread, NULL, send_in_thread, &sending), 0);
        assert_int_equal(read_on(&inbox, ends[0], &got, &text), INBOX_WHOLE);
        pthread_join(thread, &sent);
        assert_non_null(sent);
        assert_int_equal(got.number, number);
        assert_int_equal(got.json_bytes, JSON_BYTES - (size_t)number);
        assert_memory_equal(text, json, got.json_bytes);
        free(text);
    }
    close(ends[1]);
    assert_int_equal(read_on(&inbox, ends[0], &got, &text), INBOX_END);
    assert_int_equal(inbox.lost, 0);
    close(ends[0]);
    inbox_fini(&inbox);
}

/* The first `bytes` of what a sender wrote, or the rest of it. */
static void pass_on(int from, int to, size_t bytes)
{
    char piece[512];
    while (bytes > 0) {
        ssize_t got = read(from, piece, bytes < sizeof piece ? bytes : sizeof piece);
        if (got <= 0)
            return;
        if (to >= 0)
            assert_int_equal(write(to, piece, (size_t)got), got);
        bytes -= (size_t)got;
    }
}

static void one_that_was_cut_off_does_not_spoil_the_next(void **state)
{
    (void)state;
    int writer[2], reader[2];
    struct inbox inbox = {0};
    struct bulletin got, first = {.number = 1, .json_bytes = 5000}, second = {.number = 2, .json_bytes = 5};
    char *text = NULL;
    assert_int_equal(pipe(writer), 0);
    assert_int_equal(pipe(reader), 0);
    assert_true(bulletin_send(writer[1], &first, json));
    pass_on(writer[0], reader[1], (size_t)2 * 4096); /* two pieces; then its sender is gone */
    close(writer[0]);
    close(writer[1]);
    assert_true(bulletin_send(reader[1], &second, "{\"\"}\n"));
    assert_int_equal(read_on(&inbox, reader[0], &got, &text), INBOX_WHOLE);
    assert_int_equal(got.number, 2);
    assert_memory_equal(text, "{\"\"}\n", 5);
    assert_int_equal(inbox.lost, 1);
    free(text);
    close(reader[0]);
    close(reader[1]);
    inbox_fini(&inbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sent_comes_whole),
        cmocka_unit_test(one_that_was_cut_off_does_not_spoil_the_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
