# rpc: the endpoint mapper of a domain controller; RPC on its dynamic ports with every kind of protection
servers=(dc)
samr=12345778-1234-abcd-ef00-0123456789ac/1.0
drsuapi=e3514235-4b06-11d1-ab04-00c04fc2dcd2/4.0

# enumerate OPTIONS WORDS...: accounts over TCP
enumerate()
{
    ok client rpcclient "ncacn_ip_tcp:dc.corp.example[$1]" "${@:2}" -c enumdomusers
    says 'user:[alice]'
}

drive()
{
    local ntlm=(-U "CORP\\alice%$secret") kerberos=(-N --use-kerberos=required) level
    export KRB5CCNAME=$state/ccache
    typed "$secret\n" ok client kinit alice
    for level in connect sign seal; do
        enumerate "$level" "${ntlm[@]}"
        enumerate "krb5,$level" "${kerberos[@]}"
    done
    enumerate packet "${ntlm[@]}"
    enumerate spnego,seal "${ntlm[@]}"
    fact dc:135/tcp protocol dcerpc
    fact dc:135/tcp rpc.asked $samr
    fact dc:49154/tcp endpoint samr
    fact dc:49154/tcp protocol dcerpc
    fact dc:49154/tcp client "${address[client]}"
    fact dc:49154/tcp rpc.accepted $samr
    for level in connect integrity privacy; do
        fact dc:49154/tcp rpc.auth "ntlm/$level"
        fact dc:49154/tcp rpc.auth "kerberos/$level"
    done
    fact dc:49154/tcp rpc.auth ntlm/packet
    fact dc:49154/tcp rpc.auth spnego/privacy
    fact dc:49154/tcp session ntlmv2/rpc-privacy
    fact dc:49154/tcp session ntlmv2/rpc-integrity
    fact dc:49154/tcp session ntlmv2/none
    fact dc:49154/tcp session kerberos/rpc-privacy
    fact dc:49154/tcp session kerberos/rpc-integrity
    fact dc:49154/tcp session kerberos/none
    fails client rpcclient 'ncacn_ip_tcp:dc.corp.example[seal]' -U 'CORP\alice%wrong' -c enumdomusers
    fact dc:49154/tcp disposition app-denied
    ok client samba-tool drs showrepl dc.corp.example -U "CORP\\Administrator%$admin_secret"
    fact dc:135/tcp rpc.asked $drsuapi
    fact dc:49153/tcp endpoint drsuapi
    fact dc:49153/tcp rpc.accepted $drsuapi
    ok client samba-tool dns query dc.corp.example corp.example dc A -U "CORP\\Administrator%$admin_secret"
    says 10.99.0.10
    fact dc:49153/tcp endpoint dnsserver
    # The mapper does not know Exchange.
    fails client /usr/bin/python3 "$lab/clients/rpc_talk.py" 10.99.0.10 f5cc5a18-4264-101a-8c59-08002b2f8426 56.0
    says not_registered
    fact dc:135/tcp rpc.not_registered f5cc5a18-4264-101a-8c59-08002b2f8426/56.0
    ok client kdestroy
}
