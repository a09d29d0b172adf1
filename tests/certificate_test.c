/* certificate_test: what is said of certificates: one self-signed, one issued, both made with openssl, and small ones
 * put together by hand. */
#include "dissectors/certificate.h"
#include "tests/cmocka_all.h"
#include "tests/play.h"

static const char self_signed[] =
    "308201d83082017ea003020102020101300a06082a8648ce3d040302301f310d300b060355040a0c04436f7270310e300c06035504030c05"
    "4558434831301e170d3236313132313037323030335a170d3336313131383037323030335a301f310d300b060355040a0c04436f7270310e"
    "300c06035504030c0545584348313059301306072a8648ce3d020106082a8648ce3d030107034200040b2d0b50f234f8e57a1b63c2316fb2"
    "3f31bacb1450a23c32c5d5df55d0ad4846be4c2bd2c17925091491b52fbeca06199f1cd76da71f671387bddea3853f1659a381aa3081a730"
    "1d0603551d0e0416041403ff3c9bac451417d801c294a1b34ce5ec8d9561301f0603551d2304183016801403ff3c9bac451417d801c294a1"
    "b34ce5ec8d9561300f0603551d130101ff040530030101ff30540603551d11044d304b82114d61696c2e436f72702e4578616d706c65820e"
    "2a2e636f72702e6578616d706c6587040a0000058710fd000000000000000000000000000005810e7840636f72702e6578616d706c65300a"
    "06082a8648ce3d0403020348003045022022ad360dfe2fd11ee3810bd861dd614e47a4c8eb2ffde5e118fa707a8ad21139022100ce3788d5"
    "eb0b89926cffc3771990fe0e990e9c29e9794c5727c3f1079d3579d5";
static const char issued[] =
    "308201333081da020102300a06082a8648ce3d04030230123110300e06035504030c07436f72702043413020170d32363131323130373230"
    "30335a180f32303539303932393037323030335a3038310e300c06035504030c056f75746572310a3008060355040b0c0178311a30180603"
    "5504030c11687562312e636f72702e6578616d706c653059301306072a8648ce3d020106082a8648ce3d030107034200040b2d0b50f234f8"
    "e57a1b63c2316fb23f31bacb1450a23c32c5d5df55d0ad4846be4c2bd2c17925091491b52fbeca06199f1cd76da71f671387bddea3853f16"
    "59300a06082a8648ce3d040302034800304502206d6bc5c1ce47a11040bbc460c9d59f2f5e84b9f0599282127a206d5258755f47022100e8"
    "c47e674a95411359308bd61855301475bad31b42500a7de8d13b6ea99f50bb";
static const char old[] =
    "30819c308187020101300a06082a8648ce3d040302300d310b300906035504030c024341301e170d3730303130313030303030305a170d39"
    "39313233313233353935395a30333131302f06035504031e28004f004c0044004d00410049004c002e0063006f00720070002e0065007800"
    "61006d0070006c00653012300a06082a8648ce3d0403020304006b6579300a06082a8648ce3d040302030400736967";
static const char only_a_mail_address[] =
    "3081ba3081a5a003020102020101300a06082a8648ce3d040302300d310b300906035504030c024341301e170d3730303130313030303030"
    "305a170d3939313233313233353935395a301f311d301b06035504030c14496e7465726e616c20417574686f7269747920313012300a0608"
    "2a8648ce3d0403020304006b6579a32b3029300c0603551d130101ff0402300030190603551d1104123010810e7840636f72702e6578616d"
    "706c65300a06082a8648ce3d040302030400736967";
static const char odd_names[] =
    "3081c93081b4a003020102020101300a06082a8648ce3d040302300d310b300906035504030c024341301e170d3730303130313030303030"
    "305a170d3939313233313233353935395a301f311d301b06035504030c14756e68656172642e636f72702e6578616d706c653012300a0608"
    "2a8648ce3d0403020304006b6579a33a3038300c0603551d130101ff0402300030280603551d110421301f82036100628200870301020382"
    "11676f6f642e636f72702e6578616d706c65300a06082a8648ce3d040302030400736967";
static const char odd_time[] =
    "30793065a003020102020101300a06082a8648ce3d040302300d310b300906035504030c024341301e170d3730303130313030303030305a"
    "170d3939313333313233353935395a300c310a300806035504030c01683012300a06082a8648ce3d0403020304006b6579300a06082a8648"
    "ce3d040302030400736967";
static const char local_time[] =
    "307d3069a003020102020101300a06082a8648ce3d040302300d310b300906035504030c0243413022170d3730303130313030303030305a"
    "17113939313233313233353935392b30313030300c310a300806035504030c01683012300a06082a8648ce3d0403020304006b6579300a06"
    "082a8648ce3d040302030400736967";

/* A certificate in memory of exactly its size, so that the sanitizer sees a read past it. */
static uint8_t *certificate_of(const char *hex, size_t *length)
{
    *length = strlen(hex) / 2;
    uint8_t *octets = malloc(*length);
    for (size_t i = 0; i < *length; i++) {
        char pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        octets[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return octets;
}

static void expect(const char *hex, const char *const *lines, size_t count)
{
    struct heard heard;
    size_t length;
    uint8_t *octets = certificate_of(hex, &length);
    heard_init(&heard);
    certificate_hear(bytes_of(octets, length), &heard.facts);
    if (heard.count != count)
        heard_print(&heard, stdout);
    assert_int_equal(heard.count, count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(heard.lines[i], lines[i]);
    heard_fini(&heard);
    free(octets);
}

#define EXPECT(hex, ...)                                                                                               \
    expect(hex, (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void alternative_names_count_and_not_the_common_name(void **state)
{
    (void)state;
    EXPECT(self_signed, "tls.certificate_names=*.corp.example", "tls.certificate_names=10.0.0.5",
           "tls.certificate_names=fd00::5", "tls.certificate_names=mail.corp.example",
           "tls.certificate_not_after=2036-11-18T07:20:03Z", "tls.certificate_self_signed=yes");
}

static void without_alternative_names_the_last_common_name_counts(void **state)
{
    (void)state;
    EXPECT(issued, "tls.certificate_names=hub1.corp.example", "tls.certificate_not_after=2059-09-29T07:20:03Z");
}

static void a_certificate_of_version_1_with_wide_characters_is_read(void **state)
{
    (void)state;
    EXPECT(old, "tls.certificate_names=oldmail.corp.example", "tls.certificate_not_after=1999-12-31T23:59:59Z");
}

static void a_mail_address_names_no_host(void **state)
{
    (void)state;
    EXPECT(only_a_mail_address, "tls.certificate_names=Internal Authority 1",
           "tls.certificate_not_after=1999-12-31T23:59:59Z");
}

static void names_that_cannot_be_are_passed_over(void **state)
{
    (void)state;
    EXPECT(odd_names, "tls.certificate_names=good.corp.example", "tls.certificate_not_after=1999-12-31T23:59:59Z");
}

static void a_time_that_is_none_is_not_said(void **state)
{
    (void)state;
    EXPECT(odd_time, "tls.certificate_names=h");
    EXPECT(local_time, "tls.certificate_names=h");
}

static void a_part_of_a_certificate_says_nothing(void **state)
{
    (void)state;
    size_t length;
    uint8_t *octets = certificate_of(self_signed, &length);
    for (size_t cut = 0; cut < length; cut++) {
        uint8_t *part = malloc(cut);
        struct heard heard;
        memcpy(part, octets, cut);
        heard_init(&heard);
        certificate_hear(bytes_of(part, cut), &heard.facts);
        assert_int_equal(heard.count, 0);
        heard_fini(&heard);
        free(part);
    }
    free(octets);
}

/* Lengths that lie are read without harm. */
static void any_octet_may_be_wrong(void **state)
{
    (void)state;
    size_t length;
    uint8_t *octets = certificate_of(self_signed, &length);
    for (size_t i = 0; i < length; i++) {
        for (unsigned change = 1; change < 256; change += 51) {
            struct heard heard;
            octets[i] ^= (uint8_t)change;
            heard_init(&heard);
            certificate_hear(bytes_of(octets, length), &heard.facts);
            assert_true(heard.count <= 6);
            heard_fini(&heard);
            octets[i] ^= (uint8_t)change;
        }
    }
    free(octets);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alternative_names_count_and_not_the_common_name),
        cmocka_unit_test(without_alternative_names_the_last_common_name_counts),
        cmocka_unit_test(a_certificate_of_version_1_with_wide_characters_is_read),
        cmocka_unit_test(a_mail_address_names_no_host),
        cmocka_unit_test(names_that_cannot_be_are_passed_over),
        cmocka_unit_test(a_time_that_is_none_is_not_said),
        cmocka_unit_test(a_part_of_a_certificate_says_nothing),
        cmocka_unit_test(any_octet_may_be_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
