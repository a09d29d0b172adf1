/* smtp_middle_test: mail that is seen from its middle on: it is SMTP and clear, and who sends it is not known. */
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mail_seen_from_an_envelope_on_is_clear_and_nobodys),
        cmocka_unit_test(what_others_may_say_as_well_proves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
