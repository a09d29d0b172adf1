#!/usr/bin/env bash
# What the README shows of the demo is what `make demo` prints: every line but "..." stands in the golden report, in this order,
# and the Makefile audits what that report is of.
golden=tests/golden/scene-demo.txt
awk '/^What `make demo` prints/ { near = 1 } near && /^```/ { if (inside) exit; inside = 1; next } inside' README.md |
    awk -v golden="$golden" '
        $0 == "" || /^ *\.\.\.$/ { next }
        {
            shown++
            while ((more = (getline line < golden)) > 0 && line != $0) { }
            if (more <= 0) { print "FAIL: the README shows what the demo does not print (there): " $0; bad = 1; exit }
        }
        END { if (shown < 40 && !bad) { print "FAIL: only " shown " lines of the demo were found in the README"; bad = 1 } exit bad }' || exit 1
words=$(awk -F '\t' '$1 == "scene-demo.txt" { print $3 }' tests/golden/cases.tsv)
grep -qF "pathaudit $words" Makefile || { echo "FAIL: make demo does not do: $words"; exit 1; }
page=$(sed -n 's/.*writes a page: \(.*\)/\1/p' README.md)
grep -qF -- "-T html -o $page" Makefile || { echo "FAIL: make demo does not write $page"; exit 1; }
