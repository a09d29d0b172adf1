/* Table files: what they hold is read as written, and every mistake is told with its place. */
#include "audit/table.h"

#include "tests/cmocka_all.h"
#include "tests/user_file.h"

#include <sys/stat.h>

#define HEAD    "table: t\ntitle: T\npaths:\n"
#define ROW(id) "paths: [{id: " id ", name: N, from: hub, to: hub, ports: [25/tcp]}]\n"

static struct path_table *loaded(const char *text)
{
    static struct failure failure;
    failure = (struct failure){.count = 0};
    user_file("t.yaml", text);
    struct path_table *table = table_load("t.yaml", ".", &failure);
    assert_string_equal(failure.text, "");
    assert_non_null(table);
    return table;
}

/* The text of the table gives just these problems, one a line, and no table. */
static void assert_problems(const char *text, const char *problems)
{
    struct failure failure = {.count = 0};
    user_file("t.yaml", text);
    assert_null(table_load("t.yaml", ".", &failure));
    assert_string_equal(failure.text, problems);
}

static void assert_texts(const struct texts *texts, size_t count, const char *const *words)
{
    assert_int_equal(texts->count, count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(texts->items[i], words[i]);
}

#define ASSERT_TEXTS(texts, ...)                                                                                       \
    assert_texts(&(texts), sizeof((const char *[]){__VA_ARGS__}) / sizeof(const char *), (const char *[]){__VA_ARGS__})

/* --- what is right --- */

static void the_example_of_the_manual_loads(void **state)
{
    (void)state;
    user_file("active-directory-access.yaml", "table: active-directory-access\npaths:\n"
                                              "  - {id: ldap, name: LDAP, from: hub, to: domain-controller,\n"
                                              "     ports: [389/tcp]}\n");
    struct path_table *table = loaded(
        "table: exchange-2010-sp3                       # one file a table; unknown keys are errors\n"
        "title: Exchange Server 2010 SP2 and SP3\n"
        "source: Exchange Network Port Reference, 2012-09-25\n"
        "include: [active-directory-access]\n"
        "paths:\n"
        "  - id: hub-to-edge\n"
        "    name: Hub Transport server to Edge Transport server      # the reference's own row name\n"
        "    from: hub\n"
        "    to: edge\n"
        "    ports: [25/tcp]\n"
        "    protocol: smtp\n"
        "    authentication: {default: [direct-trust], supported: [direct-trust]}\n"
        "    encryption: {supported: [anonymoustls, starttls], default: yes}\n"
        "    required: when-triggered\n"
        "    trigger: subscription\n"
        "  - id: cas-to-mailbox\n"
        "    name: Client Access server to Exchange 2010 Mailbox server\n"
        "    from: client-access\n"
        "    to: mailbox\n"
        "    parts:\n"
        "      - {ports: [135/tcp], protocol: dcerpc, service: epmapper}\n"
        "      - {ports: [dynamic-rpc], protocol: dcerpc, services: [emsmdb, nspi, rfr], encryption: {supported: "
        "[rpc-privacy], default: yes}}\n"
        "rules:\n"
        "  - {id: msexchangeis-rpc, name: MSExchangeIS - RPC (TCP-In), roles: [mailbox], ports: [dynamic-rpc], "
        "program: "
        "Bin\\Store.exe}\n");
    assert_string_equal(table->name, "exchange-2010-sp3");
    assert_string_equal(table->title, "Exchange Server 2010 SP2 and SP3");
    assert_string_equal(table->source, "Exchange Network Port Reference, 2012-09-25");
    assert_string_equal(table->file, "t.yaml");
    ASSERT_TEXTS(table->include, "active-directory-access");
    assert_int_equal(table->path_count, 3);
    assert_string_equal(table->paths[2].id, "ldap");
    assert_string_equal(table->paths[2].file, "./active-directory-access.yaml");
    assert_int_equal(table->paths[2].line, 3);

    const struct path *edge = &table->paths[0];
    assert_string_equal(edge->name, "Hub Transport server to Edge Transport server");
    ASSERT_TEXTS(edge->from, "hub");
    ASSERT_TEXTS(edge->to, "edge");
    assert_int_equal(edge->required, REQUIRED_WHEN_TRIGGERED);
    assert_string_equal(edge->trigger, "subscription");
    assert_int_equal(edge->line, 6);
    assert_int_equal(edge->part_count, 1);
    const struct part *part = &edge->parts[0];
    ASSERT_TEXTS(part->from, "hub");
    assert_string_equal(part->protocol, "smtp");
    assert_int_equal(part->port_count, 1);
    assert_string_equal(part->ports[0].text, "25/tcp");
    ASSERT_TEXTS(part->expectation.authentication_default, "direct-trust");
    ASSERT_TEXTS(part->expectation.encryption_supported, "anonymoustls", "starttls");
    assert_int_equal(part->expectation.encryption_default, ANSWER_YES);
    assert_true(part->expectation.checked);

    const struct path *mailbox = &table->paths[1];
    assert_int_equal(mailbox->part_count, 2);
    ASSERT_TEXTS(mailbox->parts[0].services, "epmapper");
    ASSERT_TEXTS(mailbox->parts[1].services, "emsmdb", "nspi", "rfr");
    assert_int_equal(mailbox->parts[1].ports[0].kind, PORT_DYNAMIC_RPC);
    assert_int_equal(mailbox->parts[0].expectation.encryption_default, ANSWER_UNSAID);
    assert_int_equal(mailbox->required, REQUIRED_NO);

    assert_int_equal(table->rule_count, 1);
    assert_string_equal(table->rules[0].id, "msexchangeis-rpc");
    assert_string_equal(table->rules[0].program, "Bin\\Store.exe");
    ASSERT_TEXTS(table->rules[0].roles, "mailbox");
    table_destroy(table);
}

static void every_key_reaches_its_place(void **state)
{
    (void)state;
    struct path_table *table = loaded(HEAD "  - id: a\n"
                                           "    name: A\n"
                                           "    section: S\n"
                                           "    from: [hub, edge]\n"
                                           "    to: any\n"
                                           "    ports: 80/tcp\n"
                                           "    service: /owa\n"
                                           "    both_directions: yes\n"
                                           "    checked: no\n"
                                           "    required: never\n"
                                           "    cadence: 90s\n"
                                           "    needs: each-pair\n"
                                           "    inferred: [from, ports]\n"
                                           "    note: >-\n"
                                           "      two\n"
                                           "      lines\n"
                                           "    cells:\n"
                                           "      ports: P\n"
                                           "      default_authentication: D\n"
                                           "      supported_authentication: S\n"
                                           "      encryption: E\n"
                                           "      encrypted_by_default: B\n"
                                           "facts:\n"
                                           "  - {id: f, name: F, text: G, ports: [3343/udp]}\n");
    const struct path *path = &table->paths[0];
    assert_string_equal(path->section, "S");
    ASSERT_TEXTS(path->from, "hub", "edge");
    assert_int_equal(path->required, REQUIRED_NEVER);
    assert_true(path->cadence_ns == UINT64_C(90000000000));
    assert_int_equal(path->needs, NEEDS_EACH_PAIR);
    ASSERT_TEXTS(path->inferred, "from", "ports");
    assert_string_equal(path->note, "two lines");
    assert_string_equal(path->cells.ports, "P");
    assert_string_equal(path->cells.default_authentication, "D");
    assert_string_equal(path->cells.supported_authentication, "S");
    assert_string_equal(path->cells.encryption, "E");
    assert_string_equal(path->cells.encrypted_by_default, "B");
    ASSERT_TEXTS(path->parts[0].services, "/owa");
    assert_true(path->parts[0].both_directions);
    assert_false(path->parts[0].expectation.checked);
    assert_string_equal(path->parts[0].protocol, "");
    assert_int_equal(table->fact_count, 1);
    assert_string_equal(table->facts[0].text, "G");
    assert_int_equal(table->facts[0].ports[0].low, 3343);
    table_destroy(table);
}

static void a_part_takes_from_its_path_what_it_does_not_say(void **state)
{
    (void)state;
    struct path_table *table =
        loaded(HEAD "  - id: a\n"
                    "    name: A\n"
                    "    from: hub\n"
                    "    to: [domain-controller, dns]\n"
                    "    protocol: ldap\n"
                    "    authentication: {default: [kerberos], supported: [kerberos, ntlm]}\n"
                    "    encryption: {supported: [ldap-seal], default: yes}\n"
                    "    parts:\n"
                    "      - {ports: [389/tcp]}\n"
                    "      - {ports: [53/udp], to: dns, protocol: dns, checked: no}\n"
                    "      - {ports: [88/tcp], encryption: {supported: []}, authentication: {supported: [simple]}}\n");
    const struct part *parts = table->paths[0].parts;
    assert_string_equal(parts[0].protocol, "ldap");
    ASSERT_TEXTS(parts[0].to, "domain-controller", "dns");
    ASSERT_TEXTS(parts[0].expectation.authentication_supported, "kerberos", "ntlm");
    assert_int_equal(parts[0].expectation.encryption_default, ANSWER_YES);
    assert_true(parts[0].expectation.checked);
    assert_string_equal(parts[1].protocol, "dns");
    ASSERT_TEXTS(parts[1].to, "dns");
    assert_false(parts[1].expectation.checked);
    assert_int_equal(parts[2].expectation.encryption_supported.count, 0);
    assert_int_equal(parts[2].expectation.encryption_default, ANSWER_UNSAID);
    assert_int_equal(parts[2].expectation.authentication_default.count, 0);
    ASSERT_TEXTS(parts[2].expectation.authentication_supported, "simple");
    ASSERT_TEXTS(table->paths[0].to, "domain-controller", "dns");
    table_destroy(table);
}

static void what_two_tables_include_is_there_once(void **state)
{
    (void)state;
    user_file("one.yaml", "table: one\ninclude: both\n");
    user_file("two.yaml", "table: two\ninclude: [both]\n");
    user_file("both.yaml", "table: both\npaths: [{id: p, name: P, from: hub, to: hub, ports: [25/tcp]}]\n"
                           "rules: [{id: r, name: R, roles: hub, ports: any/tcp}]\n");
    struct path_table *table = loaded("table: t\ninclude: [one, two]\n");
    assert_int_equal(table->path_count, 1);
    assert_int_equal(table->rule_count, 1);
    table_destroy(table);
}

static void fragments_stand_before_and_other_tables_after_what_a_table_says_itself(void **state)
{
    (void)state;
    assert_int_equal(mkdir("t", 0700), 0);
    user_file("t/piece.yaml", "table: t/piece\n" ROW("piece"));
    user_file("other.yaml", "table: other\nsource: elsewhere\n" ROW("other"));
    struct path_table *table = loaded("table: t\nsource: here\ninclude: [other, t/piece]\n" ROW("own"));
    assert_int_equal(table->path_count, 3);
    assert_string_equal(table->paths[0].id, "piece");
    assert_string_equal(table->paths[0].source, "here");
    assert_false(table->paths[0].borrowed);
    assert_string_equal(table->paths[1].id, "own");
    assert_string_equal(table->paths[2].id, "other");
    assert_string_equal(table->paths[2].source, "elsewhere");
    assert_true(table->paths[2].borrowed);
    table_destroy(table);
    unlink("t/piece.yaml");
    assert_int_equal(rmdir("t"), 0);
}

static void what_a_source_leaves_open_and_how_sure_it_is_are_kept(void **state)
{
    (void)state;
    struct path_table *table = loaded(
        "table: t\nsource: S\npaths:\n"
        "  - {id: a, name: A, from: hub, to: edge, ports: [25/tcp], port_setting: mail-port, certainty: unverified,\n"
        "     inferred: [from, encryption], encryption: {supported: [tls], default: yes, floor: tls1.2}}\n"
        "facts:\n"
        "  - {id: f, name: F, section: Notes, from: hub, to: edge, ports: [25/tcp], text: T, certainty: partly,\n"
        "     inferred: [to], checked_by: [a], cells: {encryption: Yes}}\n");
    assert_int_equal(table->paths[0].certainty, CERTAINTY_UNVERIFIED);
    ASSERT_TEXTS(table->paths[0].inferred, "from", "encryption");
    assert_string_equal(table->paths[0].parts[0].port_setting, "mail-port");
    assert_int_equal(table->paths[0].parts[0].expectation.tls_floor, 4);
    assert_int_equal(table->facts[0].certainty, CERTAINTY_PARTLY);
    assert_string_equal(table->facts[0].section, "Notes");
    assert_string_equal(table->facts[0].source, "S");
    assert_string_equal(table->facts[0].cells.encryption, "Yes");
    assert_string_equal(table->facts[0].cells.ports, "");
    ASSERT_TEXTS(table->facts[0].checked_by, "a");
    ASSERT_TEXTS(table->facts[0].to, "edge");
    table_destroy(table);
}

/* --- what is wrong --- */

#define PATH "  - {id: a, name: A, from: hub, to: edge, ports: [25/tcp]"

static void an_unknown_key_is_told_with_the_nearest(void **state)
{
    (void)state;
    assert_problems(HEAD "  - id: a\n    name: A\n    from: hub\n    to: hub\n    ports: [25/tcp]\n    protocl: smtp\n",
                    "t.yaml:9:5: protocl: a path has no such key; did you mean \"protocol\"?");
    assert_problems("table: t\nxyzzy: 1\n", "t.yaml:2:1: xyzzy: a table has no such key; known are: table, title, "
                                            "source, include, paths, rules, facts");
    assert_problems(HEAD PATH ", encryption: {defaults: yes, supported: [tls]}}\n",
                    "t.yaml:4:73: defaults: encryption has no such key; did you mean \"default\"?");
}

static void a_missing_key_is_told_where_it_should_stand(void **state)
{
    (void)state;
    assert_problems(HEAD "  - {id: a, from: hub, to: hub, ports: [25/tcp]}\n",
                    "t.yaml:4:5: name: is missing; a path needs it");
    assert_problems(HEAD "  - {id: a, name: A, from: hub, to: hub}\n",
                    "t.yaml:4:5: ports: is missing; a path needs ports or parts");
    assert_problems("title: T\n", "t.yaml:1:1: table: is missing; a table needs it");
}

static void a_key_that_stands_twice_is_told_with_both_lines(void **state)
{
    (void)state;
    assert_problems(HEAD "  - id: a\n    name: A\n    from: hub\n    to: hub\n    ports: [25/tcp]\n    from: edge\n",
                    "t.yaml:9:5: from: stands here a second time; the first is on line 6");
}

static void a_value_of_the_wrong_type_is_told(void **state)
{
    (void)state;
    assert_problems("table: [t]\n", "t.yaml:1:8: table: a text is wanted, but a list stands here");
    assert_problems("table: t\npaths: hub\n",
                    "t.yaml:2:8: paths: a path is a mapping (key: value), but a text stands here");
    assert_problems("table:\n", "t.yaml:1:1: table: a text is wanted, but nothing stands here");
    assert_problems("- table\n", "t.yaml:1:1: a table is a mapping (key: value), but a list stands here");
    assert_problems(HEAD PATH ", authentication: [kerberos]}\n",
                    "t.yaml:4:76: authentication: authentication is a mapping (key: value), but a list stands here");
    assert_problems(HEAD PATH ", checked: perhaps}\n",
                    "t.yaml:4:69: checked: unknown answer \"perhaps\"; known are: no, yes");
}

static void an_unknown_word_is_told_with_the_nearest(void **state)
{
    (void)state;
    assert_problems(HEAD "  - {id: a, name: A, from: hubb, to: edge, ports: [25/tcp]}\n",
                    "t.yaml:4:28: from: unknown role \"hubb\"; did you mean \"hub\"?");
    assert_problems(HEAD "  - {id: a, name: A, from: hub, to: [edge, mailbocks], ports: [25/tcp]}\n",
                    "t.yaml:4:44: to: unknown role \"mailbocks\"; did you mean \"mailbox\"?");
    assert_problems(HEAD PATH ", authentication: {default: [kerberso]}}\n",
                    "t.yaml:4:87: default: unknown authentication \"kerberso\"; did you mean \"kerberos\"?");
    assert_problems(
        HEAD PATH ", encryption: {supported: [quantum]}}\n",
        "t.yaml:4:85: supported: unknown encryption \"quantum\"; known are: any, anonymoustls, dtls, ipsec, "
        "ldap-seal, rpc-privacy, smb3, starttls, srtp, tls");
    assert_problems(HEAD PATH ", required: maybe}\n",
                    "t.yaml:4:70: required: unknown requirement \"maybe\"; known are: no, yes, when-triggered, never");
    assert_problems(HEAD PATH ", needs: some}\n",
                    "t.yaml:4:67: needs: unknown need \"some\"; known are: any-server, each-pair, any");
    assert_problems(HEAD PATH ", inferred: [form]}\n",
                    "t.yaml:4:71: inferred: unknown column \"form\"; did you mean \"from\"?");
}

static void a_bad_port_is_told(void **state)
{
    (void)state;
    assert_problems(HEAD "  - {id: a, name: A, from: hub, to: hub, ports: [25/tcp, 70000/tcp]}\n",
                    "t.yaml:4:58: ports: \"70000/tcp\" is no port; write for example 25/tcp, 5075-5077/tcp, 389/udp, "
                    "dynamic-rpc, dynamic-tcp 16000-17000, dynamic-udp, proto 50, any");
    assert_problems(HEAD "  - {id: a, name: A, from: hub, to: hub, ports: 25}\n",
                    "t.yaml:4:49: ports: \"25\" lacks the transport; write 25/tcp or 25/udp");
    assert_problems(HEAD "  - {id: a, name: A, from: hub, to: hub, ports: []}\n",
                    "t.yaml:4:49: ports: is an empty list; name at least one port");
}

static void a_bad_duration_is_told(void **state)
{
    (void)state;
    assert_problems(HEAD PATH ", cadence: 5 minutes}\n",
                    "t.yaml:4:69: cadence: \"5 minutes\" is no duration; write for example 90s, 5m, 1h or 2d");
    assert_problems(HEAD PATH ", cadence: 0m}\n",
                    "t.yaml:4:69: cadence: \"0m\" is no duration; write for example 90s, 5m, 1h or 2d");
}

static void an_id_that_stands_twice_is_told_with_both_lines(void **state)
{
    (void)state;
    assert_problems(HEAD PATH "}\n  - {id: b, name: B, from: hub, to: hub, ports: [25/tcp]}\n" PATH "}\n",
                    "t.yaml:6:10: id: \"a\" stands here a second time; the first is on line 4");
    user_file("other.yaml", "table: other\npaths:\n" PATH "}\n");
    assert_problems("table: t\ninclude: other\npaths:\n" PATH "}\n",
                    "./other.yaml:3:10: id: \"a\" stands here a second time; the first is on line 4 of t.yaml");
    assert_problems("table: t\nrules:\n  - {id: r, name: R, roles: hub, ports: any}\n  - {id: r, name: S, roles: hub, "
                    "ports: any}\n",
                    "t.yaml:4:10: id: \"r\" stands here a second time; the first is on line 3");
}

static void an_id_that_is_no_short_name_is_told(void **state)
{
    (void)state;
    assert_problems(HEAD "  - {id: a b, name: A, from: hub, to: edge, ports: [25/tcp]}\n",
                    "t.yaml:4:10: id: \"a b\" is no short name; use letters, digits, hyphens and dots");
    assert_problems("table: ../t\n",
                    "t.yaml:1:8: table: \"../t\" is no short name; use letters, digits, hyphens and dots");
}

static void a_floor_without_tls_and_a_version_that_is_none_are_told(void **state)
{
    (void)state;
    assert_problems(HEAD PATH ", encryption: {supported: [ipsec], floor: tls1.2}}\n",
                    "t.yaml:4:72: encryption: has a floor of TLS, yet TLS is not supported; add tls, starttls or "
                    "anonymoustls");
    assert_problems(HEAD PATH ", encryption: {supported: [tls], floor: tls12}}\n",
                    "t.yaml:4:98: floor: unknown version of TLS \"tls12\"; did you mean \"tls1.2\"?");
}

static void what_contradicts_itself_is_told(void **state)
{
    (void)state;
    assert_problems(HEAD PATH ", parts: [{ports: [26/tcp]}]}\n",
                    "t.yaml:4:5: paths: a path has ports or parts, not both; move the ports into a part");
    assert_problems(HEAD PATH ", required: when-triggered}\n",
                    "t.yaml:4:5: trigger: is missing; a path required when-triggered needs it");
    assert_problems(HEAD PATH ", trigger: subscription}\n",
                    "t.yaml:4:5: trigger: has no use without required: when-triggered");
    assert_problems(
        HEAD PATH ", encryption: {supported: [], default: yes}}\n",
        "t.yaml:4:72: encryption: is on by default, yet nothing is supported; name what is under supported");
    assert_problems(HEAD PATH ", service: emsmdb, services: [nspi]}\n",
                    "t.yaml:4:87: services: service and services both stand here; write one of them");
}

static void all_mistakes_are_told_at_once(void **state)
{
    (void)state;
    assert_problems(
        "tabel: t\n"
        "paths:\n"
        "  - id: a\n"
        "    from: hubb\n"
        "    to: edge\n"
        "    parts:\n"
        "      - {ports: [25/tpc], protocol: [smtp]}\n"
        "      - {protcol: smtp}\n"
        "rules:\n"
        "  - {id: r, name: R, roles: [], ports: [dynamic-rcp]}\n",
        "t.yaml:1:1: tabel: a table has no such key; did you mean \"table\"?\n"
        "t.yaml:4:11: from: unknown role \"hubb\"; did you mean \"hub\"?\n"
        "t.yaml:7:18: ports: \"25/tpc\" is no port; write for example 25/tcp, 5075-5077/tcp, 389/udp, "
        "dynamic-rpc, dynamic-tcp 16000-17000, dynamic-udp, proto 50, any\n"
        "t.yaml:7:37: protocol: a text is wanted, but a list stands here\n"
        "t.yaml:8:10: protcol: a part has no such key; did you mean \"protocol\"?\n"
        "t.yaml:8:9: ports: is missing; a part needs it\n"
        "t.yaml:3:5: name: is missing; a path needs it\n"
        "t.yaml:10:29: roles: is an empty list; name at least one role\n"
        "t.yaml:10:41: ports: \"dynamic-rcp\" is no port; write for example 25/tcp, 5075-5077/tcp, 389/udp, "
        "dynamic-rpc, dynamic-tcp 16000-17000, dynamic-udp, proto 50, any\n"
        "t.yaml:1:1: table: is missing; a table needs it");
}

static void an_include_that_comes_back_to_itself_is_told(void **state)
{
    (void)state;
    assert_problems("table: t\ninclude: [t]\n", "t.yaml:2:11: include: \"t\" includes itself, by way of \"t\"");
    user_file("one.yaml", "table: one\ninclude: [two]\n");
    user_file("two.yaml", "table: two\ninclude:\n  - one\n");
    assert_problems("table: t\ninclude: [one, two]\n",
                    "./two.yaml:3:5: include: \"one\" includes itself, by way of \"two\"");
}

static void an_include_that_is_not_there_is_told(void **state)
{
    (void)state;
    assert_problems("table: t\ninclude: nowhere\n", "./nowhere.yaml: cannot be read: No such file or directory\n"
                                                    "t.yaml:2:10: include: \"nowhere\" cannot be included");
    assert_problems("table: t\ninclude: ../t\n",
                    "t.yaml:2:10: include: \"../t\" is no short name; use letters, digits, hyphens and dots");
    user_file("one.yaml", "table: eins\n");
    assert_problems("table: t\ninclude: one\n",
                    "./one.yaml: table: calls itself \"eins\", but its file is named \"one\"");
    struct failure failure = {.count = 0};
    user_file("t.yaml", "table: t\ninclude: one\n");
    assert_null(table_load("t.yaml", NULL, &failure));
    assert_string_equal(failure.text, "t.yaml:2:10: include: \"one\" cannot be found: no folder of tables is known");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_the_manual_loads),
        cmocka_unit_test(every_key_reaches_its_place),
        cmocka_unit_test(a_part_takes_from_its_path_what_it_does_not_say),
        cmocka_unit_test(what_two_tables_include_is_there_once),
        cmocka_unit_test(an_unknown_key_is_told_with_the_nearest),
        cmocka_unit_test(a_missing_key_is_told_where_it_should_stand),
        cmocka_unit_test(a_key_that_stands_twice_is_told_with_both_lines),
        cmocka_unit_test(a_value_of_the_wrong_type_is_told),
        cmocka_unit_test(an_unknown_word_is_told_with_the_nearest),
        cmocka_unit_test(a_bad_port_is_told),
        cmocka_unit_test(a_bad_duration_is_told),
        cmocka_unit_test(an_id_that_stands_twice_is_told_with_both_lines),
        cmocka_unit_test(an_id_that_is_no_short_name_is_told),
        cmocka_unit_test(a_floor_without_tls_and_a_version_that_is_none_are_told),
        cmocka_unit_test(fragments_stand_before_and_other_tables_after_what_a_table_says_itself),
        cmocka_unit_test(what_a_source_leaves_open_and_how_sure_it_is_are_kept),
        cmocka_unit_test(what_contradicts_itself_is_told),
        cmocka_unit_test(all_mistakes_are_told_at_once),
        cmocka_unit_test(an_include_that_comes_back_to_itself_is_told),
        cmocka_unit_test(an_include_that_is_not_there_is_told),
    };
    return cmocka_run_group_tests(tests, user_files_begin, user_files_end);
}
