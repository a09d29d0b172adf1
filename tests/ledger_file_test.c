/* The ledger between runs: what was read is written again as it was, equal words of several runs are one, and a file of
 * another kind is refused and named. */
#include "observations/ledger_file.h"

#include "tests/scene.h"
#include "tests/user_file.h"

#define MBX "10.0.0.4"
#define CAS "10.0.0.3"

static char *written(struct observations *store)
{
    struct failure failure = {.count = 0};
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    assert_true(ledger_file_write(store, out, &failure));
    fclose(out);
    return text;
}

static struct observations *read_back(const char *text)
{
    struct failure failure = {.count = 0};
    struct observations *store = observations_create(64u << 20, &failure);
    user_file("ledger", text);
    assert_true(ledger_file_read(store, "ledger", &failure));
    assert_string_equal(failure.text, "");
    return store;
}

static struct scene two_ports(void)
{
    struct failure failure = {.count = 0};
    struct scene scene = {.store = observations_create(8u << 20, &failure)};
    scene_learn(&scene, MBX, CAS, "ept_map", "ncacn_ip_tcp", 6004, NSPI, 56, 0);
    scene_learn(&scene, MBX, CAS, "ept_map", "ncacn_ip_tcp", 6001, EMSMDB, 0, 81);
    return scene;
}

static void what_was_read_is_written_as_it_was(void **state)
{
    (void)state;
    struct scene scene = two_ports();
    char *first = written(scene.store);
    struct observations *again = read_back(first);
    char *second = written(again);
    assert_int_equal(strncmp(first, "pathaudit.ledger/1\n", 19), 0);
    assert_string_equal(first, second);
    assert_int_equal(observations_binding_count(again), 2);
    free(first);
    free(second);
    observations_destroy(again);
    observations_destroy(scene.store);
}

static void the_same_run_twice_adds_nothing(void **state)
{
    (void)state;
    struct scene scene = two_ports();
    char *first = written(scene.store);
    struct observations *kept = read_back(first);
    ledger_file_copy(kept, scene.store);
    assert_int_equal(observations_binding_count(scene.store), 4); /* of this run, and of earlier ones */
    char *second = written(scene.store);
    assert_string_equal(first, second);
    free(first);
    free(second);
    observations_destroy(kept);
    observations_destroy(scene.store);
}

static void only_what_was_heard_last_is_kept(void **state)
{
    (void)state;
    struct failure failure = {.count = 0};
    struct scene scene = {.store = observations_create(64u << 20, &failure)};
    for (uint16_t port = 1; port <= LEDGER_FILE_MOST + 10; port++)
        scene_learn(&scene, MBX, CAS, "ept_map", "ncacn_ip_tcp", port, NSPI, 56, 0);
    char *text = written(scene.store);
    size_t lines = 0;
    for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    assert_int_equal(lines, LEDGER_FILE_MOST + 2);
    struct observations *kept = read_back(text);
    struct binding row;
    for (size_t i = 0; i < observations_binding_count(kept); i++) {
        observations_binding(kept, i, &row);
        assert_true(row.learned_ns > SCENE_START + 10 * SECOND_NS);
    }
    free(text);
    observations_destroy(kept);
    observations_destroy(scene.store);
}

static void assert_refused(const char *text, const char *problem)
{
    struct failure failure = {.count = 0};
    struct observations *store = observations_create(8u << 20, &failure);
    user_file("ledger", text);
    assert_false(ledger_file_read(store, "ledger", &failure));
    assert_string_equal(failure.text, problem);
    observations_destroy(store);
}

static void what_is_no_ledger_or_a_newer_one_is_refused(void **state)
{
    (void)state;
    assert_refused("site: contoso\n",
                   "ledger:1: is no ledger of pathaudit (it does not begin with pathaudit.ledger/1); it "
                   "stays as it is");
    assert_refused("pathaudit.ledger/2\n", "ledger:1: is a ledger of version 2; this pathaudit reads version 1");
    assert_refused("", "ledger: is empty, and no ledger of pathaudit");
    assert_refused("pathaudit.ledger/1\nport\n", "ledger:2: these are not the columns of a ledger");
    struct scene scene = two_ports();
    char *text = written(scene.store);
    char cut[4096];
    assert_true(strlen(text) < sizeof cut);
    strcpy(cut, text);
    cut[strlen(cut) - 20] = '\0';
    *strrchr(cut, '\t') = '\0';
    assert_refused(cut, "ledger:4: this line does not fit the columns");
    free(text);
    observations_destroy(scene.store);
}

static void where_there_is_no_file_nothing_is_known(void **state)
{
    (void)state;
    struct failure failure = {.count = 0};
    struct observations *store = observations_create(8u << 20, &failure);
    assert_true(ledger_file_read(store, "no-such-file", &failure));
    assert_int_equal(observations_binding_count(store), 0);
    observations_destroy(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_read_is_written_as_it_was),
        cmocka_unit_test(the_same_run_twice_adds_nothing),
        cmocka_unit_test(only_what_was_heard_last_is_kept),
        cmocka_unit_test(what_is_no_ledger_or_a_newer_one_is_refused),
        cmocka_unit_test(where_there_is_no_file_nothing_is_known),
    };
    return cmocka_run_group_tests(tests, user_files_begin, user_files_end);
}
