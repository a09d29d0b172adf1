/* disguise: names label by label, and which facts hold words of protocols, names, or a stranger's text. A fact that is
 * not listed here, and a word that is not known, are replaced as a whole: what is new is hidden until somebody says
 * what it is. */
#include "observations/disguise.h"

#include "observations/disguise_inside.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

struct disguise *disguise_create(const struct siphash_key *key, const char *const *words, size_t word_count)
{
    struct disguise *d = calloc(1, sizeof *d);
    if (d != NULL)
        *d = (struct disguise){.key = *key, .words = words, .word_count = word_count};
    return d;
}

void disguise_destroy(struct disguise *d)
{
    free(d);
}

struct siphash_key disguise_key_of(const void *bytes, size_t length)
{
    static const struct siphash_key low = {1, 0}, high = {2, 0};
    return (struct siphash_key){siphash(&low, bytes, length), siphash(&high, bytes, length)};
}

void disguise_fingerprint(const struct disguise *d, char out[17])
{
    snprintf(out, 17, "%016" PRIx64, siphash(&d->key, "fingerprint", 11));
}

/* The number of a text, whatever its case; `kind` keeps names and other texts apart. */
static uint32_t number_of(const struct disguise *d, const char *kind, const char *text, size_t length)
{
    char lower[2 * DISGUISE_TEXT];
    int n = snprintf(lower, sizeof lower, "%s|", kind);
    for (size_t i = 0; i < length && (size_t)n < sizeof lower; i++)
        lower[n++] = (char)tolower((unsigned char)text[i]);
    return (uint32_t)siphash(&d->key, lower, (size_t)n);
}

const char *disguise_whole(const struct disguise *d, const char *kind, const char *text, char out[DISGUISE_TEXT])
{
    if (text[0] == '\0')
        out[0] = '\0';
    else
        snprintf(out, DISGUISE_TEXT, "%s-%08x", kind, number_of(d, kind, text, strlen(text)));
    return out;
}

/* -- names ------------------------------------------------------------------------------------------------------- */

struct writing {
    char *out;
    size_t length;
};

static void add(struct writing *w, const char *text, size_t length)
{
    for (size_t i = 0; i < length && w->length + 1 < DISGUISE_TEXT; i++)
        w->out[w->length++] = text[i];
    w->out[w->length] = '\0';
}

static bool is_in(const char *text, size_t length, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++)
        if (strlen(words[i]) == length && strncasecmp(words[i], text, length) == 0)
            return true;
    return false;
}

/* Labels that say what a name is for, not whose it is (RFC 2782, MS-ADTS 6.3.2). */
static bool label_stays(const char *label, size_t length, const char *after)
{
    static const char *const services[] = {"_ldap", "_gc",   "_kerberos", "_kpasswd",        "_tcp",
                                           "_udp",  "_tls",  "_sites",    "_msdcs",          "_autodiscover",
                                           "_sip",  "_sips", "_vlmcs",    "_sipinternaltls", "_sipfederationtls",
                                           NULL};
    static const char *const parts[] = {"dc", "gc", "pdc", "domains", NULL};
    return is_in(label, length, services) || (strncasecmp(after, "._msdcs", 7) == 0 && is_in(label, length, parts)) ||
           (length == 1 && label[0] == '*');
}

static void add_name(struct disguise *d, struct writing *w, const char *name, size_t length)
{
    char text[DISGUISE_TEXT], number[16];
    struct address address;
    snprintf(text, sizeof text, "%.*s", (int)length, name);
    if (address_parse(text, &address)) {
        char address_words[ADDRESS_TEXT];
        address = disguise_address(d, &address);
        address_text(&address, address_words);
        add(w, address_words, strlen(address_words));
        return;
    }
    for (const char *at = text; *at != '\0';) {
        size_t label = strcspn(at, ".");
        if (label_stays(at, label, at + label))
            add(w, at, label);
        else if (label > 0)
            add(w, number, (size_t)snprintf(number, sizeof number, "n%08x", number_of(d, "label", at, label)));
        at += label;
        if (*at == '.')
            add(w, at++, 1);
    }
}

const char *disguise_name(struct disguise *d, const char *name, char out[DISGUISE_TEXT])
{
    struct writing w = {out, 0};
    out[0] = '\0';
    add_name(d, &w, name, strlen(name));
    return out;
}

/* -- facts ------------------------------------------------------------------------------------------------------- */

/* What dissectors say in words of their own. */
static const char *const own_words[] = {"smtp.starttls",
                                        "smtp.anonymoustls",
                                        "rpc.binds",
                                        "rpc.accepted",
                                        "rpc.auth",
                                        "rpc.data_auth",
                                        "rpc.asked",
                                        "rpc.not_registered",
                                        "rpc.faults",
                                        "tls.versions",
                                        "tls.offered_versions",
                                        "tls.ciphers",
                                        "tls.client_certificate",
                                        "tls.certificate_self_signed",
                                        "pop3.stls",
                                        "imap.starttls",
                                        "nntp.starttls",
                                        "ldap.results",
                                        "ldap.protection",
                                        "ldap.starttls",
                                        "ldap.netlogon",
                                        "kerberos.messages",
                                        "kerberos.etypes",
                                        "kerberos.reply_etypes",
                                        "kerberos.offered_etypes",
                                        "kerberos.errors",
                                        "http.versions",
                                        "sip.statuses",
                                        "smb.dialects",
                                        "smb.protection",
                                        "tcp.resets",
                                        "tunnel.errors",
                                        "negotiate.offered",
                                        "negotiate.used",
                                        "scan.hosts",
                                        NULL};
/* Words that a stranger said: those that are known stay. */
static const char *const stranger_words[] = {
    "smtp.auth_offered", "smtp.auth_used", "smtp.exps_offered", "smtp.exps_used", "smtp.keywords", "smtp.verbs",
    "tls.alpn",          "pop3.auth_used", "imap.auth_used",    "nntp.auth_used", "ldap.binds",    "http.auth_offered",
    "http.auth_used",    "http.methods",   "http.paths",        "sip.methods",    "smb.pipes",     NULL};
/* Names and addresses between signs. */
static const char *const name_keys[] = {"smtp.banner_host",
                                        "tls.server_names",
                                        "tls.certificate_names",
                                        "ldap.domains",
                                        "kerberos.services",
                                        "kerberos.realms",
                                        "http.hosts",
                                        "http.rpc_servers",
                                        "sip.contacts",
                                        "sip.media",
                                        "netbios.names",
                                        "dns.names",
                                        "dns.answers",
                                        NULL};

static const char *const known_words[] = {
    /* SASL, HTTP and LDAP authentication */
    "LOGIN", "PLAIN", "NTLM", "GSSAPI", "GSS-SPNEGO", "CRAM-MD5", "DIGEST-MD5", "EXTERNAL", "ANONYMOUS", "XOAUTH2",
    "OAUTHBEARER", "SCRAM-SHA-1", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-512",
    "KERBEROS_V4", "APOP", "USER", "basic", "digest", "negotiate", "kerberos", "bearer", "simple", "sicily",
    "EXCHANGEAUTH",
    /* SMTP */
    "STARTTLS", "AUTH", "SIZE", "8BITMIME", "PIPELINING", "CHUNKING", "BINARYMIME", "DSN", "ENHANCEDSTATUSCODES",
    "SMTPUTF8", "ETRN", "VRFY", "EXPN", "HELP", "TURN", "ATRN", "VERP", "XCLIENT", "XFORWARD", "X-ANONYMOUSTLS",
    "X-EXPS", "X-LINK2STATE", "X-LSA-2", "XEXCH50", "XSHADOW", "XRDST", "XPROXY", "XPROXYFROM", "XPROXYTO", "XOORG",
    "XORIG", "XQDISCARD", "XSHADOWREQUEST", "XSESSIONPARAMS", "XMESSAGECONTEXT", "XADRC", "XEXPROPS", "XFASTINDEX",
    "BDAT", "X-EPS", "SAML", "SEND", "SOML", "AUTH=LOGIN",
    /* ALPN, HTTP and SIP methods */
    "h2", "h3", "http/1.0", "http/1.1", "imap", "pop3", "smb", "ftp", "sip/2", "GET", "HEAD", "POST", "PUT", "DELETE",
    "OPTIONS", "TRACE", "CONNECT", "PATCH", "PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK",
    "SEARCH", "SUBSCRIBE", "UNSUBSCRIBE", "POLL", "NOTIFY", "BPROPPATCH", "BDELETE", "BMOVE", "BCOPY", "RPC_IN_DATA",
    "RPC_OUT_DATA", "RPC_CONNECT", "INVITE", "ACK", "BYE", "CANCEL", "REGISTER", "REFER", "INFO", "UPDATE", "PRACK",
    "MESSAGE", "PUBLISH",
    /* URL paths and pipes that mean the same everywhere */
    "/", "/owa", "/ews", "/ecp", "/oab", "/rpc", "/mapi", "/autodiscover", "/microsoft-server-activesync",
    "/powershell", "/exchange", "/public", "/exchweb", "/exadmin", "/unifiedmessaging", "/wsman", "/certsrv", "/api",
    "lsarpc", "samr", "netlogon", "lsass", "srvsvc", "wkssvc", "svcctl", "winreg", "epmapper", "spoolss", "atsvc",
    "eventlog", "browser", "protected_storage", "drsuapi", "netdfs", "initshutdown", "ntsvcs", NULL};

static bool word_is_known(const struct disguise *d, const char *word)
{
    size_t length = strlen(word);
    for (size_t i = 0; i < d->word_count; i++)
        if (strcasecmp(d->words[i], word) == 0)
            return true;
    return is_in(word, length, known_words);
}

/* Classes of service principals, in front of a slash; and what stands behind the address in a line of media. */
static bool word_stays(const char *word, size_t length, bool first, char next, char before)
{
    static const char *const classes[] = {"ldap",
                                          "gc",
                                          "cifs",
                                          "host",
                                          "http",
                                          "krbtgt",
                                          "kadmin",
                                          "dns",
                                          "rpc",
                                          "rpcss",
                                          "smtp",
                                          "smtpsvc",
                                          "pop",
                                          "imap",
                                          "nntp",
                                          "exchangemdb",
                                          "exchangerfr",
                                          "exchangeab",
                                          "exchange",
                                          "mssqlsvc",
                                          "termsrv",
                                          "wsman",
                                          "sip",
                                          "nfs",
                                          "restrictedkrbhost",
                                          "gc_msdcs",
                                          "e3514235-4b06-11d1-ab04-00c04fc2dcd2",
                                          NULL};
    static const char *const media[] = {"udp", "tcp",  "rtp",  "avp", "savp", "avpf", "savpf",
                                        "tls", "msrp", "icmp", "esp", "ah",   NULL};
    return (first && next == '/' && is_in(word, length, classes)) || (before == '/' && is_in(word, length, media));
}

static bool is_number(const char *word, size_t length)
{
    size_t digits = 0;
    while (digits < length && isdigit((unsigned char)word[digits]))
        digits++;
    return digits == length && length <= 5;
}

/* Names, numbers and addresses, and the signs between them. */
static void add_names(struct disguise *d, struct writing *w, const char *value)
{
    static const char signs[] = " /:[]<>@,;";
    for (const char *at = value; *at != '\0';) {
        size_t length = strspn(at, "0123456789abcdefABCDEF:.");
        char whole[DISGUISE_TEXT];
        struct address address;
        snprintf(whole, sizeof whole, "%.*s", (int)length, at);
        if (!address_parse(whole, &address))
            length = strcspn(at, signs);
        if (length == 0) {
            add(w, at++, 1);
            continue;
        }
        char before = at > value ? at[-1] : '\0';
        /* A number of a port; one that could be a name, as the whole of a value, is none. */
        if ((before != '\0' && is_number(at, length)) || word_stays(at, length, at == value, at[length], before))
            add(w, at, length);
        else
            add_name(d, w, at, length);
        at += length;
    }
}

const char *disguise_fact(struct disguise *d, const char *key, const char *value, char out[DISGUISE_TEXT])
{
    struct writing w = {out, 0};
    char name[DISGUISE_TEXT];
    size_t key_length = strlen(key);
    const char *word = strncmp(value, "sasl:", 5) == 0 ? value + 5 : value;
    out[0] = '\0';
    if (is_in(key, key_length, name_keys))
        add_names(d, &w, value);
    else if (strcmp(key, "icmp.errors") == 0) { /* a word of ours, an address, and perhaps a tunnel */
        size_t own = strcspn(value, " "), named = strcspn(value + own, "/");
        snprintf(name, sizeof name, "%.*s", (int)named, value + own);
        add(&w, value, own);
        add_names(d, &w, name);
        add(&w, value + own + named, strlen(value + own + named));
    } else if (is_in(key, key_length, own_words) || (is_in(key, key_length, stranger_words) && word_is_known(d, word)))
        add(&w, value, strlen(value));
    else if (strcmp(key, "tls.certificate_not_after") == 0 && strlen(value) > 7)
        snprintf(out, DISGUISE_TEXT, "%.7s-01T00:00:00Z", value); /* the exact time is that of one public certificate */
    else
        disguise_whole(d, value[0] == '/' ? "/path" : "word", value, out);
    return out;
}
