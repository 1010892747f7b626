#include "services/tend/storecheck.h"

#include "common/audit.h"
#include "common/must.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAP_BYTES ((size_t)32 << 30)

// Touches each byte, so that each page is read from the disk.
static void read_table(struct tx *tx, unsigned table, struct storecheck *check)
{
    struct cursor *cursor = cursor_open(tx, table);
    struct slice key, value;
    for (bool more = cursor_next(cursor, &key, &value); more; more = cursor_next(cursor, &key, &value)) {
        check->crc = hash_crc(check->crc, key.bytes, key.length);
        check->crc = hash_crc(check->crc, value.bytes, value.length);
        check->rows[table]++;
        check->bytes += key.length + value.length;
    }
    cursor_close(&cursor);
    if (tx_error(tx) == 0 && tx_count(tx, table) != check->rows[table])
        tx_fail(tx, STORE_DAMAGED);
}

static void read_all(struct store *store, size_t tables, struct storecheck *check)
{
    struct tx *tx = store_begin_read(store);
    struct journal journal;
    for (unsigned table = 0; table < tables && tx_error(tx) == 0; table++)
        read_table(tx, table, check);
    journal_load(tx, &journal);
    uint64_t bad = tx_error(tx) == 0 ? journal_verify(tx, &journal) : 0;
    uint64_t altered = tx_error(tx) == 0 ? audit_verify(tx) : 0;
    check->records = journal.last + 1 - journal.first;
    check->good = bad == 0 && altered == 0 && tx_error(tx) == 0;
    if (bad != 0)
        snprintf(check->trouble, sizeof check->trouble, "record %llu of its journal is damaged",
                 (unsigned long long)bad);
    else if (altered != 0)
        snprintf(check->trouble, sizeof check->trouble, "entry %llu of its audit log was altered",
                 (unsigned long long)altered);
    else if (!check->good)
        snprintf(check->trouble, sizeof check->trouble, "it cannot be read: %s", store_explain(tx_error(tx)));
    tx_abort(&tx);
}

static void check_here(const char *folder, const char *const *tables, size_t table_count, struct storecheck *check)
{
    struct store_options options = {
        .folder = folder, .tables = tables, .table_count = table_count, .map_bytes = MAP_BYTES};
    struct store_error error;
    struct store *store = NULL;
    if (!store_open_readonly(&options, &error, &store)) {
        snprintf(check->trouble, sizeof check->trouble, "%s", error.text);
        return;
    }
    read_all(store, STORE_TABLE_SERVICE + table_count, check);
    store_close(&store);
}

static bool take(int from, struct storecheck *ret_check)
{
    struct storecheck check;
    size_t got = 0;
    while (got < sizeof check) {
        ssize_t length = read(from, (uint8_t *)&check + got, sizeof check - got);
        if (length < 0 && errno == EINTR)
            continue;
        if (length <= 0)
            return false;
        got += (size_t)length;
    }
    *ret_check = check;
    return true;
}

void storecheck_run(const char *folder, const char *const *tables, size_t table_count, struct storecheck *ret_check)
{
    int ends[2], status = 0;
    must(pipe(ends) == 0);
    fflush(NULL);
    pid_t child = fork();
    must(child >= 0);
    if (child == 0) {
        static const int fatal[] = {SIGBUS, SIGSEGV, SIGABRT, SIGFPE, SIGILL};
        for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
            signal(fatal[i], SIG_DFL); // whoever handles them in the caller, here they only end the reader
        struct storecheck check;
        memset(&check, 0, sizeof check);
        check_here(folder, tables, table_count, &check);
        // As much as a pipe takes at once.
        _exit(write(ends[1], &check, sizeof check) == (ssize_t)sizeof check ? 0 : 1);
    }
    close(ends[1]);
    struct storecheck check = {.good = false};
    bool told = take(ends[0], &check);
    close(ends[0]);
    while (waitpid(child, &status, 0) < 0)
        must(errno == EINTR);
    if (!told && WIFSIGNALED(status))
        snprintf(check.trouble, sizeof check.trouble, "reading it ended the reader with signal %d", WTERMSIG(status));
    else if (!told)
        snprintf(check.trouble, sizeof check.trouble, "its reader ended with %d", WEXITSTATUS(status));
    *ret_check = check;
}
