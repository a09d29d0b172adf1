/* recall: what was observed, as the audit keeps it: conversations with their sessions and facts, all as plain text and
 * numbers, so that no later step needs the store's names. */
#ifndef AUDIT_RECALL_H
#define AUDIT_RECALL_H

#include "audit/work.h"

/* Fills coverage, times and conversations of the audit. False when memory ran out. */
bool recall(struct work *work, struct failure *failure);

#endif
