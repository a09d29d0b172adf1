#!/usr/bin/env bash
# The examples of --help are commands that work, and completion for bash and zsh offers what the program takes.
binary=$(realpath "$1")
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
fail()
{
    echo "FAIL: $*"
    bad=1
}
mkdir "$work/bin" "$work/run"
ln -s "$binary" "$work/bin/pathaudit"
ln -s "$root/pcaps" "$work/run/pcaps"
export PATH=$work/bin:$PATH PATHAUDIT_TABLES=$root/tables

# Examples, in their order: one may use what the one before wrote. Those of interfaces need some, and are only parsed.
count=0
for command in "" audit endpoints observe rules roles tables diff watch; do
    pathaudit $command --help > "$work/help" || fail "$command --help does not end well"
    while read -r line; do
        count=$((count + 1))
        case $line in
        *" -i eth1"*)
            (cd "$work/run" && eval "${line//contoso.yaml/pcaps\/lab.yaml}" > "$work/out" 2> "$work/err")
            grep -q "eth1: there is no such interface\|/dev/log: " "$work/err" || fail "'$line' says: $(cat "$work/err")"
            ;;
        *)
            (cd "$work/run" && eval "$line" > "$work/out" 2> "$work/err")
            [ $? -ne 2 ] || fail "'$line' does not work: $(cat "$work/err")"
            ;;
        esac
    done < <(sed -n '/^Examples/,$s/^  \(pathaudit .*\)/\1/p' "$work/help")
done
[ $count -ge 20 ] || fail "only $count examples in all of help"

# offers WORDS...: what bash would offer for the last word.
offers()
{
    (
        cd "$root" || exit 1
        # shellcheck source=/dev/null
        source completions/pathaudit.bash
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
        _pathaudit
        echo " ${COMPREPLY[*]} "
    )
}
# check WANTED WORDS...: is WANTED among what is offered?
check()
{
    local wanted=$1
    shift
    local offered
    offered=$(offers "$@" 2>&1)
    [[ $offered == *" $wanted "* ]] || fail "bash completion of '$*' offers$offered, not $wanted"
}
check audit pathaudit au
check watch pathaudit ""
check --help pathaudit --
for command in audit endpoints observe rules roles tables diff watch; do
    check "$command" pathaudit "${command:0:2}"
    pathaudit $command --help | grep -oE '^ +(-[a-zA-Z], )?--[a-z-]+' | grep -oE -- '--[a-z-]+' > "$work/options"
    [ -s "$work/options" ] || fail "no options in the help of $command"
    offered=$(offers pathaudit $command --)
    while read -r option; do
        [[ $offered == *" $option "* ]] || fail "bash completion of $command does not offer $option"
    done < "$work/options"
done
check -r pathaudit audit -r # a letter alone is complete
check exchange-2016 pathaudit audit -t exchange-20
check tables pathaudit audit -t tab
check html pathaudit audit -T ht
check cisco-asa pathaudit rules -T ""
check findings pathaudit audit --only f
check unexpected-attempt pathaudit audit --keep un
check pcaps/dns.pcap pathaudit audit -r pcaps/dns.p
check lo pathaudit watch -i l
check show pathaudit tables s
check exchange-5.5 pathaudit tables show exchange-5
check always pathaudit audit --color a
check dir: pathaudit audit --from d
check pcaps pathaudit audit --from dir : pca
offered=$(offers pathaudit observe --)
[[ $offered != *" --table "* ]] || fail "bash completion offers observe what it does not take: $offered"
if command -v zsh > /dev/null; then
    zsh -n completions/_pathaudit || fail "zsh does not understand completions/_pathaudit"
fi
exit $bad
