/* Lines and columns: where they break, what gives way, what never does. */
#include "tests/cmocka_all.h"

#include "reports/clean.h"
#include "reports/grid.h"

#include <stdlib.h>
#include <string.h>

struct paper {
    char *text;
    size_t length;
    FILE *out;
    struct screen screen;
};

static void take_paper(struct paper *paper, unsigned width, bool colour)
{
    *paper = (struct paper){0};
    paper->out = open_memstream(&paper->text, &paper->length);
    assert_non_null(paper->out);
    paper->screen = screen_of(paper->out, width, colour, false);
}

static void assert_written(struct paper *paper, const char *wanted)
{
    fclose(paper->out);
    assert_string_equal(paper->text, wanted);
    free(paper->text);
}

static void words_wrap_under_their_indent(void **state)
{
    (void)state;
    struct paper paper;
    take_paper(&paper, 40, false);
    screen_put(&paper.screen, ACCENT_PLAIN, "  1 HIGH ");
    screen_flow(&paper.screen, ACCENT_PLAIN, 9, "one two three four five six seven eight");
    screen_end(&paper.screen);
    assert_written(&paper, "  1 HIGH one two three four five six\n"
                           "         seven eight\n");
}

static void a_word_longer_than_a_line_is_broken_not_lost(void **state)
{
    (void)state;
    struct paper paper;
    take_paper(&paper, 40, false);
    screen_flow(&paper.screen, ACCENT_PLAIN, 0, "an aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeee end");
    screen_end(&paper.screen);
    assert_written(&paper, "an\n"
                           "aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd\n"
                           "eeeee end\n");
}

static void lines_never_end_in_blanks(void **state)
{
    (void)state;
    struct paper paper;
    take_paper(&paper, 40, false);
    screen_put(&paper.screen, ACCENT_PLAIN, "x");
    screen_to(&paper.screen, 30);
    screen_end(&paper.screen);
    screen_flow(&paper.screen, ACCENT_PLAIN, 0, "words that end in blanks     ");
    screen_end(&paper.screen);
    assert_written(&paper, "x\nwords that end in blanks\n");
}

static void flow_ends_on_any_text(void **state)
{
    (void)state;
    const char *const texts[] = {"",
                                 " ",
                                 "          ",
                                 "a  b",
                                 " a",
                                 "                                                    b",
                                 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                                 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bbb",
                                 "\n\n\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        for (unsigned indent = 0; indent < 60; indent++) {
            struct paper paper;
            take_paper(&paper, 40, false);
            screen_flow(&paper.screen, ACCENT_PLAIN, indent, texts[i]);
            screen_end(&paper.screen);
            fclose(paper.out);
            assert_null(strstr(paper.text, " \n"));
            free(paper.text);
        }
    }
}

static void items_stay_together_and_move_to_the_next_line_whole(void **state)
{
    (void)state;
    struct paper paper;
    take_paper(&paper, 40, false);
    screen_put(&paper.screen, ACCENT_PLAIN, "a head");
    screen_item(&paper.screen, ACCENT_PLAIN, 3, 4, "4,127,334 packets");
    screen_item(&paper.screen, ACCENT_PLAIN, 3, 4, "0.2% duplicates removed");
    screen_end(&paper.screen);
    assert_written(&paper, "a head   4,127,334 packets\n    0.2% duplicates removed\n");
}

static void colour_wraps_the_text_and_nothing_else(void **state)
{
    (void)state;
    struct paper paper;
    take_paper(&paper, 40, true);
    screen_to(&paper.screen, 2);
    screen_put(&paper.screen, ACCENT_STRONG, "\033[31mword");
    screen_put(&paper.screen, ACCENT_PLAIN, "!");
    screen_end(&paper.screen);
    assert_written(&paper, "  \033[1m\xef\xbf\xbd[31mword\033[0m!\n");
}

static const struct grid_column columns[] = {
    {"Paths", GRID_KEEP, 1}, {"", GRID_CUT, 1}, {"port", GRID_KEEP, 1}, {"users", GRID_LIST, 1}};

static void row(struct grid *grid, const char *verdict, const char *name, const char *port, const char *users)
{
    struct phrase list = {0};
    char copy[128], *rest = copy;
    snprintf(copy, sizeof copy, "%s", users);
    for (char *item = strsep(&rest, " "); item != NULL; item = strsep(&rest, " "))
        phrase_item(&list, item);
    grid_cell(grid, ACCENT_PLAIN, verdict);
    grid_cell(grid, ACCENT_PLAIN, name);
    grid_cell(grid, ACCENT_PLAIN, port);
    grid_list(grid, ACCENT_PLAIN, &list);
}

static void show_rows(struct paper *paper, unsigned width)
{
    take_paper(paper, width, false);
    struct grid *grid = grid_create(columns, 4, 2);
    row(grid, "ok", "a rather long name of a path", "50636/tcp", "mbx1 cas1 hub1 edge1");
    grid_note(grid, ACCENT_PLAIN, 1, "why");
    row(grid, "blocked", "short", "25/tcp", "hub1");
    grid_show(grid, &paper->screen);
}

static void columns_are_as_wide_as_their_content_when_there_is_room(void **state)
{
    (void)state;
    struct paper paper;
    show_rows(&paper, 100);
    assert_written(&paper, "Paths                                    port       users\n"
                           "  ok       a rather long name of a path  50636/tcp  mbx1, cas1, hub1, edge1\n"
                           "             why\n"
                           "  blocked  short                         25/tcp     hub1\n");
}

static void narrow_columns_shorten_names_and_lists_but_no_number(void **state)
{
    (void)state;
    struct paper paper;
    show_rows(&paper, 50);
    assert_written(&paper, "Paths                     port       users\n"
                           "  ok       a rather lon…  50636/tcp  mbx1, cas1 +2\n"
                           "             why\n"
                           "  blocked  short          25/tcp     hub1\n");
}

static void without_rows_there_is_the_title_alone(void **state)
{
    (void)state;
    struct paper paper;
    take_paper(&paper, 100, false);
    grid_show(grid_create(columns, 4, 2), &paper.screen);
    assert_written(&paper, "Paths\n");
}

static void a_screen_too_narrow_for_columns_shows_rows_as_lines(void **state)
{
    (void)state;
    struct paper paper;
    show_rows(&paper, 40);
    assert_written(&paper, "Paths\n"
                           "  ok  a rather long name of a path\n"
                           "    port  50636/tcp\n"
                           "    users  mbx1, cas1, hub1, edge1\n"
                           "    why\n"
                           "  blocked  short\n"
                           "    port  25/tcp\n"
                           "    users  hub1\n");
}

static void a_title_without_room_stands_alone(void **state)
{
    (void)state;
    static const struct grid_column two[] = {{"A title that is rather long", GRID_KEEP, 1},
                                             {"flows, both ways", GRID_RIGHT, 1}};
    struct paper paper;
    take_paper(&paper, 40, false);
    struct grid *grid = grid_create(two, 2, 0);
    grid_cell(grid, ACCENT_PLAIN, "49154/tcp");
    grid_cell(grid, ACCENT_PLAIN, "7");
    grid_show(grid, &paper.screen);
    assert_written(&paper, "A title that is rather long\n"
                           "           flows, both ways\n"
                           "49154/tcp                 7\n");
}

static void signs_beyond_ascii_are_one_column_each_where_there_are_none(void **state)
{
    (void)state;
    struct paper paper;
    take_paper(&paper, 40, false);
    paper.screen.ascii = true;
    screen_put(&paper.screen, ACCENT_PLAIN, "d\u00f6m\u00e4ne \x9b");
    screen_end(&paper.screen);
    screen_put_cut(&paper.screen, ACCENT_PLAIN, "too long", 4);
    screen_end(&paper.screen);
    assert_written(&paper, "d?m?ne ?\n"
                           "too~\n");
}

static void a_list_too_long_to_hold_still_counts_all(void **state)
{
    (void)state;
    static const struct grid_column users[] = {{"users", GRID_LIST, 1}};
    struct paper paper;
    struct phrase list = {0};
    for (size_t i = 0; i < 5000; i++)
        phrase_item(&list, "10.1.64.1");
    take_paper(&paper, 40, false);
    struct grid *grid = grid_create(users, 1, 0);
    grid_list(grid, ACCENT_PLAIN, &list);
    grid_show(grid, &paper.screen);
    assert_written(&paper, "users\n10.1.64.1, 10.1.64.1, 10.1.64.1 +4997\n");
}

static void a_list_in_a_narrow_column_keeps_its_count(void **state)
{
    (void)state;
    static const struct grid_column two[] = {{"users", GRID_LIST, 1}, {"", GRID_KEEP, 1}};
    struct paper paper;
    struct phrase list = {0};
    for (size_t i = 0; i < 40; i++)
        phrase_item(&list, "10.1.64.123");
    take_paper(&paper, 40, false);
    struct grid *grid = grid_create(two, 2, 0);
    grid_list(grid, ACCENT_PLAIN, &list);
    grid_cell(grid, ACCENT_PLAIN, "123456789012345678901234567");
    grid_show(grid, &paper.screen);
    assert_written(&paper, "users\n10.1.6\xe2\x80\xa6 +39  123456789012345678901234567\n");
}

static void wrapped_columns_stand_beside_each_other(void **state)
{
    (void)state;
    static const struct grid_column two[] = {{"left", GRID_WRAP, 1}, {"right", GRID_WRAP, 1}, {"n", GRID_RIGHT, 1}};
    struct paper paper;
    take_paper(&paper, 40, false);
    struct grid *grid = grid_create(two, 3, 0);
    grid_cell(grid, ACCENT_PLAIN, "one two three four five six");
    grid_cell(grid, ACCENT_PLAIN, "a much longer text that needs three");
    grid_cell(grid, ACCENT_PLAIN, "1,000");
    grid_show(grid, &paper.screen);
    assert_written(&paper, "left              right                n\n"
                           "one two three     a much longer    1,000\n"
                           "four five six     text that needs\n"
                           "                  three\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_wrap_under_their_indent),
        cmocka_unit_test(a_word_longer_than_a_line_is_broken_not_lost),
        cmocka_unit_test(lines_never_end_in_blanks),
        cmocka_unit_test(flow_ends_on_any_text),
        cmocka_unit_test(items_stay_together_and_move_to_the_next_line_whole),
        cmocka_unit_test(colour_wraps_the_text_and_nothing_else),
        cmocka_unit_test(columns_are_as_wide_as_their_content_when_there_is_room),
        cmocka_unit_test(narrow_columns_shorten_names_and_lists_but_no_number),
        cmocka_unit_test(without_rows_there_is_the_title_alone),
        cmocka_unit_test(a_screen_too_narrow_for_columns_shows_rows_as_lines),
        cmocka_unit_test(a_title_without_room_stands_alone),
        cmocka_unit_test(signs_beyond_ascii_are_one_column_each_where_there_are_none),
        cmocka_unit_test(a_list_too_long_to_hold_still_counts_all),
        cmocka_unit_test(a_list_in_a_narrow_column_keeps_its_count),
        cmocka_unit_test(wrapped_columns_stand_beside_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
