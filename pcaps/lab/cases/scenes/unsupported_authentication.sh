# scenes/unsupported_authentication: hub asks its directory with NTLM, well sealed, where only Kerberos is expected
# shellcheck source=pcaps/lab/cases/scenes/conforming.sh
. "$lab/cases/scenes/conforming.sh"

drive()
{
    accounts hub seal -U "CORP\\alice%$secret"
    fact dc:49154/tcp session ntlmv2/rpc-privacy
    ok hub ldbsearch -H ldap://dc.corp.example -U "CORP\\alice%$secret" -k no -b dc=corp,dc=example \
        --option='client ldap sasl wrapping=seal' '(sAMAccountName=bob)' dn
    says 'dn: CN=bob'
    fact dc:389/tcp session ntlmv2/ldap-seal
    fact dc:49154/tcp verdict deviating
    fact dc:389/tcp verdict deviating
}
