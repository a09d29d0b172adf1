# krb: Kerberos over UDP and TCP, AES and RC4, refused passwords, unknown names, password changes
servers=(dc)

# with SETTING...: Kerberos settings of the next commands, beside those of every host
with()
{
    printf '    %s\n' "$@" | sed '/udp_preference_limit/d; /^\[libdefaults\]/r /dev/stdin' /etc/krb5.conf \
        > "$state/krb5-case.conf"
    export KRB5_CONFIG=$state/krb5-case.conf
}

# tickets USER SERVICE...
tickets()
{
    local user=$1
    shift
    typed "$secret\n" ok client kinit "$user"
    ok client kvno "$@"
    ok client klist -e
    ok client kdestroy
}

drive()
{
    export KRB5CCNAME=$state/ccache
    # Answers with the account's authorization data do not fit into Samba's limit for UDP: asked for again over TCP.
    with 'udp_preference_limit = 1465'
    tickets alice smtp/hub.corp.example MSSQLSvc/mbx.corp.example
    fact dc:88/udp protocol kerberos
    fact dc:88/udp client "${address[client]}"
    fact dc:88/udp kerberos.messages as-req
    fact dc:88/udp kerberos.messages error
    fact dc:88/udp kerberos.errors '25 KDC_ERR_PREAUTH_REQUIRED'
    fact dc:88/udp kerberos.errors '52 KRB_ERR_RESPONSE_TOO_BIG'
    fact dc:88/udp kerberos.realms CORP.EXAMPLE
    fact dc:88/tcp protocol kerberos
    fact dc:88/tcp kerberos.messages as-rep
    fact dc:88/tcp kerberos.messages tgs-rep
    fact dc:88/tcp kerberos.services smtp/hub.corp.example
    fact dc:88/tcp kerberos.services MSSQLSvc/mbx.corp.example
    fact dc:88/tcp kerberos.etypes rc4-hmac           # that account has no other keys
    fact dc:88/tcp kerberos.etypes aes256-cts-hmac-sha1-96
    with 'udp_preference_limit = 0'
    tickets alice smtp/hub.corp.example cifs/dc.corp.example
    fact dc:88/tcp kerberos.messages as-req
    fact dc:88/tcp kerberos.services cifs/dc.corp.example
    with 'udp_preference_limit = 0' 'permitted_enctypes = arcfour-hmac' 'allow_weak_crypto = true'
    tickets bob HTTP/cas.corp.example
    fact dc:88/tcp kerberos.services HTTP/cas.corp.example
    fact dc:88/tcp kerberos.reply_etypes rc4-hmac
    with 'udp_preference_limit = 0' 'permitted_enctypes = aes128-cts-hmac-sha1-96'
    tickets bob smtp/hub.corp.example
    fact dc:88/tcp kerberos.reply_etypes aes128-cts-hmac-sha1-96
    with 'udp_preference_limit = 0'
    typed 'wrong\n' fails client kinit bob
    says 'Password incorrect'
    fact dc:88/tcp kerberos.errors '24 KDC_ERR_PREAUTH_FAILED'
    typed 'wrong\n' fails client kinit nosuch
    says 'not found'
    fact dc:88/tcp kerberos.errors '6 KDC_ERR_C_PRINCIPAL_UNKNOWN'
    typed "$secret\n" ok client kinit bob
    fails client kvno http/nosuch.corp.example
    fact dc:88/tcp kerberos.errors '7 KDC_ERR_S_PRINCIPAL_UNKNOWN'
    typed "$secret\nOther-Lab-1\nOther-Lab-1\n" ok client kpasswd bob
    typed "Other-Lab-1\n$secret\n$secret\n" ok client kpasswd bob
    says 'Password changed'
    fact dc:464/tcp protocol kpasswd
    fact dc:88/tcp kerberos.services kadmin/changepw
    unset KRB5_CONFIG
}
