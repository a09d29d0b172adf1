#!/usr/bin/env bash
# What the lab's drivers did when the captures of pcaps/ were made, and wrote down beside each: does the program see all
# of it, and nothing of what must not be there?
binary=$1
count=$(find pcaps -name '*.facts' | wc -l)
[ "$count" -eq "$(find pcaps -name '*.pcap' | wc -l)" ] || { echo "a capture has no facts"; exit 1; }
exec python3 pcaps/lab/check --pathaudit "$binary" pcaps
