/* Renew: a run that is written in parts meets more hosts than it has room for at once, and loses nothing by that. */
#include "app/crew.h"
#include "base/clock.h"
#include "observations/gather.h"
#include "observations/merge.h"
#include "tests/cmocka_all.h"
#include "tests/frames.h"

#include <pcap/dlt.h>
#include <stdio.h>

#define MEMORY   ((size_t)8 << 20)
#define PARTS    40
#define HOSTS    500 /* new ones in each */
#define START_NS (1795165200 * SECOND_NS)
#define PART_NS  (60 * SECOND_NS)
#define TCP_SYN  0x02
#define TCP_ACK  0x10
#define TCP_FIN  0x01
/* LDAP (RFC 4511): an anonymous bind, and that it is granted. */
#define REQUEST   "\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\x00\x80\x00"
#define REPLY     "\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00"
#define LENGTH(s) (sizeof(s) - 1)

struct run {
    struct crew *crew;
    struct observations *sum; /* of the parts */
    int64_t now_ns;
    uint64_t frames;
    uint32_t from_client, from_server; /* sequence numbers of the long flow */
};

static void take(struct run *run, const struct made_frame *made)
{
    struct frame frame = {.time_ns = run->now_ns,
                          .number = ++run->frames,
                          .start = made->bytes,
                          .captured = (uint32_t)made->length,
                          .sent = (uint32_t)made->length,
                          .link_type = DLT_EN10MB};
    crew_take(run->crew, &frame, 1);
    run->now_ns += SECOND_NS / 1000;
}

/* The flow that lasts as long as the run. */
static void say(struct run *run, bool client, uint8_t flags, const char *text, size_t length)
{
    struct made_frame made = {.length = 0};
    uint32_t *own = client ? &run->from_client : &run->from_server;
    uint32_t other = client ? run->from_server : run->from_client;
    put_ethernet(&made);
    if (client)
        put_tcp(&made, "10.0.0.1", 40000, "10.0.0.2", 389, flags, *own, other, text, length);
    else
        put_tcp(&made, "10.0.0.2", 389, "10.0.0.1", 40000, flags, *own, other, text, length);
    *own += (uint32_t)length + ((flags & (TCP_SYN | TCP_FIN)) != 0);
    take(run, &made);
}

static void begin_long_flow(struct run *run)
{
    say(run, true, TCP_SYN, "", 0);
    say(run, false, TCP_SYN | TCP_ACK, "", 0);
    say(run, true, TCP_ACK, "", 0);
}

static void ask_once_more(struct run *run)
{
    say(run, true, TCP_ACK, REQUEST, LENGTH(REQUEST));
    say(run, false, TCP_ACK, REPLY, LENGTH(REPLY));
}

static void end_long_flow(struct run *run)
{
    say(run, true, TCP_FIN | TCP_ACK, "", 0);
    say(run, false, TCP_FIN | TCP_ACK, "", 0);
    say(run, true, TCP_ACK, "", 0);
}

static void meet_hosts(struct run *run, unsigned part)
{
    for (unsigned i = 0; i < HOSTS; i++) {
        struct made_frame there = {.length = 0}, back = {.length = 0};
        char host[32];
        snprintf(host, sizeof host, "10.%u.%u.%u", part + 1, i / 250, i % 250 + 1);
        put_ethernet(&there);
        put_udp(&there, "10.0.0.1", 5000, host, 7777, "question", 8);
        take(run, &there);
        put_ethernet(&back);
        put_udp(&back, host, 7777, "10.0.0.1", 5000, "answer", 6);
        take(run, &back);
    }
}

static void add_stores(struct run *run)
{
    struct observations *stores[CREW_OBSERVERS_MOST];
    size_t count = crew_stores(run->crew, stores);
    for (size_t i = 0; i < count; i++)
        observations_merge(run->sum, stores[i]);
}

static void write_part(struct run *run)
{
    crew_rest(run->crew);
    crew_hand_on(run->crew);
    crew_hand_on_source(run->crew, 0, 0);
    add_stores(run);
    crew_forget(run->crew, run->crew);
}

static struct run run_of(bool in_parts)
{
    struct failure failure = {0};
    struct crew_options options = {.memory_bytes = MEMORY, .sensor = "s"};
    struct run run = {.crew = crew_create(&options, &failure),
                      .sum = observations_create((size_t)256 << 20, &failure),
                      .now_ns = START_NS,
                      .from_client = 1000,
                      .from_server = 2000};
    assert_non_null(run.crew);
    assert_non_null(run.sum);
    assert_int_equal(crew_source(run.crew, "eth9", "a filter"), 0);
    begin_long_flow(&run);
    for (unsigned part = 0; part < PARTS; part++) {
        run.now_ns = START_NS + (int64_t)part * PART_NS + SECOND_NS;
        ask_once_more(&run);
        meet_hosts(&run, part);
        if (in_parts)
            write_part(&run);
    }
    end_long_flow(&run);
    crew_source_ended(run.crew, 0, false, 0);
    crew_finish(run.crew);
    add_stores(&run);
    return run;
}

static void release(struct run *run)
{
    crew_destroy(run->crew);
    observations_destroy(run->sum);
}

static struct coverage coverage_of(const struct run *run)
{
    struct coverage sum = {0};
    for (size_t i = 0; i < observations_coverage_count(run->sum); i++) {
        const struct coverage *row = observations_coverage(run->sum, i);
        assert_string_equal(observations_text(run->sum, row->sensor), "s");
        sum.packets += row->packets;
        sum.evicted_conversations += row->evicted_conversations;
        sum.evicted_flows += row->evicted_flows;
        sum.lost_facts += row->lost_facts;
    }
    return sum;
}

static void at_once_there_is_no_room_for_all_hosts(void **state)
{
    (void)state;
    struct run run = run_of(false);
    assert_true(coverage_of(&run).evicted_conversations > 1000);
    release(&run);
}

static void in_parts_there_is(void **state)
{
    (void)state;
    struct failure failure = {0};
    struct gathering gathering;
    struct run run = run_of(true);
    struct coverage coverage = coverage_of(&run);
    assert_int_equal(coverage.evicted_conversations, 0);
    assert_int_equal(coverage.evicted_flows, 0);
    assert_int_equal(coverage.lost_facts, 0);
    assert_int_equal(coverage.packets, run.frames);
    assert_int_equal(observations_coverage_count(run.sum), 1);
    assert_string_equal(observations_text(run.sum, observations_coverage(run.sum, 0)->source), "eth9");
    assert_string_equal(observations_text(run.sum, observations_coverage(run.sum, 0)->filter), "a filter");
    assert_true(gather_init(&gathering, run.sum, &failure));
    assert_int_equal(gathering.count, PARTS * HOSTS + 1);
    for (size_t i = 1; i < gathering.count; i++) {
        assert_int_equal(gathering.items[i].flows, 1);
        assert_int_equal(gathering.items[i].packets_to_client, 1);
    }
    gather_fini(&gathering);
    release(&run);
}

static void a_flow_that_goes_on_is_one_and_says_each_value_once(void **state)
{
    (void)state;
    struct failure failure = {0};
    struct gathering gathering;
    struct run run = run_of(true);
    assert_true(gather_init(&gathering, run.sum, &failure));
    const struct gathered *flow = &gathering.items[0];
    assert_int_equal(flow->pair.port, 389);
    assert_string_equal(observations_text(run.sum, flow->protocol), "ldap");
    assert_int_equal(flow->flows, 1);
    assert_int_equal(flow->packets_to_server, 2 + PARTS + 2);
    assert_int_equal(flow->session_count, 1);
    assert_int_equal(flow->sessions[0].disposition, DISPOSITION_OK);
    assert_string_equal(observations_text(run.sum, flow->sessions[0].source), "eth9");
    assert_true(flow->fact_count >= 1);
    for (size_t i = 0; i < flow->fact_count; i++)
        assert_int_equal(flow->facts[i].flows, 1);
    gather_fini(&gathering);
    release(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_once_there_is_no_room_for_all_hosts),
        cmocka_unit_test(in_parts_there_is),
        cmocka_unit_test(a_flow_that_goes_on_is_one_and_says_each_value_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
