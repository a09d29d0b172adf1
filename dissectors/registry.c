/* registry: all dissectors, in order of priority: of two that both claim the same bytes the earlier one gets them. */
#include "dissectors/dissector.h"

extern const struct dissector dissector_dcerpc, dissector_smtp, dissector_pop3, dissector_imap, dissector_nntp,
    dissector_tls, dissector_kerberos, dissector_kpasswd, dissector_sip;

const struct dissector *const dissectors[] = {
    &dissector_dcerpc, &dissector_smtp,     &dissector_pop3,    &dissector_imap, &dissector_nntp,
    &dissector_tls,    &dissector_kerberos, &dissector_kpasswd, &dissector_sip,  NULL};
