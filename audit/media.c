/* media: the profile of the session description, put to the conversations on its port. */
#include "audit/media.h"

#include "audit/ledger.h"

static const char *protection_of(const struct work *work, const struct judged_conversation *conversation)
{
    const char *media = ledger_media(work, conversation);
    if (strcmp(media, "srtp") == 0)
        return "srtp";
    return strcmp(media, "rtp") == 0 && strcmp(conversation->protocol, "rtp") == 0 ? "none" : "";
}

void media_protect(struct work *work)
{
    struct audit *audit = work->audit;
    for (size_t i = 0; i < audit->conversation_count; i++) {
        struct judged_conversation *conversation = &audit->conversations[i];
        if (conversation->transport != TRANSPORT_UDP_NUMBER)
            continue;
        const char *protection = protection_of(work, conversation);
        for (size_t k = 0; k < conversation->session_count && protection[0] != '\0'; k++)
            if (conversation->sessions[k].encryption[0] == '\0')
                conversation->sessions[k].encryption = protection;
    }
}
