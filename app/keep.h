/* keep: -w, the packets of conversations that were judged unexpected, as they were captured. This is the only output
 * that holds payload; it says so, and only its owner may read it.
 *
 * Which conversations these are is in memory that a child process shares: a report in between is made by one
 * (interim.h), and what it judged can be told to the process that reads on. */
#ifndef APP_KEEP_H
#define APP_KEEP_H

#include "app/options.h"
#include "audit/audit.h"
#include "capture/decode.h"

struct keep;

#define KEEP_MIB_DEFAULT UINT64_C(1024)

/* "unexpected,blocked" as bits. False with a failure that names the verdicts there are. */
bool keep_verdicts_parse(const char *text, unsigned *out, struct failure *failure);
/* Do -w and what goes with it fit the rest of the command line? */
bool keep_check(const struct options *options, struct failure *failure);

/* Opens the file (under another name until keep_close) as the options say. NULL with a failure. */
struct keep *keep_open(const struct options *options, struct failure *failure);
/* Nothing is left behind of a file that was not closed. */
void keep_destroy(struct keep *keep);

/* From now on the conversations of this audit, instead of those before. May be called in a child of the process that
 * opened it, by one at a time. */
void keep_choose(struct keep *keep, const struct audit *audit);
/* Frames in order. Those that belong to a chosen conversation are kept: its packets, ICMP errors about them, and
 * fragments between its two hosts of its transport, of which nothing else tells where they belong. */
void keep_take(struct keep *keep, const struct frame frames[], size_t count);

/* Reads the files of the options once more, as many frames as were read the first time, and keeps what was chosen. */
bool keep_read_again(struct keep *keep, const struct options *options, uint64_t frames, struct failure *failure);

/* Makes the file appear under its name, and says on standard error what is in it. False with a failure. */
bool keep_close(struct keep *keep, struct failure *failure);

#endif
