/* bulletin: see watch/bulletin.h. Both ends are the same program, so the struct goes as it lies in memory. */
#include "watch/bulletin.h"

#include "reports/clean.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- what an audit amounts to ---- */

static struct bulletin_source *source_named(struct bulletin *bulletin, const char *name)
{
    char clean[sizeof bulletin->sources->name];
    clean_copy(name, clean, sizeof clean);
    for (size_t i = 0; i < bulletin->source_count; i++)
        if (strcmp(bulletin->sources[i].name, clean) == 0)
            return &bulletin->sources[i];
    if (bulletin->source_count == BULLETIN_SOURCES)
        return &bulletin->sources[BULLETIN_SOURCES - 1];
    struct bulletin_source *source = &bulletin->sources[bulletin->source_count++];
    memcpy(source->name, bulletin->source_count < BULLETIN_SOURCES ? clean : "others", sizeof source->name);
    return source;
}

static void add_coverage(struct bulletin *bulletin, const struct audit *audit, const struct coverage *row)
{
    struct bulletin_source *source = source_named(bulletin, observations_text(audit->store, row->source));
    source->packets += row->packets;
    source->bytes += row->bytes;
    source->dropped += row->dropped;
    source->duplicates += row->duplicates;
    source->undecoded += row->undecoded;
    source->truncated_frames += row->truncated_frames;
    source->fragments_lost += row->fragments_lost;
    source->missing_bytes += row->missing_bytes;
    source->evicted_flows += row->evicted_flows;
    source->evicted_conversations += row->evicted_conversations;
    source->lost_facts += row->lost_facts;
}

static void name_tables(struct bulletin *bulletin, const struct audit *audit)
{
    size_t length = 0, room = sizeof bulletin->tables;
    for (size_t i = 0; i < audit->table_count && length + 1 < room; i++) {
        if (i > 0)
            length += clean_copy(", ", bulletin->tables + length, room - length);
        length += clean_copy(audit->tables[i]->name, bulletin->tables + length, room - length);
    }
}

void bulletin_of(struct bulletin *bulletin, const struct audit *audit)
{
    bulletin->first_ns = audit->first_ns;
    bulletin->last_ns = audit->last_ns;
    bulletin->conclusion = audit->conclusion;
    memcpy(bulletin->conversations, audit->conversation_counts, sizeof bulletin->conversations);
    memcpy(bulletin->paths, audit->path_counts, sizeof bulletin->paths);
    for (size_t i = 0; i < audit->finding_count; i++) {
        const struct finding *finding = &audit->findings[i];
        if (finding->excepted[0] != '\0')
            bulletin->excepted++;
        else
            bulletin->findings[finding->severity]++;
    }
    bulletin->hosts = audit->host_count;
    name_tables(bulletin, audit);
    for (size_t i = 0; i < audit->coverage_count; i++)
        add_coverage(bulletin, audit, &audit->coverages[i]);
}

/* ---- the way ---- */

/* More would be a mistake; no audit that a memory of some GiB can hold comes near. */
#define LONGEST_BYTES ((size_t)1 << 30)

enum piece { PIECE_FIRST = 1, PIECE_NEXT = 2, PIECE_LAST = 4 };

struct piece_head {
    uint16_t length;
    uint16_t what; /* bits of enum piece */
};
#define PIECE_BYTES (PIPE_BUF - sizeof(struct piece_head))

static bool write_piece(int pipe, unsigned what, const char *bytes, size_t length)
{
    char piece[PIPE_BUF];
    struct piece_head head = {.length = (uint16_t)length, .what = (uint16_t)what};
    memcpy(piece, &head, sizeof head);
    memcpy(piece + sizeof head, bytes, length);
    ssize_t written;
    while ((written = write(pipe, piece, sizeof head + length)) < 0 && errno == EINTR)
        continue;
    return written >= 0; /* of so little all or nothing is written */
}

static bool write_bytes(int pipe, unsigned first, unsigned last, const char *bytes, size_t length)
{
    for (size_t at = 0; at < length;) {
        size_t now = length - at < PIECE_BYTES ? length - at : PIECE_BYTES;
        unsigned what = PIECE_NEXT | (at == 0 ? first : 0) | (at + now == length ? last : 0);
        if (!write_piece(pipe, what, bytes + at, now))
            return false;
        at += now;
    }
    return true;
}

bool bulletin_send(int pipe, const struct bulletin *bulletin, const char *json)
{
    return write_bytes(pipe, PIECE_FIRST, 0, (const char *)bulletin, sizeof *bulletin) &&
           write_bytes(pipe, 0, PIECE_LAST, json, bulletin->json_bytes);
}

static bool read_whole(int pipe, char *out, size_t length)
{
    while (length > 0) {
        ssize_t got = read(pipe, out, length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        out += got;
        length -= (size_t)got;
    }
    return true;
}

static bool make_room(struct inbox *inbox)
{
    if (inbox->room - inbox->length >= PIPE_BUF)
        return true;
    size_t room = inbox->room == 0 ? (size_t)1 << 16 : inbox->room * 2;
    char *bytes = room <= LONGEST_BYTES ? realloc(inbox->bytes, room) : NULL;
    if (bytes == NULL)
        return false;
    inbox->bytes = bytes;
    inbox->room = room;
    return true;
}

/* Of the last piece: is it all there? */
static bool open_bulletin(const struct inbox *inbox, struct bulletin *bulletin, char **json)
{
    if (inbox->length < sizeof *bulletin)
        return false;
    memcpy(bulletin, inbox->bytes, sizeof *bulletin);
    if (inbox->length - sizeof *bulletin != bulletin->json_bytes)
        return false;
    *json = malloc(bulletin->json_bytes + 1);
    if (*json != NULL)
        memcpy(*json, inbox->bytes + sizeof *bulletin, bulletin->json_bytes);
    return *json != NULL;
}

enum inbox_state inbox_read(struct inbox *inbox, int pipe, struct bulletin *bulletin, char **json)
{
    struct piece_head head;
    char piece[PIPE_BUF];
    if (!read_whole(pipe, (char *)&head, sizeof head) || head.length > PIECE_BYTES ||
        !read_whole(pipe, piece, head.length))
        return INBOX_END;
    if (head.what & PIECE_FIRST) {
        inbox->lost += inbox->length > 0;
        inbox->length = 0;
    }
    if (((head.what & PIECE_FIRST) == 0 && inbox->length == 0) || !make_room(inbox)) {
        inbox->length = 0; /* of one whose beginning did not come: passed over up to the next */
        inbox->lost += (head.what & PIECE_LAST) != 0;
        return INBOX_MORE;
    }
    memcpy(inbox->bytes + inbox->length, piece, head.length);
    inbox->length += head.length;
    if ((head.what & PIECE_LAST) == 0)
        return INBOX_MORE;
    bool whole = open_bulletin(inbox, bulletin, json);
    inbox->length = 0;
    inbox->lost += !whole;
    return whole ? INBOX_WHOLE : INBOX_MORE;
}

void inbox_fini(struct inbox *inbox)
{
    free(inbox->bytes);
    *inbox = (struct inbox){0};
}
