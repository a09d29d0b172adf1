#!/usr/bin/python3
"""A DCOM client, with impacket: asks whether the resolver lives, activates an object, resolves its exporter and
releases the object there. words: SERVER. Prints where the exporter is said to be."""
import sys

from impacket.dcerpc.v5 import dcomrt, transport
from impacket.uuid import string_to_bin

SERVER = sys.argv[1]
METABASE, METABASE_ADMIN = (string_to_bin(one) for one in
                            ("a9e69610-b80d-11d0-b9b9-00a0c922e750", "70b51430-b6ca-11d0-b9b9-00a0c922e750"))


def connect(where):
    link = transport.DCERPCTransportFactory(f"ncacn_ip_tcp:{where}").get_dce_rpc()
    link.connect()
    return link


def text(binding):
    return binding["aNetworkAddr"].rstrip("\0")


print("alive at", text(dcomrt.IObjectExporter(connect(f"{SERVER}[135]")).ServerAlive2()[0]))
instance = dcomrt.IRemoteSCMActivator(connect(f"{SERVER}[135]")).RemoteCreateInstance(METABASE, METABASE_ADMIN)
created = text(instance.get_cinstance().get_string_bindings()[0])
print("created at", created)
resolver = dcomrt.IObjectExporter(connect(f"{SERVER}[135]"))
print("resolved at", text(resolver.ResolveOxid2(instance.get_oxid(), [7])[0]))
exporter = connect(created)
exporter.bind(dcomrt.IID_IRemUnknown2)
request = dcomrt.RemRelease()
request["ORPCthis"]["cid"] = bytes(16)
request["ORPCthis"]["extensions"] = dcomrt.NULL
request["ORPCthis"]["flags"] = 0
request["cInterfaceRefs"] = 0
exporter.request(request, instance.get_ipidRemUnknown())
exporter.disconnect()
print("released")
