/* smb2: dialect, sessions, trees and pipes of SMB 2 and 3. Sections named in comments are those of MS-SMB2. */
#include "dissectors/smb2.h"

enum smb2_command {
    SMB2_NEGOTIATE = 0,
    SMB2_SESSION_SETUP = 1,
    SMB2_LOGOFF = 2,
    SMB2_TREE_CONNECT = 3,
    SMB2_TREE_DISCONNECT = 4,
    SMB2_CREATE = 5,
    SMB2_READ = 8,
    SMB2_WRITE = 9,
    SMB2_IOCTL = 11,
    SMB2_CANCEL = 12,
    SMB2_ECHO = 13,
    SMB2_SET_INFO = 17,
};

enum { FLAG_RESPONSE = 1, FLAG_ASYNC = 2, FLAG_RELATED = 4, FLAG_SIGNED = 8 };

#define DIALECT_311              0x0311
#define FSCTL_PIPE_TRANSCEIVE    0x0011c017u
#define FSCTL_VALIDATE_NEGOTIATE 0x00140204u

struct smb2_header {
    uint32_t status, flags, next, id, tree, session; /* the longer ones folded */
    uint16_t command;
    bool in_session;
};

static uint32_t fold(uint64_t number)
{
    return (uint32_t)(number ^ number >> 32);
}

/* 2.2.1. What is chained and related is of the tree and session of what stands before it. */
static bool read_header(struct bytes in, struct smb2_header *header)
{
    uint32_t tree = header->tree, session = header->session;
    bool in_session = header->in_session;
    bytes_skip(&in, 8); /* protocol, size, credit charge */
    header->status = bytes_le32(&in);
    header->command = bytes_le16(&in);
    bytes_skip(&in, 2);
    header->flags = bytes_le32(&in);
    header->next = bytes_le32(&in);
    header->id = fold(bytes_le64(&in));
    bytes_skip(&in, 4);
    header->tree = bytes_le32(&in);
    uint64_t session_id = bytes_le64(&in);
    bytes_skip(&in, 16);
    header->session = fold(session_id);
    header->in_session = session_id != 0;
    if ((header->flags & FLAG_RELATED) != 0) {
        header->tree = tree;
        header->session = session;
        header->in_session = in_session;
    }
    return bytes_ok(&in);
}

/* A buffer by its place, which is counted from the head of the message. */
static struct bytes buffer_at(struct bytes message, size_t offset, size_t length)
{
    bytes_skip(&message, offset);
    return bytes_take(&message, length);
}

static struct bytes body_of(struct bytes message)
{
    bytes_skip(&message, SMB2_HEADER_BYTES);
    return message;
}

static bool is_success(const struct smb2_header *header)
{
    return header->status == SMB_STATUS_OK || header->status == SMB_STATUS_BUFFER_OVERFLOW;
}

static bool is_error(const struct smb2_header *header)
{
    return header->status >> 30 == 3 && header->status != SMB_STATUS_MORE_PROCESSING;
}

static enum smb_tree_kind tree_of(const struct smb *smb, const struct smb2_header *header)
{
    return smb_tree(smb, header->session, header->tree);
}

static uint32_t control_code(struct bytes message)
{
    struct bytes body = body_of(message);
    bytes_skip(&body, 4);
    return bytes_le32(&body);
}

/* 2.2.4. The wildcard that answers a negotiate of SMB 1 has no name: another negotiate follows. */
static void read_negotiate(struct smb *smb, const struct smb2_header *header, struct bytes message, struct facts *out)
{
    static const struct {
        uint16_t number;
        const char *name;
    } dialects[] = {{0x0202, "2.0.2"}, {0x0210, "2.1"}, {0x0300, "3.0"}, {0x0302, "3.0.2"}, {DIALECT_311, "3.1.1"}};
    struct bytes body = body_of(message);
    if (is_error(header)) {
        smb_outcome(smb, OUTCOME_DENIED, out);
        return;
    }
    bytes_skip(&body, 4);
    uint16_t dialect = bytes_le16(&body);
    bytes_skip(&body, 50);
    uint16_t offset = bytes_le16(&body), length = bytes_le16(&body);
    if (!bytes_ok(&body))
        return;
    smb->dialect = dialect;
    for (size_t i = 0; i < sizeof dialects / sizeof dialects[0]; i++)
        if (dialects[i].number == dialect)
            facts_say_text(out, FACT_SMB_DIALECTS, dialects[i].name);
    negotiate_token(&smb->negotiation, FROM_SERVER, buffer_at(message, offset, length), out);
}

/* 2.2.5: a session that has no number yet begins anew. */
static void read_setup_request(struct smb *smb, const struct smb2_header *header, struct bytes message,
                               struct facts *out)
{
    struct bytes body = body_of(message);
    bytes_skip(&body, 12);
    uint16_t offset = bytes_le16(&body), length = bytes_le16(&body);
    if (!bytes_ok(&body))
        return;
    if (!header->in_session)
        smb->negotiation = (struct negotiation){0};
    negotiate_token(&smb->negotiation, FROM_CLIENT, buffer_at(message, offset, length), out);
}

/* 2.2.6. A guest is let in without having proved who it is. */
static void read_setup_response(struct smb *smb, const struct smb2_header *header, struct bytes message,
                                struct facts *out)
{
    enum { IS_GUEST = 1, IS_NULL = 2 };
    struct bytes body = body_of(message);
    if (is_error(header)) {
        smb_outcome(smb, OUTCOME_DENIED, out);
        return;
    }
    bytes_skip(&body, 2);
    uint16_t flags = bytes_le16(&body), offset = bytes_le16(&body), length = bytes_le16(&body);
    if (!bytes_ok(&body))
        return;
    negotiate_token(&smb->negotiation, FROM_SERVER, buffer_at(message, offset, length), out);
    if (header->status != SMB_STATUS_OK)
        return;
    bool nobody = (flags & (IS_GUEST | IS_NULL)) != 0;
    smb_authenticated(smb, nobody ? AUTHENTICATION_ANONYMOUS : negotiation_result(&smb->negotiation), out);
    smb_outcome(smb, OUTCOME_ACCEPTED, out);
}

/* 2.2.10 */
static void read_tree_response(struct smb *smb, const struct smb2_header *header, struct bytes message,
                               struct facts *out)
{
    enum { SHARE_PIPE = 2 };
    struct bytes body = body_of(message);
    bytes_skip(&body, 2);
    uint8_t type = bytes_u8(&body);
    if (header->status == SMB_STATUS_ACCESS_DENIED)
        smb_outcome(smb, OUTCOME_DENIED, out);
    if (header->status != SMB_STATUS_OK || !bytes_ok(&body))
        return;
    smb_outcome(smb, OUTCOME_ACCEPTED, out);
    if ((header->flags & FLAG_ASYNC) == 0)
        smb_tree_connected(smb, header->session, header->tree, type == SHARE_PIPE ? SMB_TREE_PIPES : SMB_TREE_OTHER);
}

/* 2.2.13. A pipe is named when it is asked for. */
static void read_create_request(struct smb *smb, const struct smb2_header *header, struct bytes message,
                                struct facts *out)
{
    enum smb_tree_kind tree = tree_of(smb, header);
    struct bytes body = body_of(message);
    if (tree == SMB_TREE_OTHER)
        return;
    bytes_skip(&body, 44);
    uint16_t offset = bytes_le16(&body), length = bytes_le16(&body);
    struct bytes name = buffer_at(message, offset, length);
    if (!bytes_ok(&body) || !bytes_ok(&name))
        return;
    uint8_t place = smb_pipe_open(name, true, tree == SMB_TREE_PIPES, out);
    if (place == 0 && tree != SMB_TREE_PIPES)
        return;
    smb_tree_connected(smb, header->session, header->tree, SMB_TREE_PIPES);
    smb_ask(smb, &(struct smb_asked){.id = header->id, .kind = SMB_ASKED_OPEN, .place = place});
}

/* Two halves of sixteen bytes. */
static uint32_t take_file(struct bytes *in)
{
    uint64_t persistent = bytes_le64(in);
    return fold(persistent) ^ fold(bytes_le64(in)) * 31;
}

/* 2.2.14 */
static void read_create_response(struct smb *smb, const struct smb2_header *header, struct bytes message,
                                 struct facts *out)
{
    const struct smb_asked *asked = smb_asked(smb, header->id);
    if (asked == NULL || asked->kind != SMB_ASKED_OPEN)
        return;
    struct bytes body = body_of(message);
    bytes_skip(&body, 64);
    uint32_t file = take_file(&body);
    if (header->status == SMB_STATUS_ACCESS_DENIED)
        smb_outcome(smb, OUTCOME_DENIED, out);
    if (header->status == SMB_STATUS_OK && bytes_ok(&body)) {
        smb_opened(smb, file, asked->place);
        smb_outcome(smb, OUTCOME_ACCEPTED, out);
    }
    smb_answered(smb, header->id);
}

/* 2.2.19 */
static void read_read_request(struct smb *smb, const struct smb2_header *header, struct bytes message)
{
    struct bytes body = body_of(message);
    if (tree_of(smb, header) != SMB_TREE_PIPES)
        return;
    bytes_skip(&body, 16);
    uint32_t file = take_file(&body);
    if (bytes_ok(&body))
        smb_ask(smb, &(struct smb_asked){.id = header->id, .kind = SMB_ASKED_READ, .file = file});
}

/* 2.2.20 */
static void read_read_response(struct smb *smb, const struct smb2_header *header, struct bytes message,
                               struct facts *out)
{
    const struct smb_asked *asked = smb_asked(smb, header->id);
    if (asked == NULL || asked->kind != SMB_ASKED_READ)
        return;
    uint32_t file = asked->file;
    struct bytes body = body_of(message);
    bytes_skip(&body, 2);
    uint8_t offset = bytes_u8(&body);
    bytes_skip(&body, 1);
    uint32_t length = bytes_le32(&body);
    smb_answered(smb, header->id);
    if (is_success(header) && bytes_ok(&body))
        smb_pipe_data(smb, FROM_SERVER, file, buffer_at(message, offset, length), out);
}

/* 2.2.21 */
static void read_write_request(struct smb *smb, const struct smb2_header *header, struct bytes message,
                               struct facts *out)
{
    struct bytes body = body_of(message);
    if (tree_of(smb, header) != SMB_TREE_PIPES)
        return;
    bytes_skip(&body, 2);
    uint16_t offset = bytes_le16(&body);
    uint32_t length = bytes_le32(&body);
    bytes_skip(&body, 8);
    uint32_t file = take_file(&body);
    if (bytes_ok(&body))
        smb_pipe_data(smb, FROM_CLIENT, file, buffer_at(message, offset, length), out);
}

/* 2.2.31 and 2.2.32: a call written and its answer read at once. The request's input, the response's output. */
static void read_ioctl(struct smb *smb, enum direction from, const struct smb2_header *header, struct bytes message,
                       struct facts *out)
{
    struct bytes body = body_of(message);
    if (control_code(message) != FSCTL_PIPE_TRANSCEIVE)
        return;
    bytes_skip(&body, 8);
    uint32_t file = take_file(&body);
    if (from == FROM_SERVER)
        bytes_skip(&body, 8);
    uint32_t offset = bytes_le32(&body), length = bytes_le32(&body);
    if (!bytes_ok(&body) || (from == FROM_SERVER && !is_success(header)))
        return;
    if (from == FROM_CLIENT)
        smb_tree_connected(smb, header->session, header->tree, SMB_TREE_PIPES);
    smb_pipe_data(smb, from, file, buffer_at(message, offset, length), out);
}

/* Every command on a tree shows whether the session is signed, but for those that must always be (3.2.4.1.1, 3.2.5.5)
 * and for answers that never are (3.3.4.2). */
static void judge_protection(struct smb *smb, enum direction from, const struct smb2_header *header,
                             struct bytes message, struct facts *out)
{
    bool is_signed = (header->flags & FLAG_SIGNED) != 0, connects = header->command == SMB2_TREE_CONNECT;
    if (header->command < SMB2_TREE_CONNECT || header->command == SMB2_CANCEL || header->command == SMB2_ECHO ||
        header->command > SMB2_SET_INFO || !header->in_session || (from == FROM_SERVER && !is_success(header)))
        return;
    if (connects && is_signed && (smb->dialect == 0 || smb->dialect == DIALECT_311))
        return;
    if (header->command == SMB2_IOCTL && control_code(message) == FSCTL_VALIDATE_NEGOTIATE)
        return;
    smb_protected(smb, is_signed ? SMB_SIGNED : SMB_CLEAR, !connects && header->command != SMB2_TREE_DISCONNECT, out);
}

static void read_request(struct smb *smb, const struct smb2_header *header, struct bytes message, struct facts *out)
{
    switch (header->command) {
    case SMB2_SESSION_SETUP:
        read_setup_request(smb, header, message, out);
        break;
    case SMB2_CREATE:
        read_create_request(smb, header, message, out);
        break;
    case SMB2_READ:
        read_read_request(smb, header, message);
        break;
    case SMB2_WRITE:
        read_write_request(smb, header, message, out);
        break;
    case SMB2_IOCTL:
        read_ioctl(smb, FROM_CLIENT, header, message, out);
        break;
    default:
        break;
    }
}

static void read_response(struct smb *smb, const struct smb2_header *header, struct bytes message, struct facts *out)
{
    switch (header->command) {
    case SMB2_NEGOTIATE:
        read_negotiate(smb, header, message, out);
        break;
    case SMB2_SESSION_SETUP:
        read_setup_response(smb, header, message, out);
        break;
    case SMB2_TREE_CONNECT:
        read_tree_response(smb, header, message, out);
        break;
    case SMB2_CREATE:
        read_create_response(smb, header, message, out);
        break;
    case SMB2_READ:
        read_read_response(smb, header, message, out);
        break;
    case SMB2_IOCTL:
        read_ioctl(smb, FROM_SERVER, header, message, out);
        break;
    default:
        break;
    }
}

bool smb2_look_suffices(const struct smb *smb, enum direction from, struct bytes look)
{
    struct smb2_header header = {0};
    if (!read_header(look, &header))
        return true;
    if (header.next != 0)
        return false;
    switch (header.command) {
    case SMB2_NEGOTIATE:
    case SMB2_SESSION_SETUP:
        return false;
    case SMB2_CREATE:
        return from == FROM_CLIENT ? tree_of(smb, &header) == SMB_TREE_OTHER : smb_asked(smb, header.id) == NULL;
    case SMB2_READ:
        return from == FROM_CLIENT || smb_asked(smb, header.id) == NULL;
    case SMB2_WRITE:
        return from == FROM_SERVER || tree_of(smb, &header) != SMB_TREE_PIPES;
    case SMB2_IOCTL:
        return control_code(look) != FSCTL_PIPE_TRANSCEIVE;
    default:
        return true;
    }
}

void smb2_read(struct smb *smb, enum direction from, struct bytes message, struct facts *out)
{
    struct smb2_header header = {0};
    while (read_header(message, &header)) {
        struct bytes part = bytes_take(&message, header.next != 0 ? header.next : message.left);
        bool response = (header.flags & FLAG_RESPONSE) != 0;
        if (!bytes_ok(&part) || part.left < SMB2_HEADER_BYTES || response != (from == FROM_SERVER))
            return;
        if (!response || header.status != SMB_STATUS_PENDING) {
            judge_protection(smb, from, &header, part, out);
            if (response)
                read_response(smb, &header, part, out);
            else
                read_request(smb, &header, part, out);
        }
    }
}
