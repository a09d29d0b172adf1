#!/usr/bin/env bash
# Whole runs of `audit -T html`: a page of its own, the same bytes every time, not for a terminal, and read back by diff.
binary=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
fail()
{
    echo "FAIL: $*"
    bad=1
}

audit()
{
    "$binary" audit --no-second-opinion -r pcaps/rpc.pcap -s pcaps/lab.yaml "$@"
}

audit -T html -o "$work/one.html" || [ $? -eq 1 ] || fail "writes no page"
audit -T html --workers 0 > "$work/two.html"
cmp -s "$work/one.html" "$work/two.html" || fail "two runs write different pages"
audit -T json -o "$work/one.json"
"$binary" diff "$work/one.json" "$work/one.html" > "$work/diff" || fail "a page differs from its own JSON: $(cat "$work/diff")"
"$binary" diff "$work/one.html" tests/golden/audit-rpc-port-blocked.json > "$work/diff"
[ $? -eq 1 ] || fail "diff does not see in a page what got worse"

size=$(($(wc -c < "$work/one.html") - $(wc -c < "$work/one.json")))
[ "$size" -lt $((3 << 20)) ] || fail "the page has $size bytes beside its data"

# python3 gives the program a terminal to write to.
if command -v python3 > /dev/null; then
    python3 -c 'import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)' \
        "$binary" audit -r pcaps/rpc.pcap -T html > "$work/terminal" < /dev/null
    [ $? -eq 2 ] || fail "a page is written to a terminal"
    grep -q -- "-o report.html" "$work/terminal" || fail "does not say what to do instead: $(head -c 300 "$work/terminal")"
    grep -q "doctype" "$work/terminal" && fail "a page is written to a terminal"
fi
exit $bad
