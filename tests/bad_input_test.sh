#!/usr/bin/env bash
# What is wrong with the command line, a capture, a table or a site file gives clear messages and exit status 2 (or, for a
# capture that is cut off, a warning and the audit up to the cut), and never a half-written output.
binary=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
fail()
{
    echo "FAIL: $*"
    bad=1
}

# expect STATUS LINES TEXT WORDS...: ends with STATUS, says LINES lines on standard error, one of which has TEXT.
expect()
{
    local status=$1 lines=$2 text=$3
    shift 3
    "$binary" "$@" > "$work/out" 2> "$work/err" < /dev/null
    local got=$?
    [ "$got" -eq "$status" ] || fail "'$*' ends with $got instead of $status: $(cat "$work/err")"
    [ "$(wc -l < "$work/err")" -eq "$lines" ] || fail "'$*' says $(wc -l < "$work/err") lines instead of $lines: $(cat "$work/err")"
    grep -qF -- "$text" "$work/err" || fail "'$*' does not say '$text': $(cat "$work/err")"
    [ "$status" -ne 2 ] || [ ! -s "$work/out" ] || fail "'$*' printed something although it failed"
}

# The command line.
expect 2 1 "no command"
expect 2 1 "unknown command 'adit'" adit
expect 2 1 "audit needs an input" audit
expect 2 1 "unknown option --nosuch" audit --nosuch
expect 2 1 "-t is not an option of observe" observe -t x -r pcaps/dns.pcap
expect 2 1 "-r needs a value" audit -r
expect 2 1 "'pcaps/smb.pcap' is a file: give each its own -r" audit -r pcaps/dns.pcap pcaps/smb.pcap
expect 2 1 "a run has one site file" audit -r pcaps/dns.pcap -s pcaps/lab.yaml -s pcaps/scenes/mail.yaml
expect 2 1 "'pcaps/smb.pcap' is a file: give each its own -r" audit pcaps/smb.pcap
expect 2 1 "audit writes text, json, csv, ecs or html" audit -r pcaps/dns.pcap -T xml
expect 2 1 "a page holds everything" audit -r pcaps/dns.pcap -T html --only findings -o /dev/null
expect 2 1 "the reasoning of every finding" audit -r pcaps/dns.pcap -T html --explain 1 -o /dev/null
expect 2 1 "the reasoning of one finding is text" audit -r pcaps/dns.pcap -T json --explain 1
expect 2 1 "a number of MiB from 16" audit -r pcaps/dns.pcap --memory 1
expect 2 1 "one of conversations, paths" audit -r pcaps/dns.pcap --only nothing
expect 2 1 "not both at once" audit -r y --from dir:x --sensor y
expect 2 1 "files or interfaces" audit -r pcaps/dns.pcap -i lo
expect 2 1 "-i lo: given twice" audit -i lo -i lo
expect 2 1 "--snaplen 10: a number of bytes from 64" audit -i lo --snaplen 10
expect 2 1 "--buffer 4000: a number of MiB from 1 to 2047" audit -i lo --buffer 4000
expect 2 1 "--fanout 1: a number from 2 to 16" audit -i lo --fanout 1
expect 2 1 "--fanout and --workers" audit -i lo --fanout 2 --workers 2
expect 2 1 "--every is not an option of observe" observe -i lo --every 5
expect 2 1 "--send-every goes with -i INTERFACE" observe -r pcaps/dns.pcap -O dir:/nowhere --send-every 5
expect 2 1 "--send-every goes with -O" observe -i lo --send-every 5
expect 2 1 "--every 0: a number of seconds" audit -i lo --every 0
expect 2 5 "--buffer goes with -i INTERFACE" audit -r pcaps/dns.pcap --snaplen 512 --buffer 8 --fanout 2 --every 5 --no-promiscuous
expect 2 1 "list, show NAME, or check" tables
expect 2 1 "no table 'nosuch'" audit -r pcaps/dns.pcap -t nosuch
expect 2 1 'did you mean "exchange-2016"?' tables show exchange2016
expect 2 1 "did you mean 'audit'?" adit
expect 2 1 "did you mean --site?" audit -r pcaps/dns.pcap --sites x
expect 2 1 "the command comes first" -r pcaps/dns.pcap
expect 2 1 "the command comes first: 'pathaudit audit -r pcaps/dns.pcap'" pcaps/dns.pcap
expect 2 1 "did you mean --help?" --hlep
expect 2 1 "did you mean 'tables list'?" list
expect 2 1 "did you mean 'audit'?" help audt
expect 2 1 "audit and endpoints are two commands" audit endpoints
expect 2 1 "-T needs a value, and -r is the next option" audit -T -r pcaps/dns.pcap
expect 2 1 "-T jsn: did you mean json? audit writes" audit -T jsn -r pcaps/dns.pcap
expect 2 1 "--only finding: did you mean findings?" audit --only finding -r pcaps/dns.pcap
expect 2 1 "--keep unexpectd: no such verdict; did you mean unexpected?" audit --keep unexpectd -w x -r pcaps/dns.pcap
expect 2 1 "--duration 5m: a whole number of seconds" audit --duration 5m -r pcaps/dns.pcap
expect 2 1 "--workers 17: a number from 0 to 16" audit --workers 17 -r pcaps/dns.pcap
expect 2 1 "tables shw: did you mean show?" tables shw exchange-2016
expect 2 1 "give the name of one table" tables show
expect 2 1 "--since 2026-11-22T00:00:00.000000Z is not before --until 2026-11-20" audit --from dir:x --since 2026-11-22 --until 2026-11-20
expect 2 1 "--findings syslg: did you mean syslog?" watch -i lo --findings syslg
expect 2 1 "no table 'exchange'; known are: exchange-2003, exchange-2010-sp1" audit -r pcaps/dns.pcap -t exchange
expect 2 1 'did you mean "exchange-2013"? ' audit -r pcaps/dns.pcap -t exchange-2019
expect 2 1 "did you mean the table exchange-2016?" audit -r pcaps/dns.pcap -t exchange-2016.yaml
expect 2 1 "-O seen: did you mean dir:seen?" observe -r pcaps/dns.pcap -O seen
expect 2 1 "did you mean clickhouse:http://127.0.0.1:8123/x?" observe -r pcaps/dns.pcap -O http://127.0.0.1:8123/x
expect 2 1 "the database is missing" observe -r pcaps/dns.pcap -O clickhouse:http://127.0.0.1:8123
expect 2 1 "(but of audit, rules, watch)" roles -r pcaps/dns.pcap -t exchange-2016
expect 2 1 "see 'man pcap-filter'" audit -r pcaps/dns.pcap 'tcp port'
expect 2 1 "'dc.contoso.example' would have to be looked up" audit -r pcaps/dns.pcap host dc.contoso.example

expect 2 1 "a table holds one kind of things" audit -r pcaps/dns.pcap -T csv

expect 2 1 "rules writes nftables, windows or cisco-asa" rules -r pcaps/dns.pcap -T json
expect 2 1 "--for nobody: no host" rules -r pcaps/dns.pcap -s pcaps/lab.yaml --for nobody

expect 2 1 "--anonymize is not an option of rules" rules -r pcaps/dns.pcap --anonymize
echo short > "$work/short.key"
expect 2 1 "a key needs 16 at least" audit -r pcaps/dns.pcap --anonymize-key "$work/short.key"
expect 2 1 "would hold what was replaced" audit -r pcaps/dns.pcap --anonymize -w "$work/kept.pcap"
printf 'site: x\nexceptions:\n  - {finding: 0123456789abcdef, reason: y}\n' > "$work/ids.yaml"
expect 2 1 "ids are others once addresses are replaced" audit -r pcaps/dns.pcap -s "$work/ids.yaml" --anonymize

# Audits to compare.
expect 2 1 "diff needs two audits" diff one.json
expect 2 2 "$work/none.json: cannot be opened" diff "$work/none.json" "$work/none.json"
expect 2 1 "tests/golden/endpoints-rpc.json: schema: is pathaudit.endpoints/1, no audit" diff tests/golden/audit-rpc.json tests/golden/endpoints-rpc.json
head -c 3000 tests/golden/audit-rpc.json > "$work/cut.json"
expect 2 1 "cut off? it ends in the middle" diff tests/golden/audit-rpc.json "$work/cut.json"
expect 2 1 "pcaps/dns.pcap: is a capture; audits are compared" diff pcaps/dns.pcap tests/golden/audit-rpc.json
expect 2 1 "tests: is a folder" diff tests/golden/audit-rpc.json tests
expect 2 1 "diff writes text or json" diff a b -T csv

# Captures.
expect 2 1 "$work/missing.pcap: cannot be opened: No such file" audit -r "$work/missing.pcap"
expect 2 2 "did you mean pcaps/dns.pcap?" audit -r pcaps/dnss.pcap
: > "$work/empty.pcap"
expect 2 1 "empty.pcap: is empty" audit -r "$work/empty.pcap"
echo "this is a text file, no capture" > "$work/text.pcap"
expect 2 1 "text.pcap: is no capture file" audit -r "$work/text.pcap"
mkdir "$work/folder"
expect 2 1 "folder: there is no capture with packets in this folder" audit -r "$work/folder"
cp "$work/text.pcap" "$work/empty.pcap" "$work/folder"
expect 2 2 "folder: 0 captures; passed over: 1 that is no capture ($work/folder/text.pcap), 1 without packets" audit -r "$work/folder"
expect 2 2 "missing.pcap: cannot be opened" audit -r "$work/missing.pcap" -r pcaps/dns.pcap -r "$work/text.pcap"
expect 2 1 "--follow goes with -r" audit --follow -i lo
mkfifo "$work/followed"
expect 2 1 "is a pipe, which comes to its end by itself" observe -q --follow -r "$work/followed" -r pcaps/dns.pcap
gzip -c pcaps/smtp.pcap > "$work/smtp.pcap.gz"
head -c 20000 "$work/smtp.pcap.gz" > "$work/cut.pcap.gz"
expect 0 1 "cut.pcap.gz: cut off in the middle of frame" observe -r "$work/cut.pcap.gz"
{ head -c 20000 "$work/smtp.pcap.gz"; head -c 9000 pcaps/dns.pcap; } > "$work/damaged.pcap.gz"
expect 0 1 "damaged.pcap.gz: damaged after frame" observe -r "$work/damaged.pcap.gz"
head -c 40 pcaps/smtp.pcap > "$work/header.pcap"
expect 0 1 "cut off in the middle of frame 1" observe -r "$work/header.pcap"
head -c 50000 pcaps/smtp.pcap > "$work/cut.pcap"
expect 1 1 "cut.pcap: cut off in the middle of frame" audit -r "$work/cut.pcap" -s pcaps/lab.yaml
grep -q "cut" "$work/out" || fail "the audit of a cut capture does not say that it was cut"
"$binary" audit -r "$work/cut.pcap" -s pcaps/lab.yaml -T json 2> /dev/null | grep -q '"truncated": *true' ||
    fail "the JSON of a cut capture does not say truncated"
if [ "$(id -u)" -ne 0 ]; then
    cp pcaps/dns.pcap "$work/secret.pcap" && chmod 000 "$work/secret.pcap"
    expect 2 1 "secret.pcap: cannot be opened: Permission denied" audit -r "$work/secret.pcap"
fi
expect 2 1 "nosuch0: there is no such interface" observe -i nosuch0

# Tables and sites: all problems at once, each with file, line, column and key.
cat > "$work/table.yaml" <<'YAML'
table: mine
title: Mine
source: me
paths:
  - id: one
    name: One
    from: hub
    to: edge
    ports: [25/tpc]
    colour: blue
  - id: one
    name: Two
    from: hubb
    to: edge
    ports: [25/tcp]
YAML
expect 2 4 "table.yaml:9:13: ports: " tables check "$work/table.yaml"
grep -q "table.yaml:10:5: colour: " "$work/err" || fail "the unknown key is not told: $(cat "$work/err")"
grep -q "table.yaml:11:9: id: " "$work/err" || fail "the repeated id is not told: $(cat "$work/err")"
grep -q "table.yaml:13:11: from: .*hub" "$work/err" || fail "the unknown role is not told: $(cat "$work/err")"
expect 2 4 "table.yaml:9:13: ports: " audit -r pcaps/dns.pcap -t "$work/table.yaml"
printf 'site: x\nhosts:\n  dc1: {addresses: [10.0.0.1], roles: [domain-controler]}\n' > "$work/site.yaml"
expect 2 1 "site.yaml:3:40: roles: " audit -r pcaps/dns.pcap -s "$work/site.yaml"
grep -q "domain-controller" "$work/err" || fail "the nearest role is not told: $(cat "$work/err")"
printf 'site: [x\nhosts: }\n' > "$work/broken.yaml"
expect 2 1 "broken.yaml:2:" audit -r pcaps/dns.pcap -s "$work/broken.yaml"
expect 2 1 "none.yaml" audit -r pcaps/dns.pcap -s "$work/none.yaml"
expect 2 1 "exchange-2016.yaml:12:1: this is a table and no site; -t reads it" audit -r pcaps/dns.pcap -s tables/exchange-2016.yaml
expect 2 1 "lab.yaml:4:1: this is a site and no table; -s reads it" tables check pcaps/lab.yaml
: > "$work/nothing.yaml"
expect 2 1 "is empty; a site begins with 'site: NAME'" audit -r pcaps/dns.pcap -s "$work/nothing.yaml"

# Outputs.
expect 2 1 "$work/none/report.txt: cannot write: there is no folder $work/none" audit -r pcaps/dns.pcap -o "$work/none/report.txt"
expect 2 1 "$work: cannot write: is a folder" audit -r pcaps/dns.pcap -o "$work"
expect 2 1 "--ledger $work: is a folder" audit -r pcaps/dns.pcap --ledger "$work"
# What is read is not written over, under whatever name; and no capture by a report.
cp pcaps/dns.pcap "$work/mine.pcap" && cp pcaps/lab.yaml "$work/mine.yaml" && ln -s mine.pcap "$work/link.pcap"
expect 2 1 "this is the file that -r reads" audit -r "$work/mine.pcap" -o "$work/mine.pcap"
expect 2 1 "this is the file that -r reads" audit -r "$work/link.pcap" -o "$work/mine.pcap"
expect 2 1 "this is the file that -s reads" audit -r "$work/mine.pcap" -s "$work/mine.yaml" -o "$work/mine.yaml"
expect 2 1 "is a capture, and no report is put in its place" audit -r pcaps/dns.pcap -o "$work/mine.pcap"
expect 2 1 "is a capture, and no report is put in its place" watch -i lo --findings "$work/mine.pcap"
expect 2 1 "-o and -w: both name" audit -r pcaps/dns.pcap -o "$work/one" -w "$work/one"
program=$(realpath "$binary")
(cd "$work" && export PATHAUDIT_TABLES=$OLDPWD/tables && "$program" tables show exchange-2016 -o exchange-2016 &&
    "$program" tables show exchange-2016 -o exchange-2016) ||
    fail "a file cannot be named as a table is"
cmp -s pcaps/dns.pcap "$work/mine.pcap" && cmp -s pcaps/lab.yaml "$work/mine.yaml" || fail "an input was written over"
: > "$work/file"
expect 2 1 "$work/file" observe -r pcaps/dns.pcap -O "dir:$work/file"
expect 2 1 "$work/nothing" audit --from "dir:$work/nothing"
if [ -w /dev/full ]; then
    "$binary" observe -r pcaps/dns.pcap > /dev/full 2> "$work/err"
    [ $? -eq 2 ] || fail "a full disk is not told"
    grep -q "standard output: cannot write: No space left" "$work/err" || fail "a full disk says: $(cat "$work/err")"
fi

# A pipe is written to and stays one; so do devices such as /dev/null.
mkfifo "$work/fifo"
cat "$work/fifo" > "$work/through" &
"$binary" audit -r pcaps/smtp.pcap -s pcaps/lab.yaml -o "$work/fifo" || [ $? -eq 1 ] || fail "-o PIPE does not work"
wait $!
[ -p "$work/fifo" ] || fail "-o replaces a pipe by a file"
grep -q "NOT CONFORMING" "$work/through" || fail "-o PIPE: nothing comes out of it"

# What was observed earlier is audited as the capture itself is.
"$binary" observe -r pcaps/smtp.pcap -O "dir:$work/seen" || fail "observe -O does not work"
"$binary" audit -r pcaps/smtp.pcap -s pcaps/lab.yaml -T json > "$work/direct.json"
"$binary" audit --from "dir:$work/seen" -s pcaps/lab.yaml -T json > "$work/stored.json"
cmp -s "$work/direct.json" "$work/stored.json" || fail "an audit from observations differs: $(diff "$work/direct.json" "$work/stored.json" | head -5)"

# Standard input reads as the file does, and Ctrl-C still writes the report.
"$binary" audit -r - -s pcaps/lab.yaml -T json < pcaps/smtp.pcap | sed 's/standard input/pcaps\/smtp.pcap/g' > "$work/piped.json"
cmp -s "$work/direct.json" "$work/piped.json" || fail "standard input differs from the file"
(cat pcaps/smtp.pcap; sleep 5) | "$binary" audit -r - -s pcaps/lab.yaml -o "$work/stopped.txt" 2> "$work/err" &
pid=$!
sleep 1
kill -INT "$pid" || fail "nothing to stop"
wait "$pid"
grep -q "NOT CONFORMING" "$work/stopped.txt" || fail "Ctrl-C leaves no report: $(cat "$work/err")"

# Who asks for a report before anything was read does not end the run. It waits for its site file here.
mkfifo "$work/site"
"$binary" audit -q -r pcaps/smtp.pcap -s "$work/site" -o "$work/early.txt" 2> "$work/err" &
pid=$!
exec 9> "$work/site"
kill -USR1 "$pid" || fail "nobody to ask"
cat pcaps/lab.yaml >&9
exec 9>&-
wait "$pid"
grep -q "NOT CONFORMING" "$work/early.txt" || fail "SIGUSR1 at the beginning leaves no report: $(cat "$work/err")"

# timeout(1) sends its signal twice, to the program and to its group: both are one request.
(cat pcaps/smtp.pcap; while tail -c +25 pcaps/smtp.pcap 2> /dev/null; do :; done) |
    timeout 1 "$binary" audit -r - -s pcaps/lab.yaml -o "$work/timeout.txt" 2> "$work/err"
grep -q "NOT CONFORMING" "$work/timeout.txt" || fail "timeout leaves no report: $(cat "$work/err")"
exit $bad
