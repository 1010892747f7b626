#include "services/scheduler/filing.h"

#include "common/portion.h"
#include "services/scheduler/matter.h"

#include <string.h>

enum { WORD_BYTES = 1 + 8 + 8 }; // portion, moment, tie

// Where a portion stands in the row, and where in what was said.
struct place {
    enum portion portion;
    size_t to, from, bytes;
};

#define PLACE(portion, member, said)                                                      \
    {                                                                                     \
        portion, offsetof(struct customer, member), offsetof(struct customer_fact, said), \
            sizeof(((struct customer *)0)->member)                                        \
    }
#define SAME(member, said) \
    _Static_assert(sizeof(((struct customer *)0)->member) == sizeof(((struct customer_fact *)0)->said), #member)

SAME(birthday, birthday);
SAME(lunar, lunar);
SAME(type, type);
SAME(cooperation_day, cooperation_day);

static const struct place places[] = {
    PLACE(PORTION_NAME, name, name),
    PLACE(PORTION_TYPE, type, type),
    PLACE(PORTION_REGION, region, region),
    PLACE(PORTION_BIRTHDAY, birthday, birthday),
    PLACE(PORTION_BIRTHDAY, lunar, lunar),
    PLACE(PORTION_FOUNDING_DAY, founding, founding),
    PLACE(PORTION_SINCE, cooperation_day, cooperation_day),
    PLACE(PORTION_CONTACT_NAME, contact_name, contact_name),
    PLACE(PORTION_CONTACT_PHONE, contact_phone, contact_phone),
    PLACE(PORTION_CONTACT_BIRTHDAY, contact_birthday, contact_birthday),
    PLACE(PORTION_CONTACT_BIRTHDAY, contact_lunar, contact_lunar),
    PLACE(PORTION_TIME_ZONE, customer_zone, zone),
    PLACE(PORTION_COUNTRY, country, country),
};

// Of each portion the word that is newer than the whole file; time 0: there is none.
struct words {
    struct version at[PORTIONS];
};

static struct words read_words(const struct customer *customer)
{
    struct words words = {0};
    for (size_t i = 0; i + WORD_BYTES <= customer->words.length; i += WORD_BYTES) {
        const uint8_t *at = customer->words.bytes + i;
        if (at[0] < PORTIONS)
            words.at[at[0]] = (struct version){(int64_t)store_get_u64(at + 1), store_get_u64(at + 9)};
    }
    return words;
}

static void write_words(struct turn *turn, const struct words *words, struct customer *customer)
{
    uint8_t *bytes = arena_take(turn->arena, PORTIONS * WORD_BYTES), *at = bytes;
    for (int portion = 0; portion < PORTIONS; portion++) {
        if (words->at[portion].time_ms == 0)
            continue;
        at[0] = (uint8_t)portion;
        store_put_u64(at + 1, (uint64_t)words->at[portion].time_ms);
        store_put_u64(at + 9, words->at[portion].tie);
        at += WORD_BYTES;
    }
    customer->words = (struct slice){bytes, (size_t)(at - bytes)};
}

// Whether the fact is the newest word about the portion. A name is never taken away by a part of a file.
static bool counts(const struct fact *fact, const struct customer *customer, const struct version *word,
                   enum portion portion)
{
    uint32_t mask = fact->customer.said;
    bool named = portion != PORTION_NAME || mask == 0 || fact->customer.name[0] != '\0';
    return named && portion_said(mask, portion) &&
           version_newer(&fact->version, word->time_ms != 0 ? word : &customer->upserted);
}

void filing_take(struct turn *turn, const struct fact *fact, struct customer *customer)
{
    struct words words = read_words(customer);
    uint32_t taken = 0;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        const struct place *place = &places[i];
        if (!counts(fact, customer, &words.at[place->portion], place->portion))
            continue;
        memcpy((char *)customer + place->to, (const char *)&fact->customer + place->from, place->bytes);
        taken |= PORTION_BIT(place->portion);
    }
    bool whole = fact->customer.said == 0;
    for (int portion = 0; portion < PORTIONS; portion++)
        if ((taken & PORTION_BIT(portion)) != 0)
            words.at[portion] = whole ? (struct version){0} : fact->version;
    if (whole && version_newer(&fact->version, &customer->upserted))
        customer->upserted = fact->version;
    if (taken != 0)
        write_words(turn, &words, customer);
}
