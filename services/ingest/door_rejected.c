#include "services/ingest/door.h"

#include "common/utf8.h"
#include "services/ingest/feed_take.h"

#include <stdio.h>
#include <string.h>

enum {
    LIST_ROWS = 50, // unless told
    LIST_MOST = 500,
    REPLAY_MOST = 500,                    // in one request: each is mapped and judged in the same turn
    ROOM_BYTES = 2 * MAPPING_ARENA_BYTES, // of the turn, for one more body and what is kept of it
};

struct listing {
    const char *feed; // NULL: all
    Tend__V1__Rejected **rows;
    size_t count, most;
    bool more;
};

static bool list_row(void *self, Tend__V1__Rejected *body)
{
    struct listing *listing = self;
    if (listing->count == listing->most) {
        listing->more = true;
        return false;
    }
    listing->rows[listing->count++] = body;
    return true;
}

void door_rejected_list(struct ingest *ingest, struct call *call)
{
    int64_t limit, before;
    if (!call_number(call, "limit", LIST_MOST, LIST_ROWS, &limit) ||
        !call_number(call, "before", INT64_MAX / 10, INT64_MAX, &before))
        return;
    struct listing listing = {.feed = call_parameter(call, "feed"), .most = (size_t)limit};
    listing.rows = arena_take(call->turn->arena, (listing.most + 1) * sizeof *listing.rows);
    misfits_each_of(call->turn, listing.feed, (uint64_t)before, false, list_row, &listing);
    for (size_t i = 0; i < listing.count; i++) {
        listing.rows[i]->body = (ProtobufCBinaryData){.len = 0};
        listing.rows[i]->same = 0;
    }
    Tend__V1__RejectedList list = TEND__V1__REJECTED_LIST__INIT;
    list.rejected = listing.rows;
    list.n_rejected = listing.count;
    list.more = listing.more;
    list.kept = misfits_count(ingest->misfits);
    list.bytes = misfits_bytes(ingest->misfits);
    list.lost = misfits_lost(call->turn);
    reply_message(call->turn, &list.base, call->ret_reply);
}

// The row that the path names; NULL: 404 is answered.
static Tend__V1__Rejected *named(struct call *call)
{
    uint64_t id = 0;
    size_t length = strlen(call->name);
    bool number = length > 0 && length < 19 && strspn(call->name, "0123456789") == length;
    for (size_t i = 0; number && i < length; i++)
        id = id * 10 + (uint64_t)(call->name[i] - '0');
    Tend__V1__Rejected *row = number ? misfits_get(call->turn, id) : NULL;
    if (row == NULL)
        call_refuse(call, 404, "id", "there is no such rejected body; it may have been replayed or dropped");
    return row;
}

static bool is_text(const uint8_t *bytes, size_t length)
{
    for (size_t at = 0, taken; at < length; at += taken)
        if (bytes[at] == '\0' || (taken = utf8_length((const char *)bytes + at, length - at)) == 0)
            return false;
    return true;
}

void door_rejected_one(struct ingest *ingest, struct call *call)
{
    (void)ingest;
    Tend__V1__Rejected *row = named(call);
    if (row == NULL)
        return;
    if (row->body.len > 0 && is_text(row->body.data, row->body.len)) {
        row->text = arena_text(call->turn->arena, (const char *)row->body.data, row->body.len);
        row->body = (ProtobufCBinaryData){.len = 0};
    }
    row->same = 0;
    reply_message(call->turn, &row->base, call->ret_reply);
}

static void answer_replay(struct call *call, const Tend__V1__ReplayAnswer *answer)
{
    reply_message(call->turn, &answer->base, call->ret_reply);
}

static void add_taken(const struct feed_taken *taken, Tend__V1__ReplayAnswer *answer)
{
    bool failed = taken->outcome == BODY_REJECTED;
    answer->failed += failed;
    answer->replayed += !failed;
    answer->stored += taken->stored;
    answer->known += taken->known;
    if (!failed)
        return;
    answer->field = (char *)(uintptr_t)taken->field;
    answer->pointer = (char *)(uintptr_t)taken->pointer;
    answer->reason = (char *)(uintptr_t)taken->reason;
}

void door_rejected_replay(struct ingest *ingest, struct call *call)
{
    Tend__V1__Rejected *row = named(call);
    Tend__V1__ReplayAnswer answer = TEND__V1__REPLAY_ANSWER__INIT;
    struct feed_taken taken;
    if (row == NULL)
        return;
    feed_replay(ingest, call->turn, row, NULL, 0, &taken);
    add_taken(&taken, &answer);
    answer_replay(call, &answer);
}

void door_rejected_correct(struct ingest *ingest, struct call *call)
{
    Tend__V1__Rejected *row = named(call);
    Tend__V1__ReplayAnswer answer = TEND__V1__REPLAY_ANSWER__INIT;
    struct feed_taken taken;
    if (row == NULL)
        return;
    feed_replay(ingest, call->turn, row, (const char *)call->request->body, call->request->length, &taken);
    add_taken(&taken, &answer);
    // Who corrects can be told.
    if (taken.outcome == BODY_REJECTED)
        call_refuse(call, 400, taken.field[0] != '\0' ? taken.field : taken.pointer,
                    taken.pointer[0] != '\0' ? arena_format(call->turn->arena, "%s %s", taken.pointer, taken.reason)
                                             : taken.reason);
    else
        answer_replay(call, &answer);
}

void door_rejected_drop(struct ingest *ingest, struct call *call)
{
    static const char done[] = "{\"dropped\":true}";
    Tend__V1__Rejected *row = named(call);
    if (row == NULL)
        return;
    misfits_drop(ingest->misfits, call->turn, row->id);
    call_answer(call, done, sizeof done - 1);
}

// The oldest first, so that what they say happens in its order.
void door_feed_replay(struct ingest *ingest, struct call *call)
{
    int64_t after;
    if (feeds_find(ingest->feeds, call->name) == NULL) {
        call_refuse(call, 404, "name", "there is no such feed in force");
        return;
    }
    if (!call_number(call, "after", INT64_MAX / 10, 0, &after))
        return;
    struct listing listing = {.feed = call->name, .most = REPLAY_MOST};
    listing.rows = arena_take(call->turn->arena, (listing.most + 1) * sizeof *listing.rows);
    misfits_each_of(call->turn, listing.feed, (uint64_t)after, true, list_row, &listing);
    Tend__V1__ReplayAnswer answer = TEND__V1__REPLAY_ANSWER__INIT;
    size_t done = 0;
    for (; done < listing.count && arena_left(call->turn->arena) > ROOM_BYTES; done++) {
        struct feed_taken taken;
        feed_replay(ingest, call->turn, listing.rows[done], NULL, 0, &taken);
        add_taken(&taken, &answer);
    }
    if (done == 0 && listing.count > 0) {
        call_refuse(call, 503, "", "too much at once; try again");
        return;
    }
    if (listing.more || done < listing.count)
        answer.next = listing.rows[done - 1]->id;
    answer_replay(call, &answer);
}
