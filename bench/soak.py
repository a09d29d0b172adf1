#!/usr/bin/env python3
"""Lets pathaudit listen to the mix at its own pace for an hour, and notes how much memory it holds. See README.md."""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time

from live import ROOT, Network, first_number


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    release = os.path.join(ROOT, "build", "release")
    parser.add_argument("--bin", default=os.path.join(release, "pathaudit"))
    parser.add_argument("--play", default=os.path.join(release, "bench", "bench_play"))
    parser.add_argument("--capture", default=os.path.join(ROOT, "build", "bench", "mix.pcap"))
    parser.add_argument("--seconds", type=int, default=3600)
    parser.add_argument("--every", type=int, default=300, help="seconds between audits")
    parser.add_argument("--memory", type=int, default=128, help="MiB that pathaudit may use: little, to see it reach them")
    parser.add_argument("--look", type=int, default=60, help="seconds between looks at the memory")
    return parser.parse_args()


def held(pid):
    """MiB in memory now, and at most so far."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        lines = dict(line.split(":", 1) for line in status)
    return tuple(int(lines[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))


def main():
    arguments = parse_arguments()
    for name in ("bin", "play", "capture"):
        setattr(arguments, name, os.path.abspath(getattr(arguments, name)))
    with Network() as network, tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        report = f"{folder}/audit"
        listener = network.start(arguments.bin, "audit", "-i", "wire1", "--every", arguments.every, "--memory",
                                 arguments.memory, "-o", report,
                                 stderr=subprocess.PIPE, text=True)
        time.sleep(2)
        player = network.start(arguments.play, "-s", arguments.seconds, "wire0", arguments.capture,
                               stdout=subprocess.PIPE, text=True)
        print("minute  MiB now  at most  bytes of the audit", flush=True)
        began = time.monotonic()
        while player.poll() is None and listener.poll() is None:
            time.sleep(min(arguments.look, max(1, arguments.seconds - (time.monotonic() - began))))
            now, most = held(listener.pid)
            size = os.path.getsize(report) if os.path.exists(report) else 0
            print(f"{(time.monotonic() - began) / 60:6.1f}  {now:7.1f}  {most:7.1f}  {size:12,}", flush=True)
        sent = first_number(r"(\d+) packets", player.communicate()[0])
        time.sleep(2)
        listener.send_signal(signal.SIGINT)
        told = listener.communicate()[1]
        print(told.strip())
        print(f"sent {sent:,} packets; exit status {listener.returncode}")
        with open(report, encoding="utf-8") as file:
            print(file.read()[:2000])
    return 0


if __name__ == "__main__":
    sys.exit(main())
