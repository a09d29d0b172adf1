/* filter: a BPF expression (pcap-filter(7)), compiled for each link type it meets. It is applied by us and not by
 * libpcap, so that frames it rejects still count and frame numbers stay those of the file. */
#ifndef CAPTURE_FILTER_H
#define CAPTURE_FILTER_H

#include "base/failure.h"

#include <pcap/pcap.h>

struct filter;

/* The expression is borrowed until filter_destroy. */
struct filter *filter_create(const char *expression, struct failure *failure);
void filter_destroy(struct filter *filter);

/* Makes `link_type` the one of the frames to come. False with a failure when the expression cannot be used on it. */
bool filter_prepare(struct filter *filter, int link_type, struct failure *failure);

/* Only after filter_prepare for the link type of this frame. */
bool filter_accepts(const struct filter *filter, const struct pcap_pkthdr *header, const uint8_t *frame);

#endif
