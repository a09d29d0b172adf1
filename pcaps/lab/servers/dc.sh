# Samba as Active Directory domain controller: DNS, Kerberos, LDAP, global catalog, SMB, MS-RPC, NetBIOS names.

start_dc()
{
    local dir=$state/dc
    mkdir -p "$dir"
    at dc samba-tool domain provision --realm=CORP.EXAMPLE --domain=CORP --server-role=dc --dns-backend=SAMBA_INTERNAL \
        --adminpass="$admin_secret" --host-name=dc --host-ip="${address[dc]}" --use-rfc2307 --targetdir="$dir" \
        --option='interfaces=lo eth0' --option='bind interfaces only=yes' \
        --option='vfs objects=dfs_samba4 acl_xattr xattr_tdb' || return 1
    # Weak on purpose: the captures have to show binds in clear, RPC that is only signed in, SMB 1 and NTLM.
    sed -i '/dns forwarder/d; /^\[global\]/r /dev/stdin' "$dir/etc/smb.conf" << END
	ldap server require strong auth = no
	allow dcerpc auth level connect = yes
	allow dcerpc auth level connect:samr = yes
	allow dcerpc auth level connect:lsarpc = yes
	ntlm auth = ntlmv1-permitted
	server min protocol = NT1
	pid directory = $dir/pid
	ncalrpc dir = $dir/ncalrpc
	ntp signd socket directory = $dir/ntp_signd
END
    mkdir -p "$dir/pid" "$dir/ncalrpc"
    at dc /usr/bin/python3 "$lab/servers/dc_accounts.py" "$dir/etc/smb.conf" "$state/services.keytab" "$secret" ||
        return 1
    chmod 644 "$state/services.keytab"
    dc_samba /etc/krb5.conf
}

# dc_samba KRB5_CONF: (re)starts the daemons; the key distribution centre reads its limits there
dc_samba()
{
    quit samba
    KRB5_CONFIG=$1 background samba dc samba -s "$state/dc/etc/smb.conf" -F --no-process-group --debug-stdout
    listens dc 53 88 135 389 445 464 636 3268 3269 49152 49153 49154
}
