# Hosts are network namespaces, each with its own host name, joined by a bridge in a namespace named switch.

declare -A address=([dc]=10.99.0.10 [hub]=10.99.0.20 [edge]=10.99.0.21 [mbx]=10.99.0.30 [cas]=10.99.0.40
    [um]=10.99.0.50 [pbx]=10.99.0.60 [client]=10.99.0.100)
hosts=(dc hub edge mbx cas um pbx client)

# at HOST COMMAND...: runs it there
at()
{
    local host=$1
    shift
    nsenter --net="/run/netns/$host" --uts="/run/uts/$host" -- "$@"
}

net_quiet()
{
    # No neighbour discovery in the captures, and no TIME_WAIT to hinder a server that is started again.
    at "$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
}

net_host()
{
    local host=$1
    ip netns add "$host" || return 1
    touch "/run/uts/$host"
    unshare --uts="/run/uts/$host" hostname "$host.corp.example" || return 1
}

net_up()
{
    local host
    net_host switch || return 1
    net_quiet switch
    ip -n switch link add br0 type bridge stp_state 0 forward_delay 0 || return 1
    ip -n switch link set br0 up
    for host in "${hosts[@]}"; do
        net_host "$host" || return 1
        net_quiet "$host"
        ip -n switch link add "$host" type veth peer name eth0 netns "$host" || return 1
        ip -n switch link set "$host" master br0 up
        ip -n "$host" link set lo up
        ip -n "$host" link set eth0 address "02:00:00:99:00:$(printf %02x "${address[$host]##*.}")" up
        ip -n "$host" address add "${address[$host]}/24" broadcast + dev eth0
        # With offloads the mirror would show frames of 64 kB and checksums nobody has filled in.
        at "$host" ethtool -K eth0 tso off gso off gro off tx off rx off > /dev/null 2>&1
        at switch ethtool -K "$host" tso off gso off gro off > /dev/null 2>&1
    done
}
