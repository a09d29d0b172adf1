"""terminal_test.py PATHAUDIT FOLDER: the program on a pseudo-terminal of a given width and environment."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

program, work = sys.argv[1:3]
UTF8 = {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
bad = 0
SITE = os.path.join(work, "site.yaml")
with open(SITE, "w", encoding="utf-8") as out:
    out.write('''site: names
tables: [exchange-2010-sp3]
scope: [10.99.0.0/16]
hosts:
  "клиент": {addresses: [10.99.0.100], roles: [smtp-client]}
  "dömäne": {addresses: [10.99.0.10], roles: [domain-controller, global-catalog, dns]}
''')


def check(what, right, seen=""):
    global bad
    if not right:
        bad = 1
        print("FAIL:", what, repr(seen)[:1200])


class Terminal:
    def __init__(self, words, environment, columns, rows=50):
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        kept = {name: os.environ[name] for name in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ}
        self.process = subprocess.Popen([program, *words], stdin=subprocess.DEVNULL, stdout=slave, stderr=slave,
                                        env={**kept, "PATHAUDIT_TABLES": "tables", **environment})
        os.close(slave)
        self.master, self.bytes = master, b""

    def read(self, until=lambda text: False, most=60.0):
        end = time.monotonic() + most
        while time.monotonic() < end and not until(self.bytes):
            if select.select([self.master], [], [], 0.1)[0]:
                try:
                    more = os.read(self.master, 65536)
                except OSError:
                    break
                if not more:
                    break
                self.bytes += more
        return self.bytes

    def end(self):
        text = self.read()
        os.close(self.master)
        return self.process.wait(20), text


def shown(words, environment=UTF8, columns=100):
    return Terminal(words, environment, columns).end()[1]


def plain(text):
    return re.sub(rb"\x1b\[[0-9;?]*[a-zA-Z]", b"", text).decode(errors="replace")


REPORTS = [
    ["audit", "-r", "pcaps/all_in_one.pcap", "-s", "pcaps/lab.yaml", "-q"],
    ["audit", "-r", "pcaps/all_in_one.pcap", "-s", "pcaps/lab.yaml", "-q", "--all"],
    ["audit", "-r", "pcaps/rpc_port_blocked.pcap", "-s", "pcaps/lab.yaml", "-q", "--explain", "0ce3dd3ca71b5be5"],
    ["endpoints", "-r", "pcaps/rpc.pcap", "-q"],
    ["roles", "-r", "pcaps/all_in_one.pcap", "-q", "-T", "text"],
    ["tables", "show", "exchange-2010-sp3"],
    ["tables", "list"],
    ["diff", "tests/golden/audit-rpc.json", "tests/golden/audit-rpc-port-blocked.json"],
]
for words in REPORTS:
    name = " ".join(words)
    for columns in (60, 80, 200):
        text = plain(shown(words, UTF8, columns))
        check(f"'{name}' says something", len(text) > 100, text)
        wide = [line for line in text.splitlines() if len(line) > columns]
        check(f"'{name}' fits {columns} columns", not wide, wide[:5])
    for way, environment in {"NO_COLOR": {**UTF8, "NO_COLOR": "1"}, "a dumb terminal": {**UTF8, "TERM": "dumb"},
                             "a terminal of no name": {"LC_ALL": "C.UTF-8"}}.items():
        text = shown(words, environment)
        check(f"'{name}' with {way} is plain", b"\x1b" not in text, text)

audit = REPORTS[0]
check("there are colours", b"\x1b[1" in shown(audit))
check("--color always on a dumb terminal", b"\x1b[1" in shown(audit + ["--color", "always"], {**UTF8, "TERM": "dumb"}))
check("an empty NO_COLOR is none", b"\x1b[1" in shown(audit, {**UTF8, "NO_COLOR": ""}))

# Names of other scripts: as they are where the locale has them, else one sign each, so that columns stay.
names = ["audit", "-r", "pcaps/all_in_one.pcap", "-s", SITE, "-q"]
text = shown(names)
check("names in UTF-8", "клиент -> dömäne".encode() in text, text)
for environment in ({"LC_ALL": "C"}, {"LANG": "de_DE.ISO-8859-1"}, {"LC_ALL": "C", "LANG": "en_US.UTF-8"}, {}):
    text = shown(names, {"TERM": "xterm", **environment})
    check(f"nothing but ASCII with {environment}", max(text) < 0x80, text)
    check(f"names as far as they go with {environment}", b"?????? -> d?m?ne" in text, text)
check("UTF-8 by LANG", max(shown(names, {"TERM": "xterm", "LANG": "en_US.utf8"})) >= 0x80)
for locale in ("C", "C.UTF-8"):  # the same bytes for whatever is no terminal
    piped = subprocess.run([program, *names], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
                           env={"PATH": os.environ["PATH"], "LC_ALL": locale, "PATHAUDIT_TABLES": "tables"}).stdout
    check(f"a pipe with {locale} gets UTF-8", "клиент".encode() in piped, piped)

# The view.
for columns, environment in ((60, UTF8), (200, UTF8), (60, {**UTF8, "NO_COLOR": "1"}), (60, {"TERM": "xterm", "LC_ALL": "C"})):
    view = Terminal(["watch", "-r", "pcaps/all_in_one.pcap", "--follow", "-s", SITE, "--every", "1"], environment, columns, 24)
    view.read(lambda text: re.search(rb"high.*Newest findings.*Ctrl-C", text, re.S))  # drawn to its last line
    drawn = view.bytes
    view.process.send_signal(signal.SIGINT)
    status, text = view.end()
    check("the view ends by the verdict", status == 1, text[-500:])
    check("the view is the other screen, and leaves it", b"\x1b[?1049h" in text and b"\x1b[?1049l" in text)
    for frame in drawn.split(b"\x1b[H")[1:]:
        wide = [line for line in plain(frame).splitlines() if len(line) > columns]
        check(f"the view fits {columns} columns", not wide, wide[:3])
    colours = re.findall(rb"\x1b\[[0-9;]+m", text)
    check(f"colours of the view with {environment}", bool(colours) != ("NO_COLOR" in environment), colours[:3])
    check(f"signs of the view with {environment}", (max(drawn) < 0x80) == (environment.get("LC_ALL") == "C"), drawn[-800:])
dumb = Terminal(["watch", "-r", "pcaps/all_in_one.pcap", "--follow", "-s", SITE, "--every", "1"], {**UTF8, "TERM": "dumb"}, 80)
dumb.read(lambda text: text.count(b'{"schema":"pathaudit.finding/1"') > 3)
dumb.process.send_signal(signal.SIGINT)
check("a dumb terminal gets lines", b"\x1b" not in dumb.end()[1], dumb.bytes)
sys.exit(bad)
