/* deviation: see audit/deviation.h. */
#include "audit/deviation.h"

#include "audit/checks.h"
#include "audit/explain.h"
#include "audit/findings.h"
#include "audit/paths.h"
#include "audit/tell.h"
#include "audit/verdicts.h"

#include <string.h>

/* How much a deviating class matters: a readable password, no encryption, a signature alone, another authentication. */
#define GRAVITY_MOST 4
static unsigned gravity(const struct judged_session *session)
{
    if (password_is_clear(session))
        return GRAVITY_MOST;
    if (encryption_deviates(session->encryption_check))
        return strcmp(session->encryption, "none") == 0 ? 3 : 2;
    return 1;
}

/* Does what is said of the one hold of the other? */
static bool deviates_alike(const struct judged_session *a, const struct judged_session *b)
{
    return b->verdict == VERDICT_DEVIATING && gravity(a) == gravity(b) && strcmp(a->weakness, b->weakness) == 0 &&
           (gravity(a) > 1 || strcmp(a->authentication, b->authentication) == 0);
}

/* How many flows deviate: of those that deviate like this one, or (`like` NULL) of all. Which class weak tickets were
 * read in is not kept, but in how many flows they were. */
static uint64_t deviating_flows(const struct judged_conversation *conversation, const struct judged_session *like)
{
    uint64_t flows = 0, with_tickets = 0, tickets = 0;
    for (size_t i = 0; i < conversation->session_count; i++) {
        const struct judged_session *session = &conversation->sessions[i];
        if (session->verdict != VERDICT_DEVIATING || (like != NULL && !deviates_alike(like, session)))
            continue;
        if (session->weak_by == NULL) {
            flows += session->flows;
        } else {
            with_tickets += session->flows;
            tickets = session->weak_by->flows;
        }
    }
    return flows + (with_tickets < tickets ? with_tickets : tickets);
}

/* The gravest class. */
static const struct judged_session *worst_deviating(const struct judged_conversation *conversation)
{
    const struct judged_session *worst = NULL;
    for (size_t i = 0; i < conversation->session_count; i++) {
        const struct judged_session *session = &conversation->sessions[i];
        if (session->verdict == VERDICT_DEVIATING && (worst == NULL || gravity(session) > gravity(worst)))
            worst = session;
    }
    return worst;
}

static uint64_t fact_flows(const struct judged_conversation *conversation, const char *key, const char *value)
{
    for (size_t i = 0; i < conversation->fact_count; i++)
        if (strcmp(conversation->facts[i].key, key) == 0 && strcmp(conversation->facts[i].value, value) == 0)
            return conversation->facts[i].flows;
    return 0;
}

/* Of what was offered to begin encryption, and how often it was taken: " hub offered STARTTLS in 14 flows, client used
 * it in 2." */
static const char *starttls_sentence(struct work *work, const struct judged_conversation *conversation,
                                     const struct judged_session *worst)
{
    static const struct {
        const char *key, *name;
    } offers[] = {{"smtp.starttls", "STARTTLS"}, {"smtp.anonymoustls", "X-ANONYMOUSTLS"},
                  {"ldap.starttls", "StartTLS"}, {"imap.starttls", "STARTTLS"},
                  {"pop3.stls", "STLS"},         {"nntp.starttls", "STARTTLS"}};
    const char *server = explain_server(work, conversation), *client = explain_client(work, conversation);
    struct texts unused = {NULL, 0};
    const char *taken = "";
    if (strcmp(worst->encryption, "none") != 0)
        return "";
    for (size_t i = 0; i < sizeof offers / sizeof offers[0]; i++) {
        uint64_t offered = fact_flows(conversation, offers[i].key, "offered");
        uint64_t used = fact_flows(conversation, offers[i].key, "used");
        if (offered > 0 && used == 0)
            texts_add(work->arena, &unused, offers[i].name);
        else if (offered > used)
            taken = tell(work->arena, "%s %s offered %s in %s, %s used it in %s.", taken, server, offers[i].name,
                         tell_many(work->arena, offered, "flow"), client, tell_count(work->arena, used));
    }
    if (unused.count == 0)
        return taken;
    return tell(work->arena, "%s %s offered %s and %s %s.", taken, server, tell_list(work->arena, &unused, "and"),
                client, unused.count > 1 ? "used none of them" : "did not use it");
}

static const char *deviation_subject(struct work *work, const struct judged_conversation *conversation,
                                     const struct judged_session *worst, uint64_t flows)
{
    const char *ends = explain_ends(work, conversation), *many = tell_many(work->arena, flows, "flow");
    const char *spoken = session_authentication(work, conversation, worst);
    if (password_is_clear(worst))
        return tell(work->arena, "Passwords cross the wire in clear: %s without TLS, %s, %s", spoken, ends, many);
    if (worst->weak_by != NULL)
        return tell(work->arena, "%s to %s uses %s: %s, %s", explain_protocol(conversation),
                    explain_server(work, conversation), worst->weakness, ends, many);
    if (encryption_deviates(worst->encryption_check))
        return tell(work->arena, "%s to %s is %s: %s, %s", explain_protocol(conversation),
                    explain_server(work, conversation), session_protection(work, worst), ends, many);
    if (worst->authentication_check == AUTHENTICATION_FALLBACK)
        return tell(work->arena, "NTLM is used although Kerberos was offered: %s, %s", ends, many);
    return tell(work->arena, "%s to %s uses %s, which its row does not list: %s, %s", explain_protocol(conversation),
                explain_server(work, conversation), spoken, ends, many);
}

static const char *deviation_advice(struct work *work, const struct judged_conversation *conversation,
                                    const struct judged_session *worst, const struct expectation *expectation)
{
    const char *client = explain_client(work, conversation), *server = explain_server(work, conversation);
    if (password_is_clear(worst))
        return tell(work->arena,
                    "let %s take passwords only after encryption (%s), and change the passwords that were sent", server,
                    expected_encryption(work, expectation));
    if (worst->weakness[0] != '\0')
        return tell(work->arena, "see that %s and %s agree on %s, and turn off what is older or weaker on %s", client,
                    server, worst->wanted, server);
    if (encryption_deviates(worst->encryption_check) && strcmp(conversation->protocol, "ldap") == 0)
        return tell(work->arena, "make %s seal its LDAP sessions (or use LDAPS), and let %s require it", client,
                    server);
    if (encryption_deviates(worst->encryption_check))
        return tell(work->arena, "make %s use %s towards %s, and let %s require it", client,
                    expected_encryption(work, expectation), server, server);
    if (worst->authentication_check == AUTHENTICATION_FALLBACK)
        return tell(work->arena, "see that the service names (SPN) of %s are registered, each once", server);
    return tell(work->arena, "make %s use %s towards %s, or change the row if this is wanted", client,
                expected_authentication(work, expectation), server);
}

/* Where a deviation was read first: a class in its first flow, tickets where they stood. */
static const struct evidence *deviation_evidence(const struct judged_session *session)
{
    return session->weak_by != NULL ? &session->weak_by->evidence : &session->evidence;
}

/* Cites each deviating class, the gravest first. */
static void deviations_cite(struct work *work, const struct judged_conversation *conversation, struct finding *finding)
{
    for (unsigned weight = GRAVITY_MOST; weight > 0; weight--)
        for (size_t i = 0; i < conversation->session_count; i++) {
            const struct judged_session *session = &conversation->sessions[i];
            if (session->verdict != VERDICT_DEVIATING || gravity(session) != weight)
                continue;
            finding_add_evidence(work, finding, deviation_evidence(session));
        }
}

/* "starttls or tls by default, ntlm or kerberos authentication": what the worst class does not keep to. */
static const char *deviation_expected(struct work *work, const struct judged_session *worst,
                                      const struct expectation *expectation)
{
    const char *encryption = "", *authentication = "";
    if (encryption_deviates(worst->encryption_check))
        encryption = worst->weakness[0] != '\0'
                         ? worst->wanted
                         : tell(work->arena, "%s by default", expected_encryption(work, expectation));
    if (authentication_deviates(worst->authentication_check, expectation))
        authentication = tell(work->arena, "%s authentication", expected_authentication(work, expectation));
    return tell(work->arena, "%s%s%s", encryption, encryption[0] != '\0' && authentication[0] != '\0' ? "; " : "",
                authentication);
}

/* The worst class in two sentences, the others as a number: --explain shows all of them. */
void explain_deviation(struct work *work, const struct judged_conversation *conversation, struct finding *finding)
{
    const struct judged_session *worst = worst_deviating(conversation);
    uint64_t flows = deviating_flows(conversation, worst), all = deviating_flows(conversation, NULL);
    const struct expectation *expectation = owner_expectation(work, &conversation->owners[0]);
    const char *rows = explain_owners(work, conversation), *expected = deviation_expected(work, worst, expectation);
    const char *others = "";
    if (all > flows)
        others = tell(work->arena, " In all, %s of its %s deviate.", tell_count(work->arena, all),
                      tell_many(work->arena, conversation->flows, "flow"));
    deviations_cite(work, conversation, finding);
    finding->severity = password_is_clear(worst) ? SEVERITY_HIGH : SEVERITY_MEDIUM;
    finding->subject = deviation_subject(work, conversation, worst, flows);
    finding->explain =
        tell(work->arena, "%sFirst at %s. %s %s%s %s.%s%s", explain_told(work, conversation),
             tell_when(work->arena, work->audit, worst->weak_by != NULL ? worst->weak_by->first_ns : worst->first_ns,
                       deviation_evidence(worst)),
             conversation->owner_count > 1             ? "None of the rows it could belong to allows this:"
             : path_forbids(work->audit, conversation) ? "It must not happen, and is not even as the row has it:"
                                                       : "Expected by",
             rows, conversation->owner_count > 1 ? "; the first expects" : ":", expected,
             starttls_sentence(work, conversation, worst), others);
    finding->advice = deviation_advice(work, conversation, worst, expectation);
}
