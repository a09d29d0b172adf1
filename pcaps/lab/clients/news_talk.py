#!/usr/bin/python3
"""A news reader (RFC 3977, 4642, 4643) that logs in in several ways. words: ADDRESS PASSWORD WAY
WAY: reader refused starttls sasl nntps. Prints the code of each answer."""
import base64
import socket
import ssl
import sys

ADDRESS, PASSWORD, WAY = sys.argv[1:4]
LOGIN = ["AUTHINFO USER alice", f"AUTHINFO PASS {PASSWORD}"]
LINES = {
    "reader": ["CAPABILITIES", "LIST", *LOGIN, "GROUP local.test", "POST"],
    "refused": ["AUTHINFO USER alice", "AUTHINFO PASS wrong"],
    "starttls": ["STARTTLS", *LOGIN, "LIST"],
    "sasl": ["AUTHINFO SASL PLAIN " + base64.b64encode(f"\0alice\0{PASSWORD}".encode()).decode("ascii")],
    "nntps": ["CAPABILITIES", *LOGIN],
}[WAY]
ARTICLE = b"From: alice@corp.example\r\nNewsgroups: local.test\r\nSubject: lab\r\n\r\nhello\r\n.\r\n"
SEVERAL_LINES = ("101", "215")

context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
link = socket.create_connection((ADDRESS, 563 if WAY == "nntps" else 119), 8)
if WAY == "nntps":
    link = context.wrap_socket(link)
stream = link.makefile("rwb")


def hear():
    code = stream.readline()[:3].decode("ascii")
    if code in SEVERAL_LINES:
        while stream.readline() not in (b".\r\n", b""):
            pass
    print(code)
    return code


hear()
for line in LINES + ["QUIT"]:
    stream.write(line.encode("ascii") + b"\r\n")
    stream.flush()
    code = hear()
    if code == "340":
        stream.write(ARTICLE)
        stream.flush()
        hear()
    if code == "382":
        link = context.wrap_socket(link)
        stream = link.makefile("rwb")
link.close()
