/* mailbox: POP3, IMAP, NNTP: which reply answers which command, what is a text or a literal, what counts as used. */
#include "tests/cmocka_all.h"
#include "tests/says.h"
#include "tests/talks_mailbox.h"

/* Plays lines as "C:..." and "S:..." strings, ended by NULL; each gets its CR LF. */
static void hear(struct heard *heard, const struct dissector *by, const char *const *lines)
{
    struct player player;
    heard_init(heard);
    player_begin(&player, heard, by);
    for (; *lines != NULL; lines++) {
        char line[512];
        int length = snprintf(line, sizeof line, "%s\r\n", *lines + 2);
        player_hear(&player, (*lines)[0] == 'C' ? FROM_CLIENT : FROM_SERVER, line, (size_t)length);
    }
    player_end(&player);
}

#define POP3(heard, ...) hear((heard), &dissector_pop3, (const char *const[]){__VA_ARGS__, NULL})
#define IMAP(heard, ...) hear((heard), &dissector_imap, (const char *const[]){__VA_ARGS__, NULL})
#define NNTP(heard, ...) hear((heard), &dissector_nntp, (const char *const[]){__VA_ARGS__, NULL})

#define ASSERT_SAYS(by, said, ...) SAYS(&(by), said, __VA_ARGS__)

#define TLS13_CLIENT_SAYS                                                                                              \
    "tls.alpn=h2", "tls.alpn=http/1.1", "tls.offered_versions=TLS 1.2", "tls.offered_versions=TLS 1.3",                \
        "tls.server_names=mail.corp.example"
#define TLS13_SERVER_SAYS "tls.ciphers=0x1301", "tls.versions=TLS 1.3", "encryption=starttls"

static void a_mechanism_we_know_may_be_written_in_any_case(void **state)
{
    (void)state;
    struct heard heard;
    IMAP(&heard, "S:* OK IMAP4", "C:1 AUTHENTICATE Plain", "S:+", "C:*", "S:1 BAD", "C:2 AUTHENTICATE Str0ngSecret");
    assert_true(heard_has(&heard, "imap.auth_used=PLAIN"));
    assert_false(heard_contains(&heard, "STR0NG"));
    heard_fini(&heard);
}

static void an_upgrade_names_what_then_encrypts(void **state)
{
    (void)state;
    ASSERT_SAYS(dissector_pop3, talk_pop3_stls, "pop3.stls=offered", "pop3.stls=used", TLS13_CLIENT_SAYS,
                TLS13_SERVER_SAYS, "outcome=accepted");
    ASSERT_SAYS(dissector_imap, talk_imap_starttls, "imap.starttls=offered", "imap.starttls=used", TLS13_CLIENT_SAYS,
                TLS13_SERVER_SAYS, "outcome=accepted");
    ASSERT_SAYS(dissector_nntp, talk_nntp_starttls, "nntp.starttls=offered", "nntp.starttls=used", TLS13_CLIENT_SAYS,
                TLS13_SERVER_SAYS, "outcome=accepted");
    ASSERT_SAYS(dissector_nntp, talk_nntp_starttls_at_once, "nntp.starttls=used", TLS13_CLIENT_SAYS, TLS13_SERVER_SAYS);
}

static void a_refused_upgrade_and_a_password_are_basic_in_clear(void **state)
{
    (void)state;
    ASSERT_SAYS(dissector_pop3, talk_pop3_user, "pop3.stls=offered", "pop3.stls=refused", "pop3.auth_used=USER",
                "authentication=basic", "encryption=none", "outcome=accepted");
    ASSERT_SAYS(dissector_imap, talk_imap_login, "imap.starttls=offered", "imap.starttls=refused",
                "imap.auth_used=LOGIN", "authentication=basic", "encryption=none", "outcome=accepted");
    ASSERT_SAYS(dissector_nntp, talk_nntp_user, "nntp.starttls=refused", "nntp.auth_used=USER", "authentication=basic",
                "encryption=none", "outcome=accepted");
}

static void a_token_tells_what_its_mechanism_came_to(void **state)
{
    (void)state;
    ASSERT_SAYS(dissector_pop3, talk_pop3_ntlm, "pop3.auth_used=PLAIN", "pop3.auth_used=NTLM", "authentication=ntlmv2",
                "encryption=none", "outcome=accepted");
    ASSERT_SAYS(dissector_imap, talk_imap_ntlm, "imap.auth_used=NOSUCH", "imap.auth_used=NTLM", "authentication=ntlmv2",
                "encryption=none", "outcome=accepted");
    ASSERT_SAYS(dissector_imap, talk_imap_kerberos, "imap.auth_used=GSSAPI", "authentication=kerberos",
                "encryption=none", "outcome=accepted");
    ASSERT_SAYS(dissector_nntp, talk_nntp_sasl, "nntp.auth_used=PLAIN", "nntp.auth_used=NTLM", "authentication=ntlmv2",
                "encryption=none", "outcome=accepted");
    ASSERT_SAYS(dissector_nntp, talk_nntp_generic, "nntp.auth_used=NTLM", "authentication=ntlmv2", "encryption=none",
                "outcome=accepted");
}

static void apop_is_a_digest(void **state)
{
    (void)state;
    ASSERT_SAYS(dissector_pop3, talk_pop3_apop, "pop3.auth_used=APOP", "authentication=digest", "encryption=none",
                "outcome=accepted");
}

static void texts_are_never_read_as_lines(void **state)
{
    (void)state;
    ASSERT_SAYS(dissector_pop3, talk_pop3_middle, "pop3.stls=refused", "encryption=none", "outcome=denied");
    ASSERT_SAYS(dissector_nntp, talk_nntp_feed, "encryption=none", "outcome=denied");
}

static void a_client_that_is_let_in_without_a_login_is_not_authenticated_by_us(void **state)
{
    (void)state;
    ASSERT_SAYS(dissector_imap, talk_imap_preauth, "encryption=none", "outcome=accepted");
}

static void one_side_alone_shows_what_it_asks_for_or_offers(void **state)
{
    (void)state;
    ASSERT_SAYS(dissector_pop3, talk_pop3_client_only, "pop3.auth_used=USER", "pop3.auth_used=LOGIN", "pop3.stls=used",
                "encryption=none", TLS13_CLIENT_SAYS);
    ASSERT_SAYS(dissector_imap, talk_imap_client_only, "imap.auth_used=LOGIN", "imap.auth_used=PLAIN",
                "imap.starttls=used", "encryption=none", TLS13_CLIENT_SAYS);
    ASSERT_SAYS(dissector_imap, talk_imap_server_only, "imap.starttls=offered", "imap.starttls=used",
                TLS13_SERVER_SAYS);
    ASSERT_SAYS(dissector_nntp, talk_nntp_client_only, "nntp.auth_used=USER", "nntp.starttls=used", "encryption=none",
                TLS13_CLIENT_SAYS);
}

static void secrets_are_never_said(void **state)
{
    (void)state;
    static const char *const secrets[] = {"ostmaster", "OSTMASTER", "Str0ng", "STR0NG", "cG9z", "CG9Z",
                                          "U3RyMG5n",  "TlRM",      "TLRM",   "YD8G",   "AHBv", "AHBV",
                                          "hubuser",   "c4c9",      "C4C9",   "189",    "wrong"};
    for (size_t i = 0; i < sizeof mailbox_talks / sizeof mailbox_talks[0]; i++)
        for (size_t chunk = 1; chunk < 100; chunk += 49) {
            struct heard heard;
            heard_init(&heard);
            play(&heard, mailbox_talks[i].by, &mailbox_talks[i], chunk);
            for (size_t j = 0; j < sizeof secrets / sizeof secrets[0]; j++)
                if (heard_contains(&heard, secrets[j]))
                    fail_msg("%s: %s is said", mailbox_talks[i].name, secrets[j]);
            heard_fini(&heard);
        }
}

/* Nothing is said of a login but that it was tried and denied. */
static void assert_denied(struct heard *heard)
{
    assert_int_equal(heard->outcome, OUTCOME_DENIED);
    assert_int_equal(heard->authentication, AUTHENTICATION_UNKNOWN);
    assert_int_equal(heard->encryption, ENCRYPTION_NONE);
    assert_int_equal(heard->last, DISSECT_MORE);
    heard_fini(heard);
}

static void a_denied_login_authenticates_nobody(void **state)
{
    (void)state;
    struct heard heard;
    POP3(&heard, "S:+OK POP3", "C:USER a", "S:-ERR no");
    assert_denied(&heard);
    POP3(&heard, "S:+OK POP3", "C:USER a", "S:+OK", "C:PASS b", "S:-ERR no");
    assert_denied(&heard);
    POP3(&heard, "S:+OK POP3", "C:APOP a b", "S:-ERR no");
    assert_denied(&heard);
    POP3(&heard, "S:+OK POP3", "C:AUTH PLAIN AGEAYg==", "S:-ERR no");
    assert_denied(&heard);
    IMAP(&heard, "S:* OK IMAP4", "C:1 LOGIN a b", "S:1 NO no");
    assert_denied(&heard);
    IMAP(&heard, "S:* OK IMAP4", "C:1 AUTHENTICATE PLAIN", "S:+ ", "C:AGEAYg==", "S:1 BAD no");
    assert_denied(&heard);
    NNTP(&heard, "S:200 NNTP", "C:AUTHINFO USER a", "S:381 go on", "C:AUTHINFO PASS b", "S:481 no");
    assert_denied(&heard);
    NNTP(&heard, "S:200 NNTP", "C:AUTHINFO SASL PLAIN", "S:383 =", "C:AGEAYg==", "S:482 no");
    assert_denied(&heard);
}

static void a_client_that_gives_up_is_not_denied(void **state)
{
    (void)state;
    struct heard heard;
    POP3(&heard, "S:+OK POP3", "C:AUTH LOGIN", "S:+ VXNlcm5hbWU6", "C:*", "S:-ERR aborted");
    assert_int_equal(heard.outcome, OUTCOME_NONE);
    heard_fini(&heard);
    IMAP(&heard, "S:* OK IMAP4", "C:1 AUTHENTICATE LOGIN", "S:+ VXNlcm5hbWU6", "C:*", "S:1 BAD aborted");
    assert_int_equal(heard.outcome, OUTCOME_NONE);
    heard_fini(&heard);
    NNTP(&heard, "S:200 NNTP", "C:AUTHINFO SASL LOGIN", "S:383 VXNlcm5hbWU6", "C:*", "S:481 aborted");
    assert_int_equal(heard.outcome, OUTCOME_NONE);
    heard_fini(&heard);
}

/* The server turns the client away before a word of it. */
static void a_greeting_may_be_a_no(void **state)
{
    (void)state;
    struct heard heard;
    POP3(&heard, "S:-ERR too busy");
    assert_int_equal(heard.outcome, OUTCOME_DENIED);
    heard_fini(&heard);
    IMAP(&heard, "S:* BYE too busy");
    assert_int_equal(heard.outcome, OUTCOME_DENIED);
    heard_fini(&heard);
    NNTP(&heard, "S:502 You are not in my NNTP access file");
    assert_int_equal(heard.outcome, OUTCOME_DENIED);
    heard_fini(&heard);
    NNTP(&heard, "S:400 busy");
    assert_int_equal(heard.outcome, OUTCOME_NONE);
    heard_fini(&heard);
}

static void after_a_login_nothing_more_is_to_be_learned(void **state)
{
    (void)state;
    struct heard heard;
    POP3(&heard, "S:+OK POP3", "C:AUTH CRAM-MD5", "S:+ PDE+", "C:YSBi", "S:+OK");
    assert_int_equal(heard.last, DISSECT_DONE);
    assert_int_equal(heard.authentication, AUTHENTICATION_DIGEST);
    heard_fini(&heard);
    IMAP(&heard, "S:* OK IMAP4", "C:1 LOGIN a b", "S:* CAPABILITY IMAP4rev1", "S:1 OK in");
    assert_int_equal(heard.last, DISSECT_DONE);
    heard_fini(&heard);
    NNTP(&heard, "S:200 NNTP", "C:AUTHINFO USER a", "S:281 in");
    assert_int_equal(heard.last, DISSECT_DONE);
    assert_int_equal(heard.authentication, AUTHENTICATION_BASIC);
    heard_fini(&heard);
}

static void what_may_come_before_an_upgrade_shows_nothing_in_clear(void **state)
{
    (void)state;
    struct heard heard;
    POP3(&heard, "S:+OK POP3", "C:CAPA", "S:+OK", "S:STLS", "S:.", "C:NOOP", "S:+OK", "C:AUTH", "S:-ERR what");
    assert_int_equal(heard.encryption, ENCRYPTION_UNKNOWN);
    assert_int_equal(heard.outcome, OUTCOME_NONE);
    heard_fini(&heard);
    POP3(&heard, "S:+OK POP3", "C:STAT", "S:+OK 0 0");
    assert_int_equal(heard.encryption, ENCRYPTION_NONE);
    heard_fini(&heard);
    IMAP(&heard, "S:* OK IMAP4", "C:1 CAPABILITY", "S:1 OK", "C:2 ID NIL", "S:2 OK", "C:3 NOOP", "S:3 OK");
    assert_int_equal(heard.encryption, ENCRYPTION_UNKNOWN);
    heard_fini(&heard);
    IMAP(&heard, "S:* OK IMAP4", "C:1 SELECT a", "S:1 NO log in first");
    assert_int_equal(heard.encryption, ENCRYPTION_NONE);
    heard_fini(&heard);
    NNTP(&heard, "S:200 NNTP", "C:MODE READER", "S:200 ok", "C:CAPABILITIES", "S:101 x", "S:.", "C:DATE",
         "S:111 20261120230000");
    assert_int_equal(heard.encryption, ENCRYPTION_UNKNOWN);
    heard_fini(&heard);
    NNTP(&heard, "S:200 NNTP", "C:GROUP a.b", "S:211 1 1 1 a.b");
    assert_int_equal(heard.encryption, ENCRYPTION_NONE);
    assert_int_equal(heard.outcome, OUTCOME_ACCEPTED);
    heard_fini(&heard);
}

static void an_upgrade_without_an_answer_is_not_used(void **state)
{
    (void)state;
    struct heard heard;
    POP3(&heard, "S:+OK POP3", "C:STLS");
    assert_int_equal(heard.count, 0);
    heard_fini(&heard);
    IMAP(&heard, "S:* OK IMAP4", "C:1 STARTTLS", "S:2 OK not yours", "S:* OK nor this");
    assert_int_equal(heard.count, 0);
    heard_fini(&heard);
    NNTP(&heard, "S:200 NNTP", "C:STARTTLS", "S:502 no");
    assert_true(heard_has(&heard, "nntp.starttls=refused"));
    assert_int_equal(heard.count, 1);
    heard_fini(&heard);
}

/* A client that is refused and sends TLS all the same has not been let in; nor has one that never asked. */
static void tls_that_was_not_agreed_on_is_not_used(void **state)
{
    (void)state;
    struct heard heard;
    POP3(&heard, "S:+OK POP3", "C:STLS", "S:-ERR no", "C:\x16\x03\x01");
    assert_false(heard_has(&heard, "pop3.stls=used"));
    assert_int_equal(heard.last, DISSECT_DONE);
    heard_fini(&heard);
    IMAP(&heard, "S:* OK IMAP4", "C:1 STARTTLS", "S:1 BAD no", "C:\x16\x03\x01");
    assert_false(heard_has(&heard, "imap.starttls=used"));
    assert_int_equal(heard.last, DISSECT_DONE);
    heard_fini(&heard);
    NNTP(&heard, "S:200 NNTP", "C:\x16\x03\x01");
    assert_false(heard_has(&heard, "nntp.starttls=used"));
    assert_int_equal(heard.last, DISSECT_DONE);
    heard_fini(&heard);
}

static void replies_find_their_commands_in_any_order(void **state)
{
    (void)state;
    struct heard heard;
    IMAP(&heard, "S:* OK IMAP4", "C:1 STARTTLS", "C:2 NOOP", "S:2 OK", "S:1 NO");
    assert_true(heard_has(&heard, "imap.starttls=refused"));
    assert_int_equal(heard.last, DISSECT_MORE);
    heard_fini(&heard);
    POP3(&heard, "S:+OK POP3", "C:NOOP", "C:UIDL", "C:STLS", "S:+OK", "S:+OK", "S:1 a", "S:.", "S:-ERR");
    assert_true(heard_has(&heard, "pop3.stls=refused"));
    heard_fini(&heard);
    NNTP(&heard, "S:200 NNTP", "C:MODE READER", "C:XOVER 1", "C:STARTTLS", "S:200 ok", "S:224 x", "S:382 a", "S:.",
         "S:580 no");
    assert_true(heard_has(&heard, "nntp.starttls=refused"));
    heard_fini(&heard);
}

/* A literal that waits for the server is not sent when the server says no. */
static void a_literal_that_is_refused_does_not_come(void **state)
{
    (void)state;
    struct heard heard;
    IMAP(&heard, "S:* OK IMAP4", "C:1 LOGIN {100}", "S:1 BAD no", "C:2 STARTTLS", "S:2 OK");
    assert_true(heard_has(&heard, "imap.starttls=used"));
    heard_fini(&heard);
    IMAP(&heard, "S:* OK IMAP4", "C:1 LOGIN {12+}", "C:2 STARTTLS", "C:b", "S:2 OK", "S:1 NO");
    assert_int_equal(heard_count(&heard, "imap.starttls="), 0);
    assert_int_equal(heard.outcome, OUTCOME_DENIED);
    heard_fini(&heard);
}

static void only_a_count_in_braces_at_the_end_is_a_literal(void **state)
{
    (void)state;
    static const char *const lines[] = {"C:1 LIST {5} x", "C:1 LIST {x}",  "C:1 LIST {}",
                                        "C:1 LIST 5}",    "C:1 LIST {5-}", "C:1 LIST {0}"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct heard heard;
        bool literal = i == 5; /* empty: its line goes on at once */
        IMAP(&heard, "S:* OK IMAP4", lines[i], "C:2 STARTTLS", "S:2 OK");
        assert_int_equal(heard_has(&heard, "imap.starttls=used"), !literal);
        heard_fini(&heard);
    }
}

static void only_the_capabilities_offer(void **state)
{
    (void)state;
    struct heard heard;
    IMAP(&heard, "S:* OK IMAP4 STARTTLS", "C:1 NOOP", "S:* OK [ALERT] STARTTLS", "S:1 OK [CAPABILITY A] STARTTLS");
    assert_int_equal(heard.count, 0);
    heard_fini(&heard);
    IMAP(&heard, "S:* OK IMAP4", "C:1 NOOP", "S:1 OK [CAPABILITY A STARTTLS] x");
    assert_true(heard_has(&heard, "imap.starttls=offered"));
    heard_fini(&heard);
    POP3(&heard, "S:+OK POP3", "C:CAPA", "S:-ERR no", "S:STLS");
    assert_int_equal(heard.count, 0);
    heard_fini(&heard);
}

/* What looks like the end of a text, or like a reply, inside one that is not over. */
static void a_text_ends_with_a_lone_dot_only(void **state)
{
    (void)state;
    struct heard heard;
    NNTP(&heard, "S:200 NNTP", "C:POST", "S:340 go", "C:x\n.", "C:AUTHINFO USER x", "C:.");
    assert_int_equal(heard_count(&heard, "nntp.auth_used="), 0);
    heard_fini(&heard);
    NNTP(&heard, "S:200 NNTP", "C:LISTGROUP", "C:STARTTLS", "S:211 x", "S:580", "S:.", "S:382 go");
    assert_true(heard_has(&heard, "nntp.starttls=used"));
    assert_int_equal(heard.count, 1);
    heard_fini(&heard);
    POP3(&heard, "S:+OK POP3", "C:LIST 1", "S:+OK 1 200", "C:STLS", "S:-ERR no");
    assert_true(heard_has(&heard, "pop3.stls=refused"));
    heard_fini(&heard);
}

/* TLS right behind a text, or behind a line that is too long, in the same window. */
static void tls_begins_behind_whatever_was_dropped(void **state)
{
    (void)state;
    const struct said said[] = {TALK_S("200 NNTP\r\n"), TALK_C("TAKETHIS <1@a>\r\nx\r\n.\r\n\x16\x03\x01")};
    struct talk talk = {"", &dissector_nntp, said, 2};
    for (size_t chunk = 1; chunk < 50; chunk++) {
        struct heard heard;
        heard_init(&heard);
        play(&heard, &dissector_nntp, &talk, chunk);
        assert_int_equal(heard.last, DISSECT_DONE);
        heard_fini(&heard);
    }
}

static void a_password_is_in_clear_whatever_the_answer(void **state)
{
    (void)state;
    struct heard heard;
    POP3(&heard, "S:+OK POP3", "C:PASS b");
    assert_int_equal(heard.encryption, ENCRYPTION_NONE);
    heard_fini(&heard);
    IMAP(&heard, "S:* OK IMAP4", "C:1 LOGIN a b");
    assert_int_equal(heard.encryption, ENCRYPTION_NONE);
    heard_fini(&heard);
    NNTP(&heard, "S:200 NNTP", "C:AUTHINFO PASS b");
    assert_int_equal(heard.encryption, ENCRYPTION_NONE);
    heard_fini(&heard);
}

/* As when the server's first words are held until another line tells the protocol. */
static void a_greeting_may_come_behind_the_first_command(void **state)
{
    (void)state;
    struct heard heard;
    NNTP(&heard, "C:STARTTLS", "S:200 ready", "S:382 go");
    assert_true(heard_has(&heard, "nntp.starttls=used"));
    heard_fini(&heard);
}

static void a_line_too_long_is_read_by_its_beginning(void **state)
{
    (void)state;
    enum { LONG = 40000 };
    char *line = malloc(LONG);
    memset(line, 'x', LONG);
    memcpy(line, "NOOP ", 5);
    memcpy(line + LONG - 2, "\r\n", 2);
    const struct said said[] = {
        TALK_S("+OK POP3\r\n"), {FROM_CLIENT, line, LONG}, TALK_C("STLS\r\n"), TALK_S("-ERR long\r\n-ERR no\r\n")};
    struct talk talk = {"", &dissector_pop3, said, 4};
    for (size_t chunk = 1000; chunk < LONG * 2; chunk += 13000) {
        struct heard heard;
        heard_init(&heard);
        play(&heard, &dissector_pop3, &talk, chunk);
        assert_true(heard_has(&heard, "pop3.stls=refused"));
        heard_fini(&heard);
    }
    free(line);
}

/* What came behind a full queue gets nobody else's reply, and is counted, so that the next finds its own again. */
static void a_full_queue_finds_its_place_again(void **state)
{
    (void)state;
    struct player player;
    struct heard heard;
    heard_init(&heard);
    player_begin(&player, &heard, &dissector_pop3);
    player_hear(&player, FROM_SERVER, "+OK POP3\r\n", 10);
    for (int i = 0; i < 300; i++)
        player_hear(&player, FROM_CLIENT, "NOOP\r\n", 6);
    for (int i = 0; i < 300; i++)
        player_hear(&player, FROM_SERVER, "+OK\r\n", 5);
    player_hear(&player, FROM_CLIENT, "STLS\r\n", 6);
    assert_int_equal(heard.last, DISSECT_MORE);
    player_hear(&player, FROM_SERVER, "+OK\r\n", 5);
    assert_int_equal(heard.last, DISSECT_UPGRADE);
    player_end(&player);
    heard_fini(&heard);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mechanism_we_know_may_be_written_in_any_case),
        cmocka_unit_test(an_upgrade_names_what_then_encrypts),
        cmocka_unit_test(a_refused_upgrade_and_a_password_are_basic_in_clear),
        cmocka_unit_test(a_token_tells_what_its_mechanism_came_to),
        cmocka_unit_test(apop_is_a_digest),
        cmocka_unit_test(texts_are_never_read_as_lines),
        cmocka_unit_test(a_client_that_is_let_in_without_a_login_is_not_authenticated_by_us),
        cmocka_unit_test(one_side_alone_shows_what_it_asks_for_or_offers),
        cmocka_unit_test(secrets_are_never_said),
        cmocka_unit_test(a_denied_login_authenticates_nobody),
        cmocka_unit_test(a_client_that_gives_up_is_not_denied),
        cmocka_unit_test(a_greeting_may_be_a_no),
        cmocka_unit_test(after_a_login_nothing_more_is_to_be_learned),
        cmocka_unit_test(what_may_come_before_an_upgrade_shows_nothing_in_clear),
        cmocka_unit_test(an_upgrade_without_an_answer_is_not_used),
        cmocka_unit_test(tls_that_was_not_agreed_on_is_not_used),
        cmocka_unit_test(replies_find_their_commands_in_any_order),
        cmocka_unit_test(a_literal_that_is_refused_does_not_come),
        cmocka_unit_test(only_a_count_in_braces_at_the_end_is_a_literal),
        cmocka_unit_test(only_the_capabilities_offer),
        cmocka_unit_test(a_text_ends_with_a_lone_dot_only),
        cmocka_unit_test(tls_begins_behind_whatever_was_dropped),
        cmocka_unit_test(a_password_is_in_clear_whatever_the_answer),
        cmocka_unit_test(a_greeting_may_come_behind_the_first_command),
        cmocka_unit_test(a_line_too_long_is_read_by_its_beginning),
        cmocka_unit_test(a_full_queue_finds_its_place_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
