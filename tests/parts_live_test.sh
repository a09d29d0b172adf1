#!/usr/bin/env bash
# A live run with -O is written in parts: what they add up to is what the whole run would have written, a sensor that is
# killed has lost no more than the last of them, one that is started again counts nothing twice, and a database that is
# away for a while holds up nobody. In a network namespace, with real servers, for which LIVE_SEND puts frames on an
# interface; without the right to make one, or without clickhouse-server, it is skipped.
binary=$1
send=${LIVE_SEND:?is to name the program live_send}
if [ -z "${PARTS_INSIDE:-}" ]; then
    command -v clickhouse-server > /dev/null || {
        echo "skipped: clickhouse-server is not installed"
        exit 77
    }
    unshare --net true 2> /dev/null || {
        echo "skipped: no right to make a network namespace"
        exit 77
    }
    PARTS_INSIDE=1 exec unshare --net bash "$0" "$@"
fi
work=$(mktemp -d)
bad=0
fail()
{
    echo "FAIL: $*"
    bad=1
}
echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6 2> /dev/null
ip link set lo up
ip link add tx0 mtu 65535 type veth peer name rx0 mtu 65535 || exit 77
ip link set tx0 up
ip link set rx0 up
. tests/clickhouse_servers.sh
servers_begin || exit 1
trap 'kill -9 $(jobs -pr) 2> /dev/null; servers_end' EXIT
unset PATHAUDIT_CLICKHOUSE_USER PATHAUDIT_CLICKHOUSE_PASSWORD PATHAUDIT_CLICKHOUSE_CREDENTIALS

await()
{ # what command...: until it succeeds
    local what=$1
    shift
    for _ in $(seq 600); do
        "$@" && return
        sleep 0.05
    done
    fail "in vain was waited for: $what"
    exit 1
}
says() { grep -q "$2" "$work/$1.err" 2> /dev/null; }
# listen NAME WORDS...: the program in the background, when it listens; its process in $last.
listen()
{
    local name=$1 command=$2
    shift 2
    "$binary" "$command" -i rx0 --sensor "$name" --no-second-opinion "$@" > "$work/$name.out" 2> "$work/$name.err" &
    last=$!
    await "$name listens" says "$name" "listening on"
}
audit()
{ # name place words...
    local name=$1 place=$2
    shift 2
    "$binary" audit --from "$place" -s pcaps/lab.yaml -T json -o "$work/$name.json" "$@" 2> "$work/$name.said"
    [ -s "$work/$name.json" ] || fail "no audit $name: $(cat "$work/$name.said")"
}
same()
{ # what audit audit
    python3 tests/same_audit.py "$work/$2.json" "$work/$3.json" || fail "$1"
}
packets()
{ # place: in all, nothing when it cannot be read
    rm -f "$work/count.json"
    "$binary" audit --from "$1" -s pcaps/lab.yaml -T json -o "$work/count.json" 2> "$work/count.said"
    [ -s "$work/count.json" ] && python3 -c 'import json, sys; print(sum(c["packets"] for c in json.load(open(sys.argv[1]))["coverage"]))' "$work/count.json"
}
has() { [ "$(packets "$1")" = "$2" ]; }
parts() { [ "$(ls "$work/$1" 2> /dev/null | wc -l)" -ge "$2" ]; }
spool_is_empty() { [ -z "$(ls -d "$work/spool$1"/[0-9]* 2> /dev/null)" ]; }
something_waits() { ! spool_is_empty "$1"; }

# The capture in pieces, which cut through flows.
python3 - pcaps/all_in_one.pcap "$work/piece" << 'END' || exit 1
import struct, sys
data, out = open(sys.argv[1], "rb").read(), sys.argv[2]
frames, at = [], 24
while at + 16 <= len(data):
    length = struct.unpack("<I", data[at + 8:at + 12])[0]
    frames.append(data[at:at + 16 + length])
    at += 16 + length
for i in range(3):
    with open(f"{out}{i + 1}.pcap", "wb") as file:
        file.write(data[:24] + b"".join(frames[i * len(frames) // 3:(i + 1) * len(frames) // 3]))
END
frames=2609

# Parts add up: to a folder and to a database, by one reader and by several, and the page of watch shows all of it.
database="clickhouse:http://$HTTP_1,$HTTP_2/parts?cluster=two"
port=$(free_port)
listen whole observe -O "dir:$work/whole" --send-every 0
pids=$last
listen folder observe -O "dir:$work/folder" --send-every 1
pids="$pids $last"
listen sensor observe -O "$database" --spool "$work/spool1" --send-every 1
pids="$pids $last"
listen shares observe -O "dir:$work/shares" --send-every 1 --fanout 2
pids="$pids $last"
listen watched watch -s pcaps/lab.yaml -O "dir:$work/watched" --send-every 1 --every 1 --listen "127.0.0.1:$port"
pids="$pids $last"
for i in 1 2 3; do
    "$send" tx0 "$work/piece$i.pcap"
    sleep 1.2
done
await "parts in a folder" parts folder 3
await "the parts in the database" has "$database" $frames
spool_is_empty 1 || sleep 1
parts whole 1 && fail "--send-every 0 writes before the end"
curl -s "http://127.0.0.1:$port/audit.json" -o "$work/page.json" || fail "no page"
kill -INT $pids
for pid in $pids; do
    wait "$pid"
done
for name in whole folder shares watched; do audit $name "dir:$work/$name"; done
audit sensor "$database"
for name in folder shares watched sensor; do same "the parts of $name do not add up to the run" whole $name; done
same "the page shows not all of the run" whole page
for name in whole folder shares watched; do
    [ "$(packets "dir:$work/$name")" = $frames ] || fail "$name: packets are counted $(packets "dir:$work/$name") times"
done

# A sensor is killed: what was put stands, what was sent counts once, and the next run of it adds to that. Of flows that are
# open nothing is counted as ended; so here all end.
whole_flows='tcp port 88 or tcp port 135 or tcp port 80'
database="clickhouse:http://$HTTP_1,$HTTP_2/killed?cluster=two"
listen reference1 observe -O "dir:$work/reference" --send-every 0 "$whole_flows"
reference=$last
listen killed observe -O "$database" --spool "$work/spool2" --send-every 1 "$whole_flows"
killed=$last
"$send" tx0 pcaps/all_in_one.pcap
kill -INT "$reference"
wait "$reference"
heard=$(packets "dir:$work/reference")
await "what is to be killed has sent" has "$database" "$heard"
kill -9 "$killed"
wait "$killed" 2> /dev/null
audit before "dir:$work/reference"
audit killed "$database"
same "what a killed sensor sent" before killed
listen reference1 observe -O "dir:$work/reference" --send-every 0 "$whole_flows"
reference=$last
listen killed observe -O "$database" --spool "$work/spool2" --send-every 1 "$whole_flows"
for i in 1 2 3; do
    "$send" tx0 "$work/piece$i.pcap"
    sleep 0.6
done
kill -INT "$reference" "$last"
wait "$reference" "$last"
audit after "dir:$work/reference"
audit again "$database"
same "a killed sensor that was started again" after again

# Killed while the database is away: its parts wait, and are sent by the next run.
database="clickhouse:http://$HTTP_1/away"
server_stop 1
listen reference2 observe -O "dir:$work/away" --send-every 0 "$whole_flows"
reference=$last
listen away observe -O "$database" --spool "$work/spool3" --send-every 1 "$whole_flows"
"$send" tx0 pcaps/all_in_one.pcap
await "a part waits" something_waits 3
await "that is told" says away 'rows wait in'
kill -9 "$last"
wait "$last" 2> /dev/null
kill -INT "$reference"
wait "$reference"
# ... and a run goes on while it is away and when it is back.
listen reference2 observe -O "dir:$work/away" --send-every 0 "$whole_flows"
reference=$last
listen away observe -O "$database" --spool "$work/spool3" --send-every 1 "$whole_flows"
for i in 1 2 3; do
    "$send" tx0 "$work/piece$i.pcap"
    sleep 0.6
done
server_start 1 || exit 1
await "what waited is sent while the run goes on" has "$database" $((2 * heard))
await "that is told" says away 'rows that waited for the database are there'
spool_is_empty 3 || fail "something is left in the spool: $(ls "$work/spool3")"
kill -INT "$reference" "$last"
wait "$reference"
wait "$last" || fail "a run that had to wait does not end well: $(cat "$work/away.err")"
audit there "dir:$work/away"
audit back "$database"
same "the database was away for a while" there back

# Where parts cannot be written that is told, in coverage, too, and by the exit status; the run goes on.
mkdir "$work/full"
mount -t tmpfs -o size=16k tmpfs "$work/full" 2> /dev/null && {
    listen full observe -O "dir:$work/full/runs" --send-every 1
    "$send" tx0 pcaps/all_in_one.pcap
    await "rows that are lost are told" says full 'rows are lost: cannot write'
    mount -o remount,size=64m "$work/full"
    kill -INT "$last"
    wait "$last"
    [ $? -eq 2 ] || fail "lost rows and a good exit status"
    audit full "dir:$work/full/runs"
    python3 -c 'import json, sys; sys.exit(not sum(c["lost_rows"] for c in json.load(open(sys.argv[1]))["coverage"]) > 100)' "$work/full.json" ||
        fail "coverage does not tell of lost rows"
    umount "$work/full"
}
exit $bad
