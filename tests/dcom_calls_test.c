/* dcom_calls_test: answers of DCOM's resolver and activators on their way: in fragments, without their questions,
 * sealed. */
#include "tests/cmocka_all.h"
#include "tests/rpc_line.h"
#include "tests/talks_dcom.h"

#define OXID   "binding resolve_oxid 00000000-0000-0000-0000-000000000000/0.0 "
#define CREATE "binding remote_create_instance 00000000-0000-0000-0000-000000000000/0.0 "

static const char resolved2_32[] =
    "0000020024000000240020000700450058004300480031005b00340039003700300030005d0000000700310030002e0030002e0030002e00"
    "35005b00340039003700300030005d00000000000a00ffff00000000606162636465666768696a6b6c6d6e6f020000000500070000000000";

/* A stub in memory of exactly its size, so that the sanitizer sees a read past it. */
static uint8_t *stub_of(const char *hex, size_t *length)
{
    *length = strlen(hex) / 2;
    uint8_t *stub = malloc(*length);
    for (size_t i = 0; i < *length; i++) {
        char pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        stub[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return stub;
}

static void play_talk(struct heard *heard, const struct talk *talk)
{
    heard_init(heard);
    play(heard, &dissector_dcerpc, talk, PLAY_WHOLE);
}

static void a_connection_to_the_resolver_teaches_where_objects_are(void **state)
{
    (void)state;
    struct heard heard;
    play_talk(&heard, &dcom_talks[0]);
    assert_int_equal(heard_count(&heard, "binding resolve_oxid"), 2);
    assert_true(heard_has(&heard, OXID "ncacn_ip_tcp 49700/tcp tower=10.0.0.5"));
    assert_int_equal(heard_count(&heard, "binding remote_create_instance"), 2); /* in two fragments */
    assert_true(heard_has(&heard, CREATE "ncacn_ip_tcp 49710/tcp tower=10.0.0.5"));
    heard_fini(&heard);
}

static void answers_are_known_without_their_questions(void **state)
{
    (void)state;
    struct heard heard;
    play_talk(&heard, &dcom_talks[1]);
    assert_true(heard_has(&heard, OXID "ncacn_ip_tcp 49720/tcp tower=10.0.0.6"));
    assert_true(heard_has(&heard, CREATE "ncacn_ip_tcp 49721/tcp tower=10.0.0.6"));
    heard_fini(&heard);
}

#define EXPORTER "\xc4\xfe\xfc\x99\x60\x52\x1b\x10\xbb\xcb\x00\xaa\x00\x21\x34\x7a\0\0\0\0"

static void a_sealed_answer_is_not_read(void **state)
{
    (void)state;
    for (uint8_t level = 5; level <= 6; level++) {
        struct line line;
        uint8_t body[512] = {0};
        size_t length;
        uint8_t *stub = stub_of(resolved2_32, &length);
        assert_true(length + 8 <= sizeof body);
        memcpy(body + 8, stub, length);
        free(stub);
        line_open(&line);
        say_bind(&line, OFFER(EXPORTER));
        say(&line, REQUEST, WHOLE, 2, TEXT("\x10\0\0\0\0\0\x04\0 oxid and so on "), ntlm(level));
        say(&line, RESPONSE, WHOLE, 2, bytes_of(body, length + 8), ntlm(level));
        assert_int_equal(heard_count(&line.heard, "binding resolve_oxid"), level == 6 ? 0 : 2);
        line_close(&line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connection_to_the_resolver_teaches_where_objects_are),
        cmocka_unit_test(answers_are_known_without_their_questions),
        cmocka_unit_test(a_sealed_answer_is_not_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
