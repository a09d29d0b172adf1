/* crew_threads: batches go round in a ring. The reading thread fills the next one and counts it as filled; each
 * observer works through its share of every batch in order and counts it as done; a batch is filled anew when all are
 * done with it. Two counters are all that passes between threads; mutex and conditions serve only those who have
 * nothing to do.
 *
 * Handing over costs something, too: what one thread read lies in its cache. While observing a batch takes less than
 * the time that reading it did, as with bulk data or a quiet line, the reading thread does both. */
#include "app/crewing.h"

#include "app/monotonic.h"
#include "base/pause.h"

#include <signal.h>

/* Looks at a counter before going to sleep over it. */
#define SPINS 32
/* To wake somebody costs as much as to observe many packets, so sleepers stay asleep until it is worth while: this many
 * batches are there to be observed, or as many can be filled again. */
#define WORTH_WAKING 4
_Static_assert(RING >= 2 * WORTH_WAKING, "who waits for batches to be done would wait for one that sleeps");
/* Or until reading a batch takes so long that they might as well begin. */
#define SLOW_NS INT64_C(1000000)
/* Batches by which the pace is judged. */
#define PACE_BATCHES 8
/* Judgements on end that the reading thread does best alone, until somebody reads ahead for it: a capture of which that
 * is true only now and then is read as before. And as many until it is clear whether that saves a twentieth of the time
 * at least. The first ones of either do not count. */
#define LONG_ALONE 12
#define UNSTEADY   4
/* What is read ahead, the reading thread need not read: that is the larger part of reading. */
#define READING_AHEAD_SAVES 3

static bool is_filled(struct crew *crew, uint64_t number)
{
    return atomic_load(&crew->filled) > number;
}

/* False when no batch of this number will come. */
static bool await_batch(struct crew *crew, struct member *member, uint64_t number)
{
    for (unsigned i = 0; i < SPINS; i++)
        if (is_filled(crew, number))
            return true;
        else
            pause_a_little();
    pthread_mutex_lock(&crew->mutex);
    atomic_store(&member->asleep, true);
    while (!is_filled(crew, number) && !atomic_load(&crew->no_more))
        pthread_cond_wait(&crew->work, &crew->mutex);
    atomic_store(&member->asleep, false);
    pthread_mutex_unlock(&crew->mutex);
    return is_filled(crew, number);
}

/* A member's share of a batch. Returns how long it took. */
static int64_t work(const struct member *member, const struct batch *batch)
{
    const struct share *share = &batch->shares[member->number];
    int64_t began_ns = monotonic_ns();
    observer_take(member->observer, batch->parcels, share->which, share->count);
    return monotonic_ns() - began_ns;
}

static void tell_reader(struct crew *crew)
{
    pthread_mutex_lock(&crew->mutex);
    pthread_cond_signal(&crew->room);
    pthread_mutex_unlock(&crew->mutex);
}

static void *observe(void *context)
{
    struct member *member = context;
    struct crew *crew = member->crew;
    if (member->observer == NULL)
        member->observer = observer_create(&member->options, &member->failure);
    atomic_fetch_add(&crew->ready, 1);
    tell_reader(crew);
    if (member->observer == NULL)
        return NULL;
    for (uint64_t number = 0; await_batch(crew, member, number); number++) {
        int64_t worked_ns = work(member, &crew->ring[number % RING]);
        atomic_fetch_add(&member->worked_ns, worked_ns);
        atomic_store(&member->done, number + 1);
        if (atomic_load(&crew->awaited) == number + 1)
            tell_reader(crew);
    }
    observer_finish(member->observer, crew->first_ns, crew->now_ns);
    return NULL;
}

static bool all_did(struct crew *crew, uint64_t number)
{
    for (unsigned i = 0; i < crew->threads; i++)
        if (atomic_load(&crew->members[i].done) < number)
            return false;
    return true;
}

/* Until the first `number` batches are done by all. */
static void await_done(struct crew *crew, uint64_t number)
{
    for (unsigned i = 0; i < SPINS; i++)
        if (all_did(crew, number))
            return;
        else
            pause_a_little();
    pthread_mutex_lock(&crew->mutex);
    atomic_store(&crew->awaited, number);
    while (!all_did(crew, number))
        pthread_cond_wait(&crew->room, &crew->mutex);
    atomic_store(&crew->awaited, 0);
    pthread_mutex_unlock(&crew->mutex);
}

/* Does anybody sleep for whom at least `worth` batches are there? In a forked process nobody does. */
static bool has_sleeper(struct crew *crew, uint64_t worth)
{
    uint64_t filled = atomic_load(&crew->filled);
    for (unsigned i = 0; i < crew->threads; i++)
        if (atomic_load(&crew->members[i].asleep) && filled - atomic_load(&crew->members[i].done) >= worth)
            return true;
    return false;
}

static void wake(struct crew *crew, uint64_t worth)
{
    if (!has_sleeper(crew, worth))
        return;
    pthread_mutex_lock(&crew->mutex);
    pthread_cond_broadcast(&crew->work);
    pthread_mutex_unlock(&crew->mutex);
}

void crew_threads_wake(struct crew *crew)
{
    wake(crew, 1);
}

/* One more batch for the threads; until there is room for the next. */
static void pass_on(struct crew *crew, int64_t read_ns)
{
    uint64_t filled = atomic_load_explicit(&crew->filled, memory_order_relaxed) + 1;
    atomic_store(&crew->filled, filled);
    wake(crew, read_ns > SLOW_NS ? 1 : WORTH_WAKING);
    if (filled + 1 > RING && !all_did(crew, filled + 1 - RING))
        await_done(crew, filled + 1 - RING + WORTH_WAKING);
}

static void await_ready(struct crew *crew)
{
    pthread_mutex_lock(&crew->mutex);
    while (atomic_load(&crew->ready) < crew->threads)
        pthread_cond_wait(&crew->room, &crew->mutex);
    pthread_mutex_unlock(&crew->mutex);
}

/* Signals are for the reading thread, which waits for packets; but what the sandbox denies a thread is told there.
 * Returns an error number, or 0. */
static int start(pthread_t *thread, void *(*does)(void *), void *context)
{
    sigset_t all, before;
    sigfillset(&all);
    sigdelset(&all, SIGSYS);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int problem = pthread_create(thread, NULL, does, context);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return problem;
}

bool crew_threads_start(struct crew *crew, unsigned wanted, struct failure *failure)
{
    for (; crew->threads < wanted; crew->threads++) {
        struct member *member = &crew->members[crew->threads];
        int problem = start(&member->thread, observe, member);
        if (problem != 0) {
            failure_add(failure, "cannot start a thread: %s", strerror(problem));
            break;
        }
    }
    await_ready(crew);
    for (unsigned i = 0; i < crew->threads; i++)
        if (failure_any(&crew->members[i].failure))
            failure_add(failure, "%s", crew->members[i].failure.text);
    return crew->threads == wanted && !failure_any(failure);
}

void crew_threads_stop(struct crew *crew)
{
    pthread_mutex_lock(&crew->mutex);
    atomic_store(&crew->no_more, true);
    pthread_cond_broadcast(&crew->work);
    pthread_mutex_unlock(&crew->mutex);
    for (unsigned i = 0; i < crew->threads; i++)
        pthread_join(crew->members[i].thread, NULL);
    crew->threads = 0;
}

void crew_threads_rest(struct crew *crew)
{
    crew_threads_wake(crew);
    await_done(crew, atomic_load(&crew->filled));
}

/* ---- reading ahead ---- */

/* All batches are free but the one that the reading thread is to fill. */
static void begin_ahead(struct crew *crew)
{
    uint8_t *blocks[AHEAD_BLOCKS];
    uint64_t filled = atomic_load(&crew->filled);
    for (size_t i = 0; i < AHEAD_BLOCKS; i++)
        blocks[i] = crew->ring[(filled + 1 + i) % RING].block;
    ahead_use(crew->ahead, blocks);
}

struct ahead *crew_ahead(struct crew *crew)
{
    if (crew->pace.alone < LONG_ALONE || crew->never_fetches)
        return NULL;
    if (!crew->fetches)
        crew->fetches = start(&crew->fetcher, ahead_work, crew->ahead) == 0;
    crew->never_fetches = !crew->fetches;
    return crew->fetches ? crew->ahead : NULL;
}

void crew_threads_stop_ahead(struct crew *crew)
{
    if (!crew->fetches)
        return;
    ahead_end(crew->ahead);
    pthread_join(crew->fetcher, NULL);
    crew->fetches = false;
}

/* ---- the pace ---- */

static bool is_worth_handing_over(const struct crew *crew)
{
    const struct pace *pace = &crew->pace;
    if (pace->how == CREW_PACE_ALTERNATES)
        return !pace->hands_over && pace->alone > LONG_ALONE + UNSTEADY;
    return pace->how == CREW_PACE_MEASURED &&
           pace->worked_ns / pace->observed >
               pace->read_ns / pace->batches *
                   (pace->alone >= LONG_ALONE && !crew->never_fetches ? READING_AHEAD_SAVES : 1);
}

/* Batches that all threads are done with. */
static uint64_t least_done(struct crew *crew)
{
    uint64_t least = atomic_load(&crew->filled);
    for (unsigned i = 0; i < crew->threads; i++)
        if (atomic_load(&crew->members[i].done) < least)
            least = atomic_load(&crew->members[i].done);
    return least;
}

/* Adds what the last batches took, and decides in the end whether it stays so that somebody reads ahead: that depends
 * on how the page cache holds the file, and on which processors share a cache. */
static void trial_add(struct crew *crew, int64_t took_ns)
{
    struct pace *pace = &crew->pace;
    struct trial *trial = &pace->trial;
    uint64_t packets = crew->packets - pace->packets;
    if (pace->alone == 1)
        *trial = (struct trial){0};
    if (pace->alone > UNSTEADY && pace->alone <= LONG_ALONE) {
        trial->before_ns += took_ns;
        trial->before_packets += packets;
    } else if (pace->alone > LONG_ALONE + UNSTEADY && pace->alone <= 2 * LONG_ALONE) {
        trial->since_ns += took_ns;
        trial->since_packets += packets;
    }
    if (pace->alone == 2 * LONG_ALONE && pace->how == CREW_PACE_MEASURED)
        crew->never_fetches = (double)trial->since_ns * (double)trial->before_packets >
                              0.95 * (double)trial->before_ns * (double)trial->since_packets;
}

/* Judges the pace every few batches. */
static void pace_add(struct crew *crew, int64_t read_ns, int64_t worked_ns)
{
    struct pace *pace = &crew->pace;
    pace->batches++;
    pace->read_ns += read_ns;
    pace->worked_ns += worked_ns;
    if (pace->batches < PACE_BATCHES)
        return;
    uint64_t done = least_done(crew);
    pace->observed += (unsigned)(done - pace->done);
    pace->done = done;
    for (unsigned i = 0; i < crew->threads; i++)
        pace->worked_ns += atomic_exchange(&crew->members[i].worked_ns, 0);
    if (pace->observed == 0)
        return; /* threads have only just been woken */
    pace->hands_over = is_worth_handing_over(crew);
    pace->alone = pace->hands_over || crew->threads == 0 ? 0 : pace->alone + 1;
    if (pace->alone > 0)
        trial_add(crew, pace->read_ns + pace->worked_ns);
    pace->packets = crew->packets;
    if (pace->hands_over)
        ahead_rest(crew->ahead); /* the blocks are needed */
    else if (pace->alone == LONG_ALONE)
        begin_ahead(crew);
    pace->batches = pace->observed = 0;
    pace->read_ns = pace->worked_ns = 0;
}

void crew_threads_take(struct crew *crew, const struct batch *batch)
{
    int64_t rested_ns = crew->pace.rested_ns, worked_ns = 0;
    int64_t read_ns = rested_ns != 0 ? monotonic_ns() - rested_ns : 0;
    if (crew->threads > 0 && crew->pace.hands_over) {
        pass_on(crew, read_ns);
    } else {
        crew_threads_rest(crew);
        for (unsigned i = 0; i < crew->observers; i++)
            worked_ns += work(&crew->members[i], batch);
        crew->pace.observed++;
    }
    pace_add(crew, read_ns, worked_ns);
    crew->pace.rested_ns = monotonic_ns();
}
