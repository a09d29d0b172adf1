/* base64: the vectors of RFC 4648 10, the whole alphabet, and what ends a token. */
#include "base/base64.h"
#include "tests/cmocka_all.h"

static size_t decode(const char *text, uint8_t *out, size_t size)
{
    return base64_decode(bytes_of(text, strlen(text)), out, size);
}

static void the_vectors_of_the_rfc_decode(void **state)
{
    (void)state;
    static const char *const vectors[][2] = {
        {"", ""},
        {"Zg==", "f"},
        {"Zm8=", "fo"},
        {"Zm9v", "foo"},
        {"Zm9vYg==", "foob"},
        {"Zm9vYmE=", "fooba"},
        {"Zm9vYmFy", "foobar"},
    };
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        uint8_t out[16];
        size_t length = decode(vectors[i][0], out, sizeof out);
        assert_int_equal(length, strlen(vectors[i][1]));
        assert_memory_equal(out, vectors[i][1], length);
    }
}

static void every_letter_of_the_alphabet_has_its_bits(void **state)
{
    (void)state;
    uint8_t out[48];
    size_t length = decode("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", out, sizeof out);
    assert_int_equal(length, 48);
    for (unsigned i = 0; i < 64; i++) {
        unsigned bit = i * 6, value = (unsigned)out[bit / 8] << 8 | (bit / 8 + 1 < 48 ? out[bit / 8 + 1] : 0u);
        assert_int_equal(value >> (10 - bit % 8) & 63, i);
    }
}

static void a_full_buffer_and_a_foreign_byte_end_it(void **state)
{
    (void)state;
    uint8_t out[16];
    assert_int_equal(decode("Zm9vYmFy", out, 4), 4);
    assert_memory_equal(out, "foob", 4);
    assert_int_equal(decode("Zm9v YmFy", out, sizeof out), 3);
    assert_int_equal(decode("NTLM supported", out, sizeof out), 3);
    assert_int_equal(decode("Z", out, sizeof out), 0);
}

static void only_a_token_is_like_a_token(void **state)
{
    (void)state;
    static const char *const like[] = {"", "QUIT", "YWxpY2U=", "a+/0=="};
    static const char *const unlike[] = {"MAIL FROM:<>", "a b", "a=b", "X-EXPS", "*"};
    for (size_t i = 0; i < sizeof like / sizeof like[0]; i++)
        assert_true(base64_like(bytes_of(like[i], strlen(like[i]))));
    for (size_t i = 0; i < sizeof unlike / sizeof unlike[0]; i++)
        assert_false(base64_like(bytes_of(unlike[i], strlen(unlike[i]))));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_vectors_of_the_rfc_decode),
        cmocka_unit_test(every_letter_of_the_alphabet_has_its_bits),
        cmocka_unit_test(a_full_buffer_and_a_foreign_byte_end_it),
        cmocka_unit_test(only_a_token_is_like_a_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
