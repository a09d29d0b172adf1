/* grid: gathers cells, settles the widths of columns, then writes row by row. */
#include "reports/grid.h"

#include "reports/clean.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define GAP         2
#define NOTE_SHIFT  2
#define STACK_SHIFT 2
#define NAME_LEAST  10 /* columns a name or list keeps, whatever happens */
#define WORD_LEAST  8  /* the same for wrapped text, */
#define WORD_MOST   20 /* which keeps its longest word whole up to this */

struct cell {
    char *text; /* clean, but for PHRASE_BREAK */
    enum accent accent;
    size_t omitted; /* items of a list beyond those in text */
    bool alone;     /* a note, heading or gap between rows: no cell of a row */
    unsigned shift; /* to the right of its column, when alone */
    size_t column;  /* which it begins under, when alone */
};

struct grid {
    const struct grid_column *columns;
    size_t count;
    unsigned indent;
    struct cell *cells; /* row after row, notes between rows */
    size_t cell_count, cell_room, in_row;
    bool lost;        /* memory ran out */
    bool title_alone; /* on a line of its own, for want of room */
    unsigned widths[GRID_COLUMNS_MOST], starts[GRID_COLUMNS_MOST];
};

struct grid *grid_create(const struct grid_column *columns, size_t count, unsigned indent)
{
    assert(count > 0 && count <= GRID_COLUMNS_MOST);
    struct grid *grid = calloc(1, sizeof *grid);
    if (grid != NULL) {
        grid->columns = columns;
        grid->count = count;
        grid->indent = indent;
    }
    return grid;
}

void grid_destroy(struct grid *grid)
{
    if (grid == NULL)
        return;
    for (size_t i = 0; i < grid->cell_count; i++)
        free(grid->cells[i].text);
    free(grid->cells);
    free(grid);
}

static void add(struct grid *grid, struct cell cell, const char *text)
{
    if (grid->cell_count == grid->cell_room) {
        size_t room = grid->cell_room * 2 + 32;
        struct cell *cells = realloc(grid->cells, room * sizeof *cells);
        if (cells == NULL) {
            grid->lost = true;
            return;
        }
        grid->cells = cells;
        grid->cell_room = room;
    }
    cell.text = strdup(text);
    if (cell.text == NULL)
        grid->lost = true;
    else
        grid->cells[grid->cell_count++] = cell;
}

static void add_to_row(struct grid *grid, struct cell cell, const char *text)
{
    if (grid == NULL || grid->lost)
        return;
    add(grid, cell, text);
    grid->in_row = (grid->in_row + 1) % grid->count;
}

void grid_cell(struct grid *grid, enum accent accent, const char *text)
{
    add_to_row(grid, (struct cell){.accent = accent}, text);
}

void grid_list(struct grid *grid, enum accent accent, const struct phrase *list)
{
    add_to_row(grid, (struct cell){.accent = accent, .omitted = list->omitted}, list->text);
}

void grid_note(struct grid *grid, enum accent accent, size_t column, const char *text)
{
    if (grid == NULL || grid->lost || text[0] == '\0')
        return;
    assert(grid->in_row == 0 && column < grid->count);
    add(grid, (struct cell){.accent = accent, .alone = true, .shift = NOTE_SHIFT, .column = column}, text);
}

void grid_heading(struct grid *grid, const char *text)
{
    if (grid != NULL && !grid->lost)
        add(grid, (struct cell){.accent = ACCENT_STRONG, .alone = true}, text);
}

void grid_gap(struct grid *grid)
{
    if (grid != NULL && !grid->lost && grid->cell_count > 0)
        add(grid, (struct cell){.alone = true}, "");
}

/* Adds an item, cut with an ellipsis when it has more columns than there are. */
static void add_cut(struct phrase *out, const char *item, size_t length, unsigned columns)
{
    struct bytes in = bytes_of(item, length);
    for (unsigned done = 0; in.left > 0; done++) {
        char encoded[5];
        uint32_t c = clean_take(&in);
        if (done + 1 >= columns && in.left > 0)
            c = 0x2026, in.left = 0;
        clean_encode(c, encoded);
        phrase_add(out, "%s", encoded);
    }
}

/* The items of a list that fit into `room` columns, as text, and how many more there are. */
static void fit_list(const char *list, size_t omitted, unsigned room, struct phrase *out)
{
    size_t left = 1 + omitted;
    unsigned used = 0;
    for (const char *c = list; *c != '\0'; c++)
        left += *c == PHRASE_BREAK;
    for (const char *item = list; left > omitted; left--) {
        size_t length = strcspn(item, (char[]){PHRASE_BREAK, '\0'});
        struct phrase one = {0}, rest = {0};
        phrase_add(&one, "%s%.*s", item > list ? ", " : "", (int)length, item);
        if (left > 1)
            phrase_add(&rest, " +%zu", left - 1);
        unsigned columns = clean_columns(one.text), after = clean_columns(rest.text);
        if (used + columns + after <= room)
            phrase_add(out, "%s", one.text);
        else if (item == list)
            add_cut(out, item, length, room > after ? room - after : 1);
        else
            break;
        used += columns;
        item += length + (item[length] != '\0');
    }
    if (left > 0)
        phrase_add(out, " +%zu", left);
}

static unsigned natural_width(const struct grid_column *column, const struct cell *cell)
{
    unsigned columns = clean_columns(cell->text);
    if (column->fit == GRID_LIST)
        for (const char *c = cell->text; *c != '\0'; c++)
            columns += *c == PHRASE_BREAK; /* shown as comma and blank */
    if (cell->omitted > 0)
        columns += 5; /* about */
    return columns;
}

static unsigned longest_word(const char *text)
{
    struct bytes in = bytes_of(text, strlen(text));
    unsigned longest = 0, word = 0;
    for (uint32_t c = clean_take(&in); c != 0; c = clean_take(&in)) {
        word = c == ' ' ? 0 : word + 1;
        longest = word > longest ? word : longest;
    }
    return longest;
}

/* What a column must keep for this cell. */
static unsigned least_width(const struct grid_column *column, const struct cell *cell)
{
    unsigned natural = natural_width(column, cell);
    if (column->fit == GRID_KEEP || column->fit == GRID_RIGHT)
        return natural;
    unsigned least = NAME_LEAST;
    if (column->fit == GRID_WRAP) { /* words stay whole, if they can */
        unsigned word = longest_word(cell->text);
        least = word < WORD_LEAST ? WORD_LEAST : word <= WORD_MOST ? word : WORD_MOST;
    }
    return natural < least ? natural : least;
}

static unsigned total_width(const struct grid *grid)
{
    unsigned total = grid->indent;
    for (size_t i = 0; i < grid->count; i++)
        total += grid->widths[i] + (i > 0 && grid->widths[i] > 0 ? GAP : 0);
    return total;
}

/* Room for the title over the columns without a heading. */
static void widen_for_title(struct grid *grid)
{
    unsigned span = grid->indent + grid->widths[0];
    size_t last = 0;
    while (last + 1 < grid->count && grid->columns[last + 1].heading[0] == '\0') {
        last++;
        span += GAP + grid->widths[last];
    }
    unsigned title = clean_columns(grid->columns[0].heading);
    if (last + 1 < grid->count && title > span)
        grid->widths[last] += title - span;
}

/* Takes one column of room from the column that has most for its share; false when none can give way. */
static bool narrow_widest(struct grid *grid, const unsigned least[])
{
    size_t widest = grid->count;
    unsigned most = 0;
    for (size_t i = 0; i < grid->count; i++) {
        unsigned share = grid->columns[i].share > 0 ? grid->columns[i].share : 1;
        unsigned weight = grid->widths[i] * 12 / share;
        if (grid->widths[i] > least[i] && weight >= most) {
            widest = i;
            most = weight;
        }
    }
    if (widest < grid->count)
        grid->widths[widest]--;
    return widest < grid->count;
}

static void narrow(struct grid *grid, const unsigned least[], unsigned screen_width)
{
    while (total_width(grid) > screen_width && narrow_widest(grid, least))
        ;
}

static void settle_widths(struct grid *grid, unsigned screen_width)
{
    unsigned least[GRID_COLUMNS_MOST] = {0};
    grid->widths[0] = 0;
    for (size_t i = 1; i < grid->count; i++)
        grid->widths[i] = least[i] = clean_columns(grid->columns[i].heading);
    size_t column = 0;
    for (size_t i = 0; i < grid->cell_count; i++) {
        const struct cell *cell = &grid->cells[i];
        if (cell->alone)
            continue;
        unsigned natural = natural_width(&grid->columns[column], cell);
        unsigned must = least_width(&grid->columns[column], cell);
        if (natural > grid->widths[column])
            grid->widths[column] = natural;
        if (must > least[column])
            least[column] = must;
        column = (column + 1) % grid->count;
    }
    if (!grid->title_alone)
        widen_for_title(grid);
    narrow(grid, least, screen_width);
    for (size_t i = 0; i < grid->count; i++) { /* rather break long words than leave the screen */
        unsigned heading = i > 0 ? clean_columns(grid->columns[i].heading) : 0;
        unsigned word = heading > NAME_LEAST ? heading : NAME_LEAST;
        if (grid->columns[i].fit == GRID_WRAP && least[i] > word)
            least[i] = word;
    }
    narrow(grid, least, screen_width);
    unsigned at = grid->indent;
    for (size_t i = 0; i < grid->count; i++) {
        grid->starts[i] = at;
        at += grid->widths[i] > 0 ? grid->widths[i] + GAP : 0;
    }
}

static void show_headings(const struct grid *grid, struct screen *screen)
{
    bool any = false;
    size_t columns = grid->cell_count > 0 ? grid->count : 1; /* without rows there is the title alone */
    for (size_t i = 0; i < columns; i++) {
        const char *heading = grid->columns[i].heading;
        if (heading[0] == '\0')
            continue;
        unsigned start = i == 0 ? 0 : grid->starts[i];
        if (i > 0 && grid->columns[i].fit == GRID_RIGHT)
            start += grid->widths[i] - clean_columns(heading);
        screen_to(screen, start);
        screen_put(screen, i == 0 ? ACCENT_STRONG : ACCENT_QUIET, heading);
        any = true;
        if (i == 0 && grid->title_alone)
            screen_end(screen);
    }
    if (any)
        screen_end(screen);
}

/* Writes what of a cell belongs on this line, and gives what is left for the next. */
static const char *show_cell(const struct grid *grid, size_t column, const struct cell *cell, const char *text,
                             struct screen *screen)
{
    unsigned room = grid->widths[column];
    const char *rest = "";
    struct phrase line = {0};
    if (grid->columns[column].fit == GRID_LIST) {
        if (text[0] != '\0')
            fit_list(text, cell->omitted, room, &line);
    } else if (grid->columns[column].fit == GRID_WRAP) {
        size_t next;
        size_t taken = screen_break(text, room, &next);
        phrase_add(&line, "%.*s", (int)taken, text);
        rest = text + next;
    } else {
        phrase_add(&line, "%s", text);
    }
    unsigned start = grid->starts[column], columns = clean_columns(line.text);
    if (grid->columns[column].fit == GRID_RIGHT && columns < room)
        start += room - columns;
    if (line.length > 0) {
        screen_to(screen, start);
        if (screen->column > start) /* a number that found no room: keep it apart */
            screen_to(screen, screen->column + GAP);
        bool keep = grid->columns[column].fit == GRID_KEEP || grid->columns[column].fit == GRID_RIGHT;
        screen_put_cut(screen, cell->accent, line.text, keep ? columns : room);
    }
    return rest;
}

static void show_row(const struct grid *grid, const struct cell *cells, struct screen *screen)
{
    const char *left[GRID_COLUMNS_MOST];
    bool more = true;
    for (size_t i = 0; i < grid->count; i++)
        left[i] = cells[i].text;
    while (more) {
        more = false;
        for (size_t i = 0; i < grid->count; i++) {
            left[i] = show_cell(grid, i, &cells[i], left[i], screen);
            more = more || left[i][0] != '\0';
        }
        screen_end(screen);
    }
}

static void show_note(const struct grid *grid, const struct cell *note, struct screen *screen)
{
    if (note->text[0] == '\0') {
        screen_blank(screen);
        return;
    }
    unsigned start = grid->starts[note->column] + note->shift;
    screen_to(screen, start);
    screen_flow(screen, note->accent, start, note->text);
    screen_end(screen);
}

/* A row without columns, on a screen too narrow for them: what the first one holds, and the others below it, named. */
static void show_stacked(const struct grid *grid, const struct cell *cells, struct screen *screen)
{
    for (size_t i = 0; i < grid->count; i++) {
        const char *heading = i > 0 ? grid->columns[i].heading : "";
        struct phrase text = {0};
        if (cells[i].text[0] == '\0')
            continue;
        if (grid->columns[i].fit == GRID_LIST)
            fit_list(cells[i].text, cells[i].omitted, UINT16_MAX, &text);
        else
            phrase_add(&text, "%s", cells[i].text);
        if (heading[0] != '\0') {
            screen_end(screen);
            screen_to(screen, grid->indent + STACK_SHIFT);
            screen_put(screen, ACCENT_QUIET, heading);
        }
        bool first = screen->column == 0;
        screen_to(screen, first ? grid->indent : screen->column + GAP);
        screen_flow(screen, cells[i].accent, grid->indent + (first ? 0 : 2 * STACK_SHIFT), text.text);
    }
    screen_end(screen);
}

/* Notes of a screen without columns. */
static void stack_starts(struct grid *grid)
{
    for (size_t i = 0; i < grid->count; i++)
        grid->starts[i] = grid->indent;
}

static bool fits(const struct grid *grid, const struct screen *screen)
{
    return total_width(grid) <= screen->width;
}

/* Does the title end before the next heading begins? */
static bool title_fits(const struct grid *grid)
{
    size_t next = 1;
    while (next < grid->count && grid->columns[next].heading[0] == '\0')
        next++;
    return next == grid->count || clean_columns(grid->columns[0].heading) + GAP <= grid->starts[next];
}

void grid_show(struct grid *grid, struct screen *screen)
{
    if (grid == NULL || grid->lost) {
        screen_put(screen, ACCENT_BAD, "(out of memory: a table is left out here)");
        screen_end(screen);
    } else {
        assert(grid->in_row == 0);
        settle_widths(grid, screen->width);
        if (!fits(grid, screen) || !title_fits(grid)) {
            grid->title_alone = true;
            settle_widths(grid, screen->width);
        }
        bool stacked = !fits(grid, screen);
        if (stacked) {
            stack_starts(grid);
            screen_put(screen, ACCENT_STRONG, grid->columns[0].heading);
            screen_end(screen);
        } else {
            show_headings(grid, screen);
        }
        for (size_t i = 0; i < grid->cell_count;) {
            const struct cell *cell = &grid->cells[i];
            if (cell->alone) {
                show_note(grid, cell, screen);
                i++;
            } else {
                (stacked ? show_stacked : show_row)(grid, cell, screen);
                i += grid->count;
            }
        }
    }
    grid_destroy(grid);
}
