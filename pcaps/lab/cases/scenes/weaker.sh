# scenes/weaker: hub sends mail in clear, binds with its password in clear, and only signs its RPC
# shellcheck source=pcaps/lab/cases/scenes/conforming.sh
. "$lab/cases/scenes/conforming.sh"

drive()
{
    export KRB5CCNAME=$state/ccache
    mail ok hub edge
    says '221 2.0.0'
    fact edge:25/tcp smtp.starttls offered
    fact edge:25/tcp session anonymous/none
    mute edge:25/tcp smtp.starttls used
    ok hub ldapsearch -x -D alice@corp.example -w "$secret" -H ldap://dc.corp.example -b dc=corp,dc=example \
        '(sAMAccountName=bob)' dn
    says 'dn: CN=bob'
    fact dc:389/tcp ldap.binds simple
    fact dc:389/tcp session simple/none
    typed "$secret\n" ok hub kinit -f alice
    accounts hub krb5,sign "${ticket[@]}"
    fact dc:49154/tcp session kerberos/rpc-integrity
    mute dc:49154/tcp session kerberos/rpc-privacy
    fact edge:25/tcp verdict deviating
    fact dc:389/tcp verdict deviating
    fact dc:49154/tcp verdict deviating
    ok hub kdestroy
}
