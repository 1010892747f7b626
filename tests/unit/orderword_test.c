// The newest word about an order in a journal: whatever the order of arrival, of one source or of several.
#include "services/tend/orderword.h"

#include "common/codec.h"
#include "common/journal.h"
#include "harness/folder.h"
#include "tend/v1/journal.pb-c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MAP = 1 << 26, EVENTS_MOST = 8, TEXT_BYTES = 300 };

// "id source minute total", a P before the id of what is placed; then "0": of SO-10, not of SO-1; "!": erased.
struct row {
    const char *label;
    const char *events[EVENTS_MOST];
    const char *asked;    // the source, NULL: any
    const char *expected; // "id source customer total"; NULL: no such order
    bool several;
};

static const struct row rows[] = {
    {"nothing", {NULL}, NULL, NULL, false},
    {"placed", {"Pa shop 1 10"}, NULL, "a shop C1 10.00", false},
    {"amended", {"Pa shop 1 10", "b shop 2 20"}, NULL, "a shop C2 20.00", false},
    {"the newer amendment came first", {"c shop 3 30", "Pa shop 1 10", "b shop 2 20"}, NULL, "a shop C3 30.00", false},
    {"at one moment the larger id", {"Pa shop 1 10", "c shop 2 30", "b shop 2 20"}, NULL, "a shop C2 30.00", false},
    {"the amendment came first", {"b shop 5 20", "Pa shop 1 10"}, NULL, "a shop C5 20.00", false},
    {"placed after it was amended", {"b shop 1 20", "Pa shop 5 10"}, NULL, "a shop C5 10.00", false},
    {"placed by another after that", {"b shop 1 20", "Pa erp 5 10"}, NULL, "a erp C5 10.00", true},
    {"never placed", {"b shop 1 20"}, NULL, "b shop C1 20.00", false},
    {"placed by another", {"Pa erp 1 10", "b shop 2 20"}, NULL, "b shop C2 20.00", true},
    {"of that one", {"Pa erp 1 10", "b shop 2 20"}, "erp", "a erp C1 10.00", false},
    {"of nobody", {"Pa erp 1 10", "b shop 2 20"}, "till", NULL, false},
    {"an id that begins so", {"Pa shop 1 10 0"}, NULL, NULL, false},
    {"erased", {"Pa shop 1 10 !"}, NULL, NULL, false},
};

static void append(struct tx *tx, struct journal *journal, const char *said)
{
    char id[8], source[8], total[8], more[8] = "", text[TEXT_BYTES];
    int minute;
    struct verify_error error;
    bool placed = said[0] == 'P';
    assert_true(sscanf(said + placed, "%7s %7s %d %7s %7s", id, source, &minute, total, more) >= 4);
    snprintf(text, sizeof text,
             "{\"id\":\"%s\",\"source\":\"%s\",\"time\":\"2026-05-17T09:%02d:00Z\",\"customerId\":\"C%d\","
             "\"%s\":{\"orderId\":\"SO-1%s\",\"total\":\"%s CNY\",\"currency\":\"CNY\"}}",
             id, source, minute, minute, placed ? "orderPlaced" : "orderAmended", more[0] == '0' ? more : "", total);
    ProtobufCMessage *event = codec_from_text(&tend__v1__event__descriptor, text, strlen(text), NULL, &error);
    assert_non_null(event);
    uint8_t bytes[TEXT_BYTES];
    struct record draft = {.type = TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT,
                           .version = 1,
                           .flags = more[0] == '!' ? RECORD_ERASED : 0,
                           .payload = bytes,
                           .length = protobuf_c_message_pack(event, bytes)};
    journal_append(tx, journal, &draft);
    protobuf_c_message_free_unpacked(event, NULL);
}

static void fill(struct store *store, const struct row *row)
{
    struct journal journal;
    struct tx *tx = store_begin(store);
    journal_load(tx, &journal);
    for (size_t i = 0; i < EVENTS_MOST && row->events[i] != NULL; i++)
        append(tx, &journal, row->events[i]);
    journal_save(tx, &journal);
    assert_int_equal(tx_commit(&tx), 0);
}

static void describe(const Tend__V1__Event *event, char *text)
{
    bool placed = event->body_case == TEND__V1__EVENT__BODY_ORDER_PLACED;
    const Tend__V1__Money *total = placed ? event->order_placed->total : event->order_amended->total;
    snprintf(text, TEXT_BYTES, "%s %s %s %.2f", event->id, event->source, event->customer_id,
             (double)total->micros / 1e6);
}

static void test_as_it_stands(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char folder[FOLDER_BYTES], text[TEXT_BYTES] = "";
        struct store_error error;
        struct store *store;
        struct orderword word = {0};
        folder_make(folder);
        struct store_options options = {.folder = folder, .map_bytes = MAP, .throwaway = true};
        assert_true(store_open(&options, &error, &store));
        fill(store, &rows[i]);
        assert_true(orderword_read(&word, store, "SO-1", rows[i].asked));
        const Tend__V1__Event *event = orderword_event(&word);
        if (event != NULL)
            describe(event, text);
        if (strcmp(text, rows[i].expected != NULL ? rows[i].expected : "") != 0 || word.several != rows[i].several)
            fail_msg("%s: \"%s\"%s", rows[i].label, text, word.several ? ", several" : "");
        orderword_free(&word);
        store_close(&store);
        folder_remove(folder);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_as_it_stands)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
