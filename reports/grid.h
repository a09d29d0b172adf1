/* grid: rows of aligned columns that fit the screen.
 *
 * Columns are as wide as what stands in them; when that is more than the screen has, the widest of those that may
 * give way become narrower: names are cut, lists show fewer items and how many are left out, long text is wrapped.
 * Numbers are never cut; where they leave no room, each row becomes some lines with the columns' names. Memory that
 * runs out is said in place of the rows. */
#ifndef REPORTS_GRID_H
#define REPORTS_GRID_H

#include "reports/phrase.h"
#include "reports/screen.h"

#include <stddef.h>

#define GRID_COLUMNS_MOST 12

enum grid_fit {
    GRID_KEEP,  /* never narrower: numbers, single words of ours */
    GRID_RIGHT, /* the same, aligned to the right */
    GRID_CUT,   /* a name */
    GRID_LIST,  /* items of a phrase (grid_list): as many as there is room for, then "+N" */
    GRID_WRAP,  /* text over several lines */
};

struct grid_column {
    const char *heading; /* that of the first column is the title; it may reach over columns without a heading */
    enum grid_fit fit;
    unsigned share; /* of the room, against other columns that give way; 0 reads as 1 */
};

struct grid;

/* Columns are borrowed until the grid is shown. Never fails: what does not fit into memory is said by grid_show. */
struct grid *grid_create(const struct grid_column *columns, size_t count, unsigned indent);
/* The next cell of the row; a row is complete when each of its columns has one. */
void grid_cell(struct grid *grid, enum accent accent, const char *text);
/* The same for a column of lists. */
void grid_list(struct grid *grid, enum accent accent, const struct phrase *list);
/* Text under the last row, wrapped, a little to the right of the given column. */
void grid_note(struct grid *grid, enum accent accent, size_t column, const char *text);
/* A line of its own over the rows that follow. */
void grid_heading(struct grid *grid, const char *text);
/* A free line after the last row. */
void grid_gap(struct grid *grid);
void grid_destroy(struct grid *grid);
/* Writes all rows and destroys the grid. */
void grid_show(struct grid *grid, struct screen *screen);

#endif
