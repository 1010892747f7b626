#include "services/tend/addresses.h"

#include "common/arena.h"
#include "common/must.h"
#include "services/tend/import.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum {
    ARENA_BLOCK = 1 << 18,
    ARENA_LIMIT = 1 << 30, // some ten million customers
    KEY_BYTES = 321,       // of the longest mail address, and its end; a longer one is nobody's
};

struct entry {
    const char *key;
    const char *id; // NULL: several have it
};

struct addresses {
    struct arena *arena;
    struct entry *entries; // sorted by their keys
    size_t count, room;
};

// The one way to write an address. False when it is none.
static bool make_key(const char *address, char ret_key[KEY_BYTES])
{
    bool mail = strchr(address, '@') != NULL;
    size_t length = 0;
    for (; *address != '\0' && length < KEY_BYTES - 1; address++)
        if (mail || *address == '+' || isdigit((unsigned char)*address))
            ret_key[length++] = (char)tolower((unsigned char)*address);
    ret_key[length] = '\0';
    return length > 0 && *address == '\0';
}

static void add(struct addresses *addresses, const char *address, const char *id)
{
    char key[KEY_BYTES];
    if (!make_key(address, key))
        return;
    if (addresses->count == addresses->room) {
        addresses->room = addresses->room * 2 + 1;
        addresses->entries = realloc(addresses->entries, addresses->room * sizeof *addresses->entries);
        must(addresses->entries != NULL);
    }
    addresses->entries[addresses->count++] = (struct entry){arena_text(addresses->arena, key, strlen(key)), id};
}

static int compare(const void *a, const void *b)
{
    const struct entry *one = a, *other = b;
    return strcmp(one->key, other->key);
}

static void sort(struct addresses *addresses)
{
    if (addresses->count > 1)
        qsort(addresses->entries, addresses->count, sizeof *addresses->entries, compare);
    size_t kept = 0;
    for (size_t i = 0; i < addresses->count; i++) {
        struct entry *entry = &addresses->entries[i];
        struct entry *last = kept == 0 ? NULL : &addresses->entries[kept - 1];
        if (last == NULL || strcmp(last->key, entry->key) != 0)
            addresses->entries[kept++] = *entry;
        else if (last->id != NULL && strcmp(last->id, entry->id) != 0)
            last->id = NULL;
    }
    addresses->count = kept;
}

static void add_customer(struct addresses *addresses, const Tend__V1__Event *event)
{
    const Tend__V1__CustomerUpserted *customer = event->customer_upserted;
    const char *id = arena_text(addresses->arena, event->customer_id, strlen(event->customer_id));
    for (size_t i = 0; i < customer->n_contacts; i++) {
        add(addresses, customer->contacts[i]->email, id);
        add(addresses, customer->contacts[i]->phone, id);
    }
}

bool addresses_open(struct import *import, char *ret_error, struct addresses **ret_addresses)
{
    struct addresses *addresses = calloc(1, sizeof *addresses);
    must(addresses != NULL);
    addresses->arena = arena_open(ARENA_BLOCK, ARENA_LIMIT);
    struct import_item item;
    enum import_step step;
    while ((step = import_next(import, &item)) != IMPORT_END && step != IMPORT_FAILED)
        if (step == IMPORT_EVENT && item.event->body_case == TEND__V1__EVENT__BODY_CUSTOMER_UPSERTED)
            add_customer(addresses, item.event);
    if (step == IMPORT_FAILED) {
        snprintf(ret_error, IMPORT_ERROR_BYTES, "line %llu: %s", (unsigned long long)item.line, item.reason);
        addresses_close(&addresses);
        return false;
    }
    sort(addresses);
    *ret_addresses = addresses;
    return true;
}

void addresses_close(struct addresses **addresses)
{
    if (*addresses == NULL)
        return;
    arena_close(&(*addresses)->arena);
    free((*addresses)->entries);
    free(*addresses);
    *addresses = NULL;
}

const char *addresses_find(const struct addresses *addresses, const char *address)
{
    char key[KEY_BYTES];
    struct entry wanted = {key, NULL};
    if (addresses->count == 0 || !make_key(address, key))
        return NULL;
    const struct entry *found =
        bsearch(&wanted, addresses->entries, addresses->count, sizeof *addresses->entries, compare);
    return found == NULL ? NULL : found->id;
}
