# cas: the web paths of a Client Access server with Basic, Digest, Negotiate and NTLM, in clear and under TLS (NTLM emulated)
servers=(dc web)

# web STATUS URL WORDS...
web()
{
    ok client curl -sS -m 8 --cacert "$state/tls/ca.pem" -o /dev/null -w 'status %{http_code}\n' "${@:3}" "$2"
    says "status $1"
}

drive()
{
    local cas=cas.corp.example basic=(-u "alice:$secret") ticket=(--negotiate -u :) path
    export KRB5CCNAME=$state/ccache
    typed "$secret\n" ok client kinit alice
    web 401 "http://$cas/owa/"
    fact cas:80/tcp protocol http
    fact cas:80/tcp client "${address[client]}"
    fact cas:80/tcp http.auth_offered basic
    web 200 "http://$cas/owa/" "${basic[@]}"
    fact cas:80/tcp http.auth_used basic
    fact cas:80/tcp http.paths /owa
    fact cas:80/tcp http.hosts "$cas"
    fact cas:80/tcp session basic/none
    web 401 "http://$cas/owa/" -u alice:wrong
    web 200 "http://$cas/public/" --digest "${basic[@]}"
    fact cas:80/tcp http.auth_offered digest
    fact cas:80/tcp http.auth_used digest
    fact cas:80/tcp session digest/none
    web 200 "https://$cas/owa/" "${basic[@]}"
    fact cas:443/tcp session -/tls
    fact cas:443/tcp tls.versions 'TLS 1.3'
    fact cas:443/tcp tls.server_names "$cas"
    web 200 "http://$cas/ews/" "${ticket[@]}"
    fact cas:80/tcp http.auth_offered negotiate
    fact cas:80/tcp http.auth_used negotiate
    fact cas:80/tcp http.paths /ews
    fact cas:80/tcp negotiate.used kerberos
    fact cas:80/tcp session kerberos/none
    web 200 "https://$cas/ews/" --http2 "${ticket[@]}"
    web 200 "https://$cas/ews/" --http1.1 --tls-max 1.2 "${ticket[@]}"
    fact cas:443/tcp tls.versions 'TLS 1.2'
    fact cas:443/tcp tls.alpn h2
    fact cas:443/tcp tls.certificate_names "$cas"
    # The server itself asks the domain controller whether the password is right.
    web 200 "http://$cas/autodiscover/" "${basic[@]}"
    fact cas:80/tcp http.paths /autodiscover
    fact dc:88/udp client "${address[cas]}"
    web 200 "http://$cas/Microsoft-Server-ActiveSync/" -A Apple-iPhone/701.341
    fact cas:80/tcp http.paths /Microsoft-Server-ActiveSync
    web 302 "http://$cas/exchange/"
    web 404 "http://$cas/nosuch"
    web 200 "http://$cas:8080/ews/" --ntlm -u "CORP\\alice:$secret"
    fact cas:8080/tcp protocol http
    fact cas:8080/tcp http.auth_offered ntlm
    fact cas:8080/tcp http.auth_used ntlm
    fact cas:8080/tcp session ntlmv2/none
    typed '' ok client openssl s_client -connect "$cas:443" -tls1_2
    says 'Verification error'
    ok client kdestroy
}
