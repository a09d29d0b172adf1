#!/usr/bin/env python3
"""same_audit.py A B: are two audits (JSON) the same, but for who observed and where: coverage, source, sensor, frame and
second_opinion? Else the first differences are told."""
import json
import re
import sys

LEFT_OUT = {"coverage", "source", "sensor", "frame", "second_opinion"}


def clean(value):
    if isinstance(value, dict):
        return {key: clean(inner) for key, inner in value.items() if key not in LEFT_OUT}
    if isinstance(value, str):
        return re.sub(r"frame [0-9,]+", "frame", value)
    return [clean(inner) for inner in value] if isinstance(value, list) else value


def differences(a, b, path=""):
    if isinstance(a, dict) and isinstance(b, dict):
        for key in sorted(set(a) | set(b)):
            yield from differences(a.get(key, "(absent)"), b.get(key, "(absent)"), f"{path}.{key}")
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for i, (x, y) in enumerate(zip(a, b)):
            yield from differences(x, y, f"{path}[{i}]")
    elif a != b:
        yield f"{path}: {str(a)[:160]} | {str(b)[:160]}"


found = list(differences(*(clean(json.load(open(name))) for name in sys.argv[1:3])))
for difference in found[:10]:
    print(difference)
sys.exit(1 if found else 0)
