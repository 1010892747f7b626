#include "services/tend/manifest.h"

#include "common/must.h"
#include "common/stamp.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    FORMAT = 1,
    STORE_FORMAT = 1, // of the tables, as the store's own
    PATH_BYTES = 1200,
    BLOCK_BYTES = 1024 * 1024,
};

static const char file_name[] = "manifest.json";

bool manifest_hash(const char *path, char *ret_hash, uint64_t *ret_bytes)
{
    uint8_t hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;
    uint8_t *block = malloc(BLOCK_BYTES);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    must(block != NULL);
    crypto_hash_sha256_init(&state);
    uint64_t bytes = 0;
    ssize_t length = file >= 0 ? 0 : -1;
    while (file >= 0 && (length = read(file, block, BLOCK_BYTES)) > 0) {
        crypto_hash_sha256_update(&state, block, (size_t)length);
        bytes += (uint64_t)length;
    }
    int error = errno;
    crypto_hash_sha256_final(&state, hash);
    if (file >= 0)
        close(file);
    free(block);
    errno = error;
    if (length != 0)
        return false;
    hash_hex(hash, sizeof hash, ret_hash);
    *ret_bytes = bytes;
    return true;
}

static json_t *hex(const uint8_t *bytes, size_t length)
{
    char text[2 * 32 + 1];
    must(length <= 32);
    hash_hex(bytes, length, text);
    return json_string(text);
}

static json_t *number(uint64_t value)
{
    return json_integer((json_int_t)value);
}

static json_t *moment(int64_t time_ms)
{
    char text[STAMP_TEXT_BYTES] = "";
    if (stamp_valid(time_ms / 1000, 0))
        stamp_print(time_ms / 1000, (int32_t)(time_ms % 1000) * 1000000, text);
    return json_string(text);
}

static json_t *positions_of(const struct storeset_member *member)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < member->upstreams; i++) {
        char name[LANE_NAME_BYTES];
        const struct position *position = &member->positions[i];
        lane_name(member->service->follows, (struct lane){i, member->upstreams}, name);
        json_array_append_new(list, json_pack("{s:s,s:o,s:o,s:o}", "journalOf", name, "journalId",
                                              hex(position->journal_id, JOURNAL_ID_BYTES), "seq", number(position->seq),
                                              "chain", hex(position->chain, HASH_BYTES)));
    }
    return list;
}

static json_t *store_of(const struct manifest_store *store, const struct storeset_member *member)
{
    static const char *const runtime[STORE_TABLE_SERVICE] = {"meta", "journal", "dead"};
    const struct journal *journal = &member->journal;
    json_t *tables = json_array();
    for (unsigned i = 0; i < STORE_TABLE_SERVICE + store->table_count; i++)
        json_array_append_new(tables,
                              json_pack("{s:s,s:o}", "table",
                                        i < STORE_TABLE_SERVICE ? runtime[i] : store->tables[i - STORE_TABLE_SERVICE],
                                        "rows", number(store->rows[i])));
    json_t *kept =
        json_pack("{s:o,s:o,s:o,s:o}", "id", hex(journal->id, JOURNAL_ID_BYTES), "first", number(journal->first),
                  "last", number(journal->last), "chain", hex(journal->last_chain, HASH_BYTES));
    return json_pack("{s:s,s:s,s:o,s:s,s:o,s:o,s:o,s:o}", "name", store->name, "service", member->service->name,
                     "bytes", number(store->file_bytes), "sha256", store->sha256, "newestTurn", moment(member->now_ms),
                     "journal", kept, "positions", positions_of(member), "tables", tables);
}

static bool flush(const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool good = file >= 0 && fsync(file) == 0;
    if (file >= 0)
        close(file);
    return good;
}

bool manifest_write(const char *folder, struct manifest *manifest, const struct storeset *set, char *ret_error,
                    size_t error_bytes)
{
    char path[PATH_BYTES];
    json_t *stores = json_array();
    for (unsigned i = 0; i < manifest->count; i++)
        json_array_append_new(stores, store_of(&manifest->stores[i], &set->members[i]));
    manifest->json =
        json_pack("{s:i,s:i,s:o,s:o,s:o}", "format", FORMAT, "storeFormat", STORE_FORMAT, "made",
                  moment(manifest->made_ms), "madeMs", json_integer((json_int_t)manifest->made_ms), "stores", stores);
    must(manifest->json != NULL);
    snprintf(path, sizeof path, "%s/%s", folder, file_name);
    if (json_dump_file(manifest->json, path, JSON_INDENT(1)) == 0 && flush(path) && flush(folder))
        return true;
    snprintf(ret_error, error_bytes, "%s cannot be written: %s", path, strerror(errno));
    return false;
}

static json_t *load(const char *folder)
{
    char path[PATH_BYTES];
    if (snprintf(path, sizeof path, "%s/%s", folder, file_name) >= PATH_BYTES)
        return NULL;
    json_t *json = json_load_file(path, 0, NULL);
    if (json_is_integer(json_object_get(json, "madeMs")) && json_is_array(json_object_get(json, "stores")))
        return json;
    json_decref(json);
    return NULL;
}

static bool copy_text(const json_t *json, const char *member, char *to, size_t bytes)
{
    const char *text = json_string_value(json_object_get(json, member));
    return text != NULL && text[0] != '\0' && snprintf(to, bytes, "%s", text) < (int)bytes;
}

static bool read_store(const json_t *json, struct manifest_store *store)
{
    const json_t *tables = json_object_get(json, "tables");
    size_t count = json_array_size(tables);
    bool good = copy_text(json, "name", store->name, sizeof store->name) &&
                copy_text(json, "sha256", store->sha256, sizeof store->sha256) && strchr(store->name, '/') == NULL &&
                count >= STORE_TABLE_SERVICE && count <= STORE_TABLES_MAX;
    if (!good)
        return false;
    store->file_bytes = (uint64_t)json_integer_value(json_object_get(json, "bytes"));
    store->table_count = count - STORE_TABLE_SERVICE;
    for (size_t i = 0; good && i < count; i++) {
        const json_t *table = json_array_get(tables, i);
        store->rows[i] = (uint64_t)json_integer_value(json_object_get(table, "rows"));
        if (i < STORE_TABLE_SERVICE)
            continue;
        good = copy_text(table, "table", store->tables[i - STORE_TABLE_SERVICE], MANIFEST_NAME_BYTES);
        store->table_names[i - STORE_TABLE_SERVICE] = store->tables[i - STORE_TABLE_SERVICE];
    }
    return good;
}

bool manifest_read(const char *folder, struct manifest *ret_manifest, char *ret_error, size_t error_bytes)
{
    memset(ret_manifest, 0, sizeof *ret_manifest);
    json_t *json = load(folder), *store;
    size_t i;
    if (json == NULL) {
        snprintf(ret_error, error_bytes, "%s holds no backup: there is no manifest.json of one in it", folder);
        return false;
    }
    bool good = json_integer_value(json_object_get(json, "format")) == FORMAT &&
                json_integer_value(json_object_get(json, "storeFormat")) == STORE_FORMAT &&
                json_array_size(json_object_get(json, "stores")) <= STORESET_MAX;
    ret_manifest->made_ms = json_integer_value(json_object_get(json, "madeMs"));
    json_array_foreach (json_object_get(json, "stores"), i, store)
        good = good && read_store(store, &ret_manifest->stores[ret_manifest->count++]);
    ret_manifest->json = json;
    if (good)
        return true;
    snprintf(ret_error, error_bytes, "the manifest of %s is of another version, or damaged", folder);
    manifest_close(ret_manifest);
    return false;
}

void manifest_close(struct manifest *manifest)
{
    json_decref(manifest->json);
    manifest->json = NULL;
}

bool manifest_moment(const char *folder, int64_t *ret_made_ms)
{
    json_t *json = load(folder);
    if (json == NULL)
        return false;
    *ret_made_ms = json_integer_value(json_object_get(json, "madeMs"));
    json_decref(json);
    return true;
}
