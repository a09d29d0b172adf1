/* scans: clients that tried very many places in vain (observations/scans.h), as one finding each. Which of their
 * attempts fits a row is not asked: the places are no longer known one by one. */
#ifndef AUDIT_SCANS_H
#define AUDIT_SCANS_H

#include "audit/work.h"

/* Fills audit->scans but for their hosts. False when memory ran out. */
bool scans_recall(struct work *work, const struct scans *scans);
/* Each scan's client as a host; needs hosts_build. */
void scans_meet_hosts(struct work *work);
/* `begin` gives the next finding of the audit, of which one a scan is needed. */
void scans_find(struct work *work, struct finding *(*begin)(struct audit *audit, const char *verdict));

#endif
