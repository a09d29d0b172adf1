/* lookups: a filter may hold names of hosts and networks (pcap-filter(7)), which libpcap would look up. */
#ifndef APP_LOOKUPS_H
#define APP_LOOKUPS_H

#include "base/failure.h"

#include <stdbool.h>

/* Does the filter do without? Else false, and which word is a name is told. */
bool lookups_check(const char *filter, struct failure *failure);

#endif
