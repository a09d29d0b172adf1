/* Site files: what they hold is read as written, and every mistake is told with its place. */
#include "audit/site.h"

#include "tests/cmocka_all.h"
#include "tests/user_file.h"

static struct site *loaded(const char *text)
{
    static struct failure failure;
    failure = (struct failure){.count = 0};
    user_file("s.yaml", text);
    struct site *site = site_load("s.yaml", &failure);
    assert_string_equal(failure.text, "");
    assert_non_null(site);
    return site;
}

static void assert_problems(const char *text, const char *problems)
{
    struct failure failure = {.count = 0};
    user_file("s.yaml", text);
    assert_null(site_load("s.yaml", &failure));
    assert_string_equal(failure.text, problems);
}

static void assert_address(const struct address *address, const char *text)
{
    char out[ADDRESS_TEXT];
    assert_string_equal(address_text(address, out), text);
}

static void the_example_of_the_manual_loads(void **state)
{
    (void)state;
    struct site *site = loaded(
        "site: contoso                                  # -s contoso.yaml\n"
        "tables: [exchange-2010-sp3]\n"
        "scope: [10.1.0.0/16]\n"
        "dynamic_rpc: 49152-65535\n"
        "hosts:\n"
        "  dc1:   {addresses: [10.1.0.10], roles: [domain-controller, global-catalog, dns]}\n"
        "  mbx1:  {addresses: [10.1.0.30, 10.9.0.30], roles: [mailbox], static_ports: {6001: emsmdb, 6004: nspi},\n"
        "          ports: {log-shipping-port: 64555}}\n"
        "  cas-vip: {addresses: [10.1.0.40], via: client-access}      # a load balancer that stands for a role\n"
        "roles:\n"
        "  mapi-client: [10.1.64.0/18]\n"
        "require: {edgesync: {cadence: 5m}, pop3: never}\n"
        "exceptions:\n"
        "  - {from: 10.1.4.99, to: dc1, ports: [3389/tcp], until: 2027-01-31, reason: migration}\n");
    assert_string_equal(site->name, "contoso");
    assert_string_equal(site->file, "s.yaml");
    assert_int_equal(site->tables.count, 1);
    assert_string_equal(site->tables.items[0], "exchange-2010-sp3");
    assert_int_equal(site->scope_count, 1);
    assert_address(&site->scope[0].base, "10.1.0.0");
    assert_int_equal(site->scope[0].bits, 112);
    assert_int_equal(site->dynamic_low, 49152);
    assert_int_equal(site->dynamic_high, 65535);

    assert_int_equal(site->host_count, 3);
    assert_string_equal(site->hosts[0].name, "dc1");
    assert_true(texts_have(&site->hosts[0].roles, "global-catalog"));
    assert_string_equal(site->hosts[0].via, "");
    assert_int_equal(site->hosts[1].address_count, 2);
    assert_address(&site->hosts[1].addresses[1], "10.9.0.30");
    assert_int_equal(site->hosts[1].static_port_count, 2);
    assert_int_equal(site->hosts[1].static_ports[1].port, 6004);
    assert_string_equal(site->hosts[1].static_ports[1].service, "nspi");
    assert_int_equal(site->hosts[1].port_count, 1);
    assert_string_equal(site->hosts[1].ports[0].setting, "log-shipping-port");
    assert_int_equal(site->hosts[1].ports[0].port, 64555);
    assert_string_equal(site->hosts[2].via, "client-access");
    assert_int_equal(site->hosts[2].roles.count, 0);

    assert_int_equal(site->role_count, 1);
    assert_string_equal(site->roles[0].role, "mapi-client");
    assert_int_equal(site->roles[0].members[0].prefix.bits, 114);
    assert_int_equal(site->requirement_count, 2);
    assert_string_equal(site->requirements[0].path, "edgesync");
    assert_int_equal(site->requirements[0].required, REQUIRED_YES);
    assert_true(site->requirements[0].cadence_ns == UINT64_C(300000000000));
    assert_string_equal(site->requirements[1].path, "pop3");
    assert_int_equal(site->requirements[1].required, REQUIRED_NEVER);

    assert_int_equal(site->exception_count, 1);
    const struct site_exception *exception = &site->exceptions[0];
    assert_string_equal(exception->from.items[0], "10.1.4.99");
    assert_string_equal(exception->to.items[0], "dc1");
    assert_int_equal(exception->ports[0].low, 3389);
    assert_string_equal(exception->until, "2027-01-31");
    assert_true(exception->until_ns == INT64_C(1801440000) * 1000000000); /* 2027-02-01T00:00:00Z */
    assert_string_equal(exception->reason, "migration");
    assert_string_equal(exception->finding, "");
    site_destroy(site);
}

static void little_is_needed(void **state)
{
    (void)state;
    struct site *site = loaded("site: s\nrequire: {edgesync: {required: when-triggered, cadence: 1h}}\n"
                               "exceptions: [{finding: 0123456789abcdef}]\n");
    assert_int_equal(site->host_count, 0);
    assert_int_equal(site->scope_count, 0);
    assert_int_equal(site->dynamic_high, 0);
    assert_int_equal(site->requirements[0].required, REQUIRED_WHEN_TRIGGERED);
    assert_int_equal(site->exceptions[0].from.count, 0);
    assert_true(site->exceptions[0].until_ns == 0);
    assert_string_equal(site->exceptions[0].finding, "0123456789abcdef");
    site_destroy(site);
}

static void roles_belong_to_prefixes_ranges_and_names(void **state)
{
    (void)state;
    struct site *site =
        loaded("site: s\nroles:\n  mapi-client: [10.1.2.10-10.1.2.50, 10.1.3.4, '*.desk.corp.example', pc7]\n"
               "require: {edgesync: {required: when-triggered, trigger: subscription}}\n");
    const struct site_member *members = site->roles[0].members;
    assert_int_equal(site->roles[0].member_count, 4);
    assert_int_equal(members[0].kind, MEMBER_RANGE);
    assert_address(&members[0].low, "10.1.2.10");
    assert_address(&members[0].high, "10.1.2.50");
    assert_int_equal(members[1].kind, MEMBER_PREFIX);
    assert_int_equal(members[1].prefix.bits, 128);
    assert_int_equal(members[2].kind, MEMBER_NAME);
    assert_string_equal(members[2].name, "*.desk.corp.example");
    assert_int_equal(members[3].kind, MEMBER_NAME);
    assert_string_equal(site->requirements[0].trigger, "subscription");
    site_destroy(site);
    assert_problems("site: s\nroles:\n  hub: [10.1.2.300]\n  edge: [10.1.2.9-10.1.2.1]\n",
                    "s.yaml:3:9: hub: \"10.1.2.300\" is no address, prefix, range or name; write for example "
                    "10.1.0.0/16, 10.1.2.10-10.1.2.50 or *.corp.example\n"
                    "s.yaml:4:10: edge: \"10.1.2.9-10.1.2.1\" is no address, prefix, range or name; write for example "
                    "10.1.0.0/16, 10.1.2.10-10.1.2.50 or *.corp.example");
}

static void floors_have_words_of_their_own(void **state)
{
    (void)state;
    struct site *site = loaded("site: s\nfloors: {tls: tls1.2, tickets: rc4}\n");
    assert_int_equal(site->tls_floor, 4);
    assert_int_equal(site->ticket_floor, TICKETS_RC4);
    site_destroy(site);
    site = loaded("site: s\n");
    assert_int_equal(site->tls_floor, 0);
    assert_int_equal(site->ticket_floor, TICKETS_AES);
    site_destroy(site);
    assert_problems("site: s\nfloors: {tls: tls1.4, tickets: des}\n",
                    "s.yaml:2:15: tls: unknown version of TLS \"tls1.4\"; did you mean \"tls1.0\"?\n"
                    "s.yaml:2:32: tickets: unknown kind of ticket \"des\"; did you mean \"aes\"?");
}

static void an_unknown_role_is_told_with_the_nearest(void **state)
{
    (void)state;
    assert_problems("site: s\nhosts:\n  h: {addresses: [10.0.0.1], roles: [domain-controler]}\n",
                    "s.yaml:3:38: roles: unknown role \"domain-controler\"; did you mean \"domain-controller\"?");
    assert_problems("site: s\nhosts:\n  h: {addresses: [10.0.0.1], via: cleint-access}\n",
                    "s.yaml:3:35: via: unknown role \"cleint-access\"; did you mean \"client-access\"?");
    assert_problems("site: s\nroles:\n  mapi-clients: [10.1.64.0/18]\n",
                    "s.yaml:3:3: mapi-clients: unknown role \"mapi-clients\"; did you mean \"mapi-client\"?");
}

static void an_address_of_two_hosts_is_told_with_both_lines(void **state)
{
    (void)state;
    assert_problems("site: s\nhosts:\n  a: {addresses: [10.0.0.1]}\n  b: {addresses: [10.0.0.2, 10.0.0.1]}\n",
                    "s.yaml:4:29: addresses: 10.0.0.1 of host \"b\" is also of host \"a\" on line 3");
    assert_problems("site: s\nhosts:\n  a: {addresses: 2001:db8::1}\n  b: {addresses: 2001:db8:0::0001}\n",
                    "s.yaml:4:18: addresses: 2001:db8::1 of host \"b\" is also of host \"a\" on line 3");
}

static void a_host_that_stands_twice_is_told(void **state)
{
    (void)state;
    assert_problems("site: s\nhosts:\n  a: {addresses: [10.0.0.1]}\n  a: {addresses: [10.0.0.2]}\n",
                    "s.yaml:4:3: a: stands here a second time; the first is on line 3");
}

static void a_bad_address_is_told(void **state)
{
    (void)state;
    assert_problems("site: s\nhosts:\n  a: {addresses: [10.0.0.256]}\n",
                    "s.yaml:3:19: addresses: \"10.0.0.256\" is no address; write for example 10.1.0.30 or "
                    "2001:db8::30");
    assert_problems("site: s\nhosts:\n  a: {addresses: [10.0.0.0/8]}\n",
                    "s.yaml:3:19: addresses: \"10.0.0.0/8\" is a prefix, a host has single addresses; prefixes stand "
                    "under roles");
    assert_problems("site: s\nscope: 10.0.0.0/33\n",
                    "s.yaml:2:8: scope: \"10.0.0.0/33\" is no address or prefix; write for example 10.1.0.0/16 or "
                    "2001:db8::/32");
    assert_problems("site: s\nscope: []\n", "s.yaml:2:8: scope: is an empty list; name at least one address or prefix");
    assert_problems("site: s\nhosts:\n  a: {roles: [hub]}\n", "s.yaml:3:6: addresses: is missing; a host needs it");
}

static void a_bad_range_or_port_is_told(void **state)
{
    (void)state;
    assert_problems("site: s\ndynamic_rpc: 65535-49152\n",
                    "s.yaml:2:14: dynamic_rpc: \"65535-49152\" is no range of ports; write for example 49152-65535");
    assert_problems("site: s\nhosts:\n  a: {addresses: [10.0.0.1], static_ports: {6001-6002: emsmdb, x: nspi}}\n",
                    "s.yaml:3:45: 6001-6002: is no port; write for example 6001: emsmdb\n"
                    "s.yaml:3:64: x: is no port; write for example 6001: emsmdb");
    assert_problems("site: s\nexceptions: [{ports: 3389}]\n",
                    "s.yaml:2:22: ports: \"3389\" lacks the transport; write 3389/tcp or 3389/udp");
}

static void a_requirement_may_say_whom_a_row_needs(void **state)
{
    (void)state;
    struct site *site = loaded("site: s\nrequire: {a: {needs: each-pair}, b: yes}\n");
    assert_true(site->requirements[0].says_needs);
    assert_int_equal(site->requirements[0].needs, NEEDS_EACH_PAIR);
    assert_int_equal(site->requirements[0].required, REQUIRED_YES);
    assert_false(site->requirements[1].says_needs);
    site_destroy(site);
    assert_problems("site: s\nrequire: {a: {needs: each}}\n",
                    "s.yaml:2:22: needs: unknown need \"each\"; known are: any-server, each-pair, any");
}

static void a_bad_requirement_is_told(void **state)
{
    (void)state;
    assert_problems("site: s\nrequire: {pop3: nevre, imap4: {cadense: 5m}}\n",
                    "s.yaml:2:17: pop3: unknown requirement \"nevre\"; did you mean \"never\"?\n"
                    "s.yaml:2:32: cadense: a requirement has no such key; did you mean \"cadence\"?");
}

static void a_day_that_is_none_is_told(void **state)
{
    (void)state;
    static const char *const days[] = {"2027-02-29", "2027-1-31", "31.01.2027", "2027-01-31x", "1969-12-31"};
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        char text[128], problem[128];
        snprintf(text, sizeof text, "site: s\nexceptions: [{from: any, until: %s}]\n", days[i]);
        snprintf(problem, sizeof problem, "s.yaml:2:33: until: \"%s\" is no day; write for example 2027-01-31",
                 days[i]);
        assert_problems(text, problem);
    }
}

static void an_exception_names_what_exists(void **state)
{
    (void)state;
    assert_problems("site: s\n"
                    "exceptions:\n"
                    "  - {from: [dcl1, mailbocks], to: 10.0.0.1/99}\n"
                    "hosts: {dc1: {addresses: [10.0.0.1]}}\n",
                    "s.yaml:3:13: from: \"dcl1\" is no host of this site, role, address or prefix; did you mean "
                    "\"dc1\"?\n"
                    "s.yaml:3:19: from: \"mailbocks\" is no host of this site, role, address or prefix; did you mean "
                    "\"mailbox\"?\n"
                    "s.yaml:3:35: to: \"10.0.0.1/99\" is no address or prefix; write for example 10.1.0.0/16 or "
                    "2001:db8::/32");
}

static void an_exception_for_everything_is_told(void **state)
{
    (void)state;
    assert_problems("site: s\nexceptions: [{reason: because}]\n",
                    "s.yaml:2:14: exceptions: this would except everything; name from, to, ports or finding");
}

static void several_mistakes_are_told_at_once(void **state)
{
    (void)state;
    assert_problems("scpoe: [10.1.0.0/16]\n"
                    "hosts:\n"
                    "  a: {addresses: [10.0.0.1], role: [hub]}\n"
                    "  b: [10.0.0.2]\n",
                    "s.yaml:1:1: scpoe: a site has no such key; did you mean \"scope\"?\n"
                    "s.yaml:3:30: role: a host has no such key; did you mean \"roles\"?\n"
                    "s.yaml:4:6: b: a host is a mapping (key: value), but a list stands here\n"
                    "s.yaml:1:1: site: is missing; a site needs it");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_the_manual_loads),
        cmocka_unit_test(little_is_needed),
        cmocka_unit_test(roles_belong_to_prefixes_ranges_and_names),
        cmocka_unit_test(floors_have_words_of_their_own),
        cmocka_unit_test(an_unknown_role_is_told_with_the_nearest),
        cmocka_unit_test(an_address_of_two_hosts_is_told_with_both_lines),
        cmocka_unit_test(a_host_that_stands_twice_is_told),
        cmocka_unit_test(a_bad_address_is_told),
        cmocka_unit_test(a_bad_range_or_port_is_told),
        cmocka_unit_test(a_requirement_may_say_whom_a_row_needs),
        cmocka_unit_test(a_bad_requirement_is_told),
        cmocka_unit_test(a_day_that_is_none_is_told),
        cmocka_unit_test(an_exception_names_what_exists),
        cmocka_unit_test(an_exception_for_everything_is_told),
        cmocka_unit_test(several_mistakes_are_told_at_once),
    };
    return cmocka_run_group_tests(tests, user_files_begin, user_files_end);
}
