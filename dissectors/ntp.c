/* ntp: time, by name only. Any datagram of 48 bytes could be one, so that its timestamps must agree with each other:
 * one that is set lies near the time of sending, or the client set no other. Control messages (modes 6 and 7) are told
 * by their lengths. Sources: RFC 5905 7.3, RFC 9327 (mode 6), the mode 7 header of ntpd, RFC 9109 (random times). */
#include "dissectors/dissector.h"

#define DATAGRAM_MOST 512
#define APART_MOST    0x01000000u /* seconds between a clock's last setting and now: half a year */

enum { MODE_CLIENT = 3, MODE_SERVER = 4, MODE_BROADCAST = 5, MODE_CONTROL = 6, MODE_PRIVATE = 7 };

static bool clock_plausible(uint8_t stratum, uint8_t poll, uint8_t precision)
{
    /* precision is a negative power of two; a client that tells nothing of itself says 0 or 32 */
    return stratum <= 16 && poll <= 17 && (precision >= 0xe0 || precision == 0 || precision == 32);
}

static bool short_plausible(uint32_t seconds) /* root delay, dispersion: less than 256 s, or a little negative */
{
    return seconds < 0x01000000 || seconds >= 0xffff0000;
}

static enum likeness time_like(struct bytes in, enum direction from)
{
    uint8_t mode = bytes_u8(&in) & 7, stratum = bytes_u8(&in), poll = bytes_u8(&in), precision = bytes_u8(&in);
    if (bytes_ok(&in) && !clock_plausible(stratum, poll, precision))
        return LIKE_NOT;
    uint32_t delay = bytes_be32(&in), dispersion = bytes_be32(&in);
    bytes_skip(&in, 4); /* reference */
    uint32_t times[4];
    bool told = delay != 0 || dispersion != 0;
    for (int i = 0; i < 4; i++) {
        times[i] = bytes_be32(&in);
        bytes_skip(&in, 4);
    }
    if (!bytes_ok(&in))
        return LIKE_MAYBE;
    bool near = true;
    for (int i = 0; i < 3; i++) {
        uint32_t apart = times[3] - times[i];
        near &= times[i] == 0 || apart < APART_MOST || apart > UINT32_MAX - APART_MOST;
        told |= times[i] != 0;
    }
    bool server = mode == MODE_SERVER || mode == MODE_BROADCAST;
    if (!near || !short_plausible(delay) || !short_plausible(dispersion) || (server && (!told || times[3] == 0)) ||
        (mode == MODE_CLIENT && from == FROM_SERVER) || (mode == MODE_SERVER && from == FROM_CLIENT))
        return LIKE_NOT;
    return LIKE_YES;
}

/* Length of data follows the header of twelve bytes; what is asked has no status and no offset. */
static enum likeness control_like(struct bytes in)
{
    struct bytes all = in;
    bytes_skip(&in, 1);
    uint8_t operation = bytes_u8(&in);
    bytes_skip(&in, 2);
    uint16_t status = bytes_be16(&in);
    bytes_skip(&in, 2);
    uint16_t offset = bytes_be16(&in), count = bytes_be16(&in);
    if (!bytes_ok(&in))
        return LIKE_MAYBE;
    bool response = (operation & 0x80) != 0;
    uint8_t code = operation & 0x1f;
    if ((code == 0 || (code > 12 && code != 31)) || count > 468 ||
        (!response && ((operation & 0x60) != 0 || status != 0 || offset != 0)))
        return LIKE_NOT;
    size_t whole = 12 + ((size_t)count + 3) / 4 * 4;
    return all.left < whole ? LIKE_MAYBE : LIKE_YES;
}

static enum likeness private_like(struct bytes in)
{
    enum { IMPLEMENTATION_XNTPD = 3, HIGHEST_REQUEST = 46 };
    bytes_skip(&in, 2);
    uint8_t implementation = bytes_u8(&in), request = bytes_u8(&in);
    uint16_t items = bytes_be16(&in), size = bytes_be16(&in);
    if (!bytes_ok(&in))
        return LIKE_MAYBE;
    size_t data = (size_t)(items & 0xfff) * (size & 0xfff);
    if (implementation != IMPLEMENTATION_XNTPD || request > HIGHEST_REQUEST || (size & 0xf000) != 0 || data > 500)
        return LIKE_NOT;
    return in.left < data ? LIKE_MAYBE : LIKE_YES;
}

/* Does a datagram begin so? */
static enum likeness begins(struct bytes in, enum direction from)
{
    uint8_t first = in.left > 0 ? in.at[0] : 0;
    uint8_t version = first >> 3 & 7, mode = first & 7;
    if (version < 1 || version > 4 || mode == 0)
        return LIKE_NOT;
    if (mode == MODE_CONTROL)
        return control_like(in);
    return mode == MODE_PRIVATE ? private_like(in) : time_like(in, from);
}

/* All lengths are multiples of four: extensions and authenticators are too. */
static enum likeness ntp_probe(struct bytes head, enum direction from)
{
    enum likeness like = begins(head, from);
    if (like == LIKE_YES && head.left > DATAGRAM_MOST)
        return LIKE_NOT;
    return like == LIKE_YES && head.left % 4 != 0 ? LIKE_MAYBE : like;
}

static struct dissected ntp_feed(void *state, enum direction from, struct bytes *in, struct facts *out)
{
    (void)state;
    enum likeness like = begins(*in, from);
    if (like != LIKE_YES)
        return DISSECTED(like == LIKE_MAYBE ? DISSECT_MORE : DISSECT_NOT_MINE);
    facts_encryption(out, ENCRYPTION_NONE);
    return DISSECTED(DISSECT_DONE);
}

const struct dissector dissector_ntp = {
    .name = "ntp",
    .summary = "network time (RFC 5905), by name only",
    .transports = TRANSPORT_UDP,
    .ports = {123},
    .longest_message = UINT16_MAX,
    .resumes = true,
    .answers = true,
    .beginnings = {{UINT64_C(0x00e0e00000000000), 0},                             /* stratum and polling of a clock */
                   {UINT64_C(0x0600000000000000), UINT64_C(0x0600000000000000)}}, /* other modes */
    .probe = ntp_probe,
    .feed = ntp_feed,
};
