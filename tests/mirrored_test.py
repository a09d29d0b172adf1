#!/usr/bin/env python3
"""What a mirror gives twice is what was there once: each capture of pcaps/ is read as it is, and again with a copy of
every packet, changed in what switches, routers and offloading change. The conversations must be the same, and every
copy counted as one, in IPv6 too, where no packet has a number. Two networks with the same addresses stay two when they are to be kept apart.

usage: mirrored_test.py BINARY CAPTURE..."""

import json
import os
import struct
import subprocess
import sys
import tempfile

ETHERNET, IPV4, IPV6 = 1, 0x0800, 0x86dd
LATE_S = 0.0004
VERY_LATE_S = 0.008
FRAGMENTS = "krb_udp.pcap"  # inside of a tunnel a copy of fragments is one, whatever they were
WITHOUT_UDP = ("nntp.pcap", "mailbox.pcap", "rpc_port_blocked.pcap")  # all begins with a SYN, which proves copies
NAMED = "rpc_port_blocked.pcap"  # has conversations that the short report lists


def records(path):
    with open(path, "rb") as file:
        data = file.read()
    magic, link = struct.unpack_from("<I", data)[0], struct.unpack_from("<I", data, 20)[0]
    if magic not in (0xa1b2c3d4, 0xa1b23c4d) or link != ETHERNET:
        sys.exit(f"{path}: not a little-endian Ethernet pcap file")
    unit = 1_000_000 if magic == 0xa1b2c3d4 else 1_000_000_000
    frames, at = [], 24
    while at + 16 <= len(data):
        seconds, fraction, captured, sent = struct.unpack_from("<IIII", data, at)
        frames.append((seconds * unit + fraction, data[at + 16:at + 16 + captured], sent))
        at += 16 + captured
    return data[:24], unit, frames


def checksum(header):
    total = sum(struct.unpack(f">{len(header) // 2}H", header))
    while total > 0xffff:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def kind_of(frame):
    return struct.unpack_from(">H", frame, 12)[0]


def same(frame):
    return frame


def other_vlan(frame):
    return frame[:12] + bytes.fromhex("8100002a") + frame[12:]


def routed(frame):
    """Behind a router: other MAC addresses, TTL one less, the header's checksum put right."""
    frame = bytearray(frame)
    frame[0:12] = bytes.fromhex("020000000001020000000002")
    if kind_of(frame) == IPV4:
        end = 14 + (frame[14] & 15) * 4
        frame[22] -= 1
        frame[24:26] = b"\0\0"
        frame[24:26] = struct.pack(">H", checksum(bytes(frame[14:end])))
    elif kind_of(frame) == IPV6:
        frame[21] -= 1
    return bytes(frame)


def other_checksum(frame):
    """As seen before and behind a card that makes checksums. Without a number in the IP header the checksum is what
    tells a copy: there it stays, and behind_card() changes it."""
    frame = bytearray(frame)
    if kind_of(frame) != IPV4 or frame[18:20] == b"\0\0" or (frame[20] & 0x3f) + frame[21] > 0:
        return bytes(frame)
    at = 14 + (frame[14] & 15) * 4 + {6: 16, 17: 6}.get(frame[23], 0)
    if frame[23] in (6, 17):
        frame[at:at + 2] = b"\x12\x34"
    return bytes(frame)


def in_ipv6(frame):
    """The same in IPv6, as its sender captures it: what the card makes is not there yet. None of what has no place
    there."""
    if kind_of(frame) != IPV4 or frame[14] != 0x45 or frame[23] not in (6, 17) or (frame[20] & 0x3f) + frame[21] > 0:
        return None
    length, = struct.unpack_from(">H", frame, 16)
    addresses = b"".join(bytes.fromhex("20010db8") + bytes(8) + frame[at:at + 4] for at in (26, 30))
    rest = bytearray(frame[34:14 + length])
    if frame[23] == 17:
        rest[6:8] = struct.pack(">H", 0xffff - checksum(addresses + struct.pack(">II", length - 20, 17)))
    head = struct.pack(">IHBB", 6 << 28, length - 20, frame[23], frame[22])
    return frame[:12] + struct.pack(">H", IPV6) + head + addresses + bytes(rest)


def behind_card(frame):
    """Of in_ipv6(): the checksum is made, and a switch put it into a VLAN."""
    frame = bytearray(frame)
    if frame[20] == 17:
        rest = bytes(frame[54:60]) + bytes(2) + bytes(frame[62:])
        made = checksum(bytes(frame[22:54]) + struct.pack(">II", len(rest), 17) + rest + bytes(len(rest) % 2))
        frame[60:62] = struct.pack(">H", made or 0xffff)
    return other_vlan(bytes(frame))


def erspan(frame):
    """As a switch sends it to a collector elsewhere, ERSPAN type II, which also stands beside the plain mirror."""
    inside = bytes.fromhex("100088be00000001" "1000000500000001") + frame
    outer = bytearray(struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(inside), 0, 0, 64, 47, 0) + bytes.fromhex("c0000201c0000202"))
    outer[10:12] = struct.pack(">H", checksum(bytes(outer)))
    return bytes.fromhex("0200000000030200000000040800") + bytes(outer) + inside


def cut(frame):
    """By a mirror that sends the headers only."""
    return frame[:68]


def written(head, unit, frames, changes, late):
    """Each frame and its copies, which come `late` seconds after each other, in order of time."""
    copies = [(time + int(late * unit) * (1 + i), 1 + i, change(frame), sent + max(0, len(change(frame)) - len(frame)))
              for time, frame, sent in frames for i, change in enumerate(changes)]
    both = sorted([(time, 0, frame, sent) for time, frame, sent in frames] + copies, key=lambda one: one[:2])
    out = [head]
    for time, _, frame, sent in both:
        out.append(struct.pack("<IIII", time // unit, time % unit, len(frame), max(sent, len(frame))) + frame)
    return b"".join(out)


def observed(binary, path, *more):
    run = subprocess.run([binary, "observe", "-q", "--no-second-opinion", "-r", path, *more], capture_output=True, text=True,
                         check=True)
    rest, coverage = [], None
    for line in run.stdout.splitlines():
        row = json.loads(line)
        if row["type"] == "coverage":
            coverage = row
            continue
        strip(row)
        rest.append(row)
    return rest, coverage


def strip(row):
    """Without what is other in another file: its name and the numbers of frames."""
    row.pop("evidence", None)
    for session in row.get("sessions", []):
        session.pop("evidence", None)


def in_vlan(frame, vlan):
    return frame[:12] + struct.pack(">HH", 0x8100, vlan) + frame[12:]


def networks_bad(binary, capture, folder):
    """Two networks of the same addresses, in which the same happens at the same time: kept apart, each is what it is
    alone; else the one is taken for a copy of the other. True when it is not so."""
    head, unit, frames = records(capture)
    path, twice = os.path.join(folder, "networks.pcap"), [head]
    for time, frame, sent in frames:
        for vlan in (10, 20):
            tagged = in_vlan(frame, vlan)
            twice.append(struct.pack("<IIII", time // unit, time % unit, len(tagged), sent + 4) + tagged)
    with open(path, "wb") as file:
        file.write(b"".join(twice))
    alone, coverage = observed(binary, capture)
    copied, _ = observed(binary, path)
    apart, covered = observed(binary, path, "--keep-apart")
    wanted = {"vlan:10": [], "vlan:20": []}
    for row in apart:
        wanted[row["network"]].append(row)
    named_alike = all(row["tunnel"] == row["network"] for row in apart if row["type"] == "conversation")
    alone, copied, ten, twenty = ([{key: value for key, value in row.items() if key not in ("tunnel", "network")}
                                   for row in rows] for rows in (alone, copied, wanted["vlan:10"], wanted["vlan:20"]))
    good = named_alike and copied == alone and ten == twenty == alone
    good = good and covered["duplicates"] == 2 * coverage["duplicates"]
    return not good or (os.path.basename(capture) == NAMED and not named(binary, path))


def named(binary, path):
    """Does the report a person reads say which network a conversation was in?"""
    text = subprocess.run([binary, "audit", "-q", "--no-second-opinion", "--keep-apart", "-s", "pcaps/lab.yaml", "-r",
                           path], capture_output=True, text=True, check=False).stdout
    return all(words in text for words in ("(in vlan:10)", "(in vlan:20)", "client -> dc in vlan:10",
                                           "client -> dc in vlan:20"))


def differences(once, twice):
    if len(once) != len(twice):
        return f"{len(twice)} rows instead of {len(once)}"
    rows = [(a, b) for a, b in zip(once, twice) if a != b]
    keys = sorted({key for a, b in rows for key in {**a, **b} if a.get(key) != b.get(key)})
    return f"{len(rows)} rows in {', '.join(keys)}; the first: {json.dumps(rows[0][0])} now {json.dumps(rows[0][1])}"


def mirrored_bad(binary, folder, name, capture, changes, late, read):
    """True when copies so changed and so late are not all found; `read` is what the capture is without them."""
    head, unit, frames = capture
    once, coverage = read
    path = os.path.join(folder, "twice.pcap")
    with open(path, "wb") as file:
        file.write(written(head, unit, frames, changes, late))
    twice, covered = observed(binary, path)
    copies = coverage["packets"] - coverage["undecoded"] - coverage["duplicates"]
    wanted = len(changes) * copies + (len(changes) + 1) * coverage["duplicates"]
    what = f"{name}: {' and '.join(change.__name__ for change in changes)}, {late} s late"
    bad = False
    if twice != once:
        bad = True
        print(f"{what}: other conversations: {differences(once, twice)}")
    if covered["duplicates"] != wanted:
        bad = True
        print(f"{what}: {covered['duplicates']} duplicates instead of {wanted}")
    if (covered["duplicates_routed"] > 0) != (routed in changes):
        bad = True
        print(f"{what}: {covered['duplicates_routed']} of them routed")
    return bad


def in_ipv6_bad(binary, folder, name, capture):
    head, unit, frames = capture
    frames = [(time, in_ipv6(frame), 0) for time, frame, _ in frames if in_ipv6(frame) is not None]
    path = os.path.join(folder, "once.pcap")
    with open(path, "wb") as file:
        file.write(written(head, unit, frames, (), 0))
    read, capture, bad = observed(binary, path), (head, unit, frames), False
    if not read[0] or read[1]["undecoded"]:
        bad = True
        print(f"{name} in IPv6 is not read")
    for late in (0, LATE_S, VERY_LATE_S):
        bad |= mirrored_bad(binary, folder, name + " in IPv6", capture, (behind_card,), late, read)
    if name in WITHOUT_UDP:
        bad |= mirrored_bad(binary, folder, name + " in IPv6", capture, (same,), VERY_LATE_S, read)
    return bad


def main():
    binary, captures = sys.argv[1], sys.argv[2:]
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        for path in captures:
            name, capture = os.path.basename(path), records(path)
            if networks_bad(binary, path, folder):
                bad += 1
                print(f"{name}: networks are not kept apart")
            read = observed(binary, path)
            for changes in ((same,), (other_vlan,), (routed,), (other_checksum,), (erspan,), (cut,), (same, same),
                            (other_vlan, routed, same)):
                if erspan in changes and name == FRAGMENTS:
                    continue
                for late in (0, LATE_S):
                    bad += mirrored_bad(binary, folder, name, capture, changes, late, read)
            if name != FRAGMENTS:
                bad += in_ipv6_bad(binary, folder, name, capture)
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
