/* ahead: pieces are numbered in the order in which they are taken, from 1 on, and the number says in which block one
 * lies. A counter says which are claimed, by the thread or by the reader; who claims one fetches it. A piece that is
 * there bears its number. Mutex and conditions serve only those who have nothing to do. */
#include "capture/ahead.h"

#include "base/pause.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

/* Looks before going to sleep. */
#define SPINS 300
/* So many can be fetched: worth while to wake somebody. */
#define WORTH_WAKING (AHEAD_BLOCKS / 2)
/* In place of the number of the next piece: none may be claimed. */
#define AT_REST UINT64_MAX

struct piece {
    uint8_t *start;
    bool whole;
    atomic_uint_fast64_t ready; /* the number of the piece that lies here */
};

struct ahead {
    struct piece pieces[AHEAD_BLOCKS];
    int file;
    off_t first_at; /* of the piece `first`; these three change at rest only */
    uint64_t first;
    uint64_t next; /* that will be taken */

    _Alignas(64) atomic_uint_fast64_t unclaimed; /* the first that nobody fetches yet */
    atomic_uint_fast64_t end;                    /* for those from here on there is no room yet */
    atomic_uint_fast64_t awaited;                /* the reader sleeps until it is there; 0: it does not */
    atomic_bool asleep, over;
    pthread_mutex_t mutex;
    pthread_cond_t work, there;
};

struct ahead *ahead_create(struct failure *failure)
{
    struct ahead *ahead = aligned_alloc(_Alignof(struct ahead), sizeof *ahead);
    if (ahead == NULL) {
        failure_add(failure, "out of memory for reading ahead");
        return NULL;
    }
    *ahead = (struct ahead){.file = -1, .next = 1};
    atomic_init(&ahead->unclaimed, AT_REST);
    pthread_mutex_init(&ahead->mutex, NULL);
    pthread_cond_init(&ahead->work, NULL);
    pthread_cond_init(&ahead->there, NULL);
    return ahead;
}

void ahead_destroy(struct ahead *ahead)
{
    if (ahead == NULL)
        return;
    pthread_cond_destroy(&ahead->there);
    pthread_cond_destroy(&ahead->work);
    pthread_mutex_destroy(&ahead->mutex);
    free(ahead);
}

void ahead_use(struct ahead *ahead, uint8_t *const blocks[AHEAD_BLOCKS])
{
    for (size_t i = 0; i < AHEAD_BLOCKS; i++)
        ahead->pieces[i].start = blocks[i] + AHEAD_FRONT;
}

/* ---- fetching ---- */

static struct piece *piece_of(struct ahead *ahead, uint64_t number)
{
    return &ahead->pieces[number % AHEAD_BLOCKS];
}

static bool is_there(struct ahead *ahead, uint64_t number)
{
    return atomic_load(&piece_of(ahead, number)->ready) == number;
}

static bool is_work(struct ahead *ahead)
{
    return atomic_load(&ahead->unclaimed) < atomic_load(&ahead->end);
}

/* The next piece, when there is room for it and it has not been claimed. 0: none. */
static uint64_t claim(struct ahead *ahead)
{
    uint64_t number = atomic_load(&ahead->unclaimed);
    while (number < atomic_load(&ahead->end))
        if (atomic_compare_exchange_weak(&ahead->unclaimed, &number, number + 1))
            return number;
    return 0;
}

/* Who claimed it sees where the file is: it was set before anything could be claimed. */
static void fetch(struct ahead *ahead, uint64_t number)
{
    struct piece *piece = piece_of(ahead, number);
    off_t at = ahead->first_at + (off_t)((number - ahead->first) * AHEAD_PIECE);
    piece->whole = pread(ahead->file, piece->start, AHEAD_PIECE, at) == (ssize_t)AHEAD_PIECE;
    atomic_store(&piece->ready, number);
}

/* ---- waiting ---- */

static void await_work(struct ahead *ahead)
{
    for (unsigned i = 0; i < SPINS; i++)
        if (is_work(ahead))
            return;
        else
            pause_a_little();
    pthread_mutex_lock(&ahead->mutex);
    for (;;) {
        atomic_store(&ahead->asleep, true); /* whoever wakes us takes it back, and may have done the work since */
        if (is_work(ahead) || atomic_load(&ahead->over))
            break;
        pthread_cond_wait(&ahead->work, &ahead->mutex);
    }
    atomic_store(&ahead->asleep, false);
    pthread_mutex_unlock(&ahead->mutex);
}

static void await_piece(struct ahead *ahead, uint64_t number)
{
    for (unsigned i = 0; i < SPINS; i++)
        if (is_there(ahead, number))
            return;
        else
            pause_a_little();
    pthread_mutex_lock(&ahead->mutex);
    atomic_store(&ahead->awaited, number);
    while (!is_there(ahead, number))
        pthread_cond_wait(&ahead->there, &ahead->mutex);
    atomic_store(&ahead->awaited, 0);
    pthread_mutex_unlock(&ahead->mutex);
}

static void tell(struct ahead *ahead, pthread_cond_t *condition)
{
    pthread_mutex_lock(&ahead->mutex);
    pthread_cond_signal(condition);
    pthread_mutex_unlock(&ahead->mutex);
}

/* ---- the thread ---- */

void *ahead_work(void *context)
{
    struct ahead *ahead = context;
    while (!atomic_load(&ahead->over)) {
        uint64_t number = claim(ahead);
        if (number == 0) {
            await_work(ahead);
            continue;
        }
        fetch(ahead, number);
        if (atomic_load(&ahead->awaited) == number)
            tell(ahead, &ahead->there);
    }
    return NULL;
}

void ahead_end(struct ahead *ahead)
{
    ahead_rest(ahead);
    atomic_store(&ahead->over, true);
    tell(ahead, &ahead->work);
}

/* ---- the reader ---- */

void ahead_rest(struct ahead *ahead)
{
    uint64_t unclaimed = atomic_exchange(&ahead->unclaimed, AT_REST);
    if (unclaimed == AT_REST)
        return;
    for (uint64_t number = ahead->next; number < unclaimed; number++) {
        await_piece(ahead, number);
        atomic_store(&piece_of(ahead, number)->ready, 0); /* it will bear another */
    }
}

static void begin(struct ahead *ahead, int file, off_t at)
{
    ahead_rest(ahead);
    ahead->file = file;
    ahead->first = ahead->next;
    ahead->first_at = at;
    atomic_store(&ahead->unclaimed, ahead->next);
}

static bool follows(struct ahead *ahead, int file, off_t at)
{
    return atomic_load(&ahead->unclaimed) != AT_REST && file == ahead->file &&
           at == ahead->first_at + (off_t)((ahead->next - ahead->first) * AHEAD_PIECE);
}

uint8_t *ahead_take(struct ahead *ahead, int file, off_t at)
{
    if (!follows(ahead, file, at))
        begin(ahead, file, at);
    uint64_t number = ahead->next, mine;
    atomic_store(&ahead->end, number - 1 + AHEAD_BLOCKS); /* all but the one taken before */
    if (atomic_load(&ahead->asleep) && atomic_load(&ahead->end) - atomic_load(&ahead->unclaimed) >= WORTH_WAKING &&
        atomic_exchange(&ahead->asleep, false))
        tell(ahead, &ahead->work);
    while (!is_there(ahead, number) && (mine = claim(ahead)) != 0)
        fetch(ahead, mine);
    await_piece(ahead, number);
    if (!piece_of(ahead, number)->whole) {
        ahead_rest(ahead);
        return NULL;
    }
    ahead->next++;
    return piece_of(ahead, number)->start;
}
