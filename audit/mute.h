/* mute: servers that answer nobody. All that was tried with one, on several ports, has one cause, whichever it is, and
 * is one finding (docs/verdicts.md, "Broken chains"). */
#ifndef AUDIT_MUTE_H
#define AUDIT_MUTE_H

#include "audit/chains.h"

/* Adds such findings and marks what they explain. False when memory ran out. */
bool mute_find(struct work *work, struct chains *chains);

#endif
