/* disguise: addresses and names replaced by others, the same one always by the same one, so that a report can leave the
 * house. Without the key nobody can turn them back.
 *
 * Addresses keep what they share: two of one subnet, however large, are of one subnet afterwards (as Crypto-PAn does
 * it, Xu and others 2002), private ones stay private and public ones public. Names are replaced label by label, so that
 * hosts of one domain stay hosts of one domain. Words of protocols stay. */
#ifndef OBSERVATIONS_DISGUISE_H
#define OBSERVATIONS_DISGUISE_H

#include "base/address.h"
#include "base/siphash.h"
#include "observations/store.h"

#define DISGUISE_TEXT 256

struct disguise;

/* `words` are kept wherever a word of a protocol may stand (such as URL paths that a table names); they are borrowed.
 * NULL when memory runs out. */
struct disguise *disguise_create(const struct siphash_key *key, const char *const *words, size_t word_count);
void disguise_destroy(struct disguise *disguise);
/* A key from bytes of any length, such as a file's. */
struct siphash_key disguise_key_of(const void *bytes, size_t length);
/* What tells the key from others and nothing of it: 16 hexadecimal digits. */
void disguise_fingerprint(const struct disguise *disguise, char out[17]);

struct address disguise_address(struct disguise *disguise, const struct address *address);
/* False for a prefix so wide that it joins addresses that are kept apart (public ones of less than 8 bits). */
bool disguise_prefix(struct disguise *disguise, const struct prefix *prefix, struct prefix *out);
/* A host or domain name, whole or with '*'; an address is replaced as one. Returns `out`, as all below. */
const char *disguise_name(struct disguise *disguise, const char *name, char out[DISGUISE_TEXT]);
/* Text of which nothing stays: "file-0a1b2c3d" for a `kind` of "file"; "" stays. */
const char *disguise_whole(const struct disguise *disguise, const char *kind, const char *text,
                           char out[DISGUISE_TEXT]);
/* The value of a fact. */
const char *disguise_fact(struct disguise *disguise, const char *key, const char *value, char out[DISGUISE_TEXT]);

/* A store of the same observations in disguise, of about `budget_bytes`; owned by the caller. NULL with a failure. */
struct observations *disguise_store(struct disguise *disguise, const struct observations *from, size_t budget_bytes,
                                    struct failure *failure);

#endif
