/* verdicts: see audit/verdicts.h. Of several rows that could own a conversation the first that the session does not
 * deviate from is the one compared with: it deviates only when it deviates from all. */
#include "audit/verdicts.h"

#include "audit/checks.h"
#include "audit/hosts.h"
#include "audit/tell.h"
#include "audit/weakness.h"

#include <assert.h>
#include <string.h>

bool disposition_is_failure(enum disposition disposition)
{
    return disposition == DISPOSITION_REFUSED || disposition == DISPOSITION_APP_DENIED ||
           disposition == DISPOSITION_UNANSWERED || disposition == DISPOSITION_PROHIBITED ||
           disposition == DISPOSITION_UNREACHABLE;
}

/* What happened, as far as the table tells it apart. */
enum outcome { WENT_WELL, SAID_NO, GOT_NOTHING, NO_DATA, NOT_SEEN_WHOLE };

static enum outcome outcome_of(enum disposition disposition)
{
    switch (disposition) {
    case DISPOSITION_OK:
        return WENT_WELL;
    case DISPOSITION_REFUSED:
    case DISPOSITION_APP_DENIED:
        return SAID_NO;
    case DISPOSITION_UNANSWERED:
    case DISPOSITION_PROHIBITED:
    case DISPOSITION_UNREACHABLE:
        return GOT_NOTHING;
    case DISPOSITION_OPEN_NO_DATA:
        return NO_DATA;
    case DISPOSITION_OPEN:
    case DISPOSITION_PENDING:
    case DISPOSITION_ONE_WAY:
    case DISPOSITION_DAMAGED:
    case DISPOSITION_COUNT:
        break;
    }
    return NOT_SEEN_WHOLE;
}

enum verdict verdict_of(enum match match, char grade, enum disposition disposition)
{
    static const enum verdict of_row[] = {[WENT_WELL] = VERDICT_CONFORMING,
                                          [SAID_NO] = VERDICT_REFUSED,
                                          [GOT_NOTHING] = VERDICT_BLOCKED,
                                          [NO_DATA] = VERDICT_UNDETERMINED,
                                          [NOT_SEEN_WHOLE] = VERDICT_UNDETERMINED};
    static const enum verdict of_no_row[] = {[WENT_WELL] = VERDICT_UNEXPECTED,
                                             [SAID_NO] = VERDICT_UNEXPECTED_ATTEMPT,
                                             [GOT_NOTHING] = VERDICT_UNEXPECTED_ATTEMPT,
                                             [NO_DATA] = VERDICT_UNEXPECTED_ATTEMPT,
                                             [NOT_SEEN_WHOLE] = VERDICT_UNDETERMINED};
    enum outcome outcome = outcome_of(disposition);
    if (match == MATCH_OUT_OF_SCOPE)
        return VERDICT_OUT_OF_SCOPE;
    if (match == MATCH_ROW || match == MATCH_DYNAMIC || match == MATCH_AMBIGUOUS)
        return of_row[outcome];
    if (grade == 'A' && (outcome == SAID_NO || outcome == GOT_NOTHING))
        return of_row[outcome];
    return match == MATCH_NO_ROW ? of_no_row[outcome] : VERDICT_UNCLASSIFIED;
}

enum verdict verdict_of_sessions(const struct judged_session *sessions, size_t count)
{
    bool went_well = false;
    enum verdict worst = VERDICT_OUT_OF_SCOPE;
    for (size_t i = 0; i < count; i++)
        went_well = went_well || sessions[i].disposition == DISPOSITION_OK;
    for (size_t i = 0; i < count; i++)
        if (!(went_well && disposition_is_failure(sessions[i].disposition)) && sessions[i].verdict < worst)
            worst = sessions[i].verdict;
    return worst;
}

uint64_t session_deviating_flows(const struct judged_session *session)
{
    return session->weak_by != NULL && session->weak_by->flows < session->flows ? session->weak_by->flows
                                                                                : session->flows;
}

bool session_is_verified(const struct judged_session *session)
{
    if (session->encryption_check == ENCRYPTION_AS_EXPECTED || session->encryption_check == ENCRYPTION_STRONGER ||
        session->encryption_check == ENCRYPTION_OPTIONAL_UNUSED)
        return true;
    return session->authentication[0] != '\0' && session->authentication_check != AUTHENTICATION_NOT_CHECKED &&
           session->authentication_check != AUTHENTICATION_NOT_OBSERVABLE;
}

bool session_is_unreadable(const struct judged_session *session)
{
    return !session_is_verified(session) && (session->encryption_check != ENCRYPTION_NOT_CHECKED ||
                                             session->authentication_check != AUTHENTICATION_NOT_CHECKED);
}

const struct expectation *owner_expectation(const struct work *work, const struct owner *owner)
{
    return &work->audit->paths[owner->path].path->parts[owner->part].expectation;
}

/* In how many flows this was read; 0: in none. */
static uint64_t fact_flows(const struct judged_conversation *conversation, const char *key, const char *value)
{
    for (size_t i = 0; i < conversation->fact_count; i++)
        if (strcmp(conversation->facts[i].key, key) == 0 && strcmp(conversation->facts[i].value, value) == 0)
            return conversation->facts[i].flows;
    return 0;
}

/* Was Kerberos offered, and something else used? Who offered is not kept by class: that more flows offered it than used
 * it says that some did not take it. */
static bool kerberos_was_passed_by(const struct judged_conversation *conversation)
{
    uint64_t used = 0;
    for (size_t i = 0; i < conversation->session_count; i++)
        if (strcmp(conversation->sessions[i].authentication, "kerberos") == 0)
            used += conversation->sessions[i].flows;
    return fact_flows(conversation, "negotiate.offered", "kerberos") > used;
}

/* The calls that set up netlogon's secure channel come before there is anything to protect them with (MS-NRPC 3.1.4.1):
 * without authentication and in clear. */
static bool is_channel_setup(const struct judged_conversation *conversation, const struct judged_session *session)
{
    static const char netlogon[] = "12345678-1234-abcd-ef00-01234567cffb/1.0";
    if (session->authentication[0] != '\0' && strcmp(session->authentication, "anonymous") != 0)
        return false;
    return fact_flows(conversation, "rpc.accepted", netlogon) > 0 ||
           fact_flows(conversation, "rpc.binds", netlogon) > 0;
}

/* Compares with one owner; true when nothing deviates. */
static bool session_check(struct work *work, const struct judged_conversation *conversation, const struct owner *owner,
                          struct judged_session *session)
{
    const struct expectation *expectation = owner_expectation(work, owner);
    session->encryption_check = ENCRYPTION_NOT_CHECKED;
    session->authentication_check = AUTHENTICATION_NOT_CHECKED;
    session->aged = weakness_find(work, conversation, expectation, session);
    bool weak = session->aged != WEAKNESS_NONE;
    if (is_clear_by_design(conversation) || is_channel_setup(conversation, session)) {
        session->encryption_check = weak ? ENCRYPTION_WEAKER : ENCRYPTION_NOT_CHECKED; /* of a KDC the ticket */
        return !weak;
    }
    session->encryption_check = check_encryption(expectation, session->encryption);
    if (session->encryption_check == ENCRYPTION_WEAKER) { /* worse than any weakness of encryption */
        session->weakness = session->wanted = "";
        session->weak_by = NULL;
        session->aged = WEAKNESS_NONE;
    } else if (weak) {
        session->encryption_check = ENCRYPTION_WEAKER;
    }
    session->authentication_check =
        check_authentication(expectation, session->authentication, kerberos_was_passed_by(conversation));
    return !encryption_deviates(session->encryption_check) &&
           !authentication_deviates(session->authentication_check, expectation);
}

/* Checks a session that went well against all that could own it; the index of the owner whose checks are kept. */
static size_t session_compare(struct work *work, const struct judged_conversation *conversation,
                              struct judged_session *session)
{
    for (size_t i = 0; i < conversation->owner_count; i++)
        if (session_check(work, conversation, &conversation->owners[i], session))
            return i;
    (void)session_check(work, conversation, &conversation->owners[0], session);
    session->verdict = VERDICT_DEVIATING;
    return 0;
}

const char *disposition_words(enum disposition disposition)
{
    static const char *const words[DISPOSITION_COUNT] = {
        [DISPOSITION_OPEN] = "not ended yet",
        [DISPOSITION_OK] = "went well",
        [DISPOSITION_OPEN_NO_DATA] = "connected, but carried no data",
        [DISPOSITION_REFUSED] = "refused (reset, or port unreachable)",
        [DISPOSITION_PROHIBITED] = "prohibited by a filter (ICMP said so)",
        [DISPOSITION_UNREACHABLE] = "ended at an unreachable host or network (ICMP said so)",
        [DISPOSITION_UNANSWERED] = "got no answer",
        [DISPOSITION_APP_DENIED] = "denied by the application",
        [DISPOSITION_PENDING] = "still undecided when the capture ended",
        [DISPOSITION_ONE_WAY] = "seen in one direction only",
        [DISPOSITION_DAMAGED] = "with bytes missing where they were needed",
    };
    assert(disposition < DISPOSITION_COUNT);
    return words[disposition];
}

/* Where each protocol says which mechanism was used, and how people call it. */
static const struct {
    const char *protocol, *key, *prefix;
} mechanism_keys[] = {{"smtp", "smtp.auth_used", "SMTP AUTH "},
                      {"smtp", "smtp.exps_used", "SMTP X-EXPS "},
                      {"pop3", "pop3.auth_used", "POP3 "},
                      {"imap", "imap.auth_used", "IMAP "},
                      {"nntp", "nntp.auth_used", "NNTP "}};

/* Of the mechanisms only these send a password that can be read. */
static bool sends_password(const char *mechanism)
{
    return strcmp(mechanism, "LOGIN") == 0 || strcmp(mechanism, "PLAIN") == 0 || strcmp(mechanism, "USER") == 0;
}

/* "SMTP AUTH LOGIN, PLAIN": those that were read in the conversation; which of its sessions said which is not kept. */
static const char *readable_password(struct work *work, const struct judged_conversation *conversation)
{
    struct texts said = {NULL, 0};
    for (size_t i = 0; i < sizeof mechanism_keys / sizeof mechanism_keys[0]; i++) {
        struct texts words = {NULL, 0};
        for (size_t k = 0; k < conversation->fact_count; k++)
            if (strcmp(conversation->protocol, mechanism_keys[i].protocol) == 0 &&
                strcmp(conversation->facts[k].key, mechanism_keys[i].key) == 0 &&
                sends_password(conversation->facts[k].value))
                texts_add(work->arena, &words, conversation->facts[k].value);
        if (words.count > 0)
            texts_add(work->arena, &said,
                      tell(work->arena, "%s%s", mechanism_keys[i].prefix, tell_list(work->arena, &words, "")));
    }
    if (said.count > 0)
        return tell_list(work->arena, &said, "and");
    if (strcmp(conversation->protocol, "http") == 0)
        return "HTTP Basic";
    return "a readable password";
}

const char *session_authentication(struct work *work, const struct judged_conversation *conversation,
                                   const struct judged_session *session)
{
    if (session->authentication[0] == '\0')
        return "";
    if (strcmp(session->authentication, "basic") == 0)
        return readable_password(work, conversation);
    if (strcmp(session->authentication, "simple") == 0)
        return "LDAP simple bind";
    if (strcmp(session->authentication, "anonymous") == 0)
        return "no authentication";
    return tell(work->arena, "%s authentication", session->authentication);
}

const char *session_protection(struct work *work, const struct judged_session *session)
{
    if (session->weakness[0] != '\0')
        return session->weakness;
    if (session->encryption[0] == '\0')
        return "encryption not readable";
    if (strcmp(session->encryption, "none") == 0)
        return "not encrypted";
    if (encryption_is_clear(session->encryption))
        return "signed but not encrypted";
    return tell(work->arena, "encrypted (%s)", session->encryption);
}

const char *expected_encryption(struct work *work, const struct expectation *expectation)
{
    const struct texts *supported = &expectation->encryption_supported;
    if (texts_have(supported, "any")) /* the reference says that it is encrypted and not how */
        return "encryption";
    return supported->count > 0 ? tell_list(work->arena, supported, "or") : "encryption";
}

const char *expected_authentication(struct work *work, const struct expectation *expectation)
{
    struct texts words = {NULL, 0};
    for (size_t i = 0; i < expectation->authentication_default.count; i++)
        texts_add(work->arena, &words, expectation->authentication_default.items[i]);
    for (size_t i = 0; i < expectation->authentication_supported.count; i++)
        texts_add(work->arena, &words, expectation->authentication_supported.items[i]);
    return tell_list(work->arena, &words, "or");
}

static const char *encryption_clause(struct work *work, const struct judged_session *session,
                                     const struct expectation *expectation)
{
    switch (session->encryption_check) {
    case ENCRYPTION_AS_EXPECTED:
        return tell(work->arena, "%s, as expected", session_protection(work, session));
    case ENCRYPTION_WEAKER:
        return tell(work->arena, "%s, %s expected", session_protection(work, session),
                    session->weakness[0] != '\0' ? session->wanted : expected_encryption(work, expectation));
    case ENCRYPTION_STRONGER:
        return tell(work->arena, "%s, more than expected", session_protection(work, session));
    case ENCRYPTION_OPTIONAL_UNUSED:
        return tell(work->arena, "%s, which the row allows", session_protection(work, session));
    case ENCRYPTION_NOT_OBSERVABLE:
        return "encryption not readable";
    case ENCRYPTION_NOT_CHECKED:
    case ENCRYPTION_CHECK_COUNT:
        break;
    }
    return "";
}

static const char *authentication_clause(struct work *work, const struct judged_conversation *conversation,
                                         const struct judged_session *session, const struct expectation *expectation)
{
    const char *spoken = session_authentication(work, conversation, session);
    switch (session->authentication_check) {
    case AUTHENTICATION_DEFAULT:
        return tell(work->arena, "%s, as expected", spoken);
    case AUTHENTICATION_SUPPORTED:
        return tell(work->arena, "%s, which the row supports", spoken);
    case AUTHENTICATION_UNSUPPORTED:
        return tell(work->arena, "%s, %s expected", spoken, expected_authentication(work, expectation));
    case AUTHENTICATION_IS_ANONYMOUS:
        return tell(work->arena, "%s, the row lists %s", spoken, expected_authentication(work, expectation));
    case AUTHENTICATION_FALLBACK:
        return tell(work->arena, "%s although Kerberos was offered", spoken);
    case AUTHENTICATION_CONSISTENT:
        return tell(work->arena, "authentication agrees with %s as far as the wire shows it",
                    expected_authentication(work, expectation));
    case AUTHENTICATION_NOT_OBSERVABLE:
        return "authentication not readable";
    case AUTHENTICATION_NOT_CHECKED:
    case AUTHENTICATION_CHECK_COUNT:
        break;
    }
    return "";
}

static const char *why_of_match(struct work *work, const struct judged_conversation *conversation)
{
    const struct host *client = &work->audit->hosts[conversation->client_host];
    const struct host *server = &work->audit->hosts[conversation->server_host];
    if (conversation->match == MATCH_NO_ROW)
        return "no row fits";
    if (conversation->match == MATCH_OUT_OF_SCOPE)
        return "neither end is in scope";
    bool client_has = host_has_role(work, client);
    if (!client_has && !host_has_role(work, server))
        return "neither end has a role";
    return tell(work->arena, "%s has no role", client_has ? server->name : client->name);
}

static const char *why_of(struct work *work, const struct judged_conversation *conversation,
                          const struct judged_session *session, size_t owner)
{
    if (session->disposition != DISPOSITION_OK)
        return disposition_words(session->disposition);
    if (conversation->owner_count == 0)
        return why_of_match(work, conversation);
    const struct expectation *expectation = owner_expectation(work, &conversation->owners[owner]);
    const char *encryption = encryption_clause(work, session, expectation);
    const char *authentication = authentication_clause(work, conversation, session, expectation);
    if (encryption[0] == '\0' && authentication[0] == '\0')
        return "went well; the row asks for nothing that could be compared";
    return tell(work->arena, "%s%s%s", encryption, encryption[0] != '\0' && authentication[0] != '\0' ? "; " : "",
                authentication);
}

bool conversation_went_well(const struct judged_conversation *conversation)
{
    for (size_t i = 0; i < conversation->session_count; i++)
        if (conversation->sessions[i].disposition == DISPOSITION_OK)
            return true;
    return false;
}

bool verdicts_judge(struct work *work)
{
    for (size_t i = 0; i < work->audit->conversation_count; i++) {
        struct judged_conversation *conversation = &work->audit->conversations[i];
        for (size_t k = 0; k < conversation->session_count; k++) {
            struct judged_session *session = &conversation->sessions[k];
            size_t owner = 0;
            session->verdict = verdict_of(conversation->match, conversation->grade, session->disposition);
            if (session->verdict == VERDICT_CONFORMING)
                owner = session_compare(work, conversation, session);
            session->why = why_of(work, conversation, session, owner);
        }
        conversation->verdict = conversation->session_count > 0
                                    ? verdict_of_sessions(conversation->sessions, conversation->session_count)
                                    : verdict_of(conversation->match, 0, DISPOSITION_OPEN); /* nothing ended yet */
        work->audit->conversation_counts[conversation->verdict]++;
    }
    return !arena_ran_out(work->arena);
}
