"""lost_segment_test.py PATHAUDIT CAPTURE...: every TCP segment with payload is taken out of the capture, one at a time.

Whatever is lost, nothing is read that is not there, and as many bytes are missing as were taken out; only what a
connection says last, and nobody acknowledges, nobody can miss.
"""
import json
import os
import struct
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

PCAP_HEADER, RECORD_HEADER, ETHERNET = 24, 16, 14
SUMMED_UP = ("authentication", "encryption")  # words for all that was read: with less to go by, they say less


def frames(capture):
    at = PCAP_HEADER
    while at < len(capture):
        end = at + RECORD_HEADER + struct.unpack_from("<I", capture, at + 8)[0]
        yield at, end
        at = end


def segment(frame):
    """(stream, sequence number behind it, payload bytes) of a TCP segment over IPv4, else None."""
    ip = frame[ETHERNET:]
    if frame[12:14] != b"\x08\x00" or ip[9] != 6:
        return None
    tcp = ip[(ip[0] & 15) * 4:]
    length = struct.unpack_from("!H", ip, 2)[0] - (ip[0] & 15) * 4 - (tcp[12] >> 4) * 4
    sequence = struct.unpack_from("!I", tcp, 4)[0]
    return (ip[12:20], tcp[0:4]), sequence + length, length


def observed(binary, capture):
    """What was read, and how many bytes are missing."""
    run = subprocess.run([binary, "observe", "-q", "--no-second-opinion", "--workers", "0", "-r", "-"], input=capture,
                         capture_output=True, timeout=60)
    if run.returncode != 0:
        sys.exit("FAIL: ends with %d: %s" % (run.returncode, run.stderr.decode()))
    read, missing = set(), 0
    for row in map(json.loads, run.stdout.decode().splitlines()):
        if row["type"] == "coverage":
            missing += row["missing_bytes"]
        elif row["type"] == "binding":
            read.add((row["server"], row["port"], row["interface"], row["learned_from"]))
        else:
            ends = row["client"], row["server"], row["port"]
            read.update((ends, key, value) for key, values in row["facts"].items() if key not in SUMMED_UP
                        for value in values)
    return read, missing


def check(binary, path):
    capture = open(path, "rb").read()
    whole, missing_in_whole = observed(binary, capture)
    segments = [(at, end, segment(capture[at + RECORD_HEADER:end])) for at, end in frames(capture)]
    segments = [(at, end, one) for at, end, one in segments if one is not None and one[2] > 0]
    last = {}
    for _, _, (stream, behind, _) in segments:
        last[stream] = max(behind, last.get(stream, 0))

    def without(item):
        at, end, (stream, behind, length) = item
        read, missing = observed(binary, capture[:at] + capture[end:])
        may_be = {length, 0} if behind == last[stream] else {length}
        if read - whole:
            return "without %d bytes at %d there is more to read: %s" % (length, at, sorted(read - whole)[:3])
        if missing - missing_in_whole not in may_be:
            return "of %d bytes at %d, %d are missed" % (length, at, missing - missing_in_whole)
        return None

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        wrong = [text for text in pool.map(without, segments) if text is not None]
    for text in wrong:
        print("FAIL: %s: %s" % (path, text))
    return len(wrong), len(segments)


def main():
    results = [check(sys.argv[1], path) for path in sys.argv[2:]]
    print("%d segments, %d wrong" % (sum(n for _, n in results), sum(n for n, _ in results)))
    sys.exit(1 if any(wrong for wrong, _ in results) or sum(n for _, n in results) < 100 else 0)


main()
