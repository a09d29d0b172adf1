/* Addresses and names in disguise: what they share they still share, classes stay, and the same thing is always the
 * same. */
#include "tests/cmocka_all.h"

#include "audit/site_disguise.h"
#include "observations/disguise.h"
#include "tests/user_file.h"

#include <stdio.h>
#include <string.h>

static const struct siphash_key key = {0x0706050403020100, 0x0f0e0d0c0b0a0908};
static const char *const table_words[] = {"/myapp"};

static int set_up(void **state)
{
    *state = disguise_create(&key, table_words, 1);
    return *state == NULL;
}

static int tear_down(void **state)
{
    disguise_destroy(*state);
    return 0;
}

/* The paper's vector: key 00 to 0f, text 00 to 0e. */
static void siphash_agrees_with_its_paper(void **state)
{
    (void)state;
    uint8_t text[15];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (uint8_t)i;
    assert_true(siphash(&key, text, sizeof text) == UINT64_C(0xa129ca6149be45e5));
    assert_true(siphash(&key, text, 0) == UINT64_C(0x726fdb47dd0e0e31));
}

static struct address address_of(const char *text)
{
    struct address address = {{0}};
    assert_true(address_parse(text, &address));
    return address;
}

static unsigned shared_bits(const struct address *a, const struct address *b)
{
    unsigned bits = 0;
    while (bits < 128 && ((a->octets[bits / 8] ^ b->octets[bits / 8]) >> (7 - bits % 8) & 1) == 0)
        bits++;
    return bits;
}

static void two_addresses_share_as_many_bits_as_before(void **state)
{
    static const char *const pairs[][2] = {
        {"10.1.0.1", "10.1.0.2"},         {"10.1.0.1", "10.1.128.1"},     {"10.1.0.1", "10.200.0.1"},
        {"192.168.1.1", "192.168.1.129"}, {"172.16.0.1", "172.31.255.1"}, {"8.8.8.8", "8.8.4.4"},
        {"8.8.8.8", "8.9.8.8"},           {"192.0.2.1", "192.0.2.200"},   {"2001:db8::1", "2001:db8::2"},
        {"2001:db8::1", "2001:db9::1"},   {"fd00:1::1", "fd00:2::1"},     {"fe80::1", "fe80::2"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct address a = address_of(pairs[i][0]), b = address_of(pairs[i][1]);
        struct address x = disguise_address(*state, &a), y = disguise_address(*state, &b);
        assert_int_equal(shared_bits(&x, &y), shared_bits(&a, &b));
        assert_false(address_equal(&a, &x));
        assert_int_equal(address_is_v4(&a), address_is_v4(&x));
    }
}

static bool is_in(const char *prefix_text, const struct address *address)
{
    struct prefix prefix;
    assert_true(prefix_parse(prefix_text, &prefix));
    return prefix_has(&prefix, address);
}

static bool is_private(const struct address *a)
{
    static const char *const prefixes[] = {"10.0.0.0/8",    "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16",
                                           "100.64.0.0/10", "127.0.0.0/8",   "224.0.0.0/3",    "0.0.0.0/8"};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (is_in(prefixes[i], a))
            return true;
    return false;
}

static void private_stays_private_and_public_stays_public(void **state)
{
    for (unsigned first = 0; first < 256; first++)
        for (unsigned second = 0; second < 256; second++) {
            const uint8_t octets[4] = {(uint8_t)first, (uint8_t)second, 3, 4};
            struct address a = address_from_v4(octets), x = disguise_address(*state, &a);
            assert_int_equal(is_private(&a), is_private(&x));
            if (is_in("10.0.0.0/8", &a) != is_in("10.0.0.0/8", &x) ||
                is_in("172.16.0.0/12", &a) != is_in("172.16.0.0/12", &x))
                fail_msg("%u.%u changes its class", first, second);
        }
}

/* No two networks of 16 bits become one. */
static void different_networks_stay_different(void **state)
{
    static bool taken[65536];
    memset(taken, 0, sizeof taken);
    for (unsigned network = 0; network < 65536; network++) {
        const uint8_t octets[4] = {(uint8_t)(network >> 8), (uint8_t)network, 0, 1};
        struct address a = address_from_v4(octets), x = disguise_address(*state, &a);
        unsigned to = (unsigned)x.octets[12] << 8 | x.octets[13];
        assert_false(taken[to]);
        taken[to] = true;
    }
}

static void groups_and_loopback_stay(void **state)
{
    static const char *const same[] = {"0.0.0.0", "127.0.0.1", "224.0.0.251", "255.255.255.255",
                                       "::",      "::1",       "ff02::fb"};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        struct address a = address_of(same[i]), x = disguise_address(*state, &a);
        assert_true(address_equal(&a, &x));
    }
}

static void a_prefix_holds_what_it_held(void **state)
{
    static const char *const prefixes[] = {"10.1.0.0/16",  "10.0.0.0/8",  "172.16.0.0/12", "8.8.0.0/17",
                                           "192.0.2.0/24", "192.0.0.0/8", "2001:db8::/33"};
    static const char *const addresses[] = {"10.1.2.3",  "10.2.2.3",  "172.20.1.1",  "172.33.1.1",      "8.8.1.1",
                                            "8.8.200.1", "192.0.2.9", "192.168.1.1", "2001:db8::9",     "9.8.1.1",
                                            "193.1.1.1", "192.0.3.9", "2001:db9::9", "2001:db8:8000::1"};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        struct prefix prefix, hidden;
        assert_true(prefix_parse(prefixes[i], &prefix));
        assert_true(disguise_prefix(*state, &prefix, &hidden));
        for (size_t k = 0; k < sizeof addresses / sizeof *addresses; k++) {
            struct address a = address_of(addresses[k]), x = disguise_address(*state, &a);
            if (prefix_has(&prefix, &a) != prefix_has(&hidden, &x))
                fail_msg("%s and %s", prefixes[i], addresses[k]);
        }
    }
    struct prefix wide, hidden;
    assert_true(prefix_parse("128.0.0.0/2", &wide));
    assert_false(disguise_prefix(*state, &wide, &hidden));
    assert_true(prefix_parse("0.0.0.0/0", &wide));
    assert_true(disguise_prefix(*state, &wide, &hidden));
    assert_int_equal(hidden.bits, wide.bits);
}

static void expect_shape(struct disguise *d, const char *key_name, const char *value, const char *shape)
{
    char out[DISGUISE_TEXT], got[DISGUISE_TEXT];
    disguise_fact(d, key_name, value, out);
    size_t length = 0;
    for (const char *at = out; *at != '\0';) {
        size_t hex = strspn(at + 1, "0123456789abcdef");
        bool name = *at == 'n' && hex == 8;
        got[length++] = name ? 'N' : *at;
        at += name ? 9 : 1;
    }
    got[length] = '\0';
    assert_string_equal(got, shape);
}

static void facts_keep_the_words_of_protocols_and_no_name(void **state)
{
    expect_shape(*state, "kerberos.services", "ldap/dc1.corp.example", "ldap/N.N.N");
    expect_shape(*state, "kerberos.services", "dc1/ldap", "N/N");
    expect_shape(*state, "dns.names", "_ldap._tcp.dc._msdcs.corp.example", "_ldap._tcp.dc._msdcs.N.N");
    expect_shape(*state, "dns.answers", "_ldap._tcp.corp.example dc.corp.example:389", "_ldap._tcp.N.N N.N.N:389");
    expect_shape(*state, "netbios.names", "DC1<20>", "N<20>");
    expect_shape(*state, "tls.certificate_names", "*.corp.example", "*.N.N");
    expect_shape(*state, "tls.certificate_not_after", "2027-03-14T09:26:53Z", "2027-03-01T00:00:00Z");
    expect_shape(*state, "smtp.keywords", "X-ANONYMOUSTLS", "X-ANONYMOUSTLS");
    expect_shape(*state, "ldap.binds", "sasl:GSSAPI", "sasl:GSSAPI");
    expect_shape(*state, "http.paths", "/owa", "/owa");
    expect_shape(*state, "http.paths", "/myapp", "/myapp");
    expect_shape(*state, "rpc.binds", "12345778-1234-abcd-ef00-0123456789ac/1.0",
                 "12345778-1234-abcd-ef00-0123456789ac/1.0");
    expect_shape(*state, "http.hosts", "443", "N");
}

static void what_is_not_known_is_replaced_as_a_whole(void **state)
{
    static const char *const hidden[][2] = {{"smtp.keywords", "X-CONTOSO"},  {"http.paths", "/contoso"},
                                            {"ldap.binds", "sasl:CONTOSO"},  {"a.key.of.tomorrow", "contoso"},
                                            {"smb.pipes", "contoso"},        {"tls.alpn", "contoso"},
                                            {"http.rpc_servers", "contoso"}, {"sip.contacts", "contoso:5060"}};
    char out[DISGUISE_TEXT];
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
        disguise_fact(*state, hidden[i][0], hidden[i][1], out);
        assert_true(out[0] != '\0');
        assert_null(strcasestr(out, "contoso"));
    }
}

static void media_keep_their_port_and_not_their_address(void **state)
{
    char out[DISGUISE_TEXT], hidden[ADDRESS_TEXT], wanted[DISGUISE_TEXT];
    struct address v4 = address_of("10.0.0.1"), v6 = address_of("2001:db8::7");
    v4 = disguise_address(*state, &v4);
    v6 = disguise_address(*state, &v6);
    snprintf(wanted, sizeof wanted, "%s:4000/udp/RTP/AVP", address_text(&v4, hidden));
    assert_string_equal(disguise_fact(*state, "sip.media", "10.0.0.1:4000/udp/RTP/AVP", out), wanted);
    snprintf(wanted, sizeof wanted, "[%s]:4000/udp/RTP/SAVP", address_text(&v6, hidden));
    assert_string_equal(disguise_fact(*state, "sip.media", "[2001:db8::7]:4000/udp/RTP/SAVP", out), wanted);
}

static void what_icmp_said_keeps_its_word_and_not_the_address(void **state)
{
    char out[DISGUISE_TEXT], hidden[ADDRESS_TEXT], wanted[DISGUISE_TEXT];
    struct address v4 = address_of("10.0.0.1"), v6 = address_of("2001:db8::7");
    v4 = disguise_address(*state, &v4);
    v6 = disguise_address(*state, &v6);
    snprintf(wanted, sizeof wanted, "prohibited %s:6004/tcp", address_text(&v4, hidden));
    assert_string_equal(disguise_fact(*state, "icmp.errors", "prohibited 10.0.0.1:6004/tcp", out), wanted);
    snprintf(wanted, sizeof wanted, "unreachable %s/esp", address_text(&v4, hidden));
    assert_string_equal(disguise_fact(*state, "icmp.errors", "unreachable 10.0.0.1/esp", out), wanted);
    snprintf(wanted, sizeof wanted, "refused [%s]:53/udp", address_text(&v6, hidden));
    assert_string_equal(disguise_fact(*state, "icmp.errors", "refused [2001:db8::7]:53/udp", out), wanted);
    snprintf(wanted, sizeof wanted, "unreachable %s:25/tcp in gre/vlan:7", address_text(&v4, hidden));
    assert_string_equal(disguise_fact(*state, "icmp.errors", "unreachable 10.0.0.1:25/tcp in gre/vlan:7", out), wanted);
}

static void names_are_the_same_whatever_their_case_and_domains_are_shared(void **state)
{
    char a[DISGUISE_TEXT], b[DISGUISE_TEXT], c[DISGUISE_TEXT];
    disguise_name(*state, "DC1.Corp.Example", a);
    disguise_name(*state, "dc1.corp.example", b);
    disguise_name(*state, "mbx1.corp.example", c);
    assert_string_equal(a, b);
    assert_string_not_equal(a, c);
    assert_string_equal(strchr(a, '.'), strchr(c, '.'));
}

static void another_key_gives_other_names(void **state)
{
    struct siphash_key other_key = disguise_key_of("another key, long enough", 24);
    struct disguise *other = disguise_create(&other_key, NULL, 0);
    char a[DISGUISE_TEXT], b[DISGUISE_TEXT], first[17], second[17];
    assert_non_null(other);
    assert_string_not_equal(disguise_name(*state, "dc1", a), disguise_name(other, "dc1", b));
    disguise_fingerprint(*state, first);
    disguise_fingerprint(other, second);
    assert_string_not_equal(first, second);
    disguise_destroy(other);
}

static void a_site_keeps_its_ranges_roles_and_exceptions_in_disguise(void **state)
{
    struct failure failure = {0};
    user_file("site.yaml",
              "site: contoso\nscope: [10.1.0.0/16]\nhosts:\n  zeus: {addresses: [10.1.0.10], roles: [dns]}\n"
              "roles:\n  web-client: [10.1.2.10-10.1.2.50, \"*.corp.example\"]\n"
              "exceptions:\n  - {from: zeus, to: dns, ports: [53/udp], reason: because of zeus}\n");
    struct site *site = site_load("site.yaml", &failure);
    assert_non_null(site);
    struct site *hidden = site_disguise(site, *state, &failure);
    if (hidden == NULL)
        fail_msg("%s", failure.text);
    char name[DISGUISE_TEXT];
    assert_string_equal(hidden->hosts[0].name, disguise_name(*state, "zeus", name));
    assert_int_equal(hidden->exceptions[0].from.count, 1);
    assert_string_equal(hidden->exceptions[0].from.items[0], name);
    assert_string_equal(hidden->exceptions[0].to.items[0], "dns");
    assert_null(strstr(hidden->exceptions[0].reason, "zeus"));
    for (unsigned last = 0; last < 256; last++) {
        const uint8_t octets[4] = {10, 1, 2, (uint8_t)last};
        struct address a = address_from_v4(octets), x = disguise_address(*state, &a);
        bool inside = false;
        for (size_t i = 0; i < hidden->roles[0].member_count; i++)
            inside = inside || (hidden->roles[0].members[i].kind == MEMBER_PREFIX &&
                                prefix_has(&hidden->roles[0].members[i].prefix, &x));
        assert_int_equal(inside, last >= 10 && last <= 50);
    }
    site_destroy(hidden);
    site_destroy(site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(siphash_agrees_with_its_paper),
        cmocka_unit_test_setup_teardown(two_addresses_share_as_many_bits_as_before, set_up, tear_down),
        cmocka_unit_test_setup_teardown(private_stays_private_and_public_stays_public, set_up, tear_down),
        cmocka_unit_test_setup_teardown(different_networks_stay_different, set_up, tear_down),
        cmocka_unit_test_setup_teardown(groups_and_loopback_stay, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_prefix_holds_what_it_held, set_up, tear_down),
        cmocka_unit_test_setup_teardown(facts_keep_the_words_of_protocols_and_no_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_known_is_replaced_as_a_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(media_keep_their_port_and_not_their_address, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_icmp_said_keeps_its_word_and_not_the_address, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_are_the_same_whatever_their_case_and_domains_are_shared, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(another_key_gives_other_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_site_keeps_its_ranges_roles_and_exceptions_in_disguise, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, user_files_begin, user_files_end);
}
