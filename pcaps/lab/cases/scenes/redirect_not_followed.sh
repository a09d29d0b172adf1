# scenes/redirect_not_followed: Unified Messaging sends the caller on to port 5065, and the caller gives up
servers=()

drive()
{
    local sip=$lab/servers/sip caller common=(-nostdin -m 1 -max_socket 500 -timeout 30)
    background redirect um sipp -sf "$sip/redirect.xml" -t t1 -i "${address[um]}" -p 5060 "${common[@]}" -m 2
    sleep 0.8
    # Again after eleven seconds: so both are known to be there all the time.
    caller=(ok pbx sipp -sf "$sip/give_up.xml" -t t1 -i "${address[pbx]}" -p 5060 -mp 20000 "${common[@]}" "${address[um]}:5060")
    "${caller[@]}"
    sleep 11
    "${caller[@]}"
    quit redirect
    fact um:5060/tcp sip.methods INVITE
    fact um:5060/tcp sip.statuses 302
    fact um:5060/tcp sip.contacts "${address[um]}:5065"
    mute um:5065/tcp protocol sip
}
