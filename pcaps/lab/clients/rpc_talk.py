#!/usr/bin/python3
"""A client of the endpoint mapper: asks where a service lives and calls it there, with impacket.
words: SERVER UUID VERSION. Prints "mapped PORT", then "called" or why it could not."""
import sys

from impacket.dcerpc.v5 import epm, transport
from impacket.uuid import uuidtup_to_bin

server, interface, version = sys.argv[1:4]
wanted = uuidtup_to_bin((interface, version))
binding = epm.hept_map(server, wanted, protocol="ncacn_ip_tcp")
print("mapped", binding.split("[")[1].rstrip("]"))
link = transport.DCERPCTransportFactory(binding)
link.set_connect_timeout(5)
service = link.get_dce_rpc()
try:
    service.connect()
except Exception as error:  # impacket raises its own, or whatever the socket did
    raise SystemExit(f"no connection: {error}") from None
service.bind(wanted)
service.call(0, bytes(16))
service.recv()
service.disconnect()
print("called")
