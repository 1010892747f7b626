#include "services/tend/layout.h"

#include "common/must.h"

#include <string.h>

// Names are parted by '|', as in kind.c.
struct layout_column {
    size_t column;
    const char *names;
};

struct layout {
    const char *name;
    enum import_kind kind;
    const char *all; // names that the header has, all of them
    const char *key; // NULL: the order's number stands in each row
    const struct layout_column *columns;
    size_t count;
};

// No column names the customer: it is known by the address of its mail, as a guest is.
static const struct layout_column shopify_orders[] = {
    {ORDER_ID, "Id"},
    {ORDER_TIME, "Created at"},
    {ORDER_CUSTOMER_NAME, "Billing Company|Billing Name|Shipping Company|Shipping Name"},
    {ORDER_EMAIL, "Email"},
    {ORDER_PHONE, "Phone|Billing Phone|Shipping Phone"},
    {ORDER_REGION, "Billing Province Name|Shipping Province Name|Billing Province|Shipping Province"},
    {ORDER_SKU, "Lineitem sku"},
    {ORDER_NAME, "Lineitem name"},
    {ORDER_QUANTITY, "Lineitem quantity"},
    {ORDER_PRICE, "Lineitem price"},
    {ORDER_TOTAL, "Total"},
    {ORDER_CURRENCY, "Currency"},
    {ORDER_PAID, "Paid at"},
    {ORDER_SHIPPED, "Fulfilled at"},
    {ORDER_CANCELLED, "Cancelled at"},
    {ORDER_REFUND, "Refunded Amount"},
};

static const struct layout_column shopify_customers[] = {
    {CUSTOMER_ID, "Customer ID"},
    {CUSTOMER_NAME, "Default Address Company|Company"},
    {CUSTOMER_FIRST_NAME, "First Name"},
    {CUSTOMER_LAST_NAME, "Last Name"},
    {CUSTOMER_REGION, "Province|Default Address Province Code|Province Code"},
    {CUSTOMER_CONTACT_PHONE, "Phone|Default Address Phone"},
    {CUSTOMER_CONTACT_EMAIL, "Email"},
    {CUSTOMER_COUNTRY, "Default Address Country Code|Country Code|Country"},
};

#define COLUMNS(array) (array), sizeof(array) / sizeof *(array)

static const struct layout layouts[] = {
    {"Shopify's orders", KIND_ORDERS, "Name|Email|Created at|Total|Lineitem name|Lineitem quantity|Lineitem price",
     "Name", COLUMNS(shopify_orders)},
    {"Shopify's customers", KIND_CUSTOMERS, "Customer ID|First Name|Last Name|Email|Total Spent", NULL,
     COLUMNS(shopify_customers)},
};

// The place of one name of a list; moves on to the next one. False when the header does not have it.
static bool place_next(const char **names, const char *const *header, size_t count, size_t *ret_place)
{
    size_t length = strcspn(*names, "|");
    const char *name = *names;
    *names += length + (name[length] == '|');
    for (size_t i = 0; i < count; i++) {
        if (kind_same_name(name, length, header[i])) {
            *ret_place = i;
            return true;
        }
    }
    return false;
}

static bool has_all(const char *names, const char *const *header, size_t count)
{
    size_t place;
    while (*names != '\0')
        if (!place_next(&names, header, count, &place))
            return false;
    return true;
}

const struct layout *layout_find(const char *const *header, size_t count)
{
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++)
        if (has_all(layouts[i].all, header, count))
            return &layouts[i];
    return NULL;
}

enum import_kind layout_kind(const struct layout *layout)
{
    return layout->kind;
}

const char *layout_name(const struct layout *layout)
{
    return layout->name;
}

size_t layout_places(const struct layout *layout, size_t column, const char *const *header, size_t count,
                     size_t ret_places[LAYOUT_PLACES_MAX])
{
    size_t found = 0;
    for (size_t i = 0; i < layout->count; i++) {
        if (layout->columns[i].column != column)
            continue;
        for (const char *names = layout->columns[i].names; *names != '\0';) {
            must(found < LAYOUT_PLACES_MAX);
            found += place_next(&names, header, count, &ret_places[found]);
        }
    }
    return found;
}

bool layout_key(const struct layout *layout, const char *const *header, size_t count, size_t *ret_place)
{
    const char *names = layout->key;
    return names != NULL && place_next(&names, header, count, ret_place);
}
