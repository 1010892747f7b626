#include "services/ingest/door.h"

#include "services/ingest/feed_take.h"
#include "services/ingest/foreign.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum {
    TAIL_EVENTS = 20,   // unless told
    TAIL_MOST = 200,    // in one answer
    TAIL_LOOKS = 20000, // records passed over for one answer: a few milliseconds
    NAME_BYTES = 128,   // of a header
    CLOCK_WAIT_S = 30,  // until our clock may be right again
    FILE_WAIT_S = 60,   // until somebody may have mended a feed's file
    SECOND_MS = 1000,
    ROOM_BYTES = 2 * MAPPING_ARENA_BYTES, // of the turn, for one more body and what is kept of it
};

// --- what a request is asked for

static const char *header_of(const void *owner, const char *name)
{
    const struct request *request = owner;
    char lower[NAME_BYTES];
    size_t length = strlen(name);
    if (request->header == NULL || length >= sizeof lower)
        return NULL;
    for (size_t i = 0; i <= length; i++)
        lower[i] = (char)tolower((unsigned char)name[i]);
    return request->header(request, lower);
}

static const char *query_of(const void *owner, const char *name)
{
    const struct request *request = owner;
    return request->param != NULL ? request->param(request, name) : NULL;
}

// --- handshakes: answered though they prove nothing, and nothing is made of them

static void reply_as_feed(const struct feed *feed, struct call *call)
{
    *call->ret_reply = (struct reply){.status = feed->reply_status,
                                      .content_type = feed->reply_type[0] != '\0'   ? feed->reply_type
                                                      : feed->reply_body[0] == '{'  ? "application/json"
                                                      : feed->reply_body[0] != '\0' ? "text/plain"
                                                                                    : NULL,
                                      .body = feed->reply_body,
                                      .length = strlen(feed->reply_body)};
}

static bool is_form(const struct feed_handshake *handshake, const struct request *request)
{
    size_t name = strlen(handshake->at);
    const char *body = (const char *)request->body;
    return request->length > name && strncmp(body, handshake->at, name) == 0 && body[name] == '=' &&
           memchr(body, '&', request->length) == NULL;
}

// A name after the other; handshakes need no more of RFC 6901.
static const json_t *at_pointer(const json_t *json, const char *pointer)
{
    char name[AUTH_NAME_BYTES];
    while (json != NULL && *pointer == '/') {
        size_t length = strcspn(++pointer, "/");
        memcpy(name, pointer, length);
        name[length] = '\0';
        json = json_object_get(json, name);
        pointer += length;
    }
    return json;
}

static bool has_word(const struct feed_handshake *handshake, const json_t *value)
{
    const char *text = json_is_string(value)  ? json_string_value(value)
                       : json_is_true(value)  ? "true"
                       : json_is_false(value) ? "false"
                                              : NULL;
    for (size_t i = 0; text != NULL && i < handshake->word_count; i++)
        if (strcmp(handshake->words[i], text) == 0)
            return true;
    return false;
}

// {"challenge": what the body says}: the answer that Feishu, Douyin and Slack wait for.
static bool echo(const json_t *value, struct call *call)
{
    if (!json_is_string(value) && !json_is_integer(value))
        return false;
    json_t *answer = json_pack("{s:O}", "challenge", value);
    char *text = answer != NULL ? json_dumps(answer, JSON_COMPACT) : NULL;
    json_decref(answer);
    if (text == NULL)
        return false;
    size_t length = strlen(text);
    call_answer(call, arena_text(call->turn->arena, text, length), length);
    free(text);
    return true;
}

static bool shake_hands(const struct feed *feed, const json_t *json, struct call *call)
{
    const struct request *request = call->request;
    if (request->length > FEED_HANDSHAKE_BODY_BYTES)
        return false;
    for (size_t i = 0; i < feed->handshake_count; i++) {
        const struct feed_handshake *handshake = &feed->handshakes[i];
        const json_t *value = handshake->kind != HANDSHAKE_FORM ? at_pointer(json, handshake->at) : NULL;
        if (handshake->kind == HANDSHAKE_ECHO && echo(value, call))
            return true;
        bool holds = handshake->kind == HANDSHAKE_FORM ? is_form(handshake, request)
                                                       : handshake->kind == HANDSHAKE_IS && has_word(handshake, value);
        if (!holds)
            continue;
        reply_as_feed(feed, call);
        // The ping of a shop that is being set up wants exactly 200.
        if (handshake->kind == HANDSHAKE_FORM)
            call->ret_reply->status = 200;
        return true;
    }
    return false;
}

// --- a body comes in

static void refuse(struct call *call)
{
    // One answer for whatever is wrong, so that nobody learns which feeds there are.
    *call->ret_reply = (struct reply){.status = 401, .body = ""};
}

// Whether anything ever came by the feed.
static bool known(const struct ingest *ingest, const struct feed *feed)
{
    return sources_find(ingest->sources, feed->source) != NULL;
}

// Nothing of the body is said: nobody knows whose it is.
static void note_refusal(const struct ingest *ingest, struct feed_entry *entry, const struct turn *turn)
{
    char why[REFUSALS_WHY_BYTES];
    entry->unauthenticated++;
    if (!refusals_note(&entry->refusals, known(ingest, entry->feed), turn->now_ms))
        return;
    refusals_why(&entry->feed->auth, entry->feed->secret_file, why);
    log_line(turn->log, LOG_WARN, "posts to a feed are refused, and none is believed", LOG_TEXT("feed", entry->name),
             LOG_COUNT("posts", entry->refusals.row), LOG_TEXT("why", why));
}

static enum auth_answer believe(const struct feed *feed, const json_t *json, const struct call *call)
{
    const struct request *request = call->request;
    const struct auth_message message = {
        .body = (const char *)request->body,
        .length = request->length,
        .json = json,
        .header = header_of,
        .query = query_of,
        .owner = request,
        .local = access_local(request),
        .now_ms = call->turn->now_ms,
        .doubts_clock = call->turn->doubts_clock,
    };
    return auth_check(&feed->auth, &message);
}

static void take(struct ingest *ingest, struct feed_entry *entry, struct call *call)
{
    const struct request *request = call->request;
    const struct feed_body body = {.bytes = (const char *)request->body,
                                   .length = request->length,
                                   .content_type = request->content_type != NULL ? request->content_type : "",
                                   .header = header_of,
                                   .query = query_of,
                                   .owner = request};
    int64_t wait_ms;
    if (arena_left(call->turn->arena) < ROOM_BYTES) {
        call_refuse(call, 503, "", "too much at once; try again");
        return;
    }
    if (entry->feed->rate.burst > 0 &&
        !bucket_take(&entry->bucket, &entry->feed->rate, 1, call->turn->now_ms, &wait_ms)) {
        entry->limited++;
        feed_count(ingest, entry, BODY_LIMITED);
        call_refuse(call, 429, "", "more than this feed takes in that time");
        call->ret_reply->retry_after_s = (unsigned)(wait_ms / SECOND_MS + 1);
        return;
    }
    struct feed_taken taken;
    feed_take(ingest, call->turn, entry, &body, true, &taken);
    reply_as_feed(entry->feed, call);
}

static bool wants_json(const struct feed *feed, size_t length)
{
    bool shakes = false;
    for (size_t i = 0; i < feed->handshake_count; i++)
        shakes |= feed->handshakes[i].kind != HANDSHAKE_FORM;
    return auth_needs_json(&feed->auth) || (shakes && length <= FEED_HANDSHAKE_BODY_BYTES);
}

void door_feed(struct ingest *ingest, struct call *call)
{
    const struct request *request = call->request;
    struct feed_entry *entry = feeds_find(ingest->feeds, call->name);
    if (feeds_error(ingest->feeds, call->name) != NULL) {
        // The sender keeps what it has and comes again: nothing is lost while somebody mends the file.
        call_refuse(call, 503, "", "the feed's file has an error");
        call->ret_reply->retry_after_s = FILE_WAIT_S;
        return;
    }
    if (entry == NULL || entry->feed->fetched) {
        ingest->unknown_feeds++;
        refuse(call);
        return;
    }
    char reason[VERIFY_TEXT_BYTES];
    json_t *json = NULL;
    if (wants_json(entry->feed, request->length))
        json = foreign_parse((const char *)request->body, request->length, reason);
    enum auth_answer answer = believe(entry->feed, json, call);
    if (answer == AUTH_GOOD)
        refusals_end(&entry->refusals);
    if (answer == AUTH_GOOD && !(json != NULL && shake_hands(entry->feed, json, call))) {
        take(ingest, entry, call);
    } else if (answer == AUTH_GOOD || shake_hands(entry->feed, json, call)) {
        feed_count(ingest, entry, BODY_HANDSHAKE);
    } else if (answer == AUTH_CLOCK) {
        call_refuse(call, 503, "", "the clock of this machine is in doubt; try again later");
        call->ret_reply->retry_after_s = CLOCK_WAIT_S;
    } else {
        note_refusal(ingest, entry, call->turn);
        feed_count(ingest, entry, BODY_UNAUTHENTICATED);
        refuse(call);
    }
    json_decref(json);
}

// --- looking

static Google__Protobuf__Timestamp *timestamp(struct turn *turn, int64_t time_ms)
{
    Google__Protobuf__Timestamp *time = arena_take(turn->arena, sizeof *time);
    google__protobuf__timestamp__init(time);
    time->seconds = time_ms / SECOND_MS;
    time->nanos = (int32_t)(time_ms % SECOND_MS) * 1000000;
    return time;
}

static char *text_of(const char *text)
{
    return (char *)(uintptr_t)text;
}

// How a feed that is read from a broker gets on.
static void fill_reading(const struct ingest *ingest, struct turn *turn, const struct feed_entry *entry,
                         Tend__V1__FeedStatus *status)
{
    static const char *const states[] = {[PULLER_CONNECTING] = "connecting",
                                         [PULLER_READING] = "reading",
                                         [PULLER_TROUBLED] = "troubled",
                                         [PULLER_STOPPED] = "stopped"};
    struct puller_status reading;
    char from[BOOKMARK_NAME_BYTES + NAME_BYTES];
    if (!intakeport_status(ingest, entry, &reading, &status->behind))
        return;
    from_print(&entry->feed->from, from, sizeof from);
    status->from = arena_text(turn->arena, from, strlen(from));
    status->reading = text_of(states[reading.state]);
    status->why = arena_text(turn->arena, reading.why, strlen(reading.why));
}

static void fill_refusals(const struct ingest *ingest, struct turn *turn, const struct feed_entry *entry,
                          Tend__V1__FeedStatus *status)
{
    char why[REFUSALS_WHY_BYTES];
    if (entry->refusals.last_ms != 0)
        status->unauthenticated_last = timestamp(turn, entry->refusals.last_ms);
    status->refused = refusals_count(&entry->refusals, known(ingest, entry->feed));
    if (status->refused == 0)
        return;
    refusals_why(&entry->feed->auth, entry->feed->secret_file, why);
    status->refused_since = timestamp(turn, entry->refusals.since_ms);
    status->refused_why = arena_text(turn->arena, why, strlen(why));
}

static void fill_status(const struct ingest *ingest, struct turn *turn, const struct feed_entry *entry,
                        Tend__V1__FeedStatus *status)
{
    const struct feed *feed = entry->feed;
    status->name = text_of(entry->name);
    status->error = text_of(entry->error);
    status->unauthenticated = entry->unauthenticated;
    status->dropped = entry->dropped;
    status->dropped_why = text_of(entry->dropped_why[0]);
    status->limited = entry->limited;
    status->silent = entry->silent;
    if (feed == NULL)
        return;
    const struct source_row *row = sources_find(ingest->sources, feed->source);
    status->preset = text_of(mapping_preset(feed->mapping));
    status->source = text_of(feed->source);
    status->silent_after_ms = feed->silent_after_ms;
    status->fetched = feed->fetched;
    fill_reading(ingest, turn, entry, status);
    fill_refusals(ingest, turn, entry, status);
    status->auth = text_of(auth_kind_names[feed->auth.kind]);
    status->secrets = (uint32_t)feed->auth.secret_count;
    status->stored = row != NULL ? row->stored : 0;
    if (row != NULL)
        status->last = timestamp(turn, row->last_ms);
}

void door_feed_list(struct ingest *ingest, struct call *call)
{
    struct turn *turn = call->turn;
    Tend__V1__FeedList list = TEND__V1__FEED_LIST__INIT;
    size_t count = feeds_count(ingest->feeds);
    list.feeds = arena_take(turn->arena, (count + 1) * sizeof *list.feeds);
    for (size_t i = 0; i < count; i++) {
        const struct feed_entry *entry = feeds_at(ingest->feeds, i);
        Tend__V1__FeedStatus *status = arena_take(turn->arena, sizeof *status);
        tend__v1__feed_status__init(status);
        fill_status(ingest, turn, entry, status);
        status->rejected = misfits_count_of(turn, entry->name);
        list.feeds[list.n_feeds++] = status;
    }
    list.folder = text_of(feeds_folder(ingest->feeds));
    list.unknown = ingest->unknown_feeds;
    list.rejected = misfits_count(ingest->misfits);
    reply_message(turn, &list.base, call->ret_reply);
}

struct tailing {
    struct turn *turn;
    const char *source;
    Tend__V1__TailedEvent **events;
    size_t count, most, looks;
    uint64_t next;
};

static bool tail_record(void *self, const struct record *record)
{
    struct tailing *tailing = self;
    if (tailing->count == tailing->most || tailing->looks++ == TAIL_LOOKS)
        return false;
    tailing->next = record->seq;
    if (record->type != 1 || (record->flags & RECORD_ERASED) != 0)
        return true;
    Tend__V1__Event *event =
        tend__v1__event__unpack(arena_allocator(tailing->turn->arena), record->length, record->payload);
    if (event == NULL || strcmp(event->source, tailing->source) != 0)
        return true;
    Tend__V1__TailedEvent *tailed = arena_take(tailing->turn->arena, sizeof *tailed);
    tend__v1__tailed_event__init(tailed);
    tailed->seq = record->seq;
    tailed->time = timestamp(tailing->turn, record->time_ms);
    tailed->event = event;
    tailing->events[tailing->count++] = tailed;
    return true;
}

// Where to begin so that about the newest are shown: looked for backwards, as far as one answer may look.
static uint64_t begin_of_tail(struct tailing *tailing, const struct journal *journal)
{
    size_t found = 0;
    uint64_t seq = journal->last, least = seq > TAIL_LOOKS ? seq - TAIL_LOOKS : 0;
    for (struct record record; seq > least && found < tailing->most; seq--) {
        tailing->count = tailing->looks = 0;
        if (!journal_read(tailing->turn->tx, seq, &record))
            break;
        tail_record(tailing, &record);
        found += tailing->count;
    }
    tailing->count = tailing->looks = 0;
    return seq;
}

// The last reason, and those before it.
static char *list_whys(struct turn *turn, const struct feed_entry *entry)
{
    char *list = arena_format(turn->arena, "%s", entry->dropped_why[0]);
    for (size_t i = 1; i < FEED_WHYS && entry->dropped_why[i][0] != '\0'; i++)
        list = arena_format(turn->arena, "%s%s%s", list, i == 1 ? "; before: " : "; ", entry->dropped_why[i]);
    return list;
}

void door_feed_tail(struct ingest *ingest, struct call *call)
{
    const struct feed_entry *entry = feeds_find(ingest->feeds, call->name);
    int64_t after, limit;
    if (entry == NULL) {
        call_refuse(call, 404, "name", "there is no such feed in force");
        return;
    }
    if (!call_number(call, "after", INT64_MAX / 10, -1, &after) ||
        !call_number(call, "limit", TAIL_MOST, TAIL_EVENTS, &limit))
        return;
    struct turn *turn = call->turn;
    struct tailing tailing = {.turn = turn, .source = entry->feed->source, .most = (size_t)limit};
    tailing.events = arena_take(turn->arena, (tailing.most + 1) * sizeof *tailing.events);
    uint64_t from = after >= 0 ? (uint64_t)after : begin_of_tail(&tailing, turn->journal);
    tailing.next = from;
    journal_each(turn->tx, from + 1, tail_record, &tailing);
    Tend__V1__FeedTail tail = TEND__V1__FEED_TAIL__INIT;
    tail.events = tailing.events;
    tail.n_events = tailing.count;
    tail.next = tailing.next;
    tail.dropped = entry->dropped;
    tail.dropped_why = list_whys(turn, entry);
    reply_message(turn, &tail.base, call->ret_reply);
}

void door_feed_reset(struct ingest *ingest, struct call *call)
{
    const struct feed_entry *entry = feeds_find(ingest->feeds, call->name);
    if (entry == NULL) {
        call_refuse(call, 404, "name", "there is no such feed in force");
        return;
    }
    if (entry->feed->from.kind == FROM_NOWHERE) {
        call_refuse(call, 400, "name", "this feed is posted to: only what is read from a broker has a place to forget");
        return;
    }
    intakeport_reset(ingest, call->turn, entry);
    call_answer(call, "{}", 2);
}
