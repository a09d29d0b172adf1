/* ldap_netlogon: what clients ask of a directory before they know it, and what it tells of itself: LDAP pings, and the
 * root entry's extensions.
 *
 * Hides filters, attribute lists and the packed structures of netlogon. Rules: RFC 4511 4.5, RFC 4512 5.1 (root entry),
 * MS-ADTS 6.3.1 (structures and flags) and 6.3.3 (pings). Nothing is said of users. */
#ifndef DISSECTORS_LDAP_NETLOGON_H
#define DISSECTORS_LDAP_NETLOGON_H

#include "dissectors/dissector.h"

#define LDAP_STARTTLS "1.3.6.1.4.1.1466.20037" /* RFC 4511 4.14 */

/* A search for the root entry: says the DNS domain of a ping. */
void ldap_root_search(struct bytes elements, struct facts *out);

/* The root entry, or what stands in its place: says what a netlogon attribute tells, and StartTLS if it is offered. */
void ldap_root_entry(struct bytes elements, struct facts *out);

#endif
