/* outlets: see watch/outlets.h. A file is opened for each line, so that it can be moved away (logrotate) at any time. A
 * message for syslog is short and has no reasoning in it: the id finds that in a report. */
#include "watch/outlets.h"

#include "base/clock.h"
#include "reports/clean.h"
#include "reports/report.h"
#include "watch/entrance.h"
#include "watch/syslog.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#define SERVER "syslog:"
/* Where the syslog of this machine listens. */
#define MACHINE "/dev/log"

enum outlet_kind outlet_kind_of(const char *word)
{
    if (strcmp(word, "-") == 0)
        return OUTLET_STDOUT;
    if (strcmp(word, "syslog") == 0)
        return OUTLET_MACHINE;
    return strncmp(word, SERVER, strlen(SERVER)) == 0 ? OUTLET_SERVER : OUTLET_FILE;
}

/* ---- sockets ---- */

static bool find_machine(struct outlet *outlet)
{
    struct sockaddr_un *to = (struct sockaddr_un *)&outlet->to;
    to->sun_family = AF_UNIX;
    memcpy(to->sun_path, MACHINE, sizeof MACHINE);
    outlet->to_length = sizeof *to;
    return access(MACHINE, F_OK) == 0;
}

/* Not connected: the server may be started anew at any time. */
static bool open_socket(struct outlet *outlet, struct failure *failure)
{
    struct address address;
    uint16_t port;
    struct failure wrong = {0};
    if (outlet->kind == OUTLET_SERVER) {
        if (!entrance_parse(outlet->word + strlen(SERVER), &address, &port, &wrong) || port == 0)
            return failure_add(failure, "--findings %s: an address and a port, as syslog:10.1.0.5:514", outlet->word);
        outlet->to_length = entrance_socket_address(&address, port, &outlet->to);
    } else if (!find_machine(outlet)) {
        return failure_add(failure, "--findings syslog: %s: %s", MACHINE, strerror(errno));
    }
    outlet->socket = socket(outlet->to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    return outlet->socket >= 0 || failure_add(failure, "--findings %s: %s", outlet->word, strerror(errno));
}

bool outlets_open(struct outlets *outlets, const char *const words[], size_t count, struct failure *failure)
{
    *outlets = (struct outlets){0};
    if (count > OUTLETS_MOST)
        return failure_add(failure, "--findings: given more than %d times", OUTLETS_MOST);
    for (size_t i = 0; i < count; i++) {
        struct outlet *outlet = &outlets->items[outlets->count++];
        *outlet = (struct outlet){.kind = outlet_kind_of(words[i]), .word = words[i], .socket = -1};
        if (outlet->kind == OUTLET_MACHINE || outlet->kind == OUTLET_SERVER)
            open_socket(outlet, failure);
    }
    return !failure_any(failure);
}

void outlets_close(struct outlets *outlets)
{
    for (size_t i = 0; i < outlets->count; i++)
        if (outlets->items[i].socket >= 0)
            close(outlets->items[i].socket);
    outlets->count = 0;
}

/* ---- telling ---- */

static bool write_all(int file, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(file, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        bytes += written;
        length -= (size_t)written;
    }
    return true;
}

static bool append(const char *path, const char *line, size_t length)
{
    int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
    bool ok = file >= 0 && write_all(file, line, length);
    int error = errno;
    if (file >= 0)
        close(file);
    errno = error;
    return ok;
}

static bool send_message(const struct outlet *outlet, const struct telling *telling)
{
    const struct finding *finding = telling->finding;
    char host[256] = "", text[SYSLOG_MOST], clean[SYSLOG_MOST], out[SYSLOG_MOST];
    if (telling->sensor[0] == '\0')
        gethostname(host, sizeof host - 1);
    snprintf(text, sizeof text, "%s %s %s: %s", finding->id, severity_name(finding->severity), finding->verdict,
             finding->subject);
    clean_copy(text, clean, sizeof clean);
    const struct syslog_message message = {.severity = finding->severity,
                                           .time_ns = telling->time_ns,
                                           .host = telling->sensor[0] != '\0' ? telling->sensor : host,
                                           .process = (long)getpid(),
                                           .text = clean};
    size_t length = outlet->kind == OUTLET_SERVER ? syslog_of_server(&message, out) : syslog_of_machine(&message, out);
    ssize_t sent = sendto(outlet->socket, out, length, 0, (const struct sockaddr *)&outlet->to, outlet->to_length);
    return sent >= 0;
}

static bool tell_one(const struct outlet *outlet, const struct telling *telling, const char *line, size_t length)
{
    switch (outlet->kind) {
    case OUTLET_STDOUT:
        return write_all(STDOUT_FILENO, line, length) || errno == EPIPE; /* the reader has seen enough */
    case OUTLET_FILE:
        return append(outlet->word, line, length);
    default:
        return send_message(outlet, telling);
    }
}

bool outlets_tell(const struct outlets *outlets, const struct telling *telling, struct failure *failure)
{
    char *line = NULL, time[CLOCK_TEXT];
    size_t length = 0;
    FILE *out = open_memstream(&line, &length);
    if (out == NULL)
        return failure_add(failure, "out of memory");
    report_finding_line(telling->audit, telling->finding, clock_text(telling->time_ns, time), telling->sensor, out);
    bool ok = fclose(out) == 0 || failure_add(failure, "out of memory");
    for (size_t i = 0; ok && i < outlets->count; i++)
        if (!tell_one(&outlets->items[i], telling, line, length))
            failure_add(failure, "--findings %s: %s", outlets->items[i].word, strerror(errno));
    free(line);
    return !failure_any(failure);
}
