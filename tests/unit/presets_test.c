// The presets: every body in feeds/ becomes exactly the events that are written down in feeds/PRESET.expected, and the
// tables in services/ingest/presets/README.md say what becomes of what. After a change on purpose both are written anew
// with TEND_RECORD=1, and read before they are believed.
#include "services/ingest/preset.h"
#include "services/ingest/rules.h"
#include "unit/preset_bodies.h"

#include <stdbool.h>
#include <unistd.h>

#include "common/must.h"

#define README "../services/ingest/presets/README.md"

static struct arena *arena;

// A text that grows.
struct page {
    char *text;
    size_t length;
    FILE *file;
};

static struct page page_open(void)
{
    return (struct page){0};
}

static FILE *page_start(struct page *page)
{
    page->file = open_memstream(&page->text, &page->length);
    assert_non_null(page->file);
    return page->file;
}

static bool recording(void)
{
    return getenv("TEND_RECORD") != NULL;
}

// What a body becomes, for people and for comparing.
static void tell(const struct mapping *mapping, const struct preset_body *body, FILE *to)
{
    struct mapping_body request = preset_request(body);
    struct mapping_result result;
    struct mapping_error error;
    arena_reset(arena);
    fprintf(to, "== %s\n", body->name);
    if (!mapping_apply(mapping, &request, arena, NULL, &result, &error)) {
        fprintf(to, "kept for a person: %s\n", mapping_error_text(arena, &error));
        return;
    }
    if (result.count == 0)
        fprintf(to, "%s: %s\n", result.dropped ? "passed over" : "nothing", result.note);
    for (size_t i = 0; i < result.count; i++) {
        const Tend__V1__Event *event = result.events[i].event;
        struct verify_error wrong;
        size_t length;
        char *text = codec_to_text(&event->base, CODEC_SNAKE, arena_allocator(arena), &length);
        fprintf(to, "%s\n", text);
        if (!verify_message(&event->base, NULL, &wrong) || !rules_check(event, PRESET_NOW, &wrong))
            fprintf(to, "  refused: %s %s\n", wrong.field, wrong.reason);
    }
}

// Compares line by line, so that a difference says which body it is of.
static void compare(const char *file, const char *wanted, const char *got)
{
    char body[PRESET_NAME_BYTES] = "";
    while (*wanted != '\0' || *got != '\0') {
        size_t one = strcspn(wanted, "\n"), other = strcspn(got, "\n");
        if (strncmp(got, "== ", 3) == 0)
            snprintf(body, sizeof body, "%.*s", (int)other - 3, got + 3);
        if (one != other || memcmp(wanted, got, one) != 0)
            fail_msg("%s, %s:\nwanted %.*s\n   got %.*s", file, body, (int)one, wanted, (int)other, got);
        wanted += one + (wanted[one] == '\n');
        got += other + (got[other] == '\n');
    }
}

static void every_body_becomes_what_is_written_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < PRESET_COUNT; i++) {
        struct preset_bodies bodies;
        struct mapping *mapping = preset_open(preset_names[i], "shop");
        struct page page = page_open();
        FILE *to = page_start(&page);
        preset_bodies_read(preset_names[i], &bodies);
        for (size_t body = 0; body < bodies.count; body++)
            tell(mapping, &bodies.list[body], to);
        fclose(to);
        char path[PRESET_NAME_BYTES * 2];
        snprintf(path, sizeof path, "feeds/%s.expected", preset_names[i]);
        if (recording()) {
            FILE *file = fopen(path, "w");
            assert_non_null(file);
            fwrite(page.text, 1, page.length, file);
            fclose(file);
        }
        size_t length;
        char *wanted = preset_read(path, &length);
        if (wanted == NULL)
            fail_msg("%s is not there", path);
        compare(path, wanted, page.text);
        free(wanted);
        free(page.text);
        preset_bodies_free(&bodies);
        mapping_close(&mapping);
    }
}

// A repetition is the same event, whenever it comes.
static void a_body_again_is_the_same_events(void **state)
{
    (void)state;
    for (size_t i = 0; i < PRESET_COUNT; i++) {
        struct preset_bodies bodies;
        struct mapping *mapping = preset_open(preset_names[i], "shop");
        preset_bodies_read(preset_names[i], &bodies);
        for (size_t body = 0; body < bodies.count; body++) {
            struct mapping_body request = preset_request(&bodies.list[body]);
            struct mapping_result one, other;
            struct mapping_error error;
            arena_reset(arena);
            if (!mapping_apply(mapping, &request, arena, NULL, &one, &error))
                continue;
            request.received_ms += 86400000;
            assert_true(mapping_apply(mapping, &request, arena, NULL, &other, &error));
            assert_int_equal(one.count, other.count);
            for (size_t event = 0; event < one.count; event++) {
                assert_string_equal(one.events[event].event->id, other.events[event].event->id);
                assert_string_equal(one.events[event].event->source, "shop");
            }
        }
        preset_bodies_free(&bodies);
        mapping_close(&mapping);
    }
}

// An order that was paid, then sent and partly given back, says in each body that it is paid: that is one event, with
// the same amount, and nothing of it is refused for telling another time.
static void an_order_is_paid_once(void **state)
{
    (void)state;
    static const char *const told[] = {"paid", "shipped", "delivered", "refunded_partly", "refunded_whole"};
    struct preset_bodies bodies;
    struct mapping *mapping = preset_open("shopify", "shop");
    char id[VERIFY_TEXT_BYTES] = "";
    size_t seen = 0;
    preset_bodies_read("shopify", &bodies);
    for (size_t body = 0; body < bodies.count; body++)
        for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
            struct mapping_body request = preset_request(&bodies.list[body]);
            struct mapping_result result;
            struct mapping_error error;
            if (strcmp(bodies.list[body].name, told[i]) != 0)
                continue;
            arena_reset(arena);
            assert_true(mapping_apply(mapping, &request, arena, NULL, &result, &error));
            for (size_t at = 0; at < result.count; at++) {
                const Tend__V1__Event *event = result.events[at].event;
                if (event->body_case != TEND__V1__EVENT__BODY_ORDER_PAID)
                    continue;
                assert_true(result.events[at].once);
                if (seen++ == 0)
                    snprintf(id, sizeof id, "%s", event->id);
                assert_string_equal(event->id, id);
            }
        }
    assert_int_equal(seen, sizeof told / sizeof *told);
    preset_bodies_free(&bodies);
    mapping_close(&mapping);
}

// What a feed's file may say beside its preset about whom an order is of.
static void nobody_may_have_a_name(void **state)
{
    (void)state;
    static const char walk_in[] =
        "preset: shopify\ncustomer_id: [/customer/id, {at: [/email, /contact_email], lower: true}, /phone, "
        "{value: walk-in}]\n";
    static const struct {
        const char *file, *preset, *body;
        const char *wanted, *unwanted; // among the events
    } rows[] = {
        {walk_in, "shopify", "nobody", "\"walk-in\",\"order_placed\"", "customer_upserted"},
        {walk_in, "shopify", "guest", "\"li.na@atelier.example\"", "walk-in"},
        {walk_in, "shopify", "paid", "\"9007199254749905129\"", "walk-in"},
        {walk_in, "shopify", "refunded_partly", "\"9007199254749905129\",\"order_refunded\"", "walk-in"},
        {"preset: woocommerce\ncustomer_prefix: woo-\n", "woocommerce", "guest_again",
         "\"woo-misaki@tanaka.example\",\"customer_upserted\"", "\"customer_id\":\"misaki"},
        {"preset: shopify\nwithout: [customer_upserted]\n", "shopify", "guest", "order_placed", "customer_upserted"},
        {"preset: shopify\nwithout: [customer_upserted]\n", "shopify", "customer_created", "passed over",
         "\"customer_upserted\":{"},
    };
    const struct mapping_defaults defaults = {.source = "shop", .currency = "EUR", .zone = "UTC"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char path[PRESET_NAME_BYTES * 2], error[MAPPING_ERROR_BYTES];
        struct preset_body body;
        struct mapping *mapping = NULL;
        if (!mapping_open("row", rows[i].file, strlen(rows[i].file), &defaults, error, sizeof error, &mapping))
            fail_msg("%s", error);
        snprintf(path, sizeof path, "feeds/%s/%s.json", rows[i].preset, rows[i].body);
        snprintf(body.name, sizeof body.name, "%s", rows[i].body);
        body.bytes = preset_read(path, &body.length);
        assert_non_null(body.bytes);
        struct page page = page_open();
        tell(mapping, &body, page_start(&page));
        fclose(page.file);
        if (strstr(page.text, rows[i].wanted) == NULL || strstr(page.text, rows[i].unwanted) != NULL)
            fail_msg("row %zu: %s", i, page.text);
        free(page.text);
        free(body.bytes);
        mapping_close(&mapping);
    }
}

// --- the tables of the README

enum { ROWS_MAX = 160, CELL_BYTES = 320 };

struct row {
    char event[64];
    char field[96];
    char from[CELL_BYTES]; // places, one behind the other
};

static struct row rows[ROWS_MAX];
static size_t row_count;

// "lines[2].price" as "lines.price", "/line_items/2/price" as "/line_items/*/price".
static void plain(const char *text, bool pointer, char *to, size_t room)
{
    size_t used = 0;
    while (*text != '\0' && used + 2 < room) {
        if (*text == '[') {
            text += strcspn(text, "]") + 1;
        } else if (pointer && *text == '/' && strspn(text + 1, "0123456789") > 0 &&
                   (text[1 + strspn(text + 1, "0123456789")] == '/' ||
                    text[1 + strspn(text + 1, "0123456789")] == '\0')) {
            memcpy(to + used, "/*", 2);
            used += 2;
            text += 1 + strspn(text + 1, "0123456789");
        } else {
            to[used++] = *text++;
        }
    }
    to[used] = '\0';
}

// Whether the places hold this one already.
static bool listed(const char *from, const char *place)
{
    size_t length = strlen(place);
    for (const char *at = from; (at = strstr(at, place)) != NULL; at += length)
        if ((at == from || at[-1] == ' ') && (at[length] == '\0' || at[length] == ','))
            return true;
    return false;
}

static void note_field(void *owner, const struct mapping_note *note)
{
    (void)owner;
    char field[96], place[CELL_BYTES];
    // An id that is made of what the event says comes from no place.
    if (note->step != MAPPING_FIELD || note->pointer == NULL || note->pointer[0] == '\0' ||
        strcmp(note->pointer, "what the event says") == 0)
        return;
    plain(note->field, false, field, sizeof field);
    plain(note->pointer, true, place, sizeof place);
    size_t at = 0;
    while (at < row_count && (strcmp(rows[at].event, note->event) != 0 || strcmp(rows[at].field, field) != 0))
        at++;
    if (at == row_count) {
        must(row_count < ROWS_MAX);
        row_count++;
        snprintf(rows[at].event, sizeof rows[at].event, "%s", note->event);
        snprintf(rows[at].field, sizeof rows[at].field, "%s", field);
        rows[at].from[0] = '\0';
    }
    if (!listed(rows[at].from, place)) {
        size_t used = strlen(rows[at].from);
        snprintf(rows[at].from + used, CELL_BYTES - used, "%s%s", used > 0 ? ", " : "", place);
    }
}

static bool first_of_event(size_t at)
{
    for (size_t before = 0; before < at; before++)
        if (strcmp(rows[before].event, rows[at].event) == 0)
            return false;
    return true;
}

// All fields of the event whose first one this is.
static void write_row(size_t at, FILE *to)
{
    fprintf(to, "| %s |", rows[at].event);
    for (size_t row = at; row < row_count; row++)
        if (strcmp(rows[row].event, rows[at].event) == 0)
            fprintf(to, "%s %s: %s", row == at ? "" : ";", rows[row].field, rows[row].from);
    fprintf(to, " |\n");
}

static void write_table(const char *preset, FILE *to)
{
    struct preset_bodies bodies;
    struct mapping *mapping = preset_open(preset, "shop");
    const struct mapping_trace trace = {note_field, NULL};
    row_count = 0;
    preset_bodies_read(preset, &bodies);
    for (size_t i = 0; i < bodies.count; i++) {
        struct mapping_body request = preset_request(&bodies.list[i]);
        struct mapping_result result;
        struct mapping_error error;
        arena_reset(arena);
        (void)mapping_apply(mapping, &request, arena, &trace, &result, &error);
    }
    fprintf(to, "\n### %s\n\n| event | its fields, and where they come from |\n|---|---|\n", preset);
    for (size_t i = 0; i < row_count; i++)
        if (first_of_event(i))
            write_row(i, to);
    preset_bodies_free(&bodies);
    mapping_close(&mapping);
}

#define MARK "\n<!-- What follows is written by presets_test; TEND_RECORD=1 writes it anew. -->\n"

static void the_tables_of_the_readme_are_true(void **state)
{
    (void)state;
    size_t length;
    char *readme = preset_read(README, &length);
    assert_non_null(readme);
    char *mark = strstr(readme, MARK);
    assert_non_null(mark);
    struct page page = page_open();
    FILE *to = page_start(&page);
    for (size_t i = 0; i < PRESET_COUNT; i++)
        write_table(preset_names[i], to);
    fclose(to);
    if (recording()) {
        FILE *file = fopen(README, "w");
        assert_non_null(file);
        fwrite(readme, 1, (size_t)(mark - readme) + strlen(MARK), file);
        fwrite(page.text, 1, page.length, file);
        fclose(file);
        free(readme);
        readme = preset_read(README, &length);
        mark = strstr(readme, MARK);
    }
    compare(README, mark + strlen(MARK), page.text);
    free(readme);
    free(page.text);
}

// What presets need beyond pointers: a word that stands for nothing, and bodies that are for a person.
static void words_for_nothing_and_bodies_for_people(void **state)
{
    (void)state;
    static const struct {
        const char *file, *body, *wanted; // part of the error or the event; without a body it does not compile
    } cases[] = {
        {"events: [{event: order_paid, customer_id: [{at: /c, unless: [0, 0.0]}, /m], fields: {order_id: /o}}]",
         "{\"c\": 0, \"m\": \"a@b.example\", \"o\": 1}", "\"customerId\":\"a@b.example\""},
        {"events: [{event: order_paid, customer_id: [{at: /c, unless: [0, 0.0]}, /m], fields: {order_id: /o}}]",
         "{\"c\": 0.0, \"m\": \"a@b.example\", \"o\": 1}", "\"customerId\":\"a@b.example\""},
        {"events: [{event: order_paid, customer_id: {at: /c, unless: false}, fields: {order_id: /o}}]",
         "{\"c\": \"00\", \"o\": 1}", "\"customerId\":\"00\""},
        {"events: [{event: order_paid, customer_id: {at: /c, unless: [0], required: true}, fields: {order_id: /o}}]",
         "{\"c\": 0, \"o\": 1}", "customer_id: /c is missing"},
        {"customer_prefix: woo-\nevents: [{event: order_paid, customer_id: /c, fields: {order_id: /o}}]",
         "{\"c\": 26, \"o\": 1}", "\"customerId\":\"woo-26\""},
        {"customer_prefix: woo-\nevents: [{as_it_is: \"\"}]",
         "{\"customer_id\": \"26\", \"order_shipped\": {\"order_id\": \"o\"}}", "\"customerId\":\"woo-26\""},
        {"customer_prefix: \" x\"\nevents: [{as_it_is: \"\"}]", NULL, "do not begin with a space"},
        {"events: [{keep: {text: \"asks for {/c}\"}, when: {has: /ask}}]", "{\"c\": 7, \"ask\": 1}",
         "the body asks for 7"},
        {"events: [{keep: /why}, {event: order_paid, fields: {order_id: /o}}]", "{\"o\": 7}",
         "the body is for a person to look at"},
        {"events: [{keep: /why, when: {has: /why}}, {event: order_paid, fields: {order_id: /o}}]", "{\"o\": 7}",
         "\"orderId\":\"7\""},
        {"events: [{keep: /why, event: order_paid}]", NULL, "keep says why nothing is made of a body"},
        {"events: [{keep: /why, fields: {order_id: /o}}]", NULL, "keep says why nothing is made of a body"},
        {"events: [{event: order_paid, customer_id: {at: /c, unless: {a: b}}}]", NULL, "a text belongs here"},
    };
    static const struct mapping_defaults defaults = {.source = "shop", .currency = "EUR", .zone = "UTC"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char error[MAPPING_ERROR_BYTES] = "";
        struct mapping *mapping = NULL;
        bool good = mapping_open("row", cases[i].file, strlen(cases[i].file), &defaults, error, sizeof error, &mapping);
        if (good != (cases[i].body != NULL))
            fail_msg("row %zu: %s", i, error);
        const char *got = error;
        if (good) {
            struct mapping_body body = {
                .bytes = cases[i].body, .length = strlen(cases[i].body), .received_ms = PRESET_NOW};
            struct mapping_result result;
            struct mapping_error wrong;
            size_t length;
            arena_reset(arena);
            if (mapping_apply(mapping, &body, arena, NULL, &result, &wrong))
                got = codec_to_text(&result.events[0].event->base, 0, arena_allocator(arena), &length);
            else
                got = mapping_error_text(arena, &wrong);
        }
        if (strstr(got, cases[i].wanted) == NULL)
            fail_msg("row %zu: %s, not %s", i, got, cases[i].wanted);
        mapping_close(&mapping);
    }
}

// A preset without bodies would be one that nobody tried.
static void every_preset_has_bodies(void **state)
{
    (void)state;
    for (size_t i = 0; i < preset_count; i++) {
        bool known = strcmp(presets[i].name, "generic") == 0; // our own events, which have tests enough
        for (size_t j = 0; j < PRESET_COUNT; j++)
            known = known || strcmp(presets[i].name, preset_names[j]) == 0;
        if (!known)
            fail_msg("the preset %s has no bodies in feeds/", presets[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_preset_has_bodies),
        cmocka_unit_test(words_for_nothing_and_bodies_for_people),
        cmocka_unit_test(every_body_becomes_what_is_written_down),
        cmocka_unit_test(a_body_again_is_the_same_events),
        cmocka_unit_test(an_order_is_paid_once),
        cmocka_unit_test(nobody_may_have_a_name),
        cmocka_unit_test(the_tables_of_the_readme_are_true),
    };
    arena = arena_open(1 << 20, (size_t)1 << 28);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_close(&arena);
    return failed;
}
