/* labels: the words of the enums in audit/audit.h, as they stand in every output. */
#include "audit/audit.h"

#include <assert.h>
#include <string.h>

const char *match_name(enum match match)
{
    static const char *const names[MATCH_COUNT] = {"row",    "dynamic",      "ambiguous",
                                                   "no-row", "unknown-role", "out-of-scope"};
    assert(match < MATCH_COUNT);
    return names[match];
}

const char *verdict_name(enum verdict verdict)
{
    static const char *const names[VERDICT_COUNT] = {"deviating",          "blocked",      "refused",      "unexpected",
                                                     "unexpected-attempt", "undetermined", "unclassified", "conforming",
                                                     "out-of-scope"};
    assert(verdict < VERDICT_COUNT);
    return names[verdict];
}

const char *encryption_check_name(enum encryption_check check)
{
    static const char *const names[ENCRYPTION_CHECK_COUNT] = {"",         "as-expected",     "weaker",
                                                              "stronger", "optional-unused", "not-observable"};
    assert(check < ENCRYPTION_CHECK_COUNT);
    return names[check];
}

const char *authentication_check_name(enum authentication_check check)
{
    static const char *const names[AUTHENTICATION_CHECK_COUNT] = {
        "", "default", "supported", "unsupported", "anonymous", "fallback", "consistent", "not-observable"};
    assert(check < AUTHENTICATION_CHECK_COUNT);
    return names[check];
}

const char *path_verdict_name(enum path_verdict verdict)
{
    static const char *const names[PATH_VERDICT_COUNT] = {"failing",   "missing",       "forbidden-seen",
                                                          "deviating", "degraded",      "unobservable",
                                                          "satisfied", "not-exercised", "not-applicable"};
    assert(verdict < PATH_VERDICT_COUNT);
    return names[verdict];
}

const char *weakness_name(enum weakness weakness)
{
    static const char *const names[WEAKNESS_COUNT] = {
        [WEAKNESS_NONE] = "",
        [WEAKNESS_PASSWORD] = "clear-password",
        [WEAKNESS_CLEAR] = "not-encrypted",
        [WEAKNESS_SIGNED] = "signed-only",
        [WEAKNESS_TLS] = "old-tls",
        [WEAKNESS_TICKET] = "weak-ticket",
        [WEAKNESS_AUTHENTICATION] = "authentication",
        [WEAKNESS_CERTIFICATE] = "certificate",
    };
    assert(weakness < WEAKNESS_COUNT);
    return names[weakness];
}

const char *severity_name(enum severity severity)
{
    static const char *const names[SEVERITY_COUNT] = {"high", "medium", "low", "info"};
    assert(severity < SEVERITY_COUNT);
    return names[severity];
}

const char *conclusion_name(enum conclusion conclusion)
{
    static const char *const names[] = {"conforms", "findings", "undetermined"};
    assert(conclusion <= CONCLUSION_UNDETERMINED);
    return names[conclusion];
}

const char *conversation_recognised_by(const struct judged_conversation *conversation)
{
    if (conversation->protocol[0] != '\0')
        return "content";
    if (conversation->services.count > 0 || (conversation->grade != 0 && conversation->grade < 'D'))
        return "ledger";
    if (conversation->owner_count > 0)
        return "port-and-role";
    return conversation->second_opinion[0] != '\0' ? "second-opinion" : "";
}

const char *conversation_wrapped_in(const struct audit *audit, const struct judged_conversation *conversation)
{
    size_t ends[] = {conversation->client_host, conversation->server_host};
    for (size_t i = 0; i < 2; i++)
        if (ends[i] >= audit->host_count || audit->hosts[ends[i]].declared)
            return conversation->tunnel;
    return strcmp(conversation->tunnel, conversation->network) == 0 ? "" : conversation->tunnel;
}
