#include "services/tend/kind.h"

#include "common/must.h"

#include <ctype.h>
#include <string.h>

static const struct column orders[] = {
    [ORDER_ID] = {"order_id", COLUMN_CODE, true,
                  "order no|order number|order|订单号|订单编号|~invoice no|~invoice number|~invoice",
                  "the order's number"},
    [ORDER_TIME] = {"time", COLUMN_MOMENT, true,
                    "order date|date|order time|ordered at|下单时间|订单日期|日期|~invoice date", "when it was placed"},
    [ORDER_CUSTOMER] = {"customer_id", COLUMN_CODE, true, "customer no|customer|客户编号|客户号",
                        "who bought; without it the email, else the phone"},
    [ORDER_CUSTOMER_NAME] = {"customer_name", COLUMN_TEXT, false, "客户名称|客户",
                             "a name for a customer not known otherwise"},
    [ORDER_EMAIL] = {"email", COLUMN_TEXT, false, "邮箱", "the buyer's address"},
    [ORDER_PHONE] = {"phone", COLUMN_CODE, false, "电话", "the buyer's number"},
    [ORDER_REP] = {"rep", COLUMN_CODE, false, "rep id|sales rep|owner|业务员", "who sold"},
    [ORDER_REGION] = {"region", COLUMN_TEXT, false, "地区|区域|~country", "where a customer not known otherwise is"},
    [ORDER_SKU] = {"sku", COLUMN_CODE, false, "product id|item|产品编号|货号|~stock code", "the product's number"},
    [ORDER_NAME] = {"name", COLUMN_TEXT, false, "product name|product|产品名称|品名|~description",
                    "the product's name"},
    [ORDER_QUANTITY] = {"quantity", COLUMN_NUMBER, false, "qty|数量", "pieces; 1 without it"},
    [ORDER_PRICE] = {"price", COLUMN_AMOUNT, false, "unit price|单价", "of one piece, before the discount"},
    [ORDER_DISCOUNT] = {"discount", COLUMN_SHARE, false, "折扣率", "0.15 or 15 %"},
    [ORDER_LINE_TOTAL] = {"total", COLUMN_AMOUNT, false, "line total|sales|amount|金额|小计",
                          "of the line; price, quantity and discount without it"},
    [ORDER_TOTAL] = {"order_total", COLUMN_AMOUNT, false, "订单金额|订单总额",
                     "of the whole order, on its first row or on each; the sum of its lines without it"},
    [ORDER_COST] = {"cost", COLUMN_AMOUNT, false, "成本", "of the line, what it costs us"},
    [ORDER_PROFIT] = {"profit", COLUMN_AMOUNT, false, "利润", "of the line: its cost is total less profit"},
    [ORDER_CURRENCY] = {"currency", COLUMN_TEXT, false, "币种|货币", "three capitals"},
    [ORDER_PROMISED] = {"promised_delivery", COLUMN_DAY, false, "delivery date|交货日期|交期", "day"},
    [ORDER_PAID] = {"paid", COLUMN_MOMENT, false, "paid at|付款时间", "when it was paid"},
    [ORDER_SHIPPED] = {"shipped", COLUMN_MOMENT, false, "shipped at|ship date|发货时间", "when it left"},
    [ORDER_DELIVERED] = {"delivered", COLUMN_MOMENT, false, "delivered at|签收时间", "when it arrived"},
    [ORDER_CANCELLED] = {"cancelled", COLUMN_MOMENT, false, "canceled|cancelled at|取消时间", "when it was cancelled"},
    [ORDER_REFUND] = {"refund", COLUMN_AMOUNT, false, "refund amount|退款金额", "what went back of the whole order"},
    [ORDER_REFUNDED] = {"refunded", COLUMN_MOMENT, false, "refunded at|退款时间", "when; the order's time without it"},
};

static const struct column customers[] = {
    [CUSTOMER_ID] = {"customer_id", COLUMN_CODE, true, "id|customer no|客户编号|客户号", "the customer's number"},
    [CUSTOMER_NAME] = {"name", COLUMN_TEXT, COLUMN_TELLING, "customer name|company|客户名称|名称|公司",
                       "the customer's name"},
    [CUSTOMER_FIRST_NAME] = {"first_name", COLUMN_TEXT, false, NULL,
                             "of the key person, whose name a customer without one has"},
    [CUSTOMER_LAST_NAME] = {"last_name", COLUMN_TEXT, false, NULL, "the same"},
    [CUSTOMER_REP] = {"rep", COLUMN_CODE, false, "rep id|owner|owner rep id|业务员", "whose customer it is"},
    [CUSTOMER_TYPE] = {"type", COLUMN_WORD, false, "customer type|客户类型",
                       "buyer, importer, trading, agent, factory, franchisee"},
    [CUSTOMER_REGION] = {"region", COLUMN_TEXT, false, "地区|~country|~国家", "where it is"},
    [CUSTOMER_BIRTHDAY] = {"birthday", COLUMN_YEARLY, false, "生日", "of the person we deal with"},
    [CUSTOMER_LUNAR] = {"lunar_birthday", COLUMN_WORD, false, "农历生日",
                        "yes: month and day of the birthday are of the Chinese calendar"},
    [CUSTOMER_FOUNDING_DAY] = {"founding_day", COLUMN_YEARLY, false, "成立日期|公司成立日", "of the company"},
    [CUSTOMER_SINCE] = {"cooperation_since", COLUMN_DAY, false, "since|合作日期|合作开始", "day"},
    [CUSTOMER_CONTACT_NAME] = {"contact_name", COLUMN_TEXT, false, "contact|联系人", "the key person"},
    [CUSTOMER_CONTACT_POST] = {"contact_post", COLUMN_TEXT, false, "职务", "what the person is"},
    [CUSTOMER_CONTACT_PHONE] = {"contact_phone", COLUMN_CODE, false, "phone|电话|手机", "number"},
    [CUSTOMER_CONTACT_EMAIL] = {"contact_email", COLUMN_TEXT, false, "email|邮箱", "address"},
    [CUSTOMER_CONTACT_BIRTHDAY] = {"contact_birthday", COLUMN_YEARLY, false, "联系人生日", "day"},
    [CUSTOMER_CONTACT_LUNAR] = {"contact_lunar_birthday", COLUMN_WORD, false, "联系人农历生日", "yes or no"},
    [CUSTOMER_CONTACT2_NAME] = {"contact2_name", COLUMN_TEXT, false, NULL, "a second person"},
    [CUSTOMER_CONTACT2_POST] = {"contact2_post", COLUMN_TEXT, false, NULL, "what the person is"},
    [CUSTOMER_CONTACT2_PHONE] = {"contact2_phone", COLUMN_CODE, false, NULL, "number"},
    [CUSTOMER_CONTACT2_EMAIL] = {"contact2_email", COLUMN_TEXT, false, NULL, "address"},
    [CUSTOMER_CONTACT2_BIRTHDAY] = {"contact2_birthday", COLUMN_YEARLY, false, NULL, "day"},
    [CUSTOMER_CONTACT2_LUNAR] = {"contact2_lunar_birthday", COLUMN_WORD, false, NULL, "yes or no"},
    [CUSTOMER_CREDIT_LIMIT] = {"credit_limit", COLUMN_AMOUNT, false, "信用额度", "amount"},
    [CUSTOMER_CREDIT_DAYS] = {"credit_days", COLUMN_COUNT, false, "账期", "days"},
    [CUSTOMER_CURRENCY] = {"currency", COLUMN_TEXT, false, "币种|货币", "of the credit limit"},
    [CUSTOMER_PARENT] = {"parent", COLUMN_CODE, false, "parent customer id|上级客户", "the customer it belongs to"},
    [CUSTOMER_LEAD_SOURCE] = {"lead_source", COLUMN_TEXT, false, "source|来源", "where it came from"},
    [CUSTOMER_LANGUAGE] = {"language", COLUMN_TEXT, false, "语言", "en, zh-CN"},
    [CUSTOMER_TIME_ZONE] = {"time_zone", COLUMN_TEXT, false, "时区", "Europe/London"},
    [CUSTOMER_COUNTRY] = {"country", COLUMN_TEXT, false, "country code|国家|国家代码",
                          "whose holidays are greeted: CN, China; the region too, where no column is that"},
    [CUSTOMER_TIME] = {"time", COLUMN_MOMENT, false, "updated|updated at|更新时间",
                       "since when this is known; the file's own time without it"},
};

static const struct column reps[] = {
    [REP_ID] = {"rep_id", COLUMN_CODE, true, "id|rep|工号", "the rep's name in all other files"},
    [REP_NAME] = {"name", COLUMN_TEXT, true, "rep name|姓名", "the rep's name"},
    [REP_MANAGER] = {"manager", COLUMN_CODE, false, "manager rep id|主管", "rep id"},
    [REP_TIME_ZONE] = {"time_zone", COLUMN_TEXT, false, "时区", "Asia/Shanghai"},
    [REP_LANGUAGES] = {"languages", COLUMN_TEXT, false, "language|语言", "zh-CN;en: the first is written to"},
    [REP_WORKING_HOURS] = {"working_hours", COLUMN_TEXT, false, "工作时间", "09:00-12:00;13:30-18:00"},
    [REP_GOLDEN_HOURS] = {"golden_hours", COLUMN_TEXT, false, "黄金时间", "10:00-11:30"},
    [REP_DAILY_CAPACITY] = {"daily_capacity", COLUMN_COUNT, false, "每日拜访量", "contacts a day"},
    [REP_WORKING_DAYS] = {"working_days", COLUMN_TEXT, false, "工作日", "1-5, or 1;3;5; Monday is 1"},
    [REP_CHANNEL] = {"channel", COLUMN_TEXT, false, "渠道", "a channel of the config"},
    [REP_ADDRESS] = {"address", COLUMN_CODE, false, "地址", "the rep in that chat"},
    [REP_DEPUTY] = {"deputy", COLUMN_CODE, false, "deputy rep id|代理人", "rep id"},
    [REP_ROLE] = {"role", COLUMN_WORD, false, "角色", "rep, manager, director, or a name of the config's"},
    [REP_COUNTRY] = {"country", COLUMN_TEXT, false, "country code|国家|国家代码",
                     "whose holidays the rep has: CN, China"},
    [REP_TIME] = {"time", COLUMN_MOMENT, false, "updated|updated at|更新时间",
                  "since when this is known; the file's own time without it"},
};

static const struct column contacts[] = {
    [CONTACT_ID] = {"contact_id", COLUMN_CODE, false, "id|编号",
                    "its number; without one, rows that are alike count once"},
    [CONTACT_TIME] = {"time", COLUMN_MOMENT, true, "date|时间|日期", "when"},
    [CONTACT_CUSTOMER] = {"customer_id", COLUMN_CODE, true, "customer|客户编号|客户号", "with whom"},
    [CONTACT_REP] = {"rep", COLUMN_CODE, false, "rep id|owner|业务员", "who"},
    [CONTACT_CHANNEL] = {"channel", COLUMN_WORD, false, "渠道|方式",
                         "phone, email, chat, sms, visit, meeting, letter, web, other"},
    [CONTACT_DIRECTION] = {"direction", COLUMN_WORD, false, "方向", "out: we reached out; in: the customer did"},
    [CONTACT_OUTCOME] = {"outcome", COLUMN_WORD, true, "result|结果",
                         "reached, no_answer, left_message, refused, wrong_number"},
    [CONTACT_MINUTES] = {"minutes", COLUMN_COUNT, false, "duration|时长", "how long"},
    [CONTACT_KEY_POINT] = {"key_point", COLUMN_TEXT, false, "要点", "what was agreed by word of mouth"},
    [CONTACT_NEXT_AT] = {"next_at", COLUMN_MOMENT, false, "next contact|下次联系", "when to call again"},
    [CONTACT_NOTE] = {"note", COLUMN_TEXT, false, "notes|备注", "anything"},
    [CONTACT_AUTOMATIC] = {"automatic", COLUMN_WORD, false, "自动|自动发送", "yes: sent by a program"},
};

static const struct column leads[] = {
    [LEAD_TIME] = {"time", COLUMN_MOMENT, true, "date|时间|日期", "when this was known"},
    [LEAD_CUSTOMER] = {"customer_id", COLUMN_CODE, true, "customer|客户编号|客户号", "whose"},
    [LEAD_REP] = {"rep", COLUMN_CODE, false, "rep id|owner|业务员", "who works on it"},
    [LEAD_STAGE] = {"stage", COLUMN_WORD, true, "阶段", "0 to 7"},
    [LEAD_INTENTION] = {"intention", COLUMN_COUNT, false, "意向", "1 to 5"},
    [LEAD_TEMPERATURE] = {"temperature", COLUMN_WORD, false, "热度", "denial, cold, warm, hot"},
    [LEAD_ORDER_DATE] = {"expected_order_date", COLUMN_DAY, false, "预计下单日期", "day"},
    [LEAD_QUANTITY] = {"expected_quantity", COLUMN_NUMBER, false, "预计数量", "pieces"},
    [LEAD_NEED] = {"need", COLUMN_WORD, false, "需求", "yes or no"},
    [LEAD_POWER] = {"power", COLUMN_WORD, false, "购买力", "yes or no"},
    [LEAD_DECISION] = {"decision", COLUMN_WORD, false, "决策权", "yes or no"},
    [LEAD_CREDIT] = {"credit", COLUMN_WORD, false, "信用", "yes or no"},
    [LEAD_SOURCE] = {"lead_source", COLUMN_TEXT, false, "source|来源", "where it came from"},
    [LEAD_NOTE] = {"note", COLUMN_TEXT, false, "notes|备注", "anything"},
};

static const struct column contracts[] = {
    [CONTRACT_ID] = {"contract_id", COLUMN_CODE, true, "contract no|contract|合同号|合同编号", "the contract's number"},
    [CONTRACT_CUSTOMER] = {"customer_id", COLUMN_CODE, true, "customer|客户编号|客户号", "whose"},
    [CONTRACT_REP] = {"rep", COLUMN_CODE, false, "rep id|owner|业务员", "who closed it"},
    [CONTRACT_FROM] = {"from", COLUMN_DAY, true, "start|起始日期|开始日期", "first day"},
    [CONTRACT_TO] = {"to", COLUMN_DAY, false, "end|终止日期|结束日期", "last day"},
    [CONTRACT_VALUE] = {"value", COLUMN_AMOUNT, false, "金额|合同金额", "amount"},
    [CONTRACT_CURRENCY] = {"currency", COLUMN_TEXT, false, "币种|货币", "of the value"},
    [CONTRACT_TIME] = {"time", COLUMN_MOMENT, false, "signed|signed at|签订日期",
                       "when it was signed; `from` without it"},
    [CONTRACT_ENDED] = {"ended", COLUMN_MOMENT, false, "ended at|终止时间", "when it was ended"},
    [CONTRACT_REASON] = {"reason", COLUMN_TEXT, false, "原因", "why it was ended"},
};

static const struct {
    const char *name;
    const struct column *columns;
    size_t count;
} kinds[] = {
    [KIND_REPS] = {"reps", reps, REP_COLUMNS},
    [KIND_CUSTOMERS] = {"customers", customers, CUSTOMER_COLUMNS},
    [KIND_ORDERS] = {"orders", orders, ORDER_COLUMNS},
    [KIND_CONTRACTS] = {"contracts", contracts, CONTRACT_COLUMNS},
    [KIND_LEADS] = {"leads", leads, LEAD_COLUMNS},
    [KIND_CONTACTS] = {"contacts", contacts, CONTACT_COLUMNS},
    [KIND_EVENTS] = {"events", NULL, 0},
};

_Static_assert((int)ORDER_COLUMNS <= COLUMNS_MAX && (int)CUSTOMER_COLUMNS <= COLUMNS_MAX,
               "COLUMNS_MAX holds every kind");

const char *kind_name(enum import_kind kind)
{
    must(kind < KINDS);
    return kinds[kind].name;
}

bool kind_parse(const char *name, enum import_kind *ret_kind)
{
    for (int i = 0; i < KINDS; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            *ret_kind = (enum import_kind)i;
            return true;
        }
    }
    return false;
}

const struct column *kind_columns(enum import_kind kind, size_t *ret_count)
{
    must(kind < KINDS);
    *ret_count = kinds[kind].count;
    return kinds[kind].columns;
}

// The next byte that counts, in lower case; 0 at the end.
static int letter(const char **at, const char *end)
{
    while (*at < end && (**at == ' ' || **at == '_' || **at == '-'))
        ++*at;
    return *at < end ? tolower((unsigned char)*(*at)++) : 0;
}

bool kind_same_name(const char *one, size_t length, const char *other)
{
    const char *end = one + length, *other_end = other + strlen(other);
    for (;;) {
        int a = letter(&one, end), b = letter(&other, other_end);
        if (a != b)
            return false;
        if (a == 0)
            return true;
    }
}

enum column_match column_matches(const struct column *column, const char *header)
{
    if (*header == '\0')
        return COLUMN_NO;
    if (kind_same_name(column->name, strlen(column->name), header))
        return COLUMN_YES;
    for (const char *name = column->also; name != NULL && *name != '\0';) {
        size_t length = strcspn(name, "|"), weak = *name == '~';
        if (kind_same_name(name + weak, length - weak, header))
            return weak > 0 ? COLUMN_WEAKLY : COLUMN_YES;
        name += length + (name[length] == '|');
    }
    return COLUMN_NO;
}

static size_t score(enum import_kind kind, const char *const *header, size_t count)
{
    size_t known = 0;
    for (size_t i = 0; i < kinds[kind].count; i++) {
        bool found = false;
        for (size_t j = 0; j < count && !found; j++)
            found = column_matches(&kinds[kind].columns[i], header[j]) != COLUMN_NO;
        if (!found && kinds[kind].columns[i].need != COLUMN_FREE)
            return 0;
        known += found;
    }
    return known;
}

bool kind_guess(const char *const *header, size_t count, enum import_kind *ret_kind)
{
    size_t best = 0;
    for (int i = 0; i < KINDS; i++) {
        size_t known = score((enum import_kind)i, header, count);
        if (known > best) {
            best = known;
            *ret_kind = (enum import_kind)i;
        }
    }
    return best > 0;
}
