/* rows: records to text and back, column by column, for all four tables alike. Text escapes are those of ClickHouse's
 * TabSeparated format, so that the same lines serve files and the database; of those it writes, \b \f \0 and \' are
 * read as well. */
#include "observations/rows.h"

#include "base/clock.h"
#include "observations/columns.h"
#include "observations/names.h"

#include <assert.h>
#include <endian.h>

/* -- writing ----------------------------------------------------------------------------------------------------- */

/* The longest column: a name of which every byte is escaped, and the tab behind it. */
#define COLUMN_MOST (2 * NAME_LONGEST + 1)
/* Text is put down in whole words, so that up to this many bytes behind a column are written before what belongs there.
 */
#define BEHIND_MOST 7
_Static_assert(ROWS_LONGEST >= ROWS_COLUMNS_MOST * COLUMN_MOST + BEHIND_MOST, "any row fits");

#define EIGHT_DIGITS 100000000

/* The digits of a number below 10^8 as bytes of 0 to 9, the first the lowest: parted in two halves of four digits,
 * these into halves of two, and these into single ones, side by side. A division by 100 or 10 is a product and a shift,
 * which is exact for so few digits. */
static inline uint64_t digits_of(uint32_t number)
{
    const uint64_t fours = UINT64_C(0x0000007f0000007f), twos = UINT64_C(0x000f000f000f000f);
    uint64_t four = number / 10000 | (uint64_t)(number % 10000) << 32;
    uint64_t hundreds = (four * 5243 >> 19) & fours;
    uint64_t two = hundreds | (four - 100 * hundreds) << 16;
    uint64_t tens = (two * 103 >> 10) & twos;
    return tens | (two - 10 * tens) << 8;
}

/* Puts eight digits without the first `skipped`. */
static char *put_digits(char *to, uint64_t digits, unsigned skipped)
{
    uint64_t text = htole64((digits | UINT64_C(0x3030303030303030)) >> 8 * skipped);
    memcpy(to, &text, sizeof text);
    return to + 8 - skipped;
}

/* Of a number below 10^8. */
static inline char *put_few(char *to, uint64_t number)
{
    if (number < 10) {
        *to = (char)('0' + number);
        return to + 1;
    }
    uint64_t digits = digits_of((uint32_t)number);
    return put_digits(to, digits, (unsigned)__builtin_ctzll(digits) / 8);
}

static char *put_many(char *to, uint64_t number)
{
    uint64_t before = number / EIGHT_DIGITS;
    if (before < EIGHT_DIGITS) {
        to = put_few(to, before);
    } else {
        to = put_few(to, before / EIGHT_DIGITS);
        to = put_digits(to, digits_of((uint32_t)(before % EIGHT_DIGITS)), 0);
    }
    return put_digits(to, digits_of((uint32_t)(number % EIGHT_DIGITS)), 0);
}

/* Each puts its text at `to`, where COLUMN_MOST + BEHIND_MOST bytes have room, and returns its end. */
static char *put_unsigned(char *to, uint64_t number)
{
    return number < EIGHT_DIGITS ? put_few(to, number) : put_many(to, number);
}

static char *put_signed(char *to, int64_t number)
{
    if (number < 0)
        *to++ = '-';
    return put_unsigned(to, number < 0 ? -(uint64_t)number : (uint64_t)number);
}

/* Times that follow each other mostly lie in one second, but for those of slices, which are whole ones. Its digits are
 * put down as two words, of which the rest of the time covers what is too much. */
static char *put_time(char *to, int64_t time_ns, struct rows_line *line)
{
    uint64_t second = (uint64_t)time_ns / SECOND_NS, rest = (uint64_t)time_ns % SECOND_NS;
    if (time_ns < SECOND_NS || rest == 0)
        return put_signed(to, time_ns);
    if (second != line->second) {
        line->second = second;
        line->digit_count = (uint8_t)(put_unsigned(line->digits, second) - line->digits);
    }
    memcpy(to, line->digits, 2 * sizeof(uint64_t));
    to += line->digit_count;
    *to++ = (char)('0' + rest / EIGHT_DIGITS);
    return put_digits(to, digits_of((uint32_t)(rest % EIGHT_DIGITS)), 0);
}

/* Of every octet its digits and a dot, and how many bytes these are. */
#define OCTET(number)                                                                                                  \
    {                                                                                                                  \
#number ".", sizeof #number                                                                                    \
    }
#define OCTETS(tens)                                                                                                   \
    OCTET(tens##0), OCTET(tens##1), OCTET(tens##2), OCTET(tens##3), OCTET(tens##4), OCTET(tens##5), OCTET(tens##6),    \
        OCTET(tens##7), OCTET(tens##8), OCTET(tens##9)
static const struct {
    char text[4];
    uint8_t length;
} octets[] = {
    OCTETS(),   OCTETS(1),  OCTETS(2),  OCTETS(3),  OCTETS(4),  OCTETS(5),  OCTETS(6),  OCTETS(7),
    OCTETS(8),  OCTETS(9),  OCTETS(10), OCTETS(11), OCTETS(12), OCTETS(13), OCTETS(14), OCTETS(15),
    OCTETS(16), OCTETS(17), OCTETS(18), OCTETS(19), OCTETS(20), OCTETS(21), OCTETS(22), OCTETS(23),
    OCTETS(24), OCTET(250), OCTET(251), OCTET(252), OCTET(253), OCTET(254), OCTET(255),
};

static char *put_address(char *to, const struct address *address)
{
    if (!address_is_v4(address))
        return to + strlen(address_text(address, to));
    for (size_t i = 12; i < 16; i++) {
        memcpy(to, octets[address->octets[i]].text, sizeof octets[0].text);
        to += octets[address->octets[i]].length;
    }
    return to - 1;
}

static char *put_escaped(char *to, const char *text, size_t length)
{
    for (const char *end = text + length; text < end; text++) {
        char escaped = *text == '\t' ? 't' : *text == '\n' ? 'n' : *text == '\r' ? 'r' : *text == '\\' ? '\\' : '\0';
        if (escaped != '\0')
            *to++ = '\\';
        *to++ = escaped != '\0' ? escaped : *text;
    }
    return to;
}

/* Nearly all names are plain, and are copied in whole words: behind a name so much can be read. */
static char *put_kept(char *to, const struct observations *names, uint32_t name)
{
    const char *text = observations_text(names, name);
    size_t length = observations_text_length(names, name);
    if (!observations_text_is_plain(names, name))
        return put_escaped(to, text, length);
    for (size_t i = 0; i < length; i += sizeof(uint64_t))
        memcpy(to + i, text + i, sizeof(uint64_t));
    return to + length;
}

static char *put_name(char *to, const struct observations *names, uint32_t name)
{
    return name == 0 ? to : put_kept(to, names, name);
}

static char *put_uuid(char *to, const struct uuid *uuid)
{
    char text[UUID_TEXT];
    return stpcpy(to, uuid_text(uuid, text));
}

/* One function for each list of columns, which puts each down with the tab behind it. */
#define PUT_U8(member)      put_unsigned(to, row->member)
#define PUT_U16(member)     put_unsigned(to, row->member)
#define PUT_U64(member)     put_unsigned(to, row->member)
#define PUT_TIME(member)    put_time(to, row->member, line)
#define PUT_NAME(member)    put_name(to, names, row->member)
#define PUT_ADDRESS(member) put_address(to, &row->member)
#define PUT_UUID(member)    put_uuid(to, &row->member)
#define PUT(type, name, member, unit, meaning)                                                                         \
    to = PUT_##type(member);                                                                                           \
    *to++ = '\t';
#define PUT_WORDS(name, member, meaning)                                                                               \
    to = stpcpy(to, member##_name(row->member));                                                                       \
    *to++ = '\t';
#define PUT_LIST(function, record, list)                                                                               \
    static char *function(char *to, const void *at, const struct observations *names, struct rows_line *line)          \
    {                                                                                                                  \
        const struct record *row = at;                                                                                 \
        (void)line;                                                                                                    \
        list return to;                                                                                                \
    }
PUT_LIST(put_conversation_slice, conversation, SLICE_COLUMNS(PUT))
PUT_LIST(put_conversation, conversation, CONVERSATION_COLUMNS(PUT, PUT_WORDS))
PUT_LIST(put_fact_pair, fact, SLICE_COLUMNS(PUT) PAIR_COLUMNS(PUT))
PUT_LIST(put_fact_value, fact, FACT_VALUE_COLUMNS(PUT))
PUT_LIST(put_fact_evidence, fact, FACT_EVIDENCE_COLUMNS(PUT))
PUT_LIST(put_fact_network, fact, FACT_NETWORK_COLUMN(PUT))
PUT_LIST(put_binding, binding, BINDING_COLUMNS(PUT))
PUT_LIST(put_coverage, coverage, COVERAGE_COLUMNS(PUT))

/* All that the columns show of a record lies in `bytes` of it from `offset` on: in rows that are the same there, they
 * are the same. 0 bytes: nobody looks, as they seldom are. */
struct part {
    char *(*put)(char *to, const void *record, const struct observations *names, struct rows_line *line);
    size_t offset, bytes;
};

/* The parts of each table, in order of its columns. */
static const struct parts {
    const struct table *table;
    struct part parts[ROWS_PARTS_MOST];
} tables[] = {
    {&conversation_table, {{put_conversation_slice, 0, offsetof(struct conversation, pair)}, {put_conversation, 0, 0}}},
    {&fact_table,
     {{put_fact_pair, 0, offsetof(struct fact, key)},
      {put_fact_value, 0, 0},
      {put_fact_evidence, offsetof(struct fact, source), sizeof(struct fact) - offsetof(struct fact, source)},
      {put_fact_network, 0, 0}}},
    {&binding_table, {{put_binding, 0, 0}}},
    {&coverage_table, {{put_coverage, 0, 0}}},
};

static const struct part *parts_of(const struct table *table)
{
    size_t i = 0;
    while (tables[i].table != table) /* it is one of them */
        i++;
    return tables[i].parts;
}

static bool same_part(const struct part *part, const void *one, const void *other)
{
    return part->bytes > 0 &&
           memcmp((const char *)one + part->offset, (const char *)other + part->offset, part->bytes) == 0;
}

char *rows_write_after(const struct table *table, const void *record, const struct observations *names,
                       struct rows_line *before, char *to)
{
    char *start = to;
    const struct part *parts = parts_of(table);
    size_t from = 0; /* where the part begins in the line before */
    assert(table->count <= ROWS_COLUMNS_MOST);
    for (size_t i = 0; i < ROWS_PARTS_MOST && parts[i].put != NULL; i++) {
        size_t until = before->ends[i];
        if (before->text != NULL && same_part(&parts[i], record, before->record)) {
            memcpy(to, before->text + from, until - from);
            to += until - from;
        } else {
            to = parts[i].put(to, record, names, before);
        }
        from = until;
        before->ends[i] = (uint16_t)(to - start);
    }
    to[-1] = '\n'; /* instead of the last tab */
    before->text = start;
    before->record = record;
    return to;
}

char *rows_write(const struct table *table, const void *record, const struct observations *names, char *to)
{
    struct rows_line nothing = {.text = NULL};
    return rows_write_after(table, record, names, &nothing, to);
}

/* -- reading ----------------------------------------------------------------------------------------------------- */

/* Decimal digits and nothing else, at most `most`. */
static bool read_unsigned(const char *text, uint64_t most, uint64_t *out)
{
    uint64_t number = 0;
    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return false;
        uint64_t digit = (uint64_t)(*text - '0');
        if (number > (most - digit) / 10)
            return false;
        number = number * 10 + digit;
    }
    *out = number;
    return true;
}

static bool read_signed(const char *text, int64_t *out)
{
    bool negative = *text == '-';
    uint64_t number;
    if (!read_unsigned(text + negative, (uint64_t)INT64_MAX + negative, &number))
        return false;
    *out = !negative ? (int64_t)number : number == 0 ? 0 : -(int64_t)(number - 1) - 1;
    return true;
}

/* Undoes the escapes in place. False when one is cut or unknown. */
static bool read_text(char *text, size_t *length)
{
    static const char escaped[] = "tnr\\bf0'", meant[] = "\t\n\r\\\b\f\0'";
    char *to = text;
    for (const char *from = text; *from != '\0'; from++) {
        if (*from != '\\') {
            *to++ = *from;
            continue;
        }
        const char *found = *++from != '\0' ? strchr(escaped, *from) : NULL;
        if (found == NULL)
            return false;
        *to++ = meant[found - escaped];
    }
    *length = (size_t)(to - text);
    return true;
}

static bool read_name(char *text, uint32_t *name, struct observations *names)
{
    size_t length;
    if (!read_text(text, &length))
        return false;
    *name = observations_name(names, text, length);
    return true;
}

static bool read_word(const char *text, const struct column *column, uint8_t *word)
{
    for (size_t i = 0; i < column->word_count; i++) {
        if (strcmp(text, column->words[i]) == 0) {
            *word = (uint8_t)i;
            return true;
        }
    }
    return false;
}

static bool read_number(enum column_type type, const char *text, void *at)
{
    static const uint64_t most[] = {
        [COLUMN_U8] = UINT8_MAX, [COLUMN_U16] = UINT16_MAX, [COLUMN_U32] = UINT32_MAX, [COLUMN_U64] = UINT64_MAX};
    uint64_t number;
    if (!read_unsigned(text, most[type], &number))
        return false;
    if (type == COLUMN_U8)
        *(uint8_t *)at = (uint8_t)number;
    else if (type == COLUMN_U16)
        *(uint16_t *)at = (uint16_t)number;
    else if (type == COLUMN_U32)
        *(uint32_t *)at = (uint32_t)number;
    else
        *(uint64_t *)at = number;
    return true;
}

static bool read_column(const struct column *column, char *text, void *record, struct observations *names)
{
    void *at = (char *)record + column->offset;
    switch (column->type) {
    case COLUMN_U8:
    case COLUMN_U16:
    case COLUMN_U32:
    case COLUMN_U64:
        return read_number(column->type, text, at);
    case COLUMN_I64:
    case COLUMN_TIME:
        return read_signed(text, at);
    case COLUMN_NAME:
        return read_name(text, at, names);
    case COLUMN_ADDRESS:
        return address_parse(text, at);
    case COLUMN_UUID:
        return uuid_parse(text, at);
    case COLUMN_WORD:
        return read_word(text, column, at);
    }
    return false;
}

bool rows_read(const struct table *table, char *line, void *record, struct observations *names)
{
    return rows_read_columns(table, table->count, line, record, names);
}

bool rows_read_columns(const struct table *table, size_t count, char *line, void *record, struct observations *names)
{
    memset(record, 0, table->record_size);
    for (size_t i = 0; i < count; i++) {
        char *text = line == NULL ? NULL : strsep(&line, "\t");
        if (text == NULL || !read_column(&table->columns[i], text, record, names))
            return false;
    }
    return line == NULL;
}

/* -- headers ----------------------------------------------------------------------------------------------------- */

char *rows_write_header(const struct table *table, char *to)
{
    for (size_t i = 0; i < table->count; i++) {
        if (i > 0)
            *to++ = '\t';
        to = stpcpy(to, table->columns[i].name);
    }
    *to++ = '\n';
    return to;
}

size_t rows_header_columns(const struct table *table, const char *line)
{
    for (size_t i = 0; i < table->count; i++) {
        size_t length = strlen(table->columns[i].name);
        if (strncmp(line, table->columns[i].name, length) != 0)
            return 0;
        line += length;
        if (*line == '\0')
            return i + 1;
        if (*line++ != '\t')
            return 0;
    }
    return 0;
}

/* Addresses and words are text: ClickHouse 18.16 has no type for the one and calls the other's experimental. */
const char *rows_sql_type(enum column_type type)
{
    static const char *const types[] = {
        [COLUMN_U8] = "UInt8",  [COLUMN_U16] = "UInt16",  [COLUMN_U32] = "UInt32",  [COLUMN_U64] = "UInt64",
        [COLUMN_I64] = "Int64", [COLUMN_TIME] = "Int64",  [COLUMN_NAME] = "String", [COLUMN_ADDRESS] = "String",
        [COLUMN_UUID] = "UUID", [COLUMN_WORD] = "String",
    };
    return types[type];
}

void rows_write_sql(const struct table *table, FILE *out)
{
    for (size_t i = 0; i < table->count; i++)
        fprintf(out, "%s`%s` %s", i > 0 ? ", " : "", table->columns[i].name, rows_sql_type(table->columns[i].type));
}

void rows_write_markdown(const struct table *table, FILE *out)
{
    static const char *const types[] = {
        [COLUMN_U8] = "number",  [COLUMN_U16] = "number", [COLUMN_U32] = "number", [COLUMN_U64] = "number",
        [COLUMN_I64] = "number", [COLUMN_TIME] = "time",  [COLUMN_NAME] = "text",  [COLUMN_ADDRESS] = "address",
        [COLUMN_UUID] = "UUID",  [COLUMN_WORD] = "word",
    };
    fprintf(out, "## %s\n\n| column | type | unit | meaning |\n|---|---|---|---|\n", table->name);
    for (size_t i = 0; i < table->count; i++) {
        const struct column *column = &table->columns[i];
        fprintf(out, "| `%s` | %s | %s | %s", column->name, types[column->type], column->unit, column->meaning);
        for (size_t word = 0; word < column->word_count; word++)
            fprintf(out, "%s`%s`", word > 0 ? ", " : " (", column->words[word]);
        fputs_unlocked(column->word_count > 0 ? ") |\n" : " |\n", out);
    }
}
