/* rules: see audit/rules.h. A rule opens ports of a server in some role, whoever comes. */
#include "audit/rules.h"

#include "audit/hosts.h"
#include "audit/tell.h"

bool port_covers(const struct port *port, const struct judged_conversation *conversation)
{
    bool transport = port->transport == 0 || port->transport == conversation->transport;
    switch (port->kind) {
    case PORT_DYNAMIC_RPC: /* only as far as the port is known to be one */
        return transport && conversation->grade >= 'A' && conversation->grade <= 'C' &&
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

static bool went_well(const struct judged_conversation *conversation)
{
    for (size_t i = 0; i < conversation->session_count; i++)
        if (conversation->sessions[i].disposition == DISPOSITION_OK)
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

static void rule_judge(struct work *work, struct judged_rule *judged)
{
    struct audit *audit = work->audit;
    judged->verdict = rule_applies(work, judged->rule) ? "unused" : "not-applicable";
    for (size_t i = 0; i < audit->conversation_count; i++) {
        struct judged_conversation *conversation = &audit->conversations[i];
        if (conversation->match == MATCH_OUT_OF_SCOPE || !rule_opens(judged->rule, conversation) ||
            host_fit(work, &audit->hosts[conversation->server_host], &judged->rule->roles) == 0)
            continue;
        texts_add(work->arena, &conversation->allowed_by, judged->rule->id);
        if (!went_well(conversation))
            continue;
        judged->verdict = "used";
        judged->conversations++;
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
    if (audit->rules == NULL)
        return false;
    for (size_t i = 0; i < inputs->table_count; i++)
        for (size_t k = 0; k < inputs->tables[i]->rule_count; k++) {
            struct judged_rule *judged = &audit->rules[audit->rule_count++];
            *judged = (struct judged_rule){.table = inputs->tables[i], .rule = &inputs->tables[i]->rules[k]};
            rule_judge(work, judged);
        }
    return !arena_ran_out(work->arena);
}
