/* The page: nothing that was on the wire can end the script element that holds the audit, and it stays the same JSON.
 */
#include "tests/cmocka_all.h"

#include "reports/audit_file.h"
#include "reports/html.h"
#include "tests/audit_fixture.h"

/* `text` as it is written inside the script element, in pieces of `size` bytes; on the heap. */
static char *inside(const char *text, size_t size)
{
    char *written = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&written, &length);
    assert_non_null(out);
    FILE *stream = html_inside_script(out);
    assert_non_null(stream);
    for (size_t i = 0; i < strlen(text); i += size) {
        fwrite(text + i, 1, strlen(text) - i < size ? strlen(text) - i : size, stream);
        fflush(stream);
    }
    assert_int_equal(fclose(stream), 0);
    fclose(out);
    return written;
}

static void assert_inside(const char *text, const char *wanted)
{
    for (size_t size = 1; size <= strlen(text) + 1; size++) {
        char *written = inside(text, size);
        assert_string_equal(written, wanted);
        free(written);
    }
}

static void markup_is_written_as_escapes(void **state)
{
    (void)state;
    assert_inside("\"</script><!--<ScRipt>&amp;\"",
                  "\"\\u003c/script\\u003e\\u003c!--\\u003cScRipt\\u003e\\u0026amp;\"");
}

static void line_separators_are_escapes_and_their_neighbours_stay(void **state)
{
    (void)state;
    assert_inside("a\xe2\x80\xa8z\xe2\x80\xa9", "a\\u2028z\\u2029");
    assert_inside("\xe2\x80\x94\xe2\x82\xac", "\xe2\x80\x94\xe2\x82\xac");
    assert_inside("\xe2\xe2\x80\xa8", "\xe2\\u2028");
    assert_inside("\xe2\x80\xe2\x80\xa9", "\xe2\x80\\u2029");
    assert_inside("end\xe2\x80", "end\xe2\x80");
}

static json_t *loaded(const char *text, struct failure *failure)
{
    json_t *root = audit_file_read("page.html", text, strlen(text), failure);
    if (root == NULL)
        fail_msg("%s", failure->text);
    return root;
}

static char *site_written(fixture_writer *write)
{
    struct fixture fixture;
    fixture_init(&fixture);
    char *text = fixture_written(write, &fixture.audit, (struct report_options){.version = "</script>\xe2\x80\xa8"});
    fixture_fini(&fixture);
    return text;
}

static void a_page_holds_the_same_audit_as_json_does(void **state)
{
    (void)state;
    struct failure failure = {0};
    char *page = site_written(report_html), *text = site_written(report_json);
    json_t *from_page = loaded(page, &failure), *from_json = loaded(text, &failure);
    assert_true(json_equal(from_page, from_json));
    json_decref(from_page);
    json_decref(from_json);
    free(page);
    free(text);
}

static size_t times(const char *text, const char *word)
{
    size_t n = 0;
    for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word))
        n++;
    return n;
}

static void a_page_fetches_nothing_and_runs_nothing_but_its_own(void **state)
{
    (void)state;
    char *page = site_written(report_html);
    assert_int_equal(strncmp(page, "<!doctype html>", 15), 0);
    assert_non_null(strstr(page, "default-src 'none'; script-src 'sha256-"));
    assert_non_null(strstr(page, "style-src 'sha256-"));
    assert_null(strstr(page, "unsafe"));
    assert_null(strstr(page, "@AUDIT@"));
    assert_null(strstr(page, "@POLICY@"));
    assert_null(strstr(page, " src="));
    assert_int_equal(times(page, "</script>"), 2); /* the audit and the program */
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(markup_is_written_as_escapes),
        cmocka_unit_test(line_separators_are_escapes_and_their_neighbours_stay),
        cmocka_unit_test(a_page_holds_the_same_audit_as_json_does),
        cmocka_unit_test(a_page_fetches_nothing_and_runs_nothing_but_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
