#include "services/notifier/words.h"

#include <stddef.h>
#include <string.h>

struct word {
    const char *code;
    const char *text[LANGUAGES];
};

// By the number that people know the stage by.
static const struct word stages[] = {
    {"not_reached", {"未联系上", "not reached yet"}},     {"added", {"新加入", "new"}},
    {"key_person", {"已联系关键人", "key person known"}}, {"plans", {"有计划", "plans to buy"}},
    {"intends", {"有意向", "wants to buy from us"}},      {"contract_sent", {"合同已发出", "contract sent"}},
    {"in_contract", {"合同期内", "in contract"}},         {"expired", {"合同到期", "contract ran out"}},
};

static const struct word values[] = {
    {"hot", {"热", "hot"}},
    {"warm", {"温", "warm"}},
    {"cold", {"冷", "cold"}},
    {"denial", {"拒绝", "refusing"}},
    {"slight", {"意向微弱", "a slight intention"}},
    {"unclear", {"意向不明", "an unclear intention"}},
    {"possible", {"可能成交", "a deal is possible"}},
    {"good", {"意向较好", "a good intention"}},
    {"very_likely", {"很可能成交", "a deal is very likely"}},
    {"H", {"7 天内", "within 7 days"}},
    {"A", {"15 天内", "within 15 days"}},
    {"B", {"30 天内", "within 30 days"}},
    {"important", {"重要客户", "an important customer"}},
    {"secondary", {"第二梯队的客户", "a customer of the second tier"}},
    {"ordinary", {"一般客户", "an ordinary customer"}},
    {"small", {"小客户", "a small customer"}},
    {"leaving", {"不满意，想离开", "not satisfied and may leave"}},
    {"indifferent", {"觉得一般", "indifferent"}},
    {"content", {"满意", "satisfied"}},
    {"delighted", {"非常满意", "delighted"}},
    {"alarm", {"非常不满", "very dissatisfied"}},
    {"delivery", {"收货之后", "after the delivery"}},
    {"complaint", {"投诉处理之后", "after the complaint"}},
    {"regular", {"定期", "as we do regularly"}},
    {"approved", {"已批准", "approved"}},
    {"refused", {"没有批准", "refused"}},
    {"delayed", {"推迟", "delayed"}},
    {"first_order", {"首单之后", "after the first order"}},
};

static const struct word fields[] = {
    {"name", {"名称", "name"}},
    {"owner", {"业务员", "owner"}},
    {"type", {"客户类型", "type of customer"}},
    {"region", {"地区", "region"}},
    {"birthday", {"生日", "birthday"}},
    {"founding_day", {"成立日", "founding day"}},
    {"cooperation_since", {"合作起始日", "start of cooperation"}},
    {"contact", {"联系人", "contact person"}},
    {"phone", {"电话", "phone number"}},
    {"email", {"邮箱", "e-mail address"}},
    {"key_person", {"关键人", "key person"}},
    {"credit", {"信用额度", "credit limit"}},
    {"source", {"来源", "source"}},
    {"language", {"语言", "language"}},
    {"time_zone", {"时区", "time zone"}},
    {"education", {"学历", "education"}},
    {"career", {"工作经历", "career"}},
    {"family", {"家庭", "family"}},
    {"life", {"生活习惯", "way of life"}},
    {"personality", {"性格", "personality"}},
    {"relations", {"人际关系", "relations"}},
    {"spending", {"消费习惯", "spending"}},
    {"suppliers", {"供应商", "suppliers"}},
    {"competitors", {"竞争对手", "competitors"}},
    {"business", {"经营情况", "business"}},
    {"deals", {"交易情况", "deals"}},
    {"traits", {"企业特点", "traits"}},
    {"address", {"地址", "address"}},
    {"country", {"国家", "country"}},
    {"post", {"职务", "position"}},
    {"fax", {"传真", "fax number"}},
    {"risk", {"风险", "risks"}},
};

// What apps and people call the usual ones; some of these words mean something else elsewhere.
static const struct word objections[] = {
    {"price", {"价格", "the price"}},
    {"product", {"产品", "the product"}},
    {"quality", {"质量", "the quality"}},
    {"quantity", {"起订量", "the quantity"}},
    {"lead_time", {"交期", "the lead time"}},
    {"delivery", {"交货", "the delivery"}},
    {"payment", {"付款条件", "the terms of payment"}},
    {"service", {"服务", "our service"}},
    {"competitor", {"竞争对手", "a competitor"}},
    {"need", {"需求", "the need"}},
    {"timing", {"时机", "the timing"}},
    {"trust", {"信任", "trust"}},
    {"policy", {"政策", "our policy"}},
    {"promotion", {"促销", "a promotion"}},
};

static const char *find(const struct word *words, size_t count, enum language language, const char *code)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i].code, code) == 0)
            return words[i].text[language];
    return NULL;
}

const char *words_of(enum language language, const char *code)
{
    const char *word = find(values, sizeof values / sizeof values[0], language, code);
    return word != NULL ? word : find(stages, sizeof stages / sizeof stages[0], language, code);
}

const char *words_of_field(enum language language, const char *field)
{
    return find(fields, sizeof fields / sizeof fields[0], language, field);
}

const char *words_of_objection(enum language language, const char *kind)
{
    return find(objections, sizeof objections / sizeof objections[0], language, kind);
}

const char *words_of_stage(enum language language, int64_t stage)
{
    bool known = stage >= 0 && stage < (int64_t)(sizeof stages / sizeof stages[0]);
    return known ? stages[stage].text[language] : NULL;
}
