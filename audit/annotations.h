/* annotations: what servers themselves call an interface that is in no file: the text that comes with the endpoint
 * mapper's answers (C706, ept_entry_t). */
#ifndef AUDIT_ANNOTATIONS_H
#define AUDIT_ANNOTATIONS_H

#include "audit/work.h"

/* Gathers those of audit->endpoints. False when memory ran out. */
bool annotations_fill(struct work *work);
/* The text of this interface and major version, of several the first in order of letters; "" when there is none. */
const char *annotation_of(const struct work *work, const struct uuid *interface, uint16_t major);

#endif
