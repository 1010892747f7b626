#include "services/scoring/goods.h"

#include "common/hash.h"
#include "common/money.h"
#include "common/must.h"
#include "services/scoring/column.h"
#include "services/scoring/finder.h"

#include <stdlib.h>
#include <string.h>

enum {
    PPM = 1000000,
    ROOM_FIRST = 64,
    LIST_FIRST = 4,
    LEVEL_BITS = 5,     // of an entry of a list, below the carton's number
    SPARE = 1024,       // what lies about before it is worth clearing up
    CARTON_BYTES = 48,  // what an order is reckoned to need, its array being up to half empty,
    LINE_BYTES = 16,    // a line, in the array and in its article's list,
    ARTICLE_BYTES = 144 // an article, with its place in the finder and the tallies, and twice its text
};
#define NONE UINT32_MAX

_Static_assert(GOODS_LEVEL_MAX < 1 << LEVEL_BITS, "a level fits an entry");
_Static_assert(GOODS_BYTES_MAX / CARTON_BYTES < (int64_t)1 << (32 - LEVEL_BITS), "a carton's number fits an entry");

// The basket of one order.
struct carton {
    uint64_t hash;
    int64_t time_ms;
    uint32_t order;
    uint32_t first; // of its lines; of a free one the next free one
    uint32_t count; // 0: it is free
};

// An article and the list of its orders, each as the carton's number and the level up to which a sample holds it.
struct article {
    uint32_t *list;
    uint32_t count, room;
    uint32_t text;          // where its sku begins
    uint32_t newest;        // its newest carton; NONE: to be looked for
    uint32_t recent, cause; // the question that it was last marked by
    uint8_t length;
};

struct goods {
    uint64_t most_bytes;
    uint32_t level;
    struct carton *cartons;
    uint32_t *lines; // numbers of articles, a carton's side by side
    struct article *articles;
    char *texts;
    uint32_t carton_used, carton_room, line_used, line_room, article_used, article_room, text_used, text_room;
    uint32_t free_carton;                       // NONE: there is none
    uint32_t orders, live_lines, live_articles; // what is not waiting to be cleared up
    uint64_t live_text;
    struct finder *finder;
    struct column numbers;   // of orders -> the carton's number and 1
    uint32_t *tallies, *met; // one for each article; the tallies are 0 between questions
    uint32_t tally_room;
    uint32_t question;
};

// --- memory

static void *enlarge(void *items, size_t item_bytes, uint64_t needed, uint32_t *room)
{
    if (needed <= *room)
        return items;
    uint64_t more = *room + *room / 2 > ROOM_FIRST ? (uint64_t)*room + *room / 2 : ROOM_FIRST;
    more = more < needed ? needed : more;
    must(more < UINT32_MAX);
    items = realloc(items, more * item_bytes);
    must(items != NULL);
    *room = (uint32_t)more;
    return items;
}

struct goods *goods_open(int64_t memory_bytes)
{
    must(memory_bytes >= GOODS_BYTES_MIN && memory_bytes <= GOODS_BYTES_MAX);
    struct goods *goods = calloc(1, sizeof *goods);
    must(goods != NULL);
    goods->most_bytes = (uint64_t)memory_bytes;
    goods->free_carton = NONE;
    goods->finder = finder_open();
    column_start(&goods->numbers, sizeof(uint32_t));
    return goods;
}

void goods_close(struct goods **goods)
{
    if (*goods == NULL)
        return;
    struct goods *old = *goods;
    for (uint32_t i = 0; i < old->article_used; i++)
        free(old->articles[i].list);
    free(old->articles);
    free(old->cartons);
    free(old->lines);
    free(old->texts);
    free(old->tallies);
    free(old->met);
    finder_close(&old->finder);
    column_clear(&old->numbers);
    free(old);
    *goods = NULL;
}

void goods_clear(struct goods *goods)
{
    struct goods *empty = goods_open((int64_t)goods->most_bytes), old = *goods;
    *goods = *empty;
    *empty = old;
    goods_close(&empty);
}

void goods_size(const struct goods *goods, struct goods_size *ret_size)
{
    uint64_t bytes = sizeof *goods + finder_bytes(goods->finder) + column_bytes(&goods->numbers) + goods->text_room;
    bytes += (uint64_t)goods->carton_room * sizeof *goods->cartons + (uint64_t)goods->line_room * sizeof *goods->lines;
    bytes += (uint64_t)goods->article_room * sizeof *goods->articles;
    bytes += (uint64_t)goods->tally_room * (sizeof *goods->tallies + sizeof *goods->met);
    for (uint32_t i = 0; i < goods->article_used; i++)
        bytes += goods->articles[i].room * sizeof *goods->articles[i].list;
    *ret_size = (struct goods_size){.orders = goods->orders,
                                    .items = goods->live_articles,
                                    .lines = goods->live_lines,
                                    .bytes = bytes,
                                    .level = goods->level};
}

uint32_t goods_orders(const struct goods *goods, bool *ret_all)
{
    *ret_all = goods->level == 0;
    return goods->orders;
}

// --- articles

static uint64_t text_hash(const char *sku, size_t length)
{
    uint8_t key[HASH_BYTES];
    uint64_t hash;
    hash_table_key(sku, length, key);
    memcpy(&hash, key, sizeof hash);
    return hash;
}

static uint32_t find_article(const struct goods *goods, uint64_t hash, const char *sku, size_t length)
{
    struct finder_walk walk = finder_look(goods->finder, hash);
    uint32_t number;
    while (finder_next(goods->finder, &walk, &number)) {
        const struct article *article = &goods->articles[number];
        if (article->length == length && memcmp(goods->texts + article->text, sku, length) == 0)
            return number;
    }
    return NONE;
}

static uint32_t article_of(struct goods *goods, const struct basket_item *item)
{
    uint64_t hash = text_hash(item->sku, item->sku_length);
    uint32_t number = find_article(goods, hash, item->sku, item->sku_length);
    if (number != NONE)
        return number;
    number = goods->article_used;
    goods->articles = enlarge(goods->articles, sizeof *goods->articles, (uint64_t)number + 1, &goods->article_room);
    goods->texts = enlarge(goods->texts, 1, (uint64_t)goods->text_used + item->sku_length, &goods->text_room);
    memcpy(goods->texts + goods->text_used, item->sku, item->sku_length);
    goods->articles[number] = (struct article){.text = goods->text_used, .newest = NONE, .length = item->sku_length};
    goods->text_used += item->sku_length;
    goods->article_used++;
    finder_add(goods->finder, hash, number);
    return number;
}

static unsigned level_of(uint64_t hash)
{
    unsigned level = 0;
    while (level < GOODS_LEVEL_MAX && (hash >> level & 1) == 0)
        level++;
    return level;
}

static unsigned entry_level(uint32_t entry)
{
    return entry & ((1U << LEVEL_BITS) - 1);
}

static bool newer(const struct carton *left, const struct carton *right)
{
    return left->time_ms != right->time_ms ? left->time_ms > right->time_ms : left->hash > right->hash;
}

// Hangs a carton into an article's list.
static void enlist(struct goods *goods, uint32_t number, uint32_t carton)
{
    struct article *article = &goods->articles[number];
    if (article->count == article->room) {
        article->room = article->room == 0 ? LIST_FIRST : article->room + article->room / 2;
        article->list = realloc(article->list, article->room * sizeof *article->list);
        must(article->list != NULL);
    }
    const struct carton *cartons = goods->cartons;
    if (article->count == 0) {
        goods->live_articles++;
        goods->live_text += article->length;
        article->newest = carton;
    } else if (article->newest != NONE && newer(&cartons[carton], &cartons[article->newest])) {
        article->newest = carton;
    }
    article->list[article->count++] = carton << LEVEL_BITS | level_of(cartons[carton].hash);
}

// After orders left its list; one that was long gives room back.
static void shorten(struct goods *goods, struct article *article, uint32_t count)
{
    if (article->count > 0 && count == 0) {
        goods->live_articles--;
        goods->live_text -= article->length;
    }
    article->count = count;
    if (article->room <= ROOM_FIRST || count >= article->room / 4)
        return;
    article->room = count < ROOM_FIRST / 2 ? ROOM_FIRST : count * 2;
    article->list = realloc(article->list, article->room * sizeof *article->list);
    must(article->list != NULL);
}

static void delist(struct goods *goods, uint32_t number, uint32_t carton)
{
    struct article *article = &goods->articles[number];
    uint32_t at = article->count;
    do
        must(at > 0);
    while (article->list[--at] >> LEVEL_BITS != carton);
    article->list[at] = article->list[article->count - 1];
    if (article->newest == carton)
        article->newest = NONE;
    shorten(goods, article, article->count - 1);
}

// --- orders

static uint32_t take_carton(struct goods *goods)
{
    uint32_t carton = goods->free_carton;
    if (carton != NONE) {
        goods->free_carton = goods->cartons[carton].first;
        return carton;
    }
    goods->cartons =
        enlarge(goods->cartons, sizeof *goods->cartons, (uint64_t)goods->carton_used + 1, &goods->carton_room);
    return goods->carton_used++;
}

// The carton is out of all lists.
static void give_back(struct goods *goods, uint32_t number)
{
    struct carton *carton = &goods->cartons[number];
    *(uint32_t *)column_at(&goods->numbers, carton->order) = 0;
    goods->live_lines -= carton->count;
    goods->orders--;
    *carton = (struct carton){.first = goods->free_carton};
    goods->free_carton = number;
}

// Gives the articles that are in an order new numbers, from 0, and the texts and the finder follow.
static void renumber(struct goods *goods, uint32_t *ret_numbers)
{
    uint32_t used = 0, text_used = 0;
    finder_clear(goods->finder);
    for (uint32_t i = 0; i < goods->article_used; i++) {
        struct article article = goods->articles[i];
        if (article.count == 0) {
            free(article.list);
            continue;
        }
        memmove(goods->texts + text_used, goods->texts + article.text, article.length);
        article.text = text_used;
        text_used += article.length;
        finder_add(goods->finder, text_hash(goods->texts + article.text, article.length), used);
        ret_numbers[i] = used;
        goods->articles[used++] = article;
    }
    goods->article_used = used;
    goods->text_used = text_used;
}

// Clears up when more lies about than is in use, so that it costs each change a few steps.
static void clear_up(struct goods *goods)
{
    if (goods->line_used / 2 <= goods->live_lines + SPARE && goods->article_used / 2 <= goods->live_articles + SPARE)
        return;
    uint32_t *numbers = malloc(goods->article_used * sizeof *numbers), room = 0, used = 0;
    uint32_t *lines = enlarge(NULL, sizeof *lines, goods->live_lines, &room);
    must(numbers != NULL);
    renumber(goods, numbers);
    for (uint32_t i = 0; i < goods->carton_used; i++) {
        struct carton *carton = &goods->cartons[i];
        if (carton->count == 0)
            continue;
        for (uint32_t j = 0; j < carton->count; j++)
            lines[used + j] = numbers[goods->lines[carton->first + j]];
        carton->first = used;
        used += carton->count;
    }
    free(numbers);
    free(goods->lines);
    goods->lines = lines;
    goods->line_room = room;
    goods->line_used = used;
}

// What the orders need, reckoned from them alone, so that the level follows from them.
static uint64_t needed(const struct goods *goods)
{
    return (uint64_t)goods->orders * CARTON_BYTES + (uint64_t)goods->live_lines * LINE_BYTES +
           (uint64_t)goods->live_articles * ARTICLE_BYTES + 2 * goods->live_text;
}

// Lets go of half the orders: those that the next level does not hold.
static void thin(struct goods *goods)
{
    goods->level++;
    for (uint32_t i = 0; i < goods->article_used; i++) {
        struct article *article = &goods->articles[i];
        uint32_t count = 0;
        for (uint32_t j = 0; j < article->count; j++)
            if (entry_level(article->list[j]) >= goods->level)
                article->list[count++] = article->list[j];
        shorten(goods, article, count);
        article->newest = NONE;
    }
    for (uint32_t i = 0; i < goods->carton_used; i++)
        if (goods->cartons[i].count > 0 && level_of(goods->cartons[i].hash) < goods->level)
            give_back(goods, i);
}

uint64_t goods_hash(const char *customer_id, const char *order_id)
{
    uint8_t bytes[HASH_BYTES];
    uint64_t hash = 0;
    hash_pair(customer_id, strlen(customer_id), order_id, strlen(order_id), bytes);
    for (size_t i = 0; i < sizeof hash; i++)
        hash = hash << 8 | bytes[i];
    return hash;
}

void goods_drop(struct goods *goods, uint32_t order)
{
    const uint32_t *found = column_get(&goods->numbers, order);
    if (found == NULL || *found == 0)
        return;
    uint32_t number = *found - 1;
    const struct carton *carton = &goods->cartons[number];
    for (uint32_t i = 0; i < carton->count; i++)
        delist(goods, goods->lines[carton->first + i], number);
    give_back(goods, number);
    clear_up(goods);
}

void goods_put(struct goods *goods, uint32_t order, uint64_t hash, int64_t time_ms, const struct basket *basket)
{
    must(basket->count <= BASKET_ITEMS_MAX);
    goods_drop(goods, order);
    if (basket->count == 0 || level_of(hash) < goods->level)
        return;
    uint32_t carton = take_carton(goods), first = goods->line_used;
    goods->lines = enlarge(goods->lines, sizeof *goods->lines, (uint64_t)first + basket->count, &goods->line_room);
    goods->cartons[carton] = (struct carton){hash, time_ms, order, first, basket->count};
    for (uint32_t i = 0; i < basket->count; i++) {
        uint32_t article = article_of(goods, &basket->items[i]);
        goods->lines[first + i] = article;
        enlist(goods, article, carton);
    }
    goods->line_used += basket->count;
    goods->live_lines += basket->count;
    goods->orders++;
    *(uint32_t *)column_at(&goods->numbers, order) = carton + 1;
    if (needed(goods) <= goods->most_bytes)
        return;
    while (needed(goods) > goods->most_bytes && goods->level < GOODS_LEVEL_MAX)
        thin(goods);
    clear_up(goods);
}

// --- questions

struct rule {
    uint32_t cause, effect;           // articles
    uint32_t together, from;          // as counted
    uint32_t causes, effects, orders; // in all
};

// The strongest rules so far, each effect once.
struct top {
    struct rule rules[GOODS_HINTS_MAX];
    size_t count, most;
};

static bool holds(const struct goods_options *options, const struct rule *rule)
{
    return rule->together >= options->min_count &&
           (int128)rule->together * rule->causes * PPM >= (int128)options->support_ppm * rule->from * rule->orders &&
           (int128)rule->together * PPM >= (int128)options->confidence_ppm * rule->from &&
           (int128)rule->together * rule->orders > (int128)rule->from * rule->effects;
}

static int by_text(const struct goods *goods, uint32_t left, uint32_t right)
{
    const struct article *one = &goods->articles[left], *other = &goods->articles[right];
    return basket_compare(goods->texts + one->text, one->length, goods->texts + other->text, other->length);
}

// By lift, then orders with both (both multiplied crosswise), then the effect's sku and the cause's.
static bool stronger(const struct goods *goods, const struct rule *left, const struct rule *right)
{
    int128 mine = (int128)left->together * right->from * right->effects;
    int128 others = (int128)right->together * left->from * left->effects;
    if (mine != others)
        return mine > others;
    mine = (int128)left->together * left->causes * right->from;
    others = (int128)right->together * right->causes * left->from;
    if (mine != others)
        return mine > others;
    int order = by_text(goods, left->effect, right->effect);
    return order != 0 ? order < 0 : by_text(goods, left->cause, right->cause) < 0;
}

static void offer(const struct goods *goods, struct top *top, const struct rule *rule)
{
    size_t same = 0;
    while (same < top->count && top->rules[same].effect != rule->effect)
        same++;
    if (same == top->count) {
        if (top->count == top->most) {
            if (top->most == 0 || !stronger(goods, rule, &top->rules[--same]))
                return;
        } else {
            top->count++;
        }
    } else if (!stronger(goods, rule, &top->rules[same])) {
        return;
    }
    // The place at `same` is free now; it moves up past the weaker ones.
    while (same > 0 && stronger(goods, rule, &top->rules[same - 1])) {
        top->rules[same] = top->rules[same - 1];
        same--;
    }
    top->rules[same] = *rule;
}

// Counts each article in the orders of one, or in the part of them that the lowest level with at most GOODS_WALK holds.
// Returns how many different ones were met; their numbers and tallies are in `goods`.
static uint32_t tally(struct goods *goods, const struct article *cause, uint32_t *ret_from)
{
    uint32_t at_level[GOODS_LEVEL_MAX + 1] = {0}, from = cause->count, met = 0;
    unsigned level = 0;
    if (from > GOODS_WALK)
        for (uint32_t i = 0; i < cause->count; i++)
            at_level[entry_level(cause->list[i])]++;
    for (; from > GOODS_WALK && level < GOODS_LEVEL_MAX; level++)
        from -= at_level[level];
    for (uint32_t i = 0; i < cause->count; i++) {
        if (entry_level(cause->list[i]) < level)
            continue;
        const struct carton *carton = &goods->cartons[cause->list[i] >> LEVEL_BITS];
        const uint32_t *lines = goods->lines + carton->first;
        for (uint32_t j = 0; j < carton->count; j++)
            if (goods->tallies[lines[j]]++ == 0)
                goods->met[met++] = lines[j];
    }
    *ret_from = from;
    return met;
}

// Offers the rules of one cause whose effect was not bought of late.
static void ask(struct goods *goods, const struct goods_options *options, uint32_t cause, struct top *top)
{
    struct rule rule = {.cause = cause, .causes = goods->articles[cause].count, .orders = goods->orders};
    uint32_t met = tally(goods, &goods->articles[cause], &rule.from);
    for (uint32_t i = 0; i < met; i++) {
        rule.effect = goods->met[i];
        rule.effects = goods->articles[rule.effect].count;
        rule.together = goods->tallies[rule.effect];
        goods->tallies[rule.effect] = 0;
        if (rule.effect != cause && goods->articles[rule.effect].recent != goods->question && holds(options, &rule))
            offer(goods, top, &rule);
    }
}

// A new question: nothing is marked by it, and there is a tally for each article.
static struct top start(struct goods *goods, size_t most)
{
    if (goods->tally_room < goods->article_used) {
        uint32_t room = goods->tally_room;
        goods->tallies = enlarge(goods->tallies, sizeof *goods->tallies, goods->article_used, &room);
        room = goods->tally_room;
        goods->met = enlarge(goods->met, sizeof *goods->met, goods->article_used, &room);
        memset(goods->tallies + goods->tally_room, 0, (room - goods->tally_room) * sizeof *goods->tallies);
        goods->tally_room = room;
    }
    if (++goods->question == 0) {
        for (uint32_t i = 0; i < goods->article_used; i++)
            goods->articles[i].recent = goods->articles[i].cause = 0;
        goods->question = 1;
    }
    return (struct top){.most = most < GOODS_HINTS_MAX ? most : GOODS_HINTS_MAX};
}

static struct goods_end end_of(struct goods *goods, uint32_t number)
{
    struct article *article = &goods->articles[number];
    if (article->newest == NONE) {
        uint32_t newest = article->list[0] >> LEVEL_BITS;
        for (uint32_t i = 1; i < article->count; i++)
            if (newer(&goods->cartons[article->list[i] >> LEVEL_BITS], &goods->cartons[newest]))
                newest = article->list[i] >> LEVEL_BITS;
        article->newest = newest;
    }
    return (struct goods_end){goods->texts + article->text, article->length, goods->cartons[article->newest].order};
}

static size_t tell(struct goods *goods, const struct top *top, struct goods_hint *ret_hints)
{
    for (size_t i = 0; i < top->count; i++) {
        const struct rule *rule = &top->rules[i];
        ret_hints[i] = (struct goods_hint){
            .cause = end_of(goods, rule->cause),
            .effect = end_of(goods, rule->effect),
            .together = rule->together,
            .from = rule->from,
            .causes = rule->causes,
            .effects = rule->effects,
            .orders = rule->orders,
            .confidence_ppm = (int64_t)rule->together * PPM / rule->from,
            .lift_ppm = (int64_t)((int128)rule->together * rule->orders * PPM / ((int128)rule->from * rule->effects)),
        };
    }
    return top->count;
}

size_t goods_with(struct goods *goods, const struct goods_options *options, const char *sku, size_t sku_length,
                  struct goods_hint *ret_hints, size_t most)
{
    struct top top = start(goods, most);
    uint32_t cause = find_article(goods, text_hash(sku, sku_length), sku, sku_length);
    if (cause != NONE)
        ask(goods, options, cause, &top);
    return tell(goods, &top, ret_hints);
}

size_t goods_of(const struct goods *goods, uint32_t order, int32_t day, struct goods_bought *ret_bought, size_t most)
{
    const uint32_t *found = column_get(&goods->numbers, order);
    if (found == NULL || *found == 0)
        return 0;
    const struct carton *carton = &goods->cartons[*found - 1];
    size_t count = carton->count < most ? carton->count : most;
    for (size_t i = 0; i < count; i++) {
        const struct article *article = &goods->articles[goods->lines[carton->first + i]];
        ret_bought[i] = (struct goods_bought){goods->texts + article->text, article->length, day};
    }
    return count;
}

size_t goods_hints(struct goods *goods, const struct goods_options *options, const struct goods_bought *bought,
                   size_t count, int32_t today, struct goods_hint *ret_hints, size_t most)
{
    struct top top = start(goods, most);
    uint32_t causes[GOODS_CAUSES_MAX];
    size_t cause_count = 0;
    for (size_t i = 0; i < count && i < GOODS_BOUGHT_MAX; i++) {
        const struct goods_bought *line = &bought[i];
        uint32_t number = find_article(goods, text_hash(line->sku, line->sku_length), line->sku, line->sku_length);
        if (number == NONE)
            continue;
        struct article *article = &goods->articles[number];
        if (line->day > today - options->recent_days)
            article->recent = goods->question;
        if (article->cause != goods->question && cause_count < GOODS_CAUSES_MAX)
            causes[cause_count++] = number;
        article->cause = goods->question;
    }
    for (size_t i = 0; i < cause_count; i++)
        ask(goods, options, causes[i], &top);
    return tell(goods, &top, ret_hints);
}
