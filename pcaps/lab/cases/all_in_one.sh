# all_in_one: krb, ldap, rpc, smtp, nntp, sip_tcp, dns, cas and mailbox in one capture (NTLM web server emulated)
servers=(dc mail mailbox web news)

drive()
{
    drive_all krb ldap rpc smtp nntp sip_tcp dns cas mailbox
}
