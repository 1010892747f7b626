// The walk of the eraser through its process's own journal: one for all persons who stand at the same place.
#include "common/eraser_state.h"

#include "common/recordbody.h"

#include <stdlib.h>
#include <string.h>

enum {
    PIECE_RECORDS = ERASER_PIECE_RECORDS,
    PIECE_BYTES = 4 * 1024 * 1024,
    ARENA_LEAST = 64 * 1024 * 1024, // that a piece leaves for the rest of the turn
    FEW = 8,                        // ids that are looked for in the bytes before a record is unpacked
    PHONE_DIGITS = 11,              // of a Chinese mobile number, which is written without a plus
};

// Somebody who is looked for.
struct person {
    struct erasure *erasure;
    char digits[RECORDBODY_DIGITS]; // of the reminders about the person
};

struct find {
    uint64_t seq;
    struct erasure *erasure;
};

struct search {
    struct turn *turn;
    const struct person *persons; // sorted by id
    size_t person_count;
    uint64_t through; // of the one that goes farthest
    uint64_t next;
    bool more; // of the journal, behind the piece
    size_t records, bytes;
    struct find *found;
    size_t count;
    uint64_t seq;         // of the record that is looked at,
    struct erasure *whom; // and whom it names
};

static int compare(const void *left, const void *right)
{
    const struct erasure *a = ((const struct person *)left)->erasure, *b = ((const struct person *)right)->erasure;
    int order = strcmp(a->id, b->id);
    return order != 0 ? order : (a->through < b->through) - (a->through > b->through);
}

static int compare_id(const void *id, const void *person)
{
    return strcmp(id, ((const struct person *)person)->erasure->id);
}

// False when the person is found, and the record belongs to the time before.
static bool is_other(void *context, const char *customer_id)
{
    struct search *search = context;
    const struct person *person =
        bsearch(customer_id, search->persons, search->person_count, sizeof *person, compare_id);
    if (person == NULL)
        return true;
    // Of two erasures of one id the later counts, which stands before the other.
    while (person > search->persons && strcmp(person[-1].erasure->id, customer_id) == 0)
        person--;
    if (search->seq > person->erasure->through)
        return true;
    search->whom = person->erasure;
    return false;
}

// Whether the bytes may name somebody. Of many ids nobody asks: to unpack the record is cheaper then.
static bool may_name(const struct search *search, const struct record *record)
{
    bool found = search->person_count > FEW;
    for (size_t i = 0; !found && i < search->person_count; i++) {
        const char *id = search->persons[i].erasure->id;
        found = memmem(record->payload, record->length, id, strlen(id)) != NULL ||
                memmem(record->payload, record->length, search->persons[i].digits, RECORDBODY_DIGITS - 1) != NULL;
    }
    return found;
}

// What nobody can unpack names whoever stands in its bytes.
static void look_at_bytes(struct search *search, const struct record *record)
{
    for (size_t i = 0; search->whom == NULL && i < search->person_count; i++) {
        const char *id = search->persons[i].erasure->id;
        if (memmem(record->payload, record->length, id, strlen(id)) != NULL)
            (void)is_other(search, id);
    }
}

static void look_at(struct search *search, const struct record *record)
{
    const ProtobufCMessageDescriptor *descriptor = recordbody_of(record->type);
    const ProtobufCMessage *message = NULL;
    if (descriptor != NULL)
        message = protobuf_c_message_unpack(descriptor, arena_allocator(search->turn->arena), record->length,
                                            record->payload);
    if (message == NULL) {
        look_at_bytes(search, record);
        return;
    }
    if (!recordbody_customers(message, is_other, search))
        return;
    const char *reminder = recordbody_answered(record->type, message);
    for (size_t i = 0; search->whom == NULL && reminder != NULL && i < search->person_count; i++)
        if (strncmp(reminder, search->persons[i].digits, RECORDBODY_DIGITS - 1) == 0)
            (void)is_other(search, search->persons[i].erasure->id);
}

static bool look(void *self, const struct record *record)
{
    struct search *search = self;
    search->more = record->seq <= search->through;
    if (!search->more || search->records == PIECE_RECORDS || search->bytes >= PIECE_BYTES ||
        (search->records > 0 && arena_left(search->turn->arena) < ARENA_LEAST))
        return false;
    search->more = false; // unless another one is met
    search->next = record->seq + 1;
    search->seq = record->seq;
    search->whom = NULL;
    search->records++;
    search->bytes += record->length;
    if ((record->flags & RECORD_ERASED) != 0 || record->length == 0 || !may_name(search, record))
        return true;
    look_at(search, record);
    // The event itself stays, unless its id is personal.
    bool stays = (record->flags & RECORD_ERASES) != 0;
    if (search->whom != NULL && (!stays || erasure_is_personal(search->whom->id)))
        search->found[search->count++] = (struct find){record->seq, search->whom};
    return true;
}

// Whether the id ends in a telephone number by its look: a Chinese mobile one, or one that is dialled with a 0 before
// it inside its country; with or without what people write between the digits.
static bool ends_in_phone(const char *id)
{
    char digits[PHONE_DIGITS + 2];
    size_t count = 0, at = strlen(id);
    for (; at > 0 && (strchr(" -./()", id[at - 1]) != NULL || (id[at - 1] >= '0' && id[at - 1] <= '9')); at--) {
        if (id[at - 1] < '0' || id[at - 1] > '9')
            continue;
        if (count == sizeof digits)
            return false;
        digits[count++] = id[at - 1];
    }
    char first = count > 1 ? digits[count - 1] : '\0', second = count > 1 ? digits[count - 2] : '\0';
    bool mobile = count == PHONE_DIGITS && first == '1' && second >= '3';
    return mobile || ((count == PHONE_DIGITS || count == PHONE_DIGITS + 1) && first == '0' && second != '0');
}

// A feed may have a prefix before an address or a number.
bool erasure_is_personal(const char *id)
{
    const char *plus = strchr(id, '+');
    return strchr(id, '@') != NULL || id[0] == '+' || (plus != NULL && plus[1] >= '1' && plus[1] <= '9') ||
           ends_in_phone(id);
}

static void entomb(struct turn *turn, const struct eraser_means *means, const struct find *find)
{
    struct record record;
    if (means->service->erasing != NULL && journal_read(turn->tx, find->seq, &record)) {
        record.payload = (const uint8_t *)arena_text(turn->arena, (const char *)record.payload, record.length);
        find->erasure->rows += means->service->erasing(means->self, turn, &record);
    }
    find->erasure->tombstones += journal_erase(turn->tx, turn->journal, find->seq);
}

size_t erasure_scan(struct turn *turn, const struct eraser_means *means, struct erasure *const *list, size_t count)
{
    struct person *persons = arena_take(turn->arena, count * sizeof *persons);
    struct search search = {.turn = turn,
                            .persons = persons,
                            .person_count = count,
                            .next = list[0]->next,
                            .found = arena_take(turn->arena, PIECE_RECORDS * sizeof *search.found)};
    for (size_t i = 0; i < count; i++) {
        persons[i].erasure = list[i];
        recordbody_digits(list[i]->id, persons[i].digits);
        search.through = list[i]->through > search.through ? list[i]->through : search.through;
    }
    qsort(persons, count, sizeof *persons, compare);
    journal_each(turn->tx, search.next, look, &search);
    for (size_t i = 0; i < search.count; i++)
        entomb(turn, means, &search.found[i]);
    // What was trimmed meanwhile is not met.
    for (size_t i = 0; i < count; i++)
        list[i]->next = search.more && search.next <= list[i]->through ? search.next : list[i]->through + 1;
    return search.records;
}
