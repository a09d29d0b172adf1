#!/usr/bin/env python3
"""Reads the same files with pathaudit and with tools that make flows of packets, in turns. See README.md."""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
KINDS = ["mix", "elephants", "small", "many"]
PEERS = {
    "softflowd": ["softflowd", "-d", "-m", "20000000", "-r", "{file}", "-p", "{folder}/pid", "-c", "none"],
    "nfpcapd": ["nfpcapd", "-r", "{file}", "-w", "{folder}", "-B", "6000000"],
    "argus": ["argus", "-X", "-r", "{file}", "-w", "/dev/null"],
    "ndpiReader": ["ndpiReader", "-i", "{file}", "-q"],
}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", default=os.path.join(ROOT, "build", "release", "pathaudit"))
    parser.add_argument("--dir", default=os.path.join(ROOT, "build", "bench"), help="where bench/run.py made the files")
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--peers", default=",".join(PEERS))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--limit", type=int, default=100, help="seconds after which a run is given up")
    return parser.parse_args()


def seconds(words, limit):
    """Wall time, or None when it took too long or did not end well."""
    began = time.monotonic()
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return None
    return time.monotonic() - began if done.returncode == 0 else None


def pair(arguments, peer, file):
    with tempfile.TemporaryDirectory() as folder:
        ours = seconds([arguments.bin, "observe", "-q", "-r", file, "-O", f"dir:{folder}/ours"], arguments.limit)
        theirs = seconds([word.format(file=file, folder=folder) for word in PEERS[peer]], arguments.limit)
    return ours, theirs


def main():
    arguments = parse_arguments()
    arguments.bin = os.path.abspath(arguments.bin)
    for kind in arguments.kinds.split(","):
        file = os.path.join(os.path.abspath(arguments.dir), f"{kind}.pcap")
        for peer in arguments.peers.split(","):
            if shutil.which(peer) is None:
                print(f"{kind:10} {peer:10} not installed")
                continue
            pairs = []
            while len(pairs) < arguments.runs and (not pairs or pairs[-1][1] is not None and pairs[-1][1] < 20):
                pairs.append(pair(arguments, peer, file))
            ours = statistics.median(one for one, _ in pairs)
            if any(theirs is None for _, theirs in pairs):
                print(f"{kind:10} {peer:10} does not end well within {arguments.limit} s; pathaudit {ours:.2f} s", flush=True)
                continue
            theirs = statistics.median(one for _, one in pairs)
            print(f"{kind:10} {peer:10} {theirs:7.2f} s, pathaudit {ours:6.2f} s: {theirs / ours:5.1f} times as long, "
                  f"{len(pairs)} pairs", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
