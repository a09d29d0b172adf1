/* device: opening an interface, and the words for all that can go wrong with it. */
#include "capture/device.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#define SNAPSHOT_BYTES (256 << 10)
#define WAIT_MS        100        /* a block of packets is handed over at least this often */
#define RING_BYTES     (64 << 20) /* what the kernel keeps while we are busy */

/* "eth0, lo": the interfaces there are, as far as they fit. */
static void list_devices(char *out, size_t size)
{
    char why[PCAP_ERRBUF_SIZE];
    pcap_if_t *devices = NULL;
    size_t length = 0;
    out[0] = '\0';
    if (pcap_findalldevs(&devices, why) != 0)
        return;
    for (const pcap_if_t *device = devices; device != NULL; device = device->next) {
        int n = snprintf(out + length, size - length, "%s%s", length > 0 ? ", " : "", device->name);
        if (n < 0 || (size_t)n >= size - length) {
            out[length] = '\0';
            break;
        }
        length += (size_t)n;
    }
    pcap_freealldevs(devices);
}

static void tell(const char *name, int status, const char *why, struct failure *failure)
{
    char devices[512];
    switch (status) {
    case PCAP_ERROR_NO_SUCH_DEVICE:
        list_devices(devices, sizeof devices);
        failure_add(failure, "%s: there is no such interface%s%s", name, devices[0] != '\0' ? "; there are " : "",
                    devices);
        break;
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED:
        failure_add(failure,
                    "%s: no right to capture; run as root, or grant it once: "
                    "setcap cap_net_raw,cap_net_admin=eip PATH_OF_PATHAUDIT",
                    name);
        break;
    case PCAP_ERROR_IFACE_NOT_UP:
        failure_add(failure, "%s: is down; bring it up: ip link set %s up", name, name);
        break;
    default:
        failure_add(failure, "%s: cannot capture: %s", name, why[0] != '\0' ? why : pcap_statustostr(status));
    }
}

void device_wait(pcap_t *pcap)
{
    struct pollfd wait = {.fd = pcap_get_selectable_fd(pcap), .events = POLLIN};
    poll(&wait, 1, WAIT_MS); /* whatever it says, the next read looks */
}

pcap_t *device_open(const char *name, struct failure *failure)
{
    char why[PCAP_ERRBUF_SIZE] = "";
    pcap_t *pcap = pcap_create(name, why);
    if (pcap == NULL) {
        tell(name, PCAP_ERROR, why, failure);
        return NULL;
    }
    pcap_set_snaplen(pcap, SNAPSHOT_BYTES);
    pcap_set_promisc(pcap, 1);
    pcap_set_timeout(pcap, WAIT_MS);
    pcap_set_buffer_size(pcap, RING_BYTES);
    pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO);
    int status = pcap_activate(pcap);
    if (status >= 0 && pcap_setnonblock(pcap, 1, why) != 0)
        status = PCAP_ERROR;
    if (status < 0) {
        tell(name, status, pcap_geterr(pcap), failure);
        pcap_close(pcap);
        return NULL;
    }
    return pcap;
}
