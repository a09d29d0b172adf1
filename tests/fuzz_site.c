/* fuzz target of the files that people write: any bytes as a site, as a table and as names of interfaces; each byte as
 * a word of YAML or of a site; and bytes as one line put into a good site, since whole files are seldom hit by chance.
 * No input may crash, hang or be refused without a word. */
#include "audit/interfaces.h"
#include "audit/site.h"
#include "audit/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One of each, and lists as well as words. */
static const char *const good[] = {
    "site: lab\n",
    "tables: [exchange-2010-sp3]\n",
    "scope: [10.1.0.0/16, 2001:db8::/32]\n",
    "dynamic_rpc: 49152-65535\n",
    "hosts:\n",
    "  dc1: {addresses: [10.1.0.10], roles: [domain-controller, dns]}\n",
    "  mbx1: {addresses: [10.1.0.30], roles: [mailbox], static_ports: {6001: emsmdb}}\n",
    "roles:\n",
    "  mapi-client: [10.1.64.0/18, 10.1.2.10-10.1.2.50, '*.corp.example']\n",
    "require: {edgesync: {cadence: 5m}, pop3: never}\n",
    "exceptions:\n",
    "  - {from: 10.1.4.99, to: dc1, ports: [3389/tcp], until: 2027-01-31, reason: migration}\n"};
#define LINES (sizeof good / sizeof *good)

static const char *const words[] = {"\n",
                                    "\n  ",
                                    "\n    ",
                                    ": ",
                                    "- ",
                                    ", ",
                                    "[",
                                    "]",
                                    "{",
                                    "}",
                                    "\"",
                                    "'",
                                    "|\n",
                                    ">\n",
                                    "#",
                                    "&a ",
                                    "*a",
                                    "!t ",
                                    "? ",
                                    "\n---\n",
                                    "\t",
                                    "\xef\xbb\xbf",
                                    "\xc2\x85",
                                    "\xe2\x80\xa8",
                                    "\xed\xa0\x80",
                                    "site",
                                    "hosts",
                                    "roles",
                                    "scope",
                                    "require",
                                    "tables",
                                    "addresses",
                                    "10.0.0.0/8",
                                    "65536",
                                    "-1",
                                    "cadence",
                                    "5m",
                                    "until",
                                    "2027-01-31",
                                    "paths",
                                    "id",
                                    "ports",
                                    "25/tcp",
                                    "dynamic-rpc",
                                    "table",
                                    "encryption",
                                    "supported",
                                    "default",
                                    "99999999999999999999"};

static void check(bool loaded, const struct failure *failure)
{
    if (loaded == failure_any(failure))
        abort();
}

static void load(const char *path)
{
    struct failure failures[3] = {{.count = 0}, {.count = 0}, {.count = 0}};
    struct site *site = site_load(path, &failures[0]);
    check(site != NULL, &failures[0]);
    site_destroy(site);
    struct path_table *table = table_load(path, "tables", &failures[1]);
    check(table != NULL, &failures[1]);
    table_destroy(table);
    struct interfaces *interfaces = interfaces_create(&failures[2]);
    if (interfaces == NULL)
        abort();
    check(interfaces_load(interfaces, path, &failures[2]), &failures[2]);
    interfaces_destroy(interfaces);
}

static void begin_again(int file)
{
    if (ftruncate(file, 0) != 0 || lseek(file, 0, SEEK_SET) != 0)
        abort();
}

static void write_all(int file, const void *bytes, size_t size)
{
    if (write(file, bytes, size) != (ssize_t)size)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    int file = memfd_create("fuzz", MFD_CLOEXEC);
    if (file < 0)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    write_all(file, data, size);
    load(path);
    begin_again(file);
    for (size_t i = 0; i < size; i++) {
        const char *word = words[data[i] % (sizeof words / sizeof *words)];
        write_all(file, word, strlen(word));
    }
    load(path);
    begin_again(file);
    for (size_t i = 0; i < LINES && size > 0; i++) { /* before a line, or in its place */
        if (data[0] % LINES == i)
            write_all(file, data + 1, size - 1);
        if (data[0] % LINES != i || data[0] >= 128)
            write_all(file, good[i], strlen(good[i]));
    }
    load(path);
    close(file);
    return 0;
}
