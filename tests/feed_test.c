/* feed: the order of frames over several captures, and captures that grow, on files written here. */
#include "app/feed.h"

#include "base/clock.h"
#include "tests/captures.h"

#define MOST 4000

/* What a feed gave, and what it told: "+name", "-name", "-name cut", in order. */
struct heard {
    struct {
        int64_t second;
        uint64_t number;
        uint8_t source;
    } frames[MOST];
    size_t count;
    char told[4096];
};

static uint8_t block[SOURCE_BLOCK];

static void tell(struct heard *heard, const char *sign, const char *name, const char *more)
{
    size_t length = strlen(heard->told);
    const char *file = strrchr(name, '/');
    snprintf(heard->told + length, sizeof heard->told - length, "%s%s%s ", sign, file != NULL ? file + 1 : name, more);
}

static void opened(void *context, uint8_t number, const char *name)
{
    (void)number;
    tell(context, "+", name, "");
}

static void ended(void *context, uint8_t number, const char *name, const char *cut, uint64_t dropped)
{
    (void)number;
    assert_int_equal(dropped, 0);
    tell(context, "-", name, cut != NULL ? "(cut)" : "");
}

static void noted(void *context, const char *name, const char *what)
{
    tell(context, "!", name, strstr(what, "removed") ? "(removed)" : strstr(what, "begun anew") ? "(anew)" : "");
}

/* Reads on, at most `most` frames at once, until the feed says anything else than that there may be more. */
static enum feed_state hear(struct feed *feed, struct heard *heard, size_t most)
{
    static struct frame frames[SOURCE_FRAMES_MOST];
    struct failure failure = {0};
    enum feed_state state;
    do {
        size_t count;
        state = feed_read(feed, block, frames, most, &count, &failure);
        assert_string_equal(failure.text, "");
        for (size_t i = 0; i < count; i++) {
            uint32_t second;
            assert_true(heard->count < MOST);
            assert_int_equal(frames[i].captured, sizeof second);
            memcpy(&second, frames[i].start, sizeof second); /* the frame holds its own time */
            assert_int_equal(frames[i].time_ns, second * SECOND_NS);
            heard->frames[heard->count].second = second;
            heard->frames[heard->count].number = frames[i].number;
            heard->frames[heard->count++].source = frames[i].source;
        }
    } while (state == FEED_MORE);
    return state;
}

static struct feed *feed_of(struct inputs *inputs, const struct words *words, bool follow, struct heard *heard)
{
    struct failure failure = {0};
    const struct feed_listener listener = {heard, opened, ended, noted};
    memset(heard, 0, sizeof *heard);
    assert_true(inputs_find(inputs, words, follow, true, &failure));
    struct feed *feed = feed_open(inputs, NULL, &listener, &failure);
    assert_non_null(feed);
    return feed;
}

static void hear_folder(struct folder *folder, struct heard *heard, size_t most)
{
    struct inputs inputs;
    struct words words = {.items = {folder->path}, .count = 1};
    struct feed *feed = feed_of(&inputs, &words, false, heard);
    assert_int_equal(hear(feed, heard, most), FEED_END);
    feed_close(feed);
    inputs_fini(&inputs);
}

static void assert_seconds(const struct heard *heard, const uint32_t *seconds)
{
    size_t i = 0;
    for (; seconds[i] != 0; i++) {
        assert_true(i < heard->count);
        assert_int_equal(heard->frames[i].second, seconds[i]);
    }
    assert_int_equal(heard->count, i);
}

#define SECONDS(heard, ...) assert_seconds(heard, (const uint32_t[]){__VA_ARGS__, 0})

static void files_one_after_the_other_are_open_one_at_a_time(void **state)
{
    (void)state;
    static struct heard heard;
    struct folder folder;
    folder_begin(&folder);
    CAPTURE(&folder, "a", 30, 31);
    CAPTURE(&folder, "b", 10, 11);
    CAPTURE(&folder, "c", 20);
    hear_folder(&folder, &heard, 1000);
    SECONDS(&heard, 10, 11, 20, 30, 31);
    assert_string_equal(heard.told, "+b -b +c -c +a -a ");
    assert_int_equal(heard.frames[4].number, 2); /* in its own file */
    folder_end(&folder);
}

static void captures_of_the_same_time_are_interleaved(void **state)
{
    (void)state;
    static struct heard heard;
    for (size_t most = 1; most < 10; most++) {
        struct folder folder;
        folder_begin(&folder);
        CAPTURE(&folder, "a", 10, 20, 30, 40, 70, 71);
        CAPTURE(&folder, "b", 15, 20, 35);
        CAPTURE(&folder, "c", 32, 50, 60);
        hear_folder(&folder, &heard, most);
        SECONDS(&heard, 10, 15, 20, 20, 30, 32, 35, 40, 50, 60, 70, 71);
        assert_int_equal(heard.frames[2].source, 0); /* of equals the one that began first */
        assert_int_equal(heard.frames[3].source, 1);
        assert_int_equal(heard.frames[3].number, 2);
        assert_int_equal(heard.frames[11].source, 0);
        assert_int_equal(heard.frames[11].number, 6);
        folder_end(&folder);
    }
}

static void the_order_within_a_file_is_never_changed(void **state)
{
    (void)state;
    static struct heard heard;
    struct folder folder;
    folder_begin(&folder);
    CAPTURE(&folder, "a", 10, 50, 20, 60);
    CAPTURE(&folder, "b", 30, 55);
    hear_folder(&folder, &heard, 100);
    SECONDS(&heard, 10, 30, 50, 20, 55, 60);
    folder_end(&folder);
}

static void more_captures_of_the_same_time_than_can_be_open_are_read_all_the_same(void **state)
{
    (void)state;
    static struct heard heard;
    struct folder folder;
    folder_begin(&folder);
    for (uint32_t i = 0; i < 200; i++) {
        char name[16];
        snprintf(name, sizeof name, "f%u", i);
        CAPTURE(&folder, name, 1000 + i, 2000 + i, 3000 + i);
    }
    hear_folder(&folder, &heard, 1000);
    assert_int_equal(heard.count, 600);
    for (size_t i = 0; i < heard.count; i++)
        assert_true(heard.frames[i].source < SOURCES_AT_ONCE);
    folder_end(&folder);
}

static void a_capture_that_is_cut_off_does_not_keep_others_from_being_read(void **state)
{
    (void)state;
    static struct heard heard;
    struct folder folder;
    folder_begin(&folder);
    CAPTURE(&folder, "a", 10, 11, 12);
    CAPTURE(&folder, "b", 20);
    assert_int_equal(truncate(folder_name(&folder, "a"), 24 + 2 * 20 + 7), 0);
    hear_folder(&folder, &heard, 1000);
    SECONDS(&heard, 10, 11, 20);
    assert_string_equal(heard.told, "+a -a(cut) +b -b ");
    folder_end(&folder);
}

static void going_through_the_inputs_again_gives_the_same(void **state)
{
    (void)state;
    static struct heard first, second;
    struct folder folder;
    folder_begin(&folder);
    CAPTURE(&folder, "a", 10, 20, 30);
    CAPTURE(&folder, "b", 15, 16, 40);
    struct inputs inputs;
    struct words words = {.items = {folder.path}, .count = 1};
    struct feed *feed = feed_of(&inputs, &words, false, &first);
    hear(feed, &first, 2);
    feed_close(feed);
    struct failure failure = {0};
    feed = feed_open(&inputs, NULL, &(const struct feed_listener){0}, &failure);
    assert_non_null(feed);
    hear(feed, &second, 3);
    feed_close(feed);
    assert_int_equal(first.count, second.count);
    assert_memory_equal(first.frames, second.frames, first.count * sizeof first.frames[0]);
    inputs_fini(&inputs);
    folder_end(&folder);
}

/* ---- what grows ---- */

/* Writes `bytes` more of what a whole file would be. */
static void append(struct folder *folder, const char *file, const uint8_t *bytes, size_t length)
{
    FILE *stream = fopen(folder_name(folder, file), "ab");
    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, length, stream), length);
    assert_int_equal(fclose(stream), 0);
}

/* Asks again until frames came or half a minute is over: folders are looked at only once in a while. */
static enum feed_state await(struct feed *feed, struct heard *heard, size_t frames)
{
    enum feed_state state = FEED_IDLE;
    for (int i = 0; i < 3000 && state == FEED_IDLE; i++) {
        state = hear(feed, heard, 100);
        if (heard->count >= frames)
            return state;
        usleep(10000);
    }
    return state;
}

static void a_file_that_grows_byte_by_byte_gives_each_frame_when_it_is_whole(void **state)
{
    (void)state;
    static struct heard heard;
    static uint8_t whole[4096];
    for (int is_pcapng = 0; is_pcapng < 2; is_pcapng++) {
        struct folder folder;
        struct file f;
        folder_begin(&folder);
        f = (struct file){.stream = fopen(folder_name(&folder, "whole"), "w+b")};
        if (is_pcapng) {
            file_section(&f);
            file_interface(&f, 1, 0, 0, 0);
        } else {
            file_pcap_head(&f, 0xa1b2c3d4, 1);
        }
        for (uint32_t i = 1; i <= 5; i++)
            if (is_pcapng)
                file_enhanced(&f, 0, (uint64_t)i * 1000000, &i, sizeof i, 60);
            else
                file_pcap_record(&f, i, 0, &i, sizeof i, 60);
        rewind(f.stream);
        size_t length = fread(whole, 1, sizeof whole, f.stream);
        fclose(f.stream);
        unlink(folder_name(&folder, "whole"));
        folder_text(&folder, "growing", "");
        struct inputs inputs;
        struct words words = {.items = {folder_name(&folder, "growing")}, .count = 1};
        struct feed *feed = feed_of(&inputs, &words, true, &heard);
        size_t before = length - 60;
        append(&folder, "growing", whole, before);
        words.items[0] = folder_name(&folder, "growing");
        assert_int_equal(await(feed, &heard, 2), FEED_IDLE);
        for (; before < length; before++) {
            append(&folder, "growing", whole + before, 1);
            assert_int_equal(hear(feed, &heard, 100), FEED_IDLE);
        }
        SECONDS(&heard, 1, 2, 3, 4, 5);
        assert_string_equal(heard.told, "+growing ");
        unlink(folder_name(&folder, "growing"));
        assert_int_equal(await(feed, &heard, 6), FEED_END);
        assert_string_equal(heard.told, "+growing !growing(removed) -growing ");
        feed_close(feed);
        inputs_fini(&inputs);
        folder_end(&folder);
    }
}

/* The file "a" from its beginning, with a frame a second of `seconds`. */
static void write_again(struct folder *folder, bool is_pcapng, const uint32_t *seconds)
{
    struct file f = {.stream = fopen(folder_name(folder, "a"), "wb")};
    assert_non_null(f.stream);
    if (is_pcapng) {
        file_section(&f);
        file_interface(&f, 1, 0, 0, 0);
    } else {
        file_pcap_head(&f, 0xa1b2c3d4, 1);
    }
    for (; *seconds != 0; seconds++)
        if (is_pcapng)
            file_enhanced(&f, 0, (uint64_t)*seconds * 1000000, seconds, sizeof *seconds, 60);
        else
            file_pcap_record(&f, *seconds, 0, seconds, sizeof *seconds, 60);
    assert_int_equal(fclose(f.stream), 0);
}

static void a_file_that_was_begun_anew_is_known_also_when_it_is_longer_than_before(void **state)
{
    (void)state;
    static struct heard heard;
    static const uint32_t before[] = {10, 11, 12, 0}, shorter[] = {20, 0}, as_long[] = {20, 21, 22, 0},
                          longer[] = {20, 21, 22, 23, 24, 0}, *const again[] = {shorter, as_long, longer};
    for (size_t i = 0; i < 2 * sizeof again / sizeof *again; i++) {
        struct folder folder;
        struct inputs inputs;
        char path[256];
        folder_begin(&folder);
        write_again(&folder, i % 2, (const uint32_t[]){10, 0});
        snprintf(path, sizeof path, "%s", folder_name(&folder, "a"));
        struct words words = {.items = {path}, .count = 1};
        struct feed *feed = feed_of(&inputs, &words, true, &heard);
        assert_int_equal(await(feed, &heard, 1), FEED_IDLE);
        write_again(&folder, i % 2, before); /* the same, and more behind it: it went on */
        assert_int_equal(await(feed, &heard, 3), FEED_IDLE);
        write_again(&folder, i % 2, again[i / 2]);
        assert_int_equal(await(feed, &heard, 4), FEED_END);
        SECONDS(&heard, 10, 11, 12);
        assert_string_equal(heard.told, "+a !a(anew) -a ");
        feed_close(feed);
        inputs_fini(&inputs);
        folder_end(&folder);
    }
}

static void a_file_of_a_folder_that_was_begun_anew_is_read_from_its_beginning(void **state)
{
    (void)state;
    static struct heard heard;
    struct folder folder;
    struct inputs inputs;
    folder_begin(&folder);
    write_again(&folder, false, (const uint32_t[]){10, 11, 0});
    struct words words = {.items = {folder.path}, .count = 1};
    struct feed *feed = feed_of(&inputs, &words, true, &heard);
    assert_int_equal(await(feed, &heard, 2), FEED_IDLE);
    write_again(&folder, false, (const uint32_t[]){20, 21, 22, 23, 0});
    assert_int_equal(await(feed, &heard, 6), FEED_IDLE);
    SECONDS(&heard, 10, 11, 20, 21, 22, 23);
    assert_string_equal(heard.told, "+a -a +a ");
    feed_close(feed);
    inputs_fini(&inputs);
    folder_end(&folder);
}

static void a_file_that_is_damaged_while_it_grows_is_read_no_further(void **state)
{
    (void)state;
    static struct heard heard;
    struct folder folder;
    struct inputs inputs;
    uint8_t damage[64];
    memset(damage, 0xff, sizeof damage);
    folder_begin(&folder);
    CAPTURE(&folder, "a", 10, 11);
    char path[256];
    snprintf(path, sizeof path, "%s", folder_name(&folder, "a"));
    struct words words = {.items = {path}, .count = 1};
    struct feed *feed = feed_of(&inputs, &words, true, &heard);
    assert_int_equal(await(feed, &heard, 2), FEED_IDLE);
    append(&folder, "a", damage, sizeof damage);
    assert_int_equal(await(feed, &heard, 3), FEED_END);
    assert_string_equal(heard.told, "+a -a(cut) ");
    feed_close(feed);
    inputs_fini(&inputs);
    /* In a folder another capture may come. */
    words.items[0] = folder.path;
    feed = feed_of(&inputs, &words, true, &heard);
    for (int i = 0; i < 5; i++)
        assert_int_equal(await(feed, &heard, 2), FEED_IDLE);
    CAPTURE(&folder, "b", 20);
    assert_int_equal(await(feed, &heard, 3), FEED_IDLE);
    assert_string_equal(heard.told, "+a -a(cut) +b ");
    feed_close(feed);
    inputs_fini(&inputs);
    folder_end(&folder);
}

static void a_ring_goes_on_with_its_next_file_also_where_it_uses_a_name_again(void **state)
{
    (void)state;
    static struct heard heard;
    struct folder folder;
    struct inputs inputs;
    folder_begin(&folder);
    CAPTURE(&folder, "ring0", 10, 11);
    CAPTURE(&folder, "ring1", 20);
    struct words words = {.items = {folder.path}, .count = 1};
    struct feed *feed = feed_of(&inputs, &words, true, &heard);
    assert_int_equal(await(feed, &heard, 3), FEED_IDLE);
    CAPTURE(&folder, "ring1", 20, 21); /* as if written on */
    assert_int_equal(await(feed, &heard, 4), FEED_IDLE);
    CAPTURE(&folder, "ring2", 30);
    assert_int_equal(await(feed, &heard, 5), FEED_IDLE);
    CAPTURE(&folder, "ring0", 40, 41);
    assert_int_equal(await(feed, &heard, 7), FEED_IDLE);
    SECONDS(&heard, 10, 11, 20, 21, 30, 40, 41);
    assert_string_equal(heard.told, "+ring0 -ring0 +ring1 -ring1 +ring2 -ring2 +ring0 ");
    feed_close(feed);
    inputs_fini(&inputs);
    folder_end(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_one_after_the_other_are_open_one_at_a_time),
        cmocka_unit_test(captures_of_the_same_time_are_interleaved),
        cmocka_unit_test(the_order_within_a_file_is_never_changed),
        cmocka_unit_test(more_captures_of_the_same_time_than_can_be_open_are_read_all_the_same),
        cmocka_unit_test(a_capture_that_is_cut_off_does_not_keep_others_from_being_read),
        cmocka_unit_test(going_through_the_inputs_again_gives_the_same),
        cmocka_unit_test(a_file_that_grows_byte_by_byte_gives_each_frame_when_it_is_whole),
        cmocka_unit_test(a_file_that_was_begun_anew_is_known_also_when_it_is_longer_than_before),
        cmocka_unit_test(a_file_of_a_folder_that_was_begun_anew_is_read_from_its_beginning),
        cmocka_unit_test(a_file_that_is_damaged_while_it_grows_is_read_no_further),
        cmocka_unit_test(a_ring_goes_on_with_its_next_file_also_where_it_uses_a_name_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
