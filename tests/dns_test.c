/* dns: what a message teaches, how names are bounded, and what speaks the same format and is no DNS. */
#include "tests/cmocka_all.h"
#include "tests/says.h"
#include "tests/talks_dns.h"

#define ASSERT_SAYS(by, said, ...) SAYS(&(by), said, __VA_ARGS__)

static void a_service_names_its_server_with_port_and_addresses(void **state)
{
    (void)state;
    ASSERT_SAYS(dissector_dns, talk_dns_service, "dns.names=_ldap._tcp.dc._msdcs.corp.example",
                "dns.names=dc1.corp.example", "dns.answers=_ldap._tcp.dc._msdcs.corp.example dc1.corp.example:389",
                "dns.answers=dc1.corp.example 10.1.0.10", "dns.answers=dc1.corp.example 2001:db8::a", "encryption=none",
                "outcome=accepted");
}

static void an_alias_has_the_address_of_what_it_stands_for(void **state)
{
    (void)state;
    ASSERT_SAYS(dissector_dns, talk_dns_alias, "dns.names=autodiscover.corp.example", "dns.names=mail.corp.example",
                "dns.names=cas1.corp.example", "dns.answers=autodiscover.corp.example 10.1.0.40",
                "dns.answers=cas1.corp.example 10.1.0.40", "encryption=none", "outcome=accepted");
}

/* The alias' data ends before the name that begins in it does. */
static void an_alias_of_a_broken_name_leads_nowhere(void **state)
{
    (void)state;
    static const struct said said[] = {
        TALK_S("\x51\x09\x85\x80" TALK_DNS_COUNTS("\1", "\3", "\0", "\0") TALK_DNS_QUESTION("\1a\0", "\x01")
                   TALK_DNS_RECORD("\xc0\x0c", "\x05", "\x02") "\1b" TALK_DNS_RECORD("\0", "\x10", "\x00")
                       TALK_DNS_RECORD("\1b\0", "\x01", "\x04") "\x0a\1\0\x28")};
    ASSERT_SAYS(dissector_dns, said, "dns.names=b", "dns.answers=b 10.1.0.40", "encryption=none", "outcome=accepted");
}

static void mail_servers_are_named_and_the_last_result_counts(void **state)
{
    (void)state;
    ASSERT_SAYS(dissector_dns, talk_dns_tcp, "dns.names=hub1.corp.example", "encryption=none", "outcome=denied");
}

static void a_key_made_with_kerberos_is_authentication(void **state)
{
    (void)state;
    ASSERT_SAYS(dissector_dns, talk_dns_key, "authentication=kerberos", "encryption=none", "outcome=accepted");
    static const struct said alone[] = {TALK_C("\x51\x05\0\0" TALK_DNS_COUNTS("\1", "\0", "\0", "\1") TALK_DNS_KEY_NAME
                                               "\0\xf9\0\xff" TALK_DNS_KEY("\x2f", "\x15", TALK_DNS_GSS_TOKEN))};
    ASSERT_SAYS(dissector_dns, alone, "encryption=none");
}

static void neighbours_are_named_and_not_believed(void **state)
{
    (void)state;
    ASSERT_SAYS(dissector_mdns, talk_mdns, "encryption=none");
    ASSERT_SAYS(dissector_llmnr, talk_llmnr, "encryption=none");
}

static void a_name_that_does_not_exist_teaches_nothing(void **state)
{
    (void)state;
    static const struct said said[] = {TALK_S("\x51\x06\x85\x83" TALK_DNS_COUNTS("\1", "\1", "\0", "\0")
                                                  TALK_DNS_QUESTION("\4mail" TALK_DNS_CORP, "\x01")
                                                      TALK_DNS_RECORD("\xc0\x0c", "\x01", "\x04") "\x0a\1\0\x28")};
    ASSERT_SAYS(dissector_dns, said, "encryption=none");
}

static void a_name_that_is_no_host_is_not_said(void **state)
{
    (void)state;
    static const struct said said[] = {
        TALK_S("\x51\x07\x85\x80" TALK_DNS_COUNTS("\1", "\2", "\0", "\0") TALK_DNS_QUESTION("\4ma.l\0", "\x01")
                   TALK_DNS_RECORD("\xc0\x0c", "\x01", "\x04") "\x0a\1\0\x28" TALK_DNS_RECORD("\0", "\x01",
                                                                                              "\x04") "\x0a\1\0\x28")};
    ASSERT_SAYS(dissector_dns, said, "encryption=none", "outcome=accepted");
}

static void of_a_long_answer_only_its_beginning_is_said(void **state)
{
    (void)state;
    uint8_t bytes[34 + 64 * 16] = "\x51\x08\x85\x80\0\1\0\x40\0\0\0\0\3all" TALK_DNS_CORP "\0\1\0\1";
    const size_t head = 12 + 4 + sizeof TALK_DNS_CORP - 1 + 4;
    for (size_t i = 0; i < 64; i++) {
        uint8_t record[16] = {0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 1, 1, (uint8_t)i};
        memcpy(bytes + head + i * sizeof record, record, sizeof record);
    }
    const struct said said[] = {{FROM_SERVER, bytes, head + 64 * 16}};
    const struct talk talk = {"", &dissector_dns, said, 1};
    struct heard heard;
    heard_init(&heard);
    play(&heard, &dissector_dns, &talk, PLAY_WHOLE);
    assert_int_equal(heard_count(&heard, "dns.answers="), 32);
    assert_true(heard_has(&heard, "outcome=accepted"));
    heard_fini(&heard);
}

struct head {
    const char *what, *bytes;
    size_t length;
    enum likeness client, server;
};
#define HEAD(what, bytes, client, server)                                                                              \
    {                                                                                                                  \
        what, bytes, sizeof(bytes) - 1, client, server                                                                 \
    }

static void the_probe_says_yes_only_when_sure(void **state)
{
    (void)state;
#define QUERY "\x51\x01\x01\0\0\1\0\0\0\0\0\0"
#define CALLED                                                                                                         \
    "\x20"                                                                                                             \
    "CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\0"
    static const struct head heads[] = {
        HEAD("a question", QUERY "\1a\0\0\1\0\1", LIKE_YES, LIKE_NOT),
        HEAD("its beginning", QUERY "\1a\0\0\1", LIKE_MAYBE, LIKE_MAYBE),
        HEAD("a byte too many", QUERY "\1a\0\0\1\0\1x", LIKE_NOT, LIKE_NOT),
        HEAD("an unknown type", QUERY "\1a\0\x10\1\0\1", LIKE_NOT, LIKE_NOT),
        HEAD("an unknown class", QUERY "\1a\0\0\1\0\2", LIKE_NOT, LIKE_NOT),
        HEAD("a control character", QUERY "\1\7\0\0\1\0\1", LIKE_NOT, LIKE_NOT),
        HEAD("a label of 64",
             QUERY "\x40"
                   "a",
             LIKE_NOT, LIKE_NOT),
        HEAD("a name that is its own end", QUERY "\xc0\x0c\0\1\0\1", LIKE_NOT, LIKE_NOT),
        HEAD("a pointer forward", QUERY "\1a\xc0\x20\0\1\0\1", LIKE_NOT, LIKE_NOT),
        HEAD("a pointer into the header", QUERY "\1a\xc0\x02\0\1\0\1", LIKE_NOT, LIKE_NOT),
        HEAD("two questions", "\x51\x01\x01\0\0\2\0\0\0\0\0\0aaa", LIKE_NOT, LIKE_NOT),
        HEAD("an inverse query", "\x51\x01\x09\0\0\1\0\0\0\0\0\0aaa", LIKE_NOT, LIKE_NOT),
        HEAD("a query with a result", "\x51\x01\x01\3\0\1\0\0\0\0\0\0aaa", LIKE_NOT, LIKE_NOT),
        HEAD("NetBIOS: status", "\x51\x01\0\0\0\1\0\0\0\0\0\0" CALLED "\0\x21\0\1", LIKE_NOT, LIKE_NOT),
        HEAD("NetBIOS: query", "\x51\x01\1\x10\0\1\0\0\0\0\0\0" CALLED "\0\x20\0\1", LIKE_NOT, LIKE_NOT),
        HEAD("over TCP", "\0\x13" QUERY "\1a\0\0\1\0\1", LIKE_YES, LIKE_NOT),
        HEAD("over TCP, longer than it is", "\0\x14" QUERY "\1a\0\0\1\0\1x", LIKE_NOT, LIKE_NOT),
        HEAD("over TCP, the beginning of an answer", "\x10\0\x51\1\x81\x80\0\1\0\x50\0\0\0\0\1a\0\0\1\0\1", LIKE_NOT,
             LIKE_YES),
    };
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        struct bytes head = bytes_of(heads[i].bytes, heads[i].length);
        if (dissector_dns.probe(head, FROM_CLIENT) != heads[i].client ||
            dissector_dns.probe(head, FROM_SERVER) != heads[i].server)
            fail_msg("%s", heads[i].what);
    }
}

static void a_stream_out_of_step_ends_the_flow(void **state)
{
    (void)state;
    static const struct said said[] = {TALK_C("\0\x13\x51\x01\x01\0\0\1\0\0\0\0\0\0\1a\0\0\1\0\1"),
                                       TALK_C("\0\x0d\x51\x01\x01\0\0\1\0\0\0\0\0\0\x40")};
    const struct talk talk = {"", &dissector_dns, said, 2};
    struct heard heard;
    heard_init(&heard);
    play(&heard, &dissector_dns, &talk, PLAY_WHOLE);
    assert_int_equal(heard.last, DISSECT_DONE);
    heard_fini(&heard);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_service_names_its_server_with_port_and_addresses),
        cmocka_unit_test(an_alias_has_the_address_of_what_it_stands_for),
        cmocka_unit_test(an_alias_of_a_broken_name_leads_nowhere),
        cmocka_unit_test(mail_servers_are_named_and_the_last_result_counts),
        cmocka_unit_test(a_key_made_with_kerberos_is_authentication),
        cmocka_unit_test(neighbours_are_named_and_not_believed),
        cmocka_unit_test(a_name_that_does_not_exist_teaches_nothing),
        cmocka_unit_test(a_name_that_is_no_host_is_not_said),
        cmocka_unit_test(of_a_long_answer_only_its_beginning_is_said),
        cmocka_unit_test(the_probe_says_yes_only_when_sure),
        cmocka_unit_test(a_stream_out_of_step_ends_the_flow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
