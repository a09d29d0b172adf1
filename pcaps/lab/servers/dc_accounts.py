#!/usr/bin/python3
"""Makes the lab's accounts in Samba's directory and a keytab of its services. One process, because samba-tool
takes a second for each of these. words: SMB_CONF KEYTAB PASSWORD"""
import sys

from samba import dckeytab  # noqa: F401 (gives Net its export_keytab)
from samba.auth import system_session
from samba.credentials import Credentials
from samba.net import Net
from samba.param import LoadParm
from samba.samdb import SamDB

USERS = ("alice", "bob", "svc-ldap", "svc-mail", "svc-rc4")
SERVICES = {
    "svc-mail": [f"{kind}/{host}.corp.example" for host in ("hub", "cas") for kind in ("smtp", "imap", "pop", "HTTP")],
    "svc-rc4": ["MSSQLSvc/mbx.corp.example"],
}
# msDS-SupportedEncryptionTypes (MS-KILE 2.2.7): without it a user account gets RC4 keys only.
TYPES = {"svc-mail": 0x1C, "svc-rc4": 0x04}

conf, keytab, password = sys.argv[1:4]
parameters = LoadParm()
parameters.load(conf)
directory = SamDB(session_info=system_session(), lp=parameters)
base = directory.domain_dn()
for user in USERS:
    directory.newuser(user, password)
for user, names in SERVICES.items():
    lines = [f"dn: CN={user},CN=Users,{base}", "changetype: modify", "add: servicePrincipalName"]
    lines += [f"servicePrincipalName: {name}" for name in names]
    lines += ["-", "replace: msDS-SupportedEncryptionTypes", f"msDS-SupportedEncryptionTypes: {TYPES[user]}", ""]
    directory.modify_ldif("\n".join(lines))
# Users change their passwords in one of the captures, twice within a second, to one that is no better.
directory.modify_ldif(f"dn: {base}\nchangetype: modify\nreplace: minPwdAge\nminPwdAge: 0\n-\n"
                      "replace: pwdProperties\npwdProperties: 0\n-\nreplace: pwdHistoryLength\npwdHistoryLength: 0\n")
credentials = Credentials()
credentials.guess(parameters)
for name in SERVICES["svc-mail"]:
    Net(credentials, parameters).export_keytab(keytab=keytab, principal=name)
