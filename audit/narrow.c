/* narrow: see audit/narrow.h. Keys below HKLM\SYSTEM\CurrentControlSet\Services; told in our own words, each with the
 * article it is from. Restart the service after setting one. */
#include "audit/narrow.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *interface;
    struct narrowing narrowing;
} settings[] = {
    {"drsuapi", {"NTDS\\Parameters, DWORD \"TCP/IP Port\"", "Microsoft KB 224196"}},
    {"dsaop", {"NTDS\\Parameters, DWORD \"TCP/IP Port\"", "Microsoft KB 224196"}},
    {"lsarpc", {"NTDS\\Parameters, DWORD \"TCP/IP Port\" (on a domain controller)", "Microsoft KB 224196"}},
    {"samr", {"NTDS\\Parameters, DWORD \"TCP/IP Port\" (on a domain controller)", "Microsoft KB 224196"}},
    {"netlogon", {"Netlogon\\Parameters, DWORD \"DCTcpipPort\"", "Microsoft KB 224196"}},
    {"frsrpc", {"NTFRS\\Parameters, DWORD \"RPC TCP/IP Port Assignment\"", "Microsoft KB 319553"}},
    {"frstrans", {"dfsrdiag StaticRPC /port:N", "Microsoft KB 832017"}},
    {"emsmdb",
     {"MSExchangeRPC\\ParametersSystem, DWORD \"TCP/IP Port\" (Exchange 2010); MSExchangeIS\\ParametersSystem, DWORD "
      "\"TCP/IP Port\" (before)",
      "TechNet wiki 864, Microsoft KB 270836"}},
    {"asyncemsmdb", {"MSExchangeRPC\\ParametersSystem, DWORD \"TCP/IP Port\" (Exchange 2010)", "TechNet wiki 864"}},
    {"nspi",
     {"MSExchangeAB\\Parameters, string \"RpcTcpPort\" (Exchange 2010 SP1 and later); MSExchangeSA\\Parameters, DWORD "
      "\"TCP/IP NSPI Port\" (2000 to 2007); MSExchangeDS\\Parameters, DWORD \"TCP/IP port\" (5.5)",
      "TechNet wiki 864, Microsoft KB 270836, 155831"}},
    {"rfr",
     {"MSExchangeAB\\Parameters, string \"RpcTcpPort\" (Exchange 2010 SP1 and later); MSExchangeSA\\Parameters, DWORD "
      "\"TCP/IP Port\" (2000 to 2007)",
      "TechNet wiki 864, Microsoft KB 270836"}},
    {"store-admin1", {"MSExchangeIS\\ParametersSystem, DWORD \"TCP/IP Port\"", "Microsoft KB 270836"}},
    {"store-admin2", {"MSExchangeIS\\ParametersSystem, DWORD \"TCP/IP Port\"", "Microsoft KB 270836"}},
    {"store-admin3", {"MSExchangeIS\\ParametersSystem, DWORD \"TCP/IP Port\"", "Microsoft KB 270836"}},
    {"xds", {"MSExchangeDS\\Parameters, DWORD \"TCP/IP port\" (Exchange 5.5)", "Microsoft KB 155831"}},
    {"exchange-drs", {"MSExchangeDS\\Parameters, DWORD \"TCP/IP port\" (Exchange 5.5)", "Microsoft KB 155831"}},
    {"mta", {"MSExchangeMTA\\Parameters, DWORD \"TCP/IP port for RPC listens\" (Exchange 5.5)", "Microsoft KB 161931"}},
    {"mta-qadmin",
     {"MSExchangeMTA\\Parameters, DWORD \"TCP/IP port for RPC listens\" (Exchange 5.5)", "Microsoft KB 161931"}},
};

const struct narrowing *narrow_find(const char *interface)
{
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
        if (strcmp(settings[i].interface, interface) == 0)
            return &settings[i].narrowing;
    return NULL;
}
