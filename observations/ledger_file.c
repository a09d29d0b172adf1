/* ledger_file: see observations/ledger_file.h. */
#include "observations/ledger_file.h"

#include "observations/rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FORMAT  "pathaudit.ledger/"
#define VERSION "1"

static bool read_version(const char *line, const char *path, struct failure *failure)
{
    if (strcmp(line, FORMAT VERSION) == 0)
        return true;
    if (strncmp(line, FORMAT, strlen(FORMAT)) == 0)
        return failure_add(failure, "%s:1: is a ledger of version %.20s; this pathaudit reads version " VERSION, path,
                           line + strlen(FORMAT));
    return failure_add(failure,
                       "%s:1: is no ledger of pathaudit (it does not begin with " FORMAT VERSION "); it stays as it is",
                       path);
}

/* What the first version had; those that came later stand behind. */
#define COLUMNS_LEAST (binding_table.count - 1)

/* One line without its end; false at the end of the file. One that is longer than any of ours fits no columns either,
 * wherever it is cut. */
static bool line_read(FILE *in, char line[ROWS_LONGEST])
{
    if (fgets(line, ROWS_LONGEST, in) == NULL)
        return false;
    line[strcspn(line, "\n")] = '\0';
    return true;
}

static bool lines_read(struct observations *store, FILE *in, const char *path, struct failure *failure)
{
    char line[ROWS_LONGEST];
    size_t number = 2, columns = 0;
    struct binding row;
    bool ok = line_read(in, line) ? read_version(line, path, failure)
                                  : failure_add(failure, "%s: is empty, and no ledger of pathaudit", path);
    if (ok && line_read(in, line))
        columns = rows_header_columns(&binding_table, line);
    if (ok && columns < COLUMNS_LEAST)
        ok = failure_add(failure, "%s:2: these are not the columns of a ledger", path);
    while (ok && line_read(in, line)) {
        number++;
        ok = rows_read_columns(&binding_table, columns, line, &row, store) ||
             failure_add(failure, "%s:%zu: this line does not fit the columns", path, number);
        if (ok)
            observations_learn(store, &row);
    }
    return ok && (!ferror(in) || failure_add(failure, "cannot read %s: %s", path, strerror(errno)));
}

bool ledger_file_read(struct observations *store, const char *path, struct failure *failure)
{
    struct stat about;
    FILE *in = fopen(path, "r");
    if (in == NULL)
        return errno == ENOENT || failure_add(failure, "cannot read %s: %s", path, strerror(errno));
    if (fstat(fileno(in), &about) == 0 && S_ISDIR(about.st_mode)) {
        fclose(in);
        return failure_add(failure, "--ledger %s: is a folder; name a file in it", path);
    }
    bool ok = lines_read(store, in, path, failure);
    fclose(in);
    return ok;
}

/* Names are numbers of their store: as text they go from one to the other. */
void ledger_file_copy(const struct observations *from, struct observations *to)
{
    char line[ROWS_LONGEST];
    struct binding row;
    for (size_t i = 0; i < observations_binding_count(from); i++) {
        observations_binding(from, i, &row);
        char *end = rows_write(&binding_table, &row, from, line);
        end[-1] = '\0'; /* its newline */
        if (rows_read(&binding_table, line, &row, to))
            observations_learn(to, &row);
    }
}

static int number_order(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int text_order(const struct observations *store, uint32_t a, uint32_t b)
{
    return a == b ? 0 : strcmp(observations_text(store, a), observations_text(store, b));
}

/* Who said what of which port to whom; not when, and not in which run. */
static int binding_order(const void *a, const void *b, void *of)
{
    const struct binding *x = a, *y = b;
    const struct observations *store = of;
    int order = memcmp(&x->server, &y->server, sizeof x->server);
    order = order != 0 ? order : number_order(x->transport, y->transport);
    order = order != 0 ? order : number_order(x->port, y->port);
    order = order != 0 ? order : memcmp(&x->interface, &y->interface, sizeof x->interface);
    order = order != 0 ? order : number_order(x->major, y->major);
    order = order != 0 ? order : number_order(x->minor, y->minor);
    order = order != 0 ? order : memcmp(&x->client, &y->client, sizeof x->client);
    order = order != 0 ? order : memcmp(&x->tower_address, &y->tower_address, sizeof x->tower_address);
    order = order != 0 ? order : text_order(store, x->learned_from, y->learned_from);
    order = order != 0 ? order : text_order(store, x->protocol_sequence, y->protocol_sequence);
    order = order != 0 ? order : text_order(store, x->endpoint, y->endpoint);
    order = order != 0 ? order : text_order(store, x->network, y->network);
    return order != 0 ? order : text_order(store, x->annotation, y->annotation);
}

static int newest_first(const void *a, const void *b, void *of)
{
    const struct binding *x = a, *y = b;
    int order = (x->last_ns < y->last_ns) - (x->last_ns > y->last_ns);
    return order != 0 ? order : binding_order(a, b, of);
}

/* The same said in several runs, or said again to a run that was told of it by the file, is said once. */
static void binding_join(struct binding *sum, const struct binding *more)
{
    if (more->learned_ns < sum->learned_ns) {
        sum->learned_ns = more->learned_ns;
        sum->source = more->source;
        sum->frame = more->frame;
    }
    sum->last_ns = more->last_ns > sum->last_ns ? more->last_ns : sum->last_ns;
    sum->times = more->times > sum->times ? more->times : sum->times;
}

bool ledger_file_write(struct observations *store, FILE *out, struct failure *failure)
{
    char line[ROWS_LONGEST];
    size_t count = observations_binding_count(store), kept = 0;
    struct binding *rows = calloc(count > 0 ? count : 1, sizeof *rows);
    uint32_t run = observations_name_of(store, LEDGER_FILE_RUN);
    if (rows == NULL)
        return failure_add(failure, "ledger: out of memory");
    for (size_t i = 0; i < count; i++) {
        observations_binding(store, i, &rows[i]);
        rows[i].run = run;
        rows[i].sensor = 0;
    }
    qsort_r(rows, count, sizeof *rows, binding_order, store);
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && binding_order(&rows[kept - 1], &rows[i], store) == 0)
            binding_join(&rows[kept - 1], &rows[i]);
        else
            rows[kept++] = rows[i];
    }
    if (kept > LEDGER_FILE_MOST) {
        qsort_r(rows, kept, sizeof *rows, newest_first, store);
        kept = LEDGER_FILE_MOST;
        qsort_r(rows, kept, sizeof *rows, binding_order, store);
    }
    fputs(FORMAT VERSION "\n", out);
    fwrite(line, 1, (size_t)(rows_write_header(&binding_table, line) - line), out);
    for (size_t i = 0; i < kept; i++)
        fwrite(line, 1, (size_t)(rows_write(&binding_table, &rows[i], store, line) - line), out);
    free(rows);
    return true;
}
