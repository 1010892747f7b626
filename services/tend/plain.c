#include "services/tend/plain.h"

#include "common/moment.h"

const char *const plain_columns[PLAIN_COLUMNS] = {"customer_id", "time", "quantity", "total"};

enum { CUSTOMER, DAY, QUANTITY, AMOUNT, DAY_DIGITS = 8 };

static bool is_space(char letter)
{
    return letter == ' ' || letter == '\t';
}

static size_t digits_of(const char *text, size_t length)
{
    size_t digits = 0;
    while (digits < length && text[digits] >= '0' && text[digits] <= '9')
        digits++;
    return digits;
}

size_t plain_split(const char *text, size_t length, struct plain_part ret_parts[PLAIN_COLUMNS])
{
    size_t count = 0;
    for (size_t at = 0; at < length;) {
        if (is_space(text[at])) {
            at++;
            continue;
        }
        size_t start = at;
        while (at < length && !is_space(text[at]))
            at++;
        if (count < PLAIN_COLUMNS)
            ret_parts[count] = (struct plain_part){text + start, at - start};
        count++;
    }
    return count;
}

bool plain_recognise(const char *text, size_t length)
{
    struct plain_part parts[PLAIN_COLUMNS];
    struct moment moment;
    if (plain_split(text, length, parts) != PLAIN_COLUMNS)
        return false;
    const struct plain_part *amount = &parts[AMOUNT], *day = &parts[DAY];
    size_t whole = digits_of(amount->text, amount->length);
    bool decimal = whole > 0 && whole + 1 < amount->length && amount->text[whole] == '.' &&
                   digits_of(amount->text + whole + 1, amount->length - whole - 1) == amount->length - whole - 1;
    return decimal && parts[CUSTOMER].length <= PLAIN_ID_MAX &&
           digits_of(parts[CUSTOMER].text, parts[CUSTOMER].length) == parts[CUSTOMER].length &&
           digits_of(parts[QUANTITY].text, parts[QUANTITY].length) == parts[QUANTITY].length &&
           day->length == DAY_DIGITS && digits_of(day->text, day->length) == DAY_DIGITS &&
           moment_parse(NULL, day->text, day->length, &moment);
}
