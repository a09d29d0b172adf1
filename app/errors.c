/* errors: ICMP errors and the flows whose packets they quote (RFC 792, 4443).
 *
 * A mirror of several ports may give an error before the packet that it quotes. So one that quotes nothing known waits
 * a moment for the flow to begin. When none does, the packet quoted was never seen: that makes no flow of its own, but
 * the error's conversation keeps what was said of whom as a fact. Ends that were translated on the way are not those of
 * the flow that was seen, and no guess is made. */
#include "app/observing.h"

#include "dissectors/facts.h"

#include <stdio.h>

/* How long an error waits for the packet that it quotes. */
#define WAIT_NS SECOND_NS

static bool is_of_tunnel(const struct packet *error)
{
    return error->quoted.tunnel != error->ends.tunnel;
}

/* Said of a packet to the client it would be a word about the client, not about the service. */
static void mark(struct observer *observer, struct flow *flow, const struct packet *error, unsigned from)
{
    if (from != flow->client)
        return;
    flow->flags |= error->icmp_says == ICMP_SAYS_REFUSED      ? FLOW_REFUSED
                   : error->icmp_says == ICMP_SAYS_PROHIBITED ? FLOW_PROHIBITED
                                                              : FLOW_UNREACHABLE;
    if (is_of_tunnel(error))
        conclude_tell(observer, flow, error, FACT_TUNNEL_ERRORS,
                      decoder_tunnel(observer->decoder, error->quoted.tunnel));
}

static void hold(struct observer *observer, const struct timed_packet *timed)
{
    struct errors *errors = &observer->errors;
    if (errors->count == ERRORS_MOST)
        errors_release(observer, errors->held[0].packet.time_ns); /* at least this one */
    errors->held[errors->count++] = *timed;
}

static void drop(struct errors *errors, unsigned i)
{
    errors->count--;
    memmove(&errors->held[i], &errors->held[i + 1], (errors->count - i) * sizeof errors->held[0]);
}

void errors_take(struct observer *observer, const struct timed_packet *timed)
{
    const struct packet *packet = &timed->packet;
    unsigned from = flow_from(&packet->quoted);
    struct flow *flow = flow_table_find(observer->flows, &packet->quoted, from,
                                        flow_hash(&packet->quoted, flow_table_seed(observer->flows)));
    if (flow != NULL)
        mark(observer, flow, packet, from);
    else
        hold(observer, timed);
}

void errors_meet(struct observer *observer, struct flow *flow)
{
    struct errors *errors = &observer->errors;
    for (unsigned i = 0; i < errors->count;) {
        const struct packet *error = &errors->held[i].packet;
        unsigned from = flow_from(&error->quoted);
        if (!flow_key_is(&flow->key, &error->quoted, from) || clock_since(flow->first_ns, error->time_ns) > WAIT_NS) {
            i++;
            continue;
        }
        mark(observer, flow, error, from);
        drop(errors, i);
    }
}

/* "prohibited 10.0.0.2:6004/tcp": what was said, and of packets to where. What was said from outside of a tunnel of
 * what is inside: "unreachable 10.0.0.2:25/tcp in vxlan:7". */
static void say_error(struct observer *observer, struct flow *flow, const struct packet *error)
{
    static const char *const words[] = {[ICMP_SAYS_NOTHING] = "",
                                        [ICMP_SAYS_REFUSED] = "refused",
                                        [ICMP_SAYS_PROHIBITED] = "prohibited",
                                        [ICMP_SAYS_UNREACHABLE] = "unreachable"};
    char value[320], host[ADDRESS_TEXT], transport[TRANSPORT_TEXT];
    const struct endpoints *quoted = &error->quoted;
    const char *protocol = observation_transport(quoted->protocol, transport);
    address_text(&quoted->target, host);
    bool brackets = strchr(host, ':') != NULL;
    int length = quoted->target_port != 0
                     ? snprintf(value, sizeof value, "%s %s%s%s:%u/%s", words[error->icmp_says], brackets ? "[" : "",
                                host, brackets ? "]" : "", quoted->target_port, protocol)
                     : snprintf(value, sizeof value, "%s %s/%s", words[error->icmp_says], host, protocol);
    if (is_of_tunnel(error))
        length += snprintf(value + length, sizeof value - (size_t)length, " in %s",
                           decoder_tunnel(observer->decoder, quoted->tunnel));
    struct fact row = {
        .run = observer->run,
        .sensor = observer->sensor,
        .key = observer->keys[FACT_ICMP_ERRORS].name,
        .value = observations_name(observer->store, value, (size_t)length),
        .source = observer->sources[error->source],
        .frame = error->frame,
        .flows = 1,
        .first_ns = error->time_ns,
    };
    observations_say(observer->store, conclude_pair(observer, flow), error->time_ns, &row);
}

void errors_release(struct observer *observer, int64_t until_ns)
{
    struct errors *errors = &observer->errors;
    while (errors->count > 0 && clock_since(until_ns, errors->held[0].packet.time_ns) >= 0) {
        struct timed_packet timed = errors->held[0];
        drop(errors, 0);
        say_error(observer, observe_packet(observer, &timed), &timed.packet);
    }
}

void errors_expire(struct observer *observer)
{
    if (observer->errors.count > 0 && clock_since(observer->now_ns, observer->errors.held[0].packet.time_ns) > WAIT_NS)
        errors_release(observer, observer->now_ns - WAIT_NS);
}
