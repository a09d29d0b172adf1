# nntp: news read and posted, with a password in clear, under STARTTLS, refused; on 563 under TLS
servers=(news)

# news WAY CODE: CODE is among the answers
news()
{
    ok client /usr/bin/python3 "$lab/clients/news_talk.py" "${address[mbx]}" "$secret" "$1"
    says "$2"
}

drive()
{
    news reader 281
    says 240
    fact mbx:119/tcp protocol nntp
    fact mbx:119/tcp client "${address[client]}"
    fact mbx:119/tcp nntp.auth_used USER
    fact mbx:119/tcp session basic/none
    news refused 481
    fact mbx:119/tcp disposition app-denied
    news starttls 382
    fact mbx:119/tcp nntp.starttls used
    fact mbx:119/tcp session -/starttls
    news sasl 481
    fact mbx:119/tcp nntp.auth_used PLAIN
    news nntps 281
    fact mbx:563/tcp session -/tls
}
