#!/usr/bin/env python3
"""Finds the highest rate at which pathaudit, and the tools beside it, lose no packet of live traffic. See README.md."""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RATES = [25, 50, 100, 150, 200, 300, 400, 500, 600, 700, 800, 900, 1000]  # thousand packets a second


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    release = os.path.join(ROOT, "build", "release")
    parser.add_argument("--bin", default=os.path.join(release, "pathaudit"))
    parser.add_argument("--play", default=os.path.join(release, "bench", "bench_play"))
    parser.add_argument("--capture", default=os.path.join(ROOT, "build", "bench", "mix.pcap"))
    parser.add_argument("--frames", type=int, default=400000, help="of the capture, played again and again")
    parser.add_argument("--seconds", type=float, default=3, help="at each rate")
    parser.add_argument("--core", type=int, default=0, help="the one that the receiver runs on")
    parser.add_argument("--senders", type=int, default=2, help="processes that share the rate, on the other cores")
    parser.add_argument("--tools", default="pathaudit,tcpdump,softflowd,nfpcapd,ndpiReader")
    parser.add_argument("--rates", default=",".join(map(str, RATES)), help="thousands of packets a second")
    parser.add_argument("--json", metavar="FILE")
    return parser.parse_args()


class Network:
    """A network namespace with a pair of virtual interfaces: what is sent into wire0 is mirrored to wire1."""

    def __init__(self):
        self.name = f"pa-bench-{os.getpid()}"

    def __enter__(self):
        run = lambda *words: subprocess.run(words, check=True)
        run("ip", "netns", "add", self.name)
        self.inside("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1")
        run("ip", "-n", self.name, "link", "add", "wire0", "type", "veth", "peer", "name", "wire1")
        for interface in ("wire0", "wire1"):
            run("ip", "-n", self.name, "link", "set", interface, "mtu", "65535", "up")
        return self

    def __exit__(self, *problem):
        subprocess.run(["ip", "netns", "del", self.name], check=False)

    def words(self, words):
        return ["ip", "netns", "exec", self.name, *map(str, words)]

    def inside(self, *words):
        subprocess.run(self.words(words), check=True)

    def start(self, *words, **how):
        return subprocess.Popen(self.words(words), **how)


def first_number(pattern, text):
    found = re.search(pattern, text)
    return int(found.group(1)) if found else None


class Receiver:
    """One tool, listening on wire1. seen() ends it and tells how many packets it counted as its own."""

    def __init__(self, network, arguments, folder):
        self.folder = folder
        self.process = network.start("taskset", "-c", arguments.core, *self.words(arguments), stdin=subprocess.DEVNULL,
                                     stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder)

    def seen(self):
        self.process.send_signal(signal.SIGINT)
        try:
            text, _ = self.process.communicate(timeout=120)
        except subprocess.TimeoutExpired:
            self.process.kill()
            text, _ = self.process.communicate()
        return self.count(text)


class Pathaudit(Receiver):
    def words(self, arguments):
        return [arguments.bin, "observe", "-i", "wire1", "-O", f"dir:{self.folder}/out", "--no-sandbox"]

    def count(self, _):
        """Of all parts, of which there is a new one every minute."""
        parts, packets = os.listdir(f"{self.folder}/out"), 0
        for part in parts:
            with open(f"{self.folder}/out/{part}/coverage.tsv", encoding="utf-8") as table:
                names, *rows = [line.rstrip("\n").split("\t") for line in table]
            packets += sum(int(row[names.index("packets")]) for row in rows)
        return packets if parts else None


class Tcpdump(Receiver):
    def words(self, _):
        return ["tcpdump", "-n", "-i", "wire1", "-w", "/dev/null"]

    def count(self, text):
        return first_number(r"(\d+) packets captured", text)


class Softflowd(Receiver):
    def words(self, _):
        return ["softflowd", "-d", "-i", "wire1", "-m", "4000000", "-p", f"{self.folder}/pid", "-c", f"{self.folder}/control"]

    def seen(self):
        told = subprocess.run(["softflowctl", "-c", f"{self.folder}/control", "statistics"], stdout=subprocess.PIPE,
                              text=True, check=False)
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate()
        received = first_number(r"received by libpcap: (\d+)", told.stdout)
        dropped = first_number(r"dropped by libpcap: (\d+)", told.stdout)
        return received - dropped if received is not None and dropped is not None else None


class Nfpcapd(Receiver):
    def words(self, _):
        return ["nfpcapd", "-i", "wire1", "-w", self.folder, "-B", "4000000"]

    def count(self, text):
        return first_number(r"Total: Processed: (\d+)", text)


class NdpiReader(Receiver):
    def words(self, arguments):
        return ["ndpiReader", "-i", "wire1", "-s", str(int(arguments.seconds) + 6)]

    def seen(self):
        text, _ = self.process.communicate(timeout=300)
        return first_number(r"IP packets:\s+\d+\s+of (\d+) packets total", text)


TOOLS = {"pathaudit": Pathaudit, "tcpdump": Tcpdump, "softflowd": Softflowd, "nfpcapd": Nfpcapd, "ndpiReader": NdpiReader}


def play(network, arguments, rate):
    cores = [core for core in range(os.cpu_count()) if core != arguments.core]
    share = rate * 1000 / arguments.senders
    senders = [network.start("taskset", "-c", cores[i % len(cores)], arguments.play, "-n", arguments.frames, "-r", share,
                             "-s", arguments.seconds, "wire0", arguments.capture, stdout=subprocess.PIPE, text=True)
               for i in range(arguments.senders)]
    return sum(first_number(r"(\d+) packets", sender.communicate()[0]) or 0 for sender in senders)


def measure(network, arguments, tool, rate):
    """Packets sent and packets seen."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        receiver = TOOLS[tool](network, arguments, folder)
        time.sleep(2)
        sent = play(network, arguments, rate)
        time.sleep(1)
        return sent, receiver.seen()


def main():
    arguments = parse_arguments()
    for name in ("bin", "play", "capture"):
        setattr(arguments, name, os.path.abspath(getattr(arguments, name)))
    results = []
    with Network() as network:
        for tool in arguments.tools.split(","):
            program = arguments.bin if tool == "pathaudit" else tool
            if shutil.which(program) is None:
                print(f"{tool}: not installed")
                continue
            best = 0
            for rate in map(int, arguments.rates.split(",")):
                sent, seen = measure(network, arguments, tool, rate)
                reached = sent / arguments.seconds / 1000
                results.append({"tool": tool, "rate": rate, "sent": sent, "seen": seen})
                told = "cannot say" if seen is None else f"lost {max(sent - seen, 0):9,}"
                print(f"{tool:10} {rate:5} kpps asked, {reached:6.0f} sent: {told}", flush=True)
                if seen is None or seen < sent:
                    break
                best = reached
                if reached < 0.9 * rate:
                    print(f"{tool:10} the sender does not get any faster")
                    break
            print(f"{tool:10} loses nothing up to {best:.0f} kpps", flush=True)
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as out:
            json.dump(results, out, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
