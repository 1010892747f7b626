// The import as a command: what is sent, that repeating it changes nothing, what is corrected, and what is told.
#include "unit/import_files.h"

#include "services/tend/import_command.h"
#include "services/tend/upload.h"

#include "google/protobuf/timestamp.pb-c.h"

// A memory that answers as ingest does.
struct memory {
    struct kept {
        char *name;
        uint8_t *bytes;
        size_t length;
    } kept[4000];
    size_t count, batches, fails_at;
    Tend__V1__EventResults results;
    Tend__V1__EventResult result[UPLOAD_BATCH], *pointers[UPLOAD_BATCH];
};

static Tend__V1__EventStatus keep(struct memory *memory, const ProtobufCBinaryData *packed)
{
    Tend__V1__Event *event = tend__v1__event__unpack(NULL, packed->len, packed->data);
    assert_non_null(event);
    event->historical = false;
    struct kept fresh = {.length = tend__v1__event__get_packed_size(event)};
    fresh.bytes = malloc(fresh.length);
    tend__v1__event__pack(event, fresh.bytes);
    assert_true(asprintf(&fresh.name, "%s/%s", event->source, event->id) > 0);
    protobuf_c_message_free_unpacked(&event->base, NULL);
    for (size_t i = 0; i < memory->count; i++) {
        struct kept *kept = &memory->kept[i];
        if (strcmp(kept->name, fresh.name) != 0)
            continue;
        bool same = kept->length == fresh.length && memcmp(kept->bytes, fresh.bytes, fresh.length) == 0;
        free(fresh.name);
        free(fresh.bytes);
        return same ? TEND__V1__EVENT_STATUS__EVENT_STATUS_KNOWN : TEND__V1__EVENT_STATUS__EVENT_STATUS_CONFLICT;
    }
    assert_true(memory->count < COUNT(memory->kept));
    memory->kept[memory->count++] = fresh;
    return TEND__V1__EVENT_STATUS__EVENT_STATUS_STORED;
}

static bool send_to_memory(void *self, const Tend__V1__EventBatch *batch, const Tend__V1__EventResults **ret_results)
{
    struct memory *memory = self;
    if (++memory->batches == memory->fails_at)
        return false;
    tend__v1__event_results__init(&memory->results);
    bool all = true;
    for (size_t i = 0; i < batch->n_events; i++) {
        tend__v1__event_result__init(&memory->result[i]);
        memory->result[i].status = keep(memory, &batch->events[i]);
        memory->pointers[i] = &memory->result[i];
        all = all && memory->result[i].status == TEND__V1__EVENT_STATUS__EVENT_STATUS_STORED;
    }
    memory->results.results = memory->pointers;
    memory->results.n_results = all ? 0 : batch->n_events;
    *ret_results = &memory->results;
    return true;
}

static const char *why_memory(void *self)
{
    (void)self;
    return "the memory has a hole";
}

static bool connect_memory(void *self, struct sender *ret_sender, char *ret_error, size_t bytes)
{
    (void)ret_error;
    (void)bytes;
    *ret_sender = (struct sender){send_to_memory, why_memory, self};
    return true;
}

static void forget(struct memory *memory)
{
    for (size_t i = 0; i < memory->count; i++) {
        free(memory->kept[i].name);
        free(memory->kept[i].bytes);
    }
    free(memory);
}

// Runs the command and returns what it printed, to be freed.
static char *command(struct memory *memory, const struct import_words *words, int expected)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    struct clock *clock = clock_open_simulated(NOW_MS);
    struct import_world world = {"Asia/Shanghai", "CNY", clock, connect_memory, memory, out, out};
    int result = import_command(words, &world);
    clock_close(&clock);
    fclose(out);
    if (result != expected)
        fail_msg("exit %d: %s", result, text);
    return text;
}

static void expect_says(char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", text, part);
    free(text);
}

static const char *many_orders(size_t count, const char *changed)
{
    char *text = malloc(count * 40 + 200), *at = text;
    at += sprintf(at, "order_id,time,customer_id,total\n");
    for (size_t i = 0; i < count; i++)
        at += sprintf(at, "A%zu,2025-01-01,C%zu,%s\n", i, i % 7, i == 3 ? changed : "1.50");
    const char *path = file("many.csv", text);
    free(text);
    return path;
}

static void repeating_changes_nothing(void **state)
{
    (void)state;
    struct memory *memory = calloc(1, sizeof *memory);
    struct import_words words = {.kind = "orders", .file = many_orders(450, "1.50"), .as_of = "2026-11-01"};
    expect_says(command(memory, &words, 0), "450 stored, 0 known before, 0 corrected, 0 left out");
    expect_says(command(memory, &words, 0), "0 stored, 450 known before, 0 corrected, 0 left out");
    assert_int_equal(memory->count, 450);
    // Corrected, and corrected once only.
    words.file = many_orders(450, "2.50");
    expect_says(command(memory, &words, 0), "0 stored, 449 known before, 1 corrected, 0 left out");
    expect_says(command(memory, &words, 0), "0 stored, 450 known before, 0 corrected, 0 left out");
    assert_int_equal(memory->count, 451);
    assert_memory_equal(memory->kept[450].name, "import:orders/order:A3@", 23);
    Tend__V1__Event *event = tend__v1__event__unpack(NULL, memory->kept[450].length, memory->kept[450].bytes);
    assert_int_equal(event->body_case, TEND__V1__EVENT__BODY_ORDER_AMENDED);
    assert_int_equal(event->order_amended->total->micros, 2500000);
    assert_int_equal(event->time->seconds, 1793505600); // --as-of, noon in Shanghai
    protobuf_c_message_free_unpacked(&event->base, NULL);
    // Taken back: --amend says so, at a later date.
    words.file = many_orders(450, "1.50");
    words.amend = true;
    words.as_of = "2026-11-02";
    expect_says(command(memory, &words, 0), "0 stored, 0 known before, 450 corrected, 0 left out");
    forget(memory);
}

static void interrupted_and_gone_on(void **state)
{
    (void)state;
    struct memory *memory = calloc(1, sizeof *memory);
    struct import_words words = {.kind = "orders", .file = many_orders(900, "1.50")};
    memory->fails_at = 3;
    char *text = command(memory, &words, 3);
    assert_non_null(strstr(text, "the memory has a hole"));
    expect_says(text, "400 events are stored; start the same import again");
    expect_says(command(memory, &words, 0), "500 stored, 400 known before, 0 corrected, 0 left out");
    assert_int_equal(memory->count, 900);
    forget(memory);
}

static void what_cannot_be_corrected_is_told(void **state)
{
    (void)state;
    struct memory *memory = calloc(1, sizeof *memory);
    const char *header = "contact_id,time,customer_id,outcome\n";
    char text[200];
    snprintf(text, sizeof text, "%sK1,2026-11-21,C,reached\n", header);
    struct import_words words = {.kind = "contacts", .file = file("contacts.csv", text)};
    expect_says(command(memory, &words, 0), "1 stored");
    snprintf(text, sizeof text, "%sK1,2026-11-21,C,refused\nK2,2026-11-21,C,reached\nK3,bad,C,reached\n", header);
    words.file = file("contacts.csv", text);
    char *said = command(memory, &words, 1);
    assert_non_null(strstr(said, "contacts.csv:2: is stored already with other content"));
    assert_non_null(strstr(said, "contacts.csv:4: \"time\": \"bad\" is no date"));
    expect_says(said, "1 stored, 0 known before, 0 corrected, 2 left out");
    words.json = true;
    said = command(memory, &words, 1);
    assert_non_null(strstr(said, "\"line\":4,\"column\":\"time\",\"reason\":"));
    expect_says(said,
                "{\"rows\":3,\"events\":2,\"stored\":0,\"known\":1,\"amended\":0,\"refused\":2,\"dry_run\":false}");
    forget(memory);
}

static void dry_run_sends_nothing(void **state)
{
    (void)state;
    struct memory *memory = calloc(1, sizeof *memory);
    struct import_words words = {.kind = "orders", .file = many_orders(30, "nonsense"), .dry_run = true};
    char *said = command(memory, &words, 1);
    assert_non_null(strstr(said, "{\"id\":\"order:A0\""));
    assert_null(strstr(said, "order:A12"));
    assert_non_null(strstr(said, "many.csv:5: \"total\": \"nonsense\" is no number"));
    expect_says(said, "30 rows make 29 events; 1 problems; nothing was sent");
    assert_int_equal(memory->batches, 0);
    forget(memory);
}

static void wrong_usage(void **state)
{
    (void)state;
    struct import_words cases[] = {
        {.kind = "order", .file = "x"},
        {.kind = "orders", .file = NULL},
        {.kind = "orders", .file = "/nowhere.csv"},
        {.kind = "orders", .file = many_orders(1, "1"), .decimal = "dot"},
        {.kind = "orders", .file = many_orders(1, "1"), .delimiter = "::"},
        {.kind = "orders", .file = many_orders(1, "1"), .currency = "usd"},
        {.kind = "orders", .file = many_orders(1, "1"), .zone = "Mars/Olympus"},
        {.kind = "orders", .file = many_orders(1, "1"), .as_of = "soon"},
        {.kind = "orders", .file = many_orders(1, "1"), .map = "/nowhere.yaml"},
        {.kind = "orders", .file = many_orders(1, "1"), .encoding = "ebcdic"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        free(command(NULL, &cases[i], 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(repeating_changes_nothing),
        cmocka_unit_test(interrupted_and_gone_on),
        cmocka_unit_test(what_cannot_be_corrected_is_told),
        cmocka_unit_test(dry_run_sends_nothing),
        cmocka_unit_test(wrong_usage),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
