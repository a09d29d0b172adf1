/* crew: reading and decoding, and handing packets to observers. All that two hosts say to each other falls to one of
 * them. */
#include "app/crewing.h"

#include "base/hash.h"
#include "base/memory.h"
#include "flows/adviser.h"
#include "flows/flow.h"
#include "observations/merge.h"

#include <assert.h>
#include <sched.h>
#include <stdlib.h>

/* An observer with less memory than this would forget flows too soon. */
#define MEMORY_LEAST ((size_t)64 << 20)

/* ---- a batch ---------------------------------------------------------------------------------------------------- */

static struct batch *batch_now(const struct crew *crew)
{
    return &crew->ring[atomic_load_explicit(&crew->filled, memory_order_relaxed) % RING];
}

/* Everything of two hosts, and errors about it, falls to one observer, and to the same in every run: where memory is
 * short, it decides what is forgotten. */
static inline unsigned member_for(const struct crew *crew, const struct parcel *parcel)
{
    if (crew->observers == 1)
        return 0;
    if (parcel->packed) {
        struct endpoints ends;
        parcel_ends(parcel, &ends);
        return flow_pair_place(&ends, crew->observers);
    }
    const struct packet *packet = parcel->at;
    const struct endpoints *ends = packet->icmp_says != ICMP_SAYS_NOTHING ? &packet->quoted : &packet->ends;
    return flow_pair_place(ends, crew->observers);
}

/* Hands over what is in the batch, if anything, and begins the next. */
static void hand_over(struct crew *crew)
{
    struct batch *batch = batch_now(crew);
    if (batch->count > 0)
        crew_threads_take(crew, batch);
    batch = batch_now(crew);
    batch->count = batch->unpacked_count = 0;
    batch->aside_used = 0;
    for (unsigned i = 0; i < crew->observers; i++)
        batch->shares[i].count = 0;
}

/* A packet that was made whole from fragments lies in the decoder, which uses the place again: it comes along, and its
 * place is free at once. A batch may hold more of them than the decoder has places. */
static void bring_along(struct crew *crew, struct packet *packet)
{
    struct batch *batch = batch_now(crew);
    size_t length = packet->payload.left;
    memcpy(batch->aside + batch->aside_used, packet->payload.at, length);
    packet->payload = bytes_of(batch->aside + batch->aside_used, length);
    batch->aside_used += length;
    decoder_release(crew->decoder);
}

/* Of one source after the other: mostly there is but one. */
static void cover_frames(struct crew *crew, const struct frame frames[], size_t count)
{
    for (size_t i = 0, end; i < count; i = end) {
        struct coverage *coverage = &crew->coverage[frames[i].source];
        int64_t first_ns = coverage->packets > 0 ? coverage->first_ns : INT64_MAX;
        int64_t last_ns = coverage->packets > 0 ? coverage->last_ns : INT64_MIN;
        uint64_t bytes = 0, truncated = 0;
        for (end = i; end < count && frames[end].source == frames[i].source; end++) {
            const struct frame *frame = &frames[end];
            first_ns = frame->time_ns < first_ns ? frame->time_ns : first_ns;
            last_ns = frame->time_ns > last_ns ? frame->time_ns : last_ns;
            bytes += frame->sent;
            truncated += frame->captured < frame->sent;
        }
        coverage->packets += end - i;
        coverage->first_ns = first_ns;
        coverage->last_ns = last_ns;
        coverage->bytes += bytes;
        coverage->truncated_frames += truncated;
    }
}

/* A mirror that cuts what it sends does not say so: only the packet tells that there was more of it. */
static inline void cover_cut(struct crew *crew, const struct frame *frame, size_t left, size_t sent)
{
    if (left < sent && frame->captured >= frame->sent)
        crew->coverage[frame->source].truncated_frames++;
}

/* Any frame. False when no packet came of it. */
static __attribute__((noinline)) bool decode_any(struct crew *crew, const struct frame *frame, struct parcel *parcel,
                                                 struct decoded_packet *out)
{
    struct batch *batch = batch_now(crew);
    struct packet *packet = &batch->unpacked[batch->unpacked_count];
    enum decoded decoded = decode_frame(crew->decoder, frame, packet);
    crew->coverage[frame->source].undecoded += decoded == DECODED_NOTHING;
    if (decoded != DECODED_PACKET)
        return false;
    cover_cut(crew, frame, packet->payload.left, packet->payload_sent);
    batch->unpacked_count++;
    parcel_wrap(packet, parcel);
    out->sighting = duplicates_sight(crew->duplicates, frame, packet);
    if (!packet_lies_in(packet, frame))
        bring_along(crew, packet);
    return true;
}

/* There was one like it. A packet that was there before is counted in coverage alone. */
static __attribute__((noinline, cold)) bool is_duplicate(struct crew *crew, const struct parcel *parcel,
                                                         const struct decoded_packet *decoded)
{
    struct timed_packet opened;
    parcel_open(parcel, &opened);
    if (parcel->packed)
        opened.packet.ip_id = decoded->plain.ip_id;
    struct coverage *coverage = &crew->coverage[opened.packet.source];
    enum duplicate said = duplicates_judge(crew->duplicates, &decoded->sighting, &opened.packet);
    coverage->duplicates += said != DUPLICATE_NO;
    coverage->duplicates_routed += said == DUPLICATE_ROUTED;
    return said != DUPLICATE_NO;
}

/* The longest IP packet may not fit any more. */
static bool aside_is_full(const struct batch *batch)
{
    return ASIDE_BYTES - batch->aside_used < UINT16_MAX;
}

/* What is new of those decoded last goes into the batch, where it mostly lies already when it stays in this thread:
 * behind a duplicate it moves up. */
static inline void put_new(struct crew *crew, struct batch *batch, struct parcel *parcel, size_t decoded)
{
    struct parcel *out = &batch->parcels[batch->count];
    const bool travels = crew_passes_on(crew);
    size_t number = batch->count;
    int64_t now_ns = crew->now_ns, first_ns = crew->first_ns;
    for (const struct decoded_packet *one = crew->group, *end = one + decoded; one < end; one++, parcel++) {
        if (!duplicates_is_new(crew->duplicates, &one->sighting) && is_duplicate(crew, parcel, one))
            continue;
        now_ns = parcel->time_ns > now_ns ? parcel->time_ns : now_ns;
        first_ns = parcel->time_ns < first_ns ? parcel->time_ns : first_ns;
        if (travels) {
            parcel_send(parcel, now_ns, out);
        } else {
            if (out != parcel)
                *out = *parcel;
            out->now_ns = now_ns;
        }
        struct share *share = &batch->shares[member_for(crew, parcel)];
        share->which[share->count++] = (uint16_t)number++;
        out++;
    }
    batch->count = number;
    crew->now_ns = now_ns;
    crew->first_ns = first_ns;
}

/* Takes the first of these frames, at most as many as are decoded together. Returns how many. */
static size_t take_group(struct crew *crew, const struct frame frames[], size_t count)
{
    struct batch *batch = batch_now(crew);
    struct parcel *first = crew_passes_on(crew) ? crew->parcels : &batch->parcels[batch->count], *parcel = first;
    struct decoded_packet *out = crew->group;
    const struct frame *frame = frames, *end = frames + (count < GROUP ? count : GROUP), *last = frames + count - 1;
    for (; frame < end; frame++) {
        const struct frame *soon = last - frame >= SOON ? frame + SOON : last;
        bool decoded = true;
        __builtin_prefetch(soon->start);
        __builtin_prefetch(soon->start + 48); /* where IP ends and TCP begins */
        /* A plain one, as nearly all are. Networks are told apart by what it passes over. */
        if (!crew->keep_apart && parcel_take(frame, parcel, &out->plain)) {
            cover_cut(crew, frame, parcel->payload_left, parcel->payload_sent);
            out->sighting = duplicates_sight_plain(crew->duplicates, frame, parcel, &out->plain);
        } else if (aside_is_full(batch)) {
            break;
        } else {
            decoded = decode_any(crew, frame, parcel, out);
        }
        parcel += decoded;
        out += decoded;
    }
    put_new(crew, batch, first, (size_t)(out - crew->group));
    size_t taken = (size_t)(frame - frames);
    cover_frames(crew, frames, taken);
    return taken;
}

uint8_t *crew_block(struct crew *crew)
{
    return batch_now(crew)->block;
}

void crew_take(struct crew *crew, const struct frame frames[], size_t count)
{
    bool split = false;
    for (size_t taken = 0; taken < count; taken += take_group(crew, frames + taken, count - taken)) {
        if (aside_is_full(batch_now(crew))) {
            hand_over(crew);
            split = true;
        }
    }
    hand_over(crew);
    if (count == 0)
        crew_threads_wake(crew);
    if (split) /* later batches hold packets that lie in this one's block */
        crew_threads_rest(crew);
    decoder_release(crew->decoder);
    crew->packets += count;
}

/* ---- sources and coverage --------------------------------------------------------------------------------------- */

/* The counters of the run as a whole, of which a source's coverage gets its share. Observers are at rest. */
static struct coverage run_counters(const struct crew *crew)
{
    struct decode_counters decoded = decoder_counters(crew->decoder);
    struct coverage sum = {.fragments_lost = decoded.fragments_lost + crew->fragments_waiting,
                           .duplicates = decoded.fragments_copies};
    for (unsigned i = 0; i < crew->observers; i++) {
        struct observer_losses losses = observer_losses(crew->members[i].observer);
        sum.missing_bytes += losses.missing_bytes;
        sum.evicted_flows += losses.evicted_flows;
        sum.evicted_conversations += losses.evicted_conversations;
        sum.lost_facts += losses.lost_facts;
        sum.unasked_flows += losses.unasked_flows;
    }
    return sum;
}

static struct observations *first_store(const struct crew *crew)
{
    return observer_store(crew->members[0].observer);
}

uint8_t crew_source(struct crew *crew, const char *name, const char *filter)
{
    uint8_t number = 0;
    while (crew->reading[number]) {
        number++;
        assert(number < SOURCES_AT_ONCE);
    }
    crew_threads_rest(crew);
    crew->dropped[number] = 0;
    crew->watched_ns[number] = INT64_MAX;
    for (unsigned i = 0; i < crew->observers; i++)
        observer_source(crew->members[i].observer, number, name);
    crew->reading[number] = true;
    crew->coverage[number] = (struct coverage){
        .sensor = crew->rest.sensor,
        .source = observations_name_of(first_store(crew), name),
        .filter = observations_name_of(first_store(crew), filter),
    };
    return number;
}

/* Writes down what arose since the last row; what the end of the run adds comes as a row of its own that counts no
 * packets twice. */
void crew_cover(struct crew *crew, struct coverage *row)
{
    struct coverage now = run_counters(crew), *before = &crew->counted;
    row->fragments_lost = now.fragments_lost - before->fragments_lost;
    row->duplicates += now.duplicates - before->duplicates;
    row->missing_bytes = now.missing_bytes - before->missing_bytes;
    row->evicted_flows = now.evicted_flows - before->evicted_flows;
    row->evicted_conversations = now.evicted_conversations - before->evicted_conversations;
    row->lost_facts = now.lost_facts - before->lost_facts;
    row->unasked_flows = now.unasked_flows - before->unasked_flows;
    crew->counted = now;
}

void crew_source_ended(struct crew *crew, uint8_t number, bool cut, uint64_t dropped)
{
    struct coverage *row = &crew->coverage[number];
    crew_threads_rest(crew);
    row->dropped = dropped - crew->dropped[number];
    row->truncated = cut;
    crew_join_parts(crew, number);
    crew_cover(crew, row);
    observations_cover(first_store(crew), row);
    crew->reading[number] = false;
    crew->rest = (struct coverage){
        .sensor = row->sensor,
        .source = row->source,
        .filter = row->filter,
        .first_ns = row->first_ns,
        .last_ns = row->last_ns,
    };
}

/* What was lost since the last source ended. */
static void cover_rest(struct crew *crew)
{
    struct coverage rest = crew->rest;
    crew_cover(crew, &rest);
    if (rest.missing_bytes + rest.evicted_flows + rest.evicted_conversations + rest.lost_facts + rest.fragments_lost +
            rest.unasked_flows >
        0)
        observations_cover(first_store(crew), &rest);
}

void crew_rest(struct crew *crew)
{
    crew_threads_rest(crew);
}

void crew_forked(struct crew *crew)
{
    crew->threads = 0;
}

void crew_finish(struct crew *crew)
{
    if (crew->threads > 0)
        crew_threads_stop(crew); /* each finishes its own */
    else
        for (unsigned i = 0; i < crew->observers; i++)
            observer_finish(crew->members[i].observer, crew->first_ns, crew->now_ns);
    crew->finished = true;
    crew->fragments_waiting = decoder_counters(crew->decoder).fragments_waiting;
    cover_rest(crew);
}

/* ---- what was observed ------------------------------------------------------------------------------------------ */

size_t crew_stores(struct crew *crew, struct observations *out[CREW_OBSERVERS_MOST])
{
    size_t count = crew->merged && crew->kept == NULL ? 1 : crew->observers;
    for (size_t i = 0; i < count; i++)
        out[i] = observer_store(crew->members[i].observer);
    return count;
}

struct observations *crew_store(struct crew *crew)
{
    if (crew->kept != NULL)
        return crew_kept_store(crew);
    for (unsigned i = 1; i < crew->observers && !crew->merged; i++)
        observations_merge(first_store(crew), observer_store(crew->members[i].observer));
    if (!crew->merged && crew->finished) {
        crew->merged = true;
        cover_rest(crew);
    }
    return first_store(crew);
}

void crew_share_time(struct crew *crew, struct crew *other)
{
    crew->first_ns = other->first_ns = crew->first_ns < other->first_ns ? crew->first_ns : other->first_ns;
    crew->now_ns = other->now_ns = crew->now_ns > other->now_ns ? crew->now_ns : other->now_ns;
}

void crew_add(struct crew *crew, struct crew *other)
{
    observations_merge(first_store(crew), crew_store(other));
    crew->packets += other->packets;
    crew->others_mix = crew->others_mix || crew_mixes_networks(other);
}

bool crew_mixes_networks(const struct crew *crew)
{
    return crew->others_mix || decoder_mixes_networks(crew->decoder);
}

uint64_t crew_packets(const struct crew *crew)
{
    return crew->packets;
}

/* ---- beginning and end ------------------------------------------------------------------------------------------ */

/* Those this process may run on. */
static unsigned processors(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
}

unsigned crew_threads_default(size_t memory_bytes)
{
    unsigned here = processors(), threads = here / 2;
    size_t memory = memory_bytes != 0 ? memory_bytes : CREW_MEMORY_DEFAULT;
    if (threads < 2) /* of two processors, reading leaves enough of one for another to observe */
        threads = here > 1 ? 2 : 0;
    if (threads > memory / MEMORY_LEAST)
        threads = (unsigned)(memory / MEMORY_LEAST);
    return threads < 4 ? threads : 4; /* more would wait for the one that reads */
}

/* Of the budget, for what is observed: as much as can be judged within all of it, also where every conversation is a
 * finding. */
static size_t stores_of(size_t memory_bytes)
{
    return memory_bytes / 11 * 2;
}

/* What is observed is in the end all in the first observer's store. By then the flows' memory is given back, and with
 * it the others' share. */
static void divide_memory(struct crew *crew, const struct crew_options *options, size_t memory_bytes)
{
    size_t stores = stores_of(memory_bytes);
    unsigned in_all = crew->observers * (options->crews > 0 ? options->crews : 1);
    for (unsigned i = 0; i < crew->observers; i++) {
        struct member *member = &crew->members[i];
        member->crew = crew;
        member->number = i;
        member->options = (struct observer_options){
            .store_bytes = i == 0 && !options->is_other && !options->keeps_parts ? stores : stores / in_all,
            .sensor = options->sensor,
            .adviser = crew->adviser,
            .decoder = crew->decoder,
        };
        member->options.memory_bytes = member->options.store_bytes + (memory_bytes - stores) / in_all;
    }
}

struct crew *crew_create(const struct crew_options *options, struct failure *failure)
{
    struct crew *crew = memory_reserve(sizeof *crew, "the crew", failure);
    if (crew == NULL)
        return NULL;
    size_t memory_bytes = options->memory_bytes != 0 ? options->memory_bytes : CREW_MEMORY_DEFAULT;
    unsigned threads = options->threads < CREW_OBSERVERS_MOST ? options->threads : CREW_OBSERVERS_MOST;
    sem_init(&crew->room, 0, 0);
    for (unsigned i = 0; i < CREW_OBSERVERS_MOST; i++)
        sem_init(&crew->members[i].woken, 0, 0);
    crew->observers = threads > 0 ? threads : 1;
    crew->first_ns = INT64_MAX;
    crew->now_ns = INT64_MIN;
    pace_begin(&crew->pace, options->pace);
    crew->ring = memory_reserve(RING * sizeof *crew->ring, "packets under way", failure);
    crew->ahead = ahead_create(failure);
    crew->decoder = decoder_create(memory_bytes / 64 / (options->crews > 0 ? options->crews : 1), failure);
    crew->duplicates = duplicates_create(hash_seed_of_process(), failure);
    if (options->keeps_parts)
        crew->kept = observations_create(stores_of(memory_bytes), failure);
    crew->keep_apart = options->keep_apart;
    if (crew->decoder != NULL && options->keep_apart)
        decoder_keep_apart(crew->decoder);
    if (options->second_opinion && adviser_version()[0] != '\0')
        crew->adviser = adviser_create(failure);
    divide_memory(crew, options, memory_bytes);
    if (!failure_any(failure) && crew->ring != NULL && crew->decoder != NULL && crew->duplicates != NULL)
        crew->members[0].observer = observer_create(&crew->members[0].options, failure);
    if (crew->members[0].observer == NULL || !crew_threads_start(crew, threads, failure)) {
        crew_destroy(crew);
        return NULL;
    }
    crew->rest.sensor = observations_name_of(first_store(crew), options->sensor != NULL ? options->sensor : "");
    return crew;
}

void crew_destroy(struct crew *crew)
{
    if (crew == NULL)
        return;
    if (crew->threads > 0)
        crew_threads_stop(crew);
    crew_threads_stop_ahead(crew);
    for (unsigned i = 0; i < crew->observers; i++)
        observer_destroy(crew->members[i].observer);
    observations_destroy(crew->kept);
    adviser_destroy(crew->adviser);
    ahead_destroy(crew->ahead);
    duplicates_destroy(crew->duplicates);
    decoder_destroy(crew->decoder);
    memory_release(crew->ring, RING * sizeof *crew->ring);
    for (unsigned i = 0; i < CREW_OBSERVERS_MOST; i++)
        sem_destroy(&crew->members[i].woken);
    sem_destroy(&crew->room);
    memory_release(crew, sizeof *crew);
}

#if defined(__SANITIZE_ADDRESS__)
#define LOOKS_FOR_LEAKS true
#else
#define LOOKS_FOR_LEAKS false
#endif

void crew_leave(struct crew *crew)
{
    if (crew != NULL && !LOOKS_FOR_LEAKS)
        crew->adviser = NULL;
    crew_destroy(crew);
}
