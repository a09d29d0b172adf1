/* talks_all: the talks of every dissector, for tests that loop over all of them. */
#ifndef TESTS_TALKS_ALL_H
#define TESTS_TALKS_ALL_H

#include "tests/talks_dcerpc.h"
#include "tests/talks_dcom.h"
#include "tests/talks_dns.h"
#include "tests/talks_dtls.h"
#include "tests/talks_http.h"
#include "tests/talks_kerberos.h"
#include "tests/talks_ldap.h"
#include "tests/talks_mailbox.h"
#include "tests/talks_named.h"
#include "tests/talks_netbios.h"
#include "tests/talks_rpc_datagram.h"
#include "tests/talks_sip.h"
#include "tests/talks_smb.h"
#include "tests/talks_smtp.h"
#include "tests/talks_tls.h"

struct book {
    const struct talk *talks;
    size_t count;
};

#define BOOK(talks)                                                                                                    \
    {                                                                                                                  \
        talks, sizeof talks / sizeof talks[0]                                                                          \
    }

static const struct book books[] = {
    BOOK(dcerpc_talks),
    BOOK(dcom_talks),
    BOOK(dns_talks),
    BOOK(dtls_talks),
    BOOK(http_talks),
    BOOK(kerberos_talks),
    BOOK(kpasswd_talks),
    BOOK(ldap_talks),
    BOOK(cldap_talks),
    BOOK(mailbox_talks),
    BOOK(named_talks),
    BOOK(nbns_talks),
    BOOK(nbdgm_talks),
    BOOK(rpc_datagram_talks),
    BOOK(sip_talks),
    BOOK(smb_talks),
    BOOK(smtp_talks),
    BOOK(tls_talks),
};

#define BOOK_COUNT (sizeof books / sizeof books[0])

#endif
