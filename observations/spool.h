/* spool: runs on their way to a database, as files in a folder of bounded size. A run appears there whole, by a rename,
 * or not at all, and stays until every row of it is known to be in the database; so whatever ends this process, or
 * keeps the database away, nothing is lost. One process at a time puts runs in, and one takes them out: who waits for a
 * database keeps nobody from putting.
 *
 *   GENERATION.RUN/about            one line: run, sensor, generation, files, first packet, rows
 *   GENERATION.RUN/000001.facts     rows of one table, tab-separated and packed with gzip
 *   lost                            rows that found no room and that no coverage has told of yet */
#ifndef OBSERVATIONS_SPOOL_H
#define OBSERVATIONS_SPOOL_H

#include "base/failure.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SPOOL_RUN    40
#define SPOOL_SENSOR 256

/* What is known of a run beside its rows. */
struct spool_run {
    char run[SPOOL_RUN];
    char sensor[SPOOL_SENSOR];
    uint64_t generation; /* when it was put here, ns since 1970 UTC: tells attempts to write the same run apart */
    unsigned count;      /* of its files in all */
    int64_t first_ns;
    uint64_t rows;
};

struct spool;

/* Makes the folder when it is missing. */
struct spool *spool_open(const char *folder, size_t most_bytes, struct failure *failure);
void spool_close(struct spool *spool);

/* A run: begun, when no other process puts one in, its files one after another, then shown or abandoned; after
 * spool_end others may. Each tells with false that there is no room, or the disk's failure. What another process left
 * unfinished goes. */
bool spool_begin(struct spool *spool, struct failure *failure);
bool spool_put(struct spool *spool, const char *table, const void *packed, size_t length, struct failure *failure);
/* Sets about->count. */
bool spool_show(struct spool *spool, struct spool_run *about, struct failure *failure);
void spool_abandon(struct spool *spool);
void spool_end(struct spool *spool);
/* Was there no room? Then it is no trouble of the disk. */
bool spool_is_full(const struct spool *spool);

/* Rows that wait, and rows lost that were not told of yet. */
uint64_t spool_waiting(const struct spool *spool);
uint64_t spool_lost(const struct spool *spool);
void spool_set_lost(struct spool *spool, uint64_t rows);

/* Who takes runs out does so between these: waits until no other process does. What is left of a run whose taker was
 * ended just before the end of it is removed. */
bool spool_begin_taking(struct spool *spool, struct failure *failure);
void spool_end_taking(struct spool *spool);
/* The folders of the runs, oldest first; NULL-ended. Released by spool_names_free. NULL when memory runs out. */
char **spool_names(const struct spool *spool);
void spool_names_free(char **names);
/* What is known of that run. False when its folder is none of ours. */
bool spool_about(const struct spool *spool, const char *name, struct spool_run *about);
/* The lowest-numbered file from `*number` on: its number, its table, and its bytes in heap memory. False at the end. */
struct spool_file {
    unsigned number;
    char table[32];
    unsigned char *packed;
    size_t length;
};
bool spool_next(const struct spool *spool, const char *name, unsigned from, struct spool_file *file);
/* It is in the database. */
void spool_remove(struct spool *spool, const char *name, unsigned number, const char *table);
void spool_remove_run(struct spool *spool, const char *name);

#endif
