# The words in which cases and servers are written.
#
#   ok HOST COMMAND...     the command succeeds there      says TEXT             its output has TEXT
#   fails HOST COMMAND...  it does not                     fact WHERE KEY VALUE  so the capture must show this
#   mute WHERE KEY VALUE   the capture must not show this
# A case sets servers (which it needs), drive (what happens while capturing) and, if it must, prepare and finish (before
# and after) and frames (a filter for tcpdump).
# WHERE is host:port/transport of the server. Facts rest on what the clients were told to do and reported, never on the
# capture: a command that ends otherwise than expected fails the case, and its facts are not written.

declare -A pid_of

# case_run CASE: 0 when all went as expected
case_run()
{
    local case=$1 server began place=$out/$1
    mishaps=0
    log=$state/keep/$case.log
    facts=$state/$case.facts
    last=$state/last
    mkdir -p "${log%/*}" "${facts%/*}" "${place%/*}" # a case may stand in a folder
    : > "$facts"
    : > "$log"
    unset -f prepare finish
    servers=()
    frames=()
    # shellcheck source=/dev/null
    . "$lab/cases/$case.sh"
    for server in "${servers[@]}"; do serve "$server" || return 1; done
    if declare -F prepare > /dev/null; then prepare >> "$log" 2>&1; fi
    began=$SECONDS
    [ -z "$listener" ] || listen_start "$listener" "$out/$case" || return 1
    span_start "$out/$case.pcap.part" "${frames[@]}" || return 1
    drive
    span_stop
    [ -z "$listener" ] || listen_stop
    if declare -F finish > /dev/null; then finish >> "$log" 2>&1; fi
    [ "$span_dropped" = 0 ] || mishap "the kernel dropped $span_dropped frames"
    if [ "$mishaps" -gt 0 ]; then
        mv "$out/$case.pcap.part" "$state/keep/$case.failed.pcap"
        echo "lab: $case FAILED"
        return 1
    fi
    mv "$out/$case.pcap.part" "$out/$case.pcap"
    {
        sed -n 1p "$lab/cases/$case.sh"
        echo "capture packets $span_packets"
        sort -u "$facts"
    } > "$out/$case.facts"
    printf 'lab: %-32s %6d packets %4d facts %4d s\n' "$case" "$span_packets" \
        "$(grep -vc '^#' "$out/$case.facts")" $((SECONDS - began))
}

# drive_all CASE...: drives several cases into one capture. What one must not show another may: no "not" survives.
drive_all()
{
    local one
    for one in "$@"; do
        # shellcheck source=/dev/null
        . "$lab/cases/$one.sh"
        drive
    done
    sed -i '/^not /d' "$facts"
}

mishap()
{
    mishaps=$((mishaps + 1))
    echo "lab: $case: $*" >&2
}

# serve SERVER: starts it unless it runs
serve()
{
    [ -n "${pid_of[$1]-}" ] && return 0
    # shellcheck source=/dev/null
    . "$lab/servers/$1.sh"
    pid_of[$1]=none
    "start_$1" > "$state/keep/start_$1.log" 2>&1 && return 0
    echo "lab: $1 does not start:" >&2
    tail -n 20 "$state/keep/start_$1.log" >&2
    unset "pid_of[$1]"
    return 1
}

# background NAME HOST COMMAND...
background()
{
    local name=$1 host=$2
    shift 2
    # Not by at(): the process id must be the one of the command itself.
    nsenter --net="/run/netns/$host" --uts="/run/uts/$host" -- "$@" > "$state/keep/$name.log" 2>&1 < /dev/null &
    pid_of[$name]=$!
}

# quit NAME: ends what background started, and waits for it
quit()
{
    [ -n "${pid_of[$1]-}" ] || return 0
    kill "${pid_of[$1]}" 2> /dev/null
    wait "${pid_of[$1]}" 2> /dev/null
    unset "pid_of[$1]"
}

# listens HOST PORT...: waits until all of them accept TCP connections
listens()
{
    local host=$1 port i
    shift
    for port in "$@"; do
        for i in {1..200}; do
            at "$host" ss -Hlnt "sport = :$port" | grep -q . && continue 2
            sleep 0.1
        done
        echo "nobody listens on $host:$port"
        return 1
    done
}

attempt()
{
    printf -- '--- %s\n' "$*" >> "$log"
    timeout 25 nsenter --net="/run/netns/$1" --uts="/run/uts/$1" -- "${@:2}" > "$last" 2>&1 < "${input:-/dev/null}"
    local status=$?
    cat "$last" >> "$log"
    printf -- '--- ends with %s\n' "$status" >> "$log"
    return "$status"
}

ok()
{
    attempt "$@" || mishap "did not succeed: $*: $(tail -n 1 "$last")"
}

fails()
{
    if attempt "$@"; then mishap "should have failed: $*"; fi
}

# typed TEXT ok|fails HOST COMMAND...: with TEXT as its standard input
typed()
{
    printf '%b' "$1" > "$state/input"
    local input=$state/input
    shift
    "$@"
}

says()
{
    grep -qF -- "$*" "$last" || mishap "the client did not say '$*': $(tail -n 1 "$last")"
}

where()
{
    local host=${1%%:*}
    echo "${address[$host]-$host}:${1#*:}"
}

fact()
{
    local at
    at=$(where "$1")
    shift
    echo "$at $*" >> "$facts"
}

mute()
{
    local at
    at=$(where "$1")
    shift
    echo "not $at $*" >> "$facts"
}
