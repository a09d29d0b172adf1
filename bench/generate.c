/* bench_generate: makes the files that the benchmark reads. The same arguments give the same file, byte for byte. */
#include "bench/kinds.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    bool (*make)(struct output *output, const struct order *order, struct failure *failure);
    bool wants_captures;
} kinds[] = {
    {"mix", kind_mix, true},
    {"small", kind_small, false},
    {"elephants", kind_elephants, false},
    {"many", kind_many, false},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static const char usage[] =
    "usage: bench_generate [-p PERCENT] KIND FILE [SEED] [CAPTURE...]\n"
    "  KIND     mix (1 GiB, needs captures), small (10 million packets), elephants (1 GiB), many (5 million flows)\n"
    "  SEED     a number, 1 when not given; the same seed gives the same file\n"
    "  CAPTURE  pcap files on Ethernet whose conversations the mix replays\n"
    "  -p       make the file this much smaller, 1 to 100 percent\n";

static bool parse_number(const char *text, uint64_t most, uint64_t *value)
{
    if (text[0] == '\0' || strspn(text, "0123456789") != strlen(text) || strlen(text) > 18)
        return false;
    *value = strtoull(text, NULL, 10);
    return *value <= most;
}

/* Fills order, kind and file from the command line; false with a failure that says which word is wrong. */
static bool parse(int count, char **words, struct order *order, size_t *kind, const char **file,
                  struct failure *failure)
{
    int next = 1;
    uint64_t percent = 100;
    *order = (struct order){.seed = 1};
    if (next < count && strcmp(words[next], "-p") == 0) {
        if (next + 1 == count || !parse_number(words[next + 1], 100, &percent) || percent == 0)
            return failure_add(failure, "-p needs a number from 1 to 100");
        next += 2;
    }
    order->percent = (unsigned)percent;
    if (count - next < 2)
        return failure_add(failure, "a kind and a file to write are needed");
    for (*kind = 0; *kind < KINDS && strcmp(words[next], kinds[*kind].name) != 0; (*kind)++)
        continue;
    if (*kind == KINDS)
        return failure_add(failure, "\"%s\" is no kind of file", words[next]);
    *file = words[next + 1];
    next += 2;
    if (next < count && parse_number(words[next], UINT64_MAX, &order->seed))
        next++;
    order->captures = (const char *const *)&words[next];
    order->capture_count = (size_t)(count - next);
    if (kinds[*kind].wants_captures && order->capture_count == 0)
        return failure_add(failure, "%s needs captures to replay", kinds[*kind].name);
    if (!kinds[*kind].wants_captures && order->capture_count > 0)
        return failure_add(failure, "%s takes no captures, so \"%s\" is one word too many", kinds[*kind].name,
                           order->captures[0]);
    return true;
}

int main(int count, char **words)
{
    struct failure failure = {0};
    struct order order;
    const char *file = NULL;
    size_t kind = 0;
    if (!parse(count, words, &order, &kind, &file, &failure)) {
        fprintf(stderr, "bench_generate: %s\n%s", failure.text, usage);
        return 2;
    }
    struct output *output = output_open(file, &failure);
    bool good = output != NULL && kinds[kind].make(output, &order, &failure);
    uint64_t packets = 0, bytes = 0;
    if (output != NULL) {
        packets = output_packets(output);
        bytes = output_bytes(output);
        good = output_close(output, good, &failure) && good;
    }
    if (!good) {
        fprintf(stderr, "bench_generate: %s\n", failure.text);
        return 2;
    }
    printf("%s: %" PRIu64 " packets, %" PRIu64 " bytes\n", file, packets, bytes);
    return 0;
}
