/* promises: places that a client was sent to and never tried, though it could have been seen: a SIP redirection without
 * the call after it, a session description without media, a located directory without LDAP, a ticket without a
 * connection.
 */
#ifndef AUDIT_PROMISES_H
#define AUDIT_PROMISES_H

#include "audit/chains.h"

/* How much of the capture must come after the word before its silence means anything. */
#define PROMISE_CALL_NS INT64_C(10000000000)
#define PROMISE_NS      INT64_C(60000000000)

/* Adds such findings to the chains. False when memory ran out. */
bool promises_find(struct work *work, const struct hints *hints, struct chains *chains);

#endif
