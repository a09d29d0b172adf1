/* second_opinion: nDPI's word comes from what was said, and of one flow it does not depend on others. */
#include "base/clock.h"
#include "flows/second_opinion.h"
#include "tests/cmocka_all.h"
#include "tests/talks_tls.h"

#include <stdlib.h>

struct asking {
    struct adviser *adviser;
    struct second_opinion *opinion;
};

static int set_up(void **state)
{
    static struct asking asking;
    struct failure failure = {0};
    if (second_opinion_version()[0] == '\0')
        return 0;
    asking.adviser = adviser_create(&failure);
    asking.opinion = second_opinion_create(asking.adviser, &failure);
    *state = &asking;
    return failure_any(&failure);
}

static int tear_down(void **state)
{
    struct asking *asking = *state;
    if (asking != NULL) {
        second_opinion_destroy(asking->opinion);
        adviser_destroy(asking->adviser);
    }
    return 0;
}

/* What nDPI calls a service of which this was heard, from a client whose address ends so. */
static const char *opinion_of(struct asking *asking, const uint8_t server[4], uint16_t port, uint8_t protocol,
                              struct bytes said, uint8_t client)
{
    static struct flow flow;
    const uint8_t from[4] = {192, 168, 133, client};
    struct packet packet = {.time_ns = 1700000000 * SECOND_NS,
                            .ends = {.source = address_from_v4(from),
                                     .target = address_from_v4(server),
                                     .source_port = 50000,
                                     .target_port = port,
                                     .protocol = protocol},
                            .tcp_flags = TCP_ACK | TCP_PSH,
                            .payload = said,
                            .payload_sent = (uint32_t)said.left};
    flow = (struct flow){0};
    unsigned side = flow_key_of(&packet.ends, &flow.key);
    flow_begin(&flow, &packet, side);
    flow.client = (uint8_t)side;
    second_opinion_hear(asking->opinion, &flow, &packet);
    second_opinion_forget(asking->opinion, &flow);
    return second_opinion_of(asking->opinion, &flow, false);
}

static const uint8_t a_server[4] = {192, 0, 2, 7};

static void it_knows_a_protocol_by_what_is_said(void **state)
{
    if (*state == NULL)
        skip();
    static const char request[] =
        "REGISTER sip:corp.example SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1\r\n"
        "From: <sip:a@corp.example>;tag=1\r\nTo: <sip:a@corp.example>\r\nCall-ID: 1\r\n"
        "CSeq: 1 REGISTER\r\nContent-Length: 0\r\n\r\n";
    struct bytes said = bytes_of(request, sizeof request - 1);
    assert_string_equal(opinion_of(*state, a_server, 40000, IP_UDP, said, 1), "sip");
}

/* 17.0.0.0/8 is on a list of nDPI's. */
static void it_knows_nobody_by_an_address(void **state)
{
    if (*state == NULL)
        skip();
    static const uint8_t listed[4] = {17, 172, 238, 21};
    struct bytes hello = bytes_of(TALK_TLS12_CLIENT, sizeof TALK_TLS12_CLIENT - 1);
    const char *of_listed = opinion_of(*state, listed, 5223, IP_TCP, hello, 2);
    assert_string_equal(of_listed, opinion_of(*state, a_server, 5223, IP_TCP, hello, 3));
    assert_string_not_equal(of_listed, "applepush");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_knows_a_protocol_by_what_is_said),
        cmocka_unit_test(it_knows_nobody_by_an_address),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
