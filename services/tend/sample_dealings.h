// What the customers of the bundled business are beside their orders: quotes, gifts, costs, referrals, praise, ratings,
// rivals, and what people decided about them against the figures. Internal to sample_*.c.
#ifndef TEND_TEND_SAMPLE_DEALINGS_H
#define TEND_TEND_SAMPLE_DEALINGS_H

#include "services/tend/sample_script.h"
#include "services/tend/sample_trade.h"

// Notes all of that on the sheet, by draws of its own.
void sample_dealings_note(struct sample_script *script, const struct sample_cast *cast,
                          const struct sample_trade *trade, uint64_t seed);

#endif
