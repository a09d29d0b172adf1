#!/usr/bin/env bash
# --anonymize: the same verdicts, and nothing of the originals.
exec python3 tests/anonymize_test.py "$1"
