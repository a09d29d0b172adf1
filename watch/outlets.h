/* outlets: where findings are told, one JSON object a line, as soon as an audit has them: standard output, a file that
 * grows, a syslog server. Hides how each is written to. What cannot be told is a failure once, and counted after. */
#ifndef WATCH_OUTLETS_H
#define WATCH_OUTLETS_H

#include "audit/audit.h"
#include "base/failure.h"

#include <sys/socket.h>

#define OUTLETS_MOST 8

enum outlet_kind { OUTLET_STDOUT, OUTLET_FILE, OUTLET_MACHINE, OUTLET_SERVER };

struct outlet {
    enum outlet_kind kind;
    const char *word; /* of the command line */
    int socket;       /* of syslog; -1 */
    struct sockaddr_storage to;
    socklen_t to_length;
};

struct outlets {
    struct outlet items[OUTLETS_MOST];
    size_t count;
};

/* "-", a file, "syslog" or "syslog:ADDR:PORT". */
enum outlet_kind outlet_kind_of(const char *word);
/* Opens the sockets. False with a failure. */
bool outlets_open(struct outlets *outlets, const char *const words[], size_t count, struct failure *failure);
void outlets_close(struct outlets *outlets);

/* What is told of one finding. */
struct telling {
    const struct audit *audit;
    const struct finding *finding;
    const char *sensor; /* "" for none */
    int64_t time_ns;    /* of the wall clock */
};

/* To every outlet. False with a failure that says which could not be told. */
bool outlets_tell(const struct outlets *outlets, const struct telling *telling, struct failure *failure);

#endif
