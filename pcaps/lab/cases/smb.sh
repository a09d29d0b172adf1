# smb: files over SMB 1, 2 and 3, signed, encrypted, with NTLM and Kerberos; pipes; refused and anonymous sessions
servers=(dc)

# files WORDS...: lists a share
files()
{
    ok client smbclient //dc.corp.example/sysvol "$@" -c ls
    says 'blocks available'
}

drive()
{
    local user=(-U "CORP\\alice%$secret")
    export KRB5CCNAME=$state/ccache
    files "${user[@]}"
    fact dc:445/tcp protocol smb
    fact dc:445/tcp client "${address[client]}"
    fact dc:445/tcp smb.dialects 3.1.1
    files "${user[@]}" -m SMB2
    fact dc:445/tcp smb.dialects 2.1
    files "${user[@]}" -m NT1 --option='client min protocol=NT1'
    fact dc:445/tcp smb.dialects 'NT LM 0.12'
    files "${user[@]}" --client-protection=sign
    fact dc:445/tcp smb.protection signing
    files "${user[@]}" --client-protection=encrypt
    fact dc:445/tcp smb.protection encryption
    fact dc:445/tcp session ntlmv2/smb3
    fact dc:445/tcp negotiate.used ntlm
    files "${user[@]}" --option='client ntlmv2 auth=no'
    fact dc:445/tcp session ntlmv1/none
    typed "$secret\n" ok client kinit alice
    files -N --use-kerberos=required --client-protection=encrypt
    fact dc:445/tcp session kerberos/smb3
    fact dc:445/tcp negotiate.used kerberos
    ok client smbclient -N -L //dc.corp.example
    says sysvol
    fact dc:445/tcp smb.pipes srvsvc
    fails client smbclient //dc.corp.example/sysvol -U 'CORP\alice%wrong' -c ls
    says NT_STATUS_LOGON_FAILURE
    fact dc:445/tcp disposition app-denied
    ok client rpcclient "${user[@]}" dc.corp.example -c querydominfo
    fact dc:445/tcp smb.pipes samr
    # Beginning in the old way: NetBIOS session service.
    ok client smbclient //DC/sysvol -I 10.99.0.10 -p 139 -m NT1 --option='client min protocol=NT1' "${user[@]}" -c ls
    fact dc:139/tcp protocol smb
    ok client kdestroy
}
