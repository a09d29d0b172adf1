/* entrance: who may come in: the address that is listened on, the token, and what a request has to say for itself.
 *
 * Without a token only this machine is let in, and only requests that name the server by an address or as localhost: a
 * page of a stranger whose name was made to point here (DNS rebinding) sends the stranger's name. With a token the
 * token is what counts (RFC 6750, or the password of RFC 7617, which browsers can ask for). */
#ifndef WATCH_ENTRANCE_H
#define WATCH_ENTRANCE_H

#include "base/address.h"
#include "base/failure.h"

#include <sys/socket.h>

#define ENTRANCE_TOKEN_LEAST 16
#define ENTRANCE_TOKEN_MOST  256

struct entrance {
    struct address address;
    uint16_t port;                       /* 0: the system chooses */
    char token[ENTRANCE_TOKEN_MOST + 1]; /* "": none */
    char at[ADDRESS_TEXT + 10];          /* "127.0.0.1:8080", "[::1]:8080" once it is open */
    int socket;                          /* listening; -1: not open */
};

/* ADDR:PORT, [ADDR]:PORT, localhost:PORT, or PORT of this machine. No name is looked up. */
bool entrance_parse(const char *text, struct address *address, uint16_t *port, struct failure *failure);
/* The same for the system; its length. */
socklen_t entrance_socket_address(const struct address *address, uint16_t port, struct sockaddr_storage *out);
/* 127.0.0.0/8 or ::1. */
bool entrance_is_local(const struct address *address);
/* Of --listen, with the token of the environment variable PATHAUDIT_TOKEN or the first line of `token_file` (NULL:
 * none): checks both, opens and listens. False with a failure. */
bool entrance_open(struct entrance *entrance, const char *listen, const char *token_file, struct failure *failure);
void entrance_close(struct entrance *entrance);

/* Does the value of a Host header (NULL: none) name an address or localhost? */
bool entrance_host_is_address(const char *host);
/* Does a browser say, by Sec-Fetch-Site and Sec-Fetch-Mode (NULL: programs send none), that a page of somebody else
 * asks? A person who follows a link from there does not count, as long as it leads to the page. */
bool entrance_is_for_stranger(const char *site, const char *mode, bool is_page);
/* Does the value of an Authorization header (NULL: none) hold the token? Takes as long whatever is wrong with it. */
bool entrance_has_token(const struct entrance *entrance, const char *authorization);

#endif
