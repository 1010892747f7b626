#include "services/notifier/rulebook.h"

#include <stdio.h>
#include <string.h>

enum { PLACES = 8, PLACE_BYTES = 220, DEPTH = 2 };

// A rule with "{}" where something stands that changes, and how it is said, with {0}, {1} ... for those in order; a
// sentence need not use all of them. The first row that fits is taken, so what says more comes first.
static const struct {
    const char *rule;
    const char *text[LANGUAGES];
} rows[] = {
    {"a person decided; by the figures: {}", {"由人决定；按数据：{0}", "a person decided; by the figures: {0}"}},
    {"abc {}/{}, {} of {} days",
     {"ABC 分类：近 {3} 天{2}从大到小累计，前 {0}% 为 A 类，到 {1}% 为 B 类",
      "ABC classes: by {2} of {3} days, the largest customers that make up {0} % are A, up to {1} % B"}},
    {"tier: the largest {}/{}/{} % of the customers by {} of {} days",
     {"客户层级：按近 {4} 天{3}排名，前 {0}%、{1}%、{2}% 的客户",
      "tiers: the largest {0}, {1} and {2} % of the customers by {3} of {4} days"}},
    {"concentration: one customer with more than {} % of all {} of {} days",
     {"集中度：一个客户占近 {2} 天全部{1}的 {0}% 以上",
      "concentration: one customer with more than {0} % of all {1} of {2} days"}},
    {"overdue: silent for longer than {} % of the customer's mean gap of at least {}",
     {"该下单：没有下单的时间超过该客户平均间隔的 {0}%（至少 {1} 个间隔）",
      "overdue: no order for longer than {0} % of the customer's own mean gap, of at least {1} gaps"}},
    {"drop: silent for longer than {} % of all customers' gaps",
     {"可能流失：没有下单的时间超过全部客户 {0}% 的购买间隔",
      "drop: no order for longer than {0} % of all customers' gaps"}},
    {"declining: the last {} days under {} % of the {} days before",
     {"下滑：最近 {0} 天不到之前 {2} 天的 {1}%",
      "declining: the last {0} days bring under {1} % of the {2} days before"}},
    {"declining: sales a day over about {} days under {} % of those over about {} days",
     {"下滑：近 {0} 天的日均不到近 {2} 天日均的 {1}%",
      "declining: sales a day over about {0} days are under {1} % of those over about {2} days"}},
    {"rival: a competitor seen or the need lost since the last order, or within {} days",
     {"竞争：上次下单以来或 {0} 天内出现竞争对手，或客户说不再需要",
      "rival: a competitor was seen or the need lost since the last order, or within {0} days"}},
    {"temperature: they declined; that stays until somebody says otherwise",
     {"意向温度：客户已拒绝，直到有人另外说明",
      "temperature: they declined; that stays until somebody says otherwise"}},
    {"temperature: hot becomes warm after {} days without a touch, warm cold after {}",
     {"意向温度：{0} 天没有接触由热转温，{1} 天由温转冷",
      "temperature: hot becomes warm after {0} days without a contact, warm becomes cold after {1}"}},
    {"temperature: nothing was said yet", {"意向温度：还没有消息", "temperature: nothing was said yet"}},
    {"not declining: no test under {} %", {"没有下滑：各项都不低于 {0}%", "not declining: no test is under {0} %"}},
    {"declining is not known: too young, or no purchases that could be compared",
     {"看不出是否下滑：太新，或没有可以比较的购买",
      "declining is not known: too young, or no purchases that could be compared"}},
    {"unknown: nothing was heard of it yet", {"还没有这位客户的消息", "nothing was heard of it yet"}},
    {"{}: neither loyal nor complaining nor lost",
     {"不算忠诚，也没有投诉、没有流失", "neither loyal nor complaining nor lost"}},
    {"unknown: has never answered a survey", {"还没有回答过回访", "has never answered a survey"}},
    {"{}: answered {} of 5 within {} days; smoothed {}",
     {"满意度：{2} 天内打了 {1} 分（满分 5），平滑后 {3}",
      "satisfaction: answered {1} of 5 within {2} days, smoothed {3}"}},
    {"{}: smoothed {} of 5, as the last answer, {}, is older than {} days",
     {"满意度：最近一次打分（{2} 分）已超过 {3} 天，平滑后 {1}（满分 5）",
      "satisfaction: smoothed {1} of 5, as the last answer, {2}, is older than {3} days"}},
    {"{}: a complaint was resolved within {} days, and no answer of {} or more since",
     {"{1} 天内解决过投诉，之后还没有 {2} 分以上的评价",
      "a complaint was resolved within {1} days, and no score of {2} or more came since"}},
    {"{}: in the alarm zone, and silent for more than {} days",
     {"非常不满，而且超过 {1} 天没有下单", "very dissatisfied, and without an order for more than {1} days"}},
    {"{}: buys again, is not overdue nor discontent, loyalty from {} %",
     {"重复购买、没有逾期也没有不满，忠诚度 {1}% 以上",
      "buys again, is neither overdue nor discontent, loyalty from {1} %"}},
    {"{}: a complaint is open", {"有投诉还没有解决", "a complaint is open"}},
    {"{}: silent for longer than is usual: dropped out",
     {"没有下单的时间比通常长：已经流失", "without an order for longer than is usual: dropped out"}},
    {"{}: it has no need any more", {"客户不再需要", "it has no need any more"}},
    {"{}: buys again, is not overdue, and is delighted",
     {"重复购买、没有逾期，而且非常满意", "buys again, is not overdue, and is delighted"}},
    {"most of the time goes to key customers",
     {"大部分时间应该花在重点客户上", "most of the time goes to key customers"}},
    {"two sources", {"两个来源都说客户是自己的", "two sources claim the customer"}},
    {"two reps", {"两位同事都说客户是自己的", "two reps claim the customer"}},
    {"the same complaint must not come again", {"同样的投诉不能再发生", "the same complaint must not come again"}},
    {"a complaint is heard and acted on in time",
     {"投诉要及时回应、及时处理", "a complaint is heard and acted on in time"}},
    {"a complaint ends with its cause and with what makes it good",
     {"投诉要查明原因、给出补偿才算结束", "a complaint ends with its cause and with what makes it good"}},
    {"a message is answered in time", {"客户的消息要及时回复", "a message is answered in time"}},
    {"what is agreed by word of mouth is confirmed in writing the same day",
     {"口头说定的事，当天要书面确认", "what is agreed by word of mouth is confirmed in writing the same day"}},
    {"a delivery date, and each change of it, is told at once",
     {"交期和交期的每次变动都要马上告诉客户", "a delivery date, and each change of it, is told at once"}},
    {"99 of 100 orders right is not enough", {"100 个订单对 99 个也不够", "99 of 100 orders right is not enough"}},
    {"after the first order comes a visit", {"第一单之后要回访", "after the first order comes a visit"}},
    {"whoever is due for a call is on the day's list",
     {"该联系的客户排进当天的电话清单", "whoever is due for a call is on the day's list"}},
    {"a class that falls is looked after", {"客户降级要跟进", "a class that falls is looked after"}},
    {"whoever orders later than usual is called",
     {"过了平常下单时间的客户要联系", "whoever orders later than usual is called"}},
    {"whoever may be lost is called", {"可能流失的客户要联系", "whoever may be lost is called"}},
    {"a customer is congratulated on the birthday", {"客户生日要祝贺", "a customer is congratulated on the birthday"}},
    {"a customer is congratulated on the founding day",
     {"客户公司成立日要祝贺", "a customer is congratulated on the founding day"}},
    {"a customer is thanked each year for the cooperation",
     {"每年合作纪念日要感谢客户", "a customer is thanked each year for the cooperation"}},
    {"a promise is kept by its day", {"答应的事要按时做到", "a promise is kept by its day"}},
    {"what was put off comes back", {"推迟的事到时再提醒", "what was put off comes back"}},
    {"each customer is spoken to once a month",
     {"每位客户每月至少联系一次", "each customer is spoken to once a month"}},
    {"whoever buys less and less is called", {"越买越少的客户要联系", "whoever buys less and less is called"}},
    {"a rival at a customer's is answered at once",
     {"客户那里出现竞争对手要马上应对", "a rival at a customer's is answered at once"}},
    {"whoever becomes more important is looked after",
     {"变得更重要的客户要跟进", "whoever becomes more important is looked after"}},
    {"whoever complains is won back", {"投诉过的客户要挽回", "whoever complains is won back"}},
    {"whoever was lost is asked back", {"流失的客户要争取回来", "whoever was lost is asked back"}},
    {"whoever is unhappy is called at once", {"不满意的客户要马上联系", "whoever is unhappy is called at once"}},
    {"whoever is less than content is asked why",
     {"不够满意的客户要问清原因", "whoever is less than content is asked why"}},
    {"a lead that cools is spoken to", {"意向变冷的客户要联系", "a lead that cools is spoken to"}},
    {"a lead is followed up by its day", {"意向客户要按期跟进", "a lead is followed up by its day"}},
    {"an order that was expected and did not come is asked for",
     {"预计的订单没来要询问", "an order that was expected and did not come is asked for"}},
    {"a lead does not stand still in its stage",
     {"意向客户不能停在一个阶段不动", "a lead does not stand still in its stage"}},
    {"a contract is talked about before it ends", {"合同到期前要谈续约", "a contract is talked about before it ends"}},
    {"an objection is answered", {"客户的异议要回应", "an objection is answered"}},
    {"a quote that was lost is asked about again",
     {"丢掉的报价要再跟进", "a quote that was lost is asked about again"}},
    {"small customers of the past are asked again",
     {"以前的小客户要再问问", "small customers of the past are asked again"}},
    {"news is told to those whom it concerns", {"公告要告诉有关的客户", "news is told to those whom it concerns"}},
    {"guests are invited in good time", {"活动要提前邀请客户", "guests are invited in good time"}},
    {"before an order is expected, the customer is spoken to",
     {"预计下单前要联系客户", "before an order is expected, the customer is spoken to"}},
    {"what was told and nobody did goes to those above",
     {"提醒后没人跟进的事要上报", "what was told and nobody did goes to those above"}},
    {"each talk ends with the next date", {"每次沟通都要约好下一次", "each talk ends with the next date"}},
    {"each call is recorded", {"每次联系都要记录", "each call is recorded"}},
    {"the evening before shows the next day", {"前一天晚上预告第二天", "the evening before shows the next day"}},
    {"files are complete by their day", {"客户档案要按期补全", "files are complete by their day"}},
    {"customers are greeted on their feasts", {"客户的节日要问候", "customers are greeted on their feasts"}},
    {"gifts stay within the year's budget", {"礼品不能超过全年预算", "gifts stay within the year's budget"}},
    {"a trip is approved before it begins", {"出差要先批准", "a trip is approved before it begins"}},
    {"nobody travels without approval", {"没有批准不能出差", "nobody travels without approval"}},
    {"a visit is announced to the customers", {"拜访要提前告诉客户", "a visit is announced to the customers"}},
    {"who arrives says so", {"到达后要报到", "who arrives says so"}},
    {"a visit is prepared", {"拜访前要准备好", "a visit is prepared"}},
    {"who travels checks in every day", {"出差期间每天要报到", "who travels checks in every day"}},
    {"a trip ends with its report", {"出差回来要交报告", "a trip ends with its report"}},
    {"an exception from the rules needs a decision",
     {"政策外的事要有人批准", "an exception from the rules needs a decision"}},
    {"whoever breaks a promise says why", {"没做到承诺要写明原因", "whoever breaks a promise says why"}},
    {"a second broken promise goes to the manager",
     {"第二次没做到承诺要告诉经理", "a second broken promise goes to the manager"}},
    {"a promise leaves as much time as such promises take",
     {"答应的时间要够平常所需", "a promise leaves as much time as such promises take"}},
    {"each customer is asked for an opinion", {"每位客户都要回访意见", "each customer is asked for an opinion"}},
    {"a decision about a customer is looked at again",
     {"对客户的决定到期要复核", "a decision about a customer is looked at again"}},
    {"whoever brought a customer is paid for it",
     {"介绍客户的人要按时付酬", "whoever brought a customer is paid for it"}},
    {"a customer has one owner", {"一位客户只归一个人负责", "a customer has one owner"}},
    {"whoever takes a customer over is told what is open",
     {"接手客户的人要知道未完成的事", "whoever takes a customer over is told what is open"}},
};

// What the rules measure by.
static const struct {
    const char *rule;
    const char *text[LANGUAGES];
} words[] = {
    {"net sales", {"净销售额", "net sales"}},
    {"quantity", {"件数", "pieces"}},
    {"margin", {"毛利", "margin"}},
};

// Takes the rule apart along the row; the texts in its places are copied, cut where one is longer than any of ours.
static bool fit(const char *row, const char *rule, char places[PLACES][PLACE_BYTES])
{
    size_t count = 0;
    for (const char *place; (place = strstr(row, "{}")) != NULL; count++) {
        size_t before = (size_t)(place - row);
        if (count == PLACES || strncmp(row, rule, before) != 0)
            return false;
        row = place + 2;
        rule += before;
        const char *next = strstr(row, "{}");
        size_t after = next != NULL ? (size_t)(next - row) : strlen(row), length = strlen(rule);
        if (next != NULL || after > 0) {
            char mark[PLACE_BYTES];
            snprintf(mark, sizeof mark, "%.*s", (int)after, row);
            const char *end = strstr(rule, mark);
            if (end == NULL)
                return false;
            length = (size_t)(end - rule);
        }
        snprintf(places[count], PLACE_BYTES, "%.*s", (int)length, rule);
        rule += length;
    }
    return strcmp(row, rule) == 0;
}

static bool say(enum language language, const char *rule, unsigned depth, char *buffer);

// What stands in a place: a rule within the rule, or a word.
static void put_place(enum language language, const char *text, unsigned depth, char *buffer, size_t room)
{
    char inner[RULEBOOK_BYTES];
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].rule, text) == 0)
            text = words[i].text[language];
    if (depth + 1 < DEPTH && say(language, text, depth + 1, inner))
        text = inner;
    snprintf(buffer, room, "%s", text);
}

static bool say(enum language language, const char *rule, unsigned depth, char *buffer)
{
    char places[PLACES][PLACE_BYTES];
    size_t row = 0, used = 0;
    buffer[0] = '\0';
    while (row < sizeof rows / sizeof *rows && !fit(rows[row].rule, rule, places))
        row++;
    if (row == sizeof rows / sizeof *rows)
        return false;
    for (const char *at = rows[row].text[language]; *at != '\0' && used + 1 < RULEBOOK_BYTES;) {
        if (at[0] == '{') {
            put_place(language, places[at[1] - '0'], depth, buffer + used, RULEBOOK_BYTES - used);
            used += strlen(buffer + used);
            at += 3;
            continue;
        }
        buffer[used++] = *at++;
        buffer[used] = '\0';
    }
    return true;
}

bool rulebook_say(enum language language, const char *rule, char *buffer)
{
    return say(language, rule, 0, buffer);
}
