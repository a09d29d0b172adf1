/* fanout: the program, in the machine of bpf(4) with Linux' extensions (linux/filter.h), and the two calls. */
#include "capture/fanout.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#define TYPE     ((unsigned)SKF_AD_OFF + SKF_AD_PROTOCOL)
#define AT(byte) ((unsigned)SKF_NET_OFF + (byte)) /* of the header after Ethernet */

#define LOAD(size, at)       BPF_STMT(BPF_LD | (size) | BPF_ABS, (at))
#define LOAD_X(size, at)     BPF_STMT(BPF_LD | (size) | BPF_IND, (at)) /* X bytes further on */
#define IF_EQUAL(k, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (k), (yes), (no))
/* X and M[1]: where IP begins. */
#define BEGINS_AT(bytes) BPF_STMT(BPF_LD | BPF_IMM, (bytes)), BPF_STMT(BPF_MISC | BPF_TAX, 0), BPF_STMT(BPF_ST, 1)
/* To the sum in M[0] and A. */
#define ADD_WORD(at)                                                                                                   \
    LOAD_X(BPF_W, (at)), BPF_STMT(BPF_LDX | BPF_MEM, 0), BPF_STMT(BPF_ALU | BPF_ADD | BPF_X, 0), BPF_STMT(BPF_ST, 0),  \
        BPF_STMT(BPF_LDX | BPF_MEM, 1)

/* Steps of the two ways, for those that jump over them. */
#define ADD_STEPS 5
#define V6_STEPS  (8 * ADD_STEPS)
#define V4_STEPS  (2 * ADD_STEPS)
#define VLAN      4 /* bytes of a tag */

static const struct sock_filter program[] = {
    BEGINS_AT(0),
    BPF_STMT(BPF_LD | BPF_IMM, 0),
    BPF_STMT(BPF_ST, 0),
    /* A VLAN tag that the kernel left in place, and a second one. */
    LOAD(BPF_W, TYPE),
    IF_EQUAL(ETH_P_8021AD, 1, 0),
    IF_EQUAL(ETH_P_8021Q, 0, 9),
    BEGINS_AT(VLAN),
    LOAD(BPF_H, AT(2)),
    IF_EQUAL(ETH_P_8021Q, 0, 4),
    BEGINS_AT(2 * VLAN),
    LOAD(BPF_H, AT(VLAN + 2)),
    /* A is what follows. */
    IF_EQUAL(ETH_P_IP, V6_STEPS + 3, 0),
    IF_EQUAL(ETH_P_IPV6, 1, 0),
    BPF_STMT(BPF_RET | BPF_K, 0),
    /* IPv6: source and target are the words from 8 and from 24. */
    ADD_WORD(AT(8)),
    ADD_WORD(AT(12)),
    ADD_WORD(AT(16)),
    ADD_WORD(AT(20)),
    ADD_WORD(AT(24)),
    ADD_WORD(AT(28)),
    ADD_WORD(AT(32)),
    ADD_WORD(AT(36)),
    BPF_STMT(BPF_JMP | BPF_JA, V4_STEPS),
    /* IPv4. */
    ADD_WORD(AT(12)),
    ADD_WORD(AT(16)),
    /* Mixed, so that neighbours do not fall together. The kernel takes the rest of a division by the members. */
    BPF_STMT(BPF_ALU | BPF_MUL | BPF_K, 0x9e3779b1),
    BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 16),
    BPF_STMT(BPF_RET | BPF_A, 0),
};

static bool tell(const char *name, struct failure *failure)
{
    return failure_add(failure, "%s: cannot be read with --fanout: %s", name, strerror(errno));
}

bool fanout_begin(int socket, unsigned *group, const char *name, struct failure *failure)
{
    const struct sock_fprog code = {.len = sizeof program / sizeof *program,
                                    .filter = (struct sock_filter *)(uintptr_t)program};
    unsigned wanted = (PACKET_FANOUT_CBPF | PACKET_FANOUT_FLAG_UNIQUEID) << 16, got = 0;
    socklen_t length = sizeof got;
    if (setsockopt(socket, SOL_PACKET, PACKET_FANOUT, &wanted, sizeof wanted) != 0 ||
        setsockopt(socket, SOL_PACKET, PACKET_FANOUT_DATA, &code, sizeof code) != 0 ||
        getsockopt(socket, SOL_PACKET, PACKET_FANOUT, &got, &length) != 0)
        return tell(name, failure);
    *group = got & 0xffff;
    return true;
}

bool fanout_join(int socket, unsigned group, const char *name, struct failure *failure)
{
    unsigned wanted = group | PACKET_FANOUT_CBPF << 16;
    return setsockopt(socket, SOL_PACKET, PACKET_FANOUT, &wanted, sizeof wanted) == 0 || tell(name, failure);
}
