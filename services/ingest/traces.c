#include "services/ingest/traces.h"

#include "services/ingest/erasures.h"
#include "services/ingest/feed_take.h"
#include "services/ingest/forgotten.h"
#include "services/ingest/ingest_parts.h"
#include "services/ingest/mapping.h"

#include <stdio.h>
#include <string.h>

enum {
    SCRATCH_BLOCK = 1 << 20,
    SCRATCH_BYTES = 16 * MAPPING_ARENA_BYTES, // a body as it may be kept, unwrapped in some dozen ways
    PIECE_BYTES = 1 << 20,                    // of bodies in one turn: one or two tenths of a second
};

struct arena *traces_scratch(void)
{
    return arena_open(SCRATCH_BLOCK, SCRATCH_BYTES);
}

// --- whom the mapping of the feed reads in a body

// Takes an id as Tend has it, with the prefix of the feed; true: no more is wanted.
typedef bool visit_id(void *self, const char *id);

struct reading_of {
    const char *prefix;
    visit_id *visit;
    void *self;
    bool found;
};

static void read_note(void *owner, const struct mapping_note *note)
{
    struct reading_of *of = owner;
    static const char name[] = "customer_id";
    size_t length = strlen(note->field);
    char id[2 * CLUE_BYTES];
    if (of->found || note->step != MAPPING_FIELD || length < sizeof name - 1 ||
        strcmp(note->field + length - (sizeof name - 1), name) != 0 ||
        snprintf(id, sizeof id, "%s%s", of->prefix, note->result) >= (int)sizeof id)
        return;
    of->found = of->visit(of->self, id);
}

static bool each_mapped(const struct feed_entry *entry, const Tend__V1__Rejected *body, struct arena *scratch,
                        visit_id *visit, void *self)
{
    const struct mapping *mapping = entry->feed->mapping;
    struct reading_of of = {.prefix = mapping_prefix(mapping), .visit = visit, .self = self};
    const struct mapping_trace trace = {read_note, &of};
    const struct mapping_body given = {.bytes = (const char *)body->body.data,
                                       .length = body->body.len,
                                       .header = feed_kept_header,
                                       .query = feed_kept_query,
                                       .owner = body};
    struct mapping_result result;
    struct mapping_error error;
    if (!mapping_apply(mapping, &given, scratch, &trace, &result, &error))
        return of.found;
    for (size_t i = 0; i < result.count && !of.found; i++)
        of.found = visit(self, result.events[i].event->customer_id);
    return of.found;
}

struct matching {
    const struct unwrap_text *texts;
    size_t count, found;
};

static bool match_id(void *self, const char *id)
{
    struct matching *matching = self;
    for (size_t i = 0; i < matching->count && matching->found == matching->count; i++)
        if (matching->texts[i].kind == UNWRAP_ID && strcmp(matching->texts[i].text, id) == 0)
            matching->found = i;
    return matching->found < matching->count;
}

static size_t find_by_mapping(const struct feed_entry *entry, const Tend__V1__Rejected *body,
                              const struct unwrap_text *texts, size_t count, struct arena *scratch)
{
    struct matching matching = {texts, count, count};
    bool ids = false;
    for (size_t i = 0; i < count; i++)
        ids |= texts[i].kind == UNWRAP_ID;
    if (ids)
        (void)each_mapped(entry, body, scratch, match_id, &matching);
    return matching.found;
}

// --- what stands in a body

// What is sought in the bodies of one feed: the texts as it writes them, which are ids, also those that are mail
// addresses, without its prefix. A short id without the prefix is that of somebody else.
struct sought {
    const char *prefix;
    const struct unwrap_sought *texts;
};

static const struct unwrap_sought *as_the_feed_writes(const char *prefix, const struct unwrap_text *texts, size_t count,
                                                      struct arena *arena)
{
    size_t length = strlen(prefix);
    struct unwrap_text *theirs = arena_take(arena, (count + 1) * sizeof *theirs);
    for (size_t i = 0; i < count; i++) {
        const char *text = texts[i].text;
        bool id = texts[i].kind == UNWRAP_ID, has = strncmp(text, prefix, length) == 0;
        bool others = id && !has && strlen(text) < UNWRAP_LEAST;
        theirs[i] = (struct unwrap_text){others ? "" : has ? text + length : text, texts[i].kind};
    }
    return unwrap_prepare(arena, theirs, count);
}

// All of a row that came from outside, or quotes it. What is ours, such as the feed's name, mentions nobody.
static char *words_of(const Tend__V1__Rejected *body, struct arena *scratch, size_t *ret_length)
{
    size_t length = body->body.len + strlen(body->reason) + 2;
    for (size_t i = 0; i < body->n_headers; i++)
        length += strlen(body->headers[i]->value) + 1;
    char *words = arena_take(scratch, length + 1), *end = words;
    if (body->body.len > 0)
        end = mempcpy(end, body->body.data, body->body.len);
    *end++ = '\n';
    end = stpcpy(end, body->reason);
    for (size_t i = 0; i < body->n_headers; i++) {
        *end++ = '\n';
        end = stpcpy(end, body->headers[i]->value);
    }
    *ret_length = (size_t)(end - words);
    return words;
}

// What is sought in each of the feeds that bodies came by.
struct traces {
    struct ingest *ingest;
    const struct unwrap_text *texts;
    size_t count;
    uint64_t *rows; // where they are counted
    struct arena *arena;
    struct sought sought[FEEDS_MAX + 1];
    size_t sought_count;
};

static const struct unwrap_sought *sought_by(struct traces *traces, const char *prefix)
{
    for (size_t i = 0; i < traces->sought_count; i++)
        if (strcmp(traces->sought[i].prefix, prefix) == 0)
            return traces->sought[i].texts;
    struct sought *made = &traces->sought[traces->sought_count++];
    *made = (struct sought){prefix, as_the_feed_writes(prefix, traces->texts, traces->count, traces->arena)};
    return made->texts;
}

// The index of the text that the body mentions, `count` for none.
static size_t find(struct traces *traces, const Tend__V1__Rejected *body, struct arena *scratch)
{
    size_t length;
    const char *words = words_of(body, scratch, &length);
    struct feed_entry *entry = feeds_find(traces->ingest->feeds, body->feed);
    const char *prefix = entry != NULL ? mapping_prefix(entry->feed->mapping) : "";
    size_t found = unwrap_look(scratch, sought_by(traces, prefix), words, length);
    return found < traces->count || entry == NULL ? found
                                                  : find_by_mapping(entry, body, traces->texts, traces->count, scratch);
}

struct traces *traces_seek(struct ingest *ingest, const struct unwrap_text *texts, size_t count, struct arena *arena)
{
    struct traces *traces = arena_zero(arena, 1, sizeof *traces);
    *traces = (struct traces){.ingest = ingest, .texts = texts, .count = count, .arena = arena};
    return traces;
}

bool traces_mention(struct traces *traces, const Tend__V1__Rejected *body, struct arena *scratch)
{
    arena_reset(scratch);
    return find(traces, body, scratch) < traces->count;
}

static bool mentions(void *self, const Tend__V1__Rejected *body, struct arena *scratch)
{
    struct traces *traces = self;
    size_t found = find(traces, body, scratch);
    if (found < traces->count)
        traces->rows[found]++;
    return found < traces->count;
}

bool traces_erase(struct ingest *ingest, struct turn *turn, const struct unwrap_text *texts, size_t count, uint64_t *at,
                  uint64_t *ret_rows)
{
    if (misfits_count(ingest->misfits) == 0 || count == 0)
        return true;
    struct traces *traces = traces_seek(ingest, texts, count, turn->arena);
    struct arena *scratch = traces_scratch();
    traces->rows = ret_rows;
    bool all = misfits_erase(ingest->misfits, turn, at, PIECE_BYTES, mentions, traces, scratch);
    arena_close(&scratch);
    return all;
}

// --- who was forgotten already

struct recalling {
    struct ingest *ingest;
    struct turn *turn;
    const char *prefix, *bytes; // of the feed; what is looked at
    size_t length;
    struct arena *scratch;
};

static bool is_forgotten_id(void *self, const char *id)
{
    const struct recalling *recalling = self;
    return forgotten_is(recalling->ingest, recalling->turn, CLUE_ID, id);
}

// An id as the feed writes it; a short one only where it is a customer's, and as the feed's own.
static bool recall(void *self, enum clue_kind kind, const char *text)
{
    struct recalling *recalling = self;
    const struct unwrap_text id = {text, UNWRAP_ID};
    char full[2 * CLUE_BYTES];
    if (kind != CLUE_ID)
        return forgotten_is(recalling->ingest, recalling->turn, kind, text);
    bool little = strlen(text) < UNWRAP_LEAST, found = false;
    if (recalling->prefix[0] != '\0' && snprintf(full, sizeof full, "%s%s", recalling->prefix, text) < (int)sizeof full)
        found = is_forgotten_id(self, full);
    if (!found && (!little || recalling->prefix[0] == '\0'))
        found = is_forgotten_id(self, text);
    return found && (!little || unwrap_find(recalling->scratch, recalling->bytes, recalling->length, &id, 1) == 0);
}

static bool recall_view(void *self, const char *bytes, size_t length)
{
    struct recalling *recalling = self;
    recalling->bytes = bytes;
    recalling->length = length;
    return clue_each(bytes, length, recall, recalling);
}

bool traces_forgotten(struct ingest *ingest, struct turn *turn, const Tend__V1__Rejected *body)
{
    if (!erasures_any(ingest->erasures))
        return false;
    size_t length;
    struct arena *scratch = traces_scratch();
    struct feed_entry *entry = feeds_find(ingest->feeds, body->feed);
    struct recalling recalling = {.ingest = ingest,
                                  .turn = turn,
                                  .prefix = entry != NULL ? mapping_prefix(entry->feed->mapping) : "",
                                  .scratch = scratch};
    const char *words = words_of(body, scratch, &length);
    bool found = unwrap_each(scratch, words, length, recall_view, &recalling) ||
                 (entry != NULL && each_mapped(entry, body, scratch, is_forgotten_id, &recalling));
    arena_close(&scratch);
    return found;
}
