# rpc_port_blocked_emulated: the mapper hands out a port that a firewall then drops or refuses (mapper emulated)
servers=(exchange_rpc)
emsmdb='a4f1db00-ca47-1067-b31f-00dd010662da 0.81'
nspi='f5cc5a18-4264-101a-8c59-08002b2f8426 56.0'
rfr='1544f5e0-613c-11d1-93df-00c04fd7bd09 1.0'

prepare()
{
    at mbx nft -f - << 'END'
table ip firewall {
    chain in {
        type filter hook input priority 0; policy accept;
        tcp dport 6004 drop
        tcp dport 6002 reject with tcp reset
    }
}
END
    at cas nft -f - << 'END'
table ip firewall {
    chain in {
        type filter hook input priority 0; policy accept;
        tcp dport 59532 reject with icmp type admin-prohibited
    }
}
END
}

finish()
{
    at mbx nft delete table ip firewall
    at cas nft delete table ip firewall
}

# blocked HOST NAME "UUID VERSION" PORT DISPOSITION VERDICT
blocked()
{
    # shellcheck disable=SC2086  # two words
    fails client /usr/bin/python3 "$lab/clients/rpc_talk.py" "${address[$1]}" $3
    says "mapped $4"
    says "no connection"
    fact "$1:135/tcp" rpc.asked "${3/ //}"
    fact "$1:$4/tcp" endpoint "$2"
    fact "$1:$4/tcp" client "${address[client]}"
    fact "$1:$4/tcp" disposition "$5"
    fact "$1:$4/tcp" verdict "$6"
    mute "$1:$4/tcp" disposition ok
}

drive()
{
    blocked mbx nspi "$nspi" 6004 unanswered blocked
    blocked mbx rfr "$rfr" 6002 refused refused
    blocked cas nspi "$nspi" 59532 prohibited blocked
    # shellcheck disable=SC2086
    ok client /usr/bin/python3 "$lab/clients/rpc_talk.py" "${address[cas]}" $emsmdb
    says called
    fact cas:59531/tcp rpc.accepted "${emsmdb/ //}"
}
