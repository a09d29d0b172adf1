# dns: names looked up as domain members do, over UDP and TCP, known and unknown
servers=(dc)

drive()
{
    local name
    for name in _ldap._tcp.dc._msdcs.corp.example _kerberos._tcp.corp.example _gc._tcp.corp.example; do
        ok client dig @10.99.0.10 +short SRV "$name"
        says dc.corp.example
        fact dc:53/udp dns.names "$name"
    done
    ok client dig @10.99.0.10 +noedns A dc.corp.example
    says 10.99.0.10
    ok client dig @10.99.0.10 +tcp +short SRV _ldap._tcp.corp.example
    fact dc:53/tcp dns.names _ldap._tcp.corp.example
    ok client dig @10.99.0.10 A nosuch.corp.example
    says NXDOMAIN
    fact dc:53/udp protocol dns
    fact dc:53/tcp protocol dns
    fact dc:53/udp client 10.99.0.100
    # Nobody serves names there: the host answers with ICMP.
    fails client dig @10.99.0.20 +time=1 +tries=1 A hub.corp.example
    fact hub:53/udp disposition refused
}
