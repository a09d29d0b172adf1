# FOR REVIEW: inbound rules of Windows Firewall, for each server, from what was observed and is expected.
#     pathaudit 0.1.0
# observed: pcaps/all_in_one.pcap, 2026-11-21 08:12:11 - 2026-11-21 08:12:24 UTC
# expected: table exchange-2010-sp3, site lab
# 14 rules. 23 conversations that were seen have none: nothing expects them, or they are known from a port range
#     alone. pathaudit audit tells which.
# What did not happen while it was observed has no rule here, even when a row expects it: backups, failover,
#     what runs once a month. Compare with pathaudit audit --only paths --all first.

# FOR REVIEW: the rules are made disabled. Set this to True when they are right.
$Enabled = 'False'
Get-NetFirewallRule -Group 'pathaudit' -ErrorAction SilentlyContinue | Remove-NetFirewallRule

# ==== dc ====
if (Get-NetIPAddress -IPAddress '10.99.0.10' -ErrorAction SilentlyContinue) {
    # 1. to dc (10.99.0.10) 88/tcp from cas
    #   row cas-to-ad of exchange-2010-sp3: Active Directory access
    #   seen: 1 conversation, 4 flows, 2026-11-21 08:12:19 - 2026-11-21 08:12:19 UTC, first: pcaps/all_in_one.pcap
    #     frame 2226
    New-NetFirewallRule -Group 'pathaudit' -DisplayName 'pathaudit 1 cas-to-ad' -Description 'Active Directory access' -Direction Inbound -Action Allow -Enabled $Enabled -Protocol TCP -LocalPort 88 -LocalAddress '10.99.0.10' -RemoteAddress @('10.99.0.40') | Out-Null

    # 2. to dc (10.99.0.10) 88/udp from cas
    #   row cas-to-ad of exchange-2010-sp3: Active Directory access
    #   seen: 1 conversation, 2 flows, 2026-11-21 08:12:19 - 2026-11-21 08:12:19 UTC, first: pcaps/all_in_one.pcap
    #     frame 2222
    New-NetFirewallRule -Group 'pathaudit' -DisplayName 'pathaudit 2 cas-to-ad' -Description 'Active Directory access' -Direction Inbound -Action Allow -Enabled $Enabled -Protocol UDP -LocalPort 88 -LocalAddress '10.99.0.10' -RemoteAddress @('10.99.0.40') | Out-Null
}

# ==== hub ====
if (Get-NetIPAddress -IPAddress '10.99.0.20' -ErrorAction SilentlyContinue) {
    # 3. to hub (10.99.0.20) 25/tcp from edge, client
    #   row edge-to-hub of exchange-2010-sp3: Edge Transport server to Hub Transport server
    #   row smtp-clients-to-hub of exchange-2010-sp3: SMTP clients to Hub Transport server (for example, end-users
    #     using Windows Live Mail)
    #   seen: 2 conversations, 14 flows, 2026-11-21 08:12:13 - 2026-11-21 08:12:13 UTC, first: pcaps/all_in_one.pcap
    #     frame 1185
    #   not as the row has it in encryption or authentication, which no rule mends: 1 of the conversations
    New-NetFirewallRule -Group 'pathaudit' -DisplayName 'pathaudit 3 edge-to-hub' -Description 'Edge Transport server to Hub Transport server' -Direction Inbound -Action Allow -Enabled $Enabled -Protocol TCP -LocalPort 25 -LocalAddress '10.99.0.20' -RemoteAddress @('10.99.0.21', '10.99.0.100') | Out-Null

    # 4. to hub (10.99.0.20) 587/tcp from client
    #   row smtp-clients-to-hub of exchange-2010-sp3: SMTP clients to Hub Transport server (for example, end-users
    #     using Windows Live Mail)
    #   seen: 1 conversation, 2 flows, 2026-11-21 08:12:13 - 2026-11-21 08:12:13 UTC, first: pcaps/all_in_one.pcap
    #     frame 1388
    New-NetFirewallRule -Group 'pathaudit' -DisplayName 'pathaudit 4 smtp-clients-to-hub' -Description 'SMTP clients to Hub Transport server (for example, end-users using Windows Live Mail)' -Direction Inbound -Action Allow -Enabled $Enabled -Protocol TCP -LocalPort 587 -LocalAddress '10.99.0.20' -RemoteAddress @('10.99.0.100') | Out-Null
}

# ==== edge ====
if (Get-NetIPAddress -IPAddress '10.99.0.21' -ErrorAction SilentlyContinue) {
    # 5. to edge (10.99.0.21) 25/tcp from hub
    #   row hub-to-edge of exchange-2010-sp3: Hub Transport server to Edge Transport server
    #   seen: 1 conversation, 1 flow, 2026-11-21 08:12:13 - 2026-11-21 08:12:13 UTC, first: pcaps/all_in_one.pcap
    #     frame 1597
    New-NetFirewallRule -Group 'pathaudit' -DisplayName 'pathaudit 5 hub-to-edge' -Description 'Hub Transport server to Edge Transport server' -Direction Inbound -Action Allow -Enabled $Enabled -Protocol TCP -LocalPort 25 -LocalAddress '10.99.0.21' -RemoteAddress @('10.99.0.20') | Out-Null
}

# ==== cas ====
if (Get-NetIPAddress -IPAddress '10.99.0.40' -ErrorAction SilentlyContinue) {
    # 6. to cas (10.99.0.40) 80/tcp from client
    #   row autodiscover of exchange-2010-sp3: Autodiscover service
    #   row availability of exchange-2010-sp3: Availability service
    #   row owa of exchange-2010-sp3: Outlook Web App
    #   row activesync of exchange-2010-sp3: Exchange ActiveSync application
    #   which of these rows it is cannot be told from the traffic
    #   seen: 1 conversation, 9 flows, 2026-11-21 08:12:19 - 2026-11-21 08:12:19 UTC, first: pcaps/all_in_one.pcap
    #     frame 2091
    #   not as the row has it in encryption or authentication, which no rule mends: 1 of the conversations
    New-NetFirewallRule -Group 'pathaudit' -DisplayName 'pathaudit 6 autodiscover' -Description 'Autodiscover service' -Direction Inbound -Action Allow -Enabled $Enabled -Protocol TCP -LocalPort 80 -LocalAddress '10.99.0.40' -RemoteAddress @('10.99.0.100') | Out-Null

    # 7. to cas (10.99.0.40) 110/tcp from client
    #   row pop3 of exchange-2010-sp3: POP3
    #   seen: 1 conversation, 4 flows, 2026-11-21 08:12:19 - 2026-11-21 08:12:23 UTC, first: pcaps/all_in_one.pcap
    #     frame 2476
    #   not as the row has it in encryption or authentication, which no rule mends: 1 of the conversations
    New-NetFirewallRule -Group 'pathaudit' -DisplayName 'pathaudit 7 pop3' -Description 'POP3' -Direction Inbound -Action Allow -Enabled $Enabled -Protocol TCP -LocalPort 110 -LocalAddress '10.99.0.40' -RemoteAddress @('10.99.0.100') | Out-Null

    # 8. to cas (10.99.0.40) 143/tcp from client
    #   row imap4 of exchange-2010-sp3: IMAP4
    #   seen: 1 conversation, 5 flows, 2026-11-21 08:12:19 - 2026-11-21 08:12:19 UTC, first: pcaps/all_in_one.pcap
    #     frame 2340
    #   not as the row has it in encryption or authentication, which no rule mends: 1 of the conversations
    New-NetFirewallRule -Group 'pathaudit' -DisplayName 'pathaudit 8 imap4' -Description 'IMAP4' -Direction Inbound -Action Allow -Enabled $Enabled -Protocol TCP -LocalPort 143 -LocalAddress '10.99.0.40' -RemoteAddress @('10.99.0.100') | Out-Null

    # 9. to cas (10.99.0.40) 443/tcp from client
    #   row autodiscover of exchange-2010-sp3: Autodiscover service
    #   row availability of exchange-2010-sp3: Availability service
    #   row outlook-to-oab of exchange-2010-sp3: Outlook accessing OAB
    #   row owa of exchange-2010-sp3: Outlook Web App
    #   row outlook-anywhere of exchange-2010-sp3: Outlook Anywhere (formerly known as RPC over HTTP )
    #   row activesync of exchange-2010-sp3: Exchange ActiveSync application
    #   row um-web-service of exchange-2010-sp3: Unified Messaging Web Service
    #   which of these rows it is cannot be told from the traffic
    #   seen: 1 conversation, 4 flows, 2026-11-21 08:12:19 - 2026-11-21 08:12:19 UTC, first: pcaps/all_in_one.pcap
    #     frame 2133
    New-NetFirewallRule -Group 'pathaudit' -DisplayName 'pathaudit 9 autodiscover' -Description 'Autodiscover service' -Direction Inbound -Action Allow -Enabled $Enabled -Protocol TCP -LocalPort 443 -LocalAddress '10.99.0.40' -RemoteAddress @('10.99.0.100') | Out-Null

    # 10. to cas (10.99.0.40) 993/tcp from client
    #   row imap4 of exchange-2010-sp3: IMAP4
    #   seen: 1 conversation, 1 flow, 2026-11-21 08:12:19 - 2026-11-21 08:12:19 UTC, first: pcaps/all_in_one.pcap
    #     frame 2432
    New-NetFirewallRule -Group 'pathaudit' -DisplayName 'pathaudit 10 imap4' -Description 'IMAP4' -Direction Inbound -Action Allow -Enabled $Enabled -Protocol TCP -LocalPort 993 -LocalAddress '10.99.0.40' -RemoteAddress @('10.99.0.100') | Out-Null

    # 11. to cas (10.99.0.40) 995/tcp from client
    #   row pop3 of exchange-2010-sp3: POP3
    #   seen: 1 conversation, 1 flow, 2026-11-21 08:12:23 - 2026-11-21 08:12:23 UTC, first: pcaps/all_in_one.pcap
    #     frame 2535
    New-NetFirewallRule -Group 'pathaudit' -DisplayName 'pathaudit 11 pop3' -Description 'POP3' -Direction Inbound -Action Allow -Enabled $Enabled -Protocol TCP -LocalPort 995 -LocalAddress '10.99.0.40' -RemoteAddress @('10.99.0.100') | Out-Null
}

# ==== um ====
if (Get-NetIPAddress -IPAddress '10.99.0.50' -ErrorAction SilentlyContinue) {
    # 12. to um (10.99.0.50) 5060/tcp from pbx
    #   row um-phone of exchange-2010-sp3: Unified Messaging Phone interaction (IP PBX/VoIP Gateway)
    #   seen: 1 conversation, 1 flow, 2026-11-21 08:12:16 - 2026-11-21 08:12:16 UTC, first: pcaps/all_in_one.pcap
    #     frame 1851
    New-NetFirewallRule -Group 'pathaudit' -DisplayName 'pathaudit 12 um-phone' -Description 'Unified Messaging Phone interaction (IP PBX/VoIP Gateway)' -Direction Inbound -Action Allow -Enabled $Enabled -Protocol TCP -LocalPort 5060 -LocalAddress '10.99.0.50' -RemoteAddress @('10.99.0.60') | Out-Null

    # 13. to um (10.99.0.50) 5065/tcp from pbx
    #   row um-phone of exchange-2010-sp3: Unified Messaging Phone interaction (IP PBX/VoIP Gateway)
    #   seen: 1 conversation, 1 flow, 2026-11-21 08:12:16 - 2026-11-21 08:12:18 UTC, first: pcaps/all_in_one.pcap
    #     frame 1864
    New-NetFirewallRule -Group 'pathaudit' -DisplayName 'pathaudit 13 um-phone' -Description 'Unified Messaging Phone interaction (IP PBX/VoIP Gateway)' -Direction Inbound -Action Allow -Enabled $Enabled -Protocol TCP -LocalPort 5065 -LocalAddress '10.99.0.50' -RemoteAddress @('10.99.0.60') | Out-Null
}

# ==== pbx ====
if (Get-NetIPAddress -IPAddress '10.99.0.60' -ErrorAction SilentlyContinue) {
    # 14. to pbx (10.99.0.60) 20000/udp from um
    #   row um-phone of exchange-2010-sp3: Unified Messaging Phone interaction (IP PBX/VoIP Gateway)
    #   seen: 1 conversation, 1 flow, 2026-11-21 08:12:16 - 2026-11-21 08:12:18 UTC, first: pcaps/all_in_one.pcap
    #     frame 1874
    #   dynamic: the two ends agreed on this port, the next call may use another one. A rule for the range that the
    #     server is set to serves better.
    New-NetFirewallRule -Group 'pathaudit' -DisplayName 'pathaudit 14 um-phone' -Description 'Unified Messaging Phone interaction (IP PBX/VoIP Gateway)' -Direction Inbound -Action Allow -Enabled $Enabled -Protocol UDP -LocalPort 20000 -LocalAddress '10.99.0.60' -RemoteAddress @('10.99.0.50') | Out-Null
}

# FOR REVIEW: rules that are there already stay, and most let in more than these. What no rule lets in is
#     dropped and logged once this is set, for the profile the server is in:
# Set-NetFirewallProfile -Profile Domain -Enabled True -DefaultInboundAction Block -LogBlocked True
