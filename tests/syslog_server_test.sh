#!/usr/bin/env bash
# syslog_server_test.sh PATHAUDIT: a real rsyslog reads what `--findings syslog:ADDR:PORT` sends, and, where a /dev of our
# own can be made for it, what `--findings syslog` writes to /dev/log.
PATH=$PATH:/usr/sbin
if ! command -v rsyslogd > /dev/null; then
    echo "skipped: rsyslogd is missing (package rsyslog)"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work" # who reads gives up root's rights
if [ "$(id -u)" -eq 0 ] && unshare --mount true 2> /dev/null; then
    unshare --mount python3 tests/syslog_server_test.py "$(realpath "$1")" "$work" /dev/log
else
    python3 tests/syslog_server_test.py "$(realpath "$1")" "$work"
fi
