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
    const char *all;    // names that the header has, all of them
    const char *key;    // NULL: the order's number stands in each row
    const char *status; // NULL: none; its words that say that nothing was sold are `voids`
    const char *voids;
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

// As two extensions export it, a row for each product; the shop itself has no such list.
static const struct layout_column woocommerce_orders[] = {
    {ORDER_ID, "order_id"},
    {ORDER_TIME, "order_date|date"},
    {ORDER_CUSTOMER, "customer_id|customer_user"},
    {ORDER_CUSTOMER_NAME, "billing_company|billing_full_name|billing_last_name"},
    {ORDER_EMAIL, "billing_email|customer_email"},
    {ORDER_PHONE, "billing_phone"},
    {ORDER_REGION, "billing_state"},
    {ORDER_SKU, "item_sku|item_product_id"},
    {ORDER_NAME, "item_name"},
    {ORDER_QUANTITY, "item_quantity"},
    {ORDER_LINE_TOTAL, "item_total"},
    {ORDER_TOTAL, "order_total"},
    {ORDER_CURRENCY, "order_currency"},
    {ORDER_PAID, "paid_date"},
    {ORDER_REFUND, "refunded_total"},
};

static const struct layout_column woocommerce_customers[] = {
    {CUSTOMER_ID, "customer_id"},
    {CUSTOMER_NAME, "billing_company"},
    {CUSTOMER_FIRST_NAME, "first_name|billing_first_name"},
    {CUSTOMER_LAST_NAME, "last_name|billing_last_name"},
    {CUSTOMER_REGION, "billing_state"},
    {CUSTOMER_CONTACT_PHONE, "billing_phone"},
    {CUSTOMER_CONTACT_EMAIL, "email|user_email|billing_email"},
    {CUSTOMER_COUNTRY, "billing_country"},
};

#define COLUMNS(array) .columns = (array), .count = sizeof(array) / sizeof *(array)

static const struct layout layouts[] = {
    {.name = "Shopify's orders",
     .kind = KIND_ORDERS,
     .all = "Name|Email|Created at|Total|Lineitem name|Lineitem quantity|Lineitem price",
     .key = "Name",
     COLUMNS(shopify_orders)},
    {.name = "Shopify's customers",
     .kind = KIND_CUSTOMERS,
     .all = "Customer ID|First Name|Last Name|Email|Total Spent",
     COLUMNS(shopify_customers)},
    {.name = "WooCommerce's orders",
     .kind = KIND_ORDERS,
     .all = "order_id|order_total|order_currency|status|billing_email",
     .status = "status",
     .voids = "cancelled|failed|trash|draft|checkout-draft|auto-draft|"
              "wc-cancelled|wc-failed|wc-trash|wc-checkout-draft",
     COLUMNS(woocommerce_orders)},
    {.name = "WooCommerce's customers",
     .kind = KIND_CUSTOMERS,
     .all = "customer_id|first_name|last_name|billing_company|billing_phone",
     COLUMNS(woocommerce_customers)},
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

bool layout_status(const struct layout *layout, const char *const *header, size_t count, size_t *ret_place)
{
    const char *names = layout->status;
    return names != NULL && place_next(&names, header, count, ret_place);
}

bool layout_void(const struct layout *layout, const char *status)
{
    size_t place;
    for (const char *words = layout->voids; words != NULL && *words != '\0';)
        if (place_next(&words, &status, 1, &place))
            return true;
    return false;
}
