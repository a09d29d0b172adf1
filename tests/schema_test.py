"""Holds what pathaudit writes to the schemas of docs/schema: golden files, and the audits of all shipped captures.

usage: schema_test.py BINARY    ends with 77 when python3-jsonschema is not installed
"""

import glob
import json
import struct
import subprocess
import sys
import tempfile

try:
    from jsonschema import Draft202012Validator
except ImportError:
    print("skipped: python3-jsonschema is not installed")
    sys.exit(77)

FOLDER = "docs/schema/"
SCHEMAS = {
    "pathaudit.audit/1": "pathaudit.audit-1",
    "pathaudit.endpoints/1": "pathaudit.endpoints-1",
    "pathaudit.table/1": "pathaudit.table-1",
    "pathaudit.diff/1": "pathaudit.diff-1",
    "pathaudit.roles/1": "pathaudit.roles-1",
}
bad = 0
checked = 0


def validator(name):
    with open(FOLDER + name + ".schema.json", encoding="utf-8") as file:
        schema = json.load(file)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


validators = {name: validator(name) for name in
              [*SCHEMAS.values(), "pathaudit.observe-1", "pathaudit.tables-1"]}


def errors_of(name, document):
    return [f"{'.'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e in validators[name].iter_errors(document)]


def check(what, name, document):
    global bad, checked
    checked += 1
    for error in errors_of(name, document)[:10]:
        print(f"{what}: {error}")
        bad = 1


def check_text(what, text):
    document = json.loads(text)
    check(what, SCHEMAS[document["schema"]] if "schema" in document else "pathaudit.tables-1", document)


def check_lines(what, text):
    for number, line in enumerate(text.splitlines(), 1):
        check(f"{what}:{number}", "pathaudit.observe-1", json.loads(line))


def said(*words):
    run = subprocess.run([sys.argv[1], words[0], "--no-second-opinion", *words[1:]] if words[0] != "tables" else
                         [sys.argv[1], *words], capture_output=True, check=False)
    if run.returncode == 2:
        print(f"{' '.join(words)}: {run.stderr.decode()}")
        sys.exit(1)
    return run.stdout.decode()


def must_refuse(document, name, change):
    """A schema that accepts everything proves nothing."""
    global bad
    broken = json.loads(json.dumps(document))
    change(broken)
    if not errors_of(name, broken):
        print(f"{name}: accepts a document that lacks a key or has a wrong type")
        bad = 1


for path in sorted(glob.glob("tests/golden/*.json")):
    with open(path, encoding="utf-8") as file:
        check_text(path, file.read())
for path in sorted(glob.glob("tests/golden/*.jsonl")):
    with open(path, encoding="utf-8") as file:
        check_lines(path, file.read())
for path in sorted(glob.glob("pcaps/*.pcap")):
    check_text(path + " audit", said("audit", "-r", path, "-s", "pcaps/lab.yaml", "-T", "json"))
    check_text(path + " endpoints", said("endpoints", "-r", path, "-T", "json"))
    check_lines(path + " observe", said("observe", "-r", path))
for table in json.loads(said("tables", "list", "-T", "json"))["tables"]:
    check_text("table " + table["name"], said("tables", "show", table["name"], "-T", "json"))



def write_scan(out):
    """A capture of 600 SYNs of 10.0.0.9, a port each, on two hosts in turn; every third is refused."""
    out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
    for i in range(600):
        client, server = bytes([10, 0, 0, 9]), bytes([10, 0, 0, 2 + i % 2])
        ends = [(client, server, 50000, 1000 + i, 0x02)]
        if i % 3 == 0:
            ends.append((server, client, 1000 + i, 50000, 0x14))
        for source, target, source_port, target_port, flags in ends:
            packet = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40, i, 0, 64, 6, 0, source, target)
            packet += struct.pack(">HHIIBBHHH", source_port, target_port, i, i + 1, 0x50, flags, 1024, 0, 0)
            out.write(struct.pack("<IIII", 1795176000, i * 1000, len(packet), len(packet)) + packet)
    out.flush()


with tempfile.NamedTemporaryFile(suffix=".pcap") as capture:
    write_scan(capture)
    scan = json.loads(said("audit", "-r", capture.name, "-T", "json"))
    lines = said("observe", "-r", capture.name)
check("a scan", "pathaudit.audit-1", scan)
check_lines("a scan", lines)
if [(s["hosts"], s["ports"], s["flows"], s["dispositions"].get("refused")) for s in scan["scans"]] != [(2, 600, 600, 200)]:
    print(f"a scan is not seen as one: {scan['scans']}")
    bad = 1
if sum(json.loads(line)["type"] == "scan" for line in lines.splitlines()) != 1 or scan["conversations"]:
    print("a scan leaves more than itself")
    bad = 1
must_refuse(scan, "pathaudit.audit-1", lambda d: d["scans"][0].pop("hosts"))

with open("tests/golden/audit-lab.json", encoding="utf-8") as file:
    lab = json.load(file)
must_refuse(lab, "pathaudit.audit-1", lambda d: d["conversations"][0].pop("verdict"))
must_refuse(lab, "pathaudit.audit-1", lambda d: d["findings"][0].update(severity="terrible"))
must_refuse(lab, "pathaudit.audit-1", lambda d: d["coverage"][0].update(packets="1"))
must_refuse(lab, "pathaudit.audit-1", lambda d: d["endpoints"][0].update(interface="x"))
must_refuse({"type": "binding"}, "pathaudit.observe-1", lambda d: None)
if errors_of("pathaudit.audit-1", {**lab, "a_key_of_tomorrow": 1}):
    print("pathaudit.audit-1: refuses a key that was added")
    bad = 1
if checked < 100:
    print(f"only {checked} documents were checked")
    bad = 1
sys.exit(bad)
