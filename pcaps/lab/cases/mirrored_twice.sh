# mirrored_twice: a mirror of both directions of every port shows each frame twice
servers=(dc)
frames=(ip and not broadcast)  # those leave by many ports: more copies than two

mirror_leaving()
{
    local host
    for host in "${hosts[@]}"; do
        at switch tc filter "$1" dev "$host" egress protocol all prio 1 "${@:2}"
    done
}

prepare()
{
    mirror_leaving add u32 match u32 0 0 action mirred egress mirror dev span0
}

finish()
{
    mirror_leaving del
    echo "capture duplicates $((span_packets / 2))" >> "$facts"
}

drive()
{
    ok client dig @10.99.0.10 +short SRV _ldap._tcp.dc._msdcs.corp.example
    says dc.corp.example
    fact dc:53/udp dns.names _ldap._tcp.dc._msdcs.corp.example
    ok client ldapsearch -x -H ldap://dc.corp.example -D alice@corp.example -w "$secret" -b dc=corp,dc=example \
        '(sAMAccountName=bob)' dn
    says 'dn: CN=bob'
    fact dc:389/tcp ldap.binds simple
    fact dc:389/tcp session simple/none
    fact dc:389/tcp flows 1
}
