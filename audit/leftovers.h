/* leftovers: findings beside those of single conversations: rows that fail although no finding yet says why, rows that
 * must not be used and are, what could not be judged and why, and exceptions that are over. */
#ifndef AUDIT_LEFTOVERS_H
#define AUDIT_LEFTOVERS_H

#include "audit/agree.h"
#include "audit/certificates.h"

#define LEFTOVER_SUMMARIES                                                                                             \
    (3 + AGREE_SUMMARIES + CERTIFICATE_SUMMARIES) /* findings at most beside one a row and one an exception */

/* `begin` gives the next finding of the audit. False when memory ran out. */
bool leftovers_find(struct work *work, struct finding *(*begin)(struct audit *audit, const char *verdict));

#endif
