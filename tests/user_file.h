/* A folder of its own for a test that writes files as a user would: the test stands in it, so that messages name files
 * shortly. Made before the group, removed with what is in it after. */
#ifndef TESTS_USER_FILE_H
#define TESTS_USER_FILE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USER_FILES_MOST 16

static struct {
    char home[4096], folder[64];
    char names[USER_FILES_MOST][32];
    size_t count;
} user_files;

static inline int user_files_begin(void **state)
{
    (void)state;
    strcpy(user_files.folder, "/tmp/pathaudit-test-XXXXXX");
    if (getcwd(user_files.home, sizeof user_files.home) == NULL || mkdtemp(user_files.folder) == NULL)
        return -1;
    return chdir(user_files.folder);
}

static inline int user_files_end(void **state)
{
    (void)state;
    for (size_t i = 0; i < user_files.count; i++)
        unlink(user_files.names[i]);
    return chdir(user_files.home) == 0 ? rmdir(user_files.folder) : -1;
}

/* Writes `length` bytes into the file `name` of the folder. */
static inline void user_file_bytes(const char *name, const void *bytes, size_t length)
{
    FILE *out = fopen(name, "wb");
    if (out == NULL || fwrite(bytes, 1, length, out) != length || fclose(out) != 0)
        abort();
    for (size_t i = 0; i < user_files.count; i++)
        if (strcmp(user_files.names[i], name) == 0)
            return;
    if (user_files.count == USER_FILES_MOST || strlen(name) >= sizeof user_files.names[0])
        abort();
    strcpy(user_files.names[user_files.count++], name);
}

static inline void user_file(const char *name, const char *text)
{
    user_file_bytes(name, text, strlen(text));
}

#endif
