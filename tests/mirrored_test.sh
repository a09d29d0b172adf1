#!/usr/bin/env bash
# Every capture of pcaps/ once, and as a mirror would give it twice: the same conversations, and every copy counted.
exec python3 tests/mirrored_test.py "$1" pcaps/*.pcap
