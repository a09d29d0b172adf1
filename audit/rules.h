/* rules: which of the tables' firewall rules the traffic seen made use of, and by which a conversation was let in. */
#ifndef AUDIT_RULES_H
#define AUDIT_RULES_H

#include "audit/work.h"

/* Does a port as rules and exceptions write it cover the conversation's? `dynamic-rpc` covers ports known to be such.
 */
bool port_covers(const struct port *port, const struct judged_conversation *conversation);
/* Fills audit->rules and the conversations' allowed_by. False when memory ran out. Needs match_all. */
bool rules_judge(struct work *work);

#endif
