/* play: plays a talk to a dissector the way the pipeline does, and keeps what was said as lines of text.
 *
 * Per direction a window holds what the dissector left; new bytes are appended, skipped bytes dropped, after UPGRADE
 * the rest belongs to the TLS dissector, DONE and NOT_MINE end the play, and so does a window that is full and moves
 * no more. Each call gets a copy of exactly the window's size, so that the sanitizer sees any read past it. */
#ifndef TESTS_PLAY_H
#define TESTS_PLAY_H

#include "tests/talk.h"

extern const struct dissector dissector_tls;

#define PLAY_WHOLE SIZE_MAX /* a chunk no talk is longer than */

struct play_window {
    uint8_t *bytes;
    size_t length;
    uint64_t skip;
};

struct player {
    struct heard *heard;
    const struct dissector *by;
    void *state;
    struct play_window windows[2];
    bool over;
};

static inline bool play_is_one_of(const struct beginning ways[], size_t count, struct bytes word)
{
    const uint64_t bytes = bytes_be64(&word);
    for (size_t i = 0; i < count && ways[i].mask != 0; i++)
        if ((bytes & ways[i].mask) == ways[i].value)
            return true;
    return false;
}

/* Does the probe say no to what begins in none of the ways that the dissector declares? */
static inline bool play_begins_rightly(const struct dissector *by, struct bytes head, enum direction from)
{
    const size_t least = by->later[0].mask != 0 ? BEGINNING_LATER_LEAST : BEGINNING_LEAST;
    struct bytes later = head;
    bytes_skip(&later, BEGINNING_LATER);
    return by->beginnings[0].mask == 0 || head.left < least || play_is_one_of(by->beginnings, BEGINNINGS_MOST, head) ||
           play_is_one_of(by->later, BEGINNINGS_LATER_MOST, later) || by->probe(head, from) == LIKE_NOT;
}

/* Bytes as text: what is not printable, and the backslash, as \xNN; at most 255 bytes. */
static inline void play_clean(struct bytes value, char out[1024])
{
    size_t used = 0;
    for (size_t i = 0; i < value.left && i < 255; i++) {
        uint8_t c = value.at[i];
        if (c >= 0x20 && c < 0x7f && c != '\\')
            out[used++] = (char)c;
        else
            used += (size_t)snprintf(out + used, 1024 - used, "\\x%02x", c);
    }
    out[used] = '\0';
}

/* Puts a line at its place in the sorted list, unless it is there already. */
static inline void heard_note(struct heard *heard, const char *line)
{
    size_t at = 0;
    while (at < heard->count && strcmp(heard->lines[at], line) < 0)
        at++;
    if ((at < heard->count && strcmp(heard->lines[at], line) == 0) ||
        heard->count == sizeof heard->lines / sizeof heard->lines[0])
        return;
    memmove(heard->lines + at + 1, heard->lines + at, (heard->count - at) * sizeof heard->lines[0]);
    heard->lines[at] = strdup(line);
    heard->count++;
}

static inline void heard_say(struct facts *to, enum fact_key key, struct bytes value)
{
    char text[1024], line[1200];
    play_clean(value, text);
    snprintf(line, sizeof line, "%s=%s", fact_key_name(key), text);
    heard_note((struct heard *)to, line);
}

/* "binding ept_map UUID/0.81 ncacn_ip_tcp 49155/tcp", then " endpoint=", " tower=" and " annotation=" where given. */
static inline void heard_learn(struct facts *to, const struct learned *learned)
{
    char line[4096], uuid[UUID_TEXT], address[ADDRESS_TEXT], text[1024];
    size_t used = (size_t)snprintf(line, sizeof line, "binding %s %s/%u.%u %s %u/%s", learned_from_name(learned->from),
                                   uuid_text(&learned->interface, uuid), learned->major, learned->minor,
                                   learned->protocol_sequence, learned->port, learned->udp ? "udp" : "tcp");
    if (learned->endpoint.left > 0) {
        play_clean(learned->endpoint, text);
        used += (size_t)snprintf(line + used, sizeof line - used, " endpoint=%s", text);
    }
    if (learned->has_address)
        used += (size_t)snprintf(line + used, sizeof line - used, " tower=%s",
                                 address_text(&learned->tower_address, address));
    if (learned->annotation.left > 0) {
        play_clean(learned->annotation, text);
        snprintf(line + used, sizeof line - used, " annotation=%s", text);
    }
    heard_note((struct heard *)to, line);
}

static inline void heard_amount(struct facts *to, enum authentication authentication, enum encryption encryption,
                                enum outcome outcome)
{
    struct heard *heard = (struct heard *)to;
    if (encryption == ENCRYPTION_TLS && heard->upgrade != ENCRYPTION_UNKNOWN)
        encryption = heard->upgrade;
    if (authentication != AUTHENTICATION_UNKNOWN &&
        (heard->authentication == AUTHENTICATION_UNKNOWN || authentication < heard->authentication))
        heard->authentication = authentication;
    if (encryption != ENCRYPTION_UNKNOWN && (heard->encryption == ENCRYPTION_UNKNOWN || encryption < heard->encryption))
        heard->encryption = encryption;
    if (outcome != OUTCOME_NONE)
        heard->outcome = outcome;
}

static inline void heard_init(struct heard *heard)
{
    *heard = (struct heard){.facts = {.say = heard_say, .learn = heard_learn, .amount = heard_amount}};
}

static inline void heard_fini(struct heard *heard)
{
    for (size_t i = 0; i < heard->count; i++)
        free(heard->lines[i]);
    heard->count = 0;
}

static inline bool heard_has(const struct heard *heard, const char *line)
{
    for (size_t i = 0; i < heard->count; i++)
        if (strcmp(heard->lines[i], line) == 0)
            return true;
    return false;
}

/* How many lines begin so: "smtp.verbs=" counts the verbs. */
static inline size_t heard_count(const struct heard *heard, const char *beginning)
{
    size_t count = 0;
    for (size_t i = 0; i < heard->count; i++)
        count += strncmp(heard->lines[i], beginning, strlen(beginning)) == 0;
    return count;
}

/* Is this text anywhere in what was heard? For what must never be said. */
static inline bool heard_contains(const struct heard *heard, const char *text)
{
    for (size_t i = 0; i < heard->count; i++)
        if (strstr(heard->lines[i], text) != NULL)
            return true;
    return false;
}

static inline bool heard_same(const struct heard *a, const struct heard *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (strcmp(a->lines[i], b->lines[i]) != 0)
            return false;
    return true;
}

static inline void heard_print(const struct heard *heard, FILE *out)
{
    for (size_t i = 0; i < heard->count; i++)
        fprintf(out, "  %s\n", heard->lines[i]);
}

static inline void window_drop(struct play_window *window, size_t length)
{
    if (length > 0)
        memmove(window->bytes, window->bytes + length, window->length - length);
    window->length -= length;
}

static inline void player_begin(struct player *player, struct heard *heard, const struct dissector *by)
{
    *player = (struct player){.heard = heard, .by = by, .state = calloc(1, by->state_size + 1)};
}

static inline void player_end(struct player *player)
{
    free(player->state);
    free(player->windows[FROM_CLIENT].bytes);
    free(player->windows[FROM_SERVER].bytes);
}

static inline bool player_becomes(struct player *player, const struct dissector *next)
{
    player->by = next;
    free(player->state);
    player->state = calloc(1, next->state_size + 1);
    return true;
}

/* One call with the whole window. True when another call should follow at once. */
static inline bool player_feed(struct player *player, enum direction from)
{
    struct play_window *window = &player->windows[from];
    uint8_t *copy = malloc(window->length);
    memcpy(copy, window->bytes, window->length);
    struct bytes in = bytes_of(copy, window->length);
    struct dissected answer = player->by->feed(player->state, from, &in, &player->heard->facts);
    size_t consumed = window->length - in.left;
    if (in.left > window->length || in.overran || in.at != copy + consumed)
        abort(); /* the cursor that comes back is the rest of the window, nothing else */
    free(copy);
    window_drop(window, consumed);
    player->heard->last = answer.answer;
    switch (answer.answer) {
    case DISSECT_IDLE:
    case DISSECT_MORE:
        player->over = consumed == 0 && window->length >= player->by->longest_message;
        return false;
    case DISSECT_SKIP:
        window->skip = answer.skip;
        return true;
    case DISSECT_UPGRADE:
        player->heard->upgrade = answer.upgrade;
        return player_becomes(player, &dissector_tls);
    case DISSECT_BECOMES:
        return player_becomes(player, answer.next);
    case DISSECT_DONE:
    case DISSECT_NOT_MINE:
        player->over = true;
        return false;
    case DISSECT_UNSURE:
        return false;
    }
    return false;
}

static inline void player_hear(struct player *player, enum direction from, const void *bytes, size_t length)
{
    struct play_window *window = &player->windows[from];
    if (player->over || length == 0)
        return;
    window->bytes = realloc(window->bytes, window->length + length);
    memcpy(window->bytes + window->length, bytes, length);
    window->length += length;
    bool again = true;
    while (again && !player->over) {
        size_t skipped = window->skip < window->length ? (size_t)window->skip : window->length;
        window_drop(window, skipped);
        window->skip -= skipped;
        again = window->length > 0 && player_feed(player, from);
    }
}

/* Plays the first `limit` bytes of a talk (over both directions) in chunks of at most `chunk` bytes. */
static inline void play_part(struct heard *heard, const struct dissector *by, const struct talk *talk, size_t chunk,
                             size_t limit)
{
    static const char *const outcomes[] = {"", "accepted", "denied"};
    struct player player;
    player_begin(&player, heard, by);
    for (size_t i = 0; i < talk->count && limit > 0; i++) {
        size_t length = talk->said[i].length < limit ? talk->said[i].length : limit;
        limit -= length;
        for (size_t done = 0; done < length;) {
            size_t piece = length - done < chunk ? length - done : chunk;
            player_hear(&player, talk->said[i].from, (const uint8_t *)talk->said[i].bytes + done, piece);
            done += piece;
        }
    }
    player_end(&player);
    char line[64];
    if (heard->authentication != AUTHENTICATION_UNKNOWN) {
        snprintf(line, sizeof line, "authentication=%s", authentication_name(heard->authentication));
        heard_note(heard, line);
    }
    if (heard->encryption != ENCRYPTION_UNKNOWN) {
        snprintf(line, sizeof line, "encryption=%s", encryption_name(heard->encryption));
        heard_note(heard, line);
    }
    if (heard->outcome != OUTCOME_NONE) {
        snprintf(line, sizeof line, "outcome=%s", outcomes[heard->outcome]);
        heard_note(heard, line);
    }
}

/* Plays a talk in chunks of at most `chunk` bytes (1 and up), or PLAY_WHOLE. */
static inline void play(struct heard *heard, const struct dissector *by, const struct talk *talk, size_t chunk)
{
    play_part(heard, by, talk, chunk, SIZE_MAX);
}

static inline size_t talk_length(const struct talk *talk)
{
    size_t length = 0;
    for (size_t i = 0; i < talk->count; i++)
        length += talk->said[i].length;
    return length;
}

#endif
