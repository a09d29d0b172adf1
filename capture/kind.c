/* kind: the magic numbers of pcap-savefile(5), pcapng, RFC 1952 (gzip), RFC 8878 (zstd), and of other formats that
 * people have, so that they are told what to do. */
#include "capture/kind.h"

#include <string.h>

static const struct magic {
    uint8_t bytes[KIND_BYTES];
    uint8_t length; /* of them that count */
    enum kind kind;
    const char *why;
} magics[] = {
    {{0xd4, 0xc3, 0xb2, 0xa1}, 4, KIND_PCAP, NULL},
    {{0xa1, 0xb2, 0xc3, 0xd4}, 4, KIND_PCAP, NULL},
    {{0x4d, 0x3c, 0xb2, 0xa1}, 4, KIND_PCAP, NULL},
    {{0xa1, 0xb2, 0x3c, 0x4d}, 4, KIND_PCAP, NULL},
    {{0x34, 0xcd, 0xb2, 0xa1}, 4, KIND_PCAP, NULL}, /* with the patch of A. Kuznetzov */
    {{0xa1, 0xb2, 0xcd, 0x34}, 4, KIND_PCAP, NULL},
    {{0x0a, 0x0d, 0x0d, 0x0a}, 4, KIND_PCAPNG, NULL},
    {{0x1f, 0x8b}, 2, KIND_GZIP, NULL},
    {{0x28, 0xb5, 0x2f, 0xfd}, 4, KIND_ZSTD, NULL},
    {{0xfd, '7', 'z', 'X'}, 4, KIND_OTHER, "is compressed (xz); decompress it first"},
    {{'B', 'Z', 'h'}, 3, KIND_OTHER, "is compressed (bzip2); decompress it first"},
    {{0x04, 0x22, 0x4d, 0x18}, 4, KIND_OTHER, "is compressed (lz4); decompress it first"},
    {{'P', 'K', 3, 4}, 4, KIND_OTHER, "is a zip archive; unpack it first"},
    {{'G', 'M', 'B', 'U'},
     4,
     KIND_OTHER,
     "is a Network Monitor capture; save it as pcapng with Wireshark or editcap first"},
    {{'s', 'n', 'o', 'o'}, 4, KIND_OTHER, "is a snoop capture; save it as pcapng with Wireshark or editcap first"},
    {{'T', 'R', 'S', 'N'},
     4,
     KIND_OTHER,
     "is a capture of a Sniffer; save it as pcapng with Wireshark or editcap first"},
    {{'X', 'C', 'P', 0},
     4,
     KIND_OTHER,
     "is a capture of NetXray or Sniffer; save it as pcapng with Wireshark or editcap first"},
};

enum kind kind_of(const uint8_t *head, size_t length, const char **why)
{
    *why = "is empty; a capture has at least the header of a pcap or pcapng file";
    if (length == 0)
        return KIND_EMPTY;
    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++) {
        const struct magic *magic = &magics[i];
        if (length < magic->length || memcmp(head, magic->bytes, magic->length) != 0)
            continue;
        *why = magic->why;
        return magic->kind;
    }
    *why = "is no capture file; pcap or pcapng is needed, as tcpdump, dumpcap and Wireshark write it";
    return KIND_OTHER;
}
