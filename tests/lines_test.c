/* Cache lines that are let go. */
#include "base/lines.h"

#include "tests/cmocka_all.h"

#include <sys/mman.h>
#include <unistd.h>

/* At the end of the memory that may be touched, behind which nothing may be. */
static void what_is_let_go_stays_as_it_is_and_nothing_else_is_touched(void **state)
{
    (void)state;
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    unsigned char *memory = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(memory != MAP_FAILED);
    assert_int_equal(mprotect(memory + page, page, PROT_NONE), 0);
    for (size_t i = 0; i < page; i++)
        memory[i] = (unsigned char)(i * 7);
    for (size_t bytes = 0; bytes <= 3 * CACHE_LINE; bytes++)
        lines_let_go(memory + page - bytes, bytes);
    for (size_t at = 0; at <= CACHE_LINE; at++)
        lines_let_go(memory + at, page - at);
    lines_let_go(memory + page + 1, 0);
    lines_let_go(NULL, 0);
    for (size_t i = 0; i < page; i++)
        assert_int_equal(memory[i], (unsigned char)(i * 7));
    munmap(memory, 2 * page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_let_go_stays_as_it_is_and_nothing_else_is_touched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
