# rpc_over_http_emulated: Outlook Anywhere, in clear and under TLS, with NTLM (server emulated, client not)
servers=(rpc_proxy)

drive()
{
    local port
    for port in 80 443; do
        ok client /usr/bin/python3 "$lab/clients/rpc_http_talk.py" mbx.corp.example "$port" "$secret"
        says called
        fact "mbx:$port/tcp" client "${address[client]}"
    done
    fact mbx:80/tcp protocol http
    fact mbx:80/tcp http.methods RPC_IN_DATA
    fact mbx:80/tcp http.methods RPC_OUT_DATA
    fact mbx:80/tcp http.paths /rpc
    fact mbx:80/tcp http.auth_offered ntlm
    fact mbx:80/tcp http.auth_used ntlm
    fact mbx:80/tcp http.rpc_servers mbx.corp.example:6001
    fact mbx:443/tcp session -/tls
    mute mbx:443/tcp http.methods RPC_IN_DATA
}
