#include "services/tend/wording.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

struct phrase {
    const char *english, *other;
};

static const struct phrase phrases[] = {
    {"%s customers", "%s 家客户"},
    {"%s customers, %s of them with orders in the window; net sales %s %s",
     "%s 家客户，其中 %s 家在统计期内有订单；净销售额 %s %s"},
    {"%s customers, %s", "%s 家客户，%s"},
    {"%s from %s", "%s 类 %s 起"},
    {"; ", "；"},
    {", ", "、"},
    {"%s: %s \xe2\x86\x92 %s", "%s：%s \xe2\x86\x92 %s"},
    {"%s with an order overdue, %s dropped out", "%s 家该下单而未下单，%s 家可能流失"},
    {"... all of them: tend customers --at-risk", "……全部名单：tend customers --at-risk"},
    {"Others are at risk too: tend customers --at-risk", "另有其他有风险的客户：tend customers --at-risk"},
    {"All customers at a glance", "客户总览"},
    {"All dimensions", "全部维度"},
    {"As a table", "以表格显示"},
    {"As of %s; %s", "截至 %s；%s"},
    {"Classes", "客户分类"},
    {"by the figures alone; All dimensions below counts what people decided.",
     "仅按数据划分；下方“全部维度”计入人工决定。"},
    {"Concentration", "集中度"},
    {"An order is expected to bring the mean of the customer's own and one average order.",
     "预计每笔订单金额介于该客户自己的均值与全体平均订单之间。"},
    {"Customers at risk", "有风险的客户"},
    {"Customers at risk, the largest first", "有风险的客户（金额大者在前）"},
    {"Customers by what they are worth now, to the right, and what they will be worth, upwards; shares of customers "
     "and of net sales.",
     "向右为当前价值，向上为未来价值；条形为客户数占比和净销售额占比。"},
    {"Down to the end of class %s: %s of the customers bring %s of the sales",
     "到 %s 类为止：%s 的客户带来 %s 的销售额"},
    {"Each cell: how many customers have the two scores, and their net sales; the more customers, the stronger its "
     "colour.",
     "每格为具有这两个分数的客户数及其净销售额；客户越多，颜色越深。"},
    {"Everybody is expected to buy on at a rate near that of all.", "预计所有客户按接近全体平均的频率继续购买。"},
    {"F5 buys most often, R5 bought most recently", "F5 购买最频繁，R5 最近购买"},
    {"For a manager's review", "供主管审阅"},
    {"From the orders of all it tells how often each customer will order; what a customer will be worth rests on it.",
     "由全部订单推断每位客户今后多久下一次单；客户的未来价值以此为依据。"},
    {"How many customers went from one value to another.", "从一个取值变到另一个取值的客户数。"},
    {"How much of all sales the largest customers bring together; the dots are where the classes end.",
     "最大的若干客户合计占全部销售额的比例；圆点为各类的分界。"},
    {"In each cell: customers, and their net sales.", "每格：客户数及其净销售额。"},
    {"Its figures", "模型参数"},
    {"Movement this month", "本月变动"},
    {"No changes since the first of the month; what an import moves is not counted.",
     "本月一日以来没有变动；导入引起的变动不计。"},
    {"No orders in the window yet.", "统计期内还没有订单。"},
    {"None of those with an order in the window.", "统计期内有订单的客户中没有。"},
    {"Nobody is expected to leave for good.", "预计无人永久流失。"},
    {"Nobody is expected to leave for good; each is expected to buy on at a rate near its own.",
     "预计无人永久流失；每位客户按接近自己的频率继续购买。"},
    {"Nothing is expected of anybody.", "不对任何客户作预测。"},
    {"Nothing is known of what an order brings.", "订单金额尚无依据。"},
    {"Not known yet: too little history.", "暂无：历史数据太少。"},
    {"Pareto curve", "帕累托曲线"},
    {"Purchase model", "购买模型"},
    {"Recency and frequency", "最近购买与购买频率"},
    {"Recency and frequency: customers, and their net sales", "最近购买与购买频率：客户数及其净销售额"},
    {"The largest customer is %s with %s of all sales.", "最大客户为 %s，占全部销售额的 %s。"},
    {"The largest first, of those with an order in the window.", "统计期内有订单的客户，金额大者在前。"},
    {"The lowest of class C by margin less cost to serve.", "C 类中毛利减服务成本最低的客户。"},
    {"The part of all sales that the largest customers bring.", "最大的若干客户占全部销售额的比例。"},
    {"The part of the contact minutes of the last 28 days that each rep gave to the top 20 % of the customers.",
     "近 28 天内每位业务员的联系时间中，用于前 20 % 客户的比例。"},
    {"The straight line: if all bought alike.", "直线：若所有客户购买相同金额。"},
    {"The top 10 %% have %s of the sales, the top 20 %% have %s, the largest customer (%s) has %s",
     "前 10 %% 的客户占销售额的 %s，前 20 %% 占 %s，最大客户（%s）占 %s"},
    {"Time for the top 20 %", "用于前 20 % 客户的时间"},
    {"VIP: keep close. Improve: win more of. Maintain: keep at little cost. Abandon: low now and low to come: keep the "
     "cost down, or let go.",
     "VIP：重点维护。改进：争取更多业务。维持：低成本保持。放弃：现在和将来都低：控制投入。"},
    {"Value now (to the right) and to come (upwards)", "当前价值（向右）与未来价值（向上）"},
    {"Value now and value to come", "当前价值与未来价值"},
    {"Who brings the sales", "销售额来自谁"},
    {"Why a customer stands where it does: tend why ID", "查看某客户的判断依据：tend why 客户编号"},
    {"abc %s, %s of %s days", "ABC 分界 %s，%s，近 %s 天"},
    {"quantity", "数量"},
    {"advocacy", "推荐"},
    {"after", "变动后"},
    {"all", "全部"},
    {"amounts", "金额模型"},
    {"before", "变动前"},
    {"buys again in the next period", "下期再次购买"},
    {"class", "类别"},
    {"cost to serve", "服务成本"},
    {"customer", "客户"},
    {"cancelled", "已取消"},
    {"customers", "客户数"},
    {"declining", "下滑"},
    {"demand", "需求状态"},
    {"dimension", "维度"},
    {"dropped out", "可能流失"},
    {"face", "客户脸谱"},
    {"file", "档案"},
    {"fitted from what was known on", "拟合所用数据截至"},
    {"from", "下限"},
    {"horizon", "预计下单时间"},
    {"instead", "替代方法"},
    {"intention", "意向"},
    {"it fits the orders well", "与订单吻合"},
    {"kind of buyer", "购买类型"},
    {"last order", "最近订单"},
    {"loyalty", "忠诚度"},
    {"margin", "毛利"},
    {"model", "模型"},
    {"net sales", "净销售额"},
    {"net sales %s", "净销售额 %s"},
    {"net sales %s, %s", "净销售额 %s，%s"},
    {"new", "新"},
    {"no drop-out seen", "未见流失"},
    {"no mean", "金额差异过大或无差异"},
    {"no optimum found", "未能拟合"},
    {"no repeat order", "没有重复订单"},
    {"next order", "下次订单"},
    {"not known", "未知"},
    {"nothing to fit", "没有可用数据"},
    {"of all", "占全部"},
    {"order overdue", "该下单未下单"},
    {"order was refunded beyond its amount", "笔订单的退款超过订单金额"},
    {"orders were refunded beyond their amount", "笔订单的退款超过订单金额"},
    {"order whose cost is not known is left out of margins", "笔订单成本未知，不计入毛利"},
    {"orders whose cost is not known are left out of margins", "笔订单成本未知，不计入毛利"},
    {"order without an exchange rate for its day counts as 0", "笔订单缺少当日汇率，按 0 计"},
    {"orders without an exchange rate for their day count as 0", "笔订单缺少当日汇率，按 0 计"},
    {"owner", "业务员"},
    {"parameters, in days", "参数（以天计）"},
    {"policy class", "政策类别"},
    {"quadrant", "价值象限"},
    {"qualified", "资格"},
    {"rival seen", "竞争对手"},
    {"satisfaction", "满意度"},
    {"share", "占比"},
    {"share of customers, the largest first", "客户占比（金额大者在前）"},
    {"stage", "阶段"},
    {"stage of life", "生命周期"},
    {"status", "状态"},
    {"temperature", "热度"},
    {"tier", "层级"},
    {"overdue", "逾期未下单"},
    {"the largest", "最大客户"},
    {"too few customers", "客户太少"},
    {"too few repeat buyers", "重复购买的客户太少"},
    {"top 10 %", "前 10 %"},
    {"top 20 %", "前 20 %"},
    {"usual gap, days", "平时间隔（天）"},
    {"value", "取值"},
    {"very dissatisfied", "非常不满"},
    {"what is wrong", "问题"},
    {"with orders in the window", "统计期内有订单"},
    {"worth more later \xe2\x86\x92", "未来价值更高 \xe2\x86\x92"},
    {"worth more now \xe2\x86\x92", "当前价值更高 \xe2\x86\x92"},
    // The words of values.
    {"VIP", "VIP"},
    {"vip", "VIP"},
    {"improve", "改进"},
    {"maintain", "维持"},
    {"abandon", "放弃"},
    {"yes", "是"},
    {"no", "否"},
    {"relational", "关系型"},
    {"transactional", "交易型"},
    {"red", "红面"},
    {"black", "黑面"},
    {"white", "白面"},
    {"top", "顶层"},
    {"important", "重要"},
    {"secondary", "次要"},
    {"ordinary", "一般"},
    {"small", "小客户"},
    {"negative", "负需求"},
    {"none", "无"},
    {"latent", "潜伏"},
    {"falling", "下降"},
    {"irregular", "不规则"},
    {"full", "充分"},
    {"excessive", "过度"},
    {"harmful", "有害"},
    {"denial", "拒绝"},
    {"cold", "冷"},
    {"warm", "温"},
    {"hot", "热"},
    {"loyal", "忠诚"},
    {"complaining", "投诉中"},
    {"lost", "已流失"},
    {"relational:best", "关系型：最有利润"},
    {"relational:promising", "关系型：有潜力"},
    {"relational:losing", "关系型：价值下滑"},
    {"not_reached", "未联系上"},
    {"added", "新加入"},
    {"key_person", "已联系关键人"},
    {"plans", "有计划"},
    {"intends", "有意向"},
    {"contract_sent", "已发合同"},
    {"in_contract", "合同期内"},
    {"expired", "合同到期"},
    {"slight", "微弱"},
    {"unclear", "不明"},
    {"possible", "可能"},
    {"good", "较好"},
    {"very_likely", "很可能"},
    {"open", "待确认"},
    {"awareness", "认知"},
    {"purchase", "首购"},
    {"repeat", "重复购买"},
    {"churn", "流失"},
    {"later", "以后"},
    {"soon", "即将"},
    {"late", "已迟"},
    {"empty", "空白"},
    {"partial", "不完整"},
    {"complete", "完整"},
    {"alarm", "非常不满"},
    {"leaving", "将离开"},
    {"indifferent", "无所谓"},
    {"content", "满意"},
    {"delighted", "非常满意"},
    {"concentration", "集中风险"},
    {"Rehearsal of %s to %s", "演练：%s 至 %s"},
    {"%s events replayed, %s refused", "重放 %s 个事件，拒绝 %s 个"},
    {"What would have been sent", "原本会发出的消息"},
    {"Messages", "消息"},
    {"%s messages with %s reminders and calls; on a day with messages a rep got %s of them",
     "共 %s 条消息，含 %s 条提醒和电话；有消息的日子里，每人平均每天收到 %s 条"},
    {"%s of them waited more than half an hour for a better moment", "其中 %s 项为等待合适时机推迟了半小时以上"},
    {"%s lists, %s of them late; %s days without a list that was due",
     "%s 份电话清单，其中 %s 份迟发；%s 天的清单未发出"},
    {"Days of reps by the number of messages", "按当天消息数统计的人·天数"},
    {"%s or more", "%s 条及以上"},
    {"%s to %s", "%s 至 %s"},
    {"Rep by rep", "按业务员"},
    {"rep", "业务员"},
    {"messages", "消息"},
    {"days", "天数"},
    {"a day", "日均"},
    {"most", "最多"},
    {"on", "日期"},
    {"lists", "清单"},
    {"calls", "电话"},
    {"others", "其他提醒"},
    {"as superior", "作为上级"},
    {"month", "月份"},
    {"reached", "已联系"},
    {"calls listed", "清单电话"},
    {"reps short", "未完人数"},
    {"reps warned", "预警人数"},
    {"  (in part)", "  （不足整月）"},
    {"Coverage by month", "每月覆盖"},
    {"The files hold no contact with a customer, so nobody counts as reached: give a file of contacts too.",
     "文件里没有与客户的联系记录，所以没有人算联系到：请再给一个联系记录文件。"},
    {"Reached as the history has it: the lists of a rehearsal are read by nobody. Warned: told in that month that not "
     "everybody can be reached.",
     "“已联系”按历史记录计：演练的清单没有人看。“预警”：当月曾提示无法联系到所有客户。"},
    {"What they were about", "提醒内容"},
    {"about", "内容"},
    {"told", "已发"},
    {"to superiors", "发给上级"},
    {"folded", "合并"},
    {"held back", "克制未发"},
    {"taken back", "撤回"},
    {"came too late", "过期"},
    {"Folded: went into another one. Held back: the customer was contacted often enough. Taken back: the reason was "
     "gone, before or after it was told.",
     "合并：并入另一条。克制未发：该客户近期联系已够多。撤回：原因消失，发出前或发出后。"},
    {"Promises", "承诺"},
    {"%s made: %s kept in time, %s late, %s broken, %s still open",
     "共 %s 项：按时兑现 %s，迟兑 %s，违约 %s，未到期 %s"},
    {"kept in time", "按时兑现"},
    {"kept too late", "迟兑"},
    {"broken", "违约"},
    {"still open", "未到期"},
    {"a rep and day with messages", "每人每天（有消息的日子）"},
    {"most on one day", "单人单日最多"},
    {"reached each month", "每月联系到"},
    {"told to superiors", "发给上级的提醒"},
    {"Messages a day", "每天的消息数"},
    {"Calls stand on lists; others are reminders. As superior: what a rep was told as somebody's manager, director or "
     "approver.",
     "电话在清单上，其余为提醒。作为上级：以主管、总监或审批人身份收到的提醒。"},
    {"The part of all customers that was contacted in the month.", "当月联系到的客户占比。"},
    {"Coverage, rep by rep", "覆盖（按业务员）"},
    {"What became of them", "提醒的去向"},
    {"warned on", "预警日期"},
    {"Reminders beside the calls on the lists.", "清单电话以外的提醒。"},
    {"The messages themselves, day by day: a file for each rep beside this page.",
     "逐日的消息原文：与本页同一文件夹，每位业务员一个文件。"},
};

// English words that people do not write as programs do.
static const struct phrase spellings[] = {
    {"vip", "VIP"},
    {"relational:best", "relational, best"},
    {"relational:promising", "relational, promising"},
    {"relational:losing", "relational, losing"},
    {"not_reached", "not reached"},
    {"key_person", "key person"},
    {"contract_sent", "contract sent"},
    {"in_contract", "in contract"},
    {"very_likely", "very likely"},
};

const char *wording(enum wording_language language, const char *english)
{
    for (size_t i = 0; language == WORDING_ZH && i < sizeof phrases / sizeof *phrases; i++)
        if (strcmp(phrases[i].english, english) == 0)
            return phrases[i].other;
    for (size_t i = 0; language == WORDING_EN && i < sizeof spellings / sizeof *spellings; i++)
        if (strcmp(spellings[i].english, english) == 0)
            return spellings[i].other;
    return english;
}

bool wording_at(size_t index, const char **ret_english, const char **ret_chinese)
{
    if (index >= sizeof phrases / sizeof *phrases)
        return false;
    *ret_english = phrases[index].english;
    *ret_chinese = phrases[index].other;
    return true;
}

const char *wording_value(enum wording_language language, const char *value)
{
    return wording(language, value);
}

bool wording_parse(const char *name, enum wording_language *ret_language)
{
    static const struct {
        const char *name;
        enum wording_language language;
    } names[] = {{"en", WORDING_EN}, {"zh", WORDING_ZH}, {"zh-CN", WORDING_ZH}, {"zh_CN", WORDING_ZH}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(names[i].name, name) == 0) {
            *ret_language = names[i].language;
            return true;
        }
    return false;
}

enum wording_language wording_of_locale(const char *locale)
{
    bool chinese = locale != NULL && strncasecmp(locale, "zh", 2) == 0 && strchr("_-.@", locale[2]) != NULL;
    return chinese ? WORDING_ZH : WORDING_EN;
}

const char *wording_tag(enum wording_language language)
{
    return language == WORDING_ZH ? "zh-CN" : "en";
}
