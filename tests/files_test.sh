#!/usr/bin/env bash
# Captures as they lie on disk, by whole runs: a capture that was cut into a ring, or into what two sensors saw, says the
# same as it does in one piece; and so it does packed, through pipes, and while it is still being written.
binary=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
fail()
{
    echo "FAIL: $*"
    bad=1
}

# What was observed, without where: file names and frame numbers are those of the pieces.
observed()
{
    timeout 60 "$binary" observe --no-second-opinion "$@" 2> "$work/err" |
        python3 -c '
import json, sys
def bare(value):
    if isinstance(value, dict):
        return {k: bare(v) for k, v in value.items() if k not in ("evidence", "source", "frame")}
    return [bare(v) for v in value] if isinstance(value, list) else value
rows = [json.loads(line) for line in sys.stdin]
for row in rows:
    if row["type"] != "coverage":
        print(json.dumps(bare(row), sort_keys=True))
cover = [row for row in rows if row["type"] == "coverage"]
print("packets", sum(row["packets"] for row in cover), "truncated", sum(row["truncated"] for row in cover))'
}

# same NAME WORDS...: the words give what the whole capture gives.
same()
{
    local name=$1
    shift
    observed "$@" > "$work/got"
    cmp -s "$work/whole" "$work/got" || fail "$name: $(diff "$work/whole" "$work/got" | head -5) $(cat "$work/err")"
}

# Pieces: a ring of seven whose names went round, with other files beside; and what two sensors saw, by turns.
python3 - pcaps/smtp.pcap "$work" <<'PY'
import os, struct, sys
data, work = open(sys.argv[1], "rb").read(), sys.argv[2]
head, at, records = data[:24], 24, []
while at < len(data):
    length = 16 + struct.unpack_from("<I", data, at + 8)[0]
    records.append(data[at:at + length])
    at += length
os.mkdir(work + "/ring")
for i in range(7):
    piece = records[len(records) * i // 7:len(records) * (i + 1) // 7]
    open("%s/ring/mail.pcap%d" % (work, (i + 3) % 7), "wb").write(head + b"".join(piece))
for i in range(2):
    open("%s/sensor%d.pcap" % (work, i), "wb").write(head + b"".join(records[i::2]))
PY
observed -r pcaps/smtp.pcap > "$work/whole"
[ "$(wc -l < "$work/whole")" -gt 3 ] || fail "the whole capture says too little: $(cat "$work/whole")"
same "a ring" -r "$work/ring"
same "a ring by one thread" -r "$work/ring" --workers 0
same "its files in any order" -r "$work/ring/mail.pcap2" -r "$work/ring/mail.pcap0" -r "$work/ring/mail.pcap1" \
    -r "$work/ring/mail.pcap6" -r "$work/ring/mail.pcap5" -r "$work/ring/mail.pcap3" -r "$work/ring/mail.pcap4"
grep -q "read in order of time, not as they were given; first $work/ring/mail.pcap3" "$work/err" ||
    fail "the change of order is not told: $(cat "$work/err")"
same "two sensors" -r "$work/sensor0.pcap" -r "$work/sensor1.pcap"
[ ! -s "$work/err" ] || fail "two sensors say: $(cat "$work/err")"
same "a file given twice" -r pcaps/smtp.pcap -r pcaps/../pcaps/smtp.pcap
grep -q "given twice: pcaps/smtp.pcap as pcaps/../pcaps/smtp.pcap; it is read once" "$work/err" ||
    fail "a file given twice is not told: $(cat "$work/err")"
same "a packed pipe" -r - < <(gzip -c pcaps/smtp.pcap)
same "process substitution" -r <(cat pcaps/smtp.pcap)
mkfifo "$work/fifo"
cat pcaps/smtp.pcap > "$work/fifo" &
same "a named pipe" -r "$work/fifo"
wait $!

# What is beside them does no harm, and is told.
gzip "$work/ring/mail.pcap5"
: > "$work/ring/mail.pcap7"
echo "rotated at noon" > "$work/ring/log.txt"
touch "$work/ring/.lock"
ln -s .. "$work/ring/up"
mkfifo "$work/ring/pipe"
same "a ring among other files" -r "$work/ring"
wanted="pathaudit: $work/ring: 7 captures; passed over: 1 that is no capture ($work/ring/log.txt), 1 without packets, 1 hidden, 1 link to a folder, 1 pipe or device"
[ "$(cat "$work/err")" = "$wanted" ] || fail "what is beside a ring is told as: $(cat "$work/err")"
same "a quiet ring" -q -r "$work/ring"
[ ! -s "$work/err" ] || fail "-q says: $(cat "$work/err")"

# Evidence names a file of the ring and a frame in it; a cut file is told, and only that.
"$binary" observe --no-second-opinion -q -r "$work/ring" > "$work/ring.jsonl"
python3 - "$work/ring.jsonl" <<'PY' || fail "evidence in a ring is wrong"
import json, os, sys
frames = {}
for row in map(json.loads, open(sys.argv[1])):
    if row["type"] == "coverage":
        frames[row["source"]] = row["packets"]
def check(value):
    if isinstance(value, dict):
        if "frame" in value and "source" in value:
            assert 1 <= value["frame"] <= frames[value["source"]], value
        for v in value.values():
            check(v)
    elif isinstance(value, list):
        for v in value:
            check(v)
for row in map(json.loads, open(sys.argv[1])):
    check(row)
assert len(frames) == 7
PY
truncate -s -9 "$work/ring/mail.pcap4"
observed -q -r "$work/ring" > "$work/got"
grep -q "truncated 1" "$work/got" || fail "of a ring with one cut file: $(tail -1 "$work/got")"
grep -q "warning: $work/ring/mail.pcap4: cut off in the middle of frame" "$work/err" || fail "the cut says: $(cat "$work/err")"

# What looks like a capture and is none does not keep the others of a folder from being read.
{ head -c 4 pcaps/dns.pcap; printf '\011\000\011\000'; tail -c +9 pcaps/dns.pcap; } > "$work/ring/odd.pcap"
observed -q -r "$work/ring" > "$work/got"
grep -q "truncated 1" "$work/got" || fail "beside an odd file a ring is not read: $(tail -1 "$work/got")"
grep -q "warning: $work/ring/odd.pcap: cannot be read as a capture" "$work/err" || fail "an odd file is told as: $(cat "$work/err")"

# A signal that asks for a report does not cut off a pipe, which has none to give before its end; Ctrl-C ends it, and
# nobody says that there was more.
mkfifo "$work/pipe"
for signal in USR1 INT; do
    "$binary" observe -r "$work/pipe" > "$work/got" 2> "$work/err" &
    pid=$!
    exec 7> "$work/pipe" # returns when the other end is open
    head -c 5000 pcaps/smtp.pcap >&7
    sleep 0.3
    kill -"$signal" "$pid"
    sleep 0.1
    [ $signal = INT ] || tail -c +5001 pcaps/smtp.pcap >&7
    [ $signal = USR1 ] || wait "$pid" || fail "Ctrl-C on a pipe ends with $?"
    exec 7>&-
    wait "$pid"
    [ $signal = INT ] || grep -q "\"packets\":$(sed -n 's/^packets \([0-9]*\) .*/\1/p' "$work/whole")," "$work/got" ||
        fail "SIGUSR1 cuts off a pipe: $(cat "$work/err")"
    [ $signal = USR1 ] || grep -q "stopped; $work/pipe was read up to here" "$work/err" ||
        fail "Ctrl-C on a pipe says: $(cat "$work/err")"
done

# Packed: in pieces one behind the other, cut off, and cut off before anything can be unpacked.
(head -c 5000 pcaps/smtp.pcap | gzip; tail -c +5001 pcaps/smtp.pcap | gzip) > "$work/members.gz"
same "a file packed in two members" -r "$work/members.gz"
head -c 9000 "$work/members.gz" > "$work/cut.gz"
"$binary" observe -q --no-second-opinion -r "$work/cut.gz" > "$work/cut.jsonl" 2> "$work/err" || fail "a cut gzip file ends with $?"
grep -q '"truncated":true' "$work/cut.jsonl" || fail "that a gzip file is cut off is not in coverage"
head -c 12 "$work/members.gz" > "$work/cut.gz"
"$binary" observe -q -r "$work/cut.gz" > "$work/out" 2> "$work/err" && fail "a gzip file without data is read"
grep -q "is packed, and nothing of it can be unpacked" "$work/err" || fail "a gzip file without data is told as: $(cat "$work/err")"

# While it is still being written: until as many packets were seen as there are, and until Ctrl-C.
packets=$(sed -n 's/^packets \([0-9]*\) .*/\1/p' "$work/whole")
head -c 5000 pcaps/smtp.pcap > "$work/growing.pcap"
(sleep 0.4; tail -c +5001 pcaps/smtp.pcap >> "$work/growing.pcap") &
same "a file being written" -r "$work/growing.pcap" --follow --packets "$packets"
wait $!
"$binary" audit -q -r "$work/growing.pcap" -s pcaps/lab.yaml --follow --every 1 -o "$work/followed.txt" 2> "$work/err" &
pid=$!
for _ in $(seq 300); do # until there is a report in between
    [ -s "$work/followed.txt" ] && break
    sleep 0.1
done
grep -q "NOT CONFORMING" "$work/followed.txt" || fail "--every leaves no report of a file that is followed: $(cat "$work/err")"
rm -f "$work/followed.txt"
kill -INT "$pid" || fail "nothing to stop"
wait "$pid"
grep -q "NOT CONFORMING" "$work/followed.txt" || fail "Ctrl-C leaves no report of a file that is followed"
[ ! -s "$work/err" ] || fail "Ctrl-C on a file that is followed says: $(cat "$work/err")"

# Begun anew, and longer than before when it is looked at again: what was in it is read, and a line tells.
cat pcaps/dns.pcap > "$work/growing.pcap"
rm -f "$work/followed.txt"
"$binary" audit -r "$work/growing.pcap" -s pcaps/lab.yaml --follow --every 1 -o "$work/followed.txt" 2> "$work/err" &
pid=$!
for _ in $(seq 300); do
    [ -s "$work/followed.txt" ] && break
    sleep 0.1
done
cat pcaps/smtp.pcap > "$work/growing.pcap"
wait "$pid"
grep -q "growing.pcap: was begun anew; what was in it is read" "$work/err" ||
    fail "of a file that was begun anew is said: $(cat "$work/err")"
read_of() { grep -oE "[0-9,]+ packets" "$1" | head -1; }
"$binary" audit -q -r pcaps/dns.pcap -s pcaps/lab.yaml -o "$work/once.txt"
[ "$(read_of "$work/followed.txt")" = "$(read_of "$work/once.txt")" ] ||
    fail "of a file that was begun anew is read: $(read_of "$work/followed.txt")"
exit $bad
