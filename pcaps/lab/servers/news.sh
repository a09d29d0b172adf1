# INN on mbx: news on 119 with STARTTLS, and on 563 under TLS from the start. Set up in the private /etc.

start_news()
{
    local etc=/etc/news
    sed -i '/^domain:\|^pathhost:\|^tls\(ca\|cert\|key\)file:/d' "$etc/inn.conf"
    cat >> "$etc/inn.conf" << END
domain: corp.example
pathhost: mbx.corp.example
tlscafile: $state/tls/ca.pem
tlscertfile: $state/tls/mbx.pem
tlskeyfile: $state/tls/news.key
END
    cp "$state/tls/mbx.key" "$state/tls/news.key"
    chown news "$state/tls/news.key" && chmod 600 "$state/tls/news.key"
    echo "alice:$(openssl passwd -6 "$secret")" > "$etc/lab.passwords"
    chown news "$etc/lab.passwords"
    # Who has not logged in may look but not write.
    cat > "$etc/readers.conf" << END
auth "everybody" {
    hosts: "*"
    auth: "ckpasswd -f $etc/lab.passwords"
    default: "<guest>"
}
access "users" { users: "alice" newsgroups: "*" access: RPA }
access "guests" { users: "<guest>" newsgroups: "*" access: R }
END
    background innd mbx setpriv --reuid=news --regid=news --init-groups /usr/lib/news/bin/innd -f -P 119
    background nnrpd mbx /usr/lib/news/bin/nnrpd -D -f -S -p 563
    listens mbx 119 563
}
