/* look: the first frame of a pcap file is read here, of the 40 bytes that its header and that of its first record take
 * (pcap-savefile(5)); that of a pcapng file by the reader of its blocks. */
#include "capture/look.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "capture/pcapng.h"
#include "capture/unpack.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_HEADER   24u
#define RECORD_HEADER 16u

static bool pcap_first(FILE *stream, int64_t *first_ns)
{
    uint8_t head[FILE_HEADER + RECORD_HEADER];
    if (fread(head, 1, sizeof head, stream) != sizeof head)
        return false;
    struct bytes in = bytes_of(head, sizeof head);
    uint32_t magic = bytes_be32(&in);
    bool little = (magic & 0xff) == 0xa1; /* 0xd4c3b2a1 and its kin */
    bool nanoseconds = magic == 0xa1b23c4d || magic == 0x4d3cb2a1;
    bytes_skip(&in, FILE_HEADER - 4);
    uint32_t seconds = little ? bytes_le32(&in) : bytes_be32(&in);
    uint32_t fraction = little ? bytes_le32(&in) : bytes_be32(&in);
    *first_ns = (int64_t)seconds * SECOND_NS + (int64_t)(int32_t)fraction * (nanoseconds ? 1 : 1000);
    return bytes_ok(&in);
}

static bool pcapng_first(FILE *stream, int64_t *first_ns)
{
    struct failure failure = {0};
    struct frame frame;
    struct pcapng *pcapng = pcapng_create(stream, &failure);
    bool found = pcapng != NULL && pcapng_next(pcapng, &frame) == PCAPNG_FRAME;
    if (found)
        *first_ns = frame.time_ns;
    pcapng_destroy(pcapng);
    return found;
}

/* By what is in the file, unpacked. */
static void look_into(FILE *stream, struct look *look)
{
    uint8_t head[KIND_BYTES];
    const char *why;
    size_t read = fread(head, 1, sizeof head, stream);
    enum kind kind = kind_of(head, read, &why);
    for (size_t i = read; i > 0; i--)
        ungetc(head[i - 1], stream);
    look->like = LOOKS_LIKE_OTHER;
    if (kind == KIND_EMPTY)
        look->like = look->packed ? LOOKS_LIKE_NO_FRAMES : LOOKS_LIKE_EMPTY;
    else if (kind == KIND_PCAP || kind == KIND_PCAPNG)
        look->like = (kind == KIND_PCAP ? pcap_first : pcapng_first)(stream, &look->first_ns) ? LOOKS_LIKE_CAPTURE
                                                                                              : LOOKS_LIKE_NO_FRAMES;
}

struct look look_outside(const char *path)
{
    struct stat about;
    struct look look = {.like = LOOKS_LIKE_UNREADABLE};
    if ((strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &about) : stat(path, &about)) != 0)
        return look;
    look.device = about.st_dev;
    look.number = about.st_ino;
    look.bytes = (uint64_t)about.st_size;
    look.change_ns = about.st_mtim.tv_sec * SECOND_NS + about.st_mtim.tv_nsec;
    look.like = S_ISDIR(about.st_mode)   ? LOOKS_LIKE_FOLDER
                : S_ISREG(about.st_mode) ? LOOKS_LIKE_OTHER
                                         : LOOKS_LIKE_PIPE;
    return look;
}

struct look look_at(const char *path)
{
    struct look look = look_outside(path);
    if (look.like != LOOKS_LIKE_OTHER)
        return look;
    look.like = LOOKS_LIKE_UNREADABLE;
    bool is_input = strcmp(path, "-") == 0;
    int file = is_input ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return look;
    off_t start = lseek(file, 0, SEEK_CUR);
    enum kind packing = KIND_OTHER;
    FILE *stream = unpack_open(file, NULL, BUFSIZ, &packing);
    if (stream == NULL) {
        close(file);
        return look;
    }
    look.packed = packing != KIND_OTHER;
    look_into(stream, &look);
    fclose(stream);
    if (is_input)
        lseek(STDIN_FILENO, start, SEEK_SET); /* closing a stream may move the place that both share */
    return look;
}
