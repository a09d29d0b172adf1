#!/usr/bin/env bash
# What pathaudit writes for people to edit it takes back: findings proposed as exceptions are excepted when they are pasted
# into the site file, a site as inferred judges as the inference did, and a ledger is the same after the same run.
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

# Roles: what is declared stays as it was, and what was inferred judges as it did when it was inferred.
names='s/both roles live on [^ ]* alone//' # a host that was an address has a name then
for capture in all_in_one smtp_exchange_emulated epm_exchange_partly_emulated sip_udp; do
    "$binary" roles -q --no-second-opinion -r pcaps/$capture.pcap -s pcaps/lab.yaml > "$work/site.yaml" || fail "no roles of $capture"
    audit -r pcaps/$capture.pcap -s pcaps/lab.yaml -T json > "$work/declared"
    audit -r pcaps/$capture.pcap -s "$work/site.yaml" -T json > "$work/declared.again"
    cmp -s "$work/declared" "$work/declared.again" || fail "roles lose something of pcaps/lab.yaml with $capture"
    "$binary" roles -q --no-second-opinion -r pcaps/$capture.pcap > "$work/site.yaml" || fail "no roles of $capture"
    audit -r pcaps/$capture.pcap -t exchange-2010-sp3 -T csv --only paths | sed "$names" > "$work/inferred"
    audit -r pcaps/$capture.pcap -t exchange-2010-sp3 -s "$work/site.yaml" -T csv --only paths | sed "$names" > "$work/inferred.again"
    cmp -s "$work/inferred" "$work/inferred.again" || fail "inferred roles judge otherwise when they are declared: $capture"
done

cat pcaps/lab.yaml - > "$work/more.yaml" << 'END'
floors: {tls: tls1.3, tickets: rc4}
roles:
  web-client: [10.99.1.0/24, 10.99.0.200-10.99.0.220, "*.desk.corp.example", "2001:db8::/32"]
END
"$binary" roles -q --no-second-opinion -r pcaps/all_in_one.pcap -s "$work/more.yaml" > "$work/site.yaml" || fail "no roles of a fuller site"
"$binary" roles -q --no-second-opinion -r pcaps/all_in_one.pcap -s "$work/site.yaml" > "$work/site.again.yaml"
cmp -s "$work/site.yaml" "$work/site.again.yaml" || fail "roles lose something of a fuller site: $(diff "$work/site.yaml" "$work/site.again.yaml")"
grep -q '10.99.0.200-10.99.0.220' "$work/site.yaml" && grep -q 'floors: {tls: tls1.3, tickets: rc4}' "$work/site.yaml" ||
    fail "roles do not keep what the site says"

# The ledger: a second run with it writes the same, and knows what the first was told.
"$binary" endpoints -q --no-second-opinion -r pcaps/rpc.pcap --ledger "$work/ledger" > "$work/told" || fail "no ledger was written"
cp "$work/ledger" "$work/ledger.1"
"$binary" endpoints -q --no-second-opinion -r pcaps/rpc.pcap --ledger "$work/ledger" > "$work/told.2"
cmp -s "$work/ledger" "$work/ledger.1" || fail "the same run twice makes another ledger"
cmp -s "$work/told" "$work/told.2" || fail "the same run twice tells other endpoints"
"$binary" endpoints -q --no-second-opinion -r pcaps/smtp.pcap --ledger "$work/ledger" | grep -q "drsuapi 4.0" ||
    fail "what the ledger knows is not told"
echo "site: x" > "$work/no-ledger"
"$binary" endpoints -q -r pcaps/smtp.pcap --ledger "$work/no-ledger" > "$work/out" 2> "$work/err"
[ $? -eq 2 ] && grep -q "is no ledger of pathaudit" "$work/err" || fail "a foreign file is taken for a ledger"
[ "$(cat "$work/no-ledger")" = "site: x" ] || fail "a foreign file was replaced"

exit $bad
