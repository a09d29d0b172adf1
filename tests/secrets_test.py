"""No password, hash, token, ticket or user name that crosses the wire is in anything that the program writes.

usage: secrets_test.py BINARY

A capture is made in which every protocol that is read, and some that are not, carry secrets of a shape of their own, where
they belong, where they do not (a password where a command should stand, a token without a scheme, user and password in
addresses), from the beginning of a connection and from its middle, whole and byte by byte. Then every form of every command
is searched for them: as they are, in base64 at any place, as hexadecimal digits, in any case, spread over lines.
"""

import base64
import json
import os
import re
import signal
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request

binary = sys.argv[1]
bad = 0
SECRET, USER = b"ZQXJpass7Word", b"ZQXUser7name"
HASH = bytes.fromhex("9de15ca733b84ef1") * 3
CLIENT = "10.9.0.200"


def fail(text):
    global bad
    bad = 1
    print("FAIL:", text)


def b64(data):
    return base64.b64encode(data)


def wide(data):
    return data.decode().encode("utf-16-le")


# ---- messages that are made of bytes ----

def der(tag, *parts):
    body = b"".join(parts)
    length = bytes([len(body)]) if len(body) < 128 else b"\x82" + struct.pack(">H", len(body))
    return bytes([tag]) + length + body


def number(n):
    return der(2, bytes([n]))


def ntlm(kind):
    if kind == 1:
        return b"NTLMSSP\0" + struct.pack("<II", 1, 0xA2088207) + b"\0" * 16
    if kind == 2:
        return b"NTLMSSP\0" + struct.pack("<IHHII", 2, 0, 0, 56, 0xA2898205) + HASH[:8] + b"\0" * 24
    names, at, fields = wide(b"DOM") + wide(USER) + wide(b"PC"), 72, b""
    blob = HASH + names + HASH * 3
    for length, offset in ((24, at), (72, at + 24 + len(names)), (6, at + 24), (len(wide(USER)), at + 30), (4, at + 30 + len(wide(USER)))):
        fields += struct.pack("<HHI", length, length, offset)
    return b"NTLMSSP\0" + struct.pack("<I", 3) + fields + struct.pack("<HHII", 0, 0, 0, 0xA2888205) + b"\0" * 8 + blob


def spnego(token):
    mechanism = der(0x30, der(6, bytes.fromhex("2b06010401823702020a")))
    return der(0x60, der(6, bytes.fromhex("2b0601050502")), der(0xA0, der(0x30, der(0xA0, mechanism), der(0xA2, der(4, token)))))


def principal(kind, *names):
    return der(0x30, der(0xA0, number(kind)), der(0xA1, der(0x30, *(der(0x1B, name) for name in names))))


def sealed():
    return der(0x30, der(0xA0, number(18)), der(0xA2, der(4, HASH * 2)))


def ticket():
    service = principal(2, b"ldap", b"dc1.corp.example")
    return der(0x61, der(0x30, der(0xA0, number(5)), der(0xA1, der(0x1B, b"CORP.EXAMPLE")), der(0xA2, service), der(0xA3, sealed())))


def as_request():
    body = der(0x30, der(0xA0, der(3, b"\0\x40\x81\0\0")), der(0xA1, principal(1, USER)), der(0xA2, der(0x1B, b"CORP.EXAMPLE")),
               der(0xA3, principal(2, b"krbtgt", b"CORP.EXAMPLE")), der(0xA5, der(0x18, b"20370913024805Z")), der(0xA7, number(77)),
               der(0xA8, der(0x30, number(18), number(23))))
    data = der(0x30, der(0x30, der(0xA1, number(2)), der(0xA2, der(4, sealed()))))
    return der(0x6A, der(0x30, der(0xA1, number(5)), der(0xA2, number(10)), der(0xA3, data), der(0xA4, body)))


def as_reply():
    return der(0x6B, der(0x30, der(0xA0, number(5)), der(0xA1, number(11)), der(0xA3, der(0x1B, b"CORP.EXAMPLE")), der(0xA4, principal(1, USER)),
                         der(0xA5, ticket()), der(0xA6, sealed())))


def ap_request():
    return der(0x6E, der(0x30, der(0xA0, number(5)), der(0xA1, number(14)), der(0xA2, der(3, b"\0\0\0\0\0")), der(0xA3, ticket()), der(0xA4, sealed())))


def krb_token():
    return der(0x60, der(6, bytes.fromhex("2a864886f712010202")), b"\1\0" + ap_request())


def framed(message):
    return struct.pack(">I", len(message)) + message


def ldap(identity, operation):
    return der(0x30, number(identity), operation)


def bind(identity, credentials, name=b"cn=" + USER + b",dc=corp"):
    return ldap(identity, der(0x60, number(3), der(4, name), credentials))


def bound(identity, code=0):
    return ldap(identity, der(0x61, der(10, bytes([code])), der(4, b""), der(4, SECRET if code else b"")))


def smb2(command, body, flags=0):
    message = b"\xfeSMB" + struct.pack("<HHIHHIIQIIQ16s", 64, 1, 0, command, 31, flags, 0, command, 0, 0, 7, HASH[:16]) + body
    return framed(message)


def session_setup(token):
    return struct.pack("<HBBIIHHQ", 25, 0, 1, 1, 0, 88, len(token), 0) + token


def smb1_setup():
    words = struct.pack("<BBHHHHIHHII", 0xFF, 0, 0, 4356, 10, 0, 0, len(SECRET), 0, 0, 0x50)
    data = SECRET + USER + b"\0DOM\0Unix\0"
    return framed(b"\xffSMB\x73" + b"\0" * 4 + b"\x18\1\x20" + b"\0" * 20 + bytes([len(words) // 2]) + words + struct.pack("<H", len(data)) + data)


def rpc(kind, body, auth=b"", level=2):
    verifier = struct.pack("<BBBBI", 10, level, 0, 0, 1) + auth if auth else b""
    return struct.pack("<BBBB4sHHI", 5, 0, kind, 3, b"\x10\0\0\0", 16 + len(body) + len(verifier), len(auth), 1) + body + verifier


def rpc_bind():
    mapper = bytes.fromhex("0883afe11f5dc91191a408002b14a0fa") + struct.pack("<HH", 3, 0)
    ndr = bytes.fromhex("045d888aeb1cc9119fe808002b104860") + struct.pack("<I", 2)
    return struct.pack("<HHIBBHHBB", 5840, 5840, 0, 1, 0, 0, 0, 1, 0) + mapper + ndr


def login7():
    secret = bytes(((b << 4 | b >> 4) & 0xFF) ^ 0xA5 for b in wide(SECRET))
    names = wide(b"PC") + wide(USER) + secret
    fields = struct.pack("<HHHHHH", 94, 2, 98, len(USER), 98 + 2 * len(USER), len(SECRET)) + struct.pack("<HH", 94, 0) * 6
    body = struct.pack("<IIII", 94 + len(names), 0x74000004, 4096, 7) + b"\0" * 20 + fields + b"\0" * 22
    body = body[:94].ljust(94, b"\0") + names
    return b"\x10\1" + struct.pack(">H", len(body) + 8) + b"\0\0\1\0" + body


def netbios_name(name, suffix):
    padded = name[:15].ljust(15) + bytes([suffix])
    return b"\x20" + bytes(0x41 + nibble for byte in padded for nibble in (byte >> 4, byte & 15)) + b"\0"


def dns_text():
    query = b"\x12\x34\1\0\0\1\0\0\0\0\0\0\3txt\4corp\7example\0\0\x10\0\1"
    answer = b"\x12\x34\x85\x80\0\1\0\1\0\0\0\0" + query[12:] + b"\xc0\x0c\0\x10\0\1\0\0\0\x3c" + struct.pack(">HB", len(SECRET) + 1, len(SECRET)) + SECRET
    return query, answer


# ---- talks: (name, transport, port, [(side, bytes)]) ----

def lines(*texts):
    """'C:' and 'S:' before each line; {s}, {u} and their like stand for secrets."""
    known = {"s": SECRET, "u": USER, "S": b64(SECRET), "U": b64(USER), "plain": b64(b"\0" + USER + b"\0" + SECRET),
             "cram": b64(USER + b" " + HASH[:16].hex().encode()), "digest": HASH[:16].hex().encode(), "h": b64(HASH),
             "ntlm1": b64(ntlm(1)), "ntlm2": b64(ntlm(2)), "ntlm3": b64(ntlm(3)), "basic": b64(USER + b":" + SECRET),
             "oauth": b64(b"user=" + USER + b"\1auth=Bearer " + SECRET + b"\1\1"), "krb": b64(spnego(krb_token()))}
    made = []
    for text in texts:
        line = re.sub(rb"\{(\w+)\}", lambda found: known[found.group(1).decode()], text[2:].encode())
        made.append((text[0], line + b"\r\n"))
    return made


SMTP_HELLO = ["S:220 mail.corp.example ESMTP", "C:EHLO pc.corp.example", "S:250-mail.corp.example\r\n250 AUTH PLAIN LOGIN CRAM-MD5 NTLM GSSAPI XOAUTH2"]
HTTP_NO = "S:HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"{s}\"\r\nWWW-Authenticate: NTLM {ntlm2}\r\nContent-Length: 0\r\n"
HTTP_YES = "S:HTTP/1.1 200 OK\r\nSet-Cookie: s={s}\r\nContent-Length: 0\r\n"


def request(*heads, line="GET /owa/x?token={s}&user={u} HTTP/1.1"):
    return "C:" + "\r\n".join([line, "Host: mail.corp.example", *heads]) + "\r\n"


def mail_talks():
    hello = SMTP_HELLO
    yield "smtp plain", 25, lines(*hello, "C:AUTH PLAIN {plain}", "S:535 5.7.8 {s} is wrong", "C:auth plain", "S:334 ", "C:{plain}", "S:235 ok {u}",
                                  "C:MAIL FROM:<{u}@corp.example> AUTH=<{u}>", "S:250 ok", "C:VRFY {u}", "S:252 {u}", "C:QUIT", "S:221 bye {u}")
    yield "smtp login", 25, lines(*hello, "C:AUTH LOGIN {U}", "S:334 UGFzc3dvcmQ6", "C:{S}", "S:235 ok", "C:AUTH LOGIN", "S:334 VXNlcm5hbWU6",
                                  "C:{U}", "S:334 UGFzc3dvcmQ6", "C:{S}", "S:535 no")
    yield "smtp cram", 25, lines(*hello, "C:AUTH CRAM-MD5", "S:334 {h}", "C:{cram}", "S:235 ok")
    yield "smtp ntlm", 25, lines(*hello, "C:AUTH NTLM {ntlm1}", "S:334 {ntlm2}", "C:{ntlm3}", "S:235 ok")
    yield "smtp oauth", 587, lines(*hello, "C:AUTH XOAUTH2 {oauth}", "S:334 {S}", "C:", "S:535 no")
    yield "smtp gssapi", 25, lines(*hello, "C:X-EXPS GSSAPI {krb}", "S:235 ok", "C:AUTH GSSAPI", "S:334", "C:{krb}", "S:235 ok")
    yield "smtp misplaced", 25, lines(*hello, "C:AUTH {s}", "S:504 no {s}", "C:AUTH {plain}", "S:504 no", "C:{s}", "S:500 no", "C:{plain}", "S:500 no",
                                      "C:{u} {s}", "S:500 what", "C:X-{s}", "S:500 what", "C:HELP {s}", "S:214 {s}", "C:XEXCH50 {s} 2", "S:354 send {s}")
    yield "smtp at once", 25, lines(*hello, "C:AUTH LOGIN\r\n{U}\r\n{S}", "S:334 a\r\n334 b\r\n235 ok", "C:RSET", "S:250 ok")
    yield "smtp refused login", 25, lines(*hello, "C:AUTH LOGIN", "S:503 not now", "C:{U}", "S:500 what", "C:{S}", "S:500 what")
    yield "pop3", 110, lines("S:+OK ready <{digest}@corp.example>", "C:USER {u}", "S:+OK {u}", "C:PASS {s}", "S:-ERR {s}", "C:APOP {u} {digest}",
                             "S:+OK", "C:AUTH PLAIN {plain}", "S:-ERR", "C:AUTH NTLM", "S:+ ", "C:{ntlm1}", "S:+ {ntlm2}", "C:{ntlm3}", "S:+OK",
                             "C:{s}", "S:-ERR", "C:pass {s} and more", "S:-ERR", "C:AUTH {s}", "S:-ERR")
    yield "pop3 at once", 110, lines("S:+OK", "C:USER {u}\r\nPASS {s}\r\nSTAT", "S:+OK\r\n+OK\r\n+OK 1 2")
    yield "imap", 143, lines("S:* OK IMAP4rev1", "C:a LOGIN {u} \"{s}\"", "S:a NO {s}",
                             "C:b LOGIN \"{u}\" {s}", "S:b OK [CAPABILITY {s}] done", "C:c AUTHENTICATE PLAIN {plain}", "S:c NO", "C:d AUTHENTICATE PLAIN",
                             "S:+ ", "C:{plain}", "S:d OK", "C:e AUTHENTICATE {s}", "S:e BAD", "C:{s}", "S:* BAD", "C:{s} NOOP", "S:{s} OK",
                             "C:f AUTHENTICATE NTLM", "S:+", "C:{ntlm1}", "S:+ {ntlm2}", "C:{ntlm3}", "S:f OK")
    literal = lines("S:* OK IMAP4rev1") + [("C", b"a LOGIN {%d}\r\n" % len(USER))] + lines("S:+ go")
    yield "imap literal", 143, literal + [("C", USER + b" {%d}\r\n" % len(SECRET))] + lines("S:+ go", "C:{s}", "S:a OK")
    yield "nntp", 119, lines("S:200 news", "C:AUTHINFO USER {u}", "S:381 more", "C:AUTHINFO PASS {s}", "S:281 ok {u}", "C:AUTHINFO SASL PLAIN {plain}",
                             "S:481 no", "C:AUTHINFO GENERIC {s} {u}", "S:500 no", "C:AUTHINFO SIMPLE", "S:350", "C:{u} {s}", "S:250 ok", "C:{s}", "S:500 no",
                             "C:AUTHINFO SASL {s}", "S:503 no")


def web_talks():
    for name, credentials in (("basic", "Basic {basic}"), ("bearer", "Bearer {s}"), ("no scheme", "{s}"), ("base64 alone", "{S}"),
                              ("ntlm", "NTLM {ntlm3}"), ("negotiate", "Negotiate {krb}"), ("unknown", "X{s} {s}"),
                              ("digest", 'Digest username="{u}", realm="{s}", nonce="{h}", response="{digest}", uri="/x"')):
        yield f"http {name}", 80, lines(request("Authorization: " + credentials, "Proxy-Authorization: " + credentials, "Cookie: a={s}; cadata=\"{S}\"",
                                                "X-Api-Key: {s}", "Referer: http://{u}:{s}@a.example/{s}"), HTTP_NO,
                                        request("authorization:" + credentials), HTTP_YES)
    yield "http form", 80, lines(request("Content-Length: 70", line="POST /owa/auth.owa HTTP/1.1") + "\r\n" + "username={u}&password={s}".ljust(70), HTTP_YES)
    yield "http address", 80, lines(request(line="GET http://{u}:{s}@mail.corp.example:80/owa/ HTTP/1.1"), HTTP_YES,
                                    "C:GET /ews;{s}/x HTTP/1.1\r\nHost: {u}:{s}@mail.corp.example\r\n", HTTP_YES)
    yield "http connect", 3128, lines("C:CONNECT {u}:{s}@mail.corp.example:443 HTTP/1.1\r\nHost: {u}:{s}@mail.corp.example:443\r\n", "S:HTTP/1.1 407 {s}\r\n"
                                      "Proxy-Authenticate: Basic realm={s}\r\nContent-Length: 0\r\n")
    yield "http rpc", 80, lines("C:RPC_IN_DATA /rpc/rpcproxy.dll?mbx.corp.example:6001&{s} HTTP/1.1\r\nHost: m\r\nAuthorization: Basic {basic}\r\n"
                                "Content-Length: 1073741824\r\n", "S:HTTP/1.1 401 no\r\nWWW-Authenticate: NTLM {h}\r\nContent-Length: 0\r\n")
    head = ("Via: SIP/2.0/{t} 10.9.0.200:5060;branch={s}\r\nFrom: \"{u}\" <sip:{u}@corp.example>;tag={s}\r\nTo: <sip:{u}:{s}@corp.example>\r\n"
            "Call-ID: {s}@pc\r\nCSeq: 1 {m}\r\nContact: <sip:{u}:{s}@10.9.0.200:5060;token={s}?x={s}>\r\n"
            "Authorization: Digest username=\"{u}\",realm=\"{s}\",nonce=\"{h}\",response=\"{digest}\"\r\n")
    body = "v=0\r\no={u} 1 1 IN IP4 10.9.0.200\r\ns={s}\r\nc=IN IP4 10.9.0.200\r\nk=clear:{s}\r\nt=0 0\r\nm=audio 4000 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{S}\r\n"
    for transport in ("UDP", "TCP"):
        said = head.replace("{t}", transport)
        whole = lines("C:" + body)[0][1][:-2]
        invite = lines("C:INVITE sip:{u}:{s}@corp.example;x={s} SIP/2.0\r\n" + said.replace("{m}", "INVITE") + f"Content-Type: application/sdp\r\nContent-Length: {len(whole)}\r\n")
        invite[0] = ("C", invite[0][1] + whole)
        yield f"sip {transport}", (5060, transport == "UDP"), (
            lines("C:REGISTER sip:{u}:{s}@corp.example SIP/2.0\r\n" + said.replace("{m}", "REGISTER") + "Content-Length: 0\r\n",
                  "S:SIP/2.0 403 {s}\r\n" + said.replace("{m}", "REGISTER").split("Contact")[0] + "Content-Length: 0\r\n") + invite +
            lines("S:SIP/2.0 302 {s}\r\n" + said.replace("{m}", "INVITE").split("Authorization")[0] + "Content-Length: 0\r\n"))


def directory_talks():
    yield "ldap simple", 389, [("C", bind(1, der(0x80, SECRET))), ("S", bound(1, 49)), ("C", bind(2, der(0x80, SECRET), USER)), ("S", bound(2))]
    for name, token in (("ntlm", spnego(ntlm(3))), ("kerberos", spnego(krb_token())), ("raw", ntlm(3)), ("secret", SECRET)):
        for mechanism in (b"GSS-SPNEGO", b"DIGEST-MD5", SECRET):
            yield f"ldap {name} {mechanism.decode()}", 389, [("C", bind(1, der(0xA3, der(4, mechanism), der(4, token)), b"")), ("S", bound(1, 49))]
    yield "ldap sicily", 389, [("C", bind(1, der(0x89, b""), b"")), ("S", bound(1)), ("C", bind(2, der(0x8A, ntlm(1)), b"NTLM")), ("S", bound(2)),
                               ("C", bind(3, der(0x8B, ntlm(3)), b"")), ("S", bound(3))]
    change = der(0x77, der(0x80, b"1.3.6.1.4.1.4203.1.11.1"), der(0x81, der(0x30, der(0x80, USER), der(0x81, SECRET), der(0x82, SECRET))))
    found = der(0x64, der(4, b"cn=" + USER), der(0x30, der(0x30, der(4, b"unicodePwd"), der(0x31, der(4, SECRET)))))
    yield "ldap change", 389, [("C", ldap(1, change)), ("S", ldap(1, der(0x78, der(10, b"\0"), der(4, SECRET), der(4, SECRET)))),
                               ("C", ldap(2, der(0x63, der(4, b"cn=" + USER), der(10, b"\2"), der(10, b"\0"), number(0), number(0), der(1, b"\0"),
                                                 der(0xA3, der(4, b"uid"), der(4, USER)), der(0x30)))), ("S", ldap(2, found))]
    ping = der(0x63, der(4, b""), der(10, b"\0"), der(10, b"\0"), number(0), number(0), der(1, b"\0"),
               der(0xA0, der(0xA3, der(4, b"DnsDomain"), der(4, b"corp.example")), der(0xA3, der(4, b"User"), der(4, USER))), der(0x30, der(4, b"Netlogon")))
    yield "cldap", (389, True), [("C", ldap(1, ping)), ("S", ldap(1, der(0x65, der(10, b"\0"), der(4, b""), der(4, SECRET))))]
    yield "kerberos tcp", 88, [("C", framed(as_request())), ("S", framed(as_reply()))]
    yield "kerberos udp", (88, True), [("C", as_request()), ("S", as_reply())]
    private = der(0x75, der(0x30, der(0xA0, number(5)), der(0xA1, number(21)), der(0xA3, sealed())))
    change = struct.pack(">HHH", 6 + len(ap_request()) + len(private), 0xFF80, len(ap_request())) + ap_request() + private
    yield "kpasswd", (464, True), [("C", change)]
    query, answer = dns_text()
    yield "dns", (53, True), [("C", query), ("S", answer)]
    registration = b"\x12\x34\x29\x10\0\1\0\0\0\0\0\1" + netbios_name(USER, 3) + b"\0\x20\0\1\xc0\x0c\0\x20\0\1\0\0\0\0\0\6\0\0" + bytes([10, 9, 0, 200])
    yield "netbios", (137, True), [("C", registration)]


def other_talks():
    for name, token in (("ntlm", spnego(ntlm(3))), ("kerberos", spnego(krb_token())), ("raw", ntlm(3))):
        negotiated = struct.pack("<HHHH16sIIIIQQHHI", 65, 1, 0x0302, 0, HASH[:16], 1, 65536, 65536, 65536, 0, 0, 128, 0, 0)
        asked = struct.pack("<HHHHI16sQ", 36, 1, 1, 0, 1, HASH[:16], 0) + b"\2\3"
        yield f"smb2 {name}", 445, [("C", smb2(0, asked)), ("S", smb2(0, negotiated, 1)), ("C", smb2(1, session_setup(token))),
                                    ("S", smb2(1, struct.pack("<HHHH", 9, 0, 72, len(token)) + token, 1))]
        yield f"rpc {name}", 135, [("C", rpc(11, rpc_bind(), token)), ("S", rpc(12, struct.pack("<HHIH", 5840, 5840, 1, 4) + b"135\0\0\0" +
                                   struct.pack("<BBHHH", 1, 0, 0, 0, 0) + bytes.fromhex("045d888aeb1cc9119fe808002b104860") + struct.pack("<I", 2), ntlm(2))),
                                   ("C", rpc(16, b"\0\0\0\0", token)), ("C", rpc(0, struct.pack("<IHH", 32, 0, 3) + SECRET.ljust(32), HASH, 6))]
    yield "smb1", 445, [("C", framed(b"\xffSMB\x72" + b"\0" * 4 + b"\x18\1\x20" + b"\0" * 20 + b"\0\x0c\0\2NT LM 0.12\0")), ("C", smb1_setup())]
    yield "tds", 1433, [("C", b"\x12\1\0\x1a\0\0\1\0\0\0\x0b\0\6\1\0\x11\0\1\xff\x08\0\1\x55\0\0\2"), ("S", b"\4\1\0\x1a\0\x35\1\0\0\0\x0b\0\6\1\0\x11\0\1\xff\x08\0\1\x55\0\0\2"),
                        ("C", login7()), ("S", b"\4\1\0\x20\0\x35\1\0" + SECRET)]
    yield "rdp", 3389, [("C", b"\3\0\0" + bytes([38 + len(USER)]) + bytes([33 + len(USER)]) + b"\xe0\0\0\0\0\0Cookie: mstshash=" + USER + b"\r\n" + b"\1\0\x08\0\x0b\0\0\0"),
                        ("S", b"\3\0\0\x13\x0e\xd0\0\0\x12\x34\0\3\0\x08\0\5\0\0\0")]
    yield "ftp", 21, lines("S:220 ftp", "C:USER {u}", "S:331 {u}", "C:PASS {s}", "S:530 {s}")
    yield "telnet", 23, lines("S:login: ", "C:{u}", "S:Password: ", "C:{s}", "S:wrong {s}")
    yield "redis", 6379, lines("C:AUTH {s}", "S:-ERR {s}")
    yield "postgres", 5432, [("C", b"\0\0\0\x20\0\3\0\0user\0" + USER + b"\0\0"), ("S", b"R\0\0\0\x08\0\0\0\3"), ("C", b"p\0\0\0\x12" + SECRET + b"\0")]
    yield "mysql", 3306, [("S", b"\x4a\0\0\0\x0a5.7.0\0\1\0\0\0" + HASH[:8] + b"\0\xff\xf7\x08\2\0\xff\x81\x15" + b"\0" * 10 + HASH[:12] + b"\0"),
                          ("C", b"\x40\0\0\1\x85\xa6\x3f\0\0\0\0\1\x21" + b"\0" * 23 + USER + b"\0\x14" + HASH[:20])]
    yield "socks", 1080, [("C", b"\5\1\2"), ("S", b"\5\2"), ("C", b"\1" + bytes([len(USER)]) + USER + bytes([len(SECRET)]) + SECRET), ("S", b"\1\1")]
    yield "mqtt", 1883, [("C", b"\x10\x2e\0\4MQTT\4\xc2\0\x3c\0\4" + USER[:4] + b"\0\x0c" + USER + b"\0\x0d" + SECRET), ("S", b"\x20\2\0\5")]
    yield "snmp", (161, True), [("C", der(0x30, number(1), der(4, SECRET), der(0xA0, number(1), number(0), number(0), der(0x30))))]
    yield "syslog", (514, True), [("C", b"<34>Oct 11 22:14:15 pc su: " + USER + b" password " + SECRET)]
    yield "radius", (1812, True), [("C", b"\1\1\0\x40" + HASH[:16] + b"\1\x0e" + USER + b"\2\x12" + HASH[:16])]
    yield "stun", (3478, True), [("C", b"\0\3\0\x10\x21\x12\xa4\x42" + HASH[:12] + b"\0\6\0\x0c" + USER)]
    yield "unknown", 4711, lines("C:HELLO {u} {s} {plain}", "S:NO {s}")


# ---- packets ----

class Capture:
    def __init__(self, path):
        self.out = open(path, "wb")
        self.out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        self.time = 1795000000.0
        self.port = 20000

    def frame(self, protocol, source, target, body):
        self.time += 0.001
        packet = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(body), int(self.time * 1000) & 0xFFFF, 0, 64, protocol, 0,
                             bytes(map(int, source.split("."))), bytes(map(int, target.split("."))))
        frame = b"\2\0\0\0\0\1\2\0\0\0\0\2\x08\0" + packet + body
        self.out.write(struct.pack("<IIII", int(self.time), int(self.time % 1 * 1e6), len(frame), len(frame)) + frame)

    def talk(self, server, port, said, piece, datagrams, beginning):
        self.port += 1
        ends = {"C": (CLIENT, server, self.port, port), "S": (server, CLIENT, port, self.port)}
        sequence = {"C": 1000, "S": 5000}

        def segment(side, flags, body=b""):
            source, target, from_port, to_port = ends[side]
            other = sequence["S" if side == "C" else "C"]
            head = struct.pack(">HHIIBBHHH", from_port, to_port, sequence[side], other if flags & 16 else 0, 0x50, flags, 8192, 0, 0)
            self.frame(6, source, target, head + body)
            sequence[side] += len(body) + bool(flags & 3)

        if not datagrams and beginning:
            segment("C", 2)
            segment("S", 18)
            segment("C", 16)
        for side, body in said:
            if datagrams:
                source, target, from_port, to_port = ends[side]
                self.frame(17, source, target, struct.pack(">HHHH", from_port, to_port, 8 + len(body), 0) + body)
                continue
            for at in range(0, len(body), piece):
                segment(side, 24, body[at:at + piece])
        if not datagrams and beginning:
            segment("C", 17)
            segment("S", 17)
            segment("C", 16)


def make(path):
    capture = Capture(path)
    count = 0
    for talks in (mail_talks, web_talks, directory_talks, other_talks):
        for name, place, said in talks():
            count += 1
            port, datagrams = place if isinstance(place, tuple) else (place, False)
            server = f"10.9.{1 + count // 200}.{1 + count % 200}"
            capture.talk(server, port, said, 1400, datagrams, True)
            capture.talk(server, port + 20000, said, 1400, datagrams, True)
            if not datagrams:
                capture.talk(server, port, said, 1, datagrams, True)
                for skip in range(1, len(said)):  # picked up in the middle
                    capture.talk(server, port, said[skip:], 1400, datagrams, False)
    capture.out.close()
    return count


# ---- looking ----

def needles():
    found = [("the secret", rb"Z\W*Q\W*X\W*J"), ("the user", rb"Z\W*Q\W*X\W*U"), ("the hash", re.escape(HASH[:6])),
             ("digits of the hash", re.escape(HASH[:5].hex().encode().upper())), ("digits of the secret", SECRET[:5].hex().encode().upper()),
             ("digits of the user", USER[:5].hex().encode().upper())]
    for what, data in (("secret", SECRET), ("user", USER), ("hash", HASH), ("wide secret", wide(SECRET)), ("wide user", wide(USER))):
        for before in range(3):
            text = b64(b"\0" * before + data)[(before * 8 + 5) // 6:]
            found.append((f"base64 of the {what}", re.escape(text[:9].upper())))
    return found


NEEDLES = needles()


def look(where, data):
    plain = data.upper()
    for what, pattern in NEEDLES:
        hit = re.search(pattern, plain)
        if hit:
            fail(f"{where} holds {what}: {data[max(0, hit.start() - 100):hit.end() + 60]!r}")


def run(*words, **how):
    done = subprocess.run([binary, *words], capture_output=True, check=False, timeout=120, **how)
    if done.returncode not in (0, 1, 3):
        fail(f"{' '.join(words)} ends with {done.returncode}: {done.stderr.decode(errors='replace')[:300]}")
    look(" ".join(words), done.stdout)
    look(f"standard error of {' '.join(words)}", done.stderr)
    return done.stdout


def look_at_files(where, folder):
    for path, _, names in os.walk(folder):
        for name in names:
            look(f"{where}: {name}", open(os.path.join(path, name), "rb").read())


def look_at_watch(capture, site, work):
    """The page as it is served, what is told as lines, and what the terminal would show is made of these."""
    errors = open(work + "/watch.err", "w+")
    process = subprocess.Popen([binary, "watch", "-r", capture, "--follow", "-s", site, "--every", "1", "--listen", "127.0.0.1:0", "--findings", work + "/told",
                                "-O", f"dir:{work}/watched"], stdout=subprocess.DEVNULL, stderr=errors)
    page, until = None, time.monotonic() + 30
    while time.monotonic() < until:
        time.sleep(0.1)
        page = page or re.search(r"http://\S+/", open(work + "/watch.err").read())
        try:
            text = urllib.request.urlopen(page.group(0) + "audit.json", timeout=10).read() if page else b""
        except OSError:
            text = b""
        if text and json.loads(text)["coverage"][0]["packets"] > 0:
            look("watch: audit.json", text)
            look("watch: metrics", urllib.request.urlopen(page.group(0) + "metrics", timeout=10).read())
            break
    else:
        fail("watch serves no audit")
    process.send_signal(signal.SIGINT)
    process.wait(30)
    look("watch: standard error", open(work + "/watch.err", "rb").read())
    look("watch: findings", open(work + "/told", "rb").read())
    look_at_files("watch -O", work + "/watched")


with tempfile.TemporaryDirectory() as work:
    capture, site = work + "/c.pcap", work + "/site.yaml"
    made = make(capture)
    if not any(re.search(pattern, open(capture, "rb").read().upper()) for _, pattern in NEEDLES[:1]):
        fail("nothing secret was sent")
    with open(site, "w", encoding="utf-8") as out:
        out.write("site: x\ntables: [exchange-2010-sp3]\nscope: [10.9.0.0/16]\nroles:\n  mailbox: [10.9.1.0/25]\n  hub: [10.9.1.128/25]\n  mapi-client: [10.9.0.200]\n")
    seen = [json.loads(line) for line in run("observe", "-q", "-r", capture).splitlines()]
    protocols = {row["protocol"] for row in seen if row["type"] == "conversation"}
    wanted = {"smtp", "pop3", "imap", "nntp", "http", "sip", "ldap", "cldap", "kerberos", "kpasswd", "dns", "nbns", "smb", "dcerpc", "tds", "rdp", "stun"}
    if not wanted <= protocols:
        fail(f"not recognised, and so not tried: {wanted - protocols}")
    run("observe", "-q", "-r", capture, "-O", f"dir:{work}/seen")
    look_at_files("observe -O", work + "/seen")
    for words in (["-s", site], [], ["-s", site, "--anonymize"]):
        audit = json.loads(run("audit", "-q", "-r", capture, *words, "-T", "json"))
        run("audit", "-r", capture, *words, "--all")
        for form in ("html", "ecs"):
            run("audit", "-q", "-r", capture, *words, "-T", form)
        for part in ("conversations", "paths", "endpoints", "findings"):
            run("audit", "-q", "-r", capture, *words, "-T", "csv", "--only", part)
            run("audit", "-q", "-r", capture, *words, "--only", part)
    audit = json.loads(run("audit", "-q", "-r", capture, "-s", site, "-T", "json", "--ledger", work + "/ledger", "--propose-exceptions", work + "/proposed",
                           "-o", work + "/a.json") or open(work + "/a.json", "rb").read())
    for name in ("ledger", "proposed", "a.json"):
        look(name, open(f"{work}/{name}", "rb").read())
    kinds = {}
    for finding in audit["findings"]:  # of each kind and service the first
        kinds.setdefault((finding["verdict"], re.sub(r"[0-9.]+", "", finding["subject"])), finding["id"])
    for identity in list(kinds.values())[:60]:
        run("audit", "-q", "--from", f"dir:{work}/seen", "-s", site, "--explain", identity)
    for form in ("text", "json", "csv"):
        run("endpoints", "-q", "-r", capture, "-T", form)
    for form in ("yaml", "json", "text"):
        run("roles", "-q", "-r", capture, "-T", form)
    for form in ("nftables", "windows", "cisco-asa"):
        run("rules", "-q", "-r", capture, "-s", site, "-T", form)
    run("audit", "-q", "--from", f"dir:{work}/seen", "-T", "json", "-o", work + "/b.json")
    for form in ("text", "json"):
        run("diff", work + "/a.json", work + "/b.json", "-T", form, "--all")
    look_at_watch(capture, site, work)
sys.exit(bad)
