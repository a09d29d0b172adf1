/* kerberos: what a KDC and a password server are heard to say: which names are services, which encryption type belongs
 * to what, what an error means, what no other protocol could have said. */
#include "tests/cmocka_all.h"
#include "tests/says.h"
#include "tests/talks_kerberos.h"

#define ASSERT_SAYS(by, said, ...) SAYS(by, said, __VA_ARGS__)

static void tickets_replies_and_offers_have_their_own_etypes(void **state)
{
    (void)state;
    ASSERT_SAYS(&dissector_kerberos, talk_kerberos_tcp, "kerberos.messages=as-req", "kerberos.messages=as-rep",
                "kerberos.messages=tgs-req", "kerberos.messages=ap-req", "kerberos.messages=tgs-rep",
                "kerberos.messages=error", "kerberos.errors=25 KDC_ERR_PREAUTH_REQUIRED",
                "kerberos.realms=CORP.EXAMPLE", "kerberos.services=krbtgt/CORP.EXAMPLE",
                "kerberos.services=HTTP/cas.corp.example", "kerberos.etypes=aes256-cts-hmac-sha1-96",
                "kerberos.etypes=rc4-hmac", "kerberos.reply_etypes=aes256-cts-hmac-sha1-96",
                "kerberos.reply_etypes=aes128-cts-hmac-sha1-96", "kerberos.offered_etypes=aes256-cts-hmac-sha1-96",
                "kerberos.offered_etypes=aes128-cts-hmac-sha1-96", "kerberos.offered_etypes=rc4-hmac",
                "kerberos.offered_etypes=rc4-md4", "kerberos.offered_etypes=des-cbc-md5", "outcome=accepted");
}

/* bob of PARTNER.EXAMPLE, for the service svc$ of CORP.EXAMPLE */
static void of_a_user_in_whose_name_a_service_asks_only_the_realm_is_said(void **state)
{
    (void)state;
    static const struct said asked[] = {
        TALK_C("l\x81\xc8\x30\x81\xc5\xa1\x03\x02\x01\x05\xa2\x03\x02\x01\x0c\xa3_0]0[\xa1\x04\x02\x02\x00\x81"
               "\xa2S\x04Q0O\xa0\x10\x30\x0e\xa0\x03\x02\x01\x0a\xa1\x07\x30\x05\x1b\x03\x62ob\xa1\x11\x1b\x0fP"
               "ARTNER.EXAMPLE\xa2\x1c\x30\x1a\xa0\x04\x02\x02\xffv\xa1\x12\x04\x10\x80\x81\x82\x83\x84\x85\x86"
               "\x87\x88\x89\x8a\x8b\x8c\x8d\x8e\x8f\xa3\x0a\x1b\x08Kerberos\xa4X0V\xa0\x07\x03\x05\x00@\x81"
               "\x00\x00\xa2\x0e\x1b\x0c\x43ORP.EXAMPLE\xa3\x11\x30\x0f\xa0\x03\x02\x01\x01\xa1\x08\x30\x06\x1b"
               "\x04svc$\xa5\x11\x18\x0f\x32\x30\x32\x36\x31\x31\x32\x31\x30\x30\x30\x30\x30\x30Z\xa7\x06\x02"
               "\x04\x12\x34Vx\xa8\x0d\x30\x0b\x02\x01\x12\x02\x02\xff{\x02\x02\xffy"),
    };
    ASSERT_SAYS(&dissector_kerberos, asked, "kerberos.messages=tgs-req", "kerberos.realms=CORP.EXAMPLE",
                "kerberos.realms=PARTNER.EXAMPLE", "kerberos.offered_etypes=aes256-cts-hmac-sha1-96",
                "kerberos.offered_etypes=rc4-hmac-old", "kerberos.offered_etypes=rc4-hmac-old-exp");
}

static void too_big_for_udp_is_no_refusal(void **state)
{
    (void)state;
    ASSERT_SAYS(&dissector_kerberos, talk_kerberos_udp, "kerberos.messages=as-req", "kerberos.messages=error",
                "kerberos.errors=52 KRB_ERR_RESPONSE_TOO_BIG", "kerberos.realms=CORP.EXAMPLE",
                "kerberos.services=krbtgt/CORP.EXAMPLE", "kerberos.offered_etypes=aes256-cts-hmac-sha1-96",
                "kerberos.offered_etypes=aes128-cts-hmac-sha1-96", "kerberos.offered_etypes=rc4-hmac",
                "kerberos.offered_etypes=rc4-md4", "kerberos.offered_etypes=des-cbc-md5");
}

/* The error with another code in the place of 25. */
static enum outcome outcome_of_error(uint8_t code)
{
    static const uint8_t field[] = {0xa6, 3, 2, 1, 25};
    uint8_t message[] = TALK_KRB_ERROR_25;
    size_t at = 0;
    while (memcmp(message + at, field, sizeof field) != 0)
        at++;
    message[at + 4] = code;
    const struct said said[] = {{FROM_SERVER, message, sizeof message - 1}};
    const struct talk talk = {"", &dissector_kerberos, said, 1};
    struct heard heard;
    heard_init(&heard);
    play(&heard, &dissector_kerberos, &talk, PLAY_WHOLE);
    assert_int_equal(heard_count(&heard, "kerberos.errors="), 1);
    heard_fini(&heard);
    return heard.outcome;
}

static void steps_of_an_exchange_are_no_refusal(void **state)
{
    (void)state;
    static const uint8_t steps[] = {25, 52, 68, 91};
    for (uint8_t code = 0; code < 100; code++)
        assert_int_equal(outcome_of_error(code),
                         memchr(steps, code, sizeof steps) != NULL ? OUTCOME_NONE : OUTCOME_DENIED);
}

static void an_unknown_service_is_refused_and_named(void **state)
{
    (void)state;
    ASSERT_SAYS(&dissector_kerberos, talk_kerberos_unknown, "kerberos.messages=tgs-req", "kerberos.messages=ap-req",
                "kerberos.messages=error", "kerberos.errors=7 KDC_ERR_S_PRINCIPAL_UNKNOWN",
                "kerberos.realms=CORP.EXAMPLE", "kerberos.services=krbtgt/CORP.EXAMPLE",
                "kerberos.services=HTTP/cas.corp.example", "kerberos.services=HTTP/nosuch.corp.example",
                "kerberos.etypes=aes256-cts-hmac-sha1-96", "kerberos.offered_etypes=rc4-hmac", "outcome=denied");
}

static void people_are_never_named(void **state)
{
    (void)state;
    ASSERT_SAYS(&dissector_kerberos, talk_kerberos_users, "kerberos.messages=tgs-req", "kerberos.messages=ap-req",
                "kerberos.messages=error", "kerberos.errors=1234", "kerberos.realms=CORP.EXAMPLE",
                "kerberos.realms=CHILD.CORP.EXAMPLE", "kerberos.services=krbtgt/CORP.EXAMPLE",
                "kerberos.services=krbtgt/CHILD.CORP.EXAMPLE", "kerberos.services=cifs/mbx.corp.example",
                "kerberos.services=ldap/dc.corp.example", "kerberos.etypes=aes256-cts-hmac-sha1-96",
                "kerberos.etypes=aes128-cts-hmac-sha1-96", "kerberos.offered_etypes=aes256-cts-hmac-sha1-96",
                "outcome=denied");
}

static void the_ticket_in_an_armor_is_presented(void **state)
{
    (void)state;
    ASSERT_SAYS(&dissector_kerberos, talk_kerberos_armored, "kerberos.messages=as-req", "kerberos.messages=ap-req",
                "kerberos.realms=CORP.EXAMPLE", "kerberos.services=krbtgt/CORP.EXAMPLE",
                "kerberos.etypes=aes256-cts-hmac-sha384-192", "kerberos.offered_etypes=aes256-cts-hmac-sha384-192",
                "kerberos.offered_etypes=aes128-cts-hmac-sha256-128");
}

static void messages_of_an_application_show_their_tickets(void **state)
{
    (void)state;
    ASSERT_SAYS(&dissector_kerberos, talk_kerberos_application, "kerberos.messages=ap-req", "kerberos.messages=ap-rep",
                "kerberos.messages=safe", "kerberos.messages=cred", "kerberos.messages=priv",
                "kerberos.realms=CORP.EXAMPLE", "kerberos.services=smtp/hub.corp.example",
                "kerberos.services=krbtgt/CORP.EXAMPLE", "kerberos.services=krbtgt/CHILD.CORP.EXAMPLE",
                "kerberos.etypes=aes256-cts-hmac-sha1-96", "kerberos.etypes=rc4-hmac-old",
                "kerberos.etypes=rc4-hmac-exp", "outcome=accepted");
}

static void a_password_change_shows_its_ticket(void **state)
{
    (void)state;
    ASSERT_SAYS(&dissector_kpasswd, talk_kpasswd_tcp, "kerberos.messages=ap-req", "kerberos.messages=priv",
                "kerberos.messages=ap-rep", "kerberos.realms=CORP.EXAMPLE", "kerberos.services=kadmin/changepw",
                "kerberos.etypes=aes256-cts-hmac-sha1-96", "outcome=accepted");
}

static void a_refused_password_change_tells_why(void **state)
{
    (void)state;
    static const struct said bare[] = {TALK_C(TALK_KRB_KPASSWD_SET), TALK_S(TALK_KRB_ERROR_41)};
    ASSERT_SAYS(&dissector_kpasswd, talk_kpasswd_udp, "kerberos.messages=ap-req", "kerberos.messages=priv",
                "kerberos.messages=error", "kerberos.errors=32 KRB_AP_ERR_TKT_EXPIRED", "kerberos.realms=CORP.EXAMPLE",
                "kerberos.services=kadmin/changepw", "kerberos.etypes=aes256-cts-hmac-sha1-96", "outcome=denied");
    ASSERT_SAYS(&dissector_kpasswd, bare, "kerberos.messages=ap-req", "kerberos.messages=priv",
                "kerberos.messages=error", "kerberos.errors=41 KRB_AP_ERR_MODIFIED", "kerberos.realms=CORP.EXAMPLE",
                "kerberos.services=kadmin/changepw", "kerberos.etypes=aes256-cts-hmac-sha1-96", "outcome=denied");
}

static void nothing_of_a_person_or_a_text_is_said(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof kerberos_talks / sizeof kerberos_talks[0]; i++) {
        struct heard heard;
        heard_init(&heard);
        play(&heard, &dissector_kerberos, &kerberos_talks[i], PLAY_WHOLE);
        assert_true(heard.count > 0);
        assert_false(heard_contains(&heard, "alice"));
        assert_false(heard_contains(&heard, "Str0ngSecret"));
        assert_int_equal(heard_count(&heard, "authentication="), 0);
        assert_int_equal(heard_count(&heard, "encryption="), 0);
        heard_fini(&heard);
    }
}

#define AS_REQ                TALK_KRB_AS_REQ
#define PROBE(by, text, from) (by).probe(bytes_of((text), sizeof(text) - 1), (from))

static void a_message_is_known_by_its_first_bytes(void **state)
{
    (void)state;
    for (size_t length = 1; length < sizeof(AS_REQ) - 1; length++) {
        enum likeness like = dissector_kerberos.probe(bytes_of(AS_REQ, length), FROM_CLIENT);
        assert_int_equal(like, length < 16 ? LIKE_MAYBE : LIKE_YES);
    }
    assert_int_equal(PROBE(dissector_kerberos, AS_REQ, FROM_SERVER), LIKE_NOT);
    assert_int_equal(PROBE(dissector_kerberos, TALK_KRB_AS_REP, FROM_CLIENT), LIKE_NOT);
    assert_int_equal(PROBE(dissector_kerberos, TALK_KRB_AS_REP, FROM_SERVER), LIKE_YES);
}

/* One byte of a framed AS-REQ's head is changed at a time: length, tags, inner length, pvno, msg-type. */
static void any_wrong_byte_in_the_head_makes_it_another_protocol(void **state)
{
    (void)state;
    uint8_t framed[4 + sizeof(AS_REQ) - 1] = {0, 0, 0, sizeof(AS_REQ) - 1};
    memcpy(framed + 4, AS_REQ, sizeof(AS_REQ) - 1);
    assert_int_equal(dissector_kerberos.probe(bytes_of(framed, sizeof framed), FROM_CLIENT), LIKE_YES);
    for (size_t i = 0; i < 20; i++) {
        framed[i] ^= 0x04;
        if (dissector_kerberos.probe(bytes_of(framed, sizeof framed), FROM_CLIENT) != LIKE_NOT)
            fail_msg("byte %zu", i);
        framed[i] ^= 0x04;
    }
}

static void a_password_server_is_not_a_kdc(void **state)
{
    (void)state;
    assert_int_equal(PROBE(dissector_kpasswd, TALK_KRB_KPASSWD_CHANGE, FROM_CLIENT), LIKE_YES);
    assert_int_equal(PROBE(dissector_kpasswd, TALK_KRB_KPASSWD_CHANGE, FROM_SERVER), LIKE_NOT);
    assert_int_equal(PROBE(dissector_kpasswd, TALK_KRB_KPASSWD_REPLY, FROM_CLIENT), LIKE_NOT);
    assert_int_equal(PROBE(dissector_kpasswd, TALK_KRB_KPASSWD_ERROR, FROM_SERVER), LIKE_YES);
    assert_int_equal(PROBE(dissector_kpasswd, TALK_KRB_KPASSWD_ERROR, FROM_CLIENT), LIKE_NOT);
    assert_int_equal(PROBE(dissector_kpasswd, AS_REQ, FROM_CLIENT), LIKE_NOT);
    assert_int_equal(PROBE(dissector_kerberos, TALK_KRB_KPASSWD_CHANGE, FROM_CLIENT), LIKE_NOT);
    assert_int_equal(PROBE(dissector_kerberos, TALK_KRB_KPASSWD_ERROR, FROM_SERVER), LIKE_NOT);
}

/* After what was read, another protocol ends the flow; before it, the flow is another's. */
static void noise_ends_what_was_heard(void **state)
{
    (void)state;
    static const struct said after[] = {TALK_C(AS_REQ "GET / HTTP/1.1\r\n")}, before[] = {TALK_C("GET /")};
    const struct talk talks[] = {{"", NULL, after, 1}, {"", NULL, before, 1}};
    struct heard heard;
    heard_init(&heard);
    play(&heard, &dissector_kerberos, &talks[0], PLAY_WHOLE);
    assert_int_equal(heard.last, DISSECT_DONE);
    assert_true(heard_has(&heard, "kerberos.messages=as-req"));
    heard_fini(&heard);
    heard_init(&heard);
    play(&heard, &dissector_kerberos, &talks[1], PLAY_WHOLE);
    assert_int_equal(heard.last, DISSECT_NOT_MINE);
    assert_int_equal(heard.count, 0);
    heard_fini(&heard);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tickets_replies_and_offers_have_their_own_etypes),
        cmocka_unit_test(of_a_user_in_whose_name_a_service_asks_only_the_realm_is_said),
        cmocka_unit_test(too_big_for_udp_is_no_refusal),
        cmocka_unit_test(steps_of_an_exchange_are_no_refusal),
        cmocka_unit_test(an_unknown_service_is_refused_and_named),
        cmocka_unit_test(people_are_never_named),
        cmocka_unit_test(the_ticket_in_an_armor_is_presented),
        cmocka_unit_test(messages_of_an_application_show_their_tickets),
        cmocka_unit_test(a_password_change_shows_its_ticket),
        cmocka_unit_test(a_refused_password_change_tells_why),
        cmocka_unit_test(nothing_of_a_person_or_a_text_is_said),
        cmocka_unit_test(a_message_is_known_by_its_first_bytes),
        cmocka_unit_test(any_wrong_byte_in_the_head_makes_it_another_protocol),
        cmocka_unit_test(a_password_server_is_not_a_kdc),
        cmocka_unit_test(noise_ends_what_was_heard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
