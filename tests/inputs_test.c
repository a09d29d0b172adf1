/* inputs: what -r names, on folders written here. */
#include "app/inputs.h"

#include "base/clock.h"
#include "tests/captures.h"

static struct words words_of(const char *first, const char *second)
{
    struct words words = {.items = {first, second}, .count = second != NULL ? 2 : 1};
    return words;
}

static void find(struct inputs *inputs, const struct words *words, bool follow)
{
    struct failure failure = {0};
    assert_true(inputs_find(inputs, words, follow, true, &failure));
    assert_false(failure_any(&failure));
}

static void assert_named(const struct inputs *inputs, size_t i, const char *end)
{
    assert_true(i < inputs->count);
    const char *name = inputs->items[i].name;
    assert_true(strlen(name) > strlen(end));
    assert_string_equal(name + strlen(name) - strlen(end), end);
}

static void assert_refused(const struct words *words, bool follow, const char *reason, unsigned problems)
{
    struct inputs inputs;
    struct failure failure = {0};
    assert_false(inputs_find(&inputs, words, follow, true, &failure));
    assert_int_equal(failure.count, problems);
    assert_non_null(strstr(failure.text, reason));
    inputs_fini(&inputs);
}

static void the_captures_of_a_folder_are_in_order_of_their_first_packets(void **state)
{
    (void)state;
    struct folder folder;
    struct inputs inputs;
    folder_begin(&folder);
    CAPTURE(&folder, "ring0", 50, 51);
    CAPTURE(&folder, "ring1", 60);
    CAPTURE(&folder, "ring2", 30, 90);
    assert_int_equal(mkdir(folder_name(&folder, "below"), 0700), 0);
    CAPTURE(&folder, "below/old", 10);
    struct words words = words_of(folder.path, NULL);
    find(&inputs, &words, false);
    assert_int_equal(inputs.count, 4);
    assert_named(&inputs, 0, "/below/old");
    assert_named(&inputs, 1, "/ring2");
    assert_named(&inputs, 2, "/ring0");
    assert_named(&inputs, 3, "/ring1");
    assert_int_equal(inputs.items[1].first_ns, 30 * SECOND_NS);
    assert_int_equal(inputs.bytes, 4 * 24 + 6 * 20);
    inputs_fini(&inputs);
    folder_end(&folder);
}

static void what_is_no_capture_in_a_folder_is_passed_over(void **state)
{
    (void)state;
    struct folder folder, other;
    struct inputs inputs;
    folder_begin(&folder);
    folder_begin(&other);
    CAPTURE(&folder, "a.pcap", 10);
    CAPTURE(&folder, ".hidden.pcap", 11);
    CAPTURE(&folder, "header-only.pcap", 0);
    CAPTURE(&other, "beyond-a-link.pcap", 12);
    folder_text(&folder, "empty.pcap", "");
    folder_text(&folder, "notes.txt", "this is no capture");
    assert_int_equal(symlink(folder.path, folder_name(&folder, "loop")), 0);
    assert_int_equal(symlink(other.path, folder_name(&folder, "elsewhere")), 0);
    assert_int_equal(symlink("/nowhere", folder_name(&folder, "dead")), 0);
    assert_int_equal(mkfifo(folder_name(&folder, "pipe"), 0600),
                     0); /* nobody writes to it: to open it would be to wait */
    struct words words = words_of(folder.path, NULL);
    find(&inputs, &words, false);
    assert_int_equal(inputs.count, 1);
    assert_named(&inputs, 0, "/a.pcap");
    inputs_fini(&inputs);
    folder_end(&folder);
    folder_end(&other);
}

static void a_file_named_twice_is_read_once_whatever_its_names(void **state)
{
    (void)state;
    struct folder folder;
    struct inputs inputs;
    char path[256];
    folder_begin(&folder);
    CAPTURE(&folder, "a.pcap", 10);
    assert_int_equal(symlink("a.pcap", folder_name(&folder, "link.pcap")), 0);
    snprintf(path, sizeof path, "%s/./a.pcap", folder.path);
    struct words words = words_of(path, folder.path);
    find(&inputs, &words, false);
    assert_int_equal(inputs.count, 1);
    assert_string_equal(inputs.items[0].name, path); /* as it was named first */
    assert_int_equal(inputs.bytes, 24 + 20);
    inputs_fini(&inputs);
    folder_end(&folder);
}

static void a_packed_copy_beside_its_capture_is_passed_over_and_one_alone_is_not(void **state)
{
    (void)state;
    struct folder folder;
    struct inputs inputs;
    char command[256];
    folder_begin(&folder);
    CAPTURE(&folder, "a.pcap", 10);
    CAPTURE(&folder, "b.pcap", 20);
    snprintf(command, sizeof command, "gzip -k %s/a.pcap && gzip %s/b.pcap", folder.path, folder.path);
    assert_int_equal(system(command), 0);
    struct words words = words_of(folder.path, NULL);
    find(&inputs, &words, false);
    assert_int_equal(inputs.count, 2);
    assert_named(&inputs, 0, "/a.pcap");
    assert_named(&inputs, 1, "/b.pcap.gz");
    assert_true(inputs.items[1].is_packed);
    assert_int_equal(inputs.items[1].first_ns, 20 * SECOND_NS);
    inputs_fini(&inputs);
    folder_end(&folder);
}

static void files_that_are_named_have_to_be_captures_and_all_that_are_not_are_told(void **state)
{
    (void)state;
    struct folder folder, none;
    char path[256];
    folder_begin(&folder);
    folder_begin(&none);
    folder_text(&folder, "notes.txt", "this is no capture");
    snprintf(path, sizeof path, "%s/notes.txt", folder.path);
    struct words both = words_of(path, "/tmp/no/such/file.pcap"), empty = words_of(none.path, NULL);
    assert_refused(&both, false, "notes.txt: is no capture file", 2);
    assert_refused(&both, false, "/tmp/no/such/file.pcap: cannot be opened", 2);
    assert_refused(&empty, false, "there is no capture with packets in this folder", 1);
    struct inputs inputs;
    find(&inputs, &empty, true); /* what is followed may still come */
    assert_int_equal(inputs.count, 0);
    inputs_fini(&inputs);
    folder_end(&folder);
    folder_end(&none);
}

static void what_is_packed_cannot_be_followed(void **state)
{
    (void)state;
    struct folder folder;
    char command[256];
    folder_begin(&folder);
    CAPTURE(&folder, "a.pcap", 10);
    snprintf(command, sizeof command, "gzip %s/a.pcap", folder.path);
    assert_int_equal(system(command), 0);
    struct words words = words_of(folder_name(&folder, "a.pcap.gz"), NULL);
    assert_refused(&words, true, "a.pcap.gz: is compressed; only a file as it is written can be followed", 1);
    folder_end(&folder);
}

static void the_next_capture_of_a_ring_is_the_earliest_after_the_last(void **state)
{
    (void)state;
    struct folder folder;
    struct inputs inputs;
    folder_begin(&folder);
    CAPTURE(&folder, "ring0", 40);
    struct words words = words_of(folder.path, NULL);
    find(&inputs, &words, true);
    assert_false(inputs_find_newer(&inputs, 0, 40 * SECOND_NS, INT64_MIN));
    CAPTURE(&folder, "ring1", 70);
    CAPTURE(&folder, "ring2", 60);
    CAPTURE(&folder, "ring3", 20);
    assert_true(inputs_find_newer(&inputs, 0, 40 * SECOND_NS, INT64_MIN));
    assert_int_equal(inputs.count, 2);
    assert_named(&inputs, 1, "/ring2");
    assert_false(inputs_find_newer(&inputs, 0, 40 * SECOND_NS, INT64_MAX)); /* nothing was written since */
    CAPTURE(&folder, "ring0", 80);                                          /* goes round */
    assert_true(inputs_find_newer(&inputs, 0, 70 * SECOND_NS, INT64_MIN));
    assert_named(&inputs, 2, "/ring0");
    inputs_fini(&inputs);
    folder_end(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_captures_of_a_folder_are_in_order_of_their_first_packets),
        cmocka_unit_test(what_is_no_capture_in_a_folder_is_passed_over),
        cmocka_unit_test(a_file_named_twice_is_read_once_whatever_its_names),
        cmocka_unit_test(a_packed_copy_beside_its_capture_is_passed_over_and_one_alone_is_not),
        cmocka_unit_test(files_that_are_named_have_to_be_captures_and_all_that_are_not_are_told),
        cmocka_unit_test(what_is_packed_cannot_be_followed),
        cmocka_unit_test(the_next_capture_of_a_ring_is_the_earliest_after_the_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
