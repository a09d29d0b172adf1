/* ndr: how MS-RPC lays out what it carries, in both transfer syntaxes.
 *
 * Hides the byte order the sender declared, the alignment from the start of a stub, and that pointers and counts take
 * four bytes in NDR (C706 chapter 14) and eight in NDR64 (MS-RPCE 2.2.5). */
#ifndef DISSECTORS_NDR_H
#define DISSECTORS_NDR_H

#include "base/bytes.h"
#include "base/uuid.h"

enum ndr_syntax {
    NDR_UNKNOWN, /* the negotiation was not seen */
    NDR_32,
    NDR_64,
};

/* An interface as it stands in binds and towers. */
struct rpc_interface {
    struct uuid uuid;
    uint16_t major, minor;
};

static inline bool rpc_interface_equal(const struct rpc_interface *a, const struct rpc_interface *b)
{
    return uuid_equal(&a->uuid, &b->uuid) && a->major == b->major && a->minor == b->minor;
}

static inline uint16_t ndr_u16(struct bytes *in, bool little)
{
    return little ? bytes_le16(in) : bytes_be16(in);
}

static inline uint32_t ndr_u32(struct bytes *in, bool little)
{
    return little ? bytes_le32(in) : bytes_be32(in);
}

/* A stub being read. Overruns like the cursor in it. */
struct ndr {
    struct bytes in;
    const uint8_t *start;
    bool little, wide; /* wide: NDR64 */
};

static inline struct ndr ndr_of(struct bytes stub, bool little, enum ndr_syntax syntax)
{
    return (struct ndr){stub, stub.at, little, syntax == NDR_64};
}

static inline void ndr_align(struct ndr *ndr, size_t unit)
{
    bytes_align(&ndr->in, ndr->start, unit);
}

/* To where a structure that holds pointers or counts may begin. */
static inline void ndr_align_wide(struct ndr *ndr)
{
    ndr_align(ndr, ndr->wide ? 8 : 4);
}

static inline uint32_t ndr_long(struct ndr *ndr)
{
    ndr_align(ndr, 4);
    return ndr_u32(&ndr->in, ndr->little);
}

/* A pointer's referent or the count of an array. */
static inline uint64_t ndr_count(struct ndr *ndr)
{
    ndr_align_wide(ndr);
    if (!ndr->wide)
        return ndr_u32(&ndr->in, ndr->little);
    return ndr->little ? bytes_le64(&ndr->in) : bytes_be64(&ndr->in);
}

static inline bool ndr_ok(const struct ndr *ndr)
{
    return bytes_ok(&ndr->in);
}

#endif
