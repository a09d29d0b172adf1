# Kamailio as SIP proxy on pbx and um: between the two the trunk is TLS on 5061. The worker of um is behind its proxy.

# kamailio_at HOST RELAY
kamailio_at()
{
    local host=$1 ip=${address[$1]} dir=$state/kamailio module
    mkdir -p "$dir/$host"
    {
        echo '#!KAMAILIO'
        printf '%s\n' debug=2 log_stderror=yes children=1 tcp_children=2 enable_tls=yes \
            "listen=udp:$ip:5060" "listen=tcp:$ip:5060" "listen=tls:$ip:5061" \
            'mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/:/usr/lib/aarch64-linux-gnu/kamailio/modules/"'
        for module in tls tm sl rr textops siputils textopsx pv; do echo "loadmodule \"$module.so\""; done
        cat << END
modparam("tls", "private_key", "$state/tls/$host.key")
modparam("tls", "certificate", "$state/tls/$host.pem")
modparam("tls", "tls_method", "TLSv1.2+")
request_route {
    if (has_totag()) {
        loose_route();
        t_relay();
        exit;
    }
    if (is_method("OPTIONS")) {
        sl_send_reply("200", "OK");
        exit;
    }
    if (is_method("REGISTER")) {
        append_to_reply("WWW-Authenticate: NTLM realm=\"SIP Communications Service\", targetname=\"um\"\r\n");
        sl_send_reply("401", "Unauthorized");
        exit;
    }
    record_route();
    $2;
}
END
    } > "$dir/$host/kamailio.cfg"
    background "kamailio_$host" "$host" kamailio -DD -E -Y "$dir/$host" -f "$dir/$host/kamailio.cfg"
    listens "$host" 5060 5061
}

start_proxies()
{
    kamailio_at um 't_relay_to_udp("10.99.0.50", "5065")' && kamailio_at pbx 't_relay_to_tls("10.99.0.50", "5061")'
}

# SIPp plays um on the same ports in other cases.
stop_proxies()
{
    quit kamailio_um
    quit kamailio_pbx
    unset 'pid_of[proxies]'
}
