#!/usr/bin/env bash
# Everything that is written as JSON fits its published schema (docs/schema); skipped without python3-jsonschema.
exec python3 tests/schema_test.py "$1"
