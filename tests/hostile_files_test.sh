#!/usr/bin/env bash
# Files and folders that somebody with fewer rights may write to: nothing waits or grows without end for what stands
# there, names in them do nothing to a terminal, and what is written anew is not readable by more than before.
binary=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
fail()
{
    echo "FAIL: $*"
    bad=1
}

# ends STATUS TEXT WORDS...: ends so, within reason, says TEXT, and nothing but text.
ends()
{
    local status=$1 text=$2
    shift 2
    timeout 60 "$binary" "$@" > "$work/out" 2> "$work/err" < /dev/null
    local got=$?
    [ "$got" -eq "$status" ] || fail "'$*' ends with $got instead of $status: $(head -c 500 "$work/err")"
    [ -z "$text" ] || grep -qF -- "$text" "$work/err" || fail "'$*' does not say '$text': $(head -c 500 "$work/err")"
    LC_ALL=C grep -q $'[\001-\010\013-\037]' "$work/err" && fail "'$*' says control characters: $(head -c 500 "$work/err" | cat -v)"
}

# Observations.
"$binary" observe -q -r pcaps/smtp.pcap -O "dir:$work/seen" || fail "observe"
run=$(echo "$work"/seen/2*)
mv "$run/facts.tsv" "$work/facts.tsv"
mkfifo "$run/facts.tsv"
ends 2 "facts.tsv: it is no plain file" audit --from "dir:$work/seen"
rm "$run/facts.tsv"
ln -s /dev/zero "$run/facts.tsv"
ends 2 "facts.tsv: it is no plain file" audit --from "dir:$work/seen"
rm "$run/facts.tsv"
head -c 3000000 /dev/zero | tr '\0' 'a' > "$run/facts.tsv"
ends 2 "facts.tsv:1: these are not the columns" audit --from "dir:$work/seen"
mv "$work/facts.tsv" "$run/facts.tsv"
mv "$run" "$work/seen/"$'2\033[31mrun'
ends 1 "" audit --from "dir:$work/seen" -s pcaps/lab.yaml
rm "$work/seen/"*/coverage.tsv
ends 2 "coverage.tsv: No such file" audit --from "dir:$work/seen"

# A ledger.
ends 2 "/dev/zero" audit -r pcaps/smtp.pcap --ledger /dev/zero
{ printf 'pathaudit.ledger/1\n'; head -c 30000000 /dev/zero | tr '\0' 'a'; } > "$work/ledger"
ends 2 "ledger:2: these are not the columns" audit -r pcaps/smtp.pcap --ledger "$work/ledger"
printf 'pathaudit.ledger/\033]0;mine\007\n' > "$work/ledger"
ends 2 "is a ledger of version" audit -r pcaps/smtp.pcap --ledger "$work/ledger"

# A folder of captures, and captures, with names of a stranger.
mkdir "$work/ring"
cp pcaps/smtp.pcap "$work/ring/"$'a\033[7m.pcap'
echo nothing > "$work/ring/"$'b\033]0;mine\007'
ends 1 "1 capture; passed over: 1" audit -r "$work/ring" -s pcaps/lab.yaml
head -c 1000 pcaps/smtp.pcap > "$work/"$'cut\033[5m.pcap'
ends 0 "cut off in the middle" observe -r "$work/"$'cut\033[5m.pcap'
ends 2 "none.yaml" audit -r pcaps/smtp.pcap -s "$work/"$'\033[5mnone.yaml'

# What is written anew has no more rights than it had.
for words in "-o" "--ledger" "--propose-exceptions"; do
    rm -f "$work/new"
    (umask 022 && "$binary" audit -q -r pcaps/smtp.pcap -s pcaps/lab.yaml $words "$work/new" > /dev/null)
    [ "$(stat -c %a "$work/new")" = 644 ] || fail "$words of a new file: $(stat -c %a "$work/new")"
    chmod 600 "$work/new"
    (umask 022 && "$binary" audit -q -r pcaps/smtp.pcap -s pcaps/lab.yaml $words "$work/new" > /dev/null)
    [ "$(stat -c %a "$work/new")" = 600 ] || fail "$words gives rights back: $(stat -c %a "$work/new")"
done
ln -s new "$work/link"
"$binary" audit -q -r pcaps/smtp.pcap -s pcaps/lab.yaml -T json -o "$work/link"
[ -L "$work/link" ] && fail "a link was written through"
ls "$work" | grep -q '\.part' && fail "something half-written is left behind"

# A full disk.
for words in "--help" "--version" "tables list" "observe -r pcaps/smtp.pcap" "audit -r pcaps/smtp.pcap -T html"; do
    # shellcheck disable=SC2086
    "$binary" $words > /dev/full 2> "$work/err"
    [ $? -eq 2 ] && grep -q "cannot write: No space left" "$work/err" || fail "$words on a full disk: $(cat "$work/err")"
done
exit $bad
