/* diff_rank: the order of verdicts by which a comparison says worse and better. It is the one docs/comparing.md prints.
 *
 * Of a conversation: nothing wrong, cannot be said, an attempt that nobody expects and that did not work, wrong though
 * it works, expected and does not work. Of a path likewise. */
#include "reports/diff_parts.h"

#include <string.h>

struct rank {
    const char *verdict;
    int rank;
};

static int rank_in(const struct rank *ranks, size_t count, const char *verdict)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(ranks[i].verdict, verdict) == 0)
            return ranks[i].rank;
    return -1;
}

static int rank_conversation(const char *verdict)
{
    static const struct rank ranks[] = {
        {"conforming", 0}, {"out-of-scope", 0}, {"unclassified", 1}, {"undetermined", 1}, {"unexpected-attempt", 2},
        {"deviating", 3},  {"unexpected", 3},   {"refused", 4},      {"blocked", 4},
    };
    return rank_in(ranks, sizeof ranks / sizeof *ranks, verdict);
}

/* Do all rows that it belongs to say that it must not happen? */
static bool is_forbidden(const json_t *audit, const json_t *conversation)
{
    const json_t *ids = json_object_get(conversation, "paths"), *path;
    size_t i;
    json_array_foreach(json_object_get(audit, "paths"), i, path)
    {
        if (diff_has_word(ids, diff_word(path, "id")) && strcmp(diff_word(path, "required"), "never") != 0)
            return false;
    }
    return json_array_size(ids) > 0;
}

int diff_rank_of(const json_t *audit, const json_t *conversation)
{
    const char *verdict = diff_word(conversation, "verdict");
    int rank = rank_conversation(verdict);
    if (rank == DIFF_RANK_UNSAID || rank < 0 || !is_forbidden(audit, conversation))
        return rank;
    return rank_conversation(rank > rank_conversation("unexpected") ? "unexpected-attempt" : "unexpected");
}

int diff_rank_path(const char *verdict)
{
    static const struct rank ranks[] = {
        {"satisfied", 0}, {"not-exercised", 0},  {"not-applicable", 0}, {"unobservable", 1}, {"deviating", 2},
        {"degraded", 3},  {"forbidden-seen", 3}, {"missing", 4},        {"failing", 4},
    };
    return rank_in(ranks, sizeof ranks / sizeof *ranks, verdict);
}

bool diff_path_was_tried(const char *verdict)
{
    static const char *const never[] = {"not-exercised", "not-applicable", "unobservable", "missing"};
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        if (strcmp(verdict, never[i]) == 0)
            return false;
    return true;
}

/* Fewer than half of the flows of a conversation; of a path, of its conversations or bytes. */
bool diff_less_was_seen(const json_t *old, const json_t *new)
{
    static const char *const amounts[] = {"flows", "conversations", "bytes"};
    for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++)
        if (diff_number(new, amounts[i]) < (diff_number(old, amounts[i]) + 1) / 2)
            return true;
    return false;
}

bool diff_is_in_part(const char *verdict)
{
    return strcmp(verdict, "deviating") == 0 || strcmp(verdict, "degraded") == 0 ||
           strcmp(verdict, "forbidden-seen") == 0;
}

enum direction diff_direction(int was, int is)
{
    if (was < 0 || is < 0 || was == is)
        return DIRECTION_CHANGED;
    if (is > was)
        return is >= DIFF_RANK_WRONG ? DIRECTION_WORSE : DIRECTION_CHANGED;
    return was >= DIFF_RANK_WRONG && is != DIFF_RANK_UNSAID ? DIRECTION_BETTER : DIRECTION_CHANGED;
}
