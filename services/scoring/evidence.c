#include "services/scoring/evidence.h"

#include "common/calendar.h"
#include "services/scoring/judge.h"

#include <stdio.h>
#include <string.h>

#define BIT(kind) (UINT32_C(1) << (kind))

enum { NO_KIND = 0 };

// The kinds of notes that a dimension is judged by; where there are none of them, orders count.
static const uint32_t kinds[DIMENSION_ROOM] = {
    [DIMENSION_RIVAL] = BIT(NOTE_COMPETITOR) | BIT(NOTE_NEED_LOST),
    [DIMENSION_STAGE] = BIT(NOTE_LEAD) | BIT(NOTE_CONTRACT_SIGNED) | BIT(NOTE_CONTRACT_ENDED),
    [DIMENSION_INTENTION] = BIT(NOTE_LEAD),
    [DIMENSION_TEMPERATURE] = BIT(NOTE_LEAD) | BIT(NOTE_CONTACT) | BIT(NOTE_QUOTE_SENT),
    [DIMENSION_HORIZON] = BIT(NOTE_LEAD) | BIT(NOTE_QUOTE_SENT) | BIT(NOTE_QUOTE_LOST),
    [DIMENSION_QUALIFIED] = BIT(NOTE_LEAD),
    [DIMENSION_SATISFACTION] = BIT(NOTE_SURVEY),
    [DIMENSION_STATUS] = BIT(NOTE_COMPLAINT_OPENED) | BIT(NOTE_COMPLAINT_RESOLVED) | BIT(NOTE_SURVEY),
    [DIMENSION_COMPLETENESS] = BIT(NOTE_UPSERTED),
};
_Static_assert((int)NOTE_KINDS <= 32, "a set of kinds is 32 bits");

struct search {
    struct turn *turn;
    uint32_t kinds;     // wanted
    const uint8_t *key; // wanted; NULL: the newest
    struct note newest; // of which only time and key count
    const char *event, *by, *why;
};

static const char *keep(struct search *search, const char *text)
{
    return arena_text(search->turn->arena, text, strlen(text));
}

static bool look_at(void *context, const struct slice *row)
{
    struct search *search = context;
    struct note note;
    if (!note_read(row->bytes, row->length, &note) || (search->kinds & BIT(note.kind)) == 0)
        return true;
    if (search->key != NULL ? memcmp(note.key, search->key, NOTE_KEY_BYTES) != 0
                            : search->event != NULL && note_order(&note, &search->newest) < 0)
        return true;
    search->newest.time_ms = note.time_ms;
    memcpy(search->newest.key, note.key, NOTE_KEY_BYTES);
    search->event = keep(search, note.name);
    if (note.kind == NOTE_OVERRIDE) {
        search->by = keep(search, note.override.by);
        search->why = keep(search, note.override.reason);
    }
    return search->key == NULL;
}

struct evidence_decision evidence_decision(const struct scoring *scoring, struct turn *turn, uint32_t slot,
                                           enum dimension dimension)
{
    struct evidence_decision decision = {.entry = judge_override(scoring, slot, dimension), .by = "", .why = ""};
    if (decision.entry == NULL)
        return decision;
    struct search search = {.turn = turn, .kinds = BIT(NOTE_OVERRIDE), .key = decision.entry->key, .by = "", .why = ""};
    archive_walk_notes(scoring->archive, turn->tx, slot, look_at, &search);
    decision.by = search.by;
    decision.why = search.why;
    decision.event = search.event;
    return decision;
}

// Says that a newer decision was not taken, which its sender could not be told.
static void tell_refusal(const struct override_story *story, enum dimension dimension, struct reason *reason)
{
    static const char *const sentences[OVERRIDE_REFUSALS] = {
        [OVERRIDE_NO_VALUE] = "the dimension has no such value",
        [OVERRIDE_NO_APPROVER] = "it needs an approver",
        [OVERRIDE_NO_REVIEW] = "it needs a day of review",
    };
    const struct override_refused *refused = &story->refused;
    if (refused->dimension == (uint8_t)dimension && refused->why < OVERRIDE_REFUSALS && sentences[refused->why] != NULL)
        reason_note(reason, "a decision about it was not taken: %s", sentences[refused->why]);
}

void evidence_tell(const struct scoring *scoring, struct turn *turn, uint32_t slot, enum dimension dimension,
                   struct reason *reason)
{
    struct evidence_decision decision = evidence_decision(scoring, turn, slot, dimension);
    char until[DAY_TEXT_BYTES] = "", rule[REASON_RULE_BYTES];
    const struct override_story *story = &core_story(scoring, slot)->overrides;
    if (decision.entry == NULL) {
        tell_refusal(story, dimension, reason);
        return;
    }
    if (decision.entry->until_day != INT32_MAX)
        (void)day_print(decision.entry->until_day, until);
    reason_note(reason, "decided by %s%s%s%s%s", decision.by, until[0] != '\0' ? " until " : "", until,
                decision.why[0] != '\0' ? ": " : "", decision.why);
    memcpy(rule, reason->rule, sizeof rule);
    reason_rule(reason, "a person decided; by the figures: %s", rule);
}

const char *evidence_event(const struct scoring *scoring, struct turn *turn, uint32_t slot, enum dimension dimension)
{
    struct evidence_decision decision = evidence_decision(scoring, turn, slot, dimension);
    if (decision.event != NULL)
        return decision.event;
    struct search search = {.turn = turn, .kinds = kinds[dimension]};
    if (search.kinds != NO_KIND)
        archive_walk_notes(scoring->archive, turn->tx, slot, look_at, &search);
    if (search.event != NULL)
        return search.event;
    size_t count;
    const struct purchase *purchases = trail_of(scoring->trail, slot, &count);
    struct order order;
    if (count == 0 || !archive_get_order(scoring->archive, turn->tx, purchases[count - 1].order, &order))
        return NULL;
    return arena_text(turn->arena, order.newest, order.newest_length);
}
