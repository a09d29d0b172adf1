# imap_gss: IMAP with a Kerberos ticket
servers=(dc mailbox)

drive()
{
    typed "$secret\n" ok client env KRB5CCNAME="$state/ccache" kinit alice
    ok client env KRB5CCNAME="$state/ccache" /usr/bin/python3 "$lab/clients/sasl_talk.py" imap "${address[cas]}" gssapi
    says 'OK OK'
    fact cas:143/tcp imap.auth_used GSSAPI
    fact cas:143/tcp session kerberos/none
    fact dc:88/tcp kerberos.services imap/cas.corp.example
}
