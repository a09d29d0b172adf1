#!/usr/bin/python3
"""Real conversations that no packaged client has: GSSAPI over SMTP and IMAP, and SMTP whose message text looks like
commands. words: smtp|imap ADDRESS gssapi|tricks"""
import base64
import imaplib
import smtplib
import sys

import gssapi


class Gssapi:
    """The exchange of RFC 4752, without a security layer."""

    def __init__(self, service):
        name = gssapi.Name(service, gssapi.NameType.hostbased_service)
        flags = [gssapi.RequirementFlag.mutual_authentication, gssapi.RequirementFlag.integrity]
        self.context = gssapi.SecurityContext(name=name, usage="initiate", flags=flags)

    def step(self, challenge):
        if not self.context.complete:
            return self.context.step(challenge or None) or b""
        if not challenge:
            return b""
        self.context.unwrap(challenge)
        return self.context.wrap(bytes([1, 0, 0, 0]) + b"alice", False).message


def smtp_gssapi(address):
    with smtplib.SMTP(address) as link:
        link.ehlo()
        exchange = Gssapi("smtp@hub.corp.example")
        code, text = link.docmd("AUTH", "GSSAPI " + base64.b64encode(exchange.step(b"")).decode("ascii"))
        while code == 334:
            code, text = link.docmd(base64.b64encode(exchange.step(base64.b64decode(text))).decode("ascii"))
        print(code, text.decode("ascii"))
        link.sendmail("alice@corp.example", ["bob@corp.example"], "Subject: kerberos\r\n\r\nhello\r\n")


def smtp_tricks(address):
    """A chunk and pipelined messages with lines like commands; a login given up; an unknown mechanism."""
    queued = 0
    with smtplib.SMTP(address) as link:
        link.ehlo()
        link.docmd("MAIL FROM:<alice@corp.example>")
        link.docmd("RCPT TO:<bob@corp.example>")
        chunks = [b"Subject: chunks\r\n\r\nSTARTTLS\r\nAUTH LOGIN\r\n" + bytes(range(1, 256)), b"\r\nQUIT\r\n"]
        for number, chunk in enumerate(chunks):
            link.sock.sendall(b"BDAT %d%s\r\n" % (len(chunk), b" LAST" if number else b"") + chunk)
            code, _ = link.getreply()
        queued += code == 250
        for _ in range(3):
            link.sock.sendall(b"MAIL FROM:<alice@corp.example>\r\nRCPT TO:<bob@corp.example>\r\nDATA\r\n")
            for _ in range(3):
                link.getreply()
            link.sock.sendall(b"Subject: pipelined\r\n\r\nEHLO inside\r\nX-EXPS GSSAPI\r\n..dots\r\n.\r\n")
            queued += link.getreply()[0] == 250
        link.docmd("AUTH", "NTLM")
        link.docmd("*")
        link.docmd("AUTH", "NOSUCH")
    print("queued", queued)


def imap_gssapi(address):
    link = imaplib.IMAP4(address)
    exchange = Gssapi("imap@cas.corp.example")
    print(link.authenticate("GSSAPI", exchange.step)[0], link.select()[0])
    link.logout()


WAYS = {("smtp", "gssapi"): smtp_gssapi, ("smtp", "tricks"): smtp_tricks, ("imap", "gssapi"): imap_gssapi}
WAYS[sys.argv[1], sys.argv[3]](sys.argv[2])
