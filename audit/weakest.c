/* weakest: see audit/weakest.h. All that is weak is listed, a line a class of sessions or a doubtful certificate, and
 * sorted, so that what is of one server stands together, and in it what is of one port. */
#include "audit/weakest.h"

#include "audit/certificates.h"
#include "audit/checks.h"
#include "audit/exceptions.h"
#include "audit/explain.h"
#include "audit/findings.h"
#include "audit/tell.h"
#include "audit/verdicts.h"

#include <stdlib.h>
#include <string.h>

#define PORTS_NAMED 4 /* of one reason */

/* One class of sessions, or one fact of a certificate. */
struct sign {
    size_t host, conversation;
    enum weakness kind;
    const char *certificate;              /* what is doubtful, "" when it is a session that is weak */
    const struct judged_session *session; /* NULL of a certificate */
    uint64_t flows;                       /* that show it */
    int64_t first_ns;
    struct evidence evidence;
};

struct signs {
    struct sign *items; /* NULL while they are only counted */
    size_t count;
};

static enum severity severity_of(enum weakness kind)
{
    return kind == WEAKNESS_PASSWORD ? SEVERITY_HIGH : kind == WEAKNESS_CERTIFICATE ? SEVERITY_INFO : SEVERITY_MEDIUM;
}

/* The gravest that can be said of a class; a password that can be read is weak whatever row it fits. */
static enum weakness kind_of(const struct judged_conversation *conversation, const struct judged_session *session)
{
    if (password_is_clear(session) && session->disposition == DISPOSITION_OK &&
        conversation->verdict != VERDICT_OUT_OF_SCOPE)
        return WEAKNESS_PASSWORD;
    if (session->verdict != VERDICT_DEVIATING)
        return WEAKNESS_NONE;
    if (!encryption_deviates(session->encryption_check))
        return WEAKNESS_AUTHENTICATION;
    if (session->aged != WEAKNESS_NONE)
        return session->aged;
    return strcmp(session->encryption, "none") == 0 ? WEAKNESS_CLEAR : WEAKNESS_SIGNED;
}

static void signs_add(struct signs *signs, struct sign sign)
{
    if (signs->items != NULL)
        signs->items[signs->count] = sign;
    signs->count++;
}

static bool is_excepted(struct work *work, const struct judged_conversation *conversation)
{
    struct finding named;
    finding_name_conversation(conversation, &named);
    return exception_of(work, conversation, named.id)[0] != '\0';
}

static void conversation_signs(struct work *work, size_t index, struct signs *signs)
{
    const struct judged_conversation *conversation = &work->audit->conversations[index];
    struct sign sign = {.host = conversation->server_host, .conversation = index, .certificate = ""};
    for (size_t i = 0; i < conversation->session_count; i++) {
        const struct judged_session *session = &conversation->sessions[i];
        sign.kind = kind_of(conversation, session);
        if (sign.kind == WEAKNESS_NONE)
            continue;
        if (is_excepted(work, conversation))
            return;
        sign.session = session;
        sign.flows = session_deviating_flows(session);
        sign.first_ns = session->weak_by != NULL ? session->weak_by->first_ns : session->first_ns;
        sign.evidence = session->weak_by != NULL ? session->weak_by->evidence : session->evidence;
        signs_add(signs, sign);
    }
    sign.kind = WEAKNESS_CERTIFICATE;
    sign.session = NULL;
    for (size_t i = 0; i < conversation->fact_count; i++) {
        const struct judged_fact *fact = &conversation->facts[i];
        enum certificate_doubt doubt = certificate_read(work, conversation, fact, &sign.certificate);
        if (doubt == CERTIFICATE_FINE)
            continue;
        if (doubt == CERTIFICATE_OF_OTHERS)
            sign.certificate = tell(work->arena, "%s, a name that its certificate does not have", sign.certificate);
        sign.flows = fact->flows;
        sign.first_ns = fact->first_ns;
        sign.evidence = fact->evidence;
        signs_add(signs, sign);
    }
}

static void signs_list(struct work *work, struct signs *signs)
{
    const struct audit *audit = work->audit;
    signs->count = 0;
    for (size_t i = 0; i < audit->conversation_count; i++)
        if (audit->conversations[i].match != MATCH_OUT_OF_SCOPE)
            conversation_signs(work, i, signs);
}

/* Of one server, one kind, one port; certificates of one doubt. */
static int place_order(const struct audit *audit, const struct sign *x, const struct sign *y)
{
    const struct judged_conversation *a = &audit->conversations[x->conversation];
    const struct judged_conversation *b = &audit->conversations[y->conversation];
    if (x->host != y->host)
        return x->host < y->host ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (a->port != b->port)
        return a->port < b->port ? -1 : 1;
    return a->transport != b->transport ? a->transport - b->transport : strcmp(x->certificate, y->certificate);
}

/* In one place by conversation, which are in order of time. */
static int sign_order(const void *a, const void *b, void *audit)
{
    const struct sign *x = a, *y = b;
    int order = place_order(audit, x, y);
    if (order == 0)
        order = (x->conversation > y->conversation) - (x->conversation < y->conversation);
    return order != 0 ? order : (x->session > y->session) - (x->session < y->session);
}

/* What the first of them shows. */
static const char *sign_tell(struct work *work, const struct sign *sign)
{
    const struct judged_conversation *conversation = &work->audit->conversations[sign->conversation];
    const struct judged_session *session = sign->session;
    if (session == NULL)
        return sign->certificate;
    if (sign->kind == WEAKNESS_PASSWORD)
        return tell(work->arena, "%s without TLS", session_authentication(work, conversation, session));
    if (sign->kind == WEAKNESS_AUTHENTICATION)
        return session->authentication_check == AUTHENTICATION_FALLBACK
                   ? "NTLM although Kerberos was offered"
                   : session_authentication(work, conversation, session);
    return session_protection(work, session);
}

/* One weakness of `count` signs that are of one place. */
static struct server_weakness weakness_of(struct work *work, const struct sign *signs, size_t count)
{
    const struct judged_conversation *first = &work->audit->conversations[signs[0].conversation];
    struct server_weakness weakness = {.kind = signs[0].kind,
                                       .severity = severity_of(signs[0].kind),
                                       .transport = first->transport,
                                       .port = first->port,
                                       .transport_text = first->transport_text,
                                       .what = sign_tell(work, &signs[0]),
                                       .first_ns = signs[0].first_ns,
                                       .evidence = signs[0].evidence};
    for (size_t i = 0; i < count; i++) {
        bool again = i > 0 && signs[i - 1].conversation == signs[i].conversation;
        weakness.conversations += !again;
        weakness.flows += signs[i].flows;
        if (signs[i].first_ns < weakness.first_ns) {
            weakness.first_ns = signs[i].first_ns;
            weakness.evidence = signs[i].evidence;
        }
    }
    return weakness;
}

/* "passwords in clear on 80/tcp and 110/tcp; old TLS on 993/tcp" */
static const char *reasons_tell(struct work *work, const struct weak_server *server)
{
    static const char *const words[WEAKNESS_COUNT] = {
        [WEAKNESS_PASSWORD] = "passwords in clear",
        [WEAKNESS_CLEAR] = "no encryption",
        [WEAKNESS_SIGNED] = "signed but not encrypted",
        [WEAKNESS_TLS] = "old TLS",
        [WEAKNESS_TICKET] = "weak Kerberos tickets",
        [WEAKNESS_AUTHENTICATION] = "authentication that its row does not list",
        [WEAKNESS_CERTIFICATE] = "a doubtful certificate",
    };
    const char *list = "";
    for (unsigned kind = WEAKNESS_NONE + 1; kind < WEAKNESS_COUNT; kind++) {
        struct texts ports = {NULL, 0};
        uint64_t more = 0;
        for (size_t i = 0; i < server->weakness_count; i++) {
            const struct server_weakness *weakness = &server->weaknesses[i];
            const char *port = tell_port(work->arena, weakness->transport, weakness->port);
            if (weakness->kind != kind || texts_have(&ports, port))
                continue;
            if (ports.count < PORTS_NAMED)
                texts_add(work->arena, &ports, port);
            else
                more++;
        }
        if (ports.count > 0)
            list = tell(work->arena, "%s%s%s on %s%s", list, list[0] != '\0' ? "; " : "", words[kind],
                        tell_list(work->arena, &ports, more > 0 ? "" : "and"),
                        more > 0 ? tell(work->arena, " and %s", tell_many(work->arena, more, "other port")) : "");
    }
    return list;
}

/* Where passwords can be read nothing is encrypted: to say that as well would count one thing twice. */
static bool is_said(const struct weak_server *server, const struct server_weakness *weakness)
{
    for (size_t i = 0; weakness->kind == WEAKNESS_CLEAR && i < server->weakness_count; i++)
        if (server->weaknesses[i].kind == WEAKNESS_PASSWORD && server->weaknesses[i].port == weakness->port &&
            server->weaknesses[i].transport == weakness->transport)
            return true;
    return false;
}

/* The server of the first `count` signs. */
static struct weak_server server_of(struct work *work, const struct sign *signs, size_t count)
{
    struct weak_server server = {.host = signs[0].host, .reasons = ""};
    server.weaknesses = arena_take_many(work->arena, count, sizeof *server.weaknesses);
    for (size_t i = 0, alike; i < count && server.weaknesses != NULL; i += alike) {
        for (alike = 1; i + alike < count && place_order(work->audit, &signs[i], &signs[i + alike]) == 0;)
            alike++;
        struct server_weakness weakness = weakness_of(work, &signs[i], alike);
        if (is_said(&server, &weakness))
            continue;
        server.weaknesses[server.weakness_count++] = weakness;
        server.severities[weakness.severity]++;
    }
    server.reasons = reasons_tell(work, &server);
    return server;
}

/* How many conversations each server has, and how many of them are weak. */
static bool conversations_count(struct work *work, const struct signs *signs)
{
    struct audit *audit = work->audit;
    bool *weak = arena_take_many(work->arena, audit->conversation_count, sizeof *weak);
    uint64_t *all = arena_take_many(work->arena, audit->host_count, sizeof *all);
    uint64_t *bad = arena_take_many(work->arena, audit->host_count, sizeof *bad);
    if (weak == NULL || all == NULL || bad == NULL)
        return false;
    for (size_t i = 0; i < signs->count; i++)
        weak[signs->items[i].conversation] |= severity_of(signs->items[i].kind) != SEVERITY_INFO;
    for (size_t i = 0; i < audit->conversation_count; i++) {
        const struct judged_conversation *conversation = &audit->conversations[i];
        all[conversation->server_host] += conversation->match != MATCH_OUT_OF_SCOPE;
        bad[conversation->server_host] += weak[i];
    }
    for (size_t i = 0; i < audit->weak_server_count; i++) {
        struct weak_server *server = &audit->weak_servers[i];
        server->conversations = all[server->host];
        server->weak_conversations = bad[server->host];
    }
    return true;
}

static int server_order(const void *a, const void *b)
{
    const struct weak_server *x = a, *y = b;
    for (unsigned s = 0; s < SEVERITY_COUNT; s++)
        if (x->severities[s] != y->severities[s])
            return x->severities[s] > y->severities[s] ? -1 : 1;
    if (x->weak_conversations != y->weak_conversations)
        return x->weak_conversations > y->weak_conversations ? -1 : 1;
    return (x->host > y->host) - (x->host < y->host);
}

bool weakest_fill(struct work *work)
{
    struct audit *audit = work->audit;
    struct signs signs = {NULL, 0};
    signs_list(work, &signs);
    size_t count = signs.count;
    signs.items = arena_take_many(work->arena, count, sizeof *signs.items);
    audit->weak_servers = arena_take_many(work->arena, audit->host_count, sizeof *audit->weak_servers);
    if (signs.items == NULL || audit->weak_servers == NULL)
        return false;
    signs_list(work, &signs);
    qsort_r(signs.items, count, sizeof *signs.items, sign_order, audit);
    for (size_t i = 0, alike; i < count; i += alike) {
        for (alike = 1; i + alike < count && signs.items[i].host == signs.items[i + alike].host;)
            alike++;
        audit->weak_servers[audit->weak_server_count++] = server_of(work, &signs.items[i], alike);
    }
    if (!conversations_count(work, &signs))
        return false;
    qsort(audit->weak_servers, audit->weak_server_count, sizeof *audit->weak_servers, server_order);
    return !arena_ran_out(work->arena);
}
