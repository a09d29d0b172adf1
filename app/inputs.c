/* inputs: each word of -r is looked at, folders are walked through (folders.h), and what are captures is put in order.
 * No file stays open: there may be more of them than a process may open. */
#include "app/inputs.h"

#include "app/folders.h"
#include "app/notice.h"
#include "base/room.h"
#include "capture/look.h"
#include "capture/source.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is told ---- */

/* "2 empty, 1 hidden": parts of a sentence. */
struct sentence {
    char text[1024];
    size_t length;
};

__attribute__((format(printf, 2, 3))) static void sentence_add(struct sentence *sentence, const char *format, ...)
{
    size_t room = sizeof sentence->text - sentence->length;
    if (sentence->length > 0 && room > 2) {
        memcpy(sentence->text + sentence->length, ", ", 3);
        sentence->length += 2;
        room -= 2;
    }
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(sentence->text + sentence->length, room, format, arguments);
    va_end(arguments);
    if (n > 0)
        sentence->length += (size_t)n < room ? (size_t)n : room - 1;
}

/* Of the files in a folder those that are not read. */
struct passed_over {
    size_t others, empty, unreadable;
    const char *one_other, *one_unreadable; /* borrowed from the list of files */
};

static void tell_passed_over(const struct folder_files *files, const struct passed_over *over, const char *folder,
                             size_t captures)
{
    struct sentence sentence = {.length = 0};
    if (over->others > 0)
        sentence_add(&sentence, "%zu that %s no capture%s (%s%s)", over->others, over->others == 1 ? "is" : "are",
                     over->others == 1 ? "" : "s", over->one_other, over->others == 1 ? "" : " ...");
    if (over->empty > 0)
        sentence_add(&sentence, "%zu without packets", over->empty);
    if (over->unreadable > 0)
        sentence_add(&sentence, "%zu that cannot be read (%s)", over->unreadable, over->one_unreadable);
    if (files->hidden > 0)
        sentence_add(&sentence, "%zu hidden", files->hidden);
    if (files->links > 0)
        sentence_add(&sentence, "%zu link%s to a folder", files->links, files->links == 1 ? "" : "s");
    if (files->too_deep > 0)
        sentence_add(&sentence, "%zu folder%s too deep below", files->too_deep, files->too_deep == 1 ? "" : "s");
    if (files->no_files > 0)
        sentence_add(&sentence, "%zu pipe%s or device%s", files->no_files, files->no_files == 1 ? "" : "s",
                     files->no_files == 1 ? "" : "s");
    if (files->unreadable > 0)
        sentence_add(&sentence, "%zu folder%s that cannot be read (%s)", files->unreadable,
                     files->unreadable == 1 ? "" : "s", files->one_unreadable != NULL ? files->one_unreadable : "");
    if (sentence.length > 0)
        notice_say("%s: %zu capture%s; passed over: %s", folder, captures, captures == 1 ? "" : "s", sentence.text);
}

/* ---- gathering ---- */

static bool add(struct inputs *inputs, const char *path, size_t word, bool in_folder, const struct look *look)
{
    struct input *items = room_for_one(inputs->items, inputs->count, &inputs->room, sizeof *items, 16);
    if (items == NULL)
        return false;
    inputs->items = items;
    char *own = strdup(path);
    if (own == NULL)
        return false;
    bool is_pipe = look->like == LOOKS_LIKE_PIPE;
    inputs->items[inputs->count] = (struct input){
        .path = own,
        .name = strcmp(own, "-") == 0 ? "standard input" : own,
        .word = word,
        .turn = inputs->count,
        .is_pipe = is_pipe,
        .in_folder = in_folder,
        .is_packed = look->packed,
        .first_ns = look->like == LOOKS_LIKE_CAPTURE ? look->first_ns : INT64_MIN,
        .bytes = is_pipe ? 0 : look->bytes,
        .change_ns = look->change_ns,
        .device = look->device,
        .number = look->number,
    };
    inputs->count++;
    return true;
}

static bool add_folder(struct inputs *inputs, size_t word, struct failure *failure)
{
    const char *folder = inputs->words->items[word];
    struct folder_files files;
    struct passed_over over = {0};
    size_t before = inputs->count;
    bool ok = folder_list(&files, folder, failure);
    for (size_t i = 0; ok && i < files.count; i++) {
        const char *path = files.paths[i];
        struct look look = look_at(path);
        if (look.like == LOOKS_LIKE_CAPTURE) {
            ok = add(inputs, path, word, true, &look) || failure_add(failure, "%s: out of memory", folder);
        } else if (look.like == LOOKS_LIKE_EMPTY || look.like == LOOKS_LIKE_NO_FRAMES) {
            over.empty++;
        } else if (look.like == LOOKS_LIKE_UNREADABLE) {
            if (over.unreadable++ == 0)
                over.one_unreadable = path;
        } else if (over.others++ == 0) {
            over.one_other = path;
        }
    }
    size_t captures = inputs->count - before;
    if (ok && (!inputs->quiet || over.unreadable + files.unreadable > 0))
        tell_passed_over(&files, &over, folder, captures);
    folder_fini(&files);
    if (ok && captures == 0 && !inputs->follow)
        return failure_add(failure, "%s: there is no capture with packets in this folder", folder);
    return ok;
}

/* A file that is named has to be a capture; whoever opens it says best what else it is. */
static bool add_word(struct inputs *inputs, size_t word, struct failure *failure)
{
    const char *path = inputs->words->items[word];
    struct look look = look_at(path);
    if (look.like == LOOKS_LIKE_FOLDER)
        return add_folder(inputs, word, failure);
    if (inputs->follow && (look.like == LOOKS_LIKE_EMPTY || look.like == LOOKS_LIKE_NO_FRAMES) && !look.packed)
        return true;                                              /* until there is something in it */
    if (look.like != LOOKS_LIKE_PIPE && strcmp(path, "-") != 0) { /* reading moves the place in standard input */
        struct source *source =
            inputs->follow ? source_open_growing(path, NULL, failure) : source_open(path, NULL, failure);
        if (source == NULL) {
            folder_meant(path, failure);
            return false;
        }
        source_close(source);
    }
    return add(inputs, path, word, false, &look) || failure_add(failure, "%s: out of memory", path);
}

/* ---- once each, in order ---- */

static int by_file(const void *a, const void *b)
{
    const struct input *one = a, *other = b;
    if (one->device != other->device)
        return one->device < other->device ? -1 : 1;
    if (one->number != other->number)
        return one->number < other->number ? -1 : 1;
    return one->turn < other->turn ? -1 : one->turn > other->turn;
}

static int by_time(const void *a, const void *b)
{
    const struct input *one = a, *other = b;
    if (one->is_pipe != other->is_pipe)
        return one->is_pipe ? 1 : -1;
    if (!one->is_pipe && one->first_ns != other->first_ns)
        return one->first_ns < other->first_ns ? -1 : 1;
    return one->turn < other->turn ? -1 : one->turn > other->turn;
}

static void sort(struct inputs *inputs, int (*order)(const void *, const void *))
{
    if (inputs->count > 0)
        qsort(inputs->items, inputs->count, sizeof *inputs->items, order);
}

/* Takes out those that `is_again` says are what one they stand behind is. Returns how many, and an example. */
static size_t drop(struct inputs *inputs, bool (*is_again)(const struct input *, const struct input *),
                   struct sentence *example)
{
    size_t kept = 0, dropped = 0;
    for (size_t i = 0; i < inputs->count; i++) {
        struct input *item = &inputs->items[i];
        if (kept == 0 || !is_again(&inputs->items[kept - 1], item)) {
            inputs->items[kept++] = *item;
            continue;
        }
        if (dropped++ == 0 && strcmp(inputs->items[kept - 1].name, item->name) == 0)
            sentence_add(example, "%s", item->name);
        else if (dropped == 1)
            sentence_add(example, "%s as %s", inputs->items[kept - 1].name, item->name);
        free(item->path);
    }
    inputs->count = kept;
    return dropped;
}

static bool is_same_file(const struct input *one, const struct input *other)
{
    return one->device == other->device && one->number == other->number;
}

/* `tcpdump -z gzip` and its like write x.pcap.gz beside x.pcap before they remove that. */
static bool is_packed_copy(const struct input *one, const struct input *other)
{
    size_t length = strlen(one->path);
    return one->in_folder && other->in_folder && other->is_packed && one->first_ns == other->first_ns &&
           strncmp(one->path, other->path, length) == 0 &&
           (strcmp(other->path + length, ".gz") == 0 || strcmp(other->path + length, ".zst") == 0);
}

static void drop_repeated(struct inputs *inputs)
{
    struct sentence same = {.length = 0}, copy = {.length = 0};
    sort(inputs, by_file);
    size_t again = drop(inputs, is_same_file, &same);
    sort(inputs, by_time);
    size_t copies = drop(inputs, is_packed_copy, &copy);
    if (inputs->quiet)
        return;
    if (again == 1)
        notice_say("given twice: %s; it is read once", same.text);
    else if (again > 1)
        notice_say("%zu files are given more than once, such as %s; each is read once", again, same.text);
    if (copies > 0)
        notice_say("packed copies of captures that lie beside them are passed over: %zu, such as %s", copies,
                   copy.text);
}

/* Files that were named one by one in another order than that of time. */
static void tell_order(const struct inputs *inputs)
{
    size_t latest = 0;
    for (size_t i = 0; i < inputs->count && !inputs->quiet; i++) {
        const struct input *item = &inputs->items[i];
        if (item->in_folder)
            continue;
        if (item->word < latest) {
            notice_say("the captures are read in order of time, not as they were given; first %s",
                       inputs->items[0].name);
            return;
        }
        latest = item->word;
    }
}

bool inputs_find(struct inputs *inputs, const struct words *words, bool follow, bool quiet, struct failure *failure)
{
    *inputs = (struct inputs){.words = words, .follow = follow, .quiet = quiet};
    bool ok = true;
    for (size_t i = 0; i < words->count; i++)
        ok = add_word(inputs, i, failure) && ok;
    if (!ok)
        return false;
    drop_repeated(inputs);
    tell_order(inputs);
    for (size_t i = 0; i < inputs->count; i++) {
        inputs->bytes += inputs->items[i].bytes;
        inputs->has_pipe |= inputs->items[i].is_pipe;
    }
    if (follow && inputs->has_pipe && words->count > 1)
        return failure_add(failure, "--follow: %s is a pipe, which comes to its end by itself; follow files without it",
                           inputs->items[inputs->count - 1].name);
    return true;
}

void inputs_fini(struct inputs *inputs)
{
    for (size_t i = 0; i < inputs->count; i++)
        free(inputs->items[i].path);
    free(inputs->items);
    *inputs = (struct inputs){0};
}

/* ---- while following ---- */

bool inputs_is_folder(const struct inputs *inputs, size_t word)
{
    return look_outside(inputs->words->items[word]).like == LOOKS_LIKE_FOLDER;
}

/* A ring writes its next file after its last: only what was written since needs to be looked into. */
static void nearer(const char *path, int64_t after_ns, int64_t since_ns, char **best, struct look *best_look)
{
    if (look_outside(path).change_ns < since_ns)
        return;
    struct look look = look_at(path);
    if (look.like != LOOKS_LIKE_CAPTURE || look.packed || look.first_ns <= after_ns)
        return;
    if (*best != NULL && look.first_ns >= best_look->first_ns)
        return;
    char *own = strdup(path);
    if (own == NULL)
        return; /* the next time, perhaps */
    free(*best);
    *best = own;
    *best_look = look;
}

bool inputs_find_newer(struct inputs *inputs, size_t word, int64_t after_ns, int64_t since_ns)
{
    const char *path = inputs->words->items[word];
    struct look look;
    char *best = NULL;
    bool in_folder = inputs_is_folder(inputs, word);
    if (in_folder) {
        struct failure ignored = {0}; /* the folder may come back */
        struct folder_files files;
        if (folder_list(&files, path, &ignored))
            for (size_t i = 0; i < files.count; i++)
                nearer(files.paths[i], after_ns, since_ns, &best, &look);
        folder_fini(&files);
    } else {
        nearer(path, after_ns, since_ns, &best, &look);
    }
    for (size_t i = 0; best != NULL && i < inputs->count; i++) {
        const struct input *item = &inputs->items[i];
        if (item->device == look.device && item->number == look.number && item->first_ns == look.first_ns) {
            free(best); /* another word named it as well */
            best = NULL;
        }
    }
    bool found = best != NULL && add(inputs, best, word, in_folder, &look);
    free(best);
    return found;
}
