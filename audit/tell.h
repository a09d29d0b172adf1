/* tell: text that people read, made in the audit's arena: counts, sizes, ports, lists, growing sets of words.
 *
 * No function gives NULL: when memory runs out the text is empty, and arena_ran_out() says so once at the end. */
#ifndef AUDIT_TELL_H
#define AUDIT_TELL_H

#include "audit/arena.h"
#include "audit/audit.h"

const char *tell(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* 18212 as "18,212". */
const char *tell_count(struct arena *arena, uint64_t count);
/* "1 flow", "1,204 flows": the noun takes an s. */
const char *tell_many(struct arena *arena, uint64_t count, const char *noun);
/* "812 bytes", "1.1 MB". */
const char *tell_bytes(struct arena *arena, uint64_t bytes);
/* "12 s", "35 min", "3 h 20 min", "2 d 4 h". */
const char *tell_span(struct arena *arena, int64_t span_ns);
/* "25/tcp"; "esp" without a port. */
const char *tell_port(struct arena *arena, uint8_t transport, uint16_t port);
/* "kerberos, ntlm or basic": words with commas, `last` before the last; commas alone when `last` is "". */
const char *tell_list(struct arena *arena, const struct texts *texts, const char *last);
/* The same behind other words. */
const char *tell_list_after(struct arena *arena, const char *before, const struct texts *texts, const char *last);
/* "09:02:11 (frame 18,212)", of the audit's window, with the day before it when that has several; without the frame
 * when there is none. */
const char *tell_when(struct arena *arena, const struct audit *audit, int64_t time_ns, const struct evidence *evidence);
const char *tell_address(struct arena *arena, const struct address *address);
/* The address, and when networks are kept apart its network behind it: "10.0.0.1%vlan:10". */
const char *tell_place(struct arena *arena, const struct address *address, const char *network);
/* "a hub", "an edge". */
const char *tell_role(struct arena *arena, const char *role);

/* Adds `text`, which is not copied, unless it is there. Only for lists made by this function alone. */
void texts_add(struct arena *arena, struct texts *texts, const char *text);
/* Adds `text`, which is known not to be there. */
void texts_push(struct arena *arena, struct texts *texts, const char *text);
/* As texts_add, for addresses. */
void addresses_add(struct arena *arena, struct address **items, size_t *count, const struct address *address);

#endif
