"""syslog_server_test.py PATHAUDIT FOLDER [/dev/log]: findings as rsyslog understands them, compared with the same ones as JSON
lines. With /dev/log this process has its mounts for itself, and makes a /dev that holds nothing else."""
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time

program, work = sys.argv[1:3]
own_dev = len(sys.argv) > 3
SEVERITIES = {"high": "3", "medium": "4", "low": "5", "info": "6"}
bad = 0

# Names that a server could stumble over: its own markup, directions of writing, quotes, a percent sign, other scripts.
SITE = r'''site: hostile
tables: [exchange-2010-sp3]
scope: [10.99.0.0/16]
hosts:
  "cli<0>\"\\ent %n%s [x@1 y=\"z\"] \u202Eevil": {addresses: [10.99.0.100], roles: [smtp-client]}
  "d\u00FC\u0441\u2028c": {addresses: [10.99.0.10], roles: [domain-controller, global-catalog, dns]}
'''
CONFIGURATION = '''global(workDirectory="%(work)s")
module(load="imudp")
input(type="imudp" address="127.0.0.1" port="%(port)d")
%(machine)s
template(name="parsed" type="list" option.jsonf="on") {
    property(outname="host" name="hostname" format="jsonf")
    property(outname="app" name="app-name" format="jsonf")
    property(outname="process" name="procid" format="jsonf")
    property(outname="id" name="msgid" format="jsonf")
    property(outname="data" name="structured-data" format="jsonf")
    property(outname="severity" name="syslogseverity" format="jsonf")
    property(outname="facility" name="syslogfacility-text" format="jsonf")
    property(outname="version" name="protocol-version" format="jsonf")
    property(outname="time" name="timereported" dateformat="rfc3339" format="jsonf")
    property(outname="by" name="inputname" format="jsonf")
    property(outname="message" name="msg" format="jsonf")
}
action(type="omfile" file="%(work)s/parsed" template="parsed")
'''


def check(what, right, seen=""):
    global bad
    if not right:
        bad = 1
        print("FAIL:", what, str(seen)[:1000])


def await_(what, ready, most=20.0):
    until = time.monotonic() + most
    while time.monotonic() < until:
        value = ready()
        if value:
            return value
        time.sleep(0.05)
    check(f"in vain: {what}", False)
    return None


def make_dev():
    """Nothing but a few devices, so that rsyslogd can have /dev/log."""
    run = lambda *words: subprocess.run(words, check=True)
    old = os.path.join(work, "dev")
    os.mkdir(old)
    run("mount", "--make-rprivate", "/")
    run("mount", "--rbind", "/dev", old)
    run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/dev")
    for name in ("null", "zero", "full", "random", "urandom", "tty"):
        open(f"/dev/{name}", "w").close()
        run("mount", "--bind", f"{old}/{name}", f"/dev/{name}")


def parsed():
    try:
        return [json.loads(line) for line in open(f"{work}/parsed", encoding="utf-8").read().splitlines()]
    except (FileNotFoundError, json.JSONDecodeError):
        return []


with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
if own_dev:
    make_dev()
machine = 'module(load="imuxsock")' if own_dev else ""
with open(f"{work}/rsyslog.conf", "w") as out:
    out.write(CONFIGURATION % {"work": work, "port": port, "machine": machine})
with open(f"{work}/site.yaml", "w", encoding="utf-8") as out:
    out.write(SITE)
server = subprocess.Popen(["rsyslogd", "-n", "-f", f"{work}/rsyslog.conf", "-i", f"{work}/rsyslog.pid"],
                          stderr=open(f"{work}/rsyslog.err", "w"))
listens = lambda: f":{port:04X} " in open("/proc/net/udp").read() and (not own_dev or os.path.exists("/dev/log"))
await_("rsyslogd listens", listens)

words = ["--findings", f"syslog:127.0.0.1:{port}", "--findings", "-"] + (["--findings", "syslog"] if own_dev else [])
watch = subprocess.Popen([program, "watch", "-r", "pcaps/all_in_one.pcap", "--follow", "-s", f"{work}/site.yaml", "--every", "1",
                          "--sensor", "tap\n<0>1 one", *words], stdout=open(f"{work}/lines", "w"), stderr=subprocess.DEVNULL)
await_("an audit with findings", lambda: open(f"{work}/lines").read().count("\n") > 5)
watch.send_signal(signal.SIGINT)
check("watch ends by its verdict", watch.wait(20) == 1)
lines = [json.loads(line) for line in open(f"{work}/lines")]
check("there are findings", len(lines) > 5, lines)
expected = len(lines) * (2 if own_dev else 1)
await_("all messages", lambda: len([m for m in parsed() if m["app"] == "pathaudit"]) >= expected)
server.terminate()
server.wait(20)

messages = [m for m in parsed() if m["app"] != "rsyslogd"]  # what it says of itself
for message in messages:
    check("the program is named", message["app"] == "pathaudit", message)
    check("the facility", message["facility"] == "daemon", message)
for way in ["imudp"] + (["imuxsock"] if own_dev else []):
    came = [m for m in messages if m["by"] == way]
    check(f"as many by {way} as were told", len(came) == len(lines), (len(came), len(lines)))
    for line in lines:
        # What a reader of JSON gets, but for characters that no log should hold: U+FFFD stands for them.
        safe = re.sub("[\u2028\u202e]", "\ufffd", line["subject"])
        text = f"{line['id']} {line['severity']} {line['verdict']}: {safe}"
        found = [m for m in came if m["message"].strip(" \ufeff") == text]
        check(f"by {way} the message is whole", len(found) == 1, (text, [m["message"] for m in came if line["id"] in m["message"]]))
        for message in found:
            check("its severity", message["severity"] == SEVERITIES[line["severity"]], message)
            check("its process is a number", message["process"].isdigit(), message)
            if way == "imudp":
                check("RFC 5424", message["version"] == "1" and message["id"] == "finding" and message["data"] == "-", message)
                check("the sensor is the host, in one word", message["host"] == "tap<0>1one", message)
                check("its time", message["time"][:19] == line["time"][:19], (message, line["time"]))
names = "".join(m["message"] for m in messages)
check("names came", 'cli<0>"\\ent %n%s [x@1 y="z"] \ufffdevil' in names and "d\u00fc\u0441\ufffdc" in names, names)
sys.exit(bad)
