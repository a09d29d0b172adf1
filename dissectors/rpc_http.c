/* rpc_http: methods and the server in a target: MS-RPCH 2.2.2 (rpcproxy.dll?server:port). Since Exchange 2013 the
 * server is a mailbox, GUID@domain: of that only the domain is said. */
#include "dissectors/rpc_http.h"

#include "dissectors/http_head.h"
#include "dissectors/words.h"

unsigned rpc_http_bodies(struct bytes method)
{
    if (bytes_are(method, "RPC_IN_DATA"))
        return RPC_HTTP_REQUEST;
    if (bytes_are(method, "RPC_OUT_DATA"))
        return RPC_HTTP_RESPONSE;
    return bytes_are(method, "RPC_CONNECT") ? RPC_HTTP_REQUEST | RPC_HTTP_RESPONSE : 0;
}

void rpc_http_say_server(struct bytes authority, struct bytes query, struct facts *out)
{
    char text[WORDS_ENDPOINT_MOST];
    uint64_t port;
    struct bytes server = query.left > 0 ? query : authority, digits = server, host = http_host(server);
    while (digits.left > 0 && memchr(digits.at, ':', digits.left) != NULL)
        (void)words_until(&digits, ':');
    if (host.left == 0 || host.left > WORDS_HOST_MOST || !words_number(digits, UINT16_MAX, &port) || port == 0)
        return;
    facts_say(out, FACT_HTTP_RPC_SERVERS, bytes_of(text, words_endpoint(host, (uint16_t)port, text)));
}
