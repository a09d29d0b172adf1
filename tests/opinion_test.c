/* Whether nDPI's word for a conversation is another name for what was read, or another thing. */
#include "audit/opinion.h"
#include "tests/cmocka_all.h"

static void another_name_for_the_same_is_no_difference(void **state)
{
    (void)state;
    assert_false(opinion_differs("dcerpc", "dce_rpc"));
    assert_false(opinion_differs("smb", "smbv23"));
    assert_false(opinion_differs("nntp", "usenet"));
    assert_false(opinion_differs("dns", "dns"));
}

static void another_thing_is_one(void **state)
{
    (void)state;
    assert_true(opinion_differs("ldap", "mqtt"));
    assert_true(opinion_differs("dcerpc", "tls"));
    assert_true(opinion_differs("tls", "dcerpc"));
}

static void silence_of_either_is_none(void **state)
{
    (void)state;
    assert_false(opinion_differs("", "mqtt"));
    assert_false(opinion_differs("ldap", ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_name_for_the_same_is_no_difference),
        cmocka_unit_test(another_thing_is_one),
        cmocka_unit_test(silence_of_either_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
