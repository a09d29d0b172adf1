# Postfix with Cyrus SASL on hub and edge, each sending on to the other. Mail for here is thrown away.

# postfix_at HOST PEER LOCAL_DOMAINS
postfix_at()
{
    local host=$1 dir=$state/postfix/$1
    mkdir -p "$dir/etc" "$dir/queue" "$dir/data"
    chown postfix "$dir/data"
    chmod 755 "$state/postfix" "$dir" "$dir/etc"
    cp "$lab/servers/postfix/master.cf" "$dir/etc/"
    cat > "$dir/etc/main.cf" << END
compatibility_level = 3.6
queue_directory = $dir/queue
data_directory = $dir/data
daemon_directory = /usr/lib/postfix/sbin
myhostname = $host.corp.example
mydestination = $3
mynetworks = 10.99.0.0/24
inet_interfaces = ${address[$host]}
inet_protocols = ipv4
maillog_file = /dev/stdout
local_recipient_maps =
alias_maps =
local_transport = discard:
relayhost = [$2.corp.example]:25
transport_maps = inline:{ { clear.example = smtp:[edge.corp.example]:2525 } }
smtp_host_lookup = native
disable_dns_lookups = yes
smtp_tls_security_level = may
smtpd_tls_security_level = may
smtpd_tls_cert_file = $state/tls/$host.pem
smtpd_tls_key_file = $state/tls/$host.key
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = cyrus
smtpd_sasl_path = smtpd
smtpd_sasl_local_domain = hub.corp.example
smtpd_sasl_security_options = noanonymous
import_environment = MAIL_CONFIG MAIL_LOGTAG TZ KRB5_KTNAME=$state/services.keytab KRB5_CONFIG=/etc/krb5.conf
END
    background "postfix_$host" "$host" postfix -c "$dir/etc" start-fg
    listens "$host" 25 465 587 2525
}

start_mail()
{
    local user
    # In the private copy of /etc.
    for user in alice bob; do
        echo "$secret" | saslpasswd2 -p -c -u hub.corp.example "$user" || return 1
    done
    chgrp postfix /etc/sasldb2 && chmod 640 /etc/sasldb2
    postfix_at hub edge 'hub.corp.example, corp.example'
    postfix_at edge hub 'edge.corp.example, edge.example, clear.example'
}
