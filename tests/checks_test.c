/* What was read against what a row expects: encryption, authentication, and what is never checked. */
#include "audit/checks.h"
#include "tests/cmocka_all.h"

#define WORDS(...)                                                                                                     \
    {                                                                                                                  \
        (const char *[]){__VA_ARGS__}, sizeof((const char *[]){__VA_ARGS__}) / sizeof(const char *)                    \
    }

static const struct expectation by_default = {
    .encryption_supported = WORDS("tls"), .encryption_default = ANSWER_YES, .checked = true};
static const struct expectation optional = {
    .encryption_supported = WORDS("ipsec"), .encryption_default = ANSWER_NO, .checked = true};
static const struct expectation never = {.encryption_default = ANSWER_NO, .checked = true};
static const struct expectation unsaid = {.checked = true};
static const struct expectation by_design = {.encryption_default = ANSWER_YES, .checked = false};

static void clear_or_only_signed_is_weaker_where_encryption_is_the_default(void **state)
{
    (void)state;
    assert_int_equal(check_encryption(&by_default, "none"), ENCRYPTION_WEAKER);
    assert_int_equal(check_encryption(&by_default, "rpc-integrity"), ENCRYPTION_WEAKER);
    assert_int_equal(check_encryption(&by_default, "ldap-sign"), ENCRYPTION_WEAKER);
    assert_true(encryption_deviates(ENCRYPTION_WEAKER));
}

static void encrypted_is_as_expected_where_encryption_is_the_default(void **state)
{
    (void)state;
    static const char *const encrypted[] = {"tls",       "starttls", "anonymoustls", "rpc-privacy",
                                            "ldap-seal", "smb3",     "srtp",         "ipsec"};
    for (size_t i = 0; i < sizeof encrypted / sizeof encrypted[0]; i++)
        assert_int_equal(check_encryption(&by_default, encrypted[i]), ENCRYPTION_AS_EXPECTED);
    assert_false(encryption_deviates(ENCRYPTION_AS_EXPECTED));
}

static void clear_is_fine_where_encryption_is_not_the_default(void **state)
{
    (void)state;
    assert_int_equal(check_encryption(&optional, "none"), ENCRYPTION_OPTIONAL_UNUSED);
    assert_int_equal(check_encryption(&never, "none"), ENCRYPTION_AS_EXPECTED);
    assert_int_equal(check_encryption(&never, "rpc-integrity"), ENCRYPTION_AS_EXPECTED);
    assert_false(encryption_deviates(ENCRYPTION_OPTIONAL_UNUSED));
}

static void encrypted_is_stronger_where_encryption_is_not_the_default(void **state)
{
    (void)state;
    assert_int_equal(check_encryption(&optional, "tls"), ENCRYPTION_STRONGER);
    assert_int_equal(check_encryption(&never, "rpc-privacy"), ENCRYPTION_STRONGER);
    assert_false(encryption_deviates(ENCRYPTION_STRONGER));
}

static void encryption_that_was_not_read_is_never_wrong(void **state)
{
    (void)state;
    assert_int_equal(check_encryption(&by_default, ""), ENCRYPTION_NOT_OBSERVABLE);
    assert_int_equal(check_encryption(&optional, ""), ENCRYPTION_NOT_OBSERVABLE);
    assert_false(encryption_deviates(ENCRYPTION_NOT_OBSERVABLE));
}

static void a_row_that_says_nothing_or_is_clear_by_design_is_not_checked(void **state)
{
    (void)state;
    assert_int_equal(check_encryption(&unsaid, "none"), ENCRYPTION_NOT_CHECKED);
    assert_int_equal(check_encryption(&by_design, "none"), ENCRYPTION_NOT_CHECKED);
    assert_int_equal(check_authentication(&unsaid, "basic", false), AUTHENTICATION_NOT_CHECKED);
    assert_int_equal(check_authentication(&by_design, "basic", false), AUTHENTICATION_NOT_CHECKED);
}

static void services_without_secrets_are_clear_by_design(void **state)
{
    (void)state;
    static const char *const clear[] = {"dns", "cldap", "kerberos"};
    for (size_t i = 0; i < sizeof clear / sizeof clear[0]; i++)
        assert_true(is_clear_by_design(&(struct judged_conversation){.protocol = clear[i], .port = 389}));
    assert_true(is_clear_by_design(&(struct judged_conversation){.protocol = "dcerpc", .port = 135}));
    assert_false(is_clear_by_design(&(struct judged_conversation){.protocol = "ldap", .port = 389}));
}

static const struct {
    const char *default_word, *supported_word, *observed;
    bool kerberos_offered;
    enum authentication_check check;
    bool deviates;
} cases[] = {
    {"kerberos", "ntlm", "kerberos", false, AUTHENTICATION_DEFAULT, false},
    {"kerberos", "ntlm", "ntlmv2", false, AUTHENTICATION_SUPPORTED, false},
    {"kerberos", "ntlm", "ntlmv1", false, AUTHENTICATION_SUPPORTED, false},
    {"kerberos", "ntlm", "ntlm", false, AUTHENTICATION_SUPPORTED, false},
    {"kerberos", "ntlm", "netlogon", false, AUTHENTICATION_DEFAULT, false},
    {"kerberos", "ntlm", "basic", false, AUTHENTICATION_UNSUPPORTED, true},
    {"kerberos", "ntlm", "simple", false, AUTHENTICATION_UNSUPPORTED, true},
    {"kerberos", "ntlm", "digest", false, AUTHENTICATION_UNSUPPORTED, true},
    {"kerberos", "ntlm", "anonymous", false, AUTHENTICATION_IS_ANONYMOUS, false},
    {"kerberos", "ntlm", "negotiate", false, AUTHENTICATION_NOT_OBSERVABLE, false},
    {"kerberos", "ntlm", "", false, AUTHENTICATION_NOT_OBSERVABLE, false},
    {"negotiate", "negotiate", "negotiate", false, AUTHENTICATION_DEFAULT, false},
    {"negotiate", "negotiate", "kerberos", false, AUTHENTICATION_DEFAULT, false},
    {"negotiate", "negotiate", "ntlmv2", false, AUTHENTICATION_DEFAULT, false},
    {"ntlmv2", "ntlmv2", "ntlmv1", false, AUTHENTICATION_UNSUPPORTED, true},
    {"ntlmv2", "ntlmv2", "ntlm", false, AUTHENTICATION_NOT_OBSERVABLE, false},
    {"basic", "basic", "simple", false, AUTHENTICATION_DEFAULT, false},
    {"basic", "basic", "kerberos", false, AUTHENTICATION_UNSUPPORTED, true},
    {"basic", "basic", "negotiate", false, AUTHENTICATION_UNSUPPORTED, true},
    {"forms", "basic", "forms", false, AUTHENTICATION_DEFAULT, false},
    {"anonymous", "certificate", "anonymous", false, AUTHENTICATION_DEFAULT, false},
    {"anonymous", "certificate", "certificate", false, AUTHENTICATION_SUPPORTED, false},
    {"mtls", "mtls", "certificate", false, AUTHENTICATION_DEFAULT, false},
    {"direct-trust", "direct-trust", "certificate", false, AUTHENTICATION_CONSISTENT, false},
    {"direct-trust", "direct-trust", "", false, AUTHENTICATION_NOT_OBSERVABLE, false},
    {"direct-trust", "direct-trust", "ntlmv2", false, AUTHENTICATION_UNSUPPORTED, true},
    {"by-ip-address", "by-ip-address", "", false, AUTHENTICATION_CONSISTENT, false},
    {"by-ip-address", "by-ip-address", "anonymous", false, AUTHENTICATION_CONSISTENT, false},
    {"by-ip-address", "by-ip-address", "ntlmv2", false, AUTHENTICATION_UNSUPPORTED, true},
    /* Kerberos was offered under Negotiate, NTLM was used */
    {"kerberos", "kerberos", "ntlmv2", true, AUTHENTICATION_FALLBACK, true},
    {"kerberos", "ntlm", "ntlmv2", true, AUTHENTICATION_FALLBACK, false},
    {"kerberos", "certificate", "ntlmv2", true, AUTHENTICATION_UNSUPPORTED, true},
    {"kerberos", "kerberos", "kerberos", true, AUTHENTICATION_DEFAULT, false},
    {"basic", "basic", "ntlm", true, AUTHENTICATION_UNSUPPORTED, true},
    {"kerberos", "kerberos", "ntlmv2", false, AUTHENTICATION_UNSUPPORTED, true},
};

static void every_method_satisfies_its_own_words_and_no_others(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *words[2] = {cases[i].default_word, cases[i].supported_word};
        struct expectation expectation = {
            .authentication_default = {&words[0], 1}, .authentication_supported = {&words[1], 1}, .checked = true};
        enum authentication_check check =
            check_authentication(&expectation, cases[i].observed, cases[i].kerberos_offered);
        if (check != cases[i].check)
            fail_msg("%s against %s and %s: %s, not %s", cases[i].observed, words[0], words[1],
                     authentication_check_name(check), authentication_check_name(cases[i].check));
        if (authentication_deviates(check, &expectation) != cases[i].deviates)
            fail_msg("%s against %s and %s: a deviation or not?", cases[i].observed, words[0], words[1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clear_or_only_signed_is_weaker_where_encryption_is_the_default),
        cmocka_unit_test(encrypted_is_as_expected_where_encryption_is_the_default),
        cmocka_unit_test(clear_is_fine_where_encryption_is_not_the_default),
        cmocka_unit_test(encrypted_is_stronger_where_encryption_is_not_the_default),
        cmocka_unit_test(encryption_that_was_not_read_is_never_wrong),
        cmocka_unit_test(a_row_that_says_nothing_or_is_clear_by_design_is_not_checked),
        cmocka_unit_test(services_without_secrets_are_clear_by_design),
        cmocka_unit_test(every_method_satisfies_its_own_words_and_no_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
