/* narrow: the setting that gives an RPC service one port for good instead of a dynamic one, where Microsoft documents
 * it.
 */
#ifndef AUDIT_NARROW_H
#define AUDIT_NARROW_H

struct narrowing {
    const char *setting; /* registry value or setting, and of which service */
    const char *source;  /* where it is documented */
};

/* The setting for an interface by its short name (tables/rpc-interfaces.tsv); NULL where none is known. */
const struct narrowing *narrow_find(const char *interface);

#endif
