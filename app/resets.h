/* resets: which resets in a server's name did not come from the server. A packet loses one of its time to live at each
 * router (RFC 791, 3.2; RFC 8200, 3), so that what a server sends to a client arrives here with the same number as long
 * as the way stays the same. A reset that has lost less was sent by something nearer, as firewalls do. */
#ifndef APP_RESETS_H
#define APP_RESETS_H

#include "base/failure.h"
#include "capture/packet.h"

struct resets;

/* Uses a fixed and small amount of memory. NULL with a failure. */
struct resets *resets_create(struct failure *failure);
void resets_destroy(struct resets *resets);

/* A server answers a SYN: this is what its packets to this client arrive with. */
void resets_note(struct resets *resets, const struct packet *answer);
/* By how many hops less than the server's own packets a reset to this client came; 0 when it did not, or when too
 * little is known: no answer of the server to this client before, or answers that came in different ways. */
unsigned resets_nearer(const struct resets *resets, const struct packet *reset);
/* Both will soon be asked of this packet. */
void resets_prefetch(const struct resets *resets, const struct packet *packet);

#endif
