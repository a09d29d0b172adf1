/* rpc_datagram_test: what calls over UDP reveal, how they are protected, and how strictly a datagram must look. */
#include "tests/cmocka_all.h"
#include "tests/says.h"
#include "tests/talks_rpc_datagram.h"

#define EPM       "e1af8308-5d1f-11c9-91a4-08002b14a0fa/3.0"
#define EMSMDB    "a4f1db00-ca47-1067-b31f-00dd010662da/0.81"
#define MESSENGER "5a7b91f8-ff00-11d0-a9b2-00c04fb6e6fc/1.0"

#define REQUEST(flags, length, rest)                                                                                   \
    TALK_DATAGRAM("\x00" flags, TALK_MESSENGER_ID, "\x01\x00\x00\x00\x05\x00\x00\x00\x00\x00", length, rest)

#define ASSERT_SAYS(said, ...) SAYS(&dissector_rpc_datagram, said, __VA_ARGS__)

static void the_mapper_is_understood_over_udp(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_rpc_datagram_map, "rpc.binds=" EPM, "rpc.accepted=" EPM, "rpc.asked=" EMSMDB,
                "rpc.not_registered=" EMSMDB, "rpc.data_auth=none/none", "binding bind " EPM " ncadg_ip_udp 0/udp",
                "binding ept_map " EMSMDB " ncacn_ip_tcp 49160/tcp tower=10.0.0.5", "authentication=anonymous",
                "encryption=none", "outcome=denied");
}

static void a_call_that_is_refused_was_not_answered(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_rpc_datagram_refused, "rpc.binds=" MESSENGER, "rpc.data_auth=none/none",
                "rpc.faults=unknown interface", "authentication=anonymous", "encryption=none", "outcome=denied");
}

static void the_level_of_a_call_stands_before_its_verifier(void **state)
{
    (void)state;
    static const struct said sealed[] = {
        TALK_SAID(FROM_CLIENT, REQUEST("\x08", "\x04\x00", "\x00\x00\x0a") "\x01\x02\x03\x04"
                                                                           "\x06\x00"
                                                                           "\x01\x00\x00\x00\x00\x00"),
    };
    ASSERT_SAYS(sealed, "rpc.binds=" MESSENGER, "rpc.auth=ntlm/privacy", "rpc.data_auth=ntlm/privacy",
                "authentication=ntlm", "encryption=rpc-privacy");
}

static enum likeness like(enum direction from, const char *text, size_t length)
{
    return dissector_rpc_datagram.probe(bytes_of(text, length), from);
}

#define ASSERT_LIKE(from, text, expected) assert_int_equal(like(from, text, sizeof(text) - 1), expected)

static void a_datagram_must_be_of_its_side_and_hold_what_it_promises(void **state)
{
    (void)state;
    ASSERT_LIKE(FROM_CLIENT, REQUEST("\x08", "\x04\x00", "\x00\x00\x00") "\x01\x02\x03\x04", LIKE_YES);
    ASSERT_LIKE(FROM_SERVER, REQUEST("\x08", "\x04\x00", "\x00\x00\x00") "\x01\x02\x03\x04", LIKE_NOT);
    ASSERT_LIKE(FROM_CLIENT, REQUEST("\x08", "\x04\x00", "\x00\x00\x00") "\x01\x02\x03", LIKE_MAYBE);
    ASSERT_LIKE(FROM_CLIENT, REQUEST("\x88", "\x04\x00", "\x00\x00\x00") "\x01\x02\x03\x04", LIKE_NOT);
    ASSERT_LIKE(FROM_CLIENT, REQUEST("\x08", "\x04\x00", "\x01\x00\x00") "\x01\x02\x03\x04", LIKE_NOT);
    ASSERT_LIKE(FROM_CLIENT, "\x05\x00\x00\x00\x10\x00\x00\x00", LIKE_NOT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_mapper_is_understood_over_udp),
        cmocka_unit_test(a_call_that_is_refused_was_not_answered),
        cmocka_unit_test(the_level_of_a_call_stands_before_its_verifier),
        cmocka_unit_test(a_datagram_must_be_of_its_side_and_hold_what_it_promises),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
