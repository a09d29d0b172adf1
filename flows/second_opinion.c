/* second_opinion: whom nDPI is asked about, how often, and what it said. What it reads is composed (flows/compose.h).
 */
#include "flows/second_opinion.h"

#include "base/clock.h"
#include "base/hash.h"
#include "flows/compose.h"

#include <stdlib.h>

/* All that two hosts say to each other falls to one of so many parts, each with its own share of everything. Part and
 * share do not depend on the number of observers, nor does then what is asked: one to four of them, six or twelve take
 * whole parts (flow_pair_place). */
#define PARTS 12

/* Of each part: */
#define SERVICES       512 /* a power of two */
#define NEIGHBOURS     8   /* places a service may stand in */
#define QUESTIONS      32  /* flows asked about at once */
#define CALLS_A_SECOND 166 /* of packet time, on average: 2,000 of all parts */
#define CALLS_AT_ONCE  500
#define CHECKS_AT_ONCE 21              /* services named by us that are asked about as well; */
#define CHECK_EACH     (4 * SECOND_NS) /* and one more in this time */

/* A service of which no flow began for so long may lose its place: most of its flows are over, and told of, by then. */
#define FORGOTTEN_NS (900 * SECOND_NS)

#define FLOWS_MOST    3 /* flows of a service */
#define PAYLOADS_MOST 4 /* payloads of a flow */
/* So long, and no longer, a question waits for the next payload when its place is needed. Shorter than any silence
 * after which an observer may end a flow, since when it does depends on its other flows. */
#define PATIENCE_NS (SECOND_NS / 2)

/* As one client uses it: what is asked about a flow must not depend on flows of others, which may be observed in
 * another thread. */
struct service {
    struct address address, client;
    int64_t begun_ns; /* its last flow */
    uint16_t port;
    uint8_t transport;
    uint8_t flows; /* asked about, */
    uint8_t open;  /* and being asked about */
    bool named;    /* our own dissectors named it */
    char opinion[ADVISER_WORD];
};

struct question {
    struct advised *state; /* stays for the next question; NULL before the first */
    struct flow *flow;     /* NULL: free */
    struct service *service;
    int64_t heard_ns; /* last */
    uint64_t number;  /* from 1, in its part */
    uint8_t payloads;
    uint8_t sides;   /* that were heard: 1 side 0, 2 side 1, 3 both */
    bool takes_long; /* more than what each of them says first */
    uint8_t waiting; /* of these; the state is theirs until they were shown, whoever asks next */
    bool answered;   /* or nDPI cannot be asked */
};

/* A payload that nDPI is still to be shown. While another thread has it, they wait, up to so many, until it is free or
 * an answer is needed. So whose payloads are heard, and how many, does not depend on answers: an answered question
 * stands as long as one without an answer. */
#define WAITING_MOST 32
struct waiting {
    struct question *question;
    struct service *service;
    int64_t time_ns;
    uint16_t length;
    bool named;
    uint8_t bytes[COMPOSED_MOST];
};

struct part {
    int64_t calls_ns, checks_ns; /* up to when calls and checks were given out */
    unsigned calls, checks;      /* that may still be made */
    uint64_t questions;          /* ever */
    int64_t first_ns;            /* when its first service began; INT64_MAX before */
};

struct second_opinion {
    struct adviser *adviser;
    uint64_t unasked;
    bool gave_way; /* ever a service to another one */
    size_t waiting_count;
    struct waiting waiting[WAITING_MOST];
    struct part parts[PARTS];
    struct question questions[PARTS * QUESTIONS];
    uint32_t tags[PARTS * SERVICES]; /* of the hash, never 0; so that a look-up touches one cache line */
    struct service services[PARTS * SERVICES];
};

struct second_opinion *second_opinion_create(struct adviser *adviser, struct failure *failure)
{
    struct second_opinion *opinion = calloc(1, sizeof *opinion);
    if (opinion == NULL) {
        failure_add(failure, "nDPI does not start: out of memory");
        return NULL;
    }
    opinion->adviser = adviser;
    for (size_t i = 0; i < PARTS; i++)
        opinion->parts[i] = (struct part){.calls = CALLS_AT_ONCE, .checks = CHECKS_AT_ONCE, .first_ns = INT64_MAX};
    return opinion;
}

static void show(struct second_opinion *opinion, const struct waiting *one)
{
    struct question *question = one->question;
    const struct adviser_question put = {.about = question->state,
                                         .packet = one->bytes,
                                         .length = one->length,
                                         .time_ns = one->time_ns,
                                         .named = one->named};
    question->waiting--;
    if (!question->answered) {
        enum advice advice = adviser_ask(opinion->adviser, &put, one->service->opinion);
        opinion->unasked += advice == ADVICE_USELESS;
        question->answered = advice != ADVICE_NOTHING;
    }
    if (question->waiting == 0 && question->flow == NULL)
        advised_clear(question->state);
}

/* Shows nDPI all that waits, if it can be had; with `now` it is waited for. */
static void show_all(struct second_opinion *opinion, bool now)
{
    if (opinion->waiting_count == 0 || !adviser_take(opinion->adviser, now))
        return;
    for (size_t i = 0; i < opinion->waiting_count; i++)
        show(opinion, &opinion->waiting[i]);
    adviser_release(opinion->adviser);
    opinion->waiting_count = 0;
}

/* What is known of the service is needed now. */
static void need(struct second_opinion *opinion, const struct service *service)
{
    for (size_t i = 0; i < opinion->waiting_count; i++)
        if (opinion->waiting[i].service == service) {
            show_all(opinion, true);
            return;
        }
}

/* The state is as good as new afterwards, or when what waits was shown. */
static void release(struct question *question)
{
    question->flow->side[0].ask = 0;
    question->service->open--;
    question->flow = NULL;
    if (question->waiting == 0)
        advised_clear(question->state);
}

void second_opinion_destroy(struct second_opinion *opinion)
{
    if (opinion == NULL)
        return;
    for (size_t i = 0; i < (size_t)PARTS * QUESTIONS; i++)
        advised_destroy(opinion->questions[i].state);
    free(opinion);
}

#define NO_PLACE SIZE_MAX
/* Numbers of services in flows: 0 is none that was looked for, this one that found no place. */
#define NOWHERE UINT16_MAX
_Static_assert(PARTS *SERVICES < NOWHERE, "every service has a number");

static unsigned part_of(const struct flow *flow)
{
    const struct endpoints ends = {.source = flow->key.address[0], .target = flow->key.address[1]};
    return flow_pair_place(&ends, PARTS);
}

/* Of its service. No seed of the process here: which services find a place must not depend on it. */
static uint64_t hash_of(const struct flow *flow)
{
    uint16_t port = flow->key.port[1 - flow->client];
    uint64_t beside = port + ((uint64_t)flow->key.protocol << 16);
    uint64_t hash = hash_bytes(&flow->key.address[1 - flow->client], sizeof(struct address), beside);
    return hash_bytes(&flow->key.address[flow->client], sizeof(struct address), hash);
}

static uint32_t tag_of(uint64_t hash)
{
    return (uint32_t)(hash >> 32) | 1;
}

static size_t neighbour(unsigned part, uint64_t hash, size_t i)
{
    return (size_t)part * SERVICES + ((hash + i) & (SERVICES - 1));
}

static bool is_of(const struct service *service, const struct flow *flow)
{
    return service->transport == flow->key.protocol && service->port == flow->key.port[1 - flow->client] &&
           address_equal(&service->address, &flow->key.address[1 - flow->client]) &&
           address_equal(&service->client, &flow->key.address[flow->client]);
}

/* The service's place, or a free place for it (tag 0); NO_PLACE when its neighbourhood is full. */
static size_t place_of(const struct second_opinion *opinion, const struct flow *flow, uint64_t hash)
{
    const unsigned part = part_of(flow);
    for (size_t i = 0; i < NEIGHBOURS; i++) {
        size_t place = neighbour(part, hash, i);
        if (opinion->tags[place] == 0 ||
            (opinion->tags[place] == tag_of(hash) && is_of(&opinion->services[place], flow)))
            return place;
    }
    return NO_PLACE;
}

/* The place of the service of that neighbourhood of which nothing was heard for longest, when that is long ago. */
static size_t forgotten_place(const struct second_opinion *opinion, const struct flow *flow, uint64_t hash,
                              int64_t time_ns)
{
    size_t oldest = NO_PLACE;
    int64_t silent_ns = FORGOTTEN_NS;
    const unsigned part = part_of(flow);
    if (clock_since(time_ns, opinion->parts[part].first_ns) <= FORGOTTEN_NS)
        return NO_PLACE;
    for (size_t i = 0; i < NEIGHBOURS; i++) {
        size_t place = neighbour(part, hash, i);
        const struct service *service = &opinion->services[place];
        if (service->open == 0 && clock_since(time_ns, service->begun_ns) > silent_ns) {
            silent_ns = clock_since(time_ns, service->begun_ns);
            oldest = place;
        }
    }
    return oldest;
}

static void note_first(struct part *part, int64_t time_ns)
{
    if (part->first_ns == INT64_MAX)
        part->first_ns = time_ns;
}

/* The flow's service, made when it is new; NULL when its neighbourhood is full. The flow keeps in mind where it is. */
static struct service *service_of(struct second_opinion *opinion, struct flow *flow, int64_t time_ns)
{
    uint64_t hash = hash_of(flow);
    size_t place = place_of(opinion, flow, hash);
    if (place == NO_PLACE && (place = forgotten_place(opinion, flow, hash, time_ns)) != NO_PLACE) {
        need(opinion, &opinion->services[place]);
        opinion->tags[place] = 0;
        opinion->gave_way = true;
    }
    flow->side[1].ask = place == NO_PLACE ? NOWHERE : (uint16_t)(place + 1);
    if (place == NO_PLACE)
        return NULL;
    struct service *service = &opinion->services[place];
    if (opinion->tags[place] == 0) {
        opinion->tags[place] = tag_of(hash);
        memset(service, 0, sizeof *service);
        note_first(&opinion->parts[part_of(flow)], time_ns);
        service->address = flow->key.address[1 - flow->client];
        service->client = flow->key.address[flow->client];
        service->port = flow->key.port[1 - flow->client];
        service->transport = flow->key.protocol;
    }
    service->begun_ns = time_ns;
    return service;
}

/* How many of what is given out one each `each_ns` have come due since `*until_ns`, which moves on: at most `room`. */
static unsigned come_due(int64_t *until_ns, int64_t each_ns, int64_t time_ns, unsigned room)
{
    int64_t since_ns = clock_since(time_ns, *until_ns), due = since_ns / each_ns;
    if (due >= room || since_ns < -SECOND_NS) /* a clock that was set back goes on from there */
        *until_ns = time_ns;
    else if (due > 0)
        *until_ns += due * each_ns;
    return due <= 0 ? 0 : due < room ? (unsigned)due : room;
}

/* May one more call be made at this packet time? */
static bool within_budget(struct part *part, int64_t time_ns)
{
    part->calls += come_due(&part->calls_ns, SECOND_NS / CALLS_A_SECOND, time_ns, CALLS_AT_ONCE - part->calls);
    part->checks += come_due(&part->checks_ns, CHECK_EACH, time_ns, CHECKS_AT_ONCE - part->checks);
    return part->calls > 0;
}

/* The flow of `a` was silent for longer than that of `b`, or as long and asked about before it. Their places tell
 * nothing: which ones they got depends on what waited. */
static bool is_more_silent(const struct question *a, const struct question *b)
{
    return a->heard_ns < b->heard_ns || (a->heard_ns == b->heard_ns && a->number < b->number);
}

/* A free place of this part, or that of the flow that was silent for longest; NULL when none was for long. Which of the
 * free ones does not matter: best is one of which nothing waits. */
static struct question *place_for(struct second_opinion *opinion, unsigned part, int64_t time_ns)
{
    struct question *first = &opinion->questions[(size_t)part * QUESTIONS], *free = NULL, *silent = first;
    for (struct question *one = first; one < first + QUESTIONS; one++) {
        if (one->flow == NULL && (free == NULL || free->waiting > 0))
            free = one;
        else if (one->flow != NULL && (silent->flow == NULL || is_more_silent(one, silent)))
            silent = one;
    }
    struct question *place = free != NULL ? free : silent;
    if (free == NULL && clock_since(time_ns, silent->heard_ns) <= PATIENCE_NS)
        return NULL;
    if (place->waiting > 0)
        show_all(opinion, true);
    if (place->flow != NULL)
        release(place);
    return place;
}

/* NULL when too many are asked about at once. */
static struct question *ask(struct second_opinion *opinion, struct flow *flow, struct service *service, int64_t time_ns)
{
    struct question *question = place_for(opinion, part_of(flow), time_ns);
    if (question == NULL || (question->state == NULL && (question->state = advised_create()) == NULL))
        return NULL;
    service->flows++;
    service->open++;
    *question = (struct question){.state = question->state,
                                  .flow = flow,
                                  .service = service,
                                  .heard_ns = time_ns,
                                  .number = ++opinion->parts[part_of(flow)].questions};
    flow->side[0].ask = (uint16_t)(question - opinion->questions + 1);
    return question;
}

static bool is_text(uint8_t byte)
{
    return (byte >= ' ' && byte <= '~') || byte == '\r' || byte == '\n' || byte == '\t';
}

/* Once both sides were heard, is it worth while to ask about more? By a third or fourth payload nDPI knows talk of
 * lines, telnet, which begins with an IAC (RFC 854), and TeamViewer; any other talk over TCP by what either side says
 * first. */
static bool may_take_long(const struct packet *packet)
{
    struct bytes in = packet->payload;
    if (packet->ends.protocol != IP_TCP || in.left < 4)
        return true;
    const uint8_t first = bytes_u8(&in), second = bytes_u8(&in), third = bytes_u8(&in), fourth = bytes_u8(&in);
    bool lines = is_text(first) && is_text(second) && is_text(third) && is_text(fourth);
    return lines || first == 0xff || (first == 0x17 && second == 0x24);
}

/* Decides once for a flow whether to ask about it. */
static struct question *begin(struct second_opinion *opinion, struct flow *flow, int64_t time_ns)
{
    flow->flags |= FLOW_ASKED;
    if (!within_budget(&opinion->parts[part_of(flow)], time_ns)) {
        opinion->unasked++;
        return NULL;
    }
    struct service *service = service_of(opinion, flow, time_ns);
    if (service != NULL)
        need(opinion, service);
    if (service != NULL && (service->named || service->opinion[0] != '\0' || service->flows >= FLOWS_MOST))
        return NULL;
    struct question *question = service != NULL ? ask(opinion, flow, service, time_ns) : NULL;
    opinion->unasked += question == NULL;
    return question;
}

void second_opinion_named(struct second_opinion *opinion, struct flow *flow, int64_t time_ns)
{
    struct service *service = service_of(opinion, flow, time_ns);
    if (service == NULL)
        return;
    need(opinion, service);
    if (flow->side[0].ask != 0) {
        const struct question *question = &opinion->questions[flow->side[0].ask - 1];
        need(opinion, question->service); /* another one, where client and server have changed places */
        if (question->answered)
            second_opinion_forget(opinion, flow);
    }
    bool first = !service->named;
    service->named = true;
    if (!first || flow->side[0].ask != 0)
        return;
    service->opinion[0] = '\0'; /* it was of flows that we did not name */
    struct part *part = &opinion->parts[part_of(flow)];
    if (within_budget(part, time_ns) && part->checks > 0 && ask(opinion, flow, service, time_ns) != NULL)
        part->checks--;
    flow->flags |= FLOW_ASKED;
}

void second_opinion_hear(struct second_opinion *opinion, struct flow *flow, const struct packet *packet)
{
    struct question *question = NULL;
    if (flow->side[0].ask != 0)
        question = &opinion->questions[flow->side[0].ask - 1];
    else if ((flow->flags & FLOW_ASKED) == 0)
        question = begin(opinion, flow, packet->time_ns);
    if (question == NULL)
        return;
    struct part *part = &opinion->parts[(size_t)(question - opinion->questions) / QUESTIONS];
    question->heard_ns = packet->time_ns;
    if (!within_budget(part, packet->time_ns))
        return;
    part->calls--;
    if (question->payloads == 0)
        question->takes_long = may_take_long(packet);
    question->sides |= (uint8_t)(1u << flow_from(&packet->ends));
    if (!question->answered) {
        struct waiting *one = &opinion->waiting[opinion->waiting_count++];
        one->question = question;
        one->service = question->service;
        one->time_ns = packet->time_ns;
        one->named = question->service->named;
        one->length = packet_compose(packet, one->bytes);
        question->waiting++;
        show_all(opinion, opinion->waiting_count == WAITING_MOST);
    }
    if (++question->payloads >= PAYLOADS_MOST || (question->sides == 3 && !question->takes_long))
        second_opinion_forget(opinion, flow);
}

void second_opinion_forget(struct second_opinion *opinion, struct flow *flow)
{
    if (flow->side[0].ask == 0)
        return;
    release(&opinion->questions[flow->side[0].ask - 1]);
}

/* The flow's service if there is one. A flow of which no number is known may be of one that others made, and so may one
 * whose service found no place, or whose client and server have changed places. */
static const struct service *known_service(const struct second_opinion *opinion, const struct flow *flow)
{
    const uint16_t number = flow->side[1].ask;
    if (number == NOWHERE && !opinion->gave_way)
        return NULL;
    if (number != 0 && number != NOWHERE && is_of(&opinion->services[number - 1], flow))
        return &opinion->services[number - 1];
    size_t place = place_of(opinion, flow, hash_of(flow));
    return place != NO_PLACE && opinion->tags[place] != 0 ? &opinion->services[place] : NULL;
}

const char *second_opinion_of(struct second_opinion *opinion, const struct flow *flow, bool named)
{
    const struct service *service = (flow->flags & FLOW_ASKED) != 0 ? known_service(opinion, flow) : NULL;
    if (service == NULL)
        return "";
    need(opinion, service);
    return service->named == named ? service->opinion : "";
}

uint64_t second_opinion_unasked(struct second_opinion *opinion)
{
    show_all(opinion, true);
    return opinion->unasked;
}
