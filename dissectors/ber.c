/* ber: tag and length of X.690, read through the cursor. */
#include "dissectors/ber.h"

enum ber_answer ber_head(struct bytes *in, uint8_t *tag, size_t *length)
{
    struct bytes ahead = *in;
    uint8_t first = bytes_u8(&ahead);
    if (bytes_ok(&ahead) && (first & 0x1f) == 0x1f)
        return BER_WRONG;
    size_t size = bytes_u8(&ahead);
    if (size >= 0x80) {
        size_t octets = size & 0x7f;
        if (octets == 0 || octets > 4)
            return BER_WRONG;
        size = 0;
        for (size_t i = 0; i < octets; i++)
            size = size << 8 | bytes_u8(&ahead);
    }
    if (!bytes_ok(&ahead))
        return BER_SHORT;
    *in = ahead;
    *tag = first;
    *length = size;
    return BER_WHOLE;
}

enum ber_answer ber_take(struct bytes *in, struct ber *out)
{
    struct bytes ahead = *in;
    uint8_t tag;
    size_t length;
    enum ber_answer answer = ber_head(&ahead, &tag, &length);
    if (answer != BER_WHOLE)
        return answer;
    struct bytes body = bytes_take(&ahead, length);
    if (!bytes_ok(&body))
        return BER_SHORT;
    *in = ahead;
    *out = (struct ber){tag, body};
    return BER_WHOLE;
}

bool ber_take_tagged(struct bytes *in, uint8_t tag, struct bytes *body)
{
    struct bytes ahead = *in;
    struct ber element;
    if (ber_take(&ahead, &element) != BER_WHOLE || element.tag != tag)
        return false;
    *in = ahead;
    *body = element.body;
    return true;
}
