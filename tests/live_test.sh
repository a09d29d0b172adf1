#!/bin/bash
# live_test.sh PATHAUDIT: live capture in a network namespace of its own, between pairs of virtual interfaces, with the
# frames of the lab's captures. LIVE_SEND is the program that puts them on an interface. Without the right to make a
# namespace it is skipped (exit status 77).
set -u
program=$1
send=${LIVE_SEND:?is to name the program live_send}
space=pa-test-$$
capture=pcaps/all_in_one.pcap
frames=2609
work=$(mktemp -d)
failures=0

finish() {
    ip netns del "$space" 2>/dev/null
    rm -rf "$work"
}
trap finish EXIT
if ! ip netns add "$space" 2>/dev/null; then
    echo "skipped: no right to make a network namespace, or no ip(8)"
    exit 77
fi

inside() { ip netns exec "$space" "$@"; }
pair() { # tx and rx of this number
    ip -n "$space" link add "tx$1" mtu 65535 type veth peer name "rx$1" mtu 65535 || exit 77
    ip -n "$space" link set "tx$1" up
    ip -n "$space" link set "rx$1" up
}
fail() {
    echo "FAIL: $*"
    failures=$((failures + 1))
}
await_text() { # file pattern
    for _ in $(seq 200); do
        grep -q "$2" "$1" 2>/dev/null && return
        sleep 0.05
    done
    fail "$1 never says: $2"
}
# The program in the background, with these options, when it listens: its words in NAME.err, its process in $last.
listen() { # name words...
    local name=$1 command=$2
    shift 2
    ip netns exec "$space" "$program" $command --duration 60 "$@" >"$work/$name" 2>"$work/$name.err" &
    last=$!
    await_text "$work/$name.err" "listening on"
}
# Conversations without what differs between a file and its frames sent once more: times, places, names of sources.
plain() {
    grep '"type":"conversation"' "$1" |
        sed -E 's/"(first|last)":"[^"]*",?//g; s/"evidence":\{[^}]*\},?//g' | sort
}
same_conversations() { # what file file
    cmp -s <(plain "$2") <(plain "$3") || fail "$1: $(diff <(plain "$2") <(plain "$3") | head -5 | cut -c1-300)"
}

# Nothing else is to come than what we send: no neighbour discovery.
if ! inside sh -c 'f=/proc/sys/net/ipv6/conf/default/disable_ipv6; [ ! -e $f ] || echo 1 >$f' 2>/dev/null; then
    echo "skipped: IPv6 cannot be switched off in a network namespace here"
    exit 77
fi
pair 0
pair 1
observe="observe --no-second-opinion"
inside "$program" $observe -r $capture >"$work/file"

# One interface tells what the file tells.
listen one "$observe" -i rx0 --packets $frames
inside "$send" tx0 $capture
wait
same_conversations "one interface" "$work/file" "$work/one"
grep '"type":"coverage"' "$work/one" | grep -q "\"source\":\"rx0\".*\"packets\":$frames,.*\"dropped\":0," ||
    fail "the coverage of one interface is wrong"

# Of a tap each direction comes from an interface of its own: together they tell the same.
listen tap "$observe" -i rx0 -i rx1 --packets $frames
inside "$send" tx0,tx1 $capture
wait
same_conversations "a tap" "$work/file" "$work/tap"
[ "$(grep -c '"type":"coverage","run":"","sensor":"","source":"rx[01]"' "$work/tap")" = 2 ] ||
    fail "not each interface has its coverage"

# Where nothing comes, that is said, with what to look at.
listen nothing audit -i rx0 -i rx1 port 9
kill -INT $last
wait $last
grep -q "not one packet came" "$work/nothing.err" || fail "silence is not told of"
grep -q "NOTHING SEEN   not one packet came" "$work/nothing" || fail "the report does not say that nothing came"

# Several readers tell together what one tells, and their packets are counted once; reports in between are as ever.
listen shares "$observe" -i rx0 -i rx1 --fanout 3 --packets $frames
inside "$send" tx0,tx1 $capture
wait
same_conversations "several readers" "$work/file" "$work/shares"
[ "$(grep '"type":"coverage"' "$work/shares" | sed -E 's/.*"packets":([0-9]+).*/\1/' | awk '{ sum += $1 } END { print sum }')" = $frames ] ||
    fail "the coverage of several readers is wrong"
listen many audit -i rx0 -s pcaps/lab.yaml --fanout 2
asked=$last
inside "$send" tx0 $capture
kill -USR1 $asked
await_text "$work/many" '^==== .* UTC, so far'
kill -TERM $asked
wait $asked
[ "$(grep -c "2,609 packets" "$work/many")" -ge 1 ] || fail "the last report of several readers lacks packets"

# Reports in between change nothing of the last; what is asked for while nothing comes is written at once.
twice=$((2 * frames))
listen quiet audit -i rx0 -s pcaps/lab.yaml -T json -o "$work/quiet.json" --packets $twice
listen watched audit -i rx0 -s pcaps/lab.yaml -T json -o "$work/watched.json" --packets $twice --every 1
asked=$last
inside "$send" tx0 $capture
await_text "$work/watched.json" '"client"'
kill -USR1 $asked
inside "$send" tx0 $capture
wait
cmp -s "$work/quiet.json" "$work/watched.json" || fail "reports in between changed the last one"
ls "$work" | grep -q part && fail "something half-written was left behind"

# On standard output they follow one another, each with its time, and Ctrl-C writes the last.
listen asked audit -i rx0 -s pcaps/lab.yaml
asked=$last
inside "$send" tx0 $capture
kill -USR1 $asked
await_text "$work/asked" '^==== .* UTC, so far'
kill -INT $asked
wait $asked
[ $? = 1 ] || fail "the verdict of a run that was stopped is not its exit status"
grep -q '^==== .* UTC, the last' "$work/asked" || fail "no last report"

# -w keeps, once a report in between has seen all of it, what comes anew: of the same frames the same as from a file.
listen kept audit -i rx0 -s pcaps/lab.yaml -o "$work/kept.txt" --every 3600 -w "$work/kept.pcap"
keeper=$last
inside "$send" tx0 $capture
for _ in $(seq 200); do
    kill -USR1 $keeper
    grep -q "2,609 packets" "$work/kept.txt" 2>/dev/null && break
    sleep 0.05
done
inside "$send" tx0 $capture
kill -INT $keeper
wait $keeper
"$program" audit -q -r $capture -s pcaps/lab.yaml -w "$work/wanted.pcap" >"$work/wanted.txt" 2>"$work/wanted.err"
for name in kept wanted; do "$program" $observe -r "$work/$name.pcap" >"$work/$name"; done
same_conversations "what is kept live" "$work/wanted" "$work/kept"
[ "$(stat -c %a "$work/kept.pcap")" = 600 ] || fail "others may read what was kept"
grep -q "kept.pcap holds 1474 packets as they were sent" "$work/kept.err" || fail "another number is kept: $(cat "$work/kept.err")"

# Drops are told once, with advice, and counted.
listen drops "$observe" -i rx0 --buffer 1
slow=$last
kill -STOP $slow
for _ in $(seq 12); do inside "$send" tx0 $capture; done
kill -CONT $slow
await_text "$work/drops.err" "packets are being dropped"
kill -INT $slow
wait $slow
[ "$(grep -c "are being dropped" "$work/drops.err")" = 1 ] || fail "drops are not told once"
grep '"type":"coverage"' "$work/drops" | grep -q '"dropped":0,' && fail "drops are not counted"

# A filter is the kernel's work; what it does not let through is not counted as dropped.
listen filter "$observe" -i rx0 port 25
filtered=$last
inside "$send" tx0 $capture
inside "$program" $observe -r $capture port 25 >"$work/filter.file"
kill -INT $filtered
wait $filtered
same_conversations "a filter" "$work/filter.file" "$work/filter"

# An interface that goes down and comes up again, another that disappears, and what is told of them.
listen gone "$observe" -i rx0 -i rx1
left=$last
ip -n "$space" link set rx0 down
await_text "$work/gone.err" "rx0: went down"
ip -n "$space" link set rx0 up
await_text "$work/gone.err" "rx0: is up again"
inside "$send" tx0 $capture
ip -n "$space" link del rx1
await_text "$work/gone.err" "rx1: .*disappeared"
kill -INT $left
wait $left || fail "a run that lost an interface did not end well"
same_conversations "after an interface disappeared" "$work/file" "$work/gone"

# When the last one disappears the run ends.
listen last "$observe" -i rx0
ip -n "$space" link del rx0
wait $last || fail "a run that lost its only interface did not end well"
grep -q "rx0: .*disappeared" "$work/last.err" || fail "nothing is told of the interface that disappeared"

[ $failures = 0 ] && echo "live capture: all as it should be"
exit $((failures > 0))
