/* bench_measure: runs one command and writes what it cost as one line of numbers to a file: wall, user and system
 * time in microseconds, peak memory in KiB, exit status. A program of its own because the peak memory that the kernel
 * counts for a child includes that of the process it was forked from, and a Python interpreter is larger than much of
 * what is measured here. */
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t in_us(struct timeval time)
{
    return (int64_t)time.tv_sec * 1000000 + time.tv_usec;
}

/* As a shell says it: the exit status, or 128 and the signal. */
static int exit_status(int status)
{
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int main(int count, char **words)
{
    if (count < 3) {
        fputs("usage: bench_measure RESULT COMMAND [ARGUMENT...]\n", stderr);
        return 2;
    }
    int64_t begun_us = now_us();
    pid_t child = fork();
    if (child == 0) {
        execvp(words[2], &words[2]);
        fprintf(stderr, "bench_measure: %s: %s\n", words[2], strerror(errno));
        _exit(127);
    }
    int status = 0;
    struct rusage cost;
    if (child < 0 || wait4(child, &status, 0, &cost) < 0) {
        fprintf(stderr, "bench_measure: %s: %s\n", words[2], strerror(errno));
        return 2;
    }
    int64_t ended_us = now_us();
    FILE *result = fopen(words[1], "w");
    if (result == NULL) {
        fprintf(stderr, "bench_measure: %s: %s\n", words[1], strerror(errno));
        return 2;
    }
    fprintf(result, "%" PRId64 " %" PRId64 " %" PRId64 " %ld %d\n", ended_us - begun_us, in_us(cost.ru_utime),
            in_us(cost.ru_stime), cost.ru_maxrss, exit_status(status));
    if (fclose(result) != 0) {
        fprintf(stderr, "bench_measure: %s: %s\n", words[1], strerror(errno));
        return 2;
    }
    return 0;
}
