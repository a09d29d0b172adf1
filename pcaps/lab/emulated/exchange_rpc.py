#!/usr/bin/python3
"""An endpoint mapper and the Exchange services it hands out, EMULATED: the interfaces have Exchange's UUIDs, binds and
calls are real DCE/RPC, but the services answer every call with zeros. words: ADDRESS NAME=PORT..."""
import socket
import struct
import sys
import threading
import uuid

from rpc import NDR, RpcServer, syntax

MAPPER = (uuid.UUID("e1af8308-5d1f-11c9-91a4-08002b14a0fa"), 3, 0)
SERVICES = {
    "emsmdb": (uuid.UUID("a4f1db00-ca47-1067-b31f-00dd010662da"), 0, 81),
    "nspi": (uuid.UUID("f5cc5a18-4264-101a-8c59-08002b2f8426"), 56, 0),
    "rfr": (uuid.UUID("1544f5e0-613c-11d1-93df-00c04fd7bd09"), 1, 0),
}
EPT_S_NOT_REGISTERED = 0x16C9A0D6
TCP, RPC_CONNECTION_ORIENTED, IP, UUID = 0x07, 0x0B, 0x09, 0x0D


def tower(interface, address, port):
    """C706 appendix L: five floors, each a left and a right side with its length."""
    floors = [(bytes([UUID]) + one[:18], one[18:]) for one in (syntax(interface), syntax(NDR))]
    floors += [(bytes([RPC_CONNECTION_ORIENTED]), bytes(2)), (bytes([TCP]), struct.pack(">H", port)),
               (bytes([IP]), socket.inet_aton(address))]
    sides = b"".join(struct.pack("<H", len(side)) + side for floor in floors for side in floor)
    return struct.pack("<H", len(floors)) + sides


def map_operation(address, ports):
    """ept_map (C706 appendix O): stub in, stub out."""
    def ept_map(stub):
        at = 20 if struct.unpack_from("<I", stub)[0] else 4  # an object UUID, or none
        first_floor = stub[at + 12 + 2:]           # behind the pointer, two lengths and the number of floors
        asked = first_floor[3:21] + first_floor[23:25]
        most = struct.unpack("<I", stub[-4:])[0]
        for name, port in ports.items():
            # Minor versions are not compared: a server that speaks 0.81 serves one who asks for 0.0.
            if syntax(SERVICES[name])[:18] == asked[:18]:
                octets = tower(SERVICES[name], address, port)
                body = struct.pack("<IIIII", 1, most, 0, 1, 3) + struct.pack("<II", len(octets), len(octets)) + octets
                return bytes(20) + body + bytes(-len(body) % 4) + struct.pack("<I", 0)
        return bytes(20) + struct.pack("<IIIII", 0, most, 0, 0, EPT_S_NOT_REGISTERED)
    return ept_map


def main():
    address = sys.argv[1]
    ports = {name: int(port) for name, port in (word.split("=") for word in sys.argv[2:])}
    RpcServer(address, 135, {MAPPER: {3: map_operation(address, ports)}}).start()
    for name, port in ports.items():
        RpcServer(address, port, {SERVICES[name]: {0: lambda stub: bytes(24)}}).start()
    threading.Event().wait()


main()
