/* rules_nftables: as a table of nftables (nft(8)). Between hosts it filters what is forwarded, for one host what comes
 * in. Nothing is dropped until the reader takes the comment from the last rule. */
#include "reports/rules.h"
#include "reports/rules_write.h"

static void put_clients(const struct rules *rules, const struct permit *permit)
{
    char text[PREFIX_TEXT];
    size_t written = 0, count = rules_client_count(permit);
    fputs("{ ", rules->out);
    for (size_t i = 0; i < count; i++) {
        struct prefix client = rules_client(permit, i);
        if (rules_client_counts(permit, i))
            fprintf(rules->out, "%s%s", written++ > 0 ? ", " : "", rules_prefix(&client, text));
    }
    fputs(" }", rules->out);
}

static void put_rule(const struct rules *rules, const struct permit *permit, size_t number)
{
    char transport[TRANSPORT_TEXT], address[ADDRESS_TEXT], id[64];
    const char *family = address_is_v4(&permit->server) ? "ip" : "ip6";
    rules_evidence(rules, permit, number);
    fprintf(rules->out, "        %s saddr ", family);
    put_clients(rules, permit);
    fprintf(rules->out, " %s daddr %s ", family, address_text(&permit->server, address));
    if (permit->port != 0)
        fprintf(rules->out, "%s dport %u ", rules_transport(permit, transport), permit->port);
    else
        fprintf(rules->out, "meta l4proto %u ", permit->transport);
    const struct judged_path *path = &rules->audit->paths[permit->paths[0]];
    fprintf(rules->out, "ct state new counter accept comment \"%zu %s\"\n\n", number,
            rules_safe(path->path->id, id, sizeof id));
}

void rules_nftables(const struct audit *audit, const struct permits *permits, const struct report_options *options,
                    FILE *out)
{
    struct rules rules = {audit, options, permits, out, "# ", 110};
    bool one_host = options->host != NULL;
    const char *hook = one_host ? "input" : "forward";
    fputs("#!/usr/sbin/nft -f\n", out);
    rules_head(&rules, one_host ? "nftables rules for one host" : "nftables rules for a firewall between the hosts");
    fprintf(
        out,
        "\ntable inet pathaudit\n"
        "delete table inet pathaudit\n"
        "\n"
        "table inet pathaudit {\n"
        "    chain %s {\n"
        "        type filter hook %s priority filter; policy accept;\n"
        "        ct state established,related accept\n"
        "        ct state invalid counter\n"
        "%s"
        "        icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, nd-router-advert } accept\n"
        "\n",
        hook, hook, one_host ? "        iif lo accept\n" : "");
    rules.comment = "        # ";
    rules.width = 100;
    for (size_t i = 0; i < permits->count; i++)
        put_rule(&rules, &permits->items[i], i + 1);
    rules_comment(
        &rules,
        "FOR REVIEW: what no rule above lets through is logged, and still passes. When the log stays empty, take "
        "the sign from the last line.");
    fputs("        ct state new limit rate 10/second log prefix \"pathaudit no rule: \" flags all\n"
          "        counter comment \"no rule\"\n"
          "        # drop\n"
          "    }\n"
          "}\n",
          out);
    fflush(out);
}
