#!/bin/sh
# bench_generate gives the same file for the same words, another one for another seed, refuses what makes no sense and
# leaves nothing half-written; bench_loop counts what was generated; bench_measure tells cost and end of a command;
# bench_distance tells of each two processors. Called with the folder of these programs, from the root of the project.
programs=$1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0
fail()
{
    echo "FAIL: $*"
    bad=1
}

for kind in mix small elephants many; do
    captures=$([ $kind = mix ] && ls pcaps/*.pcap)
    said=$("$programs/bench_generate" -p 1 $kind "$work/a" 7 $captures) || fail "$kind cannot be made"
    "$programs/bench_generate" -p 1 $kind "$work/b" 7 $captures > "$work/said"
    "$programs/bench_generate" -p 1 $kind "$work/c" 8 $captures > "$work/said"
    cmp -s "$work/a" "$work/b" || fail "$kind differs from run to run"
    cmp -s "$work/a" "$work/c" && fail "$kind does not depend on the seed"
    packets=$("$programs/bench_loop" "$work/a" | cut -d' ' -f1)
    [ "$said" = "$work/a: $packets packets, $(stat -c %s "$work/a") bytes" ] || fail "$kind: $said, read $packets"
done

refuses()
{
    wanted=$1
    shift
    said=$("$programs/bench_generate" "$@" 2>&1)
    status=$?
    [ $status = 2 ] || fail "\"$*\" ends with $status instead of 2"
    case $said in *"$wanted"*) ;; *) fail "\"$*\" says: $said" ;; esac
    [ -e "$work/new" ] || [ -e "$work/new.part" ] && fail "\"$*\" leaves a file"
}
refuses 'a kind and a file' mix
refuses 'is no kind' big "$work/new"
refuses '1 to 100' -p 101 small "$work/new"
refuses 'needs captures' mix "$work/new" 1
refuses 'one word too many' small "$work/new" 1 pcaps/dns.pcap
refuses 'README.md: cannot be read' mix "$work/new" 1 pcaps/README.md
refuses 'cannot be written' small "$work/none/new"
refuses 'no ordinary file' -p 1 small "$work"

"$programs/bench_measure" "$work/cost" sh -c 'exit 3' || fail "bench_measure fails with its command"
read -r wall user system peak status < "$work/cost"
[ "$status" = 3 ] && [ "$wall" -gt 0 ] && [ "$peak" -gt 0 ] && [ $((user + system)) -ge 0 ] || fail "bench_measure counts wrongly"

processors=$(nproc)
[ "$processors" -gt 16 ] && processors=16
pairs=$("$programs/bench_distance" | awk '$1 < $2 && $3 > 0' | wc -l)
[ "$pairs" = $((processors * (processors - 1) / 2)) ] || fail "bench_distance tells of $pairs pairs of $processors processors"
exit $bad
