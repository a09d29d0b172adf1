#!/usr/bin/env bash
# Whole runs against the outputs kept in tests/golden: a change of any byte that people or programs see is a visible change.
# `bash tests/golden_test.sh BINARY --refresh` writes them anew; then read the difference before committing it.
binary=$1
refresh=$2
out=$(mktemp)
trap 'rm -f "$out"' EXIT
bad=0
cases=0
while IFS=$'\t' read -r name status words; do
    case $name in '#'* | '') continue ;; esac
    cases=$((cases + 1))
    extra=()
    case $words in *--help | help* | tables* | diff* | -*) ;; *) extra=(--no-second-opinion) ;; esac
    read -r -a line <<< "$words"
    env -u NO_COLOR -u PATHAUDIT_TABLES "$binary" "${line[0]}" "${extra[@]}" "${line[@]:1}" > "$out" 2>&1 < /dev/null
    got=$?
    if [ "$got" -ne "$status" ]; then
        echo "$name: ends with $got instead of $status: $words"
        bad=1
    fi
    if [ "$refresh" = --refresh ]; then
        cat "$out" > "tests/golden/$name"
    elif ! diff -u "tests/golden/$name" "$out" > "$out.diff"; then
        echo "$name: differs: $words"
        head -30 "$out.diff"
        bad=1
    fi
    rm -f "$out.diff"
done < tests/golden/cases.tsv
[ "$cases" -gt 0 ] || { echo "no cases"; bad=1; }
exit $bad
