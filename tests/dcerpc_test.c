/* dcerpc_test: what MS-RPC conversations reveal, and what the dissector does with long, cut and untrue ones. */
#include "tests/cmocka_all.h"
#include "tests/play.h"
#include "tests/talks_dcerpc.h"

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

static const char *const revealed[][14] = {
    {"authentication=ntlmv2", BOUND(EMSMDB, "ncacn_ip_tcp", "59531"), "encryption=rpc-privacy", "outcome=accepted",
     "rpc.accepted=" EMSMDB, "rpc.auth=ntlm/privacy", "rpc.binds=" EMSMDB, "rpc.data_auth=ntlm/privacy"},
    {"authentication=kerberos", BOUND(NSPI, "ncacn_ip_tcp", "6004"), "encryption=rpc-integrity",
     "negotiate.offered=kerberos", "negotiate.offered=ntlm", "negotiate.used=kerberos", "outcome=accepted",
     "rpc.accepted=" NSPI, "rpc.auth=spnego/integrity", "rpc.binds=" NSPI, "rpc.data_auth=spnego/integrity"},
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
    {"negotiate.offered=kerberos", "negotiate.offered=ntlm", "outcome=denied", "rpc.auth=spnego/privacy",
     "rpc.binds=" NSPI, "rpc.faults=bind refused: authentication type not recognized"},
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

struct line {
    struct heard heard;
    struct player player;
};

static void line_open(struct line *line)
{
    heard_init(&line->heard);
    player_begin(&line->player, &line->heard, &dissector_dcerpc);
}

static void line_close(struct line *line)
{
    player_end(&line->player);
    heard_fini(&line->heard);
}

enum { REQUEST = 0, RESPONSE = 2, FAULT = 3, BIND = 11, BIND_ACK = 12, ALTER = 14, ALTER_RESPONSE = 15 };
enum { FIRST = 1, LAST = 2, WHOLE = 3 };

/* The verifier of a PDU; none when `type` is 0. */
struct verifier {
    uint8_t type, level, context_id;
    struct bytes value;
};

#define TEXT(text) bytes_of(text, sizeof(text) - 1)
#define NTLM_MARK                                                                                                      \
    TEXT("\x01\0\0\0"                                                                                                  \
         "12345678"                                                                                                    \
         "\0\0\0\0")
static const struct verifier none;

/* One little-endian PDU into `out`; its length. */
static size_t write_pdu(uint8_t *out, uint8_t type, uint8_t flags, uint8_t call, struct bytes body, struct verifier v)
{
    size_t trailer = v.type == 0 ? 0 : 8 + v.value.left;
    size_t length = 16 + body.left + trailer;
    memset(out, 0, length);
    out[0] = 5;
    out[2] = type;
    out[3] = flags;
    out[4] = 0x10;
    out[8] = (uint8_t)(length & 0xff);
    out[9] = (uint8_t)(length >> 8);
    out[10] = (uint8_t)v.value.left;
    out[12] = call;
    memcpy(out + 16, body.at, body.left);
    if (trailer > 0) {
        uint8_t *tail = out + 16 + body.left;
        tail[0] = v.type;
        tail[1] = v.level;
        tail[4] = v.context_id;
        memcpy(tail + 8, v.value.at, v.value.left);
    }
    return length;
}

static void say(struct line *line, uint8_t type, uint8_t flags, uint8_t call, struct bytes body, struct verifier v)
{
    static uint8_t pdu[65536];
    bool client = type == REQUEST || type == BIND || type == ALTER;
    player_hear(&line->player, client ? FROM_CLIENT : FROM_SERVER, pdu, write_pdu(pdu, type, flags, call, body, v));
}

/* Context 0; operation 5, or no cancels; 16 bytes. */
#define CALL                                                                                                           \
    TEXT("\x10\0\0\0\0\0\x05\0"                                                                                        \
         "0123456789abcdef")
#define OFFER(interface)                                                                                               \
    TEXT("\xd0\x16\xd0\x16\0\0\0\0\x01\0\0\0"                                                                          \
         "\0\0\x01\0" interface TALK_NDR)
#define TAKEN TEXT("\xd0\x16\xd0\x16\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0" TALK_NDR)

static void say_bind(struct line *line, struct bytes offer)
{
    say(line, BIND, WHOLE, 1, offer, none);
    say(line, BIND_ACK, WHOLE, 1, TAKEN, none);
}

static struct verifier ntlm(uint8_t level)
{
    return (struct verifier){10, level, 0, NTLM_MARK};
}

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
        {OFFER(TALK_NSPI), 6, {10, 6, 0, NTLM_MARK}, DISSECT_SKIP},
        {OFFER(TALK_NSPI), 5, {10, 5, 0, NTLM_MARK}, DISSECT_SKIP},
        {OFFER(TALK_NSPI), 6, {10, 6, 0, TEXT("another length")}, DISSECT_MORE},
        {OFFER(TALK_NSPI), 6, {0}, DISSECT_SKIP},
        {OFFER(TALK_EPM), 6, {10, 6, 0, NTLM_MARK}, DISSECT_SKIP},
        {OFFER(TALK_EPM), 5, {10, 5, 0, NTLM_MARK}, DISSECT_MORE},
        {OFFER(TALK_EPM), 6, {0}, DISSECT_MORE},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct line line;
        line_open(&line);
        say_bind(&line, cases[i].offer);
        for (int call = 0; call < 15; call++)
            say(&line, REQUEST, WHOLE, 2, CALL, ntlm(cases[i].before));
        assert_int_equal(say_beginning(&line, (struct verifier){10, 6, 0, NTLM_MARK}), DISSECT_MORE);
        line_close(&line);

        line_open(&line);
        say_bind(&line, cases[i].offer);
        for (int call = 0; call < 16; call++)
            say(&line, REQUEST, WHOLE, 2, CALL, ntlm(cases[i].before));
        assert_int_equal(say_beginning(&line, cases[i].now), cases[i].answer);
        line_close(&line);
    }
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
    struct verifier kerberos = {16, 6, 1, TEXT("\x6e\x03\x30\x01\0")};
    struct verifier netlogon = {68, 6, 2, TEXT("\0\0\0\0\x03\0\0\0")};
    say(&line, BIND, WHOLE, 1, OFFER(TALK_NSPI), kerberos);
    say(&line, BIND_ACK, WHOLE, 1, TAKEN, (struct verifier){16, 6, 1, TEXT("\x6f\x03\x30\x01\0")});
    say(&line, REQUEST, WHOLE, 2, CALL, (struct verifier){16, 6, 1, TEXT("\x05\x04\x06\xff")});
    assert_int_equal(line.heard.authentication, AUTHENTICATION_KERBEROS);
    say(&line, ALTER, WHOLE, 3, OFFER(TALK_NSPI), netlogon);
    say(&line, ALTER_RESPONSE, WHOLE, 3, TAKEN, netlogon);
    say(&line, REQUEST, WHOLE, 4, CALL, (struct verifier){16, 6, 1, TEXT("\x05\x04\x06\xff")});
    assert_int_equal(line.heard.authentication, AUTHENTICATION_KERBEROS);
    say(&line, REQUEST, WHOLE, 5, CALL, (struct verifier){68, 6, 2, TEXT("\x77\0\x7a\0")});
    assert_int_equal(line.heard.authentication, AUTHENTICATION_NETLOGON);
    assert_true(heard_has(&line.heard, "rpc.data_auth=kerberos/privacy"));
    assert_true(heard_has(&line.heard, "rpc.data_auth=netlogon/privacy"));
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
        {{9, 6, 0, TEXT("\x05\x04\x06\xff\0\0\0\x1c")}, AUTHENTICATION_KERBEROS, ENCRYPTION_RPC_PRIVACY},
        {{9, 5, 0, TEXT("\x04\x04\x04\xff\xff\xff\xff\xff")}, AUTHENTICATION_KERBEROS, ENCRYPTION_RPC_INTEGRITY},
        {{9, 6, 0, NTLM_MARK}, AUTHENTICATION_NTLM, ENCRYPTION_RPC_PRIVACY},
        {{9, 4, 0, TEXT("????")}, AUTHENTICATION_UNKNOWN, ENCRYPTION_NONE},
        {{10, 2, 0, NTLM_MARK}, AUTHENTICATION_NTLM, ENCRYPTION_NONE},
        {{14, 6, 0, TEXT("\x17\x03\x03\0")}, AUTHENTICATION_SCHANNEL, ENCRYPTION_RPC_PRIVACY},
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

static void unknown_types_and_levels_are_said_as_numbers(void **state)
{
    (void)state;
    struct line line;
    line_open(&line);
    for (uint8_t type = 17; type < 40; type++) /* more than are remembered */
        say(&line, REQUEST, WHOLE, 2, CALL, (struct verifier){type, 9, 0, TEXT("????")});
    assert_true(heard_has(&line.heard, "rpc.auth=17/9"));
    assert_true(heard_has(&line.heard, "rpc.data_auth=39/9"));
    assert_int_equal(heard_count(&line.heard, "rpc.auth="), 23);
    line_close(&line);
}

static void sealed_stubs_are_not_read(void **state)
{
    (void)state;
    struct line line;
    line_open(&line);
    say_bind(&line, OFFER(TALK_EPM));
    say(&line, REQUEST, WHOLE, 2, TEXT("\x84\0\0\0\0\0\x03\0" TALK_MAP_REQUEST), ntlm(6));
    say(&line, RESPONSE, WHOLE, 2, TEXT("\x80\0\0\0\0\0\0\0" TALK_MAP_RESPONSE), ntlm(6));
    assert_int_equal(heard_count(&line.heard, "rpc.asked="), 0);
    assert_int_equal(heard_count(&line.heard, "binding ept_map"), 0);
    say(&line, REQUEST, WHOLE, 3, TEXT("\x84\0\0\0\0\0\x03\0" TALK_MAP_REQUEST), ntlm(5));
    say(&line, RESPONSE, WHOLE, 3, TEXT("\x80\0\0\0\0\0\0\0" TALK_MAP_RESPONSE), ntlm(5));
    assert_int_equal(heard_count(&line.heard, "rpc.asked="), 1);
    assert_int_equal(heard_count(&line.heard, "binding ept_map"), 1);
    line_close(&line);
}

/* ept_lookup for everything, operation 2 in context 0. */
#define LOOKUP                                                                                                         \
    TEXT("\x28\0\0\0\0\0\x02\0"                                                                                        \
         "\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0"                                                                          \
         "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"                                                                    \
         "\xf4\x01\0\0")

static void an_answer_whose_last_fragment_never_comes_is_given_up(void **state)
{
    (void)state;
    struct line line;
    line_open(&line);
    say_bind(&line, OFFER(TALK_EPM));
    say(&line, REQUEST, WHOLE, 2, LOOKUP, none);
    say(&line, RESPONSE, FIRST, 2, CALL, none);
    uint8_t *part = calloc(1, 60000);
    for (int i = 0; i < 3; i++)
        say(&line, RESPONSE, 0, 2, bytes_of(part, 60000), none);
    free(part);
    assert_false(line.player.over);
    assert_int_equal(line.player.windows[FROM_SERVER].length, 0);
    say(&line, FAULT, WHOLE, 3,
        TEXT("\x20\0\0\0\0\0\0\0"
             "\x03\0\x01\x1c\0\0\0\0"),
        none);
    assert_true(heard_has(&line.heard, "rpc.faults=unknown interface"));
    line_close(&line);
}

static void an_answer_that_ends_in_a_fault_teaches_nothing(void **state)
{
    (void)state;
    struct line line;
    line_open(&line);
    say_bind(&line, OFFER(TALK_EPM));
    say(&line, REQUEST, WHOLE, 2, TEXT("\x84\0\0\0\0\0\x03\0" TALK_MAP_REQUEST), none);
    say(&line, RESPONSE, FIRST, 2, TEXT("\x80\0\0\0\0\0\0\0" TALK_MAP_RESPONSE), none);
    say(&line, FAULT, WHOLE, 2,
        TEXT("\x20\0\0\0\0\0\0\0"
             "\xf7\x06\0\0\0\0\0\0"),
        none);
    assert_int_equal(heard_count(&line.heard, "binding ept_map"), 0);
    assert_int_equal(line.heard.outcome, OUTCOME_DENIED);
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
        cmocka_unit_test(every_talk_reveals_this_and_no_more),
        cmocka_unit_test(the_size_of_segments_changes_nothing),
        cmocka_unit_test(a_clear_call_among_sealed_ones_is_noticed),
        cmocka_unit_test(the_rest_of_a_call_is_skipped_once_its_header_tells_all),
        cmocka_unit_test(the_last_word_counts),
        cmocka_unit_test(a_fault_without_a_name_is_said_as_a_number),
        cmocka_unit_test(each_security_context_keeps_its_own_provider),
        cmocka_unit_test(picked_up_in_the_middle_a_signature_tells_the_mechanism),
        cmocka_unit_test(unknown_types_and_levels_are_said_as_numbers),
        cmocka_unit_test(sealed_stubs_are_not_read),
        cmocka_unit_test(an_answer_whose_last_fragment_never_comes_is_given_up),
        cmocka_unit_test(an_answer_that_ends_in_a_fault_teaches_nothing),
        cmocka_unit_test(a_bind_with_more_interfaces_than_are_kept_is_read),
        cmocka_unit_test(an_answer_to_another_bind_accepts_nothing),
        cmocka_unit_test(only_a_number_is_a_secondary_port),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
