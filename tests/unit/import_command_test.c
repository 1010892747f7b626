// The import as a command: what is sent, that repeating it changes nothing, what is corrected, and what is told.
#include "unit/import_files.h"

#include "services/tend/import_command.h"
#include "services/tend/upload.h"

#include "google/protobuf/timestamp.pb-c.h"

#include <glob.h>

// A memory that answers as ingest does.
struct memory {
    struct kept {
        char *name;
        uint8_t *bytes;
        size_t length;
    } kept[12000];
    size_t count, batches, fails_at, posted, collected;
    size_t silent_after; // answers that are given before it says no more; 0: never silent
    struct clock *clock; // that goes on by a second with each answer
    struct answer_kept {
        Tend__V1__EventResults results;
        Tend__V1__EventResult result[UPLOAD_BATCH], *pointers[UPLOAD_BATCH];
    } answers[SENDER_WINDOW + 4];
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

static bool post_to_memory(void *self, const Tend__V1__EventBatch *batch)
{
    struct memory *memory = self;
    struct answer_kept *answer = &memory->answers[memory->posted++ % COUNT(memory->answers)];
    assert_true(memory->posted - memory->collected <= COUNT(memory->answers));
    if (++memory->batches == memory->fails_at)
        return false;
    tend__v1__event_results__init(&answer->results);
    bool all = true;
    for (size_t i = 0; i < batch->n_events; i++) {
        tend__v1__event_result__init(&answer->result[i]);
        answer->result[i].status = keep(memory, &batch->events[i]);
        answer->pointers[i] = &answer->result[i];
        all = all && answer->result[i].status == TEND__V1__EVENT_STATUS__EVENT_STATUS_STORED;
    }
    answer->results.results = answer->pointers;
    answer->results.n_results = all ? 0 : batch->n_events;
    return true;
}

static bool collect_from_memory(void *self, const Tend__V1__EventResults **ret_results)
{
    struct memory *memory = self;
    if (memory->silent_after != 0 && memory->collected == memory->silent_after)
        return false;
    if (memory->clock != NULL)
        clock_move(memory->clock, clock_wall_ms(memory->clock) + 1000);
    *ret_results = &memory->answers[memory->collected++ % COUNT(memory->answers)].results;
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
    *ret_sender = (struct sender){post_to_memory, collect_from_memory, why_memory, self};
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

static const char *data_dir; // of the positions; NULL: none are kept

// Runs the command and returns what it printed, to be freed.
static char *command(struct memory *memory, const struct import_words *words, int expected)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    struct clock *clock = clock_open_simulated(NOW_MS);
    struct import_world world = {"Asia/Shanghai", "CNY", data_dir, clock, connect_memory, memory, out, out};
    if (memory != NULL)
        memory->clock = clock;
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
    memory->silent_after = 2;
    char *text = command(memory, &words, 3);
    assert_non_null(strstr(text, "the memory has a hole"));
    expect_says(text, "400 events are stored; start the same import again");
    // What was on its way has arrived all the same.
    memory->silent_after = 0;
    memory->collected = memory->posted;
    expect_says(command(memory, &words, 0), "0 stored, 900 known before, 0 corrected, 0 left out");
    assert_int_equal(memory->count, 900);
    forget(memory);
}

// How many positions are kept.
static size_t positions(void)
{
    char pattern[128];
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s/imports/*", folder);
    int failed = glob(pattern, 0, NULL, &found);
    size_t count = failed == 0 ? found.gl_pathc : 0;
    if (failed == 0)
        globfree(&found);
    return count;
}

// Runs until so many answers came, and starts the same import again. Returns what is said then.
static char *interrupted_at(struct memory *memory, const struct import_words *words, size_t answers)
{
    memory->silent_after = memory->collected + answers;
    free(command(memory, words, 3));
    memory->silent_after = 0;
    memory->collected = memory->posted;
    memory->batches = 0;
    return command(memory, words, 0);
}

static void an_import_goes_on_where_it_was(void **state)
{
    (void)state;
    struct memory *memory = calloc(1, sizeof *memory);
    struct import_words words = {.kind = "orders", .file = many_orders(6000, "1.50")};
    data_dir = folder;
    // Less than the window: from the first row, all known.
    expect_says(interrupted_at(memory, &words, SENDER_WINDOW), "0 stored, 6000 known before");
    assert_int_equal(memory->count, 6000);
    // Of 25 batches that were answered the last one and the sixteen before it are sent again.
    char *text = interrupted_at(memory, &words, 25);
    assert_non_null(strstr(text, "1600 events of these were stored before the import was interrupted"));
    expect_says(text, "0 stored, 4400 known before, 0 corrected, 0 left out");
    assert_int_equal(memory->batches, 22);
    assert_int_equal(positions(), 0);
    // Another map, another zone, another file: another import.
    memory->silent_after = memory->collected + 25;
    free(command(memory, &words, 3));
    memory->silent_after = 0;
    memory->collected = memory->posted;
    assert_int_equal(positions(), 1);
    struct import_words other = words;
    other.source = "elsewhere";
    expect_says(command(memory, &other, 0), "6000 stored, 0 known before");
    assert_int_equal(positions(), 1);
    forget(memory);
    // A store that was put back, or another one: from the first row.
    memory = calloc(1, sizeof *memory);
    text = command(memory, &words, 0);
    assert_non_null(strstr(text, "from the first row again"));
    assert_null(strstr(text, "before the import was interrupted"));
    free(text);
    assert_int_equal(memory->count, 6000);
    assert_int_equal(positions(), 0);
    forget(memory);
    data_dir = NULL;
}

static void a_corrupt_position_costs_time_only(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "line",
                                        "line 0 known 0 now 1\n",
                                        "line 900 known 20 now 1795305600000\n",
                                        "line 900 known 2000 now 0\n",
                                        "line 900 known 2000 now 1795305600000 \n x"};
    data_dir = folder;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct memory *memory = calloc(1, sizeof *memory);
        struct import_words words = {.kind = "orders", .file = many_orders(6000, "1.50")};
        memory->silent_after = 25;
        free(command(memory, &words, 3));
        assert_int_equal(memory->count, 6000);
        char pattern[128];
        glob_t found;
        snprintf(pattern, sizeof pattern, "%s/imports/*", folder);
        assert_int_equal(glob(pattern, 0, NULL, &found), 0);
        FILE *out = fopen(found.gl_pathv[0], "w");
        fputs(texts[i], out);
        fclose(out);
        globfree(&found);
        memory->silent_after = 0;
        memory->collected = memory->posted;
        expect_says(command(memory, &words, 0), "6000 known before, 0 corrected, 0 left out");
        forget(memory);
    }
    data_dir = NULL;
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
    expect_says(said, "{\"rows\":3,\"events\":2,\"stored\":0,\"known\":1,\"amended\":0,\"refused\":2,\"dry_run\":false,"
                      "\"rejected_rows\":2,\"rejected\":\"");
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

// Columns that are not read are named, with what they were meant to be where that is near; of a shop's own export there
// are many that nobody needs.
static void what_is_not_read_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *text, *says;
    } rows[] = {
        {"customers", "customer_id,name,ownr,fax,\nZ1,Zed,chen,5,\n", "not read: ownr (did you mean owner?), fax\n"},
        {"customers", "customer_id,name,Credit Limt,rep\nZ1,Zed,5,chen\n", "not read: Credit Limt (did you mean "},
        {"customers", "customer_id,name,owner,ownr\nZ1,Zed,5,chen\n", "not read: ownr\n"}, // there is an owner
        {"customers", "customer_id,name,a1,a2,a3,a4,a5,a6,a7,a8,a9,b\033,regoin\nZ1,Zed,,,,,,,,,,,\n",
         "not read: regoin (did you mean region?), a1, a2, a3, a4, a5, a6, a7, a8 and 2 more\n"},
        {"customers", "customer_id,name,b\033\nZ1,Zed,\n", "not read: b?\n"},
        {"customers", "{\"customer_id\":\"Z1\",\"name\":\"Zed\",\"owner\":\"a\"}\n{\"x\":1,\"nmae\":2}\n",
         "not read: owner (did you mean rep?), x, nmae\n"},
        {"orders", "order_id,time,customer_id,total,regin\nA1,2025-01-01,C1,5,x\n",
         "not read: regin (did you mean region?)\n"},
        {"contacts", "customer_id,time,outcome,not\nC1,2025-01-01,reached,5\n", "not read: not (did you mean note?)\n"},
        {"reps", "rep_id,name,chanel\nli,Li,x\n", "not read: chanel (did you mean channel?)\n"},
        {"customers",
         "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,"
         "Default Address Country Code,Phone,Total Spent,Total Orders\n1,A,B,a@x.example,no,,GB,,5.00,1\n",
         "not read: 3 columns of an export of Shopify's customers\n"},
    };
    for (size_t i = 0; i < 2 * COUNT(rows); i++) {
        struct memory *memory = calloc(1, sizeof *memory);
        struct import_words words = {.kind = rows[i / 2].kind, .file = file("slip.csv", rows[i / 2].text)};
        words.dry_run = i % 2 == 1;
        int bad = rows[i / 2].text[0] == '{'; // its second object names no customer
        expect_says(command(memory, &words, bad), rows[i / 2].says);
        forget(memory);
    }
    struct memory *memory = calloc(1, sizeof *memory);
    struct import_words words = {.kind = "customers", .file = file("slip.csv", rows[0].text), .json = true};
    expect_says(command(memory, &words, 0),
                "{\"not_read\":[{\"column\":\"ownr\",\"meant\":\"owner\"},{\"column\":\"fax\",\"meant\":null}]}\n");
    words.file = file("whole.csv", "customer_id,name\nZ1,Zed\n");
    char *said = command(memory, &words, 0);
    assert_null(strstr(said, "not_read"));
    free(said);
    words = (struct import_words){.kind = "customers", .file = file("slip.csv", "customer_id,ownr\nZ1,chen\n")};
    expect_says(command(memory, &words, 2), "not read: ownr (did you mean owner?)");
    forget(memory);
}

// The last of two rows about a customer; imported twice, nothing changes.
static void a_customer_who_stands_twice(void **state)
{
    (void)state;
    struct memory *memory = calloc(1, sizeof *memory);
    struct import_words words = {.kind = "customers",
                                 .file = file("twice.csv", "customer_id,owner\nY1,emma\nY2,li\nY1,li\n"),
                                 .as_of = "2026-11-01"};
    char *said = command(memory, &words, 0);
    assert_non_null(strstr(said, "1 rows, the first in line 4, are about one whom an earlier row is about; the last"));
    expect_says(said, "5 stored, 0 known before"); // with two reps
    expect_says(command(memory, &words, 0), "0 stored, 5 known before");
    forget(memory);
}

static void orders_of_listed_customers(void **state)
{
    (void)state;
    struct memory *memory = calloc(1, sizeof *memory);
    struct import_words words = {
        .kind = "orders",
        .file =
            file("orders.csv", "order_id,time,email,total\nA,2025-01-01,ANN@b.example,1\nB,2025-01-01,c@d.example,1\n"),
        .customers = file("customers.csv", "customer_id,name,email,phone\n'77,Ann,ann@b.example,\n"),
    };
    free(command(memory, &words, 0));
    assert_int_equal(memory->count, 4);
    static const char *const customers[] = {"77", "c@d.example"};
    for (size_t i = 0; i < COUNT(customers); i++) {
        struct kept *order = &memory->kept[2 * i + 1];
        Tend__V1__Event *event = tend__v1__event__unpack(NULL, order->length, order->bytes);
        assert_string_equal(event->customer_id, customers[i]);
        protobuf_c_message_free_unpacked(&event->base, NULL);
    }
    struct import_words list = {.kind = "customers", .file = words.customers, .as_of = "2026-11-01"};
    expect_says(command(memory, &list, 0), "1 rows, the first in line 2, have an apostrophe before an id");
    list.json = true;
    expect_says(command(memory, &list, 0), "{\"noted_rows\":1,\"line\":2,\"reason\":\"have an apostrophe");
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
        {.kind = "orders", .file = many_orders(1, "1"), .customers = "/nowhere.csv"},
        {.kind = "contacts", .file = many_orders(1, "1"), .customers = many_orders(1, "1")},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        free(command(NULL, &cases[i], 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(repeating_changes_nothing),        cmocka_unit_test(interrupted_and_gone_on),
        cmocka_unit_test(an_import_goes_on_where_it_was),   cmocka_unit_test(a_corrupt_position_costs_time_only),
        cmocka_unit_test(what_cannot_be_corrected_is_told), cmocka_unit_test(dry_run_sends_nothing),
        cmocka_unit_test(orders_of_listed_customers),       cmocka_unit_test(wrong_usage),
        cmocka_unit_test(what_is_not_read_is_told),         cmocka_unit_test(a_customer_who_stands_twice),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
