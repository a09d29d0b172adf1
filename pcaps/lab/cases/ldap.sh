# ldap: every way of binding: in clear, under TLS, signed, sealed, with NTLM; the global catalog; the netlogon ping
servers=(dc)
base=dc=corp,dc=example

# search HOW...: finds bob
search()
{
    ok client ldapsearch -b "$base" "$@" '(sAMAccountName=bob)' dn
    says 'dn: CN=bob,CN=Users,DC=corp,DC=example'
}

drive()
{
    local dc=dc.corp.example bind=(-x -D alice@corp.example -w "$secret") wrapping
    export KRB5CCNAME=$state/ccache LDAPTLS_REQCERT=never
    ok client ldapsearch -x -H "ldap://$dc" -s base -b '' defaultNamingContext
    fact dc:389/tcp protocol ldap
    fact dc:389/tcp client "${address[client]}"
    fact dc:389/tcp ldap.binds anonymous
    search -H "ldap://$dc" "${bind[@]}"
    fact dc:389/tcp ldap.binds simple
    fact dc:389/tcp session simple/none
    search -H "ldap://$dc:3268" "${bind[@]}"
    fact dc:3268/tcp protocol ldap
    fact dc:3268/tcp ldap.binds simple
    fact dc:3268/tcp session simple/none
    fails client ldapsearch -x -H "ldap://$dc" -D alice@corp.example -w wrong -b "$base"
    says 'Invalid credentials'
    fact dc:389/tcp ldap.results '49 invalidCredentials'
    fact dc:389/tcp disposition app-denied
    search -ZZ -H "ldap://$dc" "${bind[@]}"
    fact dc:389/tcp ldap.starttls used
    fact dc:389/tcp session -/starttls
    search -H "ldaps://$dc" "${bind[@]}"
    fact dc:636/tcp tls.versions 'TLS 1.3'
    fact dc:636/tcp session -/tls
    search -H "ldaps://$dc:3269" "${bind[@]}"
    fact dc:3269/tcp tls.versions 'TLS 1.3'
    typed "$secret\n" ok client kinit alice
    search -Y GSSAPI -H "ldap://$dc"
    fact dc:389/tcp ldap.binds sasl:GSSAPI
    fact dc:389/tcp ldap.protection sealed
    fact dc:389/tcp session kerberos/ldap-seal
    search -Y GSSAPI -O maxssf=1 -H "ldap://$dc"
    fact dc:389/tcp ldap.protection signed
    fact dc:389/tcp session kerberos/ldap-sign
    search -Y GSSAPI -O maxssf=0 -H "ldap://$dc"
    fact dc:389/tcp ldap.protection none
    fact dc:389/tcp session kerberos/none
    search -Y GSS-SPNEGO -H "ldap://$dc"
    fact dc:389/tcp ldap.binds sasl:GSS-SPNEGO
    search -Y GSSAPI -O maxssf=0 -H "ldaps://$dc"
    # Samba seals with NTLM although only signing was asked for: so no fact about signing here.
    for wrapping in plain sign seal; do
        ok client ldbsearch -H "ldap://$dc" -U "CORP\\alice%$secret" -k no -b "$base" \
            --option="client ldap sasl wrapping=$wrapping" '(sAMAccountName=bob)' dn
        says 'dn: CN=bob'
    done
    fact dc:389/tcp session ntlmv2/none
    fact dc:389/tcp session ntlmv2/ldap-seal
    ok client net ads lookup -S "$dc"
    says 'Is a GC of the forest'
    fact dc:389/udp protocol cldap
    fails client ldapsearch -x -H "ldap://$dc:390" -b ''
    fact dc:390/tcp disposition refused
    ok client kdestroy
}
