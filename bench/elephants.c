/* elephants: eight long downloads at once in full segments, an acknowledgment after every second. The first begins as
 * HTTP (one endless body), the second as TLS 1.2 (handshake, then records of 16 KiB), the others are of no protocol.
 * Shows what a byte costs once it is known what a flow is. RFC 9112, RFC 5246. */
#include "bench/frame.h"
#include "bench/kinds.h"

enum {
    DOWNLOADS = 8,
    SEGMENT_BYTES = FRAME_MOST_BYTES - FRAME_TCP_HEADERS,
    TLS_HEADER = 5,
    TLS_RECORD = TLS_HEADER + 16384,
    PACKET_EVERY_US = 12
};

enum nature { HTTP, TLS, UNKNOWN };

struct download {
    enum nature nature;
    uint32_t client, server;
    uint16_t client_port, server_port;
    uint32_t asked, served; /* sequence numbers */
    uint64_t done;          /* bytes of the answer */
};

struct flood {
    struct output *output;
    struct dice dice;
    int64_t now_us;
};

static const char http_request[] = "GET /backup.img HTTP/1.1\r\nHost: files.example\r\nAccept: */*\r\n\r\n";
static const char http_answer[] = "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"
                                  "Content-Length: 107374182400\r\n\r\n";

/* The fixed part of a ClientHello: record, handshake, version 1.2, 32 bytes of random, no session, two ciphers. */
static const uint8_t tls_client_hello[] = {22, 3, 1, 0, 49, 1, 0, 0, 45, 3, 3,    1,    2,    3,    4, 5, 6, 7,
                                           8,  9, 8, 7, 6,  5, 4, 3, 2,  1, 0,    1,    2,    3,    4, 5, 6, 7,
                                           8,  9, 8, 7, 6,  5, 4, 0, 0,  4, 0xc0, 0x2f, 0xc0, 0x30, 1, 0, 0, 0};
/* ServerHello with cipher c02f, ServerHelloDone, and ChangeCipherSpec; all after it looks encrypted. */
static const uint8_t tls_server_hello[] = {22, 3, 3,    0,    42, 2,  0, 0, 38, 3, 3,  9, 8, 7, 6,  5, 4, 3, 2, 1, 0,
                                           1,  2, 3,    4,    5,  6,  7, 8, 9,  8, 7,  6, 5, 4, 3,  2, 1, 0, 9, 8, 7,
                                           6,  0, 0xc0, 0x2f, 0,  22, 3, 3, 0,  4, 14, 0, 0, 0, 20, 3, 3, 0, 1, 1};

static void send_segment(struct flood *flood, struct download *d, bool to_client, uint8_t flags, const uint8_t *payload,
                         size_t length)
{
    struct segment segment = {.source = to_client ? d->server : d->client,
                              .target = to_client ? d->client : d->server,
                              .source_port = to_client ? d->server_port : d->client_port,
                              .target_port = to_client ? d->client_port : d->server_port,
                              .flags = flags,
                              .sequence = to_client ? d->served : d->asked,
                              .acknowledgment = flags & TCP_ACK ? (to_client ? d->asked : d->served) : 0,
                              .payload = payload,
                              .length = length};
    struct frame frame;
    frame_tcp(&frame, &segment);
    output_frame(flood->output, flood->now_us, frame.bytes, frame.length, frame.length);
    flood->now_us += PACKET_EVERY_US;
    *(to_client ? &d->served : &d->asked) += (uint32_t)length + (flags & TCP_SYN ? 1 : 0);
}

static void begin(struct flood *flood, struct download *d)
{
    send_segment(flood, d, false, TCP_SYN, NULL, 0);
    send_segment(flood, d, true, TCP_SYN | TCP_ACK, NULL, 0);
    send_segment(flood, d, false, TCP_ACK, NULL, 0);
    uint8_t request[64];
    dice_fill(&flood->dice, request, sizeof request);
    const uint8_t *bytes = request;
    size_t length = sizeof request;
    if (d->nature == HTTP) {
        bytes = (const uint8_t *)http_request;
        length = sizeof http_request - 1;
    } else if (d->nature == TLS) {
        bytes = tls_client_hello;
        length = sizeof tls_client_hello;
    }
    send_segment(flood, d, false, TCP_PSH | TCP_ACK, bytes, length);
}

/* Copies what of `text`, which stands at `text_at` of the stream, falls into the segment at `at`. */
static void lay_over(uint8_t *segment, uint64_t at, const uint8_t *text, size_t length, uint64_t text_at)
{
    for (size_t i = 0; i < length; i++)
        if (text_at + i >= at && text_at + i < at + SEGMENT_BYTES)
            segment[text_at + i - at] = text[i];
}

static void serve(struct flood *flood, struct download *d)
{
    static const uint8_t record_header[TLS_HEADER] = {23, 3, 3, 0x40, 0};
    uint8_t payload[SEGMENT_BYTES];
    dice_fill(&flood->dice, payload, sizeof payload);
    if (d->nature == HTTP && d->done == 0)
        lay_over(payload, 0, (const uint8_t *)http_answer, sizeof http_answer - 1, 0);
    if (d->nature == TLS) {
        if (d->done == 0)
            lay_over(payload, 0, tls_server_hello, sizeof tls_server_hello, 0);
        uint64_t body = sizeof tls_server_hello; /* where the first record of data begins */
        uint64_t record = d->done < body ? 0 : (d->done - body) / TLS_RECORD;
        lay_over(payload, d->done, record_header, TLS_HEADER, body + record * TLS_RECORD);
        lay_over(payload, d->done, record_header, TLS_HEADER, body + (record + 1) * TLS_RECORD);
    }
    send_segment(flood, d, true, TCP_ACK, payload, sizeof payload);
    d->done += sizeof payload;
}

bool kind_elephants(struct output *output, const struct order *order, struct failure *failure)
{
    (void)failure;
    struct flood flood = {output, {.seed = order->seed}, KINDS_START_US};
    struct download downloads[DOWNLOADS];
    for (unsigned i = 0; i < DOWNLOADS; i++) {
        downloads[i] = (struct download){.nature = i == 0   ? HTTP
                                                   : i == 1 ? TLS
                                                            : UNKNOWN,
                                         .client = UINT32_C(0x0a010000) + 100 + i,
                                         .server = UINT32_C(0x0a010000) + 10 + i,
                                         .client_port = (uint16_t)(40000 + i),
                                         .server_port = i == 0   ? 80
                                                        : i == 1 ? 443
                                                                 : (uint16_t)(20000 + i),
                                         .asked = dice_below(&flood.dice, UINT32_MAX),
                                         .served = dice_below(&flood.dice, UINT32_MAX)};
        begin(&flood, &downloads[i]);
    }
    while (output_bytes(output) < KINDS_GIB / 100 * order->percent) {
        struct download *d = &downloads[dice_below(&flood.dice, DOWNLOADS)];
        serve(&flood, d);
        serve(&flood, d);
        send_segment(&flood, d, false, TCP_ACK, NULL, 0);
    }
    return true;
}
