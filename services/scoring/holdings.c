#include "services/scoring/holdings.h"

#include "services/scoring/answer.h"
#include "services/scoring/core.h"
#include "tend/v1/journal.pb-c.h"
#include "tend/v1/scoring.pb-c.h"

#include <string.h>

struct holding {
    struct scoring *scoring;
    struct turn *turn;
    const char *customer_id;
    struct export_page *page;
};

static void put_money(struct export_page *page, const char *name, int64_t micros, const char *currency,
                      struct arena *arena)
{
    export_number(page, arena_format(arena, "%s_micros", name), micros);
    if (micros != 0)
        export_text(page, arena_format(arena, "%s_currency", name), currency, strnlen(currency, MONEY_CODE_BYTES));
}

static void put_goods(const struct holding *holding, uint32_t number)
{
    uint64_t hash;
    struct slice goods;
    struct basket basket;
    if (!archive_get_basket(holding->turn->tx, number, &hash, &goods) ||
        !basket_read(goods.bytes, goods.length, &basket))
        return;
    for (uint32_t i = 0; i < basket.count; i++) {
        const struct basket_item *item = &basket.items[i];
        export_text(holding->page, arena_format(holding->turn->arena, "sku_%u", i + 1), item->sku, item->sku_length);
        export_text(holding->page, arena_format(holding->turn->arena, "goods_%u", i + 1), item->name,
                    item->name_length);
    }
}

static bool put_order(void *context, uint32_t number, const struct order *order)
{
    const struct holding *holding = context;
    struct export_page *page = holding->page;
    struct arena *arena = holding->turn->arena;
    if (!export_begin(page, "order"))
        return true;
    const char *id = archive_order_id(holding->turn->tx, arena, number);
    export_text(page, "order_id", id, strlen(id));
    export_text(page, "newest_event", order->newest, order->newest_length);
    export_time(page, "placed", order->placed_ms);
    export_time(page, "amended", order->amended_ms);
    export_number(page, "cancelled", order->cancelled);
    put_money(page, "total", order->amount.total_micros, order->amount.currency, arena);
    put_money(page, "cost", order->amount.cost_micros, order->amount.currency, arena);
    export_number(page, "quantity_milli", order->amount.quantity_milli);
    for (uint32_t i = 0; i < order->refund_count; i++) {
        export_time(page, arena_format(arena, "refund_%u", i + 1), order->refunds[i].time_ms);
        put_money(page, arena_format(arena, "refund_%u", i + 1), order->refunds[i].micros, order->refunds[i].currency,
                  arena);
    }
    put_goods(holding, number);
    export_end(page);
    return true;
}

static void put_value(void *context, const struct note_value *value)
{
    const struct holding *holding = context;
    size_t length = strlen(value->name);
    export_text(holding->page, value->name, value->text, strlen(value->text));
    if (value->day != NOTE_NO_DAY)
        export_day(holding->page, value->name, value->day);
    else if (length > 3 && strcmp(value->name + length - 3, "_ms") == 0)
        export_time(holding->page, arena_text(holding->turn->arena, value->name, length - 3), value->number);
    else
        export_number(holding->page, value->name, value->number);
    if (value->money.given)
        put_money(holding->page, value->name, value->money.micros, value->money.currency, holding->turn->arena);
}

static bool put_note(void *context, const struct slice *row)
{
    struct holding *holding = context;
    struct note note;
    if (!export_begin(holding->page, "note"))
        return true;
    if (note_read(row->bytes, row->length, &note)) {
        const char *kind = note_kind_name(note.kind);
        export_text(holding->page, "kind", kind, strlen(kind));
        export_time(holding->page, "time", note.time_ms);
        note_each_value(&note, put_value, holding);
    } else {
        export_texts(holding->page, "texts", *row);
    }
    export_end(holding->page);
    return true;
}

static bool put_reason(void *context, const struct archive_reason *reason)
{
    const struct holding *holding = context;
    if (!export_begin(holding->page, "reason"))
        return true;
    export_time(holding->page, "time", reason->time_ms);
    export_payload(holding->page, "change", TEND__V1__RECORD_TYPE__RECORD_TYPE_VALUE_CHANGED, reason->packed,
                   holding->customer_id);
    export_end(holding->page);
    return true;
}

void scoring_holdings(void *self, struct turn *turn, const char *customer_id, struct export_page *page)
{
    struct scoring *scoring = self;
    struct holding holding = {scoring, turn, customer_id, page};
    uint8_t key[LEDGER_KEY_BYTES];
    uint32_t slot;
    hash_table_key(customer_id, strlen(customer_id), key);
    if (!ledger_find(scoring->ledger, key, &slot))
        return;
    if (export_begin(page, "customer")) {
        export_message(page, "card", &answer_make_card(scoring, turn, slot)->base, customer_id);
        export_end(page);
    }
    archive_walk_claims(scoring->archive, turn->tx, slot, put_order, &holding);
    archive_walk_own_notes(scoring->archive, turn->tx, slot, put_note, &holding);
    archive_walk_reasons(scoring->archive, turn->tx, slot, put_reason, &holding);
}
