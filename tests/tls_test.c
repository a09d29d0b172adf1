/* tls: what is read of hellos, certificates and alerts, when a flow is settled, and what is only noise. */
#include "tests/cmocka_all.h"
#include "tests/says.h"
#include "tests/talks_tls.h"

#define ASSERT_SAYS(said, ...) SAYS(&dissector_tls, said, __VA_ARGS__)

#define OFFERED_13                                                                                                     \
    "tls.offered_versions=TLS 1.3", "tls.offered_versions=TLS 1.2", "tls.server_names=mail.corp.example",              \
        "tls.alpn=h2", "tls.alpn=http/1.1"

static void hear_one(struct heard *heard, enum direction from, const void *bytes, size_t length)
{
    const struct said said[] = {{from, bytes, length}};
    struct talk talk = {"", &dissector_tls, said, 1};
    heard_init(heard);
    play(heard, &dissector_tls, &talk, PLAY_WHOLE);
}

static void a_client_certificate_and_both_change_ciphers_are_a_proof(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_tls_mutual, "tls.offered_versions=TLS 1.2", "tls.server_names=hub1.corp.example",
                "tls.versions=TLS 1.2", "tls.ciphers=0xc02f", "tls.client_certificate=requested",
                "tls.client_certificate=sent", "authentication=certificate", "encryption=tls", "outcome=accepted");
}

static void a_certificate_before_the_servers_change_cipher_proves_nothing(void **state)
{
    (void)state;
    struct talk talk = {"", &dissector_tls, talk_tls_mutual, 3};
    struct heard heard;
    heard_init(&heard);
    play(&heard, &dissector_tls, &talk, PLAY_WHOLE);
    assert_true(heard_has(&heard, "tls.client_certificate=sent"));
    assert_int_equal(heard.authentication, AUTHENTICATION_UNKNOWN);
    heard_fini(&heard);
}

static void an_empty_certificate_is_none(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_tls_empty_certificate, "tls.offered_versions=TLS 1.2", "tls.server_names=hub1.corp.example",
                "tls.versions=TLS 1.2", "tls.ciphers=0xc02f", "tls.alpn=http/1.1", "tls.client_certificate=requested",
                "encryption=tls");
}

static void tls_1_3_is_told_by_an_extension_and_grease_is_not_said(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_tls_tls13, OFFERED_13, "tls.versions=TLS 1.3", "tls.ciphers=0x1301", "encryption=tls",
                "outcome=accepted");
}

/* Were the retry taken for the choice, the hello behind the change cipher would be lost. */
static void a_retry_is_not_the_choice(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_tls_retry, OFFERED_13, "tls.versions=TLS 1.3", "tls.ciphers=0x1302", "encryption=tls",
                "outcome=accepted");
    struct talk talk = {"", &dissector_tls, talk_tls_retry, 2};
    struct heard heard;
    heard_init(&heard);
    play(&heard, &dissector_tls, &talk, PLAY_WHOLE);
    assert_int_equal(heard_count(&heard, "tls.versions="), 0);
    heard_fini(&heard);
    const struct said early[] = {talk_tls_retry[0], talk_tls_retry[1], talk_tls_picked_up[1]};
    talk = (struct talk){"", &dissector_tls, early, 3};
    heard_init(&heard);
    play(&heard, &dissector_tls, &talk, PLAY_WHOLE);
    assert_true(heard_has(&heard, "encryption=tls")); /* as before any hello of the server: two records of data */
    assert_int_equal(heard.last, DISSECT_MORE);
    heard_fini(&heard);
}

static void a_sealed_alert_in_place_of_finished_denies(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_tls_distrust, "tls.offered_versions=TLS 1.3", "tls.server_names=dc1.corp.example",
                "tls.versions=TLS 1.3", "tls.ciphers=0x1301", "encryption=tls", "outcome=denied");
    ASSERT_SAYS(talk_tls_early_data, OFFERED_13, "tls.versions=TLS 1.3", "tls.ciphers=0x1301", "encryption=tls",
                "outcome=accepted");
}

static void only_a_fatal_alert_denies(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_tls_no_agreement, "tls.offered_versions=TLS 1.0", "tls.server_names=old.corp.example",
                "outcome=denied");
    ASSERT_SAYS(talk_tls_ssl3, "tls.offered_versions=SSL 3.0", "tls.versions=SSL 3.0", "tls.ciphers=0x0004",
                "encryption=tls");
}

static void ssl_2_is_told_by_lengths_that_add_up(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_tls_ssl2, "tls.offered_versions=SSL 2.0", "tls.versions=SSL 2.0", "encryption=tls");
    uint8_t hello[64];
    size_t length = talk_tls_ssl2[0].length;
    assert_true(length <= sizeof hello);
    memcpy(hello, talk_tls_ssl2[0].bytes, length);
    assert_int_equal(dissector_tls.probe(bytes_of(hello, length), FROM_CLIENT), LIKE_YES);
    hello[10]++; /* length of the challenge */
    assert_int_equal(dissector_tls.probe(bytes_of(hello, length), FROM_CLIENT), LIKE_NOT);
    assert_int_equal(dissector_tls.probe(bytes_of("\x80\x2e\x01", 3), FROM_CLIENT), LIKE_MAYBE);
    assert_int_equal(dissector_tls.probe(bytes_of("\x80\x2e\x04", 3), FROM_CLIENT), LIKE_NOT);
    assert_int_equal(dissector_tls.probe(bytes_of(talk_tls_ssl2[1].bytes, 13), FROM_SERVER), LIKE_YES);
    assert_int_equal(dissector_tls.probe(bytes_of("\x80\x36\x04\0\x01\0\x02\0\x14\0\x06\0\x10", 13), FROM_SERVER),
                     LIKE_NOT);
    struct heard heard;
    hear_one(&heard, FROM_CLIENT, hello, length);
    assert_int_equal(heard.count, 0);
    assert_int_equal(heard.last, DISSECT_NOT_MINE);
    heard_fini(&heard);
}

static void two_data_records_are_enough_in_the_middle(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_tls_picked_up, "encryption=tls");
    ASSERT_SAYS(talk_tls_picked_up_old, "encryption=tls", "tls.versions=TLS 1.0");
    struct heard heard;
    hear_one(&heard, FROM_SERVER, talk_tls_picked_up[0].bytes, 205); /* one record */
    assert_int_equal(heard.count, 0);
    heard_fini(&heard);
}

static void a_hello_spread_over_records_is_stitched(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_tls_spread, OFFERED_13, "tls.versions=TLS 1.2", "tls.ciphers=0xc02f",
                "tls.client_certificate=requested", "encryption=tls");
}

static void a_suite_that_does_not_encrypt_is_none(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_tls_null_cipher, "tls.offered_versions=TLS 1.2", "tls.versions=TLS 1.2", "tls.ciphers=0x003b",
                "encryption=none");
}

static void a_servers_certificate_is_read_from_as_many_records_as_it_takes(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_tls_certificate, "tls.offered_versions=TLS 1.2", "tls.server_names=hub1.corp.example",
                "tls.versions=TLS 1.2", "tls.ciphers=0xc02b", "tls.certificate_names=mail.corp.example",
                "tls.certificate_names=*.corp.example", "tls.certificate_names=10.0.0.5",
                "tls.certificate_names=fd00::5", "tls.certificate_self_signed=yes",
                "tls.certificate_not_after=2036-11-18T07:20:03Z", "encryption=tls", "outcome=accepted");
}

/* A certificate that claims to be longer than its message, or than anything that is read, is passed over. */
static void a_certificate_that_is_too_long_is_not_waited_for(void **state)
{
    (void)state;
    static const uint8_t claims[][3] = {{0, 1, 0}, {0, 0x41, 0}};
    for (size_t i = 0; i < 2; i++) {
        uint8_t flight[9 + 45 + 5 + 10 + 200] = "\x16\x03\x03\x00\x32\x02\x00\x00\x2e\x03\x03";
        flight[4] = 0x2e;
        flight[8] = 0x2a;
        uint8_t *certificate = flight + 5 + 0x2e;
        size_t length = i == 0 ? 10 + 200 : 0x5000;
        memcpy(certificate, (const uint8_t[]){0x16, 3, 3, 0, 210, 11, 0, 0, 206, 0, 0, 203}, 12);
        certificate[7] = (uint8_t)((length - 4) >> 8);
        certificate[8] = (uint8_t)(length - 4);
        memcpy(certificate + 12, claims[i], 3);
        struct player player;
        struct heard heard;
        heard_init(&heard);
        player_begin(&player, &heard, &dissector_tls);
        player_hear(&player, FROM_SERVER, flight, 5 + 0x2e + 5 + 210);
        assert_true(heard_has(&heard, "tls.versions=TLS 1.2"));
        assert_int_equal(heard_count(&heard, "tls.certificate"), 0);
        assert_int_equal(player.windows[FROM_SERVER].length, 0);
        assert_false(player.over);
        player_end(&player);
        heard_fini(&heard);
    }
}

static void a_settled_flow_is_done(void **state)
{
    (void)state;
    static const size_t settled[] = {0, 2, 3, 4, 5, 7, 8, 9, 12, 13};
    for (size_t i = 0; i < sizeof settled / sizeof settled[0]; i++) {
        struct heard heard;
        heard_init(&heard);
        play(&heard, &dissector_tls, &tls_talks[settled[i]], PLAY_WHOLE);
        if (heard.last != DISSECT_DONE)
            fail_msg("still listening: %s", tls_talks[settled[i]].name);
        heard_fini(&heard);
    }
}

/* The server hello in the middle of which the flow went on at a later record is not waited for. */
static void after_a_gap_a_flow_goes_on_at_the_next_record(void **state)
{
    (void)state;
    struct player player;
    struct heard heard;
    heard_init(&heard);
    player_begin(&player, &heard, &dissector_tls);
    player_hear(&player, FROM_CLIENT, talk_tls_mutual[0].bytes, talk_tls_mutual[0].length);
    player_hear(&player, FROM_SERVER, talk_tls_mutual[1].bytes, 30);
    player.windows[FROM_SERVER].length = 0; /* the gap */
    player_hear(&player, FROM_CLIENT, talk_tls_mutual[2].bytes, talk_tls_mutual[2].length);
    player_hear(&player, FROM_SERVER, talk_tls_mutual[3].bytes, talk_tls_mutual[3].length);
    player_hear(&player, FROM_SERVER, talk_tls_picked_up[0].bytes, talk_tls_picked_up[0].length);
    assert_int_equal(heard.encryption, ENCRYPTION_TLS);
    assert_int_equal(heard.last, DISSECT_DONE);
    assert_true(heard_has(&heard, "tls.client_certificate=sent"));
    assert_int_equal(heard.authentication, AUTHENTICATION_UNKNOWN);
    player_end(&player);
    heard_fini(&heard);
}

static void a_server_name_that_is_no_host_name_is_not_said(void **state)
{
    (void)state;
    uint8_t hello[512];
    size_t length = sizeof TALK_TLS12_CLIENT - 1, at = 0;
    memcpy(hello, TALK_TLS12_CLIENT, length);
    while (memcmp(hello + at, "hub1", 4) != 0)
        at++;
    hello[at] = ' ';
    struct heard heard;
    hear_one(&heard, FROM_CLIENT, hello, length);
    assert_int_equal(heard_count(&heard, "tls.server_names="), 0);
    assert_true(heard_has(&heard, "tls.offered_versions=TLS 1.2"));
    heard_fini(&heard);
}

/* Writes a client hello with a server name and 40000 bytes of an unknown extension behind it, in records of `most`. */
static size_t write_huge_hello(uint8_t *stream, size_t most)
{
    static const uint8_t head[] = "\x01\0\x9c\x7c" /* client hello, 40060 bytes */
                                  "\x03\x03"
                                  "RANDOMRANDOMRANDOMRANDOMRANDOM!!"
                                  "\0" /* version, random, no session */
                                  "\0\x02\x13\x01"
                                  "\x01\0"   /* suites, compression */
                                  "\x9c\x50" /* extensions: 40016 bytes */
                                  "\0\0\0\x08\0\x06\0\0\x03"
                                  "a.b"               /* server name */
                                  "\xff\x01\x9c\x40"; /* 40000 bytes of something */
    uint8_t message[4 + 40060 + 3] = {0};
    size_t length = sizeof head - 1 + 40000, used = 0;
    memcpy(message, head, sizeof head - 1);
    for (size_t done = 0; done < length;) {
        size_t piece = length - done < most ? length - done : most;
        const uint8_t record[5] = {22, 3, 1, (uint8_t)(piece >> 8), (uint8_t)piece};
        memcpy(stream + used, record, 5);
        memcpy(stream + used + 5, message + done, piece);
        used += 5 + piece;
        done += piece;
    }
    return used;
}

/* Longer than what is read of one, and in records so small that their headers fill the window. */
static void of_a_huge_hello_the_beginning_is_read(void **state)
{
    (void)state;
    static uint8_t stream[200000];
    static const size_t records[] = {16384, 1000, 3};
    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
        const struct said said[] = {{FROM_CLIENT, stream, write_huge_hello(stream, records[i])},
                                    {FROM_SERVER, "\x15\x03\x01\0\x02\x02\x28", 7}};
        struct talk talk = {"", &dissector_tls, said, 2};
        for (size_t chunk = 999; chunk < 300000; chunk *= 6) {
            struct heard heard;
            heard_init(&heard);
            play(&heard, &dissector_tls, &talk, chunk);
            assert_true(heard_has(&heard, "tls.server_names=a.b"));
            assert_true(heard_has(&heard, "tls.offered_versions=TLS 1.2"));
            assert_true(heard_has(&heard, "outcome=denied"));
            heard_fini(&heard);
        }
    }
}

static void a_record_of_another_kind_inside_a_hello_is_a_lie(void **state)
{
    (void)state;
    static const uint8_t lie[] = "\x16\x03\x01\0\x06\x01\0\0\x30\x03\x03"
                                 "\x17\x03\x01\0\x2e"
                                 "RANDOMRANDOMRANDOMRANDOMRANDOM!!\0\0\x02\x13\x01\x01\0\0\0\0\0\0\0";
    struct heard heard;
    hear_one(&heard, FROM_CLIENT, lie, sizeof lie - 1);
    assert_int_equal(heard.count, 0);
    assert_int_equal(heard.last, DISSECT_NOT_MINE);
    heard_fini(&heard);
}

static void a_hello_from_the_wrong_side_is_not_ours(void **state)
{
    (void)state;
    struct heard heard;
    hear_one(&heard, FROM_SERVER, TALK_TLS12_CLIENT, sizeof TALK_TLS12_CLIENT - 1);
    assert_int_equal(heard.count, 0);
    assert_int_equal(heard.last, DISSECT_NOT_MINE);
    heard_fini(&heard);
}

static void the_probe_says_yes_only_when_sure(void **state)
{
    (void)state;
#define HEAD(from, text, like)                                                                                         \
    {                                                                                                                  \
        from, text, sizeof(text) - 1, like                                                                             \
    }
    static const struct {
        enum direction from;
        const char *head;
        size_t length;
        enum likeness like;
    } cases[] = {
        HEAD(FROM_CLIENT, "\x16", LIKE_MAYBE),
        HEAD(FROM_CLIENT, "\x16\x02", LIKE_NOT),
        HEAD(FROM_CLIENT, "\x16\x03\x05", LIKE_NOT),
        HEAD(FROM_CLIENT, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03", LIKE_MAYBE),
        HEAD(FROM_CLIENT, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", LIKE_YES),
        HEAD(FROM_SERVER, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", LIKE_NOT),
        HEAD(FROM_SERVER, "\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03", LIKE_YES),
        HEAD(FROM_CLIENT, "\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03", LIKE_NOT),
        HEAD(FROM_CLIENT, "\x16\x03\x01\xff\x00\x01", LIKE_NOT),
        HEAD(FROM_SERVER, "\x15\x03\x01\x00\x02\x02\x28", LIKE_MAYBE),
        HEAD(FROM_SERVER, "\x17\x03\x03\x00\x02\xab\xcd", LIKE_MAYBE),
        HEAD(FROM_SERVER, "\x17\x03\x03\x00\x02\xab\xcd\x17\x03\x03\x01\x00", LIKE_YES),
        HEAD(FROM_SERVER, "\x17\x03\x03\x00\x02\xab\xcd\x17\x03\x01\x01\x00", LIKE_NOT),
        HEAD(FROM_SERVER, "\x17\x03\x03\x00\x02\xab\xcd\x47\x03\x03\x01\x00", LIKE_NOT),
        HEAD(FROM_SERVER, "\x14\x03\x03\x00\x02", LIKE_NOT),
        HEAD(FROM_SERVER, "HTTP/1.1 200 OK\r\n", LIKE_NOT),
        HEAD(FROM_CLIENT, "\x03\x00\x00\x13\x0e\xe0", LIKE_NOT),
        HEAD(FROM_CLIENT, "\x80\x2e\x01\x03", LIKE_MAYBE),
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum likeness like = dissector_tls.probe(bytes_of(cases[i].head, cases[i].length), cases[i].from);
        if (like != cases[i].like)
            fail_msg("case %zu: %d", i, (int)like);
    }
#undef HEAD
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_certificate_and_both_change_ciphers_are_a_proof),
        cmocka_unit_test(a_certificate_before_the_servers_change_cipher_proves_nothing),
        cmocka_unit_test(an_empty_certificate_is_none),
        cmocka_unit_test(tls_1_3_is_told_by_an_extension_and_grease_is_not_said),
        cmocka_unit_test(a_retry_is_not_the_choice),
        cmocka_unit_test(a_sealed_alert_in_place_of_finished_denies),
        cmocka_unit_test(only_a_fatal_alert_denies),
        cmocka_unit_test(ssl_2_is_told_by_lengths_that_add_up),
        cmocka_unit_test(two_data_records_are_enough_in_the_middle),
        cmocka_unit_test(a_hello_spread_over_records_is_stitched),
        cmocka_unit_test(a_suite_that_does_not_encrypt_is_none),
        cmocka_unit_test(a_servers_certificate_is_read_from_as_many_records_as_it_takes),
        cmocka_unit_test(a_certificate_that_is_too_long_is_not_waited_for),
        cmocka_unit_test(a_settled_flow_is_done),
        cmocka_unit_test(after_a_gap_a_flow_goes_on_at_the_next_record),
        cmocka_unit_test(a_server_name_that_is_no_host_name_is_not_said),
        cmocka_unit_test(of_a_huge_hello_the_beginning_is_read),
        cmocka_unit_test(a_record_of_another_kind_inside_a_hello_is_a_lie),
        cmocka_unit_test(a_hello_from_the_wrong_side_is_not_ours),
        cmocka_unit_test(the_probe_says_yes_only_when_sure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
