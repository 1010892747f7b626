// One JSON object as a row of a table: strings as they are, numbers and true and false as text, null as empty, an array
// of these joined by ";".
#ifndef TEND_TEND_JSONROW_H
#define TEND_TEND_JSONROW_H

#include "services/tend/table.h"

// What is to be filled: one field for each column, its text in `text`.
struct json_row {
    const char *const *columns;
    size_t count;
    struct field *fields;
    char *text;
    size_t room;
};

// The text of a column that an object leaves out: empty, and known by where it is.
extern const char json_row_absent[1];

// Reads one object. False with a reason that goes on after the place ("is no JSON
// object: ..."): broken JSON, a nested object in a column, a field or row that is too long.
bool json_row_read(const char *text, size_t length, struct json_row *row, char *ret_reason, size_t reason_bytes);

#endif
