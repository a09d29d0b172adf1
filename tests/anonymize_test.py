"""A report with --anonymize says the same of the network and names nothing of it.

usage: anonymize_test.py BINARY

For every shipped capture: the verdicts are those of the plain report, and no address, name, file or sensor of the inputs is
in the text, the JSON or the CSV. What is to be found nowhere is read off the observations, not off the report.
"""

import collections
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

binary = sys.argv[1]
bad = 0
NAME_KEYS = {"smtp.banner_host", "tls.server_names", "tls.certificate_names", "ldap.domains", "kerberos.services",
             "kerberos.realms", "http.hosts", "http.rpc_servers", "sip.contacts", "sip.media", "netbios.names", "dns.names",
             "dns.answers"}
HOSTS = {"dc": "zeus-dc", "hub": "hera-hub", "edge": "ares-edge", "mbx": "rhea-mbx", "cas": "atlas-cas", "um": "pan-um",
         "pbx": "iris-pbx", "client": "juno-client"}


def fail(text):
    global bad
    bad = 1
    print("FAIL:", text)


def run(*words):
    done = subprocess.run([binary, words[0], "--no-second-opinion", "-q", *words[1:]], capture_output=True, check=False)
    if done.returncode == 2:
        fail(f"{' '.join(words)}: {done.stderr.decode()}")
        sys.exit(1)
    return done.stdout.decode(), done.returncode


def originals(capture, sensor):
    """Every address and name of the inputs, lower case. Groups, loopback, words of protocols and of reports apart."""
    words = set(HOSTS.values()) | {os.path.basename(capture).lower(), os.path.dirname(capture).lower(), sensor, "zz-site"}
    for line in run("observe", "-r", capture)[0].splitlines():
        record = json.loads(line)
        for key in ("client", "server", "tower_address", "annotation"):
            words.add(record.get(key, "").lower())
        for key, values in record.get("facts", {}).items():
            for value in values if key in NAME_KEYS else ():
                words.update(re.split(r"[ /\[\]<>@,;]|:(?=[0-9]+(?:[ /]|$))", value.lower()))
    stay = re.compile(r"|[0-9]{1,5}|\*|ff[0-9a-f]{2}:.*|22[4-9]\..*|23[0-9]\..*|255\..*|127\..*|0\.0\.0\.0|::|::1"
                      r"|_[a-z._]+|(?:ldap|gc|cifs|host|http|krbtgt|kadmin|mssqlsvc|smtp|imap|pop|dns|rpcss?|exchange[a-z]*|udp|tcp|rtp|s?avp|client)")
    return {word for word in words if not stay.fullmatch(word)}


def judged(text):
    """What must be the same with and without."""
    audit = json.loads(text)
    pick = collections.Counter
    return {
        "summary": audit["summary"],
        "paths": [(p["id"], p["verdict"], p["probable"], p["conversations"], p["bytes"]) for p in audit["paths"]],
        "conversations": pick((c["transport"], c["port"], c["protocol"], c["verdict"], c["match"], c["grade"], c["flows"],
                               tuple(sorted(c["paths"])), tuple(s["verdict"] for s in c["sessions"]))
                              for c in audit["conversations"]),
        "findings": pick((f["verdict"], f["severity"], f["path"], f["transport"], f["port"], bool(f["excepted"]))
                         for f in audit["findings"]),
        "endpoints": pick((e["port"], e["interface"], e["version"], e["name"], e["flows"]) for e in audit["endpoints"]),
        "roles": pick(tuple(sorted((r["role"], r["how"]) for r in h["roles"])) for h in audit["hosts"]),
    }


with tempfile.TemporaryDirectory() as folder:
    site = folder + "/zz-site.yaml"
    with open("pcaps/lab.yaml", encoding="utf-8") as file:
        text = file.read().replace("site: lab", "site: zz-site")
    for name, other in HOSTS.items():
        text = re.sub(rf"^  {name}:", f"  {other}:", text, flags=re.M)
    with open(site, "w", encoding="utf-8") as file:
        file.write(text)
    with open(folder + "/key", "wb") as file:
        file.write(bytes(range(32)))
    key = ["--anonymize-key", folder + "/key"]
    checked = 0
    for path in sorted(glob.glob("pcaps/*.pcap")):
        capture = folder + "/zz-" + os.path.basename(path)
        shutil.copy(path, capture)
        for with_site in (["-s", site], []):
            words = ["-r", capture, "--sensor", "zz-sensor", *with_site]
            plain, status = run("audit", *words, "-T", "json")
            hidden, hidden_status = run("audit", *words, "-T", "json", *key)
            if status != hidden_status:
                fail(f"{path}: ends with {hidden_status} instead of {status}")
            before, after = judged(plain), judged(hidden)
            for what in before:
                if before[what] != after[what]:
                    fail(f"{path} {with_site}: {what} differ: {before[what]} and {after[what]}")
            if json.loads(plain)["anonymized"] != "" or len(json.loads(hidden)["anonymized"]) != 16:
                fail(f"{path}: 'anonymized' is wrong")
            outputs = [hidden, run("audit", *words, "--all", *key)[0], run("endpoints", *words[:4], *key)[0],
                       run("endpoints", *words[:4], "-T", "json", *key)[0],
                       run("audit", *words, "--only", "conversations", *key)[0],
                       run("audit", *words, "-T", "ecs", *key)[0]]
            outputs += [run("audit", *words, "-T", "csv", "--only", part, *key)[0]
                        for part in ("conversations", "paths", "endpoints", "findings")]
            everything = re.sub(r"\s+", " ", "\n".join(outputs)).lower()
            for word in originals(capture, "zz-sensor"):
                checked += 1
                found = re.search(rf"(?<![\w.:-]){re.escape(word)}(?![\w:-]|\.\w)", everything)
                if found:
                    at = found.start()
                    fail(f"{path} {with_site}: '{word}' is in: {everything[max(0, at - 60):at + 60]}")
    if checked < 400:
        fail(f"only {checked} words were looked for")

    words = ["audit", "-r", "pcaps/smtp.pcap", "-s", site, "-T", "json"]
    if run(*words, *key)[0] != run(*words, *key)[0]:
        fail("the same key gives different reports")
    if run(*words, "--anonymize")[0] == run(*words, "--anonymize")[0]:
        fail("two runs without a key give the same names")
    with open(folder + "/a.json", "w", encoding="utf-8") as file:
        file.write(run(*words, *key)[0])
    same = subprocess.run([binary, "diff", folder + "/a.json", folder + "/a.json"], capture_output=True, check=False)
    if same.returncode != 0:
        fail(f"diff of two anonymized audits of one key: {same.stderr.decode()}")
sys.exit(bad)
