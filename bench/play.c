/* bench_play [-n FRAMES] [-r PACKETS_A_SECOND] [-s SECONDS] INTERFACE CAPTURE: puts the frames of a capture on an
 * interface, at this rate or at their own pace, again and again until the time is over; each round on a network of its
 * own, so that its conversations are new ones. Frames are held in memory and sent 64 at a time, past the queueing
 * discipline, for the sender must not be what limits a measurement. Prints how many the kernel took, and in how long.
 */
#include "base/clock.h"
#include "bench/recording.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH      64
#define SEND_BYTES (8 << 20)

struct order {
    size_t frames;
    double rate; /* packets a second; 0: as in the capture */
    double seconds;
    const char *interface, *capture;
};

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * SECOND_NS + now.tv_nsec;
}

static void sleep_until(int64_t due_ns)
{
    struct timespec due = {.tv_sec = due_ns / SECOND_NS, .tv_nsec = due_ns % SECOND_NS};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) == EINTR) {
    }
}

static int open_interface(const char *name)
{
    int descriptor = socket(AF_PACKET, SOCK_RAW, 0), on = 1, bytes = SEND_BYTES;
    struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
    address.sll_ifindex = (int)if_nametoindex(name);
    if (descriptor < 0 || address.sll_ifindex == 0 ||
        bind(descriptor, (const struct sockaddr *)&address, sizeof address) != 0) {
        fprintf(stderr, "bench_play: %s: %s\n", name, strerror(errno));
        return -1;
    }
    setsockopt(descriptor, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on);
    setsockopt(descriptor, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes);
    return descriptor;
}

/* When packet `i` of this round is due, after the beginning of it. */
static int64_t due_ns(const struct order *order, const struct recording *recording, size_t i)
{
    return order->rate > 0 ? (int64_t)((double)i / order->rate * SECOND_NS) : recording->packets[i].at_us * 1000;
}

static size_t send_some(int descriptor, const struct recording *recording, size_t first, size_t count)
{
    struct mmsghdr messages[BATCH];
    struct iovec pieces[BATCH];
    memset(messages, 0, sizeof messages);
    for (size_t i = 0; i < count; i++) {
        const struct recorded *packet = &recording->packets[first + i];
        pieces[i] = (struct iovec){&recording->bytes[packet->start], packet->captured};
        messages[i].msg_hdr.msg_iov = &pieces[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    int sent = sendmmsg(descriptor, messages, (unsigned)count, 0);
    return sent > 0 ? (size_t)sent : 0;
}

/* One round. Returns the packets sent; what the kernel does not take is not sent again. */
static uint64_t play_round(int descriptor, const struct order *order, const struct recording *recording, int64_t end_ns)
{
    uint64_t sent = 0;
    int64_t began_ns = now_ns();
    for (size_t i = 0; i < recording->count;) {
        int64_t at_ns = now_ns() - began_ns;
        size_t count = 0;
        while (count < BATCH && i + count < recording->count && due_ns(order, recording, i + count) <= at_ns)
            count++;
        if (began_ns + at_ns >= end_ns)
            break;
        if (count == 0) {
            sleep_until(began_ns + due_ns(order, recording, i));
            continue;
        }
        sent += send_some(descriptor, recording, i, count);
        i += count;
    }
    return sent;
}

/* From the networks of round `round - 1` to those of `round`. The mix numbers its own from 1 on: the upper bits are
 * free. */
static void next_network(struct recording *recording, unsigned round)
{
    uint16_t change = (uint16_t)((round ^ (round - 1)) << 11);
    for (size_t i = 0; i < recording->count; i++)
        frame_readdress(&recording->bytes[recording->packets[i].start], recording->packets[i].captured, change);
}

static int play(const struct order *order, struct recording *recording)
{
    int descriptor = open_interface(order->interface);
    if (descriptor < 0)
        return 2;
    uint64_t sent = 0;
    int64_t began_ns = now_ns(), end_ns = began_ns + (int64_t)(order->seconds * SECOND_NS);
    for (unsigned round = 1; now_ns() < end_ns; round++) {
        sent += play_round(descriptor, order, recording, end_ns);
        next_network(recording, round);
    }
    printf("%" PRIu64 " packets in %.3f s\n", sent, (double)(now_ns() - began_ns) / SECOND_NS);
    close(descriptor);
    return 0;
}

static bool read_order(int count, char **words, struct order *order)
{
    *order = (struct order){.frames = SIZE_MAX, .seconds = 10};
    for (int option; (option = getopt(count, words, "n:r:s:")) != -1;) {
        if (option == 'n')
            order->frames = strtoull(optarg, NULL, 10);
        else if (option == 'r')
            order->rate = strtod(optarg, NULL);
        else if (option == 's')
            order->seconds = strtod(optarg, NULL);
        else
            return false;
    }
    if (count - optind != 2 || order->frames == 0 || order->rate < 0 || order->seconds <= 0)
        return false;
    order->interface = words[optind];
    order->capture = words[optind + 1];
    return true;
}

int main(int count, char **words)
{
    struct order order;
    struct failure failure = {0};
    struct recording recording = {0};
    if (!read_order(count, words, &order)) {
        fputs("usage: bench_play [-n FRAMES] [-r PACKETS_A_SECOND] [-s SECONDS] INTERFACE CAPTURE\n", stderr);
        return 2;
    }
    int status = 2;
    if (recording_read(&recording, order.capture, &failure)) {
        if (recording.count > order.frames)
            recording.count = order.frames;
        status = play(&order, &recording);
    } else {
        fprintf(stderr, "bench_play: %s\n", failure.text);
    }
    recording_fini(&recording);
    return status;
}
