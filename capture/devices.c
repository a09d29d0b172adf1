/* devices: several interfaces merged by time; see devices.h. */
#include "capture/devices.h"

#include "base/memory.h"
#include "base/now.h"
#include "capture/fanout.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define WAIT_MS 100
/* How often the kernel hands over what it has: seldom where nobody waits for it, since a block is used up each time. */
#define HAND_OVER_ALONE_MS   100
#define HAND_OVER_SEVERAL_MS 20
/* A block may stay with the kernel for two of those periods (packet_mmap, TPACKET_V3), and a little is for the way. */
#define HOLD_NS (INT64_C(50) * 1000000)

#define LONGEST_FRAME ((size_t)256 << 10)

struct device {
    struct source *source;
    struct device_state state;
    struct frame head; /* read, and not handed out yet */
    bool has_head, dry;
    bool is_held;  /* head lies in `held`, else in the block of this batch */
    uint8_t *held; /* LONGEST_FRAME bytes; only where there are several */
    uint32_t last_dropped, last_missed;
};

struct devices {
    struct device all[SOURCES_AT_ONCE];
    size_t count;
    int64_t from_ns; /* what came before was not divided yet and is passed over; INT64_MIN: nothing */
};

/* ---- opening and closing ---- */

static bool device_begin(struct devices *devices, const char *name, const struct device_options *options,
                         const char *filter, struct failure *failure)
{
    struct device *device = &devices->all[devices->count];
    device->state.name = name;
    device->source = source_open_device(name, options, filter, failure);
    if (device->source == NULL)
        return false;
    devices->count++;
    return true;
}

struct devices *devices_open(const char *const names[], size_t count, const struct device_options *options,
                             const char *filter, struct failure *failure)
{
    struct device_options how = *options;
    how.hand_over_ms = count > 1 ? HAND_OVER_SEVERAL_MS : HAND_OVER_ALONE_MS;
    struct devices *devices = calloc(1, sizeof *devices);
    if (devices == NULL) {
        failure_add(failure, "out of memory");
        return NULL;
    }
    devices->from_ns = INT64_MIN;
    for (size_t i = 0; i < count && i < SOURCES_AT_ONCE; i++)
        device_begin(devices, names[i], &how, filter, failure);
    for (size_t i = 0; count > 1 && i < devices->count; i++)
        devices->all[i].held = memory_reserve(LONGEST_FRAME, "a packet that waits for its turn", failure);
    if (failure_any(failure)) {
        devices_close(devices);
        return NULL;
    }
    devices_look(devices);
    return devices;
}

void devices_close(struct devices *devices)
{
    if (devices == NULL)
        return;
    for (size_t i = 0; i < devices->count; i++) {
        source_close(devices->all[i].source);
        memory_release(devices->all[i].held, LONGEST_FRAME);
    }
    free(devices);
}

static int socket_of(const struct devices *devices, size_t i)
{
    return pcap_fileno(source_device(devices->all[i].source));
}

/* Until all are members, a packet comes to more than one of them. */
bool devices_share(struct devices *const all[], size_t count, struct failure *failure)
{
    for (size_t i = 0; i < all[0]->count; i++) {
        unsigned group;
        const char *name = all[0]->all[i].state.name;
        bool ok = fanout_begin(socket_of(all[0], i), &group, name, failure);
        for (size_t k = 1; k < count && ok; k++)
            ok = fanout_join(socket_of(all[k], i), group, name, failure);
    }
    int64_t now_ns = wall_ns();
    for (size_t k = 0; k < count; k++)
        all[k]->from_ns = now_ns;
    return !failure_any(failure);
}

/* ---- reading ---- */

static void lose(struct device *device)
{
    device->state.gone = true;
    device->state.why = source_cut_text(device->source);
}

static bool any_left(const struct devices *devices)
{
    for (size_t i = 0; i < devices->count; i++)
        if (!devices->all[i].state.gone || devices->all[i].has_head)
            return true;
    return false;
}

/* Where in the batch's block frames may still be put. */
struct room {
    uint8_t *block;
    size_t used;
};

/* Sees to it that the device has a head, if it has anything; it lies in the block. */
static void fetch_head(struct device *device, struct room *room, uint8_t number)
{
    size_t count = 0;
    if (device->has_head || device->dry || device->state.gone)
        return;
    if (source_read(device->source, room->block + room->used, &device->head, 1, &count) == SOURCE_CUT)
        lose(device);
    device->has_head = count > 0;
    device->dry = count == 0;
    device->is_held = false;
    device->head.source = number;
    if (count > 0)
        room->used += device->head.captured;
}

static void bring_in(struct device *device, struct room *room)
{
    memcpy(room->block + room->used, device->held, device->head.captured);
    device->head.start = room->block + room->used;
    room->used += device->head.captured;
}

/* The device whose head is the earliest; of equals the one named first. NULL when there is none. */
static struct device *earliest(struct devices *devices, bool *all_speak)
{
    struct device *first = NULL;
    *all_speak = true;
    for (size_t i = 0; i < devices->count; i++) {
        struct device *device = &devices->all[i];
        if (!device->has_head)
            *all_speak = *all_speak && device->state.gone;
        else if (first == NULL || device->head.time_ns < first->head.time_ns)
            first = device;
    }
    return first;
}

/* How long a head must still wait for earlier ones, 0 or less: not at all. Where the clock was set, nobody waits. */
static int64_t wait_of(const struct device *device, int64_t now_ns)
{
    int64_t age_ns = clock_since(now_ns, device->head.time_ns);
    return age_ns < 0 ? 0 : HOLD_NS - age_ns;
}

/* The blocks are given back to the caller: what was not handed out is put aside. */
static void put_heads_aside(struct devices *devices)
{
    for (size_t i = 0; i < devices->count; i++) {
        struct device *device = &devices->all[i];
        if (!device->has_head || device->is_held)
            continue;
        memcpy(device->held, device->head.start, device->head.captured);
        device->is_held = true;
    }
}

/* One frame at a time: each device's next is known before the earliest of them goes. A frame may need this much room
 * twice: once as a new head, and once more when it comes back from where it was held. */
static void read_in_turn(struct devices *devices, uint8_t *block, struct frame out[], size_t most, size_t *count)
{
    struct room room = {.block = block};
    int64_t now_ns = wall_ns(); /* before anything is looked at: what comes after is later */
    for (size_t i = 0; i < devices->count; i++)
        devices->all[i].dry = false;
    while (*count < most) {
        bool all_speak;
        for (size_t i = 0; i < devices->count && SOURCE_BLOCK - room.used >= LONGEST_FRAME; i++)
            fetch_head(&devices->all[i], &room, (uint8_t)i);
        struct device *first = earliest(devices, &all_speak);
        if (first == NULL || (!all_speak && wait_of(first, now_ns) > 0) || SOURCE_BLOCK - room.used < LONGEST_FRAME)
            break;
        if (first->is_held)
            bring_in(first, &room);
        out[(*count)++] = first->head;
        first->has_head = false;
    }
    put_heads_aside(devices);
}

static void pass_over_early(struct devices *devices, struct frame out[], size_t *count)
{
    size_t early = 0;
    while (early < *count && out[early].time_ns < devices->from_ns)
        early++;
    if (early < *count)
        devices->from_ns = INT64_MIN; /* they come in order */
    *count -= early;
    memmove(out, out + early, *count * sizeof *out);
}

bool devices_read(struct devices *devices, uint8_t *block, struct frame out[], size_t most, size_t *count)
{
    *count = 0;
    if (devices->count > 1) {
        read_in_turn(devices, block, out, most, count);
    } else if (!devices->all[0].state.gone) {
        if (source_read(devices->all[0].source, block, out, most, count) == SOURCE_CUT)
            lose(&devices->all[0]);
    }
    if (devices->from_ns != INT64_MIN)
        pass_over_early(devices, out, count);
    return any_left(devices);
}

/* Only for those of which nothing is known: of others the kernel would say at once that there is more. */
void devices_wait(const struct devices *devices)
{
    struct pollfd waits[SOURCES_AT_ONCE];
    nfds_t count = 0;
    int64_t now_ns = wall_ns(), longest_ns = INT64_C(1000000) * WAIT_MS;
    for (size_t i = 0; i < devices->count; i++) {
        const struct device *device = &devices->all[i];
        if (device->has_head && wait_of(device, now_ns) < longest_ns)
            longest_ns = wait_of(device, now_ns);
        else if (!device->has_head && !device->state.gone)
            waits[count++] =
                (struct pollfd){.fd = pcap_get_selectable_fd(source_device(device->source)), .events = POLLIN};
    }
    if (longest_ns > 0)
        poll(waits, count, (int)(longest_ns / 1000000) + 1); /* whatever it says, the next read looks */
}

/* ---- how they are ---- */

size_t devices_count(const struct devices *devices)
{
    return devices->count;
}

const struct device_state *devices_state(const struct devices *devices, size_t i)
{
    return &devices->all[i].state;
}

/* libpcap's counters have 32 bits and go round in a long run. */
void devices_look(struct devices *devices)
{
    for (size_t i = 0; i < devices->count; i++) {
        struct device *device = &devices->all[i];
        pcap_t *pcap = source_device(device->source);
        struct pcap_stat stats;
        if (device->state.gone)
            continue;
        if (pcap_stats(pcap, &stats) == 0) {
            device->state.dropped += (uint32_t)(stats.ps_drop - device->last_dropped);
            device->state.missed += (uint32_t)(stats.ps_ifdrop - device->last_missed);
            device->last_dropped = stats.ps_drop;
            device->last_missed = stats.ps_ifdrop;
        }
        device->state.down = !device_is_up(pcap, device->state.name);
    }
}
