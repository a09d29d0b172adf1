# Dovecot on cas: IMAP and POP3.

start_mailbox()
{
    local dir=$state/dovecot
    mkdir -p "$dir/run" "$dir/mail"
    chmod 755 "$dir"
    chown dovecot:dovecot "$dir/mail"
    # alice may also come with a ticket: the name in it has to be mapped.
    printf 'alice:{PLAIN}%s::::::k5principals=alice@CORP.EXAMPLE\nbob:{PLAIN}%s\n' "$secret" "$secret" > "$dir/passwd"
    cat > "$dir/dovecot.conf" << END
base_dir = $dir/run
log_path = /dev/stderr
protocols = imap pop3
listen = ${address[cas]}
auth_mechanisms = plain login gssapi cram-md5
auth_gssapi_hostname = "\$ALL"
auth_krb5_keytab = $state/services.keytab
auth_username_format = %Ln
auth_failure_delay = 0
disable_plaintext_auth = no
ssl = yes
ssl_cert = <$state/tls/cas.pem
ssl_key = <$state/tls/cas.key
first_valid_uid = 1
mail_location = maildir:$dir/mail/%n
import_environment = TZ CORE_OUTOFMEM CORE_ERROR KRB5_CONFIG=/etc/krb5.conf
passdb {
    driver = passwd-file
    args = scheme=PLAIN $dir/passwd
}
userdb {
    driver = static
    args = uid=dovecot gid=dovecot home=$dir/mail/%n
}
END
    background dovecot cas dovecot -F -c "$dir/dovecot.conf"
    listens cas 110 143 993 995
}
