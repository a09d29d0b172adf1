#!/bin/bash
# budget_test.sh PATHAUDIT: a flood stays in what --memory allows, all of the process counted, with any number of workers;
# and where that cannot be it is said. Not under a sanitizer, which takes memory of its own.
set -u
program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if grep -q __asan_init "$program"; then
    echo "a sanitizer takes memory of its own"
    exit 77
fi

# 60,000 exchanges of nobody's protocol between as many hosts: each is a conversation, and nDPI is asked about them; and
# between them fragments that never become a packet.
python3 - "$work/flood.pcap" <<'PYTHON'
import random, struct, sys
random.seed(1)
with open(sys.argv[1], "wb") as out:
    out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
    def put(at, flags, number, source, target, body):
        packet = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(body), number & 0xFFFF, flags, 64, 17, 0, source, target) + body
        out.write(struct.pack("<IIII", 1700000000 + at // 5000, at % 5000 * 200, len(packet), len(packet)) + packet)
    for i in range(60000):
        ends = struct.pack("!I", 0x0A000000 + random.randrange(1 << 20)), struct.pack("!I", 0xAC100000 + random.randrange(1 << 16))
        ports = random.randrange(1024, 65535), random.randrange(1024, 65535)
        said = bytes([0xC3]) + random.randbytes(60)
        put(i, 0, i, *ends, struct.pack("!HHHH", *ports, 8 + len(said), 0) + said)
        put(i, 0, i, *ends[::-1], struct.pack("!HHHH", *ports[::-1], 8 + len(said), 0) + said[::-1])
        if i % 4 == 0:
            put(i, 0x2000, i, *ends, struct.pack("!HHHH", *ports, 3000, 0) + bytes(1392))
PYTHON

# 30,000 hosts that each talk with a host of their own, of which all that is known are a name and the roles they lack: where
# little was said, most words are about who it was.
python3 - "$work/hosts.pcap" <<'PYTHON'
import struct, sys
with open(sys.argv[1], "wb") as out:
    out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
    def put(at, source, target, ports, flags, numbers, body):
        packet = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40 + len(body), at & 0xFFFF, 0, 64, 6, 0, source, target)
        packet += struct.pack("!HHIIBBHHH", *ports, *numbers, 0x50, flags, 65535, 0, 0) + body
        out.write(struct.pack("<IIII", 1700000000 + at // 5000, at % 5000 * 200, len(packet), len(packet)) + packet)
    for i in range(30000):
        client, server = struct.pack("!I", 0x0A000000 + i), struct.pack("!I", 0x0B000000 + i)
        said = b"GET /%d HTTP/1.1\r\nHost: h%d.corp.example\r\n\r\n" % (i, i)
        put(4 * i, client, server, (40000, 80), 2, (9, 0), b"")
        put(4 * i + 1, server, client, (80, 40000), 18, (99, 10), b"")
        put(4 * i + 2, client, server, (40000, 80), 24, (10, 100), said)
        put(4 * i + 3, server, client, (80, 40000), 24, (100, 10 + len(said)), b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
PYTHON

# A flood of SYNs in the names of 120,000 clients that the site file knows, so that each is judged and many are findings. Some
# are answered, so that nobody can say that the server was never seen to answer.
python3 - "$work/forged.pcap" <<'PYTHON'
import struct, sys
with open(sys.argv[1], "wb") as out:
    out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
    def put(at, source, target, ports, flags):
        packet = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40, at & 0xFFFF, 0, 64, 6, 0, source, target)
        packet += struct.pack("!HHIIBBHHH", *ports, at, 1, 0x50, flags, 65535, 0, 0)
        out.write(struct.pack("<IIII", 1700000000 + at // 10000, at % 10000 * 100, len(packet), len(packet)) + packet)
    server = struct.pack("!I", 0x0B000001)
    for i in range(120000):
        client = struct.pack("!I", 0x0A000000 + i)
        put(i, client, server, (40000, 25), 2)
        if i % 2:
            put(i, server, client, (25, 40000), 18)
PYTHON
cat >"$work/site.yaml" <<'SITE'
site: flooded
scope: [10.0.0.0/8, 11.0.0.0/8]
roles:
  smtp-client: [10.0.0.0/8]
hosts:
  hub1: {addresses: [11.0.0.1], roles: [hub]}
SITE

# 40,000 hosts that each talk with a host of their own, and a site that gives six roles to all of them: each conversation is a
# pair of hosts of a dozen rows.
python3 - "$work/wide.pcap" <<'PYTHON'
import struct, sys
with open(sys.argv[1], "wb") as out:
    out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
    def put(at, source, target, ports, flags, numbers):
        packet = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40, at & 0xFFFF, 0, 64, 6, 0, source, target)
        packet += struct.pack("!HHIIBBHHH", *ports, *numbers, 0x50, flags, 65535, 0, 0)
        out.write(struct.pack("<IIII", 1700000000 + at // 2000, at % 2000 * 500, len(packet), len(packet)) + packet)
    for i in range(40000):
        client, server = struct.pack("!I", 0x0A000000 + i), struct.pack("!I", 0x0B000000 + i)
        port = (25, 135, 389, 88, 445, 443)[i % 6]
        put(4 * i, client, server, (40000, port), 2, (9, 0))
        put(4 * i + 1, server, client, (port, 40000), 18, (99, 10))
        put(4 * i + 2, client, server, (40000, port), 17, (10, 100))
        put(4 * i + 3, server, client, (port, 40000), 17, (100, 11))
PYTHON
cat >"$work/wide.yaml" <<'SITE'
site: wide
scope: [10.0.0.0/8, 11.0.0.0/8]
roles:
  hub: [0.0.0.0/0]
  mailbox: [0.0.0.0/0]
  client-access: [0.0.0.0/0]
  domain-controller: [0.0.0.0/0]
  mapi-client: [0.0.0.0/0]
  smtp-client: [0.0.0.0/0]
SITE

# Runs what follows the first word, and fails when its greatest resident size was more MiB than that.
within() {
    python3 - "$@" <<'PYTHON' || failed=1
import resource, subprocess, sys
status = subprocess.run(sys.argv[2:], stdout=subprocess.DEVNULL).returncode
mib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
if status == 2 or mib > int(sys.argv[1]):
    sys.exit(f"FAIL: {mib:.1f} MiB, status {status}: {' '.join(sys.argv[2:])}")
PYTHON
}
failed=0
for workers in 0 1 4; do
    for mib in 25 32 64; do
        for flood in flood hosts; do
            within "$mib" "$program" audit -q -r "$work/$flood.pcap" --memory "$mib" --workers "$workers" -T json -o "$work/report"
        done
    done
    within 64 "$program" observe -q -r "$work/flood.pcap" --memory 64 --workers "$workers" -O "dir:$work/runs"
done
within 64 "$program" audit -q -r "$work/flood.pcap" --memory 64
within 96 "$program" audit -q -r "$work/forged.pcap" -s "$work/site.yaml" -t exchange-2010-sp3 --memory 96 -T json
for mib in 25 64 128; do
    within "$mib" "$program" audit -q -r "$work/wide.pcap" -s "$work/wide.yaml" -t exchange-2010-sp3 --memory "$mib" -T json -o "$work/wide.$mib"
done
"$program" audit -q -r "$work/wide.pcap" -s "$work/wide.yaml" -t exchange-2010-sp3 --memory 25 -o "$work/wide.text"
grep -q 'pairs of hosts found no room in the lists' "$work/wide.text" || {
    echo "FAIL: that pairs of hosts are not listed is not told"
    failed=1
}
python3 - "$work/wide.25" <<'PYTHON' || failed=1
import json, sys
paths = [path for path in json.load(open(sys.argv[1]))["paths"] if path["pairs"] or path.get("pairs_left_out")]
left_out = sum(path.get("pairs_without_room", 0) for path in paths)
if left_out == 0 or sum(len(path["pairs"]) for path in paths) == 0:
    sys.exit(f"FAIL: of the pairs {left_out} are left out: some should be, and some listed")
PYTHON

"$program" observe -q -r pcaps/dns.pcap --memory 16 >"$work/out" 2>"$work/said" || failed=1
grep -Eq -- '--memory 16: the least that works is (2|3)[0-9], and so much is taken' "$work/said" || {
    echo "FAIL: that 16 MiB are too few is not told: $(cat "$work/said")"
    failed=1
}
"$program" observe -r pcaps/dns.pcap --memory 31 --workers 4 >"$work/out" 2>"$work/said" || failed=1
grep -q -- '--memory 31 is enough for 0 of 4 --workers' "$work/said" || {
    echo "FAIL: that there are fewer workers is not told: $(cat "$work/said")"
    failed=1
}
exit "$failed"
