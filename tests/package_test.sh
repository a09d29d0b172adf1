#!/usr/bin/env bash
# The Debian package: made by cpack, whole, and running from wherever it was unpacked. (tests/system_test.sh
# installs it.)
binary=$(realpath "$1")
build=$(dirname "$binary")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for tool in cpack dpkg-deb dpkg-shlibdeps gzip; do
    command -v $tool > /dev/null || { echo "skipped: $tool is missing"; exit 77; }
done
if ldd "$binary" | grep -qE 'lib(a|ub)san'; then
    echo "skipped: a program with sanitizers is not for a package"
    exit 77
fi
bad=0
fail()
{
    echo "FAIL: $*"
    bad=1
}

(cd "$work" && cpack -G DEB --config "$build/CPackConfig.cmake" -B "$work/packed") > "$work/log" 2>&1 ||
    { cat "$work/log"; exit 1; }
deb=$(ls "$work"/packed/pathaudit_*.deb) || exit 1

# What a package says of itself.
for field in "Package: pathaudit" "Section: net" "Depends: .*libpcap0.8" "Depends: .*libc6" "Depends: .*adduser" "Depends: .*libcurl4" "Depends: .*libmicrohttpd" "Description: compares"; do
    dpkg-deb -I "$deb" | grep -qE "^ $field" || fail "the package does not say '$field'"
done
dpkg-deb -c "$deb" > "$work/list"
for file in usr/bin/pathaudit usr/share/man/man1/pathaudit.1.gz usr/share/doc/pathaudit/copyright usr/share/doc/pathaudit/changelog.gz \
    usr/share/bash-completion/completions/pathaudit usr/share/zsh/vendor-completions/_pathaudit usr/share/doc/pathaudit/docs/README.md \
    lib/systemd/system/pathaudit-watch@.service usr/share/doc/pathaudit/examples/sites/exchange-2016.yaml; do
    grep -qE " \./$file\$" "$work/list" || fail "the package has no $file"
done
for file in $(cd tables && find . -name '*.yaml' -o -name '*.tsv'); do
    grep -qF " ./usr/share/pathaudit/tables/${file#./}" "$work/list" || fail "the package has no table $file"
done
grep -vE '^(d|-)' "$work/list" && fail "something in the package is neither a file nor a folder"
grep -v ' root/root ' "$work/list" && fail "something in the package is not root's"
if command -v lintian > /dev/null; then
    lintian --fail-on error "$deb" > "$work/lint" 2>&1 || fail "lintian: $(cat "$work/lint")"
fi

# try ROOT WORDS...: the program of the unpacked package, which must not look into this source tree.
dpkg-deb -x "$deb" "$work/root"
examples=usr/share/doc/pathaudit/examples
try()
{
    local status=$1
    shift
    (cd "$work/root" && usr/bin/pathaudit "$@") > "$work/out" 2>&1
    local got=$?
    [ $got -eq "$status" ] || fail "'pathaudit $*' from the package ends with $got instead of $status: $(head -3 "$work/out")"
}
try 0 --version
try 0 tables list
grep -q exchange-2010-sp3 "$work/out" || fail "the tables of the package are not found"
try 0 tables show exchange-2016
mv "$work/root/usr/share/pathaudit/tables/exchange-2016.yaml" "$work/away.yaml"
try 2 tables show exchange-2016
mv "$work/away.yaml" "$work/root/usr/share/pathaudit/tables/exchange-2016.yaml"
try 1 audit -r $examples/pcaps/all_in_one.pcap -s $examples/pcaps/lab.yaml
try 1 audit -r $examples/pcaps/scenes/demo.pcap -s $examples/pcaps/scenes/demo.yaml
grep -q "NOT CONFORMING" "$work/out" || fail "the audit from the package says something else"

# Each link of the documents leads somewhere.
while IFS=: read -r document link; do
    link=${link#](} link=${link%)}
    [ -z "$link" ] || [ -e "$(dirname "$document")/$link" ] || fail "$document: nothing is at $link"
done < <(find "$work/root/usr/share/doc/pathaudit" -name '*.md' -exec grep -oHE '\]\([^):#]*' {} + | sort -u)

# The unit of the live view, with the program that was built in place of the one that is installed.
if command -v systemd-analyze > /dev/null; then
    sed "s|^ExecStart=pathaudit |ExecStart=$work/root/usr/bin/pathaudit |; s|^User=.*|User=root|" \
        packaging/pathaudit-watch@.service > "$work/pathaudit-watch@eth1.service"
    said=$(systemd-analyze verify --man=no "$work/pathaudit-watch@eth1.service" 2>&1 | grep 'pathaudit-watch')
    [ -z "$said" ] || fail "systemd-analyze verify: $said"
    systemd-analyze security --offline=true --threshold=25 packaging/pathaudit-watch@.service > "$work/security" 2>&1 ||
        fail "systemd-analyze security: $(tail -3 "$work/security")"
fi
exit $bad
