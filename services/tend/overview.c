#include "services/tend/overview.h"

#include "common/calendar.h"
#include "common/codec.h"
#include "common/must.h"
#include "common/zone.h"
#include "google/protobuf/timestamp.pb-c.h"
#include "services/tend/digits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PERCENT_PPM = 10000, SECONDS_A_DAY = 86400, MINUTE = 60, HOUR = 3600 };

static const char *const quadrants[CHART_QUADRANTS] = {"vip", "improve", "maintain", "abandon"};

const char *overview_class(Tend__V1__AbcClass abc)
{
    static const char *const names[] = {"", "A", "B", "C"};
    return abc >= 1 && abc <= 3 ? names[abc] : "";
}

int64_t overview_micros(const Tend__V1__Money *money)
{
    return money == NULL ? 0 : money->micros;
}

const char *overview_name(const Tend__V1__CustomerCard *card)
{
    return card->name[0] != '\0' ? card->name : card->customer_id;
}

// The time in the zone that scoring counts its days in.
static void take_time(struct overview *overview)
{
    const Tend__V1__ScoringSummary *summary = overview->summary;
    struct zone *zone = NULL;
    if (summary->as_of == NULL || summary->as_of->seconds < 0 || summary->as_of->seconds / SECONDS_A_DAY > DAY_MAX)
        return;
    struct local_time local = {.day = (int32_t)(summary->as_of->seconds / SECONDS_A_DAY),
                               .second = (int32_t)(summary->as_of->seconds % SECONDS_A_DAY)};
    bool known = zone_open(ZONE_DIRECTORIES, summary->time_zone, &zone);
    if (known)
        local = zone_local(zone, summary->as_of->seconds);
    zone_close(&zone);
    char day[DAY_TEXT_BYTES];
    (void)day_print(local.day, day);
    snprintf(overview->as_of, sizeof overview->as_of, "%s %02d:%02d %.60s", day, local.second / HOUR,
             local.second % HOUR / MINUTE, known ? summary->time_zone : "UTC");
}

// The borders stand in the rule: "abc 65 %/85 %, net sales of 365 days".
static bool read_cuts(const char *rule, uint32_t ret_cuts[OVERVIEW_MARKS])
{
    static const char head[] = "abc ";
    if (strncmp(rule, head, sizeof head - 1) != 0)
        return false;
    const char *at = rule + sizeof head - 1;
    for (size_t i = 0; i < OVERVIEW_MARKS; i++) {
        char *behind;
        double percent = strtod(at, &behind);
        if (behind == at || !(percent > 0 && percent <= 100))
            return false;
        ret_cuts[i] = (uint32_t)(percent * PERCENT_PPM + 0.5);
        at = behind + strspn(behind, " %");
        if (i == 0 && *at++ != '/')
            return false;
    }
    return true;
}

// A mark for A and one for B, each at what the classes up to it hold together.
static void take_marks(struct overview *overview)
{
    const Tend__V1__ScoringSummary *summary = overview->summary;
    uint32_t cuts[OVERVIEW_MARKS];
    struct chart_point end = {0, 0};
    uint64_t customers = 0;
    if (!read_cuts(summary->rule, cuts) || summary->n_classes < OVERVIEW_MARKS || summary->customers_in_window == 0)
        return;
    for (size_t i = 0; i < OVERVIEW_MARKS; i++) {
        const Tend__V1__ClassSummary *row = summary->classes[i];
        customers += row->customers;
        end.customers_ppm = digits_ppm((int64_t)customers, summary->customers_in_window);
        end.share_ppm += row->share_ppm;
        overview->marks[i] = (struct chart_mark){overview_class(row->abc), cuts[i], end};
    }
    overview->mark_count = OVERVIEW_MARKS;
}

static void take_cells(struct overview *overview)
{
    const Tend__V1__ScoringSummary *summary = overview->summary;
    for (size_t i = 0; i < summary->n_grid; i++) {
        const Tend__V1__RfmCell *cell = summary->grid[i];
        if (cell->r >= 1 && cell->r <= CHART_SCORES && cell->f >= 1 && cell->f <= CHART_SCORES)
            overview->grid[cell->r - 1][cell->f - 1] = (struct chart_cell){cell->customers, overview_micros(cell->net)};
    }
    for (size_t i = 0; i < summary->n_values; i++) {
        const Tend__V1__ValueCount *count = summary->values[i];
        for (size_t q = 0; strcmp(count->dimension, "value.clv") == 0 && q < CHART_QUADRANTS; q++)
            if (strcmp(count->value, quadrants[q]) == 0) {
                overview->quadrants[q] = (struct chart_cell){count->customers, overview_micros(count->net)};
                overview->judged = true;
            }
    }
}

static int compare_movements(const void *a, const void *b)
{
    const Tend__V1__Movement *one = *(Tend__V1__Movement *const *)a, *other = *(Tend__V1__Movement *const *)b;
    if (one->customers != other->customers)
        return one->customers < other->customers ? 1 : -1;
    int order = strcmp(one->dimension, other->dimension);
    if (order == 0)
        order = strcmp(one->before, other->before);
    return order != 0 ? order : strcmp(one->after, other->after);
}

bool overview_open(const json_t *json, char *ret_error, size_t bytes, struct overview *ret_overview)
{
    struct verify_error fault;
    ProtobufCMessage *message = codec_from_json(&tend__v1__scoring_summary__descriptor, json, NULL, &fault);
    if (message == NULL) {
        snprintf(ret_error, bytes, "scoring's summary cannot be read: %s: %s", fault.field, fault.reason);
        return false;
    }
    struct overview overview = {.summary = (Tend__V1__ScoringSummary *)(void *)message};
    overview.point_count = overview.summary->n_pareto;
    overview.points = calloc(overview.point_count + 1, sizeof *overview.points);
    must(overview.points != NULL);
    for (size_t i = 0; i < overview.point_count; i++)
        overview.points[i] =
            (struct chart_point){overview.summary->pareto[i]->customers_ppm, overview.summary->pareto[i]->share_ppm};
    if (overview.summary->n_movements > 1)
        qsort(overview.summary->movements, overview.summary->n_movements, sizeof *overview.summary->movements,
              compare_movements);
    take_time(&overview);
    take_marks(&overview);
    take_cells(&overview);
    *ret_overview = overview;
    return true;
}

void overview_close(struct overview *overview)
{
    if (overview->summary != NULL)
        tend__v1__scoring_summary__free_unpacked(overview->summary, NULL);
    free(overview->points);
    *overview = (struct overview){.summary = NULL};
}

// Values of a dimension with a better and a worse side, the best first; equal places are neither.
struct place {
    const char *dimension, *value;
    int place;
};

static const struct place places[] = {
    {"value.abc", "A", 1},
    {"value.abc", "B", 2},
    {"value.abc", "C", 3},

    {"value.tier", "important", 1},
    {"value.tier", "secondary", 2},
    {"value.tier", "ordinary", 3},
    {"value.tier", "small", 4},
    {"value.clv", "vip", 1},
    {"value.clv", "improve", 2},
    {"value.clv", "maintain", 2},
    {"value.clv", "abandon", 3},
    {"care.status", "loyal", 1},
    {"care.status", "ordinary", 2},
    {"care.status", "complaining", 3},
    {"care.status", "lost", 4},
    {"lead.temperature", "hot", 1},
    {"lead.temperature", "warm", 2},
    {"lead.temperature", "cold", 3},
    {"lead.temperature", "denial", 4},
};

// 0 where nothing is known.
static int place_of(const char *dimension, const char *value)
{
    if (strncmp(dimension, "risk.", 5) == 0)
        return strcmp(value, "yes") == 0 ? 2 : 1;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (strcmp(places[i].dimension, dimension) == 0 && strcmp(places[i].value, value) == 0)
            return places[i].place;
    return 0;
}

enum chart_way overview_way(const char *dimension, const char *before, const char *after)
{
    int from = place_of(dimension, before), to = place_of(dimension, after);
    if (from == 0 || to == 0 || from == to)
        return CHART_LEVEL;
    return to < from ? CHART_UP : CHART_DOWN;
}

const char *overview_dimension(enum wording_language language, const char *dimension)
{
    static const char *const names[][2] = {
        {"value.abc", "class"},
        {"value.tier", "tier"},
        {"value.rfm", "RFM"},
        {"value.clv", "quadrant"},
        {"value.kind", "kind of buyer"},
        {"value.face", "face"},
        {"value.policy", "policy class"},
        {"demand.state", "demand"},
        {"demand.next_order", "next order"},
        {"demand.lifecycle", "stage of life"},
        {"risk.overdue", "overdue"},
        {"risk.drop", "dropped out"},
        {"risk.declining", "declining"},
        {"risk.rival", "rival seen"},
        {"risk.concentration", "concentration"},
        {"lead.stage", "stage"},
        {"lead.intention", "intention"},
        {"lead.temperature", "temperature"},
        {"lead.horizon", "horizon"},
        {"lead.qualified", "qualified"},
        {"care.satisfaction", "satisfaction"},
        {"care.status", "status"},
        {"care.advocacy", "advocacy"},
        {"care.loyalty", "loyalty"},
        {"file.completeness", "file"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i][0], dimension) == 0)
            return wording(language, names[i][1]);
    return dimension;
}

const char *overview_status(enum wording_language language, const char *status)
{
    return wording(language, strcmp(status, "good") == 0 ? "it fits the orders well" : status);
}

const char *overview_model(const char *kind)
{
    static const char *const names[][2] = {
        {"mbg", "MBG/NBD"}, {"bg", "BG/NBD"}, {"pareto", "Pareto/NBD"}, {"nbd", "NBD"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i][0], kind) == 0)
            return names[i][1];
    return kind;
}

static void append(enum wording_language language, char *buffer, const char *text)
{
    size_t used = strlen(buffer);
    snprintf(buffer + used, OVERVIEW_WORD_BYTES - used, "%s%s", used > 0 ? wording(language, ", ") : "", text);
}

const char *overview_risks(enum wording_language language, const Tend__V1__CustomerCard *card, char *buffer)
{
    buffer[0] = '\0';
    bool overdue = card->overdue, dropped = card->dropped;
    for (size_t i = 0; i < card->n_dimensions; i++) {
        const Tend__V1__Dimension *dimension = card->dimensions[i];
        bool yes = strcmp(dimension->value, "yes") == 0;
        if (strcmp(dimension->name, "risk.overdue") == 0)
            overdue = overdue || yes;
        else if (strcmp(dimension->name, "risk.drop") == 0)
            dropped = dropped || yes;
        else if (strncmp(dimension->name, "risk.", 5) == 0 && yes)
            append(language, buffer, overview_dimension(language, dimension->name));
        else if (strcmp(dimension->name, "care.status") == 0 &&
                 (strcmp(dimension->value, "lost") == 0 || strcmp(dimension->value, "complaining") == 0))
            append(language, buffer, wording_value(language, dimension->value));
        else if (strcmp(dimension->name, "care.satisfaction") == 0 && strcmp(dimension->value, "alarm") == 0)
            append(language, buffer, wording(language, "very dissatisfied"));
    }
    if (dropped)
        append(language, buffer, overview_dimension(language, "risk.drop"));
    else if (overdue)
        append(language, buffer, overview_dimension(language, "risk.overdue"));
    return buffer;
}

bool overview_more_risks(const struct overview *overview)
{
    static const struct {
        const char *dimension, *value;
    } risks[] = {{"risk.overdue", "yes"},       {"risk.drop", "yes"},           {"risk.declining", "yes"},
                 {"risk.rival", "yes"},         {"care.status", "complaining"}, {"care.status", "lost"},
                 {"care.satisfaction", "alarm"}};
    const Tend__V1__ScoringSummary *summary = overview->summary;
    for (size_t i = 0; i < summary->n_values; i++)
        for (size_t j = 0; j < sizeof risks / sizeof *risks; j++)
            if (strcmp(summary->values[i]->dimension, risks[j].dimension) == 0 &&
                strcmp(summary->values[i]->value, risks[j].value) == 0 &&
                summary->values[i]->customers > summary->n_at_risk)
                return true;
    return false;
}

// "abc 65/85, net sales of 365 days" is taken apart; another rule stays as it is.
const char *overview_rule(enum wording_language language, const char *rule, char *buffer)
{
    char cuts[24], measure[24] = "", days[12];
    int words = 0, end = 0;
    snprintf(buffer, OVERVIEW_RULE_BYTES, "%s", rule);
    bool known = language == WORDING_ZH && sscanf(rule, "abc %20[0-9./], %n", cuts, &words) == 1 && words > 0;
    const char *of = known ? strstr(rule + words, " of ") : NULL;
    if (of == NULL || sscanf(of, " of %10[0-9] days%n", days, &end) != 1 || end == 0 || of[end] != '\0')
        return buffer;
    snprintf(measure, sizeof measure, "%.*s", (int)(of - rule - words), rule + words);
    snprintf(buffer, OVERVIEW_RULE_BYTES, wording(language, "abc %s, %s of %s days"), cuts, wording(language, measure),
             days);
    return buffer;
}

const char *overview_largest(const Tend__V1__Concentration *share)
{
    return share->largest_customer_name[0] != '\0' ? share->largest_customer_name : share->largest_customer_id;
}

void overview_oddities(const struct overview *overview, enum wording_language language,
                       struct overview_oddity ret_oddities[OVERVIEW_ODDITIES])
{
    const Tend__V1__ScoringSummary *summary = overview->summary;
    const struct {
        uint32_t orders;
        const char *one, *several;
    } rows[OVERVIEW_ODDITIES] = {
        {summary->orders_without_rate, "order without an exchange rate for its day counts as 0",
         "orders without an exchange rate for their day count as 0"},
        {summary->orders_without_cost, "order whose cost is not known is left out of margins",
         "orders whose cost is not known are left out of margins"},
        {summary->orders_refunded_beyond, "order was refunded beyond its amount",
         "orders were refunded beyond their amount"},
    };
    for (size_t i = 0; i < OVERVIEW_ODDITIES; i++)
        ret_oddities[i] = (struct overview_oddity){
            rows[i].orders, wording(language, rows[i].orders == 1 ? rows[i].one : rows[i].several)};
}
