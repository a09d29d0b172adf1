/* dissectors: the laws every dissector is held to, looped over all of them and over whole talks of each: how bytes are
 * cut changes nothing, any prefix is safe, a talk is claimed by its own protocol, and another's says nothing. */
#include "tests/cmocka_all.h"
#include "tests/play.h"
#include "tests/talks_all.h"

#define HEAD_MOST 2048 /* as much of a direction as a probe is shown here */

static void for_every_talk(void (*law)(const struct talk *talk))
{
    for (size_t book = 0; book < BOOK_COUNT; book++)
        for (size_t i = 0; i < books[book].count; i++)
            law(&books[book].talks[i]);
}

static void assert_same_lines(const struct talk *talk, size_t chunk, const struct heard *one, const struct heard *other)
{
    if (heard_same(one, other))
        return;
    printf("%s, in chunks of %zu bytes:\n", talk->name, chunk);
    heard_print(one, stdout);
    printf("at once:\n");
    heard_print(other, stdout);
    fail();
}

static void cut_every_way(const struct talk *talk)
{
    struct heard whole, cut;
    heard_init(&whole);
    play(&whole, talk->by, talk, PLAY_WHOLE);
    if (whole.count == 0)
        fail_msg("nothing is said of: %s", talk->name);
    for (size_t chunk = 1; chunk <= 64; chunk++) {
        heard_init(&cut);
        play(&cut, talk->by, talk, chunk);
        assert_same_lines(talk, chunk, &cut, &whole);
        heard_fini(&cut);
    }
    heard_fini(&whole);
}

static void the_same_bytes_say_the_same_however_they_are_cut(void **state)
{
    (void)state;
    for_every_talk(cut_every_way);
}

/* What was said of a prefix was read, so it is said of the whole as well; only the sums may change. */
static void break_off_everywhere(const struct talk *talk)
{
    struct heard whole, part;
    heard_init(&whole);
    play(&whole, talk->by, talk, PLAY_WHOLE);
    size_t length = talk_length(talk);
    for (size_t limit = 0; limit < length; limit++) {
        heard_init(&part);
        play_part(&part, talk->by, talk, PLAY_WHOLE, limit);
        for (size_t i = 0; i < part.count; i++) {
            bool sum = strncmp(part.lines[i], "authentication=", 15) == 0 ||
                       strncmp(part.lines[i], "encryption=", 11) == 0 || strncmp(part.lines[i], "outcome=", 8) == 0;
            if (!sum && !heard_has(&whole, part.lines[i]))
                fail_msg("%s, first %zu bytes: %s", talk->name, limit, part.lines[i]);
        }
        heard_fini(&part);
    }
    heard_fini(&whole);
}

static void a_talk_that_breaks_off_says_nothing_the_whole_does_not(void **state)
{
    (void)state;
    for_every_talk(break_off_everywhere);
}

/* The best a dissector's probe says of the growing heads of both directions of a talk. */
static enum likeness best_likeness(const struct dissector *by, const struct talk *talk)
{
    uint8_t heads[2][HEAD_MOST];
    size_t lengths[2] = {0, 0};
    enum likeness best = LIKE_NOT, said[2] = {LIKE_MAYBE, LIKE_MAYBE};
    for (size_t i = 0; i < talk->count; i++) {
        enum direction from = talk->said[i].from;
        for (size_t j = 0; j < talk->said[i].length && lengths[from] < HEAD_MOST; j++) {
            heads[from][lengths[from]++] = ((const uint8_t *)talk->said[i].bytes)[j];
            uint8_t *copy = malloc(lengths[from]);
            memcpy(copy, heads[from], lengths[from]);
            enum likeness like = by->probe(bytes_of(copy, lengths[from]), from);
            free(copy);
            if (said[from] == LIKE_NOT && like != LIKE_NOT)
                fail_msg("%s, %s: no, and with more bytes (%zu) perhaps after all", by->name, talk->name,
                         lengths[from]);
            said[from] = like;
            best = like > best ? like : best;
        }
    }
    return best;
}

static void claim(const struct talk *talk)
{
    if (best_likeness(talk->by, talk) != LIKE_YES)
        fail_msg("%s does not claim: %s", talk->by->name, talk->name);
}

/* What a talk says first, as much of it as is here at once, with one of its first bytes changed: the probe may want no
 * head that begins in none of the ways that its dissector declares. */
static void change_each_byte(const struct talk *talk, const struct said *said, size_t length)
{
    uint8_t head[64];
    for (unsigned change = 0; change < BEGINNING_LATER_LEAST * 256 && change / 256 < length; change++) {
        memcpy(head, said->bytes, length);
        head[change / 256] = (uint8_t)change;
        for (size_t d = 0; dissectors[d] != NULL; d++)
            if (!play_begins_rightly(dissectors[d], bytes_of(head, length), said->from))
                fail_msg("%s may begin so as well: %s, %zu bytes, byte %u being %u", dissectors[d]->name, talk->name,
                         length, change / 256, change % 256);
    }
}

static void begin_otherwise(const struct talk *talk)
{
    static const size_t lengths[] = {BEGINNING_LEAST, 10, 13, 16, BEGINNING_LATER_LEAST, 64};
    for (size_t i = 0; i < talk->count && i < 2; i++)
        for (size_t k = 0; k < sizeof lengths / sizeof lengths[0]; k++)
            change_each_byte(talk, &talk->said[i],
                             talk->said[i].length < lengths[k] ? talk->said[i].length : lengths[k]);
}

static void what_begins_otherwise_than_declared_is_not_wanted(void **state)
{
    (void)state;
    for_every_talk(begin_otherwise);
}

static void a_talk_is_claimed_by_its_own_protocol(void **state)
{
    (void)state;
    for_every_talk(claim);
}

static void overhear(const struct talk *talk)
{
    for (size_t i = 0; dissectors[i] != NULL; i++) {
        bool never_asked = talk->by != NULL && (dissectors[i]->transports & talk->by->transports) == 0;
        if (dissectors[i] == talk->by || never_asked)
            continue;
        if (best_likeness(dissectors[i], talk) == LIKE_YES)
            fail_msg("%s claims: %s", dissectors[i]->name, talk->name);
        struct heard heard;
        heard_init(&heard);
        play(&heard, dissectors[i], talk, PLAY_WHOLE);
        if (heard.count > 0)
            fail_msg("%s says %s of: %s", dissectors[i]->name, heard.lines[0], talk->name);
        heard_fini(&heard);
    }
}

static void another_protocols_talk_says_nothing(void **state)
{
    (void)state;
    for_every_talk(overhear);
}

/* Talks of protocols that begin like one of ours. */
static void greetings_of_other_protocols_say_nothing(void **state)
{
    (void)state;
    static const struct said ftp[] = {
        TALK_S("220 smtp.corp.example FTP server ready.\r\n"),
        TALK_C("USER postmaster\r\n"),
        TALK_S("331 Please specify the password.\r\n"),
        TALK_C("PASS Str0ngSecret\r\n"),
    };
    static const struct said ftp_secured[] = {
        TALK_S("220 ftp.corp.example ready\r\n"),
        TALK_C("AUTH TLS\r\n"),
        TALK_S("234 Proceed.\r\n"),
        TALK_C(TALK_TLS13_CLIENT),
    };
    static const struct said pop3[] = {
        TALK_S("+OK ready\r\n"),
        TALK_C("AUTH NTLM\r\n"),
        TALK_S("+ \r\n"),
        TALK_C("QUIT\r\n"),
    };
    static const struct said lmtp[] = {
        TALK_S("220 mbx.corp.example LMTP\r\n"),
        TALK_C("LHLO client\r\n"),
        TALK_S("250-mbx.corp.example\r\n250 STARTTLS\r\n"),
        TALK_C("MAIL FROM:<>\r\n"),
    };
    static const struct said rdp[] = {
        TALK_C("\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x03\x00\x00\x00"),
        TALK_S("\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00\x02\x00\x08\x00\x02\x00\x00\x00"),
    };
    const struct talk talks[] = {
        {"FTP on a host called smtp", NULL, ftp, 4},
        {"FTP with AUTH TLS", NULL, ftp_secured, 4},
        {"POP3 with AUTH NTLM", &dissector_pop3, pop3, 4},
        {"LMTP", NULL, lmtp, 4},
        {"RDP", &dissector_rdp, rdp, 2},
    };
    for (size_t i = 0; i < sizeof talks / sizeof talks[0]; i++)
        overhear(&talks[i]);
}

/* Nothing is kept outside the state that was lent. */
static void two_talks_at_once_do_not_disturb_each_other(void **state)
{
    (void)state;
    struct heard alone[2], together[2];
    struct player players[2];
    const struct talk *talks[2] = {&smtp_talks[0], &smtp_talks[4]};
    for (int i = 0; i < 2; i++) {
        heard_init(&alone[i]);
        heard_init(&together[i]);
        player_begin(&players[i], &together[i], talks[i]->by);
    }
    for (size_t said = 0; said < talks[0]->count || said < talks[1]->count; said++)
        for (int i = 0; i < 2; i++)
            if (said < talks[i]->count)
                player_hear(&players[i], talks[i]->said[said].from, talks[i]->said[said].bytes,
                            talks[i]->said[said].length);
    for (int i = 0; i < 2; i++) {
        play(&alone[i], talks[i]->by, talks[i], PLAY_WHOLE);
        for (size_t line = 0; line < together[i].count; line++)
            assert_true(heard_has(&alone[i], together[i].lines[line]));
        assert_int_equal(together[i].count, alone[i].count - heard_count(&alone[i], "authentication=") -
                                                heard_count(&alone[i], "encryption=") -
                                                heard_count(&alone[i], "outcome="));
        player_end(&players[i]);
        heard_fini(&alone[i]);
        heard_fini(&together[i]);
    }
}

static void every_dissector_keeps_within_what_it_is_lent(void **state)
{
    (void)state;
    size_t count = 0;
    for (; dissectors[count] != NULL; count++) {
        const struct dissector *dissector = dissectors[count];
        assert_true(dissector->state_size <= DISSECTOR_STATE_MOST);
        assert_true(dissector->longest_message > 0 && dissector->longest_message <= DISSECTOR_WINDOW_MOST);
        assert_true((dissector->transports & (TRANSPORT_TCP | TRANSPORT_UDP)) != 0);
        assert_true(strlen(dissector->name) > 0 && strlen(dissector->summary) > 0);
        for (size_t i = 0; i < count; i++) /* one name may stand for a protocol's readers over TCP and over UDP */
            if ((dissector->transports & dissectors[i]->transports) != 0)
                assert_string_not_equal(dissector->name, dissectors[i]->name);
    }
    assert_true(count > 0 && count <= DISSECTOR_COUNT_MOST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_bytes_say_the_same_however_they_are_cut),
        cmocka_unit_test(a_talk_that_breaks_off_says_nothing_the_whole_does_not),
        cmocka_unit_test(what_begins_otherwise_than_declared_is_not_wanted),
        cmocka_unit_test(a_talk_is_claimed_by_its_own_protocol),
        cmocka_unit_test(another_protocols_talk_says_nothing),
        cmocka_unit_test(greetings_of_other_protocols_say_nothing),
        cmocka_unit_test(two_talks_at_once_do_not_disturb_each_other),
        cmocka_unit_test(every_dissector_keeps_within_what_it_is_lent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
