#include "services/scheduler/deals.h"

#include "services/scheduler/matter.h"

static int64_t end_of(const struct contract *contract)
{
    return contract->to_day == DAY_NONE ? INT64_MAX : contract->to_day;
}

static int32_t last_day(const struct customer *customer)
{
    int32_t last = DAY_NONE;
    for (size_t i = 0; i < CONTRACTS_MAX; i++) {
        const struct contract *contract = &customer->contracts[i];
        if (contract->hash != 0 && contract->to_day == DAY_NONE)
            return DAY_NONE;
        last = contract->hash != 0 && contract->to_day > last ? contract->to_day : last;
    }
    return last;
}

void deals_note_contract(struct customer *customer, const struct contract *contract)
{
    struct contract *place = NULL;
    for (size_t i = 0; i < CONTRACTS_MAX; i++) {
        struct contract *one = &customer->contracts[i];
        if (one->hash == contract->hash) {
            place = version_newer(&contract->set, &one->set) ? one : NULL;
            if (place == NULL)
                return;
            break;
        }
        bool worse = place == NULL || (place->hash != 0 && (one->hash == 0 || end_of(one) < end_of(place)));
        place = worse ? one : place;
    }
    if (place->hash != 0 && place->hash != contract->hash && end_of(contract) < end_of(place))
        return;
    *place = *contract;
    customer->contract_day = last_day(customer);
}

// What is kept the longest is what was lost last.
static bool is_less(const struct lost_quote *left, const struct lost_quote *right)
{
    if ((left->lost_day == DAY_NONE) != (right->lost_day == DAY_NONE))
        return left->lost_day == DAY_NONE;
    return version_newer(&right->lost, &left->lost);
}

void deals_note_quote(struct customer *customer, const struct lost_quote *quote)
{
    struct lost_quote *place = NULL;
    for (size_t i = 0; i < QUOTES_MAX; i++) {
        struct lost_quote *one = &customer->quotes[i];
        if (one->hash == quote->hash) {
            if (version_newer(&quote->lost, &one->lost))
                *one = *quote;
            return;
        }
        bool worse = place == NULL || (place->hash != 0 && (one->hash == 0 || is_less(one, place)));
        place = worse ? one : place;
    }
    if (place->hash == 0 || is_less(place, quote))
        *place = *quote;
}

// --- as the row keeps them

enum { CONTRACT_BYTES = 8 + 8 + 8 + 4, QUOTE_BYTES = 8 + 8 + 8 + 4 + 4 };

void deals_unpack(struct customer *customer)
{
    const struct slice *contracts = &customer->packed_contracts, *quotes = &customer->packed_quotes;
    for (size_t i = 0; i < CONTRACTS_MAX; i++)
        customer->contracts[i] = (struct contract){.to_day = DAY_NONE};
    for (size_t i = 0; i < QUOTES_MAX; i++)
        customer->quotes[i] = (struct lost_quote){.lost_day = DAY_NONE, .follow_day = DAY_NONE};
    for (size_t i = 0; i < CONTRACTS_MAX && (i + 1) * CONTRACT_BYTES <= contracts->length; i++) {
        const uint8_t *at = contracts->bytes + i * CONTRACT_BYTES;
        customer->contracts[i] = (struct contract){.hash = store_get_u64(at),
                                                   .set = {(int64_t)store_get_u64(at + 8), store_get_u64(at + 16)},
                                                   .to_day = (int32_t)store_get_u32(at + 24)};
    }
    for (size_t i = 0; i < QUOTES_MAX && (i + 1) * QUOTE_BYTES <= quotes->length; i++) {
        const uint8_t *at = quotes->bytes + i * QUOTE_BYTES;
        customer->quotes[i] = (struct lost_quote){.hash = store_get_u64(at),
                                                  .lost = {(int64_t)store_get_u64(at + 8), store_get_u64(at + 16)},
                                                  .lost_day = (int32_t)store_get_u32(at + 24),
                                                  .follow_day = (int32_t)store_get_u32(at + 28)};
    }
}

void deals_pack(struct turn *turn, struct customer *customer)
{
    uint8_t *contracts = arena_take(turn->arena, CONTRACTS_MAX * CONTRACT_BYTES);
    uint8_t *quotes = arena_take(turn->arena, QUOTES_MAX * QUOTE_BYTES);
    size_t contract_count = 0, quote_count = 0;
    for (size_t i = 0; i < CONTRACTS_MAX; i++) {
        const struct contract *contract = &customer->contracts[i];
        if (contract->hash == 0)
            continue;
        uint8_t *at = contracts + contract_count++ * CONTRACT_BYTES;
        store_put_u64(at, contract->hash);
        store_put_u64(at + 8, (uint64_t)contract->set.time_ms);
        store_put_u64(at + 16, contract->set.tie);
        store_put_u32(at + 24, (uint32_t)contract->to_day);
    }
    for (size_t i = 0; i < QUOTES_MAX; i++) {
        const struct lost_quote *quote = &customer->quotes[i];
        if (quote->hash == 0)
            continue;
        uint8_t *at = quotes + quote_count++ * QUOTE_BYTES;
        store_put_u64(at, quote->hash);
        store_put_u64(at + 8, (uint64_t)quote->lost.time_ms);
        store_put_u64(at + 16, quote->lost.tie);
        store_put_u32(at + 24, (uint32_t)quote->lost_day);
        store_put_u32(at + 28, (uint32_t)quote->follow_day);
    }
    customer->packed_contracts = (struct slice){contracts, contract_count * CONTRACT_BYTES};
    customer->packed_quotes = (struct slice){quotes, quote_count * QUOTE_BYTES};
}
