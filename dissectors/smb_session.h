/* smb_session: what is known of one SMB connection, whichever version speaks on it.
 *
 * Hides what was said already, which trees are pipes, and which answers are waited for. What does not fit is forgotten,
 * the oldest first: of an unknown tree only the pipes of every server are believed to be pipes. */
#ifndef DISSECTORS_SMB_SESSION_H
#define DISSECTORS_SMB_SESSION_H

#include "dissectors/negotiate.h"
#include "dissectors/smb_pipe.h"

#define SMB_TREES_MOST 6
#define SMB_ASKED_MOST 8
#define SMB_OPENS_MOST 8

/* How much of a message is looked at before it is known whether more of it is of interest. */
#define SMB_LOOK_BYTES 128

/* Status codes that both versions share: MS-ERREF 2.3. */
#define SMB_STATUS_OK              0x00000000u
#define SMB_STATUS_PENDING         0x00000103u
#define SMB_STATUS_BUFFER_OVERFLOW 0x80000005u
#define SMB_STATUS_MORE_PROCESSING 0xc0000016u
#define SMB_STATUS_ACCESS_DENIED   0xc0000022u

enum smb_tree_kind { SMB_TREE_UNKNOWN, SMB_TREE_PIPES, SMB_TREE_OTHER };

/* Requests whose answers matter. */
enum smb_asked_kind { SMB_ASKED_NOTHING, SMB_ASKED_OPEN, SMB_ASKED_READ };

enum smb_protection { SMB_CLEAR = 1, SMB_SIGNED = 2, SMB_ENCRYPTED = 4 };

struct smb_asked {
    uint32_t id;   /* of the message, folded */
    uint32_t file; /* what is read from */
    uint8_t kind, place;
};

struct smb {
    struct smb_pipe pipe;
    struct negotiation negotiation; /* of the session that is being set up, or was last */
    struct {
        uint32_t session, tree;
    } trees[SMB_TREES_MOST];
    uint8_t tree_kinds[SMB_TREES_MOST];
    struct smb_asked asked[SMB_ASKED_MOST];
    uint32_t opens[SMB_OPENS_MOST]; /* pipes that are open, and which they are */
    uint8_t open_places[SMB_OPENS_MOST];
    uint8_t oldest_tree, oldest_asked, oldest_open;
    uint16_t dialect;         /* SMB 2 and later; 0 when not seen */
    uint16_t authentications; /* bits of what was said */
    uint8_t protections, encryptions, outcome;
    uint8_t answer_kind;  /* enum authentication: what an SMB 1 session request without token shows */
    bool clear_passwords; /* the server wants them so */
    bool proven;          /* a message was read */
};

/* A message of a session with or without signature. `data`: it carries more than the connecting to a tree, so that it
 * shows whether data is encrypted. */
void smb_protected(struct smb *smb, enum smb_protection protection, bool data, struct facts *out);

void smb_authenticated(struct smb *smb, enum authentication kind, struct facts *out);
void smb_outcome(struct smb *smb, enum outcome outcome, struct facts *out);

enum smb_tree_kind smb_tree(const struct smb *smb, uint32_t session, uint32_t tree);
void smb_tree_connected(struct smb *smb, uint32_t session, uint32_t tree, enum smb_tree_kind kind);

void smb_ask(struct smb *smb, const struct smb_asked *asked);
/* Is an answer to this message waited for? NULL when not. */
const struct smb_asked *smb_asked(const struct smb *smb, uint32_t id);
/* It came: nothing more is waited for. */
void smb_answered(struct smb *smb, uint32_t id);

void smb_opened(struct smb *smb, uint32_t file, uint8_t place);
/* RPC in a pipe that is open. */
void smb_pipe_data(struct smb *smb, enum direction from, uint32_t file, struct bytes data, struct facts *out);

#endif
