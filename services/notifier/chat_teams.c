// Microsoft Teams: a webhook of the Workflows app, which posts an Adaptive Card. The letter is runs of text, in which
// nothing is markup, a block for each line; the mention is a block of its own. Buttons open pages: such a webhook
// cannot call back. What it answers is that it took the card, not that the card was posted.
#include "services/notifier/driver.h"

#include "services/notifier/disarm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BODY_BYTES = 20000,  // the limit is 28 KB as the chat counts, which is a fifth more than was sent
    LINE_BYTES = 110,    // what stands around a line
    BUTTON_BYTES = 340,  // with our own URL of 200
    AROUND_BYTES = 1500, // the card, the mention
    BUTTONS_MOST = 13,   // four for each of three reminders, and the page
    LETTER_BYTES_MOST = BODY_BYTES - AROUND_BYTES - BUTTONS_MOST * BUTTON_BYTES,
    NAME_CHARACTERS = 32,
    NAME_BYTES = 200,
    ADDRESS_LEAST = 3,
    ADDRESS_MOST = 128,
    GUID_LENGTH = 36,
    CODE_BYTES = 64,
};

// By the code of the workflow's error, where there is one.
static const struct rule rules[] = {
    {"WorkflowTriggerIsNotEnabled", NULL, 0, OUTCOME_CONFIG, 0, 0}, // somebody switched it off
    {"WorkflowNotFound", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"DirectApiAuthorizationRequired", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"400", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"401", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"403", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"404", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"410", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"413", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"429", NULL, 0, OUTCOME_THROTTLE, 0, 0},
    {NULL, NULL, 0, OUTCOME_OK, 0, 0},
};

// --- the request
// -----------------------------------------------------------------------------------------------------

static size_t cost(const char *text, size_t length)
{
    size_t count = cost_json(text, length);
    for (size_t i = 0; i < length; i++)
        count += text[i] == '\n' ? LINE_BYTES : 0;
    return count;
}

// The name of an account, or its id.
static bool account(const char *text)
{
    const char *at = strchr(text, '@');
    if (at == NULL)
        return driver_plain(text, GUID_LENGTH, GUID_LENGTH, "-") &&
               strspn(text, "0123456789abcdefABCDEF-") == strlen(text);
    return at != text && at[1] != '\0' && strchr(at + 1, '@') == NULL &&
           driver_plain(text, ADDRESS_LEAST, ADDRESS_MOST, "@._-+");
}

// The block of a mention is Markdown: a name keeps none of its signs.
static const char *display_name(struct arena *arena, const struct parcel *parcel)
{
    char name[NAME_BYTES];
    size_t length = disarm(parcel->rep_name, strlen(parcel->rep_name), DISARM_CHAT, NAME_CHARACTERS, name, sizeof name);
    for (size_t i = 0; i < length; i++) {
        if (strchr("*_[]()\\#~&\"|", name[i]) != NULL)
            name[i] = ' ';
    }
    return strspn(name, " ") < length ? arena_text(arena, name, length)
                                      : arena_text(arena, parcel->address, strcspn(parcel->address, "@"));
}

static json_t *line_block(const char *text, size_t length, bool apart)
{
    return json_pack("{s:s,s:s,s:[{s:s,s:s%}]}", "type", "RichTextBlock", "spacing", apart ? "Medium" : "None",
                     "inlines", "type", "TextRun", "text", text, length);
}

static void add_lines(json_t *blocks, const char *text)
{
    bool apart = true;
    for (const char *at = text; *at != '\0';) {
        size_t length = strcspn(at, "\n");
        if (length > 0)
            json_array_append_new(blocks, line_block(at, length, apart));
        apart = length == 0;
        at += length + (at[length] == '\n');
    }
}

// A set for each reminder: of one set no more than six buttons are shown.
static void add_actions(json_t *blocks, const struct parcel *parcel)
{
    json_t *set = NULL;
    for (size_t i = 0; i < parcel->button_count; i++) {
        const struct button *button = &parcel->buttons[i];
        if (set == NULL || button->item != parcel->buttons[i - 1].item) {
            json_t *block = json_pack("{s:s,s:[]}", "type", "ActionSet", "actions");
            set = json_object_get(block, "actions");
            json_array_append_new(blocks, block);
        }
        json_array_append_new(
            set, json_pack("{s:s,s:s,s:s}", "type", "Action.OpenUrl", "title", button->label, "url", button->url));
    }
}

static json_t *card(struct arena *arena, const struct parcel *parcel)
{
    json_t *blocks = json_array(), *teams = json_pack("{s:s}", "width", "full");
    if (account(parcel->address)) {
        const char *name = display_name(arena, parcel);
        const char *tag = arena_format(arena, "<at>%s</at>", name);
        json_array_append_new(blocks, json_pack("{s:s,s:s,s:b}", "type", "TextBlock", "text", tag, "wrap", 1));
        json_object_set_new(teams, "entities",
                            json_pack("[{s:s,s:s,s:{s:s,s:s}}]", "type", "mention", "text", tag, "mentioned", "id",
                                      parcel->address, "name", name));
    }
    add_lines(blocks, parcel->text);
    add_actions(blocks, parcel);
    return json_pack("{s:s,s:s,s:s,s:o,s:o}", "$schema", "http://adaptivecards.io/schemas/adaptive-card.json", "type",
                     "AdaptiveCard", "version", "1.4", "body", blocks, "msteams", teams);
}

static const char *compose(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                           struct post *ret_post)
{
    json_t *body = json_pack("{s:s,s:[{s:s,s:n,s:o}]}", "type", "message", "attachments", "contentType",
                             "application/vnd.microsoft.card.adaptive", "contentUrl", "content", card(arena, parcel));
    *ret_post = (struct post){.url = destination->url};
    driver_header(arena, ret_post, "Content-Type", "application/json; charset=utf-8");
    ret_post->body = driver_json(arena, body, &ret_post->length);
    return NULL;
}

// --- the answer
// ------------------------------------------------------------------------------------------------------

// The older webhooks tell their failures inside a 200.
static bool told_error(const struct answer *answer, int *ret_status)
{
    static const char words[] = "HTTP error ";
    const char *at = memmem(answer->body, answer->length, words, strlen(words));
    size_t left = at != NULL ? answer->length - (size_t)(at - answer->body) - strlen(words) : 0;
    char digits[4] = "";
    if (left < 3)
        return false;
    memcpy(digits, at + strlen(words), 3);
    long status = strtol(digits, NULL, 10);
    if (status < 400 || status > 599)
        return false;
    *ret_status = (int)status;
    return true;
}

static void classify(const struct answer *answer, struct verdict *ret_verdict)
{
    struct answer known = *answer;
    bool older = answer->status == 200 && answer->length == 1 && answer->body[0] == '1';
    if (answer->status == 202 || older) {
        verdict_set(ret_verdict, OUTCOME_OK, "accepted");
        return;
    }
    if (answer->status == 200)
        (void)told_error(answer, &known.status);
    json_t *object = driver_object(answer);
    const json_t *error = json_object_get(object, "error");
    char code[CODE_BYTES], status[CODE_BYTES];
    snprintf(status, sizeof status, "%d", known.status);
    bool named = false;
    if (known.status >= 400 && driver_code(error, "code", code, sizeof code)) {
        for (const struct rule *rule = rules; rule->code != NULL; rule++)
            named = named || strcmp(rule->code, code) == 0;
    }
    if (known.status >= 400 && known.status <= 499)
        verdict_by_rules(rules, named ? code : status, driver_words(error, "message"), &known, ret_verdict);
    else
        verdict_by_status(&known, ret_verdict);
    json_decref(object);
}

const struct driver driver_teams = {
    .name = "teams",
    .hosts = ".logic.azure.com/ .api.powerplatform.com/ .webhook.office.com/ outlook.office.com/webhook/",
    .needs = DRIVER_URL,
    .takes = DRIVER_URL,
    .style = DISARM_CHAT,
    .limit = LETTER_BYTES_MOST,
    .cost = cost,
    .pace = {.interval_ms = 56000, .burst = 20}, // 100 in an hour and 150 in two
    .buttons = BUTTONS_MOST,
    .compose = compose,
    .classify = classify,
};
