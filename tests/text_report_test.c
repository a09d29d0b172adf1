/* The report people read first, written from a judged set made by hand. */
#include "tests/report_written.h"

#include <unistd.h>

static char *written(void **state, struct report_options options)
{
    const struct fixture *fixture = *state;
    return fixture_written(report_text, &fixture->audit, options);
}

/* The text from one heading to another. */
static char *between(const char *text, const char *from, const char *to)
{
    const char *start = strstr(text, from);
    assert_non_null(start);
    const char *end = strstr(start, to);
    assert_non_null(end);
    return strndup(start, (size_t)(end - start));
}

static void the_head_says_what_was_looked_at(void **state)
{
    char *text = written(state, (struct report_options){0});
    assert_has(text, "pathaudit  site.pcap   4,127,334 packets   0 dropped   0.2% duplicates removed\n"
                     "           120 of them seen on both sides of a router\n");
    assert_has(text, "           2026-11-20 09:00:03 - 09:35:12 UTC   35 min\n");
    assert_has(text, "           table exchange-2010-sp3\n");
    assert_has(text, "site contoso (5 hosts and 5 roles declared), roles inferred for 1 host\n");
    assert_has_not(text, "chosen");
    free(text);
}

static void a_chosen_table_and_a_missing_site_are_said(void **state)
{
    struct fixture *fixture = *state;
    fixture->audit.table_reason = "has rows for 3 of 9 conversations, no other for any";
    fixture->audit.site = NULL;
    char *text = written(state, (struct report_options){.width = 120});
    assert_has(text, "table exchange-2010-sp3");
    assert_has(text, "(chosen: it has rows for 3 of 9 conversations, no other for any; -t names another)");
    assert_has(text, "no site file, roles inferred for 1 host");
    assert_has(text, "mbx1: outside the usual dynamic range: 6001 6004");
    free(text);
}

static void several_sources_and_days_are_told(void **state)
{
    struct fixture *fixture = *state;
    static const char *const names[] = {"a.pcap", "b.pcap", "c.pcap", "d.pcap", "d.pcap"};
    struct coverage coverages[COUNT_OF(names)] = {{0}};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        coverages[i].source = observations_name_of(fixture->store, names[i]);
        coverages[i].packets = 1000;
    }
    fixture->audit.coverages = coverages;
    fixture->audit.coverage_count = COUNT_OF(names);
    fixture->audit.last_ns += 86400 * SECOND_NS;
    char *text = written(state, (struct report_options){0});
    assert_has(text, "pathaudit  a.pcap, b.pcap, c.pcap and 1 more   5,000 packets");
    assert_has(text, "2026-11-20 09:00:03 - 2026-11-21 09:35:12 UTC   24 h 35 min");
    free(text);
}

static void the_verdict_counts_paths_and_conversations(void **state)
{
    char *text = written(state, (struct report_options){.width = 140});
    assert_has(text, "  NOT CONFORMING   3 of 6 paths seen, 1 as expected (1 only probably); 1 missing, 1 deviating, "
                     "1 degraded, "
                     "1 broken chain\n");
    assert_has(text, "                   6 conversations: 1 deviating, 1 blocked, 1 unexpected, 1 unexpected-attempt, "
                     "1 unclassified, 1 conforming\n"
                     "                   blocked: cas1 -> mbx1:6004/tcp (nspi)\n"
                     "                   weakest server: edge1 (1 high): passwords in clear on 25/tcp\n");
    free(text);
}

static void what_is_blocked_is_named_unless_the_site_excepts_it(void **state)
{
    struct fixture *fixture = *state;
    struct finding findings[5] = {fixture_findings[0], fixture_findings[0], fixture_findings[0], fixture_findings[0],
                                  fixture_findings[0]};
    fixture->audit.findings = findings;
    fixture->audit.finding_count = COUNT_OF(findings);
    char *text = written(state, (struct report_options){.width = 200});
    assert_has(text, "blocked: cas1 -> mbx1:6004/tcp (nspi), cas1 -> mbx1:6004/tcp (nspi), "
                     "cas1 -> mbx1:6004/tcp (nspi) and 2 more\n");
    free(text);
    struct judged_path *row =
        &fixture->audit.paths[fixture->audit.conversations[findings[0].conversation].owners[0].path];
    enum requirement before = row->required;
    row->required = REQUIRED_NEVER; /* then it is well blocked */
    text = written(state, (struct report_options){0});
    row->required = before;
    assert_null(strstr(text, "blocked: "));
    free(text);
    for (size_t i = 0; i < COUNT_OF(findings); i++)
        findings[i].excepted = "known";
    text = written(state, (struct report_options){0});
    assert_null(strstr(text, "blocked: "));
    free(text);
}

static void a_server_with_a_doubtful_certificate_alone_is_not_called_the_weakest(void **state)
{
    struct fixture *fixture = *state;
    struct weak_server server = {.host = HOST_EDGE1, .severities = {[SEVERITY_INFO] = 1}, .reasons = "a certificate"};
    fixture->audit.weak_servers = &server;
    char *text = written(state, (struct report_options){0});
    assert_null(strstr(text, "weakest server"));
    free(text);
}

static void each_conclusion_has_its_word(void **state)
{
    struct fixture *fixture = *state;
    fixture->audit.finding_count = 0;
    fixture->audit.conclusion = CONCLUSION_CONFORMS;
    char *text = written(state, (struct report_options){0});
    assert_has(text, "  CONFORMS   3 of 6 paths seen");
    assert_has(text, "Nothing needs attention\n");
    free(text);
    fixture->audit.conclusion = CONCLUSION_UNDETERMINED;
    text = written(state, (struct report_options){0});
    assert_has(text, "  UNDETERMINED   3 of 6 paths seen");
    assert_has(text, "No findings, but not all could be judged: see what limits this picture\n");
    assert_has_not(text, "Nothing needs attention");
    free(text);
}

static void findings_say_what_to_do_where_and_their_id(void **state)
{
    char *text = written(state, (struct report_options){0});
    assert_has(text, "\n  1 HIGH     cas1 cannot reach the address book (nspi) on mbx1: 6004/tcp is blocked\n"
                     "             The endpoint mapper of mbx1 gave port 6004");
    assert_has(text, "\n             Do: allow 6004/tcp from cas1 to mbx1.\n"
                     "             site.pcap frame 18,212 and 2 more places   id 00d1e5a7b10c4ed0\n"
                     "  2 MEDIUM   Passwords cross");
    free(text);
}

static void excepted_findings_are_counted_and_shown_on_request(void **state)
{
    char *text = written(state, (struct report_options){0});
    assert_has(text, " 1 finding is excepted by the site file and does not count\n"); /* in the head */
    assert_has(text, "\n  1 finding excepted by the site file: --all shows it\n");
    assert_has_not(text, "abcdef0123456789");
    free(text);
    text = written(state, (struct report_options){.all = true});
    assert_has(text, "  3 LOW      10.1.4.99 -> dc1 3389/tcp fits no path\n");
    assert_has(text, "Excepted by the site file: migration\n");
    assert_has_not(text, "--all shows");
    free(text);
}

static void findings_beyond_eight_are_counted_by_severity(void **state)
{
    struct fixture *fixture = *state;
    struct finding many[12];
    for (size_t i = 0; i < COUNT_OF(many); i++) {
        many[i] = fixture_findings[0];
        many[i].severity = i < 9 ? SEVERITY_HIGH : SEVERITY_INFO;
    }
    fixture->audit.findings = many;
    fixture->audit.finding_count = COUNT_OF(many);
    char *text = written(state, (struct report_options){0});
    assert_has(text, "\n  8 HIGH ");
    assert_has_not(text, "\n  9 HIGH ");
    assert_has(text, "4 more (1 high, 3 info): --all shows them\n");
    free(text);
    text = written(state, (struct report_options){.all = true});
    assert_has(text, "\n 12 INFO ");
    free(text);
}

static void paths_stand_worst_first_with_their_reasons(void **state)
{
    char *text = written(state, (struct report_options){.width = 140});
    char *paths = between(text, "\nPaths", "\nDynamic");
    const char *missing = strstr(paths, "  missing      Microsoft Exchange EdgeSync service");
    const char *deviating = strstr(paths, "  deviating    Hub Transport server");
    const char *degraded = strstr(paths, "  degraded     Client Access server");
    const char *satisfied = strstr(paths, "  probably ok  Active Directory access");
    assert_non_null(missing);
    assert_true(missing < deviating && deviating < degraded && degraded < satisfied);
    assert_has(paths, "expected every 5 min and never attempted in 35 min");
    assert_has(paths, "cas1 -> mbx1: 6001 works, 6004 was given");
    assert_has_not(paths, "one of two ports works"); /* the pair says more */
    assert_has(paths, "client-access? ->");
    assert_has(paths, "389/tcp 389/udp +5");
    assert_has(paths, "\n  - 1 path not exercised, 1 path not applicable to these hosts: --all lists them\n");
    free(paths);
    free(text);
}

static void all_paths_are_listed_on_request(void **state)
{
    char *text = written(state, (struct report_options){.all = true, .only = REPORT_PATHS});
    assert_has(text, "  not-exercised   POP3");
    assert_has(text, "  not-applicable  Unified Messaging media");
    assert_has(text, "53/udp");
    assert_has_not(text, "--all");
    assert_has_not(text, "What needs attention");
    free(text);
}

static void ports_handed_out_are_grouped_by_server_and_port(void **state)
{
    char *text = written(state, (struct report_options){.width = 120, .only = REPORT_ENDPOINTS});
    assert_has(text, "  mbx1  6001/tcp   emsmdb 0.81 ");
    assert_has(text, "ept_map        1,234  nobody: blocked ");
    assert_has(text, "  dc1   49155/tcp  drsuapi 4.0, lsarpc 0.0 ");
    assert_has(text, "ept_map, bind     28  10.1.64.1");
    assert_has(text, "10.1.64.1 +39");
    assert_has(text, "1,400 (3 failed)\n");
    assert_has(text, "nobody                   0\n");
    assert_has(text, "mbx1: outside the declared range 49152-65535: 6001 6004 (static ports?");
    assert_has(text, "Media and SIP ports agreed");
    assert_has(text, "  edge1  30000/udp          sdp             2  cas1");
    assert_has(text, "1 endpoint without a port (pipes and the like): pathaudit endpoints lists them\n");
    free(text);
}

static void the_port_of_the_mapper_itself_is_not_handed_out(void **state)
{
    struct fixture *fixture = *state;
    struct endpoint mapper = fixture_endpoints[PORT_STORE];
    mapper.port = 135;
    fixture->audit.endpoints = &mapper;
    fixture->audit.endpoint_count = 1;
    mapper.outside_range = false;
    char *text = written(state, (struct report_options){.only = REPORT_ENDPOINTS});
    assert_has(text, "No dynamic port was handed out in what was seen\n");
    free(text);
}

static void a_port_where_all_were_refused_is_not_called_blocked(void **state)
{
    fixture_blocked_session[0].disposition = DISPOSITION_REFUSED;
    char *text = written(state, (struct report_options){.only = REPORT_ENDPOINTS});
    fixture_blocked_session[0].disposition = DISPOSITION_UNANSWERED;
    assert_has(text, "nobody: refused");
    assert_has_not(text, "nobody: blocked");
    free(text);
}

static void unexpected_conversations_come_with_their_nearest_path(void **state)
{
    char *text = written(state, (struct report_options){.width = 140});
    assert_has(text, "  10.1.4.99 -> dc1    3389/tcp  rdp?, 2 flows, 1.1 MB  no row has 3389/tcp\n");
    assert_has(text, "  10.1.4.99 -> edge1  25/tcp    1 failed try           \"Hub Transport server to Edge Transport "
                     "server\": 10.1.4.99 is not");
    free(text);
}

static void a_scan_is_cut_to_a_short_list(void **state)
{
    struct fixture *fixture = *state;
    struct judged_conversation scan[30];
    for (size_t i = 0; i < COUNT_OF(scan); i++) {
        scan[i] = fixture_conversations[TALK_SCAN];
        scan[i].port = (uint16_t)(1000 + i);
    }
    scan[29] = fixture_conversations[TALK_RDP];
    fixture->audit.conversations = scan;
    fixture->audit.conversation_count = COUNT_OF(scan);
    fixture->audit.conversation_counts[VERDICT_UNEXPECTED_ATTEMPT] = 29;
    char *text = written(state, (struct report_options){0});
    char *list = between(text, "\nUnexpected", "\nWhat limits");
    assert_has(list, "3389/tcp"); /* what went through stands before what was only tried */
    assert_has(list, "1008/tcp");
    assert_has_not(list, "1009/tcp");
    assert_has(list, "\n  20 more: --all lists them\n");
    free(list);
    free(text);
}

static void limits_are_sentences_with_numbers(void **state)
{
    struct fixture *fixture = *state;
    struct coverage bad = fixture_coverages[0];
    bad.dropped = 1234;
    bad.truncated = 1;
    bad.truncated_frames = 1;
    bad.undecoded = 2;
    bad.fragments_lost = 3;
    bad.evicted_flows = 4;
    bad.lost_facts = 1;
    fixture->audit.coverages = &bad;
    fixture->audit.unread_names = (struct texts){(const char *[]){"desk7 (mapi-client)"}, 1};
    char *text = written(state, (struct report_options){.width = 200});
    assert_has(text, "  The capture covers 35 min; 1 path was not exercised in that time.\n");
    assert_has(text, "  1 conversation was seen in one direction only (");
    assert_has(text, "  1,234 packets were dropped while capturing (<0.1% of all): ");
    assert_has(text, "  4.1 kB of data was sent and not captured");
    assert_has(text, "  3 IP fragments stayed without the rest");
    assert_has(text, "  site.pcap ends in the middle of a packet: it was read up to there.\n");
    assert_has(text, "  1 packet was captured shorter than sent;");
    assert_has(text, "  2 frames were not IP (ARP and the like), or damaged.\n");
    assert_has(text, "  4 flows had to make room before the end: each counts as what it showed until then");
    assert_has(text, "  1 detail (a name, a method, a port that was handed out) found no room and is left out.");
    assert_has(text, "  1 conversation has an end without a role (");
    assert_has(text, "  1 name under roles of the site file gave nobody a role, since no host was seen with it: desk7 "
                     "(mapi-client).\n");
    assert_has(text, "  How clients authenticate is not visible in 1 conversation (inside TLS, the start was missed, "
                     "or the protocol is not one that pathaudit reads).\n");
    assert_has_not(text, "Nothing else known");
    free(text);
}

static void a_clean_capture_says_that_nothing_limits_it(void **state)
{
    struct fixture *fixture = *state;
    struct coverage good = fixture_coverages[0];
    good.missing_bytes = 0;
    fixture->audit.coverages = &good;
    fixture->audit.conversation_count = 0;
    fixture->audit.one_way_conversations = 0;
    fixture->audit.conversation_counts[VERDICT_UNCLASSIFIED] = 0;
    char *text = written(state, (struct report_options){0});
    assert_has(text, "  Nothing else known: no losses, and both directions of all conversations were in sight.\n");
    free(text);
}

static void a_finding_is_explained_with_all_that_stands_behind_it(void **state)
{
    char *text = written(state, (struct report_options){.width = 140, .explain = "00d1ffffffffffff"});
    assert_has(text, "Finding 00d1ffffffffffff\n  MEDIUM          Passwords cross the wire in clear");
    assert_has(text, "  evidence        site.pcap frame 18,212\n");
    assert_has(text, "  client          hub1 (10.1.0.50)\n                  hub, declared\n");
    assert_has(text, "  match           a fixed port of the row, and the roles agree\n");
    assert_has(text, "  deviating   ok                   3  none, basic ");
    assert_has(text, "encryption weaker, authentication unsupported");
    assert_has(text, "site.pcap frame 5,102: SMTP AUTH LOGIN in clear, TLS expected\n");
    assert_has(text, "  smtp.auth_used    LOGIN");
    assert_has(text, "  default auth    Direct trust\n");
    assert_has(text, "  encryption      Yes, using TLS\n");
    assert_has(text, "  source          Exchange Network Port Reference, 2012-09-25\n");
    assert_has(text, "  required        when-triggered, trigger: subscription\n");
    assert_has(text, "What limits this picture\n"); /* also of what was found */
    free(text);
}

static void interfaces_in_facts_are_named(void **state)
{
    static const char line[] = "a4f1db00-ca47-1067-b31f-00dd010662da\t0.81\temsmdb\tMSExchangeIS\n";
    char name[] = "/tmp/pathaudit-interfaces-XXXXXX";
    struct failure failure = {0};
    int file = mkstemp(name);
    assert_true(file >= 0);
    assert_int_equal(write(file, line, sizeof line - 1), sizeof line - 1);
    close(file);
    struct interfaces *interfaces = interfaces_create(&failure);
    bool loaded = interfaces != NULL && interfaces_load(interfaces, name, &failure);
    unlink(name);
    if (!loaded)
        fail_msg("%s", failure.text);
    char *text =
        written(state, (struct report_options){.width = 140, .explain = "00d1ffffffffffff", .interfaces = interfaces});
    assert_has(text, "  rpc.binds         a4f1db00-ca47-1067-b31f-00dd010662da/0.81 emsmdb ");
    assert_has(text, "a4f1db00-ca47-1067-b31f-00dd010662da  ");
    free(text);
    interfaces_destroy(interfaces);
}

static void the_begin_of_an_id_is_enough_when_it_is_the_only_one(void **state)
{
    char *text = written(state, (struct report_options){.explain = "00d1e"});
    assert_has(text, "Finding 00d1e5a7b10c4ed0\n");
    assert_has(text, "mailbox, inferred: serves emsmdb on 6001/tcp; tickets for exchangeMDB\n");
    assert_has(text, "grade A: this server gave this port to this client");
    assert_has(text, "  this part       dynamic-rpc dcerpc\n");
    assert_has(text, "  degraded  cas1 -> mbx1  6001 works");
    free(text);
}

static void the_number_on_the_screen_will_do_as_well(void **state)
{
    char *screen = written(state, (struct report_options){.width = 140}), *id = strstr(screen, "   id ");
    char first[17] = "", expected[64];
    assert_non_null(id);
    memcpy(first, id + 6, 16);
    char *text = written(state, (struct report_options){.explain = "1"});
    snprintf(expected, sizeof expected, "Finding %s\n", first);
    assert_has(text, expected);
    free(text);
    free(screen);
    text = written(state, (struct report_options){.explain = "99"});
    assert_has(text, "No finding of this audit has the id 99;");
    free(text);
}

static void an_id_that_is_unknown_or_not_unique_is_told(void **state)
{
    char *text = written(state, (struct report_options){.explain = "ffff"});
    assert_has(text, "No finding of this audit has the id ffff;");
    free(text);
    text = written(state, (struct report_options){.explain = "00d1"});
    assert_has(text, "More than one finding of this audit has the id 00d1...;");
    free(text);
    text = written(state, (struct report_options){.explain = ""});
    assert_has(text, "No finding of this audit has the id ;");
    free(text);
}

static void all_conversations_are_listed_on_request(void **state)
{
    char *text = written(state, (struct report_options){.width = 160, .only = REPORT_CONVERSATIONS});
    assert_has(text, "  blocked             cas1 -> mbx1");
    assert_has(text, "6004/tcp  nspi");
    assert_has(text, "1,293\n");
    assert_has_not(text, "Paths");
    free(text);
}

static void what_lies_out_of_scope_conforms_to_nothing(void **state)
{
    struct fixture *fixture = *state;
    memset(fixture->audit.conversation_counts, 0, sizeof fixture->audit.conversation_counts);
    fixture->audit.conversation_counts[VERDICT_OUT_OF_SCOPE] = fixture->audit.conversation_count;
    fixture->audit.conclusion = CONCLUSION_CONFORMS;
    char *text = written(state, (struct report_options){0});
    assert_has(text, "  NOTHING IN SCOPE   ");
    assert_has(text, "none with an end in the scope of the site file");
    assert_has_not(text, "CONFORMS");
    free(text);
}

static void traffic_that_fits_no_row_is_folded_in_the_short_form_and_listed_on_request(void **state)
{
    struct fixture *fixture = *state;
    struct finding findings[5] = {fixture->audit.findings[0]};
    for (int i = 1; i < 5; i++) {
        findings[i] = findings[0];
        findings[i].severity = SEVERITY_MEDIUM;
        findings[i].verdict = verdict_name(i < 3 ? VERDICT_UNEXPECTED : VERDICT_UNEXPECTED_ATTEMPT);
        findings[i].subject = i == 1 ? "tool -> dc1:1/tcp fits no row" : "tool -> dc1:2/tcp fits no row";
        findings[i].excepted = "";
    }
    findings[4].severity = SEVERITY_HIGH;
    findings[4].subject = "tool -> dc1:389/tcp fits no row";
    fixture->audit.findings = findings;
    fixture->audit.finding_count = 5;
    char *text = written(state, (struct report_options){0});
    char *all = written(state, (struct report_options){.all = true});
    assert_has(text, "3 findings of traffic that fits no row; nearest misses below, under Unexpected");
    assert_has(text, "First of them: tool -> dc1:1/tcp fits no row.");
    assert_has_not(text, "tool -> dc1:2/tcp fits no row");
    assert_has(text, "tool -> dc1:389/tcp fits no row"); /* grave for another reason */
    assert_has(all, "tool -> dc1:2/tcp fits no row");
    assert_has_not(all, "First of them");
    free(text);
    free(all);
}

int main(void)
{
#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(the_head_says_what_was_looked_at),
        WITH_FIXTURE(a_chosen_table_and_a_missing_site_are_said),
        WITH_FIXTURE(several_sources_and_days_are_told),
        WITH_FIXTURE(the_verdict_counts_paths_and_conversations),
        WITH_FIXTURE(what_is_blocked_is_named_unless_the_site_excepts_it),
        WITH_FIXTURE(a_server_with_a_doubtful_certificate_alone_is_not_called_the_weakest),
        WITH_FIXTURE(each_conclusion_has_its_word),
        WITH_FIXTURE(findings_say_what_to_do_where_and_their_id),
        WITH_FIXTURE(excepted_findings_are_counted_and_shown_on_request),
        WITH_FIXTURE(findings_beyond_eight_are_counted_by_severity),
        WITH_FIXTURE(paths_stand_worst_first_with_their_reasons),
        WITH_FIXTURE(all_paths_are_listed_on_request),
        WITH_FIXTURE(ports_handed_out_are_grouped_by_server_and_port),
        WITH_FIXTURE(the_port_of_the_mapper_itself_is_not_handed_out),
        WITH_FIXTURE(a_port_where_all_were_refused_is_not_called_blocked),
        WITH_FIXTURE(unexpected_conversations_come_with_their_nearest_path),
        WITH_FIXTURE(a_scan_is_cut_to_a_short_list),
        WITH_FIXTURE(limits_are_sentences_with_numbers),
        WITH_FIXTURE(a_clean_capture_says_that_nothing_limits_it),
        WITH_FIXTURE(a_finding_is_explained_with_all_that_stands_behind_it),
        WITH_FIXTURE(interfaces_in_facts_are_named),
        WITH_FIXTURE(the_begin_of_an_id_is_enough_when_it_is_the_only_one),
        WITH_FIXTURE(the_number_on_the_screen_will_do_as_well),
        WITH_FIXTURE(an_id_that_is_unknown_or_not_unique_is_told),
        WITH_FIXTURE(all_conversations_are_listed_on_request),
        WITH_FIXTURE(what_lies_out_of_scope_conforms_to_nothing),
        WITH_FIXTURE(traffic_that_fits_no_row_is_folded_in_the_short_form_and_listed_on_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
