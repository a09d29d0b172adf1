#!/usr/bin/env bash
# What pathaudit writes for people to edit it takes back: findings proposed as exceptions are excepted when they are pasted
# into the site file.
binary=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
fail()
{
    echo "FAIL: $*"
    bad=1
}
audit() { "$binary" audit --no-second-opinion -q "$@"; }

# Exceptions.
audit -r pcaps/all_in_one.pcap -s pcaps/lab.yaml --propose-exceptions "$work/proposed.yaml" > "$work/before"
[ $? -eq 1 ] || fail "the lab has findings"
cat pcaps/lab.yaml "$work/proposed.yaml" > "$work/excepting.yaml"
audit -r pcaps/all_in_one.pcap -s "$work/excepting.yaml" > "$work/after" 2> "$work/err"
got=$?
[ $got -eq 0 ] || fail "with all findings excepted the audit ends with $got: $(cat "$work/err")"
grep -q "excepted by the site file" "$work/after" || fail "what is excepted is not told"
[ "$(grep -c '^  - {finding: "[0-9a-f]\{16\}", until: 2027-02-19, reason: to be reviewed}$' "$work/proposed.yaml")" -gt 10 ] ||
    fail "the exceptions are not as expected: $(head -20 "$work/proposed.yaml")"
grep -q "^  # HIGH Passwords cross the wire in clear: SMTP AUTH LOGIN" "$work/proposed.yaml" || fail "no comment says what is excepted"
ls "$work" | grep -q '\.part' && fail "something half-written is left behind"

exit $bad
