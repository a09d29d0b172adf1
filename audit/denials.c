/* denials: see audit/denials.h. */
#include "audit/denials.h"

#include "audit/explain.h"
#include "audit/tell.h"

#include <string.h>

#define DENIALS_NAMED 3

/* Where an application says why, and the values that deny nothing: they begin so. */
static const struct {
    const char *key, *asks_for_more[4];
} keys[] = {{"kerberos.errors", {"25 ", "52 ", "68 "}},
            {"ldap.results", {"0 ", "14 "}},
            {"rpc.faults", {NULL}},
            {"rpc.not_registered", {NULL}},
            {"sip.statuses", {"1", "2", "3"}}};

/* What the common ones come from. */
static const struct {
    const char *key, *begins, *meaning;
    bool usual; /* every healthy domain shows it */
} meanings[] = {
    {"kerberos.errors", "1 ", "the account expired", false},
    {"kerberos.errors", "3 ", "the password of the account expired", false},
    {"kerberos.errors", "6 ", "no such account", false},
    {"kerberos.errors", "7 ", "no account has this service name (SPN)", false},
    {"kerberos.errors", "12 ", "a policy forbids it, such as logon hours or workstations", false},
    {"kerberos.errors", "13 ",
     "a ticket was asked for with an option, such as forwarding or delegation, that is not allowed for it: usual in a "
     "healthy domain, clients go on without",
     true},
    {"kerberos.errors", "14 ", "no common encryption type", false},
    {"kerberos.errors", "18 ", "the account is disabled, locked or expired", false},
    {"kerberos.errors", "23 ", "the password expired", false},
    {"kerberos.errors", "24 ", "wrong password", false},
    {"kerberos.errors", "32 ", "the ticket expired", false},
    {"kerberos.errors", "37 ", "the clocks differ too much", false},
    {"kerberos.errors", "41 ", "the service's password changed, or two accounts have its name", false},
    {"rpc.not_registered", "", "the endpoint mapper knows no such interface", false},
    {"ldap.results", "8 ", "the server wants signing or TLS", false},
    {"ldap.results", "49 ", "wrong name or password", false},
};

static bool is_denial(const struct judged_fact *fact)
{
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (strcmp(fact->key, keys[i].key) != 0)
            continue;
        for (size_t k = 0; k < 4 && keys[i].asks_for_more[k] != NULL; k++)
            if (strncmp(fact->value, keys[i].asks_for_more[k], strlen(keys[i].asks_for_more[k])) == 0)
                return false;
        return true;
    }
    return false;
}

/* Index into `meanings`, SIZE_MAX when it stands for itself. */
static size_t meaning_of(const struct judged_fact *fact)
{
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++)
        if (strcmp(fact->key, meanings[i].key) == 0 &&
            strncmp(fact->value, meanings[i].begins, strlen(meanings[i].begins)) == 0)
            return i;
    return SIZE_MAX;
}

const char *denials_tell(struct work *work, const struct judged_conversation *conversation)
{
    struct texts said = {NULL, 0};
    size_t more = 0;
    for (size_t i = 0; i < conversation->fact_count; i++) {
        const struct judged_fact *fact = &conversation->facts[i];
        if (!is_denial(fact))
            continue;
        if (said.count == DENIALS_NAMED) {
            more++;
            continue;
        }
        size_t meaning = meaning_of(fact);
        const char *means = meaning == SIZE_MAX ? "" : tell(work->arena, " (%s)", meanings[meaning].meaning);
        texts_add(work->arena, &said,
                  tell(work->arena, "%s in %s%s", fact->value, tell_many(work->arena, fact->flows, "flow"), means));
    }
    if (said.count == 0)
        return strcmp(conversation->protocol, "dns") == 0 ? " (DNS answer REFUSED)" : "";
    return tell(work->arena, "; errors read here: %s%s", tell_list(work->arena, &said, ""),
                more > 0 ? tell(work->arena, " and %zu more", more) : "");
}

bool denials_are_usual(const struct judged_conversation *conversation)
{
    bool any = false;
    for (size_t i = 0; i < conversation->fact_count; i++) {
        const struct judged_fact *fact = &conversation->facts[i];
        if (!is_denial(fact))
            continue;
        size_t meaning = meaning_of(fact);
        if (meaning == SIZE_MAX || !meanings[meaning].usual)
            return false;
        any = true;
    }
    return any;
}

bool denials_are_all(const struct judged_conversation *conversation)
{
    bool any = false;
    for (size_t i = 0; i < conversation->session_count; i++) {
        if (!session_failed(&conversation->sessions[i]))
            continue;
        if (conversation->sessions[i].disposition != DISPOSITION_APP_DENIED)
            return false;
        any = true;
    }
    return any;
}

const char *denials_advice(const struct judged_conversation *conversation)
{
    return denials_are_usual(conversation)
               ? "nothing, unless something that acts for users (delegation) fails as well: then see what its account "
                 "may delegate to"
               : "the network lets it through: see in the server's log why it said no";
}
