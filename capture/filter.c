/* filter: the last few compiled programs are kept, so that a capture whose interfaces take turns does not compile a
 * filter for each frame. */
#include "capture/filter.h"

#include <stdlib.h>

#define MOST_PROGRAMS 16
#define SNAPLEN       262144

struct program {
    int link_type;
    struct bpf_program code;
};

struct filter {
    const char *expression;
    size_t programs, current, next; /* `next` is overwritten when all are in use */
    struct program program[MOST_PROGRAMS];
};

struct filter *filter_create(const char *expression, struct failure *failure)
{
    struct filter *filter = calloc(1, sizeof *filter);
    if (filter == NULL)
        failure_add(failure, "not enough memory for the filter");
    else
        filter->expression = expression;
    return filter;
}

void filter_destroy(struct filter *filter)
{
    if (filter == NULL)
        return;
    for (size_t i = 0; i < filter->programs; i++)
        pcap_freecode(&filter->program[i].code);
    free(filter);
}

static bool program_compile(const char *expression, int link_type, struct bpf_program *code, struct failure *failure)
{
    pcap_t *dead = pcap_open_dead(link_type, SNAPLEN);
    if (dead == NULL)
        return failure_add(failure, "not enough memory for the filter");
    bool compiled = pcap_compile(dead, code, expression, 1, PCAP_NETMASK_UNKNOWN) == 0;
    if (!compiled) {
        const char *link = pcap_datalink_val_to_name(link_type);
        failure_add(failure, "filter '%s' on link type %s: %s; see 'man pcap-filter'", expression,
                    link != NULL ? link : "unknown", pcap_geterr(dead));
    }
    pcap_close(dead);
    return compiled;
}

bool filter_prepare(struct filter *filter, int link_type, struct failure *failure)
{
    for (size_t i = 0; i < filter->programs; i++)
        if (filter->program[i].link_type == link_type) {
            filter->current = i;
            return true;
        }
    struct program new = {.link_type = link_type};
    if (!program_compile(filter->expression, link_type, &new.code, failure))
        return false;
    filter->current = filter->next;
    if (filter->programs < MOST_PROGRAMS)
        filter->programs++;
    else
        pcap_freecode(&filter->program[filter->current].code);
    filter->program[filter->current] = new;
    filter->next = (filter->current + 1) % MOST_PROGRAMS;
    return true;
}

bool filter_accepts(const struct filter *filter, const struct pcap_pkthdr *header, const uint8_t *frame)
{
    return pcap_offline_filter(&filter->program[filter->current].code, header, frame) != 0;
}
