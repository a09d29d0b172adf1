/* The pace: who observes, and whether somebody reads ahead, is told by sums of times. No clock takes part here. */
#include "app/pace.h"

#include "tests/cmocka_all.h"

#define PACKETS 700 /* of a batch */

/* A run whose times are made up: all batches so far. */
struct made_up {
    struct pace pace;
    uint64_t batches, done;
};

static struct made_up begin(enum crew_pace how)
{
    struct made_up run = {.batches = 0};
    pace_begin(&run.pace, how);
    return run;
}

/* Batches until the next judgement, each of which took so long to read, and to observe by whoever does. Threads are
 * done with what they were handed. False when nothing was judged. */
static bool go_on(struct made_up *run, unsigned count, int64_t read_ns, int64_t observe_ns)
{
    int64_t worked_ns = 0;
    bool due = false;
    for (unsigned i = 0; i < PACE_BATCHES; i++) {
        bool handed_over = count > 0 && run->pace.hands_over;
        assert_false(due);
        due = pace_add(&run->pace, read_ns, handed_over ? -1 : observe_ns);
        run->batches++;
        run->done += handed_over;
        worked_ns += handed_over ? observe_ns : 0;
    }
    assert_true(due);
    const struct pace_threads threads = {
        .count = count, .done = run->done, .worked_ns = worked_ns, .packets = run->batches * PACKETS};
    return pace_judge(&run->pace, &threads);
}

static void go_on_alone(struct made_up *run, unsigned judgements, int64_t read_ns, int64_t observe_ns)
{
    for (unsigned i = 0; i < judgements; i++) {
        assert_true(go_on(run, 3, read_ns, observe_ns));
        assert_false(run->pace.hands_over);
    }
}

static void what_takes_longer_to_observe_than_to_read_is_handed_over(void **state)
{
    (void)state;
    struct made_up run = begin(CREW_PACE_MEASURED);
    assert_true(run.pace.hands_over); /* from the start on */
    assert_true(go_on(&run, 3, 100, 101));
    assert_true(run.pace.hands_over);
    assert_true(go_on(&run, 3, 100, 99));
    assert_false(run.pace.hands_over);
    assert_true(go_on(&run, 3, 100, 101));
    assert_true(run.pace.hands_over);
}

static void threads_that_were_only_just_woken_are_not_judged(void **state)
{
    (void)state;
    struct pace pace;
    pace_begin(&pace, CREW_PACE_MEASURED);
    for (unsigned i = 1; i < PACE_BATCHES; i++)
        assert_false(pace_add(&pace, 100, -1));
    const struct pace_threads asleep = {.count = 3, .packets = 1000},
                              awake = {.count = 3, .done = 1, .worked_ns = 50, .packets = 2000};
    assert_true(pace_add(&pace, 100, -1));
    assert_false(pace_judge(&pace, &asleep));
    assert_true(pace.hands_over);
    assert_true(pace_add(&pace, 100, -1)); /* it is asked again at the next batch */
    assert_true(pace_judge(&pace, &awake));
    assert_false(pace.hands_over); /* the one batch took less than reading one */
}

static void somebody_reads_ahead_when_reading_is_long_what_all_wait_for(void **state)
{
    (void)state;
    struct made_up run = begin(CREW_PACE_MEASURED);
    go_on_alone(&run, PACE_LONG_ALONE - 1, 100, 20);
    assert_false(pace_reads_ahead(&run.pace));
    assert_true(go_on(&run, 3, 100, 101)); /* a moment that is worth handing over begins the count anew */
    go_on_alone(&run, PACE_LONG_ALONE - 1, 100, 20);
    assert_false(pace_reads_ahead(&run.pace));
    go_on_alone(&run, 1, 100, 20);
    assert_true(pace_reads_ahead(&run.pace));
}

/* Does it stay so that somebody reads ahead, when packets take so long before and since? */
static bool stays(int64_t before_ns, int64_t since_ns)
{
    struct made_up run = begin(CREW_PACE_MEASURED);
    go_on_alone(&run, PACE_LONG_ALONE, before_ns, 1);
    assert_true(pace_reads_ahead(&run.pace));
    go_on_alone(&run, PACE_LONG_ALONE, since_ns, 1);
    return pace_reads_ahead(&run.pace);
}

static void reading_ahead_stays_where_it_saves_a_twentieth(void **state)
{
    (void)state;
    assert_true(stays(1000, 500));
    assert_true(stays(1000, 940));
    assert_false(stays(1000, 960));
    assert_false(stays(1000, 1500));
}

static void what_the_first_judgements_say_does_not_count(void **state)
{
    (void)state;
    struct made_up run = begin(CREW_PACE_MEASURED);
    go_on_alone(&run, 4, 100000, 1); /* threads still hold the caches */
    go_on_alone(&run, PACE_LONG_ALONE - 4, 1000, 1);
    go_on_alone(&run, 4, 1, 0); /* the pieces that lay ready */
    go_on_alone(&run, PACE_LONG_ALONE - 4, 1000, 1);
    assert_false(pace_reads_ahead(&run.pace));
}

static void a_trial_that_was_cut_short_counts_for_nothing(void **state)
{
    (void)state;
    struct made_up run = begin(CREW_PACE_MEASURED);
    go_on_alone(&run, PACE_LONG_ALONE - 1, 100000, 1);
    assert_true(go_on(&run, 3, 100, 101));
    go_on_alone(&run, PACE_LONG_ALONE, 1000, 1);
    go_on_alone(&run, PACE_LONG_ALONE, 1000, 1);
    assert_false(pace_reads_ahead(&run.pace));
}

static void it_is_given_up_once_and_for_all(void **state)
{
    (void)state;
    struct made_up run = begin(CREW_PACE_MEASURED);
    go_on_alone(&run, 2 * PACE_LONG_ALONE, 1000, 1);
    assert_true(run.pace.never_ahead);
    assert_true(go_on(&run, 3, 100, 101));
    go_on_alone(&run, PACE_LONG_ALONE, 1000, 1);
    go_on_alone(&run, PACE_LONG_ALONE, 500, 1); /* faster, but nobody read ahead */
    assert_true(run.pace.never_ahead);
    assert_false(pace_reads_ahead(&run.pace));
}

static void while_somebody_reads_ahead_much_may_be_observed_meanwhile(void **state)
{
    (void)state;
    struct made_up run = begin(CREW_PACE_MEASURED);
    go_on_alone(&run, PACE_LONG_ALONE, 100, 20);
    go_on_alone(&run, 1, 40, 119); /* three times as long: most of reading is done by another */
    assert_true(go_on(&run, 3, 40, 121));
    assert_true(run.pace.hands_over);
}

static void without_threads_nothing_is_handed_over_and_nobody_reads_ahead(void **state)
{
    (void)state;
    struct made_up run = begin(CREW_PACE_MEASURED);
    for (unsigned i = 0; i < 3 * PACE_LONG_ALONE; i++) {
        assert_true(go_on(&run, 0, 100, 20));
        assert_false(pace_reads_ahead(&run.pace));
    }
}

static void for_tests_one_may_stay_alone_or_take_turns(void **state)
{
    (void)state;
    struct made_up alone = begin(CREW_PACE_ALONE), turns = begin(CREW_PACE_ALTERNATES);
    assert_true(go_on(&alone, 3, 1, 1000));
    go_on_alone(&alone, 3 * PACE_LONG_ALONE, 1, 1000);
    assert_true(pace_reads_ahead(&alone.pace)); /* it is not given up: it saves nothing here */
    unsigned handed_over = 0;
    for (unsigned i = 0; i < 6 * PACE_LONG_ALONE; i++) {
        assert_true(go_on(&turns, 3, 1, 1000));
        handed_over += turns.pace.hands_over;
    }
    assert_in_range(handed_over, 2, PACE_LONG_ALONE);
}

/* So many judgements of a run that hands over. True when lines were let go in all of them, false when in none. */
static bool lets_go(struct made_up *run, unsigned judgements, int64_t read_ns)
{
    bool first = run->pace.lets_go;
    for (unsigned i = 0; i < judgements; i++) {
        assert_int_equal(run->pace.lets_go, first);
        assert_true(go_on(run, 3, read_ns, 2000));
        assert_true(run->pace.hands_over);
    }
    return first;
}

/* Are lines let go after a try, when reading a batch takes so long while they are kept and while they are not? */
static bool lets_go_after_a_try(struct made_up *run, int64_t kept_ns, int64_t let_go_ns)
{
    assert_false(lets_go(run, PACE_LINES_TRY, kept_ns));
    assert_true(lets_go(run, PACE_LINES_TRY, let_go_ns));
    return lets_go(run, PACE_LINES_STAY, kept_ns);
}

static void lines_are_let_go_where_that_saves_a_thirtieth_and_tried_again_and_again(void **state)
{
    (void)state;
    struct made_up run = begin(CREW_PACE_MEASURED); /* batches take 2000 to observe */
    assert_true(lets_go_after_a_try(&run, 1000, 890));
    assert_false(lets_go_after_a_try(&run, 1000, 930));
    assert_false(lets_go_after_a_try(&run, 1000, 1500));
    assert_true(lets_go_after_a_try(&run, 1000, 500));
}

static void batches_under_way_while_that_changes_do_not_count(void **state)
{
    (void)state;
    struct made_up run = begin(CREW_PACE_MEASURED);
    assert_false(lets_go(&run, 4, 1));
    assert_false(lets_go(&run, PACE_LINES_TRY - 4, 1000));
    assert_true(lets_go(&run, 4, 1900));
    assert_true(lets_go(&run, PACE_LINES_TRY - 4, 500));
    assert_true(lets_go(&run, 1, 1000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_takes_longer_to_observe_than_to_read_is_handed_over),
        cmocka_unit_test(threads_that_were_only_just_woken_are_not_judged),
        cmocka_unit_test(somebody_reads_ahead_when_reading_is_long_what_all_wait_for),
        cmocka_unit_test(reading_ahead_stays_where_it_saves_a_twentieth),
        cmocka_unit_test(what_the_first_judgements_say_does_not_count),
        cmocka_unit_test(lines_are_let_go_where_that_saves_a_thirtieth_and_tried_again_and_again),
        cmocka_unit_test(batches_under_way_while_that_changes_do_not_count),
        cmocka_unit_test(a_trial_that_was_cut_short_counts_for_nothing),
        cmocka_unit_test(it_is_given_up_once_and_for_all),
        cmocka_unit_test(while_somebody_reads_ahead_much_may_be_observed_meanwhile),
        cmocka_unit_test(without_threads_nothing_is_handed_over_and_nobody_reads_ahead),
        cmocka_unit_test(for_tests_one_may_stay_alone_or_take_turns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
