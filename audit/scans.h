/* scans: clients that tried very many places in vain (observations/scans.h), as one finding each. Which of their
 * attempts fits a row cannot be asked, as the places are no longer known one by one; but ports are, and what was not
 * tried at a row's port is not hidden there. */
#ifndef AUDIT_SCANS_H
#define AUDIT_SCANS_H

#include "audit/work.h"

/* Fills audit->scans but for their hosts and rows. False when memory ran out. */
bool scans_recall(struct work *work, const struct scans *scans);
/* Each scan's client as a host; needs hosts_build. */
void scans_meet_hosts(struct work *work);
/* The first scan that went to a fixed port of this row and whose client the row expects; NULL: none. */
const struct judged_scan *scans_at_row(const struct work *work, const struct judged_path *path);
/* May attempts at this row be among what the client's scans added up? */
bool scans_may_hide(const struct work *work, size_t client_host, const struct path *path);
/* Fills the rows, too; rows are judged by then. `begin` gives the next finding of the audit, of which one a scan is
 * needed. */
void scans_find(struct work *work, struct finding *(*begin)(struct audit *audit, const char *verdict));

#endif
