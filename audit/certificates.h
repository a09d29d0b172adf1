/* certificates: what servers' certificates were read to be: expired or soon to be (by the clock of the capture), signed
 * by themselves where no row says so, made out to another name than the client asked for. They inform: who trusts whom
 * stands in no packet. */
#ifndef AUDIT_CERTIFICATES_H
#define AUDIT_CERTIFICATES_H

#include "audit/work.h"

#define CERTIFICATE_SUMMARIES 3  /* findings at most */
#define CERTIFICATE_DAYS      30 /* before it expires */

void certificates_find(struct work *work, struct finding *(*begin)(struct audit *audit, const char *verdict));

#endif
