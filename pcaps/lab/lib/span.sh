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

# Sets span_packets and span_dropped. Frames wait up to a second in the kernel's block before tcpdump gets them.
span_stop()
{
    sleep 1.3
    kill "$span_pid"
    wait "$span_pid"
    span_packets=$(awk '/packets captured/ {print $1}' "$state/tcpdump.txt")
    span_dropped=$(awk '/dropped by kernel/ {print $1}' "$state/tcpdump.txt")
}
