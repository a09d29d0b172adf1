# exchange_anonymoustls_emulated: a server takes X-ANONYMOUSTLS, talks TLS, and authenticates inside it (emulated)
servers=(exchange_smtp)

talk()
{
    ok "$1" /usr/bin/python3 "$lab/emulated/exchange_smtp.py" talk "${address[mbx]}" 25 "$2"
    says "done"
}

drive()
{
    talk edge anonymoustls
    says "secure TLSv1.3"
    talk hub anonymoustls-exps
    fact mbx:25/tcp protocol smtp
    fact mbx:25/tcp client "${address[edge]}"
    fact mbx:25/tcp client "${address[hub]}"
    fact mbx:25/tcp smtp.anonymoustls offered
    fact mbx:25/tcp smtp.anonymoustls used
    fact mbx:25/tcp smtp.starttls offered
    fact mbx:25/tcp smtp.exps_offered NTLM
    fact mbx:25/tcp smtp.keywords X-ANONYMOUSTLS
    fact mbx:25/tcp smtp.banner_host HUB1.corp.example
    fact mbx:25/tcp tls.versions "TLS 1.3"
    fact mbx:25/tcp session -/anonymoustls
    # What happens inside the tunnel must not be guessed.
    mute mbx:25/tcp smtp.starttls used
    mute mbx:25/tcp smtp.exps_used NTLM
    mute mbx:25/tcp smtp.keywords X-EXCHANGEAUTH
}
