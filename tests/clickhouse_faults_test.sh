#!/usr/bin/env bash
# Whatever is wrong with an answer of the database, an audit of it ends with status 2 and says why: nothing is counted in
# part. Fault injection: fault_proxy.py stands before a real server and damages what it says.
binary=$1
command -v clickhouse-server > /dev/null || {
    echo "skipped: clickhouse-server is not installed"
    exit 77
}
work=$(mktemp -d)
bad=0
fail()
{
    echo "FAIL: $*"
    bad=1
}
. tests/clickhouse_servers.sh
servers_begin || exit 1
"$binary" observe -r pcaps/all_in_one.pcap -O "clickhouse:http://$HTTP_1/faults" --spool "$work/spool" || fail "nothing to read"
port=$(free_port)
echo none > "$work/fault"
python3 tests/fault_proxy.py "$port" "${HTTP_1#*:}" "$work/fault" &
tls_pids=$!
for _ in $(seq 100); do
    (exec 3<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null && break
    sleep 0.05
done

audit()
{ # fault: through the proxy, its status in $got
    echo "$1" > "$work/fault"
    rm -f "$work/$1.json"
    timeout 60 "$binary" audit --from "clickhouse:http://127.0.0.1:$port/faults" -s pcaps/lab.yaml -T json -o "$work/$1.json" 2> "$work/said"
    got=$?
}
audit none
[ $got -eq 1 ] && [ -s "$work/none.json" ] || fail "without a fault: $got $(cat "$work/said")"

# Newer servers take rows of so many days at once unless told otherwise, and this one does not know what tells them.
echo newer > "$work/fault"
for server in 127.0.0.1:$port "$HTTP_1"; do
    "$binary" observe -r pcaps/all_in_one.pcap -O "clickhouse:http://$server/days_${server#*:}" --spool "$work/days" 2> "$work/said" || fail "rows of many days: $(cat "$work/said")"
    [ -s "$work/said" ] && fail "rows of many days: $(cat "$work/said")"
done
audit none
"$binary" audit --from "clickhouse:http://$HTTP_1/days_$port" -s pcaps/lab.yaml -T json -o "$work/days.json"
python3 tests/same_audit.py "$work/none.json" "$work/days.json" || fail "rows of many days are not the same rows"

while read -r fault words; do
    audit "$fault"
    [ $got -eq 2 ] || fail "$fault: ends with $got"
    [ ! -e "$work/$fault.json" ] || fail "$fault: a report was written"
    grep -q "^pathaudit: clickhouse http://127.0.0.1:$port: .*$words" "$work/said" || fail "$fault: $(cat "$work/said")"
    [ "$(wc -l < "$work/said")" -eq 1 ] || fail "$fault is told in more than a line: $(cat "$work/said")"
done << 'END'
cut-length cannot read conversations: Transferred a partial file
cut-chunk cannot read conversations: Transferred a partial file
cut-close cannot read conversations: the answer does not say where it ends
cut-row not a row of conversations
cut-gzip cannot read conversations: the answer is damaged or cut off
cut-gzip-at-row cannot read conversations: the answer is damaged or cut off
wrong-gzip cannot read conversations: the answer is damaged or cut off
more-than-gzip cannot read conversations: the answer is damaged or cut off
exception not a row of conversations: Code: 241, .*Memory limit
exception-in-row not a row of conversations: Code: 241, .*Memory limit
huge-line not a row of conversations
nul not a row of conversations
column-less not a row of conversations
column-more not a row of conversations
empty-line not a row of conversations
number not a row of conversations
redirect cannot read conversations: HTTP status 302
bomb not a row of conversations
no-http cannot read conversations
END
exit $bad
