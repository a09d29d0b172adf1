#!/usr/bin/env python3
"""tls_before.py PORT BEHIND CERTIFICATE KEY: TLS on 127.0.0.1:PORT, and what comes in clear to and from 127.0.0.1:BEHIND."""
import socket
import ssl
import sys
import threading

port, behind, certificate, key = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)


def carry(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    for end in (source, target):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(client):
    try:
        inside = context.wrap_socket(client, server_side=True)
    except OSError:
        return
    outside = socket.create_connection(("127.0.0.1", behind))
    threading.Thread(target=carry, args=(inside, outside), daemon=True).start()
    carry(outside, inside)


listener = socket.create_server(("127.0.0.1", port))
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
