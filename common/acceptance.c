#include "common/acceptance.h"

#include "common/utf8.h"

#include <stdio.h>
#include <string.h>

enum { KEY_BYTES = 24 };

static size_t key_of(unsigned which, char *key)
{
    return (size_t)snprintf(key, KEY_BYTES, "accept-%u", which);
}

void acceptance_put(struct tx *tx, unsigned which, const char *by)
{
    char key[KEY_BYTES];
    size_t length = key_of(which, key);
    tx_put(tx, STORE_TABLE_META, key, length, by, utf8_cut(by, strlen(by), ACCEPTANCE_BY_BYTES - 1));
}

bool acceptance_get(struct tx *tx, unsigned which, char *ret_by)
{
    char key[KEY_BYTES];
    size_t length = key_of(which, key);
    struct slice by;
    if (!tx_get(tx, STORE_TABLE_META, key, length, &by) || by.length >= ACCEPTANCE_BY_BYTES)
        return false;
    memcpy(ret_by, by.bytes, by.length);
    ret_by[by.length] = '\0';
    return true;
}

void acceptance_delete(struct tx *tx, unsigned which)
{
    char key[KEY_BYTES];
    size_t length = key_of(which, key);
    tx_delete(tx, STORE_TABLE_META, key, length);
}
