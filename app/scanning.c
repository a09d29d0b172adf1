/* scanning: a small table of clients and how many pairs their attempts in vain made, and a large one of the hosts they
 * tried, as hashes alone. When a client finds no place in the small one, its attempts are not added up here but at the
 * end (observations/scans.c): what comes out is the same. */
#include "app/scanning.h"

#include "base/hash.h"
#include "base/index.h"
#include "base/memory.h"

#include <stdlib.h>

#define CLIENTS    4096 /* a power of two */
#define NEIGHBOURS 8    /* places looked at for one client */

#define HOSTS_LEAST 1024

struct client {
    struct address address;
    uint32_t tunnel, network;
    uint32_t pairs; /* 0 when the place is free */
    uint8_t transport;
};

struct scanning {
    struct client clients[CLIENTS];
    uint64_t seed;
    struct index hosts; /* by a hash of (client, transport, tunnel, server), whose other half is the number */
    void *host_memory;
    uint32_t hosts_most;
    uint32_t key_name, value_names[2]; /* as they were last */
};

struct scanning *scanning_create(size_t budget_bytes, struct failure *failure)
{
    struct scanning *scanning = memory_reserve(sizeof *scanning, "scanning clients", failure);
    if (scanning == NULL)
        return NULL;
    scanning->seed = hash_seed_of_process();
    size_t most = budget_bytes / (index_bytes(HOSTS_LEAST) / HOSTS_LEAST);
    scanning->hosts_most = most > HOSTS_LEAST ? (uint32_t)most : HOSTS_LEAST;
    scanning->host_memory = memory_reserve(index_bytes(scanning->hosts_most), "hosts of scans", failure);
    if (scanning->host_memory == NULL) {
        scanning_destroy(scanning);
        return NULL;
    }
    index_init(&scanning->hosts, scanning->host_memory, scanning->hosts_most);
    return scanning;
}

void scanning_destroy(struct scanning *scanning)
{
    if (scanning == NULL)
        return;
    memory_release(scanning->host_memory, index_bytes(scanning->hosts_most));
    memory_release(scanning, sizeof *scanning);
}

static uint64_t hash_of_client(const struct scanning *scanning, const struct pair *pair)
{
    uint64_t beside = ((uint64_t)pair->tunnel << 32) + ((uint64_t)pair->network << 8) + pair->transport;
    return hash_octets16(pair->client.octets, beside, scanning->seed);
}

static uint64_t hash_of_host(const struct scanning *scanning, const struct pair *pair)
{
    return hash_octets16(pair->server.octets, hash_of_client(scanning, pair), scanning->seed);
}

static bool is_client(const struct client *client, const struct pair *pair)
{
    return client->pairs > 0 && address_equal(&client->address, &pair->client) && client->tunnel == pair->tunnel &&
           client->network == pair->network && client->transport == pair->transport;
}

/* The client's place, or else the one near it that tells least, for it to take; NULL when all of these are scans. */
static struct client *place_of(struct scanning *scanning, const struct pair *pair)
{
    struct client *least = NULL;
    size_t home = (size_t)hash_of_client(scanning, pair) % CLIENTS;
    for (size_t i = 0; i < NEIGHBOURS; i++) {
        struct client *client = &scanning->clients[(home + i) % CLIENTS];
        if (is_client(client, pair))
            return client;
        if (client->pairs < SCAN_LEAST && (least == NULL || client->pairs < least->pairs))
            least = client;
    }
    return least;
}

void scanning_prefetch(const struct scanning *scanning, const struct pair *pair)
{
    index_prefetch(&scanning->hosts, hash_of_host(scanning, pair));
}

enum host { HOST_NEW, HOST_KNOWN, HOST_UNTOLD };

/* Did an attempt in vain of this client go to this host before? Untold when there is no room to remember more. */
static enum host host_of(struct scanning *scanning, const struct pair *pair)
{
    uint64_t hash = hash_of_host(scanning, pair);
    uint32_t number = (uint32_t)hash | 1, at = index_start(&scanning->hosts, hash), other;
    while ((other = index_next(&scanning->hosts, hash, &at)) != 0)
        if (other == number)
            return HOST_KNOWN;
    if (scanning->hosts.used >= scanning->hosts_most)
        return HOST_UNTOLD;
    index_add(&scanning->hosts, hash, number);
    return HOST_NEW;
}

/* When half of the store is full of attempts in vain, ports are no longer told apart. */
static uint32_t number_of_scan(struct observations *store, const struct pair *of)
{
    struct pair pair = scan_pair(of);
    uint32_t number = observations_pair_in_vain(store, &pair);
    if (number != 0)
        return number;
    pair.port = 0;
    return observations_pair(store, &pair);
}

uint32_t scanning_pair(struct scanning *scanning, struct observations *store, const struct pair *pair,
                       struct fact *evidence)
{
    struct client *client = place_of(scanning, pair);
    enum host host = host_of(scanning, pair);
    if (client == NULL || !is_client(client, pair) || client->pairs < SCAN_LEAST) {
        uint32_t before = observations_pair_count(store), number = observations_pair_in_vain(store, pair);
        if (client == NULL || (number != 0 && observations_pair_count(store) == before))
            return number;
        if (!is_client(client, pair))
            *client = (struct client){pair->client, pair->tunnel, pair->network, 0, pair->transport};
        client->pairs++;
        return number;
    }
    uint32_t number = number_of_scan(store, pair);
    if (host == HOST_KNOWN || number == 0)
        return number;
    uint32_t *value = &scanning->value_names[host == HOST_NEW];
    scanning->key_name = observations_name_again(store, SCAN_HOSTS_KEY, scanning->key_name);
    *value = observations_name_again(store, host == HOST_NEW ? SCAN_HOSTS_NEW : SCAN_HOSTS_MORE, *value);
    evidence->key = scanning->key_name;
    evidence->value = *value;
    observations_say(store, number, evidence->first_ns, evidence);
    return number;
}

bool scanning_is_scan(struct scanning *scanning, const struct pair *pair)
{
    const struct client *client = place_of(scanning, pair);
    return client != NULL && is_client(client, pair) && client->pairs >= SCAN_LEAST;
}

void scanning_know(struct scanning *scanning, const struct pair *pair)
{
    (void)host_of(scanning, pair);
}
