/* tell: see audit/tell.h. Lists grow by doubling: their room is the power of two at or above their count, so that no
 * capacity has to be kept beside them. */
#include "audit/tell.h"

#include "base/clock.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LONGEST_TEXT 2048

const char *tell(struct arena *arena, const char *format, ...)
{
    char text[LONGEST_TEXT];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    const char *kept = length < 0 ? NULL : arena_text(arena, text);
    return kept != NULL ? kept : "";
}

const char *tell_count(struct arena *arena, uint64_t count)
{
    char digits[24], text[32];
    int length = snprintf(digits, sizeof digits, "%" PRIu64, count);
    size_t to = 0;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            text[to++] = ',';
        text[to++] = digits[i];
    }
    text[to] = '\0';
    return tell(arena, "%s", text);
}

const char *tell_many(struct arena *arena, uint64_t count, const char *noun)
{
    return tell(arena, "%s %s%s", tell_count(arena, count), noun, count == 1 ? "" : "s");
}

const char *tell_bytes(struct arena *arena, uint64_t bytes)
{
    static const char *const units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
    if (bytes < 1000)
        return tell_many(arena, bytes, "byte");
    double amount = (double)bytes / 1000;
    size_t unit = 0;
    for (; amount >= 999.95; unit++)
        amount /= 1000;
    return tell(arena, "%.1f %s", amount, units[unit]);
}

const char *tell_span(struct arena *arena, int64_t span_ns)
{
    int64_t seconds = span_ns / SECOND_NS;
    if (seconds < 120)
        return tell(arena, "%" PRId64 " s", seconds);
    if (seconds < 7200)
        return seconds % 60 == 0 || seconds >= 600
                   ? tell(arena, "%" PRId64 " min", seconds / 60)
                   : tell(arena, "%" PRId64 " min %" PRId64 " s", seconds / 60, seconds % 60);
    int64_t large = seconds < 172800 ? 3600 : 86400, small = large == 3600 ? 60 : 3600;
    const char *unit = large == 3600 ? "h" : "d", *rest = large == 3600 ? "min" : "h";
    if (seconds % large < small)
        return tell(arena, "%" PRId64 " %s", seconds / large, unit);
    return tell(arena, "%" PRId64 " %s %" PRId64 " %s", seconds / large, unit, seconds % large / small, rest);
}

const char *tell_port(struct arena *arena, uint8_t transport, uint16_t port)
{
    char number[TRANSPORT_TEXT];
    const char *name = observation_transport(transport, number);
    return port == 0 ? tell(arena, "%s", name) : tell(arena, "%u/%s", port, name);
}

const char *tell_list(struct arena *arena, const struct texts *texts, const char *last)
{
    return tell_list_after(arena, "", texts, last);
}

const char *tell_list_after(struct arena *arena, const char *before, const struct texts *texts, const char *last)
{
    char text[LONGEST_TEXT];
    size_t length = (size_t)snprintf(text, sizeof text, "%s", before);
    for (size_t i = 0; i < texts->count && length < sizeof text; i++) {
        bool closes = i > 0 && i + 1 == texts->count && last[0] != '\0';
        length += (size_t)snprintf(text + length, sizeof text - length, "%s%s%s%s", i == 0 || closes ? "" : ", ",
                                   closes ? " " : "", closes ? last : "", closes ? " " : "");
        if (length < sizeof text)
            length += (size_t)snprintf(text + length, sizeof text - length, "%s", texts->items[i]);
    }
    return tell(arena, "%s", text);
}

const char *tell_when(struct arena *arena, const struct audit *audit, int64_t time_ns, const struct evidence *evidence)
{
    char clock[CLOCK_TEXT];
    clock_within(time_ns, audit->first_ns, audit->last_ns, clock);
    if (evidence == NULL || evidence->frame == 0)
        return tell(arena, "%s", clock);
    return tell(arena, "%s (frame %s)", clock, tell_count(arena, evidence->frame));
}

const char *tell_address(struct arena *arena, const struct address *address)
{
    char text[ADDRESS_TEXT];
    return tell(arena, "%s", address_text(address, text));
}

const char *tell_place(struct arena *arena, const struct address *address, const char *network)
{
    char text[ADDRESS_TEXT];
    return tell(arena, "%s%s%s", address_text(address, text), network[0] != '\0' ? "%" : "", network);
}

/* Role names that say what kind of server it is, so that people read "a client-access server". */
static bool names_a_server(const char *role)
{
    static const char *const kinds[] = {"hub",     "edge", "mailbox",       "client-access", "unified-messaging",
                                        "dns",     "rms",  "ocs",           "mis",           "mailbox-legacy",
                                        "srs",     "adc",  "exchange-2000", "exchange-5.5",  "exchange-2010",
                                        "exchange"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(role, kinds[i]) == 0)
            return true;
    return false;
}

const char *tell_role(struct arena *arena, const char *role)
{
    bool vowel = role[0] != '\0' && strchr("aeio", role[0]) != NULL; /* not u: "a unified-messaging" */
    bool spelt = strcmp(role, "mta") == 0 || strcmp(role, "rms") == 0 || strcmp(role, "srs") == 0 ||
                 strcmp(role, "mis") == 0 || strncmp(role, "smtp-", 5) == 0 || strncmp(role, "http-", 5) == 0 ||
                 strncmp(role, "ldap-", 5) == 0 || strncmp(role, "nntp-", 5) == 0;
    return tell(arena, "%s %s%s", vowel || spelt ? "an" : "a", role, names_a_server(role) ? " server" : "");
}

/* Room for one more after `count` things of `size`: the array itself, or one twice as large. NULL when memory ran
 * out. */
static void *grown(struct arena *arena, void *items, size_t count, size_t size)
{
    if (count != 0 && (count & (count - 1)) != 0)
        return items;
    void *larger = arena_take_many(arena, count == 0 ? 1 : count * 2, size);
    if (larger != NULL && count > 0)
        memcpy(larger, items, count * size);
    return larger;
}

void texts_push(struct arena *arena, struct texts *texts, const char *text)
{
    const char **items = grown(arena, texts->items, texts->count, sizeof *items);
    if (items == NULL)
        return;
    texts->items = items;
    texts->items[texts->count++] = text;
}

void texts_add(struct arena *arena, struct texts *texts, const char *text)
{
    if (!texts_have(texts, text))
        texts_push(arena, texts, text);
}

void addresses_add(struct arena *arena, struct address **items, size_t *count, const struct address *address)
{
    for (size_t i = *count; i > 0; i--) /* the newest is the likeliest */
        if (address_equal(&(*items)[i - 1], address))
            return;
    struct address *larger = grown(arena, *items, *count, sizeof *larger);
    if (larger == NULL)
        return;
    *items = larger;
    (*items)[(*count)++] = *address;
}
