/* Many clients may be told of one port: each conversation looks at its own client's tellings and at the first of each
 * thing. */
#include "audit/tellings.h"
#include "tests/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

enum { CLIENTS = 500, PORTS = 3 };

/* Each client is told of two endpoints of each port by the mapper, and binds to the first; all clients in turn. */
static void everybody_is_told(struct telling *tellings)
{
    size_t count = 0;
    for (size_t client = 0; client < CLIENTS; client++)
        for (uint16_t port = 0; port < PORTS; port++)
            for (unsigned way = 0; way < 3; way++)
                tellings[count++] = (struct telling){.host = 7,
                                                     .network = "",
                                                     .transport = 6,
                                                     .port = (uint16_t)(1000 + port),
                                                     .how = way < 2 ? HOW_TOLD : HOW_BOUND,
                                                     .client_host = CLIENTS - client,
                                                     .told = {.time_ns = (int64_t)client,
                                                              .learned_from = way < 2 ? "ept_map" : "bind",
                                                              .endpoint = port * 2u + way % 2}};
    qsort(tellings, count, sizeof *tellings, telling_order);
}

static void a_conversation_looks_at_what_its_client_was_told_and_at_the_first_of_each_thing(void **state)
{
    (void)state;
    struct telling *tellings = calloc((size_t)CLIENTS * PORTS * 3, sizeof *tellings);
    struct arena *arena = arena_create();
    struct tellings index;
    size_t count;
    assert_non_null(tellings);
    everybody_is_told(tellings);
    assert_true(tellings_index(arena, tellings, (size_t)CLIENTS * PORTS * 3, &index));
    for (size_t client = 1; client <= CLIENTS; client++) {
        struct judged_conversation conversation = {
            .server_host = 7, .client_host = client, .transport = 6, .port = 1001};
        const struct telling *const *own = tellings_own(&index, &conversation, &count);
        assert_int_equal(count, 2);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(own[i]->client_host, client);
            assert_int_equal(own[i]->port, 1001);
            assert_int_equal(own[i]->told.endpoint, 2 + i);
        }
        const struct telling *const *firsts = tellings_first(&index, &conversation, &count);
        assert_int_equal(count, 3); /* two endpoints of the mapper, one of them bound to as well */
        for (size_t i = 0; i < count; i++)
            assert_int_equal(firsts[i]->told.time_ns, 0);
    }
    struct judged_conversation elsewhere = {.server_host = 7, .client_host = 1, .transport = 6, .port = 999};
    tellings_first(&index, &elsewhere, &count);
    assert_int_equal(count, 0);
    tellings_own(&index, &elsewhere, &count);
    assert_int_equal(count, 0);
    arena_destroy(arena);
    free(tellings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_conversation_looks_at_what_its_client_was_told_and_at_the_first_of_each_thing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
