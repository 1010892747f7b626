#include "services/scheduler/spread.h"

#include "services/scheduler/ladder.h"

#include <string.h>

enum {
    ABOUT_MOST = 200, // customers that one reminder names; more are not told in a day
    TEAMS_MOST = 256, // managers who hear of one announcement
    POINTS_MOST = 12, // of one reminder
};

static enum kind_id kind_of(const struct news *news)
{
    return news->date_day != DAY_NONE ? KIND_COMPANY_EVENT : KIND_ANNOUNCEMENT;
}

static uint64_t which_of(const struct news *news)
{
    return hash_short(news->id, strlen(news->id));
}

// A manager may have customers too, and then hears of it twice: what to tell, and what it costs.
static uint64_t which_of_team(const struct news *news)
{
    uint64_t which = which_of(news);
    return hash_short(&which, sizeof which);
}

static const char *date_of(struct turn *turn, const struct news *news)
{
    int32_t day = news->date_day != DAY_NONE ? news->date_day : news->until_day;
    char *text = arena_zero(turn->arena, 1, DAY_TEXT_BYTES);
    if (day != DAY_NONE)
        day_print(day, text);
    return text;
}

// The words of the announcement and its points, a line each, as what to tell.
static size_t add_points(struct turn *turn, const struct news *news, struct notice_point *points)
{
    const char *code = news->date_day != DAY_NONE ? "invite" : "announce";
    size_t count = 0;
    if (news->title[0] != '\0' && news->text[0] != '\0')
        points[count++] = (struct notice_point){.code = code, .text = news->text};
    for (const char *at = news->points; at[0] != '\0' && count < POINTS_MOST;) {
        const char *end = strchr(at, '\n');
        size_t own = end != NULL ? (size_t)(end - at) : strlen(at);
        if (own > 0)
            points[count++] = (struct notice_point){.code = code, .text = arena_text(turn->arena, at, own)};
        at += own + (end != NULL);
    }
    return count;
}

// An event is told of some days before it; anything else at once.
static struct opening opening_of(struct scheduler *self, struct turn *turn, const struct news *news,
                                 const struct rep *rep)
{
    struct opening opening = {.kind = kind_of(news),
                              .customer_id = "",
                              .rep_id = rep->id,
                              .which = which_of(news),
                              .version = news->set,
                              .historical = news->historical != 0,
                              .day = news_last_day(news),
                              .ref = news->id};
    if (news->date_day != DAY_NONE) {
        struct desk desk;
        office_desk(self, turn, rep, &desk);
        opening.day = news->date_day;
        opening.due_ms = shift_list(&desk.shift, news->date_day);
    }
    return opening;
}

static void open_for(struct scheduler *self, struct turn *turn, const struct news *news, const struct rep *rep,
                     const char *event)
{
    struct notice_point points[POINTS_MOST];
    struct opening opening = opening_of(self, turn, news, rep);
    struct notice_words words = {.text = news->title[0] != '\0' ? news->title : news->text,
                                 .event_date = date_of(turn, news),
                                 .events = &event,
                                 .event_count = event[0] != '\0',
                                 .points = points};
    words.point_count = add_points(turn, news, points);
    opening.why = notice_why(turn->arena, &words);
    ladder_open(self, turn, &opening);
}

static void take_back(struct scheduler *self, struct turn *turn, const struct news *news, const char *rep_id,
                      enum kind_id kind, uint64_t which)
{
    struct matter matter;
    if (matter_find(turn, kind, rep_id, which, &matter) && matter_is_open(&matter))
        ladder_close(self, turn, kind, rep_id, which, &news->set, "the announcement is another one now");
}

// --- managers

struct team {
    const char *manager;
    int64_t customers, reps;
};

struct spreading {
    struct scheduler *self;
    const struct news *news;
    const char *event;
    struct team teams[TEAMS_MOST];
    size_t team_count;
    bool over;
};

static void count_team(struct spreading *spreading, struct turn *turn, const struct rep *rep, size_t customers)
{
    struct rep manager;
    size_t at = 0;
    if (!office_manager(spreading->self, turn, rep, &manager))
        return;
    while (at < spreading->team_count && strcmp(spreading->teams[at].manager, manager.id) != 0)
        at++;
    if (at == TEAMS_MOST)
        return;
    if (at == spreading->team_count)
        spreading->teams[spreading->team_count++] = (struct team){.manager = manager.id};
    spreading->teams[at].customers += (int64_t)customers;
    spreading->teams[at].reps++;
}

// What it costs, and whom it reaches: whether that is worth it is the manager's to say.
static void tell_team(struct scheduler *self, struct turn *turn, const struct news *news, const struct team *team,
                      const char *event)
{
    struct rep manager;
    struct notice_point points[POINTS_MOST];
    struct figure cost = {"cost", news->cost_micros, UNIT_MONEY, news->currency};
    struct figure reach = {"reach", team->customers, UNIT_COUNT, ""};
    book_rep(turn, team->manager, &manager);
    struct opening opening = opening_of(self, turn, news, &manager);
    opening.which = which_of_team(news);
    struct notice_words words = {.text = news->title[0] != '\0' ? news->title : news->text,
                                 .event_date = date_of(turn, news),
                                 .events = &event,
                                 .event_count = event[0] != '\0',
                                 .points = points,
                                 .point_count = 2};
    points[0] = (struct notice_point){.code = "news.cost", .text = "", .figures = &cost, .figure_count = 1};
    points[1] = (struct notice_point){.code = "news.reach", .text = "", .figures = &reach, .figure_count = 1};
    opening.why = notice_why(turn->arena, &words);
    ladder_open(self, turn, &opening);
}

// --- all reps

static void spread_to(void *context, struct turn *turn, struct rep *rep)
{
    struct spreading *spreading = context;
    const struct news *news = spreading->news;
    enum kind_id kind = kind_of(news), other = kind == KIND_ANNOUNCEMENT ? KIND_COMPANY_EVENT : KIND_ANNOUNCEMENT;
    size_t shown,
        customers = spreading->over ? 0 : news_audience(spreading->self, turn, news, rep->id, NULL, 0, &shown);
    take_back(spreading->self, turn, news, rep->id, other, which_of(news));
    take_back(spreading->self, turn, news, rep->id, other, which_of_team(news));
    if (customers == 0) {
        take_back(spreading->self, turn, news, rep->id, kind, which_of(news));
        return;
    }
    open_for(spreading->self, turn, news, rep, spreading->event);
    count_team(spreading, turn, rep, customers);
}

void spread_news(struct scheduler *self, struct turn *turn, const struct news *news, const char *event)
{
    int32_t today = office_common_day(self, turn->now_ms);
    struct spreading *spreading = arena_zero(turn->arena, 1, sizeof *spreading);
    *spreading = (struct spreading){.self = self, .news = news, .event = event, .over = news_last_day(news) < today};
    // What was over when we heard of it concerns nobody, unless an older version of it was told.
    (void)book_each_rep(turn, spread_to, spreading);
    for (size_t i = 0; news->cost_micros > 0 && i < spreading->team_count; i++)
        tell_team(self, turn, news, &spreading->teams[i], event);
}

void spread_round(struct scheduler *self, struct turn *turn, const struct rep *rep, int32_t today)
{
    struct news_board board;
    news_running(turn, today, &board);
    for (size_t i = 0; i < board.count; i++) {
        const struct news *news = &board.news[i];
        struct matter matter;
        size_t shown;
        if (!matter_find(turn, kind_of(news), rep->id, which_of(news), &matter) &&
            news_audience(self, turn, news, rep->id, NULL, 0, &shown) > 0)
            open_for(self, turn, news, rep, "");
    }
}

void spread_describe(struct scheduler *self, struct turn *turn, const struct matter *matter, struct notice *notice)
{
    struct news news;
    if (!news_find(turn, matter->ref, &news) || matter->which != which_of(&news))
        return;
    struct notice_line *lines = arena_take(turn->arena, ABOUT_MOST * sizeof *lines);
    size_t shown, count = news_audience(self, turn, &news, matter->rep_id, lines, ABOUT_MOST, &shown);
    struct figure *figures = arena_take(turn->arena, (notice->figure_count + 1) * sizeof *figures);
    if (notice->figure_count > 0)
        memcpy(figures, notice->figures, notice->figure_count * sizeof *figures);
    figures[notice->figure_count++] = (struct figure){"customers", (int64_t)count, UNIT_COUNT, ""};
    notice->figures = figures;
    notice->about = lines;
    notice->about_count = shown;
}
