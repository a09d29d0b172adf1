/* epm_test: answers of the endpoint mapper, from stubs in both transfer syntaxes. The stubs are synthetic: three
 * Exchange interfaces at ports 49160, 49161 and 49170 of 10.0.0.5. */
#include "dissectors/epm.h"
#include "tests/cmocka_all.h"
#include "tests/play.h"

static const char map_request_32[] =
    "0100000000000000000000000000000000000000020000004b0000004b000000050013000d00dbf1a447ca6710b31f00dd010662da000002"
    "00510013000d045d888aeb1cc9119fe808002b10486002000200000001000b02000000010007020000000100090400000000000000000000"
    "0000000000000000000000000000000004000000";
static const char map_one_32[] =
    "000000004142434445464748494a4b4c4d4e4f5001000000040000000000000001000000030000004b0000004b000000050013000d00dbf1"
    "a447ca6710b31f00dd010662da00000200510013000d045d888aeb1cc9119fe808002b10486002000200000001000b020000000100070200"
    "c00801000904000a0000050000000000";
static const char map_two_32[] =
    "000000004142434445464748494a4b4c4d4e4f500200000004000000000000000200000003000000040000004b0000004b00000005001300"
    "0d00dbf1a447ca6710b31f00dd010662da00000200510013000d045d888aeb1cc9119fe808002b10486002000200000001000b0200000001"
    "00070200c00801000904000a000005004b0000004b000000050013000d00dbf1a447ca6710b31f00dd010662da00000200510013000d045d"
    "888aeb1cc9119fe808002b10486002000200000001000b020000000100070200c00901000904000a0000050000000000";
static const char map_none_32[] = "000000000000000000000000000000000000000000000000040000000000000000000000d6a0c916";
static const char lookup_32[] =
    "000000000000000000000000000000000000000003000000f401000000000000030000000000000000000000000000000000000003000000"
    "000000002700000045786368616e6765205365727665722053544f524520454d534d444220496e7465726661636500000000000000000000"
    "00000000000000000400000000000000210000004d532045786368616e6765204469726563746f7279204e5350492050726f787900000000"
    "00000000000000000000000000000000050000000000000001000000000000004b0000004b000000050013000d00dbf1a447ca6710b31f00"
    "dd010662da00000200510013000d045d888aeb1cc9119fe808002b10486002000200000001000b020000000100070200c00801000904000a"
    "000005004b0000004b000000050013000d185accf564421a108c5908002b2f842638000200000013000d045d888aeb1cc9119fe808002b10"
    "486002000200000001000b020000000100070200c01201000904000a000005004b0000004b000000050013000d4a57615272456e20b2686b"
    "199213b4e400000200010013000d045d888aeb1cc9119fe808002b10486002000200000001000b020000000100070200c00801000904000a"
    "0000050000000000";
static const char map_request_64[] =
    "01000000000000000000000000000000000000000000000002000000000000004b000000000000004b000000050013000d00dbf1a447ca67"
    "10b31f00dd010662da00000200510013000d045d888aeb1cc9119fe808002b10486002000200000001000b02000000010007020000000100"
    "0904000000000000000000000000000000000000000000000000000004000000";
static const char map_one_64[] =
    "000000004142434445464748494a4b4c4d4e4f50010000000400000000000000000000000000000001000000000000000300000000000000"
    "4b000000000000004b000000050013000d00dbf1a447ca6710b31f00dd010662da00000200510013000d045d888aeb1cc9119fe808002b10"
    "486002000200000001000b020000000100070200c00801000904000a0000050000000000";
static const char map_two_64[] =
    "000000004142434445464748494a4b4c4d4e4f50020000000400000000000000000000000000000002000000000000000300000000000000"
    "04000000000000004b000000000000004b000000050013000d00dbf1a447ca6710b31f00dd010662da00000200510013000d045d888aeb1c"
    "c9119fe808002b10486002000200000001000b020000000100070200c00801000904000a000005004b000000000000004b00000005001300"
    "0d00dbf1a447ca6710b31f00dd010662da00000200510013000d045d888aeb1cc9119fe808002b10486002000200000001000b0200000001"
    "00070200c00901000904000a0000050000000000";
static const char map_none_64[] =
    "000000000000000000000000000000000000000000000000040000000000000000000000000000000000000000000000d6a0c916";
static const char lookup_64[] =
    "000000000000000000000000000000000000000003000000f401000000000000000000000000000003000000000000000000000000000000"
    "000000000000000003000000000000000000000000000000270000000000000045786368616e6765205365727665722053544f524520454d"
    "534d444220496e74657266616365000000000000000000000000000000000000040000000000000000000000000000002100000000000000"
    "4d532045786368616e6765204469726563746f7279204e5350492050726f7879000000000000000000000000000000000000000000000000"
    "05000000000000000000000000000000010000000000000000000000000000004b000000000000004b000000050013000d00dbf1a447ca67"
    "10b31f00dd010662da00000200510013000d045d888aeb1cc9119fe808002b10486002000200000001000b020000000100070200c0080100"
    "0904000a000005004b000000000000004b000000050013000d185accf564421a108c5908002b2f842638000200000013000d045d888aeb1c"
    "c9119fe808002b10486002000200000001000b020000000100070200c01201000904000a000005004b000000000000004b00000005001300"
    "0d4a57615272456e20b2686b199213b4e400000200010013000d045d888aeb1cc9119fe808002b10486002000200000001000b0200000001"
    "00070200c00801000904000a0000050000000000";

#define EMSMDB "a4f1db00-ca47-1067-b31f-00dd010662da/0.81"
#define ASYNC  "5261574a-4572-206e-b268-6b199213b4e4/0.1"
#define NSPI   "f5cc5a18-4264-101a-8c59-08002b2f8426/56.0"
#define AT     " ncacn_ip_tcp 49160/tcp tower=10.0.0.5"

/* A stub in memory of exactly its size, so that the sanitizer sees a read past it. */
struct stub {
    uint8_t *memory;
    size_t length;
};

static struct stub stub_of(const char *hex)
{
    struct stub stub = {malloc(strlen(hex) / 2), strlen(hex) / 2};
    for (size_t i = 0; i < stub.length; i++) {
        char pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        stub.memory[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return stub;
}

static struct bytes stub_bytes(struct stub stub)
{
    return bytes_of(stub.memory, stub.length);
}

/* Reads an answer; what was learned is in `heard`. */
static bool answer(struct heard *heard, unsigned operation, const char *hex, enum ndr_syntax syntax, uint32_t *status)
{
    struct stub stub = stub_of(hex);
    heard_init(heard);
    bool read = epm_read_response(operation, stub_bytes(stub), syntax, true, &heard->facts, status);
    free(stub.memory);
    return read;
}

static void expect(unsigned operation, const char *hex, enum ndr_syntax syntax, uint32_t status,
                   const char *const *lines, size_t count)
{
    struct heard heard;
    uint32_t got = 0;
    assert_true(answer(&heard, operation, hex, syntax, &got));
    assert_int_equal(got, status);
    assert_int_equal(heard.count, count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(heard.lines[i], lines[i]);
    heard_fini(&heard);
}

static const char *const one_line[] = {"binding ept_map " EMSMDB AT};
static const char *const two_lines[] = {
    "binding ept_map " EMSMDB AT,
    "binding ept_map " EMSMDB " ncacn_ip_tcp 49161/tcp tower=10.0.0.5",
};
static const char *const lookup_lines[] = {
    "binding ept_lookup " ASYNC AT,
    "binding ept_lookup " EMSMDB AT " annotation=Exchange Server STORE EMSMDB Interface",
    "binding ept_lookup " NSPI " ncacn_ip_tcp 49170/tcp tower=10.0.0.5 annotation=MS Exchange Directory NSPI Proxy",
};

static void every_tower_of_a_map_answer_is_learned(void **state)
{
    (void)state;
    expect(EPM_MAP, map_one_32, NDR_32, EPM_OK, one_line, 1);
    expect(EPM_MAP, map_one_64, NDR_64, EPM_OK, one_line, 1);
    expect(EPM_MAP, map_two_32, NDR_32, EPM_OK, two_lines, 2);
    expect(EPM_MAP, map_two_64, NDR_64, EPM_OK, two_lines, 2);
}

static void an_interface_that_is_not_registered_gives_a_status_and_no_tower(void **state)
{
    (void)state;
    expect(EPM_MAP, map_none_32, NDR_32, EPM_NOT_REGISTERED, NULL, 0);
    expect(EPM_MAP, map_none_64, NDR_64, EPM_NOT_REGISTERED, NULL, 0);
}

static void every_entry_of_a_lookup_answer_is_learned_with_its_annotation(void **state)
{
    (void)state;
    expect(EPM_LOOKUP, lookup_32, NDR_32, EPM_OK, lookup_lines, 3);
    expect(EPM_LOOKUP, lookup_64, NDR_64, EPM_OK, lookup_lines, 3);
}

static void with_an_unknown_syntax_the_one_that_fits_wins(void **state)
{
    (void)state;
    expect(EPM_MAP, map_two_32, NDR_UNKNOWN, EPM_OK, two_lines, 2);
    expect(EPM_MAP, map_two_64, NDR_UNKNOWN, EPM_OK, two_lines, 2);
    expect(EPM_MAP, map_none_32, NDR_UNKNOWN, EPM_NOT_REGISTERED, NULL, 0);
    expect(EPM_MAP, map_none_64, NDR_UNKNOWN, EPM_NOT_REGISTERED, NULL, 0);
    expect(EPM_LOOKUP, lookup_32, NDR_UNKNOWN, EPM_OK, lookup_lines, 3);
    expect(EPM_LOOKUP, lookup_64, NDR_UNKNOWN, EPM_OK, lookup_lines, 3);
}

static void the_wrong_syntax_or_operation_learns_nothing(void **state)
{
    (void)state;
    static const struct {
        unsigned operation;
        const char *hex;
        enum ndr_syntax syntax;
    } wrong[] = {
        {EPM_MAP, map_two_32, NDR_64},   {EPM_MAP, map_two_64, NDR_32},         {EPM_LOOKUP, lookup_32, NDR_64},
        {EPM_LOOKUP, lookup_64, NDR_32}, {EPM_LOOKUP, map_two_32, NDR_UNKNOWN}, {EPM_MAP, lookup_32, NDR_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct heard heard;
        uint32_t status;
        assert_false(answer(&heard, wrong[i].operation, wrong[i].hex, wrong[i].syntax, &status));
        assert_int_equal(heard.count, 0);
        heard_fini(&heard);
    }
}

static void a_cut_answer_gives_the_towers_before_the_cut(void **state)
{
    (void)state;
    struct stub stub = stub_of(map_two_32);
    for (size_t length = 0; length < stub.length; length++) {
        struct heard heard;
        uint32_t status;
        uint8_t *copy = malloc(length);
        memcpy(copy, stub.memory, length);
        heard_init(&heard);
        assert_false(epm_read_response(EPM_MAP, bytes_of(copy, length), NDR_32, true, &heard.facts, &status));
        assert_int_equal(heard.count, length >= 211 ? 2 : length >= 44 + 8 + 75 ? 1 : 0);
        heard_fini(&heard);
        free(copy);
    }
    free(stub.memory);
}

static void counts_that_lie_end_the_reading(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        uint8_t value;
    } lies[] = {{20, 200}, {22, 1}, {26, 9}, {28, 1}, {32, 3}, {34, 1}, {44, 76}, {48, 74}, {48, 76}};
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        struct stub stub = stub_of(map_two_32);
        struct heard heard;
        uint32_t status;
        stub.memory[lies[i].at] = lies[i].value;
        heard_init(&heard);
        bool read = epm_read_response(EPM_MAP, stub_bytes(stub), NDR_32, true, &heard.facts, &status);
        assert_int_equal(read, lies[i].at == 26); /* more room than entries is no lie */
        assert_int_equal(heard.count, read ? 2 : 0);
        heard_fini(&heard);
        free(stub.memory);
    }
}

static void more_than_five_hundred_entries_are_not_believed(void **state)
{
    (void)state;
    for (uint32_t count = 500; count <= 501; count++) {
        uint8_t *memory = calloc(1, 36 + 4 * count + 4);
        memory[20] = memory[24] = memory[32] = (uint8_t)(count & 0xff);
        memory[21] = memory[25] = memory[33] = (uint8_t)(count >> 8);
        struct heard heard;
        uint32_t status;
        heard_init(&heard);
        struct bytes stub = bytes_of(memory, 36 + 4 * count + 4);
        assert_int_equal(epm_read_response(EPM_MAP, stub, NDR_32, true, &heard.facts, &status), count == 500);
        heard_fini(&heard);
        free(memory);
    }
}

static void a_map_request_names_the_interface_it_asks_for(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        enum ndr_syntax syntax;
        bool fits;
    } cases[] = {
        {map_request_32, NDR_32, true},      {map_request_64, NDR_64, true},  {map_request_32, NDR_UNKNOWN, true},
        {map_request_64, NDR_UNKNOWN, true}, {map_request_32, NDR_64, false}, {map_request_64, NDR_32, false},
        {map_one_32, NDR_UNKNOWN, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[UUID_TEXT];
        struct rpc_interface asked = {0};
        struct stub stub = stub_of(cases[i].hex);
        assert_int_equal(epm_read_map_request(stub_bytes(stub), cases[i].syntax, true, &asked), cases[i].fits);
        if (cases[i].fits) {
            assert_string_equal(uuid_text(&asked.uuid, text), "a4f1db00-ca47-1067-b31f-00dd010662da");
            assert_int_equal(asked.major, 0);
            assert_int_equal(asked.minor, 81);
        }
        free(stub.memory);
    }
}

static void an_answer_without_its_question_must_hold_a_tower_to_be_recognised(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        size_t learned;
    } cases[] = {
        {map_one_32, 1},  {map_two_64, 2},  {lookup_32, 3},      {lookup_64, 3},
        {map_none_32, 0}, {map_none_64, 0}, {map_request_32, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct heard heard;
        struct stub stub = stub_of(cases[i].hex);
        heard_init(&heard);
        assert_int_equal(epm_recognise_response(stub_bytes(stub), true, &heard.facts), cases[i].learned > 0);
        assert_int_equal(heard.count, cases[i].learned);
        heard_fini(&heard);
        free(stub.memory);
    }
}

/* A map answer with one tower: the two identities of map_one_32, then these floors, each "lhs rhs" with lengths. */
static void expect_tower(const char *floors, unsigned count, const char *line)
{
    static const char identities[] = "13000d00dbf1a447ca6710b31f00dd010662da0000020051001300"
                                     "0d045d888aeb1cc9119fe808002b10486002000200";
    char hex[1024];
    size_t octets = 2 + (sizeof identities - 1) / 2 + 2 + strlen(floors) / 2;
    int used = snprintf(hex, sizeof hex,
                        "%040d01000000010000000000000001000000010000"
                        "00%02zx000000%02zx000000%02x00%s0000%s",
                        0, octets, octets, count, identities, floors);
    for (size_t i = octets; i % 4 != 0; i++)
        used += snprintf(hex + used, sizeof hex - (size_t)used, "00");
    snprintf(hex + used, sizeof hex - (size_t)used, "00000000");
    expect(EPM_MAP, hex, NDR_32, EPM_OK, &line, 1);
}

static void every_kind_of_tower_has_its_protocol_sequence(void **state)
{
    (void)state;
#define BINDING "binding ept_map " EMSMDB " "
    expect_tower("01000b020000000100070200c0080100090400c0a80002", 5,
                 BINDING "ncacn_ip_tcp 49160/tcp tower=192.168.0.2");
    expect_tower("01000a020000000100080200c00801000904000a000005", 5, BINDING "ncadg_ip_udp 49160/udp tower=10.0.0.5");
    expect_tower("01000b0200000001001f02001771010009040000000000", 5, BINDING "ncacn_http 6001/tcp tower=0.0.0.0");
    expect_tower("01000b0200000001000f06005c706970650001001105005c5c535600", 5,
                 BINDING "ncacn_np 0/tcp endpoint=\\x5cpipe");
    expect_tower("01000c020000000100100500416263640001", 4, BINDING "ncalrpc 0/tcp endpoint=Abcd");
    expect_tower("01000b0200000001001302001234", 4, BINDING "ncacn_spx 0/tcp");
    expect_tower("01000b0200000001007702001234", 4, BINDING "unknown 0/tcp");
    /* Windows 2003: the address of an HTTP tower under the number of Unix sockets */
    expect_tower("01000b0200000001001f020013880100200400c0a80002", 5, BINDING "ncacn_http 5000/tcp tower=192.168.0.2");
#undef BINDING
}

static void a_tower_that_makes_no_sense_is_not_recognised(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        uint8_t value;
    } damage[] = {{48, 2}, {50, 18}, {52, 0x0c}, {71, 1}, {77, 0x0c}}; /* the tower begins at 48 */
    for (size_t i = 0; i < sizeof damage / sizeof damage[0]; i++) {
        struct heard heard;
        struct stub stub = stub_of(map_one_32);
        heard_init(&heard);
        stub.memory[damage[i].at] = damage[i].value;
        assert_false(epm_recognise_response(stub_bytes(stub), true, &heard.facts));
        assert_int_equal(heard.count, 0);
        free(stub.memory);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_tower_of_a_map_answer_is_learned),
        cmocka_unit_test(an_interface_that_is_not_registered_gives_a_status_and_no_tower),
        cmocka_unit_test(every_entry_of_a_lookup_answer_is_learned_with_its_annotation),
        cmocka_unit_test(with_an_unknown_syntax_the_one_that_fits_wins),
        cmocka_unit_test(the_wrong_syntax_or_operation_learns_nothing),
        cmocka_unit_test(a_cut_answer_gives_the_towers_before_the_cut),
        cmocka_unit_test(counts_that_lie_end_the_reading),
        cmocka_unit_test(more_than_five_hundred_entries_are_not_believed),
        cmocka_unit_test(a_map_request_names_the_interface_it_asks_for),
        cmocka_unit_test(an_answer_without_its_question_must_hold_a_tower_to_be_recognised),
        cmocka_unit_test(every_kind_of_tower_has_its_protocol_sequence),
        cmocka_unit_test(a_tower_that_makes_no_sense_is_not_recognised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
