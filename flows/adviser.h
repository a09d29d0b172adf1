/* adviser: nDPI, which all observers of a crew ask, one at a time. This is the only file that knows nDPI; built without
 * it, it knows nothing and says so. It is not told addresses: its word of one flow depends on no other, in whatever
 * order flows come, and not on who is behind an address either. */
#ifndef FLOWS_ADVISER_H
#define FLOWS_ADVISER_H

#include "base/failure.h"

#include <stdbool.h>
#include <stdint.h>

#define ADVISER_WORD 24

struct adviser;
/* What it keeps of a flow. */
struct advised;

/* "" when built without nDPI, else its version. */
const char *adviser_version(void);
/* The same of libgcrypt, which nDPI decrypts with. */
const char *adviser_gcrypt_version(void);

/* It takes some milliseconds and MiB to load what nDPI knows, and it is asked rarely: so it is loaded when somebody
 * first asks. Before there are threads. NULL with a failure. */
struct adviser *adviser_create(struct failure *failure);
void adviser_destroy(struct adviser *adviser);

struct adviser_question {
    struct advised *about;
    const uint8_t *packet; /* from its IP header on */
    uint16_t length;
    int64_t time_ns;
    bool named; /* by a dissector of ours: then the protocol is of interest, else the application, which says more */
};
enum advice { ADVICE_NOTHING, ADVICE_WORD, ADVICE_USELESS };
/* Takes nDPI for this thread. False when another has it, and `wait` is not set. */
bool adviser_take(struct adviser *adviser, bool wait);
/* What it says when it has seen this packet of the flow, too: nothing as yet, a word in lower case, if that comes from
 * the bytes and not from the port number, or that it cannot be asked. By who has taken it. */
enum advice adviser_ask(struct adviser *adviser, const struct adviser_question *question, char word[ADVISER_WORD]);
void adviser_release(struct adviser *adviser);

/* Of no packet yet; NULL when memory ran out. */
struct advised *advised_create(void);
/* As good as new afterwards. */
void advised_clear(struct advised *about);
void advised_destroy(struct advised *about);

#endif
