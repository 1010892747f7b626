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
    ROW(MATRIX, matrix)             \
    ROW(NTFY, ntfy)                 \
    ROW(EMAIL, email)               \
    ROW(XMPP, xmpp)                 \
    ROW(TELEGRAM, telegram)         \
    ROW(DISCORD, discord)           \
    ROW(DISCORD_BOT, discord_bot)   \
    ROW(MATTERMOST, mattermost)     \
    ROW(TEAMS, teams)               \
    ROW(DINGTALK, dingtalk)         \
    ROW(DINGTALK_APP, dingtalk_app) \
    ROW(WECOM, wecom)               \
    ROW(WECOM_APP, wecom_app)       \
    ROW(FEISHU, feishu)             \
    ROW(FEISHU_APP, feishu_app)
// clang-format on

#endif
