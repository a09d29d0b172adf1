/* talks_dns: whole DNS, mDNS and LLMNR conversations, made by hand from RFC 1035, RFC 2782, RFC 3645, RFC 6762 and RFC
 * 4795; names and addresses are invented. */
#ifndef TESTS_TALKS_DNS_H
#define TESTS_TALKS_DNS_H

#include "tests/talks_smtp.h"

extern const struct dissector dissector_dns, dissector_mdns, dissector_llmnr;

/* One record of the talk a line. */
// clang-format off
#define TALK_DNS_CORP "\4corp\7example\0"
#define TALK_DNS_COUNTS(questions, answers, authorities, additional) \
    "\0" questions "\0" answers "\0" authorities "\0" additional
#define TALK_DNS_QUESTION(name, type) name "\0" type "\0\1"
#define TALK_DNS_RECORD(name, type, length) name "\0" type "\0\1\0\0\2\x58\0" length

/* a client looks for a domain controller: the target is compressed, and in the additional part its addresses are */
#define TALK_DNS_SERVICE_ASKED \
    "\x51\x01\x01\x00" TALK_DNS_COUNTS("\1", "\0", "\0", "\0") \
    TALK_DNS_QUESTION("\5_LDAP\4_tcp\2dc\6_msdcs" TALK_DNS_CORP, "\x21")
#define TALK_DNS_SERVICE \
    "\x51\x01\x85\x80" TALK_DNS_COUNTS("\1", "\1", "\0", "\2") \
    TALK_DNS_QUESTION("\5_ldap\4_tcp\2dc\6_msdcs" TALK_DNS_CORP, "\x21") \
    TALK_DNS_RECORD("\xc0\x0c", "\x21", "\x0c") "\0\0\0\x64\x01\x85\3dc1\xc0\x21" \
    TALK_DNS_RECORD("\xc0\x45", "\x01", "\x04") "\x0a\1\0\x0a" \
    TALK_DNS_RECORD("\xc0\x45", "\x1c", "\x10") "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x0a"

static const struct said talk_dns_service[] = {TALK_C(TALK_DNS_SERVICE_ASKED), TALK_S(TALK_DNS_SERVICE)};

/* autodiscover is an alias of an alias; they are listed from the end */
static const struct said talk_dns_alias[] = {
    TALK_C("\x51\x02\x01\x00" TALK_DNS_COUNTS("\1", "\0", "\0", "\1")
           TALK_DNS_QUESTION("\14autodiscover" TALK_DNS_CORP, "\x01")
           "\0\0\x29\x10\0\0\0\0\0\0\0"),
    TALK_S("\x51\x02\x81\x80" TALK_DNS_COUNTS("\1", "\3", "\0", "\1")
           TALK_DNS_QUESTION("\14autodiscover" TALK_DNS_CORP, "\x01")
           TALK_DNS_RECORD("\4cas1" "\xc0\x19", "\x01", "\x04") "\x0a\1\0\x28"
           TALK_DNS_RECORD("\4mail\xc0\x19", "\x05", "\x02") "\xc0\x2b"
           TALK_DNS_RECORD("\xc0\x0c", "\x05", "\x02") "\xc0\x40"
           "\0\0\x29\x10\0\0\0\0\0\0\0"),
};

/* who takes mail, over TCP: two messages in one segment each way, and a refusal */
static const struct said talk_dns_tcp[] = {
    TALK_C("\0\x1e\x51\x03\x01\x00" TALK_DNS_COUNTS("\1", "\0", "\0", "\0")
           TALK_DNS_QUESTION(TALK_DNS_CORP, "\x0f")
           "\0\x1e\x51\x04\x01\x00" TALK_DNS_COUNTS("\1", "\0", "\0", "\0")
           TALK_DNS_QUESTION(TALK_DNS_CORP, "\xfc")),
    TALK_S("\0\x33\x51\x03\x85\x80" TALK_DNS_COUNTS("\1", "\1", "\0", "\0")
           TALK_DNS_QUESTION(TALK_DNS_CORP, "\x0f")
           TALK_DNS_RECORD("\xc0\x0c", "\x0f", "\x09") "\0\x0a\4hub1\xc0\x0c"
           "\0\x1e\x51\x04\x85\x85" TALK_DNS_COUNTS("\1", "\0", "\0", "\0")
           TALK_DNS_QUESTION(TALK_DNS_CORP, "\xfc")),
};

/* a key for secure updates, made with Kerberos (RFC 3645): the token is an AP-REQ in its GSS frame */
#define TALK_DNS_KEY_NAME  "\3key" TALK_DNS_CORP
#define TALK_DNS_GSS_TOKEN "\x60\x13\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x01\0\x6e\4\x30\2\5\0"
#define TALK_DNS_KEY(length, token_length, token) \
    "\3key" TALK_DNS_CORP "\0\xf9\0\xff\0\0\0\0\0" length "\x08gss-tsig\0" \
    "\x60\0\0\0\x60\0\0\x10\0\3\0\0\0" token_length token "\0\0"
static const struct said talk_dns_key[] = {
    TALK_C("\x51\x05\0\0" TALK_DNS_COUNTS("\1", "\0", "\0", "\1")
           TALK_DNS_KEY_NAME "\0\xf9\0\xff" TALK_DNS_KEY("\x2f", "\x15", TALK_DNS_GSS_TOKEN)),
    TALK_S("\x51\x05\x80\0" TALK_DNS_COUNTS("\1", "\1", "\0", "\0")
           TALK_DNS_KEY_NAME "\0\xf9\0\xff" TALK_DNS_KEY("\x1a", "\0", "")),
};

static const struct said talk_mdns[] = {
    TALK_C("\0\0\0\0" TALK_DNS_COUNTS("\2", "\0", "\0", "\0")
           "\7printer\5local\0" "\0\x01\x80\1" "\4_ipp\4_tcp\xc0\x14" "\0\x0c\0\1"),
    TALK_S("\0\0\x84\0" TALK_DNS_COUNTS("\0", "\1", "\0", "\0")
           "\7printer\5local\0" "\0\x01\x80\1\0\0\0\x78\0\4\x0a\1\0\x63"),
};

static const struct said talk_llmnr[] = {
    TALK_C("\x61\x01\0\0" TALK_DNS_COUNTS("\1", "\0", "\0", "\0") TALK_DNS_QUESTION("\4wpad\0", "\x01")),
    TALK_S("\x61\x01\x80\0" TALK_DNS_COUNTS("\1", "\1", "\0", "\0") TALK_DNS_QUESTION("\4wpad\0", "\x01")
           TALK_DNS_RECORD("\xc0\x0c", "\x01", "\x04") "\x0a\1\0\x62"),
};
// clang-format on

#define TALK(name, by, said)                                                                                           \
    {                                                                                                                  \
        name, by, said, sizeof said / sizeof said[0]                                                                   \
    }
static const struct talk dns_talks[] = {
    TALK("DNS: a service and its server", &dissector_dns, talk_dns_service),
    TALK("DNS: an alias of an alias", &dissector_dns, talk_dns_alias),
    TALK("DNS over TCP, and a refusal", &dissector_dns, talk_dns_tcp),
    TALK("DNS: a key for secure updates", &dissector_dns, talk_dns_key),
    TALK("mDNS", &dissector_mdns, talk_mdns),
    TALK("LLMNR", &dissector_llmnr, talk_llmnr),
};
#undef TALK

#endif
