/* entrance: which addresses are listened on, which hosts are ours, and which requests hold the token. */
#include "watch/entrance.h"

#include "tests/cmocka_all.h"

#include <string.h>

static void an_address_is_written_with_its_port(void **state)
{
    (void)state;
    static const struct {
        const char *text, *address;
        unsigned port;
        bool local;
    } good[] = {
        {"127.0.0.1:8080", "127.0.0.1", 8080, true}, {"8080", "127.0.0.1", 8080, true},
        {"localhost:80", "127.0.0.1", 80, true},     {"[::1]:8080", "::1", 8080, true},
        {"0.0.0.0:1", "0.0.0.0", 1, false},          {"[2001:db8::1]:65535", "2001:db8::1", 65535, false},
        {"127.3.2.1:0", "127.3.2.1", 0, true},       {"128.0.0.1:80", "128.0.0.1", 80, false},
    };
    static const char *const wrong[] = {"",          "127.0.0.1",    "127.0.0.1:", "127.0.0.1:65536", "example.com:80",
                                        "::1:8080x", "[::1]8080",    "[::1",       "[::1]:",          "127.0.0.1:80x",
                                        "-1",        "10.0.0:80",    ":80:",       "127.0.0.1:-80",   "[]:80",
                                        " 80",       "127.0.0.1 :80"};
    struct address address;
    uint16_t port;
    char text[ADDRESS_TEXT];
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct failure failure = {0};
        assert_true(entrance_parse(good[i].text, &address, &port, &failure));
        assert_string_equal(address_text(&address, text), good[i].address);
        assert_int_equal(port, good[i].port);
        assert_int_equal(entrance_is_local(&address), good[i].local);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct failure failure = {0};
        assert_false(entrance_parse(wrong[i], &address, &port, &failure));
        assert_non_null(strstr(failure.text, "--listen"));
    }
}

static void a_host_is_ours_when_it_is_an_address(void **state)
{
    (void)state;
    static const char *const ours[] = {"127.0.0.1", "127.0.0.1:8080", "localhost", "LOCALHOST:1",
                                       "[::1]",     "[::1]:80",       "10.0.0.1"};
    static const char *const strangers[] = {"",
                                            "evil.example",
                                            "localhost.evil.example",
                                            "127.0.0.1.evil.example:80",
                                            "127.0.0.1:80:90",
                                            "[::1",
                                            "[evil]",
                                            "127.0.0.1:http",
                                            "::1",
                                            "xn--localhost",
                                            "127.0.0.1, evil.example",
                                            "a-name-that-is-much-longer-than-any-address-could-ever-be-written"};
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        assert_true(entrance_host_is_address(ours[i]));
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++)
        assert_false(entrance_host_is_address(strangers[i]));
    assert_false(entrance_host_is_address(NULL));
}

static void the_token_is_a_bearer_or_a_password(void **state)
{
    (void)state;
    struct entrance entrance = {.token = "0123456789abcdef:"};
    assert_true(entrance_has_token(&entrance, "Bearer 0123456789abcdef:"));
    assert_true(entrance_has_token(&entrance, "bearer 0123456789abcdef:"));
    assert_true(entrance_has_token(&entrance, "Basic bWU6MDEyMzQ1Njc4OWFiY2RlZjo=")); /* me: */
    assert_true(entrance_has_token(&entrance, "Basic OjAxMjM0NTY3ODlhYmNkZWY6"));     /* nobody's */
    static const char *const wrong[] = {"",
                                        "Bearer",
                                        "Bearer ",
                                        "Bearer 0123456789abcdef",
                                        "Bearer 0123456789abcdef::",
                                        "Bearer  0123456789abcdef:",
                                        "Bearer 0123456789abcdeF:",
                                        "Digest 0123456789abcdef:",
                                        "0123456789abcdef:",
                                        "Basic ",
                                        "Basic MDEyMzQ1Njc4OWFiY2RlZjo=", /* the token as the name */
                                        "Basic bWU6MDEyMzQ1Njc4OWFiY2RlZg==",
                                        "Basic !!!!"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(entrance_has_token(&entrance, wrong[i]));
    assert_false(entrance_has_token(&entrance, NULL));
    struct entrance open = {.token = ""};
    assert_false(entrance_has_token(&open, "Bearer "));
}

static void a_page_of_another_site_is_told_by_its_browser(void **state)
{
    (void)state;
    static const char *const strangers[] = {"cross-site", "same-site", "", "something new"};
    assert_false(entrance_is_for_stranger(NULL, NULL, false)); /* programs */
    assert_false(entrance_is_for_stranger("same-origin", "cors", false));
    assert_false(entrance_is_for_stranger("none", "navigate", false)); /* typed, or a bookmark */
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++) {
        assert_true(entrance_is_for_stranger(strangers[i], "no-cors", false));
        assert_true(entrance_is_for_stranger(strangers[i], "navigate", false));
        assert_true(entrance_is_for_stranger(strangers[i], "no-cors", true));
        assert_true(entrance_is_for_stranger(strangers[i], NULL, true));
        assert_false(entrance_is_for_stranger(strangers[i], "navigate", true)); /* a link to the page */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_written_with_its_port),
        cmocka_unit_test(a_host_is_ours_when_it_is_an_address),
        cmocka_unit_test(the_token_is_a_bearer_or_a_password),
        cmocka_unit_test(a_page_of_another_site_is_told_by_its_browser),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
