/* services: one RPC interface, or what else lives at a port: compared, named, and read from facts (audit/ledger.h). */
#include "audit/annotations.h"
#include "audit/ledger.h"
#include "audit/rpcfact.h"
#include "audit/tell.h"

#include <string.h>
#include <strings.h>

bool service_same(const struct service *a, const struct service *b)
{
    return uuid_equal(&a->interface, &b->interface) && a->major == b->major && strcmp(a->word, b->word) == 0 &&
           strcmp(a->protocol, b->protocol) == 0;
}

size_t services_add(struct service *services, size_t count, const struct service *service, char grade)
{
    for (size_t i = 0; i < count; i++)
        if (service_same(&services[i], service)) {
            if (grade < services[i].grade)
                services[i].grade = grade;
            return count;
        }
    if (count == SERVICES_MOST)
        return count;
    services[count] = *service;
    services[count].grade = grade;
    return count + 1;
}

size_t services_said(const struct judged_conversation *conversation, const char *key,
                     struct service services[SERVICES_MOST])
{
    size_t count = 0;
    for (size_t i = 0; i < conversation->fact_count; i++) {
        struct service service = {.word = "", .protocol = "dcerpc"};
        if (strcmp(conversation->facts[i].key, key) == 0 &&
            rpcfact_parse(conversation->facts[i].value, &service.interface, &service.major, &service.minor))
            count = services_add(services, count, &service, 'C');
    }
    return count;
}

bool service_is(const struct work *work, const struct service *service, const char *word)
{
    char text[UUID_TEXT];
    if (service->word[0] != '\0')
        return strcasecmp(service->word, word) == 0;
    if (uuid_is_zero(&service->interface))
        return false;
    if (work->inputs->interfaces != NULL)
        return interface_is(work->inputs->interfaces, &service->interface, service->major, word);
    return strcasecmp(uuid_text(&service->interface, text), word) == 0;
}

const char *service_name(const struct work *work, const struct service *service)
{
    char text[UUID_TEXT];
    if (service->word[0] != '\0')
        return service->word;
    if (uuid_is_zero(&service->interface))
        return "";
    const struct interface *known =
        work->inputs->interfaces == NULL
            ? NULL
            : interfaces_find(work->inputs->interfaces, &service->interface, service->major);
    if (known != NULL)
        return known->name;
    const char *annotation = annotation_of(work, &service->interface, service->major);
    return annotation[0] != '\0' ? annotation : tell(work->arena, "%s", uuid_text(&service->interface, text));
}
