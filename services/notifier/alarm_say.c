#include "services/notifier/alarm_say.h"

#include "common/zone.h"
#include "services/notifier/audit.h"
#include "services/notifier/envelope.h"
#include "services/notifier/reader.h"

#include <inttypes.h>
#include <string.h>

enum {
    SECOND_MS = 1000,
    DAY_SECONDS = 86400,
    VISIBLE_LENGTH = 6,
};

static enum language language_of(const struct alarm_reader *reader)
{
    enum language language = LANGUAGE_EN;
    (void)language_parse(reader->reader->language, &language);
    return language;
}

// What is said in the reader's language: the arguments are the same in both, and in the same order.
#define SAY(reader, chinese, english, ...) \
    arena_format((reader)->turn->arena, language_of(reader) == LANGUAGE_ZH ? (chinese) : (english), __VA_ARGS__)

static const char *plain(const struct alarm_reader *reader, const char *chinese, const char *english)
{
    return language_of(reader) == LANGUAGE_ZH ? chinese : english;
}

static struct bulletin_line line_of(const char *text, const char *why, const char *what)
{
    return (struct bulletin_line){.text = text, .customer_id = "", .customer = "", .points = {why, what}};
}

// "08:52 today", as the reader's clock has it.
static const char *moment(const struct alarm_reader *reader, int64_t time_ms)
{
    char *text = arena_take(reader->turn->arena, SAY_BYTES);
    const struct zone *zone = reader->reader->zone;
    int64_t at_s = time_ms / SECOND_MS, now_s = reader->turn->now_ms / SECOND_MS;
    struct local_time at = {.day = (int32_t)(at_s / DAY_SECONDS), .second = (int32_t)(at_s % DAY_SECONDS)};
    int32_t today = (int32_t)(now_s / DAY_SECONDS);
    if (zone != NULL) {
        at = zone_local(zone, at_s);
        today = zone_local(zone, now_s).day;
    }
    say_moment(language_of(reader), today, at.day, at.second, text);
    return text;
}

// Why, in our words; the chat's own follow.
static const char *why_shut(const struct alarm_reader *reader, const struct channel *channel,
                            const struct channel_row *row)
{
    if (channel->problem[0] != '\0')
        return SAY(reader, "它的文件用不了：%s", "its files cannot be used: %s", channel->problem);
    if (row->gone)
        return SAY(reader, "群或机器人已经不在了（%s）", "the group or the robot is no more (%s)", row->reason);
    if (strstr(row->reason, "check the channel's") != NULL) // it says what to look at
        return SAY(reader, "聊天工具不接受我们（%s）", "the chat does not take us (%s)", row->reason);
    return SAY(reader, "聊天工具不接受我们，请检查地址和密钥（%s）",
               "the chat does not take us: check its address and secret (%s)", row->reason);
}

struct bulletin_line alarm_say_shut(const struct alarm_reader *reader, const struct channel *channel)
{
    const char *name = channel->options->name;
    struct channel_row row;
    box_channel_get(reader->turn, name, &row);
    struct audit_line waiting;
    audit_line(reader->turn, name, &waiting);
    const char *more = waiting.all == AUDIT_LINE_MOST ? "+" : "";
    const char *since = row.open ? SAY(reader, "从%s起", " since %s", moment(reader, row.shut_ms)) : "";
    const char *text =
        SAY(reader, "渠道 %s %s发不出消息，%u%s 条在等，其中紧急 %u 条",
            "Channel %s is shut%s; messages waiting: %u%s, urgent: %u", name, since, waiting.all, more, waiting.urgent);
    return line_of(text, why_shut(reader, channel, &row),
                   SAY(reader, "看 tend channel list，修好后运行 tend channel mend %s",
                       "see `tend channel list`; once mended: `tend channel mend %s`", name));
}

struct bulletin_line alarm_say_down(const struct alarm_reader *reader, const struct channel *channel)
{
    const char *name = channel->options->name;
    struct channel_row row;
    struct audit_line waiting;
    box_channel_get(reader->turn, name, &row);
    audit_line(reader->turn, name, &waiting);
    const char *more = waiting.all == AUDIT_LINE_MOST ? "+" : "";
    const char *text = SAY(reader, "渠道 %s 从%s起连不上，%u%s 条在等，其中紧急 %u 条",
                           "Channel %s is down since %s; messages waiting: %u%s, urgent: %u", name,
                           moment(reader, row.failing_ms), waiting.all, more, waiting.urgent);
    return line_of(text, SAY(reader, "聊天工具没有收下任何消息（%s）", "the chat takes nothing (%s)", row.reason),
                   SAY(reader, "请看聊天工具是否在运行；tend channel test %s 可以试发一条",
                       "see whether it runs; `tend channel test %s` tries it", name));
}

struct bulletin_line alarm_say_open(const struct alarm_reader *reader, const struct channel *channel)
{
    struct bulletin_line line = line_of(SAY(reader, "渠道 %s 恢复了，不用再处理",
                                            "Channel %s works again; there is nothing to do", channel->options->name),
                                        "", "");
    line.good = true;
    return line;
}

struct bulletin_line alarm_say_held(const struct alarm_reader *reader)
{
    struct audit audit;
    audit_run(reader->room, reader->turn, &audit);
    uint64_t waiting = audit.looked; // as `tend status` counts
    const char *text =
        SAY(reader, "全部消息已停发：数据可能是旧的，%" PRIu64 " 条在等",
            "Everything is held, since the data may be older than what was sent; %" PRIu64 " messages wait", waiting);
    const char *why = box_hold_get(reader->turn);
    return line_of(text, SAY(reader, "原因：%s", "why: %s", why),
                   plain(reader, "先看 tend messages，可能有的已经发过，再运行 tend release",
                         "look at `tend messages`, some may have been sent before; then `tend release`"));
}

// Whom the message is about: one customer, who is named so that it can be erased, or a number of them.
static unsigned count_customers(const struct alarm_reader *reader, const struct delivery *delivery,
                                struct bulletin_line *line)
{
    struct recipient owner;
    struct letter letter;
    unsigned count = 0;
    mailroom_recipient(reader->room, reader->turn, delivery->rep, &owner);
    envelope_letter(reader->room, reader->turn, delivery, &owner, &letter);
    for (size_t i = 0; i < letter.item_count; i++) {
        const struct letter_item *item = &letter.items[i];
        bool known = item->customer_id[0] == '\0' || item->settled[0] != '\0';
        for (size_t j = 0; j < i; j++)
            known = known || strcmp(letter.items[j].customer_id, item->customer_id) == 0;
        if (known)
            continue;
        line->customer_id = item->customer_id;
        line->customer = item->customer;
        count++;
    }
    if (count != 1)
        line->customer_id = line->customer = "";
    return count;
}

bool alarm_say_failed(const struct alarm_reader *reader, const char *id, struct bulletin_line *ret_line)
{
    struct turn *turn = reader->turn;
    struct delivery delivery;
    struct recipient told;
    const char *const *ids;
    if (!box_delivery_get(turn, id, &delivery) ||
        (delivery.state != DELIVERY_DEAD && delivery.state != DELIVERY_UNKNOWN) ||
        envelope_reminders(turn, &delivery, true, &ids) == 0)
        return false;
    const char *rep = reader_told(&delivery), *seen = arena_text(turn->arena, id, VISIBLE_LENGTH);
    struct bulletin_line line = {.text = ""};
    unsigned customers = count_customers(reader, &delivery, &line);
    mailroom_recipient(reader->room, turn, rep, &told);
    const char *name = told.name[0] != '\0' ? told.name : rep;
    const char *many = customers > 1 ? SAY(reader, "，涉及 %u 位客户", ", about %u customers", customers) : "";
    line.text = delivery.state == DELIVERY_DEAD
                    ? SAY(reader, "给%s的紧急消息 #%s 没有送达%s", "the urgent message #%s to %s did not arrive%s",
                          language_of(reader) == LANGUAGE_ZH ? name : seen,
                          language_of(reader) == LANGUAGE_ZH ? seen : name, many)
                    : SAY(reader, "给%s的紧急消息 #%s 不知是否送达%s",
                          "nobody knows whether the urgent message #%s to %s arrived%s",
                          language_of(reader) == LANGUAGE_ZH ? name : seen,
                          language_of(reader) == LANGUAGE_ZH ? seen : name, many);
    line.points[0] = delivery.detail;
    line.points[1] = SAY(reader, "请当面告诉本人，或重发：tend retry %s",
                         "tell them yourself, or send it again: `tend retry %s`", seen);
    if (line.points[0][0] == '\0')
        line.points[0] = plain(reader, "聊天工具没有确认", "the chat did not confirm it");
    *ret_line = line;
    return true;
}

struct bulletin_line alarm_say_more(const struct alarm_reader *reader, enum alarm_cause cause, uint64_t count)
{
    if (cause == ALARM_FAILED)
        return line_of(SAY(reader, "另有 %" PRIu64 " 条紧急消息没有送达，或不知是否送达",
                           "%" PRIu64 " more urgent messages did not arrive, or nobody knows", count),
                       plain(reader, "看 tend messages --dead", "see `tend messages --dead`"), "");
    return line_of(
        SAY(reader, "另有 %" PRIu64 " 个渠道有变化", "%" PRIu64 " more channels are shut, or open again", count),
        plain(reader, "看 tend channel list", "see `tend channel list`"), "");
}
