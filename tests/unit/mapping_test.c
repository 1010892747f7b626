// The mapping engine: every form of an expression.
#include "unit/mapping_rows.h"

#define LEFT_AND_BACK "{sum: [/left, {each: /back, where: [{at: /ok, is: [1]}], at: /m}]}"

static void expressions_find(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {WHAT("/a"), "{\"a\":\"x\"}", SAYS("x")},
        {WHAT("/a/b/0"), "{\"a\":{\"b\":[\"x\"]}}", SAYS("x")},
        {WHAT("/a/1"), "{\"a\":[1]}", IS("")},
        {WHAT("/a/01"), "{\"a\":[1,2]}", IS("")},
        {WHAT("/a~1b/~0"), "{\"a/b\":{\"~\":\"x\"}}", SAYS("x")},
        {WHAT("/"), "{\"\":\"x\"}", SAYS("x")},
        {WHAT("^/a"), "{\"a\":\"x\"}", SAYS("x")},
        {WHAT("/a"), "{\"a\":7}", SAYS("7")},
        {WHAT("/a"), "{\"a\":true}", SAYS("true")},
        {WHAT("/a"), "{\"a\":null}", IS("")},
        {WHAT("/a"), "{\"a\":\"\"}", IS("")},
        {WHAT("/a"), "{}", IS("")},
        {WHAT("/a"), "{\"a\":[]}", "error: rule 1 (need_lost), what: /a is a list where a single value belongs"},
        {WHAT("/a"), "{\"a\":{}}", "error: rule 1 (need_lost), what: /a is an object where a single value belongs"},
        {WHAT("[/a, /b]"), "{\"b\":\"x\"}", SAYS("x")},
        {WHAT("[/a, /b]"), "{\"a\":null,\"b\":\"x\"}", SAYS("x")},
        {WHAT("[/a, /b]"), "{\"a\":\"\",\"b\":\"x\"}", SAYS("x")},
        {WHAT("[/a, /b]"), "{\"a\":\"y\",\"b\":\"x\"}", SAYS("y")},
        {WHAT("[/a, {value: z}]"), "{}", SAYS("z")},
        {WHAT("{value: z}"), "{}", SAYS("z")},
        {WHAT("{at: /a}"), "{\"a\":\"x\"}", SAYS("x")},
        {WHAT("{at: [/b, /a]}"), "{\"a\":\"x\"}", SAYS("x")},
        {WHAT("{header: X-Store}"), "{}", SAYS("north")},
        {WHAT("{header: X-Other}"), "{}", IS("")},
        {WHAT("{query: rep}"), "{}", SAYS("wang")},
        {WHAT("{text: \"a{/x}b{^/y}c\"}"), "{\"x\":1,\"y\":\"2\"}", SAYS("a1b2c")},
        {WHAT("{text: \"{{{/x}}}\"}"), "{\"x\":1}", SAYS("{1}")},
        {WHAT("{text: \"a{/x}\"}"), "{}", IS("")},
        {WHAT("{text: \"a{/x}\", default: none}"), "{}", SAYS("none")},
        {WHAT("{sum: /a/*/b}"), "{\"a\":[{\"b\":\"1.10\"},{\"b\":2.20},{\"c\":1},{\"b\":null}]}", SAYS("3.30")},
        {WHAT("{sum: /a/*/b}"), "{\"a\":[]}", IS("")},
        {WHAT("{sum: /a/*/b}"), "{\"a\":7}", "error: rule 1 (need_lost), what: /a is no list"},
        {WHAT("{sum: /a/*/b}"), "{\"a\":[{\"b\":\"x\"}]}",
         "error: rule 1 (need_lost), what: /a/0/b is no number that can be added"},
        // What is left, and what went back: only what did go counts.
        {WHAT(LEFT_AND_BACK),
         "{\"left\":\"7.00\",\"back\":[{\"ok\":1,\"m\":2.5},{\"ok\":0,\"m\":9},{\"ok\":1,\"m\":\"0.50\"}]}",
         SAYS("10.00")},
        {WHAT(LEFT_AND_BACK), "{\"left\":\"7.00\"}", SAYS("7.00")},
        {WHAT(LEFT_AND_BACK), "{\"back\":[{\"ok\":1,\"m\":2.5}]}", IS("")},
        {WHAT(LEFT_AND_BACK), "{\"left\":1,\"back\":[{\"ok\":1,\"m\":\"x\"}]}",
         "error: rule 1 (need_lost), what: /back/0 is no number that can be added"},
    };
    CHECK(rows);
}

static void expressions_change(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {WHAT("{at: /a, values: {paid: yes, 1: one}}"), "{\"a\":\"paid\"}", SAYS("yes")},
        {WHAT("{at: /a, values: {paid: yes, 1: one}}"), "{\"a\":1}", SAYS("one")},
        {WHAT("{at: /a, values: {paid: yes}}"), "{\"a\":\"open\"}",
         "error: rule 1 (need_lost), what: /a is \"open\", which `values` does not know"},
        {WHAT("{at: /a, values: {paid: yes}}"), "{}", IS("")},
        {WHAT("{at: /a, values: {paid: yes}, other: no}"), "{\"a\":\"open\"}", SAYS("no")},
        {WHAT("{at: /a, values: {paid: yes}, other: }"), "{\"a\":\"open\"}", IS("")},
        // Every other case, also that nothing is there; unless that has a word of its own.
        {WHAT("{at: /a, values: {paid: yes}, other: no}"), "{}", SAYS("no")},
        {WHAT("{at: /a, values: {paid: yes}, other: no}"), "{\"a\":null}", SAYS("no")},
        {WHAT("{at: /a, values: {paid: yes}, other: no}"), "{\"a\":\"\"}", SAYS("no")},
        {WHAT("{at: /a, unless: [0], values: {paid: yes}, other: no}"), "{\"a\":0}", SAYS("no")},
        {WHAT("{at: /a, values: {paid: yes}, other: no, default: none}"), "{}", SAYS("none")},
        {WHAT("{at: /a, values: {paid: }, other: no}"), "{\"a\":\"paid\"}", IS("")},
        {WHAT("{at: /a, values: {paid: yes}, other: }"), "{}", IS("")},
        {WHAT("{at: /a, lower: true}"), "{\"a\":\" \\tLi.Na+x@Atelier.EXAMPLE \\n\"}", SAYS("li.na+x@atelier.example")},
        {WHAT("{at: /a, lower: true}"), "{\"a\":\"\u00c4B\"}", SAYS("\u00c4b")},
        {WHAT("[{at: /a, lower: true}, /b]"), "{\"a\":\"  \",\"b\":\"B\"}", SAYS("B")},
        {WHAT("{at: /a, values: {paid: }, default: d}"), "{\"a\":\"paid\"}", SAYS("d")},
        {WHAT("[{at: /a, unless: [0, false]}, /b]"), "{\"a\":0,\"b\":\"x\"}", SAYS("x")},
        {WHAT("[{at: /a, unless: [0, false]}, /b]"), "{\"a\":false}", IS("")},
        {WHAT("[{at: /a, unless: [0, false]}, /b]"), "{\"a\":5,\"b\":\"x\"}", SAYS("5")},
        {WHAT("{at: /a, default: d}"), "{}", SAYS("d")},
        {WHAT("{at: /a, default: d}"), "{\"a\":\"x\"}", SAYS("x")},
        {WHAT("{at: /a, required: true}"), "{}",
         "error: rule 1 (need_lost), what: /a is missing, and the mapping requires it"},
        {WHAT("{at: [/a, /b], required: true}"), "{}",
         "error: rule 1 (need_lost), what: /a, else /b is missing, and the mapping requires it"},
        {WHAT("{at: /a, minor: 2}"), "{\"a\":1999}", SAYS("19.99")},
        {WHAT("{at: /a, minor: 2}"), "{\"a\":\"5\"}", SAYS("0.05")},
        {WHAT("{at: /a, minor: 2, negate: true}"), "{\"a\":-5}", SAYS("0.05")},
        {WHAT("{at: /a, negate: true}"), "{\"a\":\"10.00\"}", SAYS("-10.00")},
        {WHAT("{at: /a, negate: true}"), "{\"a\":\"x\"}", "error: rule 1 (need_lost), what: /a is no number: \"x\""},
        {WHAT("{at: /a, day: true}"), "{\"a\":\"2026-05-16T20:00:00Z\"}", SAYS("2026-05-17")},
        {WHAT("{at: /a, day: true, zone: UTC}"), "{\"a\":\"2026-05-16T20:00:00Z\"}", SAYS("2026-05-16")},
        {WHAT("{at: /a, day: true, time: unix_ms}"), "{\"a\":1778961600000}", SAYS("2026-05-17")},
        {WHAT("{at: /a, day: true, time: unix_days}"), "{\"a\":20590}", SAYS("2026-05-17")},
        {WHAT("{at: /a, day: true, time: D.M.YYYY}"), "{\"a\":\"17.5.2026\"}", SAYS("2026-05-17")},
        {WHAT("{at: /a, day: true}"), "{\"a\":\"soon\"}", "error: rule 1 (need_lost), what: /a is no time: \"soon\""},
        // What spreadsheets and shops leave in texts.
        {WHAT("/a"), "{\"a\":\"  x \\u00a0\"}", SAYS("x")},
        {WHAT("/a"), "{\"a\":\"x\\r\\ny\\u0007z\"}", SAYS("x\\ny z")},
        {WHAT("/a"), "{\"a\":\"   \"}", IS("")},
    };
    CHECK(rows);
}

#define WORTH                                                                                                      \
    "{at: /a, exchange: {of: [/c, ^/buyer], into: ^/shop, from: {at: ^/theirs/a, currency: ^/theirs/c}, to: {at: " \
    "^/ours/a, currency: ^/ours/c}}}"
#define RATE "\"shop\":\"EUR\",\"theirs\":{\"a\":\"149.87\",\"c\":\"CAD\"},\"ours\":{\"a\":\"100.00\",\"c\":\"EUR\"}"

// An amount in the buyer's currency counts in the shop's, at the rate that the body itself names; else it is an error.
static void amounts_are_exchanged(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {WHAT(WORTH), "{\"a\":\"149.87\",\"c\":\"CAD\"," RATE "}", SAYS("100.00")},
        {WHAT(WORTH), "{\"a\":\"10\",\"c\":\"CAD\"," RATE "}", SAYS("6.67")},
        {WHAT(WORTH), "{\"a\":\"-10\",\"c\":\"CAD\"," RATE "}", SAYS("-6.67")},
        {WHAT(WORTH), "{\"a\":\"10.5\",\"c\":\"EUR\"," RATE "}", SAYS("10.5")},
        {WHAT(WORTH), "{\"a\":\"10.5\",\"c\":\"EUR\",\"shop\":\"EUR\"}", SAYS("10.5")},
        {WHAT(WORTH), "{\"a\":\"10.5\"," RATE "}", SAYS("10.5")},
        {WHAT(WORTH), "{\"a\":\"10\",\"buyer\":\"CAD\"," RATE "}", SAYS("6.67")},
        {WHAT(WORTH),
         "{\"a\":\"10\",\"c\":\"JPY\",\"shop\":\"EUR\",\"theirs\":{\"a\":\"160\",\"c\":\"JPY\"},"
         "\"ours\":{\"a\":\"1\",\"c\":\"EUR\"}}",
         SAYS("0.00")}, // with the decimals that the shop's own amount has
        {WHAT(WORTH), "{\"a\":\"10\",\"c\":\"GBP\"," RATE "}",
         "error: rule 1 (need_lost), what: /a is in GBP, and the body does not say what that is in EUR"},
        {WHAT(WORTH), "{\"a\":\"10\",\"c\":\"CAD\",\"shop\":\"EUR\"}",
         "error: rule 1 (need_lost), what: /a is in CAD, and the body does not say what that is in EUR"},
        {WHAT(WORTH),
         "{\"a\":\"10\",\"c\":\"CAD\",\"shop\":\"EUR\",\"theirs\":{\"a\":\"0\",\"c\":\"CAD\"},"
         "\"ours\":{\"a\":\"0\",\"c\":\"EUR\"}}",
         "error: rule 1 (need_lost), what: /a is in CAD, and the body does not say what that is in EUR"},
        {WHAT(WORTH), "{\"a\":\"x\",\"c\":\"CAD\"," RATE "}",
         "error: rule 1 (need_lost), what: /a is no number: \"x\""},
        {WHAT(WORTH),
         "{\"a\":8999999999,\"c\":\"CAD\",\"shop\":\"EUR\",\"theirs\":{\"a\":1,\"c\":\"CAD\"},"
         "\"ours\":{\"a\":8999999999,\"c\":\"EUR\"}}",
         "error: rule 1 (need_lost), what: /a is too much"},
        {WHAT("{sum: [/left, {each: /back, at: " WORTH "}]}"),
         "{\"left\":\"1.00\",\"back\":[{\"a\":10,\"c\":\"CAD\"},{\"a\":5,\"c\":\"EUR\"}]," RATE "}", SAYS("12.67")},
        {WHAT("{sum: [/left, {each: /back, at: " WORTH "}]}"),
         "{\"left\":\"1.00\",\"back\":[{\"a\":10,\"c\":\"GBP\"}]," RATE "}",
         "error: rule 1 (need_lost), what: /back/0/a is in GBP, and the body does not say what that is in EUR"},
    };
    CHECK(rows);
}

// What is there only as long as conditions hold, and conditions that compare two places.
static void expressions_depend(void **state)
{
    (void)state;
#define LEFT                                                                                                          \
    "{sum: [/n, {each: ^/back, where: [{lacks: /paid}], at: {sum: {each: /parts, where: [{at: /of, same: /id}], at: " \
    "{at: /n, negate: true}}}}]}"
    static const char lines[] = "events: [{event: order_placed, id: {value: i}, time: {value: 2026-05-17T00:00:00Z}, "
                                "fields: {lines: {each: /l, where: [{at: " LEFT ", not: [0.00]}], fields: {sku: /id, "
                                "quantity: " LEFT "}}}}]";
#define LINES(list) \
    "{\"id\":\"i\",\"source\":\"shop\",\"time\":\"2026-05-17T00:00:00Z\",\"order_placed\":{\"lines\":[" list "]}}"
    static const struct row rows[] = {
        {WHAT("[{at: /a, when: [{at: /b, is: [1]}]}, {value: z}]"), "{\"a\":\"x\",\"b\":1}", SAYS("x")},
        {WHAT("[{at: /a, when: [{at: /b, is: [1]}]}, {value: z}]"), "{\"a\":\"x\",\"b\":2}", SAYS("z")},
        {WHAT("{at: /a, when: {has: /b}, default: d}"), "{\"a\":\"x\"}", SAYS("d")},
        {WHAT("{at: /a, when: {has: /b}, required: true}"), "{\"a\":\"x\"}",
         "error: rule 1 (need_lost), what: /a is missing, and the mapping requires it"},
        {WHAT("{at: /a, when: {at: /a, same: /b}}"), "{\"a\":\"7\",\"b\":7}", SAYS("7")},
        {WHAT("{at: /a, when: {at: /a, same: /b}}"), "{\"a\":\"7\",\"b\":8}", IS("")},
        {WHAT("{at: /c, when: {at: /a, same: /b}}"), "{\"c\":1}", IS("")}, // nothing is like nothing
        {lines,
         "{\"l\":[{\"id\":1,\"n\":3},{\"id\":2,\"n\":2},{\"id\":3,\"n\":4}],\"back\":[{\"parts\":[{\"of\":1,\"n\":1},"
         "{\"of\":2,\"n\":2}]},{\"parts\":[{\"of\":1,\"n\":1}]},{\"paid\":1,\"parts\":[{\"of\":3,\"n\":1}]}]}",
         LINES("{\"sku\":\"1\",\"quantity_milli\":\"1000\"},{\"sku\":\"3\",\"quantity_milli\":\"4000\"}")},
        {"events: [{event: order_paid, when: [{at: /a, same: /b}], fields: {order_id: /o}}]",
         "{\"a\":1,\"b\":2,\"o\":3}",
         "error: the body fits no rule: rule 1 (order_paid): /a is \"1\", wanted is what stands at /b"},
    };
    CHECK(rows);
}

#define PAID(amount)                                                                                             \
    "events: [{event: order_paid, id: {value: i}, time: {value: 2026-05-17T00:00:00Z}, fields: {order_id: /id, " \
    "amount: " amount "}}]"
#define PAID_IS(id, amount)                                                                                  \
    "{\"id\":\"i\",\"source\":\"shop\",\"time\":\"2026-05-17T00:00:00Z\",\"order_paid\":{\"order_id\":\"" id \
    "\",\"amount\":\"" amount "\"}}"

// No number goes through a double: 0.1 + 0.2 and ids beyond 2^53 stay what they are.
static void numbers_are_exact(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {PAID("/a"), "{\"id\":820982911946154508,\"a\":\"19.99\"}", PAID_IS("820982911946154508", "19.99 CNY")},
        {PAID("/a"), "{\"id\":9223372036854775807,\"a\":19.99}", PAID_IS("9223372036854775807", "19.99 CNY")},
        {PAID("/a"), "{\"id\":99999999999999999999,\"a\":0.1}", PAID_IS("99999999999999999999", "0.10 CNY")},
        {PAID("/a"), "{\"id\":-7,\"a\":1234567890.123456}", PAID_IS("-7", "1234567890.123456 CNY")},
        {PAID("/a"), "{\"id\":1,\"a\":8999999999.999999}", PAID_IS("1", "8999999999.999999 CNY")},
        {PAID("/a"), "{\"id\":1,\"a\":41.913600000000004}", PAID_IS("1", "41.9136 CNY")},
        {PAID("/a"), "{\"id\":1,\"a\":1.0E+2}", PAID_IS("1", "100.00 CNY")},
        {PAID("/a"), "{\"id\":1,\"a\":12e-1}", PAID_IS("1", "1.20 CNY")},
        {PAID("/a"), "{\"id\":1,\"a\":\"1,280.50\"}", PAID_IS("1", "1280.50 CNY")},
        {PAID("/a"), "{\"id\":1,\"a\":\"12 USD\"}", PAID_IS("1", "12.00 USD")},
        {PAID("/a"), "{\"id\":1,\"a\":\"12.5 rmb\"}", PAID_IS("1", "12.50 CNY")},
        {PAID("/a"), "{\"id\":1,\"a\":\"free\"}",
         "error: rule 1 (order_paid), amount: /a is no amount of money: \"free\""},
        {PAID("/a"), "{\"id\":1,\"a\":1e99}", "error: rule 1 (order_paid), amount: /a is no amount of money: \"1e99\""},
        {PAID("{at: /a, currency: /c}"), "{\"id\":1,\"a\":5,\"c\":\"eur\"}", PAID_IS("1", "5.00 EUR")},
        {PAID("{at: /a, currency: EUR}"), "{\"id\":1,\"a\":5}", PAID_IS("1", "5.00 EUR")},
        {"currency: USD\n" PAID("/a"), "{\"id\":1,\"a\":5}", PAID_IS("1", "5.00 USD")},
        {"currency: /c\n" PAID("/a"), "{\"id\":1,\"a\":5,\"c\":\"GBP\"}", PAID_IS("1", "5.00 GBP")},
        {"currency: /c\n" PAID("/a"), "{\"id\":1,\"a\":5}", PAID_IS("1", "5.00 CNY")},
        {PAID("/a"), "{\"id\":01,\"a\":5}", "error: the body is no JSON: line 1: invalid token near '0'"},
    };
    CHECK(rows);
}

static void currencies_of_orders(void **state)
{
    (void)state;
    static const struct row rows[] = {
        // A rule's currency goes to each amount.
        {"events: [{event: order_placed, id: {value: i}, time: /t, currency: /c, fields: {order_id: /id, total: /a}}]",
         "{\"id\":1,\"a\":\"5\",\"c\":\"USD\",\"t\":\"2026-05-17\"}",
         "{\"id\":\"i\",\"source\":\"shop\",\"time\":\"2026-05-17T04:00:00Z\",\"order_placed\":{\"order_id\":\"1\","
         "\"total\":\"5.00 USD\"}}"},
        // Where the order names its currency, its amounts need not, in whatever order the file lists them.
        {"events: [{event: order_placed, id: {value: i}, time: /t, fields: {total: /a, currency: /c, order_id: /id}}]",
         "{\"id\":1,\"a\":\"5\",\"c\":\"usd\",\"t\":\"2026-05-17\"}",
         "{\"id\":\"i\",\"source\":\"shop\",\"time\":\"2026-05-17T04:00:00Z\",\"order_placed\":{\"order_id\":\"1\","
         "\"total\":\"5.00\",\"currency\":\"USD\"}}"},
    };
    CHECK(rows);
}

#define TIMED(time) "events: [{event: order_shipped, id: {value: i}, time: " time ", fields: {order_id: {value: o}}}]"
#define AT(time) "{\"id\":\"i\",\"source\":\"shop\",\"time\":\"" time "\",\"order_shipped\":{\"order_id\":\"o\"}}"

static void times(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {TIMED("/t"), "{\"t\":\"2026-05-17T09:30:00+08:00\"}", AT("2026-05-17T01:30:00Z")},
        {TIMED("/t"), "{\"t\":\"2026-05-17T09:30:00.123+08:00\"}", AT("2026-05-17T01:30:00.123Z")},
        {TIMED("/t"), "{\"t\":\"2026-05-17 09:30:00.123456\"}", AT("2026-05-17T01:30:00.123456Z")},
        {TIMED("/t"), "{\"t\":\"2026-05-17T09:30:00\"}", AT("2026-05-17T01:30:00Z")},
        {TIMED("{at: /t, zone: UTC}"), "{\"t\":\"2026-05-17T09:30:00\"}", AT("2026-05-17T09:30:00Z")},
        {"zone: UTC\n" TIMED("/t"), "{\"t\":\"2026-05-17T09:30:00\"}", AT("2026-05-17T09:30:00Z")},
        {TIMED("/t"), "{\"t\":\"2026-05-17\"}", AT("2026-05-17T04:00:00Z")},
        {TIMED("{at: /t, time: M/D/YYYY H:mm A}"), "{\"t\":\"5/7/2026 1:05 PM\"}", AT("2026-05-07T05:05:00Z")},
        {TIMED("{at: /t, time: unix}"), "{\"t\":1779010200}", AT("2026-05-17T09:30:00Z")},
        // How a time is written may differ from part to part, or be said of all.
        {TIMED("[{at: /u, time: unix}, /t]"), "{\"u\":1779010200}", AT("2026-05-17T09:30:00Z")},
        {TIMED("[{at: /u, time: unix}, /t]"), "{\"t\":\"2026-05-17\"}", AT("2026-05-17T04:00:00Z")},
        {TIMED("{at: [/u, /t], time: unix}"), "{\"t\":1779010200}", AT("2026-05-17T09:30:00Z")},
        {TIMED("[/u, /t]"), "{\"t\":\"x\"}", "error: rule 1 (order_shipped), time: /t is no time: \"x\""},
        {TIMED("{at: /t, time: unix}"), "{\"t\":1779010200.5}", AT("2026-05-17T09:30:00.500Z")},
        {TIMED("{at: /t, time: unix_ms}"), "{\"t\":1779010200001}", AT("2026-05-17T09:30:00.001Z")},
        {TIMED("{at: /t, time: unix_ms}"), "{\"t\":\"1779010200001\"}", AT("2026-05-17T09:30:00.001Z")},
        {TIMED("{at: /t, time: unix_us}"), "{\"t\":1779010200000001}", AT("2026-05-17T09:30:00.000001Z")},
        {TIMED("{at: /t, time: unix_days}"), "{\"t\":20590}", AT("2026-05-17T12:00:00Z")},
        // The clocks jump from 2:00 to 3:00: what never was is the first instant behind the gap.
        {TIMED("{at: /t, zone: Europe/Berlin}"), "{\"t\":\"2026-03-29 02:30:00\"}", AT("2026-03-29T01:00:00Z")},
        // And back from 3:00 to 2:00: the first of the two.
        {TIMED("{at: /t, zone: Europe/Berlin}"), "{\"t\":\"2026-10-25 02:30:00\"}", AT("2026-10-25T00:30:00Z")},
        {TIMED("/t"), "{\"t\":\"yesterday\"}", "error: rule 1 (order_shipped), time: /t is no time: \"yesterday\""},
        {TIMED("/t"), "{\"t\":1779010200}", "error: rule 1 (order_shipped), time: /t is no time: \"1779010200\""},
        {TIMED("{at: /t, time: unix}"), "{\"t\":-5}", "error: rule 1 (order_shipped), time: /t is no time: \"-5\""},
        {TIMED("{at: /t, time: unix}"), "{\"t\":1e30}", "error: rule 1 (order_shipped), time: /t is no time: \"1e30\""},
        // Without a time the event has that of its receipt.
        {TIMED("/t"), "{}", AT("2026-05-17T09:30:00.250Z")},
    };
    CHECK(rows);
}

static void lists_and_fields(void **state)
{
    (void)state;
    static const char lines[] =
        "events: [{event: order_placed, id: {value: i}, time: /t, fields: {order_id: /id, lines: {each: /items, where: "
        "[{at: /gone, not: [true]}], fields: {sku: [/sku, ^/default], quantity: /n, discount: /off, price: /p}}}}]";
    static const struct row rows[] = {
        {lines,
         "{\"id\":1,\"t\":\"2026-05-17\",\"default\":\"d\",\"items\":[{\"sku\":\"a\",\"n\":2,\"off\":\"10%\",\"p\":1},"
         "{\"n\":0.25,\"off\":0.05},{\"sku\":\"z\",\"gone\":true}]}",
         "{\"id\":\"i\",\"source\":\"shop\",\"time\":\"2026-05-17T04:00:00Z\",\"order_placed\":{\"order_id\":\"1\","
         "\"lines\":[{\"sku\":\"a\",\"quantity_milli\":\"2000\",\"price\":\"1.00 CNY\",\"discount_ppm\":100000},"
         "{\"sku\":\"d\",\"quantity_milli\":\"250\",\"discount_ppm\":50000}]}}"},
        {lines, "{\"id\":1,\"t\":\"2026-05-17\",\"items\":[{\"n\":1},{\"n\":\"x\"}]}",
         "error: rule 1 (order_placed), lines[1].quantity: /items/1/n is no number: \"x\""},
        {lines, "{\"id\":1,\"t\":\"2026-05-17\",\"items\":{}}",
         "error: rule 1 (order_placed), lines: /items is no list"},
        // Dots, lists of one shape each, and a contact of whom nothing is known.
        {"events: [{event: customer_upserted, id: {value: i}, time: /t, customer_id: /c, fields: {name: /n, type: {at: "
         "/k, values: {b2b: buyer}}, birthday: /b, contacts: [{name: /n, phone: /p}, {post: {value: owner}, email: "
         "/m}], "
         "file_fields: [{name: {value: tags}, value: /tags}]}}]",
         "{\"t\":\"2026-05-17\",\"c\":5,\"n\":\"Li\",\"k\":\"b2b\",\"b\":\"1980/5/17\",\"p\":\"138 0000\"}",
         "{\"id\":\"i\",\"source\":\"shop\",\"time\":\"2026-05-17T04:00:00Z\",\"customer_id\":\"5\","
         "\"customer_upserted\":{\"name\":\"Li\",\"type\":\"CUSTOMER_TYPE_BUYER\",\"birthday\":\"1980-05-17\","
         "\"contacts\":[{\"name\":\"Li\",\"phone\":\"138 0000\"}],\"said\":[\"name\",\"type\",\"birthday\","
         "\"contacts.name\",\"contacts.post\",\"contacts.phone\",\"contacts.email\",\"file_fields\"]}}"},
        {"events: [{event: customer_upserted, id: {value: i}, time: /t, fields: {contacts.name: /n, contacts.email: "
         "/m}}]",
         "{\"t\":\"2026-05-17\",\"n\":\"Li\",\"m\":\"li@x.cn\"}",
         "{\"id\":\"i\",\"source\":\"shop\",\"time\":\"2026-05-17T04:00:00Z\",\"customer_upserted\":{\"contacts\":[{"
         "\"name\":\"Li\",\"email\":\"li@x.cn\"}]}}"},
        // Plain values in lists, bools, whole numbers.
        {"events: [{event: rep_upserted, id: {value: i}, time: /t, historical: /h, rep_id: /r, fields: {languages: "
         "{each: "
         "/l}, working_days: [/d, {value: 2}], daily_capacity: /cap}}]",
         "{\"t\":\"2026-05-17\",\"r\":\"w\",\"h\":\"yes\",\"l\":[\"zh-CN\",\"\",\"en\"],\"d\":1.0,\"cap\":\"12\"}",
         "{\"id\":\"i\",\"source\":\"shop\",\"time\":\"2026-05-17T04:00:00Z\",\"rep_id\":\"w\",\"historical\":true,"
         "\"rep_upserted\":{\"languages\":[\"zh-CN\",\"en\"],\"daily_capacity\":12,\"working_days\":[1,2]}}"},
        {"events: [{event: rep_upserted, id: {value: i}, time: /t, fields: {daily_capacity: /cap}}]",
         "{\"t\":\"2026-05-17\",\"cap\":1.5}",
         "error: rule 1 (rep_upserted), daily_capacity: /cap is no whole number: \"1.5\""},
        {"events: [{event: rep_upserted, id: {value: i}, time: /t, fields: {daily_capacity: /cap}}]",
         "{\"t\":\"2026-05-17\",\"cap\":-1}",
         "error: rule 1 (rep_upserted), daily_capacity: /cap is out of range: \"-1\""},
        {"events: [{event: customer_upserted, id: {value: i}, time: /t, fields: {type: /k}}]",
         "{\"t\":\"2026-05-17\",\"k\":\"buyr\"}",
         "error: rule 1 (customer_upserted), type: /k is no word of ours (did you mean buyer?): \"buyr\""},
        {"events: [{event: delivery_scheduled, id: {value: i}, time: /t, fields: {order_id: /o, date: {at: /d, zone: "
         "America/New_York}}}]",
         "{\"t\":\"2026-05-17\",\"o\":1,\"d\":\"2026-05-18T02:00:00Z\"}",
         "{\"id\":\"i\",\"source\":\"shop\",\"time\":\"2026-05-17T04:00:00Z\",\"delivery_scheduled\":{\"order_id\":"
         "\"1\",\"date\":\"2026-05-17\"}}"},
    };
    CHECK(rows);
}

static void rules_apply(void **state)
{
    (void)state;
    static const char refunds[] = "drop_if: [{at: /test, is: [true]}, {at: /kind, is: [ping, pong]}]\n"
                                  "events: [{event: order_refunded, when: [{has: /refunds}], each: /refunds/*/parts, "
                                  "where: [{at: /ok, is: yes}], "
                                  "id: {text: \"r:{/id}\"}, time: ^/t, fields: {order_id: ^/id, amount: /a}}]";
    static const struct row rows[] = {
        {refunds,
         "{\"id\":9,\"t\":\"2026-05-17\",\"refunds\":[{\"parts\":[{\"id\":1,\"a\":1,\"ok\":\"yes\"},{\"id\":2}]},{},{"
         "\"parts\":[{\"id\":3,\"a\":3,\"ok\":\"yes\"}]}]}",
         "{\"id\":\"r:1\",\"source\":\"shop\",\"time\":\"2026-05-17T04:00:00Z\",\"order_refunded\":{\"order_id\":\"9\","
         "\"amount\":\"1.00 CNY\"}}\n"
         "{\"id\":\"r:3\",\"source\":\"shop\",\"time\":\"2026-05-17T04:00:00Z\",\"order_refunded\":{\"order_id\":\"9\","
         "\"amount\":\"3.00 CNY\"}}"},
        {refunds, "{\"refunds\":[]}", "nothing: the lists that would hold events are empty"},
        {refunds, "{}", "error: the body fits no rule: rule 1 (order_refunded): /refunds is not there"},
        {refunds, "{\"test\":true,\"refunds\":7}",
         "nothing: dropped, as the mapping says: /test is \"true\", wanted is true"},
        {refunds, "{\"kind\":\"pong\"}",
         "nothing: dropped, as the mapping says: /kind is \"pong\", wanted is ping or pong"},
        {refunds, "{\"refunds\":7}", "error: rule 1 (order_refunded): /refunds is no list"},
        {refunds, "{\"t\":\"2026-05-17\",\"refunds\":[{\"parts\":[{\"a\":\"x\",\"ok\":\"yes\"}]}]}",
         "error: rule 1 (order_refunded), amount: /refunds/0/parts/0/a is no amount of money: \"x\""},
        {"events: [{event: need_lost, when: [{lacks: /a}, {at: /b, not: [x, y]}], id: {value: i}, time: /t}]",
         "{\"t\":\"2026-05-17\",\"b\":\"y\"}",
         "error: the body fits no rule: rule 1 (need_lost): /b is \"y\", unwanted is x or y"},
        {"events: [{event: need_lost, when: [{lacks: /a}], id: {value: i}, time: /t}]", "{\"a\":1}",
         "error: the body fits no rule: rule 1 (need_lost): /a is there, which it must not be"},
        {"events: [{event: need_lost, when: {has: /a}, id: {value: i}, time: /t}]", "{\"t\":\"2026-05-17\",\"a\":[]}",
         "{\"id\":\"i\",\"source\":\"shop\",\"time\":\"2026-05-17T04:00:00Z\",\"need_lost\":{}}"},
        // For a person: nothing is made, also of what other rules would make something of.
        {"events: [{event: need_lost, time: /t}, {keep: {text: \"asks for {/id}\"}, when: [{has: /id}]}]",
         "{\"t\":\"2026-05-17\",\"id\":5}", "error: the body asks for 5"},
        // Of no use, as its shape says; but who has use for it has his event.
        {"events: [{event: need_lost, when: {has: /a}}, {drop: {text: \"{/k}: of no use\"}, when: [{at: /k, begins: "
         "[pro, sho]}]}]",
         "{\"k\":\"product\"}", "nothing: dropped, as the mapping says: product: of no use"},
        {"events: [{drop: /why, when: {at: /k, begins: [pro, sho]}}, {event: need_lost, id: {value: i}, time: /t}]",
         "{\"k\":\"shop\",\"t\":\"2026-05-17\"}",
         "{\"id\":\"i\",\"source\":\"shop\",\"time\":\"2026-05-17T04:00:00Z\",\"need_lost\":{}}"},
        {"events: [{drop: /why, when: {at: /k, begins: [pro, sho]}}]", "{\"k\":\"pr\"}",
         "error: the body fits no rule: the mapping has none"},
        // As what it came is told, and nothing hangs on it.
        {"topic: {header: X-Store}\nevents: [{event: need_lost, when: {has: /a}}]", "{}",
         "error: the body fits no rule (it came as north): rule 1 (need_lost): /a is not there"},
        {"topic: {header: X-Store}\nevents: [{keep: {value: asks}}]", "{}", "error: the body asks (it came as north)"},
        {"topic: {header: X-Other}\nevents: [{keep: {value: asks}}]", "{}", "error: the body asks"},
        {"source: erp\nevents: [{event: need_lost, id: {value: i}, time: /t}]", "{\"t\":\"2026-05-17\"}",
         "{\"id\":\"i\",\"source\":\"erp\",\"time\":\"2026-05-17T04:00:00Z\",\"need_lost\":{}}"},
    };
    CHECK(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions_find),      cmocka_unit_test(expressions_change),
        cmocka_unit_test(amounts_are_exchanged), cmocka_unit_test(numbers_are_exact),
        cmocka_unit_test(currencies_of_orders),  cmocka_unit_test(times),
        cmocka_unit_test(lists_and_fields),      cmocka_unit_test(rules_apply),
        cmocka_unit_test(expressions_depend),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
