/* Views: what several sensors saw of one conversation in one slice counts once, and halves are joined. */
#include "observations/views.h"
#include "tests/observing.h"

#define ROOM (1u << 20)

struct seen {
    const char *sensor;
    enum disposition disposition;
    uint64_t to_server, to_client, flows;
    int64_t time_ns;
};

static void see(struct observations *store, struct seen seen)
{
    observe(store, pair_of("10.0.0.1", "10.0.0.2", 25), seen.time_ns != 0 ? seen.time_ns : NOON_NS,
            (struct conversation){.sensor = observations_name_of(store, seen.sensor),
                                  .disposition = (uint8_t)seen.disposition,
                                  .packets_to_server = seen.to_server,
                                  .packets_to_client = seen.to_client,
                                  .bytes_to_server = seen.to_server * 100,
                                  .bytes_to_client = seen.to_client * 100,
                                  .flows = seen.flows,
                                  .frame = 1});
}

static struct conversation sum_of(const struct observations *store)
{
    struct conversation sum = {.flows = 0};
    for (size_t i = 0; i < observations_conversation_count(store); i++) {
        struct conversation row = conversation_at(store, i);
        sum.flows += row.flows;
        sum.packets_to_server += row.packets_to_server;
        sum.packets_to_client += row.packets_to_client;
        if (row.flows > 0)
            sum.disposition = row.disposition;
    }
    return sum;
}

static void the_sensor_that_saw_more_of_both_directions_is_used(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    see(store, (struct seen){"a", DISPOSITION_OK, 1000, 1, 1, 0});
    see(store, (struct seen){"b", DISPOSITION_OK, 20, 20, 2, 0});
    see(store, (struct seen){"c", DISPOSITION_OK, 19, 19, 2, 0});
    views_settle(store);
    struct conversation sum = sum_of(store);
    assert_int_equal(observations_conversation_count(store), 1);
    assert_int_equal(sum.packets_to_server, 20);
    assert_int_equal(sum.flows, 2);
    assert_int_equal(observations_fact_count(store), 2);
    assert_string_equal(observations_text(store, fact_at(store, 0).key), VIEWS_KEY);
    const char *first = observations_text(store, fact_at(store, 0).value);
    const char *second = observations_text(store, fact_at(store, 1).value);
    assert_true(strcmp(first, "b") != 0 && strcmp(second, "b") != 0 && strcmp(first, second) != 0);
    observations_destroy(store);
}

static void other_slices_and_rows_of_one_sensor_add_up(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    see(store, (struct seen){"a", DISPOSITION_OK, 5, 5, 1, 0});
    see(store, (struct seen){"a", DISPOSITION_REFUSED, 5, 5, 1, 0});
    see(store, (struct seen){"b", DISPOSITION_OK, 7, 7, 1, NOON_NS + MINUTE_NS});
    views_settle(store);
    assert_int_equal(sum_of(store).flows, 3);
    assert_int_equal(observations_fact_count(store), 0);
    observations_destroy(store);
}

static void two_halves_are_joined_and_their_flows_count_once(void **state)
{
    (void)state;
    for (int swapped = 0; swapped < 2; swapped++) {
        struct observations *store = store_of(ROOM);
        struct seen asks = {"a", DISPOSITION_ONE_WAY, 10, 0, 3, 0}, answers = {"b", DISPOSITION_ONE_WAY, 0, 12, 3, 0};
        see(store, swapped ? answers : asks);
        see(store, swapped ? asks : answers);
        views_settle(store);
        struct conversation sum = sum_of(store);
        assert_int_equal(sum.flows, 3);
        assert_int_equal(sum.packets_to_server, 10);
        assert_int_equal(sum.packets_to_client, 12);
        assert_int_equal(sum.disposition, DISPOSITION_OK);
        observations_destroy(store);
    }
}

static void a_refusal_that_only_the_other_half_saw_decides(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    see(store, (struct seen){"a", DISPOSITION_UNANSWERED, 1, 0, 1, 0});
    see(store, (struct seen){"b", DISPOSITION_REFUSED, 0, 1, 1, 0});
    views_settle(store);
    assert_int_equal(sum_of(store).disposition, DISPOSITION_REFUSED);
    assert_int_equal(sum_of(store).flows, 1);
    observations_destroy(store);
}

static void a_fact_that_two_sensors_read_counts_the_flows_of_the_one_that_read_most(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    const char *const sensors[] = {"a", "b"};
    for (unsigned i = 0; i < 2; i++) {
        see(store, (struct seen){sensors[i], DISPOSITION_OK, 5, 5, 1, 0});
        struct fact row = {.pair = pair_of("10.0.0.1", "10.0.0.2", 25), .slice_ns = NOON_NS, .flows = 3 + i};
        row.sensor = observations_name_of(store, sensors[i]);
        row.key = observations_name_of(store, "smtp.starttls");
        row.value = observations_name_of(store, "offered");
        observations_add_fact(store, &row);
    }
    views_settle(store);
    uint64_t flows = 0, rows = 0;
    for (size_t i = 0; i < observations_fact_count(store); i++) {
        struct fact row = fact_at(store, i);
        if (strcmp(observations_text(store, row.key), "smtp.starttls") == 0) {
            flows += row.flows;
            rows++;
        }
    }
    assert_int_equal(rows, 1);
    assert_int_equal(flows, 4);
    observations_destroy(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sensor_that_saw_more_of_both_directions_is_used),
        cmocka_unit_test(other_slices_and_rows_of_one_sensor_add_up),
        cmocka_unit_test(two_halves_are_joined_and_their_flows_count_once),
        cmocka_unit_test(a_refusal_that_only_the_other_half_saw_decides),
        cmocka_unit_test(a_fact_that_two_sensors_read_counts_the_flows_of_the_one_that_read_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
