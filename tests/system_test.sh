#!/usr/bin/env bash
# The package on a system of its own: a Debian that has nothing installs it with apt and what it depends on, runs it, and
# boots with systemd as process 1 to run the live view as a service: who it is there, what it may, what it sees and serves,
# that it stops cleanly, and comes back. Needs root, namespaces, debootstrap and the network.
binary=$(realpath "$1")
build=$(dirname "$binary")
send=${LIVE_SEND:?is to name the program live_send}
bad=0
fail()
{
    echo "FAIL: $*"
    bad=1
}
skip()
{
    echo "skipped: $*"
    [ $bad -eq 0 ] && exit 77 || exit 1
}
[ "$(id -u)" -eq 0 ] || skip "needs root"
for tool in cpack debootstrap dpkg-shlibdeps unshare nsenter ip python3; do
    command -v $tool > /dev/null || skip "$tool is missing"
done
ldd "$binary" | grep -qE 'lib(a|ub)san' && skip "a program with sanitizers is not for a package"
groups=$(findmnt -n -o TARGET -t cgroup2 | head -n 1)

work=$(mktemp -d)
root=$work/root
init=""
finish()
{
    [ -z "$init" ] || kill -KILL "$init" 2> /dev/null
    wait
    [ -z "$groups" ] || [ ! -d "$groups/${work##*/}" ] || find "$groups/${work##*/}" -depth -type d -exec rmdir {} \;
    umount "$root/proc" 2> /dev/null
    rm -rf "$work"
}
trap finish EXIT

# ---- a Debian that has nothing ----
(cd "$work" && cpack -G DEB --config "$build/CPackConfig.cmake" -B "$work/packed") > "$work/log" 2>&1 || { cat "$work/log"; exit 1; }
timeout 200 debootstrap --variant=minbase --include=systemd-sysv bookworm "$root" > "$work/log" 2>&1 ||
    skip "no Debian to be had: $(tail -n 1 "$work/log")"
cp "$work"/packed/pathaudit_*.deb "$root/tmp/pathaudit.deb"
inside() { chroot "$root" env DEBIAN_FRONTEND=noninteractive "$@" > "$work/out" 2>&1; }
inside apt-get install -y -qq --no-install-recommends /tmp/pathaudit.deb || fail "apt does not install it: $(tail -n 5 "$work/out")"
inside getent passwd pathaudit || fail "the account pathaudit was not made"
mount -t proc proc "$root/proc" || skip "may not mount"
inside pathaudit --version || fail "it does not run: $(cat "$work/out")"
inside pathaudit tables list && grep -q exchange-2010-sp3 "$work/out" || fail "no tables: $(cat "$work/out")"
examples=/usr/share/doc/pathaudit/examples/pcaps
inside pathaudit audit -r $examples/all_in_one.pcap -s $examples/lab.yaml
grep -q "NOT CONFORMING" "$work/out" || fail "no audit: $(cat "$work/out")"
umount "$root/proc"

# ---- the same one, booted ----
[ -n "$groups" ] && mkdir "$groups/${work##*/}" 2> "$work/log" || skip "no control groups: $(cat "$work/log")"
(echo $BASHPID > "$groups/${work##*/}/cgroup.procs" &&
    exec unshare --cgroup --mount --uts --ipc --net --pid --fork --kill-child sh tests/system_boot.sh "$root") > "$work/boot" 2>&1 < /dev/null &
parent=$!
on() { nsenter -t "$init" -a "$@"; }
net() { nsenter -t "$init" -n "$@"; }
# within SECONDS WORDS...: is that so before the time is over?
within()
{
    local tries=$(($1 * 5))
    shift
    until "$@" > /dev/null 2>&1; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || return 1
        sleep 0.2
    done
}
find_init() { init=$(pgrep -P $parent); }
within 5 find_init || skip "no namespaces: $(cat "$work/boot")"
# Messages from the bus are not there yet when the first questions are asked.
within 30 on systemctl is-active basic.target || skip "it does not boot here: $(tail -n 3 "$work/boot")"

unit=pathaudit-watch@tap1
state() { on systemctl show -P "$1" $unit; }
is() { [ "$(state "$1")" = "$2" ]; }
told() { on journalctl -q -o cat -u $unit | grep -q -- "$1"; }
# get STATUS PATH [TOKEN]: the page answers so, on loopback; what it says is in $work/page.
get()
{
    net python3 - "$2" "${3-}" > "$work/page" 2> /dev/null <<'PY'
import sys, urllib.error, urllib.request
request = urllib.request.Request("http://127.0.0.1:8080" + sys.argv[1], headers={"Authorization": "Bearer " + sys.argv[2]} if sys.argv[2] else {})
try:
    answer = urllib.request.urlopen(request, timeout=2)
except urllib.error.HTTPError as error:
    answer = error
print(answer.status)
print(answer.read().decode())
PY
    [ "$(head -n 1 "$work/page")" = "$1" ]
}
shows() { get 200 /metrics && grep -q "$1" "$work/page"; }

# An interface that is down, and a site with a mistake in it: told, and taken up when put right.
mkdir -p "$root/etc/pathaudit"
net ip link add tap0 mtu 65535 type veth peer name tap1 mtu 65535
net ip link set tap0 up
sed 's/roles: \[edge\]/roles: [egde]/' pcaps/lab.yaml > "$root/etc/pathaudit/tap1.yaml"
echo 'OPTIONS=--listen 127.0.0.1:8080 --every 1 --ledger ledger -O dir:seen' > "$root/etc/pathaudit/tap1.options"
on sh -c "mkdir -p /run/systemd/system/$unit.service.d && printf '[Service]\nRestartSec=1\n' > /run/systemd/system/$unit.service.d/soon.conf"
on systemctl daemon-reload
on systemctl enable --now $unit 2> "$work/log" || fail "it cannot be enabled: $(cat "$work/log")"
within 10 told "tap1.yaml:[0-9]*:[0-9]*: roles: .*egde.*edge" || fail "a mistake in the site is not told: $(on journalctl -q -o cat -u $unit)"
cp pcaps/lab.yaml "$root/etc/pathaudit/tap1.yaml"
within 10 told "tap1: is down; bring it up" || fail "an interface that is down is not told: $(on journalctl -q -o cat -u $unit)"
net ip link set tap1 up
within 15 get 200 /healthz || fail "it is not there when all is right: $(on systemctl status --no-pager -l $unit)"
is ActiveState active || fail "the unit is $(state ActiveState)"

# Who it is and what it may.
control=$groups/${work##*/}$(state ControlGroup)
account=$(on getent passwd pathaudit | cut -d : -f 3)
[ "$(wc -l < "$control/cgroup.procs")" -ge 2 ] || fail "there are not two processes: who captures, and who serves"
while read -r process; do
    for wanted in "Uid: $account $account $account $account" "CapPrm: 0000000000000000" "CapEff: 0000000000000000" "NoNewPrivs: 1" "Seccomp: 2"; do
        tr -s '\t ' ' ' < "/proc/$process/status" | grep -qx "$wanted" || fail "a process of it has not '$wanted': $(grep "^${wanted%%:*}" "/proc/$process/status")"
    done
done < "$control/cgroup.procs"
exposure=$(on systemd-analyze security --no-pager $unit | sed -n 's/.*exposure level.*: \([0-9.]*\) .*/\1/p')
echo "systemd-analyze security: $exposure"
on systemd-analyze security --no-pager --threshold=20 $unit > /dev/null || fail "it is more exposed than 2.0: $exposure"

# What it sees and serves.
net "$send" tap0 pcaps/rpc_port_blocked.pcap || fail "cannot send"
within 10 shows '^pathaudit_conversations{verdict="blocked"} 1$' || fail "what passes is not seen: $(grep '^pathaudit_con' "$work/page")"
shows '^pathaudit_interface_up{interface="tap1"} 1$' || fail "the interface is not up in /metrics"
within 5 told '"verdict":"broken-chain"' || fail "the finding is not in the journal: $(on journalctl -q -o cat -u $unit | tail -n 3)"

# The end, as asked for: its verdict, and what it keeps.
on systemctl stop $unit
is ActiveState inactive && is Result success && is ExecMainStatus 1 ||
    fail "stopped, it is $(state ActiveState), $(state Result), status $(state ExecMainStatus)"
[ -s "$root/var/lib/pathaudit/ledger" ] || fail "no ledger was written"
on pathaudit audit --from dir:/var/lib/pathaudit/seen -s /etc/pathaudit/tap1.yaml --only findings > "$work/out" 2>&1
grep -q "blocked" "$work/out" || fail "what was observed is not there to be judged again: $(cat "$work/out")"
[ "$(stat -c %a:%U "$root/var/lib/pathaudit/ledger")" = "600:$(stat -c %U "$root/var/lib/pathaudit")" ] || fail "the ledger is others', too"

# An end that nobody asked for; a page with a token; findings for the syslog of the machine; a database that is away.
printf 'OPTIONS=--listen 127.0.0.1:8080 --every 1 --findings syslog -O clickhouse:http://127.0.0.1:9/db --spool spool\nPATHAUDIT_TOKEN=0123456789abcdef\n' > "$root/etc/pathaudit/tap1.options"
chmod 600 "$root/etc/pathaudit/tap1.options"
on systemctl start $unit
within 10 get 200 /metrics 0123456789abcdef || fail "no page with the token: $(cat "$work/page")"
get 401 /metrics || fail "a page without the token: $(head -n 1 "$work/page")"
first=$(state MainPID)
on sh -c "kill -KILL $first"
within 10 get 200 /healthz && [ "$(state MainPID)" != "$first" ] || fail "killed, it does not come back"
net ip link del tap1
within 10 told "the capture ended: The interface disappeared" || fail "that the interface disappeared is not told"
net ip link add tap0 mtu 65535 type veth peer name tap1 mtu 65535
net ip link set tap0 up
net ip link set tap1 up
within 15 get 200 /healthz || fail "it does not come back with its interface: $(on systemctl status --no-pager -l $unit)"
net "$send" tap0 pcaps/rpc_port_blocked.pcap
from_syslog() { on journalctl -q -o cat SYSLOG_IDENTIFIER=pathaudit SYSLOG_FACILITY=3 _TRANSPORT=syslog | grep -q " high broken-chain: .* is blocked$"; }
within 10 from_syslog || fail "nothing came by /dev/log: $(on journalctl -q -o cat -u $unit | tail -n 3)"
on systemctl stop $unit
is ActiveState inactive || fail "it is $(state ActiveState)"
find "$root/var/lib/pathaudit/spool" -type f -size +0 | grep -q . || fail "no rows wait for the database: $(on journalctl -q -o cat -u $unit | tail -n 3)"

# And gone.
on sh -c "DEBIAN_FRONTEND=noninteractive apt-get purge -y -qq pathaudit" > "$work/out" 2>&1 || fail "it cannot be removed: $(tail -n 5 "$work/out")"
for left in /usr/bin/pathaudit /lib/systemd/system/pathaudit-watch@.service /var/lib/pathaudit; do
    [ ! -e "$root$left" ] || fail "$left stays after it was removed"
done
exit $bad
