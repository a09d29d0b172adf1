/* privileges: as root the program becomes somebody else, without supplementary groups, capabilities or a bounding set,
 * and in any case nothing it could run would gain rights (PR_SET_NO_NEW_PRIVS). Who that is:
 *
 *   --user NAME, when given; what that user may not use is told before any packet is read. Otherwise
 *   1. the owner of the folder that outputs go to, so that they belong to whom one would think; without outputs the
 *      account "pathaudit", or "nobody"
 *   2. if that one may not use some place: the owner of that place
 *   3. if that is not enough: root, with no capability but the one to open files whoever owns them.
 * Root's identity without capabilities (1 and 2 may come to that) can still write what root owns; sandbox.h confines
 * that to the folders of outputs. Whether a user is good enough is tried out by a child process that becomes that user
 * in the same way and looks. Rules: capabilities(7), setresuid(2), through libcap-ng. */
#include "app/privileges.h"

#include "base/sanitized.h"

#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CANNOT_BECOME (-1)

/* Whom to become. */
struct identity {
    uid_t user;
    gid_t group;
    bool opens_any_file; /* keeps CAP_DAC_OVERRIDE */
};

/* Everything given up but what `who` has. False when the system does not let us. */
static bool become(const struct identity *who)
{
    capng_clear(CAPNG_SELECT_ALL);
    if (who->opens_any_file)
        capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_DAC_OVERRIDE);
    if (who->user != 0)
        return capng_change_id((int)who->user, (int)who->group, CAPNG_DROP_SUPP_GRP | CAPNG_CLEAR_BOUNDING) == 0;
    capng_apply(CAPNG_SELECT_BOUNDS); /* a container's root may not; it can run nothing that would gain from it */
    return capng_apply(CAPNG_SELECT_CAPS) == 0;
}

static int first_unusable(const struct places *places)
{
    size_t i = 0;
    while (i < places->count && place_is_usable(&places->items[i]))
        i++;
    return (int)i;
}

/* The number of the first place that `who` could not use, places->count when there is none, CANNOT_BECOME. */
static int try_out(const struct identity *who, const struct places *places)
{
    int ends[2], answer = CANNOT_BECOME;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return CANNOT_BECOME;
    pid_t child = fork();
    if (child == 0) {
        if (become(who))
            answer = first_unusable(places);
        _exit(write(ends[1], &answer, sizeof answer) != sizeof answer);
    }
    close(ends[1]);
    if (child < 0 || read(ends[0], &answer, sizeof answer) != sizeof answer)
        answer = CANNOT_BECOME;
    close(ends[0]);
    if (child > 0)
        waitpid(child, NULL, 0);
    return answer;
}

/* The account of this name, or with NULL of this number. It is looked for in /etc/passwd and nowhere else: the C
 * library's own way may ask a directory over the network. */
static bool find_account(const char *name, uid_t user, struct identity *out)
{
    FILE *accounts = fopen("/etc/passwd", "re");
    const struct passwd *entry = NULL;
    while (accounts != NULL && (entry = fgetpwent(accounts)) != NULL)
        if (name != NULL ? strcmp(entry->pw_name, name) == 0 : entry->pw_uid == user)
            break;
    if (entry != NULL)
        *out = (struct identity){.user = entry->pw_uid, .group = entry->pw_gid};
    if (accounts != NULL)
        fclose(accounts);
    return entry != NULL;
}

/* Without either account, the number that is nobody's everywhere. */
static struct identity identity_default(void)
{
    struct identity who;
    if (find_account("pathaudit", 0, &who) || find_account("nobody", 0, &who))
        return who;
    return (struct identity){.user = 65534, .group = 65534};
}

static struct identity owner_of(const struct place *place)
{
    struct stat about;
    struct identity who;
    if (stat(place->path, &about) != 0)
        return identity_default();
    if (find_account(NULL, about.st_uid, &who))
        return who;
    return (struct identity){.user = about.st_uid, .group = about.st_gid};
}

static struct identity first_choice(const struct places *places)
{
    for (size_t i = 0; i < places->count; i++)
        if (places->items[i].writes)
            return owner_of(&places->items[i]);
    return identity_default();
}

static struct identity choose(const struct places *places)
{
    struct identity who = first_choice(places);
    int refused = try_out(&who, places);
    if (refused >= 0 && refused < (int)places->count) {
        who = owner_of(&places->items[refused]);
        refused = try_out(&who, places);
    }
    if (refused == (int)places->count)
        return who;
    return (struct identity){.opens_any_file = true};
}

static bool check_given(const char *user, const struct places *places, struct identity *who, struct failure *failure)
{
    if (!find_account(user, 0, who))
        return failure_add(failure, "--user %s: there is no such account in /etc/passwd", user);
    int refused = try_out(who, places);
    if (refused == (int)places->count)
        return true;
    if (refused == CANNOT_BECOME)
        return failure_add(failure, "--user %s: this system does not let us become that user", user);
    const struct place *place = &places->items[refused];
    if (place->file != NULL)
        return failure_add(failure, "--user %s: that user may not write %s", user, place->file);
    return failure_add(failure, "--user %s: that user may not %s %s", user, place->writes ? "write to" : "read",
                       place->path);
}

/* Not root: what a file's capabilities (setcap) gave is given back. */
static bool drop_file_capabilities(struct failure *failure)
{
    if (capng_get_caps_process() != 0 || capng_have_capabilities(CAPNG_SELECT_CAPS) == CAPNG_NONE)
        return true;
    bool may_bound = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP) == 1;
    capng_clear(CAPNG_SELECT_ALL);
    if (may_bound)
        capng_apply(CAPNG_SELECT_BOUNDS);
    return capng_apply(CAPNG_SELECT_CAPS) == 0 || failure_add(failure, "the capabilities cannot be given back");
}

bool privileges_drop(const char *user, const struct places *places, struct failure *failure)
{
    bool ok = true;
    if (geteuid() != 0 && user != NULL)
        return failure_add(failure, "--user %s: only root may become somebody else", user);
    if (geteuid() != 0) {
        ok = drop_file_capabilities(failure);
    } else {
        struct identity who = {0};
        if (user == NULL)
            who = choose(places);
        else
            ok = check_given(user, places, &who, failure);
        if (ok && !become(&who))
            ok = failure_add(failure, "the rights of root cannot be given up: %s", strerror(errno));
    }
    if (ok && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        ok = failure_add(failure, "the right to gain rights cannot be given up: %s", strerror(errno));
    if (SANITIZED) /* the leak checker traces us, which a process that changed its user forbids */
        prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    return ok;
}
