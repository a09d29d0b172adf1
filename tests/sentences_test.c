/* A sentence of a finding is true of what it cites: time and frame belong together, counts are of what is said, and
 * what only the conversation as a whole told is not said of one of its classes. */
#include "tests/scene.h"

#define HUB  "10.0.0.1"
#define EDGE "10.0.0.2"
#define CAS  "10.0.0.3"
#define DC   "10.0.0.4"

static struct path_table table = {
    .name = "test",
    .title = "",
    .source = "",
    PATHS(PATH("mail", "Hub to Edge", "hub", "edge",
               PARTS({.from = WORDS("hub"), .to = WORDS("edge"), PORTS(TCP(25)), .protocol = "smtp"})),
          PATH("directory", "Directory", "client-access", "domain-controller",
               PARTS({.from = WORDS("client-access"),
                      .to = WORDS("domain-controller"),
                      PORTS(TCP(389)),
                      .protocol = "ldap",
                      .expectation = {.authentication_default = WORDS("kerberos"),
                                      .encryption_supported = WORDS("ldap-seal"),
                                      .encryption_default = ANSWER_YES,
                                      .checked = true}},
                     {.from = WORDS("client-access"),
                      .to = WORDS("domain-controller"),
                      PORTS(TCP(88)),
                      .protocol = "kerberos",
                      .expectation = {.encryption_supported = WORDS("tls"), .encryption_default = ANSWER_YES}})))};

static struct site site = {SITE_HOSTS(HOST("hub1", 1, "hub"), HOST("edge1", 2, "edge"),
                                      HOST("cas1", 3, "client-access"), HOST("dc1", 4, "domain-controller")),
                           .ticket_floor = TICKETS_AES};

static const struct finding *only_finding(const struct audit *audit)
{
    assert_int_equal(audit->finding_count, 1);
    return &audit->findings[0];
}

static void assert_says(const char *text, const char *what)
{
    if (strstr(text, what) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", text, what);
}

static void time_and_frame_of_what_is_unexpected_are_of_one_flow(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    uint32_t pair = scene_pair(&scene, CAS, EDGE, 6, 445);
    scene_flows(&scene, pair, DISPOSITION_OPEN_NO_DATA, "", "", "", 1); /* earlier, and another verdict */
    scene_wait(&scene, 60);
    scene_flows(&scene, pair, DISPOSITION_OK, "smb", "", "", 2);
    const struct finding *finding = only_finding(scene_audit(&scene, &table, &site));
    assert_string_equal(finding->verdict, "unexpected");
    assert_says(finding->explain, "First seen at 09:01:02 (frame 62).");
    assert_int_equal(finding->evidence_count, 1);
    assert_int_equal(finding->evidence[0].frame, 62);
    scene_close(&scene);
}

static void many_at_once_cite_the_flows_that_no_row_has(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    for (uint16_t port = 445; port < 445 + 21; port++) {
        uint32_t pair = scene_pair(&scene, CAS, EDGE, 6, port);
        scene_flows(&scene, pair, DISPOSITION_PENDING, "", "", "", 1);
        scene_flows(&scene, pair, DISPOSITION_OK, "", "", "", 1);
    }
    const struct finding *finding = only_finding(scene_audit(&scene, &table, &site));
    assert_int_equal(finding->evidence[0].frame, 2);
    assert_int_equal(finding->evidence[1].frame, 4);
    scene_close(&scene);
}

static void tickets_are_counted_and_cited_where_they_were_read(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    uint32_t kdc = scene_pair(&scene, CAS, DC, 6, 88);
    scene_flows(&scene, kdc, DISPOSITION_OK, "kerberos", "", "", 28);
    scene_fact(&scene, kdc, "kerberos.etypes", "aes256-cts-hmac-sha1-96");
    scene_fact(&scene, kdc, "kerberos.etypes", "rc4-hmac");
    const struct audit *audit = scene_audit(&scene, &table, &site);
    const struct finding *finding = only_finding(audit);
    assert_string_equal(finding->subject,
                        "Kerberos to dc1 uses Kerberos tickets of rc4-hmac: cas1 -> dc1:88/tcp, 1 flow");
    assert_says(finding->explain, "First at 09:00:03 (frame 3).");
    assert_int_equal(finding->evidence[0].frame, 3);
    assert_string_equal(scene_path(audit, "directory")->reason, "1 of 28 flows deviates");
    scene_close(&scene);
}

/* The audit of two NTLM logons beside `kerberos` with Kerberos, which was offered in `offered` flows. */
static enum authentication_check check_of_ntlm(uint64_t kerberos, uint64_t offered)
{
    struct scene scene;
    scene_open(&scene);
    uint32_t pair = scene_pair(&scene, CAS, DC, 6, 389);
    scene_flows(&scene, pair, DISPOSITION_OK, "ldap", "ntlmv2", "ldap-seal", 2);
    if (kerberos > 0)
        scene_flows(&scene, pair, DISPOSITION_OK, "ldap", "kerberos", "ldap-seal", kerberos);
    for (uint64_t i = 0; i < offered; i++)
        scene_fact(&scene, pair, "negotiate.offered", "kerberos");
    const struct audit *audit = scene_audit(&scene, &table, &site);
    enum authentication_check check = AUTHENTICATION_NOT_CHECKED;
    for (size_t i = 0; i < audit->conversations[0].session_count; i++)
        if (strcmp(audit->conversations[0].sessions[i].authentication, "ntlmv2") == 0)
            check = audit->conversations[0].sessions[i].authentication_check;
    scene_close(&scene);
    return check;
}

static void ntlm_is_a_fallback_only_where_kerberos_was_offered_and_not_taken(void **state)
{
    (void)state;
    assert_int_equal(check_of_ntlm(0, 2), AUTHENTICATION_FALLBACK);
    assert_int_equal(check_of_ntlm(3, 5), AUTHENTICATION_FALLBACK);
    assert_int_equal(check_of_ntlm(3, 3), AUTHENTICATION_UNSUPPORTED); /* those who offered it used it */
}

static void what_could_not_be_judged_is_said_beside_what_failed(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    uint32_t pair = scene_pair(&scene, HUB, EDGE, 6, 25);
    scene_flows(&scene, pair, DISPOSITION_REFUSED, "", "", "", 1);
    scene_flows(&scene, pair, DISPOSITION_DAMAGED, "smtp", "", "", 4);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    for (size_t i = 0; i < audit->finding_count; i++)
        if (strcmp(audit->findings[i].verdict, "refused") == 0)
            assert_says(audit->findings[i].explain,
                        "None went well, as far as was seen: 4 flows more could not be judged.");
    assert_string_equal(scene_path(audit, "mail")->reason,
                        "1 attempt failed and none was seen to succeed; 4 more could not be judged");
    scene_close(&scene);
}

static void an_option_that_a_kdc_does_not_grant_is_low_and_explained(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    uint32_t kdc = scene_pair(&scene, CAS, DC, 6, 88);
    scene_flows(&scene, kdc, DISPOSITION_OK, "kerberos", "", "", 4);
    scene_flows(&scene, kdc, DISPOSITION_APP_DENIED, "kerberos", "", "", 2);
    scene_fact(&scene, kdc, "kerberos.errors", "25 KDC_ERR_PREAUTH_REQUIRED");
    scene_fact(&scene, kdc, "kerberos.errors", "13 KDC_ERR_BADOPTION");
    scene_fact(&scene, kdc, "kerberos.errors", "13 KDC_ERR_BADOPTION");
    const struct audit *audit = scene_audit(&scene, &table, &site);
    const struct finding *finding = only_finding(audit);
    assert_string_equal(finding->verdict, "degraded"); /* a denial it is */
    assert_int_equal(audit->exit_status, 1);
    assert_int_equal(finding->severity, SEVERITY_LOW);
    assert_says(finding->explain, "; errors read here: 13 KDC_ERR_BADOPTION in 2 flows (a ticket was asked for with an "
                                  "option, such as forwarding or delegation, that is not allowed for it: usual");
    assert_says(finding->advice, "nothing, unless");
    scene_fact(&scene, kdc, "kerberos.errors", "24 KDC_ERR_PREAUTH_FAILED");
    finding = only_finding(scene_audit(&scene, &table, &site));
    assert_int_equal(finding->severity, SEVERITY_MEDIUM);
    assert_says(finding->explain, "24 KDC_ERR_PREAUTH_FAILED in 1 flow (wrong password)");
    assert_string_equal(finding->advice, "the network lets it through: see in the server's log why it said no");
    scene_close(&scene);
}

static void an_interface_that_the_mapper_does_not_know_is_told(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    uint32_t mapper = scene_pair(&scene, HUB, EDGE, 6, 135);
    struct path rows[] = {PATH("rpc", "RPC", "hub", "edge",
                               PARTS({.from = WORDS("hub"), .to = WORDS("edge"), PORTS(TCP(135)), .protocol = ""}))};
    struct path_table one = {.name = "one", .paths = rows, .path_count = 1};
    scene_flows(&scene, mapper, DISPOSITION_APP_DENIED, "dcerpc", "anonymous", "none", 1);
    scene_fact(&scene, mapper, "rpc.not_registered", NSPI "/56.0");
    const struct finding *finding = only_finding(scene_audit(&scene, &one, &site));
    assert_says(finding->explain,
                "errors read here: " NSPI "/56.0 in 1 flow (the endpoint mapper knows no such interface)");
    assert_says(finding->advice, "the network lets it through");
    scene_close(&scene);
}

static void all_rows_that_have_the_port_are_told_with_what_keeps_them_from_it(void **state)
{
    (void)state;
    struct scene scene;
    struct path rows[] = {
        PATH("one", "One", "hub", "edge",
             PARTS({.from = WORDS("hub"), .to = WORDS("edge"), PORTS(TCP(445)), .protocol = "smb"})),
        PATH("other", "Other", "client-access", "edge",
             PARTS({.from = WORDS("client-access"), .to = WORDS("edge"), PORTS(TCP(445)), .protocol = "smtp"})),
        PATH("far", "Far", "hub", "edge",
             PARTS({.from = WORDS("hub"), .to = WORDS("edge"), PORTS(TCP(25)), .protocol = "smb"})),
        PATH("never", "Never", "client-access", "edge",
             PARTS({.from = WORDS("client-access"), .to = WORDS("edge"), PORTS(TCP(445)), .protocol = ""}),
             .required = REQUIRED_NEVER)};
    struct path_table four = {.name = "four", .paths = rows, .path_count = 3};
    scene_open(&scene);
    scene_flows(&scene, scene_pair(&scene, CAS, EDGE, 6, 445), DISPOSITION_OK, "smb", "", "", 1);
    const struct audit *audit = scene_audit(&scene, &four, &site);
    struct near_row *near;
    assert_int_equal(audit_near_rows(audit, 0, &near), 2);
    assert_string_equal(audit->paths[near[0].path].path->id, "one");
    assert_string_equal(near[0].why, "fits but cas1 is not a hub server");
    assert_string_equal(near[1].why, "fits but it is for smtp, and this is smb");
    four.path_count = 4; /* what must not be owns it, and is nobody's near row */
    audit = scene_audit(&scene, &four, &site);
    assert_int_equal(audit->conversations[0].owner_count, 1);
    assert_int_equal(audit_near_rows(audit, 0, &near), 2);
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_and_frame_of_what_is_unexpected_are_of_one_flow),
        cmocka_unit_test(many_at_once_cite_the_flows_that_no_row_has),
        cmocka_unit_test(tickets_are_counted_and_cited_where_they_were_read),
        cmocka_unit_test(ntlm_is_a_fallback_only_where_kerberos_was_offered_and_not_taken),
        cmocka_unit_test(what_could_not_be_judged_is_said_beside_what_failed),
        cmocka_unit_test(an_interface_that_the_mapper_does_not_know_is_told),
        cmocka_unit_test(all_rows_that_have_the_port_are_told_with_what_keeps_them_from_it),
        cmocka_unit_test(an_option_that_a_kdc_does_not_grant_is_low_and_explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
