#!/usr/bin/env bash
# Several sensors, one audit: three that each saw a third of the conversations, kept in three folders or in one, give the
# audit of one run over everything; and --since, --until and --sensor choose among what is kept.
binary=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
fail()
{
    echo "FAIL: $*"
    bad=1
}

python3 tests/split_capture.py pcaps/all_in_one.pcap 3 "$work/third" || exit 1
for i in 1 2 3; do
    "$binary" observe -r "$work/third$i.pcap" --sensor "s$i" -O "dir:$work/apart/s$i" || fail "sensor $i"
    "$binary" observe -r "$work/third$i.pcap" --sensor "s$i" -O "dir:$work/together" || fail "sensor $i, together"
done
audit()
{
    local out=$1
    shift
    "$binary" audit "$@" -s pcaps/lab.yaml -T json -o "$work/$out.json"
    [ $? -le 1 ] || fail "audit of $out"
}
audit one -r pcaps/all_in_one.pcap
audit apart --from "dir:$work/apart/s2" --from "dir:$work/apart/s3" --from "dir:$work/apart/s1"
audit together --from "dir:$work/together"
python3 tests/same_audit.py "$work/one.json" "$work/apart.json" || fail "three folders are not one run"
python3 tests/same_audit.py "$work/one.json" "$work/together.json" || fail "one folder of three sensors is not one run"

audit alone --from "dir:$work/apart/s1"
audit chosen --from "dir:$work/together" --sensor s1
python3 tests/same_audit.py "$work/alone.json" "$work/chosen.json" || fail "--sensor is not that sensor alone"
python3 tests/same_audit.py "$work/one.json" "$work/chosen.json" > /dev/null && fail "one sensor is not all"

# Two sensors that saw the same: nothing counts twice, and the conversations say so.
"$binary" observe -r pcaps/smtp.pcap --sensor a -O "dir:$work/twice"
"$binary" observe -r pcaps/smtp.pcap --sensor b -O "dir:$work/twice"
"$binary" observe -r pcaps/smtp.pcap --sensor a -O "dir:$work/once"
audit once --from "dir:$work/once"
audit twice --from "dir:$work/twice"
grep -q '"sensor.also_seen"' "$work/twice.json" || fail "nobody is said to have seen it as well"
python3 - "$work" << 'END' || fail "what two sensors saw counts twice"
import json, sys
counts = []
for name in ("once", "twice"):
    audit = json.load(open(f"{sys.argv[1]}/{name}.json"))
    counts.append([(c["client"], c["server"], c["port"], c["flows"], c["bytes_to_server"], c["bytes_to_client"], c["verdict"]) for c in audit["conversations"]])
sys.exit(counts[0] != counts[1])
END

# Windows: before everything, after everything, and two that together have every flow once.
"$binary" observe -r pcaps/rpc.pcap -O "dir:$work/days"
"$binary" observe -r pcaps/mirrored_twice.pcap -O "dir:$work/days"
count()
{
    "$binary" audit --from "dir:$work/days" -s pcaps/lab.yaml -T json "$@" |
        python3 -c 'import json, sys; print(sum(c["flows"] for c in json.load(sys.stdin)["conversations"]))'
}
[ "$(count --until 2001-01-01)" = 0 ] || fail "--until a day before"
[ "$(count --since 2101-01-01)" = 0 ] || fail "--since a day after"
middle=$(cut -f 3 "$work"/days/*/conversations.tsv | grep -v slice | sort -n | uniq | sed -n 2p)
[ -n "$middle" ] || fail "the captures have one slice only"
middle=$(date -u -d "@$((middle / 1000000000))" +%Y-%m-%dT%H:%M:%SZ)
before=$(count --until "$middle") after=$(count --since "$middle") all=$(count)
[ "$before" -gt 0 ] && [ "$after" -gt 0 ] && [ $((before + after)) -eq "$all" ] || fail "windows: $before and $after of $all"
"$binary" audit --from "dir:$work/days" --since 2026-02-30 2> /dev/null && fail "a day that is none"
# What is kept and finds no room in an audit's memory is told, and never left out in silence.
mkdir -p "$work/many/run"
for table in facts bindings coverage; do head -1 "$work"/days/*/$table.tsv | sed '/^==>/d' | head -1 > "$work/many/run/$table.tsv"; done
python3 - "$(head -1 "$(ls "$work"/days/*/conversations.tsv | head -1)")" > "$work/many/run/conversations.tsv" << 'END'
import sys
columns = sys.argv[1].split("\t")
row = dict.fromkeys(columns, "0") | dict.fromkeys(
    ("run", "sensor", "tunnel", "protocol", "second_opinion", "authentication", "encryption", "protection", "source"), "")
print(sys.argv[1])
for i in range(60000):
    row |= {"client": f"10.{i >> 16}.{i >> 8 & 255}.{i & 255}", "server": "10.200.0.1", "transport": "6", "port": "443", "flows": "1",
            "disposition": "ok", "decided_by": "port", "first": "1795176000000000000", "last": "1795176000000000000",
            "slice": "1795176000000000000", "frame": "1"}
    print("\t".join(row[column] for column in columns))
END
"$binary" audit --from "dir:$work/many" -s pcaps/lab.yaml --memory 16 -T json -o "$work/many.json" 2> "$work/said"
grep -q 'memory is too short' "$work/said" || fail "too much to read says: $(cat "$work/said")"
python3 -c 'import json, sys; c = json.load(open(sys.argv[1]))["coverage"]; sys.exit(sum(r["evicted_conversations"] for r in c) < 10000)' \
    "$work/many.json" || fail "coverage does not tell what found no room"
exit $bad
