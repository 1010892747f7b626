// A program of the user's own: JSON signed as Standard Webhooks want it, with CloudEvents' headers beside. The id is
// the same at every attempt, so the receiver can tell a repeat.
//
//     {"type": "tend.message", "timestamp", "data": {"message_id", "rep_id", "rep_name", "address", "language", "text",
//      "attempt", "reminders": how many, "reminder_ids": of the first ones,
//      "link": the page where it is answered, "buttons": [{"item": which reminder, "answer", "label", "url"}, ...]}}
//
// A button's url opens the page with that answer at hand; "item" 0 is the message as a whole. Without a public URL
// there is neither a link nor a button.
#include "services/notifier/driver.h"

#include "common/jsontext.h"
#include "common/must.h"
#include "common/stamp.h"
#include "services/notifier/sign.h"
#include "services/notifier/ticket.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    BODY_BYTES = 20000,
    BUTTONS_MOST = 13,   // four for each of three reminders, and the page
    REMINDERS_MOST = 20, // ids in the body; a long call list must not push the text out
    IDS_BYTES = 2600,    // of them all
    BUTTON_BYTES = 400,  // the longest URL that can be configured with a ticket, and what stands around it
    REST_BYTES = 2400,   // ids and names of the message and the rep, the link, the keys
    ENVELOPE_BYTES = REST_BYTES + IDS_BYTES + BUTTONS_MOST * BUTTON_BYTES,
    SECOND_MS = 1000,
    MILLI_NANOS = 1000000,
};

static const struct rule rules[] = {
    {"502", NULL, 0, OUTCOME_THROTTLE, 30, 300}, // a repeat of the same webhook-id does no harm
    {"504", NULL, 0, OUTCOME_THROTTLE, 30, 300},
    {NULL, NULL, 0, OUTCOME_OK, 0, 0},
};

// What a button answers: a program has no use for the words on it.
static const char *const answers[TICKET_ACTIONS] = {"open",    "done",        "no_answer",
                                                    "snoozed", "rescheduled", "not_interested"};

// One member with what stands before its value. This chat is the fast one, so its body is written straight away, not
// built as a tree first.
static void put_text(struct jsontext *json, const char *name, const char *value)
{
    jsontext_put(json, name, strlen(name));
    jsontext_string(json, value, strlen(value));
}

static void put_number(struct jsontext *json, const char *name, uint64_t number)
{
    jsontext_put(json, name, strlen(name));
    jsontext_unsigned(json, number);
}

static void put_ids(struct jsontext *json, const struct parcel *parcel)
{
    static const char before[] = ",\"reminder_ids\":[";
    size_t room = IDS_BYTES;
    jsontext_put(json, before, sizeof before - 1);
    for (size_t i = 0; i < parcel->reminder_count && i < REMINDERS_MOST; i++) {
        const char *id = parcel->reminder_ids[i];
        size_t length = strlen(id), bytes = cost_json(id, length) + strlen("\"\",");
        if (bytes > room)
            break;
        room -= bytes;
        if (i > 0)
            jsontext_byte(json, ',');
        jsontext_string(json, id, length);
    }
    jsontext_byte(json, ']');
}

static void put_buttons(struct jsontext *json, const struct parcel *parcel)
{
    static const char before[] = ",\"buttons\":[";
    jsontext_put(json, before, sizeof before - 1);
    for (size_t i = 0; i < parcel->button_count && i < BUTTONS_MOST; i++) {
        const struct button *button = &parcel->buttons[i];
        put_number(json, i > 0 ? ",{\"item\":" : "{\"item\":", button->item);
        put_text(json, ",\"answer\":", answers[button->action]);
        put_text(json, ",\"label\":", button->label);
        put_text(json, ",\"url\":", button->url);
        jsontext_byte(json, '}');
    }
    jsontext_byte(json, ']');
}

static const char *body(struct arena *arena, const struct parcel *parcel, const char *time, size_t *ret_length)
{
    struct jsontext json = {.allocator = arena_allocator(arena)};
    put_text(&json, "{\"type\":\"tend.message\",\"timestamp\":", time);
    put_text(&json, ",\"data\":{\"message_id\":", parcel->id);
    put_text(&json, ",\"rep_id\":", parcel->rep_id);
    put_text(&json, ",\"rep_name\":", parcel->rep_name);
    put_text(&json, ",\"address\":", parcel->address);
    put_text(&json, ",\"language\":", parcel->language);
    put_text(&json, ",\"text\":", parcel->text);
    put_number(&json, ",\"attempt\":", parcel->attempt);
    put_number(&json, ",\"reminders\":", parcel->reminder_count);
    put_ids(&json, parcel);
    if (parcel->link[0] != '\0')
        put_text(&json, ",\"link\":", parcel->link);
    if (parcel->button_count > 0)
        put_buttons(&json, parcel);
    jsontext_put(&json, "}}", 2);
    const char *text = jsontext_take(&json, ret_length);
    must(text != NULL); // what a letter takes is far below what a turn may hold
    return text;
}

static const char *compose(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                           struct post *ret_post)
{
    char time[STAMP_TEXT_BYTES];
    int64_t now_s = parcel->now_ms / SECOND_MS;
    stamp_print(now_s, (int32_t)(parcel->now_ms % SECOND_MS) * MILLI_NANOS, time);
    *ret_post = (struct post){.url = destination->url};
    ret_post->body = body(arena, parcel, time, &ret_post->length);
    const char *id = arena_format(arena, "msg_%s", parcel->id);
    driver_header(arena, ret_post, "Content-Type", "application/json; charset=utf-8");
    driver_header(arena, ret_post, "webhook-id", id);
    driver_header(arena, ret_post, "webhook-timestamp", arena_format(arena, "%" PRId64, now_s));
    if (destination->secret[0] != '\0') {
        char sign[SIGN_BASE64_BYTES];
        if (!sign_webhook(destination->secret, id, now_s, ret_post->body, ret_post->length, sign))
            return "the secret is not of the form whsec_BASE64 with 24 to 64 bytes";
        driver_header(arena, ret_post, "webhook-signature", arena_format(arena, "v1,%s", sign));
    }
    driver_header(arena, ret_post, "ce-specversion", "1.0");
    driver_header(arena, ret_post, "ce-type", "tend.message");
    driver_header(arena, ret_post, "ce-source", "/tend/notifier");
    driver_header(arena, ret_post, "ce-id", id);
    driver_header(arena, ret_post, "ce-time", time);
    return NULL;
}

// Programs answer nothing, JSON or a word; a page comes from a proxy in between.
static bool is_page(const struct answer *answer)
{
    size_t at = 0;
    while (at < answer->length && strchr(" \t\r\n", answer->body[at]) != NULL && answer->body[at] != '\0')
        at++;
    return at < answer->length && answer->body[at] == '<';
}

static void classify(const struct answer *answer, struct verdict *ret_verdict)
{
    char code[16];
    snprintf(code, sizeof code, "%d", answer->status);
    if (answer->status >= 200 && answer->status <= 299 && is_page(answer))
        verdict_set(ret_verdict, OUTCOME_UNKNOWN, "HTTP %d with a page, such as one to log in", answer->status);
    else if (answer->status >= 200 && answer->status <= 299)
        verdict_set(ret_verdict, OUTCOME_OK, "HTTP %d", answer->status);
    else if (answer->status == 502 || answer->status == 504)
        verdict_by_rules(rules, code, "the gateway is in trouble", answer, ret_verdict);
    else
        verdict_by_status(answer, ret_verdict);
}

static const char *secret_wrong(const char *secret)
{
    return sign_webhook_secret_valid(secret) ? NULL : "must hold whsec_ and 24 to 64 bytes in base64";
}

const struct driver driver_webhook = {
    .name = "webhook",
    .hosts = ".logic.azure.com/ .api.powerplatform.com/",
    .lodges = true,
    .secret_wrong = secret_wrong,
    .needs = DRIVER_URL,
    .takes = DRIVER_URL | DRIVER_SECRET,
    .style = DISARM_CHAT,
    .limit = BODY_BYTES - ENVELOPE_BYTES,
    .cost = cost_json,
    .pace = {.interval_ms = 100, .burst = 20},
    .buttons = BUTTONS_MOST,
    .keyed = true,
    .compose = compose,
    .classify = classify,
};
