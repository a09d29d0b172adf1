/* captures: a folder of its own for a test, with small pcap files in it. */
#ifndef TESTS_CAPTURES_H
#define TESTS_CAPTURES_H

#include "tests/capture_file.h"
#include "tests/cmocka_all.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct folder {
    char path[64];
    char name[256]; /* of the file named last */
};

static inline void folder_begin(struct folder *folder)
{
    snprintf(folder->path, sizeof folder->path, "/tmp/captures_test_XXXXXX");
    assert_non_null(mkdtemp(folder->path));
}

static inline void folder_end(struct folder *folder)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder->path);
    assert_int_equal(system(command), 0);
}

static inline const char *folder_name(struct folder *folder, const char *file)
{
    snprintf(folder->name, sizeof folder->name, "%s/%s", folder->path, file);
    return folder->name;
}

/* Writes a pcap file with a frame a second of `seconds`, which ends with 0. Each frame holds its second. */
static inline void folder_capture(struct folder *folder, const char *file, const uint32_t *seconds)
{
    struct file f = {.stream = fopen(folder_name(folder, file), "wb")};
    assert_non_null(f.stream);
    file_pcap_head(&f, 0xa1b2c3d4, 1);
    for (; *seconds != 0; seconds++)
        file_pcap_record(&f, *seconds, 0, seconds, sizeof *seconds, 60);
    assert_int_equal(fclose(f.stream), 0);
}

#define CAPTURE(folder, file, ...) folder_capture(folder, file, (const uint32_t[]){__VA_ARGS__, 0})

static inline void folder_text(struct folder *folder, const char *file, const char *text)
{
    FILE *stream = fopen(folder_name(folder, file), "wb");
    assert_non_null(stream);
    fputs(text, stream);
    assert_int_equal(fclose(stream), 0);
}

#endif
