# mailbox: IMAP and POP3 in clear, after STARTTLS and STLS, and on 993 and 995; plain, with CRAM-MD5, refused
servers=(mailbox)

# Says line after line to cas, each when the one before is answered. word: PORT
# shellcheck disable=SC2016  # expanded by the shell that runs it
say='exec 3<> "/dev/tcp/10.99.0.40/$1"
read -r -u 3
while read -r line; do echo "$line" >&3; read -r -u 3 answer; echo "$answer"; done
cat <&3'

# mail URL WORDS...
mail()
{
    ok client curl -sS -m 8 --cacert "$state/tls/ca.pem" -u "alice:$secret" "${@:2}" "$1"
}

drive()
{
    local cas=cas.corp.example
    mail "imap://$cas/" --login-options AUTH=PLAIN
    says INBOX
    fact cas:143/tcp protocol imap
    fact cas:143/tcp client "${address[client]}"
    fact cas:143/tcp imap.auth_used PLAIN
    fact cas:143/tcp session basic/none
    typed "a LOGIN alice $secret\r\nb LOGOUT\r\n" ok client bash -c "$say" say 143
    says 'a OK'
    fact cas:143/tcp imap.auth_used LOGIN
    mail "imap://$cas/" --login-options AUTH=CRAM-MD5
    fact cas:143/tcp imap.auth_used CRAM-MD5
    fact cas:143/tcp session digest/none
    mail "imap://$cas/" --login-options AUTH=PLAIN --ssl-reqd
    fact cas:143/tcp imap.starttls used
    fact cas:143/tcp session -/starttls
    mail "imaps://$cas/" --login-options AUTH=PLAIN
    fact cas:993/tcp session -/tls
    fact cas:993/tcp tls.server_names "$cas"
    fails client curl -sS -m 8 -u alice:wrong --login-options AUTH=PLAIN "imap://$cas/"
    fact cas:143/tcp disposition app-denied
    mail "pop3://$cas/" --login-options AUTH=PLAIN
    fact cas:110/tcp protocol pop3
    fact cas:110/tcp pop3.auth_used PLAIN
    mail "pop3://$cas/" --login-options AUTH=PLAIN --ssl-reqd
    fact cas:110/tcp pop3.stls used
    fact cas:110/tcp session -/starttls
    mail "pop3s://$cas/" --login-options AUTH=PLAIN
    fact cas:995/tcp session -/tls
    typed "USER alice\r\nPASS $secret\r\nSTAT\r\nQUIT\r\n" ok client bash -c "$say" say 110
    says '+OK Logged in'
    fact cas:110/tcp pop3.auth_used USER
    fact cas:110/tcp session basic/none
    typed '' ok client openssl s_client -connect "$cas:110" -starttls pop3 -tls1_2
    says 'TLSv1.2'
    fact cas:110/tcp tls.versions 'TLS 1.2'
    fact cas:110/tcp tls.certificate_names "$cas"
}
