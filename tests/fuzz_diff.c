/* fuzz target of `diff`: an audit as it was written, with other values in some places, as somebody could have changed
 * it by hand or on purpose, is read back and compared with another, both ways; and any bytes as an audit.
 *
 * The input is a list of edits: two bytes choose a value of the document, one what becomes of it: taken out, a copy of
 * another value (two bytes say which), a value of another type, or text (one byte of length, then the text). */
#include "reports/audit_file.h"
#include "reports/diff.h"

#include <stdlib.h>
#include <string.h>

#define BEFORE     "tests/golden/audit-rpc.json"
#define AFTER      "tests/golden/audit-rpc-port-blocked.json"
#define EDITS_MOST 16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t count_values(const json_t *value)
{
    const char *key;
    json_t *member;
    size_t i, count = 1;
    json_object_foreach((json_t *)(uintptr_t)value, key, member) count += count_values(member);
    json_array_foreach(value, i, member) count += count_values(member);
    return count;
}

/* Value number `*left` below `value`, in the order in which they are written. */
static json_t *find(json_t *value, size_t *left)
{
    const char *key;
    json_t *member, *found = NULL;
    size_t i;
    if ((*left)-- == 0)
        return value;
    json_object_foreach(value, key, member) if (found == NULL) found = find(member, left);
    json_array_foreach(value, i, member) if (found == NULL) found = find(member, left);
    return found;
}

static json_t *made(struct bytes *in, json_t *root, size_t values)
{
    static const char *const words[] = {"",
                                        "conforming",
                                        "deviating",
                                        "missing",
                                        "blocked",
                                        "tcp",
                                        "high",
                                        "\x1b[31m",
                                        "10.0.0.1",
                                        "::",
                                        "2026-11-20T09:00:00.000000Z"};
    static const json_int_t numbers[] = {0, 1, -1, 65536, INT64_MAX, INT64_MIN};
    uint8_t what = bytes_u8(in), which = bytes_u8(in);
    size_t other = bytes_le16(in) % values;
    switch (what % 8) {
    case 0:
        return json_integer(numbers[which % 6]);
    case 1:
        return json_string(words[which % (sizeof words / sizeof *words)]);
    case 2:
        return which % 2 == 0 ? json_array() : json_object();
    case 3:
        return which % 2 == 0 ? json_true() : json_null();
    case 4: {
        struct bytes text = bytes_take(in, which < in->left ? which : in->left);
        return json_stringn_nocheck((const char *)text.at, text.left);
    }
    default:
        return json_deep_copy(find(root, &other));
    }
}

/* A member of the value that was chosen, or an item of it. */
static void edit(json_t *root, struct bytes *in)
{
    size_t values = count_values(root), number = bytes_le16(in) % values, left = number;
    json_t *value = find(root, &left), *new = made(in, root, values);
    uint8_t place = bytes_u8(in);
    if (json_is_object(value) && json_object_size(value) > 0) {
        void *at = json_object_iter(value);
        for (size_t i = place % json_object_size(value); i > 0; i--)
            at = json_object_iter_next(value, at);
        if (place >= 224)
            json_object_del(value, json_object_iter_key(at));
        else
            json_object_iter_set(value, at, new);
    } else if (json_is_array(value)) {
        size_t size = json_array_size(value);
        if (place >= 224 && size > 0)
            json_array_remove(value, place % size);
        else if (place >= 128 && size > 0)
            json_array_set(value, place % size, new);
        else
            json_array_append(value, new);
    }
    json_decref(new);
}

static void compare(const json_t *old, const json_t *new, FILE *nowhere)
{
    struct failure failure = {0};
    struct report_options options = {.all = true};
    struct diff *diff = diff_create("old.json", old, "new.json", new, &failure);
    if ((diff == NULL) != failure_any(&failure))
        abort();
    if (diff != NULL) {
        diff_text(diff, &options, nowhere);
        diff_json(diff, &options, nowhere);
    }
    diff_destroy(diff);
}

static json_t *read_back(const char *text, size_t length)
{
    struct failure failure = {0};
    json_t *root = audit_file_read("fuzz", text, length, &failure);
    if ((root == NULL) != failure_any(&failure))
        abort();
    return root;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static json_t *before, *unchanged;
    static FILE *nowhere;
    struct failure failure = {0};
    if (nowhere == NULL) {
        before = audit_file_load(BEFORE, &failure);
        unchanged = audit_file_load(AFTER, &failure);
        nowhere = fopen("/dev/null", "w");
        if (before == NULL || unchanged == NULL || nowhere == NULL)
            abort(); /* to be run where the sources are */
    }
    json_decref(read_back((const char *)data, size));
    json_t *after = json_deep_copy(unchanged);
    struct bytes in = bytes_of(data, size);
    for (unsigned edits = 0; in.left > 5 && edits < EDITS_MOST; edits++)
        edit(after, &in);
    char *text = json_dumps(after, 0);
    json_decref(after);
    if (text == NULL)
        return 0; /* bytes that are no UTF-8 */
    after = read_back(text, strlen(text));
    if (after != NULL) {
        compare(before, after, nowhere);
        compare(after, before, nowhere);
    }
    json_decref(after);
    free(text);
    return 0;
}
