// Offers: what to offer to each of many customers, one after the other. A question of goods.h for each of them would
// count the orders of every article again and again; here the rules of an article are found once and kept until
// offers_start, while the goods may go on changing. Pure.
//
// Of an article the strongest GOODS_HINTS_MAX rules are kept. When a customer bought the effects of nearly all of them
// of late, goods_hints knows more; else both say the same.
#ifndef TEND_SCORING_OFFERS_H
#define TEND_SCORING_OFFERS_H

#include "services/scoring/goods.h"

enum { OFFERS_ARTICLES_MAX = 100000 }; // kept at a time, some 40 megabytes; with more they are found again

struct offers;

// Without an article.
struct offers *offers_open(void);
void offers_close(struct offers **offers);

// Forgets all rules and gives their memory back.
void offers_start(struct offers *offers);

// As goods_hints. *ret_asked: how many articles' rules were found for it, at most GOODS_CAUSES_MAX; it is they that
// take time. Texts live until the next call.
size_t offers_find(struct offers *offers, struct goods *goods, const struct goods_options *options,
                   const struct goods_bought *bought, size_t count, int32_t today, struct goods_hint *ret_hints,
                   size_t most, size_t *ret_asked);

#endif
