// What can be imported, and the columns each kind has: our own names, what other systems in English and Chinese call
// them, and what they hold.
#ifndef TEND_TEND_KIND_H
#define TEND_TEND_KIND_H

#include <stdbool.h>
#include <stddef.h>

// In the order in which they are best imported: who works, who buys, what happened.
enum import_kind {
    KIND_REPS,
    KIND_CUSTOMERS,
    KIND_ORDERS,
    KIND_CONTRACTS,
    KIND_LEADS,
    KIND_CONTACTS,
    KIND_EVENTS,
    KINDS
};

enum column_type {
    COLUMN_TEXT,
    COLUMN_CODE,   // what somebody or something is known or called by: an id, a telephone number
    COLUMN_MOMENT, // a date, with or without a time
    COLUMN_DAY,
    COLUMN_YEARLY, // a day, its year perhaps not known
    COLUMN_NUMBER, // with decimals
    COLUMN_AMOUNT, // of money, with or without its currency
    COLUMN_SHARE,  // "0.15" or "15 %"
    COLUMN_COUNT,  // whole, not below zero
    COLUMN_WORD,   // one of a few
};

enum column_need {
    COLUMN_FREE = false,
    COLUMN_REQUIRED = true,
    COLUMN_TELLING, // a file may lack it, but is not guessed to be of the kind then
};

struct column {
    const char *name;
    enum column_type type;
    enum column_need need;
    const char *also; // other names of it, parted by '|'; one behind '~' counts only where no other name fits
    const char *help;
};

// An order line a row. Rows with the same order_id are one order, wherever in the file they stand.
enum order_column {
    ORDER_ID,
    ORDER_TIME,
    ORDER_CUSTOMER,
    ORDER_CUSTOMER_NAME,
    ORDER_EMAIL,
    ORDER_PHONE,
    ORDER_REP,
    ORDER_REGION,
    ORDER_SKU,
    ORDER_NAME,
    ORDER_QUANTITY,
    ORDER_PRICE,
    ORDER_DISCOUNT,
    ORDER_LINE_TOTAL,
    ORDER_TOTAL,
    ORDER_COST,
    ORDER_PROFIT,
    ORDER_CURRENCY,
    ORDER_PROMISED,
    ORDER_PAID,
    ORDER_SHIPPED,
    ORDER_DELIVERED,
    ORDER_CANCELLED,
    ORDER_REFUND,
    ORDER_REFUNDED,
    ORDER_COLUMNS
};

enum customer_column {
    CUSTOMER_ID,
    CUSTOMER_NAME,
    CUSTOMER_FIRST_NAME,
    CUSTOMER_LAST_NAME,
    CUSTOMER_REP,
    CUSTOMER_TYPE,
    CUSTOMER_REGION,
    CUSTOMER_BIRTHDAY,
    CUSTOMER_LUNAR,
    CUSTOMER_FOUNDING_DAY,
    CUSTOMER_SINCE,
    CUSTOMER_CONTACT_NAME,
    CUSTOMER_CONTACT_POST,
    CUSTOMER_CONTACT_PHONE,
    CUSTOMER_CONTACT_EMAIL,
    CUSTOMER_CONTACT_BIRTHDAY,
    CUSTOMER_CONTACT_LUNAR,
    CUSTOMER_CONTACT2_NAME,
    CUSTOMER_CONTACT2_POST,
    CUSTOMER_CONTACT2_PHONE,
    CUSTOMER_CONTACT2_EMAIL,
    CUSTOMER_CONTACT2_BIRTHDAY,
    CUSTOMER_CONTACT2_LUNAR,
    CUSTOMER_CREDIT_LIMIT,
    CUSTOMER_CREDIT_DAYS,
    CUSTOMER_CURRENCY,
    CUSTOMER_PARENT,
    CUSTOMER_LEAD_SOURCE,
    CUSTOMER_LANGUAGE,
    CUSTOMER_TIME_ZONE,
    CUSTOMER_COUNTRY,
    CUSTOMER_TIME,
    CUSTOMER_COLUMNS
};

enum rep_column {
    REP_ID,
    REP_NAME,
    REP_MANAGER,
    REP_TIME_ZONE,
    REP_LANGUAGES,
    REP_WORKING_HOURS,
    REP_GOLDEN_HOURS,
    REP_DAILY_CAPACITY,
    REP_WORKING_DAYS,
    REP_CHANNEL,
    REP_ADDRESS,
    REP_DEPUTY,
    REP_ROLE,
    REP_COUNTRY,
    REP_TIME,
    REP_COLUMNS
};

enum contact_column {
    CONTACT_ID,
    CONTACT_TIME,
    CONTACT_CUSTOMER,
    CONTACT_REP,
    CONTACT_CHANNEL,
    CONTACT_DIRECTION,
    CONTACT_OUTCOME,
    CONTACT_MINUTES,
    CONTACT_KEY_POINT,
    CONTACT_NEXT_AT,
    CONTACT_NOTE,
    CONTACT_AUTOMATIC,
    CONTACT_COLUMNS
};

enum lead_column {
    LEAD_TIME,
    LEAD_CUSTOMER,
    LEAD_REP,
    LEAD_STAGE,
    LEAD_INTENTION,
    LEAD_TEMPERATURE,
    LEAD_ORDER_DATE,
    LEAD_QUANTITY,
    LEAD_NEED,
    LEAD_POWER,
    LEAD_DECISION,
    LEAD_CREDIT,
    LEAD_SOURCE,
    LEAD_NOTE,
    LEAD_COLUMNS
};

enum contract_column {
    CONTRACT_ID,
    CONTRACT_CUSTOMER,
    CONTRACT_REP,
    CONTRACT_FROM,
    CONTRACT_TO,
    CONTRACT_VALUE,
    CONTRACT_CURRENCY,
    CONTRACT_TIME,
    CONTRACT_ENDED,
    CONTRACT_REASON,
    CONTRACT_COLUMNS
};

enum { COLUMNS_MAX = 32 }; // of any kind

// A header or map key that begins so names a field of the customer's file: "file.website".
#define KIND_FILE_PREFIX "file."

// "orders" and so on.
const char *kind_name(enum import_kind kind);

// False when there is no such kind.
bool kind_parse(const char *name, enum import_kind *ret_kind);

// Its columns; KIND_EVENTS has none: its rows are whole events as JSON.
const struct column *kind_columns(enum import_kind kind, size_t *ret_count);

// Whether two names are the same; capitals, spaces, '_' and '-' make no difference. The first one has `length` bytes.
bool kind_same_name(const char *one, size_t length, const char *other);

// Whether a header calls the column by its name or another one; capitals, spaces, '_' and '-' make no difference.
enum column_match { COLUMN_NO, COLUMN_WEAKLY, COLUMN_YES };
enum column_match column_matches(const struct column *column, const char *header);

// The kind whose required and telling columns the header has, and of these the one that knows most of the header. False
// when there is none.
bool kind_guess(const char *const *header, size_t count, enum import_kind *ret_kind);

#endif
