#!/usr/bin/env bash
# Two networks with the same addresses, kept apart in all that is concluded of hosts.
exec python3 tests/overlapping_test.py "$1"
