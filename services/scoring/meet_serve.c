#include "services/scoring/meet_state.h"

#include "common/must.h"
#include "services/scoring/announce.h"
#include "services/scoring/book.h"
#include "services/scoring/daily.h"
#include "services/scoring/judge.h"

#include <stdlib.h>
#include <string.h>

enum {
    COUNT_PIECE = 20000,  // slots that one page goes through: some milliseconds
    COUNT_ROW_BYTES = 40, // of a page, at most
    WANTS_MAX = MERGE_WANTS_MAX,
};

static void answer(const uint8_t *bytes, size_t length, struct reply *ret_reply)
{
    *ret_reply = (struct reply){
        .status = 200, .content_type = "application/octet-stream", .body = (const char *)bytes, .length = length};
}

static void heard(struct reply *ret_reply)
{
    answer((const uint8_t *)"", 0, ret_reply);
}

static void refuse(struct turn *turn, int status, const char *field, const char *reason, struct reply *ret_reply)
{
    reply_error(turn, status, field, reason, ret_reply);
}

// --- questions

static long number_of(const struct request *request, const char *name)
{
    const char *text = request->param(request, name);
    char *end = NULL;
    long number = text != NULL ? strtol(text, &end, 10) : -1;
    return text == NULL || end == text || *end != '\0' ? -1 : number;
}

// A list, with the values in the buckets that the body names.
static void show_list(struct scoring *scoring, struct turn *turn, const struct request *request,
                      struct reply *ret_reply)
{
    long number = number_of(request, "number");
    struct meet_list list =
        number >= 0 && number < MERGE_LISTS ? meet_own_list(scoring, (unsigned)number) : (struct meet_list){0};
    uint64_t *buckets = arena_take(turn->arena, WANTS_MAX * sizeof *buckets);
    struct parcel asked = parcel_to_read(request->body, request->length);
    uint32_t end = rank_buckets(number == LIMITS_LAST ? RANK_TIME : RANK_MONEY);
    size_t count = 0;
    bool good = list.rank != NULL;
    while (good && asked.used < asked.room) {
        uint64_t bucket = parcel_get(&asked);
        good = asked.good && bucket < end && count < WANTS_MAX;
        if (good)
            buckets[count++] = bucket;
    }
    if (!good) {
        refuse(turn, 400, "number", "is no list that is kept, or a bucket in the body is none", ret_reply);
        return;
    }
    struct parcel parcel = parcel_to_write(arena_take(turn->arena, PEERS_BODY_MAX), PEERS_BODY_MAX);
    struct meet_heading heading = meet_own_heading(scoring);
    struct meet_census census = meet_own_census(scoring);
    meet_pass_heading(&parcel, &heading);
    if (number == MERGE_FUTURES)
        meet_pass_census(&parcel, &census);
    meet_put_list(&parcel, &list, buckets, count);
    if (parcel.good)
        answer(parcel.out, parcel.used, ret_reply);
    else
        refuse(turn, 413, "", "the list is longer than an answer may be", ret_reply);
}

// Customers for the fit: every so many slots, a page of them.
static void show_count(struct scoring *scoring, struct turn *turn, const struct request *request,
                       struct reply *ret_reply)
{
    long day = number_of(request, "day"), from = number_of(request, "from"), every = number_of(request, "every");
    uint32_t customers = ledger_count(scoring->ledger);
    if (from < 0 || every < 1 || from > UINT32_MAX || every > UINT32_MAX) {
        refuse(turn, 400, "from", "and every must be numbers", ret_reply);
        return;
    }
    if (day != ledger_day(scoring->ledger)) {
        refuse(turn, 409, "day", "is not the day at which this process stands", ret_reply);
        return;
    }
    const size_t room = (size_t)COUNT_PIECE * COUNT_ROW_BYTES;
    struct parcel parcel = parcel_to_write(arena_take(turn->arena, room), room);
    uint64_t slot = (uint64_t)from, end = slot + COUNT_PIECE;
    for (; slot < customers && slot < end; slot++) {
        const struct ledger_customer *customer = ledger_customer(scoring->ledger, (uint32_t)slot);
        int32_t first = customer->first_day, last = customer->last_day;
        if (customer->days == 0 || slot % (uint64_t)every != 0)
            continue;
        double mean = judge_repeat_mean(scoring, (uint32_t)slot);
        parcel_put(&parcel, customer->days);
        parcel_day(&parcel, &first);
        parcel_day(&parcel, &last);
        parcel_real(&parcel, &mean);
    }
    parcel_put(&parcel, 0);
    parcel_put(&parcel, slot < customers ? slot : 0);
    must(parcel.good);
    answer(parcel.out, parcel.used, ret_reply);
}

// --- what is told

// To process 0: somebody's figures moved; and what that one knows.
static void hear_moved(struct scoring *scoring, struct turn *turn, const struct request *request,
                       struct reply *ret_reply)
{
    struct meet *meet = scoring->meet;
    struct parcel parcel = parcel_to_read(request->body, request->length);
    uint64_t which = parcel_get(&parcel), number = parcel_get(&parcel);
    uint64_t edition = parcel_get(&parcel), target = parcel_get(&parcel);
    if (!meet_leads(scoring) || !parcel_whole(&parcel) || which == 0 || which >= meet->count) {
        refuse(turn, 400, "", "another process tells process 0 its number, limits, edition and order", ret_reply);
        return;
    }
    struct meet_side *side = &meet->sides[which];
    side->limits_due |= meet->known && number != meet->limits.number;
    side->book_due |= edition != scoring->book.edition && scoring->book.edition > 0;
    // One that was started again has forgotten the order.
    enum core_step step = scoring->round.step;
    if ((step == CORE_PREDICT || step == CORE_MEET) && side->order_question == 0)
        side->order_due |= target != meet->target;
    side->retry_ms = 0; // it is there
    meet->wanted = meet->poked = true;
    heard(ret_reply);
}

static void hear_limits(struct scoring *scoring, struct turn *turn, const struct request *request,
                        struct reply *ret_reply)
{
    uint8_t own[MEET_RULES_BYTES];
    struct meet_limits *limits = arena_zero(turn->arena, 1, sizeof *limits);
    struct parcel parcel = parcel_to_read(request->body, request->length);
    meet_pass_limits(&parcel, limits);
    meet_own_rules(scoring, own);
    if (!meet_follows(scoring) || !parcel_whole(&parcel)) {
        refuse(turn, 400, "", "are no limits, or not for this process", ret_reply);
    } else if (memcmp(own, limits->rules, sizeof own) != 0) {
        refuse(turn, 409, "", "are limits by other rules", ret_reply);
    } else {
        announce_events(scoring, turn);
        meet_take_limits(scoring, turn, limits);
        heard(ret_reply);
    }
}

static bool read_book(struct parcel *parcel, struct book *ret_book)
{
    return parcel->good && book_read(parcel->in + parcel->used, parcel->room - parcel->used, ret_book);
}

static void hear_order(struct scoring *scoring, struct turn *turn, const struct request *request,
                       struct reply *ret_reply)
{
    struct parcel parcel = parcel_to_read(request->body, request->length);
    struct book book;
    int32_t day = 0;
    parcel_day(&parcel, &day);
    uint64_t target = parcel_get(&parcel);
    if (!meet_follows(scoring) || target > UINT32_MAX || !read_book(&parcel, &book)) {
        refuse(turn, 400, "", "is no order to predict, or not for this process", ret_reply);
    } else if (day != ledger_day(scoring->ledger) || !daily_ready(scoring)) {
        refuse(turn, 409, "day", "this process is not there yet", ret_reply);
    } else {
        scoring->book = book;
        scoring->meet->target = (uint32_t)target;
        scoring->meet->patience_ms = 0;
        daily_predict(scoring);
        heard(ret_reply);
    }
}

static void hear_book(struct scoring *scoring, struct turn *turn, const struct request *request,
                      struct reply *ret_reply)
{
    struct parcel parcel = parcel_to_read(request->body, request->length);
    bool historical = parcel_get(&parcel) != 0, retold = parcel_get(&parcel) != 0;
    struct book book;
    if (!meet_follows(scoring) || !read_book(&parcel, &book)) {
        refuse(turn, 400, "", "is no book, or not for this process", ret_reply);
        return;
    }
    archive_put_book(turn->tx, &(struct slice){.bytes = parcel.in + parcel.used, .length = parcel.room - parcel.used});
    scoring->book = book;
    scoring->meet->patience_ms = 0;
    daily_judge(scoring, historical, retold);
    heard(ret_reply);
}

// --- all of them

typedef void shard_handler(struct scoring *scoring, struct turn *turn, const struct request *request,
                           struct reply *ret_reply);

bool meet_serve(struct scoring *scoring, struct turn *turn, const struct request *request, struct reply *ret_reply)
{
    static const struct {
        const char *method, *path;
        shard_handler *handler;
    } all[] = {
        {"GET", "/v1/shard/list", show_list},      {"GET", "/v1/shard/count", show_count},
        {"POST", "/v1/shard/moved", hear_moved},   {"POST", "/v1/shard/limits", hear_limits},
        {"POST", "/v1/shard/predict", hear_order}, {"POST", "/v1/shard/book", hear_book},
    };
    if (scoring->meet == NULL || request->http)
        return false; // only the others may
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(request->path, all[i].path) == 0 && strcmp(request->method, all[i].method) == 0) {
            all[i].handler(scoring, turn, request, ret_reply);
            return true;
        }
    return false;
}
