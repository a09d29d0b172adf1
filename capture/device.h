/* device: a network interface opened for capture with libpcap, never in immediate mode (which would make libpcap give
 * each packet a slot of the snapshot length and drop most of a busy link). */
#ifndef CAPTURE_DEVICE_H
#define CAPTURE_DEVICE_H

#include "base/failure.h"

#include <pcap/pcap.h>

#define DEVICE_SNAPLEN_LEAST   64 /* bytes: headers at least */
#define DEVICE_SNAPLEN_DEFAULT (256 << 10)
#define DEVICE_BUFFER_MOST     2047 /* MiB: libpcap counts bytes in an int */
#define DEVICE_BUFFER_DEFAULT  64

struct device_options {
    unsigned snaplen_bytes; /* of each packet; 0: the default, which is all of it */
    unsigned buffer_mib;    /* what the kernel keeps while we are busy; 0: the default */
    bool not_promiscuous;   /* only what is meant for this host */
    unsigned hand_over_ms;  /* packets are handed over at least this often */
};

/* NULL with a failure that says what is wrong and what to do: names that there are, rights that are missing. It never
 * waits for packets. */
pcap_t *device_open(const char *name, const struct device_options *options, struct failure *failure);
/* Only packets that the BPF expression lets through are given from now on: the kernel passes the others over. False
 * with a failure when it cannot be used. */
bool device_filter(pcap_t *pcap, const char *name, const char *expression, struct failure *failure);
/* Is it up (or its state unknown)? */
bool device_is_up(pcap_t *pcap, const char *name);

#endif
