# sip_tls: a call through two proxies with a TLS trunk on 5061; a registration that is told to use NTLM
servers=(proxies)

finish()
{
    stop_proxies
}

drive()
{
    local sip=$lab/servers/sip common=(-nostdin -m 1 -max_socket 500 -timeout 20)
    background worker um sipp -sf "$sip/worker.xml" -t u1 -i "${address[um]}" -p 5065 -mi "${address[um]}" -mp 41000 \
        -rtp_echo "${common[@]}"
    sleep 0.8
    ok client sipp -sf "$sip/call.xml" -d 2500 -t u1 -i "${address[client]}" -p 5070 -mi "${address[client]}" -mp 21000 \
        "${common[@]}" "${address[pbx]}:5060"
    quit worker
    fact pbx:5060/udp protocol sip
    fact pbx:5060/udp client "${address[client]}"
    fact pbx:5060/udp sip.methods INVITE
    fact pbx:5060/udp sip.methods BYE
    fact pbx:5060/udp sip.statuses 200
    fact pbx:5060/udp sip.media "${address[um]}:41000/udp/RTP/AVP"
    fact um:5061/tcp client "${address[pbx]}"
    fact um:5061/tcp session -/tls
    fact um:5061/tcp tls.versions 'TLS 1.3'
    mute um:5061/tcp sip.methods INVITE
    ok client sipp -sf "$sip/register.xml" -t t1 -i "${address[client]}" -p 5071 "${common[@]}" "${address[um]}:5060"
    fact um:5060/tcp protocol sip
    fact um:5060/tcp sip.methods REGISTER
    fact um:5060/tcp sip.statuses 401
}
