/* talks_named: conversations of protocols that are mostly recognised and little read, made by hand from their
 * documents; names and passwords are invented. Nothing of hubuser or Str0ngSecret may ever be said. */
#ifndef TESTS_TALKS_NAMED_H
#define TESTS_TALKS_NAMED_H

#include "tests/talks_smtp.h"

extern const struct dissector dissector_isakmp, dissector_net_tcp, dissector_ntp, dissector_rdp, dissector_stun,
    dissector_tds, dissector_x400;

/* One part of the talk a line. */
// clang-format off

/* a user name in the cookie; TLS with CredSSP is agreed on */
#define TALK_RDP_REQUEST \
    "\x03\0\0\x2d\x28\xe0\0\0\0\0\0" "Cookie: mstshash=hubuser\r\n" "\1\0\x08\0\x0b\0\0\0"
#define TALK_RDP_CONFIRM "\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0"
static const struct said talk_rdp_secured[] = {
    TALK_C(TALK_RDP_REQUEST),
    TALK_S(TALK_RDP_CONFIRM "\2\x1f\x08\0\x02\0\0\0"),
    TALK_C(TALK_TLS13_CLIENT),
    TALK_S(TALK_TLS13_SERVER TALK_TLS_DATA),
};
/* more than the request before the answer: none of it is TLS */
static const struct said talk_rdp_hasty[] = {
    TALK_C(TALK_RDP_REQUEST "what nobody may say yet, and longer than any piece of it"),
    TALK_S(TALK_RDP_CONFIRM "\2\x1f\x08\0\x02\0\0\0"),
    TALK_C(TALK_TLS13_CLIENT),
    TALK_S(TALK_TLS13_SERVER TALK_TLS_DATA),
};
static const struct said talk_rdp_standard[] = {
    TALK_C("\x03\0\0\x13\x0e\xe0\0\0\0\0\0\1\0\x08\0\0\0\0\0"),
    TALK_S(TALK_RDP_CONFIRM "\2\0\x08\0\0\0\0\0"),
    TALK_C("\x03\0\0\x0c\x02\xf0\x80\x7f\x65\x82\x01\xb2"),
};
static const struct said talk_rdp_refused[] = {
    TALK_C(TALK_RDP_REQUEST),
    TALK_S(TALK_RDP_CONFIRM "\3\0\x08\0\x05\0\0\0"),
};

/* one MTA connects to another in the mode of 1984; its name and password are in the clear */
#define TALK_X400_REQUEST \
    "\x03\0\0\x16\x11\xe0\0\0\0\1\0\xc0\1\x0a\xc1\2\0\1\xc2\2\0\1"
#define TALK_X400_CONFIRM \
    "\x03\0\0\x16\x11\xd0\0\1\0\2\0\xc0\1\x0a\xc1\2\0\1\xc2\2\0\1"
static const struct said talk_x400[] = {
    TALK_C(TALK_X400_REQUEST),
    TALK_S(TALK_X400_CONFIRM),
    TALK_C("\x03\0\0\x31\x02\xf0\x80\x0d\x28\x14\2\0\x49\xc1\x22"
           "\x31\x20\xa0\3\x80\1\0\xa1\x19\x80\1\0\x81\1\0\x82\1\0\xa3\x0e\x16\x0cStr0ngSecret"),
    TALK_S("\x03\0\0\x0b\x02\xf0\x80\x0e\2\x05\0"),
};
/* the normal mode names its contexts; the other one refuses */
static const struct said talk_x400_refused[] = {
    TALK_C(TALK_X400_REQUEST),
    TALK_S(TALK_X400_CONFIRM),
    TALK_C("\x03\0\0\x26\x02\xf0\x80\x0d\x1d\xc1\x1b\x31\x19\xa0\3\x80\1\1\xa2\x12\xa4\x10"
           "\x30\x0e\2\1\1\x06\4\x56\0\2\1\x30\3\x06\1\x51"),
    TALK_S("\x03\0\0\x09\x02\xf0\x80\x0c\0"),
};

#define TALK_NTP_TIME(seconds) "\xee\x50\x10" seconds "\x80\0\0\1"
static const struct said talk_ntp[] = {
    TALK_C("\xe3\0\x06\xfa\0\1\0\0\0\1\0\0\0\0\0\0" "\0\0\0\0\0\0\0\0" "\0\0\0\0\0\0\0\0" "\0\0\0\0\0\0\0\0"
           TALK_NTP_TIME("\1")),
    TALK_S("\x24\3\x06\xe9\0\0\x08\0\0\0\x10\0\x0a\1\0\x0a" TALK_NTP_TIME("\0") TALK_NTP_TIME("\1")
           TALK_NTP_TIME("\1") TALK_NTP_TIME("\1")),
};
static const struct said talk_ntp_control[] = {TALK_C("\x16\2\0\1\0\0\0\0\0\0\0\0")};

#define TALK_ISAKMP_COOKIE "\1\2\3\4\5\6\7\x08"
#define TALK_ISAKMP_NONE   "\0\0\0\0\0\0\0\0"
static const struct said talk_isakmp_main[] = {
    TALK_C(TALK_ISAKMP_COOKIE TALK_ISAKMP_NONE "\1\x10\2\0\0\0\0\0\0\0\0\x20" "\0\0\0\4"),
    TALK_S(TALK_ISAKMP_COOKIE TALK_ISAKMP_COOKIE "\1\x10\2\0\0\0\0\0\0\0\0\x20" "\0\0\0\4"),
    /* the exchange moves to the port of NAT traversal, where a marker stands before it */
    TALK_C("\0\0\0\0" TALK_ISAKMP_COOKIE TALK_ISAKMP_COOKIE "\5\x10\2\1\0\0\0\0\0\0\0\x20" "\x55\x66\x77\x88"),
};
static const struct said talk_isakmp_refused[] = {
    TALK_C(TALK_ISAKMP_COOKIE TALK_ISAKMP_NONE "\x21\x20\x22\x08\0\0\0\0\0\0\0\x20" "\0\0\0\4"),
    TALK_S(TALK_ISAKMP_COOKIE TALK_ISAKMP_COOKIE "\x29\x20\x22\x20\0\0\0\0\0\0\0\x24" "\0\0\0\x08\0\0\0\x0e"),
};

#define TALK_STUN_TRANSACTION "\x21\x12\xa4\x42" "\1\2\3\4\5\6\7\x08\x09\x0a\x0b\x0c"
static const struct said talk_stun[] = {
    TALK_C("\0\1\0\0" TALK_STUN_TRANSACTION),
    TALK_S("\1\1\0\x0c" TALK_STUN_TRANSACTION "\0\x20\0\x08\0\1\x11\x2b\x2b\x13\xa4\x50"),
};

#define TALK_NET_TCP_PREAMBLE \
    "\0\1\0\1\2\2\x33" "net.tcp://mbx1.corp.example/MailboxReplicationProxy" "\3\x08"
#define TALK_NET_TCP_AP_REQ \
    "\x16\1\0\0\x15\x60\x13\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x01\0\x6e\4\x30\2\5\0"
#define TALK_NET_TCP_NEGOTIATE TALK_NET_TCP_PREAMBLE "\x09\x15" "application/negotiate"
static const struct said talk_net_tcp_sealed[] = {
    TALK_C(TALK_NET_TCP_NEGOTIATE),
    TALK_S("\x0a"),
    TALK_C(TALK_NET_TCP_AP_REQ),
    TALK_S("\x14\1\0\0\0"),
    TALK_C("\x10\0\0\0\5\4\2\xff\0\x10\0\x1c\0\0\0\0\1\2\3\4"),
    TALK_S("\x10\0\0\0\5\4\3\xff\0\x10\0\x1c\0\0\0\0\1\2\3\4"),
};
static const struct said talk_net_tcp_denied[] = {
    TALK_C(TALK_NET_TCP_NEGOTIATE),
    TALK_S("\x0a"),
    TALK_C(TALK_NET_TCP_AP_REQ),
    TALK_S("\x15\1\0\0\x08\0\0\0\0\x80\x09\x03\x0c"),
};
static const struct said talk_net_tcp_tls[] = {
    TALK_C(TALK_NET_TCP_PREAMBLE "\x09\x13" "application/ssl-tls"),
    TALK_S("\x0a"),
    TALK_C(TALK_TLS13_CLIENT),
    TALK_S(TALK_TLS13_SERVER TALK_TLS_DATA),
};
static const struct said talk_net_tcp_clear[] = {
    TALK_C(TALK_NET_TCP_PREAMBLE "\x0c"),
    TALK_S("\x0b"),
    TALK_C("\x06\x02hi"),
};

/* SQL Server: the options of one side, with its word on encryption; hellos in packets; then records as they are */
#define TALK_TDS_OPTIONS "\0\0\x0b\0\x06\1\0\x11\0\1\xff\x0b\0\x0c\x38\0\0"
static const struct said talk_tds_secured[] = {
    TALK_C("\x12\1\0\x1a\0\0\1\0" TALK_TDS_OPTIONS "\1"),
    TALK_S("\4\1\0\x1a\0\x35\1\0" TALK_TDS_OPTIONS "\1"),
    TALK_C("\x12\1\0\x7e\0\0\0\0" TALK_TLS13_CLIENT),
    TALK_S("\x12\1\0\x3f\0\0\0\0" TALK_TLS13_SERVER),
    TALK_C(TALK_TLS_DATA),
};
static const struct said talk_tds_login[] = {
    TALK_C("\x12\1\0\x1a\0\0\1\0" TALK_TDS_OPTIONS "\0"),
    TALK_S("\4\1\0\x1a\0\x35\1\0" TALK_TDS_OPTIONS "\0"),
    TALK_C("\x12\1\0\x7e\0\0\0\0" TALK_TLS13_CLIENT),
    TALK_S("\x12\1\0\x3f\0\0\0\0" TALK_TLS13_SERVER),
    TALK_C("\1\1\0\x0c\0\0\1\0Str0"),
};
static const struct said talk_tds_clear[] = {
    TALK_C("\x12\1\0\x1a\0\0\1\0" TALK_TDS_OPTIONS "\2"),
    TALK_S("\4\1\0\x1a\0\x35\1\0" TALK_TDS_OPTIONS "\2"),
    TALK_C("\x10\1\0\x14\0\0\1\0Str0ngSecret"),
};

#define TALK_NAMED(name, said) &dissector_##name, said, sizeof said / sizeof said[0]
static const struct talk named_talks[] = {
    {"SQL Server with TLS", TALK_NAMED(tds, talk_tds_secured)},
    {"SQL Server with TLS for the login alone", TALK_NAMED(tds, talk_tds_login)},
    {"SQL Server without TLS", TALK_NAMED(tds, talk_tds_clear)},
    {"RDP with TLS", TALK_NAMED(rdp, talk_rdp_secured)},
    {"RDP with words before the answer", TALK_NAMED(rdp, talk_rdp_hasty)},
    {"RDP with its own security", TALK_NAMED(rdp, talk_rdp_standard)},
    {"RDP refused", TALK_NAMED(rdp, talk_rdp_refused)},
    {"X.400 of 1984", TALK_NAMED(x400, talk_x400)},
    {"X.400 in normal mode, refused", TALK_NAMED(x400, talk_x400_refused)},
    {"NTP", TALK_NAMED(ntp, talk_ntp)},
    {"NTP control", TALK_NAMED(ntp, talk_ntp_control)},
    {"IKEv1, then NAT traversal", TALK_NAMED(isakmp, talk_isakmp_main)},
    {"IKEv2, no proposal chosen", TALK_NAMED(isakmp, talk_isakmp_refused)},
    {"STUN", TALK_NAMED(stun, talk_stun)},
    {"net.tcp, sealed with Kerberos", TALK_NAMED(net_tcp, talk_net_tcp_sealed)},
    {"net.tcp, denied", TALK_NAMED(net_tcp, talk_net_tcp_denied)},
    {"net.tcp with TLS", TALK_NAMED(net_tcp, talk_net_tcp_tls)},
    {"net.tcp in clear", TALK_NAMED(net_tcp, talk_net_tcp_clear)},
};
#undef TALK_NAMED
// clang-format on

#endif
