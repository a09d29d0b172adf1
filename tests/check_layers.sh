#!/bin/sh
# Every #include "folder/file.h" must go down the list of tests/layers.txt, never up, and name an existing file.
# A folder with C files that the list does not name is an error too, so that the list cannot fall behind.
bad=0
for folder in $(git ls-files '*.c' '*.h' 2>/dev/null | sed -n 's,/.*,,p' | sort -u) base; do
    grep -qE "^$folder( |\$)" tests/layers.txt || { echo "$folder is not in tests/layers.txt"; bad=1; }
done
while read -r layer below; do
    [ -d "$layer" ] || continue
    for used in $(find "$layer" -name '*.[ch]' -exec grep -hoE '#include "[^"]+"' {} + | sed 's/.*"\(.*\)"/\1/' | sort -u); do
        [ -f "$used" ] || { echo "$layer includes \"$used\", which is no file of the tree"; bad=1; }
        case " $layer $below " in
        *" ${used%%/*} "*) ;;
        *) echo "$layer must not include $used"; bad=1 ;;
        esac
    done
done < tests/layers.txt
exit $bad
