#include "services/scheduler/hear.h"

#include "services/scheduler/budget.h"
#include "services/scheduler/ladder.h"
#include "services/scheduler/news.h"
#include "services/scheduler/spread.h"

#include <string.h>

// --- gifts

static void note_gift(struct scheduler *self, struct turn *turn, const struct fact *fact, struct customer *own)
{
    int64_t micros;
    const struct gift_fact *said = &fact->gift;
    int32_t day = office_common_day(self, fact->version.time_ms);
    if (said->micros <= 0 || !office_convert(self, said->micros, said->currency, day, &micros))
        return; // no amount, or no rate for its currency
    struct spending spending = budget_spending(own);
    gift_add(&spending.gifts, day_date(day).year, micros);
    if (version_newer(&fact->version, &spending.newest))
        spending.newest = fact->version;
    budget_put(turn, own, &spending);
}

void hear_gift(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    struct customer before, customer;
    if (!hear_word(self, turn, fact, note_gift, &before, &customer))
        return;
    book_put_customer(turn, &customer);
    budget_judge(self, turn, fact, &customer);
}

// --- announcements

// The ids, or the points, one a line; what has a line of its own has none within.
static const char *lines_of(struct turn *turn, const char *const *texts, size_t count)
{
    const char *lines = "";
    for (size_t i = 0; i < count; i++)
        if (strchr(texts[i], '\n') == NULL)
            lines = arena_format(turn->arena, "%s%s%s", lines, lines[0] != '\0' ? "\n" : "", texts[i]);
    return lines;
}

// Many ids: put together in one piece.
static const char *names_of(struct turn *turn, char *const *ids, size_t count)
{
    size_t length = 0;
    for (size_t i = 0; i < count; i++)
        length += strlen(ids[i]) + 1;
    char *lines = arena_take(turn->arena, length + 1), *at = lines;
    for (size_t i = 0; i < count; i++) {
        size_t own = strlen(ids[i]);
        if (strchr(ids[i], '\n') != NULL || (size_t)(at - lines) + own + 1 > NEWS_NAMES_MAX)
            continue;
        if (at != lines)
            *at++ = '\n';
        memcpy(at, ids[i], own);
        at += own;
    }
    *at = '\0';
    return lines;
}

void hear_news(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    struct news news;
    const struct news_fact *said = &fact->news;
    (void)news_find(turn, said->id, &news);
    if (!hear_replaces(fact, &news.set))
        return;
    news.historical = fact->historical;
    news.title = said->title;
    news.text = said->text;
    news.region = said->region;
    news.kind = said->kind;
    news.customers = names_of(turn, said->customers, said->customer_count);
    news.points = lines_of(turn, said->points, said->point_count);
    news.type = said->type;
    news.classes = said->classes;
    news.until_day = said->until_day;
    news.date_day = said->date_day;
    news.cost_micros = said->cost_micros;
    news.currency = said->currency;
    news_put(turn, &news);
    spread_news(self, turn, &news, fact->event);
    news_forget(turn, office_common_day(self, turn->now_ms));
}
