/* diff_text: what changed, for the person who changed the firewall: first what got worse, then what got better, then
 * what is new or gone; last what makes the two hard to compare. */
#include "reports/diff.h"
#include "reports/phrase.h"
#include "reports/screen.h"

#include <string.h>

#define NOTE        5 /* columns under a change */
#define GROUP_MOST  20
#define TEXT_LENGTH 512

static const enum accent accents[DIRECTION_COUNT] = {
    [DIRECTION_WORSE] = ACCENT_BAD,  [DIRECTION_BETTER] = ACCENT_GOOD, [DIRECTION_CHANGED] = ACCENT_DOUBT,
    [DIRECTION_NEW] = ACCENT_STRONG, [DIRECTION_GONE] = ACCENT_QUIET,
};

static void note(struct screen *screen, const char *text)
{
    if (text[0] == '\0')
        return;
    screen_end(screen);
    screen_to(screen, NOTE);
    screen_flow(screen, ACCENT_PLAIN, NOTE, text);
}

static void head_side(struct screen *screen, const char *word, const char *name, const json_t *audit)
{
    const json_t *window = json_object_get(audit, "window");
    struct phrase line = {0};
    const char *first = diff_word(window, "first"), *last = diff_word(window, "last");
    bool same_day = strncmp(first, last, 10) == 0;
    phrase_add(&line, "%s", name);
    if (strlen(first) > 19 && strlen(last) > 19)
        phrase_add(&line, "   %.10s %.8s - %.*s%s%.8s UTC", first, first + 11, same_day ? 0 : 10, last,
                   same_day ? "" : " ", last + 11);
    screen_to(screen, 2);
    screen_put(screen, ACCENT_QUIET, word);
    screen_to(screen, 10);
    screen_flow(screen, ACCENT_PLAIN, 10, line.text);
    screen_end(screen);
}

static void verdict(struct screen *screen, const struct diff *diff)
{
    const size_t *n = diff->counts;
    struct phrase counts = {0};
    bool worse = n[DIRECTION_WORSE] > 0;
    phrase_add(&counts, "%zu worse, %zu better, %zu otherwise changed, %zu new, %zu gone", n[DIRECTION_WORSE],
               n[DIRECTION_BETTER], n[DIRECTION_CHANGED], n[DIRECTION_NEW], n[DIRECTION_GONE]);
    screen_blank(screen);
    screen_to(screen, 2);
    screen_put(screen, worse ? ACCENT_BAD : ACCENT_GOOD, worse ? "WORSE" : "NOTHING GOT WORSE");
    screen_item(screen, ACCENT_PLAIN, 3, 10, counts.text);
    screen_blank(screen);
}

/* "was conforming, is blocked" */
static void add_verdicts(struct phrase *line, const struct change *change)
{
    if (change->old == NULL)
        phrase_add(line, ": new, %s", change->is);
    else if (change->new == NULL)
        phrase_add(line, ": not seen any more, was %s", change->was);
    else if (strcmp(change->was, change->is) != 0)
        phrase_add(line, ": was %s, is %s", change->was, change->is);
}

static void add_services(struct phrase *line, const json_t *c)
{
    const json_t *services = json_object_get(c, "services");
    size_t count = json_array_size(services);
    if (count == 0 && diff_word(c, "protocol")[0] != '\0')
        phrase_add(line, " (%s)", diff_word(c, "protocol"));
    for (size_t i = 0; i < count && i < 3; i++)
        phrase_add(line, "%s%s", i == 0 ? " (" : ", ", json_string_value(json_array_get(services, i)));
    if (count > 0)
        phrase_add(line, count > 3 ? " and %zu more)" : ")", count - 3);
}

/* What was seen of it: the first class of sessions with the verdict of the whole. */
static void add_seen(struct phrase *line, const json_t *c)
{
    const json_t *sessions = json_object_get(c, "sessions");
    for (size_t i = 0; i < json_array_size(sessions); i++) {
        const json_t *s = json_array_get(sessions, i), *place = json_object_get(s, "evidence");
        char number[AMOUNT_TEXT];
        if (strcmp(diff_word(s, "verdict"), diff_word(c, "verdict")) != 0)
            continue;
        phrase_count(line, (uint64_t)json_integer_value(json_object_get(s, "flows")), "flow", "flows");
        phrase_add(line, " %s", diff_word(s, "disposition"));
        if (diff_word(s, "encryption")[0] != '\0')
            phrase_add(line, ", encryption %s", diff_word(s, "encryption"));
        if (diff_word(s, "authentication")[0] != '\0')
            phrase_add(line, ", authentication %s", diff_word(s, "authentication"));
        if (diff_word(place, "source")[0] != '\0')
            phrase_add(line, "; %s frame %s", diff_word(place, "source"),
                       amount_text((uint64_t)json_integer_value(json_object_get(place, "frame")), number));
        return;
    }
}

static void tell_finding(struct screen *screen, const json_t *finding, bool with_subject)
{
    struct phrase line = {0};
    if (finding == NULL)
        return;
    if (with_subject)
        note(screen, diff_word(finding, "subject"));
    note(screen, diff_word(finding, "explain"));
    if (diff_word(finding, "advice")[0] != '\0')
        phrase_add(&line, "Do: %s", diff_word(finding, "advice"));
    phrase_add(&line, "%s(finding %s)", line.length > 0 ? "   " : "", diff_word(finding, "id"));
    note(screen, line.text);
}

static void tell_conversation(struct screen *screen, const struct change *change)
{
    const json_t *thing = change->new != NULL ? change->new : change->old;
    char name[TEXT_LENGTH];
    struct phrase line = {0}, seen = {0};
    diff_name_conversation(thing, name, sizeof name);
    phrase_add(&line, "%s", name);
    add_services(&line, thing);
    add_verdicts(&line, change);
    screen_flow(screen, ACCENT_STRONG, NOTE, line.text);
    add_seen(&seen, thing);
    note(screen, seen.text);
    if (change->direction == DIRECTION_WORSE)
        tell_finding(screen, change->finding, true);
}

static void tell_path(struct screen *screen, const struct change *change)
{
    const json_t *thing = change->new != NULL ? change->new : change->old;
    struct phrase line = {0};
    phrase_add(&line, "row \"%s\" (%s)", diff_word(thing, "name"), diff_word(thing, "table"));
    if (change->kind == CHANGE_PAIR)
        phrase_add(&line, ", %s -> %s", change->client, change->server);
    add_verdicts(&line, change);
    screen_flow(screen, ACCENT_STRONG, NOTE, line.text);
    note(screen, change->why);
    if (change->direction == DIRECTION_WORSE)
        tell_finding(screen, change->finding, true);
}

static void tell_found(struct screen *screen, const struct change *change)
{
    const json_t *thing = change->new != NULL ? change->new : change->old;
    struct phrase line = {0};
    const char *was = diff_word(change->old, "severity"), *is = diff_word(change->new, "severity");
    phrase_add(&line, "finding: %s", diff_word(thing, "subject"));
    if (change->old != NULL && change->new != NULL &&strcmp(was, is) != 0)
        phrase_add(&line, ": was %s, is %s", was, is);
    if (change->old != NULL && change->new != NULL &&diff_word(change->old, "excepted")[0] != '\0' &&
        diff_word(change->new, "excepted")[0] == '\0')
        phrase_add(&line, ": no exception covers it any more (was: %s)", diff_word(change->old, "excepted"));
    if (change->new != NULL && diff_word(change->new, "excepted")[0] != '\0')
        phrase_add(&line, ": excepted (%s)", diff_word(change->new, "excepted"));
    screen_flow(screen, ACCENT_STRONG, NOTE, line.text);
    if (change->direction == DIRECTION_WORSE)
        tell_finding(screen, thing, false);
}

static void tell_change(struct screen *screen, const struct change *change, size_t number)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%zu", number);
    screen_to(screen, 2);
    screen_put(screen, accents[change->direction], digits);
    screen_to(screen, NOTE);
    if (change->kind == CHANGE_CONVERSATION)
        tell_conversation(screen, change);
    else if (change->kind == CHANGE_FINDING)
        tell_found(screen, change);
    else
        tell_path(screen, change);
    screen_end(screen);
}

/* What got worse and what got better is told in full, of the rest the first ones unless all is wanted. */
static void group(struct screen *screen, const struct diff *diff, enum direction direction, bool all)
{
    static const char *const headings[DIRECTION_COUNT] = {
        [DIRECTION_WORSE] = "What got worse",
        [DIRECTION_BETTER] = "What got better",
        [DIRECTION_CHANGED] = "What changed, neither worse nor better",
        [DIRECTION_NEW] = "What is new",
        [DIRECTION_GONE] = "What was not seen any more (no proof that it does not happen)",
    };
    size_t number = 0, most = all || direction <= DIRECTION_BETTER ? SIZE_MAX : GROUP_MOST;
    if (diff->counts[direction] == 0)
        return;
    screen_flow(screen, accents[direction], 0, headings[direction]);
    screen_end(screen);
    for (size_t i = 0; i < diff->change_count; i++)
        if (diff->changes[i].direction == direction && !diff->changes[i].told && number++ < most)
            tell_change(screen, &diff->changes[i], number);
    if (number > most) {
        struct phrase rest = {0};
        phrase_add(&rest, "- %zu more: --all lists them", number - most);
        screen_to(screen, 2);
        screen_flow(screen, ACCENT_QUIET, NOTE, rest.text);
    }
    screen_blank(screen);
}

static void ports(struct screen *screen, const struct diff *diff)
{
    if (diff->port_count == 0)
        return;
    screen_put(screen, ACCENT_STRONG, "Dynamic RPC ports");
    screen_end(screen);
    for (size_t i = 0; i < diff->port_count; i++) {
        const struct moved_ports *p = &diff->ports[i];
        struct phrase line = {0};
        phrase_add(&line, "%s: ", p->name);
        for (size_t k = 0; k < p->interfaces.count; k++)
            phrase_add(&line, "%s%s", k > 0 ? ", " : "", p->interfaces.items[k]);
        if (p->old_ports[0] == '\0')
            phrase_add(&line, ": now at %s/%s, not told before", p->new_ports, p->transport);
        else if (p->new_ports[0] == '\0')
            phrase_add(&line, ": was at %s/%s, not told any more", p->old_ports, p->transport);
        else
            phrase_add(&line, ": moved from %s/%s to %s/%s, as after a restart", p->old_ports, p->transport,
                       p->new_ports, p->transport);
        screen_to(screen, 2);
        screen_flow(screen, ACCENT_PLAIN, NOTE, line.text);
        screen_end(screen);
    }
    screen_blank(screen);
}

static void limits(struct screen *screen, const struct diff *diff)
{
    if (diff->limits.count == 0)
        return;
    screen_put(screen, ACCENT_STRONG, "What limits this comparison");
    screen_end(screen);
    for (size_t i = 0; i < diff->limits.count; i++) {
        screen_to(screen, 2);
        screen_flow(screen, ACCENT_PLAIN, 2, diff->limits.items[i]);
        screen_end(screen);
    }
}

void diff_text(const struct diff *diff, const struct report_options *options, FILE *out)
{
    struct screen screen = screen_of(out, options->width, options->colour, options->ascii);
    screen_put(&screen, ACCENT_STRONG, "pathaudit diff");
    screen_end(&screen);
    head_side(&screen, "before", diff->old_name, diff->old);
    head_side(&screen, "after", diff->new_name, diff->new);
    verdict(&screen, diff);
    for (enum direction i = 0; i < DIRECTION_COUNT; i++)
        group(&screen, diff, i, options->all);
    ports(&screen, diff);
    limits(&screen, diff);
    fflush(out);
}
