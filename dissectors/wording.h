/* wording: a value that is put together from words and numbers, to be said. Hides that the formats of the C library,
 * which take ten times as long, are not needed for it. What is longer than a value may be is cut. */
#ifndef DISSECTORS_WORDING_H
#define DISSECTORS_WORDING_H

#include "dissectors/facts.h"

#define WORDING_MOST 255

struct wording {
    size_t length;
    char text[WORDING_MOST];
};

static inline void wording_begin(struct wording *wording)
{
    wording->length = 0; /* the text is not cleared */
}

void wording_add(struct wording *wording, struct bytes words);
void wording_add_text(struct wording *wording, const char *words);
/* In ASCII upper case. */
void wording_add_upper(struct wording *wording, struct bytes words);
void wording_add_number(struct wording *wording, int64_t number);
/* In small letters, with so many digits. */
void wording_add_hex(struct wording *wording, uint32_t number, unsigned digits);

static inline void wording_say(const struct wording *wording, enum fact_key key, struct facts *out)
{
    facts_say(out, key, bytes_of(wording->text, wording->length));
}

/* A number, and behind it what it is called; NULL when that is not known. */
void wording_say_number(int64_t number, const char *name, enum fact_key key, struct facts *out);

#endif
