/* Scans through the whole observing half: what they become, and that they leave room for conversations. */
#include "tests/cmocka_all.h"

#include "app/crew.h"
#include "base/clock.h"
#include "observations/gather.h"
#include "tests/frames.h"

#include <stdio.h>

#define SYN     0x02
#define SYN_ACK 0x12
#define PSH     0x18
#define RST     0x14
#define BATCH   256

struct wire {
    struct crew *crew;
    struct gathering gathering;
    struct made_frame made[BATCH];
    size_t count;
    uint64_t number;
};

static struct wire *begin(size_t memory_bytes, unsigned threads)
{
    struct failure failure = {0};
    struct wire *wire = calloc(1, sizeof *wire);
    struct crew_options options = {.memory_bytes = memory_bytes, .sensor = "test", .threads = threads};
    assert_non_null(wire);
    wire->crew = crew_create(&options, &failure);
    assert_non_null(wire->crew);
    crew_source(wire->crew, "made.pcap", "");
    return wire;
}

/* A packet every millisecond. */
static void flush(struct wire *wire)
{
    struct frame frames[BATCH];
    uint8_t *block = crew_block(wire->crew);
    for (size_t i = 0; i < wire->count; i++) {
        uint32_t length = (uint32_t)wire->made[i].length;
        memcpy(block, wire->made[i].bytes, length);
        frames[i] = (struct frame){.time_ns = 1700000040 * SECOND_NS + (int64_t)wire->number * SECOND_NS / 1000,
                                   .number = wire->number + 1,
                                   .start = block,
                                   .captured = length,
                                   .sent = length,
                                   .link_type = 1};
        block += length;
        wire->number++;
    }
    crew_take(wire->crew, frames, wire->count);
    wire->count = 0;
}

static struct made_frame *next(struct wire *wire)
{
    if (wire->count == BATCH)
        flush(wire);
    struct made_frame *made = &wire->made[wire->count++];
    made->length = 0;
    put_ethernet(made);
    return made;
}

static const struct gathering *end(struct wire *wire)
{
    struct failure failure = {0};
    flush(wire);
    crew_source_ended(wire->crew, 0, false, 0);
    crew_finish(wire->crew);
    assert_true(gather_init(&wire->gathering, crew_store(wire->crew), &failure));
    return &wire->gathering;
}

static void done(struct wire *wire)
{
    gather_fini(&wire->gathering);
    crew_destroy(wire->crew);
    free(wire);
}

static const char *host(char text[32], uint32_t number)
{
    snprintf(text, 32, "10.%u.%u.%u", 1 + (number >> 16), number >> 8 & 255, number & 255);
    return text;
}

static void probe(struct wire *wire, uint32_t number, uint16_t port)
{
    char target[32];
    put_tcp(next(wire), "10.0.0.9", (uint16_t)(40000 + number % 1000), host(target, number), port, SYN, number, 0, "",
            0);
}

static void refuse(struct wire *wire, uint32_t number, uint16_t port)
{
    char target[32];
    put_tcp(next(wire), host(target, number), port, "10.0.0.9", (uint16_t)(40000 + number % 1000), RST, 0, number + 1,
            "", 0);
}

/* Somebody's conversation, long after the scan began. */
static void talk(struct wire *wire, uint16_t client_port)
{
    static const char banner[] = "220 mx.example ESMTP\r\n", hello[] = "EHLO me\r\n";
    put_tcp(next(wire), "10.0.0.7", client_port, "10.0.0.2", 25, SYN, 99, 0, "", 0);
    put_tcp(next(wire), "10.0.0.2", 25, "10.0.0.7", client_port, SYN_ACK, 499, 100, "", 0);
    put_tcp(next(wire), "10.0.0.2", 25, "10.0.0.7", client_port, PSH, 500, 100, banner, sizeof banner - 1);
    put_tcp(next(wire), "10.0.0.7", client_port, "10.0.0.2", 25, PSH, 100, 500 + sizeof banner - 1, hello,
            sizeof hello - 1);
}

static uint64_t evicted_conversations(const struct wire *wire)
{
    const struct observations *store = crew_store(wire->crew);
    uint64_t sum = 0;
    for (size_t i = 0; i < observations_coverage_count(store); i++)
        sum += observations_coverage(store, i)->evicted_conversations;
    return sum;
}

static void a_scan_of_more_ports_than_there_is_room_for_says_so_and_names_none_that_was_not_tried(void **state)
{
    (void)state;
    struct wire *wire = begin((size_t)16 << 20, 0);
    for (uint32_t port = 1; port <= UINT16_MAX; port++)
        probe(wire, 7, (uint16_t)port);
    talk(wire, 50000);
    const struct gathering *gathering = end(wire);
    assert_int_equal(gathering->count, 1);
    assert_int_equal(gathering->scans.count, 1);
    const struct gathered_scan *scan = &gathering->scans.items[0];
    assert_int_equal(scan->packets_to_server, UINT16_MAX);
    assert_true(scan->ports > 500 && scan->ports < UINT16_MAX);
    assert_true(scan->more_ports);
    assert_int_not_equal(scan->named[0], 0);
    done(wire);
}

static void a_scan_of_more_hosts_than_there_is_room_for_leaves_room_for_conversations(void **state)
{
    (void)state;
    struct wire *wire = begin((size_t)16 << 20, 0);
    for (uint32_t i = 0; i < 300000; i++)
        probe(wire, i, 445);
    talk(wire, 50000);
    const struct gathering *gathering = end(wire);
    assert_int_equal(gathering->count, 1);
    assert_string_equal(observations_text(crew_store(wire->crew), gathering->items[0].protocol), "smtp");
    assert_int_equal(gathering->scans.count, 1);
    const struct gathered_scan *scan = &gathering->scans.items[0];
    assert_int_equal(scan->flows[DISPOSITION_UNANSWERED] + scan->flows[DISPOSITION_PENDING], 300000);
    assert_int_equal(scan->packets_to_server, 300000);
    assert_int_equal(scan->ports, 1);
    assert_true(scan->hosts > 10000 && scan->hosts <= 300000);
    assert_false(scan->more_ports);
    assert_true(scan->more_hosts); /* which there were more of than could be told apart */
    assert_int_equal(evicted_conversations(wire), 0);
    done(wire);
}

static void a_scan_is_the_same_whoever_observes_it(void **state)
{
    (void)state;
    struct gathered_scan scans[3];
    for (unsigned threads = 0; threads < 3; threads++) {
        struct wire *wire = begin((size_t)128 << 20, threads);
        for (uint32_t i = 0; i < 6000; i++) {
            uint16_t port = (uint16_t)(20 + i % 7);
            probe(wire, i / 3, port);
            if (i % 5 == 0)
                refuse(wire, i / 3, port);
            if (i % 1500 == 1499)
                talk(wire, (uint16_t)(50000 + i));
        }
        const struct gathering *gathering = end(wire);
        assert_int_equal(gathering->count, 1);
        assert_int_equal(gathering->items[0].flows, 4);
        assert_int_equal(gathering->scans.count, 1);
        scans[threads] = gathering->scans.items[0];
        scans[threads].tunnel = 0;
        for (size_t d = 0; d < DISPOSITION_COUNT; d++)
            scans[threads].evidence[d].source = 0; /* numbers of names are each store's own */
        done(wire);
    }
    assert_int_equal(scans[0].hosts, 2000);
    assert_int_equal(scans[0].ports, 7);
    assert_int_equal(scans[0].flows[DISPOSITION_REFUSED], 1200);
    assert_int_equal(scans[0].evidence[DISPOSITION_REFUSED].frame, 1);
    assert_memory_equal(&scans[0], &scans[1], sizeof scans[0]);
    assert_memory_equal(&scans[0], &scans[2], sizeof scans[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scan_of_more_ports_than_there_is_room_for_says_so_and_names_none_that_was_not_tried),
        cmocka_unit_test(a_scan_of_more_hosts_than_there_is_room_for_leaves_room_for_conversations),
        cmocka_unit_test(a_scan_is_the_same_whoever_observes_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
