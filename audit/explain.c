/* explain: see audit/explain.h. */
#include "audit/explain.h"

#include "audit/checks.h"
#include "audit/denials.h"
#include "audit/findings.h"
#include "audit/ledger.h"
#include "audit/paths.h"
#include "audit/tell.h"
#include "audit/verdicts.h"

#include <string.h>

#define ROWS_NAMED 3 /* of those that could own a conversation */

static const char *client_name(const struct work *work, const struct judged_conversation *conversation)
{
    return work->audit->hosts[conversation->client_host].name;
}

static const char *server_name(const struct work *work, const struct judged_conversation *conversation)
{
    return work->audit->hosts[conversation->server_host].name;
}

static const char *port_text(struct work *work, const struct judged_conversation *conversation)
{
    return tell_port(work->arena, conversation->transport, conversation->port);
}

const char *explain_ends(struct work *work, const struct judged_conversation *conversation)
{
    return tell(work->arena, conversation->port == 0 ? "%s -> %s %s" : "%s -> %s:%s", client_name(work, conversation),
                server_name(work, conversation), port_text(work, conversation));
}

const char *explain_row(struct work *work, const struct judged_path *path)
{
    const char *section = path->path->section;
    return tell(work->arena, "\"%s\" (%s%s%s)", path->path->name, path->table->name, section[0] != '\0' ? ", " : "",
                section);
}

/* The rows that could own it: "A" (table, section), "B" (table) or 3 more. */
static const char *owner_rows(struct work *work, const struct judged_conversation *conversation)
{
    struct texts rows = {NULL, 0}, named;
    for (size_t i = 0; i < conversation->owner_count; i++)
        texts_add(work->arena, &rows, explain_row(work, &work->audit->paths[conversation->owners[i].path]));
    named = rows;
    if (rows.count <= ROWS_NAMED)
        return tell_list(work->arena, &named, "or");
    named.count = ROWS_NAMED;
    return tell(work->arena, "%s or %zu more", tell_list(work->arena, &named, "or"), rows.count - ROWS_NAMED);
}

static const char *protocol_label(const struct judged_conversation *conversation)
{
    static const char *const labels[][2] = {
        {"dcerpc", "RPC"},        {"ldap", "LDAP"}, {"smtp", "SMTP"}, {"http", "HTTP"}, {"sip", "SIP"},
        {"pop3", "POP3"},         {"imap", "IMAP"}, {"nntp", "NNTP"}, {"smb", "SMB"},   {"rtp", "Media (RTP)"},
        {"kerberos", "Kerberos"}, {"tls", "TLS"},   {"dns", "DNS"}};
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        if (strcmp(labels[i][0], conversation->protocol) == 0)
            return labels[i][1];
    return conversation->protocol[0] != '\0' ? conversation->protocol : "Traffic";
}

/* How the server itself sent this client to this port; "" when it did not. */
static const char *told_sentence(struct work *work, const struct judged_conversation *conversation)
{
    struct told told;
    if (conversation->grade != 'A' || !ledger_told(work, conversation, &told))
        return "";
    const char *server = server_name(work, conversation), *client = client_name(work, conversation);
    const char *when = tell_when(work->arena, work->audit, told.time_ns, &told.evidence);
    const char *name = work->audit->endpoints[told.endpoint].name;
    if (strcmp(told.learned_from, "ept_map") == 0)
        return tell(work->arena, "%s's endpoint mapper gave %u%s%s to %s at %s. ", server, conversation->port,
                    name[0] != '\0' ? " for " : "", name, client, when);
    if (strcmp(told.learned_from, "sdp") == 0 || strcmp(told.learned_from, "sip_contact") == 0)
        return tell(work->arena, "%s named this port to %s at %s (%s). ", server, client, when,
                    strcmp(told.learned_from, "sdp") == 0 ? "SDP" : "SIP Contact");
    return tell(work->arena, "%s's DCOM service gave %u to %s at %s. ", server, conversation->port, client, when);
}

/* -- deviating --------------------------------------------------------------------------------------------------- */

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
    const char *server = server_name(work, conversation), *client = client_name(work, conversation);
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
        return tell(work->arena, "%s to %s uses %s: %s, %s", protocol_label(conversation),
                    server_name(work, conversation), worst->weakness, ends, many);
    if (encryption_deviates(worst->encryption_check))
        return tell(work->arena, "%s to %s is %s: %s, %s", protocol_label(conversation),
                    server_name(work, conversation), session_protection(work, worst), ends, many);
    if (worst->authentication_check == AUTHENTICATION_FALLBACK)
        return tell(work->arena, "NTLM is used although Kerberos was offered: %s, %s", ends, many);
    return tell(work->arena, "%s to %s uses %s, which its row does not list: %s, %s", protocol_label(conversation),
                server_name(work, conversation), spoken, ends, many);
}

static const char *deviation_advice(struct work *work, const struct judged_conversation *conversation,
                                    const struct judged_session *worst, const struct expectation *expectation)
{
    const char *client = client_name(work, conversation), *server = server_name(work, conversation);
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
static void explain_deviating(struct work *work, const struct judged_conversation *conversation,
                              struct finding *finding)
{
    const struct judged_session *worst = worst_deviating(conversation);
    uint64_t flows = deviating_flows(conversation, worst), all = deviating_flows(conversation, NULL);
    const struct expectation *expectation = owner_expectation(work, &conversation->owners[0]);
    const char *rows = owner_rows(work, conversation), *expected = deviation_expected(work, worst, expectation);
    const char *others = "";
    if (all > flows)
        others = tell(work->arena, " In all, %s of its %s deviate.", tell_count(work->arena, all),
                      tell_many(work->arena, conversation->flows, "flow"));
    deviations_cite(work, conversation, finding);
    finding->severity = password_is_clear(worst) ? SEVERITY_HIGH : SEVERITY_MEDIUM;
    finding->subject = deviation_subject(work, conversation, worst, flows);
    finding->explain =
        tell(work->arena, "%sFirst at %s. %s %s%s %s.%s%s", told_sentence(work, conversation),
             tell_when(work->arena, work->audit, worst->weak_by != NULL ? worst->weak_by->first_ns : worst->first_ns,
                       deviation_evidence(worst)),
             conversation->owner_count > 1             ? "None of the rows it could belong to allows this:"
             : path_forbids(work->audit, conversation) ? "It must not happen, and is not even as the row has it:"
                                                       : "Expected by",
             rows, conversation->owner_count > 1 ? "; the first expects" : ":", expected,
             starttls_sentence(work, conversation, worst), others);
    finding->advice = deviation_advice(work, conversation, worst, expectation);
}

/* -- blocked and refused ----------------------------------------------------------------------------------------- */

bool session_failed(const struct judged_session *session)
{
    return session->verdict == VERDICT_BLOCKED || session->verdict == VERDICT_REFUSED;
}

const char *explain_failures(struct work *work, const struct judged_conversation *conversation)
{
    const char *list = "", *errors = "";
    for (size_t i = 0; i < conversation->session_count; i++) {
        const struct judged_session *session = &conversation->sessions[i];
        if (session->verdict != VERDICT_UNEXPECTED_ATTEMPT && !session_failed(session))
            continue;
        list = tell(work->arena, "%s%s%s %s (first at %s)", list, list[0] != '\0' ? "; " : "",
                    tell_many(work->arena, session->flows, "flow"), disposition_words(session->disposition),
                    tell_when(work->arena, work->audit, session->first_ns, &session->evidence));
        if (session->disposition == DISPOSITION_APP_DENIED)
            errors = denials_tell(work, conversation);
    }
    return tell(work->arena, "%s%s", list, errors);
}

static bool is_required(const struct work *work, const struct judged_conversation *conversation)
{
    for (size_t i = 0; i < conversation->owner_count; i++)
        if (work->audit->paths[conversation->owners[i].path].required == REQUIRED_YES)
            return true;
    return false;
}

static bool was_unanswered(const struct judged_conversation *conversation)
{
    for (size_t i = 0; i < conversation->session_count; i++)
        if (conversation->sessions[i].disposition == DISPOSITION_UNANSWERED)
            return true;
    return false;
}

/* What keeps "no answer" from being certain. */
static const char *loss_sentence(struct work *work, const struct judged_conversation *conversation)
{
    uint64_t dropped = 0, missing_bytes = 0;
    for (size_t i = 0; i < work->audit->coverage_count; i++) {
        const struct coverage *coverage = &work->audit->coverages[i];
        dropped += coverage->dropped;
        missing_bytes += coverage->truncated_frames == 0 ? coverage->missing_bytes : 0; /* else the snaplen cut them */
    }
    if ((dropped == 0 && missing_bytes == 0) || !was_unanswered(conversation))
        return "";
    if (dropped == 0)
        return tell(work->arena, " The capture lacks %s of connections: answers may be missing, too.",
                    tell_many(work->arena, missing_bytes, "byte"));
    return tell(work->arena, " The capture dropped %s: answers may be among them.",
                tell_many(work->arena, dropped, "packet"));
}

/* ", and of 3 flows more nothing can be said" of those that were not seen whole. */
static const char *rest_clause(struct work *work, const struct judged_conversation *conversation)
{
    uint64_t rest = 0;
    for (size_t i = 0; i < conversation->session_count; i++)
        if (conversation->sessions[i].verdict == VERDICT_UNDETERMINED)
            rest += conversation->sessions[i].flows;
    return rest == 0 ? ""
                     : tell(work->arena, ", as far as was seen: %s more could not be judged",
                            tell_many(work->arena, rest, "flow"));
}

static const char *row_sentence(struct work *work, const struct judged_conversation *conversation)
{
    if (conversation->owner_count > 0 && conversation->grade == 'D')
        return tell(work->arena, "Nothing but the declared dynamic range says that it could belong to %s.",
                    owner_rows(work, conversation));
    if (conversation->owner_count == 1)
        return tell(work->arena, "Expected by %s.", owner_rows(work, conversation));
    if (conversation->owner_count > 1)
        return tell(work->arena, "It could belong to %s.", owner_rows(work, conversation));
    if (conversation->match == MATCH_UNKNOWN_ROLE)
        return "Which row it belongs to cannot be said, since one end has no role; the server itself sent the client "
               "there.";
    return "No row of the tables has it; the server itself sent the client there.";
}

/* " A reset in mbx1's name came from 5 hops nearer than mbx1's own packets (frame 18,212): ..."; "" when none did. */
static const char *reset_sentence(struct work *work, const struct judged_conversation *conversation,
                                  struct finding *finding)
{
    const char *server = server_name(work, conversation);
    for (size_t i = 0; i < conversation->fact_count; i++) {
        const struct judged_fact *fact = &conversation->facts[i];
        if (strcmp(fact->key, "tcp.resets") != 0)
            continue;
        finding_add_evidence(work, finding, &fact->evidence);
        return tell(
            work->arena,
            " A reset in %s's name came from %s than %s's own packets (frame %s): probably a firewall or another "
            "device between sent it.",
            server, fact->value, server, tell_count(work->arena, fact->evidence.frame));
    }
    return "";
}

/* What must not happen was tried, and something kept it out: whoever forbids it opens nothing. */
static void explain_kept_out(struct work *work, const struct judged_conversation *conversation, struct finding *finding)
{
    const char *client = client_name(work, conversation), *server = server_name(work, conversation);
    const char *port = port_text(work, conversation);
    finding->severity = SEVERITY_LOW;
    finding->subject = tell(work->arena, "%s tried %s:%s, which must not happen and %s", client, server, port,
                            conversation->verdict == VERDICT_BLOCKED ? "is blocked" : "is refused");
    finding->explain =
        tell(work->arena, "%s. Forbidden: %s.", explain_failures(work, conversation), owner_rows(work, conversation));
    finding->advice = tell(work->arena, "open nothing; find out what on %s asks for %s of %s", client, port, server);
}

static void explain_failed(struct work *work, const struct judged_conversation *conversation, struct finding *finding)
{
    const char *client = client_name(work, conversation), *server = server_name(work, conversation);
    const char *port = port_text(work, conversation);
    for (size_t i = 0; i < conversation->session_count; i++)
        if (session_failed(&conversation->sessions[i]))
            finding_add_evidence(work, finding, &conversation->sessions[i].evidence);
    if (path_forbids(work->audit, conversation)) {
        explain_kept_out(work, conversation, finding);
        return;
    }
    const char *services = tell_list(work->arena, &conversation->services, "and");
    bool blocked = conversation->verdict == VERDICT_BLOCKED;
    const char *what = services[0] != '\0' ? tell(work->arena, "%s on %s", services, server) : server;
    bool guessed = conversation->grade == 'D'; /* by port alone */
    bool grave = !guessed && (blocked || conversation->grade == 'A' || is_required(work, conversation));
    bool usual = denials_are_all(conversation) && denials_are_usual(conversation);
    finding->severity = usual ? SEVERITY_LOW : grave ? SEVERITY_HIGH : SEVERITY_MEDIUM;
    finding->subject = blocked ? tell(work->arena, "%s cannot reach %s: %s is blocked", client, what, port)
                               : tell(work->arena, "%s is refused by %s: %s", client, what, port);
    finding->explain =
        tell(work->arena, "%s%s. None went well%s. %s%s%s", told_sentence(work, conversation),
             explain_failures(work, conversation), rest_clause(work, conversation), row_sentence(work, conversation),
             loss_sentence(work, conversation), reset_sentence(work, conversation, finding));
    finding->advice =
        guessed   ? tell(work->arena, "find out what %s asks for on %s of %s before anything is allowed", client, port,
                         server)
        : blocked ? tell(work->arena, "allow %s %s -> %s", port, client, server)
        : denials_are_all(conversation)
            ? denials_advice(conversation)
            : tell(work->arena, "see on %s whether the service runs on %s and lets %s in", server, port, client);
    struct told told;
    if (conversation->grade == 'A' && ledger_told(work, conversation, &told))
        finding_add_evidence(work, finding, &told.evidence); /* the server's own word */
}

/* -- unexpected -------------------------------------------------------------------------------------------------- */

static const char *nearest_sentence(struct work *work, const struct judged_conversation *conversation)
{
    for (size_t i = 0; i < work->audit->path_count; i++)
        if (strcmp(work->audit->paths[i].path->id, conversation->nearest_path) == 0)
            return tell(work->arena, "Nearest row: %s %s%s", explain_row(work, &work->audit->paths[i]),
                        conversation->nearest_why, strchr(conversation->nearest_why, '?') != NULL ? "" : ".");
    return tell(work->arena, "Nearest row: %s.", conversation->nearest_why);
}

static const char *what_it_is(struct work *work, const struct judged_conversation *conversation)
{
    if (conversation->protocol[0] != '\0')
        return conversation->protocol;
    if (conversation->second_opinion[0] != '\0')
        return tell(work->arena, "looks like %s", conversation->second_opinion);
    return conversation->port != 0 ? "protocol not recognised" : ""; /* ICMP or ESP is said beside it */
}

static void explain_unexpected(struct work *work, const struct judged_conversation *conversation,
                               struct finding *finding)
{
    const char *client = client_name(work, conversation), *server = server_name(work, conversation);
    const char *port = port_text(work, conversation);
    const char *many = tell_many(work->arena, conversation->flows, "flow");
    const struct judged_session *first = NULL; /* of the class that the verdict is of: time and frame belong together */
    const struct judged_session *readable = clear_password(conversation);
    if (readable != NULL)
        finding_add_evidence(work, finding, &readable->evidence);
    for (size_t i = 0; i < conversation->session_count; i++) {
        const struct judged_session *session = &conversation->sessions[i];
        if (session->verdict != conversation->verdict)
            continue;
        if (first == NULL || session->first_ns < first->first_ns)
            first = session;
        if (session != readable)
            finding_add_evidence(work, finding, &session->evidence);
    }
    const char *when = first != NULL ? tell_when(work->arena, work->audit, first->first_ns, &first->evidence)
                                     : tell_when(work->arena, work->audit, conversation->first_ns, NULL);
    const char *seen = tell(work->arena, "First seen at %s", when);
    if (readable != NULL) {
        finding->severity = SEVERITY_HIGH;
        seen = tell(work->arena, "Passwords cross the wire in clear: %s without TLS, first at %s",
                    session_authentication(work, conversation, readable),
                    tell_when(work->arena, work->audit, readable->first_ns, &readable->evidence));
    }
    if (conversation->verdict == VERDICT_UNEXPECTED) {
        const char *what = what_it_is(work, conversation);
        finding->subject = tell(work->arena, "%s fits no row: %s%s%s, %s", explain_ends(work, conversation), what,
                                what[0] != '\0' ? ", " : "", many,
                                tell_bytes(work->arena, conversation->bytes_to_server + conversation->bytes_to_client));
        finding->explain = tell(work->arena, "%s. %s", seen, nearest_sentence(work, conversation));
        finding->advice = tell(work->arena,
                               "if this is wanted, add a row to a table or a role to the site; if not, "
                               "block %s %s -> %s%s",
                               port, client, server, readable != NULL ? "; change the passwords that were sent" : "");
        return;
    }
    finding->subject = tell(work->arena, "%s tried %s:%s, which no row expects: %s", client, server, port, many);
    const char *failures = explain_failures(work, conversation);
    finding->explain = tell(work->arena, "%s%s%s. %s%s", seen, failures[0] != '\0' ? ": " : "", failures,
                            nearest_sentence(work, conversation), reset_sentence(work, conversation, finding));
    finding->advice = tell(work->arena, "find out what on %s asks for %s of %s", client, port, server);
}

void explain_conversation(struct work *work, const struct judged_conversation *conversation, struct finding *finding)
{
    if (conversation->verdict == VERDICT_DEVIATING) {
        explain_deviating(work, conversation, finding);
    } else if (conversation->verdict == VERDICT_BLOCKED || conversation->verdict == VERDICT_REFUSED) {
        explain_failed(work, conversation, finding);
    } else {
        finding->severity = conversation->verdict == VERDICT_UNEXPECTED ? SEVERITY_MEDIUM : SEVERITY_LOW;
        explain_unexpected(work, conversation, finding);
    }
}
