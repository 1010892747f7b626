#include "services/tend/sample_cast.h"

#include "common/calendar.h"
#include "common/must.h"
#include "common/stamp.h"
#include "common/zone.h"

#include <stdlib.h>
#include <string.h>

enum {
    STREAM = 1,
    YEAR_DAYS = 365,
    PROSPECT_PERCENT = 8,
    STORY_GAP_DAYS = 14,
    LEAD_IN_DAYS = 35, // so that something leaves the year's window before the end
    LUNAR_FROM = 16,
    LUNAR_EVERY = 5,
    PATCHY_EVERY = 14, // of so many files one lacks what nobody asked for; the dates that are looked at come before
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct sample_rep reps[SAMPLE_REPS_MOST] = {
    {"chen", "陈晓岚", "CN", "Asia/Shanghai", "zh-CN", "08:30-12:00;13:30-18:00", true, NULL},
    {"emma", "Emma Hartwick", "GB", "Europe/London", "en", "09:00-17:30", false, NULL},
    {"li", "李国樾", "CN", "Asia/Shanghai", "zh-CN;en", "08:30-12:00;13:30-18:00", true, NULL},
    {"luis", "Luis Ortegal", "US", "America/New_York", "en", "09:00-17:00", false, NULL},
    {"zhou", "周敏芷", "CN", "Asia/Shanghai", "zh-CN", "08:30-12:00;13:30-18:00", true, NULL},
    {"anna", "Anna Weidling", "DE", "Europe/Berlin", "en", "08:30-17:00", false, NULL},
    {"wu", "吴建柏", "CN", "Asia/Shanghai", "zh-CN;en", "09:00-12:00;13:00-18:00", true, NULL},
    {"sara", "Sara Lindell", "SE", "Europe/Stockholm", "en", "08:30-17:00", false, NULL},
};

// Where customers are; the first CHINESE of them are in China.
enum { CHINESE = 5 };
static const struct {
    const char *region, *country, *zone, *language, *phone;
    enum sample_currency currency;
} places[] = {
    {"浙江", "CN", "Asia/Shanghai", "zh-CN", "+86 574 5550", SAMPLE_CNY},
    {"广东", "CN", "Asia/Shanghai", "zh-CN", "+86 20 5550", SAMPLE_CNY},
    {"福建", "CN", "Asia/Shanghai", "zh-CN", "+86 591 5550", SAMPLE_CNY},
    {"江苏", "CN", "Asia/Shanghai", "zh-CN", "+86 25 5550", SAMPLE_CNY},
    {"山东", "CN", "Asia/Shanghai", "zh-CN", "+86 532 5550", SAMPLE_CNY},
    {"United Kingdom", "GB", "Europe/London", "en", "+44 20 7946", SAMPLE_USD},
    {"Germany", "DE", "Europe/Berlin", "en", "+49 30 23125", SAMPLE_EUR},
    {"Italy", "IT", "Europe/Rome", "en", "+39 02 5550", SAMPLE_EUR},
    {"Spain", "ES", "Europe/Madrid", "en", "+34 91 555", SAMPLE_EUR},
    {"United States", "US", "America/New_York", "en", "+1 212 555", SAMPLE_USD},
    {"Türkiye", "TR", "Europe/Istanbul", "en", "+90 212 555", SAMPLE_USD},
    {"Vietnam", "VN", "Asia/Ho_Chi_Minh", "en", "+84 28 5550", SAMPLE_USD},
    {"Mexico", "MX", "America/Mexico_City", "en", "+52 55 5550", SAMPLE_USD},
};

static const char *const chinese_one[] = {"桐", "汀", "砚", "漪", "榆", "苔", "栎", "琥",
                                          "岫", "棠", "蘅", "霁", "椿", "筠", "渚", "翊"};
static const char *const chinese_two[] = {"雀", "鹭", "竹", "禾", "灯", "石", "舟", "帆",
                                          "云", "里", "桥", "川", "屿", "序", "麓"};
static const char *const chinese_trade[] = {"服饰", "箱包", "户外用品", "家纺", "鞋业", "皮具", "童装", "进出口"};
static const char *const surnames[] = {"沈", "钱", "蒋", "韩", "冯", "许", "吕", "施",
                                       "孔", "严", "金", "魏", "陶", "姜", "谢", "邹"};
static const char *const given[] = {"雨桐", "志远", "思琪", "建宁", "若兰", "浩然",
                                    "晓彤", "文博", "佳怡", "立群", "静姝", "子昂"};
static const char *const firm_one[] = {"Larkspur",  "Brindle", "Tamarack",    "Quillon", "Fennimore",  "Ostrel",
                                       "Haverlock", "Pellam",  "Wexcombe",    "Zorrin",  "Caldermoor", "Imberly",
                                       "Norrow",    "Stavely", "Thistlewood", "Yarrowby"};
static const char *const firm_two[] = {"Outerwear",  "Luggage",    "Workwear", "Tents", "Bags", "Garments",
                                       "Sportswear", "Upholstery", "Footwear", "Denim", "Sails"};
static const char *const firm_end[] = {"Ltd", "GmbH", "S.r.l.", "S.L.", "Inc.", "A.S.", "Co."};
static const char *const first_names[] = {"Alice", "Bruno", "Clara", "Deniz",   "Elif",  "Felix", "Greta", "Hugo",
                                          "Ines",  "Jonas", "Katya", "Lorenzo", "Marta", "Nils",  "Olga",  "Pablo"};
static const char *const last_names[] = {"Ashdown", "Bellweather", "Corvino", "Duarte",  "Eklund", "Farrow", "Grieve",
                                         "Holm",    "Ivarsen",     "Jansky",  "Kestrel", "Lomax",  "Moreau"};
static const char *const types[] = {"importer", "trading", "agent", "factory", "buyer", "franchisee"};

int32_t sample_workday(int32_t day)
{
    int32_t weekday = day_weekday(day);
    return weekday > 5 ? day + 8 - weekday : day;
}

int64_t sample_ms(const struct sample_cast *cast, uint32_t rep, int32_t day, int32_t minute)
{
    return zone_instant(cast->reps[rep].zone, day, (uint32_t)minute) * 1000;
}

const char *sample_currency_code(enum sample_currency currency)
{
    static const char *const codes[] = {"CNY", "USD", "EUR"};
    return codes[currency];
}

int64_t sample_rate(enum sample_currency currency)
{
    static const int64_t rates[] = {1000000, SAMPLE_USD_MICROS, SAMPLE_EUR_MICROS};
    return rates[currency];
}

// The rep of the place's language whose turn it is; any rep when none speaks it.
static uint32_t choose_rep(const struct sample_cast *cast, bool chinese, uint32_t turn)
{
    uint32_t fitting[SAMPLE_REPS_MOST], count = 0;
    must(cast->rep_count > 0);
    for (uint32_t i = 0; i < cast->rep_count; i++)
        if (cast->reps[i].chinese == chinese)
            fitting[count++] = i;
    return count == 0 ? turn % cast->rep_count : fitting[turn % count];
}

static void name_chinese(struct sample_customer *customer, uint32_t number, struct chance *chance)
{
    const char *one = chinese_one[number % COUNT(chinese_one)];
    const char *two = chinese_two[(number / COUNT(chinese_one) + number) % COUNT(chinese_two)];
    const char *trade = chinese_trade[(number / 5 + number) % COUNT(chinese_trade)];
    snprintf(customer->name, sizeof customer->name, "%s%s%s%s有限公司", customer->region, one, two, trade);
    snprintf(customer->person, sizeof customer->person, "%s%s", surnames[chance_below(chance, COUNT(surnames))],
             given[chance_below(chance, COUNT(given))]);
    customer->post = chance_percent(chance, 60) ? "采购经理" : "总经理";
}

static void name_foreign(struct sample_customer *customer, uint32_t number, struct chance *chance)
{
    const char *one = firm_one[number % COUNT(firm_one)];
    const char *two = firm_two[(number / COUNT(firm_one) + number) % COUNT(firm_two)];
    const char *end = firm_end[(number / 3 + number) % COUNT(firm_end)];
    snprintf(customer->name, sizeof customer->name, "%s %s %s", one, two, end);
    snprintf(customer->person, sizeof customer->person, "%s %s", first_names[chance_below(chance, COUNT(first_names))],
             last_names[chance_below(chance, COUNT(last_names))]);
    customer->post = chance_percent(chance, 60) ? "Purchasing" : "Managing director";
}

// A day of the same date some years ago.
static int32_t years_ago(int32_t day, int32_t years)
{
    return day_add_months(day, -12 * years);
}

static void draw_person(struct sample_cast *cast, struct sample_customer *customer, uint32_t number,
                        struct chance *chance)
{
    bool chinese = chance_percent(chance, 48);
    size_t at = chinese ? chance_below(chance, CHINESE) : CHINESE + chance_below(chance, COUNT(places) - CHINESE);
    customer->region = places[at].region;
    customer->country = places[at].country;
    customer->zone_name = places[at].zone;
    customer->language = places[at].language;
    customer->currency = places[at].currency;
    customer->type = types[chance_below(chance, COUNT(types))];
    customer->rep = choose_rep(cast, chinese, number);
    (chinese ? name_chinese : name_foreign)(customer, number, chance);
    snprintf(customer->phone, sizeof customer->phone, "%s %04u", places[at].phone, number % 10000);
    snprintf(customer->email, sizeof customer->email, "buyer%u@customer.example", number);
    customer->birthday =
        years_ago(cast->until_day - chance_between(chance, 1, YEAR_DAYS), chance_between(chance, 28, 58));
    customer->founding_day =
        years_ago(cast->until_day - chance_between(chance, 1, YEAR_DAYS), chance_between(chance, 4, 35));
}

// How often the customer of that place in the ranking orders.
static int32_t gap_of(uint32_t rank, uint32_t count, struct chance *chance)
{
    uint32_t percent = (uint32_t)((uint64_t)rank * 100 / count);
    return percent < 10 ? 14 : percent < 30 ? 21 : percent < 60 ? 35 : chance_between(chance, 49, 77);
}

static void draw_customer(struct sample_cast *cast, struct sample_customer *customer, uint32_t rank,
                          struct chance *chance)
{
    snprintf(customer->id, sizeof customer->id, "C%04u", rank + 1);
    customer->rank = rank;
    draw_person(cast, customer, rank, chance);
    customer->gap_days = gap_of(rank, cast->active_count, chance);
    // A year's sales fall with the rank as 1 / (rank + 4): a fifth of the customers brings two thirds.
    int64_t year_cny = INT64_C(12000000000000) / (rank + 4);
    customer->order_cny = year_cny * customer->gap_days / YEAR_DAYS;
    bool newcomer = rank > cast->active_count / 4 && chance_percent(chance, 15);
    if (newcomer) {
        customer->since_day =
            sample_workday(cast->from_day + chance_between(chance, 60, (cast->until_day - cast->from_day) / 2));
        customer->known_day = customer->since_day - chance_between(chance, 10, 40);
    } else {
        customer->since_day = sample_workday(cast->from_day - chance_between(chance, 30, 3000));
        customer->known_day = cast->from_day;
    }
}

static void draw_prospect(struct sample_cast *cast, struct sample_customer *customer, uint32_t number,
                          struct chance *chance)
{
    snprintf(customer->id, sizeof customer->id, "P%04u", number + 1);
    customer->prospect = true;
    customer->rank = number;
    draw_person(cast, customer, cast->active_count + number, chance);
    customer->known_day = sample_workday(cast->until_day - chance_between(chance, 15, 120));
    customer->since_day = INT32_MIN;
}

// Dates that come back within the last and the next days, for customers that are looked at.
static void place_dates(struct sample_cast *cast)
{
    for (int32_t i = 0; i < 6 && (uint32_t)i + 6 < cast->active_count; i++) {
        struct sample_customer *customer = &cast->customers[6 + i];
        int32_t day = cast->until_day - 5 + 2 * i;
        if (i % 3 == 0)
            customer->birthday = years_ago(day, 36 + i);
        else if (i % 3 == 1)
            customer->founding_day = years_ago(day, 11 + i);
        else if (customer->known_day == cast->from_day)
            customer->since_day = years_ago(day, 11);
    }
}

// Some of the customers in China, none of those whose dates are looked at. The day is written as it is and then is one
// of that calendar, which has no 31st.
static void keep_lunar_birthdays(struct sample_cast *cast)
{
    for (uint32_t i = LUNAR_FROM; i < cast->customer_count; i += LUNAR_EVERY) {
        struct sample_customer *customer = &cast->customers[i];
        customer->lunar = customer->language[0] == 'z' && day_date(customer->birthday).day <= 30;
    }
}

static bool open_zones(struct sample_cast *cast, char *ret_error)
{
    must(strcmp(cast->reps[0].zone_name, "Asia/Shanghai") == 0);
    for (uint32_t i = 0; i < cast->rep_count; i++) {
        if (!zone_open(ZONE_DIRECTORIES, cast->reps[i].zone_name, &cast->reps[i].zone)) {
            snprintf(ret_error, SAMPLE_ERROR_BYTES, "the time zone %s is not installed (package tzdata)",
                     cast->reps[i].zone_name);
            return false;
        }
    }
    return true;
}

bool sample_cast_open(const struct sample_options *options, char *ret_error, struct sample_cast **ret_cast)
{
    struct sample_cast *cast = calloc(1, sizeof *cast);
    must(cast != NULL);
    cast->until_day = options->until_day;
    cast->from_day = sample_workday(options->until_day - YEAR_DAYS * (int32_t)options->years - LEAD_IN_DAYS);
    cast->rep_count = options->reps;
    memcpy(cast->reps, reps, sizeof reps);
    cast->customer_count = options->customers;
    cast->active_count = options->customers - options->customers * PROSPECT_PERCENT / 100;
    cast->customers = calloc(cast->customer_count, sizeof *cast->customers);
    must(cast->customers != NULL);
    struct chance chance = chance_start(options->seed, STREAM);
    for (uint32_t i = 0; i < cast->active_count; i++)
        draw_customer(cast, &cast->customers[i], i, &chance);
    for (uint32_t i = cast->active_count; i < cast->customer_count; i++)
        draw_prospect(cast, &cast->customers[i], i - cast->active_count, &chance);
    cast->customers[0].story = STORY_WHITE;
    cast->customers[5].story = STORY_RED;
    cast->customers[1].story = STORY_OVERDUE;
    cast->customers[2].story = STORY_DROPPED;
    cast->customers[3].story = STORY_SHRINKING;
    for (uint32_t i = 1; i <= 3; i++) {
        struct sample_customer *customer = &cast->customers[i];
        customer->order_cny = customer->order_cny * STORY_GAP_DAYS / customer->gap_days;
        customer->gap_days = STORY_GAP_DAYS;
        customer->since_day = cast->from_day - 400 * (int32_t)i;
        customer->known_day = cast->from_day;
    }
    place_dates(cast);
    keep_lunar_birthdays(cast);
    if (!open_zones(cast, ret_error)) {
        sample_cast_close(&cast);
        return false;
    }
    cast->end_ms = sample_ms(cast, 0, cast->until_day, 0);
    *ret_cast = cast;
    return true;
}

void sample_cast_close(struct sample_cast **cast)
{
    if (*cast == NULL)
        return;
    for (uint32_t i = 0; i < (*cast)->rep_count; i++)
        zone_close(&(*cast)->reps[i].zone);
    free((*cast)->customers);
    free(*cast);
    *cast = NULL;
}

void sample_write_reps(const struct sample_cast *cast, FILE *file)
{
    char stamp[STAMP_TEXT_BYTES];
    fputs("rep_id,name,manager,role,country,time_zone,languages,working_hours,golden_hours,daily_capacity,working_days,"
          "time\n",
          file);
    for (uint32_t i = 0; i < cast->rep_count; i++) {
        const struct sample_rep *rep = &cast->reps[i];
        stamp_print(sample_ms(cast, 0, cast->from_day, 0) / 1000, 0, stamp);
        fprintf(file, "%s,%s,%s,%s,%s,%s,%s,%s,%s,60,1-5,%s\n", rep->id, rep->name, i == 0 ? "" : cast->reps[0].id,
                i == 0 ? "manager" : "rep", rep->country, rep->zone_name, rep->languages, rep->hours, "10:00-11:30",
                stamp);
    }
}

static void write_day(FILE *file, int32_t day)
{
    char text[DAY_TEXT_BYTES];
    day_print(day, text);
    fputs(text, file);
}

void sample_write_customers(const struct sample_cast *cast, FILE *file)
{
    fputs("customer_id,name,rep,type,region,founding_day,cooperation_since,contact_name,contact_post,contact_phone,"
          "contact_email,contact_birthday,contact_lunar_birthday,currency,credit_days,lead_source,language,country,"
          "time_zone,file.product,time\n",
          file);
    static const char *const sources[] = {"fair", "referral", "web", "old customer"};
    static const char *const products[] = {"nylon zippers", "metal zippers", "buckles", "elastic"};
    for (uint32_t i = 0; i < cast->customer_count; i++) {
        const struct sample_customer *customer = &cast->customers[i];
        char stamp[STAMP_TEXT_BYTES];
        bool patchy = i % PATCHY_EVERY == PATCHY_EVERY - 1;
        stamp_print(sample_ms(cast, 0, customer->known_day, 30) / 1000, 0, stamp);
        fprintf(file, "%s,%s,%s,%s,%s,", customer->id, customer->name, cast->reps[customer->rep].id, customer->type,
                customer->region);
        write_day(file, customer->founding_day);
        fputc(',', file);
        if (!customer->prospect)
            write_day(file, customer->since_day);
        fprintf(file, ",%s,%s,%s,%s,", customer->person, customer->post, customer->phone,
                patchy ? "" : customer->email);
        if (!patchy)
            write_day(file, customer->birthday);
        fprintf(file, ",%s,%s,%d,%s,%s,%s,%s,%s,%s\n", customer->lunar ? "yes" : "",
                sample_currency_code(customer->currency), customer->prospect ? 0 : 30, sources[i % COUNT(sources)],
                customer->language, customer->country, customer->zone_name, products[i % COUNT(products)], stamp);
    }
}
