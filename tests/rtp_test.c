/* rtp_test: what makes datagrams media, and reports on it. */
#include "tests/cmocka_all.h"
#include "tests/play.h"

extern const struct dissector dissector_rtp, dissector_rtcp;

/* The last answer to these datagrams, all of the client. */
static enum dissect_answer answer_to(const struct dissector *by, const struct said *said, size_t count)
{
    struct heard heard;
    uint8_t state[DISSECTOR_STATE_MOST] = {0};
    enum dissect_answer answer = DISSECT_MORE;
    heard_init(&heard);
    for (size_t i = 0; i < count; i++) {
        uint8_t *copy = malloc(said[i].length + 1); /* exactly as long as it is, for the sanitizer */
        copy = realloc(memcpy(copy, said[i].bytes, said[i].length), said[i].length > 0 ? said[i].length : 1);
        struct bytes in = bytes_of(copy, said[i].length);
        answer = by->feed(state, said[i].from, &in, &heard.facts).answer;
        assert_int_equal(in.left, 0);
        assert_false(in.overran);
        free(copy);
    }
    assert_int_equal(heard.count, 0); /* nothing in a media header is worth saying */
    return answer;
}

#define ANSWER(by, ...)                                                                                                \
    answer_to(&by, (const struct said[]){__VA_ARGS__}, sizeof((const struct said[]){__VA_ARGS__}) / sizeof(struct said))
#define RTP(bytes)  ANSWER(dissector_rtp, TALK_C(bytes))
#define RTCP(bytes) ANSWER(dissector_rtcp, TALK_C(bytes))

static void one_datagram_is_a_guess_if_its_header_fits(void **state)
{
    (void)state;
    assert_int_equal(RTP("\x80\x08\0\1\0\0\0\1\0\0\0\1voice"), DISSECT_UNSURE);
    assert_int_equal(RTP("\x80\xe5\0\1\0\0\0\1\0\0\0\1"), DISSECT_UNSURE);                  /* marker, dynamic type */
    assert_int_equal(RTP("\x40\x08\0\1\0\0\0\1\0\0\0\1voice"), DISSECT_NOT_MINE);           /* version 1 */
    assert_int_equal(RTP("\x80\xc8\0\1\0\0\0\1\0\0\0\1voice"), DISSECT_NOT_MINE);           /* RTCP */
    assert_int_equal(RTP("\x80\x08\0\1\0\0\0\1\0\0\0"), DISSECT_NOT_MINE);                  /* too short */
    assert_int_equal(RTP("\x80\x08\0\1\0\0\0\1\0\0\0\0voice"), DISSECT_NOT_MINE);           /* nobody's */
    assert_int_equal(RTP("\x82\x08\0\1\0\0\0\1\0\0\0\1voice"), DISSECT_NOT_MINE);           /* sources not there */
    assert_int_equal(RTP("\x90\x08\0\1\0\0\0\1\0\0\0\1\0\0\0\1ext.voice"), DISSECT_UNSURE); /* extension */
    assert_int_equal(RTP("\x90\x08\0\1\0\0\0\1\0\0\0\1\0\0\0\x09"
                         "voice"),
                     DISSECT_NOT_MINE);                                            /* longer than all */
    assert_int_equal(RTP("\xa0\x08\0\1\0\0\0\1\0\0\0\1vo\0\2"), DISSECT_UNSURE);   /* padding */
    assert_int_equal(RTP("\xa0\x08\0\1\0\0\0\1\0\0\0\1vo\0\5"), DISSECT_NOT_MINE); /* longer than all */
    assert_int_equal(RTP("\xa0\x08\0\1\0\0\0\1\0\0\0\1vo\0\0"), DISSECT_NOT_MINE); /* none after all */
}

static void two_that_follow_each_other_are_media(void **state)
{
    (void)state;
    assert_int_equal(ANSWER(dissector_rtp, TALK_C("\x80\x08\xff\xff\0\0\0\1\0\0\0\1voice"),
                            TALK_C("\x80\x08\0\0\0\0\0\2\0\0\0\1voice")),
                     DISSECT_DONE);
    /* the same once more, and much later */
    assert_int_equal(
        ANSWER(dissector_rtp, TALK_C("\x80\x08\0\1\0\0\0\1\0\0\0\1voice"), TALK_C("\x80\x08\0\1\0\0\0\1\0\0\0\1voice")),
        DISSECT_UNSURE);
    assert_int_equal(
        ANSWER(dissector_rtp, TALK_C("\x80\x08\0\1\0\0\0\1\0\0\0\1voice"), TALK_C("\x80\x08\1\1\0\0\0\1\0\0\0\1voice")),
        DISSECT_UNSURE);
    /* the two sides count for themselves */
    assert_int_equal(
        ANSWER(dissector_rtp, TALK_C("\x80\x08\0\1\0\0\0\1\0\0\0\1voice"), TALK_S("\x80\x08\0\2\0\0\0\1\0\0\0\1voice")),
        DISSECT_UNSURE);
}

static void another_source_right_away_is_no_media(void **state)
{
    (void)state;
    assert_int_equal(
        ANSWER(dissector_rtp, TALK_C("\x80\x08\0\1\0\0\0\1\0\0\0\1voice"), TALK_C("\x80\x08\0\2\0\0\0\1\0\0\0\2voice")),
        DISSECT_NOT_MINE);
}

static void reports_add_up_to_their_datagram(void **state)
{
    (void)state;
    assert_int_equal(RTCP("\x80\xc9\0\1\0\0\0\1"), DISSECT_DONE);
    assert_int_equal(RTCP("\x80\xc9\0\1\0\0\0\1\x81\xca\0\2\0\0\0\1\1\1x\0"), DISSECT_DONE);
    assert_int_equal(RTCP("\x81\xca\0\2\0\0\0\1\1\1x\0"), DISSECT_NOT_MINE); /* begins with no report */
    assert_int_equal(RTCP("\xa0\xc9\0\1\0\0\0\1"), DISSECT_NOT_MINE);        /* the first is padded */
    assert_int_equal(RTCP("\x80\xc9\0\2\0\0\0\1"), DISSECT_NOT_MINE);
    assert_int_equal(RTCP("\x80\xc9\0\1\0\0\0\1\x41\xca\0\0"), DISSECT_NOT_MINE);
    assert_int_equal(RTCP("\x80"), DISSECT_NOT_MINE);
}

/* No first bytes prove media: nothing is ever claimed, only guessed. */
static void a_probe_never_says_yes(void **state)
{
    (void)state;
    static const char *const heads[] = {"\x80\x08\x10\x10", "\x80\xc9\1\1", "GET / HTTP/1.1", "\x16\x03\x01"};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        struct bytes head = bytes_of(heads[i], strlen(heads[i]));
        assert_int_equal(dissector_rtp.probe(head, FROM_CLIENT), i == 0 ? LIKE_MAYBE : LIKE_NOT);
        assert_int_equal(dissector_rtcp.probe(head, FROM_CLIENT), i == 1 ? LIKE_MAYBE : LIKE_NOT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_datagram_is_a_guess_if_its_header_fits),
        cmocka_unit_test(two_that_follow_each_other_are_media),
        cmocka_unit_test(another_source_right_away_is_no_media),
        cmocka_unit_test(reports_add_up_to_their_datagram),
        cmocka_unit_test(a_probe_never_says_yes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
