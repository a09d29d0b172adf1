/* sip_head: what the head of one SIP message says, taken alone; the dialogue is sip.c.
 *
 * Hides the forms of start lines, compact and folded headers, and the many ways to write a contact. A user part, a
 * display name or any other parameter never leaves this file. Rules: RFC 3261 7, 19.1, 20, 25.1 (messages, URIs,
 * headers, grammar), RFC 3966 (tel). */
#ifndef DISSECTORS_SIP_HEAD_H
#define DISSECTORS_SIP_HEAD_H

#include "dissectors/dissector.h"

struct sip_start {
    const char *method; /* of a request, "" when it is none we know; NULL for a reply */
    bool either;        /* of a request: both sides of a dialogue send it */
    uint16_t status;    /* of a reply */
};

/* Is this line, without its end, the first of a message? */
bool sip_start_line(struct bytes line, struct sip_start *start);

/* Headers by what they mean to us. */
enum sip_header {
    SIP_OTHER,
    SIP_CALL_ID,
    SIP_CSEQ,
    SIP_CONTACT,
    SIP_CONTENT_TYPE,
    SIP_CONTENT_LENGTH,
    SIP_CREDENTIALS, /* Authorization, Proxy-Authorization */
    SIP_CHALLENGE,   /* WWW-Authenticate, Authentication-Info, and those of proxies */
};

/* Takes the next header, with the lines it is folded into. False when there is none. */
bool sip_header(struct bytes *head, enum sip_header *kind, struct bytes *value);

/* Where a contact is reached. */
struct sip_contact {
    struct bytes host; /* an address without brackets, or a name */
    bool has_address;
    struct address address;
    uint16_t port;
    bool udp;
};

/* Takes the next contact with a host off the value of a Contact header. False when there is none. */
bool sip_contact(struct bytes *value, struct sip_contact *contact);

/* The base64 in gssapi-data of NTLM and Kerberos (MS-SIPAE); empty when there is none. */
struct bytes sip_gssapi_data(struct bytes parameters);

/* The probe of the dissector. */
enum likeness sip_probe(struct bytes head, enum direction from);

#endif
