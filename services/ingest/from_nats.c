// Reads a stream of NATS JetStream by a consumer of its own that the broker forgets: nothing is acknowledged, since the
// place is kept here, in the transaction of the events.
#include "services/ingest/broker.h"

#include "common/hash.h"
#include "common/must.h"

#include <inttypes.h>
#include <nats/nats.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FORGET_S = 60,  // without us the broker keeps the consumer so long
    LOOK_EVERY = 5, // pulls in a row that bring nothing until we ask whether the consumer is still there
    PASSWORD_BYTES = 512,
};

#define SECOND_NS INT64_C(1000000000)

struct nats {
    natsOptions *options;
    natsConnection *connection;
    jsCtx *stream;
    natsSubscription *subscription;
    char name[BOOKMARK_NAME_BYTES], consumer[BOOKMARK_NAME_BYTES];
    char read[BOOKMARK_NAME_BYTES]; // of the marks: the stream, and which subject of it
    uint64_t epoch;
    uint64_t begins;    // with `start: new`: the number of the first message that counts, until that was told; 0: none
    uint64_t delivered; // the consumer's own count, which has no gaps unless messages were lost on the way
    int empty;          // pulls in a row
};

static enum broker_answer trouble(const char *what, natsStatus status, char *why, size_t bytes)
{
    const char *text = nats_GetLastError(NULL);
    snprintf(why, bytes, "%s: %s%s%.300s", what, natsStatus_GetText(status),
             text != NULL && text[0] != '\0' ? ": " : "", text != NULL ? text : "");
    return BROKER_TROUBLE;
}

static void end(void *self)
{
    struct nats *nats = self;
    if (nats == NULL)
        return;
    natsSubscription_Destroy(nats->subscription);
    jsCtx_Destroy(nats->stream);
    natsConnection_Destroy(nats->connection);
    natsOptions_Destroy(nats->options);
    nats_ReleaseThreadMemory();
    free(nats);
}

static natsStatus set_options(struct nats *nats, const struct from *from, const char *password)
{
    natsStatus status = natsOptions_Create(&nats->options);
    if (status == NATS_OK)
        status = natsOptions_SetURL(nats->options, from->servers);
    if (status == NATS_OK)
        status = natsOptions_SetTimeout(nats->options, BROKER_CONNECT_MS);
    // A new connection begins with a look at the stream, so the library must not make one behind our back.
    if (status == NATS_OK)
        status = natsOptions_SetAllowReconnect(nats->options, false);
    if (status == NATS_OK)
        status = natsOptions_SetName(nats->options, "tend");
    if (status == NATS_OK && from->ca_file[0] != '\0')
        status = natsOptions_LoadCATrustedCertificates(nats->options, from->ca_file);
    if (status == NATS_OK && from->ca_file[0] != '\0')
        status = natsOptions_SetSecure(nats->options, true);
    if (status == NATS_OK && from->credentials[0] != '\0')
        status = natsOptions_SetUserCredentialsFromFiles(nats->options, from->credentials, NULL);
    if (status == NATS_OK && from->user[0] != '\0')
        status = natsOptions_SetUserInfo(nats->options, from->user, password);
    return status;
}

// What the consumer is to be: one that begins behind the mark.
static void describe(const struct from *from, const struct bookmark *mark, jsConsumerConfig *config)
{
    must(jsConsumerConfig_Init(config) == NATS_OK);
    config->AckPolicy = js_AckNone;
    uint64_t next = mark != NULL ? bookmark_next(mark) : 0;
    config->DeliverPolicy = next > 0                       ? js_DeliverByStartSequence
                            : mark == NULL && from->newest ? js_DeliverNew
                                                           : js_DeliverAll;
    config->OptStartSeq = next;
    config->FilterSubject = from->subject[0] != '\0' ? from->subject : NULL;
    config->InactiveThreshold = FORGET_S * SECOND_NS;
    config->MemoryStorage = true;
}

static natsStatus add_consumer(struct nats *nats, const struct from *from, jsConsumerConfig *config)
{
    jsConsumerInfo *made = NULL;
    natsStatus status = js_AddConsumer(&made, nats->stream, from->stream, config, NULL, NULL);
    if (status == NATS_OK) {
        snprintf(nats->consumer, sizeof nats->consumer, "%s", made->Name);
        nats->begins = config->DeliverPolicy == js_DeliverNew ? made->Delivered.Stream + 1 : 0;
    }
    jsConsumerInfo_Destroy(made);
    return status;
}

// What the marks call it: how far one subject was read says nothing of another.
static void name_what_is_read(struct nats *nats, const struct from *from)
{
    uint8_t hash[HASH_BYTES];
    char hex[2 * HASH_BYTES + 1];
    snprintf(nats->name, sizeof nats->name, "%s", from->stream);
    int length = snprintf(nats->read, sizeof nats->read, "%s%s%s", from->stream, from->subject[0] != '\0' ? " " : "",
                          from->subject);
    if (length >= 0 && (size_t)length < sizeof nats->read)
        return;
    hash_pair(from->stream, strlen(from->stream), from->subject, strlen(from->subject), hash);
    hash_hex(hash, HASH_BYTES, hex);
    snprintf(nats->read, sizeof nats->read, "%.100s %s", from->stream, hex);
}

static enum broker_answer judge_stream(struct nats *nats, const jsStreamInfo *info, const struct bookmark *mark,
                                       char *why, size_t bytes)
{
    nats->epoch = (uint64_t)info->Created;
    if (info->Config->Retention != js_LimitsPolicy) {
        snprintf(why, bytes,
                 "%s deletes what was read (its retention is %s): only a stream with limits can be read "
                 "again after a crash",
                 nats->name, info->Config->Retention == js_WorkQueuePolicy ? "workqueue" : "interest");
        return BROKER_STOPPED;
    }
    // Once all of the stream was read so far, any of its subjects was.
    const struct bookmark_stream stream = {.name = mark != NULL && strcmp(mark->stream, nats->name) == 0 ? nats->name
                                                                                                         : nats->read,
                                           .epoch = nats->epoch,
                                           .first = info->State.FirstSeq,
                                           .end = info->State.LastSeq + 1};
    enum bookmark_answer answer = mark != NULL ? bookmark_check(mark, &stream, why, bytes) : BOOKMARK_GOOD;
    return answer == BOOKMARK_STRANGE ? BROKER_STOPPED : BROKER_GOOD;
}

static enum broker_answer connect_to(struct nats *nats, const struct from *from, const struct bookmark *mark, char *why,
                                     size_t bytes)
{
    char password[PASSWORD_BYTES] = "";
    if (from->password_file[0] != '\0' && !broker_password(from->password_file, password, sizeof password, why, bytes))
        return BROKER_TROUBLE;
    natsStatus status = set_options(nats, from, password);
    memset(password, 0, sizeof password);
    if (status == NATS_OK)
        status = natsConnection_Connect(&nats->connection, nats->options);
    if (status != NATS_OK)
        return trouble("NATS cannot be reached", status, why, bytes);
    jsOptions options;
    jsOptions_Init(&options);
    options.Wait = BROKER_CONNECT_MS;
    status = natsConnection_JetStream(&nats->stream, nats->connection, &options);
    jsConsumerConfig config;
    describe(from, mark, &config);
    // The consumer first: when the stream is made anew after that, the consumer goes with it.
    if (status == NATS_OK)
        status = add_consumer(nats, from, &config);
    jsStreamInfo *info = NULL;
    if (status == NATS_OK)
        status = js_GetStreamInfo(&info, nats->stream, from->stream, NULL, NULL);
    if (status != NATS_OK)
        return trouble("the stream cannot be read", status, why, bytes);
    enum broker_answer answer = judge_stream(nats, info, mark, why, bytes);
    jsStreamInfo_Destroy(info);
    if (answer != BROKER_GOOD)
        return answer;
    jsSubOptions sub;
    jsSubOptions_Init(&sub);
    sub.Stream = from->stream;
    sub.Consumer = nats->consumer;
    sub.Config = config; // the library compares them
    status = js_PullSubscribe(&nats->subscription, nats->stream, from->subject[0] != '\0' ? from->subject : NULL, NULL,
                              NULL, &sub, NULL);
    return status == NATS_OK ? BROKER_GOOD : trouble("the stream cannot be read", status, why, bytes);
}

static enum broker_answer begin(const struct from *from, const struct bookmark *marks, size_t count, char *ret_why,
                                size_t why_bytes, void **ret_self)
{
    struct nats *nats = calloc(1, sizeof *nats);
    must(nats != NULL);
    name_what_is_read(nats, from);
    enum broker_answer answer = connect_to(nats, from, count > 0 ? &marks[0] : NULL, ret_why, why_bytes);
    if (answer != BROKER_GOOD) {
        end(nats);
        return answer;
    }
    *ret_self = nats;
    return BROKER_GOOD;
}

static size_t headers_of(natsMsg *from, struct broker_message *to, size_t room)
{
    const char **keys = NULL, *value;
    int count = 0;
    size_t used = 0;
    if (natsMsgHeader_Keys(from, &keys, &count) != NATS_OK)
        return 0;
    for (int i = 0; i < count; i++)
        if (natsMsgHeader_Get(from, keys[i], &value) == NATS_OK)
            broker_message_head(to, &used, room, keys[i], value, strlen(value));
    free((void *)keys);
    return used;
}

// False when messages before it were lost on the way.
static bool give(struct nats *nats, natsMsg *from, const struct broker_sink *sink)
{
    jsMsgMetaData *about = NULL;
    if (natsMsg_GetMetaData(&about, from) != NATS_OK)
        return false;
    bool good = about->Sequence.Consumer == nats->delivered + 1;
    if (good) {
        nats->delivered++;
        const char *subject = natsMsg_GetSubject(from);
        struct broker_message *message =
            broker_message_make(natsMsg_GetData(from), (size_t)natsMsg_GetDataLength(from), BROKER_HEADERS_BYTES);
        size_t used = headers_of(from, message, BROKER_HEADERS_BYTES);
        broker_message_head(message, &used, BROKER_HEADERS_BYTES, "nats-subject", subject, strlen(subject));
        message->mark = (struct bookmark){.epoch = nats->epoch, .last = about->Sequence.Stream};
        memcpy(message->mark.stream, nats->read, sizeof nats->read);
        message->time_ms = about->Timestamp / 1000000;
        message->behind = about->NumPending;
        sink->give(sink->owner, message);
    }
    jsMsgMetaData_Destroy(about);
    return good;
}

// Where it begins is kept before anything has come: after a pause it goes on there.
static void tell_begin(struct nats *nats, const struct broker_sink *sink)
{
    struct broker_message *message = broker_message_make("", 0, 0);
    message->mark = (struct bookmark){.epoch = nats->epoch, .last = nats->begins, .content = BOOKMARK_BEGINS};
    memcpy(message->mark.stream, nats->read, sizeof nats->read);
    sink->give(sink->owner, message);
    nats->begins = 0;
}

static bool is_nothing(natsStatus status)
{
    return status == NATS_TIMEOUT || status == NATS_NOT_FOUND;
}

// A consumer goes with its stream, and with a broker that keeps it in memory only.
static enum broker_answer look(struct nats *nats, char *why, size_t bytes)
{
    jsConsumerInfo *info = NULL;
    if (++nats->empty % LOOK_EVERY != 0)
        return BROKER_GOOD;
    natsStatus status = js_GetConsumerInfo(&info, nats->stream, nats->name, nats->consumer, NULL, NULL);
    jsConsumerInfo_Destroy(info);
    return status == NATS_OK ? BROKER_GOOD : trouble("the consumer has gone", status, why, bytes);
}

static enum broker_answer pull(void *self, const struct broker_sink *sink, char *ret_why, size_t why_bytes)
{
    struct nats *nats = self;
    natsMsgList list = {0};
    if (nats->begins > 0)
        tell_begin(nats, sink);
    jsFetchRequest request = {.Batch = BROKER_BATCH, .Expires = BROKER_WAIT_MS * (SECOND_NS / 1000), .NoWait = true};
    natsStatus status = natsSubscription_FetchRequest(&list, nats->subscription, &request);
    if (is_nothing(status)) {
        // What waits waits for one message, so that the first is there at once.
        request.Batch = 1;
        request.NoWait = false;
        status = natsSubscription_FetchRequest(&list, nats->subscription, &request);
    }
    if (is_nothing(status))
        return look(nats, ret_why, why_bytes);
    if (status != NATS_OK)
        return trouble("NATS is gone", status, ret_why, why_bytes);
    nats->empty = 0;
    bool whole = true;
    for (int i = 0; i < list.Count && whole; i++)
        whole = give(nats, list.Msgs[i], sink);
    natsMsgList_Destroy(&list);
    if (!whole)
        snprintf(ret_why, why_bytes, "messages were lost on the way; they are fetched again");
    return whole ? BROKER_GOOD : BROKER_TROUBLE;
}

const struct broker_driver from_nats = {.open = begin, .pull = pull, .close = end};
