/* interim: a report in between says what was observed until then, and nothing that comes after it is changed by it. */
#include "app/interim.h"

#include "app/output.h"
#include "app/signals.h"
#include "base/now.h"
#include "observations/jsonl.h"
#include "tests/cmocka_all.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define CAPTURE "pcaps/all_in_one.pcap"
#define HALF    1300 /* frames */

struct run {
    struct source *source;
    struct crew *crew;
    uint8_t number;
};

static struct run begin(unsigned threads)
{
    struct failure failure = {0};
    struct crew_options options = {.memory_bytes = (size_t)256 << 20, .sensor = "test", .threads = threads};
    struct run run = {.source = source_open(CAPTURE, NULL, &failure), .crew = crew_create(&options, &failure)};
    assert_non_null(run.source);
    assert_non_null(run.crew);
    run.number = crew_source(run.crew, CAPTURE, "");
    return run;
}

static void take(struct run *run, size_t frames)
{
    struct frame batch[100];
    while (frames > 0) {
        size_t count;
        source_read(run->source, crew_block(run->crew), batch, frames < 100 ? frames : 100, &count);
        if (count == 0)
            return;
        crew_take(run->crew, batch, count);
        frames -= count;
    }
}

static bool write_lines(void *path, struct crew *crew, struct failure *failure)
{
    FILE *out = fopen(path, "w");
    return out != NULL && jsonl_write(crew_store(crew), out, failure) && fclose(out) == 0;
}

static void end(struct run *run, const char *path)
{
    struct failure failure = {0};
    crew_source_ended(run->crew, run->number, false, 0);
    crew_finish(run->crew);
    assert_true(write_lines((void *)(uintptr_t)path, run->crew, &failure));
    crew_destroy(run->crew);
    source_close(run->source);
}

static void report(struct run *run, struct interim *interim)
{
    crew_rest(run->crew);
    if (!interim_fork(interim))
        return;
    crew_forked(run->crew);
    crew_source_ended(run->crew, run->number, false, 0);
    crew_finish(run->crew);
    interim_exit(interim, run->crew);
}

/* The whole text of a file; freed by the caller. */
static char *text_of(const char *path)
{
    static const size_t most = (size_t)1 << 20;
    FILE *in = fopen(path, "r");
    char *text = calloc(1, most);
    assert_non_null(in);
    assert_non_null(text);
    size_t length = fread(text, 1, most - 1, in);
    fclose(in);
    assert_in_range(length, 1, most - 2);
    return text;
}

static void assert_same_text(const char *path, const char *other)
{
    char *one = text_of(path), *two = text_of(other);
    assert_string_equal(one, two);
    free(one);
    free(two);
}

static void check_with(unsigned threads)
{
    char folder[] = "/tmp/interim_test_XXXXXX", path[4][64];
    static const char *const names[] = {"half", "between", "whole", "last"};
    assert_non_null(mkdtemp(folder));
    for (int i = 0; i < 4; i++)
        snprintf(path[i], sizeof path[i], "%s/%s", folder, names[i]);

    struct run half = begin(threads), whole = begin(threads), watched = begin(threads);
    take(&half, HALF);
    end(&half, path[0]);
    take(&whole, SIZE_MAX);
    end(&whole, path[2]);

    struct interim interim = {.write = write_lines, .context = path[1]};
    interim_begin(&interim);
    take(&watched, HALF);
    report(&watched, &interim);
    take(&watched, SIZE_MAX); /* while the child is at work */
    interim_end(&interim);
    end(&watched, path[3]);

    assert_same_text(path[0], path[1]);
    assert_same_text(path[2], path[3]);
    for (int i = 0; i < 4; i++)
        unlink(path[i]);
    rmdir(folder);
}

static void a_report_in_between_tells_of_what_came_and_changes_nothing(void **state)
{
    (void)state;
    check_with(0);
}

static void it_does_so_with_threads_too(void **state)
{
    (void)state;
    check_with(3);
}

static void a_signal_makes_one_due_once(void **state)
{
    (void)state;
    struct interim interim = {.write = write_lines};
    signals_catch();
    interim_begin(&interim);
    assert_false(interim_due(&interim));
    raise(SIGUSR1);
    raise(SIGUSR1);
    assert_true(interim_due(&interim));
    interim.wanted = false;
    assert_false(interim_due(&interim));
    assert_false(signals_stop_asked());
}

/* A child that opened a file which is to hold packets, and was asked to end by `first`, then by SIGTERM; how it ended.
 */
static int asked_twice(const char *path, int first)
{
    const struct timespec later = {.tv_nsec = 700000000}; /* or it is the same request */
    int status = 0;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(first, SIG_DFL);
        signals_catch();
        signals_doom(path);
        raise(first);
        if (!signals_stop_asked() || access(path, F_OK) != 0)
            _exit(3);
        nanosleep(&later, NULL);
        raise(SIGTERM);
        _exit(4);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void who_asks_twice_leaves_no_half_of_what_holds_packets(void **state)
{
    static const int first[] = {SIGINT, SIGTERM, SIGHUP};
    (void)state;
    for (size_t i = 0; i < sizeof first / sizeof *first; i++) {
        char path[] = "/tmp/interim_test.XXXXXX";
        int file = mkstemp(path);
        assert_true(file >= 0);
        close(file);
        int status = asked_twice(path, first[i]);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
        assert_int_equal(access(path, F_OK), -1);
    }
}

static void the_clock_makes_one_due_and_then_the_next(void **state)
{
    (void)state;
    struct interim interim = {.write = write_lines, .every_s = 1000};
    interim_begin(&interim);
    assert_false(interim_due(&interim));
    interim.next_ns -= 5500 * SECOND_NS; /* as if we had been busy for five of them */
    assert_true(interim_due(&interim));
    interim.wanted = false;
    assert_false(interim_due(&interim));
    assert_true(interim.next_ns > monotonic_ns());
    assert_true(interim.next_ns <= monotonic_ns() + 1000 * SECOND_NS);
}

static void one_waits_until_the_one_before_is_written(void **state)
{
    (void)state;
    struct interim interim = {.write = write_lines};
    int hold[2];
    assert_int_equal(pipe(hold), 0);
    if (interim_fork(&interim)) { /* a child that takes its time */
        char c;
        close(hold[1]);
        _exit(read(hold[0], &c, 1) != 0);
    }
    interim.wanted = true;
    assert_false(interim_due(&interim));
    close(hold[1]);
    interim_end(&interim);
    assert_true(interim_due(&interim));
    close(hold[0]);
}

static void one_whose_process_was_ended_leaves_nothing_behind(void **state)
{
    (void)state;
    struct failure failure = {0};
    struct output output;
    char folder[] = "/tmp/interim-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/report", folder);
    struct interim interim = {.write = write_lines, .out_file = path};
    if (interim_fork(&interim)) {
        if (!output_open(&output, path, &failure))
            _exit(3);
        raise(SIGKILL);
    }
    interim_end(&interim);
    assert_int_equal(rmdir(folder), 0); /* it is empty */
}

static void a_command_that_writes_at_its_end_has_none(void **state)
{
    (void)state;
    struct interim interim = {.write = NULL, .wanted = true};
    assert_false(interim_due(&interim));
    assert_false(interim.wanted);
}

static void interrupts_that_come_together_are_one_request_and_a_later_one_ends_the_program(void **state)
{
    (void)state;
    int status;
    signals_catch();
    raise(SIGINT);
    raise(SIGINT);
    assert_true(signals_stop_asked());
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        usleep(700000);
        raise(SIGINT);
        _exit(0); /* it is still here */
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_in_between_tells_of_what_came_and_changes_nothing),
        cmocka_unit_test(it_does_so_with_threads_too),
        cmocka_unit_test(a_signal_makes_one_due_once),
        cmocka_unit_test(who_asks_twice_leaves_no_half_of_what_holds_packets),
        cmocka_unit_test(the_clock_makes_one_due_and_then_the_next),
        cmocka_unit_test(one_waits_until_the_one_before_is_written),
        cmocka_unit_test(one_whose_process_was_ended_leaves_nothing_behind),
        cmocka_unit_test(a_command_that_writes_at_its_end_has_none),
        cmocka_unit_test(
            interrupts_that_come_together_are_one_request_and_a_later_one_ends_the_program), /* leaves the request
                                                                                                behind */
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
