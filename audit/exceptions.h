/* exceptions: what the site file says it puts up with, and until when. An exception takes nothing out of the report; it
 * only keeps a finding from counting. */
#ifndef AUDIT_EXCEPTIONS_H
#define AUDIT_EXCEPTIONS_H

#include "audit/work.h"

/* Nothing was excepted yet. False when memory ran out. */
bool exceptions_begin(struct work *work);
/* Is the exception over before the capture ends? Then it applies to nothing. */
bool exception_is_expired(const struct work *work, const struct site_exception *exception);
/* The reason of the first exception that covers a conversation under this finding's id; "" when none does. */
const char *exception_of(const struct work *work, const struct judged_conversation *conversation, const char *id);
/* The same for all that a client did: only exceptions that leave open where it goes cover it. */
const char *exception_of_client(const struct work *work, size_t host, const struct address *address, const char *id);
/* The reason of the first exception that covers what two hosts did not do on this row: one that names them, and ports
 * of the row where it names ports. */
const char *exception_of_pair(const struct work *work, const struct judged_path *path, size_t client_host,
                              size_t server_host, const char *id);
/* The same for a finding that is of no single conversation: only exceptions that name its id cover it. */
const char *exception_of_id(const struct work *work, const char *id);

#endif
