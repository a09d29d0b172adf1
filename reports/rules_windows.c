/* rules_windows: as a PowerShell script of New-NetFirewallRule: inbound rules of each server. They are made disabled,
 * and each only on the host that has the address. Strings stand in single quotes and hold nothing that ends them. */
#include "reports/rules.h"
#include "reports/rules_write.h"

static const char *protocol(const struct permit *permit, char out[8])
{
    snprintf(out, 8, "%s", permit->transport == 6 ? "TCP" : permit->transport == 17 ? "UDP" : "");
    if (out[0] == '\0')
        snprintf(out, 8, "%u", permit->transport);
    return out;
}

static void put_clients(const struct rules *rules, const struct permit *permit)
{
    char text[PREFIX_TEXT];
    size_t written = 0, count = rules_client_count(permit);
    fputs("@(", rules->out);
    for (size_t i = 0; i < count; i++) {
        struct prefix client = rules_client(permit, i);
        bool all = client.bits == (address_is_v4(&client.base) ? 96 : 0); /* which is no subnet here, but a word */
        if (rules_client_counts(permit, i))
            fprintf(rules->out, "%s'%s'", written++ > 0 ? ", " : "", all ? "Any" : rules_prefix(&client, text));
    }
    fputs(")", rules->out);
}

static void put_rule(const struct rules *rules, const struct permit *permit, size_t number)
{
    char id[64], name[256], address[ADDRESS_TEXT], protocol_text[8];
    const struct judged_path *path = &rules->audit->paths[permit->paths[0]];
    rules_evidence(rules, permit, number);
    fprintf(rules->out, "    New-NetFirewallRule -Group 'pathaudit' -DisplayName 'pathaudit %zu %s' ", number,
            rules_safe(path->path->id, id, sizeof id));
    fprintf(rules->out, "-Description '%s' ", rules_safe(path->path->name, name, sizeof name));
    fprintf(rules->out, "-Direction Inbound -Action Allow -Enabled $Enabled -Protocol %s ",
            protocol(permit, protocol_text));
    if (permit->port != 0)
        fprintf(rules->out, "-LocalPort %u ", permit->port);
    fprintf(rules->out, "-LocalAddress '%s' -RemoteAddress ", address_text(&permit->server, address));
    put_clients(rules, permit);
    fputs(" | Out-Null\n", rules->out);
}

static bool same_server(const struct permits *permits, size_t i)
{
    return i > 0 && address_equal(&permits->items[i].server, &permits->items[i - 1].server);
}

void rules_windows(const struct audit *audit, const struct permits *permits, const struct report_options *options,
                   FILE *out)
{
    struct rules rules = {audit, options, permits, out, "# ", 110};
    rules_head(&rules, "inbound rules of Windows Firewall, for each server");
    fputs("\n", out);
    rules_comment(&rules, "FOR REVIEW: the rules are made disabled. Set this to True when they are right.");
    fputs("$Enabled = 'False'\n"
          "Get-NetFirewallRule -Group 'pathaudit' -ErrorAction SilentlyContinue | Remove-NetFirewallRule\n\n",
          out);
    for (size_t i = 0; i < permits->count; i++) {
        const struct permit *permit = &permits->items[i];
        char host[256], address[ADDRESS_TEXT];
        rules.comment = "# ";
        if (!same_server(permits, i)) {
            rules_comment(&rules, "==== %s ====", rules_host(&rules, permit, host, sizeof host));
            fprintf(out, "if (Get-NetIPAddress -IPAddress '%s' -ErrorAction SilentlyContinue) {\n",
                    address_text(&permit->server, address));
        }
        rules.comment = "    # ";
        put_rule(&rules, permit, i + 1);
        fputs(i + 1 < permits->count && same_server(permits, i + 1) ? "\n" : "}\n\n", out);
    }
    rules.comment = "# ";
    rules_comment(
        &rules,
        "FOR REVIEW: rules that are there already stay, and most let in more than these. What no rule lets in is "
        "dropped and logged once this is set, for the profile the server is in:");
    fputs("# Set-NetFirewallProfile -Profile Domain -Enabled True -DefaultInboundAction Block -LogBlocked True\n", out);
    fflush(out);
}
