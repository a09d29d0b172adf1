/* A flow knows who is client, when another one begins between the same ends, and when it is over. */
#include "tests/cmocka_all.h"

#include "flows/flow.h"

static struct endpoints ends(const char *source, uint16_t source_port, const char *target, uint16_t target_port,
                             uint8_t protocol)
{
    struct endpoints e = {.source_port = source_port, .target_port = target_port, .protocol = protocol};
    assert_true(address_parse(source, &e.source));
    assert_true(address_parse(target, &e.target));
    return e;
}

static struct packet tcp(struct endpoints e, uint8_t flags, uint32_t sequence)
{
    return (struct packet){.ends = e, .tcp_flags = flags, .sequence = sequence, .time_ns = 5, .ip_bytes = 40};
}

static unsigned begin(struct flow *flow, const struct packet *packet)
{
    memset(flow, 0, sizeof *flow);
    unsigned from = flow_key_of(&packet->ends, &flow->key);
    flow_begin(flow, packet, from);
    flow_count(flow, packet, from);
    return from;
}

static const struct address *client(const struct flow *flow)
{
    return &flow->key.address[flow->client];
}

static void both_directions_have_one_key(void **state)
{
    (void)state;
    struct endpoints there = ends("10.0.0.9", 50000, "10.0.0.2", 25, IP_TCP);
    struct endpoints back = ends("10.0.0.2", 25, "10.0.0.9", 50000, IP_TCP);
    struct flow_key a, b;
    assert_int_not_equal(flow_key_of(&there, &a), flow_key_of(&back, &b));
    assert_memory_equal(&a, &b, sizeof a);
    assert_true(flow_key_is(&a, &there, flow_from(&there)));
    assert_true(flow_key_is(&a, &back, flow_from(&back)));
    assert_int_equal(flow_hash(&there, 7), flow_hash(&back, 7));
    struct endpoints crossed = ends("10.0.0.9", 25, "10.0.0.2", 50000, IP_TCP);
    assert_false(flow_key_is(&a, &crossed, flow_from(&crossed)));
    assert_int_not_equal(flow_hash(&there, 7), flow_hash(&crossed, 7));
    assert_int_equal(flow_pair_hash(&there, 7), flow_pair_hash(&crossed, 7));
    struct endpoints same = ends("10.0.0.2", 7, "10.0.0.2", 9, IP_UDP);
    struct endpoints same_back = ends("10.0.0.2", 9, "10.0.0.2", 7, IP_UDP);
    assert_int_not_equal(flow_key_of(&same, &a), flow_key_of(&same_back, &b));
    assert_memory_equal(&a, &b, sizeof a);
}

static void tunnels_do_not_divide_a_flow_and_networks_kept_apart_do(void **state)
{
    (void)state;
    struct endpoints there = ends("10.0.0.9", 50000, "10.0.0.2", 25, IP_TCP);
    struct endpoints back = ends("10.0.0.2", 25, "10.0.0.9", 50000, IP_TCP);
    there.tunnel = 3;
    struct packet syn = tcp(there, TCP_SYN, 100);
    struct flow flow;
    begin(&flow, &syn);
    assert_int_equal(flow.tunnel, 3);
    struct flow_key key;
    flow_key_of(&back, &key);
    assert_memory_equal(&flow.key, &key, sizeof key);
    back.apart = 1;
    flow_key_of(&back, &key);
    assert_memory_not_equal(&flow.key, &key, sizeof key);
}

static void who_sends_the_syn_is_the_client_whatever_the_ports(void **state)
{
    (void)state;
    struct flow flow;
    struct packet syn = tcp(ends("10.0.0.9", 20, "10.0.0.2", 50000, IP_TCP), TCP_SYN, 100);
    begin(&flow, &syn);
    assert_true(address_equal(client(&flow), &syn.ends.source));
    assert_int_equal(flow.decided_by, FLOW_BY_HANDSHAKE);
    struct packet answer = tcp(ends("10.0.0.2", 50000, "10.0.0.9", 20, IP_TCP), TCP_SYN | TCP_ACK, 7);
    begin(&flow, &answer);
    assert_true(address_equal(client(&flow), &syn.ends.source));
}

static void who_replies_to_a_ping_is_the_server_though_the_request_was_not_seen(void **state)
{
    (void)state;
    struct flow flow;
    struct packet reply = {.ends = ends("10.0.0.2", 0, "10.0.0.9", 0, IP_ICMP), .icmp_type = 0};
    begin(&flow, &reply);
    assert_true(address_equal(client(&flow), &reply.ends.target));
    struct packet request = {.ends = ends("10.0.0.2", 0, "10.0.0.9", 0, IP_ICMP), .icmp_type = 8};
    begin(&flow, &request);
    assert_true(address_equal(client(&flow), &request.ends.source));
    struct packet reply6 = {.ends = ends("fd00::2", 0, "fd00::9", 0, IP_ICMPV6), .icmp_type = 129};
    begin(&flow, &reply6);
    assert_true(address_equal(client(&flow), &reply6.ends.target));
}

static void without_a_handshake_the_lower_port_serves_until_content_says_otherwise(void **state)
{
    (void)state;
    struct flow flow;
    struct packet packet = tcp(ends("10.0.0.2", 25, "10.0.0.9", 50000, IP_TCP), TCP_ACK, 100);
    unsigned from = begin(&flow, &packet);
    assert_true(address_equal(client(&flow), &packet.ends.target));
    assert_int_equal(flow.decided_by, FLOW_BY_PORT);
    flow_client_by_content(&flow, from);
    assert_true(address_equal(client(&flow), &packet.ends.source));
    assert_int_equal(flow.decided_by, FLOW_BY_CONTENT);
}

static void content_does_not_contradict_a_handshake(void **state)
{
    (void)state;
    struct flow flow;
    struct packet syn = tcp(ends("10.0.0.9", 50000, "10.0.0.2", 25, IP_TCP), TCP_SYN, 100);
    unsigned from = begin(&flow, &syn);
    flow_client_by_content(&flow, 1 - from);
    assert_int_equal(flow.client, from);
    assert_int_equal(flow.decided_by, FLOW_BY_HANDSHAKE);
}

static void who_sends_to_a_group_or_between_equal_ports_is_the_client(void **state)
{
    (void)state;
    struct flow flow;
    struct packet to_group = {.ends = ends("10.0.0.2", 1000, "224.0.0.251", 5353, IP_UDP)};
    begin(&flow, &to_group);
    assert_true(address_equal(client(&flow), &to_group.ends.source));
    struct packet equal = {.ends = ends("10.0.0.9", 5060, "10.0.0.2", 5060, IP_UDP)};
    begin(&flow, &equal);
    assert_true(address_equal(client(&flow), &equal.ends.source));
}

static void a_syn_of_a_new_sequence_number_begins_another_flow_a_repeated_one_does_not(void **state)
{
    (void)state;
    struct flow flow;
    struct packet syn = tcp(ends("10.0.0.9", 50000, "10.0.0.2", 25, IP_TCP), TCP_SYN, 100);
    unsigned from = begin(&flow, &syn);
    assert_false(flow_is_anew(&flow, &syn, from));
    struct packet other = syn;
    other.sequence = 101;
    assert_true(flow_is_anew(&flow, &other, from));
    other.tcp_flags = TCP_SYN | TCP_ACK;
    assert_false(flow_is_anew(&flow, &other, from));
    struct packet middle = tcp(syn.ends, TCP_ACK, 500);
    from = begin(&flow, &middle);
    assert_true(flow_is_anew(&flow, &syn, from));
}

static void a_flow_is_over_when_closed_by_both_or_reset_before_any_data(void **state)
{
    (void)state;
    struct flow flow;
    struct packet syn = tcp(ends("10.0.0.9", 50000, "10.0.0.2", 25, IP_TCP), TCP_SYN, 100);
    unsigned from = begin(&flow, &syn);
    struct packet fin = tcp(syn.ends, TCP_FIN | TCP_ACK, 101);
    assert_false(flow_count(&flow, &fin, from));
    assert_true(flow_count(&flow, &fin, 1 - from));
    struct packet last = tcp(syn.ends, TCP_ACK, 102);
    assert_false(flow_count(&flow, &last, from)); /* it was over before */
    from = begin(&flow, &syn);
    struct packet reset = tcp(syn.ends, TCP_RST | TCP_ACK, 0);
    assert_true(flow_count(&flow, &reset, 1 - from));
    assert_true(flow_is_reset(&flow));
    from = begin(&flow, &syn);
    struct packet data = tcp(syn.ends, TCP_ACK, 101);
    data.payload_sent = 5;
    assert_false(flow_count(&flow, &data, from));
    assert_false(flow_count(&flow, &reset, 1 - from)); /* only silence tells */
    assert_true(flow_is_reset(&flow));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_directions_have_one_key),
        cmocka_unit_test(tunnels_do_not_divide_a_flow_and_networks_kept_apart_do),
        cmocka_unit_test(who_replies_to_a_ping_is_the_server_though_the_request_was_not_seen),
        cmocka_unit_test(who_sends_the_syn_is_the_client_whatever_the_ports),
        cmocka_unit_test(without_a_handshake_the_lower_port_serves_until_content_says_otherwise),
        cmocka_unit_test(content_does_not_contradict_a_handshake),
        cmocka_unit_test(who_sends_to_a_group_or_between_equal_ports_is_the_client),
        cmocka_unit_test(a_syn_of_a_new_sequence_number_begins_another_flow_a_repeated_one_does_not),
        cmocka_unit_test(a_flow_is_over_when_closed_by_both_or_reset_before_any_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
