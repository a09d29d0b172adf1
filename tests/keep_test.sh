#!/usr/bin/env bash
# -w: the packets of unexpected conversations, all of them and no others, as they were captured. Truth comes from a filter
# of libpcap, from frames that are made here one by one, and from auditing again what was kept.
binary=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
fail()
{
    echo "FAIL: $*"
    bad=1
}

# Conversations of a JSON audit: "all", those of "unexpected" verdicts, or a filter ("filter") that passes the latter.
conversations()
{
    python3 - "$1" "$2" << 'PYTHON'
import json, sys
audit = json.load(open(sys.argv[1]))
some = [c for c in audit["conversations"] if sys.argv[2] == "all" or c["verdict"] in ("unexpected", "unexpected-attempt")]
if sys.argv[2] == "filter":
    print(" or ".join(f"({c['transport']} port {c['port']} and host {c['client']} and host {c['server']})" for c in some))
else:
    for c in some:
        print(c["client"], c["server"], c["transport"], c["port"], c["verdict"], c["flows"], c["packets_to_server"],
              c["packets_to_client"], c["bytes_to_server"], c["bytes_to_client"], c["dispositions"])
PYTHON
}

# packets FILE [FILTER]: how many frames of a capture pass.
packets()
{
    "$binary" observe -r "$@" | sed -n 's/.*"type": *"coverage".*"packets": *\([0-9]*\).*/\1/p'
}

# kept FILE: by the note on standard error.
kept()
{
    sed -n "s,^pathaudit: note: .* holds \([0-9]*\) packets .*,\1,p" "$1"
}

# A whole capture of the lab: what is kept is judged again as it was, and is what a filter passes.
"$binary" audit -r pcaps/all_in_one.pcap -s pcaps/lab.yaml -T json -w "$work/kept.pcap" > "$work/first.json" 2> "$work/err"
[ $? -eq 1 ] || fail "-w changes how an audit ends: $(cat "$work/err")"
grep -q "keep it secret" "$work/err" || fail "it is not said that payload is kept: $(cat "$work/err")"
[ "$(stat -c %a "$work/kept.pcap")" = 600 ] || fail "others may read what was kept"
"$binary" audit -r "$work/kept.pcap" -s pcaps/lab.yaml -T json > "$work/again.json"
conversations "$work/first.json" unexpected > "$work/first"
conversations "$work/again.json" all > "$work/again"
[ -s "$work/first" ] || fail "nothing is unexpected"
diff "$work/first" "$work/again" > "$work/diff" || fail "what was kept is judged otherwise: $(head -5 "$work/diff")"
wanted=$(packets pcaps/all_in_one.pcap "$(conversations "$work/first.json" filter) or icmp[icmptype] == icmp-unreach")
[ "$(packets "$work/kept.pcap")" = "$wanted" ] || fail "$(packets "$work/kept.pcap") packets are kept instead of $wanted"
[ "$(kept "$work/err")" = "$wanted" ] || fail "another number is told: $(cat "$work/err")"

# The filter of the command line counts for what is kept, too; packed files are read twice as others are; --packets ends
# the second reading where it ended the first.
gzip -c pcaps/all_in_one.pcap > "$work/packed.pcap.gz"
"$binary" audit -r "$work/packed.pcap.gz" -s pcaps/lab.yaml -w "$work/unpacked.pcap" > /dev/null 2>&1
cmp "$work/kept.pcap" "$work/unpacked.pcap" || fail "of a packed file something else is kept"
"$binary" audit -r pcaps/all_in_one.pcap -s pcaps/lab.yaml -w "$work/some.pcap" port 88 > /dev/null 2>&1
[ "$(packets "$work/some.pcap")" -gt 0 ] || fail "with a filter nothing is kept"
[ "$(packets "$work/some.pcap" not port 88)" = 0 ] || fail "what the filter rejects is kept"
"$binary" audit -r pcaps/all_in_one.pcap -s pcaps/lab.yaml --packets 1000 -T json -w "$work/begin.pcap" > "$work/begin.json" 2> /dev/null
conversations "$work/begin.json" unexpected > "$work/first"
"$binary" audit -r "$work/begin.pcap" -s pcaps/lab.yaml -T json > "$work/again.json"
conversations "$work/again.json" all > "$work/again"
cmp -s "$work/first" "$work/again" || fail "--packets: what was kept is not what was read"

# Other verdicts, and nothing at all.
"$binary" audit -r pcaps/all_in_one.pcap -s pcaps/lab.yaml -w "$work/all.pcap" \
    --keep deviating,blocked,refused,unexpected,unexpected-attempt,undetermined,unclassified,conforming > /dev/null 2>&1
[ "$(packets "$work/all.pcap")" = "$(packets pcaps/all_in_one.pcap ip or ip6)" ] || fail "not all IP packets are kept with all verdicts"
"$binary" audit -r pcaps/all_in_one.pcap -s pcaps/lab.yaml -w "$work/none.pcap" --keep blocked > /dev/null 2>&1
[ "$(packets "$work/none.pcap")" = 0 ] || fail "packets are kept of a verdict that nothing has"

# Full: the file stays below its bound, is whole, and it is told how many were left out.
for i in 1 2 3 4 5; do cp pcaps/all_in_one.pcap "$work/copy$i.pcap"; done
"$binary" audit -q -r "$work/copy1.pcap" -r "$work/copy2.pcap" -r "$work/copy3.pcap" -r "$work/copy4.pcap" -r "$work/copy5.pcap" \
    -s pcaps/lab.yaml -w "$work/full.pcap" --keep-mib 1 > /dev/null 2> "$work/err"
[ "$(stat -c %s "$work/full.pcap")" -le 1048576 ] || fail "the bound is not kept"
[ "$(stat -c %s "$work/full.pcap")" -gt 1000000 ] || fail "much less is kept than there is room for"
left=$(sed -n 's/.* is full; \([0-9]*\) packets were left out.*/\1/p' "$work/err")
[ "$((left + $(packets "$work/full.pcap")))" = "$((5 * wanted))" ] || fail "left out and kept are not all: $(cat "$work/err")"

# Frames made one by one: nanoseconds, fragments, tunnels, errors, another link type, a scan.
python3 - "$work" << 'PYTHON'
import struct, sys
work = sys.argv[1]
MBX, UM, PBX, DC = "10.99.0.30", "10.99.0.50", "10.99.0.60", "10.99.0.10"

def address(text):
    return bytes(int(part) for part in text.split("."))

def ip(source, target, protocol, body, number=1, more=0, offset=0):
    return struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), number, more << 13 | offset // 8, 64, protocol, 0) + \
        address(source) + address(target) + body

def udp(source, target, payload):
    return struct.pack("!HHHH", source, target, 8 + len(payload), 0) + payload

def tcp(source, target, flags, sequence=1, acknowledged=0):
    return struct.pack("!HHIIBBHHH", source, target, sequence, acknowledged, 0x50, flags, 8192, 0, 0)

def fragments(source, target, protocol, body, number):
    size = 480
    return [ip(source, target, protocol, body[at:at + size], number, at + size < len(body), at) for at in range(0, len(body), size)]

def gre(packet):
    return ip("192.0.2.1", "192.0.2.2", 47, struct.pack("!HH", 0, 0x0800) + packet)

def vxlan(packet):
    return ip("192.0.2.1", "192.0.2.2", 17, udp(50000, 4789, struct.pack("!II", 0x08000000, 7 << 8) + ethernet(packet)))

def ethernet(packet):
    return bytes.fromhex("020000000001" "020000000002" "0800") + packet

# Each with whether it is to be kept: a service on 9999/udp that no row has, and DNS, which one has.
query, answer = udp(40000, 9999, b"q" * 1400), udp(9999, 40000, b"a" * 1400)
dns = bytes.fromhex("123401000001000000000000") + b"\x01a\x02ex\x00\x00\x01\x00\x01"
reply = bytes.fromhex("123481800001000000000000") + dns[12:]
refused = udp(40001, 9998, b"anybody?")
story = [(p, True) for p in fragments(MBX, PBX, 17, query, 1) + fragments(PBX, MBX, 17, answer, 2)]
story += [(gre(ip(MBX, PBX, 17, udp(40000, 9999, b"in gre"))), True), (vxlan(ip(PBX, MBX, 17, udp(9999, 40000, b"in vxlan"))), True)]
inner = struct.pack("!HH", 0, 0x0800) + ip(MBX, PBX, 17, udp(40000, 9999, b"i" * 1000)) # a tunnel whose packets are in pieces
story += [(p, True) for p in fragments("192.0.2.3", "192.0.2.4", 47, inner, 3)]
inner = struct.pack("!HH", 0, 0x0800) + ip(UM, DC, 17, udp(40003, 53, dns) + b"p" * 900) # as another, of what is expected
story += [(p, False) for p in fragments("192.0.2.5", "192.0.2.6", 47, inner, 4)]
story += [(ip(UM, DC, 17, udp(40002, 53, dns)), False), (ip(DC, UM, 17, udp(53, 40002, reply)), False)]
story += [(ip(UM, MBX, 17, refused), True), (ip(MBX, UM, 1, struct.pack("!BBHI", 3, 3, 0, 0) + ip(UM, MBX, 17, refused)), True)]
story += [(ip(UM, DC, 1, struct.pack("!BBHI", 3, 3, 0, 0) + ip(DC, UM, 17, udp(53, 40009, reply))), False)]

def capture(name, link_type, frames, first):
    with open(f"{work}/{name}", "wb") as out:
        out.write(struct.pack("<IHHIIII", 0xa1b23c4d, 2, 4, 0, 0, 262144, link_type))
        for i, frame in enumerate(frames):
            out.write(struct.pack("<IIII", 1795248000 + first + i, 123456700 + i, len(frame), len(frame) + 3 * (i == 1)) + frame)

capture("made.pcap", 1, [ethernet(p) for p, _ in story], 0)
capture("raw.pcap", 101, [p for p, _ in story], 100)
with open(f"{work}/wanted.pcap", "wb") as out: # what is to be kept of made.pcap, byte by byte
    everything = open(f"{work}/made.pcap", "rb").read()
    out.write(everything[:24])
    at = 24
    for packet, keep in story:
        length = 16 + len(ethernet(packet))
        if keep:
            out.write(everything[at:at + length])
        at += length
    assert at == len(everything)

# A scan of 700 ports by the mailbox server, which also looks up a name.
scan = [(ip(MBX, DC, 17, udp(40002, 53, dns)), False), (ip(DC, MBX, 17, udp(53, 40002, reply)), False)]
for port in range(2000, 2700):
    scan += [(ip(MBX, PBX, 6, tcp(41000, port, 2)), True), (ip(PBX, MBX, 6, tcp(port, 41000, 0x14, 0, 2)), True)]
capture("scan.pcap", 1, [ethernet(p) for p, _ in scan], 0)
print(sum(keep for _, keep in story), file=open(f"{work}/story", "w"))
print(sum(keep for _, keep in scan), file=open(f"{work}/scanned", "w"))
PYTHON
"$binary" audit -r "$work/made.pcap" -s pcaps/lab.yaml -w "$work/kept.pcap" > "$work/out" 2>&1
cmp "$work/kept.pcap" "$work/wanted.pcap" || fail "frames are not kept as they were captured: $(cat "$work/out")"
"$binary" audit -r "$work/made.pcap" -r "$work/raw.pcap" -s pcaps/lab.yaml -w "$work/both.pcap" > /dev/null 2>&1
[ "$(od -An -tx4 -N4 "$work/both.pcap" | tr -d ' ')" = 0a0d0d0a ] || fail "two link types do not make a pcapng"
[ "$(packets "$work/both.pcap")" = "$((2 * $(cat "$work/story")))" ] || fail "of two link types $(packets "$work/both.pcap") packets are kept"
"$binary" audit -r "$work/scan.pcap" -s pcaps/lab.yaml -w "$work/scanned.pcap" > "$work/out" 2>&1
[ "$(packets "$work/scanned.pcap")" = "$(cat "$work/scanned")" ] ||
    fail "of a scan $(packets "$work/scanned.pcap") packets are kept instead of $(cat "$work/scanned")"

# What cannot be done is told before anything is read, and leaves nothing behind.
rm -f "$work/x.pcap"
# refuse TEXT WORDS...
refuse()
{
    local text=$1
    shift
    "$binary" audit -s pcaps/lab.yaml "$@" > "$work/out" 2> "$work/err" < pcaps/dns.pcap
    [ $? -eq 2 ] || fail "'$*' does not end with 2"
    grep -qF -- "$text" "$work/err" || fail "'$*' does not say '$text': $(cat "$work/err")"
    [ "$(wc -l < "$work/err")" -eq 1 ] || fail "'$*' says more than a line: $(cat "$work/err")"
    [ ! -s "$work/out" ] || fail "'$*' prints something although it failed"
}
cp pcaps/dns.pcap "$work/input.pcap"
mkfifo "$work/pipe"
refuse "standard input cannot be read a second time" -r - -w "$work/x.pcap"
refuse "$work/pipe is a pipe and cannot be read a second time" -r "$work/pipe" -w "$work/x.pcap"
refuse "this is the capture that is read" -r "$work/input.pcap" -w "$work/input.pcap"
mkdir -p "$work/folder/below" && cp "$work/input.pcap" "$work/folder"
refuse "lies in the folder that is read" -r "$work/folder" -w "$work/folder/below/out.pcap"
refuse "leave out --follow" -r "$work/input.pcap" --follow -w "$work/out.pcap"
refuse "-w -: is no file" -r "$work/input.pcap" -w -
refuse "-w $work/pipe: is no file" -r "$work/input.pcap" -w "$work/pipe"
refuse "say how often with --every SECONDS" -i nosuch0 -w "$work/x.pcap"
refuse "leave out --fanout" -i nosuch0 --every 1 --fanout 2 -w "$work/x.pcap"
refuse "--from gives none" --from "dir:$work/folder" -w "$work/x.pcap"
refuse "--keep wrong: no such verdict" -r "$work/input.pcap" -w "$work/x.pcap" --keep unexpected,wrong
refuse "--keep goes with -w FILE" -r "$work/input.pcap" --keep unexpected
refuse "--keep-mib goes with -w FILE" -r "$work/input.pcap" --keep-mib 5
refuse "--keep-mib 0: a number of MiB from 1" -r "$work/input.pcap" -w "$work/x.pcap" --keep-mib 0
refuse "$work/nowhere/x.pcap: cannot write: there is no folder" -r "$work/input.pcap" -w "$work/nowhere/x.pcap"
cmp -s pcaps/dns.pcap "$work/input.pcap" || fail "the input was written to"
[ -z "$(ls "$work" | grep -E '^x\.pcap|\.part$')" ] || fail "something is left behind: $(ls "$work")"
exit $bad
