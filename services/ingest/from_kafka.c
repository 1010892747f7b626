// Reads a topic of Kafka: partitions are assigned, nothing is committed to the broker, since the place is kept here.
// The last message taken is read once more at a begin and compared: this client is told nothing else by which a topic
// that was made anew could be known.
#include "services/ingest/broker.h"

#include "common/hash.h"
#include "common/must.h"

#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PASSWORD_BYTES = 512,
    LOOK_EVERY = 150, // pulls in a row that bring nothing: a minute
    ERRORS_MOST = 16, // heard at once: one for each broker is enough
};

struct partition {
    int32_t number;
    uint64_t next;          // what comes after what was given
    bool again;             // the first message is the last one taken, to be compared
    struct bookmark before; // of that one
    bool begins;            // nothing was read, and `next` is to be kept as the beginning
};

struct kafka {
    rd_kafka_t *client;
    rd_kafka_topic_t *topic;
    char name[BOOKMARK_NAME_BYTES];
    struct partition partitions[BOOKMARKS_OF_FEED];
    size_t count;
    int there; // partitions that the topic had at the begin
    bool all;  // they are all read
    int empty; // pulls in a row
    bool down;
    char error[BOOKMARK_WHY_BYTES];
};

static void end(void *self)
{
    struct kafka *kafka = self;
    if (kafka == NULL)
        return;
    if (kafka->topic != NULL)
        rd_kafka_topic_destroy(kafka->topic);
    if (kafka->client != NULL) {
        rd_kafka_consumer_close(kafka->client);
        rd_kafka_destroy(kafka->client);
    }
    free(kafka);
}

// Called inside consumer_poll, by our thread.
static void note_error(rd_kafka_t *client, int error, const char *reason, void *owner)
{
    struct kafka *kafka = owner;
    (void)client;
    kafka->down |= error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || error == RD_KAFKA_RESP_ERR__AUTHENTICATION;
    snprintf(kafka->error, sizeof kafka->error, "%s", reason);
}

static void no_log(const rd_kafka_t *client, int level, const char *facility, const char *text)
{
    (void)client;
    (void)level;
    (void)facility;
    (void)text;
}

static bool set(rd_kafka_conf_t *conf, const char *key, const char *value, char *why, size_t bytes)
{
    char error[200] = "";
    if (rd_kafka_conf_set(conf, key, value, error, sizeof error) == RD_KAFKA_CONF_OK)
        return true;
    snprintf(why, bytes, "Kafka's client does not take %s: %s", key, error);
    return false;
}

static bool set_access(rd_kafka_conf_t *conf, const struct from *from, char *why, size_t bytes)
{
    char password[PASSWORD_BYTES] = "";
    bool tls = from->tls || from->ca_file[0] != '\0', sasl = from->user[0] != '\0';
    const char *protocol = sasl ? tls ? "sasl_ssl" : "sasl_plaintext" : tls ? "ssl" : "plaintext";
    if (!set(conf, "security.protocol", protocol, why, bytes))
        return false;
    if (from->ca_file[0] != '\0' && !set(conf, "ssl.ca.location", from->ca_file, why, bytes))
        return false;
    if (!sasl)
        return true;
    bool good = broker_password(from->password_file, password, sizeof password, why, bytes) &&
                set(conf, "sasl.mechanism", from->mechanism[0] != '\0' ? from->mechanism : "PLAIN", why, bytes) &&
                set(conf, "sasl.username", from->user, why, bytes) && set(conf, "sasl.password", password, why, bytes);
    memset(password, 0, sizeof password);
    return good;
}

static bool make_client(struct kafka *kafka, const struct from *from, char *why, size_t bytes)
{
    static const char *const settings[][2] = {
        {"client.id", "tend"},
        {"group.id", "tend"}, // asked for by the client; no group is joined, since nothing is subscribed to
        {"enable.auto.commit", "false"},
        {"enable.auto.offset.store", "false"},
        {"auto.offset.reset", "error"}, // what was removed is said, not skipped
        {"queued.max.messages.kbytes", "1024"},
        {"queued.min.messages", "1000"},
        {"reconnect.backoff.max.ms", "5000"},
    };
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    bool good = set(conf, "bootstrap.servers", from->servers, why, bytes) && set_access(conf, from, why, bytes);
    for (size_t i = 0; good && i < sizeof settings / sizeof *settings; i++)
        good = set(conf, settings[i][0], settings[i][1], why, bytes);
    rd_kafka_conf_set_opaque(conf, kafka);
    rd_kafka_conf_set_error_cb(conf, note_error);
    rd_kafka_conf_set_log_cb(conf, no_log);
    char error[200] = "";
    if (good)
        kafka->client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, error, sizeof error);
    if (kafka->client == NULL) {
        rd_kafka_conf_destroy(conf); // which a client made would have taken
        if (good)
            snprintf(why, bytes, "Kafka's client cannot be made: %s", error);
        return false;
    }
    rd_kafka_poll_set_consumer(kafka->client);
    kafka->topic = rd_kafka_topic_new(kafka->client, from->stream, NULL);
    if (kafka->topic == NULL)
        snprintf(why, bytes, "%.200s is no name of a topic", from->stream);
    return kafka->topic != NULL;
}

// Lets the client say why. A message that comes with it is fetched again: there is a new begin after this.
static void hear_why(struct kafka *kafka)
{
    for (int i = 0; i < ERRORS_MOST; i++) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(kafka->client, 0);
        if (message == NULL)
            return;
        rd_kafka_message_destroy(message);
    }
}

// How many partitions the topic has; 0 with a sentence.
static int count_partitions(struct kafka *kafka, char *why, size_t bytes)
{
    const struct rd_kafka_metadata *about = NULL;
    rd_kafka_resp_err_t error = rd_kafka_metadata(kafka->client, 0, kafka->topic, &about, BROKER_CONNECT_MS);
    int count = 0;
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR && about->topic_cnt == 1) {
        error = about->topics[0].err;
        count = about->topics[0].partition_cnt;
    }
    if (about != NULL)
        rd_kafka_metadata_destroy(about);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR && count > 0)
        return count;
    hear_why(kafka);
    snprintf(why, bytes, "Kafka's topic cannot be read: %s%s%.200s", rd_kafka_err2str(error),
             kafka->error[0] != '\0' ? ": " : "", kafka->error);
    return 0;
}

static const struct bookmark *mark_of(const struct bookmark *marks, size_t count, uint32_t partition)
{
    for (size_t i = 0; i < count; i++)
        if (marks[i].partition == partition)
            return &marks[i];
    return NULL;
}

// Where to begin in a partition.
static enum broker_answer place(struct kafka *kafka, struct partition *partition, const struct bookmark *mark,
                                char *why, size_t bytes)
{
    int64_t low = 0, high = 0;
    rd_kafka_resp_err_t error =
        rd_kafka_query_watermark_offsets(kafka->client, kafka->name, partition->number, &low, &high, BROKER_CONNECT_MS);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR || low < 0 || high < low) {
        snprintf(why, bytes, "Kafka does not say what partition %d has: %s", partition->number,
                 rd_kafka_err2str(error));
        return BROKER_TROUBLE;
    }
    partition->next = partition->begins ? (uint64_t)high : (uint64_t)low;
    if (mark == NULL)
        return BROKER_GOOD;
    const struct bookmark_stream stream = {.name = kafka->name, .first = (uint64_t)low, .end = (uint64_t)high};
    enum bookmark_answer answer = bookmark_check(mark, &stream, why, bytes);
    if (answer == BOOKMARK_STRANGE)
        return BROKER_STOPPED;
    partition->again = mark->content != BOOKMARK_BEGINS && mark->last >= (uint64_t)low;
    partition->before = *mark;
    // Of one that was read, the last message comes once more, to be compared.
    if (mark->last >= (uint64_t)low)
        partition->next = mark->last;
    return BROKER_GOOD;
}

static enum broker_answer assign(struct kafka *kafka, const struct from *from, const struct bookmark *marks,
                                 size_t count, char *why, size_t bytes)
{
    kafka->there = count_partitions(kafka, why, bytes);
    kafka->all = from->partition_count == 0;
    size_t wanted = kafka->all ? (size_t)kafka->there : from->partition_count;
    if (kafka->there == 0)
        return BROKER_TROUBLE;
    if (wanted > BOOKMARKS_OF_FEED) {
        snprintf(why, bytes, "a feed reads at most %d partitions: name some in each of several feeds",
                 BOOKMARKS_OF_FEED);
        return BROKER_STOPPED;
    }
    for (kafka->count = 0; kafka->count < wanted; kafka->count++) {
        struct partition *partition = &kafka->partitions[kafka->count];
        uint32_t number = kafka->all ? (uint32_t)kafka->count : from->partitions[kafka->count];
        // A partition that the topic got later is new as a whole.
        *partition = (struct partition){.number = (int32_t)number, .begins = from->newest && count == 0};
        enum broker_answer answer = place(kafka, partition, mark_of(marks, count, number), why, bytes);
        if (answer != BROKER_GOOD)
            return answer;
    }
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)wanted);
    for (size_t i = 0; i < wanted; i++)
        rd_kafka_topic_partition_list_add(list, kafka->name, kafka->partitions[i].number)->offset =
            (int64_t)kafka->partitions[i].next;
    rd_kafka_resp_err_t error = rd_kafka_assign(kafka->client, list);
    rd_kafka_topic_partition_list_destroy(list);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
        snprintf(why, bytes, "Kafka's partitions cannot be read: %s", rd_kafka_err2str(error));
    return error == RD_KAFKA_RESP_ERR_NO_ERROR ? BROKER_GOOD : BROKER_TROUBLE;
}

static enum broker_answer begin(const struct from *from, const struct bookmark *marks, size_t count, char *ret_why,
                                size_t why_bytes, void **ret_self)
{
    struct kafka *kafka = calloc(1, sizeof *kafka);
    must(kafka != NULL);
    snprintf(kafka->name, sizeof kafka->name, "%s", from->stream);
    // A mark of another topic would be asked about there.
    const struct bookmark_stream stream = {.name = kafka->name, .end = UINT64_MAX};
    enum broker_answer answer = BROKER_GOOD;
    for (size_t i = 0; i < count && answer == BROKER_GOOD; i++)
        if (strcmp(marks[i].stream, kafka->name) != 0 &&
            bookmark_check(&marks[i], &stream, ret_why, why_bytes) == BOOKMARK_STRANGE)
            answer = BROKER_STOPPED;
    if (answer == BROKER_GOOD && !make_client(kafka, from, ret_why, why_bytes))
        answer = BROKER_TROUBLE;
    if (answer == BROKER_GOOD)
        answer = assign(kafka, from, marks, count, ret_why, why_bytes);
    if (answer != BROKER_GOOD) {
        end(kafka);
        return answer;
    }
    *ret_self = kafka;
    return BROKER_GOOD;
}

static uint64_t content_of(const void *bytes, size_t length)
{
    uint8_t hash[HASH_BYTES];
    uint64_t content;
    hash_content(bytes != NULL ? bytes : "", length, hash);
    memcpy(&content, hash, sizeof content);
    return content | 1; // 0 is "not known"
}

static uint64_t behind(const struct kafka *kafka)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < kafka->count; i++) {
        int64_t low, high;
        if (rd_kafka_get_watermark_offsets(kafka->client, kafka->name, kafka->partitions[i].number, &low, &high) ==
                RD_KAFKA_RESP_ERR_NO_ERROR &&
            high > 0 && (uint64_t)high > kafka->partitions[i].next)
            sum += (uint64_t)high - kafka->partitions[i].next;
    }
    return sum;
}

static size_t headers_of(const rd_kafka_message_t *from, struct broker_message *to)
{
    rd_kafka_headers_t *headers = NULL;
    const char *name;
    const void *value;
    size_t used = 0, length;
    if (rd_kafka_message_headers(from, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return 0;
    for (size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &length) == RD_KAFKA_RESP_ERR_NO_ERROR; i++)
        if (value != NULL)
            broker_message_head(to, &used, BROKER_HEADERS_BYTES, name, value, length);
    return used;
}

static void hand_over(struct kafka *kafka, const rd_kafka_message_t *from, uint64_t content,
                      const struct broker_sink *sink)
{
    struct broker_message *message = broker_message_make(from->payload, from->len, BROKER_HEADERS_BYTES);
    size_t used = headers_of(from, message);
    if (from->key != NULL)
        broker_message_head(message, &used, BROKER_HEADERS_BYTES, "kafka-key", from->key, from->key_len);
    message->mark =
        (struct bookmark){.partition = (uint32_t)from->partition, .last = (uint64_t)from->offset, .content = content};
    memcpy(message->mark.stream, kafka->name, sizeof kafka->name);
    rd_kafka_timestamp_type_t type;
    int64_t time_ms = rd_kafka_message_timestamp(from, &type);
    message->time_ms = type != RD_KAFKA_TIMESTAMP_NOT_AVAILABLE && time_ms > 0 ? time_ms : 0;
    message->behind = behind(kafka);
    sink->give(sink->owner, message);
}

static enum broker_answer take(struct kafka *kafka, const rd_kafka_message_t *from, const struct broker_sink *sink,
                               char *why, size_t bytes)
{
    if (from->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        snprintf(why, bytes, "Kafka: %s", rd_kafka_message_errstr(from));
        return BROKER_TROUBLE; // a new begin looks where the topic stands
    }
    size_t at = 0;
    while (at < kafka->count && kafka->partitions[at].number != from->partition)
        at++;
    struct partition *partition = at < kafka->count ? &kafka->partitions[at] : NULL;
    if (partition == NULL || (uint64_t)from->offset < partition->next)
        return BROKER_GOOD; // read before
    uint64_t content = content_of(from->payload, from->len);
    partition->next = (uint64_t)from->offset + 1;
    if (partition->again) {
        partition->again = false;
        // A compacted topic may have lost it since.
        if ((uint64_t)from->offset == partition->before.last)
            return bookmark_same(&partition->before, content, why, bytes) ? BROKER_GOOD : BROKER_STOPPED;
    }
    hand_over(kafka, from, content, sink);
    return BROKER_GOOD;
}

static enum broker_answer idle(struct kafka *kafka, char *why, size_t bytes)
{
    if (kafka->down) {
        snprintf(why, bytes, "Kafka cannot be reached: %.300s", kafka->error);
        return BROKER_TROUBLE;
    }
    if (++kafka->empty % LOOK_EVERY != 0 || !kafka->all)
        return BROKER_GOOD;
    int count = count_partitions(kafka, why, bytes);
    if (count == kafka->there)
        return BROKER_GOOD;
    if (count > 0)
        snprintf(why, bytes, "the topic has %d partitions now", count);
    return BROKER_TROUBLE;
}

// Where each begins is kept before anything has come: after a pause it goes on there.
static void tell_begin(struct kafka *kafka, const struct broker_sink *sink)
{
    for (size_t i = 0; i < kafka->count; i++) {
        struct partition *partition = &kafka->partitions[i];
        if (!partition->begins)
            continue;
        partition->begins = false;
        struct broker_message *message = broker_message_make("", 0, 0);
        message->mark = (struct bookmark){
            .partition = (uint32_t)partition->number, .last = partition->next, .content = BOOKMARK_BEGINS};
        memcpy(message->mark.stream, kafka->name, sizeof kafka->name);
        sink->give(sink->owner, message);
    }
}

static enum broker_answer pull(void *self, const struct broker_sink *sink, char *ret_why, size_t why_bytes)
{
    struct kafka *kafka = self;
    enum broker_answer answer = BROKER_GOOD;
    int taken = 0;
    tell_begin(kafka, sink);
    while (taken < BROKER_BATCH && answer == BROKER_GOOD) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(kafka->client, taken == 0 ? BROKER_WAIT_MS : 0);
        if (message == NULL)
            break;
        taken++;
        answer = take(kafka, message, sink, ret_why, why_bytes);
        rd_kafka_message_destroy(message);
    }
    if (taken == 0)
        return idle(kafka, ret_why, why_bytes);
    kafka->empty = 0;
    kafka->down = false;
    return answer;
}

const struct broker_driver from_kafka = {.open = begin, .pull = pull, .close = end};
