/* Observations as files: a run comes back as it was, and a folder that is not right is refused by name and line. */
#include "observations/directory.h"
#include "tests/observing.h"

#include <dirent.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROOM (1u << 20)

/* Each test has a folder of its own, removed after it. */
static int make_place(void **state)
{
    char place[] = "/tmp/directory_test.XXXXXX";
    *state = mkdtemp(place) != NULL ? strdup(place) : NULL;
    return *state != NULL ? 0 : -1;
}

static void remove_all(const char *path)
{
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
        char inside[PATH_MAX];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        int length = snprintf(inside, sizeof inside, "%s/%s", path, entry->d_name);
        assert_in_range(length, 1, sizeof inside - 1);
        remove_all(inside);
    }
    if (folder != NULL)
        closedir(folder);
    remove(path);
}

static int remove_place(void **state)
{
    remove_all(*state);
    free(*state);
    return 0;
}

struct path {
    char text[PATH_MAX];
};

static struct path path_in(const char *place, const char *name)
{
    struct path path;
    int length = snprintf(path.text, sizeof path.text, "%s/%s", place, name);
    assert_in_range(length, 1, sizeof path.text - 1);
    return path;
}

#define in(place, name) (path_in(place, name).text)

static bool exists(const char *path)
{
    struct stat there;
    return lstat(path, &there) == 0;
}

static unsigned entries(const char *path)
{
    unsigned count = 0;
    DIR *folder = opendir(path);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(folder);
    return count;
}

static void put_file(const char *path, const char *text)
{
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(text, out);
    assert_int_equal(fclose(out), 0);
}

/* A store with something in every table. */
static struct observations *store_with_rows(int64_t first_ns)
{
    struct observations *store = store_of(ROOM);
    uint32_t run = observations_name_of(store, "run"), file = observations_name_of(store, "odd\tname\n.pcap");
    struct pair pair = pair_of("10.0.0.1", "2001:db8::2", 25);
    pair.tunnel = observations_name_of(store, "gre");
    struct conversation row = {.run = run, .source = file, .frame = 5102, .flows = 3, .bytes_to_client = UINT64_MAX};
    row.protocol = observations_name_of(store, "smtp");
    for (unsigned disposition = 0; disposition < DISPOSITION_COUNT; disposition++) {
        row.disposition = (uint8_t)disposition;
        row.decided_by = (uint8_t)(disposition % DECIDED_BY_COUNT);
        observe(store, pair, first_ns + disposition * MINUTE_NS, row);
    }
    say(store, pair, first_ns, "smtp.keywords", "back\\slash", 5103);
    struct binding told = {.learned_ns = first_ns, .last_ns = first_ns + 9, .times = 4, .run = run, .major = 65535};
    told.server = address_of("10.0.0.7");
    told.interface.octets[3] = 0xab;
    told.annotation = file;
    observations_learn(store, &told);
    struct coverage seen = {.source = file, .packets = 77, .first_ns = first_ns, .last_ns = first_ns + 1};
    observations_cover(store, &seen);
    return store;
}

static void assert_same(const struct observations *a, const struct observations *b)
{
    assert_int_equal(observations_conversation_count(a), observations_conversation_count(b));
    for (size_t i = 0; i < observations_conversation_count(a); i++) {
        struct conversation x = conversation_at(a, i), y = conversation_at(b, i);
        assert_string_equal(observations_text(a, x.source), observations_text(b, y.source));
        assert_string_equal(observations_text(a, x.protocol), observations_text(b, y.protocol));
        assert_string_equal(observations_text(a, x.pair.tunnel), observations_text(b, y.pair.tunnel));
        assert_true(address_equal(&x.pair.server, &y.pair.server));
        assert_int_equal(x.slice_ns, y.slice_ns);
        assert_int_equal(x.first_ns, y.first_ns);
        assert_int_equal(x.disposition, y.disposition);
        assert_int_equal(x.decided_by, y.decided_by);
        assert_int_equal(x.flows, y.flows);
        assert_int_equal(x.frame, y.frame);
        assert_true(x.bytes_to_client == y.bytes_to_client);
    }
    assert_int_equal(observations_fact_count(a), observations_fact_count(b));
    assert_string_equal(observations_text(a, fact_at(a, 0).value), observations_text(b, fact_at(b, 0).value));
    assert_int_equal(observations_binding_count(a), observations_binding_count(b));
    struct binding x, y;
    observations_binding(a, 0, &x);
    observations_binding(b, 0, &y);
    assert_int_equal(x.learned_ns, y.learned_ns);
    assert_int_equal(x.last_ns, y.last_ns);
    assert_int_equal(x.times, y.times);
    assert_int_equal(x.major, y.major);
    assert_true(uuid_equal(&x.interface, &y.interface));
    assert_int_equal(observations_coverage_count(a), observations_coverage_count(b));
    assert_int_equal(observations_coverage(a, 0)->packets, observations_coverage(b, 0)->packets);
}

static void a_run_comes_back_as_it_was(void **state)
{
    struct failure failure = {.count = 0};
    struct observations *store = store_with_rows(NOON_NS), *back = store_of(ROOM);
    assert_true(directory_write(&store, 1, *state, &failure));
    assert_int_equal(entries(in(*state, "20261120T120000.000000Z")), 4);
    assert_true(directory_read(back, *state, &WINDOW_ALL, &failure));
    assert_same(store, back);
    assert_false(failure_any(&failure));
    observations_destroy(store);
    observations_destroy(back);
}

static void runs_stand_beside_each_other_and_add_up(void **state)
{
    struct failure failure = {.count = 0};
    struct observations *store = store_with_rows(NOON_NS + 3123456), *back = store_of(ROOM);
    for (unsigned i = 0; i < 3; i++)
        assert_true(directory_write(&store, 1, *state, &failure));
    assert_true(exists(in(*state, "20261120T120000.003123Z/facts.tsv")));
    assert_true(exists(in(*state, "20261120T120000.003123Z-2/facts.tsv")));
    assert_true(exists(in(*state, "20261120T120000.003123Z-3/facts.tsv")));
    assert_int_equal(entries(*state), 3); /* and nothing hidden is left */
    assert_true(directory_read(back, *state, &WINDOW_ALL, &failure));
    assert_int_equal(conversation_at(back, 0).flows, 3 * conversation_at(store, 0).flows);
    assert_int_equal(observations_coverage(back, 0)->packets, 3 * 77);
    observations_destroy(store);
    observations_destroy(back);
}

static void an_empty_store_is_a_run_too(void **state)
{
    struct failure failure = {.count = 0};
    struct observations *store = store_of(ROOM);
    assert_true(directory_write(&store, 1, *state, &failure));
    assert_true(exists(in(*state, "empty/coverage.tsv")));
    assert_true(directory_read(store, *state, &WINDOW_ALL, &failure));
    assert_int_equal(observations_conversation_count(store), 0);
    observations_destroy(store);
}

static void packets_of_the_first_moment_of_1970_have_a_run_name(void **state)
{
    struct failure failure = {.count = 0};
    struct observations *store = store_with_rows(0);
    assert_true(directory_write(&store, 1, *state, &failure));
    assert_true(exists(in(*state, "19700101T000000.000000Z/coverage.tsv")));
    observations_destroy(store);
}

static void folders_are_made_as_deep_as_needed(void **state)
{
    struct failure failure = {.count = 0};
    struct observations *store = store_of(ROOM);
    assert_true(directory_write(&store, 1, in(*state, "one/two//three/"), &failure));
    assert_true(exists(in(*state, "one/two/three/empty/facts.tsv")));
    observations_destroy(store);
}

static void a_file_in_the_way_is_told_by_name(void **state)
{
    struct failure failure = {.count = 0};
    struct observations *store = store_of(ROOM);
    put_file(in(*state, "file"), "x");
    assert_false(directory_write(&store, 1, in(*state, "file/below"), &failure));
    assert_non_null(strstr(failure.text, "file/below: Not a directory"));
    observations_destroy(store);
}

static void a_full_disk_leaves_nothing_behind(void **state)
{
    struct failure failure = {.count = 0};
    struct observations *store = store_with_rows(NOON_NS);
    struct rlimit before, small = {.rlim_cur = 600};
    getrlimit(RLIMIT_FSIZE, &before);
    small.rlim_max = before.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    bool written = directory_write(&store, 1, *state, &failure);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_false(written);
    assert_non_null(strstr(failure.text, "conversations.tsv: File too large"));
    assert_int_equal(entries(*state), 0);
    observations_destroy(store);
}

/* Writes a good run, then puts `text` in place of its file, and returns what reading says. */
static struct failure damaged(const char *place, const char *file, const char *text)
{
    struct failure failure = {.count = 0};
    struct observations *store = store_of(ROOM);
    assert_true(directory_write(&store, 1, place, &failure));
    put_file(in(in(place, "empty"), file), text);
    assert_false(directory_read(store, place, &WINDOW_ALL, &failure));
    assert_int_equal(failure.count, 1);
    observations_destroy(store);
    return failure;
}

#define FACT_HEADER                                                                                                    \
    "run\tsensor\tslice\tclient\tserver\ttransport\tport\ttunnel\tkey\tvalue\tflows\tfirst\tsource\tframe\n"
#define FACT_ROW "r\ts\t0\t10.0.0.1\t10.0.0.2\t6\t25\t\tk\tv\t1\t0\tf\t1\n"

static void an_unknown_header_is_refused_with_what_was_expected(void **state)
{
    struct failure failure = damaged(*state, "facts.tsv", "run\tsensor\twrong\n");
    assert_non_null(strstr(failure.text, "/empty/facts.tsv:1: these are not the columns of facts"));
    assert_non_null(strstr(failure.text, " run sensor slice client "));
}

static void an_empty_file_is_refused(void **state)
{
    struct failure failure = damaged(*state, "facts.tsv", "");
    assert_non_null(strstr(failure.text, "/empty/facts.tsv:1: "));
}

static void a_bad_row_is_named_by_file_and_line(void **state)
{
    struct failure failure = damaged(*state, "facts.tsv", FACT_HEADER FACT_ROW "bad\n" FACT_ROW);
    assert_non_null(strstr(failure.text, "/empty/facts.tsv:3: this is not a row of facts"));
}

static void a_file_cut_off_in_a_line_is_refused(void **state)
{
    struct failure failure = damaged(*state, "facts.tsv", FACT_HEADER FACT_ROW "r\ts\t0\t10.0.0.1");
    assert_non_null(strstr(failure.text, "/empty/facts.tsv:3: this line is cut off"));
}

static void a_missing_file_is_named(void **state)
{
    struct failure failure = {.count = 0};
    struct observations *store = store_of(ROOM);
    assert_true(directory_write(&store, 1, *state, &failure));
    unlink(in(*state, "empty/bindings.tsv"));
    assert_false(directory_read(store, *state, &WINDOW_ALL, &failure));
    assert_non_null(strstr(failure.text, "/empty/bindings.tsv: No such file"));
    observations_destroy(store);
}

static void a_folder_without_runs_is_refused(void **state)
{
    struct failure failure = {.count = 0};
    struct observations *store = store_of(ROOM);
    put_file(in(*state, "notes.txt"), "x");
    mkdir(in(*state, ".hidden"), 0777);
    assert_false(directory_read(store, *state, &WINDOW_ALL, &failure));
    assert_non_null(strstr(failure.text, "holds no observations"));
    failure = (struct failure){.count = 0};
    assert_false(directory_read(store, in(*state, "nowhere"), &WINDOW_ALL, &failure));
    assert_non_null(strstr(failure.text, "/nowhere: No such file"));
    observations_destroy(store);
}

static void a_run_of_an_earlier_version_lacks_only_what_came_later(void **state)
{
    struct failure failure = {.count = 0};
    struct observations *store = store_with_rows(NOON_NS);
    struct coverage waited = {.source = observations_name_of(store, "later"), .spooled_rows = 5, .lost_rows = 6};
    observations_cover(store, &waited);
    assert_true(directory_write(&store, 1, *state, &failure));
    char command[PATH_MAX];
    snprintf(command, sizeof command, "cd %s/2*/ && cut -f 1-20 coverage.tsv > cut && mv cut coverage.tsv",
             (char *)*state);
    assert_int_equal(system(command), 0);
    struct observations *back = store_of(ROOM);
    assert_true(directory_read(back, *state, &WINDOW_ALL, &failure));
    assert_int_equal(observations_coverage_count(back), 2);
    assert_int_equal(observations_coverage(back, 0)->packets, 77);
    assert_int_equal(observations_coverage(back, 1)->lost_rows, 0);
    snprintf(command, sizeof command, "cd %s/2*/ && cut -f 1-19 coverage.tsv > cut && mv cut coverage.tsv",
             (char *)*state);
    assert_int_equal(system(command), 0);
    assert_false(directory_read(back, *state, &WINDOW_ALL, &failure));
    observations_destroy(store);
    observations_destroy(back);
}

int main(void)
{
#define PLACED(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_run_of_an_earlier_version_lacks_only_what_came_later, make_place,
                                        remove_place),
        PLACED(a_run_comes_back_as_it_was),
        PLACED(runs_stand_beside_each_other_and_add_up),
        PLACED(an_empty_store_is_a_run_too),
        PLACED(packets_of_the_first_moment_of_1970_have_a_run_name),
        PLACED(folders_are_made_as_deep_as_needed),
        PLACED(a_file_in_the_way_is_told_by_name),
        PLACED(a_full_disk_leaves_nothing_behind),
        PLACED(an_unknown_header_is_refused_with_what_was_expected),
        PLACED(an_empty_file_is_refused),
        PLACED(a_bad_row_is_named_by_file_and_line),
        PLACED(a_file_cut_off_in_a_line_is_refused),
        PLACED(a_missing_file_is_named),
        PLACED(a_folder_without_runs_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
