/* http_body: lengths, codings, sizes of chunks. Sources: RFC 9110 8.6 (a length may be repeated), RFC 9112 6.1 (the
 * last coding is to be chunked), 6.3 (a coding counts more than a length), 7.1 (chunks and their extensions). */
#include "dissectors/http_body.h"

#include "dissectors/words.h"

void http_body_length(struct http_body *body, struct bytes value)
{
    uint64_t length = 0;
    while (value.left > 0) {
        bool valid = words_number(words_trim(words_until(&value, ',')), HTTP_BODY_MOST, &length);
        body->endless |= !valid || (body->counted && length != body->length);
        body->counted = true;
        body->length = length;
    }
}

void http_body_coding(struct http_body *body, struct bytes value)
{
    struct bytes last = {0};
    while (value.left > 0)
        last = words_trim(words_until(&value, ','));
    body->chunked = bytes_are(last, "chunked");
    body->endless |= !body->chunked;
}

bool http_chunk_size(struct bytes line, uint64_t *size)
{
    size_t digits = 0;
    *size = 0;
    for (; line.left > 0; digits++) {
        uint8_t c = bytes_upper(bytes_u8(&line));
        bool digit = c >= '0' && c <= '9', letter = c >= 'A' && c <= 'F';
        if (!digit && !letter)
            return digits > 0 && (c == ';' || c == ' ' || c == '\t');
        if (*size >> 56 != 0)
            return false;
        *size = *size << 4 | (uint64_t)(digit ? c - '0' : c - 'A' + 10);
    }
    return digits > 0;
}
