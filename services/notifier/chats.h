// The kinds of chats that a channel can be, one row each: the name of its number, of its driver, and in the
// configuration. A new chat is a file chat_NAME.c with its driver, and a row here.
#ifndef TEND_SERVICES_NOTIFIER_CHATS_H
#define TEND_SERVICES_NOTIFIER_CHATS_H

// clang-format off
#define CHATS(ROW)                  \
    ROW(CONSOLE, console)           \
    ROW(FILE, file)                 \
    ROW(WEBHOOK, webhook)           \
    ROW(SLACK, slack)               \
    ROW(DINGTALK, dingtalk)         \
    ROW(WECOM, wecom)               \
    ROW(FEISHU, feishu)
// clang-format on

#endif
