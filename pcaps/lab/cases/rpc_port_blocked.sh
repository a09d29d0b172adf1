# rpc_port_blocked: a domain controller's mapper hands out a port that a firewall then drops, or refuses
servers=(dc)
samr=12345778-1234-abcd-ef00-0123456789ac/1.0
drsuapi=e3514235-4b06-11d1-ab04-00c04fc2dcd2/4.0

prepare()
{
    at dc nft -f - << 'END'
table ip firewall {
    chain in {
        type filter hook input priority 0; policy accept;
        tcp dport 49154 drop
        tcp dport 49153 reject with tcp reset
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
    fails client timeout 5 rpcclient 'ncacn_ip_tcp:dc.corp.example[seal]' -U "CORP\\alice%$secret" -c enumdomusers
    fact dc:135/tcp rpc.asked $samr
    fact dc:49154/tcp endpoint samr
    fact dc:49154/tcp disposition unanswered
    fact dc:49154/tcp verdict blocked
    mute dc:49154/tcp disposition ok
    fails client timeout 5 samba-tool drs showrepl dc.corp.example -U "CORP\\Administrator%$admin_secret"
    fact dc:135/tcp rpc.asked $drsuapi
    fact dc:49153/tcp endpoint drsuapi
    fact dc:49153/tcp disposition refused
    fact dc:49153/tcp verdict refused
    mute dc:49153/tcp disposition ok
}
