// News: announcements that customers are to be told, and events of our own that they are invited to (rows 35 and 56).
//
// The newest version of an announcement counts. It runs from its publication to its last day; an event of our own from
// a few days before it, when invitations are due. A customer whom it meets is told it once: by any real contact since
// it began to run.
//
// As in book.h, what is read lives until the turn ends.
#ifndef TEND_SERVICES_SCHEDULER_NEWS_H
#define TEND_SERVICES_SCHEDULER_NEWS_H

#include "services/scheduler/notice.h"
#include "services/scheduler/office.h"

enum {
    NEWS_RUN_DAYS = 30,     // an announcement without a last day is old by then
    NEWS_INVITE_DAYS = 7,   // so many days before an event its guests are called
    NEWS_RUNNING_MAX = 64,  // of one day that are looked at, the newest; nobody can tell more
    NEWS_NAMES_MAX = 60000, // bytes of the ids that one names: a row's text is not longer
    NEWS_KEEP_DAYS = 400,   // one that ended is remembered, so that a late word about it changes nothing
};

struct news {
    const char *id;
    struct version set;
    uint8_t historical; // told of when it was over: nobody is to tell it
    const char *title, *text, *region, *kind;
    const char *customers; // ids, '\n' between them; "": whoever the rest meets
    const char *points;    // what to say, '\n' between them
    uint32_t type, classes;
    int32_t until_day, date_day; // DAY_NONE
    int64_t cost_micros;         // 0: not said
    const char *currency;
};

// False, and a fresh one of that id, when there is none.
bool news_find(struct turn *turn, const char *id, struct news *ret_news);
void news_put(struct turn *turn, const struct news *news);

// Forgets those that ended NEWS_KEEP_DAYS before `today`.
void news_forget(struct turn *turn, int32_t today);

// What runs on that day, the newest first, for many questions about one day.
struct news_board {
    struct news *news;
    size_t count;
};
void news_running(struct turn *turn, int32_t day, struct news_board *ret_board);

// The first of them that the customer is still to be told; NULL when there is none.
const struct news *news_for(const struct news_board *board, const struct customer *customer);

// True when the announcement is for the customer, told or not.
bool news_is_for(const struct news *news, const struct customer *customer);

// The last day on which it is worth telling.
int32_t news_last_day(const struct news *news);

// How many customers of one rep it is for, and the first `most` of them as lines: those still to be told first, then by
// class and worth.
size_t news_audience(struct scheduler *self, struct turn *turn, const struct news *news, const char *rep_id,
                     struct notice_line *ret_lines, size_t most, size_t *ret_count);

#endif
