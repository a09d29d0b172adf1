# Completion of pathaudit for bash. Options, forms and tables are asked of the program itself (its --help, `tables list`), so
# nothing here falls behind it.

# _pathaudit_options COMMAND: every option that its help tells.
_pathaudit_options()
{
    "$1" help "$2" 2> /dev/null | sed -nE 's/^  (-[A-Za-z]), (--[a-z-]+).*/\1\n\2/p; s/^      (--[a-z-]+).*/\1/p'
}

# _pathaudit_files CURRENT PATTERN: files whose names are so and folders, or when there are none all files.
_pathaudit_files()
{
    local extglob
    extglob=$(shopt -p extglob)
    shopt -s extglob
    compopt -o filenames 2> /dev/null
    mapfile -t COMPREPLY < <(compgen -f -X "!$2" -- "$1"; compgen -d -- "$1")
    [[ ${#COMPREPLY[@]} -gt 0 ]] || mapfile -t COMPREPLY < <(compgen -f -- "$1")
    $extglob
}

# What follows an option: prints the words there are to choose from, or "files", "captures", "sites" or "folders".
_pathaudit_values()
{
    local program=$1 command=$2 option=$3 current=$4
    case $option in
    -T | --format) "$program" help "$command" 2> /dev/null | sed -n 's/.*-T \([a-z|-]*\).*/\1/p;' | head -n 1 | tr '|' '\n' ;;
    -t | --table) "$program" tables list 2> /dev/null | cut -d ' ' -f 1 && echo files ;;
    -i | --interface) ls /sys/class/net ;;
    --only) printf '%s\n' conversations paths endpoints findings ;;
    --color) printf '%s\n' auto always never ;;
    --keep) printf '%s\n' deviating blocked refused unexpected unexpected-attempt undetermined unclassified conforming out-of-scope ;;
    --findings) printf '%s\n' - syslog syslog: files ;;
    --user) getent passwd | cut -d : -f 1 ;;
    --spool) compgen -d -- "$current" ;;
    -O | --observations | --from) if [[ $current == dir:* ]]; then echo folders; else printf '%s\n' dir: clickhouse:; fi ;;
    -r | --read) echo captures ;;
    -s | --site) echo sites ;;
    -o | --output | -w | --write | --*-key | --*-file | --ledger | --rpc-interfaces | --propose-exceptions) echo files ;;
    --duration | --packets | --snaplen | --buffer | --every | --send-every | --fanout | --workers | --memory | --sensor | --since | --until | --for | --explain | --keep-mib | --spool-mib | --listen) ;;
    *) return 1 ;;
    esac
}

_pathaudit()
{
    local program=${COMP_WORDS[0]} current=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local words
    COMPREPLY=()
    # readline splits words at a colon: dir:seen comes as dir, : and seen.
    if [[ $current == : ]]; then
        current=dir: previous=${COMP_WORDS[COMP_CWORD - 2]}
    elif [[ $previous == : && COMP_CWORD -gt 3 ]]; then
        compopt -o filenames 2> /dev/null
        mapfile -t COMPREPLY < <(compgen -d -- "$current")
        return
    fi
    if [[ $COMP_CWORD -eq 1 || ( $command == help && $COMP_CWORD -eq 2 ) ]]; then
        words=$("$program" --help 2> /dev/null | sed -n '/^Commands/,/^$/s/^  \([a-z]*\) .*/\1/p')
        [[ $COMP_CWORD -gt 1 ]] || words+=' help --help --version'
        COMPREPLY=($(compgen -W "$words" -- "$current"))
        return
    fi
    if words=$(_pathaudit_values "$program" "$command" "$previous" "$current"); then
        case $words in
        files | *$'\n'files)
            compopt -o filenames 2> /dev/null
            mapfile -t COMPREPLY < <(compgen -W "${words%files}" -- "$current"; compgen -f -- "$current")
            ;;
        captures) _pathaudit_files "$current" '*.@(pcap|pcapng|cap|dmp)*' ;;
        sites) _pathaudit_files "$current" '*.@(yaml|yml)' ;;
        folders) COMPREPLY=($(compgen -d -P dir: -- "${current#dir:}")) ;;
        dir:*)
            compopt -o nospace 2> /dev/null
            COMPREPLY=($(compgen -W "$words" -- "$current"))
            ;;
        *) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
        esac
        return
    fi
    if [[ $current == -* ]]; then
        COMPREPLY=($(compgen -W "$(_pathaudit_options "$program" "$command")" -- "$current"))
    elif [[ $command == tables && $COMP_CWORD -eq 2 ]]; then
        COMPREPLY=($(compgen -W "list show check" -- "$current"))
    elif [[ $command == tables && ${COMP_WORDS[2]} == show ]]; then
        COMPREPLY=($(compgen -W "$("$program" tables list 2> /dev/null | cut -d ' ' -f 1)" -- "$current"))
    elif [[ $command == tables || $command == diff ]]; then
        compopt -o filenames 2> /dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
    fi
} &&
    complete -F _pathaudit pathaudit
