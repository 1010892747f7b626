#include "services/tend/table.h"

#include "common/must.h"
#include "services/tend/jsonrow.h"
#include "services/tend/lines.h"
#include "services/tend/plain.h"

#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PARTED_BYTES = 4096 }; // of a row that cannot be read: enough to find its order's number

struct table {
    struct lines *lines;
    bool json;
    bool plain; // no header, parted by spaces
    char delimiter;
    struct csv_parser parser;
    char *header[TABLE_COLUMNS_MAX];
    size_t columns;
    uint64_t start_offset; // of the first row
    uint64_t start_line;
    unsigned unclosed; // rows with a quote that was never closed
    char reason[TABLE_ERROR_BYTES];

    // The row that is being read. `text` holds its fields one behind the other, each with a NUL.
    struct field fields[TABLE_COLUMNS_MAX + 1];
    size_t starts[TABLE_COLUMNS_MAX + 1];
    size_t count;
    char *text;
    size_t used;
    bool done;
    bool too_wide, too_long;
    char *raw; // of a row that runs over several lines
    size_t raw_used;
};

// libcsv hands over one field.
static void take_field(void *bytes, size_t length, void *context)
{
    struct table *table = context;
    if (length > TABLE_FIELD_MAX || table->used + length + 1 > TABLE_ROW_MAX)
        table->too_long = true;
    if (table->count == TABLE_COLUMNS_MAX)
        table->too_wide = true;
    if (table->too_long || table->too_wide)
        return;
    table->starts[table->count] = table->used;
    table->fields[table->count++].length = length;
    if (length > 0)
        memcpy(table->text + table->used, bytes, length);
    table->used += length;
    table->text[table->used++] = '\0';
}

// libcsv says that the row is whole.
static void end_row(int terminator, void *context)
{
    (void)terminator;
    ((struct table *)context)->done = true;
}

// Ready for a row. A row that was given up left the parser inside it.
static void start_row(struct table *table)
{
    if (table->parser.pstate != 0) {
        csv_free(&table->parser);
        must(csv_init(&table->parser, 0) == 0);
    }
    csv_set_delim(&table->parser, (unsigned char)table->delimiter);
    table->done = table->too_wide = table->too_long = false;
    table->count = table->used = table->raw_used = 0;
}

static bool is_gap(const struct table *table, char c)
{
    return (c == ' ' || c == '\t') && c != table->delimiter;
}

// A field between quotes, of which the first is at `from`. Returns what comes behind it and the spaces after it: its
// delimiter or the end. NULL when it is not as it should be, which is left to libcsv.
static const char *take_quoted(struct table *table, const char *from, const char *end)
{
    size_t used = 0;
    const char *text = ++from;
    while (from < end) {
        const char *quote = from;
        while (quote < end && *quote != '"')
            quote++;
        if (quote == end)
            return NULL;
        bool doubled = quote + 1 < end && quote[1] == '"';
        if (doubled || used > 0) {
            size_t length = (size_t)(quote - from) + doubled;
            memcpy(table->raw + used, from, length);
            used += length;
            text = table->raw;
        }
        from = quote + 1 + doubled;
        if (doubled)
            continue;
        take_field((void *)(uintptr_t)text, used > 0 ? used : (size_t)(quote - text), table);
        while (from < end && is_gap(table, *from))
            from++;
        return from == end || *from == table->delimiter ? from : NULL;
    }
    return NULL;
}

// The bytes up to the next delimiter, without spaces around them. NULL when there are quotes among them.
static const char *take_bare(struct table *table, const char *from, const char *end)
{
    const char *behind = from, *to;
    while (behind < end && *behind != table->delimiter)
        if (*behind++ == '"')
            return NULL;
    for (to = behind; to > from && is_gap(table, to[-1]);)
        to--;
    take_field((void *)(uintptr_t)from, (size_t)(to - from), table);
    return behind;
}

// Parts a row that is one line and whose quotes are in their places: what libcsv makes of it, several times faster.
// False when it is not, and nothing was taken.
static bool split(struct table *table, const char *text, size_t length)
{
    const char *end = text + length, *from = text;
    if (length > TABLE_ROW_MAX)
        return false;
    for (;;) {
        while (from < end && is_gap(table, *from))
            from++;
        if (from == end && table->count == 0 && table->used == 0)
            return true; // nothing but spaces: no row
        from = from < end && *from == '"' ? take_quoted(table, from, end) : take_bare(table, from, end);
        if (from == NULL) {
            table->count = table->used = 0;
            table->too_wide = table->too_long = false;
            return false;
        }
        if (from == end)
            break;
        from++;
    }
    table->done = true;
    return true;
}

static void feed(struct table *table, const char *bytes, size_t length)
{
    must(csv_parse(&table->parser, bytes, length, take_field, end_row, table) == length);
}

static enum table_step bad(struct table *table, struct row *row, const char *reason)
{
    snprintf(table->reason, sizeof table->reason, "%s", reason);
    row->reason = table->reason;
    return TABLE_BAD;
}

static enum table_step end_of_lines(struct table *table, struct row *row)
{
    const char *failure = lines_failure(table->lines);
    if (failure == NULL)
        return TABLE_END;
    bad(table, row, failure);
    return TABLE_FAILED;
}

// A quote swallows what follows: give the row up and go on behind its first line.
static enum table_step give_up(struct table *table, struct row *row, const struct line *first, const char *reason)
{
    if (++table->unclosed > TABLE_UNCLOSED_MAX) {
        bad(table, row, "has the thousandth quote that is never closed: this is no CSV, or --delimiter is wrong");
        return TABLE_FAILED;
    }
    lines_seek(table->lines, first->next_offset, first->number + 1);
    return bad(table, row, reason);
}

static enum table_step judge(struct table *table, struct row *row)
{
    for (size_t i = 0; i < table->count; i++)
        table->fields[i].text = table->text + table->starts[i];
    if (table->too_long)
        return bad(table, row, "has a field longer than 65,536 bytes");
    if (table->too_wide)
        return bad(table, row, "has more than 512 columns");
    size_t count = table->count;
    while (table->columns > 0 && count > table->columns && table->fields[count - 1].length == 0)
        count--;
    if (table->columns > 0 && count != table->columns) {
        snprintf(table->reason, sizeof table->reason, "has %zu column%s, the header has %zu", count,
                 count == 1 ? "" : "s", table->columns);
        row->reason = table->reason;
        return TABLE_BAD;
    }
    row->fields = table->fields;
    row->count = count;
    return TABLE_ROW;
}

static bool keep_raw(struct table *table, const struct line *line)
{
    if (table->raw_used + line->length + 1 > TABLE_ROW_MAX)
        return false;
    memcpy(table->raw + table->raw_used, line->text, line->length);
    table->raw_used += line->length;
    table->raw[table->raw_used++] = '\n';
    return true;
}

static void ignore_field(void *bytes, size_t length, void *context)
{
    (void)bytes;
    (void)length;
    (void)context;
}

static void ignore_row(int terminator, void *context)
{
    (void)terminator;
    (void)context;
}

// A stray quote is taken as it stands within a line. Over several lines it may be the end of a quote that was left open
// far above, so there every quote has to be in its place.
static bool quotes_match(const struct table *table)
{
    struct csv_parser strict;
    must(csv_init(&strict, CSV_STRICT) == 0);
    csv_set_delim(&strict, (unsigned char)table->delimiter);
    bool good = csv_parse(&strict, table->raw, table->raw_used, ignore_field, ignore_row, NULL) == table->raw_used;
    csv_free(&strict);
    return good;
}

// Reads lines until the row is whole. `columns` 0: any number of them.
static enum table_step next_csv(struct table *table, struct row *row)
{
    struct line first = {.text = ""}, line;
    start_row(table);
    bool begun = false, several = false;
    while (lines_next(table->lines, &line)) {
        if (!begun)
            first = line;
        row->line = first.number;
        row->offset = first.offset;
        if (line.trouble != LINE_GOOD && !begun)
            return bad(table, row, line_trouble_text(line.trouble));
        if (line.trouble != LINE_GOOD)
            return give_up(table, row, &first, "opens a quote, and a line that cannot be read follows");
        several = begun;
        if (begun || !split(table, line.text, line.length)) {
            feed(table, line.text, line.length);
            feed(table, "\n", 1);
        }
        begun = table->parser.pstate != 0;
        if (begun && table->parser.entry_pos > TABLE_FIELD_MAX)
            return give_up(table, row, &first, "opens a quote that is not closed within 65,536 bytes");
        if ((begun || several) && !keep_raw(table, &line))
            return give_up(table, row, &first, "is longer than a megabyte");
        if (!table->done)
            continue;
        enum table_step step = judge(table, row);
        if (several && (step == TABLE_BAD || !quotes_match(table)))
            return give_up(table, row, &first, "opens a quote that closes lines further down, where it does not fit");
        return step;
    }
    if (begun && lines_failure(table->lines) == NULL)
        return give_up(table, row, &first, "opens a quote that is never closed");
    return end_of_lines(table, row);
}

static bool is_blank(const struct line *line)
{
    return strspn(line->text, " \t") == line->length;
}

// The next line that holds something; false with `ret_step` when there is none, or none that can be read.
static bool next_line(struct table *table, struct row *row, struct line *ret_line, enum table_step *ret_step)
{
    do {
        if (!lines_next(table->lines, ret_line)) {
            *ret_step = end_of_lines(table, row);
            return false;
        }
    } while (ret_line->trouble == LINE_GOOD && is_blank(ret_line));
    row->line = ret_line->number;
    row->offset = ret_line->offset;
    if (ret_line->trouble != LINE_GOOD)
        *ret_step = bad(table, row, line_trouble_text(ret_line->trouble));
    return ret_line->trouble == LINE_GOOD;
}

static enum table_step next_plain(struct table *table, struct row *row)
{
    struct line line;
    enum table_step step;
    struct plain_part parts[PLAIN_COLUMNS];
    if (!next_line(table, row, &line, &step))
        return step;
    size_t count = plain_split(line.text, line.length, parts);
    if (count != PLAIN_COLUMNS) {
        snprintf(table->reason, sizeof table->reason, "has %zu column%s, the first row has %d", count,
                 count == 1 ? "" : "s", PLAIN_COLUMNS);
        row->reason = table->reason;
        return TABLE_BAD;
    }
    table->used = 0;
    for (size_t i = 0; i < PLAIN_COLUMNS; i++) {
        char *text = table->text + table->used;
        if (parts[i].length > TABLE_FIELD_MAX)
            return bad(table, row, "has a field longer than 65,536 bytes");
        memcpy(text, parts[i].text, parts[i].length);
        text[parts[i].length] = '\0';
        table->fields[i] = (struct field){text, parts[i].length};
        table->used += parts[i].length + 1;
    }
    row->fields = table->fields;
    row->count = PLAIN_COLUMNS;
    return TABLE_ROW;
}

static enum table_step next_json(struct table *table, struct row *row)
{
    struct line line;
    enum table_step step;
    if (!next_line(table, row, &line, &step))
        return step;
    struct json_row target = {(const char *const *)table->header, table->columns, table->fields, table->text,
                              TABLE_ROW_MAX};
    if (!json_row_read(line.text, line.length, &target, table->reason, sizeof table->reason)) {
        row->reason = table->reason;
        return TABLE_BAD;
    }
    row->fields = table->fields;
    row->count = table->columns;
    return TABLE_ROW;
}

enum table_step table_next(struct table *table, struct row *ret_row)
{
    *ret_row = (struct row){0};
    enum table_step step = table->json    ? next_json(table, ret_row)
                           : table->plain ? next_plain(table, ret_row)
                                          : next_csv(table, ret_row);
    ret_row->end = table_offset(table);
    return step;
}

// How many columns the delimiter parts the line into, quotes respected.
static size_t count_columns(const struct line *line, char delimiter)
{
    size_t columns = 1;
    bool quoted = false;
    for (size_t i = 0; i < line->length; i++) {
        if (line->text[i] == '"')
            quoted = !quoted;
        else if (line->text[i] == delimiter && !quoted)
            columns++;
    }
    return columns;
}

static char find_delimiter(const struct line *line)
{
    static const char candidates[] = {',', ';', '\t', '|'};
    char best = ',';
    for (size_t i = 1; i < sizeof candidates; i++)
        if (count_columns(line, candidates[i]) > count_columns(line, best))
            best = candidates[i];
    return best;
}

static bool complain(char *ret_error, const char *path, const char *reason)
{
    snprintf(ret_error, TABLE_ERROR_BYTES, "%s: %s", path, reason);
    return false;
}

static bool read_header(struct table *table, const struct table_options *options, char *ret_error)
{
    struct row row = {0};
    for (size_t i = 0; table->plain && i < PLAIN_COLUMNS; i++) {
        table->header[i] = strdup(plain_columns[i]);
        must(table->header[i] != NULL);
        table->columns = i + 1;
    }
    if (table->plain)
        return true;
    enum table_step step = next_csv(table, &row);
    if (step != TABLE_ROW) {
        snprintf(ret_error, TABLE_ERROR_BYTES, "%s: the header %s", options->path,
                 step == TABLE_END ? "is missing: the file is empty" : row.reason);
        return false;
    }
    for (size_t i = 0; i < row.count; i++) {
        table->header[i] = strdup(row.fields[i].text);
        must(table->header[i] != NULL);
    }
    table->columns = row.count;
    return true;
}

// Finds out what the file is and leaves the lines at the header, or at the first row of JSON.
static bool look(struct table *table, const struct table_options *options, char *ret_error)
{
    struct line line;
    do {
        if (!lines_next(table->lines, &line))
            return complain(ret_error, options->path, "the file is empty");
        if (line.trouble != LINE_GOOD)
            return complain(ret_error, options->path, line_trouble_text(line.trouble));
    } while (is_blank(&line));
    size_t start = strspn(line.text, " \t");
    table->delimiter = options->delimiter;
    if (line.length == 5 && strncmp(line.text, "sep=", 4) == 0) {
        if (table->delimiter == 0)
            table->delimiter = line.text[4];
        return true;
    }
    if (line.text[start] == '[')
        return complain(ret_error, options->path,
                        "a JSON array is not read here: write one object a line (JSON lines)");
    table->json = options->delimiter == 0 && line.text[start] == '{';
    table->plain = options->delimiter == 0 && plain_recognise(line.text, line.length);
    if (!table->json && table->delimiter == 0)
        table->delimiter = find_delimiter(&line);
    lines_seek(table->lines, line.offset, line.number);
    return true;
}

bool table_open(const struct table_options *options, char *ret_error, struct table **ret_table)
{
    struct table *table = calloc(1, sizeof *table);
    must(table != NULL);
    table->text = malloc(TABLE_ROW_MAX);
    table->raw = malloc(TABLE_ROW_MAX);
    must(table->text != NULL && table->raw != NULL && csv_init(&table->parser, 0) == 0);
    bool good = lines_open(options->path, options->encoding, ret_error, &table->lines) &&
                look(table, options, ret_error) && (table->json || read_header(table, options, ret_error));
    if (!good) {
        table_close(&table);
        return false;
    }
    lines_tell(table->lines, &table->start_offset, &table->start_line);
    *ret_table = table;
    return true;
}

void table_close(struct table **table)
{
    if (*table == NULL)
        return;
    for (size_t i = 0; i < (*table)->columns; i++)
        free((*table)->header[i]);
    csv_free(&(*table)->parser);
    lines_close(&(*table)->lines);
    free((*table)->text);
    free((*table)->raw);
    free(*table);
    *table = NULL;
}

bool table_json(const struct table *table)
{
    return table->json;
}

const char *const *table_columns(const struct table *table, size_t *ret_count)
{
    *ret_count = table->columns;
    return (const char *const *)table->header;
}

bool table_column(struct table *table, const char *name, size_t *ret_column)
{
    for (size_t i = 0; i < table->columns; i++) {
        if (strcmp(table->header[i], name) == 0) {
            *ret_column = i;
            return true;
        }
    }
    if (!table->json)
        return false;
    must(table->columns < TABLE_COLUMNS_MAX);
    table->header[table->columns] = strdup(name);
    must(table->header[table->columns] != NULL);
    *ret_column = table->columns++;
    return true;
}

void table_rewind(struct table *table)
{
    lines_seek(table->lines, table->start_offset, table->start_line);
    table->unclosed = 0;
}

void table_seek(struct table *table, uint64_t offset, uint64_t line)
{
    lines_seek(table->lines, offset, line);
}

size_t table_bytes(const struct table *table, uint64_t offset, char *bytes, size_t room)
{
    return lines_bytes(table->lines, offset, bytes, room);
}

size_t table_parts(struct table *table, const struct row *row, struct field *ret_parts)
{
    static const char around[] = " \"\r\n\t";
    size_t length = row->end - row->offset < PARTED_BYTES ? row->end - row->offset : PARTED_BYTES, count = 0;
    length = table_bytes(table, row->offset, table->raw, length);
    for (char *from = table->raw, *end = from + length; from <= end && count < TABLE_COLUMNS_MAX;) {
        char *to = memchr(from, table->delimiter, (size_t)(end - from)), *next;
        to = to == NULL ? end : to;
        next = to + 1;
        while (from < to && memchr(around, *from, sizeof around - 1) != NULL)
            from++;
        while (to > from && memchr(around, to[-1], sizeof around - 1) != NULL)
            to--;
        ret_parts[count++] = (struct field){from, (size_t)(to - from)};
        from = next;
    }
    return count;
}

void table_encode(const struct table *table, const char *text, char *ret_text, size_t room)
{
    lines_encode(table->lines, text, ret_text, room);
}

uint64_t table_start(const struct table *table)
{
    return table->start_offset;
}

uint64_t table_offset(const struct table *table)
{
    uint64_t offset, line;
    lines_tell(table->lines, &offset, &line);
    return offset;
}

uint64_t table_size(const struct table *table)
{
    return lines_size(table->lines);
}

const char *table_encoding(const struct table *table)
{
    return lines_encoding(table->lines);
}

int64_t table_changed_ms(const struct table *table)
{
    return lines_changed_ms(table->lines);
}

bool table_plain(const struct table *table)
{
    return table->plain;
}

char table_delimiter(const struct table *table)
{
    return table->json ? 0 : table->plain ? ' ' : table->delimiter;
}
