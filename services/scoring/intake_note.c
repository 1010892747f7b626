// Notes into the archive and the stories, and the stories built anew from the archive.
#include "services/scoring/intake.h"

#include "common/must.h"
#include "common/portion.h"
#include "services/scoring/announce.h"
#include "services/scoring/intake_parts.h"

#include <stdlib.h>
#include <string.h>

enum { NOTES_FIRST = 64 };

#define WHOLE_FILE UINT32_MAX

static struct story *story_at(struct scoring *scoring, uint32_t slot)
{
    struct story **story = column_at(&scoring->stories, slot);
    if (*story == NULL) {
        *story = malloc(sizeof **story);
        must(*story != NULL);
        story_start(*story);
    }
    return *story;
}

static struct story_rules story_rules(const struct scoring *scoring)
{
    return (struct story_rules){
        .terms = &scoring->terms, .lead = &scoring->options.judging.lead, .names = &scoring->names};
}

struct gathering {
    struct scoring *scoring;
    size_t count;
    uint32_t told; // the portions of the customer's own file; WHOLE_FILE
    bool owned;    // somebody named an owner of the customer itself
    bool others;   // notes of those who are part of the customer
    bool damaged;
};

// Of another's file counts what the customer's own does not tell, and the owner when nobody named one of its own.
static void take_from_other(const struct gathering *all, struct note_customer *file)
{
    struct note nothing;
    const char *owner = all->owned ? "" : file->owner;
    note_start(&nothing, NOTE_UPSERTED);
    if (all->told == WHOLE_FILE)
        *file = nothing.customer;
    if (all->told != 0)
        file->said = PORTION_SOME | ((file->said == 0 ? WHOLE_FILE : file->said) & ~all->told);
    if ((all->told & PORTION_BIT(PORTION_NAME)) != 0)
        file->name = "";
    if ((all->told & PORTION_BIT(PORTION_LEAD_SOURCE)) != 0)
        file->source = "";
    if ((all->told & PORTION_BIT(PORTION_FILE_FIELDS)) != 0)
        file->field_count = 0;
    file->owner = owner;
}

// Into memory that stays: many customers may be folded in one turn.
static bool gather(void *context, const struct slice *row)
{
    struct gathering *all = context;
    struct scoring *scoring = all->scoring;
    if (all->count == scoring->note_room) {
        scoring->note_room = scoring->note_room * 2 + NOTES_FIRST;
        scoring->notes = realloc(scoring->notes, scoring->note_room * sizeof *scoring->notes);
        must(scoring->notes != NULL);
    }
    struct note *note = &scoring->notes[all->count];
    all->damaged = !note_read(row->bytes, row->length, note);
    bool file = !all->damaged && note->kind == NOTE_UPSERTED;
    if (file && all->others)
        take_from_other(all, &note->customer);
    if (file && !all->others)
        all->told |= note->customer.said == 0 ? WHOLE_FILE : note->customer.said;
    all->owned |= file && !all->others && note->customer.owner[0] != '\0';
    all->count += !(file && all->others && all->told == WHOLE_FILE && note->customer.owner[0] == '\0');
    return !all->damaged;
}

// The file of the main customer is that of all; what it does not tell, theirs do, and so with the owner.
static void gather_all(struct gathering *all, struct turn *turn, uint32_t slot)
{
    struct scoring *scoring = all->scoring;
    if (kinship_main(scoring->kinship, slot) != slot)
        return;
    archive_walk_own_notes(scoring->archive, turn->tx, slot, gather, all);
    all->others = true;
    for (uint32_t at = kinship_next(scoring->kinship, slot); at != slot && !all->damaged;
         at = kinship_next(scoring->kinship, at))
        archive_walk_own_notes(scoring->archive, turn->tx, at, gather, all);
}

static void fold_story(struct scoring *scoring, struct turn *turn, uint32_t slot)
{
    struct story_rules rules = story_rules(scoring);
    struct gathering all = {.scoring = scoring};
    gather_all(&all, turn, slot);
    if (all.damaged) {
        tx_fail(turn->tx, STORE_DAMAGED); // we wrote it
        return;
    }
    story_sort(scoring->notes, all.count);
    story_fold(story_at(scoring, slot), &rules, scoring->notes, all.count);
}

// A story that was told something late: nothing is newer until it is folded anew, with all that came late.
static void set_late(struct story *story)
{
    story->newest_ms = INT64_MAX;
    story->notes += story->notes == 0; // to a story without notes anything is newer
}

static bool is_late(const struct story *story)
{
    return story->newest_ms == INT64_MAX;
}

void intake_fold(struct scoring *scoring, struct turn *turn)
{
    for (uint32_t i = 0; i < scoring->touch_count; i++) {
        uint32_t slot = scoring->touches[i].slot;
        struct story *const *story = column_get(&scoring->stories, slot);
        if (story == NULL || *story == NULL || !is_late(*story))
            continue;
        uint8_t mark = (*story)->care.score;
        fold_story(scoring, turn, slot);
        satisfaction_pool_move(&scoring->pool, mark, (*story)->care.score);
    }
}

// Of customers who are one, whose file counts shows when all are seen.
static bool is_shared_file(const struct scoring *scoring, uint32_t slot, const struct note *note)
{
    return note->kind == NOTE_UPSERTED && kinship_next(scoring->kinship, slot) != slot;
}

static void count_minutes(struct scoring *scoring, uint32_t slot, const struct note *note, int sign)
{
    if (note->kind == NOTE_CONTACT)
        sums_add(scoring->minutes, slot, terms_day(&scoring->terms, note->time_ms),
                 sign * (int64_t)note->contact.minutes);
}

struct finding {
    const uint8_t *key;
    bool found;
};

static bool find_note(void *context, const struct slice *row)
{
    struct finding *finding = context;
    struct note note;
    finding->found = note_read(row->bytes, row->length, &note) && memcmp(note.key, finding->key, NOTE_KEY_BYTES) == 0;
    return !finding->found;
}

// Whether the same event came before. A story counts an old one once however often it is kept; the minutes of a recent
// contact would be added again.
static bool is_repeated(const struct scoring *scoring, struct turn *turn, uint32_t slot, const struct story *story,
                        const struct note *note)
{
    struct finding finding = {.key = note->key};
    if (story->notes > 0 && story->newest_ms == note->time_ms &&
        memcmp(story->newest_key, note->key, NOTE_KEY_BYTES) == 0)
        return true;
    int32_t since = ledger_day(scoring->ledger) - CORE_EFFORT_DAYS;
    if (story_newest(story, note) || note->kind != NOTE_CONTACT || terms_day(&scoring->terms, note->time_ms) <= since)
        return false;
    archive_walk_notes(scoring->archive, turn->tx, slot, find_note, &finding);
    return finding.found;
}

void intake_note(struct scoring *scoring, struct turn *turn, const struct wire_event *event)
{
    struct note kept, *note = &kept;
    struct story_rules rules = story_rules(scoring);
    uint32_t own = intake_slot(scoring, turn, event->customer_id), slot = kinship_main(scoring->kinship, own);
    size_t length = note_bytes(&event->note);
    uint8_t *row = arena_take(turn->arena, length);
    announce_first(scoring, turn, slot);
    note_write(&event->note, row);
    must(note_read(row, length, note)); // as a rebuild will read it: texts may have been cut
    struct story *story = story_at(scoring, slot);
    if (is_repeated(scoring, turn, slot, story, note))
        return;
    archive_add_note(scoring->archive, turn->tx, turn->arena, own, &(struct slice){.bytes = row, .length = length});
    uint8_t mark = story->care.score;
    if (story_newest(story, note) && !is_shared_file(scoring, slot, note))
        story_add(story, &rules, note);
    else
        set_late(story);
    satisfaction_pool_move(&scoring->pool, mark, story->care.score);
    count_minutes(scoring, slot, note, 1);
    intake_touch(scoring, slot, own == slot ? event->customer_id : NULL, event);
    core_count(scoring, FIGURE_NOTES, 0);
}

// --- customers who are one

struct moving {
    struct scoring *scoring;
    const struct kin_move *move;
};

static bool move_note(void *context, const struct slice *row)
{
    const struct moving *moving = context;
    struct note note;
    if (note_read(row->bytes, row->length, &note)) {
        count_minutes(moving->scoring, moving->move->from, &note, -1);
        count_minutes(moving->scoring, moving->move->to, &note, 1);
    }
    return true;
}

void intake_move_notes(struct scoring *scoring, struct turn *turn, const struct kin_move *move)
{
    struct moving moving = {scoring, move};
    archive_walk_own_notes(scoring->archive, turn->tx, move->slot, move_note, &moving);
}

void intake_refold(struct scoring *scoring, uint32_t slot)
{
    set_late(story_at(scoring, slot));
}

// --- everything anew

void intake_rebuild_note(void *context, uint32_t own, const struct slice *row)
{
    struct scoring *scoring = context;
    uint32_t slot = kinship_main(scoring->kinship, own);
    struct story_rules rules = story_rules(scoring);
    struct note note;
    if (!note_read(row->bytes, row->length, &note))
        return; // fold_story meets it again and says so
    struct story *story = story_at(scoring, slot);
    count_minutes(scoring, slot, &note, 1);
    if (story_newest(story, &note) && !is_shared_file(scoring, slot, &note))
        story_add(story, &rules, &note);
    else
        set_late(story);
}

void intake_rebuild_stories(struct scoring *scoring, struct turn *turn)
{
    for (uint32_t slot = 0; slot < ledger_count(scoring->ledger); slot++) {
        struct story *const *story = column_get(&scoring->stories, slot);
        if (story == NULL || *story == NULL)
            continue;
        if (is_late(*story))
            fold_story(scoring, turn, slot);
        satisfaction_pool_move(&scoring->pool, 0, (*story)->care.score);
    }
}

void intake_forget_stories(struct scoring *scoring)
{
    for (uint32_t slot = 0; slot < scoring->stories.room; slot++)
        free(*(struct story **)column_at(&scoring->stories, slot));
    column_clear(&scoring->stories);
}
