#!/usr/bin/env bash
# The page of a live run in a real browser (page/test/live.mjs). Skipped where there is no chromium, no node, or page/
# was not set up with "npm ci".
skip()
{
    echo "skipped: $*"
    exit 77
}
browser=${CHROMIUM:-$(command -v chromium || true)}
[ -n "$browser" ] || skip "chromium is not installed"
command -v node > /dev/null || skip "node is not installed"
[ -d page/node_modules/playwright-core ] || skip "page/node_modules is missing: cd page && npm ci"
CHROMIUM=$browser exec node page/test/live.mjs "$1"
