/* sip_head: start lines, headers, contacts. Sources: RFC 3261 7.1, 7.2 (start lines), 7.3 (headers, folding, compact
 * forms), 19.1.2 (default ports), 20.10 (Contact); the registry of methods of IANA, drafts that phones speak, and
 * the extensions of Communications Server (MS-SIP). */
#include "dissectors/sip_head.h"

#include "dissectors/words.h"

#define START_MOST  4096 /* a start line longer than this is none */
#define METHOD_MOST 20

static const struct method {
    struct word name;
    bool either; /* whoever began the dialogue, either side sends it: it does not tell who is client */
} methods[] = {
    {WORD("INVITE"), false},    {WORD("ACK"), false},     {WORD("BYE"), true},        {WORD("CANCEL"), false},
    {WORD("REGISTER"), false},  {WORD("OPTIONS"), false}, {WORD("INFO"), true},       {WORD("PRACK"), false},
    {WORD("UPDATE"), true},     {WORD("REFER"), true},    {WORD("SUBSCRIBE"), false}, {WORD("NOTIFY"), true},
    {WORD("MESSAGE"), false},   {WORD("PUBLISH"), false}, {WORD("SERVICE"), false},   {WORD("BENOTIFY"), true},
    {WORD("NEGOTIATE"), false}, {WORD("PING"), true},     {WORD("DO"), false},        {WORD("COMET"), true},
    {WORD("QAUTH"), false},     {WORD("SPRACK"), false},
};

static const char *const schemes[] = {"sip:", "sips:", "tel:", "urn:", "im:", "pres:"};

static const struct {
    struct word name;
    enum sip_header kind;
} headers[] = {
    {WORD("Call-ID"), SIP_CALL_ID},
    {WORD("i"), SIP_CALL_ID},
    {WORD("CSeq"), SIP_CSEQ},
    {WORD("Contact"), SIP_CONTACT},
    {WORD("m"), SIP_CONTACT},
    {WORD("Content-Type"), SIP_CONTENT_TYPE},
    {WORD("c"), SIP_CONTENT_TYPE},
    {WORD("Content-Length"), SIP_CONTENT_LENGTH},
    {WORD("l"), SIP_CONTENT_LENGTH},
    {WORD("Authorization"), SIP_CREDENTIALS},
    {WORD("Proxy-Authorization"), SIP_CREDENTIALS},
    {WORD("WWW-Authenticate"), SIP_CHALLENGE},
    {WORD("Proxy-Authenticate"), SIP_CHALLENGE},
    {WORD("Authentication-Info"), SIP_CHALLENGE},
    {WORD("Proxy-Authentication-Info"), SIP_CHALLENGE},
};

/* Do they agree as far as both go? */
static bool begin_alike(struct bytes in, const char *word)
{
    for (size_t i = 0; i < in.left && word[i] != '\0'; i++)
        if (bytes_upper(in.at[i]) != bytes_upper((uint8_t)word[i]))
            return false;
    return true;
}

/* Takes a method and the blank after it. False when this is no method. */
static bool take_method(struct bytes *line, struct bytes *method)
{
    size_t length = 0;
    while (length < line->left && length <= METHOD_MOST && line->at[length] >= 'A' && line->at[length] <= 'Z')
        length++;
    *method = bytes_take(line, length);
    return length > 0 && length <= METHOD_MOST && (line->left == 0 || bytes_u8(line) == ' ');
}

static bool request_line(struct bytes line, struct sip_start *start)
{
    struct bytes method;
    const char version[] = " SIP/2.0";
    bool uri = false;
    line = words_trim(line);
    if (!take_method(&line, &method) || line.left < sizeof version)
        return false;
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        uri |= bytes_starts(line, schemes[i]);
    bytes_skip(&line, line.left - (sizeof version - 1));
    if (!uri || !bytes_are(line, version))
        return false;
    *start = (struct sip_start){.method = ""};
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        if (words_are(method, &methods[i].name))
            *start = (struct sip_start){.method = methods[i].name.text, .either = methods[i].either};
    return true;
}

bool sip_start_line(struct bytes line, struct sip_start *start)
{
    uint64_t status = 0;
    struct bytes rest = line;
    if (line.left > START_MOST)
        return false;
    if (!bytes_starts(line, "SIP/2.0 "))
        return request_line(line, start);
    bytes_skip(&rest, strlen("SIP/2.0 "));
    struct bytes digits = bytes_take(&rest, 3);
    if (digits.left != 3 || !words_number(digits, 699, &status) || status < 100 || (rest.left > 0 && rest.at[0] != ' '))
        return false;
    *start = (struct sip_start){.status = (uint16_t)status};
    return true;
}

bool sip_header(struct bytes *head, enum sip_header *kind, struct bytes *value)
{
    struct bytes all = *head, line;
    if (!bytes_line(head, &line))
        return false;
    while (head->left > 0 && (head->at[0] == ' ' || head->at[0] == '\t'))
        if (!bytes_line(head, &line))
            break;
    *value = bytes_take(&all, all.left - head->left);
    struct bytes name = words_trim(words_until(value, ':'));
    *value = words_trim(*value);
    *kind = SIP_OTHER;
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
        if (words_are(name, &headers[i].name))
            *kind = headers[i].kind;
    return true;
}

/* Takes up to the next `end` that is not in quotes nor between < and >, and drops it. */
static struct bytes take_element(struct bytes *list, uint8_t end)
{
    bool quoted = false, inside = false;
    size_t length = 0;
    for (; length < list->left; length++) {
        uint8_t c = list->at[length];
        if (c == end && !quoted && !inside)
            break;
        if (quoted && c == '\\')
            length++;
        else if (c == '"' && !inside)
            quoted = !quoted;
        else if (!quoted && (c == '<' || c == '>'))
            inside = c == '<';
    }
    struct bytes element = bytes_take(list, length < list->left ? length : list->left);
    if (list->left > 0)
        bytes_skip(list, 1);
    return element;
}

/* Takes the host, and a port when there is one. */
static bool take_host(struct bytes *uri, struct sip_contact *contact)
{
    uint64_t port;
    size_t length = 0;
    bool brackets = uri->left > 0 && uri->at[0] == '[';
    if (brackets) {
        bytes_skip(uri, 1);
        if (uri->left == 0 || memchr(uri->at, ']', uri->left) == NULL)
            return false;
        contact->host = words_until(uri, ']');
    }
    while (length < uri->left && uri->at[length] != ':' && uri->at[length] != ';' && uri->at[length] != '?')
        length++;
    struct bytes name = bytes_take(uri, length);
    if (!brackets)
        contact->host = words_trim(name);
    contact->has_address = words_address(contact->host, &contact->address);
    if (!contact->has_address && (brackets || !words_is_name(contact->host)))
        return false;
    if (uri->left == 0 || uri->at[0] != ':')
        return true;
    length = 1;
    while (length < uri->left && uri->at[length] != ';' && uri->at[length] != '?')
        length++;
    struct bytes digits = bytes_take(uri, length);
    bytes_skip(&digits, 1);
    if (!words_number(words_trim(digits), UINT16_MAX, &port) || port == 0)
        return false;
    contact->port = (uint16_t)port;
    return true;
}

static bool read_uri(struct bytes uri, struct sip_contact *contact)
{
    bool sips = bytes_starts(uri, "sips:"), tls = sips;
    struct bytes parameter;
    *contact = (struct sip_contact){0};
    if (!sips && !bytes_starts(uri, "sip:"))
        return false;
    (void)words_until(&uri, ':');
    /* A user part may hold all that ends a host (19.1.1), and what follows a host no '@': the last one ends it. */
    while (uri.left > 0 && memchr(uri.at, '@', uri.left) != NULL)
        (void)words_until(&uri, '@');
    if (!take_host(&uri, contact))
        return false;
    uri = words_until(&uri, '?');
    while (uri.left > 0) {
        parameter = words_trim(words_until(&uri, ';'));
        contact->udp |= bytes_are(parameter, "transport=udp");
        tls |= bytes_are(parameter, "transport=tls");
    }
    if (contact->port == 0)
        contact->port = tls ? 5061 : 5060;
    return true;
}

bool sip_contact(struct bytes *value, struct sip_contact *contact)
{
    while (value->left > 0) {
        struct bytes element = take_element(value, ','), bracketed = element;
        (void)take_element(&bracketed, '<'); /* the display name, when there are brackets */
        struct bytes uri = bracketed.left > 0 ? words_until(&bracketed, '>') : element;
        if (read_uri(words_trim(uri), contact))
            return true;
    }
    return false;
}

struct bytes sip_gssapi_data(struct bytes parameters)
{
    while (parameters.left > 0) {
        struct bytes data = take_element(&parameters, ',');
        if (!bytes_are(words_trim(words_until(&data, '=')), "gssapi-data"))
            continue;
        data = words_trim(data);
        if (data.left > 0 && data.at[0] == '"')
            bytes_skip(&data, 1);
        return words_until(&data, '"');
    }
    return (struct bytes){0};
}

/* A first line whose end is not here yet. */
static bool begins_start_line(struct bytes line)
{
    struct bytes method, rest = line;
    if (line.left > START_MOST)
        return false;
    if (begin_alike(line, "SIP/2.0 "))
        return true;
    if (!take_method(&rest, &method))
        return false;
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (begin_alike(rest, schemes[i]))
            return true;
    return false;
}

enum likeness sip_probe(struct bytes head, enum direction from)
{
    struct bytes line;
    struct sip_start start;
    while (head.left > 0 && (head.at[0] == '\r' || head.at[0] == '\n')) /* keep-alives (RFC 5626 3.5.1) */
        bytes_skip(&head, 1);
    struct bytes method, rest = head;
    if (head.left > 0 && head.at[0] > ' ' && !take_method(&rest, &method) && !begin_alike(head, "SIP/2.0 "))
        return LIKE_NOT;
    if (!bytes_line(&head, &line))
        return head.left == 0 || begins_start_line(head) ? LIKE_MAYBE : LIKE_NOT;
    if (!sip_start_line(line, &start))
        return LIKE_NOT;
    /* With MAYBE, a flow whose handshake was not seen is turned so that its client asks and its server answers. */
    bool right = start.either || from == (start.method != NULL ? FROM_CLIENT : FROM_SERVER);
    return right ? LIKE_YES : LIKE_MAYBE;
}
