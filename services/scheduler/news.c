#include "services/scheduler/news.h"

#include "services/scheduler/audience.h"
#include "services/scheduler/rows.h"

#include <stdlib.h>
#include <string.h>

enum { DAY_MS = 86400000, NEWS_ROWS_MAX = 4096 }; // announcements that are looked at to find those that run

#define N(type, member) PACK_FIELD(struct news, type, member)
const struct pack_field rows_news[] = {
    N(PACK_TEXT, id),
    N(PACK_64, set.time_ms),
    N(PACK_64, set.tie),
    N(PACK_8, historical),
    N(PACK_TEXT, title),
    N(PACK_TEXT, text),
    N(PACK_TEXT, region),
    N(PACK_TEXT, kind),
    N(PACK_TEXT, customers),
    N(PACK_TEXT, points),
    N(PACK_32, type),
    N(PACK_32, classes),
    N(PACK_32, until_day),
    N(PACK_32, date_day),
    N(PACK_64, cost_micros),
    N(PACK_TEXT, currency),
    PACK_LAST,
};

static struct news fresh(const char *id)
{
    return (struct news){.id = id,
                         .title = "",
                         .text = "",
                         .region = "",
                         .kind = "",
                         .customers = "",
                         .points = "",
                         .until_day = DAY_NONE,
                         .date_day = DAY_NONE,
                         .currency = ""};
}

bool news_find(struct turn *turn, const char *id, struct news *ret_news)
{
    *ret_news = fresh(id);
    return rows_get(turn, TABLE_NEWS, id, strlen(id), rows_news, ret_news);
}

void news_put(struct turn *turn, const struct news *news)
{
    rows_put(turn, TABLE_NEWS, news->id, strlen(news->id), rows_news, news);
}

int32_t news_last_day(const struct news *news)
{
    if (news->until_day != DAY_NONE)
        return news->until_day;
    return news->date_day != DAY_NONE ? news->date_day : (int32_t)(news->set.time_ms / DAY_MS) + NEWS_RUN_DAYS;
}

// Events are told when it is time to invite.
static int32_t first_day(const struct news *news)
{
    int32_t published = (int32_t)(news->set.time_ms / DAY_MS);
    int32_t invites = news->date_day != DAY_NONE ? news->date_day - NEWS_INVITE_DAYS : published;
    return invites > published ? invites : published;
}

void news_forget(struct turn *turn, int32_t today)
{
    struct slice key, value;
    struct cursor *cursor = cursor_open(turn->tx, TABLE_NEWS);
    bool found = cursor_next(cursor, &key, &value);
    for (; found; found = cursor_next(cursor, &key, &value)) {
        struct news news = fresh("");
        (void)pack_read(rows_news, value.bytes, value.length, &news); // in place, not copied
        if (news_last_day(&news) < today - NEWS_KEEP_DAYS)
            cursor_delete(cursor);
    }
    cursor_close(&cursor);
}

static int newest_first(const void *left, const void *right)
{
    const struct news *a = left, *b = right;
    return version_newer(&a->set, &b->set) ? -1 : version_newer(&b->set, &a->set);
}

void news_running(struct turn *turn, int32_t day, struct news_board *ret_board)
{
    struct slice key, value;
    *ret_board = (struct news_board){.news = NULL};
    struct cursor *cursor = cursor_open(turn->tx, TABLE_NEWS);
    bool found = cursor_next(cursor, &key, &value);
    for (size_t i = 0; found && i < NEWS_ROWS_MAX && ret_board->count < NEWS_RUNNING_MAX;
         i++, found = cursor_next(cursor, &key, &value)) {
        struct news news = fresh("");
        (void)pack_read(rows_news, value.bytes, value.length, &news); // in place: few of them run
        // A day of the common clock and one of a rep's may differ by one, so it begins a day early.
        if (news.historical || day < first_day(&news) - 1 || day > news_last_day(&news))
            continue;
        if (ret_board->news == NULL)
            ret_board->news = arena_take(turn->arena, NEWS_RUNNING_MAX * sizeof *ret_board->news);
        rows_read(turn, rows_news, value, &news);
        ret_board->news[ret_board->count++] = news;
    }
    cursor_close(&cursor);
    if (ret_board->count > 1)
        qsort(ret_board->news, ret_board->count, sizeof *ret_board->news, newest_first);
}

// Whether the id is one of the lines.
static bool names(const char *lines, const char *id)
{
    size_t length = strlen(id);
    for (const char *at = lines; at[0] != '\0';) {
        const char *end = strchr(at, '\n');
        size_t own = end != NULL ? (size_t)(end - at) : strlen(at);
        if (own == length && memcmp(at, id, length) == 0)
            return true;
        at += own + (end != NULL);
    }
    return false;
}

bool news_is_for(const struct news *news, const struct customer *customer)
{
    if (news->customers[0] != '\0')
        return names(news->customers, customer->id);
    struct audience audience = {.region = news->region, .type = news->type, .classes = news->classes};
    struct audience_customer asked = {
        .id = customer->id, .region = customer->region, .type = customer->type, .abc = customer->abc};
    return audience_meets(&audience, &asked);
}

// Somebody spoke to the customer since it runs.
static bool is_told(const struct news *news, const struct customer *customer)
{
    int64_t from_ms = (int64_t)first_day(news) * DAY_MS;
    from_ms = from_ms > news->set.time_ms ? from_ms : news->set.time_ms;
    return customer->signals_ms[SIGNAL_CONTACT] > from_ms;
}

const struct news *news_for(const struct news_board *board, const struct customer *customer)
{
    for (size_t i = 0; i < board->count; i++)
        if (news_is_for(&board->news[i], customer) && !is_told(&board->news[i], customer))
            return &board->news[i];
    return NULL;
}

// --- whom it is for

struct hall {
    struct turn *turn;
    const struct news *news;
    struct guest {
        bool told;
        struct notice_line line;
        int64_t net_micros;
    } * guests; // the best `most`, in order
    size_t most, held, count;
};

static uint32_t rank(uint32_t abc)
{
    return abc == ABC_NONE ? ABC_COUNT : abc;
}

// Those still to be told first, then by class and by what they are worth.
static bool is_before(const struct guest *left, const struct guest *right)
{
    if (left->told != right->told)
        return !left->told;
    if (left->line.abc != right->line.abc)
        return rank(left->line.abc) < rank(right->line.abc);
    return left->net_micros > right->net_micros;
}

static const char *kept(struct turn *turn, const char *text)
{
    return arena_text(turn->arena, text, strlen(text));
}

static void seat(void *context, const struct customer *customer)
{
    struct hall *hall = context;
    if (!news_is_for(hall->news, customer))
        return;
    struct guest guest = {.told = is_told(hall->news, customer),
                          .net_micros = customer->net_micros,
                          .line = {.abc = customer->abc, .text = ""}};
    size_t at = hall->held;
    hall->count++;
    while (at > 0 && is_before(&guest, &hall->guests[at - 1]))
        at--;
    if (at == hall->most)
        return;
    guest.line.customer_id = kept(hall->turn, customer->id);
    guest.line.customer_name = kept(hall->turn, customer->name);
    guest.line.contact_name = kept(hall->turn, customer->contact_name);
    guest.line.contact_phone = kept(hall->turn, customer->contact_phone);
    size_t moved = (hall->held < hall->most ? hall->held : hall->most - 1) - at;
    memmove(&hall->guests[at + 1], &hall->guests[at], moved * sizeof guest);
    hall->guests[at] = guest;
    hall->held += hall->held < hall->most;
}

// Those it names, where it does: a few beside a rep's thousand.
static void seat_named(struct hall *hall, const char *rep_id, bool nobodys)
{
    for (const char *at = hall->news->customers; at[0] != '\0';) {
        struct customer customer;
        const char *end = strchr(at, '\n');
        size_t own = end != NULL ? (size_t)(end - at) : strlen(at);
        bool known = book_customer(hall->turn, arena_text(hall->turn->arena, at, own), &customer);
        bool theirs = strcmp(customer.owner, rep_id) == 0 || (nobodys && customer.owner[0] == '\0');
        if (known && theirs && customer.merged_into[0] == '\0' && customer.erased.time_ms == 0)
            seat(hall, &customer);
        at += own + (end != NULL);
    }
}

size_t news_audience(struct scheduler *self, struct turn *turn, const struct news *news, const char *rep_id,
                     struct notice_line *ret_lines, size_t most, size_t *ret_count)
{
    struct hall hall = {.turn = turn, .news = news, .most = most};
    bool nobodys = strcmp(rep_id, self->default_rep) == 0;
    hall.guests = arena_take(turn->arena, (most + 1) * sizeof *hall.guests);
    if (news->customers[0] != '\0') {
        seat_named(&hall, rep_id, nobodys);
    } else {
        book_each_owned(turn, rep_id, seat, &hall);
        if (nobodys)
            book_each_owned(turn, "", seat, &hall);
    }
    for (size_t i = 0; i < hall.held; i++)
        ret_lines[i] = hall.guests[i].line;
    *ret_count = hall.held;
    return hall.count;
}
