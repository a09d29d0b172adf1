/* ldap_layer: the packets that carry LDAP once a bind agreed on a security layer: four bytes of length, then a buffer
 * that is signed or sealed.
 *
 * Hides whose buffers they are: Kerberos (RFC 4121 4.2.6.2; RFC 1964 1.2.2 and RFC 4757 7.3 before it), NTLM
 * (MS-NLMP 2.2.2.9) or DIGEST-MD5 (RFC 2831 2.3). The packet itself is that of RFC 4422 3.7. */
#ifndef DISSECTORS_LDAP_LAYER_H
#define DISSECTORS_LDAP_LAYER_H

#include "dissectors/dissector.h"

#define LDAP_LAYER_PREFIX 4
/* As much of a packet as is needed to tell. */
#define LDAP_LAYER_HEAD ((size_t)160)

struct ldap_layer {
    size_t length; /* of the whole packet */
    bool sealed;
    size_t clear, clear_end; /* where in the packet readable LDAP begins and ends; equal when there is none */
};

/* Takes what the packet's first LDAP_LAYER_HEAD bytes, or all of a shorter one, tell. False when `in` is shorter: wait;
 * a buffer of no known provider counts as sealed, `known` tells. */
bool ldap_layer_read(struct bytes in, enum direction from, struct ldap_layer *layer, bool *known);

/* Do these bytes begin with such a packet? What NTLM has sealed looks like many things: it takes two in sequence. */
enum likeness ldap_layer_like(struct bytes in, enum direction from);

#endif
