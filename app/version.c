/* version: asked of each library itself, which may be another than the one that we were built with: then both are told.
 * libcap-ng alone does not tell. */
#include "app/version.h"

#include "app/commands.h"
#include "flows/adviser.h"
#include "observations/http.h"
#include "watch/serve.h"

#include <jansson.h>
#include <libfyaml.h>
#include <pcap/pcap.h>
#include <seccomp.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

/* "zlib 1.2.13", or "zlib 1.3.1, built with 1.2.13". */
static void print_one(FILE *out, const char *name, const char *runs, const char *built_with)
{
    size_t length = strlen(built_with);
    bool same = strncmp(runs, built_with, length) == 0 && strchr(" -", runs[length]) != NULL; /* or at its end */
    fprintf(out, "%s %s", name, runs);
    if (length > 0 && !same)
        fprintf(out, ", built with %s", built_with);
    fputc('\n', out);
}

/* Of a library that is loaded when it is needed, and may not be there. */
static void print_late(FILE *out, const char *name, bool (*version)(char *, size_t, struct failure *),
                       const char *built_with)
{
    char runs[64];
    struct failure failure = {.count = 0};
    if (version(runs, sizeof runs, &failure))
        print_one(out, name, runs, built_with);
    else
        fprintf(out, "%s built with %s: %s\n", name, built_with, failure.text);
}

void version_print(FILE *out)
{
    static const char pcap_name[] = "libpcap version";
    const char *ndpi = adviser_version(), *pcap = pcap_lib_version();
    const struct scmp_version *version = seccomp_version();
    char seccomp[48];
    snprintf(seccomp, sizeof seccomp, "%u.%u.%u", version->major, version->minor, version->micro);
    fprintf(out, "pathaudit %s\n", command_version());
    if (strncmp(pcap, pcap_name, sizeof pcap_name - 1) == 0)
        print_one(out, pcap_name, pcap + sizeof pcap_name, BUILT_WITH_PCAP);
    else
        fprintf(out, "%s\n", pcap);
    if (ndpi[0] != '\0') {
        print_one(out, "nDPI", ndpi, BUILT_WITH_NDPI);
        print_one(out, "libgcrypt", adviser_gcrypt_version(), BUILT_WITH_GCRYPT);
    } else {
        fputs("nDPI not built in\n", out);
    }
    print_one(out, "libfyaml", fy_library_version(), BUILT_WITH_FYAML);
    print_one(out, "jansson", jansson_version_str(), BUILT_WITH_JANSSON);
    print_one(out, "zlib", zlibVersion(), BUILT_WITH_ZLIB);
    print_one(out, "zstd", ZSTD_versionString(), BUILT_WITH_ZSTD);
    print_late(out, "libcurl", http_version, BUILT_WITH_CURL);
    print_late(out, "libmicrohttpd", serve_version, BUILT_WITH_MICROHTTPD);
    print_one(out, "libseccomp", seccomp, BUILT_WITH_SECCOMP);
    fprintf(out, "libcap-ng built with %s\n", BUILT_WITH_CAPNG);
}
