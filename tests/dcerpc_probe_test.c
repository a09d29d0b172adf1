/* dcerpc_probe_test: what is MS-RPC and what is not. */
#include "tests/cmocka_all.h"
#include "tests/play.h"
#include "tests/talks_dcerpc.h"

#define LENGTH(a)  (sizeof(a) / sizeof((a)[0]))
#define TEXT(text) bytes_of(text, sizeof(text) - 1)

/* A bind with a verifier. */
#define BIND talk_rpc_ntlm_privacy[0]

static void sixteen_bytes_prove_it_and_fewer_may(void **state)
{
    (void)state;
    for (size_t have = 1; have <= BIND.length; have++)
        assert_int_equal(dissector_dcerpc.probe(bytes_of(BIND.bytes, have), FROM_CLIENT),
                         have < 16 ? LIKE_MAYBE : LIKE_YES);
}

static void a_pdu_of_the_other_side_is_none(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(talk_rpc_ntlm_privacy); i++) {
        const struct said *said = &talk_rpc_ntlm_privacy[i];
        struct bytes head = bytes_of(said->bytes, said->length);
        assert_int_equal(dissector_dcerpc.probe(head, said->from), LIKE_YES);
        assert_int_equal(dissector_dcerpc.probe(head, said->from == FROM_CLIENT ? FROM_SERVER : FROM_CLIENT), LIKE_NOT);
    }
}

static void the_greeting_behind_an_rpc_proxy_is_the_servers(void **state)
{
    (void)state;
    assert_int_equal(dissector_dcerpc.probe(TEXT("ncacn_http/1.0"), FROM_SERVER), LIKE_YES);
    assert_int_equal(dissector_dcerpc.probe(TEXT("ncacn_http/1"), FROM_SERVER), LIKE_MAYBE);
    assert_int_equal(dissector_dcerpc.probe(TEXT("ncacn_ip_tcp:"), FROM_SERVER), LIKE_NOT);
    assert_int_equal(dissector_dcerpc.probe(TEXT("ncacn_http/1.0"), FROM_CLIENT), LIKE_NOT);
}

static void one_wrong_octet_in_the_header_is_enough(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        uint8_t value;
    } wrong[] = {{0, 4}, {1, 2}, {2, 1}, {2, 12}, {2, 21}, {2, 255}, {4, 0x11},
                 {5, 1}, {6, 1}, {7, 1}, {8, 27}, {8, 15}, {11, 1},  {4, 0x20}};
    for (size_t i = 0; i < LENGTH(wrong); i++) {
        uint8_t pdu[16];
        memcpy(pdu, BIND.bytes, sizeof pdu);
        pdu[wrong[i].at] = wrong[i].value;
        assert_int_equal(dissector_dcerpc.probe(bytes_of(pdu, sizeof pdu), FROM_CLIENT), LIKE_NOT);
    }
}

static void other_protocols_say_nothing(void **state)
{
    (void)state;
    const struct bytes others[] = {
        TEXT("GET /rpc/rpcproxy.dll HTTP/1.1\r\n\r\n"),
        TEXT("220 mail.example ESMTP\r\n"),
        TEXT("\x16\x03\x01\x00\xa5\x01\0\0\xa1\x03\x03"),
        TEXT("\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\0\x80\0"),
        TEXT("\x05\x01\x00\x05\x01\x00\x01\x10\x00\x00\x00\x00\x87\x00\x00\x00"), /* SOCKS 5 */
        TEXT("\x05\x00\x0b\x03\x10\x00\x00\x00\x10\x00\x00\x00\x01\x00\x00\x00"), /* a bind without a body */
    };
    for (size_t i = 0; i < LENGTH(others); i++) {
        for (int from = FROM_CLIENT; from <= FROM_SERVER; from++) {
            const struct said said = {(enum direction)from, others[i].at, others[i].left};
            const struct talk talk = {"other", &dissector_dcerpc, &said, 1};
            struct heard heard;
            heard_init(&heard);
            play(&heard, &dissector_dcerpc, &talk, 1);
            assert_int_equal(heard.last, DISSECT_NOT_MINE);
            assert_int_equal(heard.count, 0);
            heard_fini(&heard);
        }
    }
}

static void after_a_good_start_rubbish_ends_the_reading_and_keeps_the_facts(void **state)
{
    (void)state;
    const struct said said[] = {BIND, {FROM_SERVER, "rubbish", 7}};
    const struct talk talk = {"rubbish", &dissector_dcerpc, said, 2};
    struct heard heard;
    heard_init(&heard);
    play(&heard, &dissector_dcerpc, &talk, PLAY_WHOLE);
    assert_int_equal(heard.last, DISSECT_DONE);
    assert_true(heard_has(&heard, "rpc.binds=a4f1db00-ca47-1067-b31f-00dd010662da/0.81"));
    heard_fini(&heard);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sixteen_bytes_prove_it_and_fewer_may),
        cmocka_unit_test(a_pdu_of_the_other_side_is_none),
        cmocka_unit_test(the_greeting_behind_an_rpc_proxy_is_the_servers),
        cmocka_unit_test(one_wrong_octet_in_the_header_is_enough),
        cmocka_unit_test(other_protocols_say_nothing),
        cmocka_unit_test(after_a_good_start_rubbish_ends_the_reading_and_keeps_the_facts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
