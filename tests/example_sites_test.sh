#!/usr/bin/env bash
# Every shipped table has an example site, which is read without a word, gives each role that a row of the table has to
# somebody, uses addresses for documentation alone, and audits a capture.
binary=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
fail()
{
    echo "FAIL: $*"
    bad=1
}
for table in tables/*.yaml; do
    name=$(basename "$table" .yaml)
    site=examples/sites/$name.yaml
    [ -f "$site" ] || { fail "table $name has no example site"; continue; }
    "$binary" tables check "$table" > "$work/alone" 2>&1
    "$binary" tables check -s "$site" "$table" > "$work/with" 2>&1 || fail "tables check -s $site: $(cat "$work/with")"
    # (Exchange 2016 has the Unified Messaging rows of 2013 without the server role that went away.)
    diff <(grep warning: "$work/alone") <(grep warning: "$work/with" |
        grep -v 'exchange-2013/unified-messaging.*no host of site example is client-access') > "$work/more" || fail "tables check -s $site warns: $(head -5 "$work/more")"
    "$binary" audit -q -r pcaps/smtp.pcap -s "$site" -T json > "$work/audit.json" 2> "$work/err"
    case $? in
    0 | 1 | 3) ;;
    *) fail "an audit with $site: $(cat "$work/err")" ;;
    esac
    [ ! -s "$work/err" ] || fail "an audit with $site says: $(cat "$work/err")"
    grep -qF "\"$name\"" "$work/audit.json" || fail "$site does not name table $name"
    grep -vE '^ *#' "$site" | grep -oE '[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+' | grep -vE '^(192\.0\.2|198\.51\.100|203\.0\.113)\.' &&
        fail "$site has addresses that may be somebody's"
done
for site in examples/sites/*.yaml; do
    [ -f "tables/$(basename "$site")" ] || fail "$site is of no table"
done
exit $bad
