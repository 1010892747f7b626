#include "services/ingest/forgotten.h"

#include "services/ingest/erasures.h"
#include "services/ingest/ingest_parts.h"
#include "services/ingest/proof.h"

#include <string.h>

// 'k', a salted hash of the kind and the text, the person -> nothing.
enum {
    KNOWN_BY = 'k',
    PREFIX_BYTES = 1 + HASH_BYTES,
    KEY_BYTES = PREFIX_BYTES + HASH_BYTES,
};

static void key_of(const struct turn *turn, enum clue_kind kind, const char *text, uint8_t *key)
{
    char said[1 + CLUE_BYTES] = {kind == CLUE_MAIL ? 'm' : 't'};
    size_t length = strlen(text);
    memcpy(said + 1, text, length);
    key[0] = KNOWN_BY;
    hash_pair(turn->journal->id, JOURNAL_ID_BYTES, said, 1 + length, key + 1);
}

// Whose text it was.
struct noting {
    struct turn *turn;
    uint8_t person[HASH_BYTES];
};

static void keep(struct noting *noting, enum clue_kind kind, const char *text)
{
    uint8_t key[KEY_BYTES];
    key_of(noting->turn, kind, text, key);
    memcpy(key + PREFIX_BYTES, noting->person, HASH_BYTES);
    tx_put(noting->turn->tx, STATE_TABLE_ERASURE, key, sizeof key, "", 0);
}

static bool note_clue(void *self, enum clue_kind kind, const char *text)
{
    if (kind == CLUE_MAIL)
        keep(self, kind, text);
    return false;
}

// The text, and what of it is behind the prefix of a feed that it begins with; NULL at the end. `at` counts from 0.
static const char *reading_of(const struct ingest *ingest, const char *text, size_t at)
{
    if (at == 0)
        return text;
    const struct feed *feed = feeds_at(ingest->feeds, at - 1)->feed;
    const char *prefix = feed != NULL ? mapping_prefix(feed->mapping) : "";
    size_t length = strlen(prefix);
    return length > 0 && strncmp(text, prefix, length) == 0 ? text + length : NULL;
}

void forgotten_note(struct ingest *ingest, struct turn *turn, const char *customer_id, const struct unwrap_text *text)
{
    struct noting noting = {.turn = turn};
    char digits[CLUE_DIGITS + 1];
    proof_person(turn, customer_id, noting.person);
    if (text->kind == UNWRAP_PHONE && clue_phone(text->text, digits))
        keep(&noting, CLUE_PHONE, digits);
    for (size_t i = 0; text->kind == UNWRAP_WORDS && i <= feeds_count(ingest->feeds); i++) {
        const char *read = reading_of(ingest, text->text, i);
        if (read != NULL)
            (void)clue_each(read, strlen(read), note_clue, &noting);
    }
}

static bool is_erased(void *context, struct turn *turn, const uint8_t *person)
{
    (void)context;
    struct proof_mark mark;
    return proof_marked(turn, person, &mark) && !proof_is_back(turn, person);
}

// Whether somebody is known by an address or a number, and it is so of all who are. One address may have been several
// customers': whoever of them is a customer again has it again.
typedef bool is_so(void *context, struct turn *turn, const uint8_t *person);
static bool all_known_by(struct turn *turn, enum clue_kind kind, const char *text, is_so *so, void *context)
{
    uint8_t prefix[KEY_BYTES];
    struct slice key, row;
    bool any = false, all = true;
    key_of(turn, kind, text, prefix);
    struct cursor *cursor = cursor_open(turn->tx, STATE_TABLE_ERASURE);
    bool more = cursor_seek(cursor, prefix, PREFIX_BYTES, &key, &row);
    for (; more && all && key.length == KEY_BYTES && memcmp(key.bytes, prefix, PREFIX_BYTES) == 0;
         more = cursor_next(cursor, &key, &row)) {
        uint8_t person[HASH_BYTES];
        memcpy(person, key.bytes + PREFIX_BYTES, HASH_BYTES);
        any = true;
        all = so(context, turn, person);
    }
    cursor_close(&cursor);
    return any && all;
}

bool forgotten_is(struct ingest *ingest, struct turn *turn, enum clue_kind kind, const char *text)
{
    uint8_t person[HASH_BYTES];
    if (kind == CLUE_ID)
        return erasures_holds(ingest->erasures, turn, text, person) && is_erased(NULL, turn, person);
    return all_known_by(turn, kind, text, is_erased, NULL);
}

// What happened at a moment to whoever has an address or a number.
struct happening {
    struct turn *turn;
    int64_t time_ms;
    uint8_t *erasure;
};

static bool is_erased_since(void *context, struct turn *turn, const uint8_t *person)
{
    const struct happening *happening = context;
    struct proof_mark mark;
    if (!proof_marked(turn, person, &mark) || happening->time_ms > mark.until_ms)
        return false;
    memcpy(happening->erasure, mark.erasure, HASH_BYTES);
    return true;
}

static bool went_later(void *self, enum clue_kind kind, const char *text)
{
    struct happening *happening = self;
    return kind != CLUE_ID && all_known_by(happening->turn, kind, text, is_erased_since, happening);
}

bool forgotten_by(struct ingest *ingest, struct turn *turn, const struct unwrap_text *text, int64_t time_ms,
                  uint8_t *ret_erasure)
{
    struct happening happening = {turn, time_ms, ret_erasure};
    char digits[CLUE_DIGITS + 1];
    bool found =
        text->kind == UNWRAP_PHONE && clue_phone(text->text, digits) && went_later(&happening, CLUE_PHONE, digits);
    for (size_t i = 0; !found && text->kind == UNWRAP_WORDS && i <= feeds_count(ingest->feeds); i++) {
        const char *read = reading_of(ingest, text->text, i);
        found = read != NULL && clue_each(read, strlen(read), went_later, &happening);
    }
    return found;
}

// What somebody says since.
struct returning {
    struct turn *turn;
    int64_t time_ms;
};

static bool drop_clue(void *self, enum clue_kind kind, const char *text)
{
    const struct returning *returning = self;
    uint8_t prefix[KEY_BYTES];
    struct slice key, row;
    if (kind != CLUE_MAIL && kind != CLUE_PHONE)
        return false;
    key_of(returning->turn, kind, text, prefix);
    struct cursor *cursor = cursor_open(returning->turn->tx, STATE_TABLE_ERASURE);
    bool more = cursor_seek(cursor, prefix, PREFIX_BYTES, &key, &row);
    for (; more && key.length == KEY_BYTES && memcmp(key.bytes, prefix, PREFIX_BYTES) == 0;
         more = cursor_next(cursor, &key, &row)) {
        uint8_t person[HASH_BYTES];
        struct proof_mark mark;
        memcpy(person, key.bytes + PREFIX_BYTES, HASH_BYTES);
        if (!proof_marked(returning->turn, person, &mark) || mark.until_ms < returning->time_ms)
            cursor_delete(cursor);
    }
    cursor_close(&cursor);
    return false;
}

void forgotten_return(struct ingest *ingest, struct turn *turn, const struct unwrap_text *text, int64_t time_ms)
{
    struct returning returning = {turn, time_ms};
    char digits[CLUE_DIGITS + 1];
    const char *read;
    if (text->kind == UNWRAP_PHONE && clue_phone(text->text, digits))
        (void)drop_clue(&returning, CLUE_PHONE, digits);
    for (size_t i = 0; text->kind == UNWRAP_WORDS && i <= feeds_count(ingest->feeds); i++)
        if ((read = reading_of(ingest, text->text, i)) != NULL)
            (void)clue_each(read, strlen(read), drop_clue, &returning);
}
