/* crew_threads: batches go round in a ring. The reading thread fills the next one and counts it as filled; each
 * observer works through its share of every batch in order and counts it as done; a batch is filled anew when all are
 * done with it. Two counters are all that passes between threads; semaphores serve only those who have nothing to do:
 * each sleeps on its own, so that nobody who is woken waits for another one to be. While that is not worth while
 * (app/pace.h), the reading thread observes as well. */
#include "app/crewing.h"

#include "base/now.h"
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

static bool is_filled(struct crew *crew, uint64_t number)
{
    return atomic_load(&crew->filled) > number;
}

/* Whoever finds it asleep, itself included, must take that back, and who wakes it does so once. */
static void wake_member(struct member *member)
{
    if (atomic_exchange(&member->asleep, false))
        sem_post(&member->woken);
}

/* False when no batch of this number will come. */
static bool await_batch(struct crew *crew, struct member *member, uint64_t number)
{
    for (unsigned i = 0; i < SPINS; i++)
        if (is_filled(crew, number))
            return true;
        else
            pause_a_little();
    while (!is_filled(crew, number) && !atomic_load(&crew->no_more)) {
        atomic_store(&member->asleep, true);
        if (is_filled(crew, number) || atomic_load(&crew->no_more))
            wake_member(member);
        while (sem_wait(&member->woken) != 0)
            ;
    }
    return is_filled(crew, number);
}

/* A member's share of a batch. `lent`: see observer_take. Returns how long it took. */
static int64_t work(const struct member *member, const struct batch *batch, bool lent)
{
    const struct share *share = &batch->shares[member->number];
    int64_t began_ns = monotonic_ns();
    observer_take(member->observer, batch->parcels, share->which, share->count, lent);
    if (lent) /* parcels are written past the caches */
        lines_let_go(share, offsetof(struct share, which) + share->count * sizeof *share->which);
    return monotonic_ns() - began_ns;
}

/* The first parcels of a batch, which nobody else asks for in time: another thread wrote them. */
static void ask_for_first(const struct member *member, const struct batch *batch)
{
    const struct share *share = &batch->shares[member->number];
    for (size_t i = 0; i < OBSERVER_BATCH && i < share->count; i++)
        __builtin_prefetch(&batch->parcels[share->which[i]]);
}

static void *observe(void *context)
{
    struct member *member = context;
    struct crew *crew = member->crew;
    if (member->observer == NULL)
        member->observer = observer_create(&member->options, &member->failure);
    atomic_fetch_add(&crew->ready, 1);
    sem_post(&crew->room);
    if (member->observer == NULL)
        return NULL;
    for (uint64_t number = 0; await_batch(crew, member, number); number++) {
        if (is_filled(crew, number + 1))
            ask_for_first(member, &crew->ring[(number + 1) % RING]);
        int64_t worked_ns = work(member, &crew->ring[number % RING], atomic_load(&crew->lets_go));
        atomic_fetch_add(&member->worked_ns, worked_ns);
        atomic_store(&member->done, number + 1);
        if (atomic_load(&crew->awaited) == number + 1)
            sem_post(&crew->room);
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
    atomic_store(&crew->awaited, number);
    while (!all_did(crew, number))
        sem_wait(&crew->room); /* an old word wakes it early */
    atomic_store(&crew->awaited, 0);
}

/* Those for whom at least so many batches are there. In a forked process nobody sleeps. */
static void wake(struct crew *crew, uint64_t worth)
{
    uint64_t filled = atomic_load(&crew->filled);
    for (unsigned i = 0; i < crew->threads; i++)
        if (atomic_load(&crew->members[i].asleep) && filled - atomic_load(&crew->members[i].done) >= worth)
            wake_member(&crew->members[i]);
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
    while (atomic_load(&crew->ready) < crew->threads)
        sem_wait(&crew->room);
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
    atomic_store(&crew->no_more, true);
    for (unsigned i = 0; i < crew->threads; i++)
        wake_member(&crew->members[i]);
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
    crew->has_room_ahead = true;
}

struct ahead *crew_ahead(struct crew *crew)
{
    if (!pace_reads_ahead(&crew->pace) || !crew->has_room_ahead)
        return NULL;
    if (!crew->fetches)
        crew->fetches = start(&crew->fetcher, ahead_work, crew->ahead) == 0;
    crew->pace.never_ahead = !crew->fetches;
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

/* Batches that all threads are done with. */
static uint64_t least_done(struct crew *crew)
{
    uint64_t least = atomic_load(&crew->filled);
    for (unsigned i = 0; i < crew->threads; i++)
        if (atomic_load(&crew->members[i].done) < least)
            least = atomic_load(&crew->members[i].done);
    return least;
}

static void judge(struct crew *crew)
{
    struct pace_threads threads = {.count = crew->threads, .done = least_done(crew), .packets = crew->packets};
    for (unsigned i = 0; i < crew->threads; i++)
        threads.worked_ns += atomic_exchange(&crew->members[i].worked_ns, 0);
    if (!pace_judge(&crew->pace, &threads))
        return;
    atomic_store(&crew->lets_go, crew->pace.lets_go);
    if (crew->pace.hands_over) {
        ahead_rest(crew->ahead); /* the blocks are needed */
        crew->has_room_ahead = false;
    } else if (pace_reads_ahead(&crew->pace) && !crew->has_room_ahead) {
        begin_ahead(crew);
    }
}

void crew_threads_take(struct crew *crew, const struct batch *batch)
{
    int64_t read_ns = crew->rested_ns != 0 ? monotonic_ns() - crew->rested_ns : 0, worked_ns = -1;
    if (crew_passes_on(crew)) {
        parcels_sent();
        pass_on(crew, read_ns);
    } else {
        crew_threads_rest(crew);
        worked_ns = 0;
        for (unsigned i = 0; i < crew->observers; i++)
            worked_ns += work(&crew->members[i], batch, false);
    }
    if (pace_add(&crew->pace, read_ns, worked_ns))
        judge(crew);
    crew->rested_ns = monotonic_ns();
}
