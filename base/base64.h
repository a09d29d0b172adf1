/* base64: decodes tokens carried in text protocols (RFC 4648 4). What comes out may be a secret: it lives in the
 * caller's buffer for as long as a token is read, and is never said or kept. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/bytes.h"

/* Decodes until padding, the first byte outside the alphabet, or a full buffer, and returns how many bytes of `out`
 * were written. Bits that make no whole byte are dropped. */
size_t base64_decode(struct bytes text, uint8_t *out, size_t size);

/* Could all of this be one base64 token: only letters, digits, '+', '/', and '=' at the end? */
bool base64_like(struct bytes text);

#endif
