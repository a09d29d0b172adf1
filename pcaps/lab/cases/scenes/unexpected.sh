# scenes/unexpected: traffic that fits no row: another client, server, port or protocol than a row has; one refused
# shellcheck source=pcaps/lab/cases/scenes/conforming.sh
. "$lab/cases/scenes/conforming.sh"

drive()
{
    # A row has hub as the client.
    encrypted client edge
    fact edge:25/tcp verdict unexpected
    # A row has the hub as the server, and the row to edge has another port.
    mail ok hub edge -p 2525
    fact edge:2525/tcp verdict unexpected
    # A telephone system and Unified Messaging talk SIP on that port.
    background files um /usr/bin/python3 -m http.server --bind "${address[um]}" --directory "$lab/servers/sip" 5060
    listens um 5060
    ok pbx curl -sS -m 8 http://um.corp.example:5060/worker.xml
    says scenario
    quit files
    fact um:5060/tcp protocol http
    fact um:5060/tcp verdict unexpected
    # Nobody listens there.
    fails hub curl -sS -m 8 https://edge.corp.example/
    fact edge:443/tcp disposition refused
    fact edge:443/tcp verdict unexpected-attempt
}
