/* bulletin: what one audit amounts to, in numbers, with the findings that are new; and the way it goes, with the whole
 * audit as JSON, from the process that judged to the process that speaks.
 *
 * The way is a pipe, in pieces that are each written as a whole (pipe(7), PIPE_BUF): when a process that judges is
 * ended in the middle, the next one's bulletin is read all the same. */
#ifndef WATCH_BULLETIN_H
#define WATCH_BULLETIN_H

#include "audit/audit.h"

#define BULLETIN_SOURCES 64 /* with names of their own; the last stands for all others */
#define BULLETIN_NEWEST  40

/* What was read from one file or interface, so far. */
struct bulletin_source {
    char name[64];
    uint64_t packets, bytes, dropped, duplicates, undecoded, truncated_frames, fragments_lost, missing_bytes;
    uint64_t evicted_flows, evicted_conversations, lost_facts;
};

struct bulletin_finding {
    char id[17];
    enum severity severity;
    char verdict[24];
    char subject[200]; /* clean text */
    int64_t told_ns;   /* of the wall clock */
};

struct bulletin {
    uint64_t number;           /* of the audit, from 1 */
    int64_t made_ns;           /* of the wall clock: when it was judged */
    int64_t took_ns;           /* to judge and write */
    int64_t first_ns, last_ns; /* packets */
    enum conclusion conclusion;
    uint64_t conversations[VERDICT_COUNT], paths[PATH_VERDICT_COUNT];
    uint64_t findings[SEVERITY_COUNT]; /* that no exception of the site covers */
    uint64_t excepted;                 /* and those that one does */
    uint64_t hosts;
    uint64_t told; /* findings, since the run began */
    char tables[160];
    struct bulletin_source sources[BULLETIN_SOURCES];
    size_t source_count;
    struct bulletin_finding newest[BULLETIN_NEWEST]; /* told with this audit, the most important first */
    size_t newest_count;
    size_t json_bytes;
};

/* Fills in what the audit says; what is new is the caller's. */
void bulletin_of(struct bulletin *bulletin, const struct audit *audit);

/* Sends it, with the JSON of `json_bytes`. False, with errno, when nobody listens. */
bool bulletin_send(int pipe, const struct bulletin *bulletin, const char *json);

/* What has come of the next one. */
struct inbox { /* begins as zeros */
    char *bytes;
    size_t length, room;
    uint64_t lost; /* bulletins that did not come whole, or were too large */
};

enum inbox_state { INBOX_MORE, INBOX_WHOLE, INBOX_END };
/* Reads one piece from a pipe that has some. WHOLE: *bulletin is filled, and *json, its JSON, is the caller's to free.
 */
enum inbox_state inbox_read(struct inbox *inbox, int pipe, struct bulletin *bulletin, char **json);
void inbox_fini(struct inbox *inbox);

#endif
