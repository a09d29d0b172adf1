/* talks_mailbox: whole POP3, IMAP and NNTP conversations, made by hand from RFC 1939, RFC 3501, RFC 3977, RFC 4643 and
 * the replies of common servers; names, passwords and tokens are invented. Nothing of postmaster, Str0ngSecret or
 * hubuser may ever be said. */
#ifndef TESTS_TALKS_MAILBOX_H
#define TESTS_TALKS_MAILBOX_H

#include "tests/talks_smtp.h"

extern const struct dissector dissector_pop3, dissector_imap, dissector_nntp;

/* One line of the talk a line. */
// clang-format off
#define TALK_POP3_CAPA \
    "+OK\r\nTOP\r\nUIDL\r\nSTLS\r\nUSER\r\nSASL PLAIN NTLM GSSAPI\r\n.\r\n"

static const struct said talk_pop3_stls[] = {
    TALK_S("+OK The Microsoft Exchange POP3 service is ready.\r\n"),
    TALK_C("CAPA\r\n"),
    TALK_S(TALK_POP3_CAPA),
    TALK_C("stls\r\n"),
    TALK_S("+OK Begin TLS negotiation.\r\n"),
    TALK_C(TALK_TLS13_CLIENT),
    TALK_S(TALK_TLS13_SERVER TALK_TLS_DATA),
    TALK_C(TALK_TLS_DATA),
};

/* STLS is refused; then USER and PASS, the first time with a wrong password, pipelined the second time */
static const struct said talk_pop3_user[] = {
    TALK_S("+OK\r\n"),
    TALK_C("CAPA\r\nSTLS\r\n"),
    TALK_S(TALK_POP3_CAPA "-ERR Command is not valid in this state.\r\n"),
    TALK_C("USER postmaster\r\n"),
    TALK_S("+OK\r\n"),
    TALK_C("PASS Str0ngSecret\r\n"),
    TALK_S("-ERR Logon failure\r\n"),
    TALK_C("USER postmaster\r\nPASS Str0ngSecret\r\n"),
    TALK_S("+OK\r\n+OK User successfully logged on.\r\n"),
    TALK_C("RETR 1\r\n"),
    TALK_S("+OK\r\nSubject: Str0ngSecret\r\n\r\n-ERR\r\n+OK\r\n..\r\n.\n.\r\n"),
};

/* AUTH alone, a mechanism given up, then NTLM */
static const struct said talk_pop3_ntlm[] = {
    TALK_S("+OK ready\r\n"),
    TALK_C("AUTH\r\n"),
    TALK_S("+OK\r\n-ERR\r\nNTLM\r\nSTLS\r\n.\r\n"),
    TALK_C("AUTH PLAIN\r\n"),
    TALK_S("+ \r\n"),
    TALK_C("*\r\n"),
    TALK_S("-ERR aborted\r\n"),
    TALK_C("AUTH NTLM\r\n"),
    TALK_S("+ \r\n"),
    TALK_C(TALK_SMTP_NTLM_1 "\r\n"),
    TALK_S("+ " TALK_SMTP_NTLM_2 "\r\n"),
    TALK_C(TALK_SMTP_NTLM_3 "\r\n"),
    TALK_S("+OK\r\n"),
};

static const struct said talk_pop3_apop[] = {
    TALK_S("+OK POP3 <1896.697170952@mail.corp.example>\r\n"),
    TALK_C("APOP postmaster c4c9334bac560ecc979e58001b3e22fb\r\n"),
    TALK_S("+OK maildrop has 1 message\r\n"),
    TALK_C("QUIT\r\n"),
};

/* picked up behind the login: a message whose lines look like replies, then the end */
static const struct said talk_pop3_middle[] = {
    TALK_C("UIDL\r\n"),
    TALK_S("+OK\r\n1 STLS\r\n.\r\n"),
    TALK_C("TOP 1 0\r\nSTLS\r\n"),
    TALK_S("+OK\r\n+OK\r\n-ERR\r\n.+OK\r\n\n.\r\n+OK\r\n.\r\n-ERR no\r\n"),
};

static const struct said talk_pop3_client_only[] = {
    TALK_C("USER postmaster\r\n"),
    TALK_C("PASS Str0ngSecret\r\n"),
    TALK_C("UIDL\r\n"),
    TALK_C("AUTH LOGIN\r\n"),
    TALK_C("cG9zdG1hc3Rlcg==\r\n"),
    TALK_C("STLS\r\n"),
    TALK_C(TALK_TLS13_CLIENT),
};

#define TALK_IMAP_GREETING \
    "* OK [CAPABILITY IMAP4rev1 SASL-IR LITERAL+ STARTTLS AUTH=PLAIN AUTH=NTLM] ready.\r\n"

static const struct said talk_imap_starttls[] = {
    TALK_S("* OK The Microsoft Exchange IMAP4 service is ready.\r\n"),
    TALK_C(". CAPABILITY\r\n"),
    TALK_S("* CAPABILITY IMAP4 IMAP4rev1 AUTH=NTLM STARTTLS LOGINDISABLED\r\n. OK CAPABILITY completed.\r\n"),
    TALK_C(". STARTTLS\r\n"),
    TALK_S(". OK Begin TLS negotiation now.\r\n"),
    TALK_C(TALK_TLS13_CLIENT),
    TALK_S(TALK_TLS13_SERVER TALK_TLS_DATA),
    TALK_C(TALK_TLS_DATA),
};

/* STARTTLS is refused; two logins with literals that look like commands, the replies out of order */
static const struct said talk_imap_login[] = {
    TALK_S(TALK_IMAP_GREETING),
    TALK_C("a1 STARTTLS\r\n"),
    TALK_S("a1 BAD not now\r\n"),
    TALK_C("a2 LOGIN {23}\r\n"),
    TALK_S("+ go on\r\n"),
    TALK_C("\x16\x03\r\na9 STARTTLS\r\nUSERX {15}\r\n"),
    TALK_S("+ go on\r\n"),
    TALK_C("b1 CAPABILITY\r\n\r\n"),
    TALK_S("* 1 FETCH (BODY[] {25}\r\na2 OK x\r\n* BYE\r\n\x16\x03+ x\r\n"
           " UID {4}\r\na2\r\n)\r\na2 NO [AUTHENTICATIONFAILED] no\r\n"),
    TALK_C("a3 LOGIN {3+}\r\nA\r\n \"Str0ngSecret\"\r\na4 NOOP\r\n"),
    TALK_S("a4 OK done\r\n"),
    TALK_S("a3 OK [CAPABILITY IMAP4rev1] postmaster logged in\r\n"),
    TALK_C("a5 STARTTLS\r\n"),
};

/* NTLM with its first token in the command, after a mechanism that the server does not know */
static const struct said talk_imap_ntlm[] = {
    TALK_S("* OK ready.\r\n"),
    TALK_C("A001 AUTHENTICATE NOSUCH\r\n"),
    TALK_S("A001 NO unknown\r\n"),
    TALK_C("A002 AUTHENTICATE NTLM " TALK_SMTP_NTLM_1 "\r\n"),
    TALK_S("+ " TALK_SMTP_NTLM_2 "\r\n"),
    TALK_C(TALK_SMTP_NTLM_3 "\r\n"),
    TALK_S("A002 OK\r\n"),
};

static const struct said talk_imap_kerberos[] = {
    TALK_S("* OK IMAP4rev1\r\n"),
    TALK_C("x AUTHENTICATE GSSAPI\r\n"),
    TALK_S("+ \r\n"),
    TALK_C(TALK_SMTP_AP_REQ "\r\n"),
    TALK_S("+ \r\n"),
    TALK_C("\r\n"),
    TALK_S("x OK\r\n"),
};

static const struct said talk_imap_preauth[] = {
    TALK_S("* PREAUTH [CAPABILITY IMAP4rev1] postmaster is in\r\n"),
    TALK_C("a NOOP\r\n"),
};

static const struct said talk_imap_client_only[] = {
    TALK_C("a1 LOGIN postmaster Str0ngSecret\r\n"),
    TALK_C("a2 AUTHENTICATE PLAIN\r\n"),
    TALK_C("AHBvc3RtYXN0ZXIAU3RyMG5nU2VjcmV0\r\n"),
    TALK_C("a3 APPEND x {12}\r\n"),
    TALK_C("a4 LOGIN x y"),
    TALK_C("\r\na5 STARTTLS\r\n"),
    TALK_C(TALK_TLS13_CLIENT),
};

static const struct said talk_imap_server_only[] = {
    TALK_S(TALK_IMAP_GREETING),
    TALK_S("* CAPABILITY IMAP4rev1 STARTTLS\r\nx OK\r\n"),
    TALK_S("x OK\r\n"),
    TALK_S(TALK_TLS13_SERVER TALK_TLS_DATA),
};

#define TALK_NNTP_CAPABILITIES \
    "101 Capability list:\r\nVERSION 2\r\nAUTHINFO USER SASL\r\nSTARTTLS\r\n.\r\n"

static const struct said talk_nntp_starttls[] = {
    TALK_S("200 news.corp.example ready\r\n"),
    TALK_C("CAPABILITIES\r\n"),
    TALK_S(TALK_NNTP_CAPABILITIES),
    TALK_C("STARTTLS\r\n"),
    TALK_S("382 Continue\r\n"),
    TALK_C(TALK_TLS13_CLIENT),
    TALK_S(TALK_TLS13_SERVER TALK_TLS_DATA),
    TALK_C(TALK_TLS_DATA),
};

/* no word but STARTTLS and its reply tells the protocol */
static const struct said talk_nntp_starttls_at_once[] = {
    TALK_S("201 ready\r\n"),
    TALK_C("STARTTLS\r\n"),
    TALK_S("382 Continue\r\n"),
    TALK_C(TALK_TLS13_CLIENT),
    TALK_S(TALK_TLS13_SERVER TALK_TLS_DATA),
};

/* STARTTLS is refused; articles and a posting that look like commands and replies; USER and PASS */
static const struct said talk_nntp_user[] = {
    TALK_S("200 NNTP Service 6.0.3790.3959 Version: 6.0.3790.3959 Posting Allowed\r\n"),
    TALK_C("MODE READER\r\nSTARTTLS\r\n"),
    TALK_S("200 Posting Allowed\r\n580 Can not initiate TLS negotiation\r\n"),
    TALK_C("GROUP a.b\r\nLISTGROUP\r\nARTICLE 1\r\nSTAT\r\n"),
    TALK_S("211 1 1 1 a.b\r\n211 1 1 1 a.b\r\n1\r\n.\r\n220 1 <1@a>\r\n382 x\r\n..\r\n281 x\r\n.\r\n223 1 <1@a>\r\n"),
    TALK_C("POST\r\n"),
    TALK_S("340 Go on\r\n"),
    TALK_C("From: postmaster\r\n\r\nAUTHINFO SASL NTLM\r\n..\r\n.\n.\r\n\x16\x03\r\n.\r\n"),
    TALK_S("240 Received\r\n"),
    TALK_C("AUTHINFO USER postmaster\r\n"),
    TALK_S("381 More\r\n"),
    TALK_C("AUTHINFO PASS wrong\r\n"),
    TALK_S("481 No\r\n"),
    TALK_C("AUTHINFO USER postmaster\r\n"),
    TALK_S("381 More\r\n"),
    TALK_C("AUTHINFO PASS Str0ngSecret\r\n"),
    TALK_S("281 Yes\r\n"),
    TALK_C("AUTHINFO SASL PLAIN\r\n"),
};

static const struct said talk_nntp_sasl[] = {
    TALK_S("200 news.corp.example InterNetNews NNRP server ready\r\n"),
    TALK_C("AUTHINFO SASL PLAIN AHBvc3RtYXN0ZXIAU3RyMG5nU2VjcmV0\r\n"),
    TALK_S("481 generic failure\r\n"),
    TALK_C("AUTHINFO SASL NTLM " TALK_SMTP_NTLM_1 "\r\n"),
    TALK_S("383 " TALK_SMTP_NTLM_2 "\r\n"),
    TALK_C(TALK_SMTP_NTLM_3 "\r\n"),
    TALK_S("281 Yes\r\n"),
};

static const struct said talk_nntp_generic[] = {
    TALK_S("200 news.corp.example\r\n"),
    TALK_C("AUTHINFO GENERIC NTLM\r\n"),
    TALK_S("381 Protocol supported, proceed\r\n"),
    TALK_C("AUTHINFO GENERIC " TALK_SMTP_NTLM_1 "\r\n"),
    TALK_S("381 " TALK_SMTP_NTLM_2 "\r\n"),
    TALK_C("AUTHINFO GENERIC " TALK_SMTP_NTLM_3 "\r\n"),
    TALK_S("281 Authentication ok\r\n"),
};

/* a server that feeds another, with articles that follow at once; then a login is asked for */
static const struct said talk_nntp_feed[] = {
    TALK_S("200 news.corp.example\r\n"),
    TALK_C("MODE STREAM\r\n"),
    TALK_S("203 Streaming\r\n"),
    TALK_C("TAKETHIS <1@a>\r\nSubject: x\r\n\r\nAUTHINFO USER x\r\n.\r\nCHECK <2@a>\r\nPOST\r\n"),
    TALK_S("239 <1@a>\r\n238 <2@a>\r\n440 No\r\n"),
    TALK_C("XOVER 1-2\r\n"),
    TALK_S("480 Login\r\n"),
    TALK_C("QUIT\r\n"),
    TALK_S("205 Bye\r\n"),
};

static const struct said talk_nntp_client_only[] = {
    TALK_C("AUTHINFO USER postmaster\r\n"),
    TALK_C("AUTHINFO PASS Str0ngSecret\r\n"),
    TALK_C("POST\r\n"),
    TALK_C("AUTHINFO SASL NTLM\r\n.\r\n"),
    TALK_C("STARTTLS\r\n"),
    TALK_C(TALK_TLS13_CLIENT),
};

#define TALK_BY(dissector, said) &dissector, said, sizeof said / sizeof said[0]
static const struct talk mailbox_talks[] = {
    {"POP3: STLS, then TLS 1.3", TALK_BY(dissector_pop3, talk_pop3_stls)},
    {"POP3: STLS refused, USER and PASS in clear", TALK_BY(dissector_pop3, talk_pop3_user)},
    {"POP3: AUTH NTLM after two other attempts", TALK_BY(dissector_pop3, talk_pop3_ntlm)},
    {"POP3: APOP", TALK_BY(dissector_pop3, talk_pop3_apop)},
    {"POP3: picked up in the middle", TALK_BY(dissector_pop3, talk_pop3_middle)},
    {"POP3: only the client is seen", TALK_BY(dissector_pop3, talk_pop3_client_only)},
    {"IMAP: STARTTLS, then TLS 1.3", TALK_BY(dissector_imap, talk_imap_starttls)},
    {"IMAP: STARTTLS refused, LOGIN in clear with literals", TALK_BY(dissector_imap, talk_imap_login)},
    {"IMAP: AUTHENTICATE NTLM", TALK_BY(dissector_imap, talk_imap_ntlm)},
    {"IMAP: AUTHENTICATE GSSAPI", TALK_BY(dissector_imap, talk_imap_kerberos)},
    {"IMAP: let in already", TALK_BY(dissector_imap, talk_imap_preauth)},
    {"IMAP: only the client is seen", TALK_BY(dissector_imap, talk_imap_client_only)},
    {"IMAP: only the server is seen", TALK_BY(dissector_imap, talk_imap_server_only)},
    {"NNTP: STARTTLS, then TLS 1.3", TALK_BY(dissector_nntp, talk_nntp_starttls)},
    {"NNTP: STARTTLS at once", TALK_BY(dissector_nntp, talk_nntp_starttls_at_once)},
    {"NNTP: STARTTLS refused, USER and PASS in clear", TALK_BY(dissector_nntp, talk_nntp_user)},
    {"NNTP: AUTHINFO SASL", TALK_BY(dissector_nntp, talk_nntp_sasl)},
    {"NNTP: AUTHINFO GENERIC", TALK_BY(dissector_nntp, talk_nntp_generic)},
    {"NNTP: a feed", TALK_BY(dissector_nntp, talk_nntp_feed)},
    {"NNTP: only the client is seen", TALK_BY(dissector_nntp, talk_nntp_client_only)},
};
#undef TALK_BY
// clang-format on

#endif
