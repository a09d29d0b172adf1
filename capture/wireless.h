/* wireless: what lies between the start of an 802.11 frame and its LLC header. Only data frames that are whole and not
 * encrypted hold one. */
#ifndef CAPTURE_WIRELESS_H
#define CAPTURE_WIRELESS_H

#include "base/bytes.h"

/* Moves `in` from the start of a frame, or of the radiotap header before it, to its LLC header; false when none is
 * there. */
bool wireless_take(struct bytes *in);
bool wireless_take_radiotap(struct bytes *in);

#endif
