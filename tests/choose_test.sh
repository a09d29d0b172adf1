#!/usr/bin/env bash
# Without -t the table is chosen by what was seen, and why is said; a table that is included does not stand against one
# that includes it and says as much itself; pieces of tables are used by their names and are no choice.
set -u
program=$1
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
failures=0
export PATHAUDIT_TABLES=$work/tables
mkdir -p "$PATHAUDIT_TABLES/mail"
cp tables/rpc-interfaces.tsv "$PATHAUDIT_TABLES"
sed '/^tables:/d' pcaps/lab.yaml > "$work/site.yaml"

table() { # NAME, then keys and rows
  printf 'table: %s\nsource: test\n%s\n' "$1" "$2" > "$PATHAUDIT_TABLES/$1.yaml"
}

chosen() { # what is expected, the capture
  local said
  said=$("$program" audit -r "pcaps/$2" -s "$work/site.yaml" -T json --no-second-opinion |
    python3 -c 'import json, sys; d = json.load(sys.stdin); print(d["tables"][0] + ": " + d["table_reason"])')
  if [ "$said" != "$1" ]; then
    echo "$2: expected \"$1\", but \"$said\""
    failures=$((failures + 1))
  fi
}

pop='{id: pop, name: P, from: pop3-client, to: client-access, ports: [110/tcp]}'
imap='{id: imap, name: I, from: imap4-client, to: client-access, ports: [143/tcp]}'
web='{id: web, name: W, from: web-client, to: client-access, ports: [80/tcp, 443/tcp]}'
any='{id: all, name: A, from: any, to: any, ports: [any]}'

table one "paths: [$pop]"
table everything "paths: [$any]"
chosen 'one: has rows for 1 of 38 conversations, no other for any' all_in_one.pcap
table two "paths: [$pop, $imap]"
chosen 'two: has rows for 2 of 38 conversations, next is one with 1' all_in_one.pcap
table other "paths: [$imap, {id: b, name: B, from: backup, to: hub, ports: [25/tcp]}, $pop]"
chosen 'other: has rows for 2 of 38 conversations, as two has, which is shorter' all_in_one.pcap
rm "$PATHAUDIT_TABLES"/{one,two,other}.yaml

# Rows of an included table do not count for the one that includes it, those of a piece do.
table child "paths: [$pop, $imap]"
table parent "include: [child]
paths: [{id: b, name: B, from: backup, to: hub, ports: [25/tcp]}]"
chosen 'child: has rows for 2 of 38 conversations, no other for any' all_in_one.pcap
table parent "include: [child]
paths: [$web]"
chosen 'parent: has rows for 2 of 38 conversations, no other for any' all_in_one.pcap
rm "$PATHAUDIT_TABLES/parent.yaml"
printf 'table: mail/web\npaths: [%s]\n' "$web" > "$PATHAUDIT_TABLES/mail/web.yaml"
table whole "include: [mail/web]
paths: [{id: p2, name: P, from: pop3-client, to: client-access, ports: [110/tcp]}]"
chosen 'whole: has rows for 3 of 38 conversations, next is child with 2' all_in_one.pcap

listed=$("$program" tables list | cut -d' ' -f1 | tr '\n' ' ')
if [ "$listed" != 'child everything whole ' ]; then
  echo "listed: $listed"
  failures=$((failures + 1))
fi
if ! "$program" tables show mail/web | grep -q '^mail/web'; then
  echo 'a piece of a table is not found by its name'
  failures=$((failures + 1))
fi
exit $((failures > 0))
