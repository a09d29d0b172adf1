/* fuzz target of everything behind the observations: the rows of a lab capture, some of them with other values in some
 * columns, as a file or database that somebody else may write to could hold them, are judged and told in every form.
 *
 * The input: one byte chooses the capture, one how it is judged, then edits follow: two bytes choose the row, one the
 * column, one what is put there: the same column of another row (two bytes say which), a value that tends to hurt, or
 * text (one byte of length, then the text). 0xff as column takes the row out; 0xfe has it twice. */
#include "app/crew.h"
#include "app/library.h"
#include "observations/disguise.h"
#include "observations/jsonl.h"
#include "observations/kinds.h"
#include "observations/rows.h"
#include "reports/audit_file.h"
#include "reports/diff.h"
#include "reports/html.h"
#include "reports/rules.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

#define CAPTURES_MOST 24
#define ROWS_MOST     2000
#define EDITS_MOST    24
#define STORE_BYTES   ((size_t)4 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct line {
    uint8_t kind;
    char *text; /* without its newline; NULL when taken out */
};

struct rows {
    struct line *lines;
    size_t count;
};

static struct {
    struct rows captures[CAPTURES_MOST];
    size_t count;
    struct interfaces *interfaces;
    struct path_table *table;
    struct site *site;
    FILE *nowhere;
} bench;

/* ---- rows of captures ---- */

static void keep_rows(struct rows *rows, const struct observations *store)
{
    rows->lines = calloc(ROWS_MOST, sizeof *rows->lines);
    for (uint8_t kind = 0; rows->lines != NULL && kind < KINDS; kind++) {
        for (size_t i = 0; i < kinds[kind].count(store) && rows->count < ROWS_MOST; i++) {
            char line[ROWS_LONGEST];
            union record record;
            kinds[kind].get(store, i, &record);
            rows_write(kinds[kind].table, &record, store, line)[-1] = '\0';
            rows->lines[rows->count++] = (struct line){kind, strdup(line)};
        }
    }
}

static void observe(struct rows *rows, const char *path)
{
    static uint8_t block[SOURCE_BLOCK];
    static struct frame frames[SOURCE_FRAMES_MOST];
    struct failure failure = {0};
    struct crew_options options = {.memory_bytes = (size_t)32 << 20, .sensor = "fuzz"};
    struct source *source = source_open(path, NULL, &failure);
    struct crew *crew = crew_create(&options, &failure);
    if (source == NULL || crew == NULL)
        abort();
    crew_source(crew, path, "");
    for (enum source_state state = SOURCE_MORE; state == SOURCE_MORE;) {
        size_t count = 0;
        state = source_read(source, block, frames, SOURCE_FRAMES_MOST, &count);
        crew_take(crew, frames, count);
    }
    crew_source_ended(crew, 0, false, 0);
    crew_finish(crew);
    keep_rows(rows, crew_store(crew));
    crew_destroy(crew);
    source_close(source);
}

static void set_up(void)
{
    char folder[4096];
    struct failure failure = {0};
    glob_t found;
    if (glob("pcaps/*.pcap", 0, NULL, &found) != 0 || !library_folder(folder, sizeof folder, &failure))
        abort(); /* to be run where the sources are */
    for (size_t i = 0; i < found.gl_pathc && bench.count < CAPTURES_MOST; i++)
        observe(&bench.captures[bench.count++], found.gl_pathv[i]);
    globfree(&found);
    bench.interfaces = library_interfaces(folder, &failure);
    bench.table = library_table(folder, "exchange-2010-sp3", &failure);
    bench.site = site_load("pcaps/lab.yaml", &failure);
    bench.nowhere = fopen("/dev/null", "w");
    if (bench.interfaces == NULL || bench.table == NULL || bench.site == NULL || bench.nowhere == NULL)
        abort();
}

/* ---- edits ---- */

static const char *const numbers[] = {"0",
                                      "1",
                                      "2",
                                      "255",
                                      "65535",
                                      "4294967295",
                                      "4294967296",
                                      "9223372036854775807",
                                      "9223372036854775808",
                                      "18446744073709551615"};
static const char *const times[] = {"0",
                                    "1",
                                    "-1",
                                    "999999999",
                                    "9223372036854775807",
                                    "-9223372036854775808",
                                    "9223372036854775",
                                    "2147483648000000000",
                                    "4294967296000000000",
                                    "-2208988800000000000"};
static const char *const addresses[] = {"::",        "0.0.0.0",  "255.255.255.255", "127.0.0.1",
                                        "224.0.0.1", "ff02::fb", "fe80::1",         "::1",
                                        "10.0.0.1",  "8.8.8.8",  "2001:db8::1",     "169.254.1.1"};
static const char *const uuids[] = {"ffffffff-ffff-ffff-ffff-ffffffffffff", "00000000-0000-0000-0000-000000000000",
                                    "e1af8308-5d1f-11c9-91a4-08002b14a0fa", "99fcfec4-5260-101b-bbcb-00aa0021347a",
                                    "000001a0-0000-0000-c000-000000000046"};
/* Keys of facts, protocols, and what they could say. */
static const char *const names[] = {"",
                                    "dcerpc",
                                    "smtp",
                                    "kerberos",
                                    "tls",
                                    "rtp",
                                    "sip",
                                    "smb",
                                    "ept_map",
                                    "bind",
                                    "sdp",
                                    "sip_contact",
                                    "ncacn_http",
                                    "none",
                                    "ntlmv1",
                                    "TLS 1.9",
                                    "rpc.auth",
                                    "rpc.binds",
                                    "rpc.accepted",
                                    "rpc.data_auth",
                                    "tls.certificate_not_after",
                                    "tls.certificate_names",
                                    "tls.versions",
                                    "kerberos.services",
                                    "kerberos.errors",
                                    "smb.pipes",
                                    "sip.media",
                                    "sip.contacts",
                                    "sip.statuses",
                                    "dns.names",
                                    "dns.answers",
                                    "netbios.names",
                                    "http.paths",
                                    "smtp.auth_used",
                                    "ldap.binds",
                                    "a/b/c@d:e",
                                    "/",
                                    "@",
                                    ":",
                                    "\\0\\0",
                                    "\\t\\n\\r\\\\",
                                    "</script><!--\xe2\x80\xa8",
                                    "\xff\xfe\xc0\x80",
                                    "[::1]:99999/udp/RTP/AVP",
                                    "10.0.0.1:0/udp/RTP/SAVP",
                                    "ffffffff/4294967296.99999999999999999999",
                                    "e1af8308-5d1f-11c9-91a4-08002b14a0fa/3.0",
                                    "spnego/6",
                                    "%s%n%1000000d",
                                    "../../../../etc/passwd",
                                    "99999-99-99T99:99:99Z",
                                    "_ldap._tcp.dc._msdcs.a SRV 0 0 65536 b"};

#define OF(list, n) ((list)[(n) % (sizeof(list) / sizeof *(list))])

/* What a column of this type can hold, and what of it is nowhere expected. */
static const char *hurting(const struct column *column, uint8_t n)
{
    switch (column->type) {
    case COLUMN_I64:
    case COLUMN_TIME:
        return OF(times, n);
    case COLUMN_NAME:
        return OF(names, n);
    case COLUMN_ADDRESS:
        return OF(addresses, n);
    case COLUMN_UUID:
        return OF(uuids, n);
    case COLUMN_WORD:
        return column->words[n % column->word_count];
    default:
        return OF(numbers, n);
    }
}

/* Column `wanted` of a line. */
static const char *column_of(const char *line, size_t wanted, size_t *length)
{
    for (; wanted > 0; wanted--)
        line += strcspn(line, "\t") + 1;
    *length = strcspn(line, "\t");
    return line;
}

static void set_column(struct line *line, size_t column, const char *text, size_t length)
{
    size_t before;
    const char *at = column_of(line->text, column, &before);
    char *changed = malloc(strlen(line->text) + length + 1), *to = changed;
    if (changed == NULL)
        abort();
    to = mempcpy(to, line->text, (size_t)(at - line->text));
    to = mempcpy(to, text, length);
    strcpy(to, at + before);
    free(line->text);
    line->text = changed;
}

static struct line *any_line(struct rows *rows, struct bytes *in)
{
    struct line *line = &rows->lines[bytes_le16(in) % rows->count];
    return line->text != NULL ? line : NULL;
}

static void edit(struct rows *rows, struct bytes *in)
{
    struct line *line = any_line(rows, in);
    uint8_t column = bytes_u8(in), what = bytes_u8(in);
    if (line == NULL)
        return;
    size_t count = kinds[line->kind].table->count, length = 0;
    if (column == 0xff) {
        free(line->text);
        line->text = NULL;
    } else if (column == 0xfe) {
        if (rows->count < ROWS_MOST)
            rows->lines[rows->count++] = (struct line){line->kind, strdup(line->text)};
    } else if (what < 64) { /* as in another row of its table */
        const struct line *other = any_line(rows, in);
        if (other != NULL && other->kind == line->kind) {
            char *text = strdup(other->text);
            const char *value = column_of(text, column % count, &length);
            set_column(line, column % count, value, length);
            free(text);
        }
    } else if (what < 192) {
        const char *value = hurting(&kinds[line->kind].table->columns[column % count], bytes_u8(in));
        set_column(line, column % count, value, strlen(value));
    } else {
        char text[256];
        length = bytes_u8(in);
        struct bytes value = bytes_take(in, length < in->left ? length : in->left);
        length = 0;
        for (size_t i = 0; i < value.left; i++) /* such as cannot end the column */
            if (value.at[i] != '\0' && value.at[i] != '\t' && value.at[i] != '\n')
                text[length++] = (char)value.at[i];
        set_column(line, column % count, text, length);
    }
}

static struct rows copy_of(const struct rows *from)
{
    struct rows copy = {calloc(ROWS_MOST, sizeof *copy.lines), from->count};
    for (size_t i = 0; copy.lines != NULL && i < from->count; i++)
        copy.lines[i] = (struct line){from->lines[i].kind, strdup(from->lines[i].text)};
    if (copy.lines == NULL)
        abort();
    return copy;
}

/* ---- judging ---- */

static void tell_diff(const struct audit *audit, const struct report_options *options)
{
    char *text = NULL;
    size_t length = 0;
    struct failure failure = {0};
    FILE *out = open_memstream(&text, &length);
    if (out == NULL)
        abort();
    report_html(audit, options, out);
    fclose(out);
    json_t *root = audit_file_read("fuzz", text, length, &failure);
    if (root == NULL)
        abort(); /* what we write we read */
    struct diff *diff = diff_create("a", root, "b", root, &failure);
    if (diff != NULL) {
        if (diff->counts[DIRECTION_WORSE] > 0)
            abort(); /* nothing is worse than itself */
        diff_text(diff, options, bench.nowhere);
        diff_json(diff, options, bench.nowhere);
    }
    diff_destroy(diff);
    json_decref(root);
    free(text);
}

static void tell_rules(const struct audit *audit, const struct report_options *options)
{
    struct permits permits = {0};
    struct failure failure = {0};
    if (permits_gather(&permits, audit, NULL, &failure)) {
        rules_nftables(audit, &permits, options, bench.nowhere);
        rules_windows(audit, &permits, options, bench.nowhere);
        rules_cisco(audit, &permits, options, bench.nowhere);
    }
    permits_fini(&permits);
}

static void tell(const struct audit *audit, uint8_t how)
{
    struct report_options options = {.all = how & 1, .colour = how & 2, .interfaces = bench.interfaces};
    report_text(audit, &options, bench.nowhere);
    report_ecs(audit, &options, bench.nowhere);
    propose_exceptions(audit, &options, bench.nowhere);
    endpoints_text(audit, &options, bench.nowhere);
    endpoints_json(audit, &options, bench.nowhere);
    roles_yaml(audit, &options, bench.nowhere);
    roles_json(audit, &options, bench.nowhere);
    roles_text(audit, &options, bench.nowhere);
    tell_rules(audit, &options);
    tell_diff(audit, &options);
    for (options.only = REPORT_CONVERSATIONS; options.only <= REPORT_FINDINGS; options.only++)
        report_csv(audit, &options, bench.nowhere);
    options.only = REPORT_EVERYTHING;
    for (size_t i = 0; i < audit->finding_count && i < 3; i++) {
        options.explain = audit->findings[i].id;
        report_text(audit, &options, bench.nowhere);
    }
}

static void judge(const struct observations *store, uint8_t how)
{
    struct failure failure = {0};
    const struct path_table *tables[] = {bench.table};
    struct audit_inputs inputs = {.store = store,
                                  .tables = tables,
                                  .table_count = (how & 4) ? 0 : 1,
                                  .site = (how & 8) ? bench.site : NULL,
                                  .interfaces = bench.interfaces};
    struct audit *audit = audit_create(&inputs, &failure);
    if (audit == NULL)
        abort();
    tell(audit, how);
    audit_destroy(audit);
}

static void judge_disguised(const struct observations *store, uint8_t how)
{
    struct failure failure = {0};
    struct siphash_key key = disguise_key_of("0123456789abcdef", 16);
    struct disguise *disguise = disguise_create(&key, NULL, 0);
    struct observations *hidden = disguise != NULL ? disguise_store(disguise, store, STORE_BYTES, &failure) : NULL;
    if (hidden == NULL)
        abort();
    judge(hidden, how & 0xf7);
    observations_destroy(hidden);
    disguise_destroy(disguise);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = bytes_of(data, size);
    struct failure failure = {0};
    if (bench.count == 0)
        set_up();
    struct rows rows = copy_of(&bench.captures[bytes_u8(&in) % bench.count]);
    uint8_t how = bytes_u8(&in);
    for (unsigned edits = 0; in.left > 4 && edits < EDITS_MOST; edits++)
        edit(&rows, &in);
    struct observations *store = observations_create(STORE_BYTES, &failure);
    if (store == NULL)
        abort();
    for (size_t i = 0; i < rows.count; i++) {
        const struct kind *kind = &kinds[rows.lines[i].kind];
        union record record;
        if (rows.lines[i].text != NULL && rows_read(kind->table, rows.lines[i].text, &record, store))
            kind->add(store, &record);
        free(rows.lines[i].text);
    }
    free(rows.lines);
    if (how & 16)
        judge_disguised(store, how);
    else
        judge(store, how);
    jsonl_write(store, bench.nowhere, &failure);
    observations_destroy(store);
    return 0;
}
