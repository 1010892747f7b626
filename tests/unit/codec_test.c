#include "common/codec.h"

#include "common/choice.h"

#include "unit/everything.h"
#include "unit/random_message.h"
#include "unit/sample.h"

#include <stdlib.h>
#include <time.h>

static const ProtobufCMessageDescriptor *const event = &tend__v1__event__descriptor;

struct bad {
    const char *text;
    const char *field;
    const char *reason;
};

static const struct bad bad_events[] = {
    {"", "", "not JSON"},
    {" ", "", "not JSON"},
    {"{", "", "not JSON"},
    {"{}x", "", "not JSON"},
    {"null", "", "not JSON"},
    {"[]", "", "not an object"},
    {"{\"id\":\"a\",\"id\":\"b\"}", "", "duplicate"},
    {"{\"id\":\"\xFF\"}", "", "not JSON"},
    {"{\"id\":\"a\nb\"}", "", "not JSON"},
    {"{\"id\":NaN}", "", "not JSON"},
    {"{\"id\":'a'}", "", "not JSON"},
    {"{\"id\":\"a\",}", "", "not JSON"},
    {"{\"leadUpdated\":{\"intention\":99999999999999999999}}", "", "not JSON"},
    {"{\"leadUpdated\":{\"intention\":1e999}}", "", "not JSON"},
    {"{\"i\\u0000d\":1}", "", "not JSON"},
    {"{\"customerId\":\"a\",\"customer_id\":\"a\"}", "customer_id", "twice"},
    {"{\"id\":\"a\\u0000b\"}", "id", "NUL"},
    {"{\"id\":\"\\u0000\"}", "id", "NUL"},
    {"{\"id\":1}", "id", "not a string"},
    {"{\"id\":true}", "id", "not a string"},
    {"{\"id\":[]}", "id", "not a string"},
    {"{\"id\":{}}", "id", "not a string"},
    {"{\"historical\":1}", "historical", "neither true nor false"},
    {"{\"historical\":\"true\"}", "historical", "neither true nor false"},
    {"{\"idd\":\"a\"}", "idd", "did you mean \"id\"?"},
    {"{\"customerid\":\"a\"}", "customerid", "did you mean \"customerId\"?"},
    {"{\"costumer_id\":\"a\"}", "costumer_id", "did you mean \"customerId\"?"},
    {"{\"orderPlacd\":{}}", "orderPlacd", "did you mean \"orderPlaced\"?"},
    {"{\"something\":1}", "something", "unknown field"},
    {"{\"repUpserted\":{\"workingHours\":[{\"from\":\"09:00\"}]}}", "rep_upserted.working_hours[0].from",
     "unknown field; there are fromMinute, toMinute"},
    {"{\"\":1}", "", "unknown field"},
    {"{\"\\u0001\\u001b\":1}",
     "?"
     "?",
     "unknown field"},
    {"{\"Id\":\"a\"}", "Id", "did you mean \"id\"?"},
    {"{\"orderPlaced\":{},\"orderPaid\":{}}", "order_paid", "only one may be set, and order_placed is"},
    {"{\"orderPlaced\":{},\"order_placed\":{}}", "order_placed", "twice"},
    {"{\"orderPlaced\":[]}", "order_placed", "not an object"},
    {"{\"orderPlaced\":1}", "order_placed", "not an object"},
    {"{\"orderPlaced\":{\"lines\":{}}}", "order_placed.lines", "not a list"},
    {"{\"orderPlaced\":{\"lines\":[null]}}", "order_placed.lines[0]", "is null"},
    {"{\"orderPlaced\":{\"lines\":[{},1]}}", "order_placed.lines[1]", "not an object"},
    {"{\"orderPlaced\":{\"lines\":[{},{\"skuu\":1}]}}", "order_placed.lines[1].skuu", "did you mean \"sku\"?"},
    {"{\"orderPlaced\":{\"lines\":[{\"sku\":\"a\"},{\"sku\":7}]}}", "order_placed.lines[1].sku", "not a string"},
    {"{\"orderPlaced\":{\"lines\":[{\"quantityMilli\":1.5}]}}", "order_placed.lines[0].quantity_milli",
     "not an integer"},
    {"{\"orderPlaced\":{\"lines\":[{\"quantityMilli\":\"1.0\"}]}}", "order_placed.lines[0].quantity_milli",
     "not an integer"},
    {"{\"orderPlaced\":{\"lines\":[{\"quantityMilli\":\"\"}]}}", "order_placed.lines[0].quantity_milli",
     "not an integer"},
    {"{\"orderPlaced\":{\"lines\":[{\"quantityMilli\":\"-\"}]}}", "order_placed.lines[0].quantity_milli",
     "not an integer"},
    {"{\"orderPlaced\":{\"lines\":[{\"quantityMilli\":\" 1\"}]}}", "order_placed.lines[0].quantity_milli",
     "not an integer"},
    {"{\"orderPlaced\":{\"lines\":[{\"quantityMilli\":\"0x10\"}]}}", "order_placed.lines[0].quantity_milli",
     "not an integer"},
    {"{\"orderPlaced\":{\"lines\":[{\"quantityMilli\":\"9223372036854775808\"}]}}",
     "order_placed.lines[0].quantity_milli", "out of range"},
    {"{\"orderPlaced\":{\"lines\":[{\"quantityMilli\":\"-9223372036854775809\"}]}}",
     "order_placed.lines[0].quantity_milli", "out of range"},
    {"{\"orderPlaced\":{\"lines\":[{\"quantityMilli\":\"99999999999999999999\"}]}}",
     "order_placed.lines[0].quantity_milli", "not an integer"},
    {"{\"orderPlaced\":{\"lines\":[{\"discountPpm\":-1}]}}", "order_placed.lines[0].discount_ppm", "out of range"},
    {"{\"orderPlaced\":{\"lines\":[{\"discountPpm\":4294967296}]}}", "order_placed.lines[0].discount_ppm",
     "out of range"},
    {"{\"orderPlaced\":{\"lines\":[{\"discountPpm\":1e300}]}}", "order_placed.lines[0].discount_ppm", "not an integer"},
    {"{\"orderPlaced\":{\"lines\":[{\"discountPpm\":true}]}}", "order_placed.lines[0].discount_ppm", "not an integer"},
    {"{\"orderPlaced\":{\"total\":1280.5}}", "order_placed.total", "money is a decimal string"},
    {"{\"orderPlaced\":{\"total\":1280}}", "order_placed.total", "money is a decimal string"},
    {"{\"orderPlaced\":{\"total\":{\"micros\":1}}}", "order_placed.total", "money is a decimal string"},
    {"{\"orderPlaced\":{\"total\":\"\"}}", "order_placed.total", "not an amount"},
    {"{\"orderPlaced\":{\"total\":\"CNY\"}}", "order_placed.total", "not an amount"},
    {"{\"orderPlaced\":{\"total\":\"CNY 5\"}}", "order_placed.total", "not an amount"},
    {"{\"orderPlaced\":{\"total\":\" 5 CNY\"}}", "order_placed.total", "not an amount"},
    {"{\"orderPlaced\":{\"total\":\"1,280.50 CNY\"}}", "order_placed.total", "not an amount"},
    {"{\"orderPlaced\":{\"total\":\"1e3 CNY\"}}", "order_placed.total", "not an amount"},
    {"{\"orderPlaced\":{\"total\":\"0.0000001 CNY\"}}", "order_placed.total", "not an amount"},
    {"{\"orderPlaced\":{\"total\":\"9000000000.01 CNY\"}}", "order_placed.total", "not an amount"},
    {"{\"orderPlaced\":{\"total\":\"5  CNY\"}}", "order_placed.total", "three capitals"},
    {"{\"orderPlaced\":{\"total\":\"5 cny\"}}", "order_placed.total", "three capitals"},
    {"{\"orderPlaced\":{\"total\":\"5 \"}}", "order_placed.total", "three capitals"},
    {"{\"orderPlaced\":{\"total\":\"5 CNYX\"}}", "order_placed.total", "three capitals"},
    {"{\"orderPlaced\":{\"total\":\"5 CNY \"}}", "order_placed.total", "three capitals"},
    {"{\"orderPlaced\":{\"total\":\"5 CN\\u0000\"}}", "order_placed.total", "three capitals"},
    {"{\"time\":1779010200}", "time", "not a time"},
    {"{\"time\":\"2026-05-17\"}", "time", "not a time"},
    {"{\"time\":\"2026-05-17T09:30:00\"}", "time", "not a time"},
    {"{\"time\":\"1969-12-31T23:59:59Z\"}", "time", "not a time"},
    {"{\"time\":\"2026-02-30T00:00:00Z\"}", "time", "not a time"},
    {"{\"time\":{\"seconds\":1}}", "time", "not a time"},
    {"{\"promiseMade\":{\"due\":\"tomorrow\"}}", "promise_made.due", "not a time"},
    {"{\"customerUpserted\":{\"type\":\"byer\"}}", "customer_upserted.type", "did you mean \"buyer\"?"},
    {"{\"customerUpserted\":{\"type\":\"Buyer\"}}", "customer_upserted.type", "did you mean \"buyer\"?"},
    {"{\"customerUpserted\":{\"type\":\"CUSTOMER_TYPE_NONE\"}}", "customer_upserted.type", "is no CustomerType"},
    {"{\"customerUpserted\":{\"type\":\"\"}}", "customer_upserted.type", "is no CustomerType"},
    {"{\"customerUpserted\":{\"type\":\"type_buyer\"}}", "customer_upserted.type", "is no CustomerType"},
    {"{\"customerUpserted\":{\"type\":7}}", "customer_upserted.type", "7 is no CustomerType"},
    {"{\"customerUpserted\":{\"type\":-1}}", "customer_upserted.type", "-1 is no CustomerType"},
    {"{\"customerUpserted\":{\"type\":4294967297}}", "customer_upserted.type", "is no CustomerType"},
    {"{\"customerUpserted\":{\"type\":1.0}}", "customer_upserted.type", "not a string"},
    {"{\"customerUpserted\":{\"contacts\":[{\"keyPerson\":0}]}}", "customer_upserted.contacts[0].key_person",
     "neither true nor false"},
    {"{\"visitPlanned\":{\"customerIds\":[\"a\",null]}}", "visit_planned.customer_ids[1]", "is null"},
    {"{\"visitPlanned\":{\"customerIds\":\"a\"}}", "visit_planned.customer_ids", "not a list"},
    {"{\"visitPlanned\":{\"customerIds\":[\"a\",2]}}", "visit_planned.customer_ids[1]", "not a string"},
    {"{\"repUpserted\":{\"workingDays\":[1,\"x\"]}}", "rep_upserted.working_days[1]", "not an integer"},
};

// The types that no word of ours has.
static const struct bad bad_everythings[] = {
    {"{\"int32\":2147483648}", "int32", "out of range"},
    {"{\"sint32\":-2147483649}", "sint32", "out of range"},
    {"{\"uint64\":\"18446744073709551616\"}", "uint64", "not an integer"},
    {"{\"fixed64\":-1}", "fixed64", "out of range"},
    {"{\"realSingle\":3.5e38}", "real_single", "out of range"},
    {"{\"real\":\"1e999\"}", "real", "out of range"},
    {"{\"real\":\"nan\"}", "real", "not a number"},
    {"{\"real\":\"inf\"}", "real", "not a number"},
    {"{\"real\":\"0x1p3\"}", "real", "not a number"},
    {"{\"real\":\"\"}", "real", "not a number"},
    {"{\"real\":\"1.5.5\"}", "real", "not a number"},
    {"{\"real\":true}", "real", "not a number"},
    {"{\"bytes\":\"a\"}", "bytes", "not base64"},
    {"{\"bytes\":\"YWJj=\"}", "bytes", "not base64"},
    {"{\"bytes\":\"YW Jj\"}", "bytes", "not base64"},
    {"{\"bytes\":\"YWJj!\"}", "bytes", "not base64"},
    {"{\"bytes\":\"++--\"}", "bytes", "not base64"},
    {"{\"bytes\":5}", "bytes", "not a string"},
    {"{\"blobs\":[\"YWJj\",\"*\"]}", "blobs[1]", "not base64"},
    {"{\"pickNumber\":1,\"pickText\":\"a\"}", "pick_text", "only one may be set, and pick_number is"},
    {"{\"colours\":[\"red\",\"green\"]}", "colours[1]", "is no Colour"},
    {"{\"children\":[{\"children\":[{},{\"texts\":[\"\",1]}]}]}", "children[0].children[1].texts[1]", "not a string"},
};

static void expect_bad(const ProtobufCMessageDescriptor *descriptor, const struct bad *bad, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct verify_error error = {"untouched", "untouched"};
        size_t length = strlen(bad[i].text);
        char *text = malloc(length == 0 ? 1 : length);
        memcpy(text, bad[i].text, length);
        if (codec_from_text(descriptor, text, length, NULL, &error) != NULL)
            fail_msg("%s was accepted", bad[i].text);
        if (strcmp(error.field, bad[i].field) != 0 || strstr(error.reason, bad[i].reason) == NULL)
            fail_msg("%s: \"%s\" \"%s\"", bad[i].text, error.field, error.reason);
        free(text);
    }
}

static void bad_texts_are_named(void **state)
{
    (void)state;
    expect_bad(event, bad_events, sizeof bad_events / sizeof bad_events[0]);
    expect_bad(&everything_descriptor, bad_everythings, sizeof bad_everythings / sizeof bad_everythings[0]);
}

static ProtobufCMessage *read(const ProtobufCMessageDescriptor *descriptor, const char *text)
{
    struct verify_error error;
    ProtobufCMessage *message = codec_from_text(descriptor, text, strlen(text), NULL, &error);
    if (message == NULL)
        fail_msg("%s: %s: %s", text, error.field, error.reason);
    return message;
}

static void expect_text(const ProtobufCMessage *message, unsigned flags, const char *wanted)
{
    size_t length;
    char *text = codec_to_text(message, flags, NULL, &length);
    assert_non_null(text);
    assert_string_equal(text, wanted);
    assert_int_equal(length, strlen(wanted));
    free(text);
}

// What goes in in many forms comes out in one.
static void forms_of_values(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *back;
    } cases[] = {
        {"{}", "{}"},
        {"{\"text\":null,\"texts\":null,\"child\":null,\"pickText\":null}", "{}"},
        {"{\"int32\":0,\"text\":\"\",\"texts\":[],\"yes\":false,\"colour\":0,\"real\":0.0,\"bytes\":\"\"}", "{}"},
        {"{\"int32\":\"-2147483648\",\"sint32\":2147483647,\"sfixed32\":1e3}",
         "{\"int32\":-2147483648,\"sint32\":2147483647,\"sfixed32\":1000}"},
        {"{\"int64\":9223372036854775807,\"sint64\":\"-9223372036854775808\",\"sfixed64\":-1.0}",
         "{\"int64\":\"9223372036854775807\",\"sint64\":\"-9223372036854775808\",\"sfixed64\":\"-1\"}"},
        {"{\"uint32\":4294967295,\"fixed32\":\"007\",\"uint64\":\"18446744073709551615\",\"fixed64\":1}",
         "{\"uint32\":4294967295,\"fixed32\":7,\"uint64\":\"18446744073709551615\",\"fixed64\":\"1\"}"},
        {"{\"real\":0.1,\"realSingle\":0.1}", "{\"realSingle\":0.1,\"real\":0.1}"},
        {"{\"real\":\"NaN\",\"realSingle\":\"-Infinity\"}", "{\"realSingle\":\"-Infinity\",\"real\":\"NaN\"}"},
        {"{\"real\":\"Infinity\"}", "{\"real\":\"Infinity\"}"},
        {"{\"real\":\"-1.5e3\"}", "{\"real\":-1500}"},
        {"{\"real\":1e300,\"reals\":[0.30000000000000004,5e-324,-0.0,3]}",
         "{\"real\":1e+300,\"reals\":[0.30000000000000004,4.94065645841247e-324,-0.0,3]}"},
        {"{\"colour\":\"COLOUR_DARK_BLUE\"}", "{\"colour\":\"COLOUR_DARK_BLUE\"}"},
        {"{\"colour\":\"dark_blue\",\"colours\":[1,\"red\",\"below\",\"unspecified\",-3]}",
         "{\"colour\":\"COLOUR_DARK_BLUE\",\"colours\":[\"COLOUR_RED\",\"COLOUR_RED\",\"COLOUR_BELOW\","
         "\"COLOUR_UNSPECIFIED\",\"COLOUR_BELOW\"]}"},
        {"{\"bytes\":\"+/+/\",\"blobs\":[\"-_-_\",\"YQ==\",\"YQ\",\"-_8\",\"\"]}",
         "{\"bytes\":\"+/+/\",\"blobs\":[\"+/+/\",\"YQ==\",\"YQ==\",\"+/8=\",\"\"]}"},
        {"{\"text\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0001\\u007f\\u00e9\\ud83d\\ude00\"}",
         "{\"text\":\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\x7F\xC3\xA9\xF0\x9F\x98\x80\"}"},
        // The members of a oneof are written when they are chosen, whatever they hold.
        {"{\"pickNumber\":0}", "{\"pickNumber\":0}"},
        {"{\"pick_text\":\"\",\"pick_number\":null}", "{\"pickText\":\"\"}"},
        {"{\"pickChild\":{}}", "{\"pickChild\":{}}"},
        {"{\"child\":{\"child\":{\"int32\":1}},\"children\":[{},{\"yes\":true}]}",
         "{\"child\":{\"child\":{\"int32\":1}},\"children\":[{},{\"yes\":true}]}"},
        {"{\"moment\":\"2026-05-17T17:30:00.120+08:00\",\"price\":\"-.5\"}",
         "{\"moment\":\"2026-05-17T09:30:00.120Z\",\"price\":\"-0.50\"}"},
        {"{\"price\":\"9000000000 USD\"}", "{\"price\":\"9000000000.00 USD\"}"},
        {"{\"price\":\"0\"}", "{\"price\":\"0.00\"}"},
        {"{\"flags\":[true,false],\"numbers\":[\"1\",2]}", "{\"flags\":[true,false],\"numbers\":[\"1\",\"2\"]}"},
        {" {\t\"int32\" :\r\n1 } ", "{\"int32\":1}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ProtobufCMessage *message = read(&everything_descriptor, cases[i].text);
        expect_text(message, 0, cases[i].back);
        protobuf_c_message_free_unpacked(message, NULL);
    }
}

static void flags_change_the_form(void **state)
{
    (void)state;
    ProtobufCMessage *message = read(&tend__v1__order_line__descriptor, "{\"quantityMilli\":5}");
    expect_text(message, CODEC_SNAKE, "{\"quantity_milli\":\"5\"}");
    expect_text(message, CODEC_DEFAULTS, "{\"sku\":\"\",\"name\":\"\",\"quantityMilli\":\"5\",\"discountPpm\":0}");
    protobuf_c_message_free_unpacked(message, NULL);
    message = read(&tend__v1__visit_planned__descriptor, "{}");
    expect_text(message, CODEC_DEFAULTS | CODEC_SNAKE,
                "{\"visit_id\":\"\",\"region\":\"\",\"purpose\":\"\",\"from\":\"\",\"to\":\"\",\"hotel\":\"\","
                "\"phone\":\"\",\"customer_ids\":[]}");
    protobuf_c_message_free_unpacked(message, NULL);
}

// What was not verified is written all the same.
static void writer_is_total(void **state)
{
    (void)state;
    struct everything odd;
    everything_init(&odd.base);
    Google__Protobuf__Timestamp moment = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    Tend__V1__Money price = TEND__V1__MONEY__INIT;
    moment.seconds = -1;
    price.micros = INT64_MIN;
    price.currency = (char *)(uintptr_t) "x\"y";
    odd.colour = 99;
    odd.text = (char *)(uintptr_t) "a\xFF\xC2z\x01";
    odd.moment = &moment;
    odd.price = &price;
    expect_text(&odd.base, 0,
                "{\"colour\":99,\"text\":\"a\\ufffd\\ufffdz\\u0001\",\"moment\":{\"seconds\":\"-1\"},"
                "\"price\":\"-9223372036854.775808\"}");
    odd.text = NULL;
    struct everything *children[] = {NULL};
    odd = (struct everything){.base = odd.base, .children = children, .n_children = 1};
    expect_text(&odd.base, 0, "{\"children\":[null]}");
}

static void limits_are_kept(void **state)
{
    (void)state;
    struct verify_error error;
    char *text = malloc(CODEC_TEXT_BYTES + 2);
    memset(text, ' ', CODEC_TEXT_BYTES + 1);
    memcpy(text, "{}", 2);
    ProtobufCMessage *message = codec_from_text(event, text, CODEC_TEXT_BYTES, NULL, &error);
    assert_non_null(message);
    protobuf_c_message_free_unpacked(message, NULL);
    assert_null(codec_from_text(event, text, CODEC_TEXT_BYTES + 1, NULL, &error));
    assert_string_equal(error.reason, "longer than 262144 bytes");
    // Brackets: as deep as allowed, one deeper, and nothing else.
    for (size_t depth = CODEC_DEPTH; depth <= CODEC_DEPTH + 1; depth++) {
        size_t length = 0;
        for (size_t i = 1; i < depth; i++)
            length += (size_t)sprintf(text + length, "{\"child\":");
        length += (size_t)sprintf(text + length, "{\"text\":\"[[[[[[[[[[\\\"[[[[[[[[[[[[[[[[[[[[[[[[\"}");
        for (size_t i = 1; i < depth; i++)
            text[length++] = '}';
        message = codec_from_text(&everything_descriptor, text, length, NULL, &error);
        assert_int_equal(message != NULL, depth == CODEC_DEPTH);
        if (message != NULL)
            protobuf_c_message_free_unpacked(message, NULL);
    }
    assert_string_equal(error.reason, "nested deeper than 32");
    memset(text, '[', CODEC_TEXT_BYTES);
    assert_null(codec_from_text(event, text, CODEC_TEXT_BYTES, NULL, &error));
    assert_string_equal(error.reason, "nested deeper than 32");
    for (int count = VERIFY_REPEATED; count <= VERIFY_REPEATED + 1; count++) {
        size_t length = (size_t)sprintf(text, "{\"texts\":[\"\"");
        for (int i = 1; i < count; i++)
            length += (size_t)sprintf(text + length, ",\"\"");
        length += (size_t)sprintf(text + length, "]}");
        message = codec_from_text(&everything_descriptor, text, length, NULL, &error);
        assert_int_equal(message != NULL, count == VERIFY_REPEATED);
        if (message != NULL)
            protobuf_c_message_free_unpacked(message, NULL);
    }
    assert_string_equal(error.reason, "has 1001 entries, more than 1000");
    free(text);
}

// An allocator that fails at the n-th call, and counts what is alive.
struct meter {
    size_t left;
    size_t alive;
};

static void *meter_alloc(void *data, size_t size)
{
    struct meter *meter = data;
    if (meter->left == 0)
        return NULL;
    meter->left--;
    meter->alive++;
    return malloc(size);
}

static void meter_free(void *data, void *memory)
{
    struct meter *meter = data;
    meter->alive -= memory != NULL;
    free(memory);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    const struct samples *samples = samples_read();
    static const char all[] =
        "{\"texts\":[\"a\",\"b\"],\"blobs\":[\"YWJj\"],\"children\":[{},{\"price\":\"5 CNY\"}],"
        "\"pickChild\":{\"pickText\":\"x\"},\"numbers\":[1,2],\"moment\":\"2026-05-17T09:30:00Z\"}";
    for (size_t i = 0; i <= samples->count; i++) {
        const char *text = i < samples->count ? samples->texts[i] : all;
        const ProtobufCMessageDescriptor *descriptor = i < samples->count ? event : &everything_descriptor;
        bool done = false;
        for (size_t calls = 0; !done; calls++) {
            struct verify_error error;
            struct meter meter = {calls, 0};
            ProtobufCAllocator allocator = {meter_alloc, meter_free, &meter};
            size_t length;
            char *back = NULL;
            ProtobufCMessage *message = codec_from_text(descriptor, text, strlen(text), &allocator, &error);
            if (message != NULL) {
                back = codec_to_text(message, 0, &allocator, &length);
                protobuf_c_message_free_unpacked(message, &allocator);
            } else {
                assert_string_equal(error.reason, "needs too much memory");
            }
            done = back != NULL;
            if (done)
                meter_free(&meter, back);
            assert_int_equal(meter.alive, 0);
            assert_true(calls < 200);
        }
    }
}

// text -> message -> bytes -> message -> text: the samples are written as the codec writes.
static void samples_come_back(void **state)
{
    (void)state;
    const struct samples *samples = samples_read();
    bool seen[128] = {false};
    for (size_t i = 0; i < samples->count; i++) {
        struct verify_error error;
        ProtobufCMessage *message = read(event, samples->texts[i]);
        uint8_t bytes[SAMPLE_BYTES];
        size_t size = protobuf_c_message_pack(message, bytes);
        assert_true(verify_wire(event, bytes, size, &error));
        assert_true(verify_message(message, NULL, &error));
        Tend__V1__Event *again = tend__v1__event__unpack(NULL, size, bytes);
        assert_non_null(again);
        seen[again->body_case] = true;
        size_t length;
        char *text = codec_to_text(&again->base, 0, NULL, &length);
        ProtobufCMessage *third = read(event, text);
        uint8_t second[SAMPLE_BYTES];
        assert_int_equal(protobuf_c_message_pack(third, second), size);
        assert_memory_equal(bytes, second, size);
        if (i == 0)
            assert_string_equal(text,
                                "{\"id\":\"e1\",\"source\":\"shop\",\"time\":\"2026-05-17T09:30:00.250Z\","
                                "\"customerId\":\"C-1001\",\"repId\":\"wang\",\"historical\":true,\"orderPlaced\":{"
                                "\"orderId\":\"SO-1\",\"lines\":[{\"sku\":\"A-1\",\"name\":\"王牌茶具 Tea set\","
                                "\"quantityMilli\":\"2500\",\"price\":\"120.50 CNY\",\"discountPpm\":100000,"
                                "\"cost\":\"200.00 CNY\"},{\"sku\":\"B-2\",\"quantityMilli\":\"1000\",\"price\":"
                                "\"99.00\"}],\"total\":\"370.13 CNY\",\"promisedDelivery\":\"2026-06-01\","
                                "\"currency\":\"CNY\"}}");
        free(text);
        protobuf_c_message_free_unpacked(third, NULL);
        protobuf_c_message_free_unpacked(message, NULL);
        tend__v1__event__free_unpacked(again, NULL);
    }
    for (unsigned i = 0; i < event->n_fields; i++)
        if ((event->fields[i].flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 && !seen[event->fields[i].id])
            fail_msg("no sample of %s", event->fields[i].name);
}

static void round_trip(const ProtobufCMessageDescriptor *descriptor)
{
    static uint8_t bytes[4 << 20];
    struct verify_error error;
    ProtobufCMessage *message = random_message(descriptor, 1);
    size_t size = protobuf_c_message_get_packed_size(message);
    assert_true(2 * size <= sizeof bytes);
    protobuf_c_message_pack(message, bytes);
    if (!verify_wire(descriptor, bytes, size, &error) || !verify_message(message, NULL, &error))
        fail_msg("%s: %s", error.field, error.reason);
    size_t length;
    char *text = codec_to_text(message, (unsigned)chance(4), NULL, &length);
    protobuf_c_message_free_unpacked(message, NULL);
    if (length <= CODEC_TEXT_BYTES) {
        ProtobufCMessage *second = codec_from_text(descriptor, text, length, NULL, &error);
        if (second == NULL)
            fail_msg("%s: %s in %s", error.field, error.reason, text);
        assert_int_equal(protobuf_c_message_pack(second, bytes + size), size);
        assert_memory_equal(bytes, bytes + size, size);
        protobuf_c_message_free_unpacked(second, NULL);
    }
    free(text);
}

static void random_messages_come_back(void **state)
{
    (void)state;
    seed = (uint64_t)time(NULL);
    print_message("seed %llu\n", (unsigned long long)seed);
    for (int i = 0; i < 4000; i++)
        round_trip(i % 4 == 0 ? &everything_descriptor : event);
}

static void choices(void **state)
{
    (void)state;
    int value;
    char text[CHOICE_TEXT_BYTES];
    assert_true(choice_parse(&tend__v1__customer_type__descriptor, "franchisee", &value));
    assert_int_equal(value, TEND__V1__CUSTOMER_TYPE__CUSTOMER_TYPE_FRANCHISEE);
    assert_false(choice_parse(&tend__v1__customer_type__descriptor, "FRANCHISEE", &value));
    assert_int_equal(choice_print(&tend__v1__contact_outcome__descriptor, 2, text), 9);
    assert_string_equal(text, "no_answer");
    assert_int_equal(choice_print(&tend__v1__contact_outcome__descriptor, 42, text), 2);
    assert_string_equal(text, "42");
    assert_true(choice_nearest(&tend__v1__contact_outcome__descriptor, "no answer", text));
    assert_string_equal(text, "no_answer");
    assert_false(choice_nearest(&tend__v1__contact_outcome__descriptor, "perhaps", text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_texts_are_named),
        cmocka_unit_test(forms_of_values),
        cmocka_unit_test(flags_change_the_form),
        cmocka_unit_test(writer_is_total),
        cmocka_unit_test(limits_are_kept),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(samples_come_back),
        cmocka_unit_test(random_messages_come_back),
        cmocka_unit_test(choices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
