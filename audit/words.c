/* words: readers of audit/words.h, and the closed lists. */
#include "audit/words.h"

#include <ctype.h>
#include <string.h>

const char *const authentication_words[] = {
    "anonymous", "basic",     "bearer", "by-ip-address", "certificate", "digest",   "direct-trust", "forms", "kerberos",
    "mtls",      "negotiate", "ntlm",   "ntlmv1",        "ntlmv2",      "password", "simple",       NULL};
const char *const encryption_words[] = {"any",  "anonymoustls", "dtls", "ipsec", "ldap-seal", "rpc-privacy",
                                        "smb3", "starttls",     "srtp", "tls",   NULL};
/* What is read has the names of the dissectors; behind them stand others that rows write for the same (audit/parts.c).
 */
const char *const protocol_words[] = {"cldap",   "dcerpc", "dns",   "dtls", "http",  "imap",  "isakmp",  "kerberos",
                                      "kpasswd", "ldap",   "llmnr", "mdns", "nbdgm", "nbns",  "net-tcp", "nntp",
                                      "ntp",     "pop3",   "rdp",   "rtcp", "rtp",   "sip",   "smb",     "smtp",
                                      "stun",    "tds",    "tls",   "x400", "https", "imap4", "ldaps",   "rpc",
                                      "smb2",    "smtps",  "srtp",  "xmpp", NULL};

const char *const tls_floor_words[] = {"ssl3.0", "tls1.0", "tls1.1", "tls1.2", "tls1.3", NULL};
const char *const tls_version_names[] = {"SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3", NULL};
const char *const need_words[] = {"any-server", "each-pair", "any", NULL};
const char *const certainty_words[] = {"stated", "partly", "unverified", NULL};

bool texts_have(const struct texts *texts, const char *word)
{
    for (size_t i = 0; i < texts->count; i++)
        if (strcmp(texts->items[i], word) == 0)
            return true;
    return false;
}

static void texts_take(const struct yaml *yaml, const struct yaml_node *node, yaml_reader *read, void *into)
{
    struct texts *texts = into;
    texts->items = yaml_items(yaml, node, sizeof *texts->items, read, &texts->count);
    /* A place whose reader told a problem stays NULL; whoever reads on before the failure is told needs a text. */
    for (size_t i = 0; i < texts->count; i++)
        if (texts->items[i] == NULL)
            texts->items[i] = "";
}

void words_read_texts(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    texts_take(yaml, node, yaml_read_text, into);
}

static void read_word(const struct yaml *yaml, const struct yaml_node *node, const char *what, const char *const *words,
                      void *into)
{
    int index = yaml_word(yaml, node, what, words);
    if (index >= 0)
        *(const char **)into = words[index];
}

static void read_role(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    read_word(yaml, node, "role", role_names, into);
}

void words_read_roles(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    texts_take(yaml, node, read_role, into);
    const struct texts *roles = into;
    if (roles->count == 0)
        yaml_problem(yaml, node, "is an empty list; name at least one role");
}

static void read_authentication(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    read_word(yaml, node, "authentication", authentication_words, into);
}

void words_read_authentication(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    texts_take(yaml, node, read_authentication, into);
}

static void read_encryption(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    read_word(yaml, node, "encryption", encryption_words, into);
}

void words_read_encryption(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    texts_take(yaml, node, read_encryption, into);
}

void words_read_answer(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    static const char *const words[] = {"no", "yes", NULL};
    int index = yaml_word(yaml, node, "answer", words);
    if (index >= 0)
        *(enum answer *)into = index == 0 ? ANSWER_NO : ANSWER_YES;
}

void words_read_requirement(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    static const char *const words[] = {"no", "yes", "when-triggered", "never", NULL};
    static const enum requirement meanings[] = {REQUIRED_NO, REQUIRED_YES, REQUIRED_WHEN_TRIGGERED, REQUIRED_NEVER};
    int index = yaml_word(yaml, node, "requirement", words);
    if (index >= 0)
        *(enum requirement *)into = meanings[index];
}

void words_read_needs(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    int index = yaml_word(yaml, node, "need", need_words);
    if (index >= 0)
        *(enum needs *)into = (enum needs)index;
}

/* The end of a part, such as "vlan:10": NULL when it is none. What parts there are: capture/wrapping.c. */
static const char *network_part_end(const char *text)
{
    static const char *const kinds[] = {"vlan:", "pbb:", "vxlan:", "vxlan-gpe:", "geneve:"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t length = strlen(kinds[i]);
        size_t digits = strncmp(text, kinds[i], length) == 0 ? strspn(text + length, "0123456789") : 0;
        if (digits > 0)
            return text + length + digits;
    }
    return NULL;
}

void words_read_network(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    const char *text = yaml_text(yaml, node), *at = text;
    if (text == NULL)
        return;
    while ((at = network_part_end(at)) != NULL && *at == '/')
        at++;
    if (at == NULL || *at != '\0')
        yaml_problem(yaml, node, "\"%.60s\" is no network; write vlan:10, vxlan:5000 or vlan:10/vlan:20, as reports do",
                     text);
    else
        *(const char **)into = text;
}

void words_read_duration_ns(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    static const char units[] = "smhd";
    static const uint64_t seconds[] = {1, 60, 3600, 86400};
    const char *text = yaml_text(yaml, node);
    if (text == NULL)
        return;
    uint64_t number = 0;
    size_t digits = 0;
    for (; isdigit((unsigned char)text[digits]) && digits < 6; digits++)
        number = number * 10 + (uint64_t)(text[digits] - '0');
    const char *unit = text[digits] == '\0' ? NULL : strchr(units, text[digits]);
    if (number == 0 || unit == NULL || text[digits + 1] != '\0')
        yaml_problem(yaml, node, "\"%.60s\" is no duration; write for example 90s, 5m, 1h or 2d", text);
    else
        *(uint64_t *)into = number * seconds[unit - units] * UINT64_C(1000000000);
}
