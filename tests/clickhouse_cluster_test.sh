#!/usr/bin/env bash
# One host of a cluster is named, and the tables are made on all: real servers at two addresses of loopback, with the same
# port for HTTP as hosts of a cluster have. What cannot be reached is told, with what to do, and that works.
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
SHARD_2=127.0.0.2
. tests/clickhouse_servers.sh
servers_begin || exit 1
tables()
{ # host database
    sql "$1" "SELECT count() FROM system.tables WHERE database = '$2'"
}

# All can be reached.
database="clickhouse:http://$HTTP_1/lab?cluster=two"
for capture in all_in_one rpc smtp dns; do
    "$binary" observe -r pcaps/$capture.pcap -O "$database" --spool "$work/spool" 2> "$work/said" || fail "one host is named: $(cat "$work/said")"
done
[ -s "$work/said" ] && fail "there is nothing to say: $(cat "$work/said")"
[ "$(tables "$HTTP_1" lab)" -eq 11 ] && [ "$(tables "$HTTP_2" lab)" -eq 11 ] || fail "tables are missing: $(tables "$HTTP_2" lab)"
[ "$(sql "$HTTP_1" 'SELECT count() FROM lab.batches')" -gt 0 ] && [ "$(sql "$HTTP_2" 'SELECT count() FROM lab.batches')" -gt 0 ] ||
    fail "runs are not spread over the shards"
"$binary" audit --from "$database" -s pcaps/lab.yaml -T json -o "$work/all.json" 2> "$work/said"
[ -s "$work/all.json" ] || fail "no audit: $(cat "$work/said")"

# One is away when the tables are made: that is told, rows wait, and what is told helps.
database="clickhouse:http://$HTTP_1/later?cluster=two"
server_stop 2
for capture in all_in_one rpc smtp dns; do
    "$binary" observe -r pcaps/$capture.pcap -O "$database" --spool "$work/spool" 2>> "$work/away" || fail "a shard is away: $(cat "$work/away")"
done
grep -q "warning: 127.0.0.2, a host of the cluster two, may lack the tables: http://$HTTP_2: .*pathaudit observe -O 'clickhouse:http://127.0.0.2:PORT/later?cluster=two'" "$work/away" ||
    fail "a host without tables is not told: $(cat "$work/away")"
server_start 2 || exit 1
"$binary" observe -O "clickhouse:http://$HTTP_2/later?cluster=two" --spool "$work/other" 2> "$work/said" || fail "what is told to be run: $(cat "$work/said")"
[ "$(tables "$HTTP_2" later)" -eq 11 ] || fail "what is told to be run makes no tables"
"$binary" observe -O "$database" --spool "$work/spool" || fail "sending what waits"
[ -z "$(ls -d "$work/spool"/[0-9]* 2> /dev/null)" ] || fail "something is left in the spool"
"$binary" audit --from "$database" -s pcaps/lab.yaml -T json -o "$work/later.json" 2> "$work/said"
python3 tests/same_audit.py "$work/all.json" "$work/later.json" || fail "not the same audit"

# A table that a host lost, or a host that came later, is looked after by observe -O without a capture.
sql "$HTTP_2" 'DROP DATABASE later' > /dev/null
"$binary" observe -O "$database" --spool "$work/spool" 2> "$work/said" || fail "looking after the tables: $(cat "$work/said")"
[ "$(tables "$HTTP_2" later)" -eq 11 ] || fail "tables are not made again"
exit $bad
