/* phrase: one sentence, or one list, put together before it is shown; and numbers in the form people read.
 *
 * A phrase has a fixed size; what does not fit is cut and ends in an ellipsis. Items of a list stand apart by
 * PHRASE_BREAK, which clean text never holds, so that a column can later decide how many of them it has room for. */
#ifndef REPORTS_PHRASE_H
#define REPORTS_PHRASE_H

#include <stddef.h>
#include <stdint.h>

#define PHRASE_BREAK '\n'
#define AMOUNT_TEXT  32

struct phrase { /* begins as {0} */
    char text[1536];
    size_t length;
    size_t omitted; /* items of a list that found no room */
};

void phrase_add(struct phrase *phrase, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* One more item of a list, made clean; once one finds no room, it and all later ones are only counted. */
void phrase_item(struct phrase *phrase, const char *text);
/* "1 conversation", "4,127,334 packets". */
void phrase_count(struct phrase *phrase, uint64_t n, const char *one, const char *many);

/* Each writes into `out` and returns it. */
const char *amount_text(uint64_t n, char out[AMOUNT_TEXT]);                     /* 4,127,334 */
const char *amount_bytes(uint64_t n, char out[AMOUNT_TEXT]);                    /* 512 bytes, 41.0 kB, 1.1 MB */
const char *amount_share(uint64_t part, uint64_t whole, char out[AMOUNT_TEXT]); /* 0.2%, <0.1% */
const char *amount_time(int64_t time_ns, char out[AMOUNT_TEXT]);                /* 35 min, 3 h 20 min */

#endif
