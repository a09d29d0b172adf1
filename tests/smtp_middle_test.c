/* smtp_middle_test: mail that is seen from its middle on: it is SMTP and clear, and who sends it is not known; and mail
 * that never begins, since the server turns the client away. */
#include "tests/cmocka_all.h"
#include "tests/play.h"
#include "tests/talks_smtp.h"

static const struct said talk_smtp_middle[] = {
    TALK_C("RCPT TO:<b@b.example>\r\n"),
    TALK_S("250 2.1.5 OK\r\n"),
    TALK_C("BDAT 5 LAST\r\nhello"),
    TALK_S("250 2.6.0 queued\r\n"),
    TALK_C("MAIL FROM:<a@a.example> SIZE=1\r\n"),
    TALK_S("250 2.1.0 OK\r\n"),
};

/* Plays the talk from one of its lines on. */
static void hear(struct heard *heard, size_t from)
{
    struct talk talk = {"", &dissector_smtp, talk_smtp_middle + from,
                        sizeof talk_smtp_middle / sizeof talk_smtp_middle[0] - from};
    heard_init(heard);
    play(heard, talk.by, &talk, PLAY_WHOLE);
}

static void mail_seen_from_an_envelope_on_is_clear_and_nobodys(void **state)
{
    static const size_t beginnings[] = {0, 4};
    struct heard heard;
    (void)state;
    for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++) {
        hear(&heard, beginnings[i]);
        assert_true(heard_has(&heard, "encryption=none") && heard_has(&heard, "outcome=accepted"));
        assert_int_equal(heard.count, 2);
        heard_fini(&heard);
    }
}

static void what_others_may_say_as_well_proves_nothing(void **state)
{
    (void)state;
    static const char *const heads[] = {"MAIL FROM", "MAIL TO:<x>", "RCPT FROM:<x>", "DATA\r\n", "MAIL <x>\r\n"};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        assert_int_equal(dissector_smtp.probe(bytes_of(heads[i], strlen(heads[i])), FROM_CLIENT), LIKE_MAYBE);
    assert_int_equal(dissector_smtp.probe(bytes_of("rcpt to:<", 9), FROM_CLIENT), LIKE_YES);
}

static void a_refusal_instead_of_a_greeting_is_denied_by_its_status_code_alone(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        bool sure;
    } cases[] = {
        {"421 4.3.2 Service not available\r\n", true},
        {"554-5.7.1 You are listed\r\n554 5.7.1 there\r\n", true},
        {"554 4.7.1 not its class\r\n", false},
        {"421 4.3.2000 \r\n", false},
        {"421 4.3.\r\n", false},
        {"421 Service not available\r\n", false}, /* as FTP says it */
        {"220 2.0.0 \r\n", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct said line = {FROM_SERVER, cases[i].line, strlen(cases[i].line)};
        struct heard heard;
        const struct talk talk = {"", &dissector_smtp, &line, 1};
        heard_init(&heard);
        play(&heard, talk.by, &talk, PLAY_WHOLE);
        assert_int_equal(heard_has(&heard, "outcome=denied"), cases[i].sure);
        assert_int_equal(dissector_smtp.probe(bytes_of(line.bytes, line.length), FROM_SERVER),
                         cases[i].sure ? LIKE_YES : LIKE_MAYBE);
        heard_fini(&heard);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mail_seen_from_an_envelope_on_is_clear_and_nobodys),
        cmocka_unit_test(what_others_may_say_as_well_proves_nothing),
        cmocka_unit_test(a_refusal_instead_of_a_greeting_is_denied_by_its_status_code_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
