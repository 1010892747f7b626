// The life of an order at random, and what its shop says of it on the way: bodies in the shape of Shopify's and of
// WooCommerce's webhooks, which tell the order as it stands, or events of our own, which tell what happened. And what
// must come of it, from the life alone.
#ifndef TEND_TESTS_UNIT_ORDER_LIFE_H
#define TEND_TESTS_UNIT_ORDER_LIFE_H

#include "common/stamp.h"
#include "unit/dice.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum life_shape { LIFE_SHOPIFY, LIFE_WOOCOMMERCE, LIFE_NATIVE, LIFE_SHAPES };

enum {
    LIFE_GOODS_MAX = 4,
    LIFE_PAYBACKS_MAX = 4,
    LIFE_BODY_BYTES = 6000,
    LIFE_CUSTOMER_BYTES = 24,
    LIFE_DAY_S = 86400,
};

struct life_goods {
    int64_t cents;
    int ordered, left; // pieces; those that were taken off again before anything was paid are not left
};

enum life_bank { LIFE_UNDERWAY, LIFE_ARRIVED, LIFE_FAILED };

struct life_payback {
    int64_t cents, time_s;
    enum life_bank bank; // how far it has got
};

struct life {
    enum life_shape shape;
    int number;
    char customer[LIFE_CUSTOMER_BYTES]; // digits, or the address of a guest
    const char *currency;
    struct life_goods goods[LIFE_GOODS_MAX];
    size_t goods_count;
    struct life_payback paybacks[LIFE_PAYBACKS_MAX];
    size_t payback_count;
    int64_t placed_s, now_s, paid_s, shipped_s, delivered_s, cancelled_s; // since 1970, 0: not
    bool owes;                                                            // more was added after it was paid
    const char *beside;    // WooCommerce, which can undo it: "cancelled", "failed" or "trash"; NULL: none of them
    int64_t version_cents; // of the newest that anybody said
    const char *fact;      // the event that tells the last step
};

static inline int64_t life_gross(const struct life *life)
{
    int64_t cents = 495; // the postage
    for (size_t i = 0; i < life->goods_count; i++)
        cents += life->goods[i].cents * life->goods[i].left;
    return cents;
}

// What has arrived at the customer; or what is underway, too.
static inline int64_t life_paid_back(const struct life *life, bool underway)
{
    int64_t cents = 0;
    for (size_t i = 0; i < life->payback_count; i++) {
        const struct life_payback *payback = &life->paybacks[i];
        cents += payback->bank == LIFE_ARRIVED || (underway && payback->bank == LIFE_UNDERWAY) ? payback->cents : 0;
    }
    return cents;
}

// What the order brings in the end, in cents; whether it counts as bought.
static inline int64_t life_net(const struct life *life)
{
    int64_t net = life->version_cents - life_paid_back(life, false);
    return life->cancelled_s != 0 || net < 0 ? 0 : net;
}

static inline bool life_bought(const struct life *life)
{
    return life->cancelled_s == 0 && life->version_cents > 0;
}

// --- steps: each says whether it can be at all, and takes it

static inline bool life_alive(const struct life *life)
{
    return life->cancelled_s == 0 && life->beside == NULL;
}

static inline bool life_adds(struct life *life, struct dice *dice)
{
    if (!life_alive(life) || life->goods_count == LIFE_GOODS_MAX)
        return false;
    int pieces = 1 + (int)dice_throw(dice, 3);
    life->goods[life->goods_count++] = (struct life_goods){100 + dice_throw(dice, 20000), pieces, pieces};
    life->owes = life->paid_s != 0;
    life->fact = "orderAmended";
    return true;
}

static inline bool life_takes_off(struct life *life, struct dice *dice)
{
    struct life_goods *goods = &life->goods[dice_throw(dice, (int64_t)life->goods_count)];
    if (!life_alive(life) || (life->shape == LIFE_SHOPIFY && life->paid_s != 0) || goods->left == 0)
        return false;
    goods->left--;
    life->fact = "orderAmended";
    return true;
}

static inline bool life_pays(struct life *life, struct dice *dice)
{
    (void)dice;
    if (life->cancelled_s != 0 || (life->paid_s != 0 && !life->owes))
        return false;
    life->beside = NULL; // the money comes late
    life->paid_s = life->paid_s != 0 ? life->paid_s : life->now_s;
    life->owes = false;
    life->fact = "orderPaid";
    return true;
}

static inline bool life_ships(struct life *life, struct dice *dice)
{
    (void)dice;
    if (!life_alive(life) || life->paid_s == 0 || life->shipped_s != 0)
        return false;
    life->shipped_s = life->now_s;
    life->fact = "orderShipped";
    return true;
}

static inline bool life_delivers(struct life *life, struct dice *dice)
{
    (void)dice;
    if (!life_alive(life) || life->shipped_s == 0 || life->delivered_s != 0)
        return false;
    life->delivered_s = life->now_s;
    life->fact = "orderDelivered";
    return true;
}

// A part of what is left, or all of it. Of Shopify's, the bank may take its time.
static inline bool life_pays_back(struct life *life, struct dice *dice)
{
    int64_t left = life_gross(life) - life_paid_back(life, true);
    bool unpaid = life->shape == LIFE_WOOCOMMERCE; // it is paid on delivery, which nobody has noted yet
    if (!life_alive(life) || (life->paid_s == 0 && !unpaid) || life->owes || left <= 0 ||
        life->payback_count == LIFE_PAYBACKS_MAX)
        return false;
    struct life_payback *payback = &life->paybacks[life->payback_count++];
    *payback =
        (struct life_payback){dice_throw(dice, 3) == 0 ? left : 1 + dice_throw(dice, left), life->now_s,
                              life->shape == LIFE_SHOPIFY && dice_throw(dice, 3) == 0 ? LIFE_UNDERWAY : LIFE_ARRIVED};
    life->fact = "orderRefunded";
    return true;
}

static inline bool life_bank_says(struct life *life, struct dice *dice)
{
    for (size_t i = 0; i < life->payback_count; i++)
        if (life->paybacks[i].bank == LIFE_UNDERWAY) {
            life->paybacks[i].bank = dice_throw(dice, 2) == 0 ? LIFE_ARRIVED : LIFE_FAILED;
            return true;
        }
    return false;
}

static inline bool life_ends(struct life *life, struct dice *dice)
{
    if (!life_alive(life) || life->owes || dice_throw(dice, 2) == 0)
        return false;
    if (life->shape == LIFE_WOOCOMMERCE)
        life->beside = "cancelled";
    else
        life->cancelled_s = life->now_s;
    life->fact = "orderCancelled";
    return true;
}

// The payment fails, or somebody throws the order away; or all is well again.
static inline bool life_goes_aside(struct life *life, struct dice *dice)
{
    if (life->shape != LIFE_WOOCOMMERCE)
        return false;
    life->beside = life->beside != NULL ? NULL : life->paid_s == 0 && dice_throw(dice, 2) == 0 ? "failed" : "trash";
    return true;
}

typedef bool life_step(struct life *life, struct dice *dice);

static inline void life_start(struct life *life, enum life_shape shape, int number, int64_t now_s, struct dice *dice)
{
    *life = (struct life){.shape = shape, .number = number, .placed_s = now_s, .now_s = now_s, .fact = "orderPlaced"};
    life->currency = dice_throw(dice, 4) == 0 ? "EUR" : "USD";
    (void)life_adds(life, dice);
    life->fact = "orderPlaced";
    life->version_cents = life_gross(life);
}

// One step further, until `end_s` at the most; false when there was no step to take. What changes no amount may be said
// in the same second.
static inline bool life_goes_on(struct life *life, int64_t end_s, struct dice *dice)
{
    static life_step *const steps[] = {life_adds,     life_takes_off, life_pays,      life_pays, life_ships,
                                       life_delivers, life_pays_back, life_bank_says, life_ends, life_goes_aside};
    enum { STEPS = sizeof steps / sizeof *steps };
    bool hurries = dice_throw(dice, 8) == 0 && life->version_cents == life_gross(life);
    int64_t then_s = life->now_s;
    life->now_s += 1 + dice_throw(dice, 5 * LIFE_DAY_S);
    if (life->now_s > end_s)
        life->now_s = then_s + 1;
    life_step *step = steps[dice_throw(dice, STEPS)];
    if (hurries && (step == life_pays || step == life_ships || step == life_delivers))
        life->now_s = then_s;
    if (step(life, dice)) {
        life->version_cents = life->beside != NULL ? 0 : life_gross(life);
        return true;
    }
    life->now_s = then_s;
    return false;
}

// --- what is said

struct life_page {
    char *text;
    size_t used;
};

__attribute__((format(printf, 2, 3))) static inline void life_write(struct life_page *page, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int length = vsnprintf(page->text + page->used, LIFE_BODY_BYTES - page->used, format, list);
    va_end(list);
    assert_true(length >= 0 && page->used + (size_t)length < LIFE_BODY_BYTES);
    page->used += (size_t)length;
}

static inline void life_write_time(struct life_page *page, const char *key, int64_t time_s, bool zone)
{
    char text[STAMP_TEXT_BYTES];
    (void)stamp_print(time_s, 0, text);
    if (time_s == 0)
        life_write(page, ",\"%s\":null", key);
    else
        life_write(page, ",\"%s\":\"%.*s\"", key, zone ? (int)strlen(text) : 19, text);
}

static inline void life_write_cents(struct life_page *page, const char *key, int64_t cents)
{
    life_write(page, "\"%s\":\"%s%" PRId64 ".%02" PRId64 "\"", key, cents < 0 ? "-" : "", labs(cents) / 100,
               labs(cents) % 100);
}

static inline bool life_is_guest(const struct life *life)
{
    return strchr(life->customer, '@') != NULL;
}

static inline void life_write_shopify_order(struct life_page *page, const struct life *life)
{
    int64_t gross = life_gross(life), back = life_paid_back(life, true);
    bool paid = life->paid_s != 0;
    const char *status = !paid && life->cancelled_s != 0 ? "voided"
                         : !paid                         ? life->number % 2 == 0 ? "pending" : "authorized"
                         : back > 0                      ? back < gross ? "partially_refunded" : "refunded"
                         : life->owes                    ? "partially_paid"
                                                         : "paid";
    life_write(page, "\"financial_status\":\"%s\",\"total_tax\":\"0.00\",", status);
    life_write_cents(page, "total_price", gross);
    life_write(page, ",");
    life_write_cents(page, "current_total_price", !paid && life->cancelled_s != 0 ? 0 : gross - back);
    life_write(page, ",\"line_items\":[");
    for (size_t i = 0; i < life->goods_count; i++) {
        const struct life_goods *goods = &life->goods[i];
        life_write(page, "%s{\"id\":%zu,\"sku\":\"S%" PRId64 "\",\"title\":\"Goods %zu\",", i > 0 ? "," : "", i + 1,
                   goods->cents % 7, i);
        life_write_cents(page, "price", goods->cents);
        life_write(page, ",\"quantity\":%d,\"current_quantity\":%d}", goods->ordered, goods->left);
    }
    life_write(page, "]");
}

static inline void life_write_shopify(struct life_page *page, const struct life *life)
{
    static const char *const banks[] = {"pending", "success", "failure"};
    life_write(page, "{\"id\":%d,\"test\":false,\"currency\":\"%s\"", life->number, life->currency);
    life_write_time(page, "created_at", life->placed_s, true);
    life_write_time(page, "updated_at", life->now_s, true);
    life_write_time(page, "cancelled_at", life->cancelled_s, true);
    if (life_is_guest(life))
        life_write(page, ",\"email\":\"%s\",\"billing_address\":{\"name\":\"A Guest\",\"country_code\":\"DE\"},",
                   life->customer);
    else
        life_write(page, ",\"email\":\"of-%s@example.com\",\"customer\":{\"id\":%s},", life->customer, life->customer);
    life_write_shopify_order(page, life);
    // What is taken off before anything is paid is told as a refund without money.
    life_write(page, ",\"refunds\":[{\"id\":%d,\"transactions\":[],\"refund_line_items\":[", life->number);
    for (size_t i = 0; i < life->goods_count; i++)
        life_write(page, "%s{\"line_item_id\":%zu,\"quantity\":%d}", i > 0 ? "," : "", i + 1,
                   life->goods[i].ordered - life->goods[i].left);
    life_write(page, "]}");
    for (size_t i = 0; i < life->payback_count; i++) {
        const struct life_payback *payback = &life->paybacks[i];
        life_write(page, ",{\"id\":%d%zu", life->number, i);
        life_write_time(page, "created_at", payback->time_s, true);
        life_write(page, ",\"refund_line_items\":[],\"transactions\":[{\"id\":%d%zu,\"kind\":\"refund\",", life->number,
                   i);
        life_write(page, "\"status\":\"%s\",", banks[payback->bank]);
        life_write_cents(page, "amount", payback->cents);
        life_write_time(page, "created_at", payback->time_s, true);
        life_write(page, "}]}");
    }
    life_write(page, "],\"fulfillments\":[");
    if (life->shipped_s != 0) {
        life_write(page, "{\"id\":%d,\"status\":\"success\",\"shipment_status\":%s", life->number,
                   life->delivered_s != 0 ? "\"delivered\"" : "null");
        life_write_time(page, "created_at", life->shipped_s, true);
        life_write_time(page, "updated_at", life->delivered_s != 0 ? life->delivered_s : life->shipped_s, true);
        life_write(page, "}");
    }
    life_write(page, "]}");
}

static inline const char *life_woocommerce_status(const struct life *life)
{
    return life->beside != NULL                                                  ? life->beside
           : life->paid_s != 0 && life_paid_back(life, true) == life_gross(life) ? "refunded"
           : life->delivered_s != 0                                              ? "delivered"
           : life->shipped_s != 0                                                ? "completed"
           : life->paid_s != 0                                                   ? "processing"
           : life->number % 2 == 0                                               ? "pending"
                                                                                 : "on-hold";
}

static inline void life_write_woocommerce(struct life_page *page, const struct life *life)
{
    bool guest = life_is_guest(life);
    life_write(page, "{\"id\":%d,\"order_key\":\"wc_order_%d\",\"status\":\"%s\",\"currency\":\"%s\"", life->number,
               life->number, life_woocommerce_status(life), life->currency);
    life_write_time(page, "date_created_gmt", life->placed_s, false);
    life_write_time(page, "date_modified_gmt", life->now_s, false);
    life_write_time(page, "date_paid_gmt", life->paid_s, false);
    life_write_time(page, "date_completed_gmt", life->shipped_s, false);
    life_write(page, ",\"customer_id\":%s,\"billing\":{\"first_name\":\"A\",\"last_name\":\"Guest\",\"company\":\"\",",
               guest ? "0" : life->customer);
    life_write(page, "\"country\":\"DE\",\"state\":\"\",\"phone\":\"\",\"email\":\"%s%s\"},", guest ? "" : "of-",
               guest ? life->customer : "somebody@example.com");
    life_write_cents(page, "total", life_gross(life));
    life_write(page, ",\"line_items\":[");
    for (size_t i = 0, told = 0; i < life->goods_count; i++)
        if (life->goods[i].left > 0)
            life_write(page,
                       "%s{\"id\":%zu,\"name\":\"Goods\",\"product_id\":%zu,\"variation_id\":0,\"sku\":\"\","
                       "\"quantity\":%d,\"price\":%" PRId64 ".%02" PRId64 "}",
                       told++ > 0 ? "," : "", i + 1, i + 900, life->goods[i].left, life->goods[i].cents / 100,
                       life->goods[i].cents % 100);
    life_write(page, "],\"refunds\":[");
    for (size_t i = 0; i < life->payback_count; i++) {
        life_write(page, "%s{\"id\":%d%zu,\"reason\":\"\",", i > 0 ? "," : "", life->number, i);
        life_write_cents(page, "total", -life->paybacks[i].cents);
        life_write(page, "}");
    }
    life_write(page, "]}");
}

// Whether the event tells the order whole.
static inline bool life_is_version(const char *fact)
{
    return strcmp(fact, "orderPlaced") == 0 || strcmp(fact, "orderAmended") == 0;
}

// An event of our own, by `source`, of an order that may be another's.
static inline void life_write_event(struct life_page *page, const struct life *life, const char *source,
                                    const char *fact, int count)
{
    life_write(page, "{\"id\":\"%d-%d\",\"source\":\"%s\",\"customerId\":\"%s\"", life->number, count, source,
               life->customer);
    life_write_time(page, "time", life->now_s, true);
    life_write(page, ",\"%s\":{\"orderId\":\"%d\"", fact, life->number);
    if (life_is_version(fact)) {
        life_write(page, ",\"currency\":\"%s\",", life->currency);
        life_write_cents(page, "total", life->version_cents);
    } else if (strcmp(fact, "orderRefunded") == 0) {
        const struct life_payback *payback = &life->paybacks[life->payback_count - 1];
        life_write(page, ",\"amount\":\"%" PRId64 ".%02" PRId64 " %s\"", payback->cents / 100, payback->cents % 100,
                   life->currency);
    }
    life_write(page, "}}");
}

// What the order's own shop says of it now, in `ret_text` of LIFE_BODY_BYTES; `count`: how much it has said before.
static inline void life_tell(const struct life *life, int count, char *ret_text)
{
    struct life_page page = {ret_text, 0};
    if (life->shape == LIFE_SHOPIFY)
        life_write_shopify(&page, life);
    else if (life->shape == LIFE_WOOCOMMERCE)
        life_write_woocommerce(&page, life);
    else
        life_write_event(&page, life, "erp", life->fact, count);
}

#endif
