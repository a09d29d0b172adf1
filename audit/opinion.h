/* opinion: does nDPI's word for a conversation say something else than what was read? Its word decides nothing; where
 * the two differ both are shown. */
#ifndef AUDIT_OPINION_H
#define AUDIT_OPINION_H

#include <stdbool.h>

/* `protocol` is the value of the protocol column, `opinion` nDPI's name in lower case. False when either is "". */
bool opinion_differs(const char *protocol, const char *opinion);

#endif
