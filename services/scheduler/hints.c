#include "services/scheduler/hints.h"

#include "common/must.h"

#include <stdio.h>
#include <string.h>

// Tend__V1__FigureUnit.
enum { UNIT_COUNT = 1, UNIT_MONEY = 2, UNIT_TIME = 5 };

struct choice {
    const struct hint_facts *facts;
    struct hint *hints;
    size_t count;
};

static struct hint *add(struct choice *choice, const char *code, const char *text)
{
    if (choice->count == HINTS_MAX)
        return NULL;
    size_t length = strlen(code);
    must(length < HINT_CODE_BYTES);
    struct hint *hint = &choice->hints[choice->count++];
    *hint = (struct hint){.text = text};
    memcpy(hint->code, code, length + 1);
    return hint;
}

static void fill(struct hint *hint, const char *name, int64_t value, uint32_t unit, const char *currency)
{
    if (hint != NULL && hint->figure_count < HINT_FIGURES)
        hint->figures[hint->figure_count++] = (struct hint_figure){name, value, unit, currency};
}

static void hint_stand_in(struct choice *choice)
{
    if (choice->facts->stands_in_for[0] != '\0')
        add(choice, "stand_in_for", choice->facts->stands_in_for);
}

static void hint_complaint(struct choice *choice)
{
    if (choice->facts->complaint_open)
        add(choice, "complaint_open", choice->facts->complaint);
    else if (choice->facts->complaint_resolved)
        add(choice, "thank_complaint", "");
}

static void hint_promise(struct choice *choice)
{
    const struct hint_facts *facts = choice->facts;
    if (facts->promise_ms != 0)
        fill(add(choice, "open_promise", facts->promise), "promise_due", facts->promise_ms, UNIT_TIME, "");
}

static void hint_news(struct choice *choice)
{
    if (choice->facts->news[0] != '\0')
        add(choice, "announce", choice->facts->news);
}

static void hint_gift(struct choice *choice)
{
    if (choice->facts->festive && choice->facts->gift_left > 0)
        add(choice, "small_gift", "");
}

enum hint_survey hints_survey(const struct hint_opinion *opinion, int32_t today)
{
    enum {
        QUARTER_DAYS = 91,
        ANSWER_DAYS = 3, // they get so long to answer by themselves
        FRESH_DAYS = 30, // after a month nobody remembers what was asked
    };
    bool said = opinion->said_day != DAY_NONE && opinion->said_day != today;
    if (said && today - opinion->said_day < QUARTER_DAYS)
        return HINT_SURVEY_NOTHING;
    if (opinion->low)
        return HINT_SURVEY_LOW;
    int32_t silent = opinion->sent_day != DAY_NONE ? today - opinion->sent_day : 0;
    if (silent >= ANSWER_DAYS && silent <= FRESH_DAYS)
        return HINT_SURVEY_UNANSWERED;
    return opinion->due_day != DAY_NONE && opinion->due_day <= today ? HINT_SURVEY_DUE : HINT_SURVEY_NOTHING;
}

static void hint_survey(struct choice *choice)
{
    static const char *const CODES[] = {
        [HINT_SURVEY_DUE] = "survey", [HINT_SURVEY_UNANSWERED] = "survey_unanswered", [HINT_SURVEY_LOW] = "survey_low"};
    if (choice->facts->survey != HINT_SURVEY_NOTHING)
        add(choice, CODES[choice->facts->survey], "");
}

bool hints_is_survey(const char *code)
{
    return strncmp(code, "survey", strlen("survey")) == 0;
}

static void hint_answers(struct choice *choice)
{
    static const char *const CODES[HINT_ANSWERS] = {"ask.need", "ask.power", "ask.decision", "ask.credit"};
    const struct hint_facts *facts = choice->facts;
    size_t asked = 0;
    for (size_t i = 0; facts->lead && i < HINT_ANSWERS && asked < HINTS_ASKED; i++)
        if (facts->open_answers[i] && add(choice, CODES[i], "") != NULL)
            asked++;
}

static void hint_offer(struct choice *choice)
{
    if (choice->facts->offer[0] != '\0')
        add(choice, choice->facts->offer_with ? "often_bought_with" : "similar_bought", choice->facts->offer);
}

static void hint_last_order(struct choice *choice)
{
    const struct hint_facts *facts = choice->facts;
    if (facts->last_order_ms == 0)
        return;
    struct hint *hint = add(choice, "last_order", facts->last_order);
    fill(hint, "last_order", facts->last_order_ms, UNIT_TIME, "");
    if (facts->last_order_micros != 0 && facts->currency[0] != '\0') // without an exchange rate it is not known
        fill(hint, "last_order_amount", facts->last_order_micros, UNIT_MONEY, facts->currency);
}

// A customer who buys and of whom nobody knows when the next order comes.
static void hint_next_need(struct choice *choice)
{
    const struct hint_facts *facts = choice->facts;
    if (facts->last_order_ms != 0 && facts->expected_day == DAY_NONE)
        add(choice, "ask.next_need", "");
}

size_t hints_ask(const char *missing, struct hint *ret_hints)
{
    struct choice choice = {.hints = ret_hints};
    for (const char *at = missing; at[0] != '\0' && choice.count < HINTS_ASKED;) {
        size_t length = strcspn(at, ",");
        char code[HINT_CODE_BYTES];
        if (length > 0 && length + sizeof "ask." <= sizeof code) {
            snprintf(code, sizeof code, "ask.%.*s", (int)length, at);
            add(&choice, code, "");
        }
        at += length + (at[length] != '\0');
    }
    return choice.count;
}

static void hint_file(struct choice *choice)
{
    struct hint asked[HINTS_ASKED];
    size_t count = hints_ask(choice->facts->missing, asked);
    for (size_t i = 0; i < count; i++) {
        bool known = false;
        for (size_t j = 0; j < choice->count; j++)
            known |= strcmp(choice->hints[j].code, asked[i].code) == 0;
        if (!known)
            add(choice, asked[i].code, "");
    }
}

static void hint_hour(struct choice *choice)
{
    const struct hint_facts *facts = choice->facts;
    if (facts->hour < 0)
        return;
    struct hint *hint = add(choice, "best_hour", "");
    fill(hint, "hour", facts->hour, UNIT_COUNT, "");
    if (facts->weekday > 0)
        fill(hint, "weekday", facts->weekday, UNIT_COUNT, "");
}

size_t hints_choose(const struct hint_facts *facts, struct hint *ret_hints)
{
    static void (*const BY_USE[])(struct choice *) = {
        hint_stand_in, hint_complaint, hint_promise,    hint_news,      hint_gift, hint_answers,
        hint_survey,   hint_offer,     hint_last_order, hint_next_need, hint_file, hint_hour,
    };
    struct choice choice = {.facts = facts, .hints = ret_hints};
    for (size_t i = 0; i < sizeof BY_USE / sizeof BY_USE[0]; i++)
        BY_USE[i](&choice);
    return choice.count;
}
