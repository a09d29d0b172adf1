/* second_opinion: what nDPI calls a service (server address, port, transport), above all one that nothing else has
 * named; of one that our dissectors named, whether it agrees.
 *
 * nDPI costs microseconds a call, so it is asked about services as each client uses them, not about flows: a few flows
 * of each (one of a named one), a few payloads of a flow, within a budget per second of packet time; what was not named
 * and not asked is counted. Services of long ago make room for new ones. Its word never decides a verdict. */
#ifndef FLOWS_SECOND_OPINION_H
#define FLOWS_SECOND_OPINION_H

#include "flows/adviser.h"
#include "flows/flow.h"

struct second_opinion;

/* For one observer. What is asked does not depend on how many there are, as long as they take whole parts of the pairs
 * of hosts: with one to four of them, six or twelve. NULL with a failure. */
struct second_opinion *second_opinion_create(struct adviser *adviser, struct failure *failure);
void second_opinion_destroy(struct second_opinion *opinion);

/* Our own dissectors named this flow's service, at this packet time: it is asked about once, if there is time for that.
 */
void second_opinion_named(struct second_opinion *opinion, struct flow *flow, int64_t time_ns);
/* A payload of a flow that no dissector claimed, or that second_opinion_wants. Usually does nothing; asks nDPI when the
 * service is still of interest. */
static inline bool second_opinion_wants(const struct flow *flow)
{
    return flow->side[0].ask != 0;
}
void second_opinion_hear(struct second_opinion *opinion, struct flow *flow, const struct packet *packet);
/* The flow is over: gives up what is held for it. */
void second_opinion_forget(struct second_opinion *opinion, struct flow *flow);
/* What nDPI calls the flow's service, lower case; "" when it has no word for it or was not asked. `named`: one of our
 * dissectors claimed the flow. */
const char *second_opinion_of(struct second_opinion *opinion, const struct flow *flow, bool named);
/* Flows of services that nothing named and that were not asked about for want of budget. */
uint64_t second_opinion_unasked(struct second_opinion *opinion);

#endif
