/* failure: what went wrong in the world or in what the user wrote, told once, by main.
 *
 * A function that can fail for such a reason returns false (or NULL) and fills a failure. A reader of user
 * files adds every problem it finds, one a line, so that all of them are told at once; what no longer fits
 * is counted. What is wrong on the wire is never a failure, and what is wrong in this program is an assert. */
#ifndef BASE_FAILURE_H
#define BASE_FAILURE_H

#include <stdbool.h>
#include <stddef.h>

struct failure {
    char text[8192]; /* lines, without a newline at the end */
    size_t length;
    unsigned count;   /* problems added */
    unsigned omitted; /* of them not in text for want of room */
};

/* Adds one problem. Returns false always, so that `return failure_add(...)` reads well. */
bool failure_add(struct failure *failure, const char *format, ...) __attribute__((format(printf, 2, 3)));

static inline bool failure_any(const struct failure *failure)
{
    return failure->count > 0;
}

#endif
