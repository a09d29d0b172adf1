/* smb1: dialect, sessions, trees and pipes of SMB 1, also without extended security. Sections named in comments are
 * those of MS-CIFS, or of MS-SMB where it says so. */
#include "dissectors/smb1.h"

enum smb1_command {
    SMB1_TRANSACTION = 0x25,
    SMB1_ECHO = 0x2b,
    SMB1_OPEN_ANDX = 0x2d,
    SMB1_READ_ANDX = 0x2e,
    SMB1_WRITE_ANDX = 0x2f,
    SMB1_NEGOTIATE = 0x72,
    SMB1_SESSION_SETUP_ANDX = 0x73,
    SMB1_LOGOFF_ANDX = 0x74,
    SMB1_TREE_CONNECT_ANDX = 0x75,
    SMB1_NT_CREATE_ANDX = 0xa2,
    SMB1_NO_ANDX = 0xff,
};

enum { FLAG_REPLY = 0x80, FLAG2_SIGNED = 0x0004, FLAG2_NT_STATUS = 0x4000, FLAG2_UNICODE = 0x8000 };

#define CHAIN_MOST 8

struct smb1_header {
    uint8_t command;
    bool reply, wide, is_signed;
    uint32_t status, session, tree, id;
};

/* One command of a message: its words and bytes. */
struct smb1_block {
    struct bytes words, bytes;
    size_t count, at; /* of words; where the bytes begin in the message */
};

/* "BSRSPYL " and nothing stand where no signature was made, whatever the flag says. */
static bool is_signature(struct bytes field)
{
    static const uint8_t fillers[2][8] = {{0}, {'B', 'S', 'R', 'S', 'P', 'Y', 'L', ' '}};
    return field.left == 8 && memcmp(field.at, fillers[0], 8) != 0 && memcmp(field.at, fillers[1], 8) != 0;
}

/* 2.2.3.1. Old servers answer with a class and a code; "access denied" of both is made one. */
static bool read_header(struct bytes in, struct smb1_header *header)
{
    enum { DOS_ACCESS_DENIED = 0x00050001, SERVER_ACCESS_DENIED = 0x00040002 };
    bytes_skip(&in, 4);
    header->command = bytes_u8(&in);
    header->status = bytes_le32(&in);
    header->reply = (bytes_u8(&in) & FLAG_REPLY) != 0;
    uint16_t flags = bytes_le16(&in), process_high = bytes_le16(&in);
    header->is_signed = (flags & FLAG2_SIGNED) != 0;
    header->is_signed &= is_signature(bytes_take(&in, 8));
    bytes_skip(&in, 2);
    header->tree = bytes_le16(&in);
    uint16_t process = bytes_le16(&in);
    header->session = bytes_le16(&in);
    uint16_t multiplex = bytes_le16(&in);
    header->wide = (flags & FLAG2_UNICODE) != 0;
    header->id = ((uint32_t)process << 16 | multiplex) ^ (uint32_t)process_high << 8;
    if ((flags & FLAG2_NT_STATUS) == 0 &&
        (header->status == DOS_ACCESS_DENIED || header->status == SERVER_ACCESS_DENIED))
        header->status = SMB_STATUS_ACCESS_DENIED;
    return bytes_ok(&in);
}

static bool read_block(struct bytes message, size_t at, struct smb1_block *block)
{
    struct bytes in = message;
    bytes_skip(&in, at);
    block->count = bytes_u8(&in);
    block->words = bytes_take(&in, 2 * block->count);
    uint16_t length = bytes_le16(&in);
    block->at = message.left - in.left;
    block->bytes = bytes_take(&in, length < in.left ? length : in.left); /* the count may be cut to sixteen bits */
    return bytes_ok(&in);
}

static struct bytes buffer_at(struct bytes message, size_t offset, size_t length)
{
    bytes_skip(&message, offset);
    return bytes_take(&message, length);
}

/* Trees are numbered over all sessions of a connection, unlike those of SMB 2. */
static enum smb_tree_kind tree_of(const struct smb *smb, const struct smb1_header *header)
{
    return smb_tree(smb, 0, header->tree);
}

static void skip_padding(struct bytes *in, size_t at, bool wide)
{
    if (wide && at % 2 == 1)
        bytes_skip(in, 1);
}

/* 2.2.4.52.2; MS-SMB 2.2.4.5.2. Seventeen words belong to NT LM 0.12 alone. */
static void read_negotiate_response(struct smb *smb, const struct smb1_block *block, struct facts *out)
{
    enum { ENCRYPT_PASSWORDS = 2, NONE_OF_THESE = 0xffff, SERVER_ID_BYTES = 16 };
    const uint32_t extended_security = 0x80000000u;
    struct bytes words = block->words, blob = block->bytes;
    uint16_t index = bytes_le16(&words);
    if (bytes_ok(&words) && index == NONE_OF_THESE)
        smb_outcome(smb, OUTCOME_DENIED, out);
    if (block->count != 17 || index == NONE_OF_THESE)
        return;
    uint8_t mode = bytes_u8(&words);
    bytes_skip(&words, 16);
    uint32_t capabilities = bytes_le32(&words);
    facts_say_text(out, FACT_SMB_DIALECTS, "NT LM 0.12");
    smb->clear_passwords = (mode & ENCRYPT_PASSWORDS) == 0;
    bytes_skip(&blob, SERVER_ID_BYTES);
    if ((capabilities & extended_security) != 0)
        negotiate_token(&smb->negotiation, FROM_SERVER, blob, out);
}

/* 2.2.4.53.1: the lengths of the two answers tell how they were made (3.2.4.2.4). */
static enum authentication kind_of_answer(const struct smb *smb, const struct smb1_header *header,
                                          const struct smb1_block *block)
{
    struct bytes words = block->words, account = block->bytes;
    bytes_skip(&words, 14);
    uint16_t old = bytes_le16(&words), cased = bytes_le16(&words);
    bytes_skip(&account, (size_t)old + cased);
    skip_padding(&account, block->at + old + cased, header->wide);
    bool nobody = bytes_ok(&account) && (header->wide ? bytes_le16(&account) : bytes_u8(&account)) == 0;
    if (!bytes_ok(&account))
        return AUTHENTICATION_UNKNOWN;
    if (nobody && cased == 0 && old <= 1)
        return AUTHENTICATION_ANONYMOUS;
    if (smb->clear_passwords)
        return AUTHENTICATION_BASIC;
    if (cased > 24)
        return AUTHENTICATION_NTLMV2;
    return cased == 24 || old == 24 ? AUTHENTICATION_NTLMV1 : AUTHENTICATION_UNKNOWN;
}

/* Thirteen words without extended security, twelve with it (MS-SMB 2.2.4.6.1). */
static void read_setup_request(struct smb *smb, const struct smb1_header *header, const struct smb1_block *block,
                               struct facts *out)
{
    struct bytes words = block->words, blob = block->bytes;
    smb->answer_kind = AUTHENTICATION_UNKNOWN;
    if (block->count == 13)
        smb->answer_kind = (uint8_t)kind_of_answer(smb, header, block);
    if (block->count != 12)
        return;
    bytes_skip(&words, 14);
    uint16_t length = bytes_le16(&words);
    if (header->session == 0)
        smb->negotiation = (struct negotiation){0};
    negotiate_token(&smb->negotiation, FROM_CLIENT, bytes_take(&blob, length), out);
}

/* 2.2.4.53.2; four words with extended security (MS-SMB 2.2.4.6.2). A guest has not proved who it is. */
static void read_setup_response(struct smb *smb, const struct smb1_header *header, const struct smb1_block *block,
                                struct facts *out)
{
    enum { GUEST = 1 };
    struct bytes words = block->words, blob = block->bytes;
    bytes_skip(&words, 4);
    bool guest = (bytes_le16(&words) & GUEST) != 0;
    enum authentication kind = (enum authentication)smb->answer_kind;
    if (block->count == 4) {
        negotiate_token(&smb->negotiation, FROM_SERVER, bytes_take(&blob, bytes_le16(&words)), out);
        kind = negotiation_result(&smb->negotiation);
    }
    if (header->status == SMB_STATUS_MORE_PROCESSING)
        return;
    if (header->status != SMB_STATUS_OK) {
        smb_outcome(smb, OUTCOME_DENIED, out);
    } else if (block->count == 3 || block->count == 4) {
        smb_authenticated(smb, guest ? AUTHENTICATION_ANONYMOUS : kind, out);
        smb_outcome(smb, OUTCOME_ACCEPTED, out);
    }
}

/* 2.2.4.55.2: the service is text of one byte a character, always. */
static void read_tree_response(struct smb *smb, const struct smb1_header *header, const struct smb1_block *block,
                               struct facts *out)
{
    if (header->status == SMB_STATUS_ACCESS_DENIED)
        smb_outcome(smb, OUTCOME_DENIED, out);
    if (header->status != SMB_STATUS_OK || block->bytes.left == 0)
        return;
    smb_outcome(smb, OUTCOME_ACCEPTED, out);
    bool pipes = bytes_starts(block->bytes, "IPC");
    smb_tree_connected(smb, 0, header->tree, pipes ? SMB_TREE_PIPES : SMB_TREE_OTHER);
}

/* 2.2.4.64.1 and 2.2.4.41.1: NT_CREATE counts its name, OPEN ends it. */
static void read_open_request(struct smb *smb, const struct smb1_header *header, uint8_t command,
                              const struct smb1_block *block, struct facts *out)
{
    enum smb_tree_kind tree = tree_of(smb, header);
    struct bytes words = block->words, name = block->bytes;
    if (tree == SMB_TREE_OTHER)
        return;
    skip_padding(&name, block->at, header->wide);
    if (command == SMB1_NT_CREATE_ANDX) {
        bytes_skip(&words, 5);
        uint16_t length = bytes_le16(&words);
        name = bytes_take(&name, length < name.left ? length : name.left);
    }
    if (!bytes_ok(&words))
        return;
    uint8_t place = smb_pipe_open(name, header->wide, tree == SMB_TREE_PIPES, out);
    if (place == 0 && tree != SMB_TREE_PIPES)
        return;
    smb_tree_connected(smb, 0, header->tree, SMB_TREE_PIPES);
    smb_ask(smb, &(struct smb_asked){.id = header->id, .kind = SMB_ASKED_OPEN, .place = place});
}

/* 2.2.4.64.2 and 2.2.4.41.2. */
static void read_open_response(struct smb *smb, const struct smb1_header *header, uint8_t command,
                               const struct smb1_block *block, struct facts *out)
{
    const struct smb_asked *asked = smb_asked(smb, header->id);
    struct bytes words = block->words;
    if (asked == NULL || asked->kind != SMB_ASKED_OPEN)
        return;
    bytes_skip(&words, command == SMB1_NT_CREATE_ANDX ? 5 : 4);
    uint16_t file = bytes_le16(&words);
    if (header->status == SMB_STATUS_ACCESS_DENIED)
        smb_outcome(smb, OUTCOME_DENIED, out);
    if (header->status == SMB_STATUS_OK && bytes_ok(&words)) {
        smb_opened(smb, file, asked->place);
        smb_outcome(smb, OUTCOME_ACCEPTED, out);
    }
    smb_answered(smb, header->id);
}

static bool is_pipe_answer(const struct smb1_header *header)
{
    return header->status == SMB_STATUS_OK || header->status == SMB_STATUS_BUFFER_OVERFLOW;
}

/* 2.2.5 and 2.2.4.33.1: a call written and its answer read at once, by TRANS_TRANSACT_NMPIPE; or a remote call of
 * LAN Manager, in a pipe that is never opened (MS-RAP 2.1). */
static void read_transaction_request(struct smb *smb, const struct smb1_header *header, struct bytes message,
                                     const struct smb1_block *block, struct facts *out)
{
    enum { TRANSACT_NAMED_PIPE = 0x26 };
    struct bytes words = block->words, name = block->bytes;
    bytes_skip(&words, 22);
    uint16_t length = bytes_le16(&words), offset = bytes_le16(&words);
    uint8_t setup = bytes_u8(&words);
    bytes_skip(&words, 1);
    if (!bytes_ok(&words))
        return;
    if (setup == 0) {
        skip_padding(&name, block->at, header->wide);
        (void)smb_pipe_open(name, header->wide, false, out);
        return;
    }
    uint16_t function = bytes_le16(&words), file = bytes_le16(&words);
    if (!bytes_ok(&words) || function != TRANSACT_NAMED_PIPE)
        return;
    smb_tree_connected(smb, 0, header->tree, SMB_TREE_PIPES);
    smb_ask(smb, &(struct smb_asked){.id = header->id, .kind = SMB_ASKED_READ, .file = file});
    smb_pipe_data(smb, FROM_CLIENT, file, buffer_at(message, offset, length), out);
}

/* 2.2.4.43.1: in raw mode the first write of a message begins with its length. */
static void read_write_request(struct smb *smb, const struct smb1_header *header, struct bytes message,
                               const struct smb1_block *block, struct facts *out)
{
    enum { RAW_START = 0x000c };
    struct bytes words = block->words;
    if (tree_of(smb, header) != SMB_TREE_PIPES)
        return;
    bytes_skip(&words, 4);
    uint16_t file = bytes_le16(&words);
    bytes_skip(&words, 8);
    uint16_t mode = bytes_le16(&words);
    bytes_skip(&words, 4);
    uint16_t length = bytes_le16(&words), offset = bytes_le16(&words);
    struct bytes data = buffer_at(message, offset, length);
    if (!bytes_ok(&words))
        return;
    if ((mode & RAW_START) == RAW_START)
        bytes_skip(&data, 2);
    smb_pipe_data(smb, FROM_CLIENT, file, data, out);
}

/* 2.2.4.42.1 */
static void read_read_request(struct smb *smb, const struct smb1_header *header, const struct smb1_block *block)
{
    struct bytes words = block->words;
    if (tree_of(smb, header) != SMB_TREE_PIPES)
        return;
    bytes_skip(&words, 4);
    uint16_t file = bytes_le16(&words);
    if (bytes_ok(&words))
        smb_ask(smb, &(struct smb_asked){.id = header->id, .kind = SMB_ASKED_READ, .file = file});
}

/* What was read from a pipe: 2.2.4.42.2, or with the answer to a transaction 2.2.4.33.2. */
static void read_data_response(struct smb *smb, const struct smb1_header *header, uint8_t command, struct bytes message,
                               const struct smb1_block *block, struct facts *out)
{
    const struct smb_asked *asked = smb_asked(smb, header->id);
    struct bytes words = block->words;
    if (asked == NULL || asked->kind != SMB_ASKED_READ)
        return;
    uint16_t file = (uint16_t)asked->file;
    bytes_skip(&words, command == SMB1_READ_ANDX ? 10 : 12);
    uint16_t length = bytes_le16(&words), offset = bytes_le16(&words);
    if (!bytes_ok(&words) && header->status == SMB_STATUS_OK)
        return; /* only an interim answer: 2.2.4.33 */
    smb_answered(smb, header->id);
    if (is_pipe_answer(header) && bytes_ok(&words))
        smb_pipe_data(smb, FROM_SERVER, file, buffer_at(message, offset, length), out);
}

static void read_request(struct smb *smb, const struct smb1_header *header, uint8_t command, struct bytes message,
                         const struct smb1_block *block, struct facts *out)
{
    switch (command) {
    case SMB1_SESSION_SETUP_ANDX:
        read_setup_request(smb, header, block, out);
        break;
    case SMB1_NT_CREATE_ANDX:
    case SMB1_OPEN_ANDX:
        read_open_request(smb, header, command, block, out);
        break;
    case SMB1_TRANSACTION:
        read_transaction_request(smb, header, message, block, out);
        break;
    case SMB1_WRITE_ANDX:
        read_write_request(smb, header, message, block, out);
        break;
    case SMB1_READ_ANDX:
        read_read_request(smb, header, block);
        break;
    default:
        break;
    }
}

static void read_response(struct smb *smb, const struct smb1_header *header, uint8_t command, struct bytes message,
                          const struct smb1_block *block, struct facts *out)
{
    switch (command) {
    case SMB1_NEGOTIATE:
        read_negotiate_response(smb, block, out);
        break;
    case SMB1_SESSION_SETUP_ANDX:
        read_setup_response(smb, header, block, out);
        break;
    case SMB1_TREE_CONNECT_ANDX:
        read_tree_response(smb, header, block, out);
        break;
    case SMB1_NT_CREATE_ANDX:
    case SMB1_OPEN_ANDX:
        read_open_response(smb, header, command, block, out);
        break;
    case SMB1_TRANSACTION:
    case SMB1_READ_ANDX:
        read_data_response(smb, header, command, message, block, out);
        break;
    default:
        break;
    }
}

/* Commands behind which others may be chained: 2.2.3.4. */
static bool is_chained(uint8_t command)
{
    return command == SMB1_SESSION_SETUP_ANDX || command == SMB1_TREE_CONNECT_ANDX || command == SMB1_LOGOFF_ANDX ||
           command == SMB1_NT_CREATE_ANDX || command == SMB1_OPEN_ANDX || command == SMB1_READ_ANDX ||
           command == SMB1_WRITE_ANDX;
}

/* Whatever is said on a tree shows whether the session is signed. SMB 1 never encrypts. */
static void judge_protection(struct smb *smb, const struct smb1_header *header, struct facts *out)
{
    uint8_t command = header->command;
    if (command == SMB1_NEGOTIATE || command == SMB1_SESSION_SETUP_ANDX || command == SMB1_LOGOFF_ANDX ||
        command == SMB1_ECHO || (header->reply && header->status != SMB_STATUS_OK))
        return;
    smb_protected(smb, header->is_signed ? SMB_SIGNED : SMB_CLEAR, command != SMB1_TREE_CONNECT_ANDX, out);
}

bool smb1_look_suffices(const struct smb *smb, enum direction from, struct bytes look)
{
    struct smb1_header header;
    if (!read_header(look, &header))
        return true;
    switch (header.command) {
    case SMB1_NEGOTIATE:
        return from == FROM_CLIENT;
    case SMB1_SESSION_SETUP_ANDX:
    case SMB1_TREE_CONNECT_ANDX:
        return false;
    case SMB1_NT_CREATE_ANDX:
    case SMB1_OPEN_ANDX:
        return from == FROM_CLIENT ? tree_of(smb, &header) == SMB_TREE_OTHER : smb_asked(smb, header.id) == NULL;
    case SMB1_TRANSACTION:
        return from == FROM_SERVER && smb_asked(smb, header.id) == NULL;
    case SMB1_READ_ANDX:
        return from == FROM_CLIENT || smb_asked(smb, header.id) == NULL;
    case SMB1_WRITE_ANDX:
        return from == FROM_SERVER || tree_of(smb, &header) != SMB_TREE_PIPES;
    default:
        return true;
    }
}

void smb1_read(struct smb *smb, enum direction from, struct bytes message, struct facts *out)
{
    struct smb1_header header;
    if (!read_header(message, &header) || header.reply != (from == FROM_SERVER))
        return;
    uint8_t command = header.command;
    size_t at = SMB1_HEADER_BYTES;
    judge_protection(smb, &header, out);
    for (unsigned i = 0; i < CHAIN_MOST; i++) {
        struct smb1_block block;
        if (!read_block(message, at, &block))
            return;
        if (header.reply)
            read_response(smb, &header, command, message, &block, out);
        else
            read_request(smb, &header, command, message, &block, out);
        if (!is_chained(command) || block.count < 2)
            return;
        uint8_t next = bytes_u8(&block.words);
        bytes_skip(&block.words, 1);
        uint16_t offset = bytes_le16(&block.words);
        if (next == SMB1_NO_ANDX || offset <= at)
            return;
        command = next;
        at = offset;
    }
}
