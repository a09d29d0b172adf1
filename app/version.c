/* version: asked of each library itself; libcap-ng alone does not tell, so its is the one that we were built with. */
#include "app/version.h"

#include "app/commands.h"
#include "flows/second_opinion.h"

#include <curl/curl.h>
#include <jansson.h>
#include <libfyaml.h>
#include <microhttpd.h>
#include <pcap/pcap.h>
#include <seccomp.h>
#include <zlib.h>
#include <zstd.h>

void version_print(FILE *out)
{
    const char *ndpi = second_opinion_version();
    const struct scmp_version *seccomp = seccomp_version();
    fprintf(out, "pathaudit %s\n%s\n", command_version(), pcap_lib_version());
    fprintf(out, "nDPI %s\n", ndpi[0] != '\0' ? ndpi : "not built in");
    fprintf(out, "libfyaml %s\njansson %s\n", fy_library_version(), jansson_version_str());
    fprintf(out, "zlib %s\nzstd %s\n", zlibVersion(), ZSTD_versionString());
    fprintf(out, "libcurl %s\n", curl_version_info(CURLVERSION_NOW)->version);
    fprintf(out, "libmicrohttpd %s\n", MHD_get_version());
    fprintf(out, "libseccomp %u.%u.%u\n", seccomp->major, seccomp->minor, seccomp->micro);
    fprintf(out, "libcap-ng %s\n", PATHAUDIT_CAPNG_VERSION);
}
