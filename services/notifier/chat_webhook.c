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

static json_t *buttons(const struct parcel *parcel)
{
    json_t *list = json_array();
    for (size_t i = 0; i < parcel->button_count && i < BUTTONS_MOST; i++) {
        const struct button *button = &parcel->buttons[i];
        json_array_append_new(list, json_pack("{s:i,s:s,s:s,s:s}", "item", (int)button->item, "answer",
                                              answers[button->action], "label", button->label, "url", button->url));
    }
    return list;
}

static json_t *body(const struct parcel *parcel, const char *time)
{
    json_t *ids = json_array();
    size_t room = IDS_BYTES;
    for (size_t i = 0; i < parcel->reminder_count && i < REMINDERS_MOST; i++) {
        const char *id = parcel->reminder_ids[i];
        size_t bytes = cost_json(id, strlen(id)) + strlen("\"\",");
        if (bytes > room)
            break;
        room -= bytes;
        json_array_append_new(ids, json_string(id));
    }
    json_t *data = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:i,s:I,s:o}", "message_id", parcel->id, "rep_id",
                             parcel->rep_id, "rep_name", parcel->rep_name, "address", parcel->address, "language",
                             parcel->language, "text", parcel->text, "attempt", (int)parcel->attempt, "reminders",
                             (json_int_t)parcel->reminder_count, "reminder_ids", ids);
    if (parcel->link[0] != '\0')
        json_object_set_new(data, "link", json_string(parcel->link));
    if (parcel->button_count > 0)
        json_object_set_new(data, "buttons", buttons(parcel));
    return json_pack("{s:s,s:s,s:o}", "type", "tend.message", "timestamp", time, "data", data);
}

static const char *compose(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                           struct post *ret_post)
{
    char time[STAMP_TEXT_BYTES];
    int64_t now_s = parcel->now_ms / SECOND_MS;
    stamp_print(now_s, (int32_t)(parcel->now_ms % SECOND_MS) * MILLI_NANOS, time);
    *ret_post = (struct post){.url = destination->url};
    ret_post->body = driver_json(arena, body(parcel, time), &ret_post->length);
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

const struct driver driver_webhook = {
    .name = "webhook",
    .needs = DRIVER_URL,
    .takes = DRIVER_URL | DRIVER_SECRET,
    .style = DISARM_CHAT,
    .limit = BODY_BYTES - ENVELOPE_BYTES,
    .cost = cost_json,
    .pace = {.interval_ms = 100, .burst = 20},
    .buttons = BUTTONS_MOST,
    .compose = compose,
    .classify = classify,
};
