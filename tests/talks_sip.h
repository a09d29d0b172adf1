/* talks_sip: whole SIP conversations, made by hand from RFC 3261, RFC 4566, RFC 4568, MS-SIPAE and what a gateway and
 * the UM service of Exchange say; names, passwords and tokens are invented. Nothing of postmaster, Str0ngSecret or
 * hubuser may ever be said. */
#ifndef TESTS_TALKS_SIP_H
#define TESTS_TALKS_SIP_H

#include "tests/talks_smtp.h"

extern const struct dissector dissector_sip;

/* One line of the talk a line. */
// clang-format off
#define TALK_SIP_CALL(sequence) \
    "From: \"postmaster\" <sip:postmaster@10.1.0.60>;tag=1\r\nTo: <sip:hubuser@10.1.0.50:5060>\r\n" \
    "Call-ID: 1-7@10.1.0.60\r\nCSeq: " sequence "\r\n"
#define TALK_SIP_TCP \
    "Via: SIP/2.0/TCP 10.1.0.60:40003;branch=z9hG4bK-7\r\n"
#define TALK_SIP_UDP \
    "Via: SIP/2.0/UDP 10.1.0.60:5060;branch=z9hG4bK-7\r\n"
#define TALK_SIP_EMPTY \
    "Content-Length: 0\r\n\r\n"

/* 112 bytes */
#define TALK_SIP_SDP \
    "v=0\r\no=postmaster 1 1 IN IP4 10.1.0.60\r\ns=Str0ngSecret\r\nc=IN IP4 10.1.0.60\r\nt=0 0\r\n" \
    "m=audio 20000 RTP/AVP 8 101\r\n"
/* 191 bytes: secured audio with a port of its own for RTCP, fax elsewhere, and video that was declined */
#define TALK_SIP_SDP_SECURED \
    "v=0\r\nc=IN IP6 2001:db8::50\r\nm=audio 40000 RTP/SAVP 8\r\na=rtcp:40009\r\n" \
    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:Str0ngSecret\r\n" \
    "m=video 0 RTP/AVP 31\r\nm=image 40002 udptl t38\r\nc=IN IP4 10.1.0.51\r\n"

/* a gateway calls the UM service, which sends it on to its worker: two messages in one segment, keep-alives between */
static const struct said talk_sip_redirect[] = {
    TALK_C("\r\n\r\nINVITE sip:hubuser@10.1.0.50:5060;transport=TCP SIP/2.0\r\n" TALK_SIP_TCP TALK_SIP_CALL("1 INVITE")
           "Contact: <sip:postmaster@10.1.0.60:40003>\r\nContent-Type: application/sdp\r\nContent-Length: 112\r\n\r\n"
           TALK_SIP_SDP),
    TALK_S("SIP/2.0 100 Trying\r\n" TALK_SIP_TCP TALK_SIP_CALL("1 INVITE") TALK_SIP_EMPTY
           "SIP/2.0 302 Moved Temporarily\r\n" TALK_SIP_TCP TALK_SIP_CALL("1 INVITE")
           "Contact: \"hubuser, <at> work\"\r\n <sip:hubuser;x=1@10.1.0.50:5065;transport=TCP>;q=0.9 ,\r\n"
           "\t<sips:hubuser@um1.corp.example>\r\n" TALK_SIP_EMPTY "\r\n"),
    TALK_C("ACK sip:hubuser@10.1.0.50:5060;transport=TCP SIP/2.0\r\n" TALK_SIP_TCP TALK_SIP_CALL("1 ACK")
           TALK_SIP_EMPTY),
};

/* a whole call with compact headers; a body that looks like a message; the server hangs up */
static const struct said talk_sip_call[] = {
    TALK_C("INVITE sip:hubuser@10.1.0.50:5065 SIP/2.0\r\nv: SIP/2.0/TCP 10.1.0.60:40004\r\ni: 2@h\r\nCSEQ: 1 INVITE\r\n"
           "c: application/SDP;charset=utf-8\r\nL:112\r\n\r\n" TALK_SIP_SDP),
    TALK_S("SIP/2.0 180 Ringing\r\n" TALK_SIP_TCP TALK_SIP_CALL("1 INVITE") TALK_SIP_EMPTY),
    TALK_S("SIP/2.0 200 OK\r\n" TALK_SIP_TCP TALK_SIP_CALL("1 INVITE") "Contact: <sip:10.1.0.50:5065>\r\n"
           "Content-Type: multipart/alternative; boundary=b\r\nContent-Length: 236\r\n\r\n"
           "--b\r\nContent-Type: application/sdp\r\n\r\n" TALK_SIP_SDP_SECURED "--b--\r\n"),
    TALK_C("ACK sip:10.1.0.50:5065 SIP/2.0\r\n" TALK_SIP_TCP TALK_SIP_EMPTY
           "MESSAGE sip:hubuser@10.1.0.50 SIP/2.0\r\n" TALK_SIP_TCP "Content-Type: text/plain\r\n"
           "Content-Length: 55\r\n\r\nREFER sip:Str0ngSecret SIP/2.0\r\n\r\nSIP/2.0 500 Never\r\n\r\n"
           "KNOCK sip:hubuser@10.1.0.50 SIP/2.0\r\n" TALK_SIP_TCP TALK_SIP_EMPTY),
    TALK_S("BYE sip:postmaster@10.1.0.60:40004 SIP/2.0\r\n" TALK_SIP_TCP TALK_SIP_EMPTY),
    TALK_C("SIP/2.0 200 OK\r\n" TALK_SIP_TCP TALK_SIP_EMPTY),
};

/* datagrams: Digest is asked for and given; an INVITE without Content-Length */
static const struct said talk_sip_digest[] = {
    TALK_C("REGISTER sip:corp.example SIP/2.0\r\n" TALK_SIP_UDP TALK_SIP_CALL("1 REGISTER") TALK_SIP_EMPTY),
    TALK_S("SIP/2.0 401 Unauthorized\r\n" TALK_SIP_UDP TALK_SIP_CALL("1 REGISTER")
           "WWW-Authenticate: Digest realm=\"corp.example\", nonce=\"Str0ngSecret\"\r\n" TALK_SIP_EMPTY),
    TALK_C("REGISTER sip:corp.example SIP/2.0\r\n" TALK_SIP_UDP TALK_SIP_CALL("2 REGISTER")
           "Authorization: Digest username=\"postmaster\",\r\n realm=\"corp.example\", response=\"Str0ngSecret\"\r\n"
           TALK_SIP_EMPTY),
    TALK_S("SIP/2.0 200 OK\r\n" TALK_SIP_UDP TALK_SIP_CALL("2 REGISTER") TALK_SIP_EMPTY),
    TALK_C("INVITE tel:+15551234 SIP/2.0\r\n" TALK_SIP_UDP TALK_SIP_CALL("3 INVITE")
           "Content-Type: application/sdp\r\n\r\n" TALK_SIP_SDP "a=rtcp:20005 IN IP4 10.1.0.61\r\n"),
    TALK_S("SIP/2.0 183 Progress\r\n" TALK_SIP_UDP TALK_SIP_CALL("3 INVITE") "\r\n"),
};

/* NTLM as Communications Server speaks it */
static const struct said talk_sip_ntlm[] = {
    TALK_C("REGISTER sip:corp.example SIP/2.0\r\n" TALK_SIP_TCP TALK_SIP_CALL("1 REGISTER")
           "Authorization: NTLM qop=\"auth\", realm=\"SIP Communications Service\", gssapi-data=\"\"\r\n"
           TALK_SIP_EMPTY),
    TALK_S("SIP/2.0 401 Unauthorized\r\n" TALK_SIP_TCP TALK_SIP_CALL("1 REGISTER")
           "WWW-Authenticate: NTLM opaque=\"1\", gssapi-data=\"" TALK_SMTP_NTLM_2 "\", targetname=\"ocs\"\r\n"
           TALK_SIP_EMPTY),
    TALK_C("REGISTER sip:corp.example SIP/2.0\r\n" TALK_SIP_TCP TALK_SIP_CALL("2 REGISTER")
           "Authorization: NTLM opaque=\"1\", gssapi-data=\"" TALK_SMTP_NTLM_3 "\", targetname=\"ocs\"\r\n"
           TALK_SIP_EMPTY),
    TALK_S("SIP/2.0 200 OK\r\n" TALK_SIP_TCP TALK_SIP_CALL("2 REGISTER") TALK_SIP_EMPTY),
};

/* a wrong password */
static const struct said talk_sip_denied[] = {
    TALK_C("REGISTER sip:corp.example SIP/2.0\r\n" TALK_SIP_UDP TALK_SIP_CALL("2 REGISTER")
           "Proxy-Authorization: Digest username=\"postmaster\", response=\"Str0ngSecret\"\r\n" TALK_SIP_EMPTY),
    TALK_S("SIP/2.0 403 Str0ngSecret is wrong\r\n" TALK_SIP_UDP TALK_SIP_CALL("2 REGISTER") TALK_SIP_EMPTY),
};

/* only the server's side is captured */
static const struct said talk_sip_server_only[] = {
    TALK_S("SIP/2.0 302\r\n" TALK_SIP_UDP "Contact: sip:hubuser@10.1.0.50:5067;transport=udp\r\n" TALK_SIP_EMPTY),
    TALK_S("NOTIFY sip:hubuser@10.1.0.60 SIP/2.0\r\n" TALK_SIP_UDP TALK_SIP_EMPTY),
};

#define TALK_SIP(said) &dissector_sip, said, sizeof said / sizeof said[0]
static const struct talk sip_talks[] = {
    {"a gateway is sent on by the UM service", TALK_SIP(talk_sip_redirect)},
    {"a whole call, media secured on one side", TALK_SIP(talk_sip_call)},
    {"Digest, then an INVITE without Content-Length", TALK_SIP(talk_sip_digest)},
    {"NTLM of Communications Server", TALK_SIP(talk_sip_ntlm)},
    {"a wrong SIP password", TALK_SIP(talk_sip_denied)},
    {"only the SIP server is seen", TALK_SIP(talk_sip_server_only)},
};
#undef TALK_SIP
// clang-format on

#endif
