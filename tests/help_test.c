/* Help, man page and the table of options say the same: nothing the program takes is untold, nothing told is not taken.
 */
#include "tests/cmocka_all.h"

#include "app/option.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *help_of(enum command command, bool all)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    options_help(command, all, out);
    assert_int_equal(fclose(out), 0);
    return text;
}

/* The name of the option that a line of help is about: "  -s, --site FILE" and "      --all"; else NULL. */
static const char *option_of(const char *line, size_t *length)
{
    bool has_letter = strncmp(line, "  -", 3) == 0 && strncmp(line + 4, ", --", 4) == 0;
    if (!has_letter && strncmp(line, "      --", 8) != 0)
        return NULL;
    *length = strcspn(line + 8, " \n");
    return line + 8;
}

static bool is_in(const char *help, const struct option *option)
{
    for (const char *line = help; line != NULL; line = strchr(line, '\n') != NULL ? strchr(line, '\n') + 1 : NULL) {
        size_t length;
        const char *name = option_of(line, &length);
        if (name != NULL && strlen(option->name) == length && strncmp(name, option->name, length) == 0)
            return option->letter == 0 || line[3] == option->letter;
    }
    return false;
}

static void every_option_a_command_takes_is_in_its_help(void **state)
{
    (void)state;
    for (unsigned command = 0; command < COMMAND_COUNT; command++) {
        char *help = help_of((enum command)command, true);
        for (const struct option *option = options_known; option->name != NULL; option++)
            if (strcmp(option->name, "help") != 0 && is_in(help, option) != ((option->commands & OF(command)) != 0))
                fail_msg("help of %s: --%s is missing, wrong or too much", options_commands[command], option->name);
        free(help);
    }
}

static void every_command_is_in_the_help_of_all(void **state)
{
    (void)state;
    char *help = help_of(COMMAND_COUNT, false);
    for (unsigned command = 0; command < COMMAND_COUNT; command++) {
        char line[64];
        snprintf(line, sizeof line, "\n  %s  ", options_commands[command]);
        if (strstr(help, line) == NULL)
            fail_msg("the help of all lacks %s", options_commands[command]);
    }
    free(help);
}

static void no_line_of_help_is_wider_than_a_terminal(void **state)
{
    (void)state;
    for (unsigned command = 0; command <= COMMAND_COUNT; command++) {
        char *help = help_of((enum command)command, true);
        for (const char *line = help; *line != '\0'; line += strcspn(line, "\n") + 1)
            if (strcspn(line, "\n") > 100)
                fail_msg("too wide: %.*s", (int)strcspn(line, "\n"), line);
        free(help);
    }
}

/* The words alone, with one space between. */
static void squeeze(char *text)
{
    char *to = text;
    for (const char *from = text; *from != '\0'; from++)
        if (*from != ' ' && *from != '\n')
            *to++ = *from;
        else if (to > text && to[-1] != ' ')
            *to++ = ' ';
    *to = '\0';
}

static void a_narrow_terminal_gets_the_same_words_in_shorter_lines(void **state)
{
    (void)state;
    for (unsigned command = 0; command <= COMMAND_COUNT; command++) {
        for (unsigned width = 72; width <= 100; width += 4) {
            char *help = help_of((enum command)command, true), *narrow = NULL;
            size_t length = 0;
            FILE *out = open_memstream(&narrow, &length);
            assert_non_null(out);
            options_help_narrow((enum command)command, true, width, out);
            assert_int_equal(fclose(out), 0);
            for (const char *line = narrow; *line != '\0'; line += strcspn(line, "\n") + 1)
                if (strcspn(line, "\n") > width && strncmp(line, "  pathaudit ", 12) != 0)
                    fail_msg("too wide for %u: %.*s", width, (int)strcspn(line, "\n"), line);
            squeeze(help);
            squeeze(narrow);
            assert_string_equal(help, narrow);
            free(help);
            free(narrow);
        }
    }
}

static size_t count(const char *text, const char *wanted)
{
    size_t times = 0;
    for (const char *at = strstr(text, wanted); at != NULL; at = strstr(at + 1, wanted))
        times++;
    return times;
}

static void what_is_often_needed_fits_one_screen_and_has_examples(void **state)
{
    (void)state;
    for (unsigned command = 0; command <= COMMAND_COUNT; command++) {
        char *help = help_of((enum command)command, false);
        if (count(help, "\n") > 40)
            fail_msg("more than 40 lines: %s", help);
        if (count(help, "\n  pathaudit ") < (command == COMMAND_AUDIT ? 3 : 2))
            fail_msg("few examples: %s", help);
        free(help);
    }
}

static void who_leaves_something_out_says_where_it_is(void **state)
{
    (void)state;
    for (unsigned command = 0; command < COMMAND_COUNT; command++) {
        char *all = help_of((enum command)command, true), *some = help_of((enum command)command, false);
        bool told = strstr(some, "\nAll options: pathaudit help ") != NULL;
        if (told != (count(some, "\n  ") < count(all, "\n  ")))
            fail_msg("help of %s leaves something out, or does not, and says otherwise", options_commands[command]);
        free(all);
        free(some);
    }
}

/* In the man page a dash is "\-". */
static void every_option_is_in_the_man_page(void **state)
{
    (void)state;
    char *page = calloc(1, 1 << 18), wanted[128];
    FILE *in = fopen("docs/pathaudit.1", "rb");
    assert_non_null(in);
    assert_non_null(page);
    assert_true(fread(page, 1, (1 << 18) - 1, in) > 0);
    fclose(in);
    for (const struct option *option = options_known; option->name != NULL; option++) {
        size_t length = (size_t)snprintf(wanted, sizeof wanted, "\\-\\-");
        for (const char *c = option->name; *c != '\0'; c++)
            length += (size_t)snprintf(wanted + length, sizeof wanted - length, *c == '-' ? "\\-" : "%c", *c);
        if (strstr(page, wanted) == NULL)
            fail_msg("docs/pathaudit.1 lacks %s", wanted);
    }
    for (unsigned command = 0; command < COMMAND_COUNT; command++) {
        snprintf(wanted, sizeof wanted, "\n.B %s\n", options_commands[command]);
        if (strstr(page, wanted) == NULL)
            fail_msg("docs/pathaudit.1 tells nothing of %s", options_commands[command]);
    }
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_option_a_command_takes_is_in_its_help),
        cmocka_unit_test(every_command_is_in_the_help_of_all),
        cmocka_unit_test(no_line_of_help_is_wider_than_a_terminal),
        cmocka_unit_test(a_narrow_terminal_gets_the_same_words_in_shorter_lines),
        cmocka_unit_test(what_is_often_needed_fits_one_screen_and_has_examples),
        cmocka_unit_test(who_leaves_something_out_says_where_it_is),
        cmocka_unit_test(every_option_is_in_the_man_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
