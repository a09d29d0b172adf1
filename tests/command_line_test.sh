#!/usr/bin/env bash
# The examples of --help are commands that work, the completions know what follows every option, and the manual page can be
# read. (tests/help_test.c holds help and manual page to the options; tests/completion_test.py types into a bash and a zsh.)
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

# Both completions know what follows an option that takes a value. (Options themselves they ask of the program.)
count=0
while read -r name value; do
    count=$((count + 1))
    [ "$value" = true ] || continue
    for completion in completions/pathaudit.bash completions/_pathaudit; do
        grep -qE -- "(^| )--($name|\*-${name##*-})( |\)|\$)" "$completion" || fail "$completion does not know what follows --$name"
    done
done < <(sed -nE 's/^    \{(0|.[a-zA-Z].), "([a-z-]+)", .*, (true|false), take_.*/\2 \3/p' app/options.c)
[ $count -eq "$(sed -n "/options_known\[\] = {/,/^};/p" app/options.c | grep -c take_)" ] || fail "only $count options read in app/options.c"

# --version tells every library that the program is linked to (libgcrypt is nDPI's); and of one that is another than it was built with, both.
pathaudit --version > "$work/version"
for library in $(readelf -d "$binary" | sed -nE 's/.*NEEDED.*\[lib([a-z-]+)[-.0-9]*\.so.*/\1/p' | grep -vxE 'c|m|pthread|gcrypt|asan|ubsan|gcov|gcc_s'); do
    case $library in z) library=zlib ;; esac
    grep -qiE "^(lib)?$library " "$work/version" || fail "--version does not tell of $library: $(cat "$work/version")"
done
for library in libcurl libmicrohttpd; do
    grep -qE "^$library [0-9]" "$work/version" || fail "--version does not tell of $library: $(cat "$work/version")"
done

# What speaks HTTP is loaded when it is needed, with all that it needs itself: no other run has it in its memory.
spoken=$(ldd "$binary" | grep -oE 'lib(curl|microhttpd|ssl|gnutls|ssh2|ldap|krb5)[-.0-9a-z]*' | sort -u)
[ -z "$spoken" ] || fail "the program is linked to $spoken"
# Where it is not there, that is told, and whatever needs none of it works.
mkdir "$work/broken"
for library in $(strings -n 8 "$binary" | grep -xE 'lib(curl|microhttpd)\.so\.[0-9]+'); do
    echo nothing > "$work/broken/$library"
done
[ "$(find "$work/broken" -type f | wc -l)" -eq 2 ] || fail "the program does not say which libraries it loads"
LD_LIBRARY_PATH=$work/broken pathaudit audit -q --from clickhouse:http://127.0.0.1:1/none > "$work/out" 2> "$work/err"
[ $? -eq 2 ] && grep -q 'cannot load a library: .*libcurl' "$work/err" || fail "without libcurl: $(cat "$work/err")"
LD_LIBRARY_PATH=$work/broken pathaudit --version | grep -q '^libmicrohttpd built with .*cannot load' || fail "--version needs libmicrohttpd"
if ! ldd "$binary" | grep -q libasan && command -v cc > /dev/null; then
    echo 'const char *zlibVersion(void); const char *zlibVersion(void) { return "1.2.99"; }' | cc -shared -fPIC -x c - -o "$work/other.so"
    LD_PRELOAD=$work/other.so pathaudit --version | grep -qE '^zlib 1\.2\.99, built with 1\.[0-9.]+$' || fail "another zlib is not told"
fi

# The manual page, by those who would print it.
if command -v mandoc > /dev/null; then
    lint=$(mandoc -T lint -W warning docs/pathaudit.1) || fail "the manual page: $lint"
fi
if command -v man > /dev/null && man --version > /dev/null 2>&1; then
    warned=$(LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z docs/pathaudit.1 2>&1 > /dev/null)
    [ -z "$warned" ] || fail "the manual page: $warned"
fi
exit $bad
