/* talks_smtp: whole SMTP conversations, made by hand from RFC 5321, RFC 4954, RFC 3030 and the replies of Exchange;
 * names, passwords and tokens are invented. Nothing of postmaster, Str0ngSecret or hubuser may ever be said. */
#ifndef TESTS_TALKS_SMTP_H
#define TESTS_TALKS_SMTP_H

#include "tests/talks_tls.h"

extern const struct dissector dissector_smtp;

/* One line of the talk a line. */
// clang-format off
/* base64 of an NTLM negotiate, challenge and (version 2) authenticate message, and of a Kerberos AP-REQ */
#define TALK_SMTP_NTLM_1 \
    "TlRMTVNTUAABAAAAl4II4gAAAAAAAAAAAAAAAAAAAAA="
#define TALK_SMTP_NTLM_2 \
    "TlRMTVNTUAACAAAACAAIADgAAAAVgoniAQIDBAUGBwgAAAAAAAAAAAAAAABAAAAABgGxHQAAAA9DAE8AUgBQAA=="
#define TALK_SMTP_NTLM_3 \
    "TlRMTVNTUAADAAAAGAAYAF4AAAAsACwAdgAAAAgACABAAAAADgAOAEgAAAAIAAgAVgAAAAAAAACiAAAAFYKI4kMATwBSAFAAaAB1" \
    "AGIAdQBzAGUAcgBIAFUAQgAxAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f" \
    "ICEiIyQlJicoKSor"
#define TALK_SMTP_AP_REQ \
    "YD8GCSqGSIb3EgECAgEAbjAwLgswVXqfxOkOM1h9osfsETZbgKXK7xQ5XoOozfIXPGGGq9D1Gj9kia7T+B1CZ4w="

#define TALK_SMTP_EXCHANGE_2010 \
    "250-HUB1.corp.example Hello [10.1.0.21]\r\n250-SIZE 10485760\r\n250-PIPELINING\r\n250-DSN\r\n" \
    "250-ENHANCEDSTATUSCODES\r\n250-STARTTLS\r\n250-X-ANONYMOUSTLS\r\n250-AUTH NTLM\r\n250-X-EXPS GSSAPI NTLM\r\n" \
    "250-8BITMIME\r\n250-BINARYMIME\r\n250-CHUNKING\r\n250-XEXCH50\r\n250-XRDST\r\n250 XSHADOW\r\n"

/* Edge to Hub, Exchange 2010: X-ANONYMOUSTLS, then TLS 1.2 with a certificate on both sides */
static const struct said talk_smtp_anonymoustls[] = {
    TALK_S("220 HUB1.corp.example Microsoft ESMTP MAIL Service ready at Fri, 20 Nov 2026 23:00:00 +0000\r\n"),
    TALK_C("EHLO edge.corp.example\r\n"),
    TALK_S(TALK_SMTP_EXCHANGE_2010),
    TALK_C("X-ANONYMOUSTLS\r\n"),
    TALK_S("220 2.0.0 SMTP server ready\r\n"),
    TALK_C(TALK_TLS12_CLIENT),
    TALK_S(TALK_TLS12_MUTUAL),
    TALK_C(TALK_TLS12_CERTIFICATE),
    TALK_S(TALK_TLS_FINISHED),
    TALK_C(TALK_TLS_DATA),
    TALK_S(TALK_TLS_DATA),
};

/* STARTTLS, then TLS 1.3; EHLO is pipelined behind HELO */
static const struct said talk_smtp_starttls[] = {
    TALK_S("220-edge.corp.example ESMTP Postfix\r\n220-No strangers\r\n220 here\r\n"),
    TALK_C("HELO edge\r\nehlo hub1.corp.example\r\n"),
    TALK_S("250 edge.corp.example\r\n250-edge.corp.example\r\n250-PIPELINING\r\n250 starttls\r\n"),
    TALK_C("STARTTLS\r\n"),
    TALK_S("220 2.0.0 Ready to start TLS\r\n"),
    TALK_C(TALK_TLS13_CLIENT),
    TALK_S(TALK_TLS13_SERVER TALK_TLS_DATA),
    TALK_C(TALK_TLS_DATA),
};

/* STARTTLS is offered, asked for and not to be had; the mail goes in clear */
static const struct said talk_smtp_refused[] = {
    TALK_S("220 edge.corp.example ESMTP\r\n"),
    TALK_C("EHLO hub1.corp.example\r\n"),
    TALK_S("250-edge.corp.example\r\n250-STARTTLS\r\n250 OK\r\n"),
    TALK_C("STARTTLS\r\n"),
    TALK_S("454 4.7.0 TLS not available due to temporary reason\r\n"),
    TALK_C("MAIL FROM:<postmaster@corp.example>\r\n"),
    TALK_S("250 2.1.0 Ok\r\n"),
    TALK_C("QUIT\r\n"),
    TALK_S("221 2.0.0 Bye\r\n"),
};

/* AUTH LOGIN in clear, then two messages whose bodies look like commands, all pipelined that may be */
static const struct said talk_smtp_login[] = {
    TALK_S("220 mail ESMTP Exim 4.69\r\n"),
    TALK_C("EHLO client\r\n"),
    TALK_S("250-mail Hello client\r\n250-AUTH PLAIN LOGIN\r\n250-AUTH=LOGIN\r\n250 PIPELINING\r\n"),
    TALK_C("AUTH LOGIN\r\n"),
    TALK_S("334 VXNlcm5hbWU6\r\n"),
    TALK_C("cG9zdG1hc3Rlcg==\r\n"),
    TALK_S("334 UGFzc3dvcmQ6\r\n"),
    TALK_C("U3RyMG5nU2VjcmV0\r\n"),
    TALK_S("235 Authentication succeeded\r\n"),
    TALK_C("MAIL FROM:<postmaster@corp.example>\r\nRCPT TO:<a@corp.example>\r\nRCPT TO:<b@corp.example>\r\nDATA\r\n"),
    TALK_S("250 OK\r\n250 Accepted\r\n550 No such user\r\n354 Enter message\r\n"),
    TALK_C("Subject: Str0ngSecret\r\n\r\nAUTH NTLM\r\nXFAKE\r\n..\r\n.XDOT\r\n.\n.\r\rXCR\r\n"
           "STARTTLS\r\n\n.\r\nbare\n.\r\nXLF\r\n.\r\n"
           "MAIL FROM:<postmaster@corp.example>\r\nRCPT TO:<a@corp.example>\r\nDATA\r\n"),
    TALK_S("250 OK id=1\r\n250 OK\r\n250 Accepted\r\n354 Enter message\r\n"),
    TALK_C("XFAKE\r\n.\r\nXSHADOW 1234\r\nQUIT\r\n"),
    TALK_S("250 OK id=2\r\n250 OK\r\n221 Bye\r\n"),
};

/* AUTH NTLM, version 2, after a mechanism the server does not know and one the client gave up */
static const struct said talk_smtp_ntlm[] = {
    TALK_S("220 cas.corp.example ESMTP\r\n"),
    TALK_C("EHLO client\r\n"),
    TALK_S("250-cas.corp.example\r\n250 AUTH GSS-SPNEGO NTLM\r\n"),
    TALK_C("AUTH NOSUCH\r\n"),
    TALK_S("504 5.7.4 Unrecognized authentication type\r\n"),
    TALK_C("AUTH LOGIN\r\n"),
    TALK_S("334 VXNlcm5hbWU6\r\n"),
    TALK_C("*\r\n"),
    TALK_S("501 5.7.0 Authentication aborted\r\n"),
    TALK_C("AUTH NTLM\r\n"),
    TALK_S("334 NTLM supported\r\n"),
    TALK_C(TALK_SMTP_NTLM_1 "\r\n"),
    TALK_S("334 " TALK_SMTP_NTLM_2 "\r\n"),
    TALK_C(TALK_SMTP_NTLM_3 "\r\n"),
    TALK_S("235 2.7.0 Authentication successful\r\n"),
};

/* Exchange 2003: X-EXPS GSSAPI with Kerberos, link state, XEXCH50 with a blob that looks like commands, BDAT */
static const struct said talk_smtp_exchange_2003[] = {
    TALK_S("220 mail.corp.example Microsoft ESMTP MAIL Service, Version: 6.0.3790.1830 ready\r\n"),
    TALK_C("EHLO bh1.corp.example\r\n"),
    TALK_S("250-mail.corp.example Hello [10.1.0.22]\r\n250-TURN\r\n250-SIZE\r\n250-X-EXPS GSSAPI NTLM LOGIN\r\n"
           "250-X-EXPS=LOGIN\r\n250-AUTH GSSAPI NTLM LOGIN\r\n250-AUTH=LOGIN\r\n250-X-LINK2STATE\r\n250-XEXCH50\r\n"
           "250 OK\r\n"),
    TALK_C("X-EXPS GSSAPI " TALK_SMTP_AP_REQ "\r\n"),
    TALK_S("235 2.7.0 Authentication successful.\r\n"),
    TALK_C("X-LINK2STATE LAST CHUNK={00000061} DIGEST_QUERY 0123 {}\r\n"),
    TALK_S("200 LAST CHUNK={00000029} DONE_RESPONSE\r\n"),
    TALK_C("MAIL FROM:<postmaster@corp.example>\r\nRCPT TO:<a@corp.example>\r\nXEXCH50 20 2\r\n"),
    TALK_S("250 2.1.0 OK\r\n250 2.1.5 OK\r\n354 Send binary data\r\n"),
    TALK_C("XBLOB\r\n\x16\x03\x01\r\n.\r\n\0\xff" "QUIBDAT 10\r\nXFAKE\r\n.\r\nBDAT 0 LAST\r\n"),
    TALK_S("250 XEXCH50 success\r\n250 2.0.0 10 octets\r\n250 2.0.0 OK\r\n"),
    TALK_C("XSHADOW\r\nNOOP\r\nqUIT\r\n"),
    TALK_S("500 5.3.3 Unrecognized command\r\n250 OK\r\n221 Bye\r\n"),
};

/* a wrong password; a client that does not wait for the answers, and does not take no for one */
static const struct said talk_smtp_denied[] = {
    TALK_S("220 mail.corp.example ESMTP\r\n"),
    TALK_C("EHLO client\r\nAUTH PLAIN AHBvc3RtYXN0ZXIAU3RyMG5nU2VjcmV0\r\n"),
    TALK_S("250-mail.corp.example\r\n250 AUTH PLAIN\r\n535 5.7.8 Authentication failed\r\n"),
    TALK_C("AUTH LOGIN\r\ncG9zdG1hc3Rlcg==\r\n"),
    TALK_S("535 5.7.8 No\r\n500 5.5.2 What\r\n"),
    TALK_C("ALICEALICE\r\n"),
    TALK_S("500 5.5.2 What\r\n"),
};

/* a relay that lets nobody in */
static const struct said talk_smtp_no_service[] = {
    TALK_S("554-mail.corp.example\r\n554 No SMTP service here\r\n"),
    TALK_C("EHLO client\r\n"),
    TALK_S("503 No\r\n"),
};

/* only the client's side is captured */
static const struct said talk_smtp_client_only[] = {
    TALK_C("EHLO hub2.corp.example\r\n"),
    TALK_C("AUTH LOGIN\r\n"),
    TALK_C("cG9zdG1hc3Rlcg\r\n"),
    TALK_C("XAAALICE\r\n"),
    TALK_C("MAIL FROM:<postmaster@corp.example>\r\nRCPT TO:<a@corp.example>\r\nXEXCH50 7 2\r\n"),
    TALK_C("XBLOB\r\n"),
    TALK_C("DATA\r\n"),
    TALK_C("XFAKE\r\n.\r\n"),
    TALK_C("XSHADOW\r\n"),
    TALK_C("STARTTLS\r\n"),
    TALK_C(TALK_TLS13_CLIENT),
};

/* only the server's side is captured */
static const struct said talk_smtp_server_only[] = {
    TALK_S("220 HUB1.corp.example Microsoft ESMTP MAIL Service ready\r\n"),
    TALK_S(TALK_SMTP_EXCHANGE_2010),
    TALK_S("220 2.0.0 SMTP server ready\r\n"),
};

#define TALK_SMTP(said) &dissector_smtp, said, sizeof said / sizeof said[0]
static const struct talk smtp_talks[] = {
    {"Edge to Hub: X-ANONYMOUSTLS, then TLS 1.2 with certificates", TALK_SMTP(talk_smtp_anonymoustls)},
    {"STARTTLS, then TLS 1.3", TALK_SMTP(talk_smtp_starttls)},
    {"STARTTLS refused, mail in clear", TALK_SMTP(talk_smtp_refused)},
    {"AUTH LOGIN in clear, two messages that look like commands", TALK_SMTP(talk_smtp_login)},
    {"AUTH NTLM after two other attempts", TALK_SMTP(talk_smtp_ntlm)},
    {"Exchange 2003: Kerberos in X-EXPS, link state, XEXCH50, BDAT", TALK_SMTP(talk_smtp_exchange_2003)},
    {"a wrong password", TALK_SMTP(talk_smtp_denied)},
    {"a relay that lets nobody in", TALK_SMTP(talk_smtp_no_service)},
    {"only the client is seen", TALK_SMTP(talk_smtp_client_only)},
    {"only the server is seen", TALK_SMTP(talk_smtp_server_only)},
};
#undef TALK_SMTP
// clang-format on

#endif
