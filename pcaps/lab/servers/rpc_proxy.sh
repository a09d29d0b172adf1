# The emulated RPC proxy on mbx.

start_rpc_proxy()
{
    background rpc_proxy mbx /usr/bin/python3 "$lab/emulated/rpc_proxy.py" "${address[mbx]}" "$state/tls/mbx.pem" \
        "$state/tls/mbx.key"
    listens mbx 80 443
}
