/* registry: all dissectors, in order of priority: of two that both claim the same bytes the earlier one gets them. */
#include "dissectors/dissector.h"

#define DISSECTORS(X)                                                                                                  \
    X(dcerpc)                                                                                                          \
    X(rpc_datagram)                                                                                                    \
    X(smtp)                                                                                                            \
    X(pop3)                                                                                                            \
    X(imap)                                                                                                            \
    X(nntp)                                                                                                            \
    X(tls)                                                                                                             \
    X(ldap)                                                                                                            \
    X(http)                                                                                                            \
    X(kerberos)                                                                                                        \
    X(kpasswd)                                                                                                         \
    X(sip)                                                                                                             \
    X(cldap)                                                                                                           \
    X(dtls)                                                                                                            \
    X(smb)                                                                                                             \
    X(nbns)                                                                                                            \
    X(nbdgm)                                                                                                           \
    X(dns)                                                                                                             \
    X(mdns)                                                                                                            \
    X(llmnr)                                                                                                           \
    X(rdp)                                                                                                             \
    X(tds)                                                                                                             \
    X(x400)                                                                                                            \
    X(net_tcp)                                                                                                         \
    X(isakmp)                                                                                                          \
    X(stun)                                                                                                            \
    X(ntp)                                                                                                             \
    X(rtp)                                                                                                             \
    X(rtcp)

#define DECLARED(name) extern const struct dissector dissector_##name;
DISSECTORS(DECLARED)

#define LISTED(name) &dissector_##name,
const struct dissector *const dissectors[] = {DISSECTORS(LISTED) NULL};
