/* ber: tag and length of X.690, read through the cursor.
 *
 * Elements are taken all the time and one out of another, so all is done with a cursor of its own that the compiler
 * keeps in registers: one that was handed on by its address lies in memory in pieces, and waits to be copied. */
#include "dissectors/ber.h"

#define HOT static inline __attribute__((always_inline))

static inline bool continues(uint8_t tag)
{
    return (tag & 0x1f) == 0x1f;
}

HOT enum ber_answer take_head(struct bytes *in, uint8_t *tag, size_t *length)
{
    if (in->left < 2)
        return in->left == 1 && continues(in->at[0]) ? BER_WRONG : BER_SHORT;
    *tag = bytes_u8(in);
    *length = bytes_u8(in);
    if (continues(*tag))
        return BER_WRONG;
    if (*length < 0x80)
        return BER_WHOLE;
    size_t octets = *length & 0x7f;
    if (octets == 0 || octets > 4)
        return BER_WRONG;
    *length = 0;
    for (size_t i = 0; i < octets; i++)
        *length = *length << 8 | bytes_u8(in);
    return bytes_ok(in) ? BER_WHOLE : BER_SHORT;
}

HOT enum ber_answer take_element(struct bytes *in, uint8_t *tag, struct bytes *body)
{
    size_t length;
    enum ber_answer answer = take_head(in, tag, &length);
    if (answer != BER_WHOLE)
        return answer;
    if (length > in->left)
        return BER_SHORT;
    *body = bytes_take(in, length);
    return BER_WHOLE;
}

enum ber_answer ber_head(struct bytes *in, uint8_t *tag, size_t *length)
{
    struct bytes ahead = *in;
    uint8_t first;
    size_t size;
    enum ber_answer answer = take_head(&ahead, &first, &size);
    if (answer != BER_WHOLE)
        return answer;
    *in = ahead;
    *tag = first;
    *length = size;
    return BER_WHOLE;
}

enum ber_answer ber_take(struct bytes *in, struct ber *out)
{
    struct bytes ahead = *in, body;
    uint8_t tag;
    enum ber_answer answer = take_element(&ahead, &tag, &body);
    if (answer != BER_WHOLE)
        return answer;
    *in = ahead;
    *out = (struct ber){tag, body};
    return BER_WHOLE;
}

bool ber_take_tagged(struct bytes *in, uint8_t tag, struct bytes *into)
{
    struct bytes ahead = *in, body;
    uint8_t found;
    if (in->left == 0 || in->at[0] != tag)
        return false;
    if (take_element(&ahead, &found, &body) != BER_WHOLE)
        return false;
    *in = ahead;
    *into = body;
    return true;
}
