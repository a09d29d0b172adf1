/* sandbox: a list of system calls by seccomp(2), through libseccomp, and the folders that may be written to by
 * landlock(7), which has no library. The list is what Debian 12's C library, nDPI, zlib, libzstd and libpcap ask for
 * once a run has begun; where arguments matter they are looked at: threads and no processes, no memory that can be
 * executed, files for reading only when no output is a file.
 *
 * What is not on the list raises SIGSYS, whose handler says so and ends the program: an attack is over at its first
 * call, and a library that needs more is told from one. clone3 alone is answered with ENOSYS: its flags are out of a
 * filter's sight, and the C library then asks with clone.
 *
 * The sockets that packets come from could send some as well, and so there is a second filter: by these nothing goes
 * out. */
#include "app/sandbox.h"

#include "base/sanitized.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <pthread.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41 /* the C library names its memory with it */
#endif

/* ---- which calls ------------------------------------------------------------------------------------------------- */

static const char *const always[] = {
    /* memory and threads */
    "brk", "munmap", "mremap", "madvise", "futex", "set_robust_list", "rseq", "set_tid_address", "sched_yield",
    "sched_getaffinity", "membarrier", "exit", "exit_group", "restart_syscall",
    /* files, by reading */
    "read", "readv", "pread64", "preadv", "lseek", "close", "fstat", "newfstatat", "stat", "lstat", "statx", "fstatfs",
    "statfs", "getdents64", "readlink", "readlinkat", "access", "faccessat", "faccessat2", "getcwd", "dup", "dup2",
    "fcntl", "fadvise64", "readahead", "inotify_init1", "inotify_add_watch", "inotify_rm_watch",
    /* what is open already */
    "write", "writev", "pwrite64", "fsync", "fdatasync", "ftruncate", "flock", "sendfile", "copy_file_range",
    /* waiting */
    "poll", "ppoll", "select", "pselect6", "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "eventfd2",
    "pipe2", "nanosleep", "clock_nanosleep", "clock_gettime", "clock_getres", "gettimeofday", "time", "timerfd_create",
    "timerfd_settime",
    /* signals, and who we are */
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigtimedwait", "sigaltstack", "getpid", "gettid", "getppid",
    "getuid", "geteuid", "getgid", "getegid", "getrandom", "uname", "sysinfo", "getrusage", "times"};

static const char *const writing[] = {"open",     "openat", "rename",  "renameat", "renameat2", "unlink",
                                      "unlinkat", "mkdir",  "mkdirat", "rmdir",    "fchmod",    "fallocate"};

static const char *const receiving[] = {"recvfrom", "recvmsg", "recvmmsg", "getsockopt", "getsockname"};

static const char *const talking[] = {"accept",   "accept4",    "sendto",     "sendmsg",
                                      "shutdown", "setsockopt", "getpeername"};

static const char *const connecting[] = {
    "socket",     "connect", "bind",    "sendmmsg",
    "socketpair", "mmap",    "mprotect"}; /* names of hosts are looked up by libraries loaded then */

/* The leak checker: a process that traces us. */
static const char *const sanitizing[] = {
    "clone", "ptrace", "wait4", "prctl", "mprotect", "mmap", "getdents", "prlimit64", "process_vm_readv", "tkill"};

static bool allow(scmp_filter_ctx filter, const char *const names[], size_t count)
{
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        int number = seccomp_syscall_resolve_name(names[i]);
        if (number >= 0) /* not every machine has every call */
            ok = seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0) == 0;
    }
    return ok;
}

#define ALLOW(filter, names) allow(filter, names, sizeof(names) / sizeof *(names))

static struct scmp_arg_cmp is(unsigned argument, scmp_datum_t value)
{
    return (struct scmp_arg_cmp){argument, SCMP_CMP_EQ, value, 0};
}

/* Of the bits of `mask`. */
static struct scmp_arg_cmp has_bits(unsigned argument, scmp_datum_t mask, scmp_datum_t value)
{
    return (struct scmp_arg_cmp){argument, SCMP_CMP_MASKED_EQ, mask, value};
}

static bool allow_if(scmp_filter_ctx filter, int number, struct scmp_arg_cmp condition)
{
    return number < 0 || seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 1, condition) == 0;
}

static bool allow_by_arguments(scmp_filter_ctx filter)
{
    static const unsigned long terminal[] = {TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO};
    static const unsigned long attributes[] = {PR_SET_VMA, PR_SET_NAME, PR_GET_NAME};
    bool ok = allow_if(filter, SCMP_SYS(clone), has_bits(0, CLONE_THREAD, CLONE_THREAD)) &&
              allow_if(filter, SCMP_SYS(mmap), has_bits(2, PROT_EXEC, 0)) &&
              allow_if(filter, SCMP_SYS(mprotect), has_bits(2, PROT_EXEC, 0)) &&
              allow_if(filter, SCMP_SYS(tgkill), is(0, (scmp_datum_t)getpid())) &&
              allow_if(filter, SCMP_SYS(prlimit64), is(2, 0));
    for (size_t i = 0; ok && i < sizeof terminal / sizeof *terminal; i++)
        ok = allow_if(filter, SCMP_SYS(ioctl), is(1, terminal[i]));
    for (size_t i = 0; ok && i < sizeof attributes / sizeof *attributes; i++)
        ok = allow_if(filter, SCMP_SYS(prctl), is(0, attributes[i]));
    return ok;
}

static bool allow_reading_only(scmp_filter_ctx filter)
{
    const scmp_datum_t changes = O_ACCMODE | O_CREAT | O_TRUNC;
    return allow_if(filter, SCMP_SYS(open), has_bits(1, changes, O_RDONLY)) &&
           allow_if(filter, SCMP_SYS(openat), has_bits(2, changes, O_RDONLY));
}

/* Is the interface up, is it still there? And at the end libpcap gives the buffer back. */
static bool allow_devices(scmp_filter_ctx filter)
{
    return allow_if(filter, SCMP_SYS(setsockopt), is(1, SOL_PACKET)) &&
           allow_if(filter, SCMP_SYS(ioctl), is(1, SIOCGIFFLAGS)) &&
           allow_if(filter, SCMP_SYS(ioctl), is(1, SIOCGIFINDEX)) &&
           allow_if(filter, SCMP_SYS(ioctl), is(1, SIOCGIFNAME));
}

/* Exactly what fork() asks for: no flag but those by which the C library notes the number of the new process. */
static bool allow_forking(scmp_filter_ctx filter)
{
    static const char *const waiting[] = {"wait4", "waitid"};
    const scmp_datum_t others = ~(scmp_datum_t)(CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID);
    return ALLOW(filter, waiting) && allow_if(filter, SCMP_SYS(clone), has_bits(0, others, SIGCHLD));
}

static bool fill(scmp_filter_ctx filter, const struct sandbox_needs *needs)
{
    bool ok = ALLOW(filter, always) && allow_by_arguments(filter) &&
              seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0;
    ok = ok && (places_any_output(needs->places) ? ALLOW(filter, writing) : allow_reading_only(filter));
    ok = ok && (!needs->receives || (ALLOW(filter, receiving) && allow_devices(filter)));
    ok = ok && (!needs->serves || (ALLOW(filter, receiving) && ALLOW(filter, talking)));
    ok = ok && (!needs->sends || seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(sendto), 0) == 0);
    ok = ok && (!needs->forks || allow_forking(filter));
    ok = ok && (!needs->connects || (ALLOW(filter, receiving) && ALLOW(filter, talking) && ALLOW(filter, connecting)));
    return ok && (!SANITIZED || ALLOW(filter, sanitizing));
}

/* ---- sockets that packets come from ------------------------------------------------------------------------------ */

/* What would send a packet by such a socket, or make another name for it. */
static const char *const sending[] = {"write",    "writev",   "pwrite64", "pwritev", "pwritev2", "sendto", "sendmsg",
                                      "sendmmsg", "sendfile", "splice",   "dup",     "dup2",     "dup3",   "fcntl"};

#define FILES_MOST 4096

/* A filter beside the other, which lists calls: what both allow is allowed. */
static bool only_listen(scmp_filter_ctx filter, const struct sandbox_needs *needs)
{
    bool ok = true;
    (void)needs;
    for (int file = 0; file < FILES_MOST; file++) {
        int family = 0;
        socklen_t length = sizeof family;
        if (getsockopt(file, SOL_SOCKET, SO_DOMAIN, &family, &length) != 0 || family != AF_PACKET)
            continue;
        for (size_t i = 0; ok && i < sizeof sending / sizeof *sending; i++) {
            int number = seccomp_syscall_resolve_name(sending[i]);
            if (number >= 0)
                ok = seccomp_rule_add(filter, SCMP_ACT_TRAP, number, 1, is(0, (scmp_datum_t)file)) == 0;
        }
    }
    return ok;
}

/* ---- what is denied ---------------------------------------------------------------------------------------------- */

static const struct {
    int number;
    const char *name;
} forbidden[] = {
    {SCMP_SYS(socket), "socket"},     {SCMP_SYS(connect), "connect"},   {SCMP_SYS(bind), "bind"},
    {SCMP_SYS(execve), "execve"},     {SCMP_SYS(execveat), "execveat"}, {SCMP_SYS(fork), "fork"},
    {SCMP_SYS(vfork), "vfork"},       {SCMP_SYS(clone), "clone"},       {SCMP_SYS(ptrace), "ptrace"},
    {SCMP_SYS(open), "open"},         {SCMP_SYS(openat), "openat"},     {SCMP_SYS(mmap), "mmap"},
    {SCMP_SYS(mprotect), "mprotect"}, {SCMP_SYS(kill), "kill"},         {SCMP_SYS(setuid), "setuid"},
    {SCMP_SYS(write), "write"},       {SCMP_SYS(sendto), "sendto"},     {SCMP_SYS(sendmsg), "sendmsg"},
};

static void say(const char *text)
{
    if (write(STDERR_FILENO, text, strlen(text)) < 0)
        return; /* nobody listens; what follows is the end either way */
}

/* Only what a signal handler may do. */
static void tell_and_end(int signal_number, siginfo_t *info, void *context)
{
    char digits[12];
    size_t at = sizeof digits - 1;
    unsigned number = (unsigned)info->si_syscall;
    (void)signal_number;
    (void)context;
    digits[at] = '\0';
    do
        digits[--at] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    say("pathaudit: the sandbox stopped system call ");
    say(digits + at);
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++) {
        if (forbidden[i].number == info->si_syscall) {
            say(" (");
            say(forbidden[i].name);
            say(")");
        }
    }
    say(". Either the input tried to take this program over, or a library of this system needs more than we know "
        "of: --no-sandbox goes on without\n");
    _exit(2);
}

static void catch_denials(void)
{
    struct sigaction action = {.sa_sigaction = tell_and_end, .sa_flags = SA_SIGINFO};
    sigset_t set;
    sigfillset(&action.sa_mask);
    sigaction(SIGSYS, &action, NULL);
    sigemptyset(&set);
    sigaddset(&set, SIGSYS);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

/* ---- where may be written ---------------------------------------------------------------------------------------- */

#define VERSION_OF_TRUNCATE 3 /* of landlock; headers of Debian 12 do not name the right yet */
#define TRUNCATE            (UINT64_C(1) << 14)

static const uint64_t below_outputs = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                                      LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |
                                      LANDLOCK_ACCESS_FS_MAKE_REG;
static const uint64_t nowhere = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
                                LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
                                LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;

static bool confine_to(int rules, uint64_t rights, const char *folder)
{
    struct landlock_path_beneath_attr below = {.allowed_access = rights,
                                               .parent_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC)};
    if (below.parent_fd < 0)
        return false;
    bool ok = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &below, 0) == 0;
    close(below.parent_fd);
    return ok;
}

/* Nothing happens where the kernel has no landlock, or it is switched off. */
static void confine_writing(const struct places *places)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    uint64_t rights = below_outputs | (version >= VERSION_OF_TRUNCATE ? TRUNCATE : 0);
    struct landlock_ruleset_attr handled = {.handled_access_fs = rights | nowhere};
    int rules = (int)syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0);
    if (rules < 0)
        return;
    bool ok = true;
    for (size_t i = 0; i < places->count && ok; i++)
        ok = !places->items[i].writes || confine_to(rules, rights, places->items[i].path);
    if (ok)
        syscall(SYS_landlock_restrict_self, rules, 0);
    close(rules);
}

/* ---- together ---------------------------------------------------------------------------------------------------- */

/* False when memory runs out, or a rule cannot be made. */
static bool load(uint32_t otherwise, bool (*rules)(scmp_filter_ctx, const struct sandbox_needs *),
                 const struct sandbox_needs *needs, bool *refused)
{
    scmp_filter_ctx filter = seccomp_init(otherwise);
    if (filter == NULL)
        return false;
    seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS); /* else one thread alone would end */
    seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);                    /* a tree, not a list */
    bool ok = rules(filter, needs);
    if (ok)
        *refused = seccomp_load(filter) != 0;
    seccomp_release(filter);
    return ok;
}

bool sandbox_enter(const struct sandbox_needs *needs, bool *refused, struct failure *failure)
{
    *refused = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0;
    if (!*refused)
        confine_writing(needs->places); /* where there is no landlock, the list of calls has to do */
    catch_denials();
    /* The leak checker of a sanitizer build tries things that may fail, and must not end us. */
    bool ok = (!needs->receives || load(SCMP_ACT_ALLOW, only_listen, needs, refused)) &&
              (*refused || load(SANITIZED ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_TRAP, fill, needs, refused));
    return ok || failure_add(failure, "the sandbox: its list of system calls cannot be made");
}
