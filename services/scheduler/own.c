#include "services/scheduler/own.h"

#include "services/scheduler/deals.h"
#include "services/scheduler/join.h"
#include "services/scheduler/rows.h"

#include <string.h>

enum {
    MERGES_MAX = 8,  // of one into the next, in old stores; more are not followed
    KIN_MOST = 4096, // who are one: nobody has so many names, and a broken ring is left
    DAY_MS = 86400000,
};

#define C(type, member) PACK_FIELD(struct customer, type, member)
const struct pack_field rows_own[] = {
    C(PACK_TEXT, owner),
    PACK_ARRAY(struct customer, PACK_64, owner_set, 2),
    C(PACK_64, known_ms),
    C(PACK_SLICE, sources),
    C(PACK_64, contact_ms),
    PACK_ARRAY(struct customer, PACK_64, tries_ms, TRIES_KEPT),
    C(PACK_64, next_ms),
    C(PACK_TEXT, next_text),
    PACK_ARRAY(struct customer, PACK_64, next_set, 2),
    C(PACK_64, later_ms),
    PACK_ARRAY(struct customer, PACK_64, later_set, 2),
    PACK_ARRAY(struct customer, PACK_64, muted, 2),
    C(PACK_32, stage),
    PACK_ARRAY(struct customer, PACK_64, stage_set, 2),
    C(PACK_32, intention),
    PACK_ARRAY(struct customer, PACK_64, intention_set, 2),
    C(PACK_32, expected_day),
    PACK_ARRAY(struct customer, PACK_64, expected_set, 2),
    C(PACK_64, expected_milli),
    PACK_ARRAY(struct customer, PACK_64, expected_milli_set, 2),
    PACK_ARRAY(struct customer, PACK_8, answers, LEAD_ANSWERS),
    PACK_ARRAY(struct customer, PACK_64, answers_set, LEAD_ANSWERS * 2),
    C(PACK_32, contract_day),
    PACK_ARRAY(struct customer, PACK_64, contract_set, 2),
    C(PACK_SLICE, packed_contracts),
    C(PACK_SLICE, packed_quotes),
    PACK_ARRAY(struct customer, PACK_64, signals_ms, SIGNALS),
    C(PACK_SLICE, contacts),
    C(PACK_SLICE, replies),
    C(PACK_SLICE, hands),
    C(PACK_SLICE, waiting),
    C(PACK_SLICE, gifts),
    C(PACK_64, delivered_ms),
    C(PACK_64, paid_ms),
    C(PACK_64, survey_sent_ms),
    C(PACK_TEXT, brought_by),
    PACK_ARRAY(struct customer, PACK_64, brought_set, 2),
    C(PACK_64, brought_which),
    PACK_LAST,
};

_Static_assert(sizeof(struct version) == 16, "versions are packed as pairs of 64 bits");

// Others are one with it, and it is the main customer.
static bool is_apart(const struct customer *row)
{
    return row->kin_next[0] != '\0' && row->merged_into[0] == '\0';
}

// False when the own words of a main customer were not kept beside its row until now.
static bool read_words(struct turn *turn, struct customer *own)
{
    if (!is_apart(own))
        return true;
    bool kept = rows_get(turn, TABLE_OWN, own->id, strlen(own->id), rows_own, own);
    deals_unpack(own);
    return kept;
}

bool own_get(struct turn *turn, const char *id, struct customer *ret_own)
{
    bool found = book_customer(turn, id, ret_own);
    (void)read_words(turn, ret_own);
    return found;
}

static void put_words(struct turn *turn, const struct customer *own)
{
    struct customer packed = *own;
    deals_pack(turn, &packed);
    rows_put(turn, TABLE_OWN, own->id, strlen(own->id), rows_own, &packed);
}

// The own words of a main customer, before others' are added: from now on they lie beside the row.
static void get_main(struct turn *turn, const char *id, struct customer *ret_own)
{
    (void)book_customer(turn, id, ret_own);
    if (!read_words(turn, ret_own))
        put_words(turn, ret_own);
}

// What scoring says of the orders of all of them stands in the row and is nobody's own word.
static void add_orders(struct customer *main)
{
    enum { SIGNAL = SIGNAL_ORDER };
    int64_t first_ms =
        main->first_order_day != DAY_NONE ? main->first_order_day * (int64_t)DAY_MS : main->last_order_ms;
    if (main->orders_ever == 0)
        return;
    if (main->last_order_ms > main->signals_ms[SIGNAL])
        main->signals_ms[SIGNAL] = main->last_order_ms;
    if (first_ms > 0 && (main->paid_ms == 0 || first_ms < main->paid_ms))
        main->paid_ms = first_ms;
}

// Adds the words of the others to those of the main customer. False when `who` is none of them.
static bool join_others(struct turn *turn, struct customer *main, const char *who)
{
    struct customer other;
    bool owned = main->owner[0] != '\0', found = strcmp(who, main->id) == 0;
    const char *id = main->kin_next;
    for (unsigned i = 0; i < KIN_MOST && id[0] != '\0' && strcmp(id, main->id) != 0; i++, id = other.kin_next) {
        book_customer(turn, id, &other);
        join_customer(turn, &other, main);
        if (!owned)
            join_owner(&other, main);
        found |= strcmp(id, who) == 0;
    }
    if (main->kin_next[0] != '\0')
        add_orders(main);
    return found;
}

void own_row(struct turn *turn, const struct customer *own, struct customer *ret_row)
{
    *ret_row = *own;
    if (!is_apart(own))
        return;
    put_words(turn, own);
    (void)join_others(turn, ret_row, own->id);
}

bool own_put(struct turn *turn, const struct customer *own, struct customer *ret_main)
{
    const char *main = own->merged_into;
    if (main[0] == '\0' || strcmp(main, own->id) == 0) {
        own_row(turn, own, ret_main);
        return true;
    }
    struct customer part = *own;
    book_put_customer(turn, &part);
    for (int steps = 0; steps < MERGES_MAX && main[0] != '\0'; steps++, main = ret_main->merged_into) {
        get_main(turn, main, ret_main);
        if (ret_main->erased.time_ms != 0)
            return false;
    }
    if (!join_others(turn, ret_main, own->id)) {
        // In a store from before it was kept who is one with whom; the gifts are there, and were not to be added twice.
        part.gifts.length = 0;
        join_customer(turn, &part, ret_main);
    }
    return true;
}

void own_settle(struct turn *turn, struct customer *own)
{
    if (is_apart(own))
        put_words(turn, own);
    else
        own_erase(turn, own->id);
    book_put_customer(turn, own);
}

void own_unite(struct turn *turn, const char *id)
{
    struct customer main;
    get_main(turn, id, &main);
    if (!is_apart(&main) || main.erased.time_ms != 0)
        return;
    (void)join_others(turn, &main, id);
    book_put_customer(turn, &main);
}

void own_answered(struct turn *turn, const char *id, int64_t before_ms)
{
    struct customer main, other;
    (void)book_customer(turn, id, &main);
    const char *next = is_apart(&main) ? main.kin_next : "";
    for (unsigned i = 0; i < KIN_MOST && next[0] != '\0' && strcmp(next, id) != 0; i++, next = other.kin_next) {
        struct waiting waiting;
        (void)book_customer(turn, next, &other);
        waiting_read(other.waiting.bytes, other.waiting.length, &waiting);
        size_t count = waiting.count;
        waiting_drop(&waiting, before_ms);
        if (waiting.count == count)
            continue;
        join_put_waiting(turn, &waiting, &other);
        book_put_customer(turn, &other);
    }
}

void own_erase(struct turn *turn, const char *id)
{
    rows_delete(turn, TABLE_OWN, id, strlen(id));
}
