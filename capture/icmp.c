/* icmp: types and codes in numbers. RFC 792, 1122 (3.2.2.1), 1812 (5.2.7.1) and 4443. */
#include "capture/icmp.h"

bool icmp_is_error(bool v6, uint8_t type)
{
    return v6 ? type < 128 : type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

static enum icmp_says icmp4_says(uint8_t type, uint8_t code)
{
    if (type != 3 || code == 4)
        return ICMP_SAYS_NOTHING;
    if (code == 3)
        return ICMP_SAYS_REFUSED;
    return code == 9 || code == 10 || code == 13 ? ICMP_SAYS_PROHIBITED : ICMP_SAYS_UNREACHABLE;
}

static enum icmp_says icmp6_says(uint8_t type, uint8_t code)
{
    if (type != 1)
        return ICMP_SAYS_NOTHING;
    if (code == 4)
        return ICMP_SAYS_REFUSED;
    return code == 1 ? ICMP_SAYS_PROHIBITED : ICMP_SAYS_UNREACHABLE;
}

enum icmp_says icmp_error_says(bool v6, uint8_t type, uint8_t code)
{
    return v6 ? icmp6_says(type, code) : icmp4_says(type, code);
}
