#!/usr/bin/env bash
# No secret of the wire is in any output.
exec python3 tests/secrets_test.py "$1"
