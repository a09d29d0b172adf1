"""Holds `-T ecs` to docs/ecs.md: every line is one object, its fields stand in the table there with that type, and the words
that ECS allows for categorization are used and no others.

usage: ecs_test.py BINARY
"""

import datetime
import glob
import ipaddress
import json
import re
import struct
import subprocess
import sys
import tempfile

ALLOWED = {  # ECS 8.11, categorization fields
    "event.kind": {"alert", "event"},
    "event.category": {"network"},
    "event.type": {"connection", "allowed", "denied", "info"},
    "event.outcome": {"success", "failure", "unknown"},
    "network.type": {"ipv4", "ipv6"},
    "ecs.version": {"8.11.0"},
}
ARRAYS = {"event.category", "event.type"}
binary = sys.argv[1]
bad = 0
seen = set()


def fail(text):
    global bad
    bad = 1
    print("FAIL:", text)


def is_of(kind, value):
    if kind in ("keyword", "text"):
        return isinstance(value, str) and value != ""
    if kind == "long":
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63
    if kind == "boolean":
        return isinstance(value, bool)
    try:
        if kind == "ip":
            ipaddress.ip_address(value)
        elif kind == "date":
            datetime.datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%fZ")
    except (TypeError, ValueError):
        return False
    return kind in ("ip", "date")


def fields_of(prefix, value):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from fields_of(f"{prefix}.{key}" if prefix else key, inner)
    else:
        yield prefix, value


def check(what, text, types):
    for number, line in enumerate(text.splitlines(), 1):
        for field, value in fields_of("", json.loads(line)):
            seen.add(field)
            values = value if isinstance(value, list) else [value]
            if field not in types:
                fail(f"{what}:{number}: {field} is not in docs/ecs.md")
            elif not all(is_of(types[field], one) for one in values):
                fail(f"{what}:{number}: {field} is no {types[field]}: {value!r}")
            if field in ARRAYS and not isinstance(value, list):
                fail(f"{what}:{number}: {field} must be a list")
            if field in ALLOWED and not set(values) <= ALLOWED[field]:
                fail(f"{what}:{number}: {field}: {value!r} is not allowed")
        for field in ("@timestamp", "message", "ecs.version", "event.kind"):
            if field not in {name for name, _ in fields_of("", json.loads(line))}:
                fail(f"{what}:{number}: has no {field}")


with open("docs/ecs.md", encoding="utf-8") as file:
    table = dict(re.findall(r"^\| `([^`]+)` \| ([a-z]+) \|", file.read(), re.M))
for path in sorted(glob.glob("pcaps/*.pcap")):
    words = [binary, "audit", "-q", "--no-second-opinion", "-r", path, "-s", "pcaps/lab.yaml", "--sensor", "tap1", "-T", "ecs"]
    run = subprocess.run(words, capture_output=True, check=False)
    if run.returncode == 2 or not run.stdout:
        fail(f"{path}: {run.stderr.decode()}")
    check(path, run.stdout.decode(), table)
# A scan: 600 SYNs to as many hosts, each refused.
def scan(path):
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
        for number in range(1200):
            client, server = 0x0A630064, 0x0A640000 + number // 2
            ends = (server, client) if number % 2 else (client, server)
            ports = (445, 40000) if number % 2 else (40000, 445)
            tcp = struct.pack(">HHIIBBHHH", *ports, number % 2 == 0, number % 2, 0x50, 0x14 if number % 2 else 2, 1024, 0, 0)
            ip = struct.pack(">BBHHHBBHII", 0x45, 0, 40, 1, 0, 64, 6, 0, *ends)
            out.write(struct.pack("<IIII", 1795165200, number, 40, 40) + ip + tcp)


with tempfile.TemporaryDirectory() as folder:
    scan(f"{folder}/scan.pcap")
    words = [binary, "audit", "-q", "-r", f"{folder}/scan.pcap", "-s", "pcaps/lab.yaml", "-T", "ecs"]
    text = subprocess.run(words, capture_output=True, check=False).stdout.decode()
    check("scan", text, table)
    scans = [line for line in map(json.loads, text.splitlines()) if line["event"]["dataset"] == "pathaudit.scan"]
    if [(line["pathaudit"]["hosts_tried"], line["pathaudit"]["lowest_ports"]) for line in scans] != [(600, [445])]:
        fail(f"a scan is one line: {scans}")
# Nothing in the table is a promise that is never kept; what the captures do not show is listed.
for field in sorted(set(table) - seen - {"pathaudit.excepted", "pathaudit.tunnel"}):
    fail(f"{field}: no capture gives it")
sys.exit(bad)
