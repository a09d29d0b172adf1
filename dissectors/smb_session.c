/* smb_session: see smb_session.h. MS-SMB2 3.2.1 and MS-CIFS 3.2.1 list what a connection is made of. */
#include "dissectors/smb_session.h"

#include <assert.h>

static_assert(sizeof(struct smb) <= DISSECTOR_STATE_MOST, "the state fits the flow's slot");

static void amount_encryption(struct smb *smb, enum encryption encryption, struct facts *out)
{
    uint8_t bit = encryption == ENCRYPTION_NONE ? 1 : 2;
    if ((smb->encryptions & bit) != 0)
        return;
    smb->encryptions |= bit;
    facts_encryption(out, encryption);
}

void smb_protected(struct smb *smb, enum smb_protection protection, bool data, struct facts *out)
{
    if (data)
        amount_encryption(smb, protection == SMB_ENCRYPTED ? ENCRYPTION_SMB3 : ENCRYPTION_NONE, out);
    if ((smb->protections & protection) != 0)
        return;
    smb->protections |= (uint8_t)protection;
    facts_say_text(out, FACT_SMB_PROTECTION,
                   protection == SMB_ENCRYPTED ? "encryption"
                   : protection == SMB_SIGNED  ? "signing"
                                               : "none");
}

void smb_authenticated(struct smb *smb, enum authentication kind, struct facts *out)
{
    uint16_t bit = (uint16_t)(1u << kind);
    if (kind == AUTHENTICATION_UNKNOWN || (smb->authentications & bit) != 0)
        return;
    smb->authentications |= bit;
    facts_authentication(out, kind);
}

void smb_outcome(struct smb *smb, enum outcome outcome, struct facts *out)
{
    if (smb->outcome == outcome)
        return;
    smb->outcome = (uint8_t)outcome;
    facts_outcome(out, outcome);
}

static size_t tree_place(const struct smb *smb, uint32_t session, uint32_t tree)
{
    for (size_t i = 0; i < SMB_TREES_MOST; i++)
        if (smb->tree_kinds[i] != SMB_TREE_UNKNOWN && smb->trees[i].tree == tree && smb->trees[i].session == session)
            return i;
    return SMB_TREES_MOST;
}

enum smb_tree_kind smb_tree(const struct smb *smb, uint32_t session, uint32_t tree)
{
    size_t place = tree_place(smb, session, tree);
    return place < SMB_TREES_MOST ? (enum smb_tree_kind)smb->tree_kinds[place] : SMB_TREE_UNKNOWN;
}

void smb_tree_connected(struct smb *smb, uint32_t session, uint32_t tree, enum smb_tree_kind kind)
{
    size_t place = tree_place(smb, session, tree);
    if (place == SMB_TREES_MOST) {
        place = smb->oldest_tree;
        smb->oldest_tree = (uint8_t)((place + 1) % SMB_TREES_MOST);
    }
    smb->trees[place].session = session;
    smb->trees[place].tree = tree;
    smb->tree_kinds[place] = (uint8_t)kind;
}

void smb_ask(struct smb *smb, const struct smb_asked *asked)
{
    smb_answered(smb, asked->id);
    smb->asked[smb->oldest_asked] = *asked;
    smb->oldest_asked = (uint8_t)((smb->oldest_asked + 1) % SMB_ASKED_MOST);
}

const struct smb_asked *smb_asked(const struct smb *smb, uint32_t id)
{
    for (size_t i = 0; i < SMB_ASKED_MOST; i++)
        if (smb->asked[i].id == id && smb->asked[i].kind != SMB_ASKED_NOTHING)
            return &smb->asked[i];
    return NULL;
}

void smb_answered(struct smb *smb, uint32_t id)
{
    for (size_t i = 0; i < SMB_ASKED_MOST; i++)
        if (smb->asked[i].id == id)
            smb->asked[i].kind = SMB_ASKED_NOTHING;
}

void smb_opened(struct smb *smb, uint32_t file, uint8_t place)
{
    if (place == 0)
        return;
    smb->opens[smb->oldest_open] = file;
    smb->open_places[smb->oldest_open] = place;
    smb->oldest_open = (uint8_t)((smb->oldest_open + 1) % SMB_OPENS_MOST);
}

void smb_pipe_data(struct smb *smb, enum direction from, uint32_t file, struct bytes data, struct facts *out)
{
    uint8_t place = 0;
    for (size_t i = 0; i < SMB_OPENS_MOST; i++) {
        size_t latest = (smb->oldest_open + SMB_OPENS_MOST - 1 - i) % SMB_OPENS_MOST;
        if (place == 0 && smb->opens[latest] == file)
            place = smb->open_places[latest];
    }
    smb_pipe_hear(&smb->pipe, from, file, place, data, out);
}
