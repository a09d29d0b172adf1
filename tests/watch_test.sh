#!/usr/bin/env bash
# watch_test.sh PATHAUDIT: `watch` on a file that grows, asked over HTTP as a browser, Prometheus and strangers would.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
exec python3 tests/watch_test.py "$1" "$work"
