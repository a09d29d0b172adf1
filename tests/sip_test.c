/* sip: where a message ends, what a redirection and a session description teach, who was let in, and what stays a
 * secret. */
#include "tests/cmocka_all.h"
#include "tests/says.h"
#include "tests/talks_sip.h"

#include "dissectors/sdp.h"

#define NO_INTERFACE "00000000-0000-0000-0000-000000000000/0.0"

#define ASSERT_SAYS(said, ...) SAYS(&dissector_sip, said, __VA_ARGS__)

static void a_redirection_teaches_where_the_worker_listens(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_sip_redirect, "sip.methods=INVITE", "sip.methods=ACK", "sip.statuses=100", "sip.statuses=302",
                "sip.contacts=10.1.0.50:5065", "sip.contacts=um1.corp.example:5061",
                "sip.media=10.1.0.60:20000/udp/RTP/AVP", "binding sdp " NO_INTERFACE " rtp 20000/udp tower=10.1.0.60",
                "binding sip_contact " NO_INTERFACE " sip 5065/tcp tower=10.1.0.50",
                "binding sip_contact " NO_INTERFACE " sip 5061/tcp endpoint=um1.corp.example", "encryption=none",
                "outcome=accepted");
}

static void a_call_teaches_the_media_of_both_sides(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_sip_call, "sip.methods=INVITE", "sip.methods=ACK", "sip.methods=MESSAGE", "sip.methods=BYE",
                "sip.statuses=180", "sip.statuses=200", "sip.media=10.1.0.60:20000/udp/RTP/AVP",
                "sip.media=[2001:db8::50]:40000/udp/RTP/SAVP", "sip.media=10.1.0.51:40002/udp/udptl",
                "binding sdp " NO_INTERFACE " rtp 20000/udp tower=10.1.0.60",
                "binding sdp " NO_INTERFACE " srtp 40000/udp tower=2001:db8::50",
                "binding sdp " NO_INTERFACE " rtcp 40009/udp tower=2001:db8::50",
                "binding sdp " NO_INTERFACE " t38 40002/udp tower=10.1.0.51", "encryption=none", "outcome=accepted");
}

static void digest_counts_once_it_is_accepted(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_sip_digest, "sip.methods=REGISTER", "sip.methods=INVITE", "sip.statuses=401", "sip.statuses=200",
                "sip.statuses=183", "sip.media=10.1.0.60:20000/udp/RTP/AVP",
                "binding sdp " NO_INTERFACE " rtp 20000/udp tower=10.1.0.60",
                "binding sdp " NO_INTERFACE " rtcp 20005/udp tower=10.1.0.61", "authentication=digest",
                "encryption=none", "outcome=accepted");
    ASSERT_SAYS(talk_sip_denied, "sip.methods=REGISTER", "sip.statuses=403", "encryption=none", "outcome=denied");
}

static void an_ntlm_token_tells_its_version(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_sip_ntlm, "sip.methods=REGISTER", "sip.statuses=401", "sip.statuses=200", "authentication=ntlmv2",
                "encryption=none", "outcome=accepted");
}

static void the_server_alone_shows_what_it_says(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_sip_server_only, "sip.methods=NOTIFY", "sip.statuses=302", "sip.contacts=10.1.0.50:5067",
                "binding sip_contact " NO_INTERFACE " sip 5067/udp tower=10.1.0.50", "encryption=none",
                "outcome=accepted");
}

static void secrets_are_never_said(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sip_talks / sizeof sip_talks[0]; i++) {
        struct heard heard;
        heard_init(&heard);
        play(&heard, &dissector_sip, &sip_talks[i], PLAY_WHOLE);
        assert_false(heard_contains(&heard, "postmaster"));
        assert_false(heard_contains(&heard, "Str0ngSecret"));
        assert_false(heard_contains(&heard, "hubuser"));
        heard_fini(&heard);
    }
}

/* Plays one message of each side. */
static void hear(struct heard *heard, const char *client, const char *server)
{
    struct player player;
    heard_init(heard);
    player_begin(&player, heard, &dissector_sip);
    player_hear(&player, FROM_CLIENT, client, strlen(client));
    player_hear(&player, FROM_SERVER, server, strlen(server));
    player_end(&player);
}

static void the_last_final_reply_decides(void **state)
{
    (void)state;
    static const struct {
        const char *status;
        enum outcome outcome;
    } cases[] = {
        {"100 Trying", OUTCOME_NONE},    {"183 Progress", OUTCOME_NONE}, {"200 OK", OUTCOME_ACCEPTED},
        {"302 There", OUTCOME_ACCEPTED}, {"401 Who", OUTCOME_NONE},      {"403 No", OUTCOME_DENIED},
        {"407 Who", OUTCOME_NONE},       {"487 Over", OUTCOME_NONE},     {"488 Not here", OUTCOME_DENIED},
        {"503 Later", OUTCOME_DENIED},   {"603 Never", OUTCOME_DENIED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char reply[128];
        struct heard heard;
        snprintf(reply, sizeof reply, "SIP/2.0 %s\r\n\r\n", cases[i].status);
        hear(&heard, "OPTIONS sip:h SIP/2.0\r\n\r\n", reply);
        if (heard.outcome != cases[i].outcome)
            fail_msg("%s: %d", cases[i].status, (int)heard.outcome);
        heard_fini(&heard);
        hear(&heard, reply, "OPTIONS sip:h SIP/2.0\r\n\r\n"); /* the client's own no denies it nothing */
        assert_int_equal(heard.outcome, OUTCOME_NONE);
        heard_fini(&heard);
    }
}

static void only_the_reply_to_credentials_accepts_them(void **state)
{
    (void)state;
    struct heard heard;
    hear(&heard, "REGISTER sip:h SIP/2.0\r\nCall-ID: a\r\nCSeq: 1 REGISTER\r\nAuthorization: Digest a=b\r\n\r\n",
         "SIP/2.0 200 OK\r\ni: a\r\nCSeq: 2 REGISTER\r\n\r\n");
    assert_int_equal(heard.authentication, AUTHENTICATION_UNKNOWN);
    heard_fini(&heard);
    hear(&heard, "REGISTER sip:h SIP/2.0\r\nCall-ID: a\r\nCSeq: 1 REGISTER\r\nAuthorization: TLS-DSK a=b\r\n\r\n",
         "SIP/2.0 200 OK\r\ni: a\r\nCSeq: 1 REGISTER\r\n\r\n");
    assert_int_equal(heard.authentication, AUTHENTICATION_UNKNOWN);
    heard_fini(&heard);
    hear(&heard,
         "REGISTER sip:h SIP/2.0\r\nCall-ID: a\r\nCSeq: 1 REGISTER\r\nAuthorization: Kerberos x=\",\", "
         "gssapi-data=\"" TALK_SMTP_AP_REQ "\"\r\n\r\n",
         "SIP/2.0 200 OK\r\ni: a\r\nCSeq: 1 REGISTER\r\n\r\n");
    assert_int_equal(heard.authentication, AUTHENTICATION_KERBEROS);
    heard_fini(&heard);
}

static void a_contact_is_said_without_its_user(void **state)
{
    (void)state;
    static const struct {
        const char *contact, *said;
    } cases[] = {
        {"<sip:a@10.0.0.1>", "sip.contacts=10.0.0.1:5060"},
        {"sip:a@10.0.0.1:5065;transport=tcp", "sip.contacts=10.0.0.1:5065"},
        {"<sip:a;b=c?d:e@x.example;transport=TLS>", "sip.contacts=x.example:5061"},
        {"<sips:x.example:5066>", "sip.contacts=x.example:5066"},
        {"<sip:secret@who@10.0.0.1?to=b>", "sip.contacts=10.0.0.1:5060"},
        {"\"a \\\" <b>\" <sip:[2001:db8::1]:5065>", "sip.contacts=[2001:db8::1]:5065"},
        {"<sip:a@[2001:db8::1>", NULL},
        {"<sip:a@[x.example]>", NULL},
        {"<sip:10.0.0.1:0>", NULL},
        {"<sip:10.0.0.1:65536>", NULL},
        {"<sip:>", NULL},
        {"<sip:a b>", NULL},
        {"<tel:+15551234>", NULL},
        {"*", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char reply[256];
        struct heard heard;
        snprintf(reply, sizeof reply, "SIP/2.0 302 There\r\nm : %s\r\n\r\n", cases[i].contact);
        hear(&heard, "", reply);
        if (heard_count(&heard, "sip.contacts=") != (cases[i].said != NULL))
            fail_msg("%s", cases[i].contact);
        assert_true(cases[i].said == NULL || heard_has(&heard, cases[i].said));
        heard_fini(&heard);
    }
}

static void only_a_redirection_names_a_contact(void **state)
{
    (void)state;
    struct heard heard;
    hear(&heard, "INVITE sip:h SIP/2.0\r\nContact: <sip:10.0.0.1>\r\n\r\n",
         "SIP/2.0 200 OK\r\nContact: <sip:10.0.0.2>\r\n\r\n");
    assert_int_equal(heard_count(&heard, "sip.contacts="), 0);
    assert_int_equal(heard_count(&heard, "binding"), 0);
    heard_fini(&heard);
}

/* The client is redirected by the server; where it sends the server itself is no service of the server. */
static void a_client_that_redirects_teaches_no_service_of_the_server(void **state)
{
    (void)state;
    struct heard heard;
    hear(&heard, "SIP/2.0 302 There\r\nContact: <sip:10.0.0.1>\r\n\r\n", "");
    assert_true(heard_has(&heard, "sip.contacts=10.0.0.1:5060"));
    assert_int_equal(heard_count(&heard, "binding"), 0);
    heard_fini(&heard);
}

/* A datagram that was cut, one whose body is longer than it says, one that is none of SIP, a keep-alive. */
static void each_datagram_begins_anew(void **state)
{
    (void)state;
    static const char *const datagrams[] = {
        "INVITE sip:h SIP/2.0\r\nCSeq: 1 INVITE\r\nContent-Type: application/sdp\r\nContent-Length: 500\r\n\r\nv=0\r\n",
        "INFO sip:h SIP/2.0\r\nContent-Type: text/plain\r\nContent-Length: 500\r\n\r\nhello",
        "BYE sip:h SIP/2.0\r\nContent-Length: 2\r\n\r\nhello, this is longer",
        "\x80\x08garbage\n",
        "\r\n\r\n",
        "CANCEL sip:h SIP/2.0\r\n\r\n",
    };
    uint8_t lent[DISSECTOR_STATE_MOST] = {0};
    struct heard heard;
    heard_init(&heard);
    for (size_t i = 0; i < sizeof datagrams / sizeof datagrams[0]; i++) {
        struct bytes in = bytes_of(datagrams[i], strlen(datagrams[i]));
        enum dissect_answer answer = dissector_sip.feed(lent, FROM_CLIENT, &in, &heard.facts).answer;
        assert_true(answer == DISSECT_MORE || answer == DISSECT_SKIP);
    }
    assert_heard(&heard, LINES("sip.methods=INVITE", "sip.methods=INFO", "sip.methods=BYE", "sip.methods=CANCEL"));
}

static void methods_of_drafts_are_named_and_others_are_not(void **state)
{
    (void)state;
    static const struct said said[] = {TALK_C("PING sip:a.example SIP/2.0\r\nContent-Length: 0\r\n\r\n"
                                              "SECRET sip:a.example SIP/2.0\r\nContent-Length: 0\r\n\r\n"
                                              "DO sip:a.example SIP/2.0\r\nContent-Length: 0\r\n\r\n")};
    ASSERT_SAYS(said, "sip.methods=PING", "sip.methods=DO", "encryption=none");
}

static void a_body_that_is_too_long_is_skipped(void **state)
{
    (void)state;
    char *text = malloc(70000);
    for (size_t length = 16384; length <= 65536; length += 16384) {
        int used = snprintf(text, 70000, "INVITE sip:h SIP/2.0\r\nc: application/sdp\r\nl: %zu\r\n\r\n", length);
        size_t head = (size_t)used;
        memset(text + head, 'x', length);
        memcpy(text + head, "v=0\r\nc=IN IP4 10.0.0.1\r\nm=audio 9000 RTP/AVP 0\r\n", 48);
        snprintf(text + head + length, 70000 - head - length, "BYE sip:h SIP/2.0\r\n\r\n");
        for (size_t chunk = 700; chunk <= 70000; chunk *= 10) {
            struct said said = {FROM_CLIENT, text, strlen(text)};
            struct talk talk = {"", &dissector_sip, &said, 1};
            struct heard heard;
            heard_init(&heard);
            play(&heard, &dissector_sip, &talk, chunk);
            assert_true(heard_has(&heard, "sip.methods=BYE"));
            assert_int_equal(heard_count(&heard, "sip.media=10.0.0.1:9000/udp/RTP/AVP"), length == 16384);
            heard_fini(&heard);
        }
    }
    free(text);
}

static void a_head_without_end_ends_the_flow(void **state)
{
    (void)state;
    char *text = malloc(40000);
    memset(text, 'x', 40000);
    memcpy(text, "INVITE sip:h SIP/2.0\r\n", 22);
    for (size_t chunk = 500; chunk <= 50000; chunk *= 10) {
        struct said said = {FROM_CLIENT, text, 40000};
        struct talk talk = {"", &dissector_sip, &said, 1};
        struct heard heard;
        heard_init(&heard);
        play(&heard, &dissector_sip, &talk, chunk);
        assert_int_equal(heard.count, 0);
        assert_int_equal(heard.last, DISSECT_NOT_MINE);
        heard_fini(&heard);
    }
    free(text);
}

#define SDP(...) "v=0\r\n" __VA_ARGS__
#define AUDIO    "m=audio 9000 RTP/AVP 0\r\n"
#define ADDRESS  "c=IN IP4 10.0.0.1\r\n"
#define TOWER    "/udp tower=10.0.0.1"
#define SAID_SDP "binding sdp " NO_INTERFACE " "
#define SAID_RTP "sip.media=10.0.0.1:9000/udp/RTP/AVP"

static void a_medium_has_an_address_a_port_and_a_protocol(void **state)
{
    (void)state;
    static const struct {
        const char *body, *media, *binding;
    } cases[] = {
        {SDP(ADDRESS AUDIO), SAID_RTP, SAID_SDP "rtp 9000" TOWER},
        {SDP(AUDIO "c=IN IP4 10.0.0.1"), SAID_RTP, SAID_SDP "rtp 9000" TOWER},
        {SDP("c=IN IP4 10.0.0.9\r\n" AUDIO ADDRESS), SAID_RTP, SAID_SDP "rtp 9000" TOWER},
        {SDP(ADDRESS AUDIO "a=crypto:1 x inline:k\n"), SAID_RTP, SAID_SDP "srtp 9000" TOWER},
        {SDP(ADDRESS "m=audio 9000/2 RTP/SAVPF 0\n"), "sip.media=10.0.0.1:9000/udp/RTP/SAVPF",
         SAID_SDP "srtp 9000" TOWER},
        {SDP(ADDRESS "m=audio 9000 UDP/TLS/RTP/SAVPF 0\n"), "sip.media=10.0.0.1:9000/udp/TLS/RTP/SAVPF",
         SAID_SDP "srtp 9000" TOWER},
        {SDP(ADDRESS "m=message 9000 TCP/MSRP *\n"), "sip.media=10.0.0.1:9000/tcp/MSRP",
         SAID_SDP " 9000/tcp tower=10.0.0.1"},
        {SDP(ADDRESS "m=image 9000 TCP t38\n"), "sip.media=10.0.0.1:9000/tcp", SAID_SDP " 9000/tcp tower=10.0.0.1"},
        {SDP("c=IN IP4 224.2.1.1/127/3\n" AUDIO), "sip.media=224.2.1.1:9000/udp/RTP/AVP",
         SAID_SDP "rtp 9000/udp tower=224.2.1.1"},
        {SDP("c=IN IP4 0.0.0.0\n" AUDIO), "sip.media=0.0.0.0:9000/udp/RTP/AVP", NULL},
        {SDP(ADDRESS "m=audio 9 TCP/RTP/AVP 0\n"), "sip.media=10.0.0.1:9/tcp/RTP/AVP", NULL},
        {SDP(ADDRESS "m=audio 0 RTP/AVP 0\n"), NULL, NULL},
        {SDP(ADDRESS "m=audio 70000 RTP/AVP 0\n"), NULL, NULL},
        {SDP(ADDRESS "m=audio 9000\n"), NULL, NULL},
        {SDP(ADDRESS "m=audio 9000 RTP/\x01\n"), NULL, NULL},
        {SDP("c=IN IP4 host.example\n" AUDIO), NULL, NULL},
        {SDP(AUDIO), NULL, NULL},
        {ADDRESS AUDIO, NULL, NULL},
        {SDP(ADDRESS "--b\r\n" AUDIO), NULL, NULL},
        {"v=1\r\n" ADDRESS AUDIO, NULL, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct heard heard;
        heard_init(&heard);
        sdp_body(bytes_of(cases[i].body, strlen(cases[i].body)), &heard.facts);
        if (heard.count != (size_t)(cases[i].media != NULL) + (cases[i].binding != NULL) ||
            (cases[i].media != NULL && !heard_has(&heard, cases[i].media)) ||
            (cases[i].binding != NULL && !heard_has(&heard, cases[i].binding))) {
            heard_print(&heard, stdout);
            fail_msg("%s", cases[i].body);
        }
        heard_fini(&heard);
    }
}

static void what_secures_one_medium_secures_no_other(void **state)
{
    (void)state;
    static const char body[] = SDP(ADDRESS AUDIO "c=IN IP4 10.0.0.2\r\na=crypto:1 x\r\na=rtcp:9005\r\n"
                                                 "m=video 9002 RTP/AVP 31\r\n");
    struct heard heard;
    heard_init(&heard);
    sdp_body(bytes_of(body, sizeof body - 1), &heard.facts);
    assert_heard(&heard, LINES("sip.media=10.0.0.2:9000/udp/RTP/AVP", "sip.media=10.0.0.1:9002/udp/RTP/AVP",
                               SAID_SDP "srtp 9000/udp tower=10.0.0.2", SAID_SDP "rtcp 9005/udp tower=10.0.0.2",
                               SAID_SDP "rtp 9002" TOWER));
}

static void the_probe_says_yes_only_when_sure(void **state)
{
    (void)state;
    static const struct {
        const char *head;
        enum likeness client, server;
    } cases[] = {
        {"I", LIKE_MAYBE, LIKE_MAYBE},
        {"\r\n\r\n", LIKE_MAYBE, LIKE_MAYBE},
        {"INVITE si", LIKE_MAYBE, LIKE_MAYBE},
        {"INVITE sip:x SIP/2.0\r", LIKE_MAYBE, LIKE_MAYBE},
        {"INVITE sip:x SIP/2.0\r\n", LIKE_YES, LIKE_MAYBE},
        {"\r\nINVITE SIPS:x SIP/2.0\n", LIKE_YES, LIKE_MAYBE},
        {"ACK tel:+1 SIP/2.0\r\n", LIKE_YES, LIKE_MAYBE},
        {"BYE sip:x SIP/2.0\r\n", LIKE_YES, LIKE_YES},
        {"WINK sip:x SIP/2.0\r\n", LIKE_YES, LIKE_MAYBE},
        {"SIP/2", LIKE_MAYBE, LIKE_MAYBE},
        {"SIP/2.0 200 OK\r\n", LIKE_MAYBE, LIKE_YES},
        {"SIP/2.0 200\r\n", LIKE_MAYBE, LIKE_YES},
        {"SIP/2.0 2000\r\n", LIKE_NOT, LIKE_NOT},
        {"SIP/2.0 700 No\r\n", LIKE_NOT, LIKE_NOT},
        {"SIP/2.0 099 No\r\n", LIKE_NOT, LIKE_NOT},
        {"SIP/3", LIKE_NOT, LIKE_NOT},
        {"INVITE sip:x HTTP/1.1\r\n", LIKE_NOT, LIKE_NOT},
        {"INVITE sip: SIP/2.0x\r\n", LIKE_NOT, LIKE_NOT},
        {"invite sip:x SIP/2.0\r\n", LIKE_NOT, LIKE_NOT},
        {"GET / HTTP/1.1\r\n", LIKE_NOT, LIKE_NOT},
        {"OPTIONS rtsp://x RTSP/1.0\r\n", LIKE_NOT, LIKE_NOT},
        {"MAIL FROM:<>\r\n", LIKE_NOT, LIKE_NOT},
        {"220 sip ESMTP\r\n", LIKE_NOT, LIKE_NOT},
        {"ABCDEFGHIJKLMNOPQRSTU", LIKE_NOT, LIKE_NOT},
        {"\x16\x03\x01", LIKE_NOT, LIKE_NOT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bytes head = bytes_of(cases[i].head, strlen(cases[i].head));
        if (dissector_sip.probe(head, FROM_CLIENT) != cases[i].client ||
            dissector_sip.probe(head, FROM_SERVER) != cases[i].server)
            fail_msg("%s", cases[i].head);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_redirection_teaches_where_the_worker_listens),
        cmocka_unit_test(a_call_teaches_the_media_of_both_sides),
        cmocka_unit_test(digest_counts_once_it_is_accepted),
        cmocka_unit_test(an_ntlm_token_tells_its_version),
        cmocka_unit_test(the_server_alone_shows_what_it_says),
        cmocka_unit_test(secrets_are_never_said),
        cmocka_unit_test(the_last_final_reply_decides),
        cmocka_unit_test(only_the_reply_to_credentials_accepts_them),
        cmocka_unit_test(a_contact_is_said_without_its_user),
        cmocka_unit_test(only_a_redirection_names_a_contact),
        cmocka_unit_test(a_client_that_redirects_teaches_no_service_of_the_server),
        cmocka_unit_test(each_datagram_begins_anew),
        cmocka_unit_test(methods_of_drafts_are_named_and_others_are_not),
        cmocka_unit_test(a_body_that_is_too_long_is_skipped),
        cmocka_unit_test(a_head_without_end_ends_the_flow),
        cmocka_unit_test(a_medium_has_an_address_a_port_and_a_protocol),
        cmocka_unit_test(what_secures_one_medium_secures_no_other),
        cmocka_unit_test(the_probe_says_yes_only_when_sure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
