/* kerberos_names: what the numbers of Kerberos are called, as they stand in every output. NULL of a number without a
 * name. Rules: RFC 4120 5.10 and 7.5.9, RFC 3961 8, and the documents that add to them. */
#ifndef DISSECTORS_KERBEROS_NAMES_H
#define DISSECTORS_KERBEROS_NAMES_H

#include <stdint.h>

/* as-req, as-rep ... of a number of an APPLICATION tag */
const char *kerberos_type_name(unsigned type);
/* aes256-cts-hmac-sha1-96 ... */
const char *kerberos_etype_name(int32_t etype);
/* KDC_ERR_PREAUTH_REQUIRED ... */
const char *kerberos_error_name(int32_t code);

#endif
