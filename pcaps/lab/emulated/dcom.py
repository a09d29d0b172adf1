#!/usr/bin/python3
"""An object resolver and activator (MS-DCOM 3.1.2.5) and the exporter it points to, EMULATED: the messages are packed
by impacket, the object does not exist. words: ADDRESS PORT"""
import struct
import sys
import threading
import uuid

from impacket.dcerpc.v5 import dcomrt
from impacket.dcerpc.v5.dtypes import DWORD, NULL

from rpc import RpcServer

RESOLVER = (uuid.UUID("99fcfec4-5260-101b-bbcb-00aa0021347a"), 0, 0)
ACTIVATOR = (uuid.UUID("000001a0-0000-0000-c000-000000000046"), 0, 0)
REMOTE_UNKNOWN_2 = (uuid.UUID("00000143-0000-0000-c000-000000000046"), 0, 0)
METABASE_ADMIN = uuid.UUID("70b51430-b6ca-11d0-b9b9-00a0c922e750").bytes_le
ADDRESS, PORT = sys.argv[1], int(sys.argv[2])
EXPORTER = 0x1122334455667788                       # OXID
OBJECT = bytes(range(1, 17))                        # IPID
TOWER_TCP, SECURITY_NTLM, NO_AUTHORIZATION = 7, 10, 0xFFFF
NO_AUTHENTICATION = 1                               # RPC_C_AUTHN_LEVEL_NONE


def bindings(where, text):
    """Fills a DUALSTRINGARRAY (MS-DCOM 2.2.19.1): one string binding, one security binding."""
    strings = [TOWER_TCP, *struct.unpack(f"<{len(text)}H", text.encode("utf-16le")), 0, 0]
    security = [SECURITY_NTLM, NO_AUTHORIZATION, 0, 0]
    where["wNumEntries"] = len(strings) + len(security)
    where["wSecurityOffset"] = len(strings)
    where["aStringArray"] = strings + security


def server_alive(_):
    answer = dcomrt.ServerAlive2Response()
    bindings(answer["ppdsaOrBindings"], ADDRESS)     # a resolver names no port: it is always 135
    answer["pReserved"] = NULL
    answer["ErrorCode"] = 0
    return answer.getData()


def resolve_oxid(_):
    answer = dcomrt.ResolveOxid2Response()
    bindings(answer["ppdsaOxidBindings"], f"{ADDRESS}[{PORT}]")
    answer["pipidRemUnknown"] = OBJECT
    answer["pAuthnHint"] = NO_AUTHENTICATION
    answer["ErrorCode"] = 0
    return answer.getData()


def padded(structure):
    data = structure.getData() + structure.getDataReferents()
    return data + bytes(-len(data) % 8)


def properties_out():
    """The interface asked for, as a reference to an object of the exporter."""
    reference = dcomrt.OBJREF_STANDARD()
    reference["iid"] = METABASE_ADMIN
    reference["std"]["oxid"] = EXPORTER
    reference["std"]["ipid"] = OBJECT
    reference["std"]["cPublicRefs"] = 5
    reference["saResAddr"] = bytes(4)
    octets = reference.getData()
    properties = dcomrt.PropsOutInfo()
    properties["cIfs"] = 1
    interface = dcomrt.IID()
    interface["Data"] = METABASE_ADMIN
    properties["piid"].append(interface)
    result = dcomrt.HRESULT()
    result["Data"] = 0
    properties["phresults"].append(result)
    pointer = dcomrt.PMInterfacePointer()
    pointer["ulCntData"] = len(octets)
    pointer["abData"] = list(octets)
    properties["ppIntfData"].append(pointer)
    return padded(properties)


def scm_reply():
    """Where the exporter listens: the part that a firewall has to know."""
    reply = dcomrt.ScmReplyInfoData()
    reply["pdwReserved"] = 0
    remote = reply["remoteReply"]
    remote["Oxid"] = EXPORTER
    bindings(remote["pdsaOxidBindings"], f"{ADDRESS}[{PORT}]")
    remote["ipidRemUnknown"] = OBJECT
    remote["authnHint"] = NO_AUTHENTICATION
    return padded(reply)


def remote_create_instance(_):
    blob = dcomrt.ACTIVATION_BLOB()
    blob["CustomHeader"]["destCtx"] = 2
    blob["CustomHeader"]["pdwReserved"] = NULL
    parts = [(dcomrt.CLSID_PropsOutInfo, properties_out()), (dcomrt.CLSID_ScmReplyInfo, scm_reply())]
    for identity, part in parts:
        clsid, size = dcomrt.CLSID(), DWORD()
        clsid["Data"], size["Data"] = identity, len(part)
        blob["CustomHeader"]["pclsid"].append(clsid)
        blob["CustomHeader"]["pSizes"].append(size)
    blob["Property"] = b"".join(part for _, part in parts)
    reference = dcomrt.OBJREF_CUSTOM()
    reference["iid"] = dcomrt.IID_IActivationPropertiesOut[:16]
    reference["clsid"] = dcomrt.CLSID_ActivationPropertiesOut
    reference["pObjectData"] = blob.getData()
    reference["ObjectReferenceSize"] = len(reference["pObjectData"]) + 8
    octets = reference.getData()
    answer = dcomrt.RemoteCreateInstanceResponse()
    answer["ORPCthat"]["flags"] = 0
    answer["ORPCthat"]["extensions"] = NULL
    answer["ppActProperties"]["ulCntData"] = len(octets)
    answer["ppActProperties"]["abData"] = list(octets)
    answer["ErrorCode"] = 0
    return answer.getData()


def release(_):
    return struct.pack("<III", 0, 0, 0)              # ORPCTHAT without extensions, no error


RpcServer(ADDRESS, 135, {RESOLVER: {4: resolve_oxid, 5: server_alive}, ACTIVATOR: {4: remote_create_instance}}).start()
RpcServer(ADDRESS, PORT, {REMOTE_UNKNOWN_2: {5: release}}).start()
threading.Event().wait()
