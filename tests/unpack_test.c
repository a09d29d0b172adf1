/* What a compressed file gives is what was packed into it, whole, cut or damaged. */
#include "capture/unpack.h"
#include "tests/cmocka_all.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#define PLAIN_BYTES ((size_t)300000) /* more than is unpacked at once */

struct packed {
    uint8_t bytes[PLAIN_BYTES + 4096];
    size_t length;
};

/* Bytes that no compressor makes disappear. */
static void fill(uint8_t plain[PLAIN_BYTES])
{
    uint32_t seed = 1;
    for (size_t i = 0; i < PLAIN_BYTES; i++) {
        seed = seed * 1664525u + 1013904223u;
        plain[i] = (uint8_t)(seed >> 28);
    }
}

static void pack_more(struct packed *packed, enum kind packing, const uint8_t *plain, size_t length)
{
    uint8_t *to = packed->bytes + packed->length;
    size_t room = sizeof packed->bytes - packed->length;
    if (packing == KIND_ZSTD) {
        ZSTD_CCtx *zstd = ZSTD_createCCtx();
        ZSTD_CCtx_setParameter(zstd, ZSTD_c_checksumFlag, 1); /* as the zstd program does */
        size_t made = ZSTD_compress2(zstd, to, room, plain, length);
        assert_false(ZSTD_isError(made));
        ZSTD_freeCCtx(zstd);
        packed->length += made;
        return;
    }
    z_stream gzip = {.next_in = (uint8_t *)(uintptr_t)plain,
                     .avail_in = (unsigned)length,
                     .next_out = to,
                     .avail_out = (unsigned)room};
    assert_int_equal(deflateInit2(&gzip, 1, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&gzip, Z_FINISH), Z_STREAM_END);
    packed->length += room - gzip.avail_out;
    deflateEnd(&gzip);
}

/* Unpacks the first `length` bytes and returns how many come out; *problem is errno when reading failed, else 0. */
static size_t unpacked(const struct packed *packed, size_t length, enum kind packing, uint8_t *out, int *problem)
{
    enum kind found;
    char path[] = "/tmp/unpack_test_XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    unlink(path);
    assert_int_equal(write(file, packed->bytes, length), length);
    lseek(file, 0, SEEK_SET);
    FILE *stream = unpack_open(file, NULL, 4096, &found);
    assert_non_null(stream);
    assert_int_equal(found, packing);
    errno = 0;
    size_t got = fread(out, 1, PLAIN_BYTES + 1, stream);
    *problem = ferror(stream) ? errno : 0;
    fclose(stream);
    return got;
}

static void each_way(void (*check)(enum kind packing, const uint8_t *plain, struct packed *packed, uint8_t *out))
{
    uint8_t *plain = malloc(PLAIN_BYTES), *out = malloc(PLAIN_BYTES + 1);
    struct packed *packed = malloc(sizeof *packed);
    fill(plain);
    for (enum kind packing = KIND_GZIP; packing <= KIND_ZSTD; packing++) {
        packed->length = 0;
        check(packing, plain, packed, out);
    }
    free(packed);
    free(out);
    free(plain);
}

static void check_members(enum kind packing, const uint8_t *plain, struct packed *packed, uint8_t *out)
{
    int problem;
    pack_more(packed, packing, plain, 100000);
    pack_more(packed, packing, plain + 100000, PLAIN_BYTES - 100000);
    assert_int_equal(unpacked(packed, packed->length, packing, out, &problem), PLAIN_BYTES);
    assert_int_equal(problem, 0);
    assert_memory_equal(out, plain, PLAIN_BYTES);
}

static void all_members_of_a_file_come_out_one_behind_the_other(void **state)
{
    (void)state;
    each_way(check_members);
}

static void check_cut(enum kind packing, const uint8_t *plain, struct packed *packed, uint8_t *out)
{
    int problem;
    pack_more(packed, packing, plain, PLAIN_BYTES);
    size_t got = unpacked(packed, packed->length / 2, packing, out, &problem);
    assert_int_equal(problem, 0);
    assert_true(got < PLAIN_BYTES);
    assert_memory_equal(out, plain, got);
}

static void a_file_that_is_cut_gives_what_there_is(void **state)
{
    (void)state;
    each_way(check_cut);
}

static void check_damage(enum kind packing, const uint8_t *plain, struct packed *packed, uint8_t *out)
{
    int problem;
    pack_more(packed, packing, plain, PLAIN_BYTES);
    memset(packed->bytes + packed->length / 2, 0xff, 64);
    size_t got = unpacked(packed, packed->length, packing, out, &problem);
    assert_true(got < PLAIN_BYTES || memcmp(out, plain, PLAIN_BYTES) != 0);
    assert_int_equal(problem, EBADMSG);
}

static void a_file_that_is_damaged_says_so(void **state)
{
    (void)state;
    each_way(check_damage);
}

static void put_behind(struct packed *packed, uint8_t byte, size_t count)
{
    memset(packed->bytes + packed->length, byte, count);
    packed->length += count;
}

static void zeros_behind_a_member_of_gzip_are_passed_over_and_all_else_is_damage(void **state)
{
    (void)state;
    uint8_t *plain = malloc(PLAIN_BYTES), *out = malloc(PLAIN_BYTES + 1);
    struct packed *packed = malloc(sizeof *packed);
    int problem;
    fill(plain);
    packed->length = 0;
    pack_more(packed, KIND_GZIP, plain, 100000);
    put_behind(packed, 0, 511);
    pack_more(packed, KIND_GZIP, plain + 100000, 100000);
    put_behind(packed, 0, 1500);
    assert_int_equal(unpacked(packed, packed->length, KIND_GZIP, out, &problem), 200000);
    assert_int_equal(problem, 0);
    assert_memory_equal(out, plain, 200000);
    put_behind(packed, 'x', 1);
    assert_int_equal(unpacked(packed, packed->length - 1, KIND_GZIP, out, &problem), 200000);
    assert_int_equal(problem, 0);
    put_behind(packed, 'x', 20);
    assert_int_equal(unpacked(packed, packed->length, KIND_GZIP, out, &problem), 200000);
    assert_int_equal(problem, EBADMSG);
    free(packed);
    free(out);
    free(plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_members_of_a_file_come_out_one_behind_the_other),
        cmocka_unit_test(a_file_that_is_cut_gives_what_there_is),
        cmocka_unit_test(a_file_that_is_damaged_says_so),
        cmocka_unit_test(zeros_behind_a_member_of_gzip_are_passed_over_and_all_else_is_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
