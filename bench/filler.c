/* filler: how many conversations of which kind are added to each round of captures. The numbers are chosen so that the
 * mix has about 12 packets a flow of 358 bytes on average, and 22 % of its flows are TCP without payload; what came
 * out is measured in bench/README.md. All hosts lie in 10.99.0.0/24, as in the captures. */
#include "bench/recording.h"

enum {
    WITHOUT_PAYLOAD = 350,
    UNKNOWN_TCP = 110,
    UNKNOWN_UDP = 60,
    LASTS_US = 30000000,
    NETWORK = 10 << 24 | 99 << 16,
    MOST_PAYLOAD = FRAME_MOST_BYTES - FRAME_TCP_HEADERS
};

/* One connection in the making: the next packet's time, and how far either side is in its numbers. */
struct connection {
    struct recording *recording;
    struct dice *dice;
    int64_t at_us;
    uint32_t address[2];
    uint16_t port[2];
    uint32_t sequence[2];
    bool good;
};

enum side { CLIENT, SERVER };

static struct connection start(struct recording *recording, struct dice *dice, unsigned number, uint16_t server_port)
{
    return (struct connection){.recording = recording,
                               .dice = dice,
                               .at_us = dice_below(dice, LASTS_US),
                               .address = {NETWORK + 128 + number % 100, NETWORK + 200 + number % 20},
                               .port = {(uint16_t)(33000 + number), server_port},
                               .sequence = {dice_below(dice, UINT32_MAX), dice_below(dice, UINT32_MAX)},
                               .good = true};
}

/* Adds one packet and lets up to `pause_us` pass. */
static void say(struct connection *c, enum side from, bool tcp, uint8_t flags, size_t length, uint32_t pause_us)
{
    enum side to = from == CLIENT ? SERVER : CLIENT;
    uint8_t payload[MOST_PAYLOAD];
    dice_fill(c->dice, payload, length);
    struct segment segment = {.source = c->address[from],
                              .target = c->address[to],
                              .source_port = c->port[from],
                              .target_port = c->port[to],
                              .flags = flags,
                              .sequence = c->sequence[from],
                              .acknowledgment = flags & TCP_ACK ? c->sequence[to] : 0,
                              .payload = payload,
                              .length = length};
    struct frame frame;
    if (tcp)
        frame_tcp(&frame, &segment);
    else
        frame_udp(&frame, &segment);
    c->good = c->good && recording_add(c->recording, c->at_us, frame.bytes, frame.length, frame.length);
    c->sequence[from] += (uint32_t)length + (flags & (TCP_SYN | TCP_FIN) ? 1 : 0);
    c->at_us += dice_below(c->dice, pause_us) + 1;
}

static void shake_hands(struct connection *c)
{
    say(c, CLIENT, true, TCP_SYN, 0, 2000);
    say(c, SERVER, true, TCP_SYN | TCP_ACK, 0, 2000);
    say(c, CLIENT, true, TCP_ACK, 0, 2000);
}

static void say_goodbye(struct connection *c)
{
    say(c, CLIENT, true, TCP_FIN | TCP_ACK, 0, 2000);
    say(c, SERVER, true, TCP_FIN | TCP_ACK, 0, 2000);
    say(c, CLIENT, true, TCP_ACK, 0, 2000);
}

static bool without_payload(struct recording *recording, struct dice *dice, unsigned number)
{
    static const uint16_t ports[] = {22, 80, 443, 445, 1433, 3389, 5985, 8080, 9100};
    struct connection c = start(recording, dice, number, ports[number % (sizeof ports / sizeof *ports)]);
    switch (number % 4) {
    case 0: /* nobody answers: sent again after one and after two seconds more */
        for (int64_t wait_us = 1000000; wait_us <= 3000000; wait_us += 1000000) {
            say(&c, CLIENT, true, TCP_SYN, 0, 1);
            c.sequence[CLIENT]--;
            c.at_us += wait_us;
        }
        break;
    case 1: /* refused */
        say(&c, CLIENT, true, TCP_SYN, 0, 2000);
        say(&c, SERVER, true, TCP_RST | TCP_ACK, 0, 1);
        break;
    case 2: /* opened and closed */
        shake_hands(&c);
        say_goodbye(&c);
        break;
    default: /* opened and dropped */
        shake_hands(&c);
        say(&c, CLIENT, true, TCP_RST | TCP_ACK, 0, 1);
    }
    return c.good;
}

/* A request, then an answer of some segments with an acknowledgment for every other one, a few times. */
static bool unknown_tcp(struct recording *recording, struct dice *dice, unsigned number)
{
    struct connection c = start(recording, dice, number, (uint16_t)(20000 + number % 20));
    shake_hands(&c);
    for (unsigned rounds = 2 + dice_below(dice, 9); rounds > 0; rounds--) {
        say(&c, CLIENT, true, TCP_PSH | TCP_ACK, 20 + dice_below(dice, 280), 20000);
        for (unsigned segments = 1 + dice_below(dice, 11); segments > 0; segments--) {
            say(&c, SERVER, true, TCP_ACK, segments % 2 == 0 ? MOST_PAYLOAD : 1 + dice_below(dice, 1250), 300);
            if (segments % 2 == 1)
                say(&c, CLIENT, true, TCP_ACK, 0, 300);
        }
        c.at_us += dice_below(dice, 500000);
    }
    say_goodbye(&c);
    return c.good;
}

static bool unknown_udp(struct recording *recording, struct dice *dice, unsigned number)
{
    struct connection c = start(recording, dice, number, (uint16_t)(30000 + number % 20));
    for (unsigned rounds = 1 + dice_below(dice, 5); rounds > 0; rounds--) {
        say(&c, CLIENT, false, 0, 20 + dice_below(dice, 200), 5000);
        say(&c, SERVER, false, 0, 20 + dice_below(dice, 800), 200000);
    }
    return c.good;
}

bool filler_make(struct recording *recording, uint64_t seed)
{
    struct dice dice = {.seed = seed};
    bool good = true;
    unsigned number = 0; /* never the same client port twice */
    for (unsigned i = 0; good && i < WITHOUT_PAYLOAD; i++)
        good = without_payload(recording, &dice, number++);
    for (unsigned i = 0; good && i < UNKNOWN_TCP; i++)
        good = unknown_tcp(recording, &dice, number++);
    for (unsigned i = 0; good && i < UNKNOWN_UDP; i++)
        good = unknown_udp(recording, &dice, number++);
    recording_sort(recording);
    return good;
}
