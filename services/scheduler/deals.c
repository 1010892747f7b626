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
