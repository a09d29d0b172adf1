/* device: opening an interface, and the words for all that can go wrong with it. */
#include "capture/device.h"

#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Not what else libpcap captures from: Bluetooth, D-Bus, netfilter's logs. */
static bool is_interface(const char *name)
{
    return strcmp(name, "any") == 0 || if_nametoindex(name) != 0;
}

/* "eth0, eth1 (down), lo": the interfaces there are, as far as they fit. */
static void list_devices(char *out, size_t size)
{
    char why[PCAP_ERRBUF_SIZE];
    pcap_if_t *devices = NULL;
    size_t length = 0;
    out[0] = '\0';
    if (pcap_findalldevs(&devices, why) != 0)
        return;
    for (const pcap_if_t *device = devices; device != NULL; device = device->next) {
        if (!is_interface(device->name))
            continue;
        int n = snprintf(out + length, size - length, "%s%s%s", length > 0 ? ", " : "", device->name,
                         (device->flags & PCAP_IF_UP) != 0 ? "" : " (down)");
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

bool device_filter(pcap_t *pcap, const char *name, const char *expression, struct failure *failure)
{
    struct bpf_program code;
    if (pcap_compile(pcap, &code, expression, 1, PCAP_NETMASK_UNKNOWN) != 0)
        return failure_add(failure, "%s: filter '%s': %s", name, expression, pcap_geterr(pcap));
    bool ok = pcap_setfilter(pcap, &code) == 0;
    pcap_freecode(&code);
    return ok || failure_add(failure, "%s: filter '%s': %s", name, expression, pcap_geterr(pcap));
}

bool device_is_up(pcap_t *pcap, const char *name)
{
    struct ifreq request = {.ifr_flags = 0};
    if (strlen(name) >= sizeof request.ifr_name)
        return true;
    memcpy(request.ifr_name, name, strlen(name));
    return ioctl(pcap_fileno(pcap), SIOCGIFFLAGS, &request) != 0 || (request.ifr_flags & IFF_UP) != 0;
}

/* The sandbox knows a socket by its number alone, and by those of interfaces nothing may be written. So that no file
 * which is opened when an interface was closed gets such a number, the low ones are left to files. */
#define NUMBERS_OF_FILES 200

static size_t low_numbers_hold(int held[NUMBERS_OF_FILES])
{
    size_t count = 0;
    int file;
    while (count < NUMBERS_OF_FILES && (file = eventfd(0, EFD_CLOEXEC)) >= 0 && file < NUMBERS_OF_FILES)
        held[count++] = file;
    if (count < NUMBERS_OF_FILES && file >= 0)
        close(file);
    return count;
}

static void low_numbers_leave(const int held[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        close(held[i]);
}

static int activate(pcap_t *pcap)
{
    int held[NUMBERS_OF_FILES];
    size_t count = low_numbers_hold(held);
    int status = pcap_activate(pcap);
    low_numbers_leave(held, count);
    return status;
}

pcap_t *device_open(const char *name, const struct device_options *options, struct failure *failure)
{
    char why[PCAP_ERRBUF_SIZE] = "";
    pcap_t *pcap = pcap_create(name, why);
    if (pcap == NULL) {
        tell(name, PCAP_ERROR, why, failure);
        return NULL;
    }
    unsigned snaplen = options->snaplen_bytes != 0 ? options->snaplen_bytes : DEVICE_SNAPLEN_DEFAULT;
    unsigned buffer_mib = options->buffer_mib != 0 ? options->buffer_mib : DEVICE_BUFFER_DEFAULT;
    pcap_set_snaplen(pcap, (int)snaplen);
    pcap_set_promisc(pcap, !options->not_promiscuous);
    pcap_set_timeout(pcap, (int)options->hand_over_ms);
    pcap_set_buffer_size(pcap, (int)(buffer_mib << 20));
    pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO);
    int status = activate(pcap);
    if (status >= 0 && pcap_setnonblock(pcap, 1, why) != 0)
        status = PCAP_ERROR;
    if (status < 0) {
        tell(name, status, pcap_geterr(pcap), failure);
        pcap_close(pcap);
        return NULL;
    }
    return pcap;
}
