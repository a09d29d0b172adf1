#!/usr/bin/env bash
# lab_live_test.sh PATHAUDIT: real servers and clients in the lab's network namespaces, their traffic mirrored to a port
# on which PATHAUDIT listens meanwhile: does it see what the clients were told to do? A firewall drops, resets and
# answers by ICMP; a domain controller hands out ports; mail is sent and read. Skipped (exit status 77) where the lab's
# packages or the right to make namespaces are missing.
set -u
binary=$1
cases=(rpc_port_blocked rpc_port_blocked_emulated mailbox smtp)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
chmod 755 "$out"

if ! reason=$(pcaps/lab/run --ready 2>&1); then
    echo "skipped: $reason"
    exit 77
fi
only=()
for case in "${cases[@]}"; do only+=(--only "$case"); done
pcaps/lab/run "${only[@]}" --out "$out" --listen "$binary" || exit 1
pcaps/lab/check --live "$out"
