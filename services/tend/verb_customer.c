// `tend customer`: the card of one customer: what matters first, then every dimension with what decides it.
#include "services/tend/digits.h"
#include "services/tend/figures.h"
#include "services/tend/headline.h"
#include "services/tend/outline.h"
#include "services/tend/verb.h"

#include "common/money.h"

#include <stdio.h>
#include <string.h>

enum { MONTHS_SHOWN = 12, HINTS_SHOWN = 3, TEXT_BYTES = 2600, PPM = 1000000, EIGHTHS = 8 };

static void put_head(const struct figures *figures, const char *title)
{
    printf("\n%s%s%s\n", screen_colour(&figures->screen, "bold"), title, screen_colour(&figures->screen, ""));
}

static const char *product(const json_t *hint, const char *name, const char *sku)
{
    const char *text = verb_text(hint, name);
    return text[0] != '\0' ? text : verb_text(hint, sku);
}

// What is bought together with what it has.
static void put_hints(const struct figures *figures, const json_t *detail, bool all)
{
    size_t i;
    const json_t *hint, *list = json_object_get(detail, "hints");
    char text[TEXT_BYTES], share[DIGITS_BYTES];
    if (json_array_size(list) == 0)
        return;
    put_head(figures, "May also want");
    json_array_foreach (list, i, hint) {
        if (!all && i == HINTS_SHOWN)
            break;
        int used =
            snprintf(text, sizeof text, "%s: in %s of the orders with %s", product(hint, "name", "sku"),
                     digits_share(verb_number(hint, "confidencePpm"), share), product(hint, "withName", "withSku"));
        if (all && used > 0 && (size_t)used < sizeof text)
            snprintf(text + used, sizeof text - (size_t)used, " (%lld of %lld), %.1f times as often as by chance",
                     (long long)verb_number(hint, "together"), (long long)verb_number(hint, "withBaskets"),
                     (double)verb_number(hint, "liftPpm") / PPM);
        fputs("  ", stdout);
        screen_wrap(stdout, &figures->screen, text, 4, 2);
    }
}

static int64_t profit_of(const json_t *month)
{
    const char *text = verb_text(month, "profit");
    int64_t micros = 0;
    return money_parse(text, strcspn(text, " "), &micros) ? micros : 0;
}

// A letter as high as the amount, between the least and the most.
static const char *block(int64_t micros, int64_t least, int64_t most)
{
    static const char *const blocks[EIGHTHS] = {"\xe2\x96\x81", "\xe2\x96\x82", "\xe2\x96\x83", "\xe2\x96\x84",
                                                "\xe2\x96\x85", "\xe2\x96\x86", "\xe2\x96\x87", "\xe2\x96\x88"};
    double part = most > least ? ((double)micros - (double)least) / ((double)most - (double)least) : 1;
    int step = (int)(part * EIGHTHS);
    return blocks[step < 0 ? 0 : step < EIGHTHS ? step : EIGHTHS - 1];
}

// The profits of the last months in one line.
static void put_profit(const struct figures *figures, const json_t *detail)
{
    const json_t *months = json_object_get(detail, "months");
    char text[TEXT_BYTES] = "", low[DIGITS_BYTES], high[DIGITS_BYTES], last[DIGITS_BYTES];
    size_t count = json_array_size(months), from = count > MONTHS_SHOWN ? count - MONTHS_SHOWN : 0, used = 0;
    if (count < 2)
        return;
    int64_t least = 0, most = 0;
    for (size_t i = from; i < count; i++) {
        int64_t micros = profit_of(json_array_get(months, i));
        least = i == from || micros < least ? micros : least;
        most = i == from || micros > most ? micros : most;
    }
    int64_t ground = least < 0 ? least : 0; // as people draw it, from nothing upwards
    for (size_t i = from; i < count && figures->screen.blocks; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s",
                                 block(profit_of(json_array_get(months, i)), ground, most));
    snprintf(text + used, sizeof text - used, "%s%s to %s a month, %s in %s", used > 0 ? "  " : "",
             digits_short(least, WORDING_EN, low), digits_short(most, WORDING_EN, high),
             digits_short(profit_of(json_array_get(months, count - 1)), WORDING_EN, last),
             verb_text(json_array_get(months, count - 1), "month"));
    figures_put(figures, "profit", text);
}

static void put_months(const struct figures *figures, const json_t *detail)
{
    const json_t *months = json_object_get(detail, "months"), *curve = json_object_get(detail, "curve"), *month;
    size_t i;
    char text[TEXT_BYTES], money[FIGURES_BYTES], fits[SCREEN_TEXT_BYTES];
    if (json_array_size(months) == 0)
        return;
    put_head(figures, "Profit by month");
    json_array_foreach (months, i, month)
        printf("  %s %s\n", verb_text(month, "month"),
               screen_fit(figures_money(verb_text(month, "profit"), money), 24, true, fits));
    if (verb_text(curve, "kind")[0] == '\0')
        return;
    snprintf(text, sizeof text, "%s through %lld months: %s in the next 12; indicative, nothing is decided by it",
             verb_text(curve, "kind"), (long long)verb_number(curve, "months"),
             figures_money(verb_text(curve, "next12Months"), money));
    figures_put(figures, "curve", text);
}

// Customers who were merged into this one: its figures are theirs, too.
static void put_parts(const struct figures *figures, const json_t *detail)
{
    char text[TEXT_BYTES] = "";
    size_t i, used = 0;
    const json_t *part;
    json_array_foreach (json_object_get(detail, "parts"), i, part) {
        int more = snprintf(text + used, sizeof text - used, "%s%s", i > 0 ? ", " : "", json_string_value(part));
        if (more < 0 || used + (size_t)more >= sizeof text)
            break;
        used += (size_t)more;
    }
    if (used > 0)
        figures_put(figures, "with", text);
}

static void print_card(const struct figures *figures, const json_t *card, const json_t *reminders, bool all)
{
    const json_t *detail = json_object_get(card, "detail");
    headline_print(figures, card, reminders, all);
    put_parts(figures, detail);
    if (!all)
        put_profit(figures, detail);
    outline_print(figures, json_object_get(card, "dimensions"), all);
    put_hints(figures, detail, all);
    if (all)
        put_months(figures, detail);
    fputc('\n', stdout);
    if (!all) // never wrapped: a command in two lines cannot be copied
        printf("Every figure: tend customer %s --all\nWhy: tend why %s value.clv\n", verb_text(card, "customerId"),
               verb_text(card, "customerId"));
}

int verb_customer(struct verb_call *call)
{
    char target[VERB_TARGET_BYTES], reminders[VERB_TARGET_BYTES] = "GET /v1/reminders";
    verb_write_target(target, "GET /v1/customers/", call->arguments[0], "");
    json_t *answer = NULL, *open = NULL;
    int code = verb_ask_customer(call, "scoring", call->arguments[0], target, &answer);
    if (code != VERB_DONE)
        return code;
    verb_add_parameter(reminders, "customer", verb_text(answer, "customerId")); // of the one that it is part of
    (void)verb_ask_owner(call, "scheduler", NULL, reminders, &open);            // it said when nobody can be reached
    if (call->json) {
        json_t *both = json_pack("{s:O}", "customer", answer);
        if (open != NULL)
            json_object_update(both, open);
        verb_print_json(both);
        json_decref(both);
    } else {
        struct figures figures;
        figures_open(call->settings.time_zone, &figures);
        print_card(&figures, answer, open, verb_value(call, "all") != NULL);
        figures_close(&figures);
    }
    json_decref(answer);
    json_decref(open);
    return VERB_DONE;
}
