/* netbios_name: a NetBIOS name as it stands in name, datagram and session packets.
 *
 * Hides the half-ASCII of sixteen bytes in thirty-two letters, the scope behind it and pointers to an earlier name.
 * RFC 1001 14.1, RFC 1002 4.1; suffixes: MS-BRWS 2.1.1. */
#ifndef DISSECTORS_NETBIOS_NAME_H
#define DISSECTORS_NETBIOS_NAME_H

#include "dissectors/dissector.h"

/* Bytes of a name without scope: length, thirty-two letters, end. */
#define NETBIOS_NAME_BYTES 34

/* Do these bytes begin such a name? LIKE_YES once its letters are here. */
enum likeness netbios_name_like(struct bytes in);

/* Takes a name, with its scope, or a pointer to one. False, and the cursor overran, when there is none or its end is
 * not here; an empty `letters` is a pointer. */
bool netbios_name_take(struct bytes *in, struct bytes *letters);

/* Says a name with its suffix: DC1<20>. Not said: names of users (messenger service), wildcards, and what is not
 * printable. */
void netbios_name_say(struct bytes letters, struct facts *out);

/* The same for the sixteen bytes themselves. */
void netbios_name_say_plain(struct bytes sixteen, struct facts *out);

#endif
