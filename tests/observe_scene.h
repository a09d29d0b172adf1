/* observe_scene: frames of one client and one server into the observing half, and what was written down. */
#ifndef TESTS_OBSERVE_SCENE_H
#define TESTS_OBSERVE_SCENE_H

#include "tests/cmocka_all.h"

#include "app/crew.h"
#include "base/clock.h"
#include "observations/gather.h"
#include "tests/frames.h"

#define C       "10.0.0.9"
#define S       "10.0.0.2"
#define SYN     0x02
#define SYN_ACK 0x12
#define ACK     0x10
#define PSH     0x18
#define FIN     0x11
#define RST     0x14

struct play {
    struct crew *crew;
    struct gathering gathering;
    int64_t now_ns;
    uint64_t frame;
    uint8_t source;
};

static inline void begin_with(struct play *play, size_t memory_bytes)
{
    struct failure failure = {0};
    struct crew_options options = {.memory_bytes = memory_bytes, .sensor = "test"};
    *play = (struct play){.now_ns = 1700000040 * SECOND_NS};
    play->crew = crew_create(&options, &failure);
    assert_non_null(play->crew);
    crew_source(play->crew, "made.pcap", "");
}

static inline void begin(struct play *play)
{
    begin_with(play, 0);
}

static inline void frame_now(struct play *play, const struct made_frame *made)
{
    struct frame frame = {.time_ns = play->now_ns,
                          .number = ++play->frame,
                          .start = made->bytes,
                          .captured = (uint32_t)made->length,
                          .sent = (uint32_t)made->length,
                          .link_type = 1,
                          .source = play->source};
    crew_take(play->crew, &frame, 1);
    play->now_ns += SECOND_NS / 100;
}

static inline void tcp(struct play *play, bool from_client, uint16_t port, uint8_t flags, uint32_t sequence,
                       const void *payload, size_t length)
{
    struct made_frame made = {.length = 0};
    put_ethernet(&made);
    if (from_client)
        put_tcp(&made, C, 50000, S, port, flags, sequence, 0, payload, length);
    else
        put_tcp(&made, S, port, C, 50000, flags, sequence, 0, payload, length);
    frame_now(play, &made);
}

static inline void say(struct play *play, bool from_client, uint16_t port, uint32_t *sequence, const char *text)
{
    tcp(play, from_client, port, PSH, *sequence, text, strlen(text));
    *sequence += (uint32_t)strlen(text);
}

static inline void handshake(struct play *play, uint16_t port)
{
    tcp(play, true, port, SYN, 99, "", 0);
    tcp(play, false, port, SYN_ACK, 499, "", 0);
    tcp(play, true, port, ACK, 100, "", 0);
}

static inline const struct gathered *end(struct play *play, size_t expected)
{
    struct failure failure = {0};
    crew_source_ended(play->crew, 0, false, 0);
    crew_finish(play->crew);
    assert_true(gather_init(&play->gathering, crew_store(play->crew), &failure));
    assert_int_equal(play->gathering.count, expected);
    return play->gathering.items;
}

static inline void done(struct play *play)
{
    gather_fini(&play->gathering);
    crew_destroy(play->crew);
}

static inline const char *text(const struct play *play, uint32_t name)
{
    return observations_text(crew_store(play->crew), name);
}

static inline bool has(const struct play *play, const struct gathered *conversation, const char *key, const char *value)
{
    for (size_t i = 0; i < conversation->fact_count; i++)
        if (strcmp(text(play, conversation->facts[i].key), key) == 0 &&
            strcmp(text(play, conversation->facts[i].value), value) == 0)
            return true;
    return false;
}

#endif
