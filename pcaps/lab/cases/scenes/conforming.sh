# scenes/conforming: hub and edge exchange mail under TLS, hub uses its directory with Kerberos and seals what it asks
servers=(dc mail)

# directory HOST: what a server asks of its domain controller, as the table expects it
directory()
{
    export KRB5CCNAME=$state/ccache
    ok "$1" dig @10.99.0.10 +short SRV _ldap._tcp.dc._msdcs.corp.example
    says dc.corp.example
    fact dc:53/udp client "${address[$1]}"
    typed "$secret\n" ok "$1" kinit -f alice   # rpcclient asks for a ticket to hand on: an error unless it may
    fact dc:88/udp client "${address[$1]}"
    ok "$1" ldapsearch -Y GSSAPI -H ldap://dc.corp.example -b dc=corp,dc=example '(sAMAccountName=bob)' dn
    says 'dn: CN=bob'
    fact dc:389/tcp session kerberos/ldap-seal
}

# accounts HOST PROTECTION...: lists them over RPC, at the port that the mapper hands out
accounts()
{
    ok "$1" rpcclient "ncacn_ip_tcp:dc.corp.example[$2]" "${@:3}" -c enumdomusers
    says 'user:[alice]'
    fact dc:135/tcp rpc.asked 12345778-1234-abcd-ef00-0123456789ac/1.0
    fact dc:49154/tcp endpoint samr
    fact dc:49154/tcp client "${address[$1]}"
}
ticket=(-N --use-kerberos=required)

# mail ok|fails FROM TO WORDS...: one message
mail()
{
    "$1" "$2" swaks --server "$3.corp.example" --from "alice@$2.corp.example" --to "bob@$3.corp.example" --timeout 6 \
        --helo "$2.corp.example" "${@:4}"
}

# encrypted FROM TO
encrypted()
{
    mail ok "$1" "$2" -tls
    says 'TLSv1.3'
    fact "$2:25/tcp" client "${address[$1]}"
    fact "$2:25/tcp" smtp.starttls used
    fact "$2:25/tcp" session -/starttls
}

drive()
{
    directory hub
    accounts hub krb5,seal "${ticket[@]}"
    fact dc:49154/tcp session kerberos/rpc-privacy
    encrypted hub edge
    encrypted edge hub
    sleep 3
    encrypted hub edge
    encrypted edge hub
    fact edge:25/tcp verdict conforming
    fact hub:25/tcp verdict conforming
    ok hub kdestroy
}
