/* rpc_http: RPC through an HTTP proxy: which requests carry it, and to which server. The body of RPC_IN_DATA carries
 * what the client says, the body of the answer to RPC_OUT_DATA what the server says, RPC_CONNECT (version 1) both.
 * Rules: MS-RPCH 2.1.2.1, 2.2.2. */
#ifndef DISSECTORS_RPC_HTTP_H
#define DISSECTORS_RPC_HTTP_H

#include "dissectors/dissector.h"

/* What reads the body. */
extern const struct dissector dissector_dcerpc;

/* Bodies that carry PDUs; bits. */
enum { RPC_HTTP_REQUEST = 1, RPC_HTTP_RESPONSE = 2 };

/* Of a request by its method; 0 when it is none of these. */
unsigned rpc_http_bodies(struct bytes method);

/* Says the server and port that stand in the query, or instead of a path. */
void rpc_http_say_server(struct bytes authority, struct bytes query, struct facts *out);

#endif
