/* Names of RPC interfaces: lookups by UUID and major version, the shipped list, and mistakes told with their line. */
#include "audit/interfaces.h"

#include "tests/cmocka_all.h"
#include "tests/user_file.h"

#define FRS    "f5cc59b4-4264-101a-8c59-08002b2f8426"
#define EMSMDB "a4f1db00-ca47-1067-b31f-00dd010662da"

static struct uuid uuid_of(const char *text)
{
    struct uuid uuid;
    assert_true(uuid_parse(text, &uuid));
    return uuid;
}

static struct interfaces *of_file(const char *text)
{
    struct failure failure = {.count = 0};
    struct interfaces *interfaces = interfaces_create(&failure);
    user_file("i.tsv", text);
    assert_true(interfaces_load(interfaces, "i.tsv", &failure));
    return interfaces;
}

static void assert_problems(const char *text, const char *problems)
{
    struct failure failure = {.count = 0};
    struct interfaces *interfaces = interfaces_create(&failure);
    user_file("i.tsv", text);
    assert_false(interfaces_load(interfaces, "i.tsv", &failure));
    assert_string_equal(failure.text, problems);
    interfaces_destroy(interfaces);
}

static void the_major_version_tells_two_interfaces_of_one_uuid_apart(void **state)
{
    (void)state;
    struct interfaces *interfaces = of_file("# comment\n\n" FRS "\t1.1\tfrsrpc\tNtFrs\n" FRS "\t21.0\texchange-drs\n");
    struct uuid frs = uuid_of(FRS);
    assert_string_equal(interfaces_find(interfaces, &frs, 1)->name, "frsrpc");
    assert_string_equal(interfaces_find(interfaces, &frs, 1)->service, "NtFrs");
    assert_int_equal(interfaces_find(interfaces, &frs, 1)->minor, 1);
    assert_string_equal(interfaces_find(interfaces, &frs, 21)->name, "exchange-drs");
    assert_null(interfaces_find(interfaces, &frs, 2));
    assert_true(interface_is(interfaces, &frs, 21, "exchange-drs"));
    assert_false(interface_is(interfaces, &frs, 21, "frsrpc"));
    interfaces_destroy(interfaces);
}

static void an_unlisted_major_version_finds_the_only_one(void **state)
{
    (void)state;
    struct interfaces *interfaces = of_file(EMSMDB "\t0.81\temsmdb\tStore\r\n");
    struct uuid emsmdb = uuid_of(EMSMDB), frs = uuid_of(FRS);
    assert_string_equal(interfaces_find(interfaces, &emsmdb, 7)->name, "emsmdb");
    assert_string_equal(interfaces_find(interfaces, &emsmdb, 7)->service, "Store");
    assert_null(interfaces_find(interfaces, &frs, 1));
    assert_true(interface_is(interfaces, &emsmdb, 0, "EMSMDB"));
    assert_true(interface_is(interfaces, &emsmdb, 0, "A4F1DB00-ca47-1067-b31f-00dd010662da"));
    assert_true(interface_is(interfaces, &frs, 1, FRS));
    assert_false(interface_is(interfaces, &frs, 1, "emsmdb"));
    assert_true(interfaces_know(interfaces, "Emsmdb"));
    assert_false(interfaces_know(interfaces, "nspi"));
    interfaces_destroy(interfaces);
}

static void a_later_file_replaces_what_an_earlier_one_says(void **state)
{
    (void)state;
    struct failure failure = {.count = 0};
    struct interfaces *interfaces = of_file(EMSMDB "\t0.81\temsmdb\tStore\n");
    user_file("more.tsv", EMSMDB "\t0.82\tmapi\tOurs\n" FRS "\t1.1\tfrs\n");
    assert_true(interfaces_load(interfaces, "more.tsv", &failure));
    struct uuid emsmdb = uuid_of(EMSMDB);
    assert_string_equal(interfaces_find(interfaces, &emsmdb, 0)->name, "mapi");
    assert_int_equal(interfaces_find(interfaces, &emsmdb, 0)->minor, 82);
    assert_false(interfaces_know(interfaces, "emsmdb"));
    assert_true(interfaces_know(interfaces, "frs"));
    interfaces_destroy(interfaces);
}

static void mistakes_are_told_with_their_lines(void **state)
{
    (void)state;
    assert_problems("# x\n" EMSMDB " 0.81 emsmdb\n" FRS "\t1\tfrs\n" FRS "\t1.65536\tfrs\n" FRS "\t1.1\ttwo words\n",
                    "i.tsv:2: uuid: \"" EMSMDB " 0.81 emsmdb\" is no UUID; a line is UUID, version, name, service, by "
                    "tabs\n"
                    "i.tsv:2: version: \"\" is no version; write for example 1.0\n"
                    "i.tsv:2: name: \"\" is no short name; use letters, digits, hyphens and dots\n"
                    "i.tsv:3: version: \"1\" is no version; write for example 1.0\n"
                    "i.tsv:4: version: \"1.65536\" is no version; write for example 1.0\n"
                    "i.tsv:5: name: \"two words\" is no short name; use letters, digits, hyphens and dots");
}

static void a_file_that_cannot_be_read_is_told(void **state)
{
    (void)state;
    struct failure failure = {.count = 0};
    struct interfaces *interfaces = interfaces_create(&failure);
    assert_false(interfaces_load(interfaces, "nowhere.tsv", &failure));
    assert_false(interfaces_load(interfaces, ".", &failure));
    assert_string_equal(failure.text, "nowhere.tsv: cannot be read: No such file or directory\n"
                                      ".: cannot be read: Is a directory");
    interfaces_destroy(interfaces);
}

/* Of the shipped list: name, UUID, version as the specifications and Samba print them, independent of the file. */
static void the_shipped_list_names_what_specifications_name(void **state)
{
    (void)state;
    static const struct {
        const char *name, *uuid;
        uint16_t major, minor;
    } known[] = {
        {"epmapper", "e1af8308-5d1f-11c9-91a4-08002b14a0fa", 3, 0},
        {"emsmdb", EMSMDB, 0, 81},
        {"nspi", "f5cc5a18-4264-101a-8c59-08002b2f8426", 56, 0},
        {"rfr", "1544f5e0-613c-11d1-93df-00c04fd7bd09", 1, 0},
        {"netlogon", "12345678-1234-abcd-ef00-01234567cffb", 1, 0},
        {"lsarpc", "12345778-1234-abcd-ef00-0123456789ab", 0, 0},
        {"samr", "12345778-1234-abcd-ef00-0123456789ac", 1, 0},
        {"drsuapi", "e3514235-4b06-11d1-ab04-00c04fc2dcd2", 4, 0},
        {"winreg", "338cd001-2244-31f1-aaaa-900038001003", 1, 0},
        {"mgmt", "afa8bd80-7d8a-11c9-bef4-08002b102989", 1, 0},
        {"mta", "9e8ee830-4459-11ce-979b-00aa005ffebe", 2, 0},
        {"frsrpc", FRS, 1, 1},
        {"exchange-drs", FRS, 21, 0},
        {"svcctl", "367abb81-9844-35f1-ad32-98f038001003", 2, 0},
    };
    struct failure failure = {.count = 0};
    struct interfaces *interfaces = interfaces_create(&failure);
    char path[sizeof user_files.home + 32];
    snprintf(path, sizeof path, "%s/tables/rpc-interfaces.tsv", user_files.home);
    bool loaded = interfaces_load(interfaces, path, &failure);
    assert_string_equal(failure.text, "");
    assert_true(loaded);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct uuid uuid = uuid_of(known[i].uuid);
        const struct interface *interface = interfaces_find(interfaces, &uuid, known[i].major);
        assert_non_null(interface);
        assert_string_equal(interface->name, known[i].name);
        assert_int_equal(interface->major, known[i].major);
        assert_int_equal(interface->minor, known[i].minor);
        assert_true(interface->service[0] != '\0');
    }
    interfaces_destroy(interfaces);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_major_version_tells_two_interfaces_of_one_uuid_apart),
        cmocka_unit_test(an_unlisted_major_version_finds_the_only_one),
        cmocka_unit_test(a_later_file_replaces_what_an_earlier_one_says),
        cmocka_unit_test(mistakes_are_told_with_their_lines),
        cmocka_unit_test(a_file_that_cannot_be_read_is_told),
        cmocka_unit_test(the_shipped_list_names_what_specifications_name),
    };
    return cmocka_run_group_tests(tests, user_files_begin, user_files_end);
}
