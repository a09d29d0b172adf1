/* budget: what of --memory is left for packets and judging when the program itself has its part. People read a budget
 * off their system's tools, which count all of it: its text and libraries, what nDPI knows, and batches under way. */
#ifndef APP_BUDGET_H
#define APP_BUDGET_H

#include "app/options.h"

struct budget {
    size_t memory_bytes; /* for a crew, or all crews of --fanout together */
    size_t judged_bytes; /* of them, for an audit: what observations leave of it, and writing the report */
    unsigned threads;    /* that observe: as many as were asked for, or less where memory is not enough for them */
    size_t least_mib;    /* the least that works; more than what was asked for where that is not enough */
    bool is_short;       /* less was asked for than that: so much is taken all the same */
    bool has_fewer;      /* there are fewer threads than were asked for */
};

struct budget budget_of(const struct options *options);
/* Tells on standard error where it is not as it was asked for. */
void budget_tell(const struct budget *budget, const struct options *options);

#endif
