#!/usr/bin/python3
"""RPC over HTTP with impacket's client: through the proxy to emsmdb on 6001. words: SERVER PROXY_PORT PASSWORD"""
import sys

from impacket.dcerpc.v5 import transport
from impacket.http import AUTH_NTLM
from impacket.uuid import uuidtup_to_bin

server, port, password = sys.argv[1:4]
link = transport.DCERPCTransportFactory(f"ncacn_http:{server}[6001,RpcProxy={server}:{port}]")
link.set_credentials("alice", password, "CORP")
link.set_auth_type(AUTH_NTLM)
mailbox = link.get_dce_rpc()
mailbox.connect()
mailbox.bind(uuidtup_to_bin(("a4f1db00-ca47-1067-b31f-00dd010662da", "0.81")))
mailbox.call(0, bytes(16))
mailbox.recv()
print("called")
