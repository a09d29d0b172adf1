/* nearest: the distance of Damerau and Levenshtein (optimal string alignment) over three rows, case ignored. */
#include "audit/nearest.h"

#include "base/bytes.h"

#include <stdio.h>
#include <string.h>

#define LONGEST 64 /* bytes of a word that is compared; longer ones are like nothing */

bool nearest_is_known(const char *word, const char *const *known)
{
    for (; *known != NULL; known++)
        if (strcmp(word, *known) == 0)
            return true;
    return false;
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static bool same(char a, char b)
{
    return bytes_upper((uint8_t)a) == bytes_upper((uint8_t)b);
}

/* Both at most LONGEST long. */
static unsigned changes(const char *a, size_t a_length, const char *b, size_t b_length)
{
    unsigned rows[3]
                 [LONGEST + 1]; /* of the letters of `a` read so far: this one, the one before, the one before that */
    for (unsigned j = 0; j <= b_length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        unsigned *row = rows[i % 3];
        const unsigned *before = rows[(i + 2) % 3], *earlier = rows[(i + 1) % 3];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b_length; j++) {
            row[j] = least(before[j] + 1, row[j - 1] + 1);
            row[j] = least(row[j], before[j - 1] + (same(a[i - 1], b[j - 1]) ? 0 : 1));
            if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
                row[j] = least(row[j], earlier[j - 2] + 1);
        }
    }
    return rows[a_length % 3][b_length];
}

const char *nearest_word(const char *word, const char *const *known)
{
    size_t length = strlen(word);
    if (length == 0 || length > LONGEST)
        return NULL;
    /* One change in a short word, a third of a longer one: `hubb` is hub, `x` is nothing. */
    unsigned fewest = length < 3 ? 1 : 1 + (unsigned)length / 3;
    const char *nearest = NULL;
    for (; *known != NULL; known++) {
        size_t known_length = strlen(*known);
        if (known_length > LONGEST)
            continue;
        unsigned count = changes(word, length, *known, known_length);
        if (count < known_length && count < fewest + (nearest == NULL)) {
            fewest = count;
            nearest = *known;
        }
    }
    return nearest;
}

const char *nearest_meant(const char *word, const char *const *known, char out[NEAREST_MEANT])
{
    const char *nearest = nearest_word(word, known);
    out[0] = '\0';
    if (nearest != NULL)
        snprintf(out, NEAREST_MEANT, " did you mean %s?", nearest);
    return out;
}

const char *nearest_hint(const char *word, const char *const *known, char out[NEAREST_HINT])
{
    const char *nearest = nearest_word(word, known);
    if (nearest == NULL)
        return nearest_list(known, out);
    snprintf(out, NEAREST_HINT, "; did you mean \"%s\"?", nearest);
    return out;
}

const char *nearest_list(const char *const *known, char out[NEAREST_HINT])
{
    static const char cut[] = ", ...";
    size_t length = (size_t)snprintf(out, NEAREST_HINT, "; known are:");
    for (size_t i = 0; known[i] != NULL; i++) {
        const char *comma = i > 0 ? ", " : " ";
        if (length + strlen(comma) + strlen(known[i]) + sizeof cut > NEAREST_HINT) {
            memcpy(out + length, cut, sizeof cut);
            break;
        }
        length += (size_t)snprintf(out + length, NEAREST_HINT - length, "%s%s", comma, known[i]);
    }
    return out;
}
