#!/usr/bin/env bash
# Real servers: three sensors write thirds of a capture into two shards, a sensor is killed and started again, a shard is
# down for a while; then one audit of the database is that of one run over everything: nothing lost, nothing twice.
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
database="clickhouse:http://$HTTP_1,$HTTP_2/lab?cluster=two"
unset PATHAUDIT_CLICKHOUSE_USER PATHAUDIT_CLICKHOUSE_PASSWORD PATHAUDIT_CLICKHOUSE_CREDENTIALS

python3 tests/split_capture.py pcaps/all_in_one.pcap 3 "$work/third" || exit 1
"$binary" audit -r pcaps/all_in_one.pcap -s pcaps/lab.yaml -T json -o "$work/one.json"

# sensor N: observes its third.
sensor()
{
    "$binary" observe -r "$work/third$1.pcap" --sensor "s$1" -O "$database" --spool "$work/spool$1" 2> "$work/said$1"
}
# audit NAME WORDS...: of the database.
audit()
{
    local name=$1
    shift
    "$binary" audit --from "$database" -s pcaps/lab.yaml -T json -o "$work/$name.json" "$@" 2> "$work/$name.said"
}
# waits N: rows wait in the spool of sensor N.
waits()
{
    [ -n "$(ls -d "$work/spool$1"/[0-9]* 2> /dev/null)" ]
}
same()
{
    python3 tests/same_audit.py "$work/one.json" "$work/$1.json" || fail "$1: not the audit of one run"
}

# All shards are there.
for i in 1 2 3; do sensor "$i" || fail "sensor $i: $(cat "$work/said$i")"; done
audit all
same all

# The same captures again by the same sensors, as after a crash: nothing counts twice.
for i in 1 2 3; do sensor "$i" || fail "sensor $i again"; done
audit again
same again

# Sent, but not known to be: the run is in the spool again, and its rows arrive a second time.
database="clickhouse:http://$HTTP_1,$HTTP_2/killed?cluster=two"
for i in 1 2 3; do
    for kills in 1 2 3 4 5 6; do
        (exec "$binary" observe -r "$work/third$i.pcap" --sensor "s$i" -O "$database" --spool "$work/spool$i" 2> /dev/null) &
        pid=$! # of the program itself, not of a shell around it, which would live on
        sleep "0.0$((kills * 15 % 70 + 20))"
        kill -9 $pid 2> /dev/null
        wait $pid 2> /dev/null
    done
    sensor "$i" || fail "sensor $i after it was killed: $(cat "$work/said$i")"
    waits "$i" && fail "sensor $i: something is left in the spool"
done
audit killed
same killed

# One shard is down while rows flow: they wait, the audit refuses to count in part; then all of it is there.
database="clickhouse:http://$HTTP_1,$HTTP_2/down?cluster=two"
sensor 1 || fail "before the shard was down"
server_stop 2
for i in 1 2 3; do sensor "$i" || fail "sensor $i, a shard is down: $(cat "$work/said$i")"; done
waits 1 || waits 2 || waits 3 || fail "no rows wait for the shard that is down"
cat "$work"/said? | grep -q 'rows wait in' || fail "nobody says that rows wait"
audit partial
[ $? -eq 2 ] || fail "an audit with a shard down does not end with 2"
grep -q 'a shard does not answer' "$work/partial.said" || fail "an audit with a shard down says: $(cat "$work/partial.said")"
[ -e "$work/partial.json" ] && fail "an audit with a shard down was written"
server_start 2 || exit 1
for i in 1 2 3; do
    "$binary" observe -O "$database" --spool "$work/spool$i" || fail "sending what waits"
    waits "$i" && fail "sensor $i: something is left in the spool"
done
audit down
same down

# The whole database is away: the sensor ends well, and a spool that is full says what is lost, in coverage, too.
database="clickhouse:http://$HTTP_1/away"
server_stop 1
sensor 1 || fail "no database: $(cat "$work/said1")"
waits 1 || fail "no database, and nothing waits"
dd if=/dev/zero of="$work/spool1/$(ls "$work/spool1" | grep -m1 '^[0-9]')/999999.padding" bs=1M count=1 status=none
"$binary" observe -r "$work/third2.pcap" --sensor s1 -O "$database" --spool "$work/spool1" --spool-mib 1 2> "$work/said1"
[ $? -eq 2 ] || fail "a full spool is no trouble"
grep -q 'the spool is full: [0-9]* rows' "$work/said1" || fail "a full spool says: $(cat "$work/said1")"
rm "$work"/spool1/*/999999.padding
"$binary" observe -r "$work/third3.pcap" --sensor s1 -O "$database" --spool "$work/spool1" 2> /dev/null || fail "with room again"
server_start 1 || exit 1
"$binary" observe -O "$database" --spool "$work/spool1" || fail "the database is back"
audit away
python3 - "$work/away.json" << 'END' || fail "coverage does not tell of lost and spooled rows"
import json, sys
coverage = json.load(open(sys.argv[1]))["coverage"]
sys.exit(not (sum(c["lost_rows"] for c in coverage) > 100 and sum(c["spooled_rows"] for c in coverage) > 100))
END

# Nobody but the database is talked to.
if strace -o "$work/try" true 2> /dev/null; then
    ASAN_OPTIONS=detect_leaks=0 strace -f -qq -e trace=connect,sendto,bind -o "$work/calls" "$binary" audit --from "$database" -s pcaps/lab.yaml > /dev/null
    grep -q "connect(.*htons(${HTTP_1#*:})" "$work/calls" || fail "no connection was traced: $(cat "$work/calls")"
    grep -E 'connect\(|bind\(|sendto\(.*sa_family' "$work/calls" | grep -v "htons(${HTTP_1#*:}), sin_addr=inet_addr(\"127.0.0.1\")" &&
        fail "somebody else is talked to"
fi

# Windows and sensors as with folders.
database="clickhouse:http://$HTTP_1,$HTTP_2/lab?cluster=two"
"$binary" observe -r "$work/third1.pcap" --sensor s1 -O "dir:$work/dir"
"$binary" audit --from "dir:$work/dir" -s pcaps/lab.yaml -T json -o "$work/dir.json"
audit sensor --sensor s1
python3 tests/same_audit.py "$work/dir.json" "$work/sensor.json" || fail "--sensor is not that sensor alone"
audit before --until 2001-01-01
grep -q '"conversations": \[\]' "$work/before.json" || fail "--until a day before everything"

# A user and password from a file that nobody else may read, never from the command line.
database="clickhouse:http://$HTTP_1/secret"
printf 'sensor:of sensors\n' > "$work/credentials"
export PATHAUDIT_CLICKHOUSE_CREDENTIALS=$work/credentials
sensor 1 && fail "credentials that others may read are used"
chmod 600 "$work/credentials"
sensor 1 || fail "credentials: $(cat "$work/said1")"
printf 'sensor:wrong\n' > "$work/credentials"
sensor 2 && fail "a wrong password is no trouble"
unset PATHAUDIT_CLICKHOUSE_CREDENTIALS
"$binary" observe -r "$work/third1.pcap" -O "clickhouse:http://me:word@$HTTP_1/lab" 2> "$work/refused" && fail "a password on the command line"
grep -q 'word@' "$work/refused" && fail "a password is printed"

# Over TLS the certificate is verified: one that nobody vouches for is refused, as is one of another host.
openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 \
    -keyout "$work/key.pem" -out "$work/certificate.pem" 2> /dev/null || fail "no certificate was made"
openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=elsewhere -addext subjectAltName=DNS:elsewhere.example \
    -keyout "$work/other-key.pem" -out "$work/other.pem" 2> /dev/null
tls_1=$(free_port) tls_2=$(free_port)
python3 tests/tls_before.py "$tls_1" "${HTTP_1#*:}" "$work/certificate.pem" "$work/key.pem" &
tls_pids="$!"
python3 tests/tls_before.py "$tls_2" "${HTTP_1#*:}" "$work/other.pem" "$work/other-key.pem" &
tls_pids="$tls_pids $!"
sleep 1
database="clickhouse:https://127.0.0.1:$tls_1/tls"
sensor 1
grep -q 'rows wait in' "$work/said1" || fail "a certificate that nobody vouches for is taken: $(cat "$work/said1")"
export PATHAUDIT_CLICKHOUSE_CA=$work/certificate.pem
sensor 1 || fail "TLS: $(cat "$work/said1")"
waits 1 && fail "TLS: $(cat "$work/said1")"
[ "$(sql "$HTTP_1" 'SELECT count() FROM tls.coverage')" -gt 0 ] || fail "over TLS nothing arrived"
export PATHAUDIT_CLICKHOUSE_CA=$work/other.pem
database="clickhouse:https://127.0.0.1:$tls_2/tls"
sensor 2
waits 2 || fail "a certificate of another host is taken"
unset PATHAUDIT_CLICKHOUSE_CA
kill $tls_pids
rm -rf "$work/spool2"

# Older tables get what they lack; newer ones are refused.
database="clickhouse:http://$HTTP_1/older"
rm -rf "$work"/spool1
sensor 1 || fail "older"
sql "$HTTP_1" 'ALTER TABLE older.coverage DROP COLUMN lost_rows' > /dev/null
sql "$HTTP_1" 'ALTER TABLE older.conversations DROP COLUMN second_opinion' > /dev/null
sql "$HTTP_1" 'DROP TABLE older.schema_version' > /dev/null
audit older && fail "older tables are read as they are"
grep -q 'observe -O' "$work/older.said" || fail "older tables: $(cat "$work/older.said")"
sensor 2 || fail "older tables are not brought up to date: $(cat "$work/said2")"
audit upgraded
[ $? -le 1 ] && [ -s "$work/upgraded.json" ] || fail "upgraded tables: $(cat "$work/upgraded.said")"
sql "$HTTP_1" 'INSERT INTO older.schema_version VALUES (999, 0)' > /dev/null
audit newer && fail "newer tables are read"
grep -q 'newer pathaudit' "$work/newer.said" || fail "newer tables: $(cat "$work/newer.said")"
sensor 3 && fail "newer tables are written"
# A million rows are added up over there: the audit stays small, and every flow is counted.
database="clickhouse:http://$HTTP_1,$HTTP_2/large?cluster=two"
for i in 1 2 3 4; do "$CLICKHOUSE_ROWS" "$database" "$work/spool-large" 250000 "$i" > /dev/null || fail "rows of sensor $i"; done
printf 'site: large\ntables: [exchange-2010-sp3]\nscope: [10.0.0.0/8]\n' > "$work/large.yaml"
python3 - "$binary" "$database" "$work" "$(sql "$HTTP_1" 'SELECT sum(flows) FROM large.conversations_all')" << 'END' || bad=1
import json, resource, subprocess, sys
binary, database, work, flows = sys.argv[1:5]
subprocess.run([binary, "audit", "--from", database, "-s", f"{work}/large.yaml", "-T", "json", "-o", f"{work}/large.json"])
mib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
counted = sum(c["flows"] for c in json.load(open(f"{work}/large.json"))["conversations"])
if mib > 512 or counted != int(flows):
    sys.exit(f"FAIL: a million rows: {mib:.0f} MiB, {counted} of {flows} flows")
END
exit $bad
