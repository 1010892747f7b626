#include "services/ingest/rules.h"

#include "services/ingest/catalogue.h"
#include "services/ingest/coherence.h"

#include "common/codec.h"
#include "common/money.h"

#include "unit/rules_cases.h"
#include "unit/sample.h"

#include <stdlib.h>

// 2026-05-18T00:00:00Z, a few hours after the samples.
#define NOW_MS INT64_C(1779062400000)

static Tend__V1__Event *read(const char *text)
{
    struct verify_error error;
    ProtobufCMessage *message = codec_from_text(&tend__v1__event__descriptor, text, strlen(text), NULL, &error);
    if (message == NULL || !verify_message(message, NULL, &error))
        fail_msg("%s: %s: %s", text, error.field, error.reason);
    return (Tend__V1__Event *)(void *)message;
}

static void expect_bad(const char *text, const struct bad *bad)
{
    struct verify_error error = {"untouched", "untouched"};
    Tend__V1__Event *event = read(text);
    if (rules_check(event, NOW_MS, &error))
        fail_msg("%s was accepted", text);
    if (strcmp(error.field, bad->field) != 0 || strstr(error.reason, bad->reason) == NULL)
        fail_msg("%s: \"%s\" \"%s\"", text, error.field, error.reason);
    tend__v1__event__free_unpacked(event, NULL);
}

static void expect_good(const char *text)
{
    struct verify_error error = {"untouched", "untouched"};
    Tend__V1__Event *event = read(text);
    if (!rules_check(event, NOW_MS, &error))
        fail_msg("%s: \"%s\" \"%s\"", text, error.field, error.reason);
    assert_string_equal(error.field, "untouched");
    tend__v1__event__free_unpacked(event, NULL);
}

static const char *with_envelope(const char *body)
{
    static char text[2 * SAMPLE_BYTES];
    snprintf(
        text, sizeof text,
        "{\"id\":\"e\",\"source\":\"s\",\"time\":\"2026-05-17T00:00:00Z\",\"customerId\":\"c1\",\"repId\":\"r1\",%s}",
        body);
    return text;
}

static void bad_events_are_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_envelopes / sizeof bad_envelopes[0]; i++)
        expect_bad(bad_envelopes[i].text, &bad_envelopes[i]);
    for (size_t i = 0; i < sizeof bad_bodies / sizeof bad_bodies[0]; i++)
        expect_bad(with_envelope(bad_bodies[i].text), &bad_bodies[i]);
}

static void good_events_pass(void **state)
{
    (void)state;
    const struct samples *samples = samples_read();
    for (size_t i = 0; i < samples->count; i++)
        expect_good(samples->texts[i]);
    for (size_t i = 0; i < sizeof good_bodies / sizeof good_bodies[0]; i++)
        expect_good(with_envelope(good_bodies[i]));
}

static void trips_and_exceptions_are_the_reps(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof of_reps / sizeof of_reps[0]; i++) {
        char text[SAMPLE_BYTES];
        const struct bad bad = {"", "rep_id", "is required"};
        snprintf(text, sizeof text, "{\"id\":\"e\",\"source\":\"s\",\"time\":\"2026-05-17T00:00:00Z\",%s}", of_reps[i]);
        expect_bad(text, &bad);
        snprintf(text, sizeof text,
                 "{\"id\":\"e\",\"source\":\"s\",\"time\":\"2026-05-17T00:00:00Z\",\"repId\":\"r\",%s}", of_reps[i]);
        expect_good(text);
        expect_good(with_envelope(of_reps[i]));
    }
}

// Every body of the catalogue has its line among the samples, and every field of every message there is filled.
static void samples_show_every_field(void **state)
{
    (void)state;
    const struct samples *samples = samples_read();
    const ProtobufCMessageDescriptor *descriptor = &tend__v1__event__descriptor;
    bool seen[128] = {false};
    for (size_t i = 0; i < samples->count; i++) {
        Tend__V1__Event *event = read(samples->texts[i]);
        const ProtobufCMessage *body = (const ProtobufCMessage *)(void *)event->order_placed;
        seen[event->body_case] = true;
        for (unsigned n = 0; n < body->descriptor->n_fields; n++) {
            const char *name = body->descriptor->fields[n].name;
            char member[128] = "\"";
            size_t length = 1;
            for (const char *at = name; *at != '\0'; at++)
                member[length++] = *at == '_' ? (char)(*++at - 'a' + 'A') : *at;
            memcpy(member + length, "\":", 3);
            if (strstr(samples->texts[i], member) == NULL)
                fail_msg("line %zu has no %s", i + 1, name);
        }
        tend__v1__event__free_unpacked(event, NULL);
    }
    for (unsigned n = 0; n < descriptor->n_fields; n++)
        if ((descriptor->fields[n].flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 && !seen[descriptor->fields[n].id])
            fail_msg("no sample of %s", descriptor->fields[n].name);
}

// Each text of the catalogue, one byte too long, and just as long as it may be.
static void texts_have_their_length(void **state)
{
    (void)state;
    const struct samples *samples = samples_read();
    const ProtobufCMessageDescriptor *descriptor = &tend__v1__event__descriptor;
    unsigned tried = 0;
    for (size_t i = 0; i < samples->count; i++) {
        Tend__V1__Event *event = read(samples->texts[i]);
        ProtobufCMessage *body = (ProtobufCMessage *)(void *)event->order_placed;
        const char *name = protobuf_c_message_descriptor_get_field(descriptor, event->body_case)->name;
        char any_word[] = "value.policy", *dimension = NULL; // whose values may be called anything
        if (event->body_case == TEND__V1__EVENT__BODY_VALUE_OVERRIDDEN) {
            dimension = event->value_overridden->dimension;
            event->value_overridden->dimension = any_word;
        }
        for (unsigned n = 0; n < body->descriptor->n_fields; n++) {
            const ProtobufCFieldDescriptor *field = &body->descriptor->fields[n];
            char **place = (char **)(void *)((char *)body + field->offset);
            for (size_t r = 0; r < catalogue_rule_count; r++) {
                const struct catalogue_rule *rule = &catalogue_rules[r];
                if (strcmp(rule->message, body->descriptor->short_name) != 0 || strcmp(rule->field, field->name) != 0 ||
                    rule->kind > CATALOGUE_TEXT || field->label == PROTOBUF_C_LABEL_REPEATED)
                    continue;
                char *kept = *place;
                char text[5000], path[VERIFY_TEXT_BYTES];
                struct verify_error error;
                memset(text, 'x', sizeof text);
                text[rule->most] = '\0';
                *place = text;
                assert_true(rules_check(event, NOW_MS, &error));
                text[rule->most] = 'x';
                text[rule->most + 1] = '\0';
                assert_false(rules_check(event, NOW_MS, &error));
                snprintf(path, sizeof path, "%s.%s", name, field->name);
                assert_string_equal(error.field, path);
                *place = kept;
                tried++;
            }
        }
        if (dimension != NULL)
            event->value_overridden->dimension = dimension;
        tend__v1__event__free_unpacked(event, NULL);
    }
    assert_true(tried > 80);
}

static void lists_have_their_length(void **state)
{
    (void)state;
    struct verify_error error;
    Tend__V1__Event *event = read(with_envelope(CUSTOMER("\"contacts\":[{\"name\":\"a\"}]")));
    Tend__V1__CustomerUpserted *customer = event->customer_upserted;
    Tend__V1__ContactPerson *person = customer->contacts[0];
    Tend__V1__ContactPerson **kept = customer->contacts;
    Tend__V1__ContactPerson *many[51];
    for (size_t i = 0; i < 51; i++)
        many[i] = person;
    customer->contacts = many;
    customer->n_contacts = 50;
    assert_true(rules_check(event, NOW_MS, &error));
    customer->n_contacts = 51;
    assert_false(rules_check(event, NOW_MS, &error));
    assert_string_equal(error.field, "customer_upserted.contacts");
    assert_string_equal(error.reason, "has 51 entries, more than 50");
    customer->contacts = kept;
    customer->n_contacts = 1;
    tend__v1__event__free_unpacked(event, NULL);
}

static void currencies_are_well_written(void **state)
{
    (void)state;
    const char *before = "";
    size_t length = strlen(catalogue_currencies);
    assert_int_equal(length % 4, 0);
    for (const char *at = catalogue_currencies; *at != '\0'; at += 4) {
        char code[MONEY_CODE_BYTES] = {at[0], at[1], at[2], '\0'};
        assert_true(money_code_valid(code) && at[3] == ' ');
        assert_true(strncmp(before, code, 3) < 0); // in order, so each is there once
        assert_true(catalogue_currency_known(code));
        assert_null(catalogue_currency_meant(code));
        before = at;
    }
    assert_false(catalogue_currency_known("AED "));
    assert_false(catalogue_currency_known(""));
    assert_true(catalogue_currency_known(catalogue_currency_meant("RMB")));
}

static void countries_are_well_written(void **state)
{
    (void)state;
    const char *before = "";
    assert_int_equal(strlen(catalogue_countries), 250 * 3);
    for (const char *at = catalogue_countries; *at != '\0'; at += 3) {
        char code[3] = {at[0], at[1], '\0'};
        assert_true(code[0] >= 'A' && code[0] <= 'Z' && code[1] >= 'A' && code[1] <= 'Z' && at[2] == ' ');
        assert_true(strncmp(before, code, 2) < 0); // in order, so each is there once
        assert_true(catalogue_country_known(code));
        assert_null(catalogue_country_meant(code));
        before = at;
    }
    assert_false(catalogue_country_known("CN "));
    assert_false(catalogue_country_known(""));
    assert_true(catalogue_country_known(catalogue_country_meant("UK")));
}

static void clock_is_that_of_the_caller(void **state)
{
    (void)state;
    struct verify_error error;
    Tend__V1__Event *event = read(with_envelope("\"orderShipped\":{\"orderId\":\"o\"}"));
    int64_t happened = event->time->seconds * 1000;
    assert_true(rules_check(event, happened - INT64_C(86400000), &error));
    assert_false(rules_check(event, happened - INT64_C(86400001), &error));
    assert_string_equal(error.field, "time");
    tend__v1__event__free_unpacked(event, NULL);
}

static void lines_add_up(void **state)
{
    (void)state;
    static const struct {
        const char *lines;
        int64_t sum;
    } cases[] = {
        {"{\"quantityMilli\":1000,\"price\":\"1\"}", 1000000},
        {"{\"quantityMilli\":2500,\"price\":\"120.50\",\"discountPpm\":100000},{\"quantityMilli\":1000,\"price\":"
         "\"99\"}",
         370125000},
        {"{\"quantityMilli\":1,\"price\":\"0.0005\"}", 1}, // half a micro, away from zero
        {"{\"quantityMilli\":1,\"price\":\"0.000499\"}", 0},
        {"{\"quantityMilli\":1,\"price\":\"0.0002\"},{\"quantityMilli\":1,\"price\":\"0.0003\"}", 1}, // rounded once
        {"{\"quantityMilli\":1000000000000,\"price\":\"9\"}", MONEY_MAX},
        {"{\"quantityMilli\":1000000000000,\"price\":\"9000000000\"},{\"quantityMilli\":1000000000000,\"price\":"
         "\"-9000000000\"}",
         0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[SAMPLE_BYTES];
        int64_t sum = -1;
        struct verify_error error;
        snprintf(text, sizeof text, "\"orderPlaced\":{\"orderId\":\"o\",\"lines\":[%s]}", cases[i].lines);
        Tend__V1__Event *event = read(with_envelope(text));
        const Tend__V1__OrderPlaced *order = event->order_placed;
        assert_true(coherence_order_sum(order->lines, order->n_lines, &sum, &error));
        assert_int_equal(sum, cases[i].sum);
        tend__v1__event__free_unpacked(event, NULL);
    }
}

int main(void)
{
    rules_compile();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_events_are_named),
        cmocka_unit_test(good_events_pass),
        cmocka_unit_test(texts_have_their_length),
        cmocka_unit_test(lists_have_their_length),
        cmocka_unit_test(clock_is_that_of_the_caller),
        cmocka_unit_test(lines_add_up),
        cmocka_unit_test(currencies_are_well_written),
        cmocka_unit_test(countries_are_well_written),
        cmocka_unit_test(trips_and_exceptions_are_the_reps),
        cmocka_unit_test(samples_show_every_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
