/* phrase: bounded text and amounts; no locale, so that every machine prints the same report. */
#include "reports/phrase.h"

#include "base/clock.h"
#include "reports/clean.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char ellipsis[] = "\xe2\x80\xa6";

/* Ends a full phrase in an ellipsis, at the begin of a code point. */
static void cut(struct phrase *phrase)
{
    size_t at = sizeof phrase->text - sizeof ellipsis;
    while (at > 0 && ((unsigned char)phrase->text[at] & 0xc0) == 0x80)
        at--;
    memcpy(phrase->text + at, ellipsis, sizeof ellipsis);
    phrase->length = sizeof phrase->text - 1;
}

void phrase_add(struct phrase *phrase, const char *format, ...)
{
    size_t left = sizeof phrase->text - phrase->length;
    if (left <= 1)
        return;
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(phrase->text + phrase->length, left, format, arguments);
    va_end(arguments);
    if (n < 0)
        phrase->text[phrase->length] = '\0';
    else if ((size_t)n >= left)
        cut(phrase);
    else
        phrase->length += (size_t)n;
}

void phrase_item(struct phrase *phrase, const char *text)
{
    char clean[sizeof phrase->text];
    size_t length = clean_copy(text, clean, sizeof clean);
    if (phrase->omitted > 0 || phrase->length + length + 2 > sizeof phrase->text)
        phrase->omitted++;
    else if (phrase->length > 0)
        phrase_add(phrase, "%c%s", PHRASE_BREAK, clean);
    else
        phrase_add(phrase, "%s", clean);
}

void phrase_count(struct phrase *phrase, uint64_t n, const char *one, const char *many)
{
    char number[AMOUNT_TEXT];
    phrase_add(phrase, "%s %s", amount_text(n, number), n == 1 ? one : many);
}

const char *amount_text(uint64_t n, char out[AMOUNT_TEXT])
{
    char digits[24];
    int count = snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
    size_t length = 0;
    for (int i = 0; i < count; i++) {
        if (i > 0 && (count - i) % 3 == 0)
            out[length++] = ',';
        out[length++] = digits[i];
    }
    out[length] = '\0';
    return out;
}

const char *amount_bytes(uint64_t n, char out[AMOUNT_TEXT])
{
    static const char *const units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
    if (n < 1000) {
        snprintf(out, AMOUNT_TEXT, "%u byte%s", (unsigned)n, n == 1 ? "" : "s");
        return out;
    }
    double amount = (double)n / 1000;
    size_t unit = 0;
    for (; amount >= 999.95; unit++)
        amount /= 1000;
    snprintf(out, AMOUNT_TEXT, "%.1f %s", amount, units[unit]);
    return out;
}

const char *amount_share(uint64_t part, uint64_t whole, char out[AMOUNT_TEXT])
{
    double percent = whole == 0 ? 0 : (double)part * 100 / (double)whole;
    if (part > 0 && percent < 0.1)
        snprintf(out, AMOUNT_TEXT, "<0.1%%");
    else if (part < whole && percent > 99.9)
        snprintf(out, AMOUNT_TEXT, ">99.9%%");
    else
        snprintf(out, AMOUNT_TEXT, percent < 10 ? "%.1f%%" : "%.0f%%", percent);
    return out;
}

const char *amount_time(int64_t time_ns, char out[AMOUNT_TEXT])
{
    long long seconds = time_ns > 0 ? (long long)(time_ns / SECOND_NS) : 0;
    if (seconds < 1)
        snprintf(out, AMOUNT_TEXT, "less than 1 s");
    else if (seconds < 120)
        snprintf(out, AMOUNT_TEXT, "%lld s", seconds);
    else if (seconds < 7200)
        snprintf(out, AMOUNT_TEXT, "%lld min", seconds / 60);
    else if (seconds < 172800)
        snprintf(out, AMOUNT_TEXT, "%lld h %lld min", seconds / 3600, seconds / 60 % 60);
    else
        snprintf(out, AMOUNT_TEXT, "%lld days %lld h", seconds / 86400, seconds / 3600 % 24);
    return out;
}
