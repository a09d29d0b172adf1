"""Holds firewall rules to the grammar of their firewall, whatever names the traffic, the site and the table have.

usage: rules_test.py BINARY

nftables reads its own (`nft -c`, when it is installed and may be run); PowerShell and ASA are held to the few forms of
line that may occur: everything else is a way out of a comment or a string.
"""

import glob
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

binary = sys.argv[1]
bad = 0
HOSTILE = "x\"'`;$(id)`id`\\#>?{}|&!\u201d\u2019\u202e\u2028\u00e9 accept"
ADDRESS = r"(?:[0-9.]+|[0-9a-f:]+)(?:/[0-9]+)?"
WORDS = r"[A-Za-z0-9 .,:/()_+=%-]*"
COMMENT = rf"(?:#|!) ?{WORDS}"
NFT = [r"#!/usr/sbin/nft -f", r"(?:delete )?table inet pathaudit(?: \{)?", r"    chain (?:forward|input) \{",
       r"        type filter hook (?:forward|input) priority filter; policy accept;",
       r"        ct state (?:established,related accept|invalid counter)", r"        iif lo accept",
       r"        icmpv6 type \{ [a-z, -]+ \} accept",
       rf"        (ip6?) saddr \{{ {ADDRESS}(?:, {ADDRESS})* \}} \1 daddr {ADDRESS} "
       rf"(?:(?:tcp|udp) dport [0-9]+|meta l4proto [0-9]+) ct state new counter accept comment \"[0-9]+ {WORDS}\"",
       r"        ct state new limit rate 10/second log prefix \"pathaudit no rule: \" flags all",
       r"        counter comment \"no rule\"", r"    \}", r"\}"]
STRING = rf"'{WORDS}'"
WINDOWS = [r"\$Enabled = 'False'",
           r"Get-NetFirewallRule -Group 'pathaudit' -ErrorAction SilentlyContinue \| Remove-NetFirewallRule",
           rf"if \(Get-NetIPAddress -IPAddress '{ADDRESS}' -ErrorAction SilentlyContinue\) \{{", r"\}",
           rf"    New-NetFirewallRule -Group 'pathaudit' -DisplayName {STRING} -Description {STRING} -Direction Inbound "
           rf"-Action Allow -Enabled \$Enabled -Protocol (?:TCP|UDP|[0-9]+) (?:-LocalPort [0-9]+ )?"
           rf"-LocalAddress '{ADDRESS}' -RemoteAddress @\('(?:Any|{ADDRESS})'(?:, '{ADDRESS}')*\) \| Out-Null"]
HOST = r"(?:host (?:[0-9.]+|[0-9a-f:]+)|[0-9.]+ [0-9.]+|[0-9a-f:]+/[0-9]+)"
CISCO = [r"object-group network PATHAUDIT-[0-9]+", rf" network-object {HOST}",
         rf"access-list PATHAUDIT remark {WORDS}",
         rf"access-list PATHAUDIT extended permit (?:tcp|udp|esp|ah|[0-9]+) (?:object-group PATHAUDIT-[0-9]+|{HOST}) {HOST}"
         r"(?: eq [0-9]+)?"]
FORMS = {"nftables": NFT, "windows": WINDOWS, "cisco-asa": CISCO}


def fail(text):
    global bad
    bad = 1
    print("FAIL:", text)


def rules(form, capture, *words):
    run = subprocess.run([binary, "rules", "-q", "--no-second-opinion", "-r", capture, "-T", form, *words],
                         capture_output=True, check=False)
    if run.returncode != 0:
        fail(f"rules -r {capture} -T {form} {' '.join(words)} ends with {run.returncode}: {run.stderr.decode()}")
    return run.stdout


def check_grammar(form, what, output):
    """Every line is a comment of safe words, or one of the forms above, in ASCII."""
    patterns = re.compile("|".join(f"(?:{p.replace(chr(92) + '1', '(?:ip6?)')})" for p in FORMS[form]))
    for number, line in enumerate(output.split(b"\n"), 1):
        try:
            text = line.decode("ascii")
        except UnicodeDecodeError:
            fail(f"{what} {form}:{number}: is not ASCII: {line!r}")
            continue
        if text and not re.fullmatch(rf" *{COMMENT}", text) and not patterns.fullmatch(text):
            fail(f"{what} {form}:{number}: {text!r}")


def nft_may_check():
    if shutil.which("nft") is None:
        print("not checked by nft: it is not installed")
        return False
    run = subprocess.run(["nft", "-c", "-f", "-"], input=b"table inet x\n", capture_output=True, check=False)
    if run.returncode != 0:
        print("not checked by nft: it may not be run here:", run.stderr.decode().strip())
    return run.returncode == 0


def check(what, capture, *words):
    count = {}
    for form in FORMS:
        output = rules(form, capture, *words)
        check_grammar(form, what, output)
        count[form] = len(re.findall(rb"ct state new counter accept|New-NetFirewallRule|extended permit (?!ip any)",
                                     output))
        if form == "nftables" and checks_nft:
            run = subprocess.run(["nft", "-c", "-f", "-"], input=output, capture_output=True, check=False)
            if run.returncode != 0:
                fail(f"{what}: nft says: {run.stderr.decode()}")
        if form == "nftables":
            # With the last comment taken away it drops, and is still right.
            dropping = output.replace(b"        # drop\n", b"        drop\n")
            if dropping == output:
                fail(f"{what}: the last rule cannot be made to drop")
            if checks_nft and subprocess.run(["nft", "-c", "-f", "-"], input=dropping, check=False).returncode != 0:
                fail(f"{what}: nft does not take it with drop")
    if len(set(count.values())) != 1:
        fail(f"{what}: the forms have different numbers of rules: {count}")
    return count["nftables"]


checks_nft = nft_may_check()
total = sum(check(path, path, "-s", "pcaps/lab.yaml") for path in sorted(glob.glob("pcaps/*.pcap")))
if total < 20:
    fail(f"only {total} rules from all captures")
check("for one host", "pcaps/all_in_one.pcap", "-s", "pcaps/lab.yaml", "--for", "hub")
check("for one address", "pcaps/all_in_one.pcap", "-s", "pcaps/lab.yaml", "--for", "10.99.0.20")
if check("no traffic of it", "pcaps/dns.pcap", "-s", "pcaps/lab.yaml", "--for", "edge") != 0:
    fail("rules for a host that nobody talks to")


def nine_clients(path, version):
    """Of one server: SYN, SYN-ACK and a word each way, raw IP."""
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
        for number in range(9 * 4):
            step, client = number % 4, number // 4
            back = step % 2
            ends = [bytes([10, 1, 0, client]), bytes([10, 2, 0, 1])]
            if version == 6:
                ends = [b"\x20\x01\x0d\xb8" + bytes(8) + end for end in ends]
            ports = (25, 40000) if back else (40000, 25)
            tcp = struct.pack(">HHIIBBHHH", *ports, step // 2 + 1, 1 if step else 0, 0x50, (2, 0x12, 0x18, 0x18)[step], 999, 0, 0)
            tcp += b"word" if step > 1 else b""
            if back:
                ends.reverse()
            head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), 1, 0, 64, 6, 0)
            if version == 6:
                head = struct.pack(">IHBB", 6 << 28, len(tcp), 6, 64)
            packet = head + b"".join(ends) + tcp
            out.write(struct.pack("<IIII", 1795165200, number, len(packet), len(packet)) + packet)


# A role that is everybody is a word to Windows, and a prefix of no length to the others.
with tempfile.TemporaryDirectory() as folder:
    for version, everybody, server in (4, "0.0.0.0/0", "10.2.0.1"), (6, "::/0", "2001:db8::a02:1"):
        with open(folder + "/site.yaml", "w", encoding="utf-8") as file:
            file.write(f'site: s\ntables: [exchange-2010-sp3]\nhosts:\n  hub: {{addresses: ["{server}"], roles: [hub]}}\n'
                       f'roles:\n  smtp-client: ["{everybody}"]\n')
        nine_clients(folder + "/nine.pcap", version)
        words = (folder + "/nine.pcap", "-s", folder + "/site.yaml")
        if check(f"everybody, IPv{version}", *words) != 1:
            fail(f"everybody, IPv{version}: not one rule")
        if b"-RemoteAddress @('Any')" not in rules("windows", *words):
            fail(f"everybody, IPv{version}: Windows has a word for it")
        network = b"0.0.0.0 0.0.0.0" if version == 4 else b"::/0"
        if b"permit tcp " + network + b" host " + server.encode() + b" eq 25" not in rules("cisco-asa", *words):
            fail(f"everybody, IPv{version}: {rules('cisco-asa', *words)!r}")

with tempfile.TemporaryDirectory() as folder:
    quoted = HOSTILE.replace("\\", "\\\\").replace('"', '\\"')
    with open(folder + "/site.yaml", "w", encoding="utf-8") as file:
        file.write(f'site: "{quoted}\\nreboot"\nhosts:\n  "{quoted}\\nreboot": {{addresses: [10.99.0.20], roles: [hub]}}\n'
                   "  e: {addresses: [10.99.0.21], roles: [edge]}\n"
                   "roles:\n  smtp-client: [10.99.0.100]\n")
    with open(folder + "/table.yaml", "w", encoding="utf-8") as file:
        file.write(f'table: t\ntitle: "{quoted}"\nsource: me\npaths:\n  - id: a\n    name: "{quoted}\\nreboot"\n'
                   "    from: [smtp-client, edge]\n    to: hub\n    ports: [25/tcp]\n    protocol: smtp\n")
    capture = folder + "/" + HOSTILE.replace("/", "") + "\nreboot.pcap"
    shutil.copy("pcaps/smtp.pcap", capture)
    if check("hostile names", capture, "-s", folder + "/site.yaml", "-t", folder + "/table.yaml") == 0:
        fail("no rules with hostile names")
    for form in FORMS:
        if re.search(rb"^reboot", rules(form, capture, "-s", folder + "/site.yaml", "-t", folder + "/table.yaml"), re.M):
            fail(f"{form}: a name began a line of its own")
sys.exit(bad)
