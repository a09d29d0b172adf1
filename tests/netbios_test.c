/* netbios: which names are said of name and datagram packets, and which never are. */
#include "dissectors/netbios_name.h"
#include "tests/cmocka_all.h"
#include "tests/says.h"
#include "tests/talks_netbios.h"

#define ASSERT_SAYS(by, said, ...) SAYS(by, said, __VA_ARGS__)

static void a_name_that_is_asked_for_is_said(void **state)
{
    (void)state;
    ASSERT_SAYS(&dissector_nbns, talk_nbns_query, "netbios.names=DC1<20>");
}

static void a_list_of_names_is_said_without_users_and_wildcards(void **state)
{
    (void)state;
    ASSERT_SAYS(&dissector_nbns, talk_nbns_status, "netbios.names=DC1<00>", "netbios.names=CORP<00>",
                "netbios.names=CORP<1c>");
}

static void registered_names_are_said_unless_they_are_users(void **state)
{
    (void)state;
    ASSERT_SAYS(&dissector_nbns, talk_nbns_registration, "netbios.names=CLIENT7<00>", "netbios.names=CORP<1e>");
}

static void a_datagram_names_both_ends_and_its_text_is_not_read(void **state)
{
    (void)state;
    ASSERT_SAYS(&dissector_nbdgm, talk_nbdgm_announcement, "netbios.names=CLIENT7<00>", "netbios.names=CORP<1d>",
                "netbios.names=DC1<20>");
}

static void a_name_is_said_when_it_names_a_host_or_a_group(void **state)
{
    (void)state;
    static const struct {
        const char *sixteen, *said;
    } cases[] = {
        {"DC1            \x20", "netbios.names=DC1<20>"},
        {"FIFTEENLETTERS1\x1b", "netbios.names=FIFTEENLETTERS1<1b>"},
        {"A B\0\0\0\0\0\0\0\0\0\0\0\0\x00", "netbios.names=A B<00>"},
        {"HUBUSER        \x03", NULL},
        {"HUBUSER        \x05", NULL},
        {"*SMBSERVER     \x20", NULL},
        {"               \x20", NULL},
        {"A\tB            \x20", NULL},
        {"M\xdcLLER         \x20", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct heard heard;
        heard_init(&heard);
        netbios_name_say_plain(bytes_of(cases[i].sixteen, 16), &heard.facts);
        if (heard.count != (cases[i].said != NULL) || (heard.count == 1 && !heard_has(&heard, cases[i].said)))
            fail_msg("case %zu", i);
        heard_fini(&heard);
    }
}

#define TEXT_63 "012345678901234567890123456789012345678901234567890123456789012"
#define TEXT_64 TEXT_63 "3"

static void a_name_has_letters_a_scope_and_an_end(void **state)
{
    (void)state;
#define LETTERS                                                                                                        \
    "\x20"                                                                                                             \
    "EEEDDBCACACACACACACACACACACACACA"
    static const struct {
        const char *bytes;
        size_t length, taken; /* 0: it is no name, or not whole */
        size_t letters;
    } cases[] = {
        {LETTERS "\0x", 35, 34, 32},
        {LETTERS "\x04"
                 "corp\0x",
         40, 39, 32},
        {LETTERS "\xc0\x0cx", 36, 35, 32},
        {"\xc0\x0cx", 3, 2, 0},
        {LETTERS, 33, 0, 0},
        {LETTERS "\x04"
                 "cor",
         37, 0, 0},
        {LETTERS "\x40" TEXT_64 "\0", 99, 0, 0},
        {LETTERS "\x3f" TEXT_63 "\0", 98, 98, 32},
        {"\x1f"
         "EEEDDBCACACACACACACACACACACACAC\0",
         33, 0, 0},
        {"\x20"
         "EEEDDBCACACACACACACACACACACACACQ\0",
         34, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bytes in = bytes_of(cases[i].bytes, cases[i].length), letters;
        bool taken = netbios_name_take(&in, &letters);
        if (taken != (cases[i].taken > 0) || (taken && cases[i].length - in.left != cases[i].taken) ||
            (taken && letters.left != cases[i].letters))
            fail_msg("case %zu", i);
    }
}

static void the_probes_know_their_side(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof nbns_talks / sizeof nbns_talks[0]; i++)
        for (size_t said = 0; said < nbns_talks[i].count; said++) {
            const struct said *packet = &nbns_talks[i].said[said];
            struct bytes head = bytes_of(packet->bytes, packet->length);
            assert_int_equal(dissector_nbns.probe(head, packet->from), LIKE_YES);
            assert_int_equal(dissector_nbns.probe(head, packet->from == FROM_CLIENT ? FROM_SERVER : FROM_CLIENT),
                             LIKE_NOT);
            assert_int_equal(dissector_nbdgm.probe(head, packet->from), LIKE_NOT);
        }
    struct bytes datagram = bytes_of(talk_nbdgm_announcement[0].bytes, talk_nbdgm_announcement[0].length);
    assert_int_equal(dissector_nbdgm.probe(datagram, FROM_CLIENT), LIKE_YES);
    assert_int_equal(dissector_nbdgm.probe(datagram, FROM_SERVER), LIKE_NOT);
    datagram.left--;
    assert_int_equal(dissector_nbdgm.probe(datagram, FROM_CLIENT), LIKE_YES); /* the frame was cut */
}

/* A query for a name of DNS, and one of the type of NetBIOS for a name that is none. */
static void dns_is_not_the_name_service(void **state)
{
    (void)state;
    static const char *const queries[] = {
        "\x12\x34\x01\x10\0\x01\0\0\0\0\0\0\x03"
        "dc1\x04"
        "corp\0\0\x01\0\x01",
        "\x12\x34\x01\x10\0\x01\0\0\0\0\0\0" LETTERS "\0\0\x01\0\x01",
        "\x12\x34\x01\x10\0\x02\0\0\0\0\0\0" LETTERS "\0\0\x20\0\x01",
        "\x12\x34\x09\x10\0\x01\0\0\0\0\0\0" LETTERS "\0\0\x20\0\x01",
    };
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++)
        if (dissector_nbns.probe(bytes_of(queries[i], i == 0 ? 26 : 50), FROM_CLIENT) != LIKE_NOT)
            fail_msg("case %zu", i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_that_is_asked_for_is_said),
        cmocka_unit_test(a_list_of_names_is_said_without_users_and_wildcards),
        cmocka_unit_test(registered_names_are_said_unless_they_are_users),
        cmocka_unit_test(a_datagram_names_both_ends_and_its_text_is_not_read),
        cmocka_unit_test(a_name_is_said_when_it_names_a_host_or_a_group),
        cmocka_unit_test(a_name_has_letters_a_scope_and_an_end),
        cmocka_unit_test(the_probes_know_their_side),
        cmocka_unit_test(dns_is_not_the_name_service),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
