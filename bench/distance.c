/* distance: how far the processors are from each other. Two threads, each kept on one of them, hand a counter to and
 * fro; what a round takes tells whether they share a cache (about 100 ns) or not (up to 800). Where a host moves the
 * processors of a virtual machine about, that changes from minute to minute, and so does what threads cost.
 *
 *     bench_distance      prints one line a pair: processor, processor, nanoseconds there and back */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS          10000u
#define PROCESSORS_MOST 16 /* more pairs would take too long */

struct ball {
    _Alignas(128) atomic_uint turn; /* even: to be thrown */
    int processor;                  /* where the catcher stands */
    bool placed;                    /* it could be kept there */
};

static bool stay_on(int processor)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(processor, &set);
    return pthread_setaffinity_np(pthread_self(), sizeof set, &set) == 0;
}

static void await(struct ball *ball, unsigned turn)
{
    while (atomic_load_explicit(&ball->turn, memory_order_acquire) != turn)
        ;
}

static void *catch_and_return(void *context)
{
    struct ball *ball = context;
    ball->placed = stay_on(ball->processor);
    for (unsigned round = 0; round < ROUNDS; round++) {
        await(ball, 2 * round + 1);
        atomic_store_explicit(&ball->turn, 2 * round + 2, memory_order_release);
    }
    return NULL;
}

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* Nanoseconds there and back; 0 when it cannot be measured. The first half of the rounds warms up. */
static int64_t distance_ns(int one, int other)
{
    struct ball ball = {.turn = 0, .processor = other};
    pthread_t thread;
    int64_t began_ns = 0;
    if (!stay_on(one) || pthread_create(&thread, NULL, catch_and_return, &ball) != 0)
        return 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        if (round == ROUNDS / 2)
            began_ns = now_ns();
        atomic_store_explicit(&ball.turn, 2 * round + 1, memory_order_release);
        await(&ball, 2 * round + 2);
    }
    int64_t took_ns = now_ns() - began_ns;
    pthread_join(thread, NULL);
    return ball.placed ? took_ns / (ROUNDS - ROUNDS / 2) : 0;
}

int main(void)
{
    cpu_set_t set;
    int processors[PROCESSORS_MOST], count = 0;
    if (sched_getaffinity(0, sizeof set, &set) != 0) {
        perror("bench_distance");
        return EXIT_FAILURE;
    }
    for (int i = 0; i < CPU_SETSIZE && count < PROCESSORS_MOST; i++)
        if (CPU_ISSET(i, &set))
            processors[count++] = i;
    for (int i = 0; i < count; i++)
        for (int k = i + 1; k < count; k++)
            printf("%d %d %lld\n", processors[i], processors[k], (long long)distance_ns(processors[i], processors[k]));
    return EXIT_SUCCESS;
}
