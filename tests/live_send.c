/* live_send INTERFACE FILE...: puts the frames of captures on an interface, those of several files in turn, for tests
 * of live capture in a network namespace. With "INTERFACE,INTERFACE" a frame goes to the second one when its source
 * address is the greater of its two: as a tap gives each direction of a link. */
#include "capture/source.h"

#include <net/if.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Frames at a time: the kernel drops what a virtual interface cannot queue, 1,000 of them. */
#define BURST 64

static uint8_t block[SOURCE_BLOCK];

static pcap_t *open_interface(const char *name)
{
    char why[PCAP_ERRBUF_SIZE] = "";
    pcap_t *pcap = pcap_create(name, why);
    if (pcap == NULL || pcap_activate(pcap) < 0) {
        fprintf(stderr, "live_send: %s: %s\n", name, pcap != NULL ? pcap_geterr(pcap) : why);
        return NULL;
    }
    return pcap;
}

/* Ethernet and IPv4, as the lab's captures are. */
static bool is_other_direction(const struct frame *frame)
{
    return frame->captured >= 34 && memcmp(frame->start + 26, frame->start + 30, 4) > 0;
}

static bool send_file(pcap_t *const interfaces[2], const char *path)
{
    struct failure failure = {0};
    struct source *source = source_open(path, NULL, &failure);
    struct frame frames[SOURCE_FRAMES_MOST];
    enum source_state state = SOURCE_MORE;
    bool ok = source != NULL;
    while (ok && state == SOURCE_MORE) {
        size_t count;
        state = source_read(source, block, frames, SOURCE_FRAMES_MOST, &count);
        for (size_t i = 0; i < count && ok; i++) {
            if (i % BURST == 0)
                usleep(500);
            ok = pcap_inject(interfaces[is_other_direction(&frames[i])], frames[i].start, frames[i].captured) >= 0;
        }
    }
    if (!ok)
        fprintf(stderr, "live_send: %s: %s\n", path, source == NULL ? failure.text : "cannot be sent");
    source_close(source);
    return ok;
}

int main(int argc, char **argv)
{
    char first[IF_NAMESIZE + 1] = "", second[IF_NAMESIZE + 1] = "";
    if (argc < 3 || sscanf(argv[1], "%16[^,],%16[^,]", first, second) < 1)
        return 2;
    pcap_t *one = open_interface(first), *other = second[0] != '\0' ? open_interface(second) : one;
    bool ok = one != NULL && other != NULL;
    for (int i = 2; i < argc && ok; i++)
        ok = send_file((pcap_t *const[2]){one, other}, argv[i]);
    if (other != NULL && other != one)
        pcap_close(other);
    if (one != NULL)
        pcap_close(one);
    return ok ? 0 : 2;
}
