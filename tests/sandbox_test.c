/* What the sandbox denies is really tried, each in a child process of its own: one that gets through ends with 0. */
#include "tests/cmocka_all.h"

#include "app/sandbox.h"
#include "base/failure.h"
#include "base/sanitized.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/landlock.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define GOT_THROUGH 0
#define WAS_REFUSED 9 /* the call failed; a child that the sandbox ended has 2 */
#define NO_SANDBOX  77

static const struct sandbox_needs no_more = {.places = NULL};

struct ground {
    char inside[64], outside[64]; /* folders */
    char path[128];
    struct places places;
};

static int set_up(void **state)
{
    struct ground *g = calloc(1, sizeof *g);
    strcpy(g->inside, "/tmp/sandbox-in-XXXXXX");
    strcpy(g->outside, "/tmp/sandbox-out-XXXXXX");
    assert_non_null(mkdtemp(g->inside));
    assert_non_null(mkdtemp(g->outside));
    *state = g;
    return 0;
}

static int tear_down(void **state)
{
    struct ground *g = *state;
    char command[256];
    places_fini(&g->places);
    snprintf(command, sizeof command, "rm -rf %s %s", g->inside, g->outside);
    free(g);
    return system(command);
}

typedef bool attempt(const struct ground *g);

static void enter(const struct ground *g, const struct sandbox_needs *also)
{
    struct failure failure = {.count = 0};
    bool refused = false;
    struct sandbox_needs needs = *also;
    needs.places = &g->places;
    if (!sandbox_enter(&needs, &refused, &failure))
        _exit(3);
    if (refused)
        _exit(NO_SANDBOX);
}

/* How a child ends that tries this in the sandbox. */
static int child_that(attempt *tries, const struct ground *g, const struct sandbox_needs *also)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int silence = open("/dev/null", O_WRONLY);
        dup2(silence, STDERR_FILENO);
        enter(g, also);
        _exit(tries(g) ? GOT_THROUGH : WAS_REFUSED);
    }
    int status = 0;
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == NO_SANDBOX) {
        print_message("skipped: this system offers no seccomp\n");
        skip();
    }
    assert_true(WEXITSTATUS(status) == GOT_THROUGH || WEXITSTATUS(status) == WAS_REFUSED || WEXITSTATUS(status) == 2);
    return WEXITSTATUS(status);
}

static void assert_denied(attempt *tries, const struct ground *g)
{
    assert_int_not_equal(child_that(tries, g, &no_more), GOT_THROUGH);
}

static void assert_allowed(attempt *tries, const struct ground *g)
{
    assert_int_equal(child_that(tries, g, &no_more), GOT_THROUGH);
}

static bool opens_a_socket(const struct ground *g)
{
    (void)g;
    return socket(AF_INET, SOCK_DGRAM, 0) >= 0;
}

static bool opens_a_local_socket(const struct ground *g)
{
    (void)g;
    return socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
}

static void no_socket_can_be_opened(void **state)
{
    assert_denied(opens_a_socket, *state);
    assert_denied(opens_a_local_socket, *state);
}

static void a_run_that_talks_to_a_server_can_open_one(void **state)
{
    const struct sandbox_needs needs = {.connects = true};
    assert_int_equal(child_that(opens_a_socket, *state, &needs), GOT_THROUGH);
}

static bool runs_a_program(const struct ground *g)
{
    (void)g;
    char name[] = "true", *words[] = {name, NULL}, *environment[] = {NULL};
    execve("/bin/true", words, environment);
    return false;
}

static void no_program_can_be_run(void **state)
{
    assert_denied(runs_a_program, *state);
}

static bool forks(const struct ground *g)
{
    (void)g;
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    return child > 0;
}

static bool asks_clone3_for_a_process(const struct ground *g)
{
    (void)g;
    uint64_t arguments[8] = {[4] = SIGCHLD};
    long child = syscall(SYS_clone3, arguments, sizeof arguments);
    if (child == 0)
        _exit(0);
    return child > 0;
}

static void no_process_can_be_made(void **state)
{
    if (!SANITIZED) /* whose leak checker is one */
        assert_denied(forks, *state);
    assert_denied(asks_clone3_for_a_process, *state);
}

static bool forks_and_the_copy_opens_a_socket(const struct ground *g)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        _exit(opens_a_socket(g) ? GOT_THROUGH : WAS_REFUSED);
    if (child < 0 || waitpid(child, &status, 0) != child)
        _exit(3);
    return WIFEXITED(status) && WEXITSTATUS(status) == GOT_THROUGH;
}

static void a_live_run_can_copy_itself_and_the_copy_is_held_to_it(void **state)
{
    const struct sandbox_needs needs = {.receives = true, .forks = true};
    assert_int_equal(child_that(forks, *state, &needs), GOT_THROUGH);
    assert_int_not_equal(child_that(forks_and_the_copy_opens_a_socket, *state, &needs), GOT_THROUGH);
    assert_int_not_equal(child_that(runs_a_program, *state, &needs), GOT_THROUGH);
}

/* A socket that packets come from, as root has one; what is sent by it goes to this machine. */
static int packets_from_loopback(void)
{
    struct sockaddr_ll at = {
        .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = (int)if_nametoindex("lo")};
    int file = socket(AF_PACKET, SOCK_RAW, 0);
    if (file >= 0 && bind(file, (const struct sockaddr *)&at, sizeof at) == 0)
        return file;
    if (file >= 0)
        close(file);
    return -1;
}

static int packets = -1; /* of the test that runs */
static const uint8_t empty_frame[60] = {[12] = 0x88, 0xb5};

static bool sends_a_packet(const struct ground *g)
{
    (void)g;
    return send(packets, empty_frame, sizeof empty_frame, 0) > 0;
}

static bool writes_a_packet(const struct ground *g)
{
    (void)g;
    return write(packets, empty_frame, sizeof empty_frame) > 0;
}

static bool writes_a_packet_by_another_name(const struct ground *g)
{
    (void)g;
    int other = dup(packets);
    return other >= 0 && write(other, empty_frame, sizeof empty_frame) > 0;
}

static bool asks_for_drops(const struct ground *g)
{
    struct tpacket_stats drops;
    socklen_t length = sizeof drops;
    (void)g;
    return getsockopt(packets, SOL_PACKET, PACKET_STATISTICS, &drops, &length) == 0 && write(STDERR_FILENO, "", 0) == 0;
}

static void who_listens_sends_nothing(void **state)
{
    const struct sandbox_needs needs = {.receives = true}, unlisted = {.receives = true, .connects = true};
    packets = packets_from_loopback();
    if (packets < 0) {
        print_message("skipped: only root can have a socket that packets come from\n");
        skip();
    }
    assert_true(writes_a_packet(NULL));
    assert_int_not_equal(child_that(sends_a_packet, *state, &needs), GOT_THROUGH);
    assert_int_not_equal(child_that(writes_a_packet, *state, &needs), GOT_THROUGH);
    assert_int_not_equal(child_that(writes_a_packet_by_another_name, *state, &needs), GOT_THROUGH);
    assert_int_not_equal(child_that(sends_a_packet, *state, &unlisted), GOT_THROUGH);
    assert_int_equal(child_that(asks_for_drops, *state, &needs), GOT_THROUGH);
    close(packets);
}

static bool signals_another(const struct ground *g)
{
    (void)g;
    return kill(getppid(), 0) == 0;
}

static bool changes_user(const struct ground *g)
{
    (void)g;
    return setuid(getuid()) == 0;
}

static void no_other_process_can_be_signalled_and_no_user_changed(void **state)
{
    assert_denied(signals_another, *state);
    assert_denied(changes_user, *state);
}

static bool makes_memory_for_code(const struct ground *g)
{
    (void)g;
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

static bool traces(const struct ground *g)
{
    (void)g;
    return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0;
}

static void no_code_can_be_made_and_nobody_traced(void **state)
{
    if (SANITIZED)
        skip();
    assert_denied(makes_memory_for_code, *state);
    assert_denied(traces, *state);
}

static bool writes(const struct ground *g)
{
    return open(g->path, O_WRONLY | O_CREAT, 0600) >= 0;
}

static bool empties(const struct ground *g)
{
    return open(g->path, O_RDONLY | O_TRUNC) >= 0;
}

static void without_outputs_no_file_can_be_written(void **state)
{
    struct ground *g = *state;
    snprintf(g->path, sizeof g->path, "%s/file", g->inside);
    assert_denied(writes, g);
    assert_int_equal(close(creat(g->path, 0600)), 0);
    assert_denied(writes, g);
    assert_denied(empties, g);
}

static bool renames_into_place(const struct ground *g)
{
    char temporary[160];
    snprintf(temporary, sizeof temporary, "%s.part", g->path);
    int file = open(temporary, O_WRONLY | O_CREAT | O_EXCL, 0600);
    return file >= 0 && write(file, "x", 1) == 1 && close(file) == 0 && rename(temporary, g->path) == 0;
}

static bool has_landlock(void)
{
    return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) > 0;
}

static void files_are_written_below_the_folders_of_outputs_and_nowhere_else(void **state)
{
    struct ground *g = *state;
    snprintf(g->path, sizeof g->path, "%s/report.txt", g->inside);
    assert_true(places_add_output(&g->places, g->path, false));
    assert_allowed(renames_into_place, g);
    if (!has_landlock()) {
        print_message("skipped in part: this kernel has no landlock\n");
        return;
    }
    snprintf(g->path, sizeof g->path, "%s/report.txt", g->outside);
    assert_denied(writes, g);
    assert_denied(renames_into_place, g);
    assert_int_equal(close(creat(g->path, 0600)), 0);
    assert_denied(writes, g);
    assert_denied(empties, g);
}

static void *opens_a_socket_in_a_thread(void *result)
{
    *(bool *)result = socket(AF_INET, SOCK_DGRAM, 0) >= 0;
    return result;
}

static bool opens_a_socket_in_a_new_thread(const struct ground *g)
{
    pthread_t thread;
    bool opened = false;
    (void)g;
    if (pthread_create(&thread, NULL, opens_a_socket_in_a_thread, &opened) != 0)
        _exit(3); /* threads must be possible */
    pthread_join(thread, NULL);
    return opened;
}

static void threads_can_be_made_and_are_held_to_it(void **state)
{
    assert_denied(opens_a_socket_in_a_new_thread, *state);
}

static atomic_bool entered;

static void *opens_a_socket_later(void *result)
{
    while (!atomic_load(&entered))
        sched_yield();
    return opens_a_socket_in_a_thread(result);
}

static void a_thread_that_was_there_before_is_held_to_it(void **state)
{
    struct ground *g = *state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        pthread_t thread;
        bool opened = false;
        dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
        if (pthread_create(&thread, NULL, opens_a_socket_later, &opened) != 0)
            _exit(3);
        enter(g, &no_more);
        atomic_store(&entered, true);
        pthread_join(thread, NULL);
        _exit(opened ? GOT_THROUGH : WAS_REFUSED);
    }
    int status = 0;
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status));
    assert_true(WEXITSTATUS(status) == WAS_REFUSED || WEXITSTATUS(status) == 2 || WEXITSTATUS(status) == NO_SANDBOX);
}

static bool lives(const struct ground *g)
{
    (void)g;
    char *memory = malloc(32 << 20);
    FILE *file = fopen("/proc/self/status", "r");
    bool ok = memory != NULL && file != NULL && fgets(memory, 1 << 20, file) != NULL;
    free(memory);
    return ok && fclose(file) == 0;
}

static void reading_and_memory_go_on(void **state)
{
    assert_allowed(lives, *state);
}

static void what_was_denied_is_said_with_the_way_out(void **state)
{
    if (SANITIZED) /* a call fails and nothing is said */
        skip();
    struct ground *g = *state;
    int ends[2];
    char said[512] = "";
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        enter(g, &no_more);
        opens_a_socket(g);
        _exit(0);
    }
    close(ends[1]);
    ssize_t length = 0, got;
    while ((got = read(ends[0], said + length, sizeof said - 1 - (size_t)length)) > 0)
        length += got;
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    if (WEXITSTATUS(status) == NO_SANDBOX)
        skip();
    assert_int_equal(WEXITSTATUS(status), 2);
    assert_non_null(strstr(said, "(socket)"));
    assert_non_null(strstr(said, "--no-sandbox"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#ifdef __x86_64__
#define X32_SOCKET (0x40000000L + 41)

static void *go_on(void *unused)
{
    while (pause() < 0)
        continue;
    return unused;
}

/* The other numbers that the kernel knows calls by are no way round the list, and no way to leave a process behind of
 * which one thread is gone. */
static void calls_of_another_machine_end_the_program(void **state)
{
    int status = 0;
    pid_t child = fork(), ended = 0;
    assert_true(child >= 0);
    if (child == 0) {
        pthread_t other;
        if (pthread_create(&other, NULL, go_on, NULL) != 0)
            _exit(3);
        enter(*state, &no_more);
        syscall(X32_SOCKET, AF_INET, SOCK_DGRAM, 0);
        _exit(WAS_REFUSED);
    }
    for (unsigned i = 0; i < 1000 && (ended = waitpid(child, &status, WNOHANG)) == 0; i++)
        usleep(10000);
    if (ended == 0) {
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        fail_msg("one thread was ended, and the others go on");
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == NO_SANDBOX)
        skip();
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGSYS);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_socket_can_be_opened),
        TEST(a_run_that_talks_to_a_server_can_open_one),
        TEST(no_program_can_be_run),
#ifdef __x86_64__
        TEST(calls_of_another_machine_end_the_program),
#endif
        TEST(no_process_can_be_made),
        TEST(a_live_run_can_copy_itself_and_the_copy_is_held_to_it),
        TEST(who_listens_sends_nothing),
        TEST(no_other_process_can_be_signalled_and_no_user_changed),
        TEST(no_code_can_be_made_and_nobody_traced),
        TEST(without_outputs_no_file_can_be_written),
        TEST(files_are_written_below_the_folders_of_outputs_and_nowhere_else),
        TEST(threads_can_be_made_and_are_held_to_it),
        TEST(a_thread_that_was_there_before_is_held_to_it),
        TEST(reading_and_memory_go_on),
        TEST(what_was_denied_is_said_with_the_way_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
