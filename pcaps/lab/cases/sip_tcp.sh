# sip_tcp: the redirected call of sip_udp, over TCP
# shellcheck source=pcaps/lab/cases/sip_udp.sh
. "$lab/cases/sip_udp.sh"

drive()
{
    sip_call t1
    sip_facts tcp
    fact um:5060/tcp sip.contacts "${address[um]}:5065"
}
