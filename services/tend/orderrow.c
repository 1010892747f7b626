#include "services/tend/orderrow.h"

#include "common/money.h"
#include "common/must.h"
#include "services/tend/addresses.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { PPM = 1000000, MILLI = 1000 };

static void read_later(struct reader *reader, size_t column, int64_t *ret_ms)
{
    *ret_ms = ORDER_NEVER;
    reader_time(reader, column, ret_ms);
}

// An amount of the whole order; its own currency must be that of the order.
static bool read_whole(struct reader *reader, size_t column, const char *currency, int64_t *ret_micros)
{
    char own[MONEY_CODE_BYTES];
    if (!reader_amount(reader, column, ret_micros, own))
        return false;
    if (own[0] != '\0' && strcmp(own, currency) != 0)
        reader_complain(reader, column, "is in %s, the order in %s", own, currency);
    return true;
}

static bool is_guest(const struct reader *reader)
{
    return (!reader_has(reader, ORDER_CUSTOMER) || reader_is(reader, ORDER_CUSTOMER, "0")) &&
           (reader_has(reader, ORDER_EMAIL) || reader_has(reader, ORDER_PHONE));
}

bool order_names_customer(const struct reader *reader)
{
    return is_guest(reader) || reader_has(reader, ORDER_CUSTOMER);
}

// Who has the address of the mail or else the telephone number, in a list of customers.
static const char *look_up(struct reader *reader, const char *email, const char *phone)
{
    const struct addresses *addresses = reader->binding->addresses;
    const char *id = addresses == NULL ? NULL : addresses_find(addresses, email);
    return id == NULL && addresses != NULL ? addresses_find(addresses, phone) : id;
}

// The customer's id: of a guest whom no list names the address of the mail in small letters, else the telephone number,
// as the shops' feeds have it.
static const char *read_customer(struct reader *reader, const char *email, const char *phone)
{
    bool guest = is_guest(reader);
    const char *listed = guest ? look_up(reader, email, phone) : NULL;
    if (listed != NULL)
        return listed;
    if (guest && email[0] == '\0')
        return phone;
    const char *id = guest ? email : reader_text(reader, ORDER_CUSTOMER);
    if (email[0] == '\0' || strcmp(id, email) != 0)
        return id;
    char *small = arena_text(reader->arena, id, strlen(id));
    for (char *at = small; *at != '\0'; at++)
        *at = (char)tolower((unsigned char)*at);
    return small;
}

struct order_head order_head_read(struct reader *reader, const struct order_head *first)
{
    bool same = first != NULL && !order_names_customer(reader);
    bool numbered = !reader->binding->numberless && (first == NULL || reader_has(reader, ORDER_ID));
    const char *email = reader_text(reader, ORDER_EMAIL), *phone = reader_text(reader, ORDER_PHONE);
    struct order_head head = {
        .id = numbered        ? reader_text(reader, ORDER_ID)
              : first != NULL ? first->id
                              : "",
        .customer = same ? first->customer : read_customer(reader, email, phone),
        .rep = reader_text(reader, ORDER_REP),
        .customer_name = reader_text(reader, ORDER_CUSTOMER_NAME),
        .email = email,
        .phone = phone,
        .region = reader_text(reader, ORDER_REGION),
        .currency = first != NULL && !reader_has(reader, ORDER_CURRENCY) ? first->currency
                                                                         : reader_currency(reader, ORDER_CURRENCY),
        .promised = reader_day(reader, ORDER_PROMISED),
    };
    if (first != NULL && !reader_has(reader, ORDER_TIME))
        head.time_ms = first->time_ms;
    else
        reader_time(reader, ORDER_TIME, &head.time_ms);
    read_later(reader, ORDER_PAID, &head.paid_ms);
    read_later(reader, ORDER_SHIPPED, &head.shipped_ms);
    read_later(reader, ORDER_DELIVERED, &head.delivered_ms);
    read_later(reader, ORDER_CANCELLED, &head.cancelled_ms);
    read_later(reader, ORDER_REFUNDED, &head.refunded_ms);
    head.totalled = read_whole(reader, ORDER_TOTAL, head.currency, &head.total);
    if (!head.totalled && first != NULL) {
        head.totalled = first->totalled;
        head.total = first->total;
    }
    head.refunds = read_whole(reader, ORDER_REFUND, head.currency, &head.refund);
    return head;
}

static bool in_range(int128 micros)
{
    return micros <= MONEY_MAX && micros >= -MONEY_MAX;
}

static int128 divide_rounded(int128 number, int128 by)
{
    int128 half = by / 2;
    return (number + (number < 0 ? -half : half)) / by;
}

// What the line is worth and what one piece costs, each from the other where it is not given.
static void value_item(struct reader *reader, struct order_item *item)
{
    int128 scale = (int128)item->quantity_milli * (PPM - (int64_t)item->discount_ppm);
    if (!item->valued && item->priced) {
        int128 total = divide_rounded(item->price * scale, (int128)MILLI * PPM);
        item->valued = in_range(total);
        item->total = item->valued ? (int64_t)total : 0;
        if (!item->valued)
            reader_complain(reader, ORDER_PRICE, "makes more than nine billion with the quantity");
    } else if (item->valued && !item->priced && scale > 0) {
        int128 price = divide_rounded((int128)item->total * MILLI * PPM, scale);
        item->priced = in_range(price);
        item->price = item->priced ? (int64_t)price : 0;
    }
}

static void read_cost(struct reader *reader, struct order_item *item, const char *currency)
{
    int64_t profit;
    item->costed = read_whole(reader, ORDER_COST, currency, &item->cost);
    if (item->costed || !read_whole(reader, ORDER_PROFIT, currency, &profit))
        return;
    if (!item->valued)
        reader_complain(reader, ORDER_PROFIT, "makes no cost without the line's total or price");
    else if (profit > item->total)
        reader_complain(reader, ORDER_PROFIT, "is more than the line's total");
    else if (in_range((int128)item->total - profit)) {
        item->cost = item->total - profit;
        item->costed = true;
    }
}

struct order_item *order_item_read(struct reader *reader, const struct order_head *head)
{
    const char *sku = reader_text(reader, ORDER_SKU), *name = reader_text(reader, ORDER_NAME);
    size_t sku_bytes = strlen(sku) + 1, name_bytes = strlen(name) + 1;
    struct order_item *item = calloc(1, sizeof *item + sku_bytes + name_bytes);
    must(item != NULL);
    item->sku = memcpy(item->text, sku, sku_bytes);
    item->name = memcpy(item->text + sku_bytes, name, name_bytes);
    int64_t quantity = MONEY_MICROS;
    reader_number(reader, ORDER_QUANTITY, &quantity);
    item->quantity_milli = (int64_t)divide_rounded(quantity, MILLI);
    if (item->quantity_milli <= 0)
        reader_complain(reader, ORDER_QUANTITY, "must be more than 0");
    item->discount_ppm = reader_share(reader, ORDER_DISCOUNT);
    item->priced = read_whole(reader, ORDER_PRICE, head->currency, &item->price);
    item->valued = read_whole(reader, ORDER_LINE_TOTAL, head->currency, &item->total);
    if (!reader_good(reader))
        return item;
    value_item(reader, item);
    read_cost(reader, item, head->currency);
    if (!item->valued && !head->totalled)
        reader_complain(reader, ORDER_LINE_TOTAL, "is empty, and so are price and order_total");
    return item;
}

bool order_return_read(struct reader *reader, const struct order_head *head, int64_t *ret_micros)
{
    int64_t quantity = 0, price = 0, total = 0;
    reader_number(reader, ORDER_QUANTITY, &quantity);
    bool priced = read_whole(reader, ORDER_PRICE, head->currency, &price);
    bool valued = read_whole(reader, ORDER_LINE_TOTAL, head->currency, &total);
    if (reader_good(reader) && !priced && !valued)
        reader_complain(reader, ORDER_LINE_TOTAL, "is empty, and so is price");
    int128 micros = valued ? (int128)total : divide_rounded((int128)quantity * price, PPM);
    micros = micros < 0 ? -micros : micros;
    if (reader_good(reader) && !in_range(micros))
        reader_complain(reader, ORDER_PRICE, "makes more than nine billion with the quantity");
    if (!reader_good(reader))
        return false;
    *ret_micros = (int64_t)micros;
    return true;
}
