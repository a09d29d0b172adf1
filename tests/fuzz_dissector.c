/* fuzz_dissector: any bytes, cut into a talk of two sides, are played to the dissector named by DISSECTOR: no read past
 * the window (the sanitizer looks), however the bytes are cut the same lines are heard, and the probe wants none that
 * begin otherwise than the dissector declares.
 *
 * The input: one byte for the size of the chunks, then pieces: one byte for the direction, two for the length. */
#include "tests/play.h"

#define PIECES_MOST 64

extern const struct dissector DISSECTOR;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct said said[PIECES_MOST];
    struct talk talk = {.name = "fuzz", .by = &DISSECTOR, .said = said};
    struct bytes in = bytes_of(data, size);
    size_t chunk = 1 + bytes_u8(&in) % 64u;
    while (in.left > 3 && talk.count < PIECES_MOST) {
        enum direction from = bytes_u8(&in) % 2 == 0 ? FROM_CLIENT : FROM_SERVER;
        size_t length = bytes_le16(&in);
        struct bytes piece = bytes_take(&in, length < in.left ? length : in.left);
        said[talk.count++] = (struct said){from, piece.at, piece.left};
        if (piece.left > 0 && !play_begins_rightly(&DISSECTOR, piece, from))
            abort();
    }
    struct heard whole, cut;
    heard_init(&whole);
    heard_init(&cut);
    play(&whole, &DISSECTOR, &talk, PLAY_WHOLE);
    play(&cut, &DISSECTOR, &talk, chunk);
    if (!heard_same(&whole, &cut)) {
        fprintf(stderr, "at once:\n");
        heard_print(&whole, stderr);
        fprintf(stderr, "in chunks of %zu bytes:\n", chunk);
        heard_print(&cut, stderr);
        abort();
    }
    heard_fini(&whole);
    heard_fini(&cut);
    return 0;
}
