#include "services/scheduler/visit.h"

#include "common/must.h"
#include "services/scheduler/audience.h"
#include "services/scheduler/rows.h"

#include <stdlib.h>
#include <string.h>

enum { ORDERS_SHOWN = 3, CANDIDATES_MOST = 4000 }; // more customers than a rep can own

#define V(type, member) PACK_FIELD(struct visit, type, member)
#define MARK(member) V(PACK_64, trip.member.at_ms), V(PACK_64, trip.member.tie)
_Static_assert(sizeof(struct trip_mark) == 16, "marks are packed as pairs of 64 bits");

const struct pack_field rows_visit[] = {
    V(PACK_TEXT, id),
    V(PACK_TEXT, rep_id),
    V(PACK_TEXT, region),
    V(PACK_TEXT, purpose),
    V(PACK_TEXT, hotel),
    V(PACK_TEXT, phone),
    V(PACK_TEXT, here_hotel),
    V(PACK_TEXT, here_phone),
    V(PACK_SLICE, customers),
    V(PACK_32, trip.from_day),
    V(PACK_32, trip.to_day),
    V(PACK_32, trip.plan_count),
    V(PACK_32, trip.check_in_count),
    PACK_ARRAY(struct visit, PACK_64, trip.plans, TRIP_PLANS * 2),
    PACK_ARRAY(struct visit, PACK_64, trip.substance, TRIP_PLANS),
    MARK(approved),
    MARK(refused),
    MARK(cancelled),
    MARK(reported),
    MARK(arrived),
    PACK_ARRAY(struct visit, PACK_64, trip.check_ins, TRIP_CHECK_INS),
    V(PACK_TEXT, event),
    PACK_LAST,
};

bool visit_get(struct turn *turn, const char *id, struct visit *ret_visit)
{
    *ret_visit = (struct visit){.id = id,
                                .rep_id = "",
                                .event = "",
                                .region = "",
                                .purpose = "",
                                .hotel = "",
                                .phone = "",
                                .here_hotel = "",
                                .here_phone = "",
                                .customers = {(const uint8_t *)"", 0},
                                .trip = {.from_day = TRIP_NO_DAY, .to_day = TRIP_NO_DAY}};
    return rows_get(turn, TABLE_VISIT, id, strlen(id), rows_visit, ret_visit);
}

void visit_put(struct turn *turn, const struct visit *visit)
{
    must(visit->id[0] != '\0');
    rows_put(turn, TABLE_VISIT, visit->id, strlen(visit->id), rows_visit, visit);
}

void visit_delete(struct turn *turn, const char *id)
{
    rows_delete(turn, TABLE_VISIT, id, strlen(id));
}

struct slice visit_pack_customers(struct arena *arena, char *const *ids, size_t count)
{
    size_t length = 0;
    for (size_t i = 0; i < count; i++)
        length += strlen(ids[i]) + 1;
    uint8_t *bytes = arena_take(arena, length + 1);
    size_t kept = 0;
    for (size_t i = 0; i < count && kept + strlen(ids[i]) + 1 <= PACK_TEXT_MAX; i++) {
        memcpy(bytes + kept, ids[i], strlen(ids[i]) + 1);
        kept += strlen(ids[i]) + 1;
    }
    return (struct slice){bytes, kept};
}

const char *visit_hotel(const struct visit *visit)
{
    return visit->here_hotel[0] != '\0' ? visit->here_hotel : visit->hotel;
}

const char *visit_phone(const struct visit *visit)
{
    return visit->here_phone[0] != '\0' ? visit->here_phone : visit->phone;
}

bool visit_moved_in(const struct visit *visit)
{
    return strcmp(visit_hotel(visit), visit->hotel) != 0 || strcmp(visit_phone(visit), visit->phone) != 0;
}

// --- the customers of a trip

struct found {
    const char *id;
    uint32_t abc;
    int64_t net_micros;
};

struct finding {
    struct turn *turn;
    const struct visit *visit;
    struct found *all;
    size_t count;
};

static bool is_named(const struct visit *visit, const char *id)
{
    const struct slice *ids = &visit->customers;
    for (size_t at = 0; at < ids->length; at += strlen((const char *)ids->bytes + at) + 1)
        if (strcmp((const char *)ids->bytes + at, id) == 0)
            return true;
    return false;
}

static void add(struct finding *finding, const char *id, const struct customer *customer)
{
    if (finding->count < CANDIDATES_MOST)
        finding->all[finding->count++] = (struct found){id, customer->abc, customer->net_micros};
}

static void see_owned(void *self, const struct customer *customer)
{
    struct finding *finding = self;
    const struct visit *visit = finding->visit;
    if (visit->region[0] == '\0' || !audience_region_in(customer->region, visit->region))
        return;
    if (!is_named(visit, customer->id))
        add(finding, arena_text(finding->turn->arena, customer->id, strlen(customer->id)), customer);
}

// Whoever it names, whosoever they are; but not those who go on as part of another or were erased.
static void see_named(struct finding *finding)
{
    const struct slice *ids = &finding->visit->customers;
    for (size_t at = 0; at < ids->length; at += strlen((const char *)ids->bytes + at) + 1) {
        struct customer customer;
        const char *id = (const char *)ids->bytes + at;
        bool known = book_customer(finding->turn, id, &customer);
        if (known && customer.erased.time_ms == 0 && customer.merged_into[0] == '\0')
            add(finding, id, &customer);
    }
}

// A before B before C before those without a class, then what they are worth.
static int compare(const void *left, const void *right)
{
    const struct found *a = left, *b = right;
    uint32_t first = a->abc != 0 ? a->abc : UINT32_MAX, second = b->abc != 0 ? b->abc : UINT32_MAX;
    if (first != second)
        return first < second ? -1 : 1;
    if (a->net_micros != b->net_micros)
        return a->net_micros > b->net_micros ? -1 : 1;
    return strcmp(a->id, b->id);
}

static void write_line(struct turn *turn, const char *id, bool sales, struct notice_line *line)
{
    struct customer customer;
    book_customer(turn, id, &customer);
    *line = (struct notice_line){.customer_id = customer.id,
                                 .customer_name = customer.name,
                                 .contact_name = customer.contact_name,
                                 .contact_phone = customer.contact_phone,
                                 .text = "",
                                 .abc = customer.abc};
    if (!sales)
        return;
    if (customer.currency[0] != '\0')
        line->figures[line->figure_count++] =
            (struct figure){"net_sales", customer.net_micros, UNIT_MONEY, customer.currency};
    if (customer.last_order_ms != 0) {
        line->figures[line->figure_count++] = (struct figure){"last_order", customer.last_order_ms, UNIT_TIME, ""};
        line->figures[line->figure_count++] =
            (struct figure){"last_order_amount", customer.last_order_micros, UNIT_MONEY, customer.currency};
    }
    struct notice_point *points = arena_take(turn->arena, ORDERS_SHOWN * sizeof *points);
    line->point_count =
        notice_orders_recall(turn->arena, customer.last_orders, customer.last_order_ms, points, ORDERS_SHOWN);
    line->points = points;
}

void visit_describe(struct turn *turn, const struct visit *visit, bool sales, struct notice *notice)
{
    struct finding finding = {
        .turn = turn, .visit = visit, .all = arena_take(turn->arena, CANDIDATES_MOST * sizeof *finding.all)};
    see_named(&finding);
    if (visit->rep_id[0] != '\0')
        book_each_owned(turn, visit->rep_id, see_owned, &finding);
    qsort(finding.all, finding.count, sizeof *finding.all, compare);
    size_t most = finding.count < VISIT_ABOUT_MOST ? finding.count : VISIT_ABOUT_MOST;
    struct notice_line *lines = arena_take(turn->arena, (most + 1) * sizeof *lines);
    for (size_t i = 0; i < most; i++)
        write_line(turn, finding.all[i].id, sales, &lines[i]);
    notice->about = lines;
    notice->about_count = notice_fit(turn->arena, lines, most, NOTICE_BYTES_MAX);
    struct figure *figures = arena_take(turn->arena, (notice->figure_count + 1) * sizeof *figures);
    if (notice->figure_count > 0)
        memcpy(figures, notice->figures, notice->figure_count * sizeof *figures);
    figures[notice->figure_count++] = (struct figure){"customers", (int64_t)finding.count, UNIT_COUNT, ""};
    notice->figures = figures;
}
