/* sheets: of each file chunks are taken in order, so whoever has one knows that all before it are under way, and waits
 * for its turn without fear of a deadlock. Who takes one goes where most is left for each who is there: two who write
 * to one file wait for each other, and each wait is a sleep. */
#include "observations/sheets.h"

#include "observations/rows.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#define CHUNK_ROWS   2048
#define BUFFER_BYTES ((size_t)512 << 10) /* most chunks fit; of a longer one the rest is written in its turn */
#define THREADS_MOST 8
#define CHUNKS_LEAST 8 /* for a thread: its start costs more than to write a few */

struct file {
    const struct sheet *sheet;
    int descriptor;
    size_t chunks;   /* of all stores */
    size_t taken;    /* of these */
    size_t turn;     /* chunks written */
    unsigned takers; /* that have one just now */
    int problem;     /* errno of the first thing that went wrong */
};

struct writers {
    struct file *files;
    size_t file_count;
    struct observations *const *stores;
    size_t store_count;
    pthread_mutex_t mutex;
    pthread_cond_t turned;
};

struct chunk {
    struct file *file;
    const struct observations *store;
    size_t first, end; /* rows */
    size_t number;     /* in its file */
};

static size_t chunks_of(size_t rows)
{
    return (rows + CHUNK_ROWS - 1) / CHUNK_ROWS;
}

/* Where the chunk of this number lies. */
static struct chunk chunk_of(const struct writers *writers, struct file *file, size_t number)
{
    struct chunk chunk = {.file = file, .number = number};
    size_t s = 0, rows = file->sheet->kind->count(writers->stores[0]);
    while (number >= chunks_of(rows)) {
        number -= chunks_of(rows);
        rows = file->sheet->kind->count(writers->stores[++s]);
    }
    chunk.store = writers->stores[s];
    chunk.first = number * CHUNK_ROWS;
    chunk.end = rows - chunk.first < CHUNK_ROWS ? rows : chunk.first + CHUNK_ROWS;
    return chunk;
}

/* False when all are taken. */
static bool take_chunk(struct writers *writers, struct chunk *chunk)
{
    struct file *best = NULL;
    pthread_mutex_lock(&writers->mutex);
    for (size_t f = 0; f < writers->file_count; f++) {
        struct file *file = &writers->files[f];
        size_t left = file->chunks - file->taken;
        if (left > 0 && (best == NULL || left * (best->takers + 1) > (best->chunks - best->taken) * (file->takers + 1)))
            best = file;
    }
    if (best != NULL) {
        *chunk = chunk_of(writers, best, best->taken++);
        best->takers++;
    }
    pthread_mutex_unlock(&writers->mutex);
    return best != NULL;
}

static void await_turn(struct writers *writers, const struct chunk *chunk)
{
    pthread_mutex_lock(&writers->mutex);
    while (chunk->file->turn < chunk->number)
        pthread_cond_wait(&writers->turned, &writers->mutex);
    pthread_mutex_unlock(&writers->mutex);
}

static void end_turn(struct writers *writers, const struct chunk *chunk)
{
    pthread_mutex_lock(&writers->mutex);
    chunk->file->turn++;
    chunk->file->takers--;
    pthread_cond_broadcast(&writers->turned);
    pthread_mutex_unlock(&writers->mutex);
}

/* Only who has the turn writes. */
static void write_bytes(struct file *file, const char *from, size_t length)
{
    while (length > 0 && file->problem == 0) {
        ssize_t written = write(file->descriptor, from, length);
        if (written < 0 && errno != EINTR)
            file->problem = errno;
        if (written > 0) {
            from += written;
            length -= (size_t)written;
        }
    }
}

static void write_chunk(struct writers *writers, const struct chunk *chunk, char *buffer)
{
    const struct sheet *sheet = chunk->file->sheet;
    char *to = buffer;
    struct rows_line before = {.text = NULL};
    union record records[2]; /* this row's and that of the one before, in turn */
    for (size_t i = chunk->first; i < chunk->end; i++) {
        sheet->kind->get(chunk->store, i, &records[i % 2]);
        to = rows_write_after(sheet->kind->table, &records[i % 2], chunk->store, &before, to);
        if (BUFFER_BYTES - (size_t)(to - buffer) >= ROWS_LONGEST)
            continue;
        await_turn(writers, chunk);
        write_bytes(chunk->file, buffer, (size_t)(to - buffer));
        to = buffer;
    }
    await_turn(writers, chunk);
    write_bytes(chunk->file, buffer, (size_t)(to - buffer));
    end_turn(writers, chunk);
}

static void *write_chunks(void *context)
{
    struct writers *writers = context;
    struct chunk chunk;
    char *buffer = malloc(BUFFER_BYTES);
    if (buffer == NULL)
        return NULL; /* the others do it */
    while (take_chunk(writers, &chunk))
        write_chunk(writers, &chunk, buffer);
    free(buffer);
    return writers;
}

static void begin_file(struct writers *writers, struct file *file, const struct sheet *sheet)
{
    *file = (struct file){.sheet = sheet};
    file->descriptor = open(sheet->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file->descriptor < 0)
        file->problem = errno;
    char header[ROWS_LONGEST];
    write_bytes(file, header, (size_t)(rows_write_header(sheet->kind->table, header) - header));
    for (size_t s = 0; s < writers->store_count && file->problem == 0; s++)
        file->chunks += chunks_of(sheet->kind->count(writers->stores[s]));
}

static bool end_file(struct file *file, struct failure *failure)
{
    if (file->descriptor >= 0 && close(file->descriptor) != 0 && file->problem == 0)
        file->problem = errno;
    return file->problem == 0 ||
           failure_add(failure, "cannot write %s: %s", file->sheet->path, strerror(file->problem));
}

static void write_all(struct writers *writers, unsigned threads)
{
    pthread_t helpers[THREADS_MOST];
    unsigned started = 0;
    size_t chunks = 0;
    for (size_t f = 0; f < writers->file_count; f++)
        chunks += writers->files[f].chunks;
    if (threads > chunks / CHUNKS_LEAST)
        threads = (unsigned)(chunks / CHUNKS_LEAST);
    pthread_mutex_init(&writers->mutex, NULL);
    pthread_cond_init(&writers->turned, NULL);
    while (started + 1 < threads && started < THREADS_MOST &&
           pthread_create(&helpers[started], NULL, write_chunks, writers) == 0)
        started++;
    bool any = write_chunks(writers) != NULL;
    for (unsigned i = 0; i < started; i++) {
        void *done;
        pthread_join(helpers[i], &done);
        any = any || done != NULL;
    }
    for (size_t f = 0; f < writers->file_count && !any; f++)
        writers->files[f].problem = ENOMEM;
    pthread_cond_destroy(&writers->turned);
    pthread_mutex_destroy(&writers->mutex);
}

bool sheets_write(const struct sheet sheets[], size_t sheet_count, struct observations *const stores[],
                  size_t store_count, unsigned threads, struct failure *failure)
{
    struct writers writers = {.file_count = sheet_count, .stores = stores, .store_count = store_count};
    writers.files = calloc(sheet_count, sizeof *writers.files);
    if (writers.files == NULL)
        return failure_add(failure, "out of memory for writing");
    for (size_t f = 0; f < sheet_count; f++)
        begin_file(&writers, &writers.files[f], &sheets[f]);
    write_all(&writers, threads);
    bool good = true;
    for (size_t f = 0; f < sheet_count; f++)
        good = end_file(&writers.files[f], failure) && good;
    free(writers.files);
    return good;
}
