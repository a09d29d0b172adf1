# scenes/refused: as blocked, but edge answers with resets, as it does when no mail server runs
# shellcheck source=pcaps/lab/cases/scenes/blocked.sh
. "$lab/cases/scenes/blocked.sh"
# shellcheck disable=SC2034  # used by prepare and drive of blocked
action='reject with tcp reset' disposition=refused verdict=refused
