# join: a server joins the domain: names, netlogon ping, Kerberos, LDAP, and the secure channel over a pipe
servers=(dc)

drive()
{
    printf '%s\n' '[global]' 'realm = CORP.EXAMPLE' 'workgroup = CORP' 'security = ADS' 'netbios name = MBX' \
        "private dir = $state/member" "lock directory = $state/member" "state directory = $state/member" \
        "cache directory = $state/member" 'kerberos method = secrets only' > "$state/member.conf"
    mkdir -p "$state/member"
    ok mbx net ads join -s "$state/member.conf" -U "Administrator%$admin_secret" --no-dns-updates
    says "Joined 'MBX'"
    fact dc:53/udp client "${address[mbx]}"
    fact dc:53/udp dns.names _ldap._tcp.dc._msdcs.corp.example
    fact dc:389/udp protocol cldap
    fact dc:389/tcp client "${address[mbx]}"
    fact dc:445/tcp smb.pipes lsarpc
    ok mbx net ads testjoin -s "$state/member.conf"
    says 'Join is OK'
    ok mbx net rpc testjoin -s "$state/member.conf" -S dc.corp.example
    says 'is OK'
    fact dc:445/tcp smb.pipes netlogon
    fact dc:445/tcp rpc.auth netlogon/privacy
}
