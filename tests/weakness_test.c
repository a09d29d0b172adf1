/* Encrypted and still too weak: versions of TLS below a floor, tickets of RC4 and DES; only what was read of the
 * session itself. And certificates, by the clock of the capture.
 */
#include "tests/scene.h"

#define CAS "10.0.0.1"
#define DC  "10.0.0.2"

static struct path_table table = {
    .name = "test",
    .title = "",
    .source = "",
    PATHS(PATH("directory", "Directory", "client-access", "domain-controller",
               PARTS({.from = WORDS("client-access"),
                      .to = WORDS("domain-controller"),
                      PORTS(TCP(389), TCP(636)),
                      .protocol = "",
                      .port_setting = "",
                      .expectation = {.authentication_default = WORDS("kerberos"),
                                      .encryption_supported = WORDS("tls", "ldap-seal"),
                                      .encryption_default = ANSWER_YES,
                                      .checked = true}},
                     {.from = WORDS("client-access"),
                      .to = WORDS("domain-controller"),
                      PORTS(TCP(88)),
                      .protocol = "kerberos",
                      .port_setting = "",
                      .expectation = {.encryption_supported = WORDS("tls"), .encryption_default = ANSWER_YES}})))};

static struct site site = {SITE_HOSTS(HOST("cas1", 1, "client-access"), HOST("dc1", 2, "domain-controller")),
                           .ticket_floor = TICKETS_AES};

static uint32_t to_dc(struct scene *scene, uint16_t port)
{
    return scene_pair(scene, CAS, DC, 6, port);
}

static const struct judged_session *session_with(const struct judged_conversation *conversation, const char *protection)
{
    for (size_t i = 0; i < conversation->session_count; i++)
        if (strcmp(conversation->sessions[i].protection, protection) == 0)
            return &conversation->sessions[i];
    fail_msg("no session with %s", protection);
    return NULL;
}

static void a_session_is_as_old_as_its_own_version_of_tls(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_tls(&scene, to_dc(&scene, 636), "TLS 1.0");
    scene_tls(&scene, to_dc(&scene, 636), "TLS 1.3");
    scene_fact(&scene, to_dc(&scene, 636), "tls.versions", "TLS 1.0");
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(audit->conversations[0].verdict, VERDICT_CONFORMING); /* nobody asks for a floor */
    site.tls_floor = 4;                                                    /* TLS 1.2 */
    audit = scene_audit(&scene, &table, &site);
    const struct judged_session *old = session_with(&audit->conversations[0], "TLS 1.0");
    assert_int_equal(old->encryption_check, ENCRYPTION_WEAKER);
    assert_string_equal(old->weakness, "encrypted with TLS 1.0 (tls)");
    assert_string_equal(old->wanted, "TLS 1.2 or later");
    assert_int_equal(session_with(&audit->conversations[0], "TLS 1.3")->verdict, VERDICT_CONFORMING);
    assert_string_equal(audit->findings[0].subject,
                        "TLS to dc1 is encrypted with TLS 1.0 (tls): cas1 -> dc1:636/tcp, 1 flow");
    scene_tls(&scene, to_dc(&scene, 636), ""); /* its start was missed: the version of others says nothing of it */
    audit = scene_audit(&scene, &table, &site);
    assert_int_equal(session_with(&audit->conversations[0], "")->verdict, VERDICT_CONFORMING);
    site.tls_floor = 2; /* TLS 1.0 */
    assert_int_equal(scene_audit(&scene, &table, &site)->conversations[0].verdict, VERDICT_CONFORMING);
    site.tls_floor = 0;
    scene_close(&scene);
}

/* The encryption check of an LDAP session with a ticket of this etype. */
static enum encryption_check ticket_check(const char *authentication, const char *etype)
{
    struct scene scene;
    scene_open(&scene);
    scene_fact(&scene, to_dc(&scene, 389), "kerberos.etypes", etype);
    scene_flows(&scene, to_dc(&scene, 389), DISPOSITION_OK, "ldap", authentication, "ldap-seal", 1);
    enum encryption_check check = scene_audit(&scene, &table, &site)->conversations[0].sessions[0].encryption_check;
    scene_close(&scene);
    return check;
}

static void tickets_of_rc4_and_des_are_weak_and_of_aes_are_not(void **state)
{
    (void)state;
    assert_int_equal(ticket_check("kerberos", "aes256-cts-hmac-sha1-96"), ENCRYPTION_AS_EXPECTED);
    assert_int_equal(ticket_check("kerberos", "rc4-hmac"), ENCRYPTION_WEAKER);
    assert_int_equal(ticket_check("kerberos", "des-cbc-md5"), ENCRYPTION_WEAKER);
    assert_int_equal(ticket_check("ntlmv2", "rc4-hmac"), ENCRYPTION_AS_EXPECTED); /* the ticket was not used */
    site.ticket_floor = TICKETS_RC4;
    assert_int_equal(ticket_check("kerberos", "rc4-hmac"), ENCRYPTION_AS_EXPECTED);
    assert_int_equal(ticket_check("kerberos", "des-cbc-md5"), ENCRYPTION_WEAKER);
    site.ticket_floor = TICKETS_ANY;
    assert_int_equal(ticket_check("kerberos", "des-cbc-md5"), ENCRYPTION_AS_EXPECTED);
    site.ticket_floor = TICKETS_AES;
}

static void of_a_kdc_only_the_tickets_are_compared(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_flows(&scene, to_dc(&scene, 88), DISPOSITION_OK, "kerberos", "", "none", 1);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(audit->conversations[0].sessions[0].encryption_check, ENCRYPTION_NOT_CHECKED);
    scene_fact(&scene, to_dc(&scene, 88), "kerberos.etypes", "rc4-hmac");
    audit = scene_audit(&scene, &table, &site);
    assert_int_equal(audit->conversations[0].verdict, VERDICT_DEVIATING);
    assert_string_equal(audit->conversations[0].sessions[0].why,
                        "Kerberos tickets of rc4-hmac, tickets of AES expected");
    table.paths[0].parts[1].expectation.encryption_default = ANSWER_NO; /* a reference of older days */
    assert_int_equal(scene_audit(&scene, &table, &site)->conversations[0].verdict, VERDICT_CONFORMING);
    table.paths[0].parts[1].expectation.encryption_default = ANSWER_YES;
    scene_close(&scene);
}

static void what_is_not_encrypted_is_told_as_that(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_fact(&scene, to_dc(&scene, 389), "kerberos.etypes", "rc4-hmac");
    scene_flows(&scene, to_dc(&scene, 389), DISPOSITION_OK, "ldap", "kerberos", "ldap-sign", 1);
    const struct judged_session *session = &scene_audit(&scene, &table, &site)->conversations[0].sessions[0];
    assert_int_equal(session->encryption_check, ENCRYPTION_WEAKER);
    assert_string_equal(session->weakness, "");
    scene_close(&scene);
}

/* What is said of the certificate of dc1: the verdict of the finding about one, "" when there is none. */
static const char *said_of(const char *not_after, const char *self_signed, const char *certificate_name,
                           const char *server_name)
{
    static char verdict[64];
    struct scene scene;
    scene_open(&scene);
    scene_tls(&scene, to_dc(&scene, 636), "TLS 1.2");
    scene_fact(&scene, to_dc(&scene, 636), "tls.certificate_not_after", not_after);
    scene_fact(&scene, to_dc(&scene, 636), "tls.certificate_names", certificate_name);
    scene_fact(&scene, to_dc(&scene, 636), "tls.server_names", server_name);
    if (self_signed[0] != '\0')
        scene_fact(&scene, to_dc(&scene, 636), "tls.certificate_self_signed", self_signed);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    verdict[0] = '\0';
    for (size_t i = 0; i < audit->finding_count; i++)
        if (strncmp(audit->findings[i].verdict, "certificate", 11) == 0) {
            assert_int_equal(audit->findings[i].severity, SEVERITY_INFO);
            snprintf(verdict, sizeof verdict, "%s", audit->findings[i].verdict);
        }
    assert_int_equal(audit->exit_status, 0);
    scene_close(&scene);
    return verdict;
}

static void certificates_are_compared_with_the_clock_of_the_capture_and_with_what_was_asked_for(void **state)
{
    (void)state;
    assert_string_equal(said_of("2027-11-20T09:00:00Z", "", "dc1.corp.example", "dc1.corp.example"), "");
    assert_string_equal(said_of("2026-12-10T09:00:00Z", "", "dc1.corp.example", "dc1.corp.example"),
                        "certificate-expires"); /* in twenty days */
    assert_string_equal(said_of("2026-11-19T09:00:00Z", "", "dc1.corp.example", "dc1.corp.example"),
                        "certificate-expires"); /* the day before */
    assert_string_equal(said_of("2027-11-20T09:00:00Z", "yes", "dc1.corp.example", "dc1.corp.example"),
                        "certificate-self-signed");
    assert_string_equal(said_of("2027-11-20T09:00:00Z", "", "dc2.corp.example", "dc1.corp.example"),
                        "certificate-name");
    assert_string_equal(said_of("2027-11-20T09:00:00Z", "", "*.corp.example", "DC1.corp.example"), "");
    assert_string_equal(said_of("2027-11-20T09:00:00Z", "", "*.corp.example", "a.dc1.corp.example"),
                        "certificate-name"); /* one label, RFC 6125 */
}

static void a_name_is_compared_only_with_a_certificate_that_its_flow_can_have_shown(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_tls(&scene, to_dc(&scene, 636), "TLS 1.2");
    scene_tls(&scene, to_dc(&scene, 636), "TLS 1.3"); /* shows no certificate, and may be the one that asked for dc1 */
    scene_fact(&scene, to_dc(&scene, 636), "tls.certificate_not_after", "2027-11-20T09:00:00Z");
    scene_fact(&scene, to_dc(&scene, 636), "tls.certificate_names", "dc2.corp.example");
    scene_fact(&scene, to_dc(&scene, 636), "tls.server_names", "dc1.corp.example");
    assert_int_equal(scene_audit(&scene, &table, &site)->finding_count, 0);
    scene_fact(&scene, to_dc(&scene, 636), "tls.server_names", "dc1.corp.example"); /* both asked for it */
    assert_string_equal(scene_audit(&scene, &table, &site)->findings[0].verdict, "certificate-name");
    scene_close(&scene);
}

static void a_row_of_direct_trust_takes_self_signed_certificates(void **state)
{
    (void)state;
    struct expectation *expectation = &table.paths[0].parts[0].expectation;
    struct texts before = expectation->authentication_default;
    expectation->authentication_default = (struct texts)WORDS("direct-trust");
    assert_string_equal(said_of("2027-11-20T09:00:00Z", "yes", "dc1.corp.example", "dc1.corp.example"), "");
    expectation->authentication_default = before;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_is_as_old_as_its_own_version_of_tls),
        cmocka_unit_test(tickets_of_rc4_and_des_are_weak_and_of_aes_are_not),
        cmocka_unit_test(of_a_kdc_only_the_tickets_are_compared),
        cmocka_unit_test(what_is_not_encrypted_is_told_as_that),
        cmocka_unit_test(certificates_are_compared_with_the_clock_of_the_capture_and_with_what_was_asked_for),
        cmocka_unit_test(a_name_is_compared_only_with_a_certificate_that_its_flow_can_have_shown),
        cmocka_unit_test(a_row_of_direct_trust_takes_self_signed_certificates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
