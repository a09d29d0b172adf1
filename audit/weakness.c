/* weakness: see audit/weakness.h. Versions are RFC 8446 and before (older ones RFC 8996 calls deprecated), etypes RFC
 * 8429 (RC4) and RFC 6649 (DES). */
#include "audit/weakness.h"

#include "audit/nearest.h"
#include "audit/tell.h"

#include <string.h>

static unsigned version_of(const char *name)
{
    for (unsigned i = 0; tls_version_names[i] != NULL; i++)
        if (strcmp(name, tls_version_names[i]) == 0)
            return i + 1;
    return 0;
}

static bool is_tls(const struct judged_session *session)
{
    static const char *const words[] = {"tls", "starttls", "anonymoustls", NULL};
    return nearest_is_known(session->encryption, words);
}

static enum ticket_floor strength_of(const char *etype)
{
    if (strncmp(etype, "des", 3) == 0)
        return TICKETS_ANY;
    return strncmp(etype, "rc4", 3) == 0 ? TICKETS_RC4 : TICKETS_AES;
}

/* What says the weakest etype of the tickets read here that the floor does not allow; NULL when nothing does. */
static const struct judged_fact *weak_ticket(const struct judged_conversation *conversation, enum ticket_floor floor)
{
    const struct judged_fact *weakest = NULL;
    for (size_t i = 0; i < conversation->fact_count; i++) {
        const struct judged_fact *fact = &conversation->facts[i];
        if (strcmp(fact->key, "kerberos.etypes") == 0 && strength_of(fact->value) < floor &&
            (weakest == NULL || strength_of(fact->value) < strength_of(weakest->value)))
            weakest = fact;
    }
    return weakest;
}

enum weakness weakness_find(struct work *work, const struct judged_conversation *conversation,
                            const struct expectation *expectation, struct judged_session *session)
{
    const struct site *site = work->inputs->site;
    unsigned floor = expectation->tls_floor, version = is_tls(session) ? version_of(session->protection) : 0;
    if (site != NULL && site->tls_floor > floor)
        floor = site->tls_floor;
    session->weakness = session->wanted = "";
    session->weak_by = NULL;
    if (expectation->checked && version > 0 && version < floor) {
        session->weakness =
            tell(work->arena, "encrypted with %s (%s)", tls_version_names[version - 1], session->encryption);
        session->wanted = tell(work->arena, "%s or later", tls_version_names[floor - 1]);
        return WEAKNESS_TLS;
    }
    bool kdc = strcmp(conversation->protocol, "kerberos") == 0;
    const struct judged_fact *ticket = weak_ticket(conversation, site != NULL ? site->ticket_floor : TICKETS_AES);
    if (ticket == NULL || expectation->encryption_default != ANSWER_YES ||
        (!kdc && (!expectation->checked || strcmp(session->authentication, "kerberos") != 0)))
        return WEAKNESS_NONE;
    session->weakness = tell(work->arena, "Kerberos tickets of %s", ticket->value);
    session->weak_by = ticket;
    session->wanted = site != NULL && site->ticket_floor == TICKETS_RC4 ? "tickets of AES or RC4" : "tickets of AES";
    return WEAKNESS_TICKET;
}
