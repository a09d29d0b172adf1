/* explain: see audit/explain.h. */
#include "audit/explain.h"

#include "audit/checks.h"
#include "audit/denials.h"
#include "audit/deviation.h"
#include "audit/findings.h"
#include "audit/ledger.h"
#include "audit/paths.h"
#include "audit/tell.h"
#include "audit/verdicts.h"

#include <string.h>

#define ROWS_NAMED 3 /* of those that could own a conversation */

const char *explain_client(const struct work *work, const struct judged_conversation *conversation)
{
    return work->audit->hosts[conversation->client_host].name;
}

const char *explain_server(const struct work *work, const struct judged_conversation *conversation)
{
    return work->audit->hosts[conversation->server_host].name;
}

static const char *port_text(struct work *work, const struct judged_conversation *conversation)
{
    return tell_port(work->arena, conversation->transport, conversation->port);
}

const char *explain_ends(struct work *work, const struct judged_conversation *conversation)
{
    return tell(work->arena, conversation->port == 0 ? "%s -> %s %s" : "%s -> %s:%s",
                explain_client(work, conversation), explain_server(work, conversation), port_text(work, conversation));
}

const char *explain_row(struct work *work, const struct judged_path *path)
{
    const char *section = path->path->section;
    return tell(work->arena, "\"%s\" (%s%s%s)", path->path->name, path->table->name, section[0] != '\0' ? ", " : "",
                section);
}

/* The rows that could own it: "A" (table, section), "B" (table) or 3 more. */
const char *explain_owners(struct work *work, const struct judged_conversation *conversation)
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

const char *explain_protocol(const struct judged_conversation *conversation)
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
const char *explain_told(struct work *work, const struct judged_conversation *conversation)
{
    struct told told;
    if (conversation->grade != 'A' || !ledger_told(work, conversation, &told))
        return "";
    const char *server = explain_server(work, conversation), *client = explain_client(work, conversation);
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
    uint64_t dropped = 0, missing_bytes = 0, fragments = 0;
    for (size_t i = 0; i < work->audit->coverage_count; i++) {
        const struct coverage *coverage = &work->audit->coverages[i];
        dropped += coverage->dropped;
        fragments += conversation->transport == TRANSPORT_UDP_NUMBER ? coverage->fragments_lost : 0;
        missing_bytes += coverage->truncated_frames == 0 ? coverage->missing_bytes : 0; /* else the snaplen cut them */
    }
    if (dropped + missing_bytes + fragments == 0 || !was_unanswered(conversation))
        return "";
    if (dropped == 0 && fragments > 0)
        return tell(work->arena, " The capture has %s without the rest: answers may be among them.",
                    tell_many(work->arena, fragments, "IP fragment"));
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
                    explain_owners(work, conversation));
    if (conversation->owner_count == 1)
        return tell(work->arena, "Expected by %s.", explain_owners(work, conversation));
    if (conversation->owner_count > 1)
        return tell(work->arena, "It could belong to %s.", explain_owners(work, conversation));
    if (conversation->match == MATCH_UNKNOWN_ROLE)
        return "Which row it belongs to cannot be said, since one end has no role; the server itself sent the client "
               "there.";
    return "No row of the tables has it; the server itself sent the client there.";
}

static const struct judged_fact *fact_of(const struct judged_conversation *conversation, const char *key)
{
    for (size_t i = 0; i < conversation->fact_count; i++)
        if (strcmp(conversation->facts[i].key, key) == 0)
            return &conversation->facts[i];
    return NULL;
}

/* " A reset in mbx1's name came from 5 hops nearer than mbx1's own packets (frame 18,212): ..."; "" when none did. */
static const char *reset_sentence(struct work *work, const struct judged_conversation *conversation,
                                  struct finding *finding)
{
    const char *server = explain_server(work, conversation);
    const struct judged_fact *fact = fact_of(conversation, "tcp.resets");
    if (fact == NULL)
        return "";
    finding_add_evidence(work, finding, &fact->evidence);
    return tell(work->arena,
                " A reset in %s's name came from %s than %s's own packets (frame %s): probably a firewall or another "
                "device between sent it.",
                server, fact->value, server, tell_count(work->arena, fact->evidence.frame));
}

/* " It was the tunnel's own packet ..."; "" when no error was about a tunnel. */
static const char *tunnel_sentence(struct work *work, const struct judged_conversation *conversation,
                                   struct finding *finding)
{
    const struct judged_fact *fact = fact_of(conversation, "tunnel.errors");
    if (fact == NULL)
        return "";
    finding_add_evidence(work, finding, &fact->evidence);
    return tell(work->arena,
                " ICMP said it of the packet of the tunnel %s, with this inside (frame %s): between the tunnel's ends "
                "something is in the way.",
                fact->value, tell_count(work->arena, fact->evidence.frame));
}

/* What opens a way that is blocked. */
static const char *way_advice(struct work *work, const struct judged_conversation *conversation, const char *port)
{
    const struct judged_fact *fact = fact_of(conversation, "tunnel.errors");
    if (fact != NULL)
        return tell(work->arena, "see why packets of the tunnel %s do not get through", fact->value);
    return tell(work->arena, "allow %s %s -> %s", port, explain_client(work, conversation),
                explain_server(work, conversation));
}

/* What must not happen was tried, and something kept it out: whoever forbids it opens nothing. */
static void explain_kept_out(struct work *work, const struct judged_conversation *conversation, struct finding *finding)
{
    const char *client = explain_client(work, conversation), *server = explain_server(work, conversation);
    const char *port = port_text(work, conversation);
    finding->severity = SEVERITY_LOW;
    finding->subject = tell(work->arena, "%s tried %s:%s, which must not happen and %s", client, server, port,
                            conversation->verdict == VERDICT_BLOCKED ? "is blocked" : "is refused");
    finding->explain = tell(work->arena, "%s. Forbidden: %s.", explain_failures(work, conversation),
                            explain_owners(work, conversation));
    finding->advice = tell(work->arena, "open nothing; find out what on %s asks for %s of %s", client, port, server);
}

static void explain_failed(struct work *work, const struct judged_conversation *conversation, struct finding *finding)
{
    const char *client = explain_client(work, conversation), *server = explain_server(work, conversation);
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
    finding->explain = tell(work->arena, "%s%s. None went well%s. %s%s%s%s", explain_told(work, conversation),
                            explain_failures(work, conversation), rest_clause(work, conversation),
                            row_sentence(work, conversation), loss_sentence(work, conversation),
                            reset_sentence(work, conversation, finding), tunnel_sentence(work, conversation, finding));
    finding->advice =
        guessed   ? tell(work->arena, "find out what %s asks for on %s of %s before anything is allowed", client, port,
                         server)
        : blocked ? way_advice(work, conversation, port)
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
    const char *client = explain_client(work, conversation), *server = explain_server(work, conversation);
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
        explain_deviation(work, conversation, finding);
    } else if (conversation->verdict == VERDICT_BLOCKED || conversation->verdict == VERDICT_REFUSED) {
        explain_failed(work, conversation, finding);
    } else {
        finding->severity = conversation->verdict == VERDICT_UNEXPECTED ? SEVERITY_MEDIUM : SEVERITY_LOW;
        explain_unexpected(work, conversation, finding);
    }
}
