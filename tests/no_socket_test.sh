#!/usr/bin/env bash
# An audit of a file opens no socket, runs no program and makes no process: every system call of whole runs is looked at.
binary=$1
export ASAN_OPTIONS=detect_leaks=0 # the leak checker does not work where somebody else traces
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if ! strace -o "$work/try" true 2> /dev/null; then
    echo "skipped: strace is not installed, or may not trace here"
    exit 77
fi
bad=0
network='socket|socketpair|connect|bind|listen|accept|accept4|sendto|sendmsg|sendmmsg|recvfrom|recvmsg|recvmmsg'

# calls NAME PATTERN: lines of the trace that are such a call.
calls()
{
    grep -cE "^[0-9]+ +($2)\(" "$work/$1"
}

# watch NAME WORDS...: no socket, one program, no process but the look for a user that root takes before it reads.
watch()
{
    local name=$1
    shift
    strace -f -qq -o "$work/$name" "$binary" "$@" > /dev/null 2> "$work/$name.err" < pcaps/smtp.pcap
    [ -s "$work/$name.err" ] && { echo "FAIL: $*: $(cat "$work/$name.err")"; bad=1; }
    [ "$(calls "$name" openat)" -gt 0 ] || { echo "FAIL: $*: nothing was traced"; bad=1; }
    [ "$(calls "$name" "$network")" -eq 0 ] || { echo "FAIL: $*: $(grep -E "($network)\(" "$work/$name" | head -3)"; bad=1; }
    [ "$(calls "$name" 'execve|execveat')" -eq 1 ] || { echo "FAIL: $*: runs another program"; bad=1; }
    sed '1,/SECCOMP_SET_MODE_FILTER.*{len=/d' "$work/$name" > "$work/after"
    [ -s "$work/after" ] || { echo "FAIL: $*: no sandbox was entered"; bad=1; }
    grep -E '(clone|clone3|fork|vfork)\(' "$work/after" | grep -vE 'CLONE_THREAD' | grep -v 'ENOSYS' &&
        { echo "FAIL: $*: makes a process"; bad=1; }
}

watch audit audit -r pcaps/all_in_one.pcap -s pcaps/lab.yaml
watch chosen audit -r pcaps/all_in_one.pcap -T json -o "$work/audit.json"
watch stdin audit -r - -s pcaps/lab.yaml --workers 0
watch observe observe -r pcaps/smtp.pcap -O "dir:$work/seen"
watch from endpoints --from "dir:$work/seen"
[ -s "$work/audit.json" ] || { echo "FAIL: no report was written"; bad=1; }
exit $bad
