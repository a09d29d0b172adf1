/* The port vocabulary, role names and the arena: what tables and sites stand on. */
#include "audit/arena.h"
#include "audit/nearest.h"
#include "audit/ports.h"

#include "tests/cmocka_all.h"

#include <string.h>

static void every_word_of_the_vocabulary_is_read(void **state)
{
    (void)state;
    static const struct port ports[] = {
        {PORT_FIXED, 6, 25, 25, "25/tcp"},
        {PORT_FIXED, 17, 65535, 65535, "65535/udp"},
        {PORT_FIXED, 6, 5075, 5077, "5075-5077/tcp"},
        {PORT_DYNAMIC_RPC, 6, 0, 0, "dynamic-rpc"},
        {PORT_DYNAMIC_RPC, 6, 1024, 65535, "dynamic-rpc 1024-65535"},
        {PORT_DYNAMIC, 6, 16000, 17000, "dynamic-tcp 16000-17000"},
        {PORT_DYNAMIC, 6, 1024, 65535, "dynamic-tcp"},
        {PORT_DYNAMIC, 17, 1024, 65535, "dynamic-udp 1024-65535"},
        {PORT_DYNAMIC, 0, 1024, 65535, "dynamic-port"},
        {PORT_PROTOCOL, 50, 0, 0, "proto 50"},
        {PORT_ANY, 0, 0, 65535, "any"},
        {PORT_ANY, 6, 0, 65535, "any/tcp"},
        {PORT_ANY, 17, 0, 65535, "any/udp"},
    };
    for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++) {
        struct port port;
        assert_true(port_parse(ports[i].text, &port));
        assert_int_equal(port.kind, ports[i].kind);
        assert_int_equal(port.transport, ports[i].transport);
        assert_int_equal(port.low, ports[i].low);
        assert_int_equal(port.high, ports[i].high);
        assert_string_equal(port.text, ports[i].text);
    }
}

static void what_is_no_port_is_not_read(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "25",
                                        "25/",
                                        "25/TCP",
                                        "/tcp",
                                        "0/tcp",
                                        "65536/tcp",
                                        "025/tcp",
                                        "-1/tcp",
                                        "25 /tcp",
                                        "25/tcp ",
                                        "30-20/tcp",
                                        "25-/tcp",
                                        "4294967321/tcp",
                                        "dynamic",
                                        "dynamic-",
                                        "dynamic-rpcx",
                                        "dynamic-rpc ",
                                        "dynamic-rpc 5-1",
                                        "proto",
                                        "proto 256",
                                        "proto -1",
                                        "anything",
                                        "any/",
                                        "any/sctp",
                                        "389/tcp+389/udp",
                                        "25/tcp?",
                                        "dynamic-tcp 1-2-3"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct port port = {.low = 7};
        assert_false(port_parse(texts[i], &port));
        assert_int_equal(port.low, 7);
    }
}

static void a_role_fulfils_itself_its_group_and_any(void **state)
{
    (void)state;
    assert_true(role_fulfils("hub", "hub"));
    assert_true(role_fulfils("hub", "exchange-2010"));
    assert_true(role_fulfils("hub", "exchange"));
    assert_true(role_fulfils("exchange-2010", "hub"));
    assert_true(role_fulfils("exchange-5.5", "exchange"));
    assert_true(role_fulfils("global-catalog", "domain-controller"));
    assert_true(role_fulfils("", "any"));
    assert_false(role_fulfils("domain-controller", "global-catalog"));
    assert_false(role_fulfils("exchange-5.5", "exchange-2010"));
    assert_false(role_fulfils("hub", "edge"));
    assert_false(role_fulfils("any", "hub"));
    assert_false(role_fulfils("", "hub"));
    assert_true(role_is_known("ip-pbx"));
    assert_false(role_is_known("Hub"));
}

static void the_nearest_word_is_the_one_probably_meant(void **state)
{
    (void)state;
    static const char *const known[] = {"hub", "edge", "mailbox", "client-access", NULL};
    assert_string_equal(nearest_word("hbu", known), "hub");
    assert_string_equal(nearest_word("Edge", known), "edge");
    assert_string_equal(nearest_word("clientaccess", known), "client-access");
    assert_null(nearest_word("printer", known));
    assert_null(nearest_word("x", known));
    assert_null(nearest_word("", known));
    char hint[NEAREST_HINT];
    assert_string_equal(nearest_hint("printer", known, hint), "; known are: hub, edge, mailbox, client-access");
}

static void a_long_list_of_known_words_is_cut(void **state)
{
    (void)state;
    const char *known[401] = {NULL};
    for (size_t i = 0; i < 400; i++)
        known[i] = "aaaaaaaaaaaaaaaa";
    char hint[NEAREST_HINT];
    size_t length = strlen(nearest_hint("zz", known, hint));
    assert_true(length > 800 && length < NEAREST_HINT);
    assert_string_equal(hint + length - 9, "aaaa, ...");
}

static void an_arena_gives_zeroed_memory_that_stays(void **state)
{
    (void)state;
    struct arena *arena = arena_create();
    const char *first = arena_text(arena, "first");
    for (size_t i = 1; i < 5000; i++) {
        unsigned char *taken = arena_take(arena, i);
        assert_non_null(taken);
        assert_int_equal((uintptr_t)taken % _Alignof(max_align_t), 0);
        assert_int_equal(taken[0] | taken[i - 1], 0);
        memset(taken, 0xff, i);
    }
    assert_string_equal(first, "first");
    assert_string_equal(arena_text_of(arena, "first", 3), "fir");
    assert_string_equal(arena_printf(arena, "%s-%d", "a", 7), "a-7");
    assert_non_null(arena_take(arena, 0));
    assert_non_null(arena_take(arena, (size_t)8 << 20));
    assert_false(arena_ran_out(arena));
    arena_destroy(arena);
}

static void an_arena_that_ran_out_says_so_ever_after(void **state)
{
    (void)state;
    struct arena *arena = arena_create();
    assert_null(arena_take_many(arena, SIZE_MAX / 2, 3));
    assert_true(arena_ran_out(arena));
    assert_null(arena_take(arena, 1));
    assert_null(arena_text(arena, "x"));
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_of_the_vocabulary_is_read),
        cmocka_unit_test(what_is_no_port_is_not_read),
        cmocka_unit_test(a_role_fulfils_itself_its_group_and_any),
        cmocka_unit_test(the_nearest_word_is_the_one_probably_meant),
        cmocka_unit_test(a_long_list_of_known_words_is_cut),
        cmocka_unit_test(an_arena_gives_zeroed_memory_that_stays),
        cmocka_unit_test(an_arena_that_ran_out_says_so_ever_after),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
