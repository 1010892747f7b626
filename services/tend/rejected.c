#include "services/tend/rejected.h"

#include "common/arena.h"
#include "common/must.h"
#include "services/tend/lines.h"
#include "services/tend/seen.h"
#include "services/tend/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    PATH_ROOM = 4096,
    REASON_ROOM = 2048,
    PIECE = 1 << 16, // of a row that is copied without being looked at
};

const char *rejected_without(struct arena *arena, const char *line, size_t length, size_t *ret_length)
{
    const char *ours = memmem(line, length, REJECTED_MEMBER, sizeof REJECTED_MEMBER - 1);
    *ret_length = length;
    if (ours == NULL)
        return line;
    *ret_length = (size_t)(ours - line) + 1;
    char *text = arena_text(arena, line, *ret_length);
    text[*ret_length - 1] = '}';
    return text;
}

struct rejected {
    const char *path;
    const struct import *import;
    char aside[PATH_ROOM]; // until it is complete
    FILE *out;             // opened with the first row
    struct seen *written;  // by where a row begins
    char *row;             // TABLE_ROW_MAX bytes
    const char *ending;    // of lines
    bool json, bare;       // JSON lines; rows without a header
    bool again;            // the file itself is such a list: its last two columns are ours
    int failure;           // errno of the first write that failed
    uint64_t count;
};

struct rejected *rejected_open(const char *path, const struct import *import)
{
    struct rejected *rejected = calloc(1, sizeof *rejected);
    must(rejected != NULL);
    rejected->path = path;
    rejected->import = import;
    rejected->written = seen_open();
    rejected->row = malloc(TABLE_ROW_MAX);
    must(rejected->row != NULL);
    const struct table *table = import_table(import);
    rejected->json = table == NULL || table_json(table);
    rejected->bare = table != NULL && table_plain(table);
    size_t count = 0;
    const char *const *columns = table == NULL || rejected->json ? NULL : table_columns(table, &count);
    rejected->again =
        count > 2 && strcmp(columns[count - 2], "tend_line") == 0 && strcmp(columns[count - 1], "tend_reason") == 0;
    return rejected;
}

void rejected_close(struct rejected **rejected)
{
    if (*rejected == NULL)
        return;
    if ((*rejected)->out != NULL) {
        fclose((*rejected)->out);
        unlink((*rejected)->aside);
    }
    seen_close(&(*rejected)->written);
    free((*rejected)->row);
    free(*rejected);
    *rejected = NULL;
}

static size_t read_bytes(const struct rejected *rejected, uint64_t offset, char *bytes, size_t room)
{
    const struct table *table = import_table(rejected->import);
    return table != NULL ? table_bytes(table, offset, bytes, room)
                         : lines_bytes(import_lines(rejected->import), offset, bytes, room);
}

static void put(struct rejected *rejected, const char *bytes, size_t length)
{
    if (rejected->failure == 0 && fwrite(bytes, 1, length, rejected->out) != length)
        rejected->failure = errno;
}

static void put_text(struct rejected *rejected, const char *text)
{
    put(rejected, text, strlen(text));
}

// The bytes of a row or a header without the end of its last line.
static uint64_t without_end(const struct rejected *rejected, uint64_t offset, uint64_t end)
{
    char byte;
    while (end > offset && read_bytes(rejected, end - 1, &byte, 1) == 1 && (byte == '\n' || byte == '\r'))
        end--;
    return end;
}

// How lines end here, as the one before `end` does.
static const char *ending_before(const struct rejected *rejected, uint64_t end)
{
    char bytes[2] = "";
    if (end < 2 || read_bytes(rejected, end - 2, bytes, 2) != 2)
        return "\n";
    if (bytes[0] == '\r' && bytes[1] == '\n')
        return "\r\n";
    return bytes[1] == '\r' ? "\r" : "\n";
}

static char delimiter_of(const struct rejected *rejected)
{
    return table_delimiter(import_table(rejected->import));
}

static void copy(struct rejected *rejected, uint64_t offset, uint64_t end)
{
    while (offset < end) {
        size_t wanted = end - offset < PIECE ? (size_t)(end - offset) : PIECE;
        size_t got = read_bytes(rejected, offset, rejected->row, wanted);
        put(rejected, rejected->row, got);
        offset += got;
        if (got < wanted)
            return;
    }
}

static void begin(struct rejected *rejected)
{
    size_t length = (size_t)snprintf(rejected->aside, sizeof rejected->aside, "%s.new", rejected->path);
    rejected->out = length < sizeof rejected->aside ? fopen(rejected->aside, "wbe") : NULL;
    if (rejected->out == NULL) {
        rejected->failure = length < sizeof rejected->aside ? errno : ENAMETOOLONG;
        return;
    }
    const struct table *table = import_table(rejected->import);
    uint64_t start = table == NULL ? 0 : table_start(table);
    rejected->ending = ending_before(rejected, start);
    if (rejected->json || rejected->bare)
        return;
    copy(rejected, 0, without_end(rejected, 0, start));
    if (!rejected->again) {
        char titles[] = {delimiter_of(rejected), 't', 'e', 'n', 'd', '_', 'l', 'i', 'n', 'e',
                         delimiter_of(rejected), '\0'};
        put_text(rejected, titles);
        put_text(rejected, "tend_reason");
    }
    put_text(rejected, rejected->ending);
}

// The reason between quotes, as CSV or JSON writes them.
static void put_quoted(struct rejected *rejected, const char *text)
{
    char out[REASON_ROOM];
    const struct table *table = import_table(rejected->import);
    if (table != NULL)
        table_encode(table, text, out, sizeof out);
    else
        snprintf(out, sizeof out, "%s", text); // JSON
    put_text(rejected, "\"");
    for (const char *at = out; *at != '\0'; at++) {
        if (*at == '"' || (rejected->json && *at == '\\'))
            put_text(rejected, rejected->json ? "\\" : "\"");
        put(rejected, (unsigned char)*at < 0x20 ? " " : at, 1);
    }
    put_text(rejected, "\"");
}

// The length of a row without its last two columns, which are ours.
static size_t without_ours(const struct rejected *rejected, const char *row, size_t length)
{
    size_t last = length, before = length;
    bool quoted = false;
    for (size_t i = 0; i < length; i++) {
        if (row[i] == '"')
            quoted = !quoted;
        if (row[i] != delimiter_of(rejected) || quoted)
            continue;
        before = last;
        last = i;
    }
    return before;
}

static void put_csv(struct rejected *rejected, const struct stretch *row, uint64_t end, const char *reason)
{
    char number[32];
    size_t length = end - row->offset <= TABLE_ROW_MAX ? (size_t)(end - row->offset) : 0;
    if (rejected->again && length > 0) {
        length = read_bytes(rejected, row->offset, rejected->row, length);
        put(rejected, rejected->row, without_ours(rejected, rejected->row, length));
    } else {
        copy(rejected, row->offset, end);
    }
    snprintf(number, sizeof number, "%c%llu%c", delimiter_of(rejected), (unsigned long long)row->line,
             delimiter_of(rejected));
    put_text(rejected, number);
    put_quoted(rejected, reason);
}

static void put_json(struct rejected *rejected, const struct stretch *row, uint64_t end, const char *reason)
{
    char number[64];
    size_t length = end - row->offset <= TABLE_ROW_MAX ? (size_t)(end - row->offset) : 0;
    length = read_bytes(rejected, row->offset, rejected->row, length);
    const char *ours = memmem(rejected->row, length, REJECTED_MEMBER, sizeof REJECTED_MEMBER - 1);
    const char *brace = memrchr(rejected->row, '}', length);
    // What is no object takes no members.
    if (brace == NULL || length == 0 || rejected->row[0] != '{') {
        copy(rejected, row->offset, end);
        return;
    }
    put(rejected, rejected->row, (size_t)((ours != NULL ? ours : brace) - rejected->row));
    snprintf(number, sizeof number, REJECTED_MEMBER "%llu,\"tend_reason\":", (unsigned long long)row->line);
    put_text(rejected, number);
    put_quoted(rejected, reason);
    put_text(rejected, "}");
}

void rejected_add(struct rejected *rejected, const struct stretch *rows, size_t count, const char *column,
                  const char *reason)
{
    for (size_t i = 0; i < count; i++) {
        const struct stretch *row = &rows[i];
        // No two rows begin at one place, and a hash of places is one itself.
        if (!seen_add(rejected->written, row->offset))
            continue;
        if (rejected->out == NULL && rejected->failure == 0)
            begin(rejected);
        if (rejected->failure != 0)
            return;
        char text[REASON_ROOM / 2];
        const char *why = row->reason != NULL ? row->reason : reason == NULL ? "" : reason;
        const char *where = row->reason != NULL ? row->column : column;
        snprintf(text, sizeof text, "%s%s%s", where == NULL ? "" : where, where == NULL ? "" : ": ", why);
        uint64_t end = without_end(rejected, row->offset, row->end);
        if (rejected->bare)
            copy(rejected, row->offset, end);
        else if (rejected->json)
            put_json(rejected, row, end, text);
        else
            put_csv(rejected, row, end, text);
        put_text(rejected, rejected->ending);
        rejected->count++;
    }
}

// Moves what has the name aside.
static void keep_old(const struct rejected *rejected)
{
    char old[PATH_ROOM];
    if ((size_t)snprintf(old, sizeof old, "%s.old", rejected->path) < sizeof old)
        rename(rejected->path, old); // where there is none, there is nothing to keep
}

// Whether a list of ours has the name: its columns, or the members of its lines, say so.
static bool is_list(const struct rejected *rejected)
{
    FILE *file = fopen(rejected->path, "rbe");
    if (file == NULL)
        return false;
    _Static_assert((int)PIECE <= (int)TABLE_ROW_MAX, "the beginning of a list fits where rows do");
    size_t length = fread(rejected->row, 1, PIECE, file);
    fclose(file);
    return memmem(rejected->row, length, "tend_line", sizeof "tend_line" - 1) != NULL &&
           memmem(rejected->row, length, "tend_reason", sizeof "tend_reason" - 1) != NULL;
}

uint64_t rejected_finish(struct rejected *rejected, char *ret_error)
{
    ret_error[0] = '\0';
    if (rejected->out == NULL && rejected->failure == 0) {
        // Beside a file that came in whole, the list of an earlier try would say that rows are missing.
        if (is_list(rejected))
            keep_old(rejected);
        return 0;
    }
    if (rejected->out != NULL && fclose(rejected->out) != 0 && rejected->failure == 0)
        rejected->failure = errno;
    if (rejected->failure == 0) {
        keep_old(rejected);
        if (rename(rejected->aside, rejected->path) != 0)
            rejected->failure = errno;
    }
    if (rejected->failure != 0 && rejected->out != NULL)
        unlink(rejected->aside);
    rejected->out = NULL;
    if (rejected->failure == 0)
        return rejected->count;
    snprintf(ret_error, REJECTED_ERROR_BYTES, "%.300s cannot be written: %s", rejected->path,
             strerror(rejected->failure));
    return 0;
}
