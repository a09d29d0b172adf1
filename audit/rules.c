/* rules: see audit/rules.h. A rule opens ports of a server in some role, whoever comes. Rules of many programs open the
 * same ports (all dynamic RPC, the endpoint mapper); which program listens there no packet says. */
#include "audit/rules.h"

#include "audit/hosts.h"
#include "audit/tell.h"
#include "audit/verdicts.h"

#include <string.h>

bool port_covers(const struct port *port, const struct judged_conversation *conversation)
{
    bool transport = port->transport == 0 || port->transport == conversation->transport;
    switch (port->kind) {
    case PORT_DYNAMIC_RPC: /* only as far as the port is known to be one */
        return transport && conversation->rpc && conversation->grade >= 'A' && conversation->grade <= 'C' &&
               (port->high == 0 || (conversation->port >= port->low && conversation->port <= port->high));
    case PORT_FIXED:
    case PORT_DYNAMIC:
        return transport && conversation->port >= port->low && conversation->port <= port->high;
    case PORT_PROTOCOL:
        return port->transport == conversation->transport;
    case PORT_ANY:
        return transport;
    }
    return false;
}

static bool rule_opens(const struct rule *rule, const struct judged_conversation *conversation)
{
    for (size_t i = 0; i < rule->port_count; i++)
        if (port_covers(&rule->ports[i], conversation))
            return true;
    return false;
}

static bool rule_applies(const struct work *work, const struct rule *rule)
{
    for (size_t i = 0; i < work->audit->host_count; i++)
        if (host_fit(work, &work->audit->hosts[i], &rule->roles) > 0)
            return true;
    return false;
}

/* Any program that listens there is meant. */
static bool is_unbound(const struct rule *rule)
{
    return rule->program[0] == '\0' || strcmp(rule->program, "Any") == 0 || strcmp(rule->program, "All") == 0;
}

/* Do all rules of its table that are bound to a program and let the conversation in name this rule's program? */
static bool is_certain(const struct judged_rule *judged, const struct judged_rule *const *open, size_t count)
{
    for (size_t i = 0; i < count && !is_unbound(judged->rule); i++)
        if (open[i]->table == judged->table && !is_unbound(open[i]->rule) &&
            strcmp(open[i]->rule->program, judged->rule->program) != 0)
            return false;
    return true;
}

static void conversation_judge(struct work *work, struct judged_conversation *conversation, struct judged_rule **open)
{
    struct audit *audit = work->audit;
    const struct host *server = &audit->hosts[conversation->server_host];
    size_t count = 0;
    for (size_t i = 0; i < audit->rule_count; i++) {
        struct judged_rule *judged = &audit->rules[i];
        if (!rule_opens(judged->rule, conversation) || host_fit(work, server, &judged->rule->roles) == 0)
            continue;
        texts_add(work->arena, &conversation->allowed_by, judged->rule->id);
        open[count++] = judged;
    }
    for (size_t i = 0; i < count && conversation_went_well(conversation); i++) {
        bool certain = is_certain(open[i], (const struct judged_rule *const *)open, count);
        open[i]->probable = !certain && (open[i]->probable || open[i]->conversations == 0);
        open[i]->verdict = "used";
        open[i]->conversations++;
    }
}

bool rules_judge(struct work *work)
{
    const struct audit_inputs *inputs = work->inputs;
    struct audit *audit = work->audit;
    size_t count = 0;
    for (size_t i = 0; i < inputs->table_count; i++)
        count += inputs->tables[i]->rule_count;
    audit->rules = arena_take_many(work->arena, count, sizeof *audit->rules);
    struct judged_rule **open = arena_take_many(work->arena, count, sizeof *open);
    if (audit->rules == NULL || open == NULL)
        return false;
    for (size_t i = 0; i < inputs->table_count; i++)
        for (size_t k = 0; k < inputs->tables[i]->rule_count; k++) {
            struct judged_rule *judged = &audit->rules[audit->rule_count++];
            *judged = (struct judged_rule){.table = inputs->tables[i], .rule = &inputs->tables[i]->rules[k]};
            judged->verdict = rule_applies(work, judged->rule) ? "unused" : "not-applicable";
        }
    for (size_t i = 0; i < audit->conversation_count; i++)
        if (audit->conversations[i].match != MATCH_OUT_OF_SCOPE)
            conversation_judge(work, &audit->conversations[i], open);
    return !arena_ran_out(work->arena);
}
