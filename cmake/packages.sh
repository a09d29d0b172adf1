#!/bin/sh
# Makes sure that what the build needs is there: installs missing Debian packages when run as root (or with a sudo that
# asks nothing), and otherwise lists them in one command to copy.
needed="build-essential cmake pkg-config libpcap-dev zlib1g-dev libzstd-dev libndpi-dev libgcrypt20-dev libfyaml-dev libjansson-dev libcurl4-openssl-dev libcap-ng-dev libseccomp-dev libmicrohttpd-dev libcmocka-dev strace nftables python3 python3-jsonschema git"
command -v dpkg-query > /dev/null || exit 0 # not Debian: CMake will say what it misses

missing=""
for package in $needed; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null)
    [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=""
if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo > /dev/null && sudo -n true 2> /dev/null; then
        as_root="sudo -n"
    else
        echo "These packages are needed and not installed; install them and try again:"
        echo "    sudo apt-get install$missing"
        exit 1
    fi
fi
echo "installing:$missing"
$as_root apt-get update -qq || exit 1
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing > /dev/null || exit 1
