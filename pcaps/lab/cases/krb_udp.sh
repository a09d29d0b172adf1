# krb_udp: Kerberos over UDP alone, whose answers arrive in fragments
servers=(dc)
# shellcheck source=pcaps/lab/cases/krb.sh
. "$lab/cases/krb.sh"

prepare()
{
    { cat /etc/krb5.conf; printf '[kdc]\n    max-kdc-datagram-reply-length = 60000\n'; } > "$state/krb5-kdc.conf"
    dc_samba "$state/krb5-kdc.conf"
}

finish()
{
    dc_samba /etc/krb5.conf
}

drive()
{
    export KRB5CCNAME=$state/ccache
    with 'udp_preference_limit = 32700'
    tickets alice smtp/hub.corp.example MSSQLSvc/mbx.corp.example
    fact dc:88/udp kerberos.messages as-rep
    fact dc:88/udp kerberos.messages tgs-req
    fact dc:88/udp kerberos.messages tgs-rep
    fact dc:88/udp kerberos.services smtp/hub.corp.example
    fact dc:88/udp kerberos.etypes aes256-cts-hmac-sha1-96
    fact dc:88/udp kerberos.etypes rc4-hmac
    mute dc:88/udp kerberos.errors '52 KRB_ERR_RESPONSE_TOO_BIG'
    mute dc:88/tcp protocol kerberos
    unset KRB5_CONFIG
}
