/* negotiate: which mechanism a security token speaks: Kerberos or NTLM, inside SPNEGO or bare, wherever it is carried
 * (RPC binds, SMTP AUTH, LDAP, HTTP, SMB). Sources: RFC 4178 (SPNEGO), RFC 2743 3.1 (GSS framing), RFC 4121 (Kerberos),
 * MS-NLMP 2.2.1 (NTLM messages), MS-SPNG. Of a token its mechanism is said, and what a Kerberos
 * message in it shows in clear: never more. */
#ifndef DISSECTORS_NEGOTIATE_H
#define DISSECTORS_NEGOTIATE_H

#include "dissectors/dissector.h"

/* What was read so far of one authentication; zero to begin with. Part of a dissector's state. */
struct negotiation {
    bool spnego; /* some token was SPNEGO */
    bool offered_kerberos, offered_ntlm;
    bool sent_kerberos;              /* an AP-REQ (or a GSS Kerberos token) was sent by the client */
    bool chose_kerberos, chose_ntlm; /* supportedMech of the server's answer */
    uint8_t ntlm_message;            /* highest NTLM message type seen: 1, 2, 3 */
    bool completed, rejected;        /* negState accept-completed, reject */
    enum authentication ntlm;        /* from a type 3: ANONYMOUS, NTLMV1, NTLMV2 or NTLM */
};

/* Reads one token of the direction `from` and says negotiate.offered and negotiate.used for what it shows, and the
 * facts of a Kerberos message in it. A token that is none of the known shapes changes nothing. */
void negotiate_token(struct negotiation *state, enum direction from, struct bytes token, struct facts *out);

/* What it amounts to so far: KERBEROS once an AP-REQ was sent and the server did not choose NTLM, an NTLM kind once a
 * type 3 was sent, NEGOTIATE when SPNEGO was spoken and neither was read, else UNKNOWN. */
enum authentication negotiation_result(const struct negotiation *state);

#endif
