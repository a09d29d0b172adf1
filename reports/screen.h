/* screen: text on lines of a given width: put, wrapped, aligned and accented.
 *
 * Hides display width (one column a code point), the colour codes, and where the line is broken. Everything written is
 * made clean first (clean.h), so no caller needs to think of what came from the wire. A line never ends in blanks.
 * Colours are blue, orange, bold and dim, told apart also without seeing red from green, and they only repeat what a
 * word already says. */
#ifndef REPORTS_SCREEN_H
#define REPORTS_SCREEN_H

#include <stdbool.h>
#include <stdio.h>

#define SCREEN_WIDTH 100 /* when none is asked for */

enum accent {
    ACCENT_PLAIN,
    ACCENT_STRONG, /* headings, subjects */
    ACCENT_QUIET,  /* hints, ids */
    ACCENT_GOOD,
    ACCENT_DOUBT,
    ACCENT_WEAK, /* works, but not as it should */
    ACCENT_BAD,
};

struct screen {
    FILE *out;
    unsigned width;
    bool colour, ascii;
    unsigned column;  /* of the next character, from 0 */
    unsigned pending; /* blanks due before it */
};

/* `width` 0: SCREEN_WIDTH; less than 40 counts as 40. With `ascii` other signs are written as `?`. */
struct screen screen_of(FILE *out, unsigned width, bool colour, bool ascii);
/* Writes at the cursor, unbroken, however long it is. */
void screen_put(struct screen *screen, enum accent accent, const char *text);
/* The same, cut with an ellipsis so that it takes no more than `most` columns. */
void screen_put_cut(struct screen *screen, enum accent accent, const char *text, unsigned most);
/* Moves the cursor right to `column`; nothing when it is there or beyond. */
void screen_to(struct screen *screen, unsigned column);
/* Writes words from the cursor on, breaking lines at blanks; later lines begin at `indent`. */
void screen_flow(struct screen *screen, enum accent accent, unsigned indent, const char *text);
/* Writes text that stays together, `gap` blanks after what stands on this line, or at `indent` of a new line. */
void screen_item(struct screen *screen, enum accent accent, unsigned gap, unsigned indent, const char *text);
/* Ends the line, if anything stands on it. */
void screen_end(struct screen *screen);
/* Ends the line and leaves one free. */
void screen_blank(struct screen *screen);

/* One line of words for flow: how many columns of `text` fit into `room`, broken at a blank where there is one. Gives
 * the bytes taken and, in `next`, where the next line begins (blanks skipped). */
size_t screen_break(const char *text, unsigned room, size_t *next);

#endif
