/* ports: the parser of the port vocabulary. */
#include "audit/ports.h"

#include <ctype.h>
#include <string.h>

#define TCP            6
#define UDP            17
#define DYNAMIC_LOWEST 1024 /* below it are the system ports (RFC 6335, 6), which nobody hands out */

/* Takes a decimal number of at most `most` from the head of `*text`, without sign or leading zeros. */
static bool number_take(const char **text, unsigned most, unsigned *number)
{
    const char *at = *text;
    if (!isdigit((unsigned char)*at) || (*at == '0' && isdigit((unsigned char)at[1])))
        return false;
    unsigned value = 0;
    for (; isdigit((unsigned char)*at); at++) {
        value = value * 10 + (unsigned)(*at - '0');
        if (value > most)
            return false;
    }
    *text = at;
    *number = value;
    return true;
}

/* Takes `25` or `1024-65535`. */
static bool range_take(const char **text, uint16_t *low, uint16_t *high)
{
    unsigned first, last;
    if (!number_take(text, UINT16_MAX, &first) || first == 0)
        return false;
    last = first;
    if (**text == '-') {
        (*text)++;
        if (!number_take(text, UINT16_MAX, &last) || last < first)
            return false;
    }
    *low = (uint16_t)first;
    *high = (uint16_t)last;
    return true;
}

bool port_range_parse(const char *text, uint16_t *low, uint16_t *high)
{
    uint16_t first, last;
    if (!range_take(&text, &first, &last) || *text != '\0')
        return false;
    *low = first;
    *high = last;
    return true;
}

/* `/tcp` or `/udp`, to the end. */
static bool transport_parse(const char *text, uint8_t *transport)
{
    if (strcmp(text, "/tcp") != 0 && strcmp(text, "/udp") != 0)
        return false;
    *transport = text[1] == 't' ? TCP : UDP;
    return true;
}

static bool dynamic_parse(const char *text, struct port *port)
{
    static const struct {
        const char *word;
        struct port port;
    } words[] = {
        {"dynamic-rpc", {PORT_DYNAMIC_RPC, TCP, 0, 0, NULL}},
        {"dynamic-tcp", {PORT_DYNAMIC, TCP, DYNAMIC_LOWEST, UINT16_MAX, NULL}},
        {"dynamic-udp", {PORT_DYNAMIC, UDP, DYNAMIC_LOWEST, UINT16_MAX, NULL}},
        {"dynamic-port", {PORT_DYNAMIC, 0, DYNAMIC_LOWEST, UINT16_MAX, NULL}},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t length = strlen(words[i].word);
        if (strncmp(text, words[i].word, length) != 0)
            continue;
        *port = words[i].port;
        const char *rest = text + length;
        return *rest == '\0' || (*rest == ' ' && port_range_parse(rest + 1, &port->low, &port->high));
    }
    return false;
}

static bool protocol_parse(const char *text, struct port *port)
{
    unsigned number;
    if (strncmp(text, "proto ", 6) != 0)
        return false;
    text += 6;
    if (!number_take(&text, UINT8_MAX, &number) || *text != '\0')
        return false;
    *port = (struct port){PORT_PROTOCOL, (uint8_t)number, 0, 0, NULL};
    return true;
}

static bool any_parse(const char *text, struct port *port)
{
    if (strncmp(text, "any", 3) != 0)
        return false;
    *port = (struct port){PORT_ANY, 0, 0, UINT16_MAX, NULL};
    return text[3] == '\0' || transport_parse(text + 3, &port->transport);
}

static bool fixed_parse(const char *text, struct port *port)
{
    *port = (struct port){.kind = PORT_FIXED};
    return range_take(&text, &port->low, &port->high) && transport_parse(text, &port->transport);
}

bool port_parse(const char *text, struct port *port)
{
    struct port read;
    if (!fixed_parse(text, &read) && !dynamic_parse(text, &read) && !protocol_parse(text, &read) &&
        !any_parse(text, &read))
        return false;
    read.text = text;
    *port = read;
    return true;
}

static void read_port(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    const char *text = yaml_text(yaml, node);
    if (text == NULL || port_parse(text, into))
        return;
    uint16_t low, high;
    if (port_range_parse(text, &low, &high))
        yaml_problem(yaml, node, "\"%.60s\" lacks the transport; write %.60s/tcp or %.60s/udp", text, text, text);
    else
        yaml_problem(yaml, node, "\"%.60s\" is no port; write for example " PORTS_EXAMPLES, text);
}

struct port *ports_take(const struct yaml *yaml, const struct yaml_node *node, size_t *count)
{
    struct port *ports = yaml_items(yaml, node, sizeof *ports, read_port, count);
    if (*count == 0)
        yaml_problem(yaml, node, "is an empty list; name at least one port");
    return ports;
}
