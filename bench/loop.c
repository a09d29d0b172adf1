/* bench_loop: the measure of all things here: libpcap reads a file with its own defaults, calls back for each packet,
 * and two numbers are added up. A tool that reads captures with libpcap and does anything at all is slower. */
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdint.h>
#include <stdio.h>

struct tally {
    uint64_t packets, bytes;
};

static void count_packet(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes)
{
    (void)bytes;
    struct tally *tally = (void *)user;
    tally->packets++;
    tally->bytes += header->len;
}

int main(int count, char **words)
{
    if (count != 2) {
        fputs("usage: bench_loop FILE\n", stderr);
        return 2;
    }
    char problem[PCAP_ERRBUF_SIZE];
    pcap_t *pcap = pcap_open_offline(words[1], problem);
    if (pcap == NULL) {
        fprintf(stderr, "bench_loop: %s: %s\n", words[1], problem);
        return 2;
    }
    struct tally tally = {0, 0};
    int state = pcap_loop(pcap, -1, count_packet, (u_char *)&tally);
    if (state < 0)
        fprintf(stderr, "bench_loop: %s: %s\n", words[1], pcap_geterr(pcap));
    pcap_close(pcap);
    printf("%" PRIu64 " packets, %" PRIu64 " bytes\n", tally.packets, tally.bytes);
    return state < 0 ? 2 : 0;
}
