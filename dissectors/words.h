/* words: what text protocols write alike: words between white space, numbers, keywords, hosts with ports. Hides how an
 * address stands in text: IPv6 in brackets (RFC 3261 25.1, RFC 5954) or without (RFC 4566 5.7). */
#ifndef DISSECTORS_WORDS_H
#define DISSECTORS_WORDS_H

#include "base/address.h"
#include "base/bytes.h"

#define WORDS_HOST_MOST     253                               /* RFC 1035 2.3.4, without the last dot */
#define WORDS_ENDPOINT_MOST (WORDS_HOST_MOST + 2 + 1 + 5 + 1) /* brackets, colon, port, NUL */

/* White space of text protocols; the end of a folded line is some too. */
bool words_space(uint8_t c);

/* Without white space at both ends. */
struct bytes words_trim(struct bytes text);

/* Takes what comes before the next `end` (or all), and drops the `end`. */
struct bytes words_until(struct bytes *text, uint8_t end);

/* Takes the next word between white space; empty when there is none. */
struct bytes words_next(struct bytes *text);

/* Is all of this a number up to `most`? */
bool words_number(struct bytes text, uint64_t most, uint64_t *number);

/* Is all of this an address, without brackets? */
bool words_address(struct bytes text, struct address *address);

/* One of many words that are tried: most of them differ in their length, which is counted beforehand. */
struct word {
    const char *text;
    size_t length;
};
#define WORD(text)                                                                                                     \
    {                                                                                                                  \
        (text), sizeof(text) - 1                                                                                       \
    }

/* As bytes_are. */
static inline bool words_are(struct bytes text, const struct word *word)
{
    return text.left == word->length && bytes_starts(text, word->text);
}

/* Does this word, which is not empty, stand anywhere in it (ASCII, without regard to case)? */
bool words_contain(struct bytes text, const char *word);

/* Could all of this be the name of a host? */
bool words_is_name(struct bytes text);

/* Could this be a verb or a mechanism, of at most `most` bytes? Letters, digits, '-' and '_' beginning with a letter,
 * and all letters of one case: so are they written, and so is a secret in base64 in the wrong place next to never. */
bool words_is_keyword(struct bytes word, size_t most);

/* Writes `host:port`, an IPv6 address in brackets, and returns its length. `host` has at most WORDS_HOST_MOST bytes. */
size_t words_endpoint(struct bytes host, uint16_t port, char out[WORDS_ENDPOINT_MOST]);

#endif
