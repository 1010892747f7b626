// Deals: the contracts and the lost quotes that a customer's row keeps, each with the newest word about it.
#ifndef TEND_SERVICES_SCHEDULER_DEALS_H
#define TEND_SERVICES_SCHEDULER_DEALS_H

#include "services/scheduler/book.h"

// Takes the newest word about a contract, and sets the row's `contract_day` to the last day of the contract that lasts
// longest; DAY_NONE when one has no end, or there is none. Of more than CONTRACTS_MAX the one that ended first goes.
void deals_note_contract(struct customer *customer, const struct contract *contract);

// Takes the newest word about a quote; one that was sent and not lost since has `lost_day` DAY_NONE and is kept only so
// that an older word does not make it lost. Of more than QUOTES_MAX those go first, then the one that was lost first.
void deals_note_quote(struct customer *customer, const struct lost_quote *quote);

// Writes them as the row's packed parts, in the arena; and reads them from there.
void deals_pack(struct turn *turn, struct customer *customer);
void deals_unpack(struct customer *customer);

#endif
