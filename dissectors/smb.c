/* smb: file sharing of Windows, versions 1 to 3, and the pipes in it: dialect, who logs on and how, what is signed or
 * encrypted, which pipes are opened and the MS-RPC in them.
 *
 * Hides the frame of NetBIOS over TCP (RFC 1002 4.3), which on port 445 only counts bytes (MS-SMB2 2.1), and passes by
 * what files hold. The count is read as 24 bits on both ports: on 139 seven of them are 0. */
#include "dissectors/netbios_name.h"
#include "dissectors/smb1.h"
#include "dissectors/smb2.h"

#define FRAME_BYTES           4
#define TRANSFORM_BYTES       52                  /* MS-SMB2 2.2.41 */
#define COMPRESSION_BYTES     16                  /* 2.2.42 */
#define MESSAGE_MOST          ((size_t)72 * 1024) /* what is looked at of one; a token takes at most 64 KiB */
#define SESSION_REQUEST_BYTES (2 * NETBIOS_NAME_BYTES)
#define SCOPED_REQUEST_MOST   (SESSION_REQUEST_BYTES + 2 * 255)

enum frame_type {
    FRAME_MESSAGE = 0,
    FRAME_REQUEST = 0x81,
    FRAME_POSITIVE = 0x82,
    FRAME_NEGATIVE = 0x83,
    FRAME_RETARGET = 0x84,
    FRAME_KEEPALIVE = 0x85,
};

enum version { VERSION_NONE, VERSION_1, VERSION_2, VERSION_ENCRYPTED, VERSION_COMPRESSED };

/* Which protocol identifier do these bytes begin with? LIKE_MAYBE while they are too few. */
static enum likeness version_read(struct bytes in, enum version *version)
{
    static const struct {
        uint8_t first;
        enum version version;
    } known[] = {{0xff, VERSION_1}, {0xfe, VERSION_2}, {0xfd, VERSION_ENCRYPTED}, {0xfc, VERSION_COMPRESSED}};
    *version = VERSION_NONE;
    for (size_t i = 0; i < sizeof known / sizeof known[0] && in.left > 0; i++)
        if (known[i].first == in.at[0])
            *version = known[i].version;
    if (in.left == 0)
        return LIKE_MAYBE;
    size_t length = in.left < 4 ? in.left - 1 : 3;
    if (*version == VERSION_NONE || memcmp(in.at + 1, "SMB", length) != 0)
        return LIKE_NOT;
    return in.left < 4 ? LIKE_MAYBE : LIKE_YES;
}

static size_t least_length(enum version version)
{
    switch (version) {
    case VERSION_1:
        return SMB1_HEADER_BYTES + 3;
    case VERSION_2:
        return SMB2_HEADER_BYTES + 2;
    case VERSION_ENCRYPTED:
        return TRANSFORM_BYTES;
    default:
        return COMPRESSION_BYTES;
    }
}

/* The mark by which a message tells who sends it. */
static enum likeness sender_like(struct bytes message, enum version version, enum direction from)
{
    if (version != VERSION_1 && version != VERSION_2)
        return LIKE_YES;
    bytes_skip(&message, version == VERSION_1 ? 9 : 16);
    uint8_t flags = bytes_u8(&message);
    bool reply = version == VERSION_1 ? (flags & 0x80) != 0 : (flags & 1) != 0;
    if (!bytes_ok(&message))
        return LIKE_MAYBE;
    return reply == (from == FROM_SERVER) ? LIKE_YES : LIKE_NOT;
}

static enum likeness message_like(struct bytes in, uint32_t length, enum direction from)
{
    enum version version;
    enum likeness like = version_read(in, &version);
    if (like != LIKE_YES)
        return like;
    if (length < least_length(version))
        return LIKE_NOT;
    return sender_like(in, version, from);
}

static enum likeness request_like(struct bytes in, uint32_t length, enum direction from)
{
    if (from != FROM_CLIENT || length < SESSION_REQUEST_BYTES || length > SCOPED_REQUEST_MOST)
        return LIKE_NOT;
    return netbios_name_like(in);
}

static enum likeness probe(struct bytes head, enum direction from)
{
    while (head.left > 0) {
        uint8_t type = bytes_u8(&head);
        bool answer = from == FROM_SERVER && type == FRAME_POSITIVE;
        if (type != FRAME_MESSAGE && type != FRAME_REQUEST && type != FRAME_KEEPALIVE && !answer)
            return LIKE_NOT;
        uint32_t length = bytes_be24(&head);
        if (!bytes_ok(&head))
            return LIKE_MAYBE;
        if (type == FRAME_MESSAGE)
            return message_like(head, length, from);
        if (type == FRAME_REQUEST)
            return request_like(head, length, from);
        if (length != 0)
            return LIKE_NOT;
    }
    return LIKE_MAYBE;
}

static void read_request(struct bytes body, struct facts *out)
{
    struct bytes called, calling;
    if (!netbios_name_take(&body, &called) || !netbios_name_take(&body, &calling))
        return;
    netbios_name_say(called, out);
    netbios_name_say(calling, out);
}

/* A frame of the NetBIOS session service that is no message: RFC 1002 4.3. NOT_MINE when there is none such. */
static enum dissect_answer read_control(struct smb *smb, enum frame_type type, struct bytes *in, uint32_t length,
                                        struct facts *out)
{
    struct bytes body = bytes_take(in, length);
    if (type < FRAME_REQUEST || type > FRAME_KEEPALIVE || length > SCOPED_REQUEST_MOST)
        return DISSECT_NOT_MINE;
    if (!bytes_ok(&body))
        return DISSECT_MORE;
    if (type == FRAME_REQUEST)
        read_request(body, out);
    if (type == FRAME_NEGATIVE)
        smb_outcome(smb, OUTCOME_DENIED, out);
    return type == FRAME_NEGATIVE || type == FRAME_RETARGET ? DISSECT_DONE : DISSECT_SKIP;
}

static bool look_suffices(const struct smb *smb, enum direction from, enum version version, struct bytes look)
{
    switch (version) {
    case VERSION_1:
        return smb1_look_suffices(smb, from, look);
    case VERSION_2:
        return smb2_look_suffices(smb, from, look);
    default:
        return true;
    }
}

static void read_message(struct smb *smb, enum direction from, enum version version, struct bytes message,
                         struct facts *out)
{
    smb->proven |= version != VERSION_NONE;
    if (version == VERSION_1)
        smb1_read(smb, from, message, out);
    else if (version == VERSION_2)
        smb2_read(smb, from, message, out);
    else if (version == VERSION_ENCRYPTED && message.left >= TRANSFORM_BYTES)
        smb_protected(smb, SMB_ENCRYPTED, true, out);
}

static struct dissected feed(void *state, enum direction from, struct bytes *in, struct facts *out)
{
    struct smb *smb = state;
    while (in->left > 0) {
        struct bytes rest = *in;
        enum frame_type type = bytes_u8(&rest);
        uint32_t length = bytes_be24(&rest);
        enum version version;
        if (!bytes_ok(&rest))
            return DISSECTED(DISSECT_MORE);
        if (type != FRAME_MESSAGE) {
            enum dissect_answer answer = read_control(smb, type, &rest, length, out);
            if (answer != DISSECT_SKIP)
                return DISSECTED(answer == DISSECT_NOT_MINE && smb->proven ? DISSECT_DONE : answer);
            *in = rest;
            continue;
        }
        size_t looked = length < SMB_LOOK_BYTES ? length : SMB_LOOK_BYTES;
        struct bytes look = bytes_take(&(struct bytes){rest.at, rest.left, false}, looked);
        if (!bytes_ok(&look))
            return DISSECTED(DISSECT_MORE);
        if (version_read(look, &version) != LIKE_YES)
            return DISSECTED(smb->proven ? DISSECT_DONE : DISSECT_NOT_MINE);
        size_t wanted = length < MESSAGE_MOST ? length : MESSAGE_MOST;
        struct bytes message = bytes_take(&rest, look_suffices(smb, from, version, look) ? looked : wanted);
        if (!bytes_ok(&message))
            return DISSECTED(DISSECT_MORE);
        read_message(smb, from, version, message, out);
        uint64_t unread = length - message.left;
        size_t here = unread < rest.left ? (size_t)unread : rest.left;
        bytes_skip(&rest, here);
        *in = rest;
        if (here < unread)
            return DISSECTED_SKIP(unread - here);
    }
    return DISSECTED(DISSECT_MORE);
}

const struct dissector dissector_smb = {
    .name = "smb",
    .summary = "SMB 1 to 3: dialect, log-on, signing and encryption, pipes and the MS-RPC in them",
    .transports = TRANSPORT_TCP,
    .ports = {445, 139},
    .state_size = sizeof(struct smb),
    .longest_message = FRAME_BYTES + MESSAGE_MOST,
    .resumes = true,
    .probe = probe,
    .feed = feed,
};
