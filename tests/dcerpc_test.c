/* dcerpc_test: what MS-RPC conversations reveal, and what the dissector does with long, cut and untrue ones. */
#include "tests/cmocka_all.h"
#include "tests/rpc_line.h"

#define EPM       "e1af8308-5d1f-11c9-91a4-08002b14a0fa/3.0"
#define EMSMDB    "a4f1db00-ca47-1067-b31f-00dd010662da/0.81"
#define ASYNC     "5261574a-4572-206e-b268-6b199213b4e4/0.1"
#define NSPI      "f5cc5a18-4264-101a-8c59-08002b2f8426/56.0"
#define NETLOGON  "12345678-1234-abcd-ef00-01234567cffb/1.0"
#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

/* --- whole talks --- */

/* An interface bound and accepted, on a server that names its own port. */
#define BOUND(interface, sequence, port)                                                                               \
    "binding bind " interface " " sequence " 0/tcp", "binding secondary_address " interface " " sequence " " port "/t" \
                                                     "cp"
#define MAPPED(from, interface, port) "binding " from " " interface " ncacn_ip_tcp " port "/tcp tower=10.0.0.5"

static const char *const revealed[][16] = {
    {"authentication=ntlmv2", BOUND(EMSMDB, "ncacn_ip_tcp", "59531"), "encryption=rpc-privacy", "outcome=accepted",
     "rpc.accepted=" EMSMDB, "rpc.auth=ntlm/privacy", "rpc.binds=" EMSMDB, "rpc.data_auth=ntlm/privacy"},
    {"authentication=kerberos", BOUND(NSPI, "ncacn_ip_tcp", "6004"), "encryption=rpc-integrity",
     "kerberos.messages=ap-rep", "kerberos.messages=ap-req", "negotiate.offered=kerberos", "negotiate.offered=ntlm",
     "negotiate.used=kerberos", "outcome=accepted", "rpc.accepted=" NSPI, "rpc.auth=spnego/integrity",
     "rpc.binds=" NSPI, "rpc.data_auth=spnego/integrity"},
    {"authentication=anonymous", "binding bind " EPM " ncacn_ip_tcp 0/tcp", MAPPED("ept_map", EMSMDB, "49160"),
     MAPPED("ept_map", EMSMDB, "49161"), "binding secondary_address " EPM " ncacn_ip_tcp 135/tcp", "encryption=none",
     "outcome=denied", "rpc.accepted=" EPM, "rpc.asked=" EMSMDB, "rpc.binds=" EPM, "rpc.data_auth=none/none",
     "rpc.not_registered=" EMSMDB},
    {"authentication=anonymous", "binding bind " EPM " ncacn_ip_tcp 0/tcp", MAPPED("ept_map", EMSMDB, "49160"),
     "binding secondary_address " EPM " ncacn_ip_tcp 135/tcp", "encryption=none", "outcome=accepted",
     "rpc.accepted=" EPM, "rpc.asked=" EMSMDB, "rpc.binds=" EPM, "rpc.data_auth=none/none"},
    {"authentication=anonymous", "binding bind " EPM " ncacn_ip_tcp 0/tcp", MAPPED("ept_lookup", ASYNC, "49160"),
     MAPPED("ept_lookup", EMSMDB, "49160") " annotation=Exchange Server STORE EMSMDB Interface",
     MAPPED("ept_lookup", NSPI, "49170") " annotation=MS Exchange Directory NSPI Proxy",
     MAPPED("ept_map", EMSMDB, "49160"), "binding secondary_address " EPM " ncacn_ip_tcp 135/tcp", "encryption=none",
     "outcome=accepted", "rpc.accepted=" EPM, "rpc.asked=" EMSMDB, "rpc.binds=" EPM, "rpc.data_auth=none/none"},
    {"authentication=anonymous", "binding bind " EPM " ncacn_ip_tcp 0/tcp", MAPPED("ept_map", EMSMDB, "49160"),
     "binding secondary_address " EPM " ncacn_ip_tcp 135/tcp", "encryption=none", "outcome=accepted",
     "rpc.accepted=" EPM, "rpc.asked=" EMSMDB, "rpc.binds=" EPM, "rpc.data_auth=none/none"},
    {"kerberos.messages=ap-req", "negotiate.offered=kerberos", "negotiate.offered=ntlm", "outcome=denied",
     "rpc.auth=spnego/privacy", "rpc.binds=" NSPI, "rpc.faults=bind refused: authentication type not recognized"},
    {"outcome=denied", "rpc.binds=" NSPI},
    {"authentication=anonymous", BOUND(NSPI, "ncacn_ip_tcp", "59532"), "encryption=none", "outcome=denied",
     "rpc.accepted=" NSPI, "rpc.binds=" NSPI, "rpc.data_auth=none/none", "rpc.faults=unknown operation"},
    {"authentication=ntlmv1", BOUND(EMSMDB, "ncacn_http", "6001"), "encryption=none", "outcome=accepted",
     "rpc.accepted=" EMSMDB, "rpc.auth=ntlm/connect", "rpc.binds=" EMSMDB, "rpc.data_auth=none/none"},
    {"authentication=anonymous", BOUND(NETLOGON, "ncacn_ip_tcp", "49155"), "encryption=none", "outcome=accepted",
     "rpc.accepted=" NETLOGON, "rpc.auth=netlogon/privacy", "rpc.binds=" NETLOGON, "rpc.data_auth=netlogon/privacy",
     "rpc.data_auth=none/none"},
    {MAPPED("ept_map", EMSMDB, "49160"), "encryption=none", "outcome=accepted", "rpc.asked=" EMSMDB,
     "rpc.data_auth=none/none"},
};

static void every_talk_reveals_this_and_no_more(void **state)
{
    (void)state;
    assert_int_equal(LENGTH(revealed), LENGTH(dcerpc_talks));
    for (size_t i = 0; i < LENGTH(dcerpc_talks); i++) {
        struct heard heard;
        heard_init(&heard);
        play(&heard, &dissector_dcerpc, &dcerpc_talks[i], PLAY_WHOLE);
        for (size_t line = 0; line < heard.count; line++) {
            assert_non_null(revealed[i][line]);
            assert_string_equal(heard.lines[line], revealed[i][line]);
        }
        assert_null(revealed[i][heard.count]);
        heard_fini(&heard);
    }
}

static void the_size_of_segments_changes_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(dcerpc_talks); i++) {
        for (size_t chunk = 1; chunk <= 64; chunk++) {
            struct heard whole, cut;
            heard_init(&whole);
            heard_init(&cut);
            play(&whole, &dissector_dcerpc, &dcerpc_talks[i], PLAY_WHOLE);
            play(&cut, &dissector_dcerpc, &dcerpc_talks[i], chunk);
            assert_true(heard_same(&whole, &cut));
            heard_fini(&whole);
            heard_fini(&cut);
        }
    }
}

/* --- PDU by PDU --- */

static void a_clear_call_among_sealed_ones_is_noticed(void **state)
{
    (void)state;
    struct line line;
    line_open(&line);
    say_bind(&line, OFFER(TALK_NSPI));
    for (int i = 0; i < 60; i++)
        say(&line, REQUEST, WHOLE, 2, CALL, i == 40 ? none : ntlm(6));
    assert_true(heard_has(&line.heard, "rpc.data_auth=ntlm/privacy"));
    assert_true(heard_has(&line.heard, "rpc.data_auth=none/none"));
    assert_false(heard_has(&line.heard, "rpc.auth=none/none"));
    assert_int_equal(line.heard.encryption, ENCRYPTION_NONE);
    line_close(&line);
}

/* Says the first 30 bytes of a call with this verifier. */
static enum dissect_answer say_beginning(struct line *line, struct verifier v)
{
    uint8_t pdu[256];
    (void)write_pdu(pdu, REQUEST, WHOLE, 3, CALL, v);
    player_hear(&line->player, FROM_CLIENT, pdu, 30);
    return line->heard.last;
}

static void the_rest_of_a_call_is_skipped_once_its_header_tells_all(void **state)
{
    (void)state;
    const struct {
        struct bytes offer;
        uint8_t before; /* level of sixteen calls */
        struct verifier now;
        enum dissect_answer answer;
    } cases[] = {
        {OFFER(TALK_NSPI), 6, {10, 6, 0, 0, NTLM_MARK}, DISSECT_SKIP},
        {OFFER(TALK_NSPI), 5, {10, 5, 0, 0, NTLM_MARK}, DISSECT_SKIP},
        {OFFER(TALK_NSPI), 6, {10, 6, 0, 0, TEXT("another length")}, DISSECT_MORE},
        {OFFER(TALK_NSPI), 6, {0}, DISSECT_SKIP},
        {OFFER(TALK_EPM), 6, {10, 6, 0, 0, NTLM_MARK}, DISSECT_SKIP},
        {OFFER(TALK_EPM), 5, {10, 5, 0, 0, NTLM_MARK}, DISSECT_MORE},
        {OFFER(TALK_EPM), 6, {0}, DISSECT_MORE},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct line line;
        line_open(&line);
        say_bind(&line, cases[i].offer);
        for (int call = 0; call < 15; call++)
            say(&line, REQUEST, WHOLE, 2, CALL, ntlm(cases[i].before));
        assert_int_equal(say_beginning(&line, (struct verifier){10, 6, 0, 0, NTLM_MARK}), DISSECT_MORE);
        line_close(&line);

        line_open(&line);
        say_bind(&line, cases[i].offer);
        for (int call = 0; call < 16; call++)
            say(&line, REQUEST, WHOLE, 2, CALL, ntlm(cases[i].before));
        assert_int_equal(say_beginning(&line, cases[i].now), cases[i].answer);
        line_close(&line);
    }
}

static void calls_that_differ_or_follow_a_new_bind_are_read_again(void **state)
{
    (void)state;
    struct line line;
    line_open(&line);
    say_bind(&line, OFFER(TALK_NSPI));
    for (int call = 0; call < 31; call++)
        say(&line, REQUEST, WHOLE, 2, CALL, ntlm(call < 15 ? 5 : 6));
    assert_int_equal(say_beginning(&line, ntlm(6)), DISSECT_SKIP);
    line_close(&line);

    line_open(&line);
    say_bind(&line, OFFER(TALK_NSPI));
    for (int call = 0; call < 16; call++)
        say(&line, REQUEST, WHOLE, 2, CALL, ntlm(call % 2 == 0 ? 5 : 6));
    assert_int_equal(say_beginning(&line, ntlm(6)), DISSECT_MORE);
    line_close(&line);

    line_open(&line);
    say_bind(&line, OFFER(TALK_NSPI));
    for (int call = 0; call < 16; call++)
        say(&line, REQUEST, WHOLE, 2, CALL, ntlm(6));
    say(&line, ALTER, WHOLE, 3, OFFER(TALK_NSPI), none);
    assert_int_equal(say_beginning(&line, ntlm(6)), DISSECT_MORE);
    line_close(&line);
}

static void a_rejected_second_syntax_is_no_refusal(void **state)
{
    (void)state;
    const struct talk bind_alone = {"bind", &dissector_dcerpc, talk_rpc_ept_map_ndr64, 2};
    struct heard heard;
    heard_init(&heard);
    play(&heard, &dissector_dcerpc, &bind_alone, PLAY_WHOLE);
    assert_true(heard_has(&heard, "rpc.accepted=" EPM));
    assert_true(heard_has(&heard, "outcome=accepted"));
    heard_fini(&heard);
}

static void the_last_word_counts(void **state)
{
    (void)state;
    struct line line;
    line_open(&line);
    say_bind(&line, OFFER(TALK_NSPI));
    assert_int_equal(line.heard.outcome, OUTCOME_ACCEPTED);
    say(&line, FAULT, WHOLE, 2,
        TEXT("\x20\0\0\0\0\0\0\0"
             "\x05\0\0\0\0\0\0\0"),
        none);
    assert_int_equal(line.heard.outcome, OUTCOME_DENIED);
    say(&line, RESPONSE, WHOLE, 3, CALL, none);
    assert_int_equal(line.heard.outcome, OUTCOME_ACCEPTED);
    assert_true(heard_has(&line.heard, "rpc.faults=access denied"));
    line_close(&line);
}

static void a_fault_without_a_name_is_said_as_a_number(void **state)
{
    (void)state;
    struct line line;
    line_open(&line);
    say(&line, FAULT, WHOLE, 2,
        TEXT("\x20\0\0\0\0\0\0\0"
             "\x0b\0\x01\x1c\0\0\0\0"),
        none);
    assert_true(heard_has(&line.heard, "rpc.faults=0x1c01000b"));
    line_close(&line);
}

static void each_security_context_keeps_its_own_provider(void **state)
{
    (void)state;
    struct line line;
    line_open(&line);
    struct verifier kerberos = {16, 6, 1, 0, TEXT("\x6e\x03\x30\x01\0")};
    struct verifier netlogon = {68, 6, 2, 0, TEXT("\0\0\0\0\x03\0\0\0")};
    say(&line, BIND, WHOLE, 1, OFFER(TALK_NSPI), kerberos);
    say(&line, BIND_ACK, WHOLE, 1, TAKEN, (struct verifier){16, 6, 1, 0, TEXT("\x6f\x03\x30\x01\0")});
    say(&line, REQUEST, WHOLE, 2, CALL, (struct verifier){16, 6, 1, 0, TEXT("\x05\x04\x06\xff")});
    assert_int_equal(line.heard.authentication, AUTHENTICATION_KERBEROS);
    say(&line, ALTER, WHOLE, 3, OFFER(TALK_NSPI), netlogon);
    say(&line, ALTER_RESPONSE, WHOLE, 3, TAKEN, netlogon);
    say(&line, REQUEST, WHOLE, 4, CALL, (struct verifier){16, 6, 1, 0, TEXT("\x05\x04\x06\xff")});
    assert_int_equal(line.heard.authentication, AUTHENTICATION_KERBEROS);
    say(&line, REQUEST, WHOLE, 5, CALL, (struct verifier){68, 6, 2, 0, TEXT("\x77\0\x7a\0")});
    assert_int_equal(line.heard.authentication, AUTHENTICATION_NETLOGON);
    assert_true(heard_has(&line.heard, "rpc.data_auth=kerberos/privacy"));
    assert_true(heard_has(&line.heard, "rpc.data_auth=netlogon/privacy"));
    line_close(&line);
}

/* NTLM with lengths of answers, and of the user's name. */
#define TYPE_3(nt, user)                                                                                               \
    TEXT("NTLMSSP\0\x03\0\0\0"                                                                                         \
         "\x18\0\x18\0\0\0\0\0" nt "\0\x18\0\0\0\0\0"                                                                  \
         "\0\0\0\0\0\0\0\0" user "\0\x08\0\0\0\0\0"                                                                    \
         "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")

static void what_is_proved_in_one_security_context_is_not_said_of_another(void **state)
{
    (void)state;
    struct line line;
    line_open(&line);
    const struct verifier newer = {10, 6, 1, 0, TYPE_3("\x90", "\x08")}, older = {10, 6, 2, 0, TYPE_3("\x18", "\x08")};
    say(&line, BIND, WHOLE, 1, OFFER(TALK_NSPI), newer);
    say(&line, BIND_ACK, WHOLE, 1, TAKEN, none);
    say(&line, ALTER, WHOLE, 2, OFFER(TALK_NSPI), older);
    say(&line, ALTER_RESPONSE, WHOLE, 2, TAKEN, none);
    say(&line, REQUEST, WHOLE, 3, CALL, (struct verifier){10, 6, 1, 0, NTLM_MARK});
    assert_int_equal(line.heard.authentication, AUTHENTICATION_NTLMV2);
    say(&line, REQUEST, WHOLE, 4, CALL, (struct verifier){10, 6, 2, 0, NTLM_MARK});
    assert_int_equal(line.heard.authentication, AUTHENTICATION_NTLMV1);
    line_close(&line);
}

static void picked_up_in_the_middle_a_signature_tells_the_mechanism(void **state)
{
    (void)state;
    const struct {
        struct verifier v;
        enum authentication authentication;
        enum encryption encryption;
    } cases[] = {
        {{9, 6, 0, 0, TEXT("\x05\x04\x06\xff\0\0\0\x1c")}, AUTHENTICATION_KERBEROS, ENCRYPTION_RPC_PRIVACY},
        {{9, 5, 0, 0, TEXT("\x04\x04\x04\xff\xff\xff\xff\xff")}, AUTHENTICATION_KERBEROS, ENCRYPTION_RPC_INTEGRITY},
        {{9, 6, 0, 0, NTLM_MARK}, AUTHENTICATION_NTLM, ENCRYPTION_RPC_PRIVACY},
        {{9, 4, 0, 0, TEXT("????")}, AUTHENTICATION_UNKNOWN, ENCRYPTION_NONE},
        {{10, 2, 0, 0, NTLM_MARK}, AUTHENTICATION_NTLM, ENCRYPTION_NONE},
        {{14, 6, 0, 0, TEXT("\x17\x03\x03\0")}, AUTHENTICATION_SCHANNEL, ENCRYPTION_RPC_PRIVACY},
        {{0}, AUTHENTICATION_UNKNOWN, ENCRYPTION_NONE}, /* the bind may have had one */
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct line line;
        line_open(&line);
        say(&line, REQUEST, WHOLE, 2, CALL, cases[i].v);
        assert_int_equal(line.heard.authentication, cases[i].authentication);
        assert_int_equal(line.heard.encryption, cases[i].encryption);
        line_close(&line);
    }
}

static void only_a_connection_known_from_its_bind_can_be_anonymous(void **state)
{
    (void)state;
    struct line line;
    line_open(&line);
    say(&line, ALTER, WHOLE, 1, OFFER(TALK_NSPI), none);
    say(&line, ALTER_RESPONSE, WHOLE, 1, TAKEN, none);
    say(&line, REQUEST, WHOLE, 2, CALL, none);
    assert_int_equal(line.heard.authentication, AUTHENTICATION_UNKNOWN);
    line_close(&line);
    line_open(&line);
    say_bind(&line, OFFER(TALK_NSPI));
    say(&line, REQUEST, WHOLE, 2, CALL, ntlm(6)); /* so some bind was missed after all */
    say(&line, REQUEST, WHOLE, 3, CALL, none);
    assert_int_equal(line.heard.authentication, AUTHENTICATION_NTLM);
    line_close(&line);
}

static void a_call_without_verifier_is_by_whom_the_last_bind_proved(void **state)
{
    (void)state;
    struct line line;
    line_open(&line);
    struct verifier kerberos = {16, 2, 1, 0, TEXT("\x6e\x03\x30\x01\0")};
    struct verifier ntlm_proof = {10, 2, 2, 0, TEXT(TALK_TYPE_1)};
    say(&line, BIND, WHOLE, 1, OFFER(TALK_NSPI), ntlm_proof);
    say(&line, BIND_ACK, WHOLE, 1, TAKEN, none);
    say(&line, REQUEST, WHOLE, 2, CALL, none);
    assert_int_equal(line.heard.authentication, AUTHENTICATION_UNKNOWN); /* offered, not proved */
    say(&line, ALTER, WHOLE, 3, OFFER(TALK_NSPI), kerberos);
    say(&line, REQUEST, WHOLE, 4, CALL, none);
    assert_int_equal(line.heard.authentication, AUTHENTICATION_KERBEROS);
    assert_true(heard_has(&line.heard, "rpc.auth=kerberos/connect"));
    assert_int_equal(line.heard.encryption, ENCRYPTION_NONE);
    line_close(&line);
}

static void unknown_types_and_levels_are_said_as_numbers(void **state)
{
    (void)state;
    struct line line;
    line_open(&line);
    for (uint8_t type = 17; type < 40; type++) /* more than are remembered */
        say(&line, REQUEST, WHOLE, 2, CALL, (struct verifier){type, 9, 0, 0, TEXT("????")});
    assert_true(heard_has(&line.heard, "rpc.auth=17/9"));
    assert_true(heard_has(&line.heard, "rpc.data_auth=39/9"));
    assert_int_equal(heard_count(&line.heard, "rpc.auth="), 23);
    line_close(&line);
}

static void a_bind_with_more_interfaces_than_are_kept_is_read(void **state)
{
    (void)state;
    enum { MANY = 60 };
    uint8_t offer[12 + MANY * 44] = {[8] = MANY};
    uint8_t taken[16 + MANY * 24] = {[12] = MANY};
    for (size_t i = 0; i < MANY; i++) {
        memcpy(offer + 12 + i * 44, "\0\0\x01\0" TALK_NSPI TALK_NDR, 44);
        offer[12 + i * 44] = (uint8_t)i;      /* its identifier */
        offer[12 + i * 44 + 20] = (uint8_t)i; /* its major version */
        memcpy(taken + 16 + i * 24, "\0\0\0\0" TALK_NDR, 24);
    }
    struct line line;
    line_open(&line);
    say(&line, BIND, WHOLE, 1, bytes_of(offer, sizeof offer), none);
    say(&line, BIND_ACK, WHOLE, 1, bytes_of(taken, sizeof taken), none);
    assert_int_equal(heard_count(&line.heard, "rpc.binds="), MANY);
    assert_in_range(heard_count(&line.heard, "rpc.accepted="), 16, MANY);
    assert_true(heard_has(&line.heard, "rpc.accepted=f5cc5a18-4264-101a-8c59-08002b2f8426/0.0"));
    assert_int_equal(line.heard.outcome, OUTCOME_ACCEPTED);
    line_close(&line);
}

static void an_answer_to_another_bind_accepts_nothing(void **state)
{
    (void)state;
    struct line line;
    line_open(&line);
    say(&line, BIND, WHOLE, 1, OFFER(TALK_NSPI), none);
    say(&line, BIND_ACK, WHOLE, 9, TAKEN, none);
    assert_int_equal(heard_count(&line.heard, "rpc.accepted="), 0);
    line_close(&line);
}

static void only_a_number_is_a_secondary_port(void **state)
{
    (void)state;
    const struct {
        struct bytes ack;
        size_t learned;
    } cases[] = {
        {TEXT("\0\0\0\0\0\0\0\0\x04\0"
              "135\0"
              "\0\0"
              "\x01\0\0\0\0\0\0\0" TALK_NDR),
         1},
        {TEXT("\0\0\0\0\0\0\0\0\x06\0"
              "\\pipe\0"
              "\x01\0\0\0\0\0\0\0" TALK_NDR),
         0},
        {TEXT("\0\0\0\0\0\0\0\0\x06\0"
              "70000\0"
              "\x01\0\0\0\0\0\0\0" TALK_NDR),
         0},
        {TEXT("\0\0\0\0\0\0\0\0\x02\0"
              "0\0"
              "\x01\0\0\0\0\0\0\0" TALK_NDR),
         0},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct line line;
        line_open(&line);
        say(&line, BIND, WHOLE, 1, OFFER(TALK_NSPI), none);
        say(&line, BIND_ACK, WHOLE, 1, cases[i].ack, none);
        assert_int_equal(heard_count(&line.heard, "rpc.accepted="), 1);
        assert_int_equal(heard_count(&line.heard, "binding secondary_address"), cases[i].learned);
        line_close(&line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_that_differ_or_follow_a_new_bind_are_read_again),
        cmocka_unit_test(a_rejected_second_syntax_is_no_refusal),
        cmocka_unit_test(only_a_connection_known_from_its_bind_can_be_anonymous),
        cmocka_unit_test(a_call_without_verifier_is_by_whom_the_last_bind_proved),
        cmocka_unit_test(every_talk_reveals_this_and_no_more),
        cmocka_unit_test(the_size_of_segments_changes_nothing),
        cmocka_unit_test(a_clear_call_among_sealed_ones_is_noticed),
        cmocka_unit_test(the_rest_of_a_call_is_skipped_once_its_header_tells_all),
        cmocka_unit_test(the_last_word_counts),
        cmocka_unit_test(a_fault_without_a_name_is_said_as_a_number),
        cmocka_unit_test(each_security_context_keeps_its_own_provider),
        cmocka_unit_test(what_is_proved_in_one_security_context_is_not_said_of_another),
        cmocka_unit_test(picked_up_in_the_middle_a_signature_tells_the_mechanism),
        cmocka_unit_test(unknown_types_and_levels_are_said_as_numbers),
        cmocka_unit_test(a_bind_with_more_interfaces_than_are_kept_is_read),
        cmocka_unit_test(an_answer_to_another_bind_accepts_nothing),
        cmocka_unit_test(only_a_number_is_a_secondary_port),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
