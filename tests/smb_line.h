/* smb_line: an SMB connection on which messages are said one by one, each made from its parts: MS-SMB2 2.2,
 * MS-CIFS 2.2.
 */
#ifndef TESTS_SMB_LINE_H
#define TESTS_SMB_LINE_H

#include "tests/cmocka_all.h"
#include "tests/play.h"
#include "tests/talks_smb.h"

struct message {
    uint8_t bytes[1024];
    size_t length;
};

static inline void put(struct message *message, const void *bytes, size_t length)
{
    assert_true(message->length + length <= sizeof message->bytes);
    memcpy(message->bytes + message->length, bytes, length);
    message->length += length;
}

/* Little-endian, in as many octets as are wanted. */
static inline void put_number(struct message *message, uint64_t value, size_t octets)
{
    for (size_t i = 0; i < octets; i++, value >>= 8)
        put(message, &(uint8_t){(uint8_t)value}, 1);
}

struct line {
    struct heard heard;
    struct player player;
    unsigned session; /* of SMB 2 */
};

static inline void line_open(struct line *line)
{
    heard_init(&line->heard);
    line->session = 0x77;
    player_begin(&line->player, &line->heard, &dissector_smb);
}

static inline void line_close(struct line *line)
{
    player_end(&line->player);
    heard_fini(&line->heard);
}

static inline void say_frame(struct line *line, enum direction from, const struct message *message)
{
    uint8_t head[4] = {0, 0, (uint8_t)(message->length >> 8), (uint8_t)message->length};
    player_hear(&line->player, from, head, sizeof head);
    player_hear(&line->player, from, message->bytes, message->length);
}

enum { SETUP = 1, TREE_CONNECT = 3, CREATE = 5, CLOSE = 6, WRITE = 9, IOCTL = 11, ECHO = 13 };
enum { RESPONSE = 1, SIGNED = 8 };

/* One command of SMB 2; `next` is where another begins behind it, 0 for none. */
static inline void put_smb2(struct message *message, const struct line *line, unsigned command, unsigned flags,
                            uint32_t status, unsigned tree, unsigned next)
{
    put(message, "\xfeSMB\x40\0\x01\0", 8);
    put_number(message, status, 4);
    put_number(message, command, 2);
    put_number(message, 1, 2);
    put_number(message, flags, 4);
    put_number(message, next, 4);
    put_number(message, 9, 8);
    put_number(message, 0, 4);
    put_number(message, tree, 4);
    put_number(message, command == 0 ? 0 : line->session, 8);
    put_number(message, 0, 16);
}

static inline void say_smb2(struct line *line, unsigned command, unsigned flags, uint32_t status, unsigned tree,
                            const void *body, size_t length)
{
    struct message message = {.length = 0};
    put_smb2(&message, line, command, flags, status, tree, 0);
    put(&message, body, length);
    say_frame(line, (flags & RESPONSE) != 0 ? FROM_SERVER : FROM_CLIENT, &message);
}

#define SAY_SMB2(line, command, flags, status, tree, body)                                                             \
    say_smb2((line), (command), (flags), (status), (tree), (body), sizeof(body) - 1)

static inline void say_dialect(struct line *line, unsigned dialect)
{
    struct message body = {.length = 0};
    put_number(&body, 65, 2);
    put_number(&body, 1, 2);
    put_number(&body, dialect, 2);
    put_number(&body, 0, 58);
    say_smb2(line, 0, RESPONSE, 0, 0, body.bytes, body.length);
}

static inline void say_tree(struct line *line, unsigned tree, unsigned kind, unsigned flags, uint32_t status)
{
    struct message body = {.length = 0};
    put_number(&body, 16, 2);
    put_number(&body, kind, 2);
    put_number(&body, 0, 12);
    say_smb2(line, TREE_CONNECT, RESPONSE | flags, status, tree, body.bytes, body.length);
}

static inline void put_create(struct message *body, const char *name)
{
    put_number(body, 57, 2);
    put_number(body, 0, 42);
    put_number(body, 120, 2);
    put_number(body, 2 * strlen(name), 2);
    put_number(body, 0, 8);
    for (; *name != '\0'; name++)
        put_number(body, (uint8_t)*name, 2);
}

static inline void say_create(struct line *line, unsigned tree, const char *name)
{
    struct message body = {.length = 0};
    put_create(&body, name);
    say_smb2(line, CREATE, SIGNED, 0, tree, body.bytes, body.length);
}

static inline void say_ioctl(struct line *line, uint32_t code)
{
    struct message body = {.length = 0};
    put_number(&body, 57, 4);
    put_number(&body, code, 4);
    put_number(&body, 0, 48);
    say_smb2(line, IOCTL, SIGNED, 0, 1, body.bytes, body.length);
}

/* The end of a session setup of SMB 2: flags of the session. */
static inline void say_let_in(struct line *line, unsigned flags, uint32_t status)
{
    struct message body = {.length = 0};
    put_number(&body, 9, 2);
    put_number(&body, flags, 2);
    put_number(&body, 72, 2);
    put_number(&body, 0, 2);
    say_smb2(line, SETUP, RESPONSE, status, 0, body.bytes, body.length);
}

/* One command of SMB 1. */
static inline void say_smb1(struct line *line, uint8_t command, bool reply, uint32_t status, const void *signature,
                            const void *rest, size_t length)
{
    struct message message = {.length = 0};
    put(&message, "\xffSMB", 4);
    put_number(&message, command, 1);
    put_number(&message, status, 4);
    put_number(&message, reply ? 0x98 : 0x18, 1);
    put_number(&message, 0x4807, 2); /* not Unicode; the bit of signing is always set */
    put_number(&message, 0, 2);
    put(&message, signature, 8);
    put_number(&message, 0, 2);
    put_number(&message, 3, 2);
    put_number(&message, 0, 2);
    put_number(&message, 100, 2);
    put_number(&message, 1, 2);
    put(&message, rest, length);
    say_frame(line, reply ? FROM_SERVER : FROM_CLIENT, &message);
}

#define NOT_SIGNED "\0\0\0\0\0\0\0\0"

/* A session setup of SMB 1 without extended security, with answers of so many bytes. */
static inline void say_old_setup(struct line *line, unsigned old, unsigned cased, const char *account)
{
    struct message rest = {.length = 0};
    put_number(&rest, 13, 1);
    put_number(&rest, 0xff, 4);
    put_number(&rest, 0, 10);
    put_number(&rest, old, 2);
    put_number(&rest, cased, 2);
    put_number(&rest, 0, 8);
    put_number(&rest, old + cased + strlen(account) + 1, 2);
    put_number(&rest, 0, old + cased);
    put(&rest, account, strlen(account) + 1);
    say_smb1(line, 0x73, false, 0, NOT_SIGNED, rest.bytes, rest.length);
}

static inline void say_old_let_in(struct line *line, unsigned action)
{
    struct message rest = {.length = 0};
    put_number(&rest, 3, 1);
    put_number(&rest, 0xff, 4);
    put_number(&rest, action, 2);
    put_number(&rest, 0, 2);
    say_smb1(line, 0x73, true, 0, NOT_SIGNED, rest.bytes, rest.length);
}

/* The answer of a server that speaks NT LM 0.12; mode 1: passwords in clear, 3: challenge and answer. */
static inline void say_old_dialect(struct line *line, unsigned index, unsigned mode)
{
    struct message rest = {.length = 0};
    put_number(&rest, 17, 1);
    put_number(&rest, index, 2);
    put_number(&rest, mode, 1);
    put_number(&rest, 0, 33);
    say_smb1(line, 0x72, true, 0, NOT_SIGNED, rest.bytes, rest.length);
}

#endif
