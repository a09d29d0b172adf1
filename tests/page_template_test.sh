#!/usr/bin/env bash
# page/dist/page.html, which becomes part of the program, is what the sources in page/ build. Skipped where node is missing
# or page/ was not set up with "npm ci".
skip()
{
    echo "skipped: $*"
    exit 77
}
command -v node > /dev/null || skip "node is not installed"
[ -d page/node_modules/vite ] || skip "page/node_modules is missing: cd page && npm ci"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
cd page || exit 1
node node_modules/typescript/bin/tsc --noEmit || exit 1
PAGE_OUT=$out node node_modules/vite/bin/vite.js build > "$out/log" 2>&1 || { cat "$out/log"; exit 1; }
cmp "$out/page.html" dist/page.html || { echo "the committed template is another: cd page && npm run build"; exit 1; }
if grep -q '"resolved"' package-lock.json; then
    echo "package-lock.json names where packages come from: see page/.npmrc"
    exit 1
fi
