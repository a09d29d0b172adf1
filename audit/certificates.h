/* certificates: what servers' certificates were read to be: expired or soon to be (by the clock of the capture), signed
 * by themselves where no row says so, made out to another name than the client asked for. They inform: who trusts whom
 * stands in no packet. */
#ifndef AUDIT_CERTIFICATES_H
#define AUDIT_CERTIFICATES_H

#include "audit/work.h"

#define CERTIFICATE_SUMMARIES 3  /* findings at most */
#define CERTIFICATE_DAYS      30 /* before it expires */

enum certificate_doubt { CERTIFICATE_EXPIRES, CERTIFICATE_SELF_SIGNED, CERTIFICATE_OF_OTHERS, CERTIFICATE_FINE };

/* Is this fact of a conversation one that makes a certificate doubtful? `*told` is then a clause that says how, to be
 * put after the server's name. */
enum certificate_doubt certificate_read(struct work *work, const struct judged_conversation *conversation,
                                        const struct judged_fact *fact, const char **told);

void certificates_find(struct work *work, struct finding *(*begin)(struct audit *audit, const char *verdict));

#endif
