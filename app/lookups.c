/* lookups: nobody is asked for a name, neither a server nor a file. What cannot be told from a keyword without the
 * grammar
 * (`dc1` alone, which is short for `host dc1`) is left to the sandbox. */
#include "app/lookups.h"

#include <stdio.h>
#include <string.h>

#define WORD_LETTERS "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._:-"
#define WORD_MOST    256

static bool is_one_of(const char *word, const char *const *words)
{
    while (*words != NULL && strcmp(word, *words) != 0)
        words++;
    return *words != NULL;
}

/* 10.0.0.1, 10.0, 2001:db8::1, and the forms of MAC addresses: hexadecimal digits, in pieces or twelve of them. */
static bool could_be_address(const char *word)
{
    size_t length = strlen(word);
    if (strspn(word, "0123456789.") == length || strchr(word, ':') != NULL)
        return true;
    return strspn(word, "0123456789abcdefABCDEF.-") == length && (length == 12 || strpbrk(word, ".-") != NULL);
}

/* Behind these stands an address, if not one of those. */
static const char *const before_address[] = {"host", "gateway", "net", "src", "dst", NULL};
static const char *const no_address[] = {"host", "net", "mask", "port", "portrange", "and", "or", NULL};
/* Behind these stands a word of its own kind, which may hold dots. */
static const char *const before_others[] = {"ifname", "on", "rset", "ruleset", "srnr", "subrulenum", "reason", NULL};

static bool is_name(const char *word, const char *before)
{
    if (is_one_of(before, before_others) || strspn(word, "0123456789") == strlen(word))
        return false;
    if (is_one_of(before, before_address) && !is_one_of(word, no_address))
        return !could_be_address(word);
    return strchr(word, '.') != NULL && !could_be_address(word); /* no keyword has a dot */
}

bool lookups_check(const char *filter, struct failure *failure)
{
    char before[WORD_MOST] = "", word[WORD_MOST];
    for (const char *at = filter + strcspn(filter, WORD_LETTERS); *at != '\0'; at += strcspn(at, WORD_LETTERS)) {
        size_t length = strspn(at, WORD_LETTERS);
        snprintf(word, sizeof word, "%.*s", (int)(length < WORD_MOST ? length : WORD_MOST - 1), at);
        if (is_name(word, before))
            return failure_add(failure,
                               "filter '%s': '%s' would have to be looked up, and pathaudit asks nobody: write the "
                               "address",
                               filter, word);
        memcpy(before, word, sizeof before);
        at += length;
    }
    return true;
}
