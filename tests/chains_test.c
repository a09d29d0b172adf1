/* Broken chains: one cause is one finding, what depends on it is told there, and silence after a word is told only
 * where it could have been broken in sight. */
#include "tests/scene.h"

#define HUB  "10.0.0.1"
#define DC   "10.0.0.2"
#define CAS  "10.0.0.3"
#define CAS2 "10.0.0.4"
#define MBX  "10.0.0.5"
#define PBX  "10.0.0.6"

static struct path_table table = {
    .name = "test",
    .title = "",
    .source = "",
    PATHS(PATH("mailbox", "Client Access to Mailbox", "client-access", "mailbox",
               PARTS({.from = WORDS("client-access"),
                      .to = WORDS("mailbox"),
                      PORTS(TCP(135)),
                      .protocol = "dcerpc",
                      .services = WORDS("epmapper")},
                     {.from = WORDS("client-access"),
                      .to = WORDS("mailbox"),
                      PORTS(DYNAMIC_RPC),
                      .protocol = "dcerpc",
                      .services = WORDS("emsmdb", "nspi")})),
          PATH("names", "Names and tickets", "client-access", "domain-controller",
               PARTS({.from = WORDS("client-access"),
                      .to = WORDS("domain-controller"),
                      PORTS(UDP(53), TCP(88), UDP(389)),
                      .protocol = "",
                      .expectation = {.checked = false}})),
          PATH("directory", "Directory", "client-access", "domain-controller",
               PARTS({.from = WORDS("client-access"),
                      .to = WORDS("domain-controller"),
                      PORTS(TCP(389)),
                      .protocol = "ldap",
                      .expectation = {.authentication_default = WORDS("kerberos"), .checked = true}}),
               .required = REQUIRED_YES, .cadence_ns = 60 * SECOND_NS)),
};

static struct site site = {SITE_HOSTS(HOST("hub1", 1, "hub"), HOST("dc1", 2, "domain-controller"),
                                      HOST("cas1", 3, "client-access"), HOST("cas2", 4, "client-access"),
                                      HOST("mbx1", 5, "mailbox"), HOST("pbx1", 6, "ip-pbx"))};

static void talk(struct scene *scene, const char *client, const char *server, uint16_t port, const char *protocol,
                 enum disposition how)
{
    bool udp = port == 53 || strcmp(protocol, "cldap") == 0 || strcmp(protocol, "rtp") == 0;
    scene_flows(scene, scene_pair(scene, client, server, udp ? 17 : 6, port), how, protocol, "", "", 1);
}

static size_t chain_count(const struct audit *audit)
{
    size_t count = 0;
    for (size_t i = 0; i < audit->finding_count; i++)
        count += strcmp(audit->findings[i].verdict, "broken-chain") == 0;
    return count;
}

static const struct finding *only_chain(const struct audit *audit)
{
    assert_int_equal(chain_count(audit), 1);
    for (size_t i = 0; i < audit->finding_count; i++)
        if (strcmp(audit->findings[i].verdict, "broken-chain") == 0)
            return &audit->findings[i];
    return NULL;
}

static void assert_says(const char *text, const char *what)
{
    if (strstr(text, what) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", text, what);
}

static void all_clients_of_a_blocked_port_are_one_finding(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_learn(&scene, MBX, CAS, "ept_map", "ncacn_ip_tcp", 6004, NSPI, 56, 0);
    scene_learn(&scene, MBX, CAS2, "ept_map", "ncacn_ip_tcp", 6004, NSPI, 56, 0);
    talk(&scene, CAS, MBX, 6004, "", DISPOSITION_PROHIBITED);
    talk(&scene, CAS2, MBX, 6004, "", DISPOSITION_PROHIBITED);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    const struct finding *finding = only_chain(audit);
    assert_int_equal(audit->finding_count, 1); /* neither the row nor the other client has one of its own */
    assert_string_equal(finding->subject, "2 clients cannot reach nspi on mbx1: 6004/tcp is blocked");
    assert_says(finding->explain, "mbx1's endpoint mapper gave 6004 for nspi to cas1");
    assert_says(finding->explain, "The same happens to: cas2.");
    assert_int_equal(finding->evidence_count, 3); /* two clients, and the mapper that told the first */
    ;
    assert_int_equal(scene_path(audit, "mailbox")->verdict, PATH_FAILING);
    assert_int_equal(audit->exit_status, 1);
    scene_close(&scene);
}

static void a_mapper_that_cannot_be_asked_is_the_cause(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    talk(&scene, CAS, MBX, 135, "", DISPOSITION_PROHIBITED);
    const struct finding *finding = only_chain(scene_audit(&scene, &table, &site));
    assert_says(finding->explain, "Without the endpoint mapper no RPC port of this server can be found.");
    scene_close(&scene);
}

static void what_never_came_to_be_for_want_of_names_is_told_with_them(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    talk(&scene, CAS, DC, 53, "dns", DISPOSITION_PROHIBITED);
    scene_wait(&scene, 120);
    talk(&scene, CAS, DC, 53, "dns", DISPOSITION_PROHIBITED);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    const struct finding *finding = only_chain(audit);
    assert_says(finding->explain, "Whatever is reached by name cannot follow.");
    assert_says(finding->explain, "Never used for the same cause: \"Directory\" (test).");
    assert_int_equal(scene_path(audit, "directory")->verdict, PATH_NOT_EXERCISED);
    assert_says(scene_path(audit, "directory")->reason, "the name service fails first: cas1 -> dc1:53/udp");
    scene_close(&scene);
}

static void ntlm_for_want_of_a_kdc_is_told_with_the_kdc(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    uint32_t ldap = scene_pair(&scene, CAS, DC, 6, 389);
    scene_fact(&scene, ldap, "negotiate.offered", "kerberos");
    scene_flows(&scene, ldap, DISPOSITION_OK, "ldap", "ntlmv2", "ldap-seal", 3);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(audit->finding_count, 1);
    assert_string_equal(audit->findings[0].verdict, "deviating");
    talk(&scene, CAS, DC, 88, "", DISPOSITION_PROHIBITED);
    audit = scene_audit(&scene, &table, &site);
    assert_int_equal(audit->finding_count, 1);
    assert_says(only_chain(audit)->explain, "1 conversation fell back to NTLM.");
    scene_close(&scene);
}

static void a_located_directory_that_cannot_be_reached_is_a_broken_chain(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    talk(&scene, CAS, DC, 389, "cldap", DISPOSITION_OK);
    talk(&scene, CAS, DC, 389, "", DISPOSITION_PROHIBITED);
    assert_says(only_chain(scene_audit(&scene, &table, &site))->explain,
                "dc1 answered as a directory server when cas1 asked by CLDAP at 09:00:01 (frame 1).");
    scene_close(&scene);

    scene_open(&scene);
    talk(&scene, CAS, DC, 53, "dns", DISPOSITION_OK);
    scene_fact(&scene, scene_pair(&scene, CAS, DC, 17, 53), "dns.answers",
               "_ldap._tcp.corp.example dc1.corp.example:389");
    talk(&scene, CAS, DC, 389, "", DISPOSITION_PROHIBITED);
    assert_says(only_chain(scene_audit(&scene, &table, &site))->explain,
                "that the directory is on dc1 (_ldap._tcp.corp.example).");
    scene_close(&scene);
}

static void a_ticket_for_a_service_that_cannot_be_reached_is_a_broken_chain(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    talk(&scene, CAS, DC, 88, "kerberos", DISPOSITION_OK);
    scene_fact(&scene, scene_pair(&scene, CAS, DC, 6, 88), "kerberos.services", "ldap/dc1.corp.example");
    scene_fact(&scene, scene_pair(&scene, CAS, DC, 6, 88), "kerberos.messages", "tgs-rep");
    talk(&scene, CAS, DC, 389, "", DISPOSITION_PROHIBITED);
    assert_says(only_chain(scene_audit(&scene, &table, &site))->explain,
                "cas1 asked the KDC for a ticket for ldap/dc1.corp.example at 09:00:02 (frame 2), and got one.");
    scene_close(&scene);
}

static void a_plain_blocked_port_is_no_chain(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    talk(&scene, CAS, DC, 389, "", DISPOSITION_PROHIBITED);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(chain_count(audit), 0);
    assert_string_equal(audit->findings[0].verdict, "blocked");
    scene_close(&scene);
}

static void a_server_that_answers_nobody_is_one_finding(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    talk(&scene, CAS, DC, 53, "dns", DISPOSITION_UNANSWERED);
    talk(&scene, CAS, DC, 88, "", DISPOSITION_UNANSWERED);
    talk(&scene, CAS2, DC, 389, "", DISPOSITION_UNANSWERED);
    talk(&scene, DC, HUB, 25, "smtp", DISPOSITION_OK); /* what it sends would be seen */
    const struct audit *audit = scene_audit(&scene, &table, &site);
    const struct finding *finding = only_chain(audit);
    assert_string_equal(finding->subject, "dc1 answers nobody: 3 ports, 2 clients");
    assert_says(finding->explain, "On 53/udp, 88/tcp and 389/tcp it gave no answer to cas1 and cas2");
    assert_int_equal(finding->severity, SEVERITY_HIGH);
    assert_int_equal(finding->evidence_count, 3);
    talk(&scene, CAS, DC, 135, "dcerpc", DISPOSITION_OK);
    assert_int_equal(chain_count(scene_audit(&scene, &table, &site)),
                     2); /* names and tickets; 389 is plainly blocked */
    scene_close(&scene);
}

static void a_silent_server_that_talks_itself_is_said_to_be_up(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    talk(&scene, DC, HUB, 25, "smtp", DISPOSITION_OK);
    for (uint16_t port = 400; port < 403; port++) {
        scene_learn(&scene, DC, CAS, "ept_map", "ncacn_ip_tcp", port, NSPI, 56, 0); /* so that it counts as blocked */
        talk(&scene, CAS, DC, port, "", DISPOSITION_UNANSWERED);
    }
    const struct finding *finding = only_chain(scene_audit(&scene, &table, &site));
    assert_says(finding->explain, "It was up: it sent packets of its own between 09:00:01 and 09:00:01.");
    assert_string_equal(finding->advice, "see what on dc1, or between, keeps connections to it out");
    scene_close(&scene);
}

static void a_name_server_beside_one_that_answers_breaks_no_chain(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    talk(&scene, CAS, DC, 53, "dns", DISPOSITION_PROHIBITED);
    talk(&scene, CAS, DC, 88, "", DISPOSITION_PROHIBITED);
    assert_int_equal(chain_count(scene_audit(&scene, &table, &site)), 2);
    talk(&scene, CAS, HUB, 53, "dns", DISPOSITION_OK);
    talk(&scene, CAS, HUB, 88, "kerberos", DISPOSITION_OK);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(chain_count(audit), 0);
    assert_int_equal(scene_conversation(audit, CAS, DC, 53)->verdict, VERDICT_BLOCKED); /* told, and no more said */
    scene_close(&scene);
}

static void clients_that_end_differently_at_one_place_are_told_apart(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_learn(&scene, MBX, CAS, "ept_map", "ncacn_ip_tcp", 6004, NSPI, 56, 0);
    scene_learn(&scene, MBX, CAS2, "ept_map", "ncacn_ip_tcp", 6004, NSPI, 56, 0);
    talk(&scene, CAS, MBX, 6004, "", DISPOSITION_PROHIBITED);
    talk(&scene, CAS2, MBX, 6004, "", DISPOSITION_REFUSED);
    const struct finding *finding = only_chain(scene_audit(&scene, &table, &site));
    assert_string_equal(finding->subject,
                        "2 clients cannot reach nspi on mbx1: 6004/tcp is blocked for some and refuses others");
    assert_says(finding->explain, " Refused instead: cas2.");
    assert_null(strstr(finding->explain, "The same happens to"));
    scene_close(&scene);
}

/* A ticket was asked for in one flow, and another flow ended in this error. */
static size_t chains_beside_error(const char *error)
{
    struct scene scene;
    scene_open(&scene);
    uint32_t kdc = scene_pair(&scene, CAS, DC, 6, 88);
    talk(&scene, CAS, DC, 88, "kerberos", DISPOSITION_OK);
    if (error[0] != '\0') {
        scene_flows(&scene, kdc, DISPOSITION_APP_DENIED, "kerberos", "", "", 1);
        scene_fact(&scene, kdc, "kerberos.errors", error);
    }
    scene_fact(&scene, kdc, "kerberos.services", "smtpsvc/mbx1.corp.example");
    scene_fact(&scene, kdc, "kerberos.messages", "tgs-rep");
    talk(&scene, CAS, MBX, 445, "smb", DISPOSITION_OK);
    scene_wait(&scene, 100);
    talk(&scene, CAS, DC, 88, "kerberos", DISPOSITION_OK);
    size_t count = chain_count(scene_audit(&scene, &table, &site));
    scene_close(&scene);
    return count;
}

static void a_ticket_that_may_have_been_refused_promises_nothing(void **state)
{
    (void)state;
    assert_int_equal(chains_beside_error(""), 1);
    assert_int_equal(chains_beside_error("7 KDC_ERR_S_PRINCIPAL_UNKNOWN"), 0);
    assert_int_equal(chains_beside_error("24 KDC_ERR_PREAUTH_FAILED"), 1); /* of a password */
}

/* A ticket for the mailbox server; `seen`: the two talk of something else. */
static size_t chains_after_ticket(uint64_t seconds_after, bool seen, bool used)
{
    struct scene scene;
    scene_open(&scene);
    talk(&scene, CAS, DC, 88, "kerberos", DISPOSITION_OK);
    scene_fact(&scene, scene_pair(&scene, CAS, DC, 6, 88), "kerberos.services", "smtpsvc/mbx1.corp.example");
    scene_fact(&scene, scene_pair(&scene, CAS, DC, 6, 88), "kerberos.messages", "tgs-rep");
    if (seen)
        talk(&scene, CAS, MBX, 445, "smb", DISPOSITION_OK);
    if (used)
        talk(&scene, CAS, MBX, 25, "smtp", DISPOSITION_OK);
    scene_wait(&scene, seconds_after);
    talk(&scene, CAS, DC, 88, "kerberos", DISPOSITION_OK);
    size_t count = chain_count(scene_audit(&scene, &table, &site));
    scene_close(&scene);
    return count;
}

static void silence_after_a_ticket_is_told_only_when_it_could_have_been_broken_in_sight(void **state)
{
    (void)state;
    assert_int_equal(chains_after_ticket(100, true, false), 1);
    assert_int_equal(chains_after_ticket(10, true, false), 0);
    assert_int_equal(chains_after_ticket(100, false, false), 0);
    assert_int_equal(chains_after_ticket(100, true, true), 0);
}

static void a_pause_after_a_ticket_proves_no_silence(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    talk(&scene, CAS, DC, 88, "kerberos", DISPOSITION_OK);
    scene_fact(&scene, scene_pair(&scene, CAS, DC, 6, 88), "kerberos.services", "smtpsvc/mbx1.corp.example");
    scene_fact(&scene, scene_pair(&scene, CAS, DC, 6, 88), "kerberos.messages", "tgs-rep");
    talk(&scene, CAS, MBX, 445, "smb", DISPOSITION_OK);
    scene_wait(&scene, 3600);
    talk(&scene, CAS, DC, 88, "kerberos", DISPOSITION_OK);
    assert_int_equal(chain_count(scene_audit(&scene, &table, &site)), 1);
    for (int64_t i = 0; i < 2; i++) { /* two captures of ten seconds, an hour apart */
        struct coverage row = {.source = scene_name(&scene, i == 0 ? "one" : "two"),
                               .packets = 10,
                               .first_ns = SCENE_START + i * 3600 * SECOND_NS,
                               .last_ns = SCENE_START + (i * 3600 + 10) * SECOND_NS};
        observations_cover(scene.store, &row);
    }
    assert_int_equal(chain_count(scene_audit(&scene, &table, &site)), 0);
    scene_close(&scene);
}

static void a_directory_that_was_only_located_informs(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    talk(&scene, HUB, DC, 389, "cldap", DISPOSITION_OK);
    scene_wait(&scene, 100);
    talk(&scene, HUB, DC, 389, "cldap", DISPOSITION_OK);
    const struct finding *finding = only_chain(scene_audit(&scene, &table, &site));
    assert_int_equal(finding->severity, SEVERITY_INFO);
    assert_string_equal(finding->subject, "hub1 located the directory on dc1 and never spoke LDAP");
    scene_close(&scene);
}

static void call(struct scene *scene, const char *status)
{
    uint32_t sip = scene_pair(scene, PBX, HUB, 6, 5060);
    scene_flows(scene, sip, DISPOSITION_OK, "sip", "", "none", 1);
    scene_fact(scene, sip, "sip.methods", "INVITE");
    scene_fact(scene, sip, "sip.statuses", status);
}

static void media(struct scene *scene, const char *place, uint16_t port)
{
    struct binding row = {.learned_ns = SCENE_START + (int64_t)++scene->frame * SECOND_NS,
                          .server = scene_address(HUB),
                          .client = scene_address(PBX),
                          .transport = 17,
                          .port = port,
                          .learned_from = scene_name(scene, "sdp"),
                          .protocol_sequence = scene_name(scene, "rtp"),
                          .tower_address = scene_address(place),
                          .source = scene_name(scene, "scene.pcap"),
                          .frame = scene->frame};
    observations_learn(scene->store, &row);
}

static void a_call_that_was_taken_and_has_no_media_is_a_broken_chain(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    call(&scene, "200");
    media(&scene, PBX, 20000);
    media(&scene, HUB, 40000);
    call(&scene, "200");
    assert_int_equal(chain_count(scene_audit(&scene, &table, &site)), 0); /* too early to say */
    scene_wait(&scene, 20);
    call(&scene, "200");
    const struct finding *finding = only_chain(scene_audit(&scene, &table, &site));
    assert_string_equal(finding->subject,
                        "A call without media: pbx1:20000/udp <-> hub1:40000/udp was agreed and nothing "
                        "came");
    assert_int_equal(finding->severity, SEVERITY_MEDIUM);
    talk(&scene, HUB, PBX, 20000, "rtp", DISPOSITION_OK); /* one port serves both ends */
    assert_int_equal(chain_count(scene_audit(&scene, &table, &site)), 0);
    scene_close(&scene);
}

static void a_call_that_was_not_taken_needs_no_media(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    call(&scene, "486");
    media(&scene, PBX, 20000);
    media(&scene, HUB, 40000);
    scene_wait(&scene, 20);
    call(&scene, "486");
    assert_int_equal(chain_count(scene_audit(&scene, &table, &site)), 0);
    uint32_t sip = scene_pair(&scene, PBX, HUB, 6, 5060);
    scene_fact(&scene, sip, "sip.methods", "REGISTER");
    scene_fact(&scene, sip, "sip.statuses", "200"); /* of REGISTER, as far as anybody can say */
    assert_int_equal(chain_count(scene_audit(&scene, &table, &site)), 0);
    scene_fact(&scene, sip, "sip.methods", "BYE");
    assert_int_equal(chain_count(scene_audit(&scene, &table, &site)), 1);
    scene_close(&scene);
}

static void a_redirection_that_nobody_follows_is_a_broken_chain(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    call(&scene, "302");
    scene_learn(&scene, HUB, PBX, "sip_contact", "sip", 5065, "", 0, 0);
    scene_wait(&scene, 20);
    call(&scene, "302");
    const struct finding *finding = only_chain(scene_audit(&scene, &table, &site));
    assert_string_equal(finding->subject, "pbx1 was sent on to hub1:5065/tcp (SIP redirection) and no call came there");
    talk(&scene, PBX, HUB, 5065, "sip", DISPOSITION_OK);
    assert_int_equal(chain_count(scene_audit(&scene, &table, &site)), 0);
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_clients_of_a_blocked_port_are_one_finding),
        cmocka_unit_test(a_mapper_that_cannot_be_asked_is_the_cause),
        cmocka_unit_test(what_never_came_to_be_for_want_of_names_is_told_with_them),
        cmocka_unit_test(ntlm_for_want_of_a_kdc_is_told_with_the_kdc),
        cmocka_unit_test(a_located_directory_that_cannot_be_reached_is_a_broken_chain),
        cmocka_unit_test(a_ticket_for_a_service_that_cannot_be_reached_is_a_broken_chain),
        cmocka_unit_test(a_plain_blocked_port_is_no_chain),
        cmocka_unit_test(a_server_that_answers_nobody_is_one_finding),
        cmocka_unit_test(a_silent_server_that_talks_itself_is_said_to_be_up),
        cmocka_unit_test(a_name_server_beside_one_that_answers_breaks_no_chain),
        cmocka_unit_test(clients_that_end_differently_at_one_place_are_told_apart),
        cmocka_unit_test(a_ticket_that_may_have_been_refused_promises_nothing),
        cmocka_unit_test(silence_after_a_ticket_is_told_only_when_it_could_have_been_broken_in_sight),
        cmocka_unit_test(a_pause_after_a_ticket_proves_no_silence),
        cmocka_unit_test(a_directory_that_was_only_located_informs),
        cmocka_unit_test(a_call_that_was_taken_and_has_no_media_is_a_broken_chain),
        cmocka_unit_test(a_call_that_was_not_taken_needs_no_media),
        cmocka_unit_test(a_redirection_that_nobody_follows_is_a_broken_chain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
