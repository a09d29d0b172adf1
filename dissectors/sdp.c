/* sdp: c=, m=, a=rtcp and a=crypto lines. Sources: RFC 4566 5.7 (c=), 5.14 (m=); RFC 3605 2.1; RFC 4568 9.1; RFC 3711
 * and RFC 5124 (the SAVP profiles). */
#include "dissectors/sdp.h"

#include "dissectors/words.h"

#include <stdio.h>

#define DISCARD_PORT 9 /* stands for "I shall connect to you", or "ask ICE" (RFC 4145, RFC 8839) */

static const char *sequence_of(const struct sdp *sdp, struct bytes protocol)
{
    if (words_contain(protocol, "udptl"))
        return "t38";
    if (!words_contain(protocol, "RTP"))
        return "";
    return sdp->crypto || words_contain(protocol, "SAVP") ? "srtp" : "rtp";
}

static void learn(const struct sdp_target *target, uint16_t port, bool udp, const char *sequence, struct facts *out)
{
    /* 0.0.0.0 puts a call on hold (RFC 3264 8.4): nothing lives there. */
    if (address_is_zero(&target->address) || port == DISCARD_PORT)
        return;
    facts_learn(out, &(struct learned){
                         .from = LEARNED_SDP,
                         .protocol_sequence = sequence,
                         .port = port,
                         .udp = udp,
                         .has_address = true,
                         .tower_address = target->address,
                     });
}

/* The section of a medium is over: all that can be known of it is. */
static void end_medium(struct sdp *sdp, struct facts *out)
{
    const struct sdp_target *target = sdp->media.known ? &sdp->media : &sdp->session;
    uint16_t port = sdp->port;
    sdp->port = 0;
    if (port == 0 || !target->known)
        return;
    struct bytes written = bytes_of(sdp->protocol, sdp->protocol_length), rest = written;
    struct bytes first = words_until(&rest, '/');
    bool tcp = bytes_are(first, "TCP");
    if (tcp || bytes_are(first, "UDP"))
        written = rest;
    char address[ADDRESS_TEXT], endpoint[WORDS_ENDPOINT_MOST], text[sizeof endpoint + SDP_PROTOCOL_MOST + 8];
    address_text(&target->address, address);
    words_endpoint(bytes_of(address, strlen(address)), port, endpoint);
    snprintf(text, sizeof text, "%s/%s%s%.*s", endpoint, tcp ? "tcp" : "udp", written.left > 0 ? "/" : "",
             (int)written.left, (const char *)written.at);
    facts_say_text(out, FACT_SIP_MEDIA, text);
    learn(target, port, !tcp, sequence_of(sdp, written), out);
    if (sdp->rtcp_port != 0)
        learn(sdp->rtcp.known ? &sdp->rtcp : target, sdp->rtcp_port, !tcp, "rtcp", out);
}

/* `IN IP4 10.0.0.1`, with `/ttl` behind a group. */
static struct sdp_target read_target(struct bytes text)
{
    struct sdp_target target = {0};
    struct bytes net = words_next(&text), family = words_next(&text), address = words_next(&text);
    if (bytes_are(net, "IN") && bytes_starts(family, "IP"))
        target.known = words_address(words_until(&address, '/'), &target.address);
    return target;
}

/* `audio 49170/2 RTP/AVP 0`: of several ports the first. */
static void begin_medium(struct sdp *sdp, struct bytes text)
{
    uint64_t port = 0;
    (void)words_next(&text);
    struct bytes ports = words_next(&text), protocol = words_next(&text);
    sdp->section = true;
    sdp->crypto = false;
    sdp->rtcp_port = 0;
    sdp->media = sdp->rtcp = (struct sdp_target){0};
    if (!words_number(words_until(&ports, '/'), UINT16_MAX, &port) || protocol.left == 0 ||
        protocol.left > SDP_PROTOCOL_MOST)
        return;
    for (size_t i = 0; i < protocol.left; i++) {
        uint8_t c = bytes_upper(protocol.at[i]);
        if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '/' && c != '-')
            return;
    }
    memcpy(sdp->protocol, protocol.at, protocol.left);
    sdp->protocol_length = (uint8_t)protocol.left;
    sdp->port = (uint16_t)port;
}

static void hear_attribute(struct sdp *sdp, struct bytes text)
{
    uint64_t port;
    struct bytes name = words_until(&text, ':');
    if (bytes_are(name, "crypto"))
        sdp->crypto = true;
    if (bytes_are(name, "rtcp") && words_number(words_next(&text), UINT16_MAX, &port)) {
        sdp->rtcp_port = (uint16_t)port;
        sdp->rtcp = read_target(text);
    }
}

void sdp_line(struct sdp *sdp, struct bytes line, struct facts *out)
{
    struct bytes text = line, kind = bytes_take(&text, 2);
    bool letter = kind.left == 2 && kind.at[0] >= 'a' && kind.at[0] <= 'z' && kind.at[1] == '=';
    if (!letter || kind.at[0] == 'v') {
        sdp_end(sdp, out);
        sdp->inside = letter && bytes_are(words_trim(text), "0");
        return;
    }
    if (!sdp->inside)
        return;
    if (kind.at[0] == 'm') {
        end_medium(sdp, out);
        begin_medium(sdp, text);
    } else if (kind.at[0] == 'c') {
        *(sdp->section ? &sdp->media : &sdp->session) = read_target(text);
    } else if (kind.at[0] == 'a' && sdp->section) {
        hear_attribute(sdp, text);
    }
}

void sdp_end(struct sdp *sdp, struct facts *out)
{
    end_medium(sdp, out);
    *sdp = (struct sdp){0};
}

void sdp_body(struct bytes body, struct facts *out)
{
    struct sdp sdp = {0};
    while (body.left > 0) {
        struct bytes line;
        if (!bytes_line(&body, &line))
            line = bytes_take(&body, body.left);
        sdp_line(&sdp, line, out);
    }
    sdp_end(&sdp, out);
}
