/* says: plays a talk and compares all that is said of it. */
#ifndef TESTS_SAYS_H
#define TESTS_SAYS_H

#include "tests/cmocka_all.h"
#include "tests/play.h"

/* Lines as two arguments: the list and its length. */
#define LINES(...) (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)

/* Each of these lines was heard and no other, but `beside`, which may have been (NULL: nothing else). Words that stand
 * for a secret in the talks were not. Ends what was heard. */
static inline void assert_heard_beside(struct heard *heard, const char *const *lines, size_t count, const char *beside)
{
    for (size_t i = 0; i < count; i++)
        if (!heard_has(heard, lines[i])) {
            heard_print(heard, stdout);
            fail_msg("not said: %s", lines[i]);
        }
    if (heard->count != count + (beside != NULL && heard_has(heard, beside))) {
        heard_print(heard, stdout);
        fail_msg("%zu lines are said, not %zu", heard->count, count);
    }
    assert_false(heard_contains(heard, "Str0ngSecret") || heard_contains(heard, "hubuser"));
    heard_fini(heard);
}

static inline void assert_heard(struct heard *heard, const char *const *lines, size_t count)
{
    assert_heard_beside(heard, lines, count, NULL);
}

static inline void assert_says_beside(const struct dissector *by, const struct said *said, size_t count,
                                      const char *const *lines, size_t line_count, const char *beside)
{
    struct talk talk = {"", by, said, count};
    struct heard heard;
    heard_init(&heard);
    play(&heard, by, &talk, PLAY_WHOLE);
    assert_heard_beside(&heard, lines, line_count, beside);
}

static inline void assert_says(const struct dissector *by, const struct said *said, size_t count,
                               const char *const *lines, size_t line_count)
{
    assert_says_beside(by, said, count, lines, line_count, NULL);
}

/* Of an array of what is said, by a dissector. */
#define SAYS(by, said, ...) assert_says((by), (said), sizeof(said) / sizeof(said)[0], LINES(__VA_ARGS__))

#endif
