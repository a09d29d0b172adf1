/* csv: conversations, paths, endpoints or findings as a table (RFC 4180), one line each, for spreadsheets.
 *
 * Columns are members of the JSON objects, so both forms say the same. A spreadsheet takes a cell that begins with
 * = + - or @ for a formula, which a stranger could have sent: such a cell gets an apostrophe before it. */
#include "reports/clean.h"
#include "reports/json_parts.h"
#include "reports/report.h"

#include <string.h>

#define FACTS "facts."

/* Ended by NULL; "nearest.path" is the member `path` of the member `nearest`, and its column is `nearest_path`;
 * what facts amount to has the name of the fact. */
static const char *const conversation_columns[] = {"client",
                                                   "client_name",
                                                   "server",
                                                   "server_name",
                                                   "transport",
                                                   "port",
                                                   "tunnel",
                                                   "protocol",
                                                   "services",
                                                   "second_opinion",
                                                   "recognised_by",
                                                   "match",
                                                   "grade",
                                                   "probable",
                                                   "verdict",
                                                   "paths",
                                                   "allowed_by",
                                                   "nearest.path",
                                                   "nearest.why",
                                                   "facts.authentication",
                                                   "facts.encryption",
                                                   "flows",
                                                   "packets_to_server",
                                                   "packets_to_client",
                                                   "bytes_to_server",
                                                   "bytes_to_client",
                                                   "missing_bytes",
                                                   "client_decided_by",
                                                   "first",
                                                   "last",
                                                   NULL};
static const char *const path_columns[] = {
    "table",         "id",       "name",           "section",    "from",       "to",
    "ports",         "required", "verdict",        "probable",   "verified",   "reason",
    "conversations", "bytes",    "authentication", "encryption", "ports_seen", NULL};
static const char *const endpoint_columns[] = {"server",
                                               "transport",
                                               "port",
                                               "endpoint",
                                               "protocol_sequence",
                                               "tower_address",
                                               "interface",
                                               "version",
                                               "name",
                                               "annotation",
                                               "learned_from",
                                               "clients",
                                               "flows",
                                               "failed_flows",
                                               "outside_range",
                                               "first",
                                               "last",
                                               "evidence.source",
                                               "evidence.frame",
                                               NULL};
static const char *const finding_columns[] = {"id",     "verdict",  "severity", "subject", "explain",
                                              "advice", "path",     "client",   "server",  "transport",
                                              "port",   "excepted", "evidence", NULL};

/* -- cells ------------------------------------------------------------------------------------------------------- */

/* Would a spreadsheet calculate this? Wide forms of the signs count, and blanks before them do not help. */
static bool is_formula(const char *clean)
{
    static const char *const signs[] = {"=",           "+", "-", "@", "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d",
                                        "\xef\xbc\xa0"};
    clean += strspn(clean, " ");
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (strncmp(clean, signs[i], strlen(signs[i])) == 0)
            return true;
    return false;
}

/* Every text stands in quotes, and a quote in it is doubled. */
static void put_piece(FILE *out, const char *text)
{
    struct bytes in = bytes_of(text, strlen(text));
    for (uint32_t c = clean_take(&in); c != 0; c = clean_take(&in)) {
        char encoded[5];
        clean_encode(c, encoded);
        fputs(c == '"' ? "\"\"" : encoded, out);
    }
}

static void put_text(FILE *out, const char *text)
{
    fputs(is_formula(text) ? "\"'" : "\"", out);
    put_piece(out, text);
    fputc('"', out);
}

/* Texts, or places, one after the other. */
static void put_list(FILE *out, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        const char *text = json_string_value(json_is_object(item) ? json_object_get(item, "source") : item);
        fputs(i > 0 ? "; " : is_formula(text) ? "\"'" : "\"", out);
        put_piece(out, text);
        if (json_is_object(item))
            fprintf(out, " frame %" JSON_INTEGER_FORMAT, json_integer_value(json_object_get(item, "frame")));
    }
    fputs(json_array_size(list) > 0 ? "\"" : "\"\"", out);
}

static void put_cell(FILE *out, const json_t *value)
{
    if (json_is_integer(value))
        fprintf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_boolean(value))
        fputs(json_is_true(value) ? "yes" : "no", out);
    else if (json_is_array(value))
        put_list(out, value);
    else
        put_text(out, json_is_string(value) ? json_string_value(value) : "");
}

/* -- tables ------------------------------------------------------------------------------------------------------ */

struct csv {
    struct document document; /* only tells whether memory ran out */
    FILE *out;
    const char *const *columns;
};

static void end_line(FILE *out)
{
    fputs("\r\n", out);
}

static struct csv csv_begin(FILE *out, const char *const *columns)
{
    struct csv csv = {.document = {.out = out}, .out = out, .columns = columns};
    for (size_t i = 0; columns[i] != NULL; i++) {
        if (i > 0)
            fputc(',', out);
        for (const char *c = columns[i] + (strncmp(columns[i], FACTS, strlen(FACTS)) == 0 ? strlen(FACTS) : 0);
             *c != '\0'; c++)
            fputc(*c == '.' ? '_' : *c, out);
    }
    end_line(out);
    return csv;
}

/* Takes the object. Once memory has run out no further line is written. */
static void csv_line(struct csv *csv, json_t *object)
{
    for (size_t i = 0; csv->columns[i] != NULL && !csv->document.failed && object != NULL; i++) {
        const char *dot = strchr(csv->columns[i], '.');
        const json_t *from = object;
        char outer[32];
        if (dot != NULL) {
            snprintf(outer, sizeof outer, "%.*s", (int)(dot - csv->columns[i]), csv->columns[i]);
            from = json_object_get(object, outer);
        }
        if (i > 0)
            fputc(',', csv->out);
        put_cell(csv->out, json_object_get(from, dot != NULL ? dot + 1 : csv->columns[i]));
    }
    if (!csv->document.failed && object != NULL)
        end_line(csv->out);
    json_decref(object);
}

void endpoints_csv(const struct audit *audit, const struct report_options *options, FILE *out)
{
    struct csv csv = csv_begin(out, endpoint_columns);
    (void)options;
    for (size_t i = 0; i < audit->endpoint_count; i++)
        csv_line(&csv, json_endpoint(&csv.document, &audit->endpoints[i]));
    fflush(out);
}

static void conversations_csv(const struct audit *audit, FILE *out)
{
    struct csv csv = csv_begin(out, conversation_columns);
    for (size_t i = 0; i < audit->conversation_count; i++)
        csv_line(&csv, json_conversation(&csv.document, audit, &audit->conversations[i]));
}

static void paths_csv(const struct audit *audit, FILE *out)
{
    struct csv csv = csv_begin(out, path_columns);
    for (size_t i = 0; i < audit->path_count; i++)
        csv_line(&csv, json_path(&csv.document, audit, &audit->paths[i]));
}

static void findings_csv(const struct audit *audit, FILE *out)
{
    struct csv csv = csv_begin(out, finding_columns);
    for (size_t i = 0; i < audit->finding_count; i++)
        csv_line(&csv, json_finding(&csv.document, audit, &audit->findings[i]));
}

void report_csv(const struct audit *audit, const struct report_options *options, FILE *out)
{
    switch (options->only) {
    case REPORT_PATHS:
        paths_csv(audit, out);
        break;
    case REPORT_ENDPOINTS:
        endpoints_csv(audit, options, out);
        break;
    case REPORT_FINDINGS:
        findings_csv(audit, out);
        break;
    default:
        conversations_csv(audit, out);
    }
    fflush(out);
}
