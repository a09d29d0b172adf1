/* explain: what a finding says of one conversation, in words for somebody who is tired and no protocol expert: who,
 * what was seen, what was expected and by which row, and one line of what to do. Every sentence is true of the data. */
#ifndef AUDIT_EXPLAIN_H
#define AUDIT_EXPLAIN_H

#include "audit/work.h"

/* Fills subject, explain, advice, severity and evidence for a conversation that deviates, is blocked, refused or
 * unexpected. */
void explain_conversation(struct work *work, const struct judged_conversation *conversation, struct finding *finding);

/* Its ends by name. */
const char *explain_client(const struct work *work, const struct judged_conversation *conversation);
const char *explain_server(const struct work *work, const struct judged_conversation *conversation);
/* "LDAP", or the protocol's own name. */
const char *explain_protocol(const struct judged_conversation *conversation);
/* The rows that could own it: "A" (table, section), "B" (table) or 3 more. */
const char *explain_owners(struct work *work, const struct judged_conversation *conversation);
/* How the server itself sent this client to this port; "" when it did not. */
const char *explain_told(struct work *work, const struct judged_conversation *conversation);
/* "cas1 -> mbx1:6004/tcp" */
const char *explain_ends(struct work *work, const struct judged_conversation *conversation);
/* "3 flows got no answer, 1 flow was ..." of the classes that failed, and when first: "first 09:02:11 (frame 5)". */
const char *explain_failures(struct work *work, const struct judged_conversation *conversation);
/* Is it a class whose attempt failed on a path it should have gone? */
bool session_failed(const struct judged_session *session);
/* "Row name" (table, section) */
const char *explain_row(struct work *work, const struct judged_path *path);

#endif
