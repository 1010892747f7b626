#include "common/inforce.h"

#include "tend/v1/journal.pb-c.h"

#include <string.h>

static const char rules_key[] = "rules";

void inforce_say(struct turn *turn, const char *service, const char *text)
{
    uint8_t digest[HASH_BYTES];
    struct slice last;
    hash_content(text, strlen(text), digest);
    bool same = tx_get(turn->tx, STORE_TABLE_META, rules_key, sizeof rules_key - 1, &last) &&
                last.length == HASH_BYTES && memcmp(last.bytes, digest, HASH_BYTES) == 0;
    if (same)
        return;
    Tend__V1__Rules rules = TEND__V1__RULES__INIT;
    rules.service = (char *)(uintptr_t)service;
    rules.text = (char *)(uintptr_t)text;
    struct emission emission = {
        .type = TEND__V1__RECORD_TYPE__RECORD_TYPE_RULES, .key = digest, .message = &rules.base};
    (void)turn_emit(turn, &emission);
    tx_put(turn->tx, STORE_TABLE_META, rules_key, sizeof rules_key - 1, digest, sizeof digest);
}
