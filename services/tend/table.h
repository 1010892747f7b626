// A table in a file of any size, row by row: CSV with a header row, JSON lines with one flat object each, or rows
// without a header as plain.h knows them.
//
// The delimiter is told or found: of comma, semicolon, tab and bar the one that parts the header into most columns. A
// first line "sep=;", as Excel writes it, is obeyed. Quotes may hold delimiters and line ends. A quote that is never
// closed costs one row: reading goes on at the line after the one where the row began. Bad rows are told and passed
// over, never guessed.
#ifndef TEND_TEND_TABLE_H
#define TEND_TEND_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TABLE_FIELD_MAX = 65536, // bytes of one field: as much as one event may have
    TABLE_COLUMNS_MAX = 512,
    TABLE_ROW_MAX = 1 << 20,   // bytes of one row
    TABLE_UNCLOSED_MAX = 1000, // rows with a quote that is never closed; with more the file is no CSV
    TABLE_ERROR_BYTES = 400,
};

struct table;

struct table_options {
    const char *path;
    const char *encoding; // as in lines.h; NULL: found
    char delimiter;       // 0: found
};

struct field {
    const char *text; // UTF-8 with a NUL behind it; spaces around an unquoted one are taken off
    size_t length;
};

enum table_step {
    TABLE_ROW, // a row
    TABLE_BAD, // a row that cannot be read: line and reason say why; the next call goes on behind it
    TABLE_END,
    TABLE_FAILED, // reading cannot go on: reason says why
};

struct row {
    uint64_t line;              // where it begins, from 1
    uint64_t offset, end;       // of its first byte in the file, and of what comes behind its last line
    const struct field *fields; // one for each column; live until the next call
    size_t count;
    const char *reason; // of a bad row; begins like "has 7 columns, ..."
};

// Opens the file and reads its header. False with a sentence in `ret_error` (TABLE_ERROR_BYTES).
bool table_open(const struct table_options *options, char *ret_error, struct table **ret_table);

// Takes NULL.
void table_close(struct table **table);

// True when the file holds JSON lines. Its columns are those that were asked for; other members are passed over.
bool table_json(const struct table *table);

// The names of the columns, for messages. Of JSON lines: those that were asked for.
const char *const *table_columns(const struct table *table, size_t *ret_count);

// The column of exactly this name. False when the header does not have it. JSON lines have every column, empty where a
// row leaves it out; at most TABLE_COLUMNS_MAX are to be asked for.
bool table_column(struct table *table, const char *name, size_t *ret_column);

// The next row, good or bad. What the row points to lives until the next call.
enum table_step table_next(struct table *table, struct row *ret_row);

// Begins again at the first row.
void table_rewind(struct table *table);

// Goes on with the row that began there, as it said itself.
void table_seek(struct table *table, uint64_t offset, uint64_t line);

// Copies up to `room` bytes of the file as they are, from `offset` on. Returns how many there were.
size_t table_bytes(const struct table *table, uint64_t offset, char *bytes, size_t room);

// The parts of a row that cannot be read, as its first bytes show them when they are parted at every delimiter, without
// spaces and quotes around them: at most TABLE_COLUMNS_MAX. They live until the next row is read. Returns how many.
size_t table_parts(struct table *table, const struct row *row, struct field *ret_parts);

// A text as the file would write it; see lines_encode.
void table_encode(const struct table *table, const char *text, char *ret_text, size_t room);

// Where the first row begins in the file: what stands before it is the header, with its byte order mark.
uint64_t table_start(const struct table *table);

// How far reading has come, and the whole, in bytes of the file.
uint64_t table_offset(const struct table *table);
uint64_t table_size(const struct table *table);

// As in lines.h.
const char *table_encoding(const struct table *table);
int64_t table_changed_ms(const struct table *table);

// True for rows without a header; their columns have the names of plain_columns.
bool table_plain(const struct table *table);

// ',', ';' or tab; a space of rows without a header; 0 of JSON lines.
char table_delimiter(const struct table *table);

#endif
