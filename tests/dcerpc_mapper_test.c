/* dcerpc_mapper_test: calls of the endpoint mapper on their way: sealed, padded, in fragments, never ending. */
#include "tests/cmocka_all.h"
#include "tests/rpc_line.h"

#define EMSMDB "a4f1db00-ca47-1067-b31f-00dd010662da/0.81"

/* ept_lookup for everything, operation 2 in context 0. */
#define LOOKUP                                                                                                         \
    TEXT("\x28\0\0\0\0\0\x02\0"                                                                                        \
         "\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0"                                                                          \
         "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"                                                                    \
         "\xf4\x01\0\0")

static void sealed_stubs_are_not_read(void **state)
{
    (void)state;
    struct line line;
    line_open(&line);
    say_bind(&line, OFFER(TALK_EPM));
    say(&line, REQUEST, WHOLE, 2, TEXT("\x84\0\0\0\0\0\x03\0" TALK_MAP_REQUEST), ntlm(6));
    say(&line, RESPONSE, WHOLE, 2, TEXT("\x80\0\0\0\0\0\0\0" TALK_MAP_RESPONSE), ntlm(6));
    assert_int_equal(heard_count(&line.heard, "rpc.asked="), 0);
    assert_int_equal(heard_count(&line.heard, "binding ept_map"), 0);
    say(&line, REQUEST, WHOLE, 3, TEXT("\x84\0\0\0\0\0\x03\0" TALK_MAP_REQUEST), ntlm(5));
    say(&line, RESPONSE, WHOLE, 3, TEXT("\x80\0\0\0\0\0\0\0" TALK_MAP_RESPONSE), ntlm(5));
    assert_int_equal(heard_count(&line.heard, "rpc.asked="), 1);
    assert_int_equal(heard_count(&line.heard, "binding ept_map"), 1);
    line_close(&line);
}

static void the_end_of_a_list_is_no_refusal(void **state)
{
    (void)state;
    struct line line;
    line_open(&line);
    say_bind(&line, OFFER(TALK_EPM));
    say(&line, REQUEST, WHOLE, 2, LOOKUP, none);
    say(&line, RESPONSE, WHOLE, 2,
        TEXT("\x28\0\0\0\0\0\0\0" TALK_NO_SYNTAX "\0\0\0\0\x04\0\0\0\0\0\0\0\0\0\0\0\xd6\xa0\xc9\x16"), none);
    assert_int_equal(line.heard.outcome, OUTCOME_ACCEPTED);
    assert_int_equal(heard_count(&line.heard, "rpc.not_registered="), 0);
    line_close(&line);
}

static void an_object_and_padding_are_no_part_of_the_stub(void **state)
{
    (void)state;
    struct line line;
    line_open(&line);
    say(&line, REQUEST, WHOLE | 0x80, 2,
        TEXT("\x84\0\0\0\0\0\x03\0"
             "an object's uuid" TALK_MAP_REQUEST),
        none);
    assert_true(heard_has(&line.heard, "rpc.asked=" EMSMDB));
    line_close(&line);
    line_open(&line);
    struct verifier padded = ntlm(5);
    padded.padding = 12;
    say(&line, RESPONSE, WHOLE, 2, TEXT("\x80\0\0\0\0\0\0\0" TALK_MAP_RESPONSE "padding here"), padded);
    assert_int_equal(heard_count(&line.heard, "binding ept_map"), 1);
    line_close(&line);
}

/* Other fragments follow the first one of a lookup's answer: its own (call 2) or another call's. */
static void expect_given_up(uint8_t call)
{
    struct line line;
    line_open(&line);
    say_bind(&line, OFFER(TALK_EPM));
    say(&line, REQUEST, WHOLE, 2, LOOKUP, none);
    say(&line, RESPONSE, FIRST, 2, CALL, none);
    uint8_t *part = calloc(1, 60000);
    for (int i = 0; i < 3; i++)
        say(&line, RESPONSE, 0, call, bytes_of(part, 60000), none);
    free(part);
    assert_false(line.player.over);
    assert_int_equal(line.player.windows[FROM_SERVER].length, 0);
    say(&line, FAULT, WHOLE, 3,
        TEXT("\x20\0\0\0\0\0\0\0"
             "\x03\0\x01\x1c\0\0\0\0"),
        none);
    assert_true(heard_has(&line.heard, "rpc.faults=unknown interface"));
    line_close(&line);
}

static void an_answer_whose_last_fragment_never_comes_is_given_up(void **state)
{
    (void)state;
    expect_given_up(2);
    expect_given_up(9);
}

static void an_answer_that_begins_twice_is_given_up(void **state)
{
    (void)state;
    struct line line;
    line_open(&line);
    say_bind(&line, OFFER(TALK_EPM));
    say(&line, REQUEST, WHOLE, 2, TEXT("\x84\0\0\0\0\0\x03\0" TALK_MAP_REQUEST), none);
    say(&line, RESPONSE, FIRST, 2, CALL, none);
    say(&line, RESPONSE, WHOLE, 2, CALL, none);
    assert_int_equal(line.player.windows[FROM_SERVER].length, 0);
    assert_int_equal(heard_count(&line.heard, "binding ept_map"), 0);
    line_close(&line);
}

static void an_answer_that_ends_in_a_fault_teaches_nothing(void **state)
{
    (void)state;
    struct line line;
    line_open(&line);
    say_bind(&line, OFFER(TALK_EPM));
    say(&line, REQUEST, WHOLE, 2, TEXT("\x84\0\0\0\0\0\x03\0" TALK_MAP_REQUEST), none);
    say(&line, RESPONSE, FIRST, 2, TEXT("\x80\0\0\0\0\0\0\0" TALK_MAP_RESPONSE), none);
    say(&line, FAULT, WHOLE, 2,
        TEXT("\x20\0\0\0\0\0\0\0"
             "\xf7\x06\0\0\0\0\0\0"),
        none);
    assert_int_equal(heard_count(&line.heard, "binding ept_map"), 0);
    assert_int_equal(line.heard.outcome, OUTCOME_DENIED);
    line_close(&line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sealed_stubs_are_not_read),
        cmocka_unit_test(the_end_of_a_list_is_no_refusal),
        cmocka_unit_test(an_object_and_padding_are_no_part_of_the_stub),
        cmocka_unit_test(an_answer_whose_last_fragment_never_comes_is_given_up),
        cmocka_unit_test(an_answer_that_begins_twice_is_given_up),
        cmocka_unit_test(an_answer_that_ends_in_a_fault_teaches_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
