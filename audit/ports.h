/* ports: the vocabulary in which tables, sites and rules write ports.
 *
 *   25/tcp  389/udp  5075-5077/tcp      fixed ports
 *   dynamic-rpc  dynamic-rpc 1024-65535 learned from the endpoint mapper, DCOM or an RPC bind
 *   dynamic-tcp 16000-17000  dynamic-udp  dynamic-port     any port of TCP, UDP or either
 *   proto 50                            an IP protocol without ports
 *   any  any/tcp  any/udp */
#ifndef AUDIT_PORTS_H
#define AUDIT_PORTS_H

#include "audit/table.h"
#include "audit/yaml.h"

#define PORTS_EXAMPLES                                                                                                 \
    "25/tcp, 5075-5077/tcp, 389/udp, dynamic-rpc, dynamic-tcp 16000-17000, dynamic-udp, proto 50, any"

/* Reads one word of the vocabulary; port->text is `text` itself. False, and `port` untouched, when it is none. */
bool port_parse(const char *text, struct port *port);
/* Reads a range `1024-65535` or one port number, the whole of `text`. False when it is none, or runs downwards. */
bool port_range_parse(const char *text, uint16_t *low, uint16_t *high);
/* Reads a node with one port or a list of them. */
struct port *ports_take(const struct yaml *yaml, const struct yaml_node *node, size_t *count);

#endif
