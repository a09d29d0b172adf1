/* The flow table finds every flow it holds, stays within its capacity, and tells of every flow before it is gone. */
#include "tests/cmocka_all.h"

#include "base/clock.h"
#include "flows/table.h"

#include <stdlib.h>

struct gone {
    size_t count, unanswered, ended;
};

static void note_leaving(void *context, struct flow *const flows[], size_t count)
{
    struct gone *gone = context;
    gone->count += count;
    for (size_t i = 0; i < count; i++) {
        gone->ended += (flows[i]->flags & FLOW_ENDED) != 0;
        gone->unanswered += (flows[i]->side[0].seen & flows[i]->side[1].seen & SIDE_SPOKE) == 0;
    }
}

static struct endpoints ends_of(uint32_t number)
{
    struct endpoints ends = {.source_port = (uint16_t)number, .target_port = 25, .protocol = IP_TCP};
    memcpy(ends.source.octets + 8, &number, sizeof number);
    return ends;
}

static struct flow *add_ends(struct flow_table *table, const struct endpoints *ends, int64_t now_ns)
{
    return flow_table_add(table, ends, flow_hash(ends, flow_table_seed(table)), now_ns);
}

static struct flow *add(struct flow_table *table, uint32_t number, int64_t now_ns)
{
    struct endpoints ends = ends_of(number);
    struct flow *flow = add_ends(table, &ends, now_ns);
    flow->side[0].seen = SIDE_SPOKE;
    flow->first_ns = flow->last_ns = now_ns;
    return flow;
}

static struct flow *find(struct flow_table *table, uint32_t number)
{
    struct endpoints ends = ends_of(number);
    return flow_table_find(table, &ends, flow_from(&ends), flow_hash(&ends, flow_table_seed(table)));
}

static struct flow_table *new_table(size_t budget_bytes, struct gone *gone)
{
    struct failure failure = {0};
    struct flow_table *table = flow_table_create(budget_bytes, 1, note_leaving, gone, &failure);
    assert_non_null(table);
    return table;
}

static void a_flow_is_found_by_its_key_and_no_other(void **state)
{
    (void)state;
    struct gone gone = {0};
    struct flow_table *table = new_table(1u << 20, &gone);
    for (uint32_t i = 1; i <= 5000; i++)
        add(table, i, i);
    for (uint32_t i = 1; i <= 5000; i++) {
        struct flow *flow = find(table, i);
        assert_non_null(flow);
        assert_int_equal(flow->first_ns, i);
    }
    assert_null(find(table, 5001));
    assert_int_equal(flow_table_count(table), 5000);
    flow_table_destroy(table);
}

static bool every(void *context, struct flow *flow)
{
    (void)context;
    (void)flow;
    return true;
}

static void the_flow_that_began_last_is_guessed_until_its_place_is_given_away(void **state)
{
    (void)state;
    struct gone gone = {0};
    struct flow_table *table = new_table(1u << 20, &gone);
    for (uint32_t i = 1; i <= 500; i++) {
        struct flow *flow = add(table, i, i);
        struct endpoints ends = ends_of(i);
        struct flow *recent = flow_table_recent(table, flow_hash(&ends, flow_table_seed(table)));
        assert_ptr_equal(recent, flow);
        assert_true(flow_table_guessed(recent, &ends, flow_from(&ends)));
        flow_table_sweep(table, SIZE_MAX, every, NULL);
        assert_false(flow_table_guessed(recent, &ends, flow_from(&ends)));
    }
    flow_table_destroy(table);
}

static void a_full_table_gives_up_counted_flows_before_unanswered_ones_before_others(void **state)
{
    (void)state;
    struct gone gone = {0};
    struct flow_table *table = new_table(1, &gone); /* 64 flows */
    for (uint32_t i = 1; i <= 64; i++) {
        struct flow *flow = add(table, i, SECOND_NS);
        if (i % 2 == 0)
            flow->side[1].seen = SIDE_SPOKE;
        if (i % 8 == 0)
            flow->flags = FLOW_ENDED;
    }
    add(table, 65, 2 * SECOND_NS)->side[1].seen = SIDE_SPOKE; /* makes room for sixteen at once */
    assert_int_equal(gone.count, 16);
    assert_int_equal(gone.ended, 8);
    assert_int_equal(gone.unanswered, 8);
    assert_int_equal(flow_table_evicted(table), 8); /* the others had been counted */
    for (uint32_t i = 66; i <= 96; i++)
        add(table, i, 3 * SECOND_NS)->side[1].seen = SIDE_SPOKE;
    assert_int_equal(gone.count, 32);
    assert_int_equal(gone.unanswered, 24);
    assert_int_equal(flow_table_evicted(table), 24);
    assert_int_equal(flow_table_count(table), 64);
    flow_table_destroy(table);
}

static void every_flow_is_found_again_through_many_evictions(void **state)
{
    (void)state;
    struct gone gone = {0};
    struct flow_table *table = new_table(200000, &gone);
    uint32_t added = 0;
    for (uint32_t i = 1; i <= 20000; i++) {
        add(table, i, (int64_t)i * SECOND_NS);
        added++;
        assert_non_null(find(table, i));
    }
    size_t found = 0;
    for (uint32_t i = 1; i <= 20000; i++)
        found += find(table, i) != NULL;
    assert_int_equal(found, flow_table_count(table));
    assert_int_equal(gone.count, added - found);
    flow_table_destroy(table);
}

static void finishing_tells_of_all(void **state)
{
    (void)state;
    struct gone gone = {0};
    struct flow_table *table = new_table(1, &gone);
    for (uint32_t i = 1; i <= 63; i++)
        add(table, i, 1);
    flow_table_finish(table);
    assert_int_equal(gone.count, 63);
    flow_table_destroy(table);
}

/* What was told of goes back to the system meanwhile. */
static void finishing_tells_of_as_many_as_fill_large_pages(void **state)
{
    (void)state;
    enum { FLOWS = 100000 };
    struct gone gone = {0};
    struct flow_table *table = new_table((size_t)64 << 20, &gone);
    for (uint32_t i = 1; i <= FLOWS; i++)
        add(table, i, 1);
    assert_int_equal(flow_table_count(table), FLOWS);
    flow_table_finish(table);
    assert_int_equal(gone.count, FLOWS);
    flow_table_destroy(table);
}

static bool is_udp(void *context, struct flow *flow)
{
    size_t *visited = context;
    ++*visited;
    return flow->key.protocol == IP_UDP;
}

static void the_sweep_visits_every_flow_in_turn_and_gives_up_those_it_is_told_to(void **state)
{
    (void)state;
    struct gone gone = {0};
    struct flow_table *table = new_table(1u << 20, &gone);
    for (uint32_t i = 1; i <= 20; i++)
        add(table, i, SECOND_NS);
    for (uint32_t i = 21; i <= 30; i++) {
        struct endpoints ends = ends_of(i);
        ends.protocol = IP_UDP;
        add_ends(table, &ends, SECOND_NS)->side[0].seen = SIDE_SPOKE;
    }
    size_t visited = 0;
    for (int i = 0; i < 6; i++)
        flow_table_sweep(table, 5, is_udp, &visited);
    assert_int_equal(visited, 30);
    assert_int_equal(gone.count, 10);
    assert_int_equal(flow_table_count(table), 20);
    flow_table_destroy(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flow_is_found_by_its_key_and_no_other),
        cmocka_unit_test(the_flow_that_began_last_is_guessed_until_its_place_is_given_away),
        cmocka_unit_test(a_full_table_gives_up_counted_flows_before_unanswered_ones_before_others),
        cmocka_unit_test(every_flow_is_found_again_through_many_evictions),
        cmocka_unit_test(finishing_tells_of_all),
        cmocka_unit_test(finishing_tells_of_as_many_as_fill_large_pages),
        cmocka_unit_test(the_sweep_visits_every_flow_in_turn_and_gives_up_those_it_is_told_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
