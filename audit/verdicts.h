/* verdicts: from what happened and where it belongs to the verdict of each session class and conversation
 * (docs/verdicts.md, "Verdict of a session class"). */
#ifndef AUDIT_VERDICTS_H
#define AUDIT_VERDICTS_H

#include "audit/work.h"

/* The table of the two questions. Grade 'A' stands on the server's own word; other grades change nothing. */
enum verdict verdict_of(enum match match, char grade, enum disposition disposition);
/* The worst of the classes; an ok beside failures keeps them from counting. */
enum verdict verdict_of_sessions(const struct judged_session *sessions, size_t count);

/* Was there a class that came to its end as it should? */
bool conversation_went_well(const struct judged_conversation *conversation);

/* Judges all conversations: verdict, checks and a clause in words for each session class, then the conversation's own.
 * False when memory ran out. Needs match_all. */
bool verdicts_judge(struct work *work);

/* Of a session that conforms: was anything read that agrees with its row? Or does the row ask for what could not be
 * read? Neither where all is clear by design. */
bool session_is_verified(const struct judged_session *session);
bool session_is_unreadable(const struct judged_session *session);

/* Of a session class that deviates: how many of its flows do. Weak tickets are counted where they were read. */
uint64_t session_deviating_flows(const struct judged_session *session);

/* "got no answer", "refused (...)": what is said after a count of flows. */
const char *disposition_words(enum disposition disposition);
/* "SMTP AUTH LOGIN", "LDAP simple bind": how the session authenticated, as people know it. "" when not read. */
const char *session_authentication(struct work *work, const struct judged_conversation *conversation,
                                   const struct judged_session *session);
/* "not encrypted", "signed but not encrypted", "encrypted (starttls)". */
const char *session_protection(struct work *work, const struct judged_session *session);
/* "starttls or tls", or "encryption" when the part names no method. */
const char *expected_encryption(struct work *work, const struct expectation *expectation);
const char *expected_authentication(struct work *work, const struct expectation *expectation);
/* What the owner whose checks stand in the sessions expects. */
const struct expectation *owner_expectation(const struct work *work, const struct owner *owner);

#endif
