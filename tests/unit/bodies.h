// Bodies that ingest refuses: each with its content type, and with what the answer has to name.
#ifndef TEND_TESTS_BODIES_H
#define TEND_TESTS_BODIES_H

#define JSON "application/json"
#define LINES "application/x-ndjson"
#define PACKED "application/x-protobuf"

// The beginning of an event, and a whole one.
#define HEAD(ID) "{\"id\":\"" ID "\",\"source\":\"shop\",\"time\":\"2026-05-17T09:00:00Z\",\"customerId\":\"C1\","
#define SHIPPED(ID) HEAD(ID) "\"orderShipped\":{\"orderId\":\"o1\"}}"

struct bad {
    const char *type, *body;
    const char *field, *reason; // of the answer; a part of each
};

// One value: 400 with the field and the reason.
static const struct bad bodies[] = {
    {JSON, "", "", "empty"},
    {JSON, " \n\t ", "", "empty"},
    {LINES, "", "", "empty"},
    {JSON, "{", "", "line 1"},
    {JSON, "}", "", "line 1"},
    {JSON, "nonsense", "", "line 1"},
    {JSON, "{}", "", "is required"},
    {JSON, "null", "", ""},
    {JSON, "true", "", ""},
    {JSON, "17", "", ""},
    {JSON, "\"text\"", "", ""},
    {JSON, "[", "", "line 1"},
    {JSON, "[1,]", "", "line 1"},
    {JSON, "[" SHIPPED("1") "] more", "", "line 1"},
    {JSON, SHIPPED("1") "trailing", "", "line 1"},
    {JSON, "\xef\xbb\xbf{}", "", ""},
    {JSON, HEAD("\xff") "\"orderShipped\":{\"orderId\":\"o1\"}}", "", "line 1"},
    {JSON, HEAD("") "\"orderShipped\":{\"orderId\":\"o1\"}}", "id", "required"},
    {JSON, HEAD("a\\u0000b") "\"orderShipped\":{\"orderId\":\"o1\"}}", "id", "NUL"},
    {JSON, HEAD("a\\u0007b") "\"orderShipped\":{\"orderId\":\"o1\"}}", "id", "control"},
    {JSON, HEAD("1") "\"id\":\"2\",\"orderShipped\":{\"orderId\":\"o1\"}}", "", "line 1"},
    {JSON, HEAD("1") "\"orderShipped\":{\"orderId\":\"\"}}", "order_shipped.order_id", "required"},
    {JSON, HEAD("1") "\"orderShipped\":{\"orderId\":17}}", "order_shipped.order_id", ""},
    {JSON, HEAD("1") "\"orderShipped\":{\"orderNo\":\"o1\"}}", "orderNo", ""},
    {JSON, HEAD("1") "\"orderShipped\":[]}", "order_shipped", ""},
    {JSON, HEAD("1") "\"orderShiped\":{\"orderId\":\"o1\"}}", "orderShiped", ""},
    {JSON, HEAD("1") "\"orderShipped\":{\"orderId\":\"o1\"},\"orderDelivered\":{\"orderId\":\"o1\"}}",
     "order_delivered", ""},
    {JSON, "{\"id\":\"1\",\"source\":\"shop\",\"time\":\"2026-05-17T09:00:00Z\",\"customerId\":\"C1\"}", "", "body"},
    {JSON,
     "{\"id\":\"1\",\"time\":\"2026-05-17T09:00:00Z\",\"customerId\":\"C1\",\"orderShipped\":{\"orderId\":\"o1\"}}",
     "source", "required"},
    {JSON, "{\"id\":\"1\",\"source\":\"shop\",\"customerId\":\"C1\",\"orderShipped\":{\"orderId\":\"o1\"}}", "time",
     "required"},
    {JSON,
     "{\"id\":\"1\",\"source\":\"shop\",\"time\":\"yesterday\",\"customerId\":\"C1\",\"orderShipped\":{\"orderId\":"
     "\"o1\"}}",
     "time", ""},
    {JSON,
     "{\"id\":\"1\",\"source\":\"shop\",\"time\":\"2026-02-30T09:00:00Z\",\"customerId\":\"C1\",\"orderShipped\":{"
     "\"orderId\":\"o1\"}}",
     "time", ""},
    {JSON,
     "{\"id\":\"1\",\"source\":\"shop\",\"time\":\"2026-06-17T09:00:00Z\",\"customerId\":\"C1\",\"orderShipped\":{"
     "\"orderId\":\"o1\"}}",
     "time", ""},
    {JSON,
     "{\"id\":\"1\",\"source\":\"shop\",\"time\":\"1066-10-14T09:00:00Z\",\"customerId\":\"C1\",\"orderShipped\":{"
     "\"orderId\":\"o1\"}}",
     "time", ""},
    {JSON, "{\"id\":\"1\",\"source\":\"shop\",\"time\":\"2026-05-17T09:00:00Z\",\"orderShipped\":{\"orderId\":\"o1\"}}",
     "customer_id", "required"},
    {JSON, HEAD("1") "\"orderPaid\":{\"orderId\":\"o1\",\"amount\":12.5}}", "amount", ""},
    {JSON, HEAD("1") "\"orderPaid\":{\"orderId\":\"o1\",\"amount\":\"12,50 CNY\"}}", "amount", ""},
    {JSON, HEAD("1") "\"orderPaid\":{\"orderId\":\"o1\",\"amount\":\"99999999999999999999 CNY\"}}", "amount", ""},
    {JSON, HEAD("1") "\"orderPaid\":{\"orderId\":\"o1\",\"amount\":\"1 cny\"}}", "amount", ""},
    {JSON, HEAD("1") "\"surveyAnswered\":{\"score\":9}}", "score", ""},
    {JSON, HEAD("1") "\"surveyAnswered\":{\"score\":99999999999999999999}}", "", "line 1"},
    {JSON, HEAD("1") "\"surveyAnswered\":{\"score\":-1}}", "score", ""},
    {JSON, HEAD("1") "\"contactLogged\":{\"channel\":\"pigeon\"}}", "channel", ""},
    {JSON, HEAD("1") "\"historical\":\"yes\",\"orderShipped\":{\"orderId\":\"o1\"}}", "historical", ""},
    {JSON, "[[" SHIPPED("1") "]]", "", ""},
    {PACKED, "not protobuf", "", ""},
    {PACKED, "\x0a", "", ""},
    {PACKED, "\x0a\x7f", "", ""},
    {PACKED, "{\"id\":\"1\"}", "", ""},
    {"application/cloudevents+json", SHIPPED("1"), "customerId", "small letters"},
    {"application/cloudevents+avro", "", "content-type", "as JSON only"},
    {"Application/CloudEvents-batch+json", "{}", "", "must be an array"},
    {"text/xml", "<event/>", "", "line 1"},
    {"application/json", "id,source,time\n1,shop,now\n", "", "line 1"},
};

#endif
