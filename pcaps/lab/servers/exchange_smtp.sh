# The emulated Exchange transport on mbx.

start_exchange_smtp()
{
    background exchange_smtp mbx /usr/bin/python3 "$lab/emulated/exchange_smtp.py" serve "${address[mbx]}" 25 \
        "$state/tls/mbx.pem" "$state/tls/mbx.key"
    listens mbx 25
}
