# scenes/call_without_media: a call is taken, both ends agree on ports for its sound, and a firewall drops all of it
servers=()

prepare()
{
    local host
    for host in um pbx; do
        at "$host" nft -f - << 'END'
table ip firewall {
    chain out {
        type filter hook output priority 0; policy accept;
        udp dport { 20000-20003, 40000-40003 } drop
    }
}
END
    done
}

finish()
{
    at um nft delete table ip firewall
    at pbx nft delete table ip firewall
}

drive()
{
    local sip=$lab/servers/sip common=(-nostdin -m 1 -max_socket 500 -timeout 30)
    background worker um sipp -sf "$sip/worker.xml" -t t1 -i "${address[um]}" -p 5065 -mi "${address[um]}" -mp 40000 \
        "${common[@]}"
    sleep 0.8
    # It plays its sound, hears nothing for twelve seconds, and hangs up.
    ok pbx sipp -sf "$sip/call.xml" -d 12000 -t t1 -i "${address[pbx]}" -p 5060 -mi "${address[pbx]}" -mp 20000 \
        "${common[@]}" "${address[um]}:5065"
    quit worker
    fact um:5065/tcp sip.methods INVITE
    fact um:5065/tcp sip.statuses 200
    fact um:5065/tcp sip.methods BYE
    fact um:5065/tcp sip.media "${address[pbx]}:20000/udp/RTP/AVP"
    fact um:5065/tcp sip.media "${address[um]}:40000/udp/RTP/AVP"
    mute um:40000/udp client "${address[pbx]}"
    mute pbx:20000/udp client "${address[um]}"
}
