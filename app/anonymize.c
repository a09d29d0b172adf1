/* anonymize: see app/anonymize.h. */
#include "app/anonymize.h"

#include "audit/site_disguise.h"
#include "observations/disguise.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define KEY_LEAST 16 /* bytes: fewer can be tried one after the other */
#define KEY_MOST  4096

static bool read_key(struct siphash_key *key, const char *path, struct failure *failure)
{
    char bytes[KEY_MOST];
    FILE *in = fopen(path, "rb");
    if (in == NULL)
        return failure_add(failure, "--anonymize-key %s: cannot be opened: %s", path, strerror(errno));
    size_t length = fread(bytes, 1, sizeof bytes, in);
    bool ok = !ferror(in);
    int error = errno;
    fclose(in);
    if (!ok)
        return failure_add(failure, "--anonymize-key %s: cannot be read: %s", path, strerror(error));
    if (length < KEY_LEAST)
        return failure_add(failure,
                           "--anonymize-key %s: has %zu bytes; a key needs %d at least, such as from "
                           "'head -c 32 /dev/urandom'",
                           path, length, KEY_LEAST);
    *key = disguise_key_of(bytes, length);
    return true;
}

bool anonymize_init(struct anonymize *anonymize, const struct options *options, struct failure *failure)
{
    *anonymize = (struct anonymize){.wanted = options->anonymize || options->anonymize_key != NULL};
    if (options->anonymize_key != NULL)
        return read_key(&anonymize->key, options->anonymize_key, failure);
    if (anonymize->wanted && getrandom(&anonymize->key, sizeof anonymize->key, 0) != sizeof anonymize->key)
        return failure_add(failure, "--anonymize: no random key to be had: %s", strerror(errno));
    return true;
}

/* Words of rows: URL paths, SMTP verbs. What a table expects is no secret, and rows are matched by it. */
static size_t words_of(struct path_table *const *tables, size_t count, const char **words)
{
    size_t found = 0;
    for (size_t t = 0; t < count; t++)
        for (size_t p = 0; p < tables[t]->path_count; p++)
            for (size_t k = 0; k < tables[t]->paths[p].part_count; k++) {
                const struct texts *services = &tables[t]->paths[p].parts[k].services;
                for (size_t i = 0; i < services->count; i++, found++)
                    if (words != NULL)
                        words[found] = services->items[i];
            }
    return found;
}

bool anonymize_inputs(struct anonymize *anonymize, const struct observations *store, const struct site *site,
                      struct path_table *const *tables, size_t table_count, size_t budget_bytes,
                      struct failure *failure)
{
    if (!anonymize->wanted)
        return true;
    size_t count = words_of(tables, table_count, NULL);
    anonymize->words = calloc(count + 1, sizeof *anonymize->words);
    if (anonymize->words != NULL) {
        words_of(tables, table_count, anonymize->words);
        anonymize->disguise = disguise_create(&anonymize->key, anonymize->words, count);
    }
    if (anonymize->disguise == NULL)
        return failure_add(failure, "out of memory");
    disguise_fingerprint(anonymize->disguise, anonymize->fingerprint);
    if (site != NULL)
        anonymize->site = site_disguise(site, anonymize->disguise, failure);
    if (site == NULL || anonymize->site != NULL)
        anonymize->store = disguise_store(anonymize->disguise, store, budget_bytes, failure);
    return anonymize->store != NULL;
}

void anonymize_fini(struct anonymize *anonymize)
{
    observations_destroy(anonymize->store);
    site_destroy(anonymize->site);
    disguise_destroy(anonymize->disguise);
    free(anonymize->words);
    explicit_bzero(&anonymize->key, sizeof anonymize->key);
}
