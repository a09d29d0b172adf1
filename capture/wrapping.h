/* wrapping: what a packet was wrapped in on the way to its innermost IP header, part by part from outside, and the list
 * of all wrappings met, in which each has a small number and a text such as "gre/erspan:5/vlan:100".
 *
 * Hides that the list is append-only: an entry is written once, before its number is handed out, and then neither
 * changes nor moves. Whoever got a number with a packet may read its text while the decoder goes on: handing over the
 * packet is what makes the entry visible to another thread, so the list needs no lock and no atomic count. */
#ifndef CAPTURE_WRAPPING_H
#define CAPTURE_WRAPPING_H

#include <stdbool.h>
#include <stdint.h>

/* Each takes a part, so this bounds how deep anything is opened. */
#define WRAPS_MOST     8
#define WRAP_NO_NUMBER UINT32_MAX

enum wrap {
    WRAP_VLAN,
    WRAP_PBB,
    WRAP_MPLS,
    WRAP_PPPOE,
    WRAP_GRE,
    WRAP_PPTP,
    WRAP_ERSPAN,
    WRAP_VXLAN,
    WRAP_VXLAN_GPE,
    WRAP_GENEVE,
    WRAP_IP4,
    WRAP_IP6,
    WRAP_GTP_U,
    WRAP_TEREDO,
};

struct wrapping {
    uint32_t cut; /* bytes that were sent of what is being read, but not captured */
    bool tags;    /* VLAN tags are parts; by default those inside of something else only */
    bool ended;   /* it was opened, and what it holds is a proper frame without IP (ARP, LLDP, PPP's own messages) */
    uint8_t count;
    uint8_t wrap[WRAPS_MOST]; /* enum wrap */
    uint32_t number[WRAPS_MOST];
};

struct wrapping wrapping_begin(bool tags, uint32_t cut);
/* False when there are WRAPS_MOST already. */
bool wrapping_add(struct wrapping *wrapping, enum wrap wrap, uint32_t number);
/* Only the parts that name a network of its own (VLAN, VNI, I-SID): these are the same in both directions, where
 * labels, keys and tunnel ends are not. */
struct wrapping wrapping_networks(const struct wrapping *wrapping);

struct wrappings;

/* NULL without memory. */
struct wrappings *wrappings_create(void);
void wrappings_destroy(struct wrappings *list);

/* 0 for no part; after 254 wrappings every new one has the number of "other". */
uint8_t wrappings_number(struct wrappings *list, const struct wrapping *wrapping);
/* Was there an "other"? */
bool wrappings_full(const struct wrappings *list);
/* "" for 0; valid as long as the list. */
const char *wrappings_text(const struct wrappings *list, uint8_t number);

#endif
