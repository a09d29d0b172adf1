# The first process inside the lab's namespaces: makes a private copy of what daemons write to, joins the hosts, then
# makes one capture after the other. Ends with 1 when a case did not go as its drivers expected.
# words: OUT KEEP LISTENER CASE...
set -uo pipefail

lab=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
out_dir=$1
keep=$2
listener=$3 # a pathaudit that listens too; may be empty
shift 3

# shellcheck source=pcaps/lab/lib/net.sh
. "$lab/lib/net.sh"
# shellcheck source=pcaps/lab/lib/span.sh
. "$lab/lib/span.sh"
# shellcheck source=pcaps/lab/lib/drive.sh
. "$lab/lib/drive.sh"
# shellcheck source=pcaps/lab/lib/private.sh
. "$lab/lib/private.sh"

began=$SECONDS
failed=()
private_up "$out_dir" || exit 2
net_up || { echo "lab: cannot join the hosts: see above" >&2; exit 2; }
span_up || exit 2
private_certificates

for case in "$@"; do
    case_run "$case" || failed+=("$case")
done
if [ "$keep" = yes ]; then
    rm -rf "$out/state"
    cp -r --no-preserve=ownership "$state/keep" "$out/state"
fi
echo "lab: $# cases, ${#failed[@]} failed${failed[*]:+: ${failed[*]}}; $((SECONDS - began)) s"
[ ${#failed[@]} -eq 0 ]
