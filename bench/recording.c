/* recording: two growing arrays, one of packets and one of their bytes. Read with libpcap. */
#include "bench/recording.h"

#include <pcap/pcap.h>
#include <stdlib.h>

bool recording_add(struct recording *recording, int64_t at_us, const uint8_t *bytes, uint32_t captured, uint32_t length)
{
    if (recording->count == recording->packets_room) {
        size_t room = recording->packets_room * 2 + 1024;
        struct recorded *larger = realloc(recording->packets, room * sizeof *larger);
        if (larger == NULL)
            return false;
        recording->packets = larger;
        recording->packets_room = room;
    }
    if (recording->used + captured > recording->bytes_room) {
        size_t room = recording->bytes_room * 2 + captured + 65536;
        uint8_t *larger = realloc(recording->bytes, room);
        if (larger == NULL)
            return false;
        recording->bytes = larger;
        recording->bytes_room = room;
    }
    memcpy(&recording->bytes[recording->used], bytes, captured);
    recording->packets[recording->count++] = (struct recorded){at_us, recording->used, captured, length};
    recording->used += captured;
    return true;
}

bool recording_read(struct recording *recording, const char *path, struct failure *failure)
{
    char problem[PCAP_ERRBUF_SIZE];
    pcap_t *pcap = pcap_open_offline(path, problem);
    if (pcap == NULL)
        return failure_add(failure, "%s: cannot be read: %s", path, problem);
    bool good = pcap_datalink(pcap) == DLT_EN10MB;
    if (!good)
        failure_add(failure, "%s: only Ethernet captures can be replayed", path);
    struct pcap_pkthdr *header;
    const u_char *bytes;
    int64_t first_us = 0;
    int state = 0;
    while (good && (state = pcap_next_ex(pcap, &header, &bytes)) == 1) {
        int64_t time_us = (int64_t)header->ts.tv_sec * 1000000 + header->ts.tv_usec;
        if (recording->count == 0)
            first_us = time_us;
        good = recording_add(recording, time_us - first_us, bytes, header->caplen, header->len);
        if (!good)
            failure_add(failure, "%s: no memory for its packets", path);
    }
    if (good && state == PCAP_ERROR)
        good = failure_add(failure, "%s: %s", path, pcap_geterr(pcap));
    if (good && recording->count == 0)
        good = failure_add(failure, "%s: has no packets", path);
    pcap_close(pcap);
    recording_sort(recording);
    return good;
}

static int by_time(const void *left, const void *right)
{
    const struct recorded *a = left, *b = right;
    if (a->at_us != b->at_us)
        return a->at_us < b->at_us ? -1 : 1;
    return (a->start > b->start) - (a->start < b->start);
}

void recording_sort(struct recording *recording)
{
    if (recording->count > 1)
        qsort(recording->packets, recording->count, sizeof *recording->packets, by_time);
}

void recording_fini(struct recording *recording)
{
    free(recording->packets);
    free(recording->bytes);
    *recording = (struct recording){0};
}
