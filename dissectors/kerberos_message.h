/* kerberos_message: what one Kerberos message shows to somebody without a key; which messages make a talk is kerberos.c
 * and kpasswd.c.
 *
 * Hides the ASN.1: tickets inside requests, requests inside pre-authentication, names, encryption types, error codes.
 * Rules: RFC 4120 5 (messages), 7.2 (transport), 7.5.9 (errors), RFC 6113 5.4.2 (armor). Principals of one component
 * are users and are never said. */
#ifndef DISSECTORS_KERBEROS_MESSAGE_H
#define DISSECTORS_KERBEROS_MESSAGE_H

#include "dissectors/dissector.h"

/* Numbers of the APPLICATION tags and of msg-type (RFC 4120 5.10). */
enum kerberos_type {
    KERBEROS_AS_REQ = 10,
    KERBEROS_AS_REP = 11,
    KERBEROS_TGS_REQ = 12,
    KERBEROS_TGS_REP = 13,
    KERBEROS_AP_REQ = 14,
    KERBEROS_AP_REP = 15,
    KERBEROS_SAFE = 20,
    KERBEROS_PRIV = 21,
    KERBEROS_CRED = 22,
    KERBEROS_ERROR = 30,
};

/* The most that is read of one message, its length over TCP included; a ticket of a member of many groups fits. */
#define KERBEROS_MESSAGE_MOST ((size_t)64 * 1024)
#define KERBEROS_PREFIX_BYTES 4

struct kerberos_head {
    enum kerberos_type type;
    size_t length; /* of the whole message */
    size_t before; /* its fields */
};

/* Do these bytes begin a message? *out is set when LIKE_YES; its end need not be here yet. */
enum likeness kerberos_message_like(struct bytes in, struct kerberos_head *out);

/* As kerberos_message_like, of a message as it comes over UDP or, after its length, over TCP. *prefix is the number of
 * bytes before it. */
enum likeness kerberos_packet_like(struct bytes in, size_t *prefix, struct kerberos_head *out);

/* Says what a whole message with this head shows. Returns what it means when a server sent it. */
enum outcome kerberos_message_read(struct bytes message, const struct kerberos_head *head, struct facts *out);

#endif
