/* lines: the next line of a text protocol, in a stream that comes in pieces.
 *
 * Hides lines that are too long: of such a line the beginning is taken, and the rest dropped as it comes. A line ends
 * with LF, before which a CR may stand (RFC 5321 2.3.8, RFC 9112 2.2). */
#ifndef DISSECTORS_LINES_H
#define DISSECTORS_LINES_H

#include "base/bytes.h"

/* Takes a line, of at most `most` bytes. False when no line is here yet: what is left then waits for more. `cut` is the
 * direction's own, false to begin with: inside a line that was too long. */
bool lines_take(bool *cut, struct bytes *in, size_t most, struct bytes *line);

/* Drops what is here of a line that was too long. */
void lines_drop_rest(bool *cut, struct bytes *in);

#endif
