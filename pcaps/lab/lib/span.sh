# The mirror port: what enters any port of the bridge is copied to span0 and seen on its other end, span1. Mirroring
# entries only gives each frame once; mirroring both directions would give each twice.

span_up()
{
    local host
    ip -n switch link add span0 type veth peer name span1 || return 1
    ip -n switch link set span0 up
    ip -n switch link set span1 up promisc on
    for host in "${hosts[@]}"; do
        at switch tc qdisc add dev "$host" clsact || return 1
        at switch tc filter add dev "$host" ingress protocol all prio 1 u32 match u32 0 0 \
            action mirred egress mirror dev span0 || return 1
    done
}

# span_start FILE [FILTER]. Not in immediate mode: that makes libpcap reserve a whole snap length for each frame, and
# frames get lost.
span_start()
{
    # The background shell opens the file in its own time: until then the words of the last tcpdump would stand there.
    : > "$state/tcpdump.txt"
    # Not by at(): the process id must be the one of tcpdump itself, and a shell starts a plain command directly.
    nsenter --net=/run/netns/switch tcpdump -i span1 -n -s 0 -B 65536 -Z root -w "$1" "${@:2}" 2> "$state/tcpdump.txt" &
    span_pid=$!
    local i
    for i in {1..50}; do
        grep -q listening "$state/tcpdump.txt" && return 0
        sleep 0.1
    done
    echo "lab: tcpdump does not start: $(cat "$state/tcpdump.txt")" >&2
    return 1
}

# listen_start PROGRAM PLACE: it listens from before tcpdump does until after, since servers talk unasked; writes what it
# observes to PLACE.live.jsonl and its audit to PLACE.live.json.
listen_start()
{
    local i words
    listen_pids=()
    for words in "observe -T jsonl -o $2.live.jsonl" "audit --all -T json -s $lab/../lab.yaml -o $2.live.json"; do
        # shellcheck disable=SC2086
        nsenter --net=/run/netns/switch "$1" $words -i span1 2> "$state/listen.${#listen_pids[@]}.txt" &
        listen_pids+=($!)
    done
    for i in {1..100}; do
        [ "$(cat "$state"/listen.?.txt | grep -c 'listening on')" = 2 ] && return 0
        sleep 0.1
    done
    echo "lab: $1 does not listen: $(cat "$state"/listen.?.txt)" >&2
    return 1
}

listen_stop()
{
    local pid
    for pid in "${listen_pids[@]}"; do
        kill -INT "$pid"
        wait "$pid"
        [ $? -ne 2 ] || mishap "it could not end its report: $(cat "$state"/listen.?.txt)"
    done
}

# Sets span_packets and span_dropped. Frames wait up to a second in the kernel's block before tcpdump gets them.
span_stop()
{
    sleep 1.3
    kill "$span_pid"
    wait "$span_pid"
    span_packets=$(awk '/packets captured/ {print $1}' "$state/tcpdump.txt")
    span_dropped=$(awk '/dropped by kernel/ {print $1}' "$state/tcpdump.txt")
}
