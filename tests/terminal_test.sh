#!/usr/bin/env bash
# Reports and the view of `watch` on terminals: narrow and wide, without colours, without UTF-8, and on one that knows lines only.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work" # who reads gives up root's rights
python3 tests/terminal_test.py "$(realpath "$1")" "$work"
