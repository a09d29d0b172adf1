#!/usr/bin/python3
"""A web server that asks for NTLM (MS-NTHT), EMULATED: the client is real, its answer is believed.
words: ADDRESS PORT"""
import base64
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tokens import challenge


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "Microsoft-IIS/7.5", ""

    def answer(self, status, *schemes):
        body = b"" if schemes else b"<html>mail</html>"
        self.send_response(status)
        for scheme in schemes:
            self.send_header("WWW-Authenticate", scheme)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        token = base64.b64decode(token)
        if not token.startswith(b"NTLMSSP\0"):
            self.answer(401, "Negotiate", "NTLM")
        elif token[8] == 1:
            self.answer(401, scheme + " " + base64.b64encode(challenge(token, "CAS")).decode("ascii"))
        else:
            self.answer(200)

    def log_message(self, format, *args):
        """Nothing: the capture is the record."""


ThreadingHTTPServer((sys.argv[1], int(sys.argv[2])), Handler).serve_forever()
