#!/usr/bin/env python3
"""Two customers with the same addresses in two networks, kept apart: what a server of the one says of its ports and of
itself names nothing of the other. The one is pcaps/rpc.pcap; the other has a connection between the same addresses to
the same port, with a protocol of nobody, made here. Once in two VLANs, once in two VXLANs.

usage: overlapping_test.py BINARY"""

import json
import os
import struct
import subprocess
import sys
import tempfile

CAPTURE, CLIENT, SERVER, HANDED_OUT = "pcaps/rpc.pcap", "10.99.0.100", "10.99.0.10", 49154
NETWORKS = {"vlan": ("vlan:10", "vlan:20"), "vxlan": ("vxlan:5010", "vxlan:5020")}
failed = 0


def expect(what, good, *shown):
    global failed
    if not good:
        failed += 1
        print(f"{what}: not so", *shown)


def octets(address):
    return bytes(int(part) for part in address.split("."))


def ethernet(payload):
    return bytes.fromhex("020000000002020000000001") + b"\x08\x00" + payload


def ipv4(protocol, source, target, number, payload):
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), number, 0, 64, protocol, 0, octets(source), octets(target))
    return head + payload


def tcp(number, from_client, sequence, acknowledged, flags, payload=b""):
    ports, ends = (40000, HANDED_OUT), (CLIENT, SERVER)
    if not from_client:
        ports, ends = ports[::-1], ends[::-1]
    segment = struct.pack(">HHIIBBHHH", *ports, sequence, acknowledged, 0x50, flags, 8192, 0, 0) + payload
    return ethernet(ipv4(6, *ends, number, segment))


def strangers_talk():
    hello, answer = b"\x01\x02hello nobody", b"\x03\x04and good day"
    return [tcp(1, True, 100, 0, 2), tcp(2, False, 500, 101, 18), tcp(3, True, 101, 501, 16),
            tcp(4, True, 101, 501, 24, hello), tcp(5, False, 501, 101 + len(hello), 24, answer),
            tcp(6, True, 101 + len(hello), 501 + len(answer), 17), tcp(7, False, 501 + len(answer), 115, 17)]


def inside(frame, network):
    kind, number = network.split(":")
    if kind == "vlan":
        return frame[:12] + struct.pack(">HH", 0x8100, int(number)) + frame[12:]
    datagram = struct.pack(">HHHH", 50000, 4789, 16 + len(frame), 0) + struct.pack(">II", 0x08000000, int(number) << 8)
    return ethernet(ipv4(17, "192.0.2.1", "192.0.2.2", 0, datagram + frame))


def records(path):
    with open(path, "rb") as file:
        data = file.read()
    at = 24
    while at + 16 <= len(data):
        seconds, fraction, captured, _ = struct.unpack_from("<IIII", data, at)
        yield seconds, fraction, data[at + 16:at + 16 + captured]
        at += 16 + captured


def written(path, networks):
    ours = list(records(CAPTURE))
    theirs = [(ours[len(ours) // 2][0], ours[len(ours) // 2][1], frame) for frame in strangers_talk()]
    both = [(s, f, 0, inside(frame, networks[0])) for s, f, frame in ours] + \
           [(s, f, 1, inside(frame, networks[1])) for s, f, frame in theirs]
    with open(path, "wb") as file, open(CAPTURE, "rb") as like:
        file.write(like.read(24))
        for s, f, _, frame in sorted(both, key=lambda one: one[:3]):
            file.write(struct.pack("<IIII", s, f, len(frame), len(frame)) + frame)


def run(binary, *words):
    return subprocess.run([binary, *words], capture_output=True, text=True, check=False)


def audited(binary, path, *more):
    return json.loads(run(binary, "audit", "-q", "--no-second-opinion", "-T", "json", "-r", path, *more).stdout)


def ours_and_theirs(audit, networks):
    handed = [c for c in audit["conversations"] if c["port"] == HANDED_OUT]
    return [next((c for c in handed if c["network"] == network), None) for network in networks]


def one_is_not_the_other(binary, path, networks):
    audit = audited(binary, path, "--keep-apart")
    ours, theirs = ours_and_theirs(audit, networks)
    expect("the service is named where it was told", ours and "samr" in ours["services"], ours)
    expect("and nowhere else", theirs and theirs["services"] == [] and theirs["grade"] == "", theirs)
    expect("names tell the network", ours and ours["server_name"] == f"{SERVER}%{networks[0]}", ours)
    roles = {host["network"]: [role["role"] for role in host["roles"]] for host in audit["hosts"]
             if host["addresses"] == [SERVER]}
    expect("one is a directory server", "domain-controller" in roles.get(networks[0], []), roles)
    expect("the other is not", roles.get(networks[1]) == [], roles)
    places = {endpoint["network"] for endpoint in audit["endpoints"]}
    expect("ports are those of one network", places == {networks[0]}, places)
    expect("nobody of the other used them", ours and all(e["flows"] <= ours["flows"] for e in audit["endpoints"]
                                                         if e["port"] == HANDED_OUT))
    text = run(binary, "endpoints", "-q", "--keep-apart", "-r", path).stdout
    expect("the text tells whose ports", f"{SERVER}%{networks[0]}" in text and networks[1] not in text, text)


def a_site_tells_them_apart(binary, path, networks, folder):
    site = os.path.join(folder, "site.yaml")
    with open(site, "w", encoding="ascii") as file:
        file.write(f"""site: two
hosts:
  dc: {{addresses: [{SERVER}], network: "{networks[0]}", roles: [domain-controller, dns]}}
  till: {{addresses: [{SERVER}], network: "{networks[1]}", roles: [mailbox]}}
  anybody: {{addresses: [{CLIENT}], roles: [client-access]}}
""")
    audit = audited(binary, path, "--keep-apart", "-s", site)
    ours, theirs = ours_and_theirs(audit, networks)
    expect("hosts of the site file", ours and ours["server_name"] == "dc" and ours["client_name"] == "anybody", ours)
    expect("by their networks", theirs and theirs["server_name"] == "till" and theirs["client_name"] == "anybody", theirs)
    expect("still nothing is told to the other", theirs and theirs["services"] == [], theirs)
    again = os.path.join(folder, "roles.yaml")
    with open(again, "w", encoding="ascii") as file:
        file.write(run(binary, "roles", "-q", "--keep-apart", "-T", "yaml", "-s", site, "-r", path).stdout)
    same = audited(binary, path, "--keep-apart", "-s", again)
    names = [(c["client_name"], c["server_name"], c["port"]) for c in audit["conversations"]]
    expect("a site as written is read again", names == [(c["client_name"], c["server_name"], c["port"])
                                                        for c in same["conversations"]])


def packets_of_one_are_kept(binary, path, networks, folder):
    kept, site = os.path.join(folder, "kept.pcap"), os.path.join(folder, "site.yaml")
    audit = audited(binary, path, "--keep-apart", "-s", site)
    ours, theirs = ours_and_theirs(audit, networks)
    expect("they are judged differently", ours and theirs and ours["verdict"] != theirs["verdict"], ours, theirs)
    run(binary, "audit", "-q", "--keep-apart", "-s", site, "-r", path, "-w", kept, "--keep", theirs["verdict"])
    expected = sorted(inside(frame, networks[1]) for frame in strangers_talk())
    frames = sorted(frame for _, _, frame in records(kept))
    expect("kept are the packets of the other alone", frames == expected, len(frames))


def what_was_written_knows_it(binary, path, networks, folder):
    where, ledger = os.path.join(folder, "runs"), os.path.join(folder, "ports.tsv")
    run(binary, "observe", "-q", "--no-second-opinion", "--keep-apart", "-r", path, "-O", f"dir:{where}")
    live, read = audited(binary, path, "--keep-apart"), json.loads(
        run(binary, "audit", "-q", "-T", "json", "--from", f"dir:{where}").stdout)
    for key in ("hosts", "conversations", "endpoints"):
        expect(f"{key} are those that were written", live[key] == read[key])
    run(binary, "audit", "-q", "--no-second-opinion", "--keep-apart", "-r", path, "--ledger", ledger)
    other = os.path.join(folder, "other.pcap")
    with open(other, "wb") as file, open(path, "rb") as like:
        file.write(like.read(24))
        for second, frame in enumerate(strangers_talk()):
            for network in networks:
                frame_there = inside(frame, network)
                file.write(struct.pack("<IIII", 1795200000 + second, 0, len(frame_there), len(frame_there)) + frame_there)
    audit = audited(binary, other, "--keep-apart", "--ledger", ledger)
    ours, theirs = ours_and_theirs(audit, networks)
    expect("the ledger file names it in its network", ours and "samr" in ours["services"], ours)
    expect("and in no other", theirs and theirs["services"] == [], theirs)


def without_networks(path):
    """As an earlier version wrote it: without the last column."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    lines = [line.rpartition("\t")[0] if "\t" in line else line for line in lines]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def what_an_earlier_version_wrote_is_read(binary, path, folder):
    where, ledger = os.path.join(folder, "runs"), os.path.join(folder, "ports.tsv")
    for run_folder in os.listdir(where):
        for name in ("conversations.tsv", "facts.tsv", "bindings.tsv"):
            without_networks(os.path.join(where, run_folder, name))
    read = json.loads(run(binary, "audit", "-q", "-T", "json", "--from", f"dir:{where}").stdout)
    expect("conversations are in no network", {c["network"] for c in read["conversations"]} == {""})
    expect("and as many", len(read["conversations"]) == len(audited(binary, path, "--keep-apart")["conversations"]))
    without_networks(ledger)
    old = run(binary, "endpoints", "-q", "-r", CAPTURE, "--ledger", ledger)
    expect("a ledger is read", old.returncode == 0, old.stderr)
    with open(ledger, encoding="utf-8") as file:
        expect("and written with networks", "\tnetwork\n" in file.read())


def main():
    binary = sys.argv[1]
    for kind, networks in NETWORKS.items():
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, f"{kind}.pcap")
            written(path, networks)
            one_is_not_the_other(binary, path, networks)
            a_site_tells_them_apart(binary, path, networks, folder)
            packets_of_one_are_kept(binary, path, networks, folder)
            what_was_written_knows_it(binary, path, networks, folder)
            what_an_earlier_version_wrote_is_read(binary, path, folder)
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
