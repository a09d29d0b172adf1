/* smb_pipe: MS-RPC as it is carried in named pipes, and the names of pipes.
 *
 * Hides PDUs that are cut over several reads, and what of RPC's findings belongs to the pipe and not to the connection:
 * how RPC protects its calls is said as rpc.* and never amounts to the protection of the SMB session. One pipe's offers
 * are remembered at a time, of the one bound last. MS-RPCE 2.1.1.2 (ncacn_np), MS-FSCC 2.1.5 (pipe names). */
#ifndef DISSECTORS_SMB_PIPE_H
#define DISSECTORS_SMB_PIPE_H

#include "dissectors/rpc_contexts.h"
#include "dissectors/rpc_security.h"

struct smb_pipe {
    struct rpc_contexts contexts;
    struct rpc_security security;
    uint32_t file; /* the open that was bound last */
};

/* What the client wrote to the pipe, or read from it. `file` is the open, by any number that tells opens apart,
 * `place` what smb_pipe_open returned for it. */
void smb_pipe_hear(struct smb_pipe *pipe, enum direction from, uint32_t file, uint8_t place, struct bytes data,
                   struct facts *out);

/* The name of a pipe that is opened, as it stands in the request: UTF-16 when `wide`. Says it when it is readable;
 * `any` false: only when it is the name of a pipe of every server. Returns which of these, or 0. */
uint8_t smb_pipe_open(struct bytes name, bool wide, bool any, struct facts *out);

#endif
