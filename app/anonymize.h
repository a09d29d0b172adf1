/* anonymize: --anonymize: what was observed, and the site, in disguise before anything is judged, so that no sentence
 * of a report was ever made of the originals. */
#ifndef APP_ANONYMIZE_H
#define APP_ANONYMIZE_H

#include "app/options.h"
#include "audit/site.h"
#include "audit/table.h"
#include "base/siphash.h"
#include "observations/disguise.h"

struct anonymize {
    bool wanted;
    struct siphash_key key;
    struct disguise *disguise;
    const char **words; /* that tables name */
    char fingerprint[17];
    struct observations *store; /* in disguise */
    struct site *site;          /* in disguise; NULL when there is none */
};

/* Takes a key: that of the file, or one that nobody will know. Nothing when it is not wanted. */
bool anonymize_init(struct anonymize *anonymize, const struct options *options, struct failure *failure);
/* Fills store and site. */
bool anonymize_inputs(struct anonymize *anonymize, const struct observations *store, const struct site *site,
                      struct path_table *const *tables, size_t table_count, size_t budget_bytes,
                      struct failure *failure);
void anonymize_fini(struct anonymize *anonymize);

#endif
