/* facts: what a dissector may say, and to whom.
 *
 * A fact is a key and a value that was read on the wire. The keys stand here, once; adding one is a visible change.
 * Silence means "not seen", never "no". A dissector says facts to a `struct facts`, whose three functions belong to
 * the listener (the pipeline, a test, a fuzz target); values are borrowed for the call only. Secrets are never said:
 * no passwords, no tokens, no user names. */
#ifndef DISSECTORS_FACTS_H
#define DISSECTORS_FACTS_H

#include "base/address.h"
#include "base/bytes.h"
#include "base/uuid.h"

/* enum name, key as it stands in every output, what it means */
#define FACT_KEYS(X)                                                                                                   \
    X(FACT_SMTP_STARTTLS, "smtp.starttls", "STARTTLS (RFC 3207): offered, used, refused")                              \
    X(FACT_SMTP_ANONYMOUSTLS, "smtp.anonymoustls", "X-ANONYMOUSTLS, Exchange: offered, used, refused")                 \
    X(FACT_SMTP_AUTH_OFFERED, "smtp.auth_offered", "mechanisms of the AUTH keyword (RFC 4954)")                        \
    X(FACT_SMTP_AUTH_USED, "smtp.auth_used", "mechanism of an AUTH command")                                           \
    X(FACT_SMTP_EXPS_OFFERED, "smtp.exps_offered", "mechanisms of the X-EXPS keyword")                                 \
    X(FACT_SMTP_EXPS_USED, "smtp.exps_used", "mechanism of an X-EXPS command")                                         \
    X(FACT_SMTP_KEYWORDS, "smtp.keywords", "EHLO keywords, without arguments")                                         \
    X(FACT_SMTP_VERBS, "smtp.verbs", "verbs used beyond the plain ones")                                               \
    X(FACT_SMTP_BANNER_HOST, "smtp.banner_host", "host name in the 220 greeting")                                      \
    X(FACT_RPC_BINDS, "rpc.binds", "abstract syntaxes offered in bind and alter_context: uuid/major.minor")            \
    X(FACT_RPC_ACCEPTED, "rpc.accepted", "abstract syntaxes accepted: uuid/major.minor")                               \
    X(FACT_RPC_AUTH, "rpc.auth", "type/level of every PDU with a verifier")                                            \
    X(FACT_RPC_DATA_AUTH, "rpc.data_auth", "type/level of requests and responses; none/none without a verifier")       \
    X(FACT_RPC_ASKED, "rpc.asked", "interfaces a client asked the endpoint mapper for: uuid/major.minor")              \
    X(FACT_RPC_NOT_REGISTERED, "rpc.not_registered", "interfaces the endpoint mapper did not know")                    \
    X(FACT_RPC_FAULTS, "rpc.faults", "status of a fault or reason of a bind_nak, as 0x%08x or by name")                \
    X(FACT_TLS_VERSIONS, "tls.versions", "version the server chose: SSL 3.0, TLS 1.0 ... TLS 1.3")                     \
    X(FACT_TLS_OFFERED_VERSIONS, "tls.offered_versions", "versions a ClientHello offered")                             \
    X(FACT_TLS_SERVER_NAMES, "tls.server_names", "SNI (RFC 6066, 3)")                                                  \
    X(FACT_TLS_ALPN, "tls.alpn", "ALPN offered or chosen (RFC 7301)")                                                  \
    X(FACT_TLS_CIPHERS, "tls.ciphers", "cipher suite the server chose, as 0x%04x")                                     \
    X(FACT_TLS_CLIENT_CERTIFICATE, "tls.client_certificate", "requested, sent (readable up to TLS 1.2)")               \
    X(FACT_TLS_CERTIFICATE_NAMES, "tls.certificate_names",                                                             \
      "names of the server's certificate: alternative names, or the common name")                                      \
    X(FACT_TLS_CERTIFICATE_SELF_SIGNED, "tls.certificate_self_signed",                                                 \
      "yes when issuer and subject of the server's certificate are equal")                                             \
    X(FACT_TLS_CERTIFICATE_NOT_AFTER, "tls.certificate_not_after", "when the server's certificate expires (RFC 3339)") \
    X(FACT_POP3_STLS, "pop3.stls", "STLS (RFC 2595): offered, used, refused")                                          \
    X(FACT_POP3_AUTH_USED, "pop3.auth_used", "USER, APOP, or the mechanism of AUTH")                                   \
    X(FACT_IMAP_STARTTLS, "imap.starttls", "STARTTLS (RFC 3501, 6.2.1): offered, used, refused")                       \
    X(FACT_IMAP_AUTH_USED, "imap.auth_used", "LOGIN, or the mechanism of AUTHENTICATE")                                \
    X(FACT_NNTP_STARTTLS, "nntp.starttls", "STARTTLS (RFC 4642): offered, used, refused")                              \
    X(FACT_NNTP_AUTH_USED, "nntp.auth_used", "USER, or the mechanism of AUTHINFO SASL")                                \
    X(FACT_LDAP_BINDS, "ldap.binds", "anonymous, simple, sasl:MECHANISM, sicily")                                      \
    X(FACT_LDAP_RESULTS, "ldap.results", "result of a bind: number and name (RFC 4511, 4.1.9)")                        \
    X(FACT_LDAP_PROTECTION, "ldap.protection", "after the bind: none, signed, sealed, tls")                            \
    X(FACT_LDAP_STARTTLS, "ldap.starttls", "StartTLS (RFC 4511, 4.14): offered, used, refused")                        \
    X(FACT_LDAP_NETLOGON, "ldap.netlogon",                                                                             \
      "what a netlogon reply says of its server (MS-ADTS 6.3.1.2): pdc, gc, kdc, writable ...")                        \
    X(FACT_LDAP_DOMAINS, "ldap.domains", "DNS domain of a netlogon ping")                                              \
    X(FACT_KERBEROS_MESSAGES, "kerberos.messages", "as-req, as-rep, tgs-req, tgs-rep, ap-req, ap-rep, error ...")      \
    X(FACT_KERBEROS_SERVICES, "kerberos.services", "service principals: class/host")                                   \
    X(FACT_KERBEROS_REALMS, "kerberos.realms", "realms")                                                               \
    X(FACT_KERBEROS_ETYPES, "kerberos.etypes", "encryption types of tickets (RFC 3961)")                               \
    X(FACT_KERBEROS_REPLY_ETYPES, "kerberos.reply_etypes", "encryption types of the sealed part of replies")           \
    X(FACT_KERBEROS_OFFERED_ETYPES, "kerberos.offered_etypes", "encryption types a request offered")                   \
    X(FACT_KERBEROS_ERRORS, "kerberos.errors", "number and name of an error (RFC 4120, 7.5.9)")                        \
    X(FACT_HTTP_AUTH_OFFERED, "http.auth_offered", "schemes of WWW-Authenticate and Proxy-Authenticate")               \
    X(FACT_HTTP_AUTH_USED, "http.auth_used", "schemes of Authorization and Proxy-Authorization")                       \
    X(FACT_HTTP_HOSTS, "http.hosts", "Host of requests, without the port")                                             \
    X(FACT_HTTP_PATHS, "http.paths", "first segment of the path of requests")                                          \
    X(FACT_HTTP_METHODS, "http.methods", "methods of requests")                                                        \
    X(FACT_HTTP_VERSIONS, "http.versions", "versions of requests: HTTP/1.0, HTTP/1.1, HTTP/2 by its preface")          \
    X(FACT_HTTP_RPC_SERVERS, "http.rpc_servers", "server:port an RPC proxy was asked for (MS-RPCH 2.2.2)")             \
    X(FACT_SIP_METHODS, "sip.methods", "methods of requests")                                                          \
    X(FACT_SIP_STATUSES, "sip.statuses", "status codes of replies")                                                    \
    X(FACT_SIP_CONTACTS, "sip.contacts", "Contact of a redirection, without the user")                                 \
    X(FACT_SIP_MEDIA, "sip.media", "media of SDP: address:port/udp/RTP/AVP")                                           \
    X(FACT_SMB_DIALECTS, "smb.dialects", "dialect the server chose: NT LM 0.12, 2.0.2 ... 3.1.1")                      \
    X(FACT_SMB_PROTECTION, "smb.protection", "of sessions: none, signing, encryption")                                 \
    X(FACT_SMB_PIPES, "smb.pipes", "named pipes opened")                                                               \
    X(FACT_NETBIOS_NAMES, "netbios.names", "NetBIOS names with their suffix: DC1<20>")                                 \
    X(FACT_DNS_NAMES, "dns.names", "names looked up that reveal roles (SRV) or name hosts")                            \
    X(FACT_DNS_ANSWERS, "dns.answers", "name and address of a host, from an answer")                                   \
    X(FACT_TCP_RESETS, "tcp.resets",                                                                                   \
      "resets in the server's name from nearer than its own packets come: N hops nearer")                              \
    X(FACT_TUNNEL_ERRORS, "tunnel.errors",                                                                             \
      "tunnels of whose own packets, with this inside, ICMP said that they failed")                                    \
    X(FACT_ICMP_ERRORS, "icmp.errors", "what ICMP said of packets to a service that were never seen themselves")       \
    X(FACT_NEGOTIATE_OFFERED, "negotiate.offered", "kerberos, ntlm in SPNEGO (RFC 4178)")                              \
    X(FACT_NEGOTIATE_USED, "negotiate.used", "kerberos, ntlm in SPNEGO")

enum fact_key {
#define FACT_ENUM(key, name, meaning) key,
    FACT_KEYS(FACT_ENUM)
#undef FACT_ENUM
        FACT_KEY_COUNT
};

/* The key as it stands in every output. */
const char *fact_key_name(enum fact_key key);

/* How the client proved who it is, from the weakest to the strongest; of several in one flow the weakest counts. */
enum authentication {
    AUTHENTICATION_UNKNOWN,
    AUTHENTICATION_ANONYMOUS,
    AUTHENTICATION_BASIC,  /* password readable: LOGIN, PLAIN, HTTP Basic, USER/PASS */
    AUTHENTICATION_SIMPLE, /* LDAP simple bind with a password */
    AUTHENTICATION_FORMS,
    AUTHENTICATION_DIGEST, /* CRAM-MD5, DIGEST-MD5, SCRAM, APOP */
    AUTHENTICATION_NTLMV1,
    AUTHENTICATION_NTLM, /* version not readable */
    AUTHENTICATION_NTLMV2,
    AUTHENTICATION_NEGOTIATE, /* SPNEGO, neither Kerberos nor NTLM read in it */
    AUTHENTICATION_NETLOGON,  /* netlogon secure channel */
    AUTHENTICATION_SCHANNEL,
    AUTHENTICATION_KERBEROS,
    AUTHENTICATION_CERTIFICATE,
    AUTHENTICATION_COUNT
};
/* "" for UNKNOWN. */
const char *authentication_name(enum authentication authentication);

/* What protected the data, from the weakest to the strongest; of several in one flow the weakest counts. */
enum encryption {
    ENCRYPTION_UNKNOWN,
    ENCRYPTION_NONE,
    ENCRYPTION_RPC_INTEGRITY, /* signed, clear */
    ENCRYPTION_LDAP_SIGN,
    ENCRYPTION_RPC_PRIVACY,
    ENCRYPTION_LDAP_SEAL,
    ENCRYPTION_SMB3,
    ENCRYPTION_SRTP,
    ENCRYPTION_IPSEC,
    ENCRYPTION_STARTTLS,
    ENCRYPTION_ANONYMOUSTLS,
    ENCRYPTION_TLS,
    ENCRYPTION_COUNT
};
const char *encryption_name(enum encryption encryption);

/* The application's answer, as far as it was read; the last one said in a flow counts. */
enum outcome { OUTCOME_NONE, OUTCOME_ACCEPTED, OUTCOME_DENIED };

/* Where a service was learned to live. */
enum learned_from {
    LEARNED_EPT_MAP,
    LEARNED_EPT_LOOKUP,
    LEARNED_RESOLVE_OXID,
    LEARNED_REMOTE_CREATE_INSTANCE,
    LEARNED_BIND, /* the server accepted it on this connection: port is 0, and unless an endpoint is given (a pipe) the
                     listener fills in the flow's own */
    LEARNED_SECONDARY_ADDRESS, /* the port the server named as its own in bind_ack */
    LEARNED_SDP,
    LEARNED_SIP_CONTACT,
    LEARNED_COUNT
};
const char *learned_from_name(enum learned_from from);

/* One message told that an interface lives at an endpoint. The server is the one that speaks in this flow. Text is
 * borrowed and may hold anything: it comes from the wire. */
struct learned {
    enum learned_from from;
    struct uuid interface; /* all zero when unknown */
    uint16_t major, minor;
    const char *protocol_sequence; /* ncacn_ip_tcp ... ; "" when not RPC */
    uint16_t port;                 /* TCP, UDP and HTTP towers; 0 otherwise */
    bool udp;                      /* the port is a UDP port */
    struct bytes endpoint;         /* pipe name or other endpoint that is no number */
    bool has_address;
    struct address tower_address; /* as given, also when it is 0.0.0.0 */
    struct bytes annotation;
};

struct facts {
    void (*say)(struct facts *to, enum fact_key key, struct bytes value);
    void (*learn)(struct facts *to, const struct learned *learned);
    void (*amount)(struct facts *to, enum authentication authentication, enum encryption encryption,
                   enum outcome outcome);
};

/* A value; more than 255 bytes are cut by the listener. */
static inline void facts_say(struct facts *to, enum fact_key key, struct bytes value)
{
    to->say(to, key, value);
}

static inline void facts_say_text(struct facts *to, enum fact_key key, const char *text)
{
    to->say(to, key, bytes_of(text, strlen(text)));
}

/* The value in ASCII upper case; values longer than 255 bytes are cut. */
void facts_say_upper(struct facts *to, enum fact_key key, struct bytes value);

static inline void facts_learn(struct facts *to, const struct learned *learned)
{
    to->learn(to, learned);
}

/* What the facts amount to. Each may be said often; see the enums for which counts. */
static inline void facts_authentication(struct facts *to, enum authentication authentication)
{
    to->amount(to, authentication, ENCRYPTION_UNKNOWN, OUTCOME_NONE);
}

static inline void facts_encryption(struct facts *to, enum encryption encryption)
{
    to->amount(to, AUTHENTICATION_UNKNOWN, encryption, OUTCOME_NONE);
}

static inline void facts_outcome(struct facts *to, enum outcome outcome)
{
    to->amount(to, AUTHENTICATION_UNKNOWN, ENCRYPTION_UNKNOWN, outcome);
}

#endif
