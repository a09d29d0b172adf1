/* negotiate_test: what security tokens reveal. The tokens are made by hand, from RFC 4178, RFC 4121 and MS-NLMP; the
 * tickets in them are empty shells. */
#include "dissectors/ber.h"
#include "dissectors/negotiate.h"
#include "tests/cmocka_all.h"
#include "tests/play.h"

// clang-format off
#define TOKEN(text) bytes_of(text, sizeof(text) - 1)
#define OID_KERBEROS    "\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"
#define OID_MS_KERBEROS "\x06\x09\x2a\x86\x48\x82\xf7\x12\x01\x02\x02"
#define OID_NTLM        "\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"
#define OID_SPNEGO      "\x06\x06\x2b\x06\x01\x05\x05\x02"
#define BARE_AP_REQ     "\x6e\x03\x30\x01\x00"
#define BARE_AP_REP     "\x6f\x03\x30\x01\x00"
#define GSS_AP_REQ      "\x60\x12" OID_KERBEROS "\x01\x00" BARE_AP_REQ
#define NTLM            "NTLMSSP\0"
#define TYPE_1          NTLM "\x01\0\0\0" "\x97\x82\x08\xe2" "\0\0\0\0\0\0\0\0" "\0\0\0\0\0\0\0\0"
#define TYPE_2          NTLM "\x02\0\0\0" "\0\0\0\0\x20\0\0\0" "\x15\x82\x89\xe2" "\1\2\3\4\5\6\7\x08"
/* Lengths of the LM answer, the NT answer and the user name; then flags. */
#define FIELD(length)   length "\0" length "\0" "\x40\0\0\0"
#define TYPE_3(lm, nt, user) \
    NTLM "\x03\0\0\0" FIELD(lm) FIELD(nt) FIELD("\x08") FIELD(user) FIELD("\x08") FIELD("\x10") "\x15\x82\x88\xe2"

/* NegTokenInit: Kerberos (twice) and NTLM, with an AP-REQ; then the same without a token; then NTLM alone. */
#define INIT_KERBEROS \
    "\x60\x4a" OID_SPNEGO "\xa0\x40\x30\x3e\xa0\x24\x30\x22" OID_MS_KERBEROS OID_KERBEROS OID_NTLM \
    "\xa2\x16\x04\x14" GSS_AP_REQ
#define INIT_OFFER "\x60\x32" OID_SPNEGO "\xa0\x28\x30\x26\xa0\x24\x30\x22" OID_MS_KERBEROS OID_KERBEROS OID_NTLM
#define INIT_NTLM \
    "\x60\x3e" OID_SPNEGO "\xa0\x34\x30\x32\xa0\x0e\x30\x0c" OID_NTLM "\xa2\x20\x04\x1e" NTLM "\x01\0\0\0" \
    "\x97\x82\x08\xe2" "\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define ANSWER_KERBEROS "\xa1\x1d\x30\x1b\xa0\x03\x0a\x01\x00\xa1\x0b" OID_KERBEROS "\xa2\x07\x04\x05" BARE_AP_REP
#define ANSWER_NTLM     "\xa1\x15\x30\x13\xa0\x03\x0a\x01\x01\xa1\x0c" OID_NTLM
#define ANSWER_REJECT   "\xa1\x07\x30\x05\xa0\x03\x0a\x01\x02"
#define ANSWER_TYPE_3   "\xa1\x46\x30\x44\xa2\x42\x04\x40" TYPE_3("\x18", "\x90", "\x0a")
/* An AP-REQ as it is: a ticket of realm X for ldap/dc, sealed with nothing. */
#define SEALED "\x30\x0a\xa0\x03\x02\x01\x12\xa2\x03\x04\x01\x00"
#define TICKET \
    "\x61\x33\x30\x31\xa0\x03\x02\x01\x05\xa1\x03\x1b\x01X" \
    "\xa2\x15\x30\x13\xa0\x03\x02\x01\x02\xa1\x0c\x30\x0a\x1b\x04ldap\x1b\x02" "dc" "\xa3\x0c" SEALED
#define AP_REQ \
    "\x6e\x58\x30\x56\xa0\x03\x02\x01\x05\xa1\x03\x02\x01\x0e\xa2\x07\x03\x05\0\0\0\0\0\xa3\x35" TICKET \
    "\xa4\x0c" SEALED
// clang-format on

struct spoken {
    enum direction from;
    struct bytes token;
};

/* Hears tokens one after the other; returns what they amount to. */
static enum authentication hear(struct heard *heard, struct negotiation *negotiation, const struct spoken *spoken,
                                size_t count)
{
    heard_init(heard);
    *negotiation = (struct negotiation){0};
    for (size_t i = 0; i < count; i++) {
        /* exactly as long as it is, so that the sanitizer sees a read past it */
        uint8_t *copy = malloc(spoken[i].token.left);
        memcpy(copy, spoken[i].token.at, spoken[i].token.left);
        negotiate_token(negotiation, spoken[i].from, bytes_of(copy, spoken[i].token.left), &heard->facts);
        free(copy);
    }
    return negotiation_result(negotiation);
}

static enum authentication result_of(const struct spoken *spoken, size_t count)
{
    struct heard heard;
    struct negotiation negotiation;
    enum authentication result = hear(&heard, &negotiation, spoken, count);
    heard_fini(&heard);
    return result;
}

static enum authentication result_of_one(struct bytes token)
{
    return result_of(&(struct spoken){FROM_CLIENT, token}, 1);
}

static void the_kind_of_ntlm_is_told_by_the_lengths_of_its_answers(void **state)
{
    (void)state;
    assert_int_equal(result_of_one(TOKEN(TYPE_3("\x18", "\x90", "\x0a"))), AUTHENTICATION_NTLMV2);
    assert_int_equal(result_of_one(TOKEN(TYPE_3("\x18", "\x18", "\x0a"))), AUTHENTICATION_NTLMV1);
    assert_int_equal(result_of_one(TOKEN(TYPE_3("\x18", "\x00", "\x0a"))), AUTHENTICATION_NTLMV1);
    assert_int_equal(result_of_one(TOKEN(TYPE_3("\x01", "\x00", "\x00"))), AUTHENTICATION_ANONYMOUS);
    assert_int_equal(result_of_one(TOKEN(TYPE_3("\x00", "\x00", "\x0a"))), AUTHENTICATION_NTLM);
    assert_int_equal(result_of_one(TOKEN(NTLM "\x03\0\0\0")), AUTHENTICATION_NTLM);
}

static void the_first_messages_of_ntlm_prove_nothing_yet(void **state)
{
    (void)state;
    const struct spoken first[] = {{FROM_CLIENT, TOKEN(TYPE_1)}, {FROM_SERVER, TOKEN(TYPE_2)}};
    struct heard heard;
    struct negotiation negotiation;
    assert_int_equal(hear(&heard, &negotiation, first, 2), AUTHENTICATION_UNKNOWN);
    assert_int_equal(negotiation.ntlm_message, 2);
    /* A challenge that comes late does not take back what was proved. */
    const struct spoken late[] = {{FROM_CLIENT, TOKEN(TYPE_3("\x18", "\x90", "\x0a"))}, {FROM_SERVER, TOKEN(TYPE_2)}};
    assert_int_equal(hear(&heard, &negotiation, late, 2), AUTHENTICATION_NTLMV2);
}

static void an_ap_req_is_kerberos_bare_and_framed(void **state)
{
    (void)state;
    assert_int_equal(result_of_one(TOKEN(BARE_AP_REQ)), AUTHENTICATION_KERBEROS);
    assert_int_equal(result_of_one(TOKEN(GSS_AP_REQ)), AUTHENTICATION_KERBEROS);
    const struct spoken server_only = {FROM_SERVER, TOKEN(BARE_AP_REP)};
    assert_int_equal(result_of(&server_only, 1), AUTHENTICATION_UNKNOWN);
}

static void a_ticket_tells_its_service_wherever_it_is_carried(void **state)
{
    (void)state;
    const struct spoken carried[] = {{FROM_CLIENT, TOKEN(AP_REQ)},
                                     {FROM_CLIENT, TOKEN("\x60\x67" OID_KERBEROS "\x01\x00" AP_REQ)},
                                     {FROM_CLIENT, TOKEN("\xa1\x60\x30\x5e\xa2\x5c\x04\x5a" AP_REQ)}};
    for (size_t i = 0; i < sizeof carried / sizeof carried[0]; i++) {
        struct heard heard;
        struct negotiation negotiation;
        assert_int_equal(hear(&heard, &negotiation, &carried[i], 1), AUTHENTICATION_KERBEROS);
        assert_true(heard_has(&heard, "kerberos.messages=ap-req"));
        assert_true(heard_has(&heard, "kerberos.services=ldap/dc"));
        assert_true(heard_has(&heard, "kerberos.realms=X"));
        assert_true(heard_has(&heard, "kerberos.etypes=aes256-cts-hmac-sha1-96"));
        heard_fini(&heard);
    }
}

static void kerberos_in_spnego_is_used_once_the_server_took_it(void **state)
{
    (void)state;
    const struct spoken talk[] = {{FROM_CLIENT, TOKEN(INIT_KERBEROS)}, {FROM_SERVER, TOKEN(ANSWER_KERBEROS)}};
    struct heard heard;
    struct negotiation negotiation;
    assert_int_equal(hear(&heard, &negotiation, talk, 1), AUTHENTICATION_KERBEROS);
    assert_int_equal(heard.count, 2);
    assert_true(heard_has(&heard, "negotiate.offered=kerberos"));
    assert_true(heard_has(&heard, "negotiate.offered=ntlm"));
    heard_fini(&heard);
    assert_int_equal(hear(&heard, &negotiation, talk, 2), AUTHENTICATION_KERBEROS);
    assert_int_equal(heard.count, 3);
    assert_true(heard_has(&heard, "negotiate.used=kerberos"));
    assert_true(negotiation.completed && negotiation.chose_kerberos && !negotiation.rejected);
    heard_fini(&heard);
}

static void a_server_that_chooses_ntlm_overrules_the_ticket(void **state)
{
    (void)state;
    const struct spoken talk[] = {
        {FROM_CLIENT, TOKEN(INIT_KERBEROS)}, {FROM_SERVER, TOKEN(ANSWER_NTLM)}, {FROM_CLIENT, TOKEN(ANSWER_TYPE_3)}};
    struct heard heard;
    struct negotiation negotiation;
    assert_int_equal(result_of(talk, 2), AUTHENTICATION_NEGOTIATE);
    assert_int_equal(hear(&heard, &negotiation, talk, 3), AUTHENTICATION_NTLMV2);
    assert_true(heard_has(&heard, "negotiate.used=ntlm"));
    assert_false(heard_has(&heard, "negotiate.used=kerberos"));
    heard_fini(&heard);
}

static void an_offer_alone_is_negotiate(void **state)
{
    (void)state;
    struct heard heard;
    struct negotiation negotiation;
    const struct spoken offer = {FROM_CLIENT, TOKEN(INIT_OFFER)};
    assert_int_equal(hear(&heard, &negotiation, &offer, 1), AUTHENTICATION_NEGOTIATE);
    assert_int_equal(heard_count(&heard, "negotiate.offered="), 2);
    assert_int_equal(heard_count(&heard, "negotiate.used="), 0);
    heard_fini(&heard);
    const struct spoken ntlm = {FROM_CLIENT, TOKEN(INIT_NTLM)};
    assert_int_equal(hear(&heard, &negotiation, &ntlm, 1), AUTHENTICATION_NEGOTIATE);
    assert_false(heard_has(&heard, "negotiate.offered=kerberos"));
    assert_int_equal(negotiation.ntlm_message, 1);
    heard_fini(&heard);
}

static void another_attempt_forgets_the_one_before(void **state)
{
    (void)state;
    const struct spoken ntlm_then_kerberos[] = {{FROM_CLIENT, TOKEN(INIT_NTLM)},
                                                {FROM_CLIENT, TOKEN(ANSWER_TYPE_3)},
                                                {FROM_SERVER, TOKEN(ANSWER_REJECT)},
                                                {FROM_CLIENT, TOKEN(INIT_KERBEROS)}};
    assert_int_equal(result_of(ntlm_then_kerberos, 3), AUTHENTICATION_NTLMV2);
    assert_int_equal(result_of(ntlm_then_kerberos, 4), AUTHENTICATION_KERBEROS);
    const struct spoken kerberos_then_ntlm[] = {{FROM_CLIENT, TOKEN(BARE_AP_REQ)},
                                                {FROM_CLIENT, TOKEN(TYPE_1)},
                                                {FROM_CLIENT, TOKEN(TYPE_3("\x18", "\x18", "\x0a"))}};
    const struct spoken bare[] = {{FROM_CLIENT, TOKEN(TYPE_3("\x18", "\x18", "\x0a"))},
                                  {FROM_CLIENT, TOKEN(BARE_AP_REQ)}};
    assert_int_equal(result_of(bare, 2), AUTHENTICATION_KERBEROS);
    assert_int_equal(result_of(kerberos_then_ntlm, 2), AUTHENTICATION_UNKNOWN);
    assert_int_equal(result_of(kerberos_then_ntlm, 3), AUTHENTICATION_NTLMV1);
}

static void a_rejection_is_remembered(void **state)
{
    (void)state;
    const struct spoken talk[] = {{FROM_CLIENT, TOKEN(INIT_KERBEROS)}, {FROM_SERVER, TOKEN(ANSWER_REJECT)}};
    struct heard heard;
    struct negotiation negotiation;
    (void)hear(&heard, &negotiation, talk, 2);
    assert_true(negotiation.rejected);
    assert_false(negotiation.completed);
    assert_false(heard_has(&heard, "negotiate.used=kerberos"));
    heard_fini(&heard);
}

static void cut_and_damaged_tokens_are_safe_and_never_stronger(void **state)
{
    (void)state;
    const struct bytes tokens[] = {TOKEN(INIT_KERBEROS), TOKEN(ANSWER_KERBEROS), TOKEN(TYPE_3("\x18", "\x90", "\x0a")),
                                   TOKEN(GSS_AP_REQ), TOKEN(INIT_NTLM)};
    for (size_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++) {
        for (size_t length = 0; length < tokens[i].left; length++) {
            struct bytes cut = bytes_of(tokens[i].at, length);
            enum authentication result = result_of_one(cut);
            assert_true(result == AUTHENTICATION_UNKNOWN || result == AUTHENTICATION_NTLM ||
                        (result == AUTHENTICATION_NTLMV2 && i == 2 && length >= 44));
            uint8_t damaged[128];
            memcpy(damaged, tokens[i].at, tokens[i].left);
            damaged[length] ^= 0x80;
            (void)result_of_one(bytes_of(damaged, tokens[i].left));
        }
    }
}

static void what_is_no_token_changes_nothing(void **state)
{
    (void)state;
    const struct bytes tokens[] = {TOKEN(""),
                                   TOKEN("NTLMSSP"),
                                   TOKEN("NTLMSSP\0\x04\0\0\0"),
                                   TOKEN("EHLO host\r\n"),
                                   TOKEN("\x60\x0d" OID_KERBEROS "\x03\x00"),
                                   TOKEN("\x30\x03\x02\x01\x01")};
    for (size_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++) {
        struct heard heard;
        struct negotiation negotiation;
        const struct spoken spoken = {FROM_CLIENT, tokens[i]};
        assert_int_equal(hear(&heard, &negotiation, &spoken, 1), AUTHENTICATION_UNKNOWN);
        assert_false(negotiation.spnego || negotiation.sent_kerberos || negotiation.completed);
        assert_int_equal(negotiation.ntlm_message, 0);
        assert_int_equal(heard.count, 0);
        heard_fini(&heard);
    }
}

static void an_element_is_whole_short_or_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t length;
        enum ber_answer answer;
        size_t body;
    } cases[] = {
        {"\x04\x02hi", 4, BER_WHOLE, 2},
        {"\x04\x02h", 3, BER_SHORT, 0},
        {"\x04", 1, BER_SHORT, 0},
        {"", 0, BER_SHORT, 0},
        {"\x04\x81\x02hi!", 6, BER_WHOLE, 2},
        {"\x04\x84\x00\x00\x00\x01x", 7, BER_WHOLE, 1},
        {"\x04\x84\x00\x00", 4, BER_SHORT, 0},
        {"\x04\x80\x00\x00", 4, BER_WRONG, 0},
        {"\x04\x85\x00\x00\x00\x00\x01x", 8, BER_WRONG, 0},
        {"\x1f\x81\x01\x00", 4, BER_WRONG, 0},
        {"\x30\x00", 2, BER_WHOLE, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bytes in = bytes_of(cases[i].bytes, cases[i].length);
        struct ber element = {0};
        assert_int_equal(ber_take(&in, &element), cases[i].answer);
        if (cases[i].answer == BER_WHOLE) {
            assert_int_equal(element.tag, (uint8_t)cases[i].bytes[0]);
            assert_int_equal(element.body.left, cases[i].body);
        } else {
            assert_int_equal(in.left, cases[i].length); /* nothing is taken */
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_kind_of_ntlm_is_told_by_the_lengths_of_its_answers),
        cmocka_unit_test(the_first_messages_of_ntlm_prove_nothing_yet),
        cmocka_unit_test(an_ap_req_is_kerberos_bare_and_framed),
        cmocka_unit_test(a_ticket_tells_its_service_wherever_it_is_carried),
        cmocka_unit_test(kerberos_in_spnego_is_used_once_the_server_took_it),
        cmocka_unit_test(a_server_that_chooses_ntlm_overrules_the_ticket),
        cmocka_unit_test(an_offer_alone_is_negotiate),
        cmocka_unit_test(another_attempt_forgets_the_one_before),
        cmocka_unit_test(a_rejection_is_remembered),
        cmocka_unit_test(cut_and_damaged_tokens_are_safe_and_never_stronger),
        cmocka_unit_test(what_is_no_token_changes_nothing),
        cmocka_unit_test(an_element_is_whole_short_or_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
