# netbios: names of NetBIOS, asked by broadcast and node status; the netlogon ping over UDP
servers=(dc)

# The server needs some seconds to be sure that nobody else has its names.
prepare()
{
    local i
    for i in {1..30}; do
        at client nmblookup -B 10.99.0.255 CORP#1C && return
        sleep 0.5
    done
}

drive()
{
    ok client nmblookup -B 10.99.0.255 CORP#1C
    says 10.99.0.10
    fact 10.99.0.255:137/udp netbios.names 'CORP<1c>'
    ok client nmblookup -A 10.99.0.10
    says 'DC              <20>'
    fact dc:137/udp protocol nbns
    fact dc:137/udp netbios.names 'DC<20>'
    ok client net ads lookup -S dc.corp.example
    says 'Is a PDC'
    fact dc:389/udp protocol cldap
    fact dc:389/udp ldap.netlogon pdc
    fact dc:389/udp ldap.netlogon gc
    fact dc:389/udp ldap.netlogon kdc
}
