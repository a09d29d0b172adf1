/* renew: an observer goes on with another store when all rows of the one it had were written, and names and pairs of
 * what is long over fill it. Flows find their pairs again when they need them; of names only those go along that flows
 * and what is being dissected still hold. */
#include "app/observing.h"

/* From one store to another. Most flows share a few names. */
struct moving {
    const struct observations *from;
    struct observations *to;
    uint32_t last, last_moved;
};

static uint32_t move_name(struct moving *moving, uint32_t name)
{
    if (name != moving->last) {
        moving->last = name;
        moving->last_moved = observations_move_name(moving->to, moving->from, name);
    }
    return moving->last_moved;
}

static bool move_flow(void *context, struct flow *flow)
{
    struct moving *moving = context;
    flow->pair = 0;
    flow->source = move_name(moving, flow->source);
    if (flow->protection != 0)
        flow->protection = observations_move_name(moving->to, moving->from, flow->protection);
    return false;
}

/* What a flow said already it does not say again. */
static void move_slots(struct observer *observer, struct moving *moving)
{
    for (size_t i = 1; i < observer->slots_used; i++) {
        struct slot *slot = &observer->slots[i];
        slot->said_bits = 0;
        for (size_t k = 0; k < slot->said; k++) {
            slot->said_values[k] =
                (slot->said_values[k] & ~(uint64_t)UINT32_MAX) | move_name(moving, (uint32_t)slot->said_values[k]);
            slot->said_bits |= slot_said_bit(slot->said_values[k]);
        }
    }
}

struct observations *observer_renew(struct observer *observer, const struct observer_options *options)
{
    struct failure failure = {0};
    struct observations *old = observer->store, *new = observations_create(options->store_bytes, &failure);
    struct scanning *scanning =
        new != NULL ? scanning_create((options->memory_bytes - options->store_bytes) / 40, &failure) : NULL;
    if (scanning == NULL) {
        observations_destroy(new);
        return NULL;
    }
    struct moving moving = {.from = old, .to = new};
    flow_table_sweep(observer->flows, SIZE_MAX, move_flow, &moving);
    move_slots(observer, &moving);
    for (size_t i = 0; i < SOURCES_AT_ONCE; i++)
        observer->sources[i] = observations_move_name(new, old, observer->sources[i]);
    observer->listener.source = observations_move_name(new, old, observer->listener.source);
    scanning_destroy(observer->scanning); /* it knows pairs */
    observer->scanning = scanning;
    observer->gone_evicted += observations_evicted(old);
    observer->gone_lost += observations_lost_facts(old);
    observer->store = new;
    observe_names(observer, options->sensor);
    return old;
}
