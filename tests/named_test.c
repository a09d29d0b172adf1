/* named: protocols that are recognised and little read: what each says, what begins alike and is another, and what
 * shape media has. */
#include "tests/cmocka_all.h"
#include "tests/says.h"
#include "tests/talks_named.h"

#define ASSERT_SAYS(by, said, ...) SAYS(&(by), said, __VA_ARGS__)

/* Plays a talk of which only TLS and these are said. */
static void assert_becomes_tls(const struct dissector *by, const struct said *said, size_t count)
{
    struct talk talk = {"", by, said, count};
    struct heard heard;
    heard_init(&heard);
    play(&heard, by, &talk, PLAY_WHOLE);
    assert_true(heard_has(&heard, "encryption=tls"));
    assert_true(heard_has(&heard, "tls.versions=TLS 1.3"));
    assert_false(heard_contains(&heard, "hubuser"));
    heard_fini(&heard);
}

static void a_remote_desktop_tells_whether_tls_follows(void **state)
{
    (void)state;
    assert_becomes_tls(&dissector_rdp, talk_rdp_secured, 4);
    assert_becomes_tls(&dissector_rdp, talk_rdp_hasty, 4);
    ASSERT_SAYS(dissector_rdp, talk_rdp_standard, "outcome=accepted");
    ASSERT_SAYS(dissector_rdp, talk_rdp_refused, "outcome=denied");
}

#define TDS_HELLOS                                                                                                     \
    "tls.alpn=h2", "tls.alpn=http/1.1", "tls.ciphers=0x1301", "tls.offered_versions=TLS 1.2",                          \
        "tls.offered_versions=TLS 1.3", "tls.server_names=mail.corp.example", "tls.versions=TLS 1.3"

static void an_sql_server_tells_whether_more_than_the_login_is_encrypted(void **state)
{
    (void)state;
    ASSERT_SAYS(dissector_tds, talk_tds_secured, TDS_HELLOS, "encryption=tls");
    ASSERT_SAYS(dissector_tds, talk_tds_login, TDS_HELLOS, "encryption=none");
    ASSERT_SAYS(dissector_tds, talk_tds_clear, "encryption=none");
}

static void an_mta_is_let_in_or_not(void **state)
{
    (void)state;
    ASSERT_SAYS(dissector_x400, talk_x400, "encryption=none", "outcome=accepted");
    ASSERT_SAYS(dissector_x400, talk_x400_refused, "encryption=none", "outcome=denied");
}

static void time_is_clear(void **state)
{
    (void)state;
    ASSERT_SAYS(dissector_ntp, talk_ntp, "encryption=none");
    ASSERT_SAYS(dissector_ntp, talk_ntp_control, "encryption=none");
}

static void a_proposal_is_taken_or_not(void **state)
{
    (void)state;
    ASSERT_SAYS(dissector_isakmp, talk_isakmp_main, "outcome=accepted");
    ASSERT_SAYS(dissector_isakmp, talk_isakmp_refused, "outcome=denied");
}

static void a_security_stream_tells_who_comes_in_and_what_protects_it(void **state)
{
    (void)state;
    ASSERT_SAYS(dissector_net_tcp, talk_net_tcp_sealed, "authentication=kerberos", "encryption=rpc-privacy",
                "outcome=accepted");
    ASSERT_SAYS(dissector_net_tcp, talk_net_tcp_denied, "outcome=denied");
    ASSERT_SAYS(dissector_net_tcp, talk_net_tcp_clear, "encryption=none", "outcome=accepted");
    assert_becomes_tls(&dissector_net_tcp, talk_net_tcp_tls, 4);
    static const struct said is_signed[] = {
        TALK_C(TALK_NET_TCP_NEGOTIATE),
        TALK_S("\x0a"),
        TALK_C(TALK_NET_TCP_AP_REQ),
        TALK_S("\x14\1\0\0\0"),
        TALK_C("\x14\1\0\0\0\x10\0\0\0\5\4\0\xff\0\x0c\0\0\0\0\0\0\1\2\3\4"),
    };
    ASSERT_SAYS(dissector_net_tcp, is_signed, "authentication=kerberos", "encryption=rpc-integrity",
                "outcome=accepted");
}

struct head {
    const struct dissector *by;
    const char *what, *bytes;
    size_t length;
    enum likeness client, server;
};
#define HEAD(name, what, bytes, client, server)                                                                        \
    {                                                                                                                  \
        &dissector_##name, what, bytes, sizeof(bytes) - 1, client, server                                              \
    }
#define ZEROS "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

static void the_probes_say_yes_only_when_sure(void **state)
{
    (void)state;
    static const struct head heads[] = {
        HEAD(tds, "options of a client", "\x12\1\0\x1a\0\0\1\0" TALK_TDS_OPTIONS, LIKE_YES, LIKE_NOT),
        HEAD(tds, "options of a server", "\4\1\0\x1a\0\x35\1\0" TALK_TDS_OPTIONS, LIKE_NOT, LIKE_YES),
        HEAD(tds, "half a header", "\x12\1\0\x1a\0", LIKE_MAYBE, LIKE_NOT),
        HEAD(tds, "a list that is no list", "\x12\1\0\x1a\0\0\1\0\0\0\x0c\0\x06", LIKE_NOT, LIKE_NOT),
        HEAD(rdp, "a request without negotiation", "\x03\0\0\x0b\x06\xe0\0\0\0\0\0", LIKE_NOT, LIKE_NOT),
        HEAD(rdp, "half a request", "\x03\0\0\x13\x0e\xe0\0\0", LIKE_MAYBE, LIKE_MAYBE),
        HEAD(rdp, "a request of X.400", TALK_X400_REQUEST, LIKE_NOT, LIKE_NOT),
        HEAD(rdp, "an answer", TALK_RDP_CONFIRM "\2\0\x08\0\1\0\0\0", LIKE_NOT, LIKE_YES),
        HEAD(rdp, "a header longer than its packet", "\x03\0\0\x0b\x0e\xe0\0\0\0\0\0", LIKE_NOT, LIKE_NOT),
        HEAD(x400, "a request alone", TALK_X400_REQUEST, LIKE_MAYBE, LIKE_NOT),
        HEAD(x400, "a request for RDP", TALK_RDP_REQUEST, LIKE_NOT, LIKE_NOT),
        HEAD(x400, "S7", TALK_X400_REQUEST "\x03\0\0\x0e\x02\xf0\x80\x32\1\0\0\4\0\0", LIKE_NOT, LIKE_NOT),
        HEAD(x400, "MMS", TALK_X400_REQUEST "\x03\0\0\x17\x02\xf0\x80\x0d\x0e\xa0\3\x80\1\1\x06\5\x28\xca\x22\2\1\0\0",
             LIKE_NOT, LIKE_NOT),
        HEAD(ntp, "the shortest question", "\x1b\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" ZEROS ZEROS, LIKE_YES, LIKE_NOT),
        HEAD(ntp, "47 bytes", "\x1b\0\0\0\0\0\0\0\0\0\0\0\0\0\0" ZEROS ZEROS, LIKE_MAYBE, LIKE_MAYBE),
        HEAD(ntp, "49 bytes", "\x1b\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" ZEROS ZEROS "\0", LIKE_MAYBE, LIKE_NOT),
        HEAD(ntp, "an answer without times", "\x1c\2\0\xe9\0\0\0\0\0\0\0\0\0\0\0\0" ZEROS ZEROS, LIKE_NOT, LIKE_NOT),
        HEAD(ntp, "times that do not agree",
             "\x1b\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x11\2\3\4\5\6\7\x08" ZEROS "\xee\2\3\4\5\6\7\x08", LIKE_NOT, LIKE_NOT),
        HEAD(ntp, "version 5", "\x2b\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" ZEROS ZEROS, LIKE_NOT, LIKE_NOT),
        HEAD(ntp, "mode 7", "\x17\0\3\x2a\0\0\0\0", LIKE_YES, LIKE_YES),
        HEAD(ntp, "RTP", "\x80\x08\0\1\0\0\0\1\0\0\0\1", LIKE_NOT, LIKE_NOT),
        HEAD(isakmp, "a length that lies",
             "\1\2\3\4\5\6\7\x08\0\0\0\0\0\0\0\0\1\x10\2\0\0\0\0\0\0\0\0\x1c"
             "x",
             LIKE_NOT, LIKE_NOT),
        HEAD(isakmp, "version 3", "\1\2\3\4\5\6\7\x08\0\0\0\0\0\0\0\0\1\x30\2\0\0\0\0\0\0\0\0\x1c", LIKE_NOT, LIKE_NOT),
        HEAD(isakmp, "ESP", "\x0c\1\2\3\0\0\0\1\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7", LIKE_NOT, LIKE_NOT),
        HEAD(stun, "without the cookie", "\0\1\0\0\1\2\3\4\5\6\7\x08\1\2\3\4\5\6\7\x08", LIKE_NOT, LIKE_NOT),
        HEAD(stun, "a length of 2", "\0\1\0\2" TALK_STUN_TRANSACTION "\0\0", LIKE_NOT, LIKE_NOT),
        HEAD(stun, "an answer", "\1\1\0\0" TALK_STUN_TRANSACTION, LIKE_NOT, LIKE_YES),
        HEAD(stun, "its beginning", "\0\1\0\x08" TALK_STUN_TRANSACTION "\0\0", LIKE_MAYBE, LIKE_MAYBE),
        HEAD(net_tcp, "its beginning", "\0\1\0\1\2\2\x33net.tcp", LIKE_MAYBE, LIKE_NOT),
        HEAD(net_tcp, "a pipe", "\0\1\0\1\2\2\x0enet.pipe://mbx", LIKE_NOT, LIKE_NOT),
        HEAD(net_tcp, "mode 5", "\0\1\0\1\5\2\x0dnet.tcp://mbx", LIKE_NOT, LIKE_NOT),
    };
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        struct bytes head = bytes_of(heads[i].bytes, heads[i].length);
        if (heads[i].by->probe(head, FROM_CLIENT) != heads[i].client ||
            heads[i].by->probe(head, FROM_SERVER) != heads[i].server)
            fail_msg("%s: %s", heads[i].by->name, heads[i].what);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_remote_desktop_tells_whether_tls_follows),
        cmocka_unit_test(an_sql_server_tells_whether_more_than_the_login_is_encrypted),
        cmocka_unit_test(an_mta_is_let_in_or_not),
        cmocka_unit_test(time_is_clear),
        cmocka_unit_test(a_proposal_is_taken_or_not),
        cmocka_unit_test(a_security_stream_tells_who_comes_in_and_what_protects_it),
        cmocka_unit_test(the_probes_say_yes_only_when_sure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
