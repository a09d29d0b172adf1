/* fanout: readers that share an interface, on a loopback interface in a network namespace of this process. Skipped
 * where that may not be made. */
#include "capture/devices.h"
#include "tests/cmocka_all.h"

#include <net/if.h>
#include <pcap/pcap.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define SKIPPED 77
#define READERS 4
#define PAIRS   64

static uint8_t block[SOURCE_BLOCK];

/* A packet of an IP version between two hosts, of which `there` tells them apart, in so many VLANs. */
struct made {
    uint8_t bytes[100];
    size_t length;
};

static struct made made_of(unsigned version, unsigned tags, unsigned there, bool back)
{
    struct made made = {.length = 12};
    for (unsigned i = 0; i < tags; i++) {
        memcpy(made.bytes + made.length, (const uint8_t[]){0x81, 0, 0, (uint8_t)(10 + i)}, 4);
        made.length += 4;
    }
    memcpy(made.bytes + made.length, version == 4 ? (const uint8_t[]){8, 0} : (const uint8_t[]){0x86, 0xdd}, 2);
    uint8_t *ip = made.bytes + made.length + 2;
    uint8_t here[16] = {10, 9, 9, 9}, other[16] = {10, 7, (uint8_t)(there >> 4), (uint8_t)there};
    size_t width = version == 4 ? 4 : 16, at = version == 4 ? 12 : 8;
    ip[0] = version == 4 ? 0x45 : 0x60;
    ip[version == 4 ? 9 : 6] = 253; /* for experiments (RFC 3692) */
    ip[version == 4 ? 3 : 5] = version == 4 ? 28 : 8;
    memcpy(ip + at, back ? other : here, width);
    memcpy(ip + at + width, back ? here : other, width);
    made.length += 2 + at + 2 * width + 8;
    return made;
}

static void send_all(pcap_t *out, unsigned version, unsigned tags)
{
    for (unsigned there = 0; there < PAIRS; there++) {
        for (int back = 0; back < 2; back++) {
            struct made made = made_of(version, tags, there, back == 1);
            assert_int_equal(pcap_inject(out, made.bytes, made.length), made.length);
        }
    }
}

static unsigned pair_of_frame(const struct frame *frame, unsigned version)
{
    const uint8_t *end = frame->start + frame->captured - 8, *first = end - (version == 4 ? 8 : 32);
    const uint8_t *other = first[1] == 7 ? first : end - (version == 4 ? 4 : 16);
    assert_int_equal(other[1], 7);
    return other[3];
}

/* Who got which pair: 1 + reader. */
static void read_all_of(struct devices *readers[READERS], unsigned version, unsigned got[PAIRS], unsigned *used)
{
    struct frame frames[64];
    unsigned missing = 2 * PAIRS, seen[READERS] = {0};
    while (missing > 0) {
        for (unsigned i = 0; i < READERS; i++) {
            size_t count;
            assert_true(devices_read(readers[i], block, frames, 64, &count));
            for (size_t k = 0; k < count; k++) {
                unsigned pair = pair_of_frame(&frames[k], version);
                assert_true(got[pair] == 0 || got[pair] == i + 1);
                got[pair] = i + 1;
                missing--;
            }
            seen[i] += (unsigned)count;
        }
        devices_wait(readers[0]);
    }
    for (unsigned i = 0; i < READERS; i++)
        *used += seen[i] > 0;
}

static void check(unsigned version, unsigned tags)
{
    static const char *const names[] = {"lo"};
    struct device_options options = {.buffer_mib = 4};
    struct failure failure = {0};
    struct devices *readers[READERS];
    unsigned got[PAIRS] = {0}, used = 0;
    char why[PCAP_ERRBUF_SIZE];
    for (unsigned i = 0; i < READERS; i++) {
        readers[i] = devices_open(names, 1, &options, "ip proto 253 or ip6 proto 253 or vlan", &failure);
        assert_non_null(readers[i]);
    }
    pcap_t *out = pcap_create("lo", why);
    assert_non_null(out);
    assert_int_equal(pcap_activate(out), 0);
    send_all(out, version, tags); /* comes to each of them, before it was shared: passed over */
    assert_true(devices_share(readers, READERS, &failure));
    send_all(out, version, tags);
    read_all_of(readers, version, got, &used);
    assert_int_equal(used, READERS);
    pcap_close(out);
    for (unsigned i = 0; i < READERS; i++)
        devices_close(readers[i]);
}

static void both_directions_of_two_hosts_reach_the_same_reader(void **state)
{
    (void)state;
    check(4, 0);
}

static void so_they_do_over_ipv6(void **state)
{
    (void)state;
    check(6, 0);
}

static void so_they_do_in_vlans(void **state)
{
    (void)state;
    check(4, 1);
    check(6, 1);
    check(4, 2);
}

/* A namespace with a loopback interface that is up. */
static bool make_namespace(void)
{
    struct ifreq request = {.ifr_name = "lo"};
    if (unshare(CLONE_NEWNET) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
        return false;
    int any = socket(AF_INET, SOCK_DGRAM, 0);
    bool ok = any >= 0 && ioctl(any, SIOCGIFFLAGS, &request) == 0;
    request.ifr_flags |= IFF_UP;
    ok = ok && ioctl(any, SIOCSIFFLAGS, &request) == 0;
    if (any >= 0)
        close(any);
    return ok;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_directions_of_two_hosts_reach_the_same_reader),
        cmocka_unit_test(so_they_do_over_ipv6),
        cmocka_unit_test(so_they_do_in_vlans),
    };
    if (!make_namespace()) {
        print_message("skipped: no right to make a network namespace\n");
        return SKIPPED;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
