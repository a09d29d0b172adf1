/* roles: the one list of role names for all tables and sites, and which role stands for which others. A host may have
 * several. Groups and implications: a group's member fulfils the group, a host declared as a group is every member. */
#include "audit/nearest.h"
#include "audit/table.h"

#include <string.h>

const char *const role_names[] = {
    /* Exchange 2010 */
    "hub", "edge", "mailbox", "client-access", "unified-messaging",
    /* other Exchange: 2003/2007 mailbox servers behind a 2010 Client Access server; 2000 and 2003; 4.0 to 5.5 */
    "mailbox-legacy", "exchange-2000", "exchange-5.5", "mta", "srs", "adc", "mis",
    /* what stands around it */
    "domain-controller", "global-catalog", "domain-member", "dns", "dhcp", "wins", "rms", "ocs", "ip-pbx", "smtp-host",
    "smtp-carrier", "http-carrier", "rpc-proxy", "reverse-proxy", "exchange-online", "lync", "lync-edge",
    "lync-mediation",
    /* clients */
    "smtp-client", "pop3-client", "imap4-client", "ldap-client", "nntp-client", "mapi-client", "web-client",
    "mobile-client", "admin", "backup",
    /* groups and wildcards */
    "exchange-2010", "exchange", "any", "internal-network", "external-host", NULL};

/* The first stands for the second. */
static const char *const members[][2] = {
    {"exchange-2010", "hub"},
    {"exchange-2010", "edge"},
    {"exchange-2010", "mailbox"},
    {"exchange-2010", "client-access"},
    {"exchange-2010", "unified-messaging"},
    {"exchange", "exchange-2010"},
    {"exchange", "mailbox-legacy"},
    {"exchange", "exchange-2000"},
    {"exchange", "exchange-5.5"},
};

/* Who holds the first also fulfils the second, and not the other way round. Edge Transport servers stand outside. */
static const char *const implied[][2] = {
    {"global-catalog", "domain-controller"},
    {"hub", "domain-member"},
    {"mailbox", "domain-member"},
    {"client-access", "domain-member"},
    {"unified-messaging", "domain-member"},
    {"mailbox-legacy", "domain-member"},
    {"exchange-2000", "domain-member"},
    {"rms", "domain-member"},
    {"ocs", "domain-member"},
    {"lync", "domain-member"},
    {"domain-controller", "domain-member"},
};

bool role_is_known(const char *role)
{
    return nearest_is_known(role, role_names);
}

/* Is `role` the same as `group`, or a member of it, or of a member of it? */
static bool belongs(const char *role, const char *group)
{
    if (strcmp(role, group) == 0)
        return true;
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        if (strcmp(members[i][0], group) == 0 && belongs(role, members[i][1]))
            return true;
    return false;
}

bool role_fulfils(const char *held, const char *wanted)
{
    if (strcmp(wanted, "any") == 0)
        return true;
    for (size_t i = 0; i < sizeof implied / sizeof implied[0]; i++)
        if (strcmp(implied[i][0], held) == 0 && strcmp(implied[i][1], wanted) == 0)
            return true;
    return belongs(held, wanted) || belongs(wanted, held);
}
