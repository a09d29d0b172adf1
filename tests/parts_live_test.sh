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
unset PATHAUDIT_CLICKHOUSE_USER PATHAUDIT_CLICKHOUSE_PASSWORD PATHAUDIT_CLICKHOUSE_CREDENTIALS

await()
{ # what command...: until it succeeds
    local what=$1
    shift
    for _ in $(seq 300); do
        "$@" && return
        sleep 0.05
    done
    fail "in vain was waited for: $what"
}
says() { grep -q "$2" "$work/$1.err" 2> /dev/null; }
# listen NAME WORDS...: the program in the background, when it listens; its process in $last.
listen()
{
    local name=$1
    shift
    "$binary" "$@" -i rx0 --sensor "$name" --no-second-opinion > "$work/$name.out" 2> "$work/$name.err" &
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
{ # place: in all
    audit count "$1" && python3 -c 'import json, sys; print(sum(c["packets"] for c in json.load(open(sys.argv[1]))["coverage"]))' "$work/count.json"
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
exit $bad
