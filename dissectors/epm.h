/* epm: what clients ask the endpoint mapper, and what it answers.
 *
 * Reads the stubs of ept_map and ept_lookup in NDR and NDR64, and the towers in them. Interface
 * e1af8308-5d1f-11c9-91a4-08002b14a0fa 3.0; C706 appendix O and L, MS-RPCE 2.2.1.2. A stub is at hand as a whole,
 * without padding and verifier; what does not hold together ends the reading, what was read before it stays. */
#ifndef DISSECTORS_EPM_H
#define DISSECTORS_EPM_H

#include "dissectors/facts.h"
#include "dissectors/ndr.h"

/* Operation numbers on the wire. */
enum { EPM_LOOKUP = 2, EPM_MAP = 3 };

/* What the answer says beyond its towers. */
#define EPM_OK                   0x00000000u
#define EPM_NOT_REGISTERED       0x16c9a0d6u /* also: no more entries */
#define EPM_NOT_REGISTERED_WIN32 0x000006d9u

bool epm_is_mapper(const struct rpc_interface *interface);

/* Which interface an ept_map request asks for. With an unknown syntax the one that fits is found. False when the stub
 * is not such a request. */
bool epm_read_map_request(struct bytes stub, enum ndr_syntax syntax, bool little, struct rpc_interface *asked);

/* Is this the stub of an ept_lookup request? */
bool epm_is_lookup_request(struct bytes stub, enum ndr_syntax syntax, bool little);

/* Learns every tower of the answer to `operation`. With an unknown syntax nothing is learned unless the whole stub
 * fits one of them. False when the stub ends before the status. */
bool epm_read_response(unsigned operation, struct bytes stub, enum ndr_syntax syntax, bool little, struct facts *out,
                       uint32_t *status);

/* The same for an answer whose question was not seen: true, and learned, only when the whole stub is such an answer
 * with at least one tower. */
bool epm_recognise_response(struct bytes stub, bool little, struct facts *out);

#endif
