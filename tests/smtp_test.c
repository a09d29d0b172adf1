/* smtp: the dialogue: which reply answers which command, what is a body, what is a secret, what counts as used. */
#include "tests/cmocka_all.h"
#include "tests/says.h"
#include "tests/talks_smtp.h"

/* Plays lines as "C:..." and "S:..." strings, ended by NULL; each gets its CR LF. */
static void hear(struct heard *heard, const char *const *lines)
{
    struct player player;
    heard_init(heard);
    player_begin(&player, heard, &dissector_smtp);
    for (; *lines != NULL; lines++) {
        char line[512];
        int length = snprintf(line, sizeof line, "%s\r\n", *lines + 2);
        player_hear(&player, (*lines)[0] == 'C' ? FROM_CLIENT : FROM_SERVER, line, (size_t)length);
    }
    player_end(&player);
}

#define HEAR(heard, ...) hear((heard), (const char *const[]){__VA_ARGS__, NULL})
#define GREETED          "S:220 hub.corp.example ESMTP", "C:EHLO client", "S:250 hub.corp.example"

#define ASSERT_SAYS(said, ...) SAYS(&dissector_smtp, said, __VA_ARGS__)

static void a_refused_starttls_leaves_the_mail_anonymous_and_clear(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_smtp_refused, "smtp.banner_host=edge.corp.example", "smtp.keywords=STARTTLS",
                "smtp.starttls=offered", "smtp.starttls=refused", "authentication=anonymous", "encryption=none",
                "outcome=accepted");
}

static void starttls_names_what_then_encrypts(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_smtp_starttls, "smtp.banner_host=edge.corp.example", "smtp.keywords=STARTTLS",
                "smtp.keywords=PIPELINING", "smtp.starttls=offered", "smtp.starttls=used", "tls.alpn=h2",
                "tls.alpn=http/1.1", "tls.ciphers=0x1301", "tls.offered_versions=TLS 1.2",
                "tls.offered_versions=TLS 1.3", "tls.server_names=mail.corp.example", "tls.versions=TLS 1.3",
                "encryption=starttls", "outcome=accepted");
}

static void mechanisms_we_know_may_be_written_in_any_case(void **state)
{
    (void)state;
    struct heard heard;
    HEAR(&heard, "S:220 hub ESMTP", "C:EHLO x", "S:250-hub", "S:250 AUTH Login", "C:AUTH Plain AHUAcA==");
    assert_true(heard_has(&heard, "smtp.auth_offered=LOGIN") && heard_has(&heard, "smtp.auth_used=PLAIN"));
    heard_fini(&heard);
}

static void x_anonymoustls_with_certificates_is_mutual(void **state)
{
    (void)state;
    struct heard heard;
    heard_init(&heard);
    play(&heard, &dissector_smtp, &smtp_talks[0], PLAY_WHOLE);
    assert_true(heard_has(&heard, "smtp.anonymoustls=offered"));
    assert_true(heard_has(&heard, "smtp.anonymoustls=used"));
    assert_true(heard_has(&heard, "smtp.starttls=offered"));
    assert_false(heard_has(&heard, "smtp.starttls=used"));
    assert_true(heard_has(&heard, "encryption=anonymoustls"));
    assert_true(heard_has(&heard, "authentication=certificate"));
    assert_int_equal(heard_count(&heard, "smtp.keywords="), 14);
    heard_fini(&heard);
}

static void bodies_are_never_read_as_commands(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_smtp_login, "smtp.banner_host=mail", "smtp.keywords=AUTH", "smtp.keywords=PIPELINING",
                "smtp.auth_offered=LOGIN", "smtp.auth_offered=PLAIN", "smtp.auth_used=LOGIN", "smtp.verbs=XSHADOW",
                "authentication=basic", "encryption=none", "outcome=accepted");
}

static void blobs_and_chunks_are_never_read_as_commands(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_smtp_exchange_2003, "smtp.banner_host=mail.corp.example", "smtp.keywords=TURN",
                "smtp.keywords=SIZE", "smtp.keywords=X-EXPS", "smtp.keywords=AUTH", "smtp.keywords=X-LINK2STATE",
                "smtp.keywords=XEXCH50", "smtp.exps_offered=GSSAPI", "smtp.exps_offered=NTLM",
                "smtp.exps_offered=LOGIN", "smtp.auth_offered=GSSAPI", "smtp.auth_offered=NTLM",
                "smtp.auth_offered=LOGIN", "smtp.exps_used=GSSAPI", "smtp.verbs=X-EXPS", "smtp.verbs=X-LINK2STATE",
                "smtp.verbs=XEXCH50", "smtp.verbs=XSHADOW", "authentication=kerberos", "encryption=none",
                "outcome=accepted");
}

static void an_ntlm_token_tells_its_version(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_smtp_ntlm, "smtp.banner_host=cas.corp.example", "smtp.keywords=AUTH", "smtp.auth_offered=NTLM",
                "smtp.auth_offered=GSS-SPNEGO", "smtp.auth_used=NOSUCH", "smtp.auth_used=LOGIN", "smtp.auth_used=NTLM",
                "authentication=ntlmv2", "encryption=none", "outcome=accepted");
}

static void a_denied_client_is_not_authenticated(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_smtp_denied, "smtp.banner_host=mail.corp.example", "smtp.keywords=AUTH", "smtp.auth_offered=PLAIN",
                "smtp.auth_used=PLAIN", "smtp.auth_used=LOGIN", "encryption=none", "outcome=denied");
}

static void the_client_alone_shows_what_it_asks_for(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_smtp_client_only, "smtp.auth_used=LOGIN", "smtp.verbs=XEXCH50", "smtp.verbs=XSHADOW",
                "smtp.starttls=used", "tls.alpn=h2", "tls.alpn=http/1.1", "tls.offered_versions=TLS 1.2",
                "tls.offered_versions=TLS 1.3", "tls.server_names=mail.corp.example", "encryption=none");
}

static void the_server_alone_shows_what_it_offers_and_nothing_used(void **state)
{
    (void)state;
    struct talk talk = {"", &dissector_smtp, talk_smtp_server_only, 3};
    struct heard heard;
    heard_init(&heard);
    play(&heard, &dissector_smtp, &talk, PLAY_WHOLE);
    assert_true(heard_has(&heard, "smtp.anonymoustls=offered"));
    assert_int_equal(heard_count(&heard, "smtp.keywords="), 14);
    assert_false(heard_contains(&heard, "used"));
    heard_fini(&heard);
}

static void secrets_are_never_said(void **state)
{
    (void)state;
    static const char *const secrets[] = {"ostmaster", "Str0ng", "STR0NG",  "cG9z", "CG9Z",
                                          "U3RyMG5n",  "TlRM",   "TLRM",    "YD8G", "ALICE",
                                          "U3RYMG5N",  "AHBv",   "hubuser", "BLOB", "FAKE"};
    for (size_t i = 0; i < sizeof smtp_talks / sizeof smtp_talks[0]; i++)
        for (size_t chunk = 1; chunk < 100; chunk += 49) {
            struct heard heard;
            heard_init(&heard);
            play(&heard, &dissector_smtp, &smtp_talks[i], chunk);
            for (size_t j = 0; j < sizeof secrets / sizeof secrets[0]; j++)
                if (heard_contains(&heard, secrets[j]))
                    fail_msg("%s: %s is said", smtp_talks[i].name, secrets[j]);
            heard_fini(&heard);
        }
}

static void starttls_without_a_220_is_not_used(void **state)
{
    (void)state;
    struct heard heard;
    HEAR(&heard, GREETED, "C:STARTTLS");
    assert_int_equal(heard_count(&heard, "smtp.starttls="), 0);
    heard_fini(&heard);
    HEAR(&heard, GREETED, "C:STARTTLS", "S:501 5.5.4 Syntax error");
    assert_true(heard_has(&heard, "smtp.starttls=refused"));
    assert_false(heard_has(&heard, "smtp.starttls=used"));
    assert_int_equal(heard.outcome, OUTCOME_DENIED);
    heard_fini(&heard);
    HEAR(&heard, GREETED, "C:STARTTLS", "S:250 what?");
    assert_true(heard_has(&heard, "smtp.starttls=refused"));
    assert_false(heard_has(&heard, "smtp.starttls=used"));
    assert_int_equal(heard.last, DISSECT_MORE);
    heard_fini(&heard);
    HEAR(&heard, GREETED, "C:STARTTLS", "S:220 go ahead");
    assert_true(heard_has(&heard, "smtp.starttls=used"));
    assert_int_equal(heard.last, DISSECT_UPGRADE);
    heard_fini(&heard);
}

/* A client that is refused and sends TLS all the same has not been let in. */
static void tls_after_a_refusal_is_not_used(void **state)
{
    (void)state;
    struct heard heard;
    HEAR(&heard, GREETED, "C:STARTTLS", "S:454 not now", "C:\x16\x03\x01");
    assert_false(heard_has(&heard, "smtp.starttls=used"));
    assert_int_equal(heard.last, DISSECT_DONE);
    heard_fini(&heard);
}

static void each_reply_finds_its_command_however_many_wait(void **state)
{
    (void)state;
    struct player player;
    struct heard heard;
    heard_init(&heard);
    player_begin(&player, &heard, &dissector_smtp);
    player_hear(&player, FROM_SERVER, "220 a.b ESMTP\r\n", 15);
    for (int i = 0; i < 63; i++)
        player_hear(&player, FROM_CLIENT, "NOOP\r\n", 6);
    player_hear(&player, FROM_CLIENT, "STARTTLS\r\n", 10);
    for (int i = 0; i < 63; i++) {
        player_hear(&player, FROM_SERVER, "220-lines\r\n220 OK\r\n", 19);
        assert_int_equal(heard.last, DISSECT_MORE);
    }
    player_hear(&player, FROM_SERVER, "220 go\r\n", 8);
    assert_int_equal(heard.last, DISSECT_UPGRADE);
    player_end(&player);
    heard_fini(&heard);
}

/* More than the queue holds: what is behind is not remembered, but counted, so that the next finds its reply again. */
static void a_full_queue_finds_its_place_again(void **state)
{
    (void)state;
    struct player player;
    struct heard heard;
    heard_init(&heard);
    player_begin(&player, &heard, &dissector_smtp);
    player_hear(&player, FROM_SERVER, "220 a.b ESMTP\r\n", 15);
    for (int i = 0; i < 300; i++)
        player_hear(&player, FROM_CLIENT, "NOOP\r\n", 6);
    for (int i = 0; i < 300; i++)
        player_hear(&player, FROM_SERVER, "250 OK\r\n", 8);
    player_hear(&player, FROM_CLIENT, "STARTTLS\r\n", 10);
    assert_int_equal(heard.last, DISSECT_MORE);
    player_hear(&player, FROM_SERVER, "220 go\r\n", 8);
    assert_int_equal(heard.last, DISSECT_UPGRADE);
    player_end(&player);
    heard_fini(&heard);
}

/* What came behind a full queue gets nobody else's reply, also when there is room again. */
static void a_full_queue_gives_no_reply_to_the_wrong_command(void **state)
{
    (void)state;
    struct player player;
    struct heard heard;
    heard_init(&heard);
    player_begin(&player, &heard, &dissector_smtp);
    player_hear(&player, FROM_SERVER, "220 a.b ESMTP\r\n", 15);
    for (int i = 0; i < 70; i++)
        player_hear(&player, FROM_CLIENT, "NOOP\r\n", 6);
    for (int i = 0; i < 10; i++)
        player_hear(&player, FROM_SERVER, "250 OK\r\n", 8);
    player_hear(&player, FROM_CLIENT, "STARTTLS\r\n", 10);
    for (int i = 0; i < 60; i++)
        player_hear(&player, FROM_SERVER, "250 OK\r\n", 8);
    player_hear(&player, FROM_SERVER, "220 go\r\n", 8);
    assert_int_equal(heard_count(&heard, "smtp.starttls="), 0);
    player_hear(&player, FROM_CLIENT, "\x16\x03", 2); /* it was answered, then */
    assert_true(heard_has(&heard, "smtp.starttls=used"));
    player_end(&player);
    heard_fini(&heard);
}

static void a_client_that_may_not_even_say_hello_is_denied(void **state)
{
    (void)state;
    struct heard heard;
    HEAR(&heard, "S:220 mail.corp.example ESMTP", "C:EHLO me", "S:550 5.7.1 not you", "C:QUIT", "S:221 bye");
    assert_int_equal(heard.outcome, OUTCOME_DENIED);
    heard_fini(&heard);
    HEAR(&heard, "S:220 mail.corp.example ESMTP", "C:EHLO me", "S:502 what?", "C:HELO me", "S:421 later");
    assert_int_equal(heard.outcome, OUTCOME_DENIED);
    heard_fini(&heard);
    HEAR(&heard, "S:220 mail.corp.example ESMTP", "C:EHLO me", "S:502 what?", "C:HELO me", "S:250 hello");
    assert_int_equal(heard.outcome, OUTCOME_ACCEPTED);
    heard_fini(&heard);
    HEAR(&heard, GREETED, "C:AUTH PLAIN YQ==", "S:535 no", "C:EHLO me", "S:250 hello again");
    assert_int_equal(heard.outcome, OUTCOME_DENIED);
    heard_fini(&heard);
}

static void the_last_word_to_mail_counts(void **state)
{
    (void)state;
    struct heard heard;
    HEAR(&heard, GREETED, "C:MAIL FROM:<>", "S:451 later", "C:RCPT TO:<a>", "S:503 no");
    assert_int_equal(heard.outcome, OUTCOME_DENIED);
    assert_int_equal(heard.authentication, AUTHENTICATION_UNKNOWN);
    heard_fini(&heard);
    HEAR(&heard, GREETED, "C:MAIL FROM:<>", "S:451 later", "C:MAIL FROM:<>", "S:250 OK", "C:RCPT TO:<a>",
         "S:550 unknown");
    assert_int_equal(heard.outcome, OUTCOME_ACCEPTED);
    assert_int_equal(heard.authentication, AUTHENTICATION_ANONYMOUS);
    heard_fini(&heard);
}

static void a_mechanism_proves_only_what_it_can(void **state)
{
    (void)state;
    static const struct {
        const char *command;
        enum authentication proves;
    } cases[] = {
        {"C:AUTH PLAIN AGEAYg==", AUTHENTICATION_BASIC},     {"C:auth login", AUTHENTICATION_BASIC},
        {"C:AUTH CRAM-MD5", AUTHENTICATION_DIGEST},          {"C:AUTH SCRAM-SHA-256 eA==", AUTHENTICATION_DIGEST},
        {"C:AUTH EXTERNAL =", AUTHENTICATION_CERTIFICATE},   {"C:AUTH NTLM", AUTHENTICATION_NTLM},
        {"C:X-EXPS GSSAPI", AUTHENTICATION_KERBEROS},        {"C:AUTH GSS-SPNEGO", AUTHENTICATION_NEGOTIATE},
        {"C:AUTH XOAUTH2 dXNlcj1h", AUTHENTICATION_UNKNOWN}, {"C:AUTH ANONYMOUS eA==", AUTHENTICATION_ANONYMOUS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct heard heard;
        HEAR(&heard, GREETED, cases[i].command);
        assert_int_equal(heard.authentication, AUTHENTICATION_UNKNOWN);
        assert_int_equal(heard.encryption, ENCRYPTION_NONE);
        heard_fini(&heard);
        HEAR(&heard, GREETED, cases[i].command, "S:235 yes", "C:MAIL FROM:<>", "S:250 OK");
        assert_int_equal(heard.authentication, cases[i].proves);
        assert_int_equal(heard.outcome, OUTCOME_ACCEPTED);
        heard_fini(&heard);
    }
}

/* After 334 even a line that reads like a command is an answer; before it only what looks like base64 is. */
static void a_line_inside_auth_is_no_command(void **state)
{
    (void)state;
    struct heard heard;
    HEAR(&heard, GREETED, "C:AUTH LOGIN", "S:334 VXNlcm5hbWU6", "C:STARTTLS", "S:334 UGFzc3dvcmQ6", "C:XSHADOW now",
         "S:535 no", "C:MAIL FROM:<>", "S:250 OK");
    assert_int_equal(heard_count(&heard, "smtp.verbs="), 0);
    assert_int_equal(heard_count(&heard, "smtp.starttls="), 0);
    assert_int_equal(heard.authentication, AUTHENTICATION_ANONYMOUS);
    assert_int_equal(heard.outcome, OUTCOME_ACCEPTED);
    heard_fini(&heard);
    HEAR(&heard, GREETED, "C:AUTH PLAIN AGEAYg==", "C:MAIL FROM:<>", "S:235 yes", "S:250 OK");
    assert_int_equal(heard.authentication, AUTHENTICATION_BASIC);
    assert_int_equal(heard.outcome, OUTCOME_ACCEPTED);
    heard_fini(&heard);
    HEAR(&heard, GREETED, "C:AUTH LOGIN", "C:YQ==", "C:Yg==", "S:334 VXNlcm5hbWU6", "S:334 UGFzc3dvcmQ6", "S:235 yes",
         "C:STARTTLS", "S:454 no");
    assert_true(heard_has(&heard, "smtp.starttls=refused"));
    heard_fini(&heard);
}

static void a_client_that_gives_up_is_not_denied(void **state)
{
    (void)state;
    struct heard heard;
    HEAR(&heard, GREETED, "C:AUTH LOGIN", "S:334 VXNlcm5hbWU6", "C:*", "S:501 aborted");
    assert_int_equal(heard.outcome, OUTCOME_NONE);
    assert_int_equal(heard.authentication, AUTHENTICATION_UNKNOWN);
    heard_fini(&heard);
}

static void a_body_that_the_server_took_is_over(void **state)
{
    (void)state;
    struct heard heard;
    HEAR(&heard, GREETED, "C:DATA", "S:354 go", "C:XFAKE", "S:250 queued", "C:XREAL", "S:250 OK");
    assert_true(heard_has(&heard, "smtp.verbs=XREAL"));
    assert_int_equal(heard_count(&heard, "smtp.verbs="), 1);
    heard_fini(&heard);
    HEAR(&heard, GREETED, "C:DATA", "S:503 no recipients", "C:XREAL", "S:250 OK");
    assert_true(heard_has(&heard, "smtp.verbs=XREAL"));
    heard_fini(&heard);
}

static void garbage_verbs_are_not_said(void **state)
{
    (void)state;
    struct heard heard;
    HEAR(&heard, GREETED, "C:xproxyto a", "C:X$Y", "C:XABCDEFGHIJKLMNOPQRSTUVWXYZ", "C:dXNlcm5hbWU", "C:\x01\x02",
         "C:", "C:XY", "C:BURL imap", "C:NOOP", "C:HELP", "C:VRFY a", "C:ETRN b", "C:RSET");
    assert_true(heard_has(&heard, "smtp.verbs=XPROXYTO"));
    assert_true(heard_has(&heard, "smtp.verbs=BURL"));
    assert_int_equal(heard_count(&heard, "smtp.verbs="), 2);
    heard_fini(&heard);
}

static void a_line_too_long_is_read_by_its_beginning(void **state)
{
    (void)state;
    enum { LONG = 40000 };
    char *line = malloc(LONG);
    memset(line, 'x', LONG);
    memcpy(line, "XLONG ", 6);
    memcpy(line + LONG - 2, "\r\n", 2);
    const struct said said[] = {TALK_S("220 a.b ESMTP\r\n"),
                                {FROM_CLIENT, line, LONG},
                                TALK_C("STARTTLS\r\n"),
                                TALK_S("500 long\r\n454 no\r\n")};
    struct talk talk = {"", &dissector_smtp, said, 4};
    for (size_t chunk = 1000; chunk < LONG * 2; chunk += 13000) {
        struct heard heard;
        heard_init(&heard);
        play(&heard, &dissector_smtp, &talk, chunk);
        assert_true(heard_has(&heard, "smtp.verbs=XLONG"));
        assert_true(heard_has(&heard, "smtp.starttls=refused"));
        assert_int_equal(heard_count(&heard, "smtp.verbs="), 1);
        heard_fini(&heard);
    }
    free(line);
}

static void only_a_host_name_is_a_host_name(void **state)
{
    (void)state;
    static const struct {
        const char *greeting, *line;
    } cases[] = {
        {"S:220 mail.corp.example ESMTP", "smtp.banner_host=mail.corp.example"},
        {"S:220-EXCH01 Microsoft ESMTP MAIL Service", "smtp.banner_host=EXCH01"},
        {"S:220 ESMTP Postfix", NULL},
        {"S:220 Welcome to ESMTP", NULL},
        {"S:220 2.0.0 ESMTP ready", "smtp.banner_host=2.0.0"},
        {"S:220 a..b<c> ESMTP", NULL},
        {"S:220 ****** ESMTP", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct heard heard;
        HEAR(&heard, cases[i].greeting, "C:EHLO client");
        assert_int_equal(heard_count(&heard, "smtp.banner_host="), i < 2);
        assert_true(i >= 2 || heard_has(&heard, cases[i].line));
        heard_fini(&heard);
    }
}

static void a_greeting_that_does_not_name_smtp_waits_for_ehlo(void **state)
{
    (void)state;
    struct heard heard;
    HEAR(&heard, "S:220 mail.corp.example ready");
    assert_int_equal(heard.count, 0);
    heard_fini(&heard);
    HEAR(&heard, "S:220 mail.corp.example ready", "S:250-mail", "S:250 STARTTLS");
    assert_int_equal(heard.count, 0);
    heard_fini(&heard);
    HEAR(&heard, "S:220 mail.corp.example ready", "C:NOOP", "S:250 OK", "C:AUTH PLAIN", "S:235 yes");
    assert_int_equal(heard.count, 0);
    assert_int_equal(heard.outcome, OUTCOME_NONE);
    assert_int_equal(heard.encryption, ENCRYPTION_UNKNOWN);
    heard_fini(&heard);
    HEAR(&heard, "S:220 mail.corp.example ready", "C:HELO client");
    assert_true(heard_has(&heard, "smtp.banner_host=mail.corp.example"));
    heard_fini(&heard);
    HEAR(&heard, "S:220 mail.corp.example ready", "C:USER me");
    assert_int_equal(heard.count, 0);
    assert_int_equal(heard.last, DISSECT_NOT_MINE);
    heard_fini(&heard);
}

static void the_probe_says_yes_only_when_sure(void **state)
{
    (void)state;
    static const struct {
        enum direction from;
        const char *head;
        enum likeness like;
    } cases[] = {
        {FROM_SERVER, "2", LIKE_MAYBE},
        {FROM_SERVER, "220 ", LIKE_MAYBE},
        {FROM_SERVER, "220 smtp", LIKE_MAYBE},
        {FROM_SERVER, "220 smtp.corp.example FTP\r\n", LIKE_MAYBE},
        {FROM_SERVER, "220 mail ESMTP\r\n", LIKE_YES},
        {FROM_SERVER, "220-mail esmtp ready", LIKE_YES},
        {FROM_SERVER, "250-SMTP", LIKE_MAYBE},
        {FROM_SERVER, "+OK SMTP\r\n", LIKE_NOT},
        {FROM_SERVER, "* OK SMTP\r\n", LIKE_NOT},
        {FROM_SERVER, "\x16\x03\x01", LIKE_NOT},
        {FROM_CLIENT, "EH", LIKE_MAYBE},
        {FROM_CLIENT, "EHLO", LIKE_MAYBE},
        {FROM_CLIENT, "EHLO ", LIKE_YES},
        {FROM_CLIENT, "helo x\r\n", LIKE_YES},
        {FROM_CLIENT, "LHLO x\r\n", LIKE_NOT},
        {FROM_CLIENT, "MAIL FROM:<>", LIKE_YES},
        {FROM_CLIENT, "QUIT\r", LIKE_MAYBE},
        {FROM_CLIENT, "X-ANONYMOUSTLS\r\n", LIKE_MAYBE},
        {FROM_CLIENT, "USER x\r\n", LIKE_NOT},
        {FROM_CLIENT, "GET / HTTP/1.1\r\n", LIKE_NOT},
        {FROM_CLIENT, "\x16\x03\x01", LIKE_NOT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum likeness like = dissector_smtp.probe(bytes_of(cases[i].head, strlen(cases[i].head)), cases[i].from);
        if (like != cases[i].like)
            fail_msg("%s: %d", cases[i].head, (int)like);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refused_starttls_leaves_the_mail_anonymous_and_clear),
        cmocka_unit_test(starttls_names_what_then_encrypts),
        cmocka_unit_test(mechanisms_we_know_may_be_written_in_any_case),
        cmocka_unit_test(x_anonymoustls_with_certificates_is_mutual),
        cmocka_unit_test(bodies_are_never_read_as_commands),
        cmocka_unit_test(blobs_and_chunks_are_never_read_as_commands),
        cmocka_unit_test(an_ntlm_token_tells_its_version),
        cmocka_unit_test(a_denied_client_is_not_authenticated),
        cmocka_unit_test(the_client_alone_shows_what_it_asks_for),
        cmocka_unit_test(the_server_alone_shows_what_it_offers_and_nothing_used),
        cmocka_unit_test(secrets_are_never_said),
        cmocka_unit_test(starttls_without_a_220_is_not_used),
        cmocka_unit_test(tls_after_a_refusal_is_not_used),
        cmocka_unit_test(each_reply_finds_its_command_however_many_wait),
        cmocka_unit_test(a_full_queue_finds_its_place_again),
        cmocka_unit_test(a_full_queue_gives_no_reply_to_the_wrong_command),
        cmocka_unit_test(a_client_that_may_not_even_say_hello_is_denied),
        cmocka_unit_test(the_last_word_to_mail_counts),
        cmocka_unit_test(a_mechanism_proves_only_what_it_can),
        cmocka_unit_test(a_line_inside_auth_is_no_command),
        cmocka_unit_test(a_client_that_gives_up_is_not_denied),
        cmocka_unit_test(a_body_that_the_server_took_is_over),
        cmocka_unit_test(garbage_verbs_are_not_said),
        cmocka_unit_test(a_line_too_long_is_read_by_its_beginning),
        cmocka_unit_test(only_a_host_name_is_a_host_name),
        cmocka_unit_test(a_greeting_that_does_not_name_smtp_waits_for_ehlo),
        cmocka_unit_test(the_probe_says_yes_only_when_sure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
