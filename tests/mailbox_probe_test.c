/* mailbox: POP3, IMAP, NNTP, and two that share their lines: the first bytes: which are nobody else's, and which others
 * say as well. */
#include "tests/cmocka_all.h"
#include "tests/play.h"
#include "tests/talks_mailbox.h"

extern const struct dissector dissector_http, dissector_smtp;

static void the_probes_say_yes_only_when_sure(void **state)
{
    (void)state;
    static const struct {
        const struct dissector *by;
        enum direction from;
        const char *head;
        enum likeness like;
    } cases[] = {
        {&dissector_pop3, FROM_SERVER, "+", LIKE_MAYBE},
        {&dissector_pop3, FROM_SERVER, "+OK\r\n", LIKE_MAYBE},
        {&dissector_pop3, FROM_SERVER, "+OK ready", LIKE_MAYBE},
        {&dissector_pop3, FROM_SERVER, "+OK ready\r\n", LIKE_YES},
        {&dissector_pop3, FROM_SERVER, "-ERR no\r\n", LIKE_MAYBE},
        {&dissector_pop3, FROM_SERVER, "+PONG\r\n", LIKE_NOT},
        {&dissector_pop3, FROM_SERVER, "+OK \x01\r\n", LIKE_NOT},
        {&dissector_pop3, FROM_CLIENT, "CAPA", LIKE_MAYBE},
        {&dissector_pop3, FROM_CLIENT, "Q\r", LIKE_MAYBE},
        {&dissector_pop3, FROM_CLIENT, "QX", LIKE_NOT},
        {&dissector_smtp, FROM_CLIENT, "x:", LIKE_NOT},
        {&dissector_smtp, FROM_CLIENT, "xcmd:", LIKE_MAYBE},
        {&dissector_smtp, FROM_CLIENT, "X-", LIKE_MAYBE},
        {&dissector_smtp, FROM_CLIENT, "X\n\x90\x91", LIKE_NOT},
        {&dissector_smtp, FROM_CLIENT, "E:", LIKE_NOT},
        {&dissector_smtp, FROM_CLIENT, " \teh", LIKE_MAYBE},
        {&dissector_http, FROM_CLIENT, "UIDL\r", LIKE_MAYBE},
        {&dissector_http, FROM_CLIENT, "Ui", LIKE_NOT},
        {&dissector_pop3, FROM_CLIENT, "capa\r\n", LIKE_YES},
        {&dissector_pop3, FROM_CLIENT, "USER a\r\n", LIKE_MAYBE},
        {&dissector_pop3, FROM_CLIENT, "USER a\r\nPASS b\r\nUIDL\r\n", LIKE_YES},
        {&dissector_pop3, FROM_CLIENT, "USER a\r\nPASS b\r\nSYST\r\n", LIKE_NOT},
        {&dissector_pop3, FROM_CLIENT, "AUTH TLS\r\n", LIKE_MAYBE},
        {&dissector_pop3, FROM_CLIENT, "EHLO a\r\n", LIKE_NOT},
        {&dissector_imap, FROM_SERVER, "*", LIKE_MAYBE},
        {&dissector_imap, FROM_SERVER, "* OK ready\r\n", LIKE_MAYBE},
        {&dissector_imap, FROM_SERVER, "* OK ready\r\n* CAPABILITY IMAP4rev1\r\n", LIKE_YES},
        {&dissector_imap, FROM_SERVER, "* PREAUTH [CAPABILITY X] a\r\n", LIKE_YES},
        {&dissector_imap, FROM_SERVER, "* ACAP \"IMAP\"\r\n", LIKE_NOT},
        {&dissector_imap, FROM_SERVER, "*3\r\n$3\r\nSET\r\n", LIKE_NOT},
        {&dissector_imap, FROM_CLIENT, "a1", LIKE_MAYBE},
        {&dissector_imap, FROM_CLIENT, "a\r", LIKE_MAYBE},
        {&dissector_imap, FROM_CLIENT, "a*", LIKE_NOT},
        {&dissector_imap, FROM_CLIENT, "a1 CAPA", LIKE_MAYBE},
        {&dissector_imap, FROM_CLIENT, "a1 CAPABILITY\r\n", LIKE_YES},
        {&dissector_imap, FROM_CLIENT, ". STARTTLS\r\n", LIKE_YES},
        {&dissector_imap, FROM_CLIENT, "a1 LOGIN a b\r\n", LIKE_YES},
        {&dissector_imap, FROM_CLIENT, "a1 LOGIN a\r\n", LIKE_MAYBE},
        {&dissector_imap, FROM_CLIENT, "AUTH LOGIN\r\n", LIKE_MAYBE},
        {&dissector_imap, FROM_CLIENT, "HELP STARTTLS\r\n", LIKE_MAYBE},
        {&dissector_imap, FROM_CLIENT, "GET / HTTP/1.1\r\n", LIKE_NOT},
        {&dissector_imap, FROM_CLIENT, "EHLO a\r\n", LIKE_NOT},
        {&dissector_imap, FROM_CLIENT, "\x16\x03\x01", LIKE_NOT},
        {&dissector_nntp, FROM_SERVER, "20", LIKE_MAYBE},
        {&dissector_nntp, FROM_SERVER, "200 ready\r\n", LIKE_MAYBE},
        {&dissector_nntp, FROM_SERVER, "201 InterNetNews NNRP server\r\n", LIKE_YES},
        {&dissector_nntp, FROM_SERVER, "200 nntp", LIKE_MAYBE},
        {&dissector_nntp, FROM_SERVER, "200 ready\r\n382 go\r\n", LIKE_YES},
        {&dissector_nntp, FROM_SERVER, "220 NNTP\r\n", LIKE_NOT},
        {&dissector_nntp, FROM_SERVER, "HTTP/1.1 200 OK\r\n", LIKE_NOT},
        {&dissector_nntp, FROM_CLIENT, "MODE READER\r\n", LIKE_YES},
        {&dissector_nntp, FROM_CLIENT, "MODE S\r\n", LIKE_MAYBE},
        {&dissector_nntp, FROM_CLIENT, "LIST\r\n", LIKE_MAYBE},
        {&dissector_nntp, FROM_CLIENT, "LIST\r\nGROUP a.b\r\n", LIKE_YES},
        {&dissector_nntp, FROM_CLIENT, "AUTHINFO USER a\r\n", LIKE_YES},
        {&dissector_nntp, FROM_CLIENT, "POST\r\n", LIKE_MAYBE},
        {&dissector_nntp, FROM_CLIENT, "POST / HTTP/1.1\r\n", LIKE_NOT},
        {&dissector_nntp, FROM_CLIENT, "HEAD / HTTP/1.1\r\n", LIKE_NOT},
        {&dissector_nntp, FROM_CLIENT, "STARTTLS\r\nEHLO a\r\n", LIKE_NOT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum likeness like = cases[i].by->probe(bytes_of(cases[i].head, strlen(cases[i].head)), cases[i].from);
        if (like != cases[i].like)
            fail_msg("%s, %s: %d", cases[i].by->name, cases[i].head, (int)like);
    }
}

static void no_number_of_arguments_makes_a_shared_verb_proof(void **state)
{
    (void)state;
    char line[1024] = "a1 SEARCH";
    for (size_t i = 0; i < 300; i++)
        strcat(line, " 1");
    strcat(line, "\r\n");
    assert_int_equal(dissector_imap.probe(bytes_of(line, strlen(line)), FROM_CLIENT), LIKE_MAYBE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_number_of_arguments_makes_a_shared_verb_proof),
        cmocka_unit_test(the_probes_say_yes_only_when_sure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
