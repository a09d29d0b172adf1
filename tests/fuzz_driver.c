/* fuzz_driver: runs a fuzz target where libFuzzer is not: mutations of the talks of all dissectors, of frames of a lab
 * capture, and plain noise, by a generator with a fixed seed, so that every run is the same. It finds less than
 * libFuzzer does, and finds it anywhere. */
#include "capture/source.h"
#include "tests/talks_all.h"

/* Where frames lie. */
static uint8_t block[SOURCE_BLOCK];

#ifndef RUNS
#define RUNS 20000
#endif
#define INPUT_MOST 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
    uint8_t bytes[INPUT_MOST];
    size_t length;
};

/* xorshift64 of G. Marsaglia. */
static uint32_t random_number(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (uint32_t)(*state >> 32);
}

static uint32_t random_below(uint64_t *state, size_t most)
{
    return most == 0 ? 0 : (uint32_t)(random_number(state) % most);
}

static void append(struct input *input, const void *bytes, size_t length)
{
    if (length > INPUT_MOST - input->length)
        length = INPUT_MOST - input->length;
    memcpy(input->bytes + input->length, bytes, length);
    input->length += length;
}

/* A talk in the form fuzz_dissector reads; other targets read it as the noise it is to them. */
static void write_talk(struct input *input, const struct talk *talk, uint8_t chunk)
{
    append(input, &chunk, 1);
    for (size_t i = 0; i < talk->count; i++) {
        const uint8_t head[3] = {talk->said[i].from == FROM_SERVER, (uint8_t)talk->said[i].length,
                                 (uint8_t)(talk->said[i].length >> 8)};
        append(input, head, sizeof head);
        append(input, talk->said[i].bytes, talk->said[i].length);
    }
}

static void write_noise(struct input *input, uint64_t *state)
{
    size_t length = random_below(state, 512);
    for (size_t i = 0; i < length; i++) {
        uint8_t byte = (uint8_t)random_number(state);
        append(input, &byte, 1);
    }
}

/* Changes a byte or a bit, sets a word to a number that tends to hurt, takes a piece out, or copies one elsewhere. */
static void mutate(struct input *input, uint64_t *state)
{
    static const uint8_t hurting[] = {0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff, '\r', '\n', '.', ' '};
    if (input->length < 8)
        return;
    size_t at = random_below(state, input->length - 4);
    size_t length = 1 + random_below(state, (input->length - at) / 2);
    size_t to = random_below(state, input->length - length + 1);
    switch (random_below(state, 5)) {
    case 0:
        input->bytes[at] = (uint8_t)random_number(state);
        break;
    case 1:
        input->bytes[at] ^= (uint8_t)(1u << random_below(state, 8));
        break;
    case 2:
        memset(input->bytes + at, hurting[random_below(state, sizeof hurting)], 1 + random_below(state, 4));
        break;
    case 3:
        memmove(input->bytes + at, input->bytes + at + length, input->length - at - length);
        input->length -= length;
        break;
    default:
        memmove(input->bytes + to, input->bytes + at, length);
    }
}

static const struct talk *choose_talk(uint64_t *state)
{
    const struct book *book = &books[random_below(state, BOOK_COUNT)];
    return &book->talks[random_below(state, book->count)];
}

/* The next few frames of the capture in the form fuzz_decode reads: link type, then length, what was cut off, bytes. */
static void write_frames(struct input *input, struct source **source, uint64_t *state)
{
    static const uint8_t ethernet[2] = {0, 0};
    struct failure failure = {0};
    struct frame frames[4];
    size_t count = 0;
    if (*source == NULL)
        *source = source_open("pcaps/all_in_one.pcap", NULL, &failure);
    if (*source == NULL)
        return; /* run from elsewhere: talks and noise have to do */
    append(input, ethernet, sizeof ethernet);
    if (source_read(*source, block, frames, 1 + random_below(state, 4), &count) != SOURCE_MORE) {
        source_close(*source);
        *source = NULL;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const uint8_t head[3] = {(uint8_t)(frames[i].captured >> 8), (uint8_t)frames[i].captured, 0};
        append(input, head, sizeof head);
        append(input, frames[i].start, frames[i].captured);
    }
}

int main(void)
{
    uint64_t state = UINT64_C(0x9e3779b97f4a7c15);
    struct source *source = NULL;
    for (unsigned run = 0; run < RUNS; run++) {
        struct input input = {.length = 0};
        if (run % 16 == 0)
            write_noise(&input, &state);
        else if (run % 4 == 0)
            write_frames(&input, &source, &state);
        else
            write_talk(&input, choose_talk(&state), (uint8_t)random_number(&state));
        for (uint32_t mutations = random_below(&state, 9); mutations > 0; mutations--)
            mutate(&input, &state);
        /* Exactly as long as it is, so that the sanitizer sees any read past it. */
        uint8_t *copy = malloc(input.length > 0 ? input.length : 1);
        memcpy(copy, input.bytes, input.length);
        LLVMFuzzerTestOneInput(copy, input.length);
        free(copy);
    }
    source_close(source);
    printf("%d inputs\n", RUNS);
    return 0;
}
