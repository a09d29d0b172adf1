/* Who a run of root becomes, tried out for real in child processes; only root can, so others skip it. */
#include "tests/cmocka_all.h"

#include "app/privileges.h"
#include "base/failure.h"

#include <cap-ng.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SOMEBODY 12345 /* no account */
#define NOBODY   65534

struct ground {
    char folder[64];      /* everybody may look into it */
    char open_file[96];   /* everybody may read it */
    char secret_file[96]; /* of somebody */
    char somebodys[96];   /* a folder of somebody */
    char roots[96];       /* a folder of root, closed to all others */
    struct places places;
};

static void make_file(const char *path, mode_t mode, uid_t owner)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL, mode);
    assert_true(file >= 0);
    assert_int_equal(fchown(file, owner, owner), 0);
    close(file);
}

static void make_folder(const char *path, mode_t mode, uid_t owner)
{
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(chown(path, owner, owner), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static int set_up(void **state)
{
    struct ground *g = calloc(1, sizeof *g);
    *state = g;
    if (geteuid() != 0)
        return 0;
    strcpy(g->folder, "/tmp/privileges-XXXXXX");
    assert_non_null(mkdtemp(g->folder));
    assert_int_equal(chmod(g->folder, 0755), 0);
    snprintf(g->open_file, sizeof g->open_file, "%s/open", g->folder);
    make_file(g->open_file, 0644, 0);
    snprintf(g->secret_file, sizeof g->secret_file, "%s/secret", g->folder);
    make_file(g->secret_file, 0600, SOMEBODY);
    snprintf(g->somebodys, sizeof g->somebodys, "%s/somebodys", g->folder);
    make_folder(g->somebodys, 0755, SOMEBODY);
    snprintf(g->roots, sizeof g->roots, "%s/roots", g->folder);
    make_folder(g->roots, 0700, 0);
    return 0;
}

static int tear_down(void **state)
{
    struct ground *g = *state;
    char command[128];
    places_fini(&g->places);
    snprintf(command, sizeof command, "rm -rf %s", g->folder);
    int removed = g->folder[0] != '\0' ? system(command) : 0;
    free(g);
    return removed;
}

/* What a child became: its user, or -1 with the failure's text. */
struct became {
    int user, groups, no_new_privileges;
    bool any_capability, only_opens_files, may_come_back, bounded;
    char why[512];
};

static struct became look_around(void)
{
    struct became now = {.user = (int)geteuid(),
                         .groups = getgroups(0, NULL),
                         .no_new_privileges = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)};
    capng_get_caps_process();
    now.any_capability = capng_have_capabilities(CAPNG_SELECT_CAPS) != CAPNG_NONE;
    now.only_opens_files = capng_have_capability(CAPNG_EFFECTIVE, CAP_DAC_OVERRIDE) == 1 &&
                           capng_have_capability(CAPNG_PERMITTED, CAP_NET_RAW) == 0 &&
                           capng_have_capability(CAPNG_PERMITTED, CAP_SYS_ADMIN) == 0 &&
                           capng_have_capability(CAPNG_PERMITTED, CAP_SETUID) == 0;
    now.bounded = capng_have_capabilities(CAPNG_SELECT_BOUNDS) == CAPNG_NONE;
    now.may_come_back = now.user != 0 && setuid(0) == 0;
    return now;
}

static struct became drop(const char *user, const struct places *places)
{
    int ends[2];
    struct became became = {.user = -2};
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct failure failure = {.count = 0};
        gid_t groups[] = {0, 4};
        bool ok = setgroups(2, groups) == 0 && privileges_drop(user, places, &failure);
        if (ok)
            became = look_around();
        else
            became.user = -1;
        snprintf(became.why, sizeof became.why, "%.500s", failure.text);
        _exit(write(ends[1], &became, sizeof became) != sizeof became);
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], &became, sizeof became), sizeof became);
    close(ends[0]);
    waitpid(child, NULL, 0);
    return became;
}

static struct ground *ground_of_root(void **state)
{
    if (geteuid() != 0) {
        print_message("skipped: only root can become somebody else\n");
        skip();
    }
    return *state;
}

static void assert_nothing_left(const struct became *became)
{
    assert_string_equal(became->why, "");
    assert_false(became->any_capability);
    assert_false(became->may_come_back);
    assert_true(became->bounded);
    assert_int_equal(became->no_new_privileges, 1);
}

static void what_prints_to_standard_output_is_read_by_nobody(void **state)
{
    struct ground *g = ground_of_root(state);
    assert_true(places_add_input(&g->places, g->open_file));
    struct became became = drop(NULL, &g->places);
    assert_int_equal(became.user, NOBODY);
    assert_int_equal(became.groups, 0);
    assert_nothing_left(&became);
}

static void an_output_belongs_to_the_owner_of_its_folder(void **state)
{
    struct ground *g = ground_of_root(state);
    char report[128];
    snprintf(report, sizeof report, "%s/report.txt", g->somebodys);
    assert_true(places_add_input(&g->places, g->open_file));
    assert_true(places_add_output(&g->places, report, false));
    struct became became = drop(NULL, &g->places);
    assert_int_equal(became.user, SOMEBODY);
    assert_nothing_left(&became);
}

static void a_folder_of_root_is_written_by_root_without_capabilities(void **state)
{
    struct ground *g = ground_of_root(state);
    char seen[128];
    snprintf(seen, sizeof seen, "%s/not/made/yet", g->roots);
    assert_true(places_add_output(&g->places, seen, true));
    assert_string_equal(g->places.items[0].path, g->roots);
    struct became became = drop(NULL, &g->places);
    assert_int_equal(became.user, 0);
    assert_nothing_left(&became);
}

static void a_capture_that_only_its_owner_may_read_is_read_by_its_owner(void **state)
{
    struct ground *g = ground_of_root(state);
    assert_true(places_add_input(&g->places, g->secret_file));
    struct became became = drop(NULL, &g->places);
    assert_int_equal(became.user, SOMEBODY);
    assert_nothing_left(&became);
}

static void every_file_of_a_folder_counts(void **state)
{
    struct ground *g = ground_of_root(state);
    assert_true(places_add_input(&g->places, g->folder));
    struct became became = drop(NULL, &g->places);
    assert_true(became.user != NOBODY);
    assert_string_equal(became.why, "");
}

static void where_no_single_user_will_do_root_keeps_the_right_to_open_files_alone(void **state)
{
    struct ground *g = ground_of_root(state);
    char report[128];
    snprintf(report, sizeof report, "%s/report.txt", g->roots);
    assert_true(places_add_input(&g->places, g->secret_file));
    assert_true(places_add_output(&g->places, report, false));
    struct became became = drop(NULL, &g->places);
    assert_int_equal(became.user, 0);
    assert_true(became.only_opens_files);
    assert_int_equal(became.no_new_privileges, 1);
}

static void a_missing_file_is_looked_for_by_somebody_who_can_tell_that_it_is_missing(void **state)
{
    struct ground *g = ground_of_root(state);
    char missing[128];
    snprintf(missing, sizeof missing, "%s/missing.pcap", g->roots);
    assert_true(places_add_input(&g->places, missing));
    struct became became = drop(NULL, &g->places);
    assert_int_equal(became.user, 0);
    assert_nothing_left(&became);
}

static void a_named_user_who_may_not_write_there_is_told_before_anything_is_read(void **state)
{
    struct ground *g = ground_of_root(state);
    char report[128], expected[256];
    snprintf(report, sizeof report, "%s/report.txt", g->roots);
    snprintf(expected, sizeof expected, "--user nobody: that user may not write %s", report);
    assert_true(places_add_output(&g->places, report, false));
    struct became became = drop("nobody", &g->places);
    assert_int_equal(became.user, -1);
    assert_string_equal(became.why, expected);
    became = drop("no such user", &g->places);
    assert_int_equal(became.user, -1);
    assert_string_equal(became.why, "--user no such user: there is no such account in /etc/passwd");
}

static void in_a_folder_as_tmp_nobody_replaces_a_file_of_root(void **state)
{
    struct ground *g = ground_of_root(state);
    char folder[96], report[128];
    snprintf(folder, sizeof folder, "%s/sticky", g->folder);
    snprintf(report, sizeof report, "%s/report.txt", folder);
    make_folder(folder, 01777, SOMEBODY);
    assert_true(places_add_output(&g->places, report, false));

    assert_int_equal(drop("nobody", &g->places).user, NOBODY);
    make_file(report, 0644, 0);
    assert_int_equal(drop("nobody", &g->places).user, -1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_prints_to_standard_output_is_read_by_nobody),
        TEST(an_output_belongs_to_the_owner_of_its_folder),
        TEST(a_folder_of_root_is_written_by_root_without_capabilities),
        TEST(a_capture_that_only_its_owner_may_read_is_read_by_its_owner),
        TEST(every_file_of_a_folder_counts),
        TEST(where_no_single_user_will_do_root_keeps_the_right_to_open_files_alone),
        TEST(a_missing_file_is_looked_for_by_somebody_who_can_tell_that_it_is_missing),
        TEST(a_named_user_who_may_not_write_there_is_told_before_anything_is_read),
        TEST(in_a_folder_as_tmp_nobody_replaces_a_file_of_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
