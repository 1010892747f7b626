// From where a feed is fetched, when it is not posted to: what `from:` of its file says.
//
//     from: {nats: {url: "nats://127.0.0.1:4222", stream: ORDERS, subject: "orders.>"}}
//     from: {kafka: {brokers: "a:9092,b:9092", topic: orders, partitions: all}}
//
// `start: new` begins with what comes from then on, `first`, as without it, with the oldest message; only where nothing
// was read yet.
//
// Both take ca_file (then the connection is by TLS), user and password_file; nats also credentials (a .creds file),
// kafka also tls: true and mechanism. Names of files begin in the folder of the feed file.
#ifndef TEND_INGEST_FROM_H
#define TEND_INGEST_FROM_H

#include "common/config_node.h"
#include "services/ingest/bookmark.h"

enum { FROM_SERVERS_BYTES = 512, FROM_PATH_BYTES = 480, FROM_USER_BYTES = 128 };

enum from_kind { FROM_NOWHERE, FROM_NATS, FROM_KAFKA };

// All zero: nowhere. Two that are the same byte by byte are the same.
struct from {
    enum from_kind kind;
    char servers[FROM_SERVERS_BYTES];
    char stream[BOOKMARK_NAME_BYTES];  // or topic
    char subject[BOOKMARK_NAME_BYTES]; // of NATS; "": all of the stream
    uint32_t partitions[BOOKMARKS_OF_FEED];
    size_t partition_count; // 0: all
    bool tls;
    bool newest; // `start: new`
    char ca_file[FROM_PATH_BYTES];
    char credentials[FROM_PATH_BYTES];
    char user[FROM_USER_BYTES];
    char password_file[FROM_PATH_BYTES];
    char mechanism[FROM_USER_BYTES]; // of Kafka: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512
};

// Reads the value of `from`; errors go to the list. `folder` is where names of files begin.
void from_read(struct config_complaints *list, const struct config_node *node, const char *folder,
               struct from *ret_from);

// For people: "nats ORDERS", "kafka orders"; "" for nowhere.
void from_print(const struct from *from, char *ret_text, size_t bytes);

#endif
