/* dtls_test: hellos with cookies and in fragments, certificates, the end of a handshake, and what is no DTLS. */
#include "tests/cmocka_all.h"
#include "tests/says.h"
#include "tests/talks_dtls.h"

#define ASSERT_SAYS(said, ...) SAYS(&dissector_dtls, said, __VA_ARGS__)

static void a_handshake_with_certificates_is_read_to_its_end(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_dtls_cookie, "tls.offered_versions=DTLS 1.2", "tls.server_names=gw.corp.example",
                "tls.alpn=webrtc", "tls.versions=DTLS 1.2", "tls.ciphers=0xc02b",
                "tls.certificate_names=gw.corp.example", "tls.certificate_not_after=1999-12-31T23:59:59Z",
                "tls.client_certificate=requested", "tls.client_certificate=sent", "authentication=certificate",
                "encryption=tls", "outcome=accepted");
}

static void the_version_of_a_cookie_is_no_choice(void **state)
{
    (void)state;
    const struct said cookie[] = {talk_dtls_cookie[0], talk_dtls_cookie[1]};
    ASSERT_SAYS(cookie, "tls.offered_versions=DTLS 1.2", "tls.server_names=gw.corp.example", "tls.alpn=webrtc");
}

static void fragments_that_overlap_are_put_together(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_dtls_fragments, "tls.offered_versions=DTLS 1.0", "tls.server_names=sip.corp.example",
                "tls.versions=DTLS 1.0", "tls.ciphers=0x002f", "tls.certificate_names=gw.corp.example",
                "tls.certificate_not_after=1999-12-31T23:59:59Z", "encryption=tls", "outcome=denied");
}

static void a_fragment_that_is_missing_is_waited_for(void **state)
{
    (void)state;
    const struct said swapped[] = {talk_dtls_fragments[1], talk_dtls_fragments[0]};
    struct talk talk = {"", &dissector_dtls, swapped, 2};
    struct heard heard;
    heard_init(&heard);
    play(&heard, &dissector_dtls, &talk, PLAY_WHOLE);
    assert_int_equal(heard.count, 0);
    assert_int_equal(heard.last, DISSECT_MORE);
    heard_fini(&heard);
    const struct said again[] = {talk_dtls_fragments[1], talk_dtls_fragments[0], talk_dtls_fragments[1]};
    ASSERT_SAYS(again, "tls.offered_versions=DTLS 1.0", "tls.server_names=sip.corp.example");
}

static void dtls_1_3_is_told_by_an_extension_and_a_retry_is_no_choice(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_dtls_retry, "tls.offered_versions=DTLS 1.3", "tls.offered_versions=DTLS 1.2",
                "tls.server_names=turn.corp.example", "tls.versions=DTLS 1.3", "tls.ciphers=0x1301", "encryption=tls");
    const struct said before[] = {talk_dtls_retry[0], talk_dtls_retry[1]};
    ASSERT_SAYS(before, "tls.offered_versions=DTLS 1.3", "tls.offered_versions=DTLS 1.2",
                "tls.server_names=turn.corp.example");
}

static void sealed_records_alone_tell_version_and_encryption(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_dtls_picked_up, "tls.versions=DTLS 1.2", "encryption=tls");
}

static void a_settled_flow_is_done(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof dtls_talks / sizeof dtls_talks[0]; i++) {
        struct heard heard;
        heard_init(&heard);
        play(&heard, &dissector_dtls, &dtls_talks[i], PLAY_WHOLE);
        if (heard.last != DISSECT_DONE)
            fail_msg("still listening: %s", dtls_talks[i].name);
        heard_fini(&heard);
    }
}

static void only_records_that_fill_a_datagram_are_ours(void **state)
{
    (void)state;
    uint8_t datagram[1024];
    size_t length = talk_dtls_cookie[0].length;
    memcpy(datagram, talk_dtls_cookie[0].bytes, length);
    assert_int_equal(dissector_dtls.probe(bytes_of(datagram, length), FROM_CLIENT), LIKE_YES);
    assert_int_equal(dissector_dtls.probe(bytes_of(datagram, length), FROM_SERVER), LIKE_NOT);
    assert_int_equal(dissector_dtls.probe(bytes_of(datagram, length - 1), FROM_CLIENT), LIKE_MAYBE);
    datagram[length] = 0;
    assert_int_equal(dissector_dtls.probe(bytes_of(datagram, length + 1), FROM_CLIENT), LIKE_NOT);
    datagram[2] = 0xfe; /* no version */
    assert_int_equal(dissector_dtls.probe(bytes_of(datagram, length), FROM_CLIENT), LIKE_NOT);
    datagram[2] = 0xff;
    datagram[13 + 11]++; /* the fragment is longer than its message */
    assert_int_equal(dissector_dtls.probe(bytes_of(datagram, length), FROM_CLIENT), LIKE_NOT);
}

static void a_hello_that_lies_is_not_ours(void **state)
{
    (void)state;
    uint8_t datagram[1024];
    size_t length = talk_dtls_cookie[0].length;
    memcpy(datagram, talk_dtls_cookie[0].bytes, length);
    datagram[13 + 12 + 2 + 32] = 200; /* the session id runs over the end */
    const struct said said[] = {{FROM_CLIENT, datagram, length}};
    struct talk talk = {"", &dissector_dtls, said, 1};
    struct heard heard;
    heard_init(&heard);
    play(&heard, &dissector_dtls, &talk, PLAY_WHOLE);
    assert_int_equal(heard.count, 0);
    assert_int_equal(heard.last, DISSECT_NOT_MINE);
    heard_fini(&heard);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_handshake_with_certificates_is_read_to_its_end),
        cmocka_unit_test(the_version_of_a_cookie_is_no_choice),
        cmocka_unit_test(fragments_that_overlap_are_put_together),
        cmocka_unit_test(a_fragment_that_is_missing_is_waited_for),
        cmocka_unit_test(dtls_1_3_is_told_by_an_extension_and_a_retry_is_no_choice),
        cmocka_unit_test(sealed_records_alone_tell_version_and_encryption),
        cmocka_unit_test(a_settled_flow_is_done),
        cmocka_unit_test(only_records_that_fill_a_datagram_are_ours),
        cmocka_unit_test(a_hello_that_lies_is_not_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
