/* Reading YAML that is broken or hostile: one clear message with its place, never a crash, always an end. */
#include "audit/yaml.h"

#include "tests/cmocka_all.h"
#include "tests/user_file.h"

static void assert_refused_bytes(const void *bytes, size_t length, const char *problems)
{
    struct failure failure = {.count = 0};
    struct yaml yaml;
    struct arena *arena = arena_create();
    user_file_bytes("y.yaml", bytes, length);
    assert_false(yaml_read(&yaml, "y.yaml", arena, &failure));
    assert_string_equal(failure.text, problems);
    arena_destroy(arena);
}

static void assert_refused(const char *text, const char *problems)
{
    assert_refused_bytes(text, strlen(text), problems);
}

static void every_node_knows_where_it_stood(void **state)
{
    (void)state;
    struct failure failure = {.count = 0};
    struct yaml yaml;
    struct arena *arena = arena_create();
    user_file("y.yaml", "# comment\na: one\nb:\n  - two\n  - {c: 3, d: }\ne: >-\n  four\n  five\n");
    assert_true(yaml_read(&yaml, "y.yaml", arena, &failure));
    const struct yaml_node *root = yaml.root;
    assert_int_equal(root->kind, YAML_MAPPING);
    assert_int_equal(root->count, 3);
    assert_string_equal(root->first->text, "one");
    assert_int_equal(root->first->line, 2);
    assert_int_equal(root->first->column, 4);
    assert_string_equal(root->first->key, "a");
    assert_int_equal(root->first->name->column, 1);
    const struct yaml_node *list = root->first->next;
    assert_int_equal(list->kind, YAML_LIST);
    assert_int_equal(list->line, 4);
    assert_int_equal(list->column, 3);
    assert_string_equal(list->first->key, "b");
    const struct yaml_node *inner = list->first->next;
    assert_int_equal(inner->kind, YAML_MAPPING);
    assert_int_equal(inner->column, 5);
    assert_string_equal(inner->first->key, "c");
    assert_string_equal(inner->first->next->text, "");
    assert_string_equal(list->next->text, "four five");
    arena_destroy(arena);
}

static void broken_syntax_is_told_with_its_place(void **state)
{
    (void)state;
    assert_refused("a: [1, 2\nb: }\n", "y.yaml:2:4: not YAML: mismatched flow mapping end");
    assert_refused("a: 1\n\tb: 2\n", "y.yaml:1:4: not YAML: invalid multiline plain key");
}

#define EMPTY "y.yaml: is empty; a site begins with 'site: NAME', a table with 'table: NAME'"

static void an_empty_file_is_told(void **state)
{
    (void)state;
    assert_refused("", EMPTY);
    assert_refused("# only a comment\n", EMPTY);
}

static void a_file_that_cannot_be_read_is_told(void **state)
{
    (void)state;
    struct failure failure = {.count = 0};
    struct yaml yaml;
    struct arena *arena = arena_create();
    assert_false(yaml_read(&yaml, "nowhere.yaml", arena, &failure));
    assert_false(yaml_read(&yaml, ".", arena, &failure));
    assert_string_equal(failure.text, "nowhere.yaml: cannot be read: No such file or directory\n"
                                      ".: cannot be read: Is a directory");
    arena_destroy(arena);
}

static void what_our_files_do_not_need_is_refused(void **state)
{
    (void)state;
    static const char unused[] = "anchors (&), aliases (*) and tags (!) are not used here; write the value itself, in "
                                 "quotes if it begins so";
    char problem[256];
    snprintf(problem, sizeof problem, "y.yaml:1:7: %s", unused);
    assert_refused("a: &x 1\nb: *x\n", problem);
    snprintf(problem, sizeof problem, "y.yaml:1:10: %s", unused);
    assert_refused("a: !!int 1\n", problem);
    assert_refused("a: 1\n---\nb: 2\n", "y.yaml:2:1: a second document (---) begins here; a file holds one");
    assert_refused("? [a]\n: b\n", "y.yaml:1:3: a list or mapping stands where a key is wanted; write a word");
}

static void a_laugh_of_a_billion_aliases_ends_at_the_first(void **state)
{
    (void)state;
    assert_refused("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
                   "y.yaml:1:7: anchors (&), aliases (*) and tags (!) are not used here; write the value itself, in "
                   "quotes if it begins so");
}

static void deep_nesting_is_refused(void **state)
{
    (void)state;
    char text[4001];
    memset(text, '[', 4000);
    text[4000] = '\0';
    assert_refused(text, "y.yaml:1:25: too many lists and mappings within each other");
    for (size_t i = 0; i < 4000; i += 2)
        memcpy(text + i, "- ", 2);
    assert_refused(text, "y.yaml:1:49: too many lists and mappings within each other");
}

static void what_is_no_text_is_refused(void **state)
{
    (void)state;
    assert_refused_bytes("a: b\nc: \0d\n", 11, "y.yaml:2:4: a control character stands here; write plain text");
    assert_refused("a: \x1b[31m\n", "y.yaml:1:4: a control character stands here; write plain text");
    assert_refused("a: \"\\e[31m\"\n", "y.yaml:1:5: a control character stands here; write plain text");
    assert_refused("\xc3\xa4: \xff\n", "y.yaml:1:4: this is not text in UTF-8");
    assert_refused("a: \xc2\x9b\n", "y.yaml:1:4: a control character stands here; write plain text");
    assert_refused("a: \xe2\x82", "y.yaml:1:4: this is not text in UTF-8");
}

/* Every prefix and many one-byte changes of a real table: read or refused with a message, under the sanitizers. */
static void damaged_tables_end_in_nodes_or_a_message(void **state)
{
    (void)state;
    static const char sound[] =
        "table: t # c\npaths:\n  - id: a\n    from: [hub, \"ed\\x41\"]\n    n: {a: 'b''c', ? d}\n"
        "    note: >-\n      x\n\n      y\n  - {}\n";
    char text[sizeof sound];
    uint32_t random = 1;
    for (size_t round = 0; round < 4000; round++) {
        bool cut = round < sizeof sound - 1;
        size_t length = cut ? round : sizeof sound - 1;
        memcpy(text, sound, sizeof sound);
        for (size_t i = 0; !cut && i < 3; i++) {
            random = random * 1664525 + 1013904223;
            text[(random >> 8) % length] = " \n\t:-[]{}'\"#&*!|>%@?,\\\x80"[(random >> 24) % 23];
        }
        struct failure failure = {.count = 0};
        struct yaml yaml;
        struct arena *arena = arena_create();
        user_file_bytes("y.yaml", text, length);
        bool good = yaml_read(&yaml, "y.yaml", arena, &failure);
        assert_int_equal(good, failure.count == 0);
        assert_int_equal(good, failure.text[0] == '\0');
        arena_destroy(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_node_knows_where_it_stood),
        cmocka_unit_test(broken_syntax_is_told_with_its_place),
        cmocka_unit_test(an_empty_file_is_told),
        cmocka_unit_test(a_file_that_cannot_be_read_is_told),
        cmocka_unit_test(what_our_files_do_not_need_is_refused),
        cmocka_unit_test(a_laugh_of_a_billion_aliases_ends_at_the_first),
        cmocka_unit_test(deep_nesting_is_refused),
        cmocka_unit_test(what_is_no_text_is_refused),
        cmocka_unit_test(damaged_tables_end_in_nodes_or_a_message),
    };
    return cmocka_run_group_tests(tests, user_files_begin, user_files_end);
}
