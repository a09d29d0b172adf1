/* entrance: see watch/entrance.h. A host is written as in RFC 3986, 3.2.2: IPv6 in brackets. Sec-Fetch-Site and
 * Sec-Fetch-Mode: W3C, Fetch Metadata Request Headers. */
#include "watch/entrance.h"

#include "base/base64.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define WAITING 64 /* connections that nobody has taken yet */

/* ---- the address ---- */

/* The host of HOST, HOST:PORT or [HOST]:PORT into `out`; *port is what stands behind the colon, NULL without one. */
static bool split(const char *text, char *out, size_t size, const char **port)
{
    const char *end;
    if (text[0] == '[') {
        end = strchr(++text, ']');
        if (end == NULL || (end[1] != '\0' && end[1] != ':'))
            return false;
        *port = end[1] == ':' ? end + 2 : NULL;
    } else {
        end = strchr(text, ':');
        *port = end != NULL ? end + 1 : NULL;
        if (end == NULL)
            end = text + strlen(text);
    }
    if ((size_t)(end - text) >= size)
        return false;
    memcpy(out, text, (size_t)(end - text));
    out[end - text] = '\0';
    return true;
}

static bool parse_port(const char *text, uint16_t *port)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    *port = (uint16_t)n;
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && n <= UINT16_MAX;
}

bool entrance_parse(const char *text, struct address *address, uint16_t *port, struct failure *failure)
{
    char host[ADDRESS_TEXT + 2];
    const char *behind;
    if (parse_port(text, port))
        return address_parse("127.0.0.1", address);
    if (split(text, host, sizeof host, &behind) && behind != NULL && parse_port(behind, port) &&
        address_parse(strcasecmp(host, "localhost") == 0 ? "127.0.0.1" : host, address))
        return true;
    return failure_add(failure, "--listen %s: an address and a port, as 127.0.0.1:8080 or [::1]:8080", text);
}

bool entrance_is_local(const struct address *address)
{
    static const uint8_t one[16] = {[15] = 1};
    return address_is_v4(address) ? address->octets[12] == 127 : memcmp(address->octets, one, sizeof one) == 0;
}

socklen_t entrance_socket_address(const struct address *address, uint16_t port, struct sockaddr_storage *out)
{
    memset(out, 0, sizeof *out);
    if (address_is_v4(address)) {
        struct sockaddr_in *four = (struct sockaddr_in *)out;
        four->sin_family = AF_INET;
        four->sin_port = htons(port);
        memcpy(&four->sin_addr, address->octets + 12, 4);
        return sizeof *four;
    }
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)out;
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(port);
    memcpy(&six->sin6_addr, address->octets, 16);
    return sizeof *six;
}

/* The port that the system chose, where it was to. */
static void learn_port(struct entrance *entrance)
{
    union {
        struct sockaddr any;
        struct sockaddr_in four;
        struct sockaddr_in6 six;
    } bound = {.six = {0}};
    socklen_t length = sizeof bound;
    char text[ADDRESS_TEXT];
    if (getsockname(entrance->socket, &bound.any, &length) == 0)
        entrance->port = ntohs(bound.any.sa_family == AF_INET ? bound.four.sin_port : bound.six.sin6_port);
    snprintf(entrance->at, sizeof entrance->at, address_is_v4(&entrance->address) ? "%s:%u" : "[%s]:%u",
             address_text(&entrance->address, text), entrance->port);
}

static bool begin_listening(struct entrance *entrance, const char *text, struct failure *failure)
{
    struct sockaddr_storage at;
    socklen_t length = entrance_socket_address(&entrance->address, entrance->port, &at);
    int on = 1;
    entrance->socket = socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (entrance->socket < 0 || setsockopt(entrance->socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(entrance->socket, (struct sockaddr *)&at, length) != 0 || listen(entrance->socket, WAITING) != 0)
        return failure_add(failure, "--listen %s: %s%s", text, strerror(errno),
                           errno == EADDRINUSE      ? "; another program listens there: take another port"
                           : errno == EADDRNOTAVAIL ? "; this machine has no such address"
                           : errno == EACCES        ? "; only root may take a port below 1024"
                                                    : "");
    learn_port(entrance);
    return true;
}

/* ---- the token ---- */

static bool read_token_file(const char *path, char *out, size_t size, struct failure *failure)
{
    struct stat about;
    FILE *in = fopen(path, "re");
    if (in == NULL)
        return failure_add(failure, "--token-file %s: %s", path, strerror(errno));
    bool ok = fstat(fileno(in), &about) == 0 && (about.st_mode & S_IROTH) == 0;
    if (!ok)
        failure_add(failure, "--token-file %s: everybody may read it; chmod o= %s", path, path);
    else if (fgets(out, (int)size, in) == NULL)
        out[0] = '\0';
    fclose(in);
    out[strcspn(out, "\r\n")] = '\0';
    return ok;
}

static bool take_token(struct entrance *entrance, const char *token_file, struct failure *failure)
{
    char token[ENTRANCE_TOKEN_MOST + 2] = "";
    const char *given = getenv("PATHAUDIT_TOKEN");
    if (token_file != NULL && !read_token_file(token_file, token, sizeof token, failure))
        return false;
    if (token_file == NULL)
        snprintf(token, sizeof token, "%s", given != NULL ? given : "");
    size_t length = strlen(token);
    if (length == 0 && token_file == NULL)
        return true;
    if (length < ENTRANCE_TOKEN_LEAST || length > ENTRANCE_TOKEN_MOST)
        return failure_add(failure, "%s: a token has %d to %d characters, as 'openssl rand -hex 24' gives",
                           token_file != NULL ? token_file : "PATHAUDIT_TOKEN", ENTRANCE_TOKEN_LEAST,
                           ENTRANCE_TOKEN_MOST);
    for (size_t i = 0; i < length; i++)
        if (token[i] <= ' ' || token[i] > '~')
            return failure_add(failure, "%s: a token is made of letters, digits and signs, without blanks",
                               token_file != NULL ? token_file : "PATHAUDIT_TOKEN");
    memcpy(entrance->token, token, length + 1);
    return true;
}

bool entrance_open(struct entrance *entrance, const char *listen, const char *token_file, struct failure *failure)
{
    *entrance = (struct entrance){.socket = -1};
    if (!entrance_parse(listen, &entrance->address, &entrance->port, failure) ||
        !take_token(entrance, token_file, failure))
        return false;
    if (entrance->token[0] == '\0' && !entrance_is_local(&entrance->address))
        return failure_add(failure,
                           "--listen %s: whoever can reach that address could read the audit; give a token with "
                           "--token-file FILE or in PATHAUDIT_TOKEN, or listen on 127.0.0.1",
                           listen);
    if (begin_listening(entrance, listen, failure))
        return true;
    entrance_close(entrance);
    return false;
}

void entrance_close(struct entrance *entrance)
{
    if (entrance->socket >= 0)
        close(entrance->socket);
    entrance->socket = -1;
    explicit_bzero(entrance->token, sizeof entrance->token);
}

/* ---- requests ---- */

bool entrance_host_is_address(const char *host)
{
    char name[ADDRESS_TEXT + 2];
    const char *behind;
    struct address address;
    uint16_t port;
    return host != NULL && split(host, name, sizeof name, &behind) && (behind == NULL || parse_port(behind, &port)) &&
           (strcasecmp(name, "localhost") == 0 || address_parse(name, &address));
}

bool entrance_is_for_stranger(const char *site, const char *mode, bool is_page)
{
    if (site == NULL || strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0)
        return false;
    return !is_page || mode == NULL || strcmp(mode, "navigate") != 0;
}

/* Looks at every character of what was given, however much of it is right. */
static bool is_token(const struct entrance *entrance, const char *given, size_t length)
{
    size_t wanted = strlen(entrance->token);
    unsigned differs = length != wanted;
    for (size_t i = 0; i < length; i++)
        differs |= (unsigned char)given[i] ^ (unsigned char)entrance->token[wanted > 0 ? i % wanted : 0];
    return wanted > 0 && differs == 0;
}

bool entrance_has_token(const struct entrance *entrance, const char *authorization)
{
    uint8_t decoded[2 * ENTRANCE_TOKEN_MOST];
    if (authorization == NULL)
        return false;
    if (strncasecmp(authorization, "Bearer ", 7) == 0)
        return is_token(entrance, authorization + 7, strlen(authorization + 7));
    if (strncasecmp(authorization, "Basic ", 6) != 0)
        return false;
    size_t length = base64_decode(bytes_of(authorization + 6, strlen(authorization + 6)), decoded, sizeof decoded);
    const uint8_t *colon = memchr(decoded, ':', length); /* behind the name, which may be any */
    return colon != NULL && is_token(entrance, (const char *)colon + 1, length - (size_t)(colon + 1 - decoded));
}
