/* talks_http: whole HTTP conversations, made by hand from RFC 9110, RFC 9112, RFC 7616, RFC 4559, MS-NTHT, MS-RPCH and
 * the requests of Outlook and browsers; names, passwords and tokens are invented. Nothing of postmaster, Str0ngSecret
 * or hubuser may ever be said. */
#ifndef TESTS_TALKS_HTTP_H
#define TESTS_TALKS_HTTP_H

#include "tests/talks_smtp.h"

extern const struct dissector dissector_http;

/* One line of the talk a line. */
// clang-format off
/* base64 of SPNEGO: an offer of Kerberos and NTLM with an AP-REQ, the answers that accept and refuse it; then NTLM */
#define TALK_HTTP_KERBEROS \
    "YFMGBisGAQUFAqBJMEegJDAiBgkqhkiC9xIBAgIGCSqGSIb3EgECAgYKKwYBBAGCNwICCqIfBB1gGwYJKoZIhvcSAQICAQBuDDAK" \
    "oAMCAQWhAwIBDg=="
#define TALK_HTTP_KERBEROS_DONE \
    "oTUwM6ADCgEAoQsGCSqGSIb3EgECAqIfBB1gGwYJKoZIhvcSAQICAgBvDDAKoAMCAQWhAwIBDw=="
#define TALK_HTTP_REJECTED \
    "oQcwBaADCgEC"
#define TALK_HTTP_NTLM_1 \
    "YEAGBisGAQUFAqA2MDSgDjAMBgorBgEEAYI3AgIKoiIEIE5UTE1TU1AAAQAAAJeCCOIAAAAAAAAAAAAAAAAAAAAA"
#define TALK_HTTP_NTLM_2 \
    "oVkwV6ADCgEBoQwGCisGAQQBgjcCAgqiQgRATlRMTVNTUAACAAAACAAIADgAAAAVgoniAQIDBAUGBwgAAAAAAAAAAAAAAABAAAAA" \
    "BgGxHQAAAA9DAE8AUgBQAA=="
#define TALK_HTTP_NTLM_3 \
    "oYGrMIGoooGlBIGiTlRMTVNTUAADAAAAGAAYAF4AAAAsACwAdgAAAAgACABAAAAADgAOAEgAAAAIAAgAVgAAAAAAAACiAAAAFYKI" \
    "4kMATwBSAFAAaAB1AGIAdQBzAGUAcgBIAFUAQgAxAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABAgMEBQYHCAkKCwwNDg8QERIT" \
    "FBUWFxgZGhscHR4fICEiIyQlJicoKSor"
/* RTS PDUs (MS-RPCH 2.2.4): CONN/A1 of 76 bytes, CONN/A3, CONN/C2, CONN/B1; then a bind to EMSMDB and its answer */
#define TALK_HTTP_A1 \
    "\x05\x00\x14\x03\x10\x00\x00\x00\x4c\x00\x00\x00\x00\x00\x00\x00\x00\x00\x04\x00\x06\x00\x00\x00\x01\x00\x00" \
    "\x00\x03\x00\x00\x00\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x03\x00\x00\x00\x02\x02" \
    "\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x00\x00\x00\x00\x00\x00\x01\x00"
#define TALK_HTTP_A3 \
    "\x05\x00\x14\x03\x10\x00\x00\x00\x1c\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x02\x00\x00\x00\xc0\xd4\x01" \
    "\x00"
#define TALK_HTTP_C2 \
    "\x05\x00\x14\x03\x10\x00\x00\x00\x2c\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03\x00\x06\x00\x00\x00\x01\x00\x00" \
    "\x00\x00\x00\x00\x00\x00\x00\x01\x00\x02\x00\x00\x00\xc0\xd4\x01\x00"
#define TALK_HTTP_B1 \
    "\x05\x00\x14\x03\x10\x00\x00\x00\x68\x00\x00\x00\x00\x00\x00\x00\x00\x00\x06\x00\x06\x00\x00\x00\x01\x00\x00" \
    "\x00\x03\x00\x00\x00\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x03\x00\x00\x00\x03\x03" \
    "\x03\x03\x03\x03\x03\x03\x03\x03\x03\x03\x03\x03\x03\x03\x04\x00\x00\x00\x00\x00\x00\x40\x05\x00\x00\x00\xe0" \
    "\x93\x04\x00\x0c\x00\x00\x00\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09"
#define TALK_HTTP_BIND \
    "\x05\x00\x0b\x03\x10\x00\x00\x00\x48\x00\x00\x00\x01\x00\x00\x00\xb8\x10\xb8\x10\x00\x00\x00\x00\x01\x00\x00" \
    "\x00\x00\x00\x01\x00\x00\xdb\xf1\xa4\x47\xca\x67\x10\xb3\x1f\x00\xdd\x01\x06\x62\xda\x00\x00\x51\x00\x04\x5d" \
    "\x88\x8a\xeb\x1c\xc9\x11\x9f\xe8\x08\x00\x2b\x10\x48\x60\x02\x00\x00\x00"
#define TALK_HTTP_BIND_ACK \
    "\x05\x00\x0c\x03\x10\x00\x00\x00\x3c\x00\x00\x00\x01\x00\x00\x00\xb8\x10\xb8\x10\x07\x00\x00\x00\x05\x00\x36" \
    "\x30\x30\x31\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x04\x5d\x88\x8a\xeb\x1c\xc9\x11\x9f\xe8\x08\x00\x2b\x10" \
    "\x48\x60\x02\x00\x00\x00"

#define TALK_HTTP_GET(path) \
    "GET " path " HTTP/1.1\r\nHost: cas.corp.example\r\n"
#define TALK_HTTP_EMPTY \
    "Content-Length: 0\r\n\r\n"
/* hubuser:Str0ngSecret */
#define TALK_HTTP_BASIC \
    "Authorization: Basic aHVidXNlcjpTdHIwbmdTZWNyZXQ=\r\n"

/* a wrong password, then the right one; bodies in every form, and in them what looks like messages */
static const struct said talk_http_basic[] = {
    TALK_C("\r\nOPTIONS * HTTP/1.1\r\nHost: CAS.corp.example:80\r\n\r\nHEAD /owa/?Str0ngSecret HTTP/1.1\r\n"
           "host:cas.corp.example\r\n\r\n"),
    TALK_S("HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"),
    TALK_C("POST /EWS/Exchange.asmx HTTP/1.1\r\nExpect: 100-continue\r\nTransfer-Encoding: gzip, chunked\r\n"
           TALK_HTTP_BASIC "\r\n"),
    TALK_S("HTTP/1.1 100 Continue\r\n\r\n"),
    TALK_C("1a;x=\"y\"\r\nGET /Str0ngSecret HTTP/1.1\r\n0000\r\n0\r\nX-Trailer: a\r\n\r\n"),
    TALK_S("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"a, Str0ngSecret \\\", b\", X-Unknown a=b,\r\n"
           "\tNewAuth k = \"v\" , NTLM\r\nWWW-Authenticate:Bearer\r\nProxy-Authenticate: Digest nonce=\"1\"\r\n"
           "Content-Length: 34\r\n\r\nHTTP/1.1 407 No\r\nStr0ngSecret: 1\r\n\n"),
    TALK_C(TALK_HTTP_GET("/Microsoft-Server-activesync?User=hubuser") TALK_HTTP_BASIC "\r\n"
           TALK_HTTP_GET("/") TALK_HTTP_BASIC "\r\n" TALK_HTTP_GET("/hubuser@corp.example/x") "\r\n"),
    TALK_S("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nHTTP/\r\n00\r\n\r\n"
           "HTTP/1.1 304\r\nContent-Length: 9\r\n\r\nHTTP/1.0 200 OK\r\n\r\nHTTP/1.1 401 Never\r\n"
           "WWW-Authenticate: Str0ngSecret\r\n\r\n"),
};

static const struct said talk_http_denied[] = {
    TALK_C(TALK_HTTP_GET("/owa/") TALK_HTTP_BASIC "\r\n"),
    TALK_S("HTTP/1.1 401 No\r\nWWW-Authenticate: Basic\r\n" TALK_HTTP_EMPTY),
};

/* an old nonce is no wrong password; a scheme nobody knows may be a secret */
static const struct said talk_http_digest[] = {
    TALK_C(TALK_HTTP_GET("/oab/x") "Authorization: Digest username=\"hubuser\",\r\n response=\"Str0ngSecret\"\r\n\r\n"),
    TALK_S("HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm=\"a\", stale=TRUE, nonce=\"2\"\r\n" TALK_HTTP_EMPTY),
    TALK_C(TALK_HTTP_GET("/oab/x") "Authorization: Digest username=\"hubuser\", response=\"Str0ngSecret\"\r\n\r\n"),
    TALK_S("HTTP/1.1 404 Gone\r\n" TALK_HTTP_EMPTY),
    TALK_C(TALK_HTTP_GET("/oab/x") "Authorization: Str0ngSecret\r\n\r\n"),
    TALK_S("HTTP/1.1 500 Broken\r\n" TALK_HTTP_EMPTY),
};

/* three legs; then requests without credentials on the connection that was proved */
static const struct said talk_http_ntlm[] = {
    TALK_C("POST http://cas.corp.example:81/ews/x HTTP/1.1\r\nAuthorization: NTLM " TALK_SMTP_NTLM_1 "\r\n"
           TALK_HTTP_EMPTY),
    TALK_S("HTTP/1.1 401 Unauthorized\r\nwww-authenticate: NTLM " TALK_SMTP_NTLM_2 "\r\n" TALK_HTTP_EMPTY),
    TALK_C("POST http://cas.corp.example:81/ews/x HTTP/1.1\r\nAuthorization: NTLM " TALK_SMTP_NTLM_3 "\r\n"
           "Content-Length: 12\r\n\r\nStr0ngSecret"),
    TALK_S("HTTP/1.1 302 Found\r\n" TALK_HTTP_EMPTY),
    TALK_C(TALK_HTTP_GET("/ews/y") "\r\n"),
    TALK_S("HTTP/1.1 403 No\r\n" TALK_HTTP_EMPTY),
};

static const struct said talk_http_ntlm_denied[] = {
    TALK_C(TALK_HTTP_GET("/ews") "Authorization: NTLM " TALK_SMTP_NTLM_1 "\r\n\r\n"),
    TALK_S("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: NTLM " TALK_SMTP_NTLM_2 "\r\n" TALK_HTTP_EMPTY),
    TALK_C(TALK_HTTP_GET("/ews") "Authorization: NTLM " TALK_SMTP_NTLM_3 "\r\n\r\n"),
    TALK_S("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate, NTLM\r\n" TALK_HTTP_EMPTY),
};

/* WinRM: its messages are encrypted by itself */
static const struct said talk_http_kerberos[] = {
    TALK_C("POST /wsman?PSVersion=5 HTTP/1.1\r\nHost: [2001:db8::40]:5985\r\nAuthorization: Negotiate "
           TALK_HTTP_KERBEROS "\r\n" TALK_HTTP_EMPTY),
    TALK_S("HTTP/1.1 200 \r\nWWW-Authenticate: Negotiate " TALK_HTTP_KERBEROS_DONE "\r\n" TALK_HTTP_EMPTY),
    TALK_C("POST /wsman HTTP/1.1\r\nContent-Type: multipart/encrypted;protocol=\"application/HTTP-SPNEGO-session-"
           "encrypted\"\r\nContent-Length: 12\r\n\r\nStr0ngSecret"),
    TALK_S("HTTP/1.1 200 OK\r\nContent-Type: multipart/encrypted\r\nContent-Length: 12\r\n\r\nStr0ngSecret"),
};

static const struct said talk_http_kerberos_denied[] = {
    TALK_C(TALK_HTTP_GET("/powershell/") "Authorization: Negotiate " TALK_HTTP_KERBEROS "\r\n\r\n"),
    TALK_S("HTTP/1.1 401 No\r\nWWW-Authenticate: Negotiate " TALK_HTTP_REJECTED "\r\n" TALK_HTTP_EMPTY),
};

/* the server is sought through a proxy that wants NTLM of its own */
static const struct said talk_http_connect[] = {
    TALK_C("CONNECT cas.corp.example:443 HTTP/1.1\r\nHost: cas.corp.example:443\r\nProxy-Authorization: Negotiate "
           TALK_HTTP_NTLM_1 "\r\n\r\n"),
    TALK_S("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Negotiate " TALK_HTTP_NTLM_2 "\r\n"
           "Content-Length: 5\r\n\r\nHello"),
    TALK_C("CONNECT cas.corp.example:443 HTTP/1.1\r\nHost: cas.corp.example:443\r\nProxy-Authorization: Negotiate "
           TALK_HTTP_NTLM_3 "\r\n\r\n"),
    TALK_S("HTTP/1.1 200 Connection established\r\n\r\n"),
    TALK_C(TALK_TLS13_CLIENT),
    TALK_S(TALK_TLS13_SERVER TALK_TLS_DATA),
    TALK_C(TALK_TLS_DATA),
};

static const struct said talk_http_upgrade[] = {
    TALK_C("GET / HTTP/1.1\r\nHost: print.corp.example\r\nUpgrade: TLS/1.0\r\nConnection: Upgrade\r\n\r\n"),
    TALK_S("HTTP/1.1 101 Switching Protocols\r\nUpgrade: TLS/1.0, HTTP/1.1\r\nConnection: Upgrade\r\n\r\n"),
    TALK_C(TALK_TLS13_CLIENT),
    TALK_S(TALK_TLS13_SERVER TALK_TLS_DATA),
};

/* Outlook Web App asks for a password, gets a wrong one, then the right one */
#define TALK_HTTP_FORM(path) \
    "POST " path " HTTP/1.1\r\nHost: cas.corp.example\r\n" \
    "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 38\r\n\r\n" \
    "username=hubuser&password=Str0ngSecret"
static const struct said talk_http_forms[] = {
    TALK_C(TALK_HTTP_GET("/owa/auth/logon.aspx") "\r\n"),
    TALK_S("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nform"),
    TALK_C(TALK_HTTP_FORM("/owa/auth.owa")),
    TALK_S("HTTP/1.1 302 Found\r\nLocation: /owa/auth/logon.aspx?url=a&reason=2\r\n" TALK_HTTP_EMPTY),
    TALK_C(TALK_HTTP_FORM("/OWA/auth.owa")),
    TALK_S("HTTP/1.1 302 Found\r\nLocation: https://cas.corp.example/owa/\r\nSet-Cookie: cadata=Str0ngSecret\r\n"
           TALK_HTTP_EMPTY),
};

static const struct said talk_http_forms_denied[] = {
    TALK_C(TALK_HTTP_FORM("/CookieAuth.dll?Logon")),
    TALK_S("HTTP/1.1 302 Moved\r\nLocation: /CookieAuth.dll?GetLogon?curl=Z2FowaZ2F&reason=2&formdir=3\r\n"
           TALK_HTTP_EMPTY),
};

/* Outlook Anywhere: what the client says goes one way, what the server says another */
static const struct said talk_http_rpc_in[] = {
    TALK_C("RPC_IN_DATA /rpc/rpcproxy.dll?mbx1.corp.example:6001 HTTP/1.1\r\nHost: cas.corp.example\r\n"
           "Authorization: NTLM " TALK_SMTP_NTLM_1 "\r\n" TALK_HTTP_EMPTY),
    TALK_S("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: NTLM " TALK_SMTP_NTLM_2 "\r\n" TALK_HTTP_EMPTY),
    TALK_C("RPC_IN_DATA /rpc/rpcproxy.dll?mbx1.corp.example:6001 HTTP/1.1\r\nHost: cas.corp.example\r\n"
           "Authorization: NTLM " TALK_SMTP_NTLM_3 "\r\nContent-Length: 1073741824\r\n\r\n"),
    TALK_C(TALK_HTTP_B1 TALK_HTTP_BIND),
};

/* since Exchange 2013 the server is a mailbox */
static const struct said talk_http_rpc_out[] = {
    TALK_C("RPC_OUT_DATA /rpc/rpcproxy.dll?0c2f7a3e-hubuser@corp.example:6001 HTTP/1.1\r\nHost: cas.corp.example\r\n"
           TALK_HTTP_BASIC "Content-Length: 76\r\n\r\n" TALK_HTTP_A1),
    TALK_S("HTTP/1.1 200 Success\r\nContent-Type: application/rpc\r\nContent-Length: 1073741824\r\n\r\n" TALK_HTTP_A3
           TALK_HTTP_C2),
    TALK_S(TALK_HTTP_BIND_ACK),
};

/* refused before anything of the body was sent; the second time it is no RPC */
static const struct said talk_http_rpc_refused[] = {
    TALK_C("RPC_IN_DATA /rpcwithcert/rpcproxy.dll?[2001:db8::30]:6004 HTTP/1.1\r\nContent-Length: 1073741824\r\n\r\n"),
    TALK_S("HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"a\"\r\n" TALK_HTTP_EMPTY),
    TALK_C("RPC_IN_DATA /rpcwithcert/rpcproxy.dll?[2001:db8::30]:6004 HTTP/1.1\r\nContent-Length: 21\r\n\r\n"
           "\x01Str0ngSecret12345678" TALK_HTTP_GET("/rpc/rpcproxy.dll?echo") "\r\n"),
};

/* version 1: one connection, and the greeting of the server's port */
static const struct said talk_http_rpc_connect[] = {
    TALK_C("RPC_CONNECT mbx1.corp.example:593 HTTP/1.0\r\n\r\n"),
    TALK_S("HTTP/1.1 200 OK\r\n\r\nncacn_http/1.0"),
    TALK_C(TALK_HTTP_BIND),
    TALK_S(TALK_HTTP_BIND_ACK),
};

/* HTTP/2 without TLS */
static const struct said talk_http_2[] = {
    TALK_C("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"),
    TALK_S("\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64"),
};

/* picked up while an answer comes; then one side alone */
static const struct said talk_http_middle[] = {
    TALK_C(TALK_HTTP_GET("/public/a;b") "\r\n"),
    TALK_S("rest of a line\r\nHTTP and more\r\nHTTP/1.1 401 No\r\nWWW-Authenticate: Kerberos\r\n" TALK_HTTP_EMPTY),
};

static const struct said talk_http_client_only[] = {
    TALK_C("CONNECT cas.corp.example:80 HTTP/1.0\r\n\r\n"),
    TALK_C("CONNECT cas.corp.example:80 HTTP/1.0\r\nProxy-Authorization: Bearer Str0ngSecret\r\n\r\n"),
    TALK_C("GET / HTTP/1.0\r\nHost: cas.corp.example\r\n\r\n"),
};

static const struct said talk_http_server_only[] = {
    TALK_S("HTTP/1.1 401 No\r\nWWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM\r\n" TALK_HTTP_EMPTY),
    TALK_S("HTTP/1.1 200 OK\r\nContent-Length: 17, 17\r\n\r\nHTTP/1.1 401 No\r\n"),
    TALK_S("HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"),
    TALK_S("HTTP/1.1 407 No\r\nProxy-Authenticate: Str0ngSecret\r\n\r\n"),
};

#define TALK_HTTP(said) &dissector_http, said, sizeof said / sizeof said[0]
static const struct talk http_talks[] = {
    {"a wrong and a right password, and bodies in every form", TALK_HTTP(talk_http_basic)},
    {"a wrong HTTP password", TALK_HTTP(talk_http_denied)},
    {"Digest with an old nonce", TALK_HTTP(talk_http_digest)},
    {"NTLM of HTTP", TALK_HTTP(talk_http_ntlm)},
    {"NTLM of HTTP, denied", TALK_HTTP(talk_http_ntlm_denied)},
    {"WinRM with Kerberos", TALK_HTTP(talk_http_kerberos)},
    {"Kerberos of HTTP, denied", TALK_HTTP(talk_http_kerberos_denied)},
    {"TLS through a proxy", TALK_HTTP(talk_http_connect)},
    {"HTTP becomes TLS", TALK_HTTP(talk_http_upgrade)},
    {"Outlook Web App with its form", TALK_HTTP(talk_http_forms)},
    {"a form with a wrong password", TALK_HTTP(talk_http_forms_denied)},
    {"Outlook Anywhere, from the client", TALK_HTTP(talk_http_rpc_in)},
    {"Outlook Anywhere, from the server", TALK_HTTP(talk_http_rpc_out)},
    {"Outlook Anywhere refused", TALK_HTTP(talk_http_rpc_refused)},
    {"RPC over HTTP version 1", TALK_HTTP(talk_http_rpc_connect)},
    {"HTTP/2 in clear", TALK_HTTP(talk_http_2)},
    {"HTTP picked up in the middle", TALK_HTTP(talk_http_middle)},
    {"only the HTTP client is seen", TALK_HTTP(talk_http_client_only)},
    {"only the HTTP server is seen", TALK_HTTP(talk_http_server_only)},
};
#undef TALK_HTTP
// clang-format on

#endif
