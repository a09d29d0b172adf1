/* ldap: who binds how and what came of it, what protects the rest, what is told of a domain controller, what is passed
 * over unread, what stays a secret, and how strictly bytes must look. */
#include "tests/cmocka_all.h"
#include "tests/says.h"
#include "tests/talks_ldap.h"

#define ASSERT_SAYS(by, said, ...) SAYS(&dissector_##by, said, __VA_ARGS__)

#define KERBEROS_SAID                                                                                                  \
    "kerberos.messages=ap-req", "kerberos.realms=CORP.EXAMPLE", "kerberos.services=ldap/dc1.corp.example",             \
        "kerberos.etypes=aes256-cts-hmac-sha1-96"

/* --- binds --- */

static void a_simple_bind_is_clear_and_so_is_what_follows(void **state)
{
    (void)state;
    ASSERT_SAYS(ldap, talk_ldap_simple, "ldap.starttls=offered", "ldap.binds=simple", "ldap.results=0 success",
                "ldap.protection=none", "authentication=simple", "encryption=none", "outcome=accepted");
}

static void who_gives_no_password_is_anonymous(void **state)
{
    (void)state;
    ASSERT_SAYS(ldap, talk_ldap_anonymous, "ldap.binds=anonymous", "ldap.results=0 success",
                "ldap.results=53 unwillingToPerform", "ldap.protection=none", "authentication=anonymous",
                "encryption=none", "outcome=denied");
}

static void a_refused_password_proves_nothing(void **state)
{
    (void)state;
    ASSERT_SAYS(ldap, talk_ldap_denied, "ldap.starttls=refused", "ldap.binds=simple",
                "ldap.results=49 invalidCredentials", "encryption=none", "outcome=denied");
}

static void a_bind_in_progress_is_neither_accepted_nor_denied(void **state)
{
    (void)state;
    static const struct said begun[] = {
        TALK_C("0\x18\x02\x01\x01`\x13\x02\x01\x03\x04\x00\xa3\x0c\x04\x0a"
               "DIGEST-MD5"),
        TALK_S("0\x0c\x02\x01\x01\x61\x07\x0a\x01\x0e\x04\x00\x04\x00"),
    };
    ASSERT_SAYS(ldap, begun, "ldap.binds=sasl:DIGEST-MD5", "ldap.results=14 saslBindInProgress");
}

static void sicily_is_ntlm_and_accepted_only_in_its_last_step(void **state)
{
    (void)state;
    const struct said *said = talk_ldap_sicily;
    ASSERT_SAYS(ldap, talk_ldap_sicily, "ldap.binds=sicily", "ldap.results=0 success", "ldap.protection=none",
                "authentication=ntlmv1", "encryption=none", "outcome=accepted");
    assert_says(&dissector_ldap, said, 4, LINES("ldap.binds=sicily", "ldap.results=0 success"));
}

static void mechanisms_prove_what_they_are_good_for(void **state)
{
    (void)state;
    ASSERT_SAYS(ldap, talk_ldap_plain, "ldap.binds=sasl:PLAIN", "ldap.binds=sasl:EXTERNAL",
                "ldap.results=7 authMethodNotSupported", "ldap.results=0 success", "ldap.protection=none",
                "authentication=certificate", "encryption=none", "outcome=accepted");
    ASSERT_SAYS(ldap, talk_ldap_krb4, "ldap.binds=kerberos4", "ldap.results=7 authMethodNotSupported",
                "outcome=denied");
}

/* --- StartTLS --- */

static void starttls_hands_the_flow_to_tls(void **state)
{
    (void)state;
    ASSERT_SAYS(ldap, talk_ldap_starttls, "ldap.starttls=used", "ldap.protection=tls",
                "tls.server_names=mail.corp.example", "tls.alpn=h2", "tls.alpn=http/1.1", "tls.versions=TLS 1.3",
                "tls.offered_versions=TLS 1.2", "tls.offered_versions=TLS 1.3", "tls.ciphers=0x1301",
                "encryption=starttls");
    ASSERT_SAYS(ldap, talk_ldap_server_tls, "ldap.starttls=used", "ldap.protection=tls", "tls.versions=TLS 1.3",
                "tls.ciphers=0x1301", "encryption=starttls");
}

static void tls_after_the_request_is_starttls_even_without_its_answer(void **state)
{
    (void)state;
    static const struct said client[] = {
        TALK_C("0\x1d\x02\x01\x01w\x18\x80\x16"
               "1.3.6.1.4.1.1466.20037" TALK_TLS12_CLIENT),
    };
    ASSERT_SAYS(ldap, client, "ldap.starttls=used", "ldap.protection=tls", "tls.server_names=hub1.corp.example",
                "tls.offered_versions=TLS 1.2");
}

static void the_answer_to_another_extension_is_no_starttls(void **state)
{
    (void)state;
    static const struct said who_am_i[] = {
        TALK_C("0\x1d\x02\x01\x01w\x18\x80\x16"
               "1.3.6.1.4.1.1466.20037"),
        TALK_C("0\x1e\x02\x01\x02w\x19\x80\x17"
               "1.3.6.1.4.1.4203.1.11.3"),
        TALK_S("0\x0c\x02\x01\x02x\x07\x0a\x01\x00\x04\x00\x04\x00"),
    };
    struct talk talk = {"", &dissector_ldap, who_am_i, 3};
    struct heard heard;
    heard_init(&heard);
    play(&heard, &dissector_ldap, &talk, PLAY_WHOLE);
    assert_int_equal(heard.count, 0);
    assert_int_equal(heard.last, DISSECT_MORE);
    heard_fini(&heard);
}

/* --- protection --- */

static void kerberos_buffers_tell_whether_they_are_sealed(void **state)
{
    (void)state;
    ASSERT_SAYS(ldap, talk_ldap_sealed, KERBEROS_SAID, "kerberos.messages=ap-rep", "ldap.binds=sasl:GSS-SPNEGO",
                "ldap.results=0 success", "ldap.protection=sealed", "negotiate.offered=kerberos",
                "negotiate.offered=ntlm", "negotiate.used=kerberos", "authentication=kerberos", "encryption=ldap-seal",
                "outcome=accepted");
    ASSERT_SAYS(ldap, talk_ldap_krb_middle, "ldap.protection=sealed", "encryption=ldap-seal");
    ASSERT_SAYS(ldap, talk_ldap_rc4, "ldap.protection=signed", "ldap.protection=sealed", "encryption=ldap-sign");
}

static void what_is_only_signed_is_read(void **state)
{
    (void)state;
    ASSERT_SAYS(ldap, talk_ldap_signed, KERBEROS_SAID, "kerberos.messages=ap-rep", "ldap.binds=sasl:GSSAPI",
                "ldap.results=0 success", "ldap.results=14 saslBindInProgress", "ldap.protection=signed",
                "ldap.domains=corp.example", "ldap.domains=east.corp.example", "ldap.netlogon=pdc", "ldap.netlogon=ds",
                "ldap.netlogon=kdc", "ldap.netlogon=timeserv", "ldap.netlogon=closest", "ldap.netlogon=writable",
                "authentication=kerberos", "encryption=ldap-sign", "outcome=accepted");
}

static void ntlm_is_sealed_when_it_cannot_be_read(void **state)
{
    (void)state;
    ASSERT_SAYS(ldap, talk_ldap_ntlm, "ldap.binds=sasl:GSS-SPNEGO", "ldap.results=0 success",
                "ldap.results=14 saslBindInProgress", "ldap.protection=signed", "negotiate.offered=ntlm",
                "negotiate.used=ntlm", "authentication=ntlmv2", "encryption=ldap-sign", "outcome=accepted");
    ASSERT_SAYS(ldap, talk_ldap_ntlm_sealed, "ldap.binds=sasl:GSS-SPNEGO", "ldap.results=0 success",
                "ldap.results=14 saslBindInProgress", "ldap.protection=sealed", "negotiate.offered=kerberos",
                "negotiate.offered=ntlm", "negotiate.used=ntlm", "authentication=ntlmv2", "encryption=ldap-seal",
                "outcome=accepted");
    ASSERT_SAYS(ldap, talk_ldap_ntlm_middle, "ldap.protection=sealed", "encryption=ldap-seal");
}

static void digest_signs_or_seals(void **state)
{
    (void)state;
    ASSERT_SAYS(ldap, talk_ldap_digest, "ldap.binds=sasl:DIGEST-MD5", "ldap.results=0 success",
                "ldap.results=14 saslBindInProgress", "ldap.protection=signed", "ldap.protection=sealed",
                "authentication=digest", "encryption=ldap-sign", "outcome=accepted");
}

static void the_root_entry_before_a_bind_says_nothing_of_protection(void **state)
{
    (void)state;
    const struct said *said = talk_ldap_simple;
    assert_says(&dissector_ldap, said, 2, LINES("ldap.starttls=offered"));
}

static void content_without_a_bind_is_clear(void **state)
{
    (void)state;
    ASSERT_SAYS(ldap, talk_ldap_middle, "ldap.protection=none", "encryption=none");
}

static void a_client_that_goes_on_was_let_in(void **state)
{
    (void)state;
    ASSERT_SAYS(ldap, talk_ldap_client_only, "ldap.binds=simple", "ldap.protection=none", "authentication=simple",
                "encryption=none");
    ASSERT_SAYS(ldap, talk_ldap_client_krb, KERBEROS_SAID, "ldap.binds=sasl:GSS-SPNEGO", "ldap.protection=sealed",
                "negotiate.offered=kerberos", "authentication=kerberos", "encryption=ldap-seal");
}

/* --- domain controllers --- */

static void a_ping_tells_the_domain_and_its_reply_the_servers_roles(void **state)
{
    (void)state;
    ASSERT_SAYS(cldap, talk_cldap_ping, "ldap.domains=east.corp.example", "ldap.netlogon=pdc", "ldap.netlogon=gc",
                "ldap.netlogon=ldap", "ldap.netlogon=ds", "ldap.netlogon=kdc", "ldap.netlogon=timeserv",
                "ldap.netlogon=writable", "ldap.netlogon=good-timeserv", "ldap.netlogon=full-secret-domain-6",
                "ldap.netlogon=ws", "ldap.netlogon=ds-8", "ldap.netlogon=ds-9", "ldap.netlogon=ds-10",
                "ldap.netlogon=dns-controller", "ldap.netlogon=dns-domain", "ldap.netlogon=dns-forest");
}

static void the_reply_of_windows_2000_has_its_flags_at_the_end(void **state)
{
    (void)state;
    ASSERT_SAYS(cldap, talk_cldap_old, "ldap.domains=corp.example", "ldap.netlogon=pdc", "ldap.netlogon=gc",
                "ldap.netlogon=ldap", "ldap.netlogon=ds", "ldap.netlogon=kdc", "ldap.netlogon=timeserv",
                "ldap.netlogon=closest", "ldap.netlogon=writable");
}

static void a_name_that_points_to_itself_is_given_up(void **state)
{
    (void)state;
    static const struct said loop[] = {
        TALK_S("\x30\x3d\x02\x01\x01\x64\x38\x04\x00\x30\x34\x30\x32\x04\x08NetLogon\x31\x26\x04"
               "\x24\x17\x00\x00\x00\x01\x00\x00\x00\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a"
               "\x1b\x1c\x1d\x1e\x1f\x04loop\xc0\x18\xc0\x1d\x00\x00\x00"),
    };
    ASSERT_SAYS(cldap, loop, "ldap.netlogon=pdc");
}

/* --- what is passed over --- */

/* Puts tag and a length of two bytes before what is at out + 4, and returns the length of all. */
static size_t enclose(uint8_t *out, uint8_t tag, size_t length)
{
    out[0] = tag;
    out[1] = 0x82;
    out[2] = (uint8_t)(length >> 8);
    out[3] = (uint8_t)length;
    return length + 4;
}

/* A result whose value is full of binds that somebody wrote into the directory. */
static size_t long_result(uint8_t out[8192])
{
    static const char bind[] = "0\x19\x02\x01\x05`\x14\x02\x01\x03\x04\x06"
                               "CN=bad\x80\x07ignored";
    size_t value = 20, length;
    while (value < 7000) {
        memcpy(out + value, bind, sizeof bind - 1);
        value += sizeof bind - 1;
    }
    static const char name[] = "\x02\x01\x04";
    memcpy(out + 4, name, 3);
    static const char dn[] = "\x04\x04"
                             "CN=a";
    memcpy(out + 11, dn, 6);
    (void)enclose(out + 16 + 1, 0x30, value - 21);
    length = enclose(out + 7, 0x64, value - 11);
    return enclose(out, 0x30, length + 3);
}

static void results_are_passed_over_by_count(void **state)
{
    (void)state;
    static uint8_t result[8192];
    static const char done[] = "0\x0c\x02\x01\x04\x65\x07\x0a\x01\x00\x04\x00\x04\x00";
    size_t length = long_result(result);
    uint8_t ldap[DISSECTOR_STATE_MOST] = {0};
    struct heard heard;
    heard_init(&heard);
    struct bytes in = bytes_of(result, 100);
    struct dissected answer = dissector_ldap.feed(ldap, FROM_SERVER, &in, &heard.facts);
    assert_int_equal(answer.answer, DISSECT_SKIP);
    assert_int_equal(answer.skip, length - 100);
    assert_int_equal(in.left, 0);
    in = bytes_of(done, sizeof done - 1);
    assert_int_equal(dissector_ldap.feed(ldap, FROM_SERVER, &in, &heard.facts).answer, DISSECT_MORE);
    assert_int_equal(in.left, 0);
    assert_true(heard_has(&heard, "ldap.protection=none"));
    assert_int_equal(heard.count, 1);
    heard_fini(&heard);
}

static void sealed_packets_are_passed_over_by_count(void **state)
{
    (void)state;
    uint8_t packet[200] = {0x00, 0x01, 0x00, 0x00, 0x05, 0x04, 0x07, 0xff, 0x00, 0x00, 0x00, 0x1c};
    uint8_t ldap[DISSECTOR_STATE_MOST] = {0};
    struct heard heard;
    heard_init(&heard);
    struct bytes in = bytes_of(packet, sizeof packet);
    struct dissected answer = dissector_ldap.feed(ldap, FROM_SERVER, &in, &heard.facts);
    assert_int_equal(answer.answer, DISSECT_SKIP);
    assert_int_equal(answer.skip, 4 + 0x10000 - sizeof packet);
    assert_true(heard_has(&heard, "ldap.protection=sealed"));
    heard_fini(&heard);
}

/* --- secrets, and strictness --- */

static void keep_secrets(const struct talk *talks, size_t count)
{
    static const char *const secrets[] = {"Str0ngSecret", "hubuser", "postmaster"};
    for (size_t i = 0; i < count; i++) {
        struct heard heard;
        heard_init(&heard);
        play(&heard, talks[i].by, &talks[i], PLAY_WHOLE);
        for (size_t j = 0; j < sizeof secrets / sizeof secrets[0]; j++)
            if (heard_contains(&heard, secrets[j]))
                fail_msg("%s: %s is said", talks[i].name, secrets[j]);
        heard_fini(&heard);
    }
}

static void no_user_and_no_password_is_ever_said(void **state)
{
    (void)state;
    keep_secrets(ldap_talks, sizeof ldap_talks / sizeof ldap_talks[0]);
    keep_secrets(cldap_talks, sizeof cldap_talks / sizeof cldap_talks[0]);
}

#define ASSERT_LIKE(by, from, text, like)                                                                              \
    assert_int_equal(dissector_##by.probe(bytes_of(text, sizeof(text) - 1), from), like)

static void a_message_must_fit_its_envelope(void **state)
{
    (void)state;
    ASSERT_LIKE(ldap, FROM_CLIENT, "0\x0c\x02\x01\x01`\x07\x02\x01\x03\x04\x00\x80\x00", LIKE_YES);
    ASSERT_LIKE(ldap, FROM_CLIENT, "0\x84\x00\x00\x00\x05\x02\x01\x04\x42\x00", LIKE_YES);
    ASSERT_LIKE(ldap, FROM_CLIENT, "0\x0c\x02\x01\x01`\x07\x02\x01\x03", LIKE_MAYBE);
    ASSERT_LIKE(ldap, FROM_CLIENT, "0\x0c\x02\x01\x01`\x08\x02\x01\x03\x04\x00\x80\x00", LIKE_NOT); /* too long */
    ASSERT_LIKE(ldap, FROM_CLIENT, "0\x0c\x02\x01\x01`\x07\x02\x01\x04\x04\x00\x80\x00", LIKE_NOT); /* version 4 */
    ASSERT_LIKE(ldap, FROM_CLIENT, "0\x0c\x02\x01\x81`\x07\x02\x01\x03\x04\x00\x80\x00", LIKE_NOT); /* id below 0 */
    ASSERT_LIKE(ldap, FROM_SERVER, "0\x0c\x02\x01\x01`\x07\x02\x01\x03\x04\x00\x80\x00", LIKE_NOT); /* other side */
    ASSERT_LIKE(ldap, FROM_CLIENT, "0\x0c\x02\x01\x01J\x07\x02\x01\x03\x04\x00\x80\x00", LIKE_NOT); /* no name */
    ASSERT_LIKE(ldap, FROM_CLIENT, "0\x06\x02\x01\x01\x42\x01\x00", LIKE_NOT);                      /* unbind with */
}

static void relatives_of_ldap_are_not_ldap(void **state)
{
    (void)state;
    /* SNMP 1, 2c and 3; SSH; MQTT with a length of 0x30; a TPKT */
    ASSERT_LIKE(ldap, FROM_CLIENT, "0\x26\x02\x01\x00\x04\x06public\xa0\x19\x02\x01", LIKE_NOT);
    ASSERT_LIKE(cldap, FROM_CLIENT, "0\x26\x02\x01\x01\x04\x06public\xa0\x19\x02\x01", LIKE_NOT);
    ASSERT_LIKE(cldap, FROM_CLIENT, "0\x3e\x02\x01\x03\x30\x11\x02\x04", LIKE_NOT);
    ASSERT_LIKE(ldap, FROM_CLIENT, "SSH-2.0-x\r\n", LIKE_NOT);
    ASSERT_LIKE(ldap, FROM_CLIENT,
                "\x30\x0c\x00\x04"
                "a/b/hello!",
                LIKE_NOT);
    ASSERT_LIKE(ldap, FROM_CLIENT, "\x03\x00\x00\x13\x0e\xe0", LIKE_NOT);
    /* Kerberos over TCP, SMB, a Kerberos buffer of the other side, one of no known provider, one too short */
    ASSERT_LIKE(ldap, FROM_CLIENT, "\x00\x00\x00\xaaj\x81\xa7\x30", LIKE_NOT);
    ASSERT_LIKE(ldap, FROM_CLIENT, "\x00\x00\x00\x45\xffSMBr", LIKE_NOT);
    ASSERT_LIKE(ldap, FROM_CLIENT, "\x00\x00\x00\x11\x05\x04\x07\xff\x00\x00\x00\x1c\x00\x00\x00\x00\x00\x00\x00\x01!",
                LIKE_NOT);
    ASSERT_LIKE(ldap, FROM_CLIENT, "\x00\x00\x00\x10\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
                LIKE_NOT);
    ASSERT_LIKE(ldap, FROM_CLIENT, "\x00\x00\x00\x04\x05\x04\x06\xff", LIKE_NOT);
    /* what binds is not for UDP */
    ASSERT_LIKE(cldap, FROM_CLIENT, "0\x0c\x02\x01\x01`\x07\x02\x01\x03\x04\x00\x80\x00", LIKE_NOT);
}

static void one_sealed_ntlm_buffer_proves_nothing(void **state)
{
    (void)state;
#define BUFFER(sequence)                                                                                               \
    "\x00\x00\x00\x12\x01\x00\x00\x00\x80\x81\x82\x83\x84\x85\x86\x87" sequence "\x00\x00\x00\x88\x89"
    ASSERT_LIKE(ldap, FROM_CLIENT, BUFFER("\x04"), LIKE_MAYBE);
    ASSERT_LIKE(ldap, FROM_CLIENT, BUFFER("\x04") BUFFER("\x05"), LIKE_YES);
    ASSERT_LIKE(ldap, FROM_CLIENT, BUFFER("\x04") BUFFER("\x07"), LIKE_NOT);
#undef BUFFER
}

static void what_is_no_message_ends_the_reading(void **state)
{
    (void)state;
    static const struct said broken[] = {
        TALK_C("0\x0c\x02\x01\x01`\x07\x02\x01\x03\x04\x00\x80\x00GET / HTTP/1.0\r\n\r\n"),
        TALK_S("0\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00"),
    };
    ASSERT_SAYS(ldap, broken, "ldap.binds=anonymous");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_simple_bind_is_clear_and_so_is_what_follows),
        cmocka_unit_test(who_gives_no_password_is_anonymous),
        cmocka_unit_test(a_refused_password_proves_nothing),
        cmocka_unit_test(a_bind_in_progress_is_neither_accepted_nor_denied),
        cmocka_unit_test(sicily_is_ntlm_and_accepted_only_in_its_last_step),
        cmocka_unit_test(mechanisms_prove_what_they_are_good_for),
        cmocka_unit_test(starttls_hands_the_flow_to_tls),
        cmocka_unit_test(tls_after_the_request_is_starttls_even_without_its_answer),
        cmocka_unit_test(the_answer_to_another_extension_is_no_starttls),
        cmocka_unit_test(kerberos_buffers_tell_whether_they_are_sealed),
        cmocka_unit_test(what_is_only_signed_is_read),
        cmocka_unit_test(ntlm_is_sealed_when_it_cannot_be_read),
        cmocka_unit_test(digest_signs_or_seals),
        cmocka_unit_test(the_root_entry_before_a_bind_says_nothing_of_protection),
        cmocka_unit_test(content_without_a_bind_is_clear),
        cmocka_unit_test(a_client_that_goes_on_was_let_in),
        cmocka_unit_test(a_ping_tells_the_domain_and_its_reply_the_servers_roles),
        cmocka_unit_test(the_reply_of_windows_2000_has_its_flags_at_the_end),
        cmocka_unit_test(a_name_that_points_to_itself_is_given_up),
        cmocka_unit_test(results_are_passed_over_by_count),
        cmocka_unit_test(sealed_packets_are_passed_over_by_count),
        cmocka_unit_test(no_user_and_no_password_is_ever_said),
        cmocka_unit_test(a_message_must_fit_its_envelope),
        cmocka_unit_test(relatives_of_ldap_are_not_ldap),
        cmocka_unit_test(one_sealed_ntlm_buffer_proves_nothing),
        cmocka_unit_test(what_is_no_message_ends_the_reading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
