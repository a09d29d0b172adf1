/* When traffic was: rows of the store become slices of their conversation, few enough for any capture. */
#include "reports/timeline.h"
#include "tests/observing.h"

/* What timelines read of an audit: gathered conversations with their numbers and classes. */
struct seen {
    struct observations *store;
    struct gathering gathering;
    struct judged_conversation conversations[8];
    struct judged_session sessions[8][4];
    struct audit audit;
};

static void judge(struct seen *seen)
{
    struct failure failure = {.count = 0};
    assert_true(gather_init(&seen->gathering, seen->store, &failure));
    assert_in_range(seen->gathering.count, 0, 8);
    for (size_t i = 0; i < seen->gathering.count; i++) {
        const struct gathered *item = &seen->gathering.items[i];
        assert_in_range(item->session_count, 0, 4);
        for (size_t k = 0; k < item->session_count; k++)
            seen->sessions[i][k].disposition = item->sessions[k].disposition;
        seen->conversations[i] = (struct judged_conversation){
            .pair = item->pair_number, .sessions = seen->sessions[i], .session_count = item->session_count};
    }
    seen->audit = (struct audit){
        .store = seen->store, .conversations = seen->conversations, .conversation_count = seen->gathering.count};
}

static void forget(struct seen *seen, struct timeline *timeline)
{
    timeline_fini(timeline);
    gather_fini(&seen->gathering);
    observations_destroy(seen->store);
}

static const struct conversation good = {.flows = 1,
                                         .packets_to_server = 2,
                                         .packets_to_client = 3,
                                         .bytes_to_server = 40,
                                         .bytes_to_client = 60,
                                         .disposition = DISPOSITION_OK};
static const struct conversation unanswered = {
    .flows = 1, .packets_to_server = 1, .bytes_to_server = 40, .disposition = DISPOSITION_UNANSWERED};

static void an_audit_of_nothing_has_no_slices(void **state)
{
    (void)state;
    struct seen seen = {.store = store_of(4u << 20)};
    struct timeline timeline;
    judge(&seen);
    assert_true(timeline_init(&timeline, &seen.audit));
    assert_int_equal(timeline.slices, 0);
    assert_int_equal(timeline.count, 0);
    forget(&seen, &timeline);
}

static void classes_of_one_slice_add_up_and_quiet_slices_have_none(void **state)
{
    (void)state;
    struct seen seen = {.store = store_of(4u << 20)};
    struct timeline timeline;
    struct pair pair = pair_of("10.0.0.1", "10.0.0.2", 25);
    struct conversation other = good;
    other.encryption = observations_name_of(seen.store, "tls");
    observe(seen.store, pair, NOON_NS, good);
    observe(seen.store, pair, NOON_NS, other);
    observe(seen.store, pair, NOON_NS + 3 * MINUTE_NS, unanswered);
    judge(&seen);
    assert_true(timeline_init(&timeline, &seen.audit));
    assert_int_equal(timeline.first_ns, NOON_NS);
    assert_int_equal(timeline.width_ns, MINUTE_NS);
    assert_int_equal(timeline.slices, 4);
    assert_int_equal(timeline.count, 2);
    assert_int_equal(timeline.cells[0].slice, 0);
    assert_int_equal(timeline.cells[0].packets, 10);
    assert_int_equal(timeline.cells[0].bytes, 200);
    assert_int_equal(timeline.cells[0].flows, 2);
    assert_int_equal(timeline.cells[0].failed_flows, 0);
    assert_int_equal(timeline.cells[1].slice, 3);
    assert_int_equal(timeline.cells[1].flows, 1);
    assert_int_equal(timeline.cells[1].failed_flows, 1);
    forget(&seen, &timeline);
}

static void silence_of_a_server_out_of_sight_is_no_failure(void **state)
{
    (void)state;
    struct seen seen = {.store = store_of(4u << 20)};
    struct timeline timeline;
    observe(seen.store, pair_of("10.0.0.1", "10.0.0.2", 25), NOON_NS, unanswered);
    judge(&seen);
    assert_true(timeline_init(&timeline, &seen.audit));
    assert_int_equal(timeline.count, 1);
    assert_int_equal(timeline.cells[0].flows, 1);
    assert_int_equal(timeline.cells[0].failed_flows, 0);
    forget(&seen, &timeline);
}

static void cells_stand_in_order_of_conversations(void **state)
{
    (void)state;
    struct seen seen = {.store = store_of(4u << 20)};
    struct timeline timeline;
    observe(seen.store, pair_of("10.0.0.9", "10.0.0.2", 80), NOON_NS + MINUTE_NS, good);
    observe(seen.store, pair_of("10.0.0.1", "10.0.0.2", 25), NOON_NS, good);
    observe(seen.store, pair_of("10.0.0.9", "10.0.0.2", 80), NOON_NS + 2 * MINUTE_NS, good);
    judge(&seen);
    assert_true(timeline_init(&timeline, &seen.audit));
    assert_int_equal(timeline.count, 3);
    assert_int_equal(timeline.cells[0].conversation, 0); /* the one that began first, whenever its row came */
    assert_int_equal(timeline.cells[0].slice, 0);
    assert_int_equal(timeline.cells[1].conversation, 1);
    assert_int_equal(timeline.cells[1].slice, 1);
    assert_int_equal(timeline.cells[2].slice, 2);
    forget(&seen, &timeline);
}

static void a_long_capture_has_wider_slices_and_loses_nothing(void **state)
{
    (void)state;
    struct seen seen = {.store = store_of(4u << 20)};
    struct timeline timeline;
    struct pair pair = pair_of("10.0.0.1", "10.0.0.2", 25);
    uint64_t flows = 0;
    for (int i = 0; i < 200; i++)
        observe(seen.store, pair, NOON_NS + i * MINUTE_NS, good);
    judge(&seen);
    assert_true(timeline_init(&timeline, &seen.audit));
    assert_in_range(timeline.slices, 1, TIMELINE_SLICES_MOST);
    assert_int_equal(timeline.slices, 100);
    assert_int_equal(timeline.width_ns, 2 * MINUTE_NS);
    for (size_t i = 0; i < timeline.count; i++) {
        assert_in_range(timeline.cells[i].slice, 0, timeline.slices - 1);
        flows += timeline.cells[i].flows;
    }
    assert_int_equal(flows, 200);
    forget(&seen, &timeline);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_audit_of_nothing_has_no_slices),
        cmocka_unit_test(classes_of_one_slice_add_up_and_quiet_slices_have_none),
        cmocka_unit_test(silence_of_a_server_out_of_sight_is_no_failure),
        cmocka_unit_test(cells_stand_in_order_of_conversations),
        cmocka_unit_test(a_long_capture_has_wider_slices_and_loses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
