#include "services/ingest/from.h"

#include "common/nearest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_MAX = 12 };

// What one key may hold, and where it goes.
struct row {
    const char *name;
    size_t offset, bytes;
    enum { ROW_TEXT, ROW_FILE, ROW_FLAG, ROW_START, ROW_PARTITIONS } kind;
    bool required;
};

#define TEXT(key, member, needed)                                                              \
    {                                                                                          \
        key, offsetof(struct from, member), sizeof((struct from *)0)->member, ROW_TEXT, needed \
    }
#define PATH(key, member)                                                                     \
    {                                                                                         \
        key, offsetof(struct from, member), sizeof((struct from *)0)->member, ROW_FILE, false \
    }

static const struct row nats_rows[] = {
    TEXT("url", servers, true),           TEXT("stream", stream, true),
    TEXT("subject", subject, false),      PATH("ca_file", ca_file),
    PATH("credentials", credentials),     TEXT("user", user, false),
    PATH("password_file", password_file), {"start", offsetof(struct from, newest), 0, ROW_START, false},
};

static const struct row kafka_rows[] = {
    TEXT("brokers", servers, true),
    TEXT("topic", stream, true),
    {"partitions", 0, 0, ROW_PARTITIONS, false},
    {"tls", offsetof(struct from, tls), 0, ROW_FLAG, false},
    PATH("ca_file", ca_file),
    TEXT("user", user, false),
    PATH("password_file", password_file),
    TEXT("mechanism", mechanism, false),
    {"start", offsetof(struct from, newest), 0, ROW_START, false},
};

static const struct broker {
    const char *name;
    enum from_kind kind;
    const struct row *rows;
    size_t count;
} brokers[] = {
    {"nats", FROM_NATS, nats_rows, sizeof nats_rows / sizeof *nats_rows},
    {"kafka", FROM_KAFKA, kafka_rows, sizeof kafka_rows / sizeof *kafka_rows},
};

static bool read_text(struct config_complaints *list, const struct config_node *node, const char *folder, char *to,
                      size_t bytes)
{
    const char *slash = folder != NULL && node->shape == NODE_SCALAR && node->text[0] != '/' ? "/" : "";
    if (node->shape != NODE_SCALAR || node->length == 0) {
        config_errors_add(list, node->place, "a text belongs here");
        return false;
    }
    int length = snprintf(to, bytes, "%s%s%s", slash[0] != '\0' ? folder : "", slash, node->text);
    if (length >= 0 && (size_t)length < bytes)
        return true;
    config_errors_add(list, node->place, "is too long");
    return false;
}

static void read_partition(struct config_complaints *list, const struct config_node *node, struct from *from)
{
    char *end = NULL;
    long number = node->shape == NODE_SCALAR && node->length > 0 ? strtol(node->text, &end, 10) : -1;
    if (number < 0 || number > INT32_MAX || *end != '\0')
        config_errors_add(list, node->place, "must be the number of a partition, from 0");
    else if (from->partition_count == BOOKMARKS_OF_FEED)
        config_errors_add(list, node->place, "there may be %d partitions", BOOKMARKS_OF_FEED);
    else
        from->partitions[from->partition_count++] = (uint32_t)number;
}

static void read_partitions(struct config_complaints *list, const struct config_node *node, struct from *from)
{
    if (node->shape == NODE_SCALAR && strcmp(node->text, "all") == 0)
        return;
    if (node->shape != NODE_SEQUENCE || node->first == NULL) {
        config_errors_add(list, node->place, "must be all, or a list of numbers such as [0, 1]");
        return;
    }
    for (const struct config_node *at = node->first; at != NULL; at = at->next)
        read_partition(list, at, from);
}

static void read_row(struct config_complaints *list, const struct config_node *node, const struct row *row,
                     const char *folder, struct from *from)
{
    char *to = (char *)from + row->offset;
    const char *word = node->shape == NODE_SCALAR ? node->text : "";
    bool truth = strcmp(word, row->kind == ROW_START ? "new" : "true") == 0;
    switch (row->kind) {
    case ROW_PARTITIONS:
        read_partitions(list, node, from);
        break;
    case ROW_FLAG:
        if (!truth && strcmp(word, "false") != 0)
            config_errors_add(list, node->place, "must be true or false");
        memcpy(to, &truth, sizeof truth);
        break;
    case ROW_START:
        if (!truth && strcmp(word, "first") != 0)
            config_errors_add(list, node->place, "must be first (the oldest message) or new (what comes from now on)");
        memcpy(to, &truth, sizeof truth);
        break;
    case ROW_TEXT:
    case ROW_FILE:
    default:
        read_text(list, node, row->kind == ROW_FILE ? folder : NULL, to, row->bytes);
    }
}

static void read_broker(struct config_complaints *list, const struct config_node *node, const struct broker *broker,
                        const char *folder, struct from *from)
{
    const char *names[ROWS_MAX];
    for (size_t i = 0; i < broker->count; i++)
        names[i] = broker->rows[i].name;
    if (node->shape != NODE_MAPPING) {
        config_errors_add(list, node->key_place, "a mapping belongs here: {%s: ..., %s: ...}", names[0], names[1]);
        return;
    }
    from->kind = broker->kind;
    for (const struct config_node *at = node->first; at != NULL; at = at->next) {
        size_t row = 0;
        while (row < broker->count && strcmp(names[row], at->key) != 0)
            row++;
        const char *near = row == broker->count ? nearest_name(at->key, names, broker->count) : NULL;
        if (row < broker->count)
            read_row(list, at, &broker->rows[row], folder, from);
        else
            config_errors_add(list, at->key_place, "\"%.40s\" is not known here%s%s%s", at->key,
                              near == NULL ? "" : "; did you mean \"", near == NULL ? "" : near,
                              near == NULL ? "" : "\"?");
    }
    for (size_t i = 0; i < broker->count; i++)
        if (broker->rows[i].required && config_node_find(node, names[i]) == NULL)
            config_errors_add(list, node->key_place, "%s must be given", names[i]);
    if ((from->user[0] == '\0') != (from->password_file[0] == '\0'))
        config_errors_add(list, node->key_place, "user and password_file belong together");
}

void from_read(struct config_complaints *list, const struct config_node *node, const char *folder,
               struct from *ret_from)
{
    // Cleared whole, gaps between members too, since two are compared as bytes.
    memset(ret_from, 0, sizeof *ret_from);
    const struct config_node *only = node->shape == NODE_MAPPING && node->count == 1 ? node->first : NULL;
    for (size_t i = 0; only != NULL && i < sizeof brokers / sizeof *brokers; i++)
        if (strcmp(brokers[i].name, only->key) == 0) {
            read_broker(list, only, &brokers[i], folder, ret_from);
            return;
        }
    config_errors_add(list, node->place,
                      "must be {nats: {url: ..., stream: ...}} or {kafka: {brokers: ..., topic: ...}}");
}

void from_print(const struct from *from, char *ret_text, size_t bytes)
{
    ret_text[0] = '\0';
    for (size_t i = 0; i < sizeof brokers / sizeof *brokers; i++)
        if (brokers[i].kind == from->kind)
            snprintf(ret_text, bytes, "%s %s", brokers[i].name, from->stream);
}
