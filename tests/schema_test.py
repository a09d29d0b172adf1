"""Holds what pathaudit writes to the schemas of docs/schema: golden files, and the audits of all shipped captures.

usage: schema_test.py BINARY    ends with 77 when python3-jsonschema is not installed
"""

import glob
import json
import subprocess
import sys

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
