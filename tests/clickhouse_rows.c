/* clickhouse_rows: conversation rows of one made-up sensor to a place, to measure with: what is written and how fast.
 *
 *   clickhouse_rows WHERE SPOOL ROWS SENSOR    prints the seconds it took to write ROWS rows: two hours of slices of 60
 * s, with as many pairs as that takes */
#include "base/clock.h"
#include "observations/where.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SLICES     120
#define MORNING_NS INT64_C(1795165200000000000) /* 2026-11-20T09:00:00Z */

static const uint16_t ports[] = {25, 53, 80, 88, 135, 389, 443, 445, 587, 993, 1433, 3268, 5060, 5061, 6001, 8080};
#define PORTS (sizeof ports / sizeof *ports)

static struct pair pair_number(unsigned long i, unsigned long sensor)
{
    char text[64];
    struct pair pair = {.transport = 6, .port = ports[i % PORTS]};
    snprintf(text, sizeof text, "10.%lu.%lu.%lu", sensor % 200, i / 250 % 250, i % 250 + 1);
    bool ok = address_parse(text, &pair.client);
    snprintf(text, sizeof text, "10.250.%lu.%lu", i / PORTS % 4, i * 7 % 200 + 1);
    ok = address_parse(text, &pair.server) && ok;
    return ok ? pair : (struct pair){.transport = 0};
}

static void fill(struct observations *store, unsigned long rows, unsigned long sensor)
{
    char name[32];
    snprintf(name, sizeof name, "sensor%lu", sensor);
    uint32_t who = observations_name_of(store, name), source = observations_name_of(store, "eth0");
    const uint32_t protocols[] = {observations_name_of(store, "tls"), observations_name_of(store, "dcerpc"), 0};
    unsigned long pairs = (rows + SLICES - 1) / SLICES;
    for (unsigned long i = 0; i < rows; i++) {
        int64_t slice_ns = MORNING_NS + (int64_t)(i / pairs) * 60 * SECOND_NS;
        struct conversation row = {.sensor = who,
                                   .slice_ns = slice_ns,
                                   .pair = pair_number(i % pairs, sensor),
                                   .protocol = protocols[i % pairs % 3],
                                   .source = source,
                                   .frame = i + 1,
                                   .disposition = DISPOSITION_OK,
                                   .decided_by = DECIDED_BY_HANDSHAKE,
                                   .flows = 1 + i % 7,
                                   .packets_to_server = 10 + i % 90,
                                   .packets_to_client = 10 + i % 110,
                                   .bytes_to_server = 1000 + i % 9000,
                                   .bytes_to_client = 1000 + i % 90000,
                                   .first_ns = slice_ns + (int64_t)(i % 59) * SECOND_NS,
                                   .last_ns = slice_ns + 59 * SECOND_NS};
        observations_add_conversation(store, &row);
    }
    observations_cover(store, &(struct coverage){.sensor = who,
                                                 .source = source,
                                                 .first_ns = MORNING_NS,
                                                 .last_ns = MORNING_NS + SLICES * 60 * SECOND_NS,
                                                 .packets = rows * 110,
                                                 .bytes = rows * 60000});
}

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    struct failure failure = {.count = 0};
    if (argc != 5)
        return 2;
    unsigned long rows = strtoul(argv[3], NULL, 10);
    const struct where_needs needs = {.spool = argv[2], .spool_bytes = (size_t)8 << 30};
    struct observations *store = observations_create(((size_t)16 << 20) + rows * 900, &failure);
    struct where *where = where_open(argv[1], &needs, &failure);
    if (store == NULL || where == NULL) {
        fprintf(stderr, "%s\n", failure.text);
        return 1;
    }
    fill(store, rows, strtoul(argv[4], NULL, 10));
    if (observations_conversation_count(store) != rows)
        fprintf(stderr, "only %zu rows found room\n", observations_conversation_count(store));
    double began_s = now_s();
    bool ok = where_write(where, &store, 1, &failure);
    printf("%.3f\n", now_s() - began_s);
    where_close(where);
    observations_destroy(store);
    if (!ok)
        fprintf(stderr, "%s\n", failure.text);
    return ok ? 0 : 1;
}
