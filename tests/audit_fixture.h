/* audit_fixture: a judged set made by hand: a small Exchange site on a Friday morning, with one of everything that a
 * report must show; and what its writers write, as text. */
#ifndef TESTS_AUDIT_FIXTURE_H
#define TESTS_AUDIT_FIXTURE_H

#include "reports/report.h"
#include "tests/site_fixture.h"

#include <stdlib.h>

struct fixture {
    struct observations *store;
    struct audit audit;
};

/* -- verdicts ---------------------------------------------------------------------------------------------------- */

static struct judged_pair fixture_blocked_pairs[] = {
    {HOST_CAS1, HOST_MBX1, PATH_DEGRADED, "6001 works, 6004 was given by the endpoint mapper and never answered",
     SIZE_MAX}};
static struct judged_pair fixture_good_pairs[] = {{HOST_MBX1, HOST_DC1, PATH_SATISFIED, "", SIZE_MAX}};

static struct judged_path fixture_judged[PATH_FIXTURES] = {
    [PATH_SMTP] = {.required = REQUIRED_WHEN_TRIGGERED,
                   .verdict = PATH_DEVIATING,
                   .reason = "3 of 1,293 sessions sent passwords in clear",
                   .conversations = 1,
                   .bytes = 9035801,
                   .authentication = TEXTS("basic"),
                   .encryption = TEXTS("starttls", "none")},
    [PATH_MAILBOX] = {.verdict = PATH_DEGRADED,
                      .reason = "one of two ports works",
                      .conversations = 2,
                      .bytes = 3000720,
                      .authentication = TEXTS("kerberos"),
                      .encryption = TEXTS("rpc-privacy"),
                      .pairs = fixture_blocked_pairs,
                      .pair_count = 1},
    [PATH_DIRECTORY] = {.required = REQUIRED_YES,
                        .verdict = PATH_SATISFIED,
                        .verified = true,
                        .probable = true,
                        .reason = "",
                        .conversations = 3,
                        .bytes = 500,
                        .authentication = TEXTS("kerberos"),
                        .encryption = TEXTS("ldap-seal"),
                        .pairs = fixture_good_pairs,
                        .pair_count = 1},
    [PATH_SYNC] = {.required = REQUIRED_YES,
                   .verdict = PATH_MISSING,
                   .reason = "expected every 5 min and never attempted in 35 min; both hosts were seen the whole time"},
    [PATH_POP3] = {.verdict = PATH_NOT_EXERCISED, .reason = "not required"},
    [PATH_UM] = {.required = REQUIRED_NEVER, .verdict = PATH_NOT_APPLICABLE, .reason = "no host has the role pbx"},
};
static struct judged_rule fixture_judged_rules[] = {{&fixture_table, &fixture_rules[0], "used", true, 1}};

static struct evidence fixture_places[] = {SITE_PCAP(18212), SITE_PCAP(18220), SITE_PCAP(18300)};

static struct finding fixture_findings[] = {
    {.id = "00d1e5a7b10c4ed0",
     .verdict = "broken-chain",
     .severity = SEVERITY_HIGH,
     .subject = "cas1 cannot reach the address book (nspi) on mbx1: 6004/tcp is blocked",
     .explain = "The endpoint mapper of mbx1 gave port 6004 for nspi to cas1 at 09:02:11; 12 SYNs to it got no answer. "
                "Expected by \"Client Access server to Exchange 2010 Mailbox server\" of exchange-2010-sp3 (Client "
                "Access server data paths), grade A.",
     .advice = "allow 6004/tcp from cas1 to mbx1.",
     .evidence = fixture_places,
     .evidence_count = 3,
     .excepted = "",
     .conversation = TALK_BLOCKED,
     .path = PATH_MAILBOX},
    {.id = "00d1ffffffffffff",
     .verdict = "deviating",
     .severity = SEVERITY_MEDIUM,
     .subject = "Passwords cross the wire in clear: hub1 -> edge1 25/tcp, 3 sessions",
     .explain = "SMTP AUTH LOGIN without TLS. Greeting: " HOSTILE,
     .advice = "require TLS for authentication on the receive connector of edge1.",
     .evidence = fixture_places,
     .evidence_count = 1,
     .excepted = "",
     .conversation = TALK_CLEAR,
     .path = PATH_SMTP},
    {.id = "abcdef0123456789",
     .verdict = "unexpected",
     .severity = SEVERITY_LOW,
     .subject = "10.1.4.99 -> dc1 3389/tcp fits no path",
     .explain = "2 flows, 1.1 MB.",
     .advice = "",
     .excepted = "migration",
     .conversation = TALK_RDP,
     .path = SIZE_MAX},
};

static struct server_weakness fixture_weaknesses[] = {{.kind = WEAKNESS_PASSWORD,
                                                       .severity = SEVERITY_HIGH,
                                                       .transport = 6,
                                                       .port = 25,
                                                       .transport_text = "tcp",
                                                       .what = "SMTP AUTH LOGIN without TLS",
                                                       .conversations = 1,
                                                       .flows = 3,
                                                       .first_ns = AT(59),
                                                       .evidence = SITE_PCAP(5102)}};
static struct weak_server fixture_weak_servers[] = {{.host = HOST_EDGE1,
                                                     .weaknesses = fixture_weaknesses,
                                                     .weakness_count = COUNT_OF(fixture_weaknesses),
                                                     .severities = {[SEVERITY_HIGH] = 1},
                                                     .conversations = 1,
                                                     .weak_conversations = 1,
                                                     .reasons = "passwords in clear on 25/tcp"}};

static struct coverage fixture_coverages[1];

static inline void fixture_make_verdicts(struct audit *audit)
{
    for (size_t i = 0; i < PATH_FIXTURES; i++) {
        fixture_judged[i].table = &fixture_table;
        fixture_judged[i].path = &fixture_paths[i];
        audit->path_counts[fixture_judged[i].verdict]++;
    }
    for (size_t i = 0; i < TALK_FIXTURES; i++)
        audit->conversation_counts[fixture_conversations[i].verdict]++;
}

/* The whole site. fixture_fini releases it. */
static inline void fixture_init(struct fixture *fixture)
{
    struct failure failure = {0};
    struct observations *store = observations_create(16 << 20, &failure);
    assert(store != NULL);
    fixture_make_hosts();
    fixture_make_conversations();
    fixture_make_endpoints();
    fixture_coverages[0] = (struct coverage){.sensor = observations_name_of(store, "tap1"),
                                             .source = observations_name_of(store, "site.pcap"),
                                             .first_ns = FIXTURE_START_NS,
                                             .last_ns = AT(2109),
                                             .packets = 4127334,
                                             .bytes = UINT64_C(3111222333),
                                             .duplicates = 8255,
                                             .duplicates_routed = 120,
                                             .missing_bytes = 4096};
    *fixture = (struct fixture){.store = store,
                                .audit = {.first_ns = FIXTURE_START_NS,
                                          .last_ns = AT(2109),
                                          .coverages = fixture_coverages,
                                          .coverage_count = 1,
                                          .one_way_conversations = 1,
                                          .store = store,
                                          .tables = fixture_tables,
                                          .table_reason = "",
                                          .table_count = 1,
                                          .site = &fixture_site,
                                          .hosts = fixture_hosts,
                                          .host_count = HOST_FIXTURES,
                                          .paths = fixture_judged,
                                          .path_count = PATH_FIXTURES,
                                          .rules = fixture_judged_rules,
                                          .rule_count = 1,
                                          .conversations = fixture_conversations,
                                          .conversation_count = TALK_FIXTURES,
                                          .endpoints = fixture_endpoints,
                                          .endpoint_count = ENDPOINT_FIXTURES,
                                          .findings = fixture_findings,
                                          .finding_count = COUNT_OF(fixture_findings),
                                          .weak_servers = fixture_weak_servers,
                                          .weak_server_count = COUNT_OF(fixture_weak_servers),
                                          .conclusion = CONCLUSION_FINDINGS,
                                          .exit_status = 1}};
    fixture_make_verdicts(&fixture->audit);
}

/* An audit of a capture without a packet. */
static inline void fixture_init_empty(struct fixture *fixture)
{
    struct failure failure = {0};
    *fixture = (struct fixture){.store = observations_create(16 << 20, &failure)};
    assert(fixture->store != NULL);
    fixture->audit.store = fixture->store;
    fixture->audit.conclusion = CONCLUSION_UNDETERMINED;
    fixture->audit.table_reason = "";
}

static inline void fixture_fini(struct fixture *fixture)
{
    observations_destroy(fixture->store);
}

/* What a writer writes, on the heap. */
typedef void fixture_writer(const struct audit *, const struct report_options *, FILE *);
/* Not inlined: gcc 12 would otherwise take the stream's buffer for the pointer to it and warn of a dangling one. */
__attribute__((noinline, unused)) static char *fixture_written(fixture_writer *write, const struct audit *audit,
                                                               struct report_options options)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    assert(out != NULL);
    options.version = "0.0";
    write(audit, &options, out);
    fclose(out);
    return text;
}

/* Is this text harmless: UTF-8 without any control but line ends, and without direction marks? */
static inline bool fixture_is_harmless(const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        unsigned char byte = (unsigned char)*c, next = (unsigned char)c[1];
        if ((byte < 0x20 && byte != '\n') || byte == 0x7f || byte == 0xff || (byte == 0xc2 && next < 0xa0) ||
            strncmp(c, "\xe2\x80\xae", 3) == 0)
            return false;
    }
    return true;
}

#endif
