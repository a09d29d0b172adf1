/* shards: the tables on every host of a cluster, so that it is enough to name one. A server knows the others by name
 * and the port of its own protocol, but not by that of HTTP: they are tried at the port that was named, with the same
 * credentials. */
#include "observations/database.h"

#include <ctype.h>

/* "HOST HOST ..." */
#define NAMES 16384

static bool is_name(const char *text)
{
    for (; *text != '\0'; text++)
        if (!isalnum((unsigned char)*text) && strchr(".-:_", *text) == NULL)
            return false;
    return true;
}

/* `name` in place of the host in `like`, "http://HOST:PORT". False when that is too long. */
static bool put_host(char out[256], const char *like, const char *name)
{
    const char *host = strstr(like, "://") + 3, *port = strrchr(host, ':');
    if (port != NULL && strchr(port, ']') != NULL) /* that of an address: "[::1]" */
        port = NULL;
    bool is_address = strchr(name, ':') != NULL;
    int length = snprintf(out, 256, "%.*s%s%s%s%s", (int)(host - like), like, is_address ? "[" : "", name,
                          is_address ? "]" : "", port != NULL ? port : "");
    return length > 0 && length < 256;
}

static bool is_named(const struct clickhouse *database, const char *host)
{
    for (size_t i = 0; i < database->host_count; i++)
        if (strcmp(database->hosts[i], host) == 0)
            return true;
    return false;
}

static void prepare_one(const struct clickhouse *database, const char *name)
{
    struct clickhouse other = *database;
    char why[HTTP_WHY] = "its name is none";
    bool made;
    other.host = 0;
    other.host_count = 1;
    if (is_name(name) && put_host(other.hosts[0], database->hosts[database->host], name)) {
        if (is_named(database, other.hosts[0]) || schema_prepare(&other, &made, why) == HTTP_DONE)
            return;
    }
    fprintf(
        stderr,
        "pathaudit: warning: %.64s, a host of the cluster %s, may lack the tables: %s: %s. Where its HTTP port can be "
        "reached, run once: pathaudit observe -O 'clickhouse:http://%.64s:PORT/%s?cluster=%s'\n",
        is_name(name) ? name : "?", database->cluster, other.hosts[0], why, is_name(name) ? name : "HOST",
        database->name, database->cluster);
}

void shards_prepare(struct clickhouse *database)
{
    char names[NAMES] = "", why[HTTP_WHY], *at = names;
    struct sql sql = {NULL, 0};
    if (database->cluster[0] == '\0' || database->shards_prepared)
        return;
    database->shards_prepared = true;
    sql_add(&sql,
            "SELECT arrayStringConcat(groupUniqArray(host_name), ' ') FROM system.clusters WHERE cluster = '%s' AND "
            "is_local = 0",
            database->cluster);
    enum http_result result = database_ask_line(database, sql.text, names, sizeof names, why);
    sql_fini(&sql);
    if (result != HTTP_DONE)
        fprintf(stderr, "pathaudit: warning: clickhouse %s: who belongs to the cluster %s is not known: %s\n",
                database->hosts[database->host], database->cluster, why);
    else if (strlen(names) + 1 == sizeof names)
        fprintf(stderr, "pathaudit: warning: the cluster %s has more hosts than are looked after at once\n",
                database->cluster);
    while (result == HTTP_DONE && at != NULL) {
        const char *name = strsep(&at, " ");
        if (name[0] != '\0')
            prepare_one(database, name);
    }
}
