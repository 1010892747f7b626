#include "services/scoring/offers.h"

#include "common/hash.h"
#include "common/money.h"
#include "common/must.h"
#include "services/scoring/finder.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM_FIRST = 256, PPM = 1000000 };
#define NONE UINT32_MAX

// Who bought the article whose rule it is also bought the effect.
struct rule {
    uint32_t effect; // an article
    uint32_t order;  // the newest that holds the effect
    uint32_t together, effects;
};

struct article {
    uint32_t text, first;                 // where its sku begins; and its rules
    uint32_t order, from, causes, orders; // as in struct goods_hint; `order` is the newest that holds it
    uint32_t recent, cause;               // the question that it was last marked by
    uint8_t length, rules;
    bool asked; // its rules are known
};

struct offers {
    struct article *articles;
    struct rule *rules;
    char *texts;
    uint32_t article_count, article_room, rule_count, rule_room, text_used, text_room;
    uint32_t question;
    struct finder *finder;
};

static void *enlarge(void *items, size_t item_bytes, uint64_t needed, uint32_t *room)
{
    if (needed <= *room)
        return items;
    uint64_t more = (uint64_t)*room * 2 > ROOM_FIRST ? (uint64_t)*room * 2 : ROOM_FIRST;
    more = more < needed ? needed : more;
    must(more < UINT32_MAX);
    items = realloc(items, more * item_bytes);
    must(items != NULL);
    *room = (uint32_t)more;
    return items;
}

struct offers *offers_open(void)
{
    struct offers *offers = calloc(1, sizeof *offers);
    must(offers != NULL);
    offers->finder = finder_open();
    return offers;
}

static void give_back(struct offers *offers)
{
    free(offers->articles);
    free(offers->rules);
    free(offers->texts);
    finder_close(&offers->finder);
}

void offers_close(struct offers **offers)
{
    if (*offers == NULL)
        return;
    give_back(*offers);
    free(*offers);
    *offers = NULL;
}

void offers_start(struct offers *offers)
{
    give_back(offers);
    *offers = (struct offers){.finder = finder_open()};
}

static uint32_t article_of(struct offers *offers, const char *sku, size_t length)
{
    uint8_t key[HASH_BYTES];
    uint64_t hash;
    uint32_t number;
    hash_table_key(sku, length, key);
    memcpy(&hash, key, sizeof hash);
    struct finder_walk walk = finder_look(offers->finder, hash);
    while (finder_next(offers->finder, &walk, &number)) {
        const struct article *article = &offers->articles[number];
        if (article->length == length && memcmp(offers->texts + article->text, sku, length) == 0)
            return number;
    }
    must(length <= UINT8_MAX);
    number = offers->article_count++;
    offers->articles =
        enlarge(offers->articles, sizeof *offers->articles, offers->article_count, &offers->article_room);
    offers->texts = enlarge(offers->texts, 1, (uint64_t)offers->text_used + length, &offers->text_room);
    memcpy(offers->texts + offers->text_used, sku, length);
    offers->articles[number] = (struct article){.text = offers->text_used, .length = (uint8_t)length};
    offers->text_used += (uint32_t)length;
    finder_add(offers->finder, hash, number);
    return number;
}

// Finds the rules of an article.
static void ask(struct offers *offers, struct goods *goods, const struct goods_options *options, uint32_t number)
{
    struct goods_hint hints[GOODS_HINTS_MAX];
    const struct article *cause = &offers->articles[number];
    size_t count = goods_with(goods, options, offers->texts + cause->text, cause->length, hints, GOODS_HINTS_MAX);
    uint32_t first = offers->rule_count;
    offers->rules = enlarge(offers->rules, sizeof *offers->rules, (uint64_t)first + count, &offers->rule_room);
    for (size_t i = 0; i < count; i++) {
        const struct goods_hint *hint = &hints[i];
        offers->rules[offers->rule_count++] =
            (struct rule){.effect = article_of(offers, hint->effect.sku, hint->effect.sku_length),
                          .order = hint->effect.order,
                          .together = hint->together,
                          .effects = hint->effects};
    }
    struct article *article = &offers->articles[number]; // they may have moved
    article->asked = true;
    article->first = first;
    article->rules = (uint8_t)count;
    if (count == 0)
        return;
    article->order = hints[0].cause.order;
    article->from = hints[0].from;
    article->causes = hints[0].causes;
    article->orders = hints[0].orders;
}

// A rule with its cause.
struct choice {
    uint32_t cause;
    const struct rule *rule;
};

static int by_text(const struct offers *offers, uint32_t left, uint32_t right)
{
    const struct article *one = &offers->articles[left], *other = &offers->articles[right];
    return basket_compare(offers->texts + one->text, one->length, offers->texts + other->text, other->length);
}

// As goods.h orders rules: by lift, then orders with both, then the skus.
static bool stronger(const struct offers *offers, const struct choice *left, const struct choice *right)
{
    const struct article *one = &offers->articles[left->cause], *other = &offers->articles[right->cause];
    int128 mine = (int128)left->rule->together * other->from * right->rule->effects;
    int128 others = (int128)right->rule->together * one->from * left->rule->effects;
    if (mine != others)
        return mine > others;
    mine = (int128)left->rule->together * one->causes * other->from;
    others = (int128)right->rule->together * other->causes * one->from;
    if (mine != others)
        return mine > others;
    int order = by_text(offers, left->rule->effect, right->rule->effect);
    return order != 0 ? order < 0 : by_text(offers, left->cause, right->cause) < 0;
}

// Puts a rule into its place among the strongest, each effect once. Returns how many they are then.
static size_t place(const struct offers *offers, struct choice *top, size_t count, size_t most, struct choice rule)
{
    size_t at = 0;
    while (at < count && top[at].rule->effect != rule.rule->effect)
        at++;
    if (at < count || count == most) {
        at = at < count ? at : count - 1;
        if (!stronger(offers, &rule, &top[at]))
            return count;
    } else {
        count++;
    }
    for (; at > 0 && stronger(offers, &rule, &top[at - 1]); at--)
        top[at] = top[at - 1];
    top[at] = rule;
    return count;
}

static struct goods_end end_of(const struct offers *offers, uint32_t number, uint32_t order)
{
    const struct article *article = &offers->articles[number];
    return (struct goods_end){offers->texts + article->text, article->length, order};
}

static struct goods_hint hint_of(const struct offers *offers, const struct choice *choice)
{
    const struct article *cause = &offers->articles[choice->cause];
    const struct rule *rule = choice->rule;
    int128 chance = (int128)cause->from * rule->effects;
    return (struct goods_hint){
        .cause = end_of(offers, choice->cause, cause->order),
        .effect = end_of(offers, rule->effect, rule->order),
        .together = rule->together,
        .from = cause->from,
        .causes = cause->causes,
        .effects = rule->effects,
        .orders = cause->orders,
        .confidence_ppm = (int64_t)rule->together * PPM / cause->from,
        .lift_ppm = (int64_t)((int128)rule->together * cause->orders * PPM / chance),
    };
}

// Marks what was bought, and picks the causes of hints. Returns how many.
static size_t mark(struct offers *offers, const struct goods_options *options, const struct goods_bought *bought,
                   size_t count, int32_t today, uint32_t *ret_causes)
{
    size_t causes = 0;
    offers->question++;
    for (size_t i = 0; i < count && i < GOODS_BOUGHT_MAX; i++) {
        uint32_t number = article_of(offers, bought[i].sku, bought[i].sku_length);
        struct article *article = &offers->articles[number];
        if (bought[i].day > today - options->recent_days)
            article->recent = offers->question;
        if (article->cause != offers->question && causes < GOODS_CAUSES_MAX)
            ret_causes[causes++] = number;
        article->cause = offers->question;
    }
    return causes;
}

size_t offers_find(struct offers *offers, struct goods *goods, const struct goods_options *options,
                   const struct goods_bought *bought, size_t count, int32_t today, struct goods_hint *ret_hints,
                   size_t most, size_t *ret_asked)
{
    uint32_t causes[GOODS_CAUSES_MAX];
    struct choice top[GOODS_HINTS_MAX];
    size_t found = 0;
    if (offers->article_count > OFFERS_ARTICLES_MAX || offers->question == UINT32_MAX)
        offers_start(offers);
    size_t cause_count = mark(offers, options, bought, count, today, causes);
    most = most < GOODS_HINTS_MAX ? most : GOODS_HINTS_MAX;
    *ret_asked = 0;
    for (size_t i = 0; i < cause_count; i++) {
        if (offers->articles[causes[i]].asked)
            continue;
        ask(offers, goods, options, causes[i]);
        ++*ret_asked;
    }
    for (size_t i = 0; i < cause_count && most > 0; i++) {
        const struct article *cause = &offers->articles[causes[i]];
        for (uint32_t k = 0; k < cause->rules; k++) {
            struct choice rule = {causes[i], &offers->rules[cause->first + k]};
            if (offers->articles[rule.rule->effect].recent != offers->question)
                found = place(offers, top, found, most, rule);
        }
    }
    for (size_t i = 0; i < found; i++)
        ret_hints[i] = hint_of(offers, &top[i]);
    return found;
}
