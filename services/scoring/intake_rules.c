#include "services/scoring/intake.h"

#include "common/must.h"
#include "common/zone.h"

#include <stdlib.h>
#include <string.h>

void intake_forget_rules(struct scoring *scoring)
{
    free(scoring->rates);
    zone_close(&scoring->zone);
    scoring->rates = NULL;
    scoring->terms.zone = NULL;
    scoring->terms.rates = NULL;
    scoring->terms.rate_count = 0;
    memset(scoring->terms.currency, 0, MONEY_CODE_BYTES);
    memset(scoring->common, 0, HASH_BYTES);
}

bool intake_rules(struct scoring *scoring, struct turn *turn, const uint8_t *bytes, size_t length)
{
    struct wire_settings settings;
    if (!wire_read_settings(turn, bytes, length, &settings))
        return false;
    struct terms_rate *rates = malloc((settings.rate_count + 1) * sizeof *rates);
    must(rates != NULL);
    memcpy(rates, settings.rates, settings.rate_count * sizeof *rates);
    terms_sort(rates, settings.rate_count);
    intake_forget_rules(scoring);
    hash_content(bytes, length, scoring->common);
    if (!zone_open(ZONE_DIRECTORIES, settings.time_zone, &scoring->zone))
        scoring->zone = NULL; // a machine without that zone counts days in UTC, and the summary says so
    scoring->rates = rates;
    scoring->terms.zone = scoring->zone;
    scoring->terms.rates = rates;
    scoring->terms.rate_count = settings.rate_count;
    memcpy(scoring->terms.currency, settings.currency, MONEY_CODE_BYTES);
    return true;
}
