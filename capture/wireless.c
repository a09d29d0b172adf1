/* wireless: a frame's first two bytes (little endian, like all of 802.11) tell how long its header is. Parts of a frame
 * and aggregates of frames (A-MSDU) are not put together or taken apart: captures of the air that can be read at all
 * are rare, and these in them rarer.
 *
 * Rules: IEEE 802.11-2020 section 9.2 and 9.3.2 (header, data frames), radiotap.org (header, field "flags"). */
#include "capture/wireless.h"

#define TYPE_MASK  0x000f /* version and type */
#define TYPE_DATA  0x0008
#define NO_DATA    0x0040 /* subtypes without a body */
#define QOS        0x0080
#define TO_DS      0x0100
#define FROM_DS    0x0200
#define MORE_PARTS 0x0400
#define PROTECTED  0x4000
#define ORDER      0x8000 /* with QOS: four bytes of HT control */
#define AGGREGATE  0x0080 /* in QoS control */

#define HEADER 24u

#define PRESENT_TIME  0x00000001u
#define PRESENT_FLAGS 0x00000002u
#define PRESENT_MORE  0x80000000u
#define MOST_PRESENT  8
#define RADIOTAP_PADS 0x20 /* the 802.11 header is padded to 32 bits */

static bool frame_take(struct bytes *in, bool padded)
{
    struct bytes header = bytes_take(in, HEADER);
    unsigned control = bytes_le16(&header);
    bytes_skip(&header, HEADER - 4);
    bool later_part = (bytes_le16(&header) & 0xf) != 0;
    if (!bytes_ok(&header) || (control & TYPE_MASK) != TYPE_DATA || later_part ||
        (control & (NO_DATA | MORE_PARTS | PROTECTED)) != 0)
        return false;
    size_t length = HEADER;
    if ((control & (TO_DS | FROM_DS)) == (TO_DS | FROM_DS)) {
        bytes_skip(in, 6);
        length += 6;
    }
    if ((control & QOS) != 0) {
        if ((bytes_le16(in) & AGGREGATE) != 0)
            return false;
        length += 2;
        if ((control & ORDER) != 0) {
            bytes_skip(in, 4);
            length += 4;
        }
    }
    if (padded)
        bytes_skip(in, (4 - length % 4) % 4);
    return bytes_ok(in);
}

bool wireless_take(struct bytes *in)
{
    return frame_take(in, false);
}

bool wireless_take_radiotap(struct bytes *in)
{
    struct bytes first = bytes_take(in, 4);
    uint16_t version = bytes_le16(&first); /* and a byte of padding that nobody sets */
    uint16_t length = bytes_le16(&first);
    if (!bytes_ok(&first) || (version & 0xff) != 0 || length < 8)
        return false;
    struct bytes fields = bytes_take(in, length - 4u);
    uint32_t present = bytes_le32(&fields), more = present;
    size_t words = 1;
    for (; (more & PRESENT_MORE) != 0 && words < MOST_PRESENT; words++)
        more = bytes_le32(&fields);
    if ((present & PRESENT_TIME) != 0) /* 8 bytes, at a multiple of 8 from the start */
        bytes_skip(&fields, words % 2 == 0 ? 12 : 8);
    bool padded = (present & PRESENT_FLAGS) != 0 && (bytes_u8(&fields) & RADIOTAP_PADS) != 0;
    return bytes_ok(&fields) && frame_take(in, padded);
}
