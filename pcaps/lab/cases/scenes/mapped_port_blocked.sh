# scenes/mapped_port_blocked: the mapper of the domain controller gives hub a port that a firewall drops
# shellcheck source=pcaps/lab/cases/scenes/conforming.sh
. "$lab/cases/scenes/conforming.sh"

prepare()
{
    at dc nft -f - << 'END'
table ip firewall {
    chain in {
        type filter hook input priority 0; policy accept;
        tcp dport 49154 drop
    }
}
END
}

finish()
{
    at dc nft delete table ip firewall
}

drive()
{
    directory hub
    fails hub timeout 5 rpcclient 'ncacn_ip_tcp:dc.corp.example[krb5,seal]' "${ticket[@]}" -c enumdomusers
    fact dc:135/tcp rpc.asked 12345778-1234-abcd-ef00-0123456789ac/1.0
    fact dc:49154/tcp endpoint samr
    fact dc:49154/tcp disposition unanswered
    fact dc:49154/tcp verdict blocked
    mute dc:49154/tcp disposition ok
    ok hub kdestroy
}
