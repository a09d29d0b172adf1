#!/usr/bin/env python3
"""Measures `pathaudit observe` against the bare libpcap loop, in turns on the same files. See README.md."""

import argparse
import csv
import glob
import json
import os
import statistics
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# Wall time of pathaudit divided by that of the loop: what a release must keep, and where we want to go.
TARGETS = {
    "mix": (3.0, 1.5),
    "elephants": (1.0, 0.8),
    "small": (8.0, 3.0),
    "many": (None, 4.0),
}


class Trouble(Exception):
    """Something in the world is wrong; told in one line."""


def parse_arguments():
    release = os.path.join(ROOT, "build", "release")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", default=os.path.join(release, "pathaudit"), help="the pathaudit to measure")
    parser.add_argument("--loop", default=os.path.join(release, "bench", "bench_loop"),
                        help="bench_loop; the other programs are taken from the same folder")
    parser.add_argument("--dir", default=os.path.join(ROOT, "build", "bench"),
                        help="where the files are kept and made when missing (3.6 GB in all)")
    parser.add_argument("--runs", type=int, default=5, help="pairs of runs for each kind")
    parser.add_argument("--kinds", default=",".join(TARGETS), help="which files, with commas between")
    parser.add_argument("--percent", type=int, default=100, help="smaller files, for a quick look; no targets then")
    parser.add_argument("--json", metavar="FILE", help="write every run to this file too")
    arguments = parser.parse_args()
    arguments.dir = os.path.abspath(arguments.dir)
    arguments.kinds = arguments.kinds.split(",")
    unknown = [kind for kind in arguments.kinds if kind not in TARGETS]
    if unknown:
        parser.error(f"no such kind: {', '.join(unknown)} (there are {', '.join(TARGETS)})")
    if arguments.runs < 1 or not 1 <= arguments.percent <= 100:
        parser.error("--runs needs at least 1, --percent 1 to 100")
    return arguments


def find_programs(arguments):
    folder = os.path.dirname(os.path.abspath(arguments.loop))
    programs = {"bin": os.path.abspath(arguments.bin), "loop": os.path.abspath(arguments.loop),
                "generate": os.path.join(folder, "bench_generate"), "measure": os.path.join(folder, "bench_measure"),
                "distance": os.path.join(folder, "bench_distance")}
    missing = [path for path in programs.values() if not os.access(path, os.X_OK)]
    if missing:
        raise Trouble("not built yet: " + ", ".join(missing) +
                      "\nbuild with: cmake --preset release && cmake --build --preset release")
    return programs


def make_file(programs, kind, folder, percent):
    name = f"{kind}.pcap" if percent == 100 else f"{kind}-{percent}percent.pcap"
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        captures = sorted(glob.glob(os.path.join(ROOT, "pcaps", "*.pcap"))) if kind == "mix" else []
        print(f"making {path}", file=sys.stderr)
        done = subprocess.run([programs["generate"], "-p", str(percent), kind, path, "1", *captures],
                              stdout=subprocess.DEVNULL, check=False)
        if done.returncode != 0:
            raise Trouble(f"{path} could not be made")
    return path


def warm(path):
    """Reads the file once, so that no run waits for the disk; and anew, so that the kernel holds it as it does a file that
    was read in one go, whatever happened to it before."""
    with open(path, "rb", buffering=0) as file:
        os.fdatasync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        while file.read(1 << 20):
            pass


def count_packets(programs, path):
    done = subprocess.run([programs["loop"], path], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise Trouble(f"{programs['loop']} cannot read {path}")
    return int(done.stdout.split()[0])


def measure(programs, command, scratch):
    """Runs the command and returns what it cost."""
    result, complaints = os.path.join(scratch, "result"), os.path.join(scratch, "stderr")
    with open(complaints, "wb") as stderr:
        subprocess.run([programs["measure"], result, *command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=stderr, check=True)
    with open(result, encoding="ascii") as file:
        wall_us, user_us, system_us, peak_kib, status = map(int, file.read().split())
    if status != 0:
        with open(complaints, encoding="utf-8", errors="replace") as file:
            last_words = file.read().strip()[-2000:]
        raise Trouble(f"{' '.join(command)}\nended with status {status}: {last_words}")
    return {"wall_s": wall_us / 1e6, "cpu_s": (user_us + system_us) / 1e6, "peak_mib": peak_kib / 1024}


def observed_packets(folder):
    """What the observations themselves say was read; None when there is no coverage table."""
    tables = glob.glob(os.path.join(folder, "**", "coverage.tsv"), recursive=True)
    if not tables:
        return None
    total = 0
    for path in tables:
        with open(path, encoding="utf-8", newline="") as file:
            total += sum(int(row["packets"]) for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return total


def distances(programs):
    """How long a word takes from one processor to another and back, for each two of them, in nanoseconds."""
    output = subprocess.run([programs["distance"]], stdout=subprocess.PIPE, text=True, check=True).stdout
    return [int(line.split()[2]) for line in output.splitlines()]


def measure_pair(programs, path, packets, folder):
    """One run of pathaudit, then one of the loop."""
    with tempfile.TemporaryDirectory(prefix="run-", dir=folder) as scratch:
        observations = os.path.join(scratch, "observations")
        ours = measure(programs, [programs["bin"], "observe", "-q", "-r", path, "-O", "dir:" + observations], scratch)
        seen = observed_packets(observations)
        if seen is not None and seen != packets:
            raise Trouble(f"{programs['bin']} saw {seen} packets of {path}, which has {packets}")
        loop = measure(programs, [programs["loop"], path], scratch)
    return {"pathaudit": ours, "loop": loop, "distances_ns": distances(programs), "wall_ratio": ours["wall_s"] / loop["wall_s"],
            "cpu_ratio": ours["cpu_s"] / loop["cpu_s"], "packets_verified": seen is not None}


def summarise(kind, packets, size, pairs, full_size):
    def median(pick):
        return statistics.median(map(pick, pairs))

    ratios = [pair["wall_ratio"] for pair in pairs]
    wall = median(lambda pair: pair["pathaudit"]["wall_s"])
    ratio = statistics.median(ratios)
    target, further = TARGETS[kind] if full_size else (None, None)
    return {"kind": kind, "packets": packets, "file_bytes": size, "wall_s": wall,
            "loop_wall_s": median(lambda pair: pair["loop"]["wall_s"]),
            "cpu_s": median(lambda pair: pair["pathaudit"]["cpu_s"]),
            "wall_ratio": ratio, "wall_ratio_lowest": min(ratios), "wall_ratio_highest": max(ratios),
            "cpu_ratio": median(lambda pair: pair["cpu_ratio"]), "mpps": packets / wall / 1e6,
            "peak_mib": median(lambda pair: pair["pathaudit"]["peak_mib"]),
            "loop_peak_mib": median(lambda pair: pair["loop"]["peak_mib"]),
            "packets_verified": all(pair["packets_verified"] for pair in pairs),
            "target": target, "meets_target": None if target is None else ratio <= target,
            "further_target": further, "meets_further_target": None if further is None else ratio <= further,
            "pairs": pairs}


HEADINGS = ("kind", "Mpackets", "loop s", "wall s", "wall/loop", "(range)", "cpu/loop", "Mpps", "peak MiB", "target",
            "further")
WIDTHS = (-10, 9, 7, 7, 10, 12, 9, 7, 9, 13, 13)


def print_row(cells):
    print("".join(cell.ljust(-width) if width < 0 else cell.rjust(width) for cell, width in zip(cells, WIDTHS)),
          flush=True)


def verdict(limit, met):
    return "-" if limit is None else f"{'meets' if met else 'misses'} {limit:g}"


def print_summary(s):
    print_row((s["kind"], f"{s['packets'] / 1e6:.2f}", f"{s['loop_wall_s']:.3f}", f"{s['wall_s']:.3f}",
               f"{s['wall_ratio']:.2f}", f"{s['wall_ratio_lowest']:.2f}-{s['wall_ratio_highest']:.2f}",
               f"{s['cpu_ratio']:.2f}", f"{s['mpps']:.2f}", f"{s['peak_mib']:.1f}",
               verdict(s["target"], s["meets_target"]), verdict(s["further_target"], s["meets_further_target"])))


def print_distances(summaries):
    """Threads cost the more, the farther their processors are from each other: no figure can be read without."""
    found = [ns for summary in summaries for pair in summary["pairs"] for ns in pair["distances_ns"]]
    if found:
        print(f"between two processors, there and back: median {statistics.median(found):.0f} ns "
              f"({min(found)}-{max(found)}; about 100 where they share a cache)")


def run(arguments):
    programs = find_programs(arguments)
    os.makedirs(arguments.dir, exist_ok=True)
    summaries, troubles = [], 0
    print_row(HEADINGS)
    for kind in arguments.kinds:
        try:
            path = make_file(programs, kind, arguments.dir, arguments.percent)
            warm(path)
            packets = count_packets(programs, path)
            pairs = [measure_pair(programs, path, packets, arguments.dir) for _ in range(arguments.runs)]
        except Trouble as trouble:  # the other kinds are still worth measuring
            print(f"{kind}: {trouble}", file=sys.stderr)
            troubles += 1
            continue
        summaries.append(summarise(kind, packets, os.path.getsize(path), pairs, arguments.percent == 100))
        print_summary(summaries[-1])
    print_distances(summaries)
    if not all(summary["packets_verified"] for summary in summaries):
        print("no coverage table was found: that all packets were read is not verified", file=sys.stderr)
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump({"runs": arguments.runs, "percent": arguments.percent, "kinds": summaries}, file, indent=1)
            file.write("\n")
    return 2 if troubles else 0


def main():
    try:
        return run(parse_arguments())
    except (Trouble, OSError) as trouble:
        print(f"run.py: {trouble}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
