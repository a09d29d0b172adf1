/* help: what each command does, in the words of the person who runs it. */
#include "app/options.h"

static const char all_help[] =
    "pathaudit: does the traffic on the wire follow the data paths we wrote down?\n"
    "\n"
    "  pathaudit audit     -r FILE|-i IF [-t TABLE]... [-s SITE] [-T text|json|csv|ecs|html] [-o FILE] [FILTER]\n"
    "                      the main job: judge a capture against expected data-path tables\n"
    "  pathaudit endpoints -r FILE [-T text|json|csv] [FILTER]\n"
    "                      which dynamic RPC ports servers hand out, for what, to whom\n"
    "  pathaudit observe   -r FILE [-O dir:PATH | -T jsonl] [FILTER]\n"
    "                      write down what was seen, judge nothing\n"
    "  pathaudit roles     -r FILE [-s SITE] [-T yaml|json|text] [FILTER]\n"
    "                      who is who, as inferred from what was seen: a site file ready to edit\n"
    "  pathaudit rules     -r FILE [-t TABLE]... [-s SITE] [-T nftables|windows|cisco-asa] [FILTER]\n"
    "                      narrow firewall rules from what was seen and is expected, for review\n"
    "  pathaudit watch     -i IF [-t TABLE]... [-s SITE] [--listen ADDR:PORT] [--findings WHERE]... [FILTER]\n"
    "                      live, with a page for browsers, metrics, and findings as they come\n"
    "  pathaudit tables    list | show NAME | check FILE...\n"
    "                      the expected tables that come with pathaudit, and your own\n"
    "  pathaudit diff      OLD NEW [-T text|json]\n"
    "                      two audits: what got worse, what got better, what is new or gone\n"
    "\n"
    "'pathaudit COMMAND --help' tells more. pathaudit never sends a packet and looks nothing up.\n";

static const char input_help[] =
    "input\n"
    "  -r, --read FILE      a pcap or pcapng file, also packed with gzip or zstd, a folder of such files, or - for\n"
    "                       standard input; may be given more than once. All is read in order of time\n"
    "      --follow         the files are still being written: go on until Ctrl-C, --duration or --packets; of a\n"
    "                       folder, go on with the next file of the ring\n"
    "  -i, --interface IF   live from a network interface, until Ctrl-C; may be given more than once\n"
    "      --snaplen N      bytes of each packet (262144, which is all of it)\n"
    "      --buffer MIB     what the kernel keeps for us, of each interface (64)\n"
    "      --no-promiscuous only what is meant for this host\n"
    "      --fanout N       N readers share the packets of each interface, for links too busy for one\n"
    "  --duration S         stop after S seconds; with -r of packet time\n"
    "  --packets N          stop after N packets\n"
    "  FILTER               trailing words: a BPF filter, as with tcpdump\n"
    "  --memory MIB         memory for everything (512)\n"
    "  --workers N          threads beside the one that reads; 0: none (as many as there are processors, at most 4)\n"
    "  --sensor NAME        a name for where this was captured, kept with every observation\n"
    "  --keep-apart         the same addresses in different VLANs or VXLAN, Geneve or 802.1ah networks are different\n"
    "                       hosts: their conversations are told apart, and no copy of another network's is removed\n"
    "  --user NAME          as root: who to be while reading (see the manual for who that is without it)\n"
    "  --no-sandbox         do not give up system calls and folders to write to while reading\n"
    "  --no-second-opinion  do not ask nDPI what services are that nothing else names\n"
    "  -q, --quiet          no progress, no word on what is passed over\n";

static const char audit_help[] =
    "pathaudit audit -r FILE|-i IF [-t TABLE]... [-s SITE] [-T text|json|csv|ecs|html] [-o FILE] [FILTER]\n"
    "\n"
    "Judges a capture against expected data-path tables: who talks to whom, on which ports, with which\n"
    "authentication and encryption; reports what is unexpected, blocked, or weaker than it should be.\n"
    "\n"
    "  -t, --table TABLE    a name from 'pathaudit tables list', or a file; may be given more than once.\n"
    "                       Without it: those of the site file, else the one that explains most\n"
    "  -s, --site FILE      your hosts, roles and scope; without it roles are inferred from the traffic\n"
    "      --rpc-interfaces FILE  more names of RPC interfaces; a line is UUID, version, name, service, by tabs\n"
    "  -T, --format FORM    text (default), json, csv of what --only names, ecs, or html: a page for a browser\n"
    "  -o, --output FILE    write there instead of to standard output\n"
    "      --all            everything, also what the short form folds\n"
    "      --every S        with -i: a report every S seconds, beside the last; SIGUSR1 asks for one at once\n"
    "      --only PART      conversations, paths, endpoints or findings\n"
    "      --ledger FILE    ports that servers handed out, kept from run to run: read when it is there, then replaced\n"
    "      --explain ID     the whole reasoning of one finding\n"
    "      --propose-exceptions FILE  write the findings that count there, as exceptions for the site file\n"
    "      --from WHERE     observations made earlier instead of a capture, or together with one: dir:PATH, or\n"
    "                       clickhouse:http://HOST:PORT/DATABASE[?cluster=NAME]\n"
    "      --since T, --until T, --sensor NAME   of --from: from and up to a day or time in UTC, such as\n"
    "                       2026-11-20 or 2026-11-20T09:00:00; what one sensor saw\n"
    "  -w, --write FILE     keep the packets of unexpected conversations there, payload and all; -i: with --every\n"
    "      --keep VERDICTS  of these verdicts instead (unexpected,unexpected-attempt), with commas between\n"
    "      --keep-mib N     at most this much (1024)\n"
    "      --anonymize      replace addresses and names, the same by the same; with --anonymize-key FILE also in\n"
    "                       the next run\n"
    "      --color WHEN     auto, always or never\n"
    "\n"
    "Ends with 0 when the traffic conforms, 1 with findings, 3 when nothing is wrong but something required\n"
    "could not be judged, 2 when there was trouble.\n"
    "\n"
    "examples\n"
    "  pathaudit audit -r monday.pcap -s contoso.yaml\n"
    "  pathaudit audit -r monday.pcap -t exchange-2010-sp3 -T json -o monday.json\n"
    "  pathaudit audit -r monday.pcap -s contoso.yaml -T html -o monday.html\n"
    "  pathaudit audit -r monday.pcap -s contoso.yaml 'host 10.1.0.30'\n"
    "  pathaudit audit -i eth1 -i eth2 -s contoso.yaml -o now.txt --every 3600\n";

static const char endpoints_help[] =
    "pathaudit endpoints -r FILE [-T text|json|csv] [-o FILE] [FILTER]\n"
    "\n"
    "Lists the ports that servers hand out: which RPC interface lives where, how that was learned, who was\n"
    "told, and who connected.\n"
    "\n"
    "  -s, --site FILE      names of hosts, and the declared dynamic range\n"
    "      --rpc-interfaces FILE  more names of RPC interfaces; a line is UUID, version, name, service, by tabs\n"
    "      --ledger FILE    ports that servers handed out, kept from run to run: read when it is there, then replaced\n"
    "  -T, --format FORM    text (default), json or csv\n"
    "  -o, --output FILE    write there instead of to standard output\n"
    "      --every S        with -i: a report every S seconds, beside the last; SIGUSR1 asks for one at once\n"
    "      --from WHERE     observations made earlier instead of a capture, or together with one: dir:PATH, or\n"
    "                       clickhouse:http://HOST:PORT/DATABASE[?cluster=NAME]\n"
    "      --since T, --until T, --sensor NAME   of --from: from and up to a day or time in UTC, such as\n"
    "                       2026-11-20 or 2026-11-20T09:00:00; what one sensor saw\n"
    "      --anonymize      replace addresses and names, the same by the same; with --anonymize-key FILE also in\n"
    "                       the next run\n"
    "      --color WHEN     auto, always or never\n"
    "\n"
    "example\n"
    "  pathaudit endpoints -r monday.pcap 'host 10.1.0.30'\n";

static const char observe_help[] =
    "pathaudit observe -r FILE [-O dir:PATH | -T jsonl] [-o FILE] [FILTER]\n"
    "\n"
    "Writes down what was seen and judges nothing: conversations, facts, bindings, coverage.\n"
    "\n"
    "  -O, --observations dir:PATH   add a run to the folder PATH; prints nothing\n"
    "      clickhouse:http://HOST:PORT/DATABASE   or to the tables of a database, with ?cluster=NAME behind it spread\n"
    "                                over shards; user and password: PATHAUDIT_CLICKHOUSE_USER and _PASSWORD, or\n"
    "                                PATHAUDIT_CLICKHOUSE_CREDENTIALS=FILE. Without -r and -i what waits is sent\n"
    "      --spool DIR               rows wait there for a database that is away (/var/spool/pathaudit)\n"
    "      --spool-mib N             at most this much (1024)\n"
    "  -T, --format jsonl            one JSON object a line (default)\n"
    "  -o, --output FILE             write the lines there instead of to standard output\n"
    "\n"
    "examples\n"
    "  pathaudit observe -r monday.pcap -O dir:observations\n"
    "  pathaudit audit --from dir:observations -s contoso.yaml\n";

static const char rules_help[] =
    "pathaudit rules -r FILE [-t TABLE]... [-s SITE] [-T nftables|windows|cisco-asa] [-o FILE] [FILTER]\n"
    "\n"
    "Writes firewall rules for what was observed and what a row of a table expects, each with its evidence. What\n"
    "no row expects, and what is known from the dynamic range alone, gets none. The rules are for review: nothing\n"
    "is dropped, and nothing opened on a server, before you change the lines marked so.\n"
    "\n"
    "  -t, --table TABLE    a name from 'pathaudit tables list', or a file; may be given more than once\n"
    "  -s, --site FILE      your hosts, roles and scope\n"
    "      --rpc-interfaces FILE  more names of RPC interfaces; a line is UUID, version, name, service, by tabs\n"
    "  -T, --format FORM    nftables (default): for a firewall between the hosts, or with --for on a host\n"
    "                       windows: a PowerShell script of inbound rules, for each server its own\n"
    "                       cisco-asa: an access list with object groups\n"
    "      --for HOST       only what HOST serves: a name of the site, or an address\n"
    "  -o, --output FILE    write there instead of to standard output\n"
    "      --from WHERE     observations made earlier instead of a capture, or together with one: dir:PATH, or\n"
    "                       clickhouse:http://HOST:PORT/DATABASE[?cluster=NAME]\n"
    "      --since T, --until T, --sensor NAME   of --from: from and up to a day or time in UTC, such as\n"
    "                       2026-11-20 or 2026-11-20T09:00:00; what one sensor saw\n"
    "\n"
    "examples\n"
    "  pathaudit rules -r month.pcap -s contoso.yaml -o pathaudit.nft && nft -c -f pathaudit.nft\n"
    "  pathaudit rules -r month.pcap -s contoso.yaml -T windows --for mbx1 -o mbx1.ps1\n";

static const char watch_help[] =
    "pathaudit watch -i IF [-t TABLE]... [-s SITE] [--listen ADDR:PORT] [--findings WHERE]... [FILTER]\n"
    "\n"
    "Audits what passes, again and again, until Ctrl-C: on a terminal with a summary and the newest findings,\n"
    "otherwise each new finding as a line of JSON; with --listen also as a page for browsers, with metrics.\n"
    "\n"
    "  -t, --table TABLE    a name from 'pathaudit tables list', or a file; may be given more than once.\n"
    "                       Without it: those of the site file, else the one that explains most\n"
    "  -s, --site FILE      your hosts, roles and scope; without it roles are inferred from the traffic\n"
    "      --rpc-interfaces FILE  more names of RPC interfaces; a line is UUID, version, name, service, by tabs\n"
    "      --listen ADDR:PORT  the page at /, and /audit.json, /events, /metrics, /healthz; 127.0.0.1:8080 is for "
    "this\n"
    "                       machine alone, any other address needs a token\n"
    "      --token-file FILE  whose first line is the token; else PATHAUDIT_TOKEN of the environment\n"
    "      --findings WHERE  tell each new finding there: - for standard output, a file to add to, syslog, or\n"
    "                       syslog:ADDR:PORT; may be given more than once\n"
    "      --every S        an audit every S seconds (10); SIGUSR1 asks for one at once\n"
    "      --ledger FILE    ports that servers handed out, kept from run to run: read when it is there, then replaced\n"
    "  -O, --observations dir:PATH  write there, at the end, what was observed\n"
    "      --color WHEN     auto, always or never\n"
    "\n"
    "Ends as audit does: 0 when the traffic conforms, 1 with findings, 3 when something required could not be\n"
    "judged, 2 when there was trouble. With -r, give --follow: a file or folder that somebody else is writing.\n"
    "\n"
    "examples\n"
    "  pathaudit watch -i eth1 -s contoso.yaml\n"
    "  pathaudit watch -i eth1 -s contoso.yaml --listen 127.0.0.1:8080 --findings syslog\n";

static const char roles_help[] =
    "pathaudit roles -r FILE [-s SITE] [-T yaml|json|text] [-o FILE] [FILTER]\n"
    "\n"
    "Writes who plays which role, as inferred from what hosts serve and from what their mapper, DNS and the KDC\n"
    "say of them: a site file ready to edit, with the evidence as comments. What is declared stays, and what\n"
    "speaks against it is told.\n"
    "\n"
    "  -s, --site FILE      what is declared already\n"
    "      --rpc-interfaces FILE  more names of RPC interfaces; a line is UUID, version, name, service, by tabs\n"
    "  -T, --format FORM    yaml (default), json or text\n"
    "  -o, --output FILE    write there instead of to standard output\n"
    "      --from WHERE     observations made earlier instead of a capture, or together with one: dir:PATH, or\n"
    "                       clickhouse:http://HOST:PORT/DATABASE[?cluster=NAME]\n"
    "      --since T, --until T, --sensor NAME   of --from: from and up to a day or time in UTC, such as\n"
    "                       2026-11-20 or 2026-11-20T09:00:00; what one sensor saw\n"
    "\n"
    "example\n"
    "  pathaudit roles -r monday.pcap -o contoso.yaml && pathaudit audit -r monday.pcap -s contoso.yaml\n";

static const char tables_help[] =
    "pathaudit tables list | show NAME | check FILE...\n"
    "\n"
    "  list                 the tables that come with pathaudit\n"
    "  show NAME            one of them, or a file, as people know it\n"
    "  check FILE...        reads table files and reports every problem with file, line, column and key; what is odd\n"
    "                       without being wrong is told as a warning, and does not count\n"
    "  -s, --site SITE      check: warns of rows that no host of this site can have as well\n"
    "  -T, --format FORM    text (default) or json; for show also csv or tsv\n"
    "  -o, --output FILE    write there instead of to standard output\n"
    "\n"
    "Tables are looked for in $PATHAUDIT_TABLES, else where pathaudit is installed.\n";

static const char diff_help[] =
    "pathaudit diff OLD NEW [-T text|json] [-o FILE]\n"
    "\n"
    "Compares two audits, for before and after a change: what got worse, what got better, what is new or gone.\n"
    "OLD and NEW are files that 'pathaudit audit -T json' wrote, or pages that carry that JSON. RPC ports that\n"
    "moved with their interface, as after a restart, are one line and no change.\n"
    "\n"
    "  -T, --format FORM    text (default) or json\n"
    "  -o, --output FILE    write there instead of to standard output\n"
    "      --all            everything that is new or gone, not only the first twenty\n"
    "      --color WHEN     auto, always or never\n"
    "\n"
    "Ends with 1 when something got worse, 0 when nothing did, 2 when there was trouble.\n"
    "\n"
    "example\n"
    "  pathaudit audit -r before.pcap -s contoso.yaml -T json -o before.json\n"
    "  pathaudit audit -r after.pcap -s contoso.yaml -T json -o after.json\n"
    "  pathaudit diff before.json after.json\n";

const char *options_help(enum command command)
{
    switch (command) {
    case COMMAND_AUDIT:
        return audit_help;
    case COMMAND_ENDPOINTS:
        return endpoints_help;
    case COMMAND_OBSERVE:
        return observe_help;
    case COMMAND_RULES:
        return rules_help;
    case COMMAND_ROLES:
        return roles_help;
    case COMMAND_WATCH:
        return watch_help;
    case COMMAND_TABLES:
        return tables_help;
    case COMMAND_DIFF:
        return diff_help;
    default:
        return all_help;
    }
}

const char *options_input_help(void)
{
    return input_help;
}
