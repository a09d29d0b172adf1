/* talk: a conversation as a script, and a player that feeds it to a dissector the way the pipeline does: what the
 * dissector left stays in the window, new bytes are appended, skipped bytes are dropped. Each call gets an exact-size
 * copy, so that the sanitizer sees any read past the window. */
#ifndef TESTS_TALK_H
#define TESTS_TALK_H

#include "dissectors/dissector.h"

#include <stdio.h>
#include <stdlib.h>

struct said {
    enum direction from;
    const void *bytes;
    size_t length;
};

/* What one side says at once. */
// clang-format off
#define TALK_C(text) {FROM_CLIENT, text, sizeof(text) - 1}
#define TALK_S(text) {FROM_SERVER, text, sizeof(text) - 1}
// clang-format on

struct talk {
    const char *name;
    const struct dissector *by; /* whose talk it is */
    const struct said *said;
    size_t count;
};

/* What was said, as sorted lines of text without repeats: "key=value", "binding ...", "authentication=...",
 * "encryption=..." (the weakest of each), "outcome=..." (the last). */
struct heard {
    struct facts facts; /* first, so that a listener finds the rest */
    char *lines[512];
    size_t count;
    enum authentication authentication;
    enum encryption encryption;
    enum encryption upgrade; /* what "tls" is called since an upgrade */
    enum outcome outcome;
    enum dissect_answer last;
};

#endif
