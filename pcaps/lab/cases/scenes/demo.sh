# scenes/demo: what `make demo` shows: mail and directory traffic, one port that a firewall drops for one server, weak logins
# shellcheck source=pcaps/lab/cases/scenes/conforming.sh
. "$lab/cases/scenes/conforming.sh"
servers=(dc mail mailbox web)

# On cas as a mailbox server that was forgotten: TLS from 1.0 on, with a certificate that it signed itself.
prepare()
{
    local tls=$state/tls
    at dc nft -f - << END
table ip firewall {
    chain in {
        type filter hook input priority 0; policy accept;
        ip saddr ${address[cas]} tcp dport 49154 drop
    }
}
END
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 700 -subj '/CN=localhost' \
        -addext 'subjectAltName=DNS:localhost' -keyout "$tls/old.key" -out "$tls/old.pem"
    chmod 644 "$tls/old.key"
    sed "s|/cas\.|/old.|; \$a ssl_min_protocol = TLSv1\nssl_cipher_list = ALL:@SECLEVEL=0" "$state/dovecot/dovecot.conf" \
        > "$state/dovecot/old.conf"
    quit dovecot
    background dovecot cas dovecot -F -c "$state/dovecot/old.conf"
    listens cas 110 143 993 995
}

finish()
{
    at dc nft delete table ip firewall
    quit dovecot
    start_mailbox
}

# As the table has it: mail under TLS, submitted mail too, the directory with Kerberos and sealed.
as_expected()
{
    directory hub
    accounts hub krb5,seal "${ticket[@]}"
    fact dc:49154/tcp session kerberos/rpc-privacy
    ok hub kdestroy
    encrypted hub edge
    encrypted edge hub
    ok client swaks --server hub.corp.example -p 587 -tls -a LOGIN -au alice -ap "$secret" --from alice@corp.example \
        --to bob@corp.example --timeout 6
    says '221 2.0.0'
    fact hub:587/tcp session -/starttls
    ok client curl -sS -m 8 --cacert "$state/tls/ca.pem" -o /dev/null -w 'status %{http_code}\n' -u "alice:$secret" \
        https://cas.corp.example/owa/
    says 'status 200'
    fact cas:443/tcp session -/tls
}

# The one path that is blocked: dc's mapper gives cas the port that it gave hub, and the firewall drops what cas sends there.
blocked()
{
    directory cas
    fails cas timeout 5 rpcclient 'ncacn_ip_tcp:dc.corp.example[krb5,seal]' "${ticket[@]}" -c enumdomusers
    fact dc:135/tcp client "${address[cas]}"
    fact dc:49154/tcp client "${address[cas]}"
    fact dc:49154/tcp disposition unanswered
    fact dc:49154/tcp verdict blocked
    ok cas kdestroy
}

weak()
{
    local cas=cas.corp.example
    ok client curl -sS -m 8 -o /dev/null -w 'status %{http_code}\n' -u "alice:$secret" "http://$cas/owa/"
    says 'status 200'
    fact cas:80/tcp session basic/none
    ok client curl -sS -m 8 -u "alice:$secret" --login-options AUTH=PLAIN "pop3://$cas/"
    fact cas:110/tcp session basic/none
    ok client curl -sS -m 8 -k -u "alice:$secret" --tlsv1.0 --tls-max 1.0 --ciphers DEFAULT:@SECLEVEL=0 "imaps://$cas/"
    says INBOX
    fact cas:993/tcp tls.versions 'TLS 1.0'
    fact cas:993/tcp tls.certificate_self_signed yes
    fact cas:993/tcp tls.certificate_names localhost
    mail ok edge hub
    says '221 2.0.0'
    fact hub:25/tcp session anonymous/none
}

drive()
{
    as_expected
    sleep 3
    blocked
    sleep 2
    weak
    sleep 3
    as_expected
}
