/* crew: several crews side by side are one run. */
#include "app/crew.h"

#include "base/clock.h"
#include "flows/adviser.h"
#include "observations/gather.h"
#include "tests/cmocka_all.h"
#include "tests/frames.h"

#define CLIENT "10.0.0.1"
#define SERVER "10.0.0.2"
#define SYN    0x02
#define BEGIN  (1700000040 * SECOND_NS)

static struct crew *crew_of(bool is_other)
{
    struct failure failure = {0};
    struct crew_options options = {.memory_bytes = (size_t)64 << 20, .crews = 2, .is_other = is_other};
    struct crew *crew = crew_create(&options, &failure);
    assert_non_null(crew);
    assert_int_equal(crew_source(crew, "eth0", ""), 0);
    return crew;
}

static void take_syn_of(struct crew *crew, const char *client, const char *server, uint16_t port, int64_t time_ns)
{
    struct made_frame made = {.length = 0};
    put_ethernet(&made);
    put_tcp(&made, client, 50000, server, port, SYN, 99, 0, "", 0);
    const struct frame frame = {.time_ns = time_ns,
                                .number = 1,
                                .start = made.bytes,
                                .captured = (uint32_t)made.length,
                                .sent = (uint32_t)made.length,
                                .link_type = 1};
    crew_take(crew, &frame, 1);
}

static void take_syn(struct crew *crew, uint16_t port, int64_t time_ns)
{
    take_syn_of(crew, CLIENT, SERVER, port, time_ns);
}

static void what_is_open_ends_with_the_run_and_not_with_its_crew(void **state)
{
    (void)state;
    struct crew *first = crew_of(false), *other = crew_of(true);
    struct failure failure = {0};
    struct gathering gathering;
    take_syn(first, 25, BEGIN + 20 * SECOND_NS);
    take_syn(other, 135, BEGIN); /* waits for 20 s in vain, of which its crew knows nothing */
    crew_share_time(first, other);
    crew_source_ended(first, 0, false, 3);
    crew_source_ended(other, 0, false, 4);
    crew_finish(other);
    crew_add(first, other);
    crew_finish(first);
    assert_true(gather_init(&gathering, crew_store(first), &failure));
    assert_int_equal(gathering.count, 2);
    assert_int_equal(gathering.items[0].pair.port, 135);
    assert_int_not_equal(gathering.items[0].sessions[0].disposition, DISPOSITION_PENDING);
    assert_int_equal(gathering.items[1].sessions[0].disposition, DISPOSITION_PENDING);
    assert_int_equal(crew_packets(first), 2);
    /* One interface has one row of coverage. */
    assert_int_equal(observations_coverage_count(crew_store(first)), 1);
    assert_int_equal(observations_coverage(crew_store(first), 0)->packets, 2);
    assert_int_equal(observations_coverage(crew_store(first), 0)->dropped, 7);
    gather_fini(&gathering);
    crew_destroy(other);
    crew_destroy(first);
}

/* The capture says that they are whole. One is plain, the other in a VLAN, which is read on another way. */
static void packets_that_a_mirror_cut_are_counted_as_cut(void **state)
{
    (void)state;
    struct crew *crew = crew_of(false);
    struct made_frame made = {.length = 0}, tagged = {.length = 0};
    put_ethernet(&made);
    put_tcp(&made, CLIENT, 50000, SERVER, 25, SYN, 99, 0, "fast open", 9);
    memcpy(tagged.bytes, made.bytes, 12);
    memcpy(tagged.bytes + 12, "\x81\0\0\x05", 4);
    memcpy(tagged.bytes + 16, made.bytes + 12, made.length - 12);
    struct frame frames[] = {{.start = made.bytes, .captured = (uint32_t)made.length},
                             {.start = made.bytes, .captured = (uint32_t)made.length - 1},
                             {.start = tagged.bytes, .captured = (uint32_t)made.length + 4},
                             {.start = tagged.bytes, .captured = (uint32_t)made.length + 3}};
    for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++) {
        frames[i].time_ns = BEGIN + (int64_t)i * SECOND_NS;
        frames[i].number = i + 1;
        frames[i].sent = frames[i].captured;
        frames[i].link_type = 1;
        crew_take(crew, &frames[i], 1);
    }
    crew_source_ended(crew, 0, false, 0);
    crew_finish(crew);
    assert_int_equal(observations_coverage(crew_store(crew), 0)->packets, 4);
    assert_int_equal(observations_coverage(crew_store(crew), 0)->truncated_frames, 2);
    crew_destroy(crew);
}

/* Addresses of one network lie near each other, and must not fall to one observer all the same. */
static void neighbours_are_divided_evenly_among_observers(void **state)
{
    (void)state;
    struct failure failure = {0};
    struct crew_options options = {.memory_bytes = (size_t)192 << 20, .threads = 3};
    struct crew *crew = crew_create(&options, &failure);
    assert_non_null(crew);
    assert_int_equal(crew_source(crew, "eth0", ""), 0);
    for (unsigned i = 0; i < 3000; i++) {
        char client[16], server[16];
        snprintf(client, sizeof client, "10.%u.%u.100", i / 250, i % 250);
        snprintf(server, sizeof server, "10.%u.%u.1%u", i / 250, i % 250, i % 7);
        take_syn_of(crew, client, server, 25, BEGIN);
    }
    crew_source_ended(crew, 0, false, 0);
    crew_finish(crew);
    struct observations *stores[CREW_OBSERVERS_MOST];
    assert_int_equal(crew_stores(crew, stores), 3);
    for (unsigned i = 0; i < 3; i++)
        assert_in_range(observations_pair_count(stores[i]), 900, 1100);
    crew_destroy(crew);
}

/* More services that nobody knows than nDPI is asked about in a second, and flows that leave their questions open. How
 * many flows were not asked about. */
static uint64_t unasked_with(unsigned threads)
{
    struct failure failure = {0};
    struct crew_options options = {.memory_bytes = (size_t)192 << 20, .threads = threads, .second_opinion = true};
    struct crew *crew = crew_create(&options, &failure);
    assert_non_null(crew);
    assert_int_equal(crew_source(crew, "eth0", ""), 0);
    for (unsigned i = 0; i < 6000; i++) {
        char client[16];
        struct made_frame made = {.length = 0};
        snprintf(client, sizeof client, "10.0.1.%u", 1 + i % 60);
        put_ethernet(&made);
        put_udp(&made, client, 50000, SERVER, (uint16_t)(20000 + i), "\x01nobody's words\x02", 16);
        uint8_t *block = crew_block(crew); /* where it stays until it is observed */
        memcpy(block, made.bytes, made.length);
        const struct frame frame = {.time_ns = BEGIN + (int64_t)i * (SECOND_NS / 3000),
                                    .number = i + 1,
                                    .start = block,
                                    .captured = (uint32_t)made.length,
                                    .sent = (uint32_t)made.length,
                                    .link_type = 1};
        crew_take(crew, &frame, 1);
    }
    crew_source_ended(crew, 0, false, 0);
    crew_finish(crew);
    const struct coverage *coverage = observations_coverage(crew_store(crew), 0);
    uint64_t unasked = coverage->unasked_flows;
    crew_destroy(crew);
    return unasked;
}

static void what_ndpi_is_asked_does_not_depend_on_the_number_of_observers(void **state)
{
    (void)state;
    if (adviser_version()[0] == '\0')
        skip();
    uint64_t alone = unasked_with(0);
    assert_in_range(alone, 1000, 5000);
    for (unsigned threads = 1; threads <= 4; threads++)
        assert_int_equal(unasked_with(threads), alone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(neighbours_are_divided_evenly_among_observers),
        cmocka_unit_test(what_is_open_ends_with_the_run_and_not_with_its_crew),
        cmocka_unit_test(packets_that_a_mirror_cut_are_counted_as_cut),
        cmocka_unit_test(what_ndpi_is_asked_does_not_depend_on_the_number_of_observers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
