/* dcom: at which ports the object exporters of a machine live, as its object resolver and its activator tell.
 *
 * Reads the stubs of the answers that carry string bindings of an object exporter: ResolveOxid and ResolveOxid2,
 * RemoteActivation, RemoteGetClassObject and RemoteCreateInstance (MS-DCOM 3.1.2.5). ServerAlive2 and the bindings of
 * the resolver itself name no port, so nothing is learned from them. Which interfaces are spoken at a port is not
 * said there: bindings are learned for the interface zero. */
#ifndef DISSECTORS_DCOM_H
#define DISSECTORS_DCOM_H

#include "dissectors/facts.h"
#include "dissectors/ndr.h"

/* What the answer to a call looks like. */
enum dcom_answer {
    DCOM_NO_BINDINGS,
    DCOM_RESOLVED,              /* ResolveOxid */
    DCOM_RESOLVED_WITH_VERSION, /* ResolveOxid2 */
    DCOM_ACTIVATED,             /* RemoteActivation */
    DCOM_PROPERTIES,            /* RemoteGetClassObject, RemoteCreateInstance */
    DCOM_ANSWER_COUNT
};

/* Is it an interface of which some answers carry bindings? */
bool dcom_is_resolver(const struct rpc_interface *interface);

enum dcom_answer dcom_answer_of(const struct rpc_interface *interface, uint16_t operation);

/* Learns every binding with an endpoint. A stub is at hand as a whole, without padding and verifier; of one that does
 * not hold together nothing is learned. With an unknown syntax the one that fits is found. */
void dcom_read_response(enum dcom_answer answer, struct bytes stub, enum ndr_syntax syntax, bool little,
                        struct facts *out);

/* The same for an answer whose question was not seen. */
void dcom_recognise_response(struct bytes stub, bool little, struct facts *out);

#endif
