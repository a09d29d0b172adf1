/* second_opinion: the border to nDPI: whom it is asked about, how often, and what it said. What it reads is composed
 * (flows/compose.h). */
#include "flows/second_opinion.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/pause.h"
#include "flows/compose.h"

#include <stdlib.h>

#ifdef HAVE_NDPI

#include <gcrypt.h>
#include <ndpi_api.h>
#include <pthread.h>

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

/* Looks for nDPI to be free before falling asleep, and pauses between them. */
#define LOOKS  100
#define PAUSES 4

#define FLOWS_MOST    3 /* flows of a service */
#define PAYLOADS_MOST 4 /* payloads of a flow */
/* So long, and no longer, a question waits for the next payload when its place is needed. Shorter than any silence
 * after which an observer may end a flow, since when it does depends on its other flows. */
#define PATIENCE_NS (SECOND_NS / 2)

/* As one client uses it: what is asked about a flow must not depend on flows of others, which may be observed in
 * another thread. */
struct service {
    struct address address, client;
    uint16_t port;
    uint8_t transport;
    uint8_t flows; /* asked about */
    bool named;    /* our own dissectors named it */
    char opinion[24];
};

struct question {
    struct ndpi_flow_struct *state; /* stays for the next question; NULL before the first */
    struct flow *flow;              /* NULL: free */
    struct service *service;
    int64_t heard_ns; /* last */
    uint8_t payloads;
};

struct part {
    int64_t calls_ns, checks_ns; /* up to when calls and checks were given out */
    unsigned calls, checks;      /* that may still be made */
};

struct adviser {
    pthread_mutex_t mutex; /* held while nDPI works */
    struct ndpi_detection_module_struct *module;
    bool useless; /* it could not be loaded */
};

struct second_opinion {
    struct adviser *adviser;
    uint64_t unasked;
    struct part parts[PARTS];
    struct question questions[PARTS * QUESTIONS];
    uint32_t tags[PARTS * SERVICES]; /* of the hash, never 0; so that a look-up touches one cache line */
    struct service services[PARTS * SERVICES];
};

const char *second_opinion_version(void)
{
    return ndpi_revision();
}

const char *second_opinion_gcrypt_version(void)
{
    return gcry_check_version(NULL);
}

/* nDPI decrypts QUIC with libgcrypt, and leaves its set-up to the first module; it must be over before there are
 * several threads (The Libgcrypt Reference Manual, "Initializing the library"). */
struct adviser *adviser_create(struct failure *failure)
{
    struct adviser *adviser = calloc(1, sizeof *adviser);
    if (adviser == NULL) {
        failure_add(failure, "nDPI does not start: out of memory");
        return NULL;
    }
    pthread_mutex_init(&adviser->mutex, NULL);
    gcry_check_version(NULL);
    gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
    return adviser;
}

void adviser_destroy(struct adviser *adviser)
{
    if (adviser == NULL)
        return;
    if (adviser->module != NULL)
        ndpi_exit_detection_module(adviser->module);
    pthread_mutex_destroy(&adviser->mutex);
    free(adviser);
}

/* Loading all it knows takes nDPI some milliseconds: as long as many a small capture. */
static void load(struct adviser *adviser)
{
    NDPI_PROTOCOL_BITMASK all;
    adviser->module = ndpi_init_detection_module(ndpi_dont_load_tor_hosts);
    adviser->useless = adviser->module == NULL;
    if (adviser->useless)
        return;
    NDPI_BITMASK_SET_ALL(all);
    ndpi_set_protocol_detection_bitmask2(adviser->module, &all);
    ndpi_finalize_initialization(adviser->module);
}

/* An answer takes a microsecond or two: less than to fall asleep over it and to be woken. */
static void lock(struct adviser *adviser)
{
    for (unsigned i = 0; i < LOOKS; i++) {
        if (pthread_mutex_trylock(&adviser->mutex) == 0)
            return;
        for (unsigned k = 0; k < PAUSES; k++)
            pause_a_little();
    }
    pthread_mutex_lock(&adviser->mutex);
}

/* What nDPI says when it has seen this packet of the flow, too. False when it cannot be asked. */
static bool advise(struct adviser *adviser, struct ndpi_flow_struct *flow, const uint8_t *bytes, uint16_t length,
                   int64_t time_ns, ndpi_protocol *said)
{
    lock(adviser);
    if (adviser->module == NULL && !adviser->useless)
        load(adviser);
    bool able = !adviser->useless;
    if (able)
        *said = ndpi_detection_process_packet(adviser->module, flow, bytes, length, (uint64_t)(time_ns / 1000000));
    pthread_mutex_unlock(&adviser->mutex);
    return able;
}

struct second_opinion *second_opinion_create(struct adviser *adviser, struct failure *failure)
{
    struct second_opinion *opinion = calloc(1, sizeof *opinion);
    if (opinion == NULL) {
        failure_add(failure, "nDPI does not start: out of memory");
        return NULL;
    }
    opinion->adviser = adviser;
    for (size_t i = 0; i < PARTS; i++)
        opinion->parts[i] = (struct part){.calls = CALLS_AT_ONCE, .checks = CHECKS_AT_ONCE};
    return opinion;
}

/* The state is as good as new afterwards. */
static void release(struct question *question)
{
    question->flow->side[0].ask = 0;
    question->flow = NULL;
    ndpi_free_flow_data(question->state);
    memset(question->state, 0, SIZEOF_FLOW_STRUCT);
}

void second_opinion_destroy(struct second_opinion *opinion)
{
    if (opinion == NULL)
        return;
    for (size_t i = 0; i < (size_t)PARTS * QUESTIONS; i++)
        if (opinion->questions[i].state != NULL)
            ndpi_free_flow(opinion->questions[i].state);
    free(opinion);
}

#define NO_PLACE SIZE_MAX

static unsigned part_of(const struct flow *flow)
{
    const struct endpoints ends = {.source = flow->key.address[0], .target = flow->key.address[1]};
    return flow_pair_place(&ends, PARTS);
}

/* The service's place, or a free place for it (tag 0); NO_PLACE when its neighbourhood is full. */
static size_t place_of(const struct second_opinion *opinion, const struct flow *flow, uint32_t *tag)
{
    const struct address *address = &flow->key.address[1 - flow->client];
    const struct address *client = &flow->key.address[flow->client];
    uint16_t port = flow->key.port[1 - flow->client];
    /* No seed of the process here: which services find a place must not depend on it. */
    uint64_t hash = hash_bytes(address, sizeof *address, port + ((uint64_t)flow->key.protocol << 16));
    hash = hash_bytes(client, sizeof *client, hash);
    *tag = (uint32_t)(hash >> 32) | 1;
    const size_t first = (size_t)part_of(flow) * SERVICES;
    for (size_t i = 0; i < NEIGHBOURS; i++) {
        size_t place = first + ((hash + i) & (SERVICES - 1));
        if (opinion->tags[place] == 0)
            return place;
        const struct service *service = &opinion->services[place];
        if (opinion->tags[place] == *tag && service->transport == flow->key.protocol && service->port == port &&
            address_equal(&service->address, address) && address_equal(&service->client, client))
            return place;
    }
    return NO_PLACE;
}

/* The flow's service, made when it is new; NULL when its neighbourhood is full. */
static struct service *service_of(struct second_opinion *opinion, const struct flow *flow)
{
    uint32_t tag;
    size_t place = place_of(opinion, flow, &tag);
    if (place == NO_PLACE)
        return NULL;
    struct service *service = &opinion->services[place];
    if (opinion->tags[place] == 0) {
        opinion->tags[place] = tag;
        service->address = flow->key.address[1 - flow->client];
        service->client = flow->key.address[flow->client];
        service->port = flow->key.port[1 - flow->client];
        service->transport = flow->key.protocol;
    }
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

static bool has_state(struct question *question)
{
    if (question->state == NULL && (question->state = ndpi_flow_malloc(SIZEOF_FLOW_STRUCT)) != NULL)
        memset(question->state, 0, SIZEOF_FLOW_STRUCT);
    return question->state != NULL;
}

/* NULL when too many are asked about at once. */
static struct question *ask(struct second_opinion *opinion, struct flow *flow, struct service *service, int64_t time_ns)
{
    size_t i = (size_t)part_of(flow) * QUESTIONS, end = i + QUESTIONS;
    while (i < end && opinion->questions[i].flow != NULL &&
           clock_since(time_ns, opinion->questions[i].heard_ns) <= PATIENCE_NS)
        i++;
    if (i == end)
        return NULL;
    struct question *question = &opinion->questions[i];
    if (question->flow != NULL)
        release(question);
    if (!has_state(question))
        return NULL;
    service->flows++;
    *question = (struct question){.state = question->state, .flow = flow, .service = service, .heard_ns = time_ns};
    flow->side[0].ask = (uint16_t)(i + 1);
    return question;
}

/* Decides once for a flow whether to ask about it. */
static struct question *begin(struct second_opinion *opinion, struct flow *flow, int64_t time_ns)
{
    flow->flags |= FLOW_ASKED;
    if (!within_budget(&opinion->parts[part_of(flow)], time_ns)) {
        opinion->unasked++;
        return NULL;
    }
    struct service *service = service_of(opinion, flow);
    if (service != NULL && (service->named || service->opinion[0] != '\0' || service->flows >= FLOWS_MOST))
        return NULL;
    struct question *question = service != NULL ? ask(opinion, flow, service, time_ns) : NULL;
    opinion->unasked += question == NULL;
    return question;
}

void second_opinion_named(struct second_opinion *opinion, struct flow *flow, int64_t time_ns)
{
    struct service *service = service_of(opinion, flow);
    if (service == NULL)
        return;
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

/* Keeps nDPI's word if it comes from the bytes and not from the port number. */
static bool note_opinion(struct second_opinion *opinion, const struct question *question, ndpi_protocol protocol)
{
    /* Of what we named the protocol is of interest; else the application, which says more. */
    bool application = protocol.app_protocol != NDPI_PROTOCOL_UNKNOWN &&
                       (!question->service->named || protocol.master_protocol == NDPI_PROTOCOL_UNKNOWN);
    uint16_t id = application ? protocol.app_protocol : protocol.master_protocol;
    if (id == NDPI_PROTOCOL_UNKNOWN || question->state->confidence != NDPI_CONFIDENCE_DPI)
        return false;
    const char *name = ndpi_get_proto_name(opinion->adviser->module, id);
    char *to = question->service->opinion;
    size_t i = 0;
    for (; name[i] != '\0' && i + 1 < sizeof question->service->opinion; i++)
        to[i] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] + 32 : name[i]);
    to[i] = '\0';
    return true;
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
    uint8_t bytes[COMPOSED_MOST];
    uint16_t length = packet_compose(packet, bytes);
    ndpi_protocol protocol;
    part->calls--;
    if (!advise(opinion->adviser, question->state, bytes, length, packet->time_ns, &protocol)) {
        opinion->unasked++;
        second_opinion_forget(opinion, flow);
        return;
    }
    if (note_opinion(opinion, question, protocol) || ++question->payloads >= PAYLOADS_MOST)
        second_opinion_forget(opinion, flow);
}

void second_opinion_forget(struct second_opinion *opinion, struct flow *flow)
{
    if (flow->side[0].ask == 0)
        return;
    release(&opinion->questions[flow->side[0].ask - 1]);
}

const char *second_opinion_of(const struct second_opinion *opinion, const struct flow *flow, bool named)
{
    if ((flow->flags & FLOW_ASKED) == 0)
        return "";
    uint32_t tag;
    size_t place = place_of(opinion, flow, &tag);
    if (place == NO_PLACE || opinion->tags[place] == 0 || opinion->services[place].named != named)
        return "";
    return opinion->services[place].opinion;
}

uint64_t second_opinion_unasked(const struct second_opinion *opinion)
{
    return opinion->unasked;
}

#else

const char *second_opinion_version(void)
{
    return "";
}

const char *second_opinion_gcrypt_version(void)
{
    return "";
}

struct adviser *adviser_create(struct failure *failure)
{
    failure_add(failure, "built without nDPI");
    return NULL;
}

void adviser_destroy(struct adviser *adviser)
{
    (void)adviser;
}

struct second_opinion *second_opinion_create(struct adviser *adviser, struct failure *failure)
{
    (void)adviser;
    failure_add(failure, "built without nDPI");
    return NULL;
}

void second_opinion_destroy(struct second_opinion *opinion)
{
    (void)opinion;
}

void second_opinion_named(struct second_opinion *opinion, struct flow *flow, int64_t time_ns)
{
    (void)opinion;
    (void)flow;
    (void)time_ns;
}

void second_opinion_hear(struct second_opinion *opinion, struct flow *flow, const struct packet *packet)
{
    (void)opinion;
    (void)flow;
    (void)packet;
}

void second_opinion_forget(struct second_opinion *opinion, struct flow *flow)
{
    (void)opinion;
    (void)flow;
}

const char *second_opinion_of(const struct second_opinion *opinion, const struct flow *flow, bool named)
{
    (void)opinion;
    (void)flow;
    (void)named;
    return "";
}

uint64_t second_opinion_unasked(const struct second_opinion *opinion)
{
    (void)opinion;
    return 0;
}

#endif
