#include "services/ingest/joins.h"

#include "common/portion.h"
#include "google/protobuf/timestamp.pb-c.h"
#include "services/ingest/erasures.h"
#include "services/ingest/guests.h"
#include "services/ingest/ingest_parts.h"
#include "services/ingest/intake.h"
#include "services/ingest/joinrows.h"
#include "services/ingest/same.h"
#include "tend/v1/ingest.pb-c.h"

#include <string.h>
#include <strings.h>

enum {
    MILLIS = 1000,
    NANOS_OF_MILLI = 1000000,
    PARTY_MOST = 64,    // customers that are one already: whoever is more is for a person to decide
    PIECE = 500,        // records of the journal that are looked at in one turn
    MOST = 64,          // customers of one value that are looked at, whatever the configuration says
    LIST_DEFAULT = 200, // of what would be joined
    LIST_MOST = 1000,
    LOOKS_MOST = 20000, // values in one request: a tenth of a second
    NEXT_BYTES = 2 * (1 + HASH_BYTES) + 1,
    ROOM_BYTES = 1 << 20,        // of the arena, for one more value and the answer
    TURN_ROOM_BYTES = 256 << 20, // of the turn's memory: that of one more value, and the turn's rest
};

static const char source_name[] = "tend:join";

static int64_t time_of(const Tend__V1__Event *event)
{
    return event->time == NULL ? 0 : event->time->seconds * MILLIS + event->time->nanos / NANOS_OF_MILLI;
}

bool joins_check(const struct join_options *options, const char **ret_field, const char **ret_reason)
{
    *ret_field = "country";
    *ret_reason = "must be the two capitals of a country, such as CN";
    if (options->country != NULL && options->country[0] != '\0' && dialling_code(options->country) == NULL)
        return false;
    *ret_field = "tax_fields";
    *ret_reason = "must name a field of the customers' files, since by has tax_id";
    return (options->by & 1u << LIKENESS_TAX_ID) == 0 || options->tax_field_count > 0;
}

// --- what a file shows

static void keep_value(const struct join_value *value, struct join_row *row)
{
    for (size_t i = 0; i < row->count; i++)
        if (memcmp(row->values[i].hash, value->hash, HASH_BYTES) == 0)
            return;
    if (row->count < JOIN_VALUES_MAX)
        row->values[row->count++] = *value;
}

static void add_value(const struct join_options *options, const struct turn *turn, enum likeness kind, const char *text,
                      const char *country, struct join_row *row)
{
    char value[LIKENESS_BYTES];
    if (row->count == JOIN_VALUES_MAX || !likeness_make(kind, text, country, value) ||
        likeness_excluded(value, options->excluded, options->excluded_count))
        return;
    struct join_value made;
    joinrows_value(turn, (unsigned)kind, value, &made);
    keep_value(&made, row);
}

static bool is_tax_field(const struct join_options *options, const char *name)
{
    for (size_t i = 0; i < options->tax_field_count; i++)
        if (strcasecmp(options->tax_fields[i], name) == 0)
            return true;
    return false;
}

static void read_file(const struct join_options *options, const struct turn *turn, const Tend__V1__Event *event,
                      struct join_row *row)
{
    const Tend__V1__CustomerUpserted *file = event->customer_upserted;
    const char *country = file->country[0] != '\0' || options->country == NULL ? file->country : options->country;
    *row = (struct join_row){.source = event->source, .time_ms = time_of(event)};
    for (size_t i = 0; i < file->n_contacts; i++) {
        add_value(options, turn, LIKENESS_MAIL, file->contacts[i]->email, country, row);
        add_value(options, turn, LIKENESS_PHONE, file->contacts[i]->phone, country, row);
    }
    for (size_t i = 0; i < file->n_file_fields; i++)
        if (is_tax_field(options, file->file_fields[i]->name))
            add_value(options, turn, LIKENESS_TAX_ID, file->file_fields[i]->value, country, row);
}

// --- who is joined with whom

// A customer with all who are one with it by now.
struct party {
    const char *const *ids;
    size_t count;
    const char *main;
};

// Who would go on as part of whom, and why.
struct join {
    const char *customer, *other;
    const char *reason;
    int64_t time_ms; // from when on both are known
};

static const struct party *party_of(struct turn *turn, const char *customer)
{
    struct party *party = arena_take(turn->arena, sizeof *party);
    party->count = same_as(turn, customer, &party->ids);
    party->main = same_main(turn, customer);
    return party;
}

static size_t rank_of(const struct join_options *options, const char *source)
{
    size_t rank = 0;
    while (rank < options->source_count && strcmp(options->sources[rank], source) != 0)
        rank++;
    return rank;
}

// Gives the row of the customer that shows the value, from a source that is asked. False: there is none.
static bool row_with(const struct join_options *options, struct turn *turn, const char *customer,
                     const struct join_value *value, struct join_row *ret_row)
{
    struct join_row rows[JOIN_SOURCES_MAX];
    size_t count = joinrows_get(turn, customer, rows);
    for (size_t i = 0; i < count; i++) {
        if (options->source_count > 0 && rank_of(options, rows[i].source) == options->source_count)
            continue;
        for (size_t j = 0; j < rows[i].count; j++)
            if (memcmp(rows[i].values[j].hash, value->hash, HASH_BYTES) == 0) {
                *ret_row = rows[i];
                return true;
            }
    }
    return false;
}

// Whether a person split any of the ones from any of the others, or a source has both.
static bool forbids(const struct join_options *options, struct turn *turn, const struct party *one,
                    const struct party *other)
{
    struct join_row left[JOIN_SOURCES_MAX], right[JOIN_SOURCES_MAX];
    for (size_t i = 0; i < one->count; i++) {
        size_t count = joinrows_get(turn, one->ids[i], left);
        for (size_t j = 0; j < other->count; j++) {
            if (same_split(turn, one->ids[i], other->ids[j]))
                return true;
            size_t more = options->same_source ? 0 : joinrows_get(turn, other->ids[j], right);
            for (size_t a = 0; a < count; a++)
                for (size_t b = 0; b < more; b++)
                    if (strcmp(left[a].source, right[b].source) == 0)
                        return true;
        }
    }
    return false;
}

// Whether the first of two main customers keeps its id: whose source is named first, else who was known first.
static bool keeps_id(const struct join_options *options, struct turn *turn, const char *one, const char *other)
{
    const char *const ids[] = {one, other};
    size_t ranks[2] = {SIZE_MAX, SIZE_MAX};
    uint64_t firsts[2] = {UINT64_MAX, UINT64_MAX};
    struct join_row rows[JOIN_SOURCES_MAX];
    for (size_t i = 0; i < 2; i++) {
        size_t count = joinrows_get(turn, ids[i], rows);
        for (size_t j = 0; j < count; j++) {
            size_t rank = rank_of(options, rows[j].source);
            ranks[i] = rank < ranks[i] ? rank : ranks[i];
            firsts[i] = rows[j].first < firsts[i] ? rows[j].first : firsts[i];
        }
    }
    return ranks[0] != ranks[1] ? ranks[0] < ranks[1] : firsts[0] <= firsts[1];
}

static bool decide(const struct ingest *ingest, struct turn *turn, const struct join_value *value, const char *one,
                   const char *other, struct join *ret_join)
{
    const struct join_options *options = &ingest->options.join;
    struct join_row row, with;
    // The rows of somebody who was erased in this turn are still there.
    if (!row_with(options, turn, one, value, &row) || !row_with(options, turn, other, value, &with) ||
        erasures_cover(ingest->erasures, turn, one, row.time_ms) ||
        erasures_cover(ingest->erasures, turn, other, with.time_ms))
        return false;
    const struct party *left = party_of(turn, one), *right = party_of(turn, other);
    for (size_t i = 0; i < left->count; i++)
        if (strcmp(left->ids[i], other) == 0)
            return false; // they are one
    if (strcmp(left->main, right->main) == 0 || left->count > PARTY_MOST || right->count > PARTY_MOST ||
        forbids(options, turn, left, right))
        return false;
    bool kept = keeps_id(options, turn, left->main, right->main);
    *ret_join = (struct join){
        .customer = kept ? left->main : right->main,
        .other = kept ? right->main : left->main,
        .reason = arena_format(turn->arena, "the same %s in %s and in %s", likeness_words[value->kind], row.source,
                               with.source),
        .time_ms = row.time_ms > with.time_ms ? row.time_ms : with.time_ms,
    };
    return true;
}

// --- saying so

// An event of ours about two customers; its id follows from theirs and from the event that shows it.
static Tend__V1__Event *make_event(struct turn *turn, const char *verb, const char *customer, const char *other,
                                   const struct record *shown, int64_t time_ms)
{
    uint8_t pair[HASH_BYTES], hash[HASH_BYTES];
    char hex[2 * HASH_BYTES + 1];
    Tend__V1__Event *event = arena_take(turn->arena, sizeof *event);
    Google__Protobuf__Timestamp *time = arena_take(turn->arena, sizeof *time);
    tend__v1__event__init(event);
    google__protobuf__timestamp__init(time);
    hash_pair(customer, strlen(customer), other, strlen(other), pair);
    hash_pair(pair, sizeof pair, shown->key, HASH_BYTES, hash);
    hash_hex(hash, sizeof hash, hex);
    time->seconds = time_ms / MILLIS;
    time->nanos = (int32_t)(time_ms % MILLIS) * NANOS_OF_MILLI;
    event->source = arena_text(turn->arena, source_name, sizeof source_name - 1);
    event->id = arena_format(turn->arena, "%s/%s", verb, hex);
    event->time = time;
    event->customer_id = arena_text(turn->arena, customer, strlen(customer));
    event->historical = (shown->flags & RECORD_HISTORICAL) != 0;
    return event;
}

static void append(struct ingest *ingest, struct turn *turn, Tend__V1__Event *event)
{
    struct intake_item item = {.event = event};
    struct record draft;
    intake_record(&item, turn->shards, turn->arena, &draft);
    draft.time_ms = turn->now_ms;
    if (state_look(ingest->state, turn, draft.key, draft.content) != STATE_NEW)
        return;
    journal_append(turn->tx, turn->journal, &draft);
    state_note(ingest->state, draft.key, draft.seq);
    erasures_note(ingest, turn, event, &draft);
}

static void say_merged(struct ingest *ingest, struct turn *turn, const struct join *join, const struct record *shown)
{
    Tend__V1__CustomerMerged *body = arena_take(turn->arena, sizeof *body);
    Tend__V1__Event *event = make_event(turn, "join", join->customer, join->other, shown, join->time_ms);
    tend__v1__customer_merged__init(body);
    body->other_customer_id = (char *)(uintptr_t)join->other;
    body->reason = (char *)(uintptr_t)join->reason;
    event->body_case = TEND__V1__EVENT__BODY_CUSTOMER_MERGED;
    event->customer_merged = body;
    joinrows_note(turn, join->customer, join->other, join->time_ms);
    append(ingest, turn, event);
}

static void join_by(struct ingest *ingest, struct turn *turn, const char *customer, const struct join_value *value,
                    const struct record *shown)
{
    const struct join_options *options = &ingest->options.join;
    const char *having[MOST + 1];
    size_t count = joinrows_having(turn, value, having, MOST + 1);
    struct join join;
    if (count > (size_t)options->most || count > MOST)
        return;
    for (size_t i = 0; i < count; i++)
        if (strcmp(having[i], customer) != 0 && decide(ingest, turn, value, customer, having[i], &join))
            say_merged(ingest, turn, &join, shown);
}

// Of a file that is not whole: what the source showed before of what this one does not say.
static void keep_others(struct turn *turn, const char *customer, uint32_t said, struct join_row *row)
{
    static const enum portion portions[] = {[LIKENESS_MAIL] = PORTION_CONTACT_EMAIL,
                                            [LIKENESS_PHONE] = PORTION_CONTACT_PHONE,
                                            [LIKENESS_TAX_ID] = PORTION_FILE_FIELDS};
    struct join_row rows[JOIN_SOURCES_MAX];
    size_t count = joinrows_get(turn, customer, rows);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rows[i].source, row->source) != 0)
            continue;
        for (size_t j = 0; j < rows[i].count; j++)
            if (!portion_said(said, portions[rows[i].values[j].kind]))
                keep_value(&rows[i].values[j], row);
    }
}

static void note_guest(struct ingest *ingest, struct turn *turn, const Tend__V1__Event *event)
{
    bool file = event->body_case == TEND__V1__EVENT__BODY_CUSTOMER_UPSERTED;
    guests_note(ingest, turn, event->source, event->customer_id, file ? event->customer_upserted->country : NULL);
}

// False: a newer file of the same source is known, or it is of somebody who was erased since: the journal may hold it
// for as long as a follower has not read it.
static bool keep_file(const struct ingest *ingest, struct turn *turn, const Tend__V1__Event *event, uint64_t seq,
                      struct join_row *row)
{
    read_file(&ingest->options.join, turn, event, row);
    if (erasures_cover(ingest->erasures, turn, event->customer_id, row->time_ms))
        return false;
    row->first = seq;
    const Tend__V1__CustomerUpserted *file = event->customer_upserted;
    if (file->n_said > 0)
        keep_others(turn, event->customer_id, portion_mask((const char *const *)file->said, file->n_said), row);
    return joinrows_put(turn, event->customer_id, row, ingest->options.join.by != 0);
}

static void hear_file(struct ingest *ingest, struct turn *turn, const Tend__V1__Event *event,
                      const struct record *record)
{
    const struct join_options *options = &ingest->options.join;
    struct join_row row;
    if (!keep_file(ingest, turn, event, record->seq, &row) || options->by == 0 || options->dry_run)
        return;
    // Where the turn has no memory left for it, the next file joins them.
    for (size_t i = 0; i < row.count && arena_left(turn->arena) > TURN_ROOM_BYTES; i++)
        if ((options->by & 1u << row.values[i].kind) != 0)
            join_by(ingest, turn, event->customer_id, &row.values[i], record);
}

// What a rule joined, a person splits for ever, also with a word that is not newer than the file that showed it.
static void hear_split(struct ingest *ingest, struct turn *turn, const Tend__V1__Event *event,
                       const struct record *record)
{
    const char *other = event->customer_split->other_customer_id;
    int64_t joined_ms, newest_ms;
    if (!joinrows_noted(turn, event->customer_id, other, &joined_ms) || joined_ms < time_of(event) ||
        (same_time(turn, event->customer_id, other, &newest_ms) && newest_ms > joined_ms))
        return;
    Tend__V1__CustomerSplit *body = arena_take(turn->arena, sizeof *body);
    Tend__V1__Event *split = make_event(turn, "split", event->customer_id, other, record, joined_ms + 1);
    tend__v1__customer_split__init(body);
    body->other_customer_id = (char *)(uintptr_t)other;
    split->body_case = TEND__V1__EVENT__BODY_CUSTOMER_SPLIT;
    split->customer_split = body;
    append(ingest, turn, split);
}

void joins_note(struct ingest *ingest, struct turn *turn, const Tend__V1__Event *event, const struct record *record)
{
    if ((record->flags & RECORD_ERASED) != 0 || event->customer_id[0] == '\0')
        return;
    note_guest(ingest, turn, event);
    if (event->body_case == TEND__V1__EVENT__BODY_CUSTOMER_UPSERTED)
        hear_file(ingest, turn, event, record);
    else if (event->body_case == TEND__V1__EVENT__BODY_CUSTOMER_SPLIT)
        hear_split(ingest, turn, event, record);
}

// --- what came before there were rules, or an older program took in

struct catching {
    struct turn *turn;
    Tend__V1__Event *events[PIECE];
    uint64_t seqs[PIECE];
    size_t count, looked;
    uint64_t through;
};

// The events are read here and kept afterwards: a write would move what is visited.
static bool gather_event(void *self, const struct record *record)
{
    struct catching *catching = self;
    if (catching->looked++ == PIECE)
        return false;
    catching->through = record->seq;
    if (record->type != TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT || (record->flags & RECORD_ERASED) != 0)
        return true;
    Tend__V1__Event *event =
        tend__v1__event__unpack(arena_allocator(catching->turn->arena), record->length, record->payload);
    if (event == NULL || event->customer_id[0] == '\0')
        return true;
    catching->seqs[catching->count] = record->seq;
    catching->events[catching->count++] = event;
    return true;
}

static void keep_event(struct ingest *ingest, struct turn *turn, const Tend__V1__Event *event, uint64_t seq)
{
    struct join_row row;
    if (erasures_cover(ingest->erasures, turn, event->customer_id, time_of(event)))
        return;
    note_guest(ingest, turn, event);
    if (event->body_case == TEND__V1__EVENT__BODY_CUSTOMER_UPSERTED)
        (void)keep_file(ingest, turn, event, seq, &row);
}

bool joins_catch_up(struct ingest *ingest, struct turn *turn)
{
    bool rules = ingest->options.join.by != 0;
    uint64_t last = turn->journal->last, through = joinrows_through(turn, rules);
    if (through == last)
        return false;
    if (through != joinrows_through(turn, false))
        ingest->joins_current = false; // there are rules since
    struct catching *catching = arena_zero(turn->arena, 1, sizeof *catching);
    catching->turn = turn;
    catching->through = ingest->joins_current ? last : through;
    if (!ingest->joins_current)
        journal_each(turn->tx, through + 1, gather_event, catching);
    for (size_t i = 0; i < catching->count; i++)
        keep_event(ingest, turn, catching->events[i], catching->seqs[i]);
    joinrows_set_through(turn, rules, catching->through);
    ingest->joins_current = catching->through == last;
    return !ingest->joins_current;
}

uint64_t joins_erase(struct turn *turn, const char *customer_id)
{
    return joinrows_erase(turn, customer_id) + guests_erase(turn, customer_id);
}

// --- who would be joined

static bool parse_next(const char *text, struct join_value *ret_value)
{
    uint8_t bytes[1 + HASH_BYTES];
    if (strlen(text) != NEXT_BYTES - 1)
        return false;
    for (size_t i = 0; i < sizeof bytes; i++) {
        static const char digits[] = "0123456789abcdef";
        const char *high = memchr(digits, text[2 * i], 16), *low = memchr(digits, text[2 * i + 1], 16);
        if (high == NULL || low == NULL)
            return false;
        bytes[i] = (uint8_t)((high - digits) << 4 | (low - digits));
    }
    ret_value->kind = bytes[0];
    memcpy(ret_value->hash, bytes + 1, HASH_BYTES);
    return bytes[0] < LIKENESSES;
}

static char *print_next(struct turn *turn, const struct join_value *value)
{
    uint8_t bytes[1 + HASH_BYTES] = {value->kind};
    char *text = arena_take(turn->arena, NEXT_BYTES);
    memcpy(bytes + 1, value->hash, HASH_BYTES);
    hash_hex(bytes, sizeof bytes, text);
    return text;
}

static void add_join(struct turn *turn, const struct join *join, Tend__V1__JoinsAnswer *answer)
{
    Tend__V1__Join *row = arena_take(turn->arena, sizeof *row);
    tend__v1__join__init(row);
    row->customer_id = (char *)(uintptr_t)join->customer;
    row->other_customer_id = (char *)(uintptr_t)join->other;
    row->reason = (char *)(uintptr_t)join->reason;
    answer->joins[answer->n_joins++] = row;
}

// The customers that share one value: each with the first of them.
static void list_value(const struct ingest *ingest, struct turn *turn, const struct join_value *value,
                       Tend__V1__JoinsAnswer *answer)
{
    const struct join_options *options = &ingest->options.join;
    const char *having[MOST + 1];
    struct join join;
    size_t count = joinrows_having(turn, value, having, MOST + 1);
    bool crowd = count > (size_t)options->most || count > MOST;
    answer->crowded += crowd;
    for (size_t i = 1; !crowd && i < count; i++)
        if (decide(ingest, turn, value, having[0], having[i], &join))
            add_join(turn, &join, answer);
}

void joins_list(struct ingest *ingest, struct call *call)
{
    const struct join_options *options = &ingest->options.join;
    const char *after = call_parameter(call, "after");
    struct join_value value;
    int64_t limit;
    if (!call_number(call, "limit", LIST_MOST, LIST_DEFAULT, &limit))
        return;
    if (after != NULL && !parse_next(after, &value)) {
        call_refuse(call, 400, "after", "must be what the answer before said as next");
        return;
    }
    Tend__V1__JoinsAnswer answer = TEND__V1__JOINS_ANSWER__INIT;
    answer.on = options->by != 0 && !options->dry_run;
    answer.joins = arena_take(call->turn->arena, ((size_t)limit + MOST) * sizeof *answer.joins);
    bool more = joinrows_next(call->turn, after != NULL ? &value : NULL, &value);
    for (size_t looks = 0; more; looks++) {
        if (answer.n_joins >= (size_t)limit || looks == LOOKS_MOST || arena_left(call->turn->arena) < ROOM_BYTES)
            break;
        if ((options->by & 1u << value.kind) != 0)
            list_value(ingest, call->turn, &value, &answer);
        answer.next = print_next(call->turn, &value);
        more = joinrows_next(call->turn, &value, &value);
    }
    if (!more)
        answer.next = (char *)(uintptr_t) "";
    reply_message(call->turn, &answer.base, call->ret_reply);
}
