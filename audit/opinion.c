/* opinion: nDPI's names for what we read under another name. */
#include "audit/opinion.h"

#include <stddef.h>
#include <string.h>

bool opinion_differs(const char *protocol, const char *opinion)
{
    static const char *const same[][2] = {
        {"dcerpc", "dce_rpc"},   {"dcerpc", "rpc"},        {"smb", "smbv1"},   {"smb", "smbv23"},  {"smb", "netbios"},
        {"nbns", "netbios"},     {"nbdgm", "netbios"},     {"nbdgm", "smbv1"}, {"nntp", "usenet"}, {"isakmp", "ipsec"},
        {"kpasswd", "kerberos"}, {"cldap", "ldap"},        {"pop3", "pops"},   {"imap", "imaps"},  {"smtp", "smtps"},
        {"http", "http_proxy"},  {"http", "http_connect"}, {"llmnr", "mdns"},  {"mdns", "dns"},    {"tls", "smtps"},
        {"tls", "imaps"},        {"tls", "pops"},          {"tls", "https"},   {"rtcp", "rtp"},
    };
    if (protocol[0] == '\0' || opinion[0] == '\0' || strcmp(protocol, opinion) == 0)
        return false;
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        if (strcmp(same[i][0], protocol) == 0 && strcmp(same[i][1], opinion) == 0)
            return false;
    return true;
}
