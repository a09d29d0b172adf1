#!/usr/bin/python3
"""The SMTP dialogue between Exchange servers, EMULATED: a script says the verbs that only Exchange has, after published
transcripts; TLS and the security tokens are real, the rest is a play.

    exchange_smtp.py serve ADDRESS PORT CERTIFICATE KEY
    exchange_smtp.py talk ADDRESS PORT SCENE      SCENE: plain anonymoustls starttls exps-ntlm exps-gssapi
                                                  exps-refused anonymoustls-exps linkstate
"""
import base64
import socket
import ssl
import sys
import threading

from impacket import ntlm
from tokens import challenge

PASSWORD = "Lab-Only-1"
KEYWORDS = ["SIZE 10485760", "PIPELINING", "DSN", "ENHANCEDSTATUSCODES", "STARTTLS", "X-ANONYMOUSTLS", "AUTH NTLM",
            "X-EXPS GSSAPI NTLM", "8BITMIME", "BINARYMIME", "CHUNKING", "XEXCH50", "XRDST", "XSHADOW", "X-LINK2STATE"]


class Server:
    """One connection."""

    def __init__(self, connection, context):
        self.connection, self.context, self.secure = connection, context, False
        self.lines = connection.makefile("rwb")

    def say(self, *lines):
        for number, line in enumerate(lines):
            if len(lines) > 1:
                line = line[:3] + ("-" if number < len(lines) - 1 else " ") + line[4:]
            self.lines.write(line.encode("ascii") + b"\r\n")
        self.lines.flush()

    def hear(self):
        return self.lines.readline().decode("latin-1").rstrip("\r\n")

    def greet(self):
        keywords = KEYWORDS
        if self.secure:
            keywords = [one.replace("X-EXPS GSSAPI", "X-EXPS EXCHANGEAUTH GSSAPI") for one in KEYWORDS
                        if one not in ("STARTTLS", "X-ANONYMOUSTLS")] + ["X-EXCHANGEAUTH SHA256"]
        self.say("250 HUB1.corp.example Hello [10.99.0.21]", *[f"250 {one}" for one in keywords])

    def upgrade(self):
        self.say("220 2.0.0 SMTP server ready")
        self.connection = self.context.wrap_socket(self.connection, server_side=True)
        self.lines = self.connection.makefile("rwb")
        self.secure = True

    def authenticate(self, mechanism, token):
        """What the mechanism's tokens say is not examined: a server would ask the domain controller."""
        if mechanism == "NTLM":
            self.say("334 NTLM supported")
            self.say("334 " + base64.b64encode(challenge(base64.b64decode(self.hear()), "HUB1")).decode("ascii"))
            token = self.hear()
            self.say("235 2.7.0 Authentication successful")
        elif mechanism in ("GSSAPI", "EXCHANGEAUTH") and token:
            self.say("235 2.7.0 Authentication successful")
        else:
            self.say("504 5.7.4 Unrecognized authentication type")

    def chunk(self, words):
        self.lines.read(int(words[1]))
        self.say("250 2.6.0 <1@corp.example> [InternalId=1] Queued mail for delivery")

    def serve(self):
        self.say("220 HUB1.corp.example Microsoft ESMTP MAIL Service ready at Sat, 21 Nov 2026 08:00:00 +0000")
        while line := self.hear():
            words = line.split()
            verb = words[0].upper()
            if verb == "EHLO":
                self.greet()
            elif verb in ("STARTTLS", "X-ANONYMOUSTLS") and not self.secure:
                self.upgrade()
            elif verb in ("AUTH", "X-EXPS"):
                self.authenticate(words[1].upper(), "".join(words[2:]))
            elif verb == "MAIL":
                self.say("250 2.1.0 Sender OK")
            elif verb == "RCPT":
                self.say("250 2.1.5 Recipient OK")
            elif verb == "BDAT":
                self.chunk(words)
            elif verb == "X-LINK2STATE":
                self.say("200 LAST CHUNK={0000004d} MULTI (5) ({01} DONE_RESPONSE)")
            elif verb == "XEXCH50":
                self.say("354 Send binary data")
                self.lines.read(int(words[1]))
                self.say("250 2.0.0 XEXCH50 OK")
            elif verb == "QUIT":
                self.say("221 2.0.0 Service closing transmission channel")
                break
            else:
                self.say("500 5.3.3 Unrecognized command")
        self.lines.close()
        self.connection.close()


class Client:
    def __init__(self, address, port):
        self.connection = socket.create_connection((address, port), 5)
        self.lines = self.connection.makefile("rwb")
        self.hear("220")

    def hear(self, wanted):
        while (line := self.lines.readline().decode("latin-1").rstrip())[3:4] == "-":
            pass
        if not line.startswith(wanted):
            raise SystemExit(f"the server says '{line}' instead of {wanted}")
        return line

    def say(self, line, wanted="250"):
        self.lines.write(line.encode("ascii") + b"\r\n")
        self.lines.flush()
        return self.hear(wanted)

    def secure(self, verb):
        self.say(verb, "220")
        self.connection = ssl._create_unverified_context().wrap_socket(self.connection)
        self.lines = self.connection.makefile("rwb")
        self.say("EHLO EDGE1.corp.example")
        print("secure", self.connection.version())

    def exps_ntlm(self):
        self.say("X-EXPS NTLM", "334")
        hello = ntlm.getNTLMSSPType1("EDGE1", "CORP")
        got = self.say(base64.b64encode(hello.getData()).decode("ascii"), "334")
        answer, _ = ntlm.getNTLMSSPType3(hello, base64.b64decode(got[4:]), "alice", PASSWORD, "CORP")
        self.say(base64.b64encode(answer.getData()).decode("ascii"), "235")

    def exps_gssapi(self):
        import gssapi  # here, because only this scene needs a ticket
        name = gssapi.Name("smtp@hub.corp.example", gssapi.NameType.hostbased_service)
        token = gssapi.SecurityContext(name=name, usage="initiate").step()
        self.say("X-EXPS GSSAPI " + base64.b64encode(token).decode("ascii"), "235")

    def message(self):
        self.say("MAIL FROM:<alice@corp.example> SIZE=200")
        self.say("RCPT TO:<bob@corp.example>")
        body = b"Subject: from the lab\r\n\r\nhello\r\n"
        self.lines.write(b"BDAT %d LAST\r\n" % len(body) + body)
        self.lines.flush()
        self.hear("250")

    def talk(self, scene):
        self.say("EHLO EDGE1.corp.example")
        if scene.startswith("anonymoustls"):
            self.secure("X-ANONYMOUSTLS")
        if scene == "starttls":
            self.secure("STARTTLS")
        if scene in ("exps-ntlm", "anonymoustls-exps"):
            self.exps_ntlm()
        if scene == "exps-gssapi":
            self.exps_gssapi()
        if scene == "exps-refused":
            self.say("X-EXPS KERBEROS5", "504")
        if scene == "linkstate":
            self.say("X-LINK2STATE LAST CHUNK={0000002e} DIGEST_QUERY 01F4A2C37E9D4B6A8F0B5D1C2E3F4A5B", "200")
            self.lines.write(b"XEXCH50 4 2\r\n")
            self.lines.flush()
            self.hear("354")
            self.lines.write(b"\x01\0\0\0")
            self.lines.flush()
            self.hear("250")
        self.message()
        self.say("QUIT", "221")
        print("done")


def main():
    role, address, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
    if role == "talk":
        Client(address, port).talk(sys.argv[4])
        return
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[4], sys.argv[5])
    with socket.create_server((address, port)) as door:
        while True:
            connection, _ = door.accept()
            threading.Thread(target=Server(connection, context).serve, daemon=True).start()
            del connection  # or the socket would stay open until the next one comes


main()
