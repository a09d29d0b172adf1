#!/bin/bash
# large_file_test.sh PATHAUDIT: what stands behind the first 4 GiB of a capture is read, with its frame's number. The file
# is sparse: frames of a quarter of a MiB, of which headers alone were written.
set -u
program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 - "$work" <<'PYTHON'
import struct, sys
FRAMES, LENGTH = 16500, 262000
def frame(source, length):
    total = min(length - 14, 65535)
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, total, 7, 0, 64, 17, 0, bytes([10, 0, 0, source]), bytes([10, 0, 0, 2]))
    return bytes(12) + b"\x08\x00" + ip + struct.pack("!HHHH", 5000, 514, total - 20, 0)
with open(sys.argv[1] + "/large.pcap", "wb") as out:
    out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
    for i in range(FRAMES):
        out.seek(24 + i * (16 + LENGTH))
        out.write(struct.pack("<IIII", 1700000000 + i // 100, i % 100 * 10000, LENGTH, LENGTH) + frame(1, LENGTH))
    out.seek(24 + FRAMES * (16 + LENGTH))
    last = frame(9, 60) + bytes(18)
    out.write(struct.pack("<IIII", 1700001000, 0, len(last), len(last)) + last)
with open(sys.argv[1] + "/large.pcapng", "wb") as out:
    size = 32 + LENGTH
    def block(second, body, length):
        ns = second * 1000000
        return struct.pack("<IIIIIII", 6, 32 + length, 0, ns >> 32, ns & 0xFFFFFFFF, length, length) + body
    out.write(struct.pack("<IIIHHqI", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28) + struct.pack("<IIHHII", 1, 20, 1, 0, 262144, 20))
    for i in range(FRAMES):
        out.seek(48 + i * size)
        out.write(block(1700000000 + i // 100, frame(1, LENGTH), LENGTH))
        out.seek(48 + (i + 1) * size - 4)
        out.write(struct.pack("<I", size))
    out.write(block(1700001000, last, 60) + struct.pack("<I", 92))
PYTHON
failed=0
for file in "$work/large.pcap" "$work/large.pcapng"; do
    [ "$(stat -c %s "$file")" -gt 4294967296 ] || { echo "FAIL: the file is too small"; failed=1; }
    "$program" observe -q --no-second-opinion -r "$file" >"$work/out" 2>"$work/said" || { echo "FAIL: $(cat "$work/said")"; failed=1; }
    grep -q '"10.0.0.9".*"frame":16501' "$work/out" && grep -q '"packets":16501' "$work/out" || {
        echo "FAIL: ${file##*/}: the last packet is not there: $(cat "$work/out" "$work/said")"
        failed=1
    }
done
exit "$failed"
