/* smb_pipe_test: what the endpoint mapper tells in a named pipe is learned as it stands, and only what it tells. */
#include "tests/cmocka_all.h"
#include "tests/play.h"
#include "tests/talks_dcerpc.h"

#include "dissectors/smb_pipe.h"

#define MAPPING "binding ept_map a4f1db00-ca47-1067-b31f-00dd010662da/0.81 ncacn_ip_tcp 49160/tcp tower=10.0.0.5"

#define BIND(interface)                                                                                                \
    "\x05\x00\x0b\x03\x10\x00\x00\x00\x48\x00\x00\x00\x01\x00\x00\x00"                                                 \
    "\xb8\x10\xb8\x10\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x01\x00" interface TALK_NDR
#define BIND_ACK                                                                                                       \
    "\x05\x00\x0c\x03\x10\x00\x00\x00\x38\x00\x00\x00\x01\x00\x00\x00"                                                 \
    "\xb8\x10\xb8\x10\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00" TALK_NDR
#define RESPONSE(flags)                                                                                                \
    "\x05\x00\x02" flags "\x10\x00\x00\x00\x98\x00\x00\x00\x02\x00\x00\x00"                                            \
    "\x80\x00\x00\x00\x00\x00\x00\x00" TALK_MAP_RESPONSE

/* How often the mapping was learned: the file bound, and the one that answers. */
static size_t learned(struct bytes bind, uint32_t bound, struct bytes response, uint32_t answers)
{
    struct smb_pipe pipe = {0};
    struct heard heard;
    heard_init(&heard);
    uint8_t place = smb_pipe_open(bytes_of("epmapper", 8), false, false, &heard.facts);
    smb_pipe_hear(&pipe, FROM_CLIENT, bound, place, bind, &heard.facts);
    smb_pipe_hear(&pipe, FROM_SERVER, bound, place, bytes_of(BIND_ACK, sizeof BIND_ACK - 1), &heard.facts);
    smb_pipe_hear(&pipe, FROM_SERVER, answers, place, response, &heard.facts);
    size_t count = heard_count(&heard, MAPPING);
    assert_int_equal(heard_count(&heard, "binding ept_map"), count);
    heard_fini(&heard);
    return count;
}

#define LEARNED(bind, bound, response, answers)                                                                        \
    learned(bytes_of(bind, sizeof(bind) - 1), bound, bytes_of(response, sizeof(response) - 1), answers)

static void the_mapper_is_understood_in_its_pipe(void **state)
{
    (void)state;
    assert_int_equal(LEARNED(BIND(TALK_EPM), 7, RESPONSE("\x03"), 7), 1);
}

static void only_the_mapper_maps_and_only_in_the_pipe_that_was_bound(void **state)
{
    (void)state;
    assert_int_equal(LEARNED(BIND(TALK_NETLOGON), 7, RESPONSE("\x03"), 7), 0);
    assert_int_equal(LEARNED(BIND(TALK_EPM), 7, RESPONSE("\x03"), 8), 0);
    assert_int_equal(LEARNED(BIND(TALK_EPM), 7, RESPONSE("\x01"), 7), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_mapper_is_understood_in_its_pipe),
        cmocka_unit_test(only_the_mapper_maps_and_only_in_the_pipe_that_was_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
