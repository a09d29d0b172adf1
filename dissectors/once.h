/* once: keeps a conversation that says the same thing again and again from saying it each time. Hides that only hashes
 * of a few recent values are kept: a value may be said again when many others came between, which harms nobody. */
#ifndef DISSECTORS_ONCE_H
#define DISSECTORS_ONCE_H

#include "dissectors/dissector.h"

#define ONCE_MOST 24

/* Zero to begin with. Part of a dissector's state. */
struct once {
    uint64_t values[ONCE_MOST];
    uint8_t next;
};

/* Says a value unless it is one of the last that were said. */
void once_say(struct once *once, enum fact_key key, struct bytes value, struct facts *out);

#endif
