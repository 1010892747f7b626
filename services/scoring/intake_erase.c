// A customer who is to be forgotten: out of the archive, and out of what is kept of others.
#include "services/scoring/intake.h"

#include <string.h>

// Takes the customer out of a note about another one. False: the note does not name that one.
static bool blank(struct note *note, const char *customer_id)
{
    if (note->kind == NOTE_REFERRAL && strcmp(note->word.who, customer_id) == 0) {
        note->word.who = note->word.what = "";
        return true;
    }
    if (note->kind != NOTE_UPSERTED || strcmp(note->customer.parent, customer_id) != 0)
        return false;
    note->customer.parent = "";
    return true;
}

static bool rewrite(void *context, struct arena *arena, const struct slice *row, struct slice *ret_row)
{
    const char *customer_id = context;
    struct note note;
    if (memmem(row->bytes, row->length, customer_id, strlen(customer_id)) == NULL ||
        !note_read(row->bytes, row->length, &note) || !blank(&note, customer_id))
        return false;
    size_t length = note_bytes(&note);
    uint8_t *bytes = arena_take(arena, length);
    note_write(&note, bytes);
    *ret_row = (struct slice){.bytes = bytes, .length = length};
    return true;
}

uint64_t intake_erase(struct scoring *scoring, struct turn *turn, const char *customer_id)
{
    uint8_t key[LEDGER_KEY_BYTES];
    uint32_t slot;
    uint64_t rows = archive_rewrite_notes(turn->tx, turn->arena, rewrite, (void *)(uintptr_t)customer_id);
    intake_key(customer_id, strlen(customer_id), key);
    if (!ledger_find(scoring->ledger, key, &slot) || core_erased(scoring, slot))
        return rows;
    rows += archive_erase(scoring->archive, turn->tx, turn->arena, slot, customer_id);
    rank_drop(scoring->futures, slot);
    *(struct standing *)column_at(&scoring->standings, slot) = (struct standing){.told = STANDING_ERASED};
    archive_note_said(scoring->archive, slot);
    archive_write_said(scoring->archive, turn->tx, &scoring->standings);
    return rows;
}
