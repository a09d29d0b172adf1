# sip_udp: a telephone system is redirected (302) from 5060 to the worker on 5065 and calls there, over UDP
servers=()

# sip_call TRANSPORT: u1 or t1 as SIPp names them. Its servers end by themselves after one call.
sip_call()
{
    local sip=$lab/servers/sip caller=$1 common=(-nostdin -m 1 -max_socket 500 -timeout 20)
    [ "$1" = t1 ] && caller=tn           # a caller that changes its peer needs a socket for each
    background redirect um sipp -sf "$sip/redirect.xml" -t "$1" -i "${address[um]}" -p 5060 "${common[@]}"
    background worker um sipp -sf "$sip/worker.xml" -t "$1" -i "${address[um]}" -p 5065 -mi "${address[um]}" -mp 40000 \
        -rtp_echo "${common[@]}"
    sleep 0.8
    ok pbx sipp -sf "$sip/follow.xml" -t "$caller" -i "${address[pbx]}" -p 5060 -mi "${address[pbx]}" -mp 20000 \
        "${common[@]}" "${address[um]}:5060"
    quit redirect
    quit worker
}

# sip_facts udp|tcp
sip_facts()
{
    local port
    for port in 5060 5065; do
        fact "um:$port/$1" protocol sip
        fact "um:$port/$1" client "${address[pbx]}"
        fact "um:$port/$1" sip.methods INVITE
        fact "um:$port/$1" sip.methods ACK
    done
    fact "um:5060/$1" sip.statuses 302
    fact "um:5065/$1" sip.statuses 180
    fact "um:5065/$1" sip.statuses 200
    fact "um:5065/$1" sip.methods BYE
    fact "um:5065/$1" sip.media "${address[pbx]}:20000/udp/RTP/AVP"
    fact "um:5065/$1" sip.media "${address[um]}:40000/udp/RTP/AVP"
    mute "um:5060/$1" sip.methods BYE
}

drive()
{
    sip_call u1
    sip_facts udp
    fact um:5060/udp sip.contacts "${address[um]}:5065"
}
