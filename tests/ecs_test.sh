#!/usr/bin/env bash
# -T ecs: field names, types and words of the Elastic Common Schema, as docs/ecs.md lists them.
exec python3 tests/ecs_test.py "$1"
