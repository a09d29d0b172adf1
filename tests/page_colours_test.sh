#!/usr/bin/env bash
# Colours of the page: told apart with every colour vision, and readable (page/test/colours.mjs). Skipped without node.
command -v node > /dev/null || { echo "skipped: node is not installed"; exit 77; }
cd page && exec node test/colours.mjs
