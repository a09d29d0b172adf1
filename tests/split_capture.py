#!/usr/bin/env python3
"""split_capture.py IN COUNT OUT: a pcap as COUNT pcaps OUT1 ... OUTn, so that all that two hosts say to each other is in one of
them; an ICMP error goes with the packet it quotes. Plain pcap with Ethernet frames."""
import struct
import sys

source, count, out = sys.argv[1], int(sys.argv[2]), sys.argv[3]
data = open(source, "rb").read()
order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
assert struct.unpack(order + "I", data[20:24])[0] == 1, "not Ethernet"


def hosts(packet, at):
    """The two addresses of the IP packet that begins there, in order, or None."""
    version = packet[at] >> 4 if at < len(packet) else 0
    if version == 4 and len(packet) >= at + 20:
        pair, inner, protocol = (packet[at + 12:at + 16], packet[at + 16:at + 20]), at + 4 * (packet[at] & 15), packet[at + 9]
        if protocol == 1 and len(packet) > inner + 8 and packet[inner] in (3, 4, 5, 11, 12):
            return hosts(packet, inner + 8) or tuple(sorted(pair))
    elif version == 6 and len(packet) >= at + 40:
        pair, inner, protocol = (packet[at + 8:at + 24], packet[at + 24:at + 40]), at + 40, packet[at + 6]
        if protocol == 58 and len(packet) > inner + 8 and packet[inner] < 128:
            return hosts(packet, inner + 8) or tuple(sorted(pair))
    else:
        return None
    return tuple(sorted(pair))


files = [open(f"{out}{i + 1}.pcap", "wb") for i in range(count)]
for file in files:
    file.write(data[:24])
at, owner = 24, {}
while at + 16 <= len(data):
    length = struct.unpack(order + "I", data[at + 8:at + 12])[0]
    frame, kind = data[at + 16:at + 16 + length], 12
    while frame[kind:kind + 2] in (b"\x81\x00", b"\x88\xa8"):
        kind += 4
    pair = hosts(frame, kind + 2) if frame[kind:kind + 2] in (b"\x08\x00", b"\x86\xdd") else None
    files[owner.setdefault(pair, len(owner) % count)].write(data[at:at + 16 + length])
    at += 16 + length
