/* Parts: a run that is written while it goes on adds up to what the run would have written at its end. */
#include "app/crew.h"
#include "base/clock.h"
#include "observations/gather.h"
#include "observations/merge.h"
#include "tests/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#define MEMORY ((size_t)256 << 20)
#define NEVER  SIZE_MAX

struct run {
    struct crew *crew;
    struct observations *sum; /* of the parts */
    unsigned parts;
};

static void add_stores(struct run *run)
{
    struct observations *stores[CREW_OBSERVERS_MOST];
    size_t count = crew_stores(run->crew, stores);
    for (size_t i = 0; i < count; i++)
        observations_merge(run->sum, stores[i]);
}

static void write_part(struct run *run, uint64_t dropped)
{
    crew_rest(run->crew);
    crew_hand_on(run->crew);
    crew_hand_on_source(run->crew, 0, dropped);
    add_stores(run);
    crew_forget(run->crew, run->crew);
    run->parts++;
}

/* The capture through a crew, a part after every so many frames; of each a packet was dropped. */
static struct run run_of(const char *capture, unsigned threads, size_t part, bool keeps)
{
    struct failure failure = {0};
    struct crew_options options = {.memory_bytes = MEMORY, .sensor = "s", .threads = threads, .keeps_parts = keeps};
    struct run run = {.crew = crew_create(&options, &failure), .sum = observations_create(MEMORY, &failure)};
    struct source *source = source_open(capture, NULL, &failure);
    assert_non_null(run.crew);
    assert_non_null(run.sum);
    assert_non_null(source);
    assert_int_equal(crew_source(run.crew, capture, ""), 0);
    enum source_state state = SOURCE_MORE;
    for (size_t since = 0; state == SOURCE_MORE;) {
        struct frame frames[64];
        size_t count, most = part - since < 64 ? part - since : 64;
        state = source_read(source, crew_block(run.crew), frames, most, &count);
        crew_take(run.crew, frames, count);
        since += count;
        if (since == part) {
            write_part(&run, run.parts + 1);
            since = 0;
        }
    }
    crew_source_ended(run.crew, 0, state == SOURCE_CUT, run.parts);
    crew_finish(run.crew);
    if (keeps) /* as it is judged before the last part is written */
        crew_store(run.crew);
    add_stores(&run);
    source_close(source);
    return run;
}

static void release(struct run *run)
{
    crew_destroy(run->crew);
    observations_destroy(run->sum);
}

static void assert_same_name(const struct observations *a, uint32_t name_a, const struct observations *b,
                             uint32_t name_b)
{
    assert_string_equal(observations_text(a, name_a), observations_text(b, name_b));
}

static void assert_same_session(const struct observations *a, const struct session *x, const struct observations *b,
                                const struct session *y)
{
    assert_int_equal(x->disposition, y->disposition);
    assert_same_name(a, x->authentication, b, y->authentication);
    assert_same_name(a, x->encryption, b, y->encryption);
    assert_same_name(a, x->protection, b, y->protection);
    assert_int_equal(x->flows, y->flows);
    assert_int_equal(x->first_ns, y->first_ns);
    assert_int_equal(x->last_ns, y->last_ns);
    assert_int_equal(x->frame, y->frame);
}

static void assert_same_item(const struct observations *a, const struct gathered *x, const struct observations *b,
                             const struct gathered *y)
{
    assert_memory_equal(&x->pair.client, &y->pair.client, sizeof x->pair.client);
    assert_memory_equal(&x->pair.server, &y->pair.server, sizeof x->pair.server);
    assert_int_equal(x->pair.port, y->pair.port);
    assert_same_name(a, x->protocol, b, y->protocol);
    assert_int_equal(x->decided_by, y->decided_by);
    assert_int_equal(x->flows, y->flows);
    assert_int_equal(x->packets_to_server, y->packets_to_server);
    assert_int_equal(x->packets_to_client, y->packets_to_client);
    assert_int_equal(x->bytes_to_server, y->bytes_to_server);
    assert_int_equal(x->bytes_to_client, y->bytes_to_client);
    assert_int_equal(x->missing_bytes, y->missing_bytes);
    assert_int_equal(x->first_ns, y->first_ns);
    assert_int_equal(x->last_ns, y->last_ns);
    assert_int_equal(x->session_count, y->session_count);
    for (size_t i = 0; i < x->session_count; i++)
        assert_same_session(a, &x->sessions[i], b, &y->sessions[i]);
    assert_int_equal(x->fact_count, y->fact_count);
    for (size_t i = 0; i < x->fact_count; i++) {
        assert_same_name(a, x->facts[i].key, b, y->facts[i].key);
        assert_same_name(a, x->facts[i].value, b, y->facts[i].value);
        assert_int_equal(x->facts[i].flows, y->facts[i].flows);
        assert_int_equal(x->facts[i].first_ns, y->facts[i].first_ns);
        assert_int_equal(x->facts[i].frame, y->facts[i].frame);
    }
}

static uint64_t messages(const struct observations *store)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < observations_binding_count(store); i++) {
        struct binding binding;
        observations_binding(store, i, &binding);
        sum += binding.times;
    }
    return sum;
}

static struct coverage coverage_of(const struct observations *store)
{
    struct coverage sum = {0};
    sum.first_ns = observations_coverage(store, 0)->first_ns;
    sum.last_ns = observations_coverage(store, 0)->last_ns;
    assert_int_equal(observations_coverage_count(store), 1); /* no pause */
    for (size_t i = 0; i < observations_coverage_count(store); i++) {
        const struct coverage *row = observations_coverage(store, i);
        sum.packets += row->packets;
        sum.bytes += row->bytes;
        sum.duplicates += row->duplicates;
        sum.undecoded += row->undecoded;
        sum.missing_bytes += row->missing_bytes;
        sum.fragments_lost += row->fragments_lost;
        sum.evicted_conversations += row->evicted_conversations;
    }
    return sum;
}

static void assert_same(const struct observations *a, const struct observations *b)
{
    struct failure failure = {0};
    struct gathering x, y;
    assert_true(gather_init(&x, a, &failure) && gather_init(&y, b, &failure));
    assert_int_equal(x.count, y.count);
    for (size_t i = 0; i < x.count; i++)
        assert_same_item(a, &x.items[i], b, &y.items[i]);
    assert_int_equal(observations_binding_count(a), observations_binding_count(b));
    assert_int_equal(messages(a), messages(b));
    struct coverage one = coverage_of(a), other = coverage_of(b);
    assert_memory_equal(&one, &other, sizeof one);
    gather_fini(&x);
    gather_fini(&y);
}

static const char *const captures[] = {"pcaps/all_in_one.pcap", "pcaps/rpc.pcap", "pcaps/smtp.pcap", "pcaps/dns.pcap",
                                       "pcaps/sip_udp.pcap"};

static void check(unsigned threads, size_t part, bool keeps)
{
    for (size_t i = 0; i < sizeof captures / sizeof *captures; i++) {
        struct run whole = run_of(captures[i], threads, NEVER, false);
        struct run parts = run_of(captures[i], threads, part, keeps);
        assert_same(whole.sum, parts.sum);
        if (keeps)
            assert_same(whole.sum, crew_store(parts.crew));
        release(&whole);
        release(&parts);
    }
}

static void parts_add_up_to_the_run(void **state)
{
    (void)state;
    check(0, 7, false);
    check(0, 100, false);
}

static void they_do_so_with_threads(void **state)
{
    (void)state;
    check(3, 50, false);
}

static void what_is_kept_is_the_whole_run_and_what_is_written_last_is_not(void **state)
{
    (void)state;
    check(0, 300, true);
    check(2, 300, true);
}

static void each_part_tells_of_its_own_packets_and_drops(void **state)
{
    (void)state;
    struct run run = run_of("pcaps/all_in_one.pcap", 0, 1000, false);
    struct observations *stores[CREW_OBSERVERS_MOST];
    assert_int_equal(crew_stores(run.crew, stores), 1);
    assert_int_equal(run.parts, 2);
    assert_int_equal(observations_coverage(stores[0], 0)->packets, 609);
    assert_int_equal(observations_coverage(stores[0], 0)->dropped, 0);
    assert_int_equal(observations_coverage(run.sum, 0)->packets, 2609);
    assert_int_equal(observations_coverage(run.sum, 0)->dropped, 2);
    release(&run);
}

static void a_part_of_silence_has_no_rows(void **state)
{
    (void)state;
    struct run run = run_of("pcaps/dns.pcap", 0, NEVER, false);
    release(&run);
    struct failure failure = {0};
    struct crew_options options = {.memory_bytes = MEMORY, .sensor = "s"};
    run = (struct run){.crew = crew_create(&options, &failure), .sum = observations_create(MEMORY, &failure)};
    crew_source(run.crew, "quiet", "");
    write_part(&run, 0);
    assert_int_equal(observations_coverage_count(run.sum), 0);
    write_part(&run, 3); /* but for what was dropped */
    assert_int_equal(observations_coverage_count(run.sum), 1);
    assert_int_equal(observations_coverage(run.sum, 0)->dropped, 3);
    crew_source_ended(run.crew, 0, false, 3);
    crew_finish(run.crew);
    release(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_add_up_to_the_run),
        cmocka_unit_test(they_do_so_with_threads),
        cmocka_unit_test(what_is_kept_is_the_whole_run_and_what_is_written_last_is_not),
        cmocka_unit_test(each_part_tells_of_its_own_packets_and_drops),
        cmocka_unit_test(a_part_of_silence_has_no_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
