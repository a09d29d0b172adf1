# exchange_exps_emulated: X-EXPS with NTLM and GSSAPI, refused once; X-LINK2STATE and XEXCH50 (emulated)
servers=(dc exchange_smtp)

talk()
{
    ok "$1" /usr/bin/python3 "$lab/emulated/exchange_smtp.py" talk "${address[mbx]}" 25 "$2"
    says "done"
}

drive()
{
    talk edge plain
    fact mbx:25/tcp client "${address[edge]}"
    fact mbx:25/tcp session anonymous/none
    talk hub exps-ntlm
    fact mbx:25/tcp client "${address[hub]}"
    fact mbx:25/tcp smtp.exps_used NTLM
    fact mbx:25/tcp session ntlmv2/none
    KRB5CCNAME=$state/ccache typed "$secret\n" ok edge kinit alice
    KRB5CCNAME=$state/ccache talk edge exps-gssapi
    fact mbx:25/tcp smtp.exps_used GSSAPI
    fact mbx:25/tcp session kerberos/none
    fact dc:88/udp client "${address[edge]}"
    fact dc:88/udp kerberos.messages as-req
    talk edge exps-refused
    talk hub linkstate
    fact mbx:25/tcp smtp.verbs X-LINK2STATE
    fact mbx:25/tcp smtp.verbs XEXCH50
    talk edge starttls
    fact mbx:25/tcp smtp.starttls used
    fact mbx:25/tcp session -/starttls
    fact mbx:25/tcp smtp.exps_offered NTLM
    fact mbx:25/tcp smtp.exps_offered GSSAPI
    fact mbx:25/tcp smtp.auth_offered NTLM
    mute mbx:25/tcp smtp.anonymoustls used
}
