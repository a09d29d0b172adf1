/* ask_http: what a database server answers is taken whole or not at all, and nobody waits for ever. The server is a
 * child that says these bytes. */
#include "observations/http.h"
#include "tests/cmocka_all.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct server {
    pid_t child;
    char url[64];
};

/* Answers one request; `drip` byte by byte for as long as somebody listens, behind that. */
static _Noreturn void serve(int listener, const char *answer, bool drip)
{
    char request[4096];
    int client = accept(listener, NULL, NULL);
    if (client < 0 || read(client, request, sizeof request) < 0)
        _exit(1);
    bool ok = write(client, answer, strlen(answer)) >= 0;
    while (ok && drip) {
        ok = send(client, "x", 1, MSG_NOSIGNAL) == 1;
        usleep(20000);
    }
    _exit(0);
}

static struct server begin(const char *answer, bool drip)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof at;
    struct server server = {.child = 0};
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(listener >= 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &length), 0);
    snprintf(server.url, sizeof server.url, "http://127.0.0.1:%u/", ntohs(at.sin_port));
    server.child = fork();
    if (server.child == 0)
        serve(listener, answer, drip);
    close(listener);
    return server;
}

struct taken {
    char text[256];
    size_t length;
};

static bool take(void *context, const char *bytes, size_t length)
{
    struct taken *taken = context;
    for (size_t i = 0; i < length && taken->length + 1 < sizeof taken->text; i++)
        taken->text[taken->length++] = bytes[i];
    return true;
}

static enum http_result ask(const char *answer, bool drip, struct taken *taken, char why[HTTP_WHY])
{
    struct failure failure = {0};
    struct http *http = http_create(&(struct http_identity){NULL, NULL, NULL}, &failure);
    struct server server = begin(answer, drip);
    assert_non_null(http);
    *taken = (struct taken){.length = 0};
    const struct http_request request = {.url = server.url,
                                         .body = "SELECT 1",
                                         .length = 8,
                                         .patience_s = 60,
                                         .stretch_s = 1,
                                         .take = take,
                                         .context = taken};
    enum http_result result = http_post(http, &request, why);
    http_destroy(http);
    kill(server.child, SIGKILL);
    waitpid(server.child, NULL, 0);
    return result;
}

#define OK_HEAD "HTTP/1.1 200 OK\r\n"

static void an_answer_that_says_where_it_ends_is_taken(void **state)
{
    (void)state;
    struct taken taken;
    char why[HTTP_WHY];
    assert_int_equal(ask(OK_HEAD "Content-Length: 3\r\n\r\n1\t2", false, &taken, why), HTTP_DONE);
    assert_string_equal(taken.text, "1\t2");
    assert_int_equal(
        ask(OK_HEAD "transfer-encoding: chunked\r\n\r\n2\r\n1\t\r\n1\r\n2\r\n0\r\n\r\n", false, &taken, why),
        HTTP_DONE);
    assert_string_equal(taken.text, "1\t2");
    assert_int_equal(ask("HTTP/1.1 100 Continue\r\n\r\n" OK_HEAD "Content-Length: 0\r\n\r\n", false, &taken, why),
                     HTTP_DONE);
    assert_int_equal(taken.length, 0);
    assert_int_equal(ask(OK_HEAD "Content-Encoding: gzip\r\nContent-Length: 0\r\n\r\n", false, &taken, why), HTTP_DONE);
}

static void one_that_ends_anywhere_is_none(void **state)
{
    (void)state;
    struct taken taken;
    char why[HTTP_WHY];
    assert_int_equal(ask(OK_HEAD "\r\n1\t2\n", false, &taken, why), HTTP_AWAY);
    assert_non_null(strstr(why, "does not say where it ends"));
    assert_int_equal(ask(OK_HEAD "Content-Length: 9\r\n\r\n1\t2\n", false, &taken, why), HTTP_AWAY);
    assert_int_equal(ask(OK_HEAD "Transfer-Encoding: chunked\r\n\r\n4\r\n1\t2\n\r\n", false, &taken, why), HTTP_AWAY);
}

static void what_is_refused_is_told_and_not_taken(void **state)
{
    (void)state;
    struct taken taken;
    char why[HTTP_WHY];
    assert_int_equal(ask("HTTP/1.1 500 No\r\nContent-Length: 9\r\n\r\nCode:\x1b 24\n", false, &taken, why),
                     HTTP_REFUSED);
    assert_string_equal(why, "Code:  24");
    assert_int_equal(taken.length, 0);
    assert_int_equal(
        ask("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", false, &taken, why),
        HTTP_REFUSED);
    assert_string_equal(why, "HTTP status 302");
}

static void one_that_trickles_in_is_not_waited_for(void **state)
{
    (void)state;
    struct taken taken;
    char why[HTTP_WHY];
    assert_int_equal(ask(OK_HEAD "Content-Length: 1000000\r\n\r\n1\t2\n", true, &taken, why), HTTP_AWAY);
    assert_string_equal(why, "the answer trickles in");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_that_says_where_it_ends_is_taken),
        cmocka_unit_test(one_that_ends_anywhere_is_none),
        cmocka_unit_test(what_is_refused_is_told_and_not_taken),
        cmocka_unit_test(one_that_trickles_in_is_not_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
