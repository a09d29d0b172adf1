/* fanout: several sockets on one interface share its packets (packet(7), PACKET_FANOUT).
 *
 * Who gets a packet is decided by a small BPF program of ours that adds up its two IP addresses, as everything of two
 * hosts belongs together: both directions, all connections, fragments. The kernel's own hash looks at ports as well and
 * would tear those apart. Of a tunnel the outer addresses are looked at; what is not IP goes to the first. */
#ifndef CAPTURE_FANOUT_H
#define CAPTURE_FANOUT_H

#include "base/failure.h"

/* The socket begins a group of which it is the only member; *group is its number. False with a failure. */
bool fanout_begin(int socket, unsigned *group, const char *name, struct failure *failure);
/* The socket becomes one more member. */
bool fanout_join(int socket, unsigned group, const char *name, struct failure *failure);

#endif
