# scenes/blocked: as conforming, but a firewall on edge drops what hub sends to its port 25
# shellcheck source=pcaps/lab/cases/scenes/conforming.sh
. "$lab/cases/scenes/conforming.sh"
action=drop
disposition=unanswered
verdict=blocked

prepare()
{
    at edge nft -f - << END
table ip firewall {
    chain in {
        type filter hook input priority 0; policy accept;
        ip saddr ${address[hub]} tcp dport 25 $action
    }
}
END
}

finish()
{
    at edge nft delete table ip firewall
}

drive()
{
    directory hub
    accounts hub krb5,seal "${ticket[@]}"
    mail fails hub edge -tls
    fact edge:25/tcp client "${address[hub]}"
    fact edge:25/tcp disposition "$disposition"
    fact edge:25/tcp verdict "$verdict"
    mute edge:25/tcp disposition ok
    encrypted edge hub
    fact hub:25/tcp verdict conforming
    ok hub kdestroy
}
