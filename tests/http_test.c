/* http: where messages end, which credentials were let in, what a connection turns into, and what stays a secret. */
#include "tests/cmocka_all.h"
#include "tests/says.h"
#include "tests/talks_http.h"

#include "dissectors/http_body.h"
#include "dissectors/http_head.h"

#define EMSMDB "a4f1db00-ca47-1067-b31f-00dd010662da/0.81"
#define TLS_SAID                                                                                                       \
    "tls.alpn=h2", "tls.alpn=http/1.1", "tls.ciphers=0x1301", "tls.offered_versions=TLS 1.2",                          \
        "tls.offered_versions=TLS 1.3", "tls.server_names=mail.corp.example", "tls.versions=TLS 1.3"

/* That requests are of HTTP/1.1 goes without saying. */
#define ASSERT_SAYS(said, ...)                                                                                         \
    assert_says_beside(&dissector_http, (said), sizeof(said) / sizeof(said)[0], LINES(__VA_ARGS__),                    \
                       "http.versions=HTTP/1.1")

static void bodies_end_where_their_heads_say(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_http_basic, "http.auth_offered=basic", "http.auth_offered=x-unknown", "http.auth_offered=newauth",
                "http.auth_offered=ntlm", "http.auth_offered=bearer", "http.auth_offered=digest",
                "http.auth_used=basic", "http.hosts=CAS.corp.example", "http.hosts=cas.corp.example",
                "http.methods=OPTIONS", "http.methods=HEAD", "http.methods=POST", "http.methods=GET", "http.paths=/owa",
                "http.paths=/ews", "http.paths=/Microsoft-Server-ActiveSync", "http.paths=/", "authentication=basic",
                "encryption=none", "outcome=accepted");
}

static void a_wrong_password_is_denied_and_proves_nothing(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_http_denied, "http.auth_offered=basic", "http.auth_used=basic", "http.hosts=cas.corp.example",
                "http.methods=GET", "http.paths=/owa", "encryption=none", "outcome=denied");
    ASSERT_SAYS(talk_http_ntlm_denied, "http.auth_offered=negotiate", "http.auth_offered=ntlm", "http.auth_used=ntlm",
                "http.hosts=cas.corp.example", "http.methods=GET", "http.paths=/ews", "encryption=none",
                "outcome=denied");
    ASSERT_SAYS(talk_http_kerberos_denied, "http.auth_offered=negotiate", "http.auth_used=negotiate",
                "http.hosts=cas.corp.example", "http.methods=GET", "http.paths=/powershell", "kerberos.messages=ap-req",
                "negotiate.offered=kerberos", "negotiate.offered=ntlm", "encryption=none", "outcome=denied");
}

static void an_old_nonce_is_no_wrong_password(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_http_digest, "http.auth_offered=digest", "http.auth_used=digest", "http.hosts=cas.corp.example",
                "http.methods=GET", "http.paths=/oab", "authentication=digest", "encryption=none");
}

static void the_legs_of_ntlm_are_one_logon(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_http_ntlm, "http.auth_offered=ntlm", "http.auth_used=ntlm", "http.hosts=cas.corp.example",
                "http.methods=POST", "http.methods=GET", "http.paths=/ews", "authentication=ntlmv2", "encryption=none",
                "outcome=denied"); /* the request after the logon is forbidden */
}

/* The last word of a server, status by status; the request has no credentials. */
static void a_403_is_a_no_until_something_is_granted(void **state)
{
    (void)state;
    static const struct {
        const char *statuses[3];
        enum outcome outcome;
    } cases[] = {
        {{"200", "200", "200"}, OUTCOME_NONE},     {{"200", "200", "403"}, OUTCOME_DENIED},
        {{"403", "403", "403"}, OUTCOME_DENIED},   {{"403", "200", "200"}, OUTCOME_ACCEPTED},
        {{"403", "404", "304"}, OUTCOME_ACCEPTED}, {{"403", "404", "500"}, OUTCOME_DENIED},
        {{"200", "404", "500"}, OUTCOME_NONE},     {{"401", "401", "401"}, OUTCOME_NONE},
        {{"403", "200", "403"}, OUTCOME_DENIED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct heard heard;
        struct player player;
        heard_init(&heard);
        player_begin(&player, &heard, &dissector_http);
        for (size_t k = 0; k < 3; k++) {
            static const char request[] = "GET /owa/ HTTP/1.1\r\nHost: cas.corp.example\r\n\r\n";
            char reply[64];
            int length =
                snprintf(reply, sizeof reply, "HTTP/1.1 %s Said\r\nContent-Length: 0\r\n\r\n", cases[i].statuses[k]);
            player_hear(&player, FROM_CLIENT, request, sizeof request - 1);
            player_hear(&player, FROM_SERVER, reply, (size_t)length);
        }
        player_end(&player);
        if (heard.outcome != cases[i].outcome)
            fail_msg("case %zu: %d", i, (int)heard.outcome);
        heard_fini(&heard);
    }
}

static void a_demand_for_credentials_need_not_tell_its_length(void **state)
{
    (void)state;
    static const struct said untold[] = {
        TALK_C("GET /ews/ HTTP/1.1\r\nAuthorization: NTLM " TALK_SMTP_NTLM_1 "\r\n\r\n"),
        TALK_S("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: NTLM " TALK_SMTP_NTLM_2 "\r\n\r\n"),
        TALK_C("GET /ews/ HTTP/1.1\r\nAuthorization: NTLM " TALK_SMTP_NTLM_3 "\r\n\r\n"),
        TALK_S("HTTP/1.1 200 OK\r\n" TALK_HTTP_EMPTY),
    };
    ASSERT_SAYS(untold, "http.auth_offered=ntlm", "http.auth_used=ntlm", "http.methods=GET", "http.paths=/ews",
                "authentication=ntlmv2", "encryption=none", "outcome=accepted");
    static const struct said page[] = {
        TALK_C("GET /ews/ HTTP/1.1\r\n\r\n"),
        TALK_S("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\n\r\n<html>\r\nHTTP/1.1 200 OK\r\n"),
        TALK_C("GET /owa/ HTTP/1.1\r\nAuthorization: Basic dTpw\r\n\r\n"),
    };
    ASSERT_SAYS(page, "http.auth_offered=basic", "http.methods=GET", "http.paths=/ews", "encryption=none");
}

static void schemes_of_clouds_are_named_as_well(void **state)
{
    (void)state;
    static const struct said clouds[] = {
        TALK_C("GET / HTTP/1.1\r\nAuthorization: AWS AKID:c2ln\r\n\r\n"
               "GET / HTTP/1.1\r\nAuthorization: MSAuth1.0 usertoken=\"t\"\r\n\r\n"
               "GET / HTTP/1.1\r\nAuthorization: GoogleLogin auth=t\r\n\r\n"),
    };
    ASSERT_SAYS(clouds, "http.auth_used=aws", "http.auth_used=msauth1.0", "http.auth_used=googlelogin",
                "http.methods=GET", "http.paths=/", "encryption=none");
}

static void negotiate_tells_kerberos_and_winrm_encrypts_by_itself(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_http_kerberos, "http.auth_offered=negotiate", "http.auth_used=negotiate",
                "http.hosts=2001:db8::40", "http.methods=POST", "http.paths=/wsman", "kerberos.messages=ap-req",
                "kerberos.messages=ap-rep", "negotiate.offered=kerberos", "negotiate.offered=ntlm",
                "negotiate.used=kerberos", "authentication=kerberos", "outcome=accepted");
}

static void behind_connect_and_upgrade_comes_tls(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_http_connect, "http.auth_offered=negotiate", "http.auth_used=negotiate",
                "http.hosts=cas.corp.example", "http.methods=CONNECT", "negotiate.offered=ntlm", "negotiate.used=ntlm",
                "authentication=ntlmv2", "encryption=none", "outcome=accepted", TLS_SAID);
    ASSERT_SAYS(talk_http_upgrade, "http.hosts=print.corp.example", "http.methods=GET", "http.paths=/",
                "encryption=none", TLS_SAID);
}

static void a_logon_form_counts_unless_it_is_shown_again(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_http_forms, "http.hosts=cas.corp.example", "http.methods=GET", "http.methods=POST",
                "http.paths=/owa", "authentication=forms", "encryption=none", "outcome=accepted");
    ASSERT_SAYS(talk_http_forms_denied, "http.hosts=cas.corp.example", "http.methods=POST",
                "http.paths=/CookieAuth.dll", "encryption=none", "outcome=denied");
}

static void a_form_sent_elsewhere_is_no_logon(void **state)
{
    (void)state;
    static const struct said search[] = {
        TALK_C("POST /owa/search HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
               "Content-Length: 3\r\n\r\na=b"),
        TALK_S("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
        TALK_C("POST /owa/auth.owa HTTP/1.1\r\nContent-Type: text/xml\r\nContent-Length: 3\r\n\r\na=b"),
        TALK_S("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"),
    };
    ASSERT_SAYS(search, "http.methods=POST", "http.paths=/owa", "encryption=none");
}

static void rpc_is_read_inside_http(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_http_rpc_in, "http.auth_offered=ntlm", "http.auth_used=ntlm", "http.hosts=cas.corp.example",
                "http.methods=RPC_IN_DATA", "http.paths=/rpc", "http.rpc_servers=mbx1.corp.example:6001",
                "rpc.binds=" EMSMDB, "authentication=ntlmv2", "encryption=none");
    ASSERT_SAYS(talk_http_rpc_connect, "http.hosts=mbx1.corp.example", "http.methods=RPC_CONNECT",
                "http.versions=HTTP/1.0", "http.rpc_servers=mbx1.corp.example:593", "rpc.binds=" EMSMDB,
                "rpc.accepted=" EMSMDB, "binding bind " EMSMDB " ncacn_http 0/tcp",
                "binding secondary_address " EMSMDB " ncacn_http 6001/tcp", "encryption=none", "outcome=accepted");
}

static void rts_tells_rpc_over_http_where_no_greeting_does(void **state)
{
    (void)state;
    static const struct said relayed[] = {
        TALK_C("RPC_CONNECT mbx1.corp.example:6001 HTTP/1.0\r\n\r\n"),
        TALK_S("HTTP/1.1 200 OK\r\n\r\n"),
        TALK_C(TALK_HTTP_B1 TALK_HTTP_BIND),
        TALK_S(TALK_HTTP_BIND_ACK),
    };
    ASSERT_SAYS(relayed, "http.hosts=mbx1.corp.example", "http.methods=RPC_CONNECT", "http.versions=HTTP/1.0",
                "http.rpc_servers=mbx1.corp.example:6001", "rpc.binds=" EMSMDB, "rpc.accepted=" EMSMDB,
                "binding bind " EMSMDB " ncacn_http 0/tcp", "binding secondary_address " EMSMDB " ncacn_http 6001/tcp",
                "encryption=none", "outcome=accepted");
}

static void of_a_mailbox_asked_for_only_the_domain_is_said(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_http_rpc_out, "http.auth_used=basic", "http.hosts=cas.corp.example", "http.methods=RPC_OUT_DATA",
                "http.paths=/rpc", "http.rpc_servers=corp.example:6001", "authentication=basic", "encryption=none",
                "outcome=accepted");
}

static void a_body_of_an_rpc_request_that_is_none_is_skipped(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_http_rpc_refused, "http.auth_offered=basic", "http.hosts=cas.corp.example",
                "http.methods=RPC_IN_DATA", "http.methods=GET", "http.paths=/rpcwithcert", "http.paths=/rpc",
                "http.rpc_servers=[2001:db8::30]:6004", "encryption=none");
}

static void of_http_2_the_preface_is_read(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_http_2, "http.methods=PRI", "http.versions=HTTP/2", "encryption=none", "outcome=accepted");
    static const struct said refused[] = {
        TALK_C("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        TALK_S("HTTP/1.1 400 Bad Request\r\nWWW-Authenticate: Basic\r\n\r\n"),
    };
    ASSERT_SAYS(refused, "http.methods=PRI", "http.versions=HTTP/2", "encryption=none");
}

static void one_side_alone_tells_what_it_says(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_http_middle, "http.auth_offered=kerberos", "http.hosts=cas.corp.example", "http.methods=GET",
                "http.paths=/public", "encryption=none");
    ASSERT_SAYS(talk_http_client_only, "http.versions=HTTP/1.0", "http.auth_used=bearer", "http.hosts=cas.corp.example",
                "http.methods=CONNECT", "http.methods=GET", "http.paths=/", "encryption=none");
    ASSERT_SAYS(talk_http_server_only, "http.auth_offered=negotiate", "http.auth_offered=ntlm",
                "http.auth_offered=basic", "encryption=none");
}

/* What lies between is lost: the same state goes on at a start line wherever it was. */
static void a_message_after_a_gap_is_read_from_its_start_line(void **state)
{
    (void)state;
    static const struct said gaps[] = {
        TALK_C("GET /owa/ HTTP/1.1\r\nCookie: a"), /* lost: the rest of this head */
        TALK_C("\r\nPOST /ews/x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde"), /* lost: more chunks */
        TALK_C(
            "\r\nPOST /oab/x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Trailer: a\r\n"), /* lost: its end */
        TALK_C("DELETE /ecp/x HTTP/1.1\r\n\r\n"),
    };
    ASSERT_SAYS(gaps, "http.methods=GET", "http.methods=POST", "http.methods=DELETE", "http.paths=/owa",
                "http.paths=/ews", "http.paths=/oab", "http.paths=/ecp", "encryption=none");
}

static enum likeness likeness(const char *text, enum direction from)
{
    return http_probe(bytes_of(text, strlen(text)), from);
}

static void only_http_1_and_the_preface_of_2_are_claimed(void **state)
{
    (void)state;
    static const char *const others[] = {
        "OPTIONS sip:a@b SIP/2.0\r\n",
        "DESCRIBE rtsp://a/b RTSP/1.0\r\n",
        "REQMOD icap://a/b ICAP/1.0\r\n",
        "GET /\r\n",
        "GET  HTTP/1.1\r\n",
        "get / HTTP/1.1\r\n",
        "EHLO HTTP/1.1x\r\n",
        "GET /a\x01 HTTP/1.1\r\n",
        "GET / HTTP/2.0\r\n",
        "GET /",
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (likeness(others[i], FROM_CLIENT) == LIKE_YES)
            fail_msg("claimed: %s", others[i]);
    assert_int_equal(likeness("GET /a b HTTP/1.1\r\n", FROM_CLIENT), LIKE_YES);
    assert_int_equal(likeness("\r\nBPROPFIND http://a/ HTTP/1.0\n", FROM_CLIENT), LIKE_YES);
    assert_int_equal(likeness("PRI * HTTP/2.0\r\n", FROM_CLIENT), LIKE_YES);
    assert_int_equal(likeness("RPC_IN", FROM_CLIENT), LIKE_MAYBE);
    assert_int_equal(likeness("PU", FROM_CLIENT), LIKE_MAYBE);
    assert_int_equal(likeness("PU /", FROM_CLIENT), LIKE_NOT);
    assert_int_equal(likeness("HTTP/1.1 200 OK", FROM_CLIENT), LIKE_NOT);
    assert_int_equal(likeness("HTTP/1.1 200 ", FROM_SERVER), LIKE_YES);
    assert_int_equal(likeness("HTTP/1.1 200", FROM_SERVER), LIKE_MAYBE);
    assert_int_equal(likeness("HTTP/1.1 20\r\n", FROM_SERVER), LIKE_NOT);
    assert_int_equal(likeness("HTTP/1.1 2000", FROM_SERVER), LIKE_NOT);
    assert_int_equal(likeness("HTTP/2 200", FROM_SERVER), LIKE_NOT);
    assert_int_equal(likeness("ICY 200 OK\r\n", FROM_SERVER), LIKE_NOT);
    assert_int_equal(likeness("GET / HTTP/1.1\r\n", FROM_SERVER), LIKE_NOT);
}

static void assert_text(struct bytes text, const char *expected)
{
    assert_int_equal(text.left, strlen(expected));
    if (text.left > 0)
        assert_memory_equal(text.at, expected, text.left);
}

static void a_target_is_cut_before_anything_personal(void **state)
{
    (void)state;
    static const char *const targets[][3] = {
        {"/OWA/x?Str0ngSecret", "", "/owa"},
        {"/a;Str0ngSecret/b", "", "/a"},
        {"/hubuser@corp.example", "", ""},
        {"http://hubuser:Str0ngSecret@a.b:8080/c/d", "a.b", "/c"},
        {"https://[2001:db8::1]", "2001:db8::1", "/"},
        {"a.b:443", "a.b", ""},
        {"*", "", ""},
        {"/0123456789012345678901234567890123456789012345678901234567890123456789", "", ""},
    };
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        struct bytes authority, path, query;
        http_target(bytes_of(targets[i][0], strlen(targets[i][0])), &authority, &path, &query);
        assert_text(http_host(authority), targets[i][1]);
        assert_text(http_first_segment(path), targets[i][2]);
    }
}

static void lengths_and_chunks_are_bounded(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        bool good;
        uint64_t size;
    } chunks[] = {
        {"0", true, 0},   {"1aF", true, 0x1af}, {"5 ;x", true, 5}, {"fffffffffffffff", true, UINT64_MAX >> 4},
        {";", false, 0},  {"5x", false, 0},     {"", false, 0},    {"fffffffffffffffffff", false, 0},
        {"-1", false, 0},
    };
    for (size_t i = 0; i < sizeof chunks / sizeof chunks[0]; i++) {
        uint64_t size;
        assert_int_equal(http_chunk_size(bytes_of(chunks[i].line, strlen(chunks[i].line)), &size), chunks[i].good);
        if (chunks[i].good)
            assert_int_equal(size, chunks[i].size);
    }
    struct http_body body = {0};
    http_body_length(&body, bytes_of("5, 5", 4));
    assert_true(body.counted && !body.endless && body.length == 5);
    http_body_length(&body, bytes_of("6", 1));
    assert_true(body.endless);
    body = (struct http_body){0};
    http_body_length(&body, bytes_of("18446744073709551615", 20));
    assert_true(body.endless);
}

/* A ticket that names hundreds of groups: one line of 60,000 octets, in segments; one longer still is cut. */
static void a_line_may_be_long_and_longer_is_cut(void **state)
{
    (void)state;
    enum { LONG = 60000, LONGER = 200000 };
    static const char start[] = "GET /owa HTTP/1.1\r\nAuthorization: Bearer ",
                      end[] = "\r\n\r\nGET /ews HTTP/1.1\r\n\r\n";
    for (size_t length = LONG; length <= LONGER; length += LONGER - LONG) {
        char *line = malloc(length);
        memset(line, 'A', length);
        const struct said said[] = {TALK_C(start), {FROM_CLIENT, line, length}, TALK_C(end)};
        struct talk talk = {"", &dissector_http, said, 3};
        struct heard heard;
        heard_init(&heard);
        play(&heard, &dissector_http, &talk, 1400);
        assert_true(heard_has(&heard, "http.auth_used=bearer"));
        assert_true(heard_has(&heard, "http.paths=/ews"));
        heard_fini(&heard);
        free(line);
    }
}

static void nothing_secret_is_said(void **state)
{
    (void)state;
    static const char *const secrets[] = {"Str0ngSecret", "hubuser", "postmaster", "TlRM", "aHVidXNlc"};
    for (size_t i = 0; i < sizeof http_talks / sizeof http_talks[0]; i++) {
        struct heard heard;
        heard_init(&heard);
        play(&heard, &dissector_http, &http_talks[i], PLAY_WHOLE);
        for (size_t k = 0; k < sizeof secrets / sizeof secrets[0]; k++)
            if (heard_contains(&heard, secrets[k]))
                fail_msg("%s is said of: %s", secrets[k], http_talks[i].name);
        heard_fini(&heard);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies_end_where_their_heads_say),
        cmocka_unit_test(a_wrong_password_is_denied_and_proves_nothing),
        cmocka_unit_test(an_old_nonce_is_no_wrong_password),
        cmocka_unit_test(a_403_is_a_no_until_something_is_granted),
        cmocka_unit_test(the_legs_of_ntlm_are_one_logon),
        cmocka_unit_test(a_demand_for_credentials_need_not_tell_its_length),
        cmocka_unit_test(schemes_of_clouds_are_named_as_well),
        cmocka_unit_test(negotiate_tells_kerberos_and_winrm_encrypts_by_itself),
        cmocka_unit_test(behind_connect_and_upgrade_comes_tls),
        cmocka_unit_test(a_logon_form_counts_unless_it_is_shown_again),
        cmocka_unit_test(a_form_sent_elsewhere_is_no_logon),
        cmocka_unit_test(rpc_is_read_inside_http),
        cmocka_unit_test(rts_tells_rpc_over_http_where_no_greeting_does),
        cmocka_unit_test(of_a_mailbox_asked_for_only_the_domain_is_said),
        cmocka_unit_test(a_body_of_an_rpc_request_that_is_none_is_skipped),
        cmocka_unit_test(of_http_2_the_preface_is_read),
        cmocka_unit_test(one_side_alone_tells_what_it_says),
        cmocka_unit_test(a_message_after_a_gap_is_read_from_its_start_line),
        cmocka_unit_test(only_http_1_and_the_preface_of_2_are_claimed),
        cmocka_unit_test(a_target_is_cut_before_anything_personal),
        cmocka_unit_test(lengths_and_chunks_are_bounded),
        cmocka_unit_test(a_line_may_be_long_and_longer_is_cut),
        cmocka_unit_test(nothing_secret_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
