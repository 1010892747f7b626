// The other end of feeds that are read from a broker: makes and fills a stream of NATS, or is a Kafka with one topic.
//
//     pipeline_brokers nats URL make | delete | publish FIRST COUNT | large FIRST COUNT BYTES |
//                                purge SUBJECT
//     pipeline_brokers kafka      prints its address, then does what lines say: publish FIRST COUNT
//                                 ends with its input
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <nats/nats.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BODY_BYTES = 300, LINE_BYTES = 80, WAIT_MS = 10000, PARTITIONS = 2, STAMP = 1700000000 };

static const char topic[] = "orders", stream[] = "ORDERS";

static int body(char *text, long number)
{
    return snprintf(text, BODY_BYTES, "{\"id\":\"%ld\",\"customer\":\"C%ld\",\"at\":%ld,\"total\":\"%ld.50\"}", number,
                    number % 50, STAMP + number, number % 90 + 1);
}

// --- NATS

static natsStatus make(jsCtx *js)
{
    jsStreamConfig config;
    const char *subjects[] = {"orders.>"};
    jsStreamConfig_Init(&config);
    config.Name = stream;
    config.Subjects = subjects;
    config.SubjectsLen = 1;
    return js_AddStream(NULL, js, &config, NULL, NULL);
}

static natsStatus publish(jsCtx *js, long first, long count)
{
    natsStatus status = NATS_OK;
    char text[BODY_BYTES];
    for (long i = first; i < first + count && status == NATS_OK; i++)
        status = js_PublishAsync(js, "orders.placed", text, body(text, i), NULL);
    jsPubOptions options;
    jsPubOptions_Init(&options);
    options.MaxWait = WAIT_MS;
    return status == NATS_OK ? js_PublishAsyncComplete(js, &options) : status;
}

// Orders of very many lines, so that each body has about so many bytes.
static natsStatus publish_large(jsCtx *js, long first, long count, long bytes)
{
    natsStatus status = NATS_OK;
    char *text = malloc((size_t)bytes + 2 * (size_t)BODY_BYTES);
    for (long i = first; text != NULL && i < first + count && status == NATS_OK; i++) {
        long length = body(text, i) - 1; // without the bracket at its end
        length += snprintf(text + length, BODY_BYTES, ",\"lines\":[");
        for (long line = 0; length < bytes; line++)
            length += snprintf(text + length, LINE_BYTES, "%s{\"sku\":\"S-%012ld\",\"name\":\"%ld\"}",
                               line > 0 ? "," : "", line, line);
        length += snprintf(text + length, BODY_BYTES, "]}");
        status = js_Publish(NULL, js, "orders.large", text, (int)length, NULL, NULL);
    }
    free(text);
    return status;
}

static natsStatus purge(jsCtx *js, const char *subject)
{
    jsOptions options;
    jsOptions_Init(&options);
    options.Stream.Purge.Subject = subject;
    return js_PurgeStream(js, stream, &options, NULL);
}

static int nats(int argc, char **argv)
{
    natsConnection *connection = NULL;
    jsCtx *js = NULL;
    const char *what = argv[1];
    natsStatus status = natsConnection_ConnectTo(&connection, argv[0]);
    if (status == NATS_OK)
        status = natsConnection_JetStream(&js, connection, NULL);
    if (status == NATS_OK && strcmp(what, "make") == 0)
        status = make(js);
    else if (status == NATS_OK && strcmp(what, "delete") == 0)
        status = js_DeleteStream(js, stream, NULL, NULL);
    else if (status == NATS_OK && argc == 4)
        status = publish(js, strtol(argv[2], NULL, 10), strtol(argv[3], NULL, 10));
    else if (status == NATS_OK && strcmp(what, "purge") == 0)
        status = purge(js, argv[2]);
    else if (status == NATS_OK && argc == 5)
        status = publish_large(js, strtol(argv[2], NULL, 10), strtol(argv[3], NULL, 10), strtol(argv[4], NULL, 10));
    if (status != NATS_OK)
        fprintf(stderr, "%s: %s\n", what, natsStatus_GetText(status));
    jsCtx_Destroy(js);
    natsConnection_Destroy(connection);
    nats_CloseAndWait(WAIT_MS);
    return status == NATS_OK ? 0 : 1;
}

// --- Kafka

// The client's own mock of a cluster, which speaks the protocol on a port of this machine.
static rd_kafka_t *open_cluster(void)
{
    char error[200] = "";
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "test.mock.num.brokers", "1", error, sizeof error);
    rd_kafka_conf_set(conf, "queue.buffering.max.messages", "1000000", error, sizeof error);
    rd_kafka_t *client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error);
    if (client == NULL) {
        fprintf(stderr, "%s\n", error);
        exit(1);
    }
    rd_kafka_mock_topic_create(rd_kafka_handle_mock_cluster(client), topic, PARTITIONS, 1);
    return client;
}

static void produce(rd_kafka_t *client, long first, long count)
{
    char text[BODY_BYTES];
    rd_kafka_topic_t *to = rd_kafka_topic_new(client, topic, NULL);
    for (long i = first; i < first + count; i++) {
        size_t length = (size_t)body(text, i);
        if (rd_kafka_produce(to, (int32_t)(i % PARTITIONS), RD_KAFKA_MSG_F_COPY, text, length, NULL, 0, NULL) != 0)
            fprintf(stderr, "message %ld was not taken\n", i);
    }
    rd_kafka_topic_destroy(to);
    rd_kafka_flush(client, WAIT_MS);
}

static int kafka(void)
{
    rd_kafka_t *client = open_cluster();
    const rd_kafka_mock_cluster_t *cluster = rd_kafka_handle_mock_cluster(client);
    char line[100];
    long first, count;
    puts(rd_kafka_mock_cluster_bootstraps(cluster));
    fflush(stdout);
    while (fgets(line, sizeof line, stdin) != NULL)
        if (sscanf(line, "publish %ld %ld", &first, &count) == 2)
            produce(client, first, count);
    rd_kafka_destroy(client);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc >= 4 && strcmp(argv[1], "nats") == 0)
        return nats(argc - 2, argv + 2);
    if (argc == 2 && strcmp(argv[1], "kafka") == 0)
        return kafka();
    fprintf(stderr, "it is: %s nats URL make|delete|publish FIRST COUNT, or: %s kafka\n", argv[0], argv[0]);
    return 2;
}
