/* device: a network interface opened for capture with libpcap, promiscuous, never in immediate mode (which would make
 * libpcap give each packet a slot of the snapshot length and drop most of a busy link). */
#ifndef CAPTURE_DEVICE_H
#define CAPTURE_DEVICE_H

#include "base/failure.h"

#include <pcap/pcap.h>

/* NULL with a failure that says what is wrong and what to do: names that there are, rights that are missing. */
pcap_t *device_open(const char *name, struct failure *failure);
/* Waits until there may be packets, a tenth of a second at most: libpcap alone may wait for ever on a silent link. */
void device_wait(pcap_t *pcap);

#endif
