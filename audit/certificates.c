/* certificates: see audit/certificates.h. Names are compared as RFC 6125 says: case ignored, `*` stands for one label.
 */
#include "audit/certificates.h"

#include "audit/explain.h"
#include "audit/findings.h"
#include "audit/tell.h"
#include "base/clock.h"

#include <string.h>
#include <strings.h>
#include <time.h>

#define SERVERS_NAMED 5

/* One kind of finding while servers are gathered for it. */
struct listing {
    struct texts servers; /* "dc1:636/tcp expires on 2026-12-10" */
    size_t more;
    struct evidence evidence[SERVERS_NAMED];
};

static void listing_add(struct work *work, struct listing *listing, const char *text, const struct evidence *evidence)
{
    if (texts_have(&listing->servers, text))
        return;
    if (listing->servers.count == SERVERS_NAMED) {
        listing->more++;
        return;
    }
    listing->evidence[listing->servers.count] = *evidence;
    texts_add(work->arena, &listing->servers, text);
}

static const char *server_of(struct work *work, const struct judged_conversation *conversation)
{
    return tell(work->arena, "%s:%s", work->audit->hosts[conversation->server_host].name,
                tell_port(work->arena, conversation->transport, conversation->port));
}

/* "expired on 2026-12-10" when that is so, or soon to be; NULL otherwise. */
static const char *expiry_read(struct work *work, const struct judged_fact *fact)
{
    struct tm when = {0};
    const char *end = strptime(fact->value, "%Y-%m-%dT%H:%M:%S", &when);
    if (end == NULL)
        return NULL;
    int64_t left_s = (int64_t)timegm(&when) - work->audit->last_ns / SECOND_NS;
    if (left_s >= INT64_C(86400) * CERTIFICATE_DAYS)
        return NULL;
    return tell(work->arena, left_s < 0 ? "expired on %.10s" : "expires on %.10s", fact->value);
}

/* Does a row that the conversation belongs to trust what the directory vouches for, whoever signed it? */
static bool takes_self_signed(const struct work *work, const struct judged_conversation *conversation)
{
    for (size_t i = 0; i < conversation->owner_count; i++) {
        const struct owner *owner = &conversation->owners[i];
        const struct expectation *expectation = &work->audit->paths[owner->path].path->parts[owner->part].expectation;
        if (texts_have(&expectation->authentication_default, "direct-trust") ||
            texts_have(&expectation->authentication_supported, "direct-trust"))
            return true;
    }
    return false;
}

static bool name_fits(const char *pattern, const char *name)
{
    if (strncmp(pattern, "*.", 2) != 0)
        return strcasecmp(pattern, name) == 0;
    const char *dot = strchr(name, '.');
    return dot != NULL && dot != name && strcasecmp(pattern + 1, dot) == 0;
}

/* The names of one certificate cannot be told from another's: what fits any of them fits. */
static bool any_name_fits(const struct judged_conversation *conversation, const char *asked, bool *read)
{
    *read = false;
    for (size_t i = 0; i < conversation->fact_count; i++) {
        if (strcmp(conversation->facts[i].key, "tls.certificate_names") != 0)
            continue;
        *read = true;
        if (name_fits(conversation->facts[i].value, asked))
            return true;
    }
    return false;
}

/* In how many flows a certificate was read, at least: one certificate may have several names, but expires once. */
static uint64_t certificate_flows(const struct judged_conversation *conversation)
{
    uint64_t expiring = 0, named = 0;
    for (size_t i = 0; i < conversation->fact_count; i++) {
        const struct judged_fact *fact = &conversation->facts[i];
        if (strcmp(fact->key, "tls.certificate_not_after") == 0)
            expiring += fact->flows;
        else if (strcmp(fact->key, "tls.certificate_names") == 0 && fact->flows > named)
            named = fact->flows;
    }
    return expiring > named ? expiring : named;
}

/* Did a flow that asked for this name show a certificate, too? With TLS 1.3, and where a session is resumed, none is
 * readable. Which flow showed which is not kept: they meet where they are more than there are flows. */
static bool is_answered_by_a_certificate(const struct judged_conversation *conversation,
                                         const struct judged_fact *asked)
{
    return asked->flows + certificate_flows(conversation) > conversation->flows;
}

enum certificate_doubt certificate_read(struct work *work, const struct judged_conversation *conversation,
                                        const struct judged_fact *fact, const char **told)
{
    if (strcmp(fact->key, "tls.certificate_not_after") == 0) {
        *told = expiry_read(work, fact);
        return *told != NULL ? CERTIFICATE_EXPIRES : CERTIFICATE_FINE;
    }
    if (strcmp(fact->key, "tls.server_names") == 0) {
        bool read, fits = any_name_fits(conversation, fact->value, &read);
        if (!read || fits || !is_answered_by_a_certificate(conversation, fact))
            return CERTIFICATE_FINE;
        *told = tell(work->arena, "was asked for as %s", fact->value);
        return CERTIFICATE_OF_OTHERS;
    }
    *told = "has a self-signed certificate";
    return strcmp(fact->key, "tls.certificate_self_signed") == 0 && strcmp(fact->value, "yes") == 0 &&
                   !takes_self_signed(work, conversation)
               ? CERTIFICATE_SELF_SIGNED
               : CERTIFICATE_FINE;
}

static void listing_tell(struct work *work, const struct listing *listing, const char *verdict, const char *what,
                         const char *advice, struct finding *(*begin)(struct audit *, const char *))
{
    size_t count = listing->servers.count + listing->more;
    if (count == 0)
        return;
    struct finding *finding = begin(work->audit, verdict);
    finding_name(finding, verdict);
    finding->subject = tell(work->arena, "%s %s", tell_many(work->arena, count, "service"), what);
    finding->explain = tell(work->arena, "%s%s.", tell_list(work->arena, &listing->servers, ""),
                            listing->more > 0 ? tell(work->arena, " and %zu more", listing->more) : "");
    finding->advice = advice;
    for (size_t i = 0; i < listing->servers.count; i++)
        finding_add_evidence(work, finding, &listing->evidence[i]);
}

void certificates_find(struct work *work, struct finding *(*begin)(struct audit *audit, const char *verdict))
{
    const struct audit *audit = work->audit;
    struct listing listings[CERTIFICATE_FINE] = {{.more = 0}};
    for (size_t i = 0; i < audit->conversation_count; i++) {
        const struct judged_conversation *conversation = &audit->conversations[i];
        for (size_t k = 0; conversation->match != MATCH_OUT_OF_SCOPE && k < conversation->fact_count; k++) {
            const char *told;
            enum certificate_doubt doubt = certificate_read(work, conversation, &conversation->facts[k], &told);
            if (doubt == CERTIFICATE_FINE)
                continue;
            const char *server = server_of(work, conversation);
            listing_add(work, &listings[doubt],
                        doubt == CERTIFICATE_SELF_SIGNED ? server : tell(work->arena, "%s %s", server, told),
                        &conversation->facts[k].evidence);
        }
    }
    listing_tell(work, &listings[CERTIFICATE_EXPIRES], "certificate-expires",
                 "with a certificate that expired or will within 30 days", "renew them", begin);
    listing_tell(work, &listings[CERTIFICATE_SELF_SIGNED], "certificate-self-signed",
                 "with a self-signed certificate (issuer and subject are the same), and no row says so",
                 "clients cannot tell such a server from another; give it a certificate that they trust", begin);
    listing_tell(work, &listings[CERTIFICATE_OF_OTHERS], "certificate-name",
                 "with a certificate made out to another name than the client asked for",
                 "clients that check names refuse it; add the name, or ask for the server by its own", begin);
}
