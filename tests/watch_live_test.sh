#!/usr/bin/env bash
# watch_live_test.sh PATHAUDIT: `watch` on an interface of a network namespace of its own, with the frames of a lab's
# capture sent to it, by LIVE_SEND. Skipped without the right to make a namespace (exit status 77).
program=$1
send=${LIVE_SEND:?is to name the program live_send}
space=pa-watch-$$
work=$(mktemp -d)
finish()
{
    ip netns del "$space" 2> /dev/null
    rm -rf "$work"
}
trap finish EXIT
if ! ip netns add "$space" 2> /dev/null; then
    echo "skipped: no right to make a network namespace, or no ip(8)"
    exit 77
fi
# Nothing else is to come than what we send: no neighbour discovery.
if ! ip netns exec "$space" sh -c 'f=/proc/sys/net/ipv6/conf/default/disable_ipv6; [ ! -e $f ] || echo 1 > $f' 2> /dev/null; then
    echo "skipped: IPv6 cannot be switched off in a network namespace here"
    exit 77
fi
ip -n "$space" link add tx0 mtu 65535 type veth peer name rx0 mtu 65535 || exit 77
for name in lo tx0 rx0; do ip -n "$space" link set $name up; done
ip netns exec "$space" python3 tests/watch_live_test.py "$program" "$send" "$work"
