/* http_head: start lines, fields, targets, the probe. Sources: RFC 9112 2.2 (empty lines before a request), 3, 4, 5;
 * RFC 3986 3 (URIs); RFC 9113 3.4. Other protocols borrowed the form of these lines (SIP, RTSP, ICAP): the version at
 * the end, or at the beginning of a status line, tells them apart. */
#include "dissectors/http_head.h"

#include "dissectors/words.h"

#define METHOD_LEAST 3    /* IANA's registry has none shorter */
#define START_MOST   8192 /* while undecided, not more is held; RFC 9112 3 wants 8000 */
#define SEGMENT_MOST 64   /* a longer segment is no place but an identifier */

static bool is_method_octet(uint8_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/* Takes a method and the blank after it, as far as both are here. False when this is no method. */
static bool take_method(struct bytes *line, struct bytes *method)
{
    size_t length = 0;
    while (length < line->left && length <= HTTP_METHOD_MOST && is_method_octet(line->at[length]))
        length++;
    *method = bytes_take(line, length);
    if (length == 0 || length > HTTP_METHOD_MOST || method->at[0] < 'A' || method->at[0] > 'Z')
        return false;
    return line->left == 0 || (length >= METHOD_LEAST && bytes_u8(line) == ' ');
}

static bool is_printable(struct bytes text)
{
    for (size_t i = 0; i < text.left; i++)
        if (text.at[i] < ' ' || text.at[i] == 0x7f)
            return false;
    return true;
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool request_line(struct bytes line, struct http_start *start)
{
    static const char version[] = " HTTP/1.";
    const size_t version_bytes = sizeof version; /* with the digit that follows */
    *start = (struct http_start){0};
    if (bytes_are(line, "PRI * HTTP/2.0")) {
        start->preface = true;
        start->method = bytes_take(&line, 3);
        start->version = bytes_of("HTTP/2", 6);
        return true;
    }
    while (line.left > 0 && line.at[line.left - 1] == ' ')
        line.left--;
    if (!take_method(&line, &start->method) || line.left <= version_bytes || !is_printable(line))
        return false;
    start->target = bytes_take(&line, line.left - version_bytes);
    if (start->target.at[0] == ' ' || memcmp(line.at, version, sizeof version - 1) != 0)
        return false;
    bool good = is_digit(line.at[sizeof version - 1]);
    bytes_skip(&line, 1);
    start->version = line;
    return good;
}

/* How far these bytes are the beginning of a status line: LIKE_YES with its code. The words after it do not count. */
static enum likeness status_line(struct bytes line, bool whole, uint16_t *status)
{
    static const char form[] = "HTTP/1.d ddd";
    *status = 0;
    for (size_t i = 0; i < sizeof form - 1; i++) {
        if (line.left == 0)
            return whole ? LIKE_NOT : LIKE_MAYBE;
        uint8_t c = bytes_u8(&line);
        if (form[i] == 'd' ? !is_digit(c) : c != (uint8_t)form[i])
            return LIKE_NOT;
        if (i > 8)
            *status = (uint16_t)(*status * 10 + (c - '0'));
    }
    if (*status < 100)
        return LIKE_NOT;
    if (line.left == 0)
        return whole ? LIKE_YES : LIKE_MAYBE;
    return line.at[0] == ' ' || line.at[0] == '\r' ? LIKE_YES : LIKE_NOT;
}

bool http_start_line(struct bytes line, enum direction from, struct http_start *start)
{
    if (from == FROM_CLIENT)
        return request_line(line, start);
    *start = (struct http_start){0};
    return status_line(line, true, &start->status) == LIKE_YES;
}

enum http_field http_field(struct bytes line, struct bytes *value)
{
    static const struct {
        struct word name;
        enum http_field field;
    } fields[] = {
        {WORD("Host"), HTTP_HOST},
        {WORD("Content-Length"), HTTP_LENGTH},
        {WORD("Transfer-Encoding"), HTTP_CODING},
        {WORD("Content-Type"), HTTP_TYPE},
        {WORD("Location"), HTTP_LOCATION},
        {WORD("Upgrade"), HTTP_UPGRADE},
        {WORD("Authorization"), HTTP_AUTHORIZATION},
        {WORD("Proxy-Authorization"), HTTP_PROXY_AUTHORIZATION},
        {WORD("WWW-Authenticate"), HTTP_CHALLENGE},
        {WORD("Proxy-Authenticate"), HTTP_PROXY_CHALLENGE},
    };
    if (line.left > 0 && (line.at[0] == ' ' || line.at[0] == '\t')) {
        *value = words_trim(line);
        return HTTP_FOLDED;
    }
    *value = line;
    struct bytes name = words_until(value, ':');
    if (name.left == 0 || name.left == line.left || memchr(name.at, ' ', name.left) != NULL)
        return HTTP_NO_FIELD;
    *value = words_trim(*value);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (words_are(name, &fields[i].name))
            return fields[i].field;
    return HTTP_OTHER;
}

struct bytes http_host(struct bytes authority)
{
    struct address ignored;
    while (authority.left > 0 && memchr(authority.at, '@', authority.left) != NULL)
        (void)words_until(&authority, '@');
    if (authority.left > 0 && authority.at[0] == '[') {
        bytes_skip(&authority, 1);
        struct bytes inside = words_until(&authority, ']');
        return words_address(inside, &ignored) ? inside : (struct bytes){0};
    }
    struct bytes host = words_until(&authority, ':');
    return words_is_name(host) ? host : (struct bytes){0};
}

void http_target(struct bytes target, struct bytes *authority, struct bytes *path, struct bytes *query)
{
    *authority = *query = (struct bytes){0};
    bool absolute = bytes_starts(target, "http://"), secured = bytes_starts(target, "https://");
    if (absolute || secured) {
        size_t length = 0;
        bytes_skip(&target, secured ? strlen("https://") : strlen("http://"));
        while (length < target.left && target.at[length] != '/' && target.at[length] != '?')
            length++;
        *authority = bytes_take(&target, length);
        if (target.left == 0)
            target = bytes_of("/", 1);
    } else if (target.left > 0 && target.at[0] != '/' && target.at[0] != '*') {
        *authority = target; /* of CONNECT */
        target.left = 0;
    }
    *query = target;
    *path = words_until(query, '?');
}

struct bytes http_first_segment(struct bytes path)
{
    static const struct word known[] = {
        WORD("/owa"),
        WORD("/ews"),
        WORD("/ecp"),
        WORD("/oab"),
        WORD("/autodiscover"),
        WORD("/Microsoft-Server-ActiveSync"),
        WORD("/rpc"),
        WORD("/mapi"),
        WORD("/powershell"),
        WORD("/api"),
        WORD("/exchange"),
        WORD("/public"),
        WORD("/exchweb"),
        WORD("/exadmin"),
        WORD("/rpcwithcert"),
        WORD("/wsman"),
        WORD("/certsrv"),
        WORD("/unifiedmessaging"),
        WORD("/CookieAuth.dll"),
        WORD("/_wmcs"),
    };
    size_t length = 1;
    if (path.left == 0 || path.at[0] != '/')
        return (struct bytes){0};
    while (length < path.left && path.at[length] != '/' && path.at[length] != ';')
        length++;
    struct bytes segment = bytes_take(&path, length);
    if (segment.left > SEGMENT_MOST || memchr(segment.at, '@', segment.left) != NULL)
        return (struct bytes){0}; /* a user stands here */
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (words_are(segment, &known[i]))
            return bytes_of(known[i].text, known[i].length);
    return segment;
}

/* A request line whose end is not here yet. */
static bool begins_request(struct bytes line)
{
    struct bytes method;
    if (line.left > 0 && line.at[line.left - 1] == '\r')
        line.left--;
    return line.left <= START_MOST && take_method(&line, &method) && is_printable(line);
}

enum likeness http_probe(struct bytes head, enum direction from)
{
    struct http_start start;
    struct bytes line;
    if (from == FROM_SERVER) {
        uint16_t status;
        struct bytes rest = head;
        bool whole = bytes_line(&rest, &line);
        return status_line(whole ? line : head, whole, &status);
    }
    while (head.left > 0 && (head.at[0] == '\r' || head.at[0] == '\n'))
        bytes_skip(&head, 1);
    if (head.left > 1 && head.at[1] > ' ' && !is_method_octet(head.at[1])) /* decides about most */
        return LIKE_NOT;
    if (!bytes_line(&head, &line))
        return head.left == 0 || begins_request(head) ? LIKE_MAYBE : LIKE_NOT;
    return request_line(line, &start) ? LIKE_YES : LIKE_NOT;
}
