#!/usr/bin/env bash
# Firewall rules are what their firewall reads, and no name from outside gets out of a comment or a string.
exec python3 tests/rules_test.py "$1"
