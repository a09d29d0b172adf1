#!/usr/bin/python3
"""An RPC proxy (MS-RPCH 3.2) with the Exchange server behind it in one, EMULATED: asks for NTLM and believes the
answer, joins the IN and the OUT channel to one connection and answers every call with zeros.
words: ADDRESS CERTIFICATE KEY; listens on 80 and, with TLS, on 443"""
import base64
import ssl
import struct
import socket
import sys
import threading
import uuid

from rpc import Conversation, syntax, take
from tokens import challenge

EMSMDB = (uuid.UUID("a4f1db00-ca47-1067-b31f-00dd010662da"), 0, 81)
SERVICES = {syntax(EMSMDB): {0: lambda stub: bytes(24)}}
RTS = 20
WINDOW, TIMEOUT, VERSION = (0, 65536), (2, 120000), (6, 1)      # commands with one number (MS-RPCH 2.2.3.5)
COOKIE_AT = 16 + 4 + 8 + 4                                      # RTS header, Version, CommandType

outs = {}                                                       # cookie of a virtual connection -> its OUT channel
changed = threading.Condition()


def rts(*commands):
    body = struct.pack("<HH", 0, len(commands)) + b"".join(struct.pack("<II", *one) for one in commands)
    return struct.pack("<BBBBIHHI", 5, 0, RTS, 3, 0x10, 16 + len(body), 0, 0) + body


def log_in(lines):
    """The HTTP part: answers until the client has proved who it is; its method, or None when it went away."""
    while request := lines.readline().decode("latin-1"):
        token = b""
        while (header := lines.readline().decode("latin-1").strip()):
            name, _, value = header.partition(":")
            if name.lower() == "authorization":
                token = base64.b64decode(value.split()[1])
        if token[8:9] == b"\x03":
            lines.write(b"HTTP/1.1 100 Continue\r\n\r\n")  # what Outlook waits for before the first PDU
            lines.flush()
            return request.split()[0]
        offer = " " + base64.b64encode(challenge(token, "MBX")).decode("ascii") if token else ""
        lines.write(f"HTTP/1.1 401 Unauthorized\r\nServer: Microsoft-IIS/7.5\r\nWWW-Authenticate: NTLM{offer}\r\n"
                    "Content-Length: 0\r\n\r\n".encode("ascii"))
        lines.flush()
    return None


def out_channel(lines, cookie):
    lines.write(b"HTTP/1.1 200 Success\r\nContent-Type: application/rpc\r\nContent-Length: 1073741824\r\n\r\n")
    lines.write(rts(TIMEOUT))                                   # CONN/A3
    lines.flush()
    with changed:
        outs[cookie] = lines
        changed.notify_all()
    take(lines)                                                 # nothing more comes: returns at the end


def in_channel(lines, cookie):
    with changed:
        changed.wait_for(lambda: cookie in outs)
    out = outs[cookie]
    out.write(rts(VERSION, WINDOW, TIMEOUT))                    # CONN/C2
    out.flush()
    conversation = Conversation(SERVICES, 6001)
    head, body = take(lines)
    while head:
        if head[2] != RTS:
            out.write(conversation.answer(head, body))
            out.flush()
        head, body = take(lines)


def serve(connection, context):
    if context:
        connection = context.wrap_socket(connection, server_side=True)
    with connection, connection.makefile("rwb") as lines:
        method = log_in(lines)
        if method:
            head, body = take(lines)                            # CONN/A1 or CONN/B1
            channel = out_channel if method == "RPC_OUT_DATA" else in_channel
            channel(lines, (head + body)[COOKIE_AT:COOKIE_AT + 16])


def listen(port, context):
    door = socket.create_server((sys.argv[1], port))
    while True:
        connection, _ = door.accept()
        threading.Thread(target=serve, args=(connection, context), daemon=True).start()
        del connection


tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain(sys.argv[2], sys.argv[3])
threading.Thread(target=listen, args=(443, tls), daemon=True).start()
listen(80, None)
