/* lookups: which filters hold a name that libpcap would ask somebody for. */
#include "tests/cmocka_all.h"

#include "app/lookups.h"

#include <stdio.h>
#include <string.h>

static void what_asks_nobody_passes(void **state)
{
    (void)state;
    static const char *const filters[] = {"",
                                          "port 25",
                                          "tcp port http",
                                          "portrange 49152-65535",
                                          "host 10.0.0.1",
                                          "not host 10.0.0.1 and not src net 10.1.0.0/16",
                                          "net 10.0",
                                          "net 10.0.0.0 mask 255.0.0.0",
                                          "src and dst net 10",
                                          "src or dst port 53",
                                          "host 2001:db8::1 or host ::ffff:10.0.0.1",
                                          "ether host 02:00:00:00:00:01",
                                          "ether src 0200.0000.0001",
                                          "ether dst 02-00-00-00-00-01",
                                          "ether host 020000000001",
                                          "tcp[tcpflags] & (tcp-syn|tcp-fin) != 0",
                                          "ip[2:2] > 576",
                                          "vlan 10 and ip proto \\tcp",
                                          "ifname eth0.100",
                                          "(10.0.0.1)"};
    for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
        struct failure failure = {0};
        if (!lookups_check(filters[i], &failure))
            fail_msg("%s", failure.text);
    }
}

static void a_name_is_told(void **state)
{
    (void)state;
    static const char *const filters[][2] = {{"host dc1", "dc1"},
                                             {"port 25 and host mail.contoso.example", "mail.contoso.example"},
                                             {"mail.contoso.example", "mail.contoso.example"},
                                             {"src dc1 and dst 10.0.0.1", "dc1"},
                                             {"not(host dc1)", "dc1"},
                                             {"net backup", "backup"},
                                             {"host dead-beef-mail", "dead-beef-mail"},
                                             {"gateway router", "router"}};
    for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
        struct failure failure = {0};
        char wanted[64];
        snprintf(wanted, sizeof wanted, "'%s' would have to be looked up", filters[i][1]);
        assert_false(lookups_check(filters[i][0], &failure));
        assert_non_null(strstr(failure.text, wanted));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_asks_nobody_passes),
        cmocka_unit_test(a_name_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
