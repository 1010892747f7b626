#include "services/tend/binding.h"

#include "common/must.h"
#include "common/nearest.h"
#include "common/zone.h"
#include "services/tend/amount.h"
#include "services/tend/unread.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAY_ROOM = 48 };

struct binder {
    struct binding *binding;
    struct table *table;
    const struct binding_options *options;
    char *error;
    bool taken[TABLE_COLUMNS_MAX]; // headers whose meaning the layout knows
};

static bool fail(struct binder *binder, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool fail(struct binder *binder, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(binder->error, MAP_ERROR_BYTES, format, arguments);
    va_end(arguments);
    return false;
}

static bool open_zone(struct binder *binder, const char *name, struct zone **ret_zone)
{
    if (zone_open(ZONE_DIRECTORIES, name, ret_zone))
        return true;
    return fail(binder, "\"%.80s\" is no time zone of this machine; names are like Europe/London (package tzdata)",
                name);
}

// The header that the map names.
static bool bind_source(struct binder *binder, const struct source *source, struct bound *bound)
{
    bound->present = true;
    bound->source = source;
    bound->value = source->value;
    bound->header = source->column;
    if (source->zone != NULL && !open_zone(binder, source->zone, &bound->zone))
        return false;
    if (source->column == NULL || table_column(binder->table, source->column, &bound->column))
        return true;
    size_t count;
    const char *const *headers = table_columns(binder->table, &count);
    const char *near = nearest_name(source->column, headers, count);
    char message[300];
    snprintf(message, sizeof message, "the file has no column \"%.80s\"%s%.80s%s", source->column,
             near == NULL ? "" : "; did you mean \"", near == NULL ? "" : near, near == NULL ? "" : "\"?");
    map_complain(binder->options->map, source, message, binder->error);
    return false;
}

// The one header that fits the column so well; false with the error said when there are two.
static bool find_header(struct binder *binder, const struct column *column, enum column_match match,
                        struct bound *bound)
{
    size_t count;
    const char *const *headers = table_columns(binder->table, &count);
    for (size_t i = 0; i < count; i++) {
        if (binder->taken[i] || column_matches(column, headers[i]) != match)
            continue;
        if (bound->present)
            return fail(binder, "\"%.80s\" and \"%.80s\" could both be %s: a map says which (--map FILE)",
                        headers[bound->column], headers[i], column->name);
        bound->present = true;
        bound->column = i;
    }
    return true;
}

// The header that calls our column by its own name, else the one that calls it by another.
static bool bind_header(struct binder *binder, const struct column *column, struct bound *bound)
{
    if (table_json(binder->table)) {
        bound->present = table_column(binder->table, column->name, &bound->column);
        bound->header = column->name;
        return true;
    }
    bound->present = table_column(binder->table, column->name, &bound->column) && !binder->taken[bound->column];
    for (enum column_match match = COLUMN_YES; match > COLUMN_NO && !bound->present; match--)
        if (!find_header(binder, column, match, bound))
            return false;
    size_t count;
    const char *const *headers = table_columns(binder->table, &count);
    bound->header = bound->present ? headers[bound->column] : NULL;
    return true;
}

static const struct source *source_of(const struct binder *binder, const char *name)
{
    size_t count = 0;
    const struct source *sources =
        binder->options->map == NULL ? NULL : map_sources(binder->options->map, binder->binding->kind, &count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(sources[i].name, name) == 0)
            return &sources[i];
    return NULL;
}

// True for a header that the map gives to another column of ours.
static bool taken_by_map(const struct binder *binder, const struct bound *bound)
{
    size_t count = 0;
    const struct source *sources =
        binder->options->map == NULL ? NULL : map_sources(binder->options->map, binder->binding->kind, &count);
    for (size_t i = 0; i < count; i++)
        if (bound->present && sources[i].column != NULL && strcmp(sources[i].column, bound->header) == 0)
            return true;
    return false;
}

// False for a shop's list of something else, unless a map says how it is meant.
static bool fits_layout(struct binder *binder, const struct layout *layout)
{
    size_t named = 0;
    if (binder->options->map != NULL)
        map_sources(binder->options->map, binder->binding->kind, &named);
    return named > 0 ||
           fail(binder, "is an export of %s: import it as %s", layout_name(layout), kind_name(layout_kind(layout)));
}

// What the layout knows of the table's columns, in all of ours.
static bool bind_layout(struct binder *binder)
{
    struct binding *binding = binder->binding;
    size_t count, places[LAYOUT_PLACES_MAX];
    const char *const *headers = table_columns(binder->table, &count);
    const struct layout *layout = table_json(binder->table) ? NULL : layout_find(headers, count);
    if (layout == NULL)
        return true;
    if (layout_kind(layout) != binding->kind)
        return fits_layout(binder, layout);
    binding->layout = layout;
    for (size_t i = 0; i < binding->count; i++) {
        struct bound *bound = &binding->columns[i];
        size_t found = layout_places(layout, i, headers, count, places);
        for (size_t j = 0; j < found; j++)
            binder->taken[places[j]] = true;
        for (size_t j = 1; j < found; j++)
            bound->others[bound->other_count++] = places[j];
        bound->present = found > 0;
        bound->column = found > 0 ? places[0] : 0;
        bound->header = found > 0 ? headers[places[0]] : NULL;
    }
    struct bound *key = &binding->key, *status = &binding->status;
    status->present = layout_status(layout, headers, count, &status->column);
    key->present = layout_key(layout, headers, count, &key->column);
    if (!key->present)
        return true;
    key->header = headers[key->column];
    key->name = "order_id";
    binder->taken[key->column] = true;
    if (!binding->columns[ORDER_ID].present)
        binding->columns[ORDER_ID] = *key;
    return true;
}

static bool bind_column(struct binder *binder, const struct column *column, struct bound *bound)
{
    const struct source *source = source_of(binder, column->name);
    bound->name = column->name;
    if (source != NULL) {
        *bound = (struct bound){.name = column->name};
        return bind_source(binder, source, bound);
    }
    if (bound->present)
        return true;
    if (!bind_header(binder, column, bound))
        return false;
    if (taken_by_map(binder, bound))
        bound->present = false;
    return true;
}

// Whether a table may lack a column that others must have.
static bool may_lack(struct binder *binder, size_t column)
{
    struct binding *binding = binder->binding;
    bool orders = binding->kind == KIND_ORDERS;
    binding->numberless = binding->numberless || (orders && column == ORDER_ID && table_plain(binder->table));
    return orders && (column == ORDER_ID ? binding->numberless
                                         : column == ORDER_CUSTOMER && binding->columns[ORDER_EMAIL].present);
}

static bool bind_columns(struct binder *binder)
{
    struct binding *binding = binder->binding;
    const struct column *columns = kind_columns(binding->kind, &binding->count);
    if (!bind_layout(binder))
        return false;
    for (size_t i = 0; i < binding->count; i++)
        if (!bind_column(binder, &columns[i], &binding->columns[i]))
            return false;
    for (size_t i = 0; i < binding->count; i++)
        if (columns[i].need == COLUMN_REQUIRED && !binding->columns[i].present && !may_lack(binder, i))
            return fail(binder, "the file has no column %s (%s): name theirs in a map (--map FILE)", columns[i].name,
                        columns[i].help);
    return true;
}

// Invoices are known by what their number is called, in the file itself.
static void bind_invoices(struct binder *binder)
{
    struct binding *binding = binder->binding;
    size_t count;
    const struct bound *number = &binding->columns[ORDER_ID];
    binding->invoices = binding->kind == KIND_ORDERS && number->present && number->header != NULL &&
                        column_matches(&kind_columns(KIND_ORDERS, &count)[ORDER_ID], number->header) == COLUMN_WEAKLY;
}

// With a column for the currency, or a constant, a sign such as $ beside an amount leaves nothing open.
static void bind_currency(struct binder *binder)
{
    struct binding *binding = binder->binding;
    for (size_t i = 0; i < binding->count; i++)
        if (strcmp(binding->columns[i].name, "currency") == 0 && binding->columns[i].present)
            binding->currency_told = binding->currency_told || !table_json(binder->table);
}

// NULL, and the error said, when there are too many.
static struct bound *add_file(struct binder *binder, const char *name)
{
    if (binder->binding->file_count == FILE_FIELDS_MAX) {
        fail(binder, "more than %d columns begin with %s", FILE_FIELDS_MAX, KIND_FILE_PREFIX);
        return NULL;
    }
    struct bound *bound = &binder->binding->files[binder->binding->file_count++];
    bound->name = name + strlen(KIND_FILE_PREFIX);
    return bound;
}

static bool is_file(const char *name)
{
    return strncmp(name, KIND_FILE_PREFIX, strlen(KIND_FILE_PREFIX)) == 0;
}

// Customers: "file.NAME" of the map, then of the header.
static bool bind_files(struct binder *binder)
{
    size_t count = 0;
    const struct source *sources =
        binder->options->map == NULL ? NULL : map_sources(binder->options->map, KIND_CUSTOMERS, &count);
    for (size_t i = 0; i < count; i++) {
        if (!is_file(sources[i].name))
            continue;
        struct bound *bound = add_file(binder, sources[i].name);
        if (bound == NULL || !bind_source(binder, &sources[i], bound))
            return false;
    }
    const char *const *headers = table_columns(binder->table, &count);
    for (size_t i = 0; i < count; i++) {
        if (table_json(binder->table) || !is_file(headers[i]) || source_of(binder, headers[i]) != NULL)
            continue;
        struct bound *bound = add_file(binder, headers[i]);
        if (bound == NULL)
            return false;
        bound->present = true;
        bound->header = headers[i];
        bound->column = i;
    }
    return true;
}

// False when a file of customers says nothing of them but who they are: its other columns have
// names that nobody knows.
static bool says_something(struct binder *binder)
{
    const struct binding *binding = binder->binding;
    bool says = binding->kind != KIND_CUSTOMERS || binding->file_count > 0;
    for (size_t i = 0; i < binding->count; i++)
        says =
            says || (binding->columns[i].present && i != CUSTOMER_ID && i != CUSTOMER_TIME && i != CUSTOMER_CURRENCY);
    if (says)
        return true;
    const char *header = binding->columns[CUSTOMER_ID].header;
    char *unread = NULL;
    size_t length;
    FILE *out = open_memstream(&unread, &length);
    must(out != NULL);
    unread_tell(binding, binder->table, false, out);
    fclose(out);
    fail(binder, "no column says anything of the customers but \"%.80s\"%s%.*s: name theirs in a map (--map FILE)",
         header == NULL ? "customer_id" : header, length > 0 ? "; " : "", (int)strcspn(unread, "\n"), unread);
    free(unread);
    return false;
}

static bool bind_zone(struct binder *binder)
{
    const char *name = binder->options->zone;
    if (binder->options->map != NULL && map_settings(binder->options->map, binder->binding->kind).zone != NULL)
        name = map_settings(binder->options->map, binder->binding->kind).zone;
    return open_zone(binder, name, &binder->binding->zone);
}

static void poll_row(const struct binding *binding, const struct column *columns, const struct row *row,
                     struct number_poll *poll)
{
    for (size_t i = 0; i < binding->count; i++) {
        const struct bound *bound = &binding->columns[i];
        enum column_type type = columns[i].type;
        if (!bound->present || bound->header == NULL ||
            (type != COLUMN_NUMBER && type != COLUMN_AMOUNT && type != COLUMN_SHARE))
            continue;
        struct field field = row->fields[bound->column];
        struct amount amount;
        if (field.length > 0 && amount_split(field.text, field.length, &amount))
            number_poll_add(poll, amount.digits, amount.length, row->line);
    }
}

static bool settle_decimal(struct binder *binder, const struct number_poll *poll)
{
    switch (number_poll_verdict(poll)) {
    case VERDICT_POINT:
        binder->binding->decimal = DECIMAL_POINT;
        return true;
    case VERDICT_COMMA:
        binder->binding->decimal = DECIMAL_COMMA;
        return true;
    case VERDICT_PLAIN:
        return true;
    case VERDICT_OPEN:
        return fail(binder,
                    "line %llu has a number that could be thousands or decimals, and no other tells which: say "
                    "--decimal point or --decimal comma",
                    (unsigned long long)poll->open_line);
    case VERDICT_MIXED:
        break;
    }
    return fail(
        binder,
        "line %llu writes decimals with a point, line %llu with a comma: say --decimal point or --decimal comma",
        (unsigned long long)poll->point_line, (unsigned long long)poll->comma_line);
}

static bool bind_decimal(struct binder *binder)
{
    struct binding *binding = binder->binding;
    const char *told = binder->options->map == NULL ? NULL : map_settings(binder->options->map, binding->kind).decimal;
    binding->decimal = binder->options->decimal;
    if (binding->decimal == DECIMAL_UNKNOWN && told != NULL) {
        if (strcmp(told, "point") != 0 && strcmp(told, "comma") != 0)
            return fail(binder, "the map's decimal is point or comma, not \"%.20s\"", told);
        binding->decimal = *told == 'p' ? DECIMAL_POINT : DECIMAL_COMMA;
    }
    if (binding->decimal == DECIMAL_UNKNOWN && table_json(binder->table))
        binding->decimal = DECIMAL_POINT;
    if (binding->decimal != DECIMAL_UNKNOWN)
        return true;
    const struct column *columns = kind_columns(binding->kind, &binding->count);
    struct number_poll poll = {0};
    struct row row;
    for (int i = 0; i < BINDING_SAMPLE_ROWS; i++) {
        enum table_step step = table_next(binder->table, &row);
        if (step == TABLE_END || step == TABLE_FAILED)
            break;
        if (step == TABLE_ROW)
            poll_row(binding, columns, &row, &poll);
    }
    table_rewind(binder->table);
    return settle_decimal(binder, &poll);
}

struct day_poll {
    bool seen, other;        // there are such days; there are others
    uint64_t open;           // the line of the first that could be read in two ways; 0: none
    char example[DAY_ROOM];  // it
    enum dayorder_hint told; // the first that says something
};

static void poll_days(const struct binding *binding, const struct column *columns, const struct row *row,
                      struct day_poll *poll)
{
    for (size_t i = 0; i < binding->count && poll->told == DAYORDER_NONE; i++) {
        const struct bound *bound = &binding->columns[i];
        bool day =
            columns[i].type == COLUMN_MOMENT || columns[i].type == COLUMN_DAY || columns[i].type == COLUMN_YEARLY;
        if (!bound->present || bound->header == NULL || !day ||
            (bound->source != NULL && bound->source->format != NULL))
            continue;
        struct field field = row->fields[bound->column];
        enum dayorder_hint hint = dayorder_hint(field.text, field.length);
        poll->seen = poll->seen || hint != DAYORDER_NONE;
        poll->other = poll->other || (hint == DAYORDER_NONE && field.length > 0);
        if (hint == DAYORDER_SAYS_MONTH || hint == DAYORDER_SAYS_DAY)
            poll->told = hint;
        if (hint != DAYORDER_OPEN || poll->open != 0)
            continue;
        poll->open = row->line;
        snprintf(poll->example, sizeof poll->example, "%s", field.text);
    }
}

// Looks on until a day says which number is the month, through the whole file if it must.
static bool bind_days(struct binder *binder)
{
    struct binding *binding = binder->binding;
    binding->dayorder = binder->options->dayorder;
    if (binding->dayorder != DAYORDER_UNKNOWN)
        return true;
    const struct column *columns = kind_columns(binding->kind, &binding->count);
    struct day_poll poll = {.told = DAYORDER_NONE};
    struct row row;
    enum table_step step = TABLE_ROW;
    for (uint64_t rows = 0; poll.told == DAYORDER_NONE && (rows < BINDING_SAMPLE_ROWS || poll.seen); rows++) {
        step = table_next(binder->table, &row);
        if (step == TABLE_END || step == TABLE_FAILED)
            break;
        if (step == TABLE_ROW)
            poll_days(binding, columns, &row, &poll);
    }
    table_rewind(binder->table);
    // One such day among others of another form is refused with its row.
    if (poll.told == DAYORDER_NONE && poll.open != 0 && poll.other && !binding->invoices)
        return true;
    if (poll.told == DAYORDER_NONE && poll.open != 0 && !binding->invoices)
        return fail(
            binder,
            "line %llu: \"%.40s\" could be a day of one month or of another, and no other date in the file tells "
            "which: say --dates day-first or --dates month-first, or name the format in a map",
            (unsigned long long)poll.open, poll.example);
    // The lists of invoices that name nothing else come from programs that write the month first.
    if (poll.seen)
        binding->dayorder = poll.told == DAYORDER_SAYS_DAY ? DAYORDER_DAY_FIRST : DAYORDER_MONTH_FIRST;
    return true;
}

bool binding_open(struct table *table, enum import_kind kind, const struct binding_options *options, char *ret_error,
                  struct binding **ret_binding)
{
    must(kind < KINDS && kind != KIND_EVENTS);
    struct binding *binding = calloc(1, sizeof *binding);
    must(binding != NULL);
    binding->kind = kind;
    binding->currency = options->currency;
    binding->currency_told = options->currency_told;
    binding->addresses = options->addresses;
    struct binder binder = {.binding = binding, .table = table, .options = options, .error = ret_error};
    bool good = bind_columns(&binder) && (kind != KIND_CUSTOMERS || bind_files(&binder)) && says_something(&binder) &&
                bind_zone(&binder) && bind_decimal(&binder);
    if (good)
        bind_invoices(&binder);
    if (good && bind_days(&binder)) {
        bind_currency(&binder);
        *ret_binding = binding;
        return true;
    }
    binding_close(&binding);
    return false;
}

void binding_close(struct binding **binding)
{
    if (*binding == NULL)
        return;
    for (size_t i = 0; i < COLUMNS_MAX; i++)
        zone_close(&(*binding)->columns[i].zone);
    for (size_t i = 0; i < FILE_FIELDS_MAX; i++)
        zone_close(&(*binding)->files[i].zone);
    zone_close(&(*binding)->zone);
    free(*binding);
    *binding = NULL;
}

void binding_describe(const struct binding *binding, const struct table *table, FILE *out)
{
    static const char *const decimals[] = {"none", "point", "comma"};
    static const char *const days[] = {"", ", the month before the day", ", the day before the month"};
    char delimiter = table_delimiter(table);
    const char *shape = delimiter == 0      ? "JSON lines"
                        : delimiter == '\t' ? "CSV parted by tabs"
                        : delimiter == ';'  ? "CSV parted by semicolons"
                        : delimiter == ','  ? "CSV parted by commas"
                        : delimiter == ' '  ? "rows without a header, parted by spaces; each is an order"
                                            : "CSV parted by ";
    char other[] = {strchr("\t;, ", delimiter) == NULL ? delimiter : '\0', '\0'};
    fprintf(out, "%s%s, %s, decimals: %s, times in %s%s\n", shape, other, table_encoding(table),
            decimals[binding->decimal], zone_name(binding->zone), days[binding->dayorder]);
    if (binding->invoices)
        fprintf(out, "a list of invoices: numbers with a C before them take back from earlier ones\n");
    if (binding->layout != NULL)
        fprintf(out, "columns as in an export of %s\n", layout_name(binding->layout));
    if (binding->kind == KIND_ORDERS && !binding->columns[ORDER_CUSTOMER].present)
        fprintf(out, "  %-20s the email, else the phone%s\n", "customer_id",
                binding->addresses == NULL ? "" : ", or the id that the list of customers has for these");
    size_t count;
    const char *const *headers = table_columns(table, &count);
    for (size_t i = 0; i < binding->count && delimiter != 0; i++) {
        const struct bound *bound = &binding->columns[i];
        if (!bound->present)
            continue;
        fprintf(out, "  %-20s %s%s%s", bound->name, bound->value != NULL ? "always " : "column \"",
                bound->value != NULL ? bound->value : bound->header, bound->value != NULL ? "" : "\"");
        for (size_t j = 0; j < bound->other_count; j++)
            fprintf(out, ", else \"%s\"", headers[bound->others[j]]);
        fputc('\n', out);
    }
}
