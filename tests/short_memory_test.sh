#!/bin/bash
# short_memory_test.sh PATHAUDIT: where memory is too short, the same capture still gives the same bytes in every run, and
# no more flows made room than there were.
set -u
program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# 120,000 connections of one request each, between as many hosts.
python3 - "$work/many.pcap" <<'PYTHON'
import struct, sys
request = b"GET / HTTP/1.1\r\nHost: a\r\n"
with open(sys.argv[1], "wb") as out:
    out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
    for i in range(120000):
        client = bytes([10, i >> 16, i >> 8 & 255, i & 255])
        server = bytes([172, 16, i * 7 & 255, 1 + i % 250])
        ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40 + len(request), i & 0xFFFF, 0, 64, 6, 0, client, server)
        tcp = struct.pack("!HHIIBBHHH", 1024 + i % 60000, 80, i, 1, 0x50, 0x18, 8192, 0, 0)
        packet = ip + tcp + request
        out.write(struct.pack("<IIII", 1700000000, i * 8, len(packet), len(packet)) + packet)
PYTHON
for run in 1 2 3; do
    "$program" observe -r "$work/many.pcap" --memory 64 --workers 3 -q >"$work/$run" || exit 1
done
if ! cmp "$work/1" "$work/2" || ! cmp "$work/1" "$work/3"; then
    echo "FAIL: two runs over one capture differ"
    exit 1
fi
evicted=$(grep -o '"evicted_flows":[0-9]*' "$work/1" | cut -d: -f2 | awk "{ sum += \$1 } END { print sum + 0 }")
if [ "$evicted" -eq 0 ] || [ "$evicted" -gt 120000 ]; then
    echo "FAIL: of 120000 flows $evicted made room"
    exit 1
fi
