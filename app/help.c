/* help: what each command does, in the words of the person who runs it. Options stand here once, whoever takes them:
 * the table of options says for which commands they are shown. `COMMAND --help` shows what is often needed and fits one
 * screen; `help COMMAND` shows all. */
#include "app/option.h"

#include <string.h>

enum group { GROUP_INPUT, GROUP_JUDGING, GROUP_OUTPUT, GROUP_LIVE, GROUP_RIGHTS, GROUP_COUNT };
static const char *const group_names[GROUP_COUNT] = {"Input", "Judging", "Output", "Live", "Rights and resources"};

enum need { RARE, OFTEN };

struct about {
    enum group group;
    enum need need;
    unsigned only; /* of the commands that take it, these alone; 0: all of them */
    const char *option;
    const char *text;
};

static const struct about abouts[] = {
    {GROUP_INPUT, OFTEN, 0, "-r, --read FILE",
     "a capture (pcap, pcapng, .gz, .zst), a folder, or - for stdin; repeatable"},
    {GROUP_INPUT, OFTEN, 0, "    --follow", "of a file or ring that is still being written: go on until Ctrl-C"},
    {GROUP_INPUT, OFTEN, 0, "-i, --interface IF", "live from a network interface, until Ctrl-C; repeatable"},
    {GROUP_INPUT, OFTEN, 0, "    --from WHERE",
     "made earlier with -O: dir:PATH or clickhouse:http://HOST:PORT/DATABASE"},
    {GROUP_INPUT, RARE, 0, "    --since T", "of --from: from a day or time in UTC: 2026-11-20, 2026-11-20T09:00:00"},
    {GROUP_INPUT, RARE, 0, "    --until T", "of --from: up to there"},
    {GROUP_INPUT, OFTEN, OF(COMMAND_OBSERVE) | OF(COMMAND_WATCH), "    --sensor NAME",
     "a name for where this is captured, kept with every observation"},
    {GROUP_INPUT, RARE, ~(OF(COMMAND_OBSERVE) | OF(COMMAND_WATCH)), "    --sensor NAME",
     "of --from: what this one saw; of a capture: a name for where it was made"},
    {GROUP_INPUT, RARE, 0, "    --duration S", "stop after S seconds; with -r of packet time"},
    {GROUP_INPUT, RARE, 0, "    --packets N", "stop after N packets"},
    {GROUP_INPUT, RARE, 0, "    --keep-apart", "the same addresses in different VLANs, VXLANs ... are different hosts"},
    {GROUP_INPUT, RARE, 0, "    --no-second-opinion", "do not ask nDPI what services are that nothing else names"},

    {GROUP_JUDGING, OFTEN, OF(COMMAND_TABLES), "-s, --site FILE",
     "check: warn of rows that no host of this site can have, too"},
    {GROUP_JUDGING, OFTEN, OF(COMMAND_ROLES), "-s, --site FILE", "what is declared already"},
    {GROUP_JUDGING, OFTEN, ~(OF(COMMAND_TABLES) | OF(COMMAND_ROLES)), "-s, --site FILE",
     "your hosts, roles and scope; without it roles are inferred"},
    {GROUP_JUDGING, OFTEN, 0, "-t, --table TABLE",
     "a name of 'pathaudit tables list', or a file; repeatable. Without it:\n"
     "those of the site, else the one that explains most"},
    {GROUP_JUDGING, OFTEN, 0, "    --ledger FILE", "ports that servers handed out, kept from run to run"},
    {GROUP_JUDGING, RARE, 0, "    --rpc-interfaces FILE",
     "more names of RPC interfaces: UUID, version, name, service, by tabs"},

    {GROUP_OUTPUT, OFTEN, OF(COMMAND_AUDIT), "-T, --format FORM",
     "text (default), json, csv (with --only), ecs, html: a page for browsers"},
    {GROUP_OUTPUT, OFTEN, OF(COMMAND_ENDPOINTS), "-T, --format FORM", "text (default), json or csv"},
    {GROUP_OUTPUT, OFTEN, OF(COMMAND_OBSERVE), "-T, --format FORM", "jsonl: one JSON object a line (default)"},
    {GROUP_OUTPUT, OFTEN, OF(COMMAND_ROLES), "-T, --format FORM", "yaml (default), json or text"},
    {GROUP_OUTPUT, OFTEN, OF(COMMAND_RULES), "-T, --format FORM",
     "nftables (default): for a firewall between hosts, or with --for on one\n"
     "windows: a PowerShell script of inbound rules, for each server its own\n"
     "cisco-asa: an access list with object groups"},
    {GROUP_OUTPUT, OFTEN, OF(COMMAND_TABLES), "-T, --format FORM", "text (default) or json; of show also csv or tsv"},
    {GROUP_OUTPUT, OFTEN, OF(COMMAND_DIFF), "-T, --format FORM", "text (default) or json"},
    {GROUP_OUTPUT, OFTEN, 0, "-o, --output FILE", "write there instead of to standard output"},
    {GROUP_OUTPUT, OFTEN, OF(COMMAND_OBSERVE), "-O, --observations WHERE",
     "dir:PATH adds a run to that folder, clickhouse:http://HOST:PORT/DATABASE\nto a database; with ?cluster=NAME "
     "behind it spread over shards"},
    {GROUP_OUTPUT, OFTEN, OF(COMMAND_WATCH), "-O, --observations WHERE",
     "write there what is observed: dir:PATH or clickhouse:URL"},
    {GROUP_OUTPUT, RARE, 0, "    --send-every S",
     "with -i and -O: write every S seconds what came since (60); 0: at the end"},
    {GROUP_OUTPUT, RARE, 0, "    --spool DIR", "rows wait there for a database that is away (/var/spool/pathaudit)"},
    {GROUP_OUTPUT, RARE, 0, "    --spool-mib N", "at most this much (1024)"},
    {GROUP_OUTPUT, OFTEN, OF(COMMAND_AUDIT), "    --all", "everything, also what the short form folds"},
    {GROUP_OUTPUT, OFTEN, OF(COMMAND_DIFF), "    --all", "everything that is new or gone, not only the first twenty"},
    {GROUP_OUTPUT, OFTEN, 0, "    --only PART", "conversations, paths, endpoints or findings"},
    {GROUP_OUTPUT, OFTEN, 0, "    --explain ID", "the whole reasoning of one finding (or its number)"},
    {GROUP_OUTPUT, OFTEN, 0, "    --for HOST", "only what HOST serves: a name of the site, or an address"},
    {GROUP_OUTPUT, RARE, 0, "    --propose-exceptions FILE", "what counts today, as exceptions for the site file"},
    {GROUP_OUTPUT, OFTEN, 0, "-w, --write FILE", "keep packets of unexpected conversations there, payload and all"},
    {GROUP_OUTPUT, RARE, 0, "    --keep VERDICTS",
     "of these instead (unexpected,unexpected-attempt), with commas between"},
    {GROUP_OUTPUT, RARE, 0, "    --keep-mib N", "at most this much (1024)"},
    {GROUP_OUTPUT, RARE, 0, "    --anonymize", "replace addresses and names, the same by the same"},
    {GROUP_OUTPUT, RARE, 0, "    --anonymize-key FILE", "... and the same way in the next run"},
    {GROUP_OUTPUT, OFTEN, 0, "    --findings WHERE",
     "tell each new finding there: - for standard output, a file to add to,\nsyslog, or syslog:ADDR:PORT; repeatable"},
    {GROUP_OUTPUT, OFTEN, 0, "    --color WHEN", "auto, always or never"},
    {GROUP_OUTPUT, OFTEN, 0, "-q, --quiet", "no progress, no word on what is passed over"},

    {GROUP_LIVE, OFTEN, OF(COMMAND_WATCH), "    --every S",
     "an audit every S seconds (10); SIGUSR1 asks for one at once"},
    {GROUP_LIVE, RARE, ~OF(COMMAND_WATCH), "    --every S",
     "with -i or --follow: also a report every S seconds, and at SIGUSR1"},
    {GROUP_LIVE, OFTEN, 0, "    --listen ADDR:PORT",
     "the page at /, and /audit.json, /events, /metrics, /healthz;\n"
     "127.0.0.1:8080 is for this machine alone, any other address needs a token"},
    {GROUP_LIVE, RARE, 0, "    --token-file FILE",
     "its first line is the token; else PATHAUDIT_TOKEN of the environment"},
    {GROUP_LIVE, RARE, 0, "    --snaplen N", "bytes of each packet (262144, which is all of it)"},
    {GROUP_LIVE, RARE, 0, "    --buffer MIB", "what the kernel keeps for us, of each interface (64)"},
    {GROUP_LIVE, RARE, 0, "    --no-promiscuous", "only what is meant for this host"},
    {GROUP_LIVE, RARE, 0, "    --fanout N", "N readers share the packets of each interface, where one is too slow"},

    {GROUP_RIGHTS, RARE, 0, "    --memory MIB", "memory for everything (512)"},
    {GROUP_RIGHTS, RARE, 0, "    --workers N",
     "threads beside the one that reads, 0 to 16\n(half the processors, 2 to 4)"},
    {GROUP_RIGHTS, RARE, 0, "    --user NAME",
     "as root: who to be while reading; else the owner of the output's folder"},
    {GROUP_RIGHTS, RARE, 0, "    --no-sandbox", "keep system calls, and folders to write to, while reading"},
};

/* What stands before and behind the options. Examples work where pcaps/ is: in the source tree, and in the folder
 * examples of the installed documentation. */
struct frame_of_help {
    const char *synopsis, *what, *more, *examples;
};

static const struct frame_of_help frames[COMMAND_COUNT] = {
    [COMMAND_AUDIT] =
        {"-r FILE|-i IF [-t TABLE]... [-s SITE] [-T text|json|csv|ecs|html] [-o FILE] [FILTER]",
         "Judges a capture against expected data-path tables: who talks to whom, on which ports, with which\n"
         "authentication and encryption; reports what is unexpected, blocked, or weaker than it should be.\n",
         "Ends with 0 when the traffic conforms, 1 with findings, 3 when nothing is wrong but something\n"
         "required could not be judged, 2 when there was trouble.\n",
         "  pathaudit audit -r pcaps/all_in_one.pcap -s pcaps/lab.yaml\n"
         "  pathaudit audit -r pcaps/all_in_one.pcap -s pcaps/lab.yaml -T html -o report.html\n"
         "  pathaudit audit -r pcaps/all_in_one.pcap --only findings 'host 10.99.0.30'\n"
         "  pathaudit audit -i eth1 -i eth2 -s contoso.yaml -o now.txt --every 3600\n"},
    [COMMAND_ENDPOINTS] =
        {"-r FILE|-i IF [-s SITE] [-T text|json|csv] [-o FILE] [FILTER]",
         "Lists the ports that servers hand out: which RPC interface lives where, how that was learned, who\n"
         "was told, and who connected.\n",
         NULL,
         "  pathaudit endpoints -r pcaps/all_in_one.pcap -s pcaps/lab.yaml\n"
         "  pathaudit endpoints -r pcaps/all_in_one.pcap -T csv 'host 10.99.0.30'\n"},
    [COMMAND_OBSERVE] = {"-r FILE|-i IF [-O WHERE | -T jsonl] [-o FILE] [FILTER]",
                         "Writes down what was seen and judges nothing: conversations, facts, bindings, coverage.\n",
                         "User and password of a database: PATHAUDIT_CLICKHOUSE_USER and _PASSWORD, or\n"
                         "PATHAUDIT_CLICKHOUSE_CREDENTIALS=FILE. Without -r and -i what waits in the spool is sent.\n",
                         "  pathaudit observe -r pcaps/all_in_one.pcap -O dir:observations\n"
                         "  pathaudit audit --from dir:observations -s pcaps/lab.yaml\n"},
    [COMMAND_RULES] =
        {"-r FILE|-i IF [-t TABLE]... [-s SITE] [-T nftables|windows|cisco-asa] [FILTER]",
         "Writes firewall rules for what was observed and what a row of a table expects, each with its\n"
         "evidence. What no row expects, and what is known from the dynamic range alone, gets none. The rules\n"
         "are for review: nothing is dropped, and nothing opened on a server, before you change the lines\n"
         "marked so.\n",
         NULL,
         "  pathaudit rules -r pcaps/all_in_one.pcap -s pcaps/lab.yaml -o pathaudit.nft\n"
         "  pathaudit rules -r pcaps/all_in_one.pcap -s pcaps/lab.yaml -T windows --for mbx -o mbx.ps1\n"},
    [COMMAND_ROLES] =
        {"-r FILE|-i IF [-s SITE] [-T yaml|json|text] [-o FILE] [FILTER]",
         "Writes who plays which role, as inferred from what hosts serve and from what their mapper, DNS and\n"
         "the KDC say of them: a site file ready to edit, with the evidence as comments. What is declared\n"
         "stays, and what speaks against it is told.\n",
         NULL,
         "  pathaudit roles -r pcaps/all_in_one.pcap -o mine.yaml\n"
         "  pathaudit audit -r pcaps/all_in_one.pcap -s mine.yaml\n"},
    [COMMAND_TABLES] =
        {"list | show NAME | check FILE... [-s SITE] [-T text|json|csv|tsv] [-o FILE]",
         "  list           the tables that come with pathaudit\n"
         "  show NAME      one of them, or a file, as people know it\n"
         "  check FILE...  reads table files and tells every problem with file, line, column and key; what is\n"
         "                 odd without being wrong is a warning, and does not count\n",
         "Tables are looked for in $PATHAUDIT_TABLES, else where pathaudit is installed.\n",
         "  pathaudit tables list\n"
         "  pathaudit tables show exchange-2010-sp3\n"
         "  pathaudit tables check -s pcaps/lab.yaml exchange-2010-sp3\n"},
    [COMMAND_DIFF] =
        {"OLD NEW [-T text|json] [-o FILE]",
         "Compares two audits, for before and after a change: what got worse, what got better, what is new or\n"
         "gone. OLD and NEW are files that 'pathaudit audit -T json' wrote, or pages that carry that JSON. RPC\n"
         "ports that moved with their interface, as after a restart, are one line and no change.\n",
         "Ends with 1 when something got worse, 0 when nothing did, 2 when there was trouble.\n",
         "  pathaudit audit -r pcaps/all_in_one.pcap -s pcaps/lab.yaml -T json -o before.json 'not port 25'\n"
         "  pathaudit audit -r pcaps/all_in_one.pcap -s pcaps/lab.yaml -T json -o after.json\n"
         "  pathaudit diff before.json after.json\n"},
    [COMMAND_WATCH] =
        {"-i IF [-t TABLE]... [-s SITE] [--listen ADDR:PORT] [--findings WHERE]... [FILTER]",
         "Audits what passes, again and again, until Ctrl-C: on a terminal with a summary, otherwise with each\n"
         "new finding as a line of JSON; with --listen also as a page for browsers, and metrics.\n",
         "Ends as audit does: 0 when the traffic conforms, 1 with findings, 3 when something required could\n"
         "not be judged, 2 when there was trouble. With -r, give --follow: a file or folder that somebody\n"
         "else is writing.\n",
         "  pathaudit watch -i eth1 -s contoso.yaml\n"
         "  pathaudit watch -i eth1 -s contoso.yaml --listen 127.0.0.1:8080 --findings syslog\n"
         "  pathaudit watch -i eth1 -s contoso.yaml --findings findings.jsonl --every 60 -q\n"},
};

static const char all_help[] =
    "pathaudit: does the traffic on the wire follow the data paths we wrote down?\n"
    "\n"
    "Commands\n"
    "  audit      the main job: judge a capture against expected data-path tables\n"
    "  watch      the same live: with a page for browsers, metrics, and findings as they come\n"
    "  endpoints  which dynamic RPC ports servers hand out, for what, to whom\n"
    "  roles      who is who, as inferred from what was seen: a site file ready to edit\n"
    "  rules      narrow firewall rules from what was seen and is expected, for review\n"
    "  observe    write down what was seen, judge nothing; audit --from judges it later\n"
    "  diff       two audits: what got worse, what got better, what is new or gone\n"
    "  tables     the expected tables that come with pathaudit, and your own: list, show, check\n"
    "\n"
    "Examples\n"
    "  pathaudit audit -r pcaps/all_in_one.pcap -s pcaps/lab.yaml\n"
    "  pathaudit endpoints -r pcaps/all_in_one.pcap\n"
    "  pathaudit tables show exchange-2010-sp3\n"
    "\n"
    "'pathaudit COMMAND --help' tells what is often needed, 'pathaudit help COMMAND' all options of it,\n"
    "'man pathaudit' everything, '--version' which one this is. pathaudit never sends a packet and looks\n"
    "nothing up.\n";

/* "-s, --site FILE" is for the commands that take "site". */
static bool is_for(enum command command, const struct about *about)
{
    const char *name = strstr(about->option, "--") + 2;
    return (about->only == 0 || (about->only & OF(command)) != 0) && options_takes(command, name, strcspn(name, " "));
}

static void print_option(const struct about *about, FILE *out)
{
    const char *line = about->text, *end;
    int column = fprintf(out, "  %s", about->option);
    if (column >= HELP_TEXT_COLUMN) {
        fputc('\n', out);
        column = 0;
    }
    for (; line != NULL; line = end != NULL ? end + 1 : NULL, column = 0) {
        end = strchr(line, '\n');
        fprintf(out, "%*s%.*s\n", HELP_TEXT_COLUMN - column, "", end != NULL ? (int)(end - line) : (int)strlen(line),
                line);
    }
}

/* False when something was left out: without `all`, what is rarely needed. */
static bool print_group(enum command command, enum group group, bool all, FILE *out)
{
    bool any = false, whole = true;
    for (size_t i = 0; i < sizeof abouts / sizeof *abouts; i++) {
        if (abouts[i].group != group || !is_for(command, &abouts[i]))
            continue;
        if (!all && abouts[i].need == RARE) {
            whole = false;
            continue;
        }
        if (!any)
            fprintf(out, "\n%s\n", group_names[group]);
        any = true;
        print_option(&abouts[i], out);
    }
    if (group == GROUP_INPUT && any)
        print_option(&(struct about){.option = "FILTER", .text = "trailing words: a BPF filter, as with tcpdump"}, out);
    return whole;
}

void options_help(enum command command, bool all, FILE *out)
{
    if (command == COMMAND_COUNT) {
        fputs(all_help, out);
        return;
    }
    const struct frame_of_help *frame = &frames[command];
    bool whole = true;
    fprintf(out, "pathaudit %s %s\n\n%s", options_commands[command], frame->synopsis, frame->what);
    for (unsigned group = 0; group < GROUP_COUNT; group++)
        whole = print_group(command, (enum group)group, all, out) && whole;
    if (frame->more != NULL)
        fprintf(out, "\n%s", frame->more);
    fprintf(out, "\nExamples\n%s", frame->examples);
    if (!whole)
        fprintf(out, "\nAll options: pathaudit help %s\n", options_commands[command]);
}
