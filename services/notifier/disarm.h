// Makes text from outside safe to stand in a message to people: a customer's name can never become a mention, a link, a
// line of its own or a trick of the writing direction. Pure.
//
// What a chat would read as markup is not the names' affair alone: every driver here sends a plain-text type, in which
// `*` and `_` are only characters. So names keep those, and lose what chats act on even in plain text.
#ifndef TEND_SERVICES_NOTIFIER_DISARM_H
#define TEND_SERVICES_NOTIFIER_DISARM_H

#include <stddef.h>

enum disarm_style {
    DISARM_PLAIN, // files and terminals: only controls, direction marks and broken bytes go
    DISARM_CHAT,  // also: "@" is followed by U+200B, "<" and ">" become their full-width forms, a backtick an
                  // apostrophe, and U+200B breaks URLs, domain names and "]("
    DISARM_SLACK, // as DISARM_CHAT, but "&", "<" and ">" become entities, as that chat wants them
};

enum {
    DISARM_GROWTH = 6, // no byte becomes more bytes than this
    DISARM_MARKS = 8,  // combining marks that one character keeps; people's names and emoji need no more
};

// Writes `length` bytes of `text` into `buffer` of `room` bytes and ends it with a NUL; returns the bytes written
// without it. Broken bytes become U+FFFD, white space and line breaks one space; at most `most` characters as people
// count them (0: no limit) stay, and an ellipsis says that more were there. Never cuts inside a character or an emoji
// sequence.
size_t disarm(const char *text, size_t length, enum disarm_style style, size_t most, char *buffer, size_t room);

// Turns a text that was written for a chat, in place, into what people read there: entities into their characters. The
// result is for a screen, and is not safe for that chat any more.
void disarm_show(char *text, enum disarm_style style);

#endif
