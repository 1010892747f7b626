#include "services/ingest/traces.h"

#include "services/ingest/feed_take.h"
#include "services/ingest/ingest_parts.h"
#include "services/ingest/mapping.h"

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

struct reading_of {
    const struct unwrap_text *texts;
    size_t count, found;
    const char *prefix;
};

// Whether it is the id as the feed would write it.
static bool is_id(const char *id, const char *prefix, const char *theirs)
{
    size_t length = strlen(prefix);
    return strncmp(id, prefix, length) == 0 && strcmp(id + length, theirs) == 0;
}

static void read_note(void *owner, const struct mapping_note *note)
{
    struct reading_of *of = owner;
    static const char name[] = "customer_id";
    size_t length = strlen(note->field);
    if (note->step != MAPPING_FIELD || length < sizeof name - 1 ||
        strcmp(note->field + length - (sizeof name - 1), name) != 0)
        return;
    for (size_t i = 0; i < of->count && of->found == of->count; i++)
        if (of->texts[i].kind == UNWRAP_ID && is_id(of->texts[i].text, of->prefix, note->result))
            of->found = i;
}

static size_t find_by_mapping(const struct feed_entry *entry, const Tend__V1__Rejected *body,
                              const struct unwrap_text *texts, size_t count, struct arena *scratch)
{
    const struct mapping *mapping = entry->feed->mapping;
    bool ids = false;
    for (size_t i = 0; i < count; i++)
        ids |= texts[i].kind == UNWRAP_ID;
    if (!ids)
        return count;
    struct reading_of of = {.texts = texts, .count = count, .found = count, .prefix = mapping_prefix(mapping)};
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
    for (size_t i = 0; i < result.count && of.found == count; i++)
        for (size_t j = 0; j < count && of.found == count; j++)
            if (texts[j].kind == UNWRAP_ID && strcmp(texts[j].text, result.events[i].event->customer_id) == 0)
                of.found = j;
    return of.found;
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

// A walk through the bodies, and what is sought in each of the feeds that it came by.
struct walk {
    struct ingest *ingest;
    const struct unwrap_text *texts;
    size_t count;
    uint64_t *rows;
    struct arena *arena;
    struct sought sought[FEEDS_MAX + 1];
    size_t sought_count;
};

static const struct unwrap_sought *sought_by(struct walk *walk, const char *prefix)
{
    for (size_t i = 0; i < walk->sought_count; i++)
        if (strcmp(walk->sought[i].prefix, prefix) == 0)
            return walk->sought[i].texts;
    struct sought *made = &walk->sought[walk->sought_count++];
    *made = (struct sought){prefix, as_the_feed_writes(prefix, walk->texts, walk->count, walk->arena)};
    return made->texts;
}

// The index of the text that the body mentions, `count` for none.
static size_t find(struct walk *walk, const Tend__V1__Rejected *body, struct arena *scratch)
{
    size_t length;
    const char *words = words_of(body, scratch, &length);
    struct feed_entry *entry = feeds_find(walk->ingest->feeds, body->feed);
    const char *prefix = entry != NULL ? mapping_prefix(entry->feed->mapping) : "";
    size_t found = unwrap_look(scratch, sought_by(walk, prefix), words, length);
    return found < walk->count || entry == NULL ? found
                                                : find_by_mapping(entry, body, walk->texts, walk->count, scratch);
}

bool traces_mention(struct ingest *ingest, const Tend__V1__Rejected *body, const char *customer_id,
                    struct arena *scratch)
{
    const struct unwrap_text text = {customer_id, UNWRAP_ID};
    arena_reset(scratch);
    struct walk walk = {.ingest = ingest, .texts = &text, .count = 1, .arena = scratch};
    return find(&walk, body, scratch) == 0;
}

static bool mentions(void *self, const Tend__V1__Rejected *body, struct arena *scratch)
{
    struct walk *walk = self;
    size_t found = find(walk, body, scratch);
    if (found < walk->count)
        walk->rows[found]++;
    return found < walk->count;
}

bool traces_erase(struct ingest *ingest, struct turn *turn, const struct unwrap_text *texts, size_t count, uint64_t *at,
                  uint64_t *ret_rows)
{
    if (misfits_count(ingest->misfits) == 0 || count == 0)
        return true;
    struct walk walk = {.ingest = ingest, .texts = texts, .count = count, .rows = ret_rows, .arena = turn->arena};
    struct arena *scratch = traces_scratch();
    bool all = misfits_erase(ingest->misfits, turn, at, PIECE_BYTES, mentions, &walk, scratch);
    arena_close(&scratch);
    return all;
}
