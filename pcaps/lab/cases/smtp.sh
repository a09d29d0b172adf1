# smtp: mail in clear and under TLS, with every way of logging in, between clients, hub and edge
servers=(dc mail)

# send HOST WORDS...: one message
send()
{
    local host=$1
    shift
    ok client swaks --server "$host.corp.example" --from alice@corp.example --to bob@corp.example --timeout 8 "$@"
    says '221 2.0.0'
}

drive()
{
    local login=(-au alice -ap "$secret") mechanism
    send hub
    fact hub:25/tcp protocol smtp
    fact hub:25/tcp client "${address[client]}"
    fact hub:25/tcp smtp.banner_host hub.corp.example
    fact hub:25/tcp session anonymous/none
    fact hub:25/tcp smtp.starttls offered
    send hub -tls
    says 'TLSv1.3'
    fact hub:25/tcp tls.versions 'TLS 1.3'
    send hub -tls --tls-protocol tlsv1_2
    says 'TLSv1.2'
    fact hub:25/tcp tls.versions 'TLS 1.2'
    fact hub:25/tcp smtp.starttls used
    fact hub:25/tcp session -/starttls
    for mechanism in LOGIN PLAIN CRAM-MD5 NTLM; do
        send hub -a "$mechanism" "${login[@]}"
        says '235 2.7.0'
        fact hub:25/tcp smtp.auth_offered "$mechanism"
        fact hub:25/tcp smtp.auth_used "$mechanism"
    done
    fact hub:25/tcp session basic/none
    fact hub:25/tcp session digest/none
    fails client swaks --server hub.corp.example -f a@corp.example -t b@corp.example -a LOGIN -au alice -ap wrong
    says '535 5.7.8'
    fact hub:25/tcp disposition app-denied
    send hub -p 587 -tls -a LOGIN "${login[@]}"
    fact hub:587/tcp smtp.starttls used
    fact hub:587/tcp session -/starttls
    fails client swaks --server hub.corp.example -p 587 -f a@corp.example -t b@corp.example
    says '530 5.7.0'
    send hub -p 465 -tlsc -a PLAIN "${login[@]}"
    fact hub:465/tcp session -/tls
    fails client swaks --server hub.corp.example -p 2525 -f a@corp.example -t b@corp.example -tls
    fact hub:2525/tcp protocol smtp
    mute hub:2525/tcp smtp.starttls offered
    typed "$secret\n" ok client env KRB5CCNAME="$state/ccache" kinit alice
    ok client env KRB5CCNAME="$state/ccache" /usr/bin/python3 "$lab/clients/sasl_talk.py" smtp "${address[hub]}" gssapi
    says '235 2.7.0'
    fact hub:25/tcp smtp.auth_used GSSAPI
    fact hub:25/tcp session kerberos/none
    ok client /usr/bin/python3 "$lab/clients/sasl_talk.py" smtp "${address[hub]}" tricks
    says 'queued 4'
    # Postfix as a client: to the edge under TLS, to its other port without, and back.
    send hub --to x@edge.example
    send hub --to x@clear.example
    send edge --to bob@corp.example
    sleep 1
    fact edge:25/tcp client "${address[hub]}"
    fact edge:25/tcp smtp.starttls used
    fact edge:2525/tcp client "${address[hub]}"
    fact edge:2525/tcp session anonymous/none
    mute edge:2525/tcp smtp.starttls used
    fails client swaks --server hub.corp.example -p 26 -f a@corp.example -t b@corp.example
    fact hub:26/tcp disposition refused
}
