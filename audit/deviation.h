/* deviation: what a finding says of a conversation that took its path, but not as its row has it: which authentication
 * or encryption was weaker, in how many flows, what was offered and not taken, and what to change. */
#ifndef AUDIT_DEVIATION_H
#define AUDIT_DEVIATION_H

#include "audit/work.h"

/* Fills subject, explain, advice, severity and evidence; at least one class of the conversation deviates. */
void explain_deviation(struct work *work, const struct judged_conversation *conversation, struct finding *finding);

#endif
