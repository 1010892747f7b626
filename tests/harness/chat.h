// A chat that does as it is told: a real HTTP server on 127.0.0.1, with or without TLS, that keeps what it was sent and
// answers from a script.
#ifndef TEND_TESTS_HARNESS_CHAT_H
#define TEND_TESTS_HARNESS_CHAT_H

#include <stdbool.h>
#include <stddef.h>

enum chat_manner {
    CHAT_ANSWER,
    CHAT_HANG,  // takes the body and never answers
    CHAT_RESET, // takes the body and closes
};

struct chat_line {
    enum chat_manner manner;
    int status;
    const char *body;
    const char *header, *value; // one header of the answer, NULL: none
    size_t padding;             // bytes that follow the body
};

struct chat_request {
    char path[200];
    char timestamp[40], sign[100]; // of the query
    char content_type[80];
    char webhook_id[80], webhook_timestamp[40], webhook_signature[100];
    char authorization[100];
    char *body;
    size_t length;
    struct chat_line answer; // what it got
};

struct chat;

// `pem_folder`: where tls.key and tls.pem are; NULL: without TLS.
struct chat *chat_open(const char *pem_folder);
void chat_close(struct chat **chat);
int chat_port(const struct chat *chat);

// Queues an answer. Without one left the chat says 200 and `body` of the last.
void chat_say(struct chat *chat, const struct chat_line *line);

// How many requests it got, and one of them, from 0; its texts live as long as the chat.
size_t chat_count(struct chat *chat);
struct chat_request chat_request(struct chat *chat, size_t n);

#endif
