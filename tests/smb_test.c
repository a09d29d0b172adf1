/* smb: who logs on and how, what is signed or encrypted, which pipes are opened, and the MS-RPC in them, over SMB 1 to
 * 3 and with or without NetBIOS; what files hold is never read. */
#include "tests/says.h"
#include "tests/smb_line.h"

/* --- whole talks --- */

#define ASSERT_SAYS(said, ...) SAYS(&dissector_smb, said, __VA_ARGS__)
#define SAMR                   "12345778-1234-abcd-ef00-0123456789ac/1.0"
#define SRVSVC                 "4b324fc8-1670-01d3-1278-5a47bf6ee188/3.0"

static void sealed_rpc_in_a_signed_session_is_said_and_the_session_stays_clear(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_smb_signed, "smb.dialects=3.1.1", "smb.protection=signing", "smb.pipes=samr",
                "negotiate.offered=kerberos", "negotiate.offered=ntlm", "rpc.binds=" SAMR, "rpc.accepted=" SAMR,
                "rpc.auth=ntlm/privacy", "rpc.data_auth=ntlm/privacy",
                "binding bind " SAMR " ncacn_np 0/tcp endpoint=\\x5cpipe\\x5csamr", "authentication=ntlmv2",
                "encryption=none", "outcome=accepted");
}

static void what_is_encrypted_tells_no_more_than_that(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_smb_encrypted, "smb.dialects=3.0.2", "smb.protection=encryption", "negotiate.offered=kerberos",
                "negotiate.offered=ntlm", "negotiate.used=kerberos", "kerberos.messages=ap-req",
                "authentication=kerberos", "encryption=smb3", "outcome=accepted");
}

static void smb_1_is_read_behind_netbios_with_its_chains_and_pipes(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_smb_netbios, "netbios.names=DC1<20>", "netbios.names=CLIENT7<00>", "smb.dialects=NT LM 0.12",
                "smb.protection=none", "smb.pipes=srvsvc", "rpc.binds=" SRVSVC, "rpc.accepted=" SRVSVC,
                "rpc.data_auth=none/none", "binding bind " SRVSVC " ncacn_np 0/tcp endpoint=\\x5cpipe\\x5csrvsvc",
                "authentication=ntlmv2", "encryption=none", "outcome=accepted");
}

static void a_refused_logon_is_no_authentication(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_smb_refused, "smb.dialects=2.1", "smb.protection=none", "smb.pipes=srvsvc",
                "authentication=anonymous", "encryption=none", "outcome=denied");
}

static void a_name_that_nobody_listens_to_is_a_refusal(void **state)
{
    (void)state;
    ASSERT_SAYS(talk_smb_not_listening, "netbios.names=FILES<20>", "netbios.names=CLIENT7<00>", "outcome=denied");
}

/* --- sessions --- */

static void every_dialect_has_its_name_and_the_wildcard_none(void **state)
{
    (void)state;
    static const struct {
        unsigned number;
        const char *line;
    } cases[] = {{0x0202, "smb.dialects=2.0.2"},
                 {0x0210, "smb.dialects=2.1"},
                 {0x0300, "smb.dialects=3.0"},
                 {0x0302, "smb.dialects=3.0.2"},
                 {0x0311, "smb.dialects=3.1.1"},
                 {0x02ff, NULL},
                 {0x0311 + 1, NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct line line;
        line_open(&line);
        say_dialect(&line, cases[i].number);
        assert_int_equal(line.heard.count, cases[i].line != NULL);
        assert_true(cases[i].line == NULL || heard_has(&line.heard, cases[i].line));
        line_close(&line);
    }
}

static void a_guest_and_a_null_session_are_anonymous(void **state)
{
    (void)state;
    for (unsigned flags = 0; flags <= 4; flags++) {
        struct line line;
        line_open(&line);
        say_let_in(&line, flags, 0);
        assert_int_equal(line.heard.authentication,
                         (flags & 3) != 0 ? AUTHENTICATION_ANONYMOUS : AUTHENTICATION_UNKNOWN);
        assert_int_equal(line.heard.outcome, OUTCOME_ACCEPTED);
        say_let_in(&line, 0, 0xc0000016);
        assert_int_equal(line.heard.outcome, OUTCOME_ACCEPTED);
        say_let_in(&line, 0, 0xc000006d);
        assert_int_equal(line.heard.outcome, OUTCOME_DENIED);
        line_close(&line);
    }
}

static void say_token(struct line *line, unsigned session, const char *token, size_t length)
{
    struct message body = {.length = 0};
    put_number(&body, 25, 12);
    put_number(&body, 88, 2);
    put_number(&body, length, 2);
    put_number(&body, 0, 8);
    put(&body, token, length);
    line->session = session;
    say_smb2(line, SETUP, 0, 0, 0, body.bytes, body.length);
    line->session = 0x77;
}

static void a_new_session_begins_without_what_the_last_one_showed(void **state)
{
    (void)state;
    for (unsigned session = 0; session <= 0x77; session += 0x77) {
        struct line line;
        line_open(&line);
        say_token(&line, 0, TALK_INIT, sizeof TALK_INIT - 1);
        say_token(&line, session, "?", 1);
        say_let_in(&line, 0, 0);
        assert_int_equal(line.heard.authentication, session == 0 ? AUTHENTICATION_UNKNOWN : AUTHENTICATION_KERBEROS);
        line_close(&line);
    }
}

static void lengths_of_answers_tell_how_they_were_made(void **state)
{
    (void)state;
    static const struct {
        unsigned old, cased;
        const char *account;
        unsigned mode, action;
        enum authentication kind;
    } cases[] = {
        {24, 24, "hubuser", 3, 0, AUTHENTICATION_NTLMV1}, {24, 60, "hubuser", 3, 0, AUTHENTICATION_NTLMV2},
        {24, 0, "hubuser", 3, 0, AUTHENTICATION_NTLMV1},  {0, 0, "", 3, 0, AUTHENTICATION_ANONYMOUS},
        {1, 0, "", 3, 0, AUTHENTICATION_ANONYMOUS},       {0, 0, "hubuser", 3, 0, AUTHENTICATION_UNKNOWN},
        {24, 24, "", 3, 0, AUTHENTICATION_NTLMV1},        {24, 24, "hubuser", 3, 1, AUTHENTICATION_ANONYMOUS},
        {12, 0, "hubuser", 1, 0, AUTHENTICATION_BASIC},   {0, 0, "", 1, 0, AUTHENTICATION_ANONYMOUS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct line line;
        line_open(&line);
        say_old_dialect(&line, 1, cases[i].mode);
        say_old_setup(&line, cases[i].old, cases[i].cased, cases[i].account);
        assert_int_equal(line.heard.authentication, AUTHENTICATION_UNKNOWN);
        say_old_let_in(&line, cases[i].action);
        if (line.heard.authentication != cases[i].kind)
            fail_msg("case %zu: %s", i, authentication_name(line.heard.authentication));
        assert_false(heard_contains(&line.heard, "hubuser"));
        line_close(&line);
    }
}

static void a_server_without_a_common_dialect_refuses(void **state)
{
    (void)state;
    struct line line;
    line_open(&line);
    say_old_dialect(&line, 0xffff, 3);
    assert_int_equal(line.heard.count, 0);
    assert_int_equal(line.heard.outcome, OUTCOME_DENIED);
    line_close(&line);
}

/* --- protection --- */

static void only_what_may_be_unsigned_shows_whether_a_session_is(void **state)
{
    (void)state;
    static const struct {
        unsigned dialect, command, flags;
        uint32_t status;
        const char *said;
    } cases[] = {
        {0x0311, TREE_CONNECT, SIGNED, 0, NULL}, /* must always be signed */
        {0x0210, TREE_CONNECT, SIGNED, 0, "smb.protection=signing"},
        {0x0311, TREE_CONNECT, 0, 0, "smb.protection=none"},
        {0x0311, CLOSE, SIGNED, 0, "smb.protection=signing"},
        {0x0311, CLOSE, SIGNED | RESPONSE, 0, "smb.protection=signing"},
        {0x0210, CLOSE, 0, 0, "smb.protection=none"},
        {0x0210, CLOSE, RESPONSE, 0x103, NULL},      /* pending: never signed */
        {0x0210, CLOSE, RESPONSE, 0xc0000203, NULL}, /* session deleted: nothing to sign with */
        {0x0210, ECHO, 0, 0, NULL},
        {0x0210, SETUP, 0, 0, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct line line;
        line_open(&line);
        say_dialect(&line, cases[i].dialect);
        SAY_SMB2(&line, cases[i].command, cases[i].flags, cases[i].status, 1, "\0\0\0\0\0\0\0\0");
        if (heard_count(&line.heard, "smb.protection=") != (cases[i].said != NULL) ||
            (cases[i].said != NULL && !heard_has(&line.heard, cases[i].said)))
            fail_msg("case %zu", i);
        bool data = cases[i].said != NULL && cases[i].command != TREE_CONNECT;
        assert_int_equal(line.heard.encryption, data ? ENCRYPTION_NONE : ENCRYPTION_UNKNOWN);
        line_close(&line);
    }
}

static void the_check_of_the_negotiation_is_always_signed_and_tells_nothing(void **state)
{
    (void)state;
    struct line line;
    line_open(&line);
    say_ioctl(&line, 0x00140204);
    assert_int_equal(line.heard.count, 0);
    say_ioctl(&line, 0x00060194);
    assert_true(heard_has(&line.heard, "smb.protection=signing"));
    line_close(&line);
}

static void in_smb_1_the_bit_of_signing_needs_a_signature(void **state)
{
    (void)state;
    static const struct {
        const char *signature, *said;
    } cases[] = {{NOT_SIGNED, "smb.protection=none"},
                 {"BSRSPYL ", "smb.protection=none"},
                 {"\x81\x02\x33\x04\x05\x06\x07\x08", "smb.protection=signing"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct line line;
        line_open(&line);
        say_smb1(&line, 0x2f, false, 0, cases[i].signature, "\0\0\0", 3);
        assert_int_equal(line.heard.count, 1);
        assert_true(heard_has(&line.heard, cases[i].said));
        line_close(&line);
    }
}

/* --- pipes --- */

static void only_pipes_are_named_and_never_files(void **state)
{
    (void)state;
    static const struct {
        unsigned kind; /* of the tree; 0: not seen */
        const char *name, *said;
    } cases[] = {
        {2, "samr", "smb.pipes=samr"},
        {2, "\\PIPE\\LsaRPC", "smb.pipes=lsarpc"},
        {2, "PSEXESVC-1", "smb.pipes=psexesvc-1"},
        {1, "samr", NULL},
        {1, "Str0ngSecret.doc", NULL},
        {0, "Srvsvc", "smb.pipes=srvsvc"},
        {0, "Str0ngSecret.doc", NULL},
        {2, "", NULL},
        {2, "a\tb", NULL},
        {2, "0123456789012345678901234567890123456789012345678901234567890123456789", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct line line;
        line_open(&line);
        if (cases[i].kind != 0)
            say_tree(&line, 4, cases[i].kind, SIGNED, 0);
        say_create(&line, 4, cases[i].name);
        if (heard_count(&line.heard, "smb.pipes=") != (cases[i].said != NULL) ||
            (cases[i].said != NULL && !heard_has(&line.heard, cases[i].said)))
            fail_msg("%s", cases[i].name);
        line_close(&line);
    }
}

static void a_tree_that_was_refused_is_none(void **state)
{
    (void)state;
    struct line line;
    line_open(&line);
    say_tree(&line, 4, 2, SIGNED, 0xc0000022);
    assert_int_equal(line.heard.outcome, OUTCOME_DENIED);
    say_create(&line, 4, "something");
    assert_int_equal(heard_count(&line.heard, "smb.pipes="), 0);
    line_close(&line);
}

static void many_trees_do_not_make_a_file_a_pipe(void **state)
{
    (void)state;
    struct line line;
    line_open(&line);
    for (unsigned tree = 1; tree <= 20; tree++)
        say_tree(&line, tree, tree % 2 == 0 ? 2 : 1, SIGNED, 0);
    for (unsigned tree = 1; tree <= 20; tree += 2)
        say_create(&line, tree, "Str0ngSecret");
    assert_int_equal(heard_count(&line.heard, "smb.pipes="), 0);
    say_create(&line, 20, "mine");
    assert_true(heard_has(&line.heard, "smb.pipes=mine"));
    line_close(&line);
}

static void a_tree_belongs_to_its_session(void **state)
{
    (void)state;
    struct line line;
    line_open(&line);
    say_tree(&line, 4, 2, SIGNED, 0);
    line.session = 0x78;
    say_create(&line, 4, "Str0ngSecret");
    assert_int_equal(heard_count(&line.heard, "smb.pipes="), 0);
    line.session = 0x77;
    say_create(&line, 4, "mine");
    assert_true(heard_has(&line.heard, "smb.pipes=mine"));
    line_close(&line);
}

static void a_pipe_is_named_behind_another_command(void **state)
{
    (void)state;
    struct line line;
    struct message message = {.length = 0};
    line_open(&line);
    put_smb2(&message, &line, CLOSE, SIGNED, 0, 4, 96);
    put_number(&message, 24, 32);
    put_smb2(&message, &line, CREATE, SIGNED, 0, 4, 0);
    put_create(&message, "samr");
    say_frame(&line, FROM_CLIENT, &message);
    assert_true(heard_has(&line.heard, "smb.pipes=samr"));
    line_close(&line);
}

static void the_tree_connected_behind_a_session_setup_is_known(void **state)
{
    (void)state;
    struct line line;
    struct message rest = {.length = 0};
    line_open(&line);
    put(&rest, "\x03\x75\0\x29\0\0\0\0\0", 9); /* session setup, then at 41 */
    put(&rest, "\x02\xff\0\0\0\x04\0IPC", 11); /* tree connect */
    say_smb1(&line, 0x73, true, 0, NOT_SIGNED, rest.bytes, rest.length);
    rest.length = 0;
    put_number(&rest, 24, 1);
    put_number(&rest, 0xff, 5);
    put_number(&rest, 5, 2);
    put_number(&rest, 0, 41);
    put(&rest, "\x05\0MiNe", 7);
    say_smb1(&line, 0xa2, false, 0, NOT_SIGNED, rest.bytes, rest.length);
    assert_true(heard_has(&line.heard, "smb.pipes=mine"));
    line_close(&line);
}

/* --- the stream --- */

static void a_megabyte_written_is_passed_by(void **state)
{
    (void)state;
    struct line line;
    line_open(&line);
    uint8_t head[4 + 128] = "\0\x10\0\x40\xfeSMB\x40\0\x01\0\0\0\0\0\x09\0\x01\0";
    head[4 + 40] = 0x77;
    uint8_t *data = calloc(1, 0x100040);
    player_hear(&line.player, FROM_CLIENT, head, sizeof head);
    assert_true(line.player.windows[FROM_CLIENT].length == 0);
    assert_int_equal(line.player.windows[FROM_CLIENT].skip, 0x100040 - 128);
    player_hear(&line.player, FROM_CLIENT, data, 0x100040 - 128);
    say_create(&line, 4, "samr");
    assert_true(heard_has(&line.heard, "smb.pipes=samr"));
    free(data);
    line_close(&line);
}

static void the_probe_says_yes_only_when_sure(void **state)
{
    (void)state;
#define SMB1_START "\0\0\0\x54\xffSMB\x72\0\0\0\0"
#define SMB2_START "\0\0\0\x84\xfeSMB\x40\0\0\0\0\0\0\0\0\0\0\0"
#define NAME                                                                                                           \
    "\x20"                                                                                                             \
    "EECBDBCACACACACACACACACACACACACA\0"
    static const struct {
        const char *head;
        size_t length;
        enum likeness client, server;
    } cases[] = {
        {SMB1_START "\x18", 14, LIKE_YES, LIKE_NOT},
        {SMB1_START "\x98", 14, LIKE_NOT, LIKE_YES},
        {SMB1_START, 13, LIKE_MAYBE, LIKE_MAYBE},
        {SMB2_START "\0", 21, LIKE_YES, LIKE_NOT},
        {SMB2_START "\x01", 21, LIKE_NOT, LIKE_YES},
        {"\0\0\0\x84\xfdSMB", 8, LIKE_YES, LIKE_YES},
        {"\0\0\0\x84\xfdSM", 7, LIKE_MAYBE, LIKE_MAYBE},
        {"\0\0\0\x20\xfdSMB", 8, LIKE_NOT, LIKE_NOT}, /* too short for what it would be */
        {"\0\0\0\x84\xfbSMB", 8, LIKE_NOT, LIKE_NOT},
        {"\0\0\0\x84\xfeSMX", 8, LIKE_NOT, LIKE_NOT},
        {"\x81\0\0\x44" NAME, 38, LIKE_YES, LIKE_NOT},
        {"\x81\0\0\x44" NAME, 20, LIKE_MAYBE, LIKE_NOT},
        {"\x81\0\0\x43" NAME, 38, LIKE_NOT, LIKE_NOT},
        {"\x82\0\0\0", 4, LIKE_NOT, LIKE_MAYBE},
        {"\x82\0\0\0" SMB1_START "\x98", 18, LIKE_NOT, LIKE_YES},
        {"\x85\0\0\0" SMB1_START "\x18", 18, LIKE_YES, LIKE_NOT},
        {"\x85\0\0\1", 4, LIKE_NOT, LIKE_NOT},
        {"\0", 1, LIKE_MAYBE, LIKE_MAYBE},
        {"\x16\x03\x01", 3, LIKE_NOT, LIKE_NOT},
        {"\x05\0\x0b", 3, LIKE_NOT, LIKE_NOT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bytes head = bytes_of(cases[i].head, cases[i].length);
        if (dissector_smb.probe(head, FROM_CLIENT) != cases[i].client ||
            dissector_smb.probe(head, FROM_SERVER) != cases[i].server)
            fail_msg("case %zu", i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sealed_rpc_in_a_signed_session_is_said_and_the_session_stays_clear),
        cmocka_unit_test(what_is_encrypted_tells_no_more_than_that),
        cmocka_unit_test(smb_1_is_read_behind_netbios_with_its_chains_and_pipes),
        cmocka_unit_test(a_refused_logon_is_no_authentication),
        cmocka_unit_test(a_name_that_nobody_listens_to_is_a_refusal),
        cmocka_unit_test(every_dialect_has_its_name_and_the_wildcard_none),
        cmocka_unit_test(a_guest_and_a_null_session_are_anonymous),
        cmocka_unit_test(a_new_session_begins_without_what_the_last_one_showed),
        cmocka_unit_test(lengths_of_answers_tell_how_they_were_made),
        cmocka_unit_test(a_server_without_a_common_dialect_refuses),
        cmocka_unit_test(only_what_may_be_unsigned_shows_whether_a_session_is),
        cmocka_unit_test(the_check_of_the_negotiation_is_always_signed_and_tells_nothing),
        cmocka_unit_test(in_smb_1_the_bit_of_signing_needs_a_signature),
        cmocka_unit_test(only_pipes_are_named_and_never_files),
        cmocka_unit_test(a_tree_that_was_refused_is_none),
        cmocka_unit_test(many_trees_do_not_make_a_file_a_pipe),
        cmocka_unit_test(a_tree_belongs_to_its_session),
        cmocka_unit_test(a_pipe_is_named_behind_another_command),
        cmocka_unit_test(the_tree_connected_behind_a_session_setup_is_known),
        cmocka_unit_test(a_megabyte_written_is_passed_by),
        cmocka_unit_test(the_probe_says_yes_only_when_sure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
