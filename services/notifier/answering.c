#include "services/notifier/answering.h"

#include "common/zone.h"
#include "services/notifier/answer_device.h"
#include "services/notifier/answer_page.h"
#include "services/notifier/envelope.h"
#include "services/notifier/offer.h"
#include "services/notifier/press.h"
#include "services/notifier/reader.h"
#include "services/notifier/remarks.h"
#include "services/notifier/sign.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    SECOND_MS = 1000,
    HOUR_MS = 3600 * SECOND_MS,
    DAY_SECONDS = 86400,
    NAME_BYTES = 400,
    NAME_MOST = 40,       // characters of a name in a line of ours
    TEXT_LIMIT = 1 << 20, // the page has room for whatever a letter can say
    TEXT_CALLS = 200,
    HEADERS_MOST = 8,
    TAG_BYTES = 16, // of a language
};

static const char path_start[] = "/a/";
static const char form_type[] = "application/x-www-form-urlencoded";

// Who comes with which ticket.
struct visit {
    struct ticket ticket;
    struct delivery delivery;
    struct recipient recipient;
    enum language language;
    bool known;                // the language is theirs, not a guess
    const char *by;            // the rep who answers: the reader, or another one, whose device it is
    struct answer_other other; // both, when it is another one
    bool strange;              // another one, who does not answer for the reader
};

// What the page is to say about a press.
struct saying {
    int status;
    const char *notice;
    bool trouble;
    unsigned item; // that it is about; 0: none in particular
    const char *note;
};

bool answering_path(const char *path)
{
    return strncmp(path, path_start, strlen(path_start)) == 0;
}

// --- answers
// -----------------------------------------------------------------------------------------------------------

// `location` and `cookie` may be NULL.
static void reply_html(struct turn *turn, int status, const struct html *html, const char *location, const char *cookie,
                       struct reply *ret_reply)
{
    struct reply_header *headers = arena_zero(turn->arena, HEADERS_MOST, sizeof *headers);
    char style[SIGN_BASE64_BYTES];
    size_t count = 0;
    sign_digest(answer_page_style, style);
    headers[count++] = (struct reply_header){"Cache-Control", "no-store"};
    headers[count++] = (struct reply_header){"Referrer-Policy", "no-referrer"};
    headers[count++] = (struct reply_header){"X-Robots-Tag", "noindex"};
    headers[count++] = (struct reply_header){
        "Content-Security-Policy",
        arena_format(turn->arena,
                     "default-src 'none'; style-src 'sha256-%s'; form-action 'self'; frame-ancestors 'none'; "
                     "base-uri 'none'",
                     style)};
    if (location != NULL)
        headers[count++] = (struct reply_header){"Location", location};
    if (cookie != NULL)
        headers[count++] = (struct reply_header){"Set-Cookie", cookie};
    *ret_reply = (struct reply){.status = status,
                                .content_type = "text/html; charset=utf-8",
                                .body = html->bytes != NULL ? html->bytes : "",
                                .length = html->length,
                                .headers = headers,
                                .header_count = count};
}

static void refuse(struct turn *turn, const struct visit *visit, int status, enum answer_word why,
                   struct reply *ret_reply)
{
    struct html html = {.arena = turn->arena};
    answer_page_refuse(visit->language, visit->known, why, &html);
    reply_html(turn, status, &html, NULL, NULL, ret_reply);
}

static void refuse_other(struct turn *turn, const struct visit *visit, bool pressed, struct reply *ret_reply)
{
    struct html html = {.arena = turn->arena};
    answer_page_refuse_other(&visit->other, pressed, &html);
    reply_html(turn, 403, &html, NULL, NULL, ret_reply);
}

// Leads to the page, from a device that is the rep's from now on.
static void lead(struct mailroom *room, struct turn *turn, const char *rep, const char *location,
                 struct reply *ret_reply)
{
    static const char safe[] = "https:";
    char *cookie = arena_take(turn->arena, DEVICE_COOKIE_BYTES);
    bool secure = strncasecmp(room->options->public_url, safe, strlen(safe)) == 0;
    bool fits = room->keys.has_current && device_write(&room->keys, rep, turn->now_ms / SECOND_MS, secure, cookie);
    reply_html(turn, 303, &(struct html){0}, location, fits ? cookie : NULL, ret_reply);
}

// --- who comes
// ---------------------------------------------------------------------------------------------------------

// The language for somebody whom we do not know: the first that the browser asks for and we write, else that of the
// configuration, which is a guess.
static void guess(const struct mailroom *room, const struct request *request, struct visit *visit)
{
    const char *wanted = request->header(request, "accept-language");
    visit->language = LANGUAGE_EN;
    while (wanted != NULL && *wanted != '\0' && !visit->known) {
        char tag[TAG_BYTES] = "";
        size_t length = strcspn(wanted, ",; ");
        memcpy(tag, wanted, length < sizeof tag ? length : sizeof tag - 1);
        visit->known = language_parse(tag, &visit->language);
        wanted += strcspn(wanted, ",");
        wanted += strspn(wanted, ", ");
    }
    if (!visit->known)
        (void)language_parse(room->options->language, &visit->language);
}

static const char *name_of(struct turn *turn, const struct recipient *one, bool with_id)
{
    char name[NAME_BYTES];
    const char *text = one->name[0] != '\0' ? one->name : one->rep;
    disarm(text, strlen(text), DISARM_PLAIN, NAME_MOST, name, sizeof name);
    return with_id ? arena_format(turn->arena, "%s (%s)", name, one->rep) : arena_text(turn->arena, name, strlen(name));
}

// True when the rep answers for the message's reader.
static bool answers_for(struct mailroom *room, struct turn *turn, const struct visit *visit, const char *rep)
{
    const struct rep_row *reader = visit->recipient.row;
    return strcmp(rep, reader->manager) == 0 || strcmp(rep, reader->deputy) == 0 ||
           strcmp(rep, reader_named(room, turn, &visit->delivery)) == 0;
}

// Whose device it is.
static void recognise(struct mailroom *room, struct turn *turn, const struct request *request, struct visit *visit)
{
    char rep[DEVICE_REP_BYTES];
    struct recipient device;
    struct answer_other *other = &visit->other;
    visit->by = reader_told(&visit->delivery);
    if (!device_read(&room->keys, request->header(request, "cookie"), turn->now_ms / SECOND_MS, rep) ||
        strcmp(rep, visit->by) == 0)
        return;
    mailroom_recipient(room, turn, arena_text(turn->arena, rep, strlen(rep)), &device);
    bool alike = device.name[0] != '\0' && strcmp(device.name, visit->recipient.name) == 0;
    other->rep = name_of(turn, &device, alike);
    other->reader = name_of(turn, &visit->recipient, alike);
    other->languages[0] = other->languages[1] = visit->language;
    (void)language_parse(device.language, &other->languages[0]);
    other->language_count = other->languages[0] == other->languages[1] ? 1 : 2;
    visit->by = device.rep;
    visit->strange = !answers_for(room, turn, visit, device.rep);
}

// Reads the ticket; false with the refusal given.
static bool enter(struct mailroom *room, struct turn *turn, const struct request *request, struct visit *ret_visit,
                  struct reply *ret_reply)
{
    *ret_visit = (struct visit){.known = false};
    guess(room, request, ret_visit);
    enum ticket_reading reading =
        ticket_read(&room->keys, request->path + strlen(path_start), turn->now_ms / SECOND_MS, &ret_visit->ticket);
    if (reading == TICKET_FORGED) {
        refuse(turn, ret_visit, 403, ANSWER_FORGED, ret_reply);
        return false;
    }
    bool there = box_delivery_get(turn, ret_visit->ticket.message, &ret_visit->delivery);
    if (there) {
        mailroom_recipient(room, turn, reader_told(&ret_visit->delivery), &ret_visit->recipient);
        ret_visit->known = language_parse(ret_visit->recipient.language, &ret_visit->language) || ret_visit->known;
    }
    if (reading == TICKET_EXPIRED)
        refuse(turn, ret_visit, 410, ANSWER_EXPIRED, ret_reply);
    else if (!there)
        refuse(turn, ret_visit, 404, ANSWER_GONE, ret_reply);
    else
        recognise(room, turn, request, ret_visit);
    return there && reading == TICKET_GOOD;
}

// --- the page
// ----------------------------------------------------------------------------------------------------------

// A final answer, a withdrawal or a reminder that is gone leaves nothing to answer.
static bool shut(struct turn *turn, const char *id)
{
    struct box_item item;
    if (!box_item_get(turn, id, false, &item))
        return true;
    if (item.answers == 0)
        return item.cancelled;
    return item.answer == TICKET_DONE || item.answer == TICKET_NOT_INTERESTED;
}

// What the cards of a page share: the delivery's reminders, and the days of its reader.
struct desk {
    const char *const *ids;
    size_t id_count;
    const struct letter *letter;
    int32_t next; // working day
    const int32_t *until;
};

// Which buttons fit: what is urgent is put off by hours and to the next working day, and two buttons never say the same
// day.
static void fill_choices(const struct desk *desk, struct answer_card *card)
{
    int32_t last = 0;
    struct offer_rest rest = offer_rest(desk->letter, card->item);
    card->until = desk->until;
    card->latest = rest.latest > desk->next || rest.strict ? rest.latest : desk->next;
    card->late = true;
    for (unsigned action = 0; action < TICKET_ACTIONS; action++)
        card->takes[action] = offer_takes(card->item, (enum ticket_action)action);
    for (size_t i = 0; i < FORM_CHOICES; i++) {
        const struct form_choice *row = &form_choices[i];
        bool fits =
            (row->hours == 0 || (rest.soon && offer_waits(desk->letter, &rest, row->hours * (int64_t)HOUR_MS))) &&
            (!row->dated || card->latest > desk->next) &&
            (row->days == 0 || (desk->until[i] <= card->latest && desk->until[i] != last));
        card->offered[i] = fits && card->takes[row->action];
        card->late = card->late && !(card->offered[i] && (row->hours > 0 || row->days > 0 || row->dated));
        last = card->offered[i] && row->days > 0 ? desk->until[i] : last;
    }
}

static void add_card(struct turn *turn, const struct desk *desk, const struct letter_item *item,
                     struct answer_card *cards, size_t *count)
{
    unsigned number = 0;
    for (size_t i = 0; i < desk->id_count && number == 0; i++)
        if (strcmp(desk->ids[i], item->reminder_id) == 0)
            number = (unsigned)i + 1;
    if (number == 0)
        return;
    struct answer_card *card = &cards[(*count)++];
    *card = (struct answer_card){
        .item = item, .number = number, .shut = shut(turn, item->reminder_id), .decides = offer_decides(item)};
    fill_choices(desk, card);
}

// The days that the buttons put off to are days that the reader works.
static const int32_t *find_days(struct mailroom *room, struct turn *turn, const char *rep, int32_t today)
{
    int32_t *until = arena_zero(turn->arena, FORM_CHOICES, sizeof *until);
    for (size_t i = 0; i < FORM_CHOICES; i++)
        if (form_choices[i].days > 0)
            until[i] = press_workday(room, turn, rep, today + form_choices[i].days);
    return until;
}

static void gather_cards(struct mailroom *mailroom, struct turn *turn, const struct delivery *delivery,
                         const struct letter *letter, struct answer_page *page)
{
    const char *rep = reader_told(delivery);
    struct desk desk = {.letter = letter,
                        .next = press_workday(mailroom, turn, rep, letter->today + 1),
                        .until = find_days(mailroom, turn, rep, letter->today)};
    desk.id_count = envelope_reminders(turn, delivery, false, &desk.ids);
    size_t room = letter->item_count;
    for (size_t i = 0; i < letter->list_count; i++)
        room += letter->lists[i].count;
    struct answer_card *cards = arena_zero(turn->arena, room + 1, sizeof *cards);
    for (size_t i = 0; i < letter->item_count; i++)
        add_card(turn, &desk, &letter->items[i], cards, &page->card_count);
    for (size_t i = 0; i < letter->list_count; i++)
        for (size_t j = 0; !letter->lists[i].preview && j < letter->lists[i].count; j++)
            add_card(turn, &desk, &letter->lists[i].calls[j], cards, &page->card_count);
    page->cards = cards;
}

// What the message says beside its reminders: previews and digests, which nobody answers.
static const char *gather_text(struct turn *turn, const struct letter *letter)
{
    static const struct letter_fit fit = {
        .style = DISARM_PLAIN, .limit = TEXT_LIMIT, .cost = cost_bytes, .prefix = "", .calls = TEXT_CALLS};
    struct letter rest = *letter;
    struct letter_list *lists = arena_zero(turn->arena, letter->list_count + 1, sizeof *lists);
    rest.item_count = rest.list_count = 0;
    rest.again = rest.doubted = false;
    for (size_t i = 0; i < letter->list_count; i++)
        if (letter->lists[i].preview)
            lists[rest.list_count++] = letter->lists[i];
    rest.lists = lists;
    if (rest.list_count + rest.digest_count == 0)
        return "";
    char *text = arena_take(turn->arena, LETTER_BYTES);
    letter_compose(&rest, &fit, text);
    char *id = strrchr(text, '\n'); // the last line is the id, which the page's head says
    if (id == NULL)
        return "";
    *id = '\0';
    return text;
}

static const char *moment(struct turn *turn, const struct visit *visit, int32_t today)
{
    char *text = arena_take(turn->arena, SAY_BYTES);
    int64_t at_s = visit->delivery.created_ms / SECOND_MS;
    struct local_time at = {.day = (int32_t)(at_s / DAY_SECONDS), .second = (int32_t)(at_s % DAY_SECONDS)};
    if (visit->recipient.zone != NULL)
        at = zone_local(visit->recipient.zone, at_s);
    say_moment(visit->language, today, at.day, at.second, text);
    return text;
}

// How a card stands, behind the customer's name.
static const char *standing_of(struct turn *turn, const struct answer_page *page, unsigned item)
{
    for (size_t i = 0; item != 0 && i < page->card_count; i++) {
        const struct letter_item *about = page->cards[i].item;
        char name[NAME_BYTES];
        if (page->cards[i].number != item || about->settled[0] == '\0')
            continue;
        disarm(about->customer, strlen(about->customer), DISARM_PLAIN, NAME_MOST, name, sizeof name);
        return arena_format(turn->arena, "%s%s%s", name, name[0] != '\0' ? " · " : "", about->settled);
    }
    return "";
}

const char *answering_standing(struct mailroom *room, struct turn *turn, const struct delivery *delivery,
                               const struct recipient *recipient, enum language language, unsigned item)
{
    struct letter letter;
    struct answer_page page = {.letter = &letter};
    envelope_letter(room, turn, delivery, recipient, &letter);
    letter.language = language;
    gather_cards(room, turn, delivery, &letter, &page);
    return standing_of(turn, &page, item);
}

static void show(struct mailroom *room, struct turn *turn, const struct visit *visit, const struct saying *saying,
                 struct reply *ret_reply)
{
    struct letter letter;
    struct html html = {.arena = turn->arena};
    envelope_letter(room, turn, &visit->delivery, &visit->recipient, &letter);
    letter.language = visit->language;
    struct answer_page page = {.letter = &letter,
                               .sent = moment(turn, visit, letter.today),
                               .first = saying->trouble && saying->item != 0 ? saying->item : visit->ticket.item,
                               .chose = visit->ticket.action,
                               .notice = saying->notice,
                               .trouble = saying->trouble,
                               .note = saying->note,
                               .text = gather_text(turn, &letter),
                               .other = visit->other.rep != NULL ? &visit->other : NULL};
    gather_cards(room, turn, &visit->delivery, &letter, &page);
    const char *standing = saying->trouble ? "" : standing_of(turn, &page, saying->item);
    if (standing[0] != '\0')
        page.notice = arena_format(turn->arena, visit->language == LANGUAGE_ZH ? "%s%s" : "%s %s",
                                   answer_word(visit->language, ANSWER_TAKEN), standing);
    answer_page_write(&page, &html);
    reply_html(turn, saying->status, &html, NULL, NULL, ret_reply);
}

void answering_show(struct mailroom *room, struct turn *turn, const struct request *request, struct reply *ret_reply)
{
    struct visit visit;
    if (!enter(room, turn, request, &visit, ret_reply))
        return;
    if (visit.strange) {
        refuse_other(turn, &visit, false, ret_reply);
        return;
    }
    const char *item = request->param(request, "item");
    show(room, turn, &visit,
         &(struct saying){
             .status = 200, .notice = "", .item = item != NULL ? (unsigned)strtoul(item, NULL, 10) : 0, .note = ""},
         ret_reply);
}

// --- answering
// ---------------------------------------------------------------------------------------------------------

// The scheme and host of a URL: how long they are.
static size_t origin_length(const char *url)
{
    const char *host = strstr(url, "://");
    return host == NULL ? 0 : (size_t)(host - url) + 3 + strcspn(host + 3, "/");
}

// True unless the browser says that another site sends the form. Our own page asks for no referrer, for which browsers
// send the origin "null"; then only they themselves can tell, and those that do not are let in: whoever sends it knows
// the ticket, which no other site does.
static bool from_here(const struct mailroom *room, const struct request *request)
{
    const char *origin = request->header(request, "origin"), *host = request->header(request, "host");
    const char *site = request->header(request, "sec-fetch-site");
    if (site != NULL && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
        return false;
    if (origin == NULL || strcmp(origin, "null") == 0)
        return true;
    size_t length = origin_length(room->options->public_url);
    if (length > 0 && strlen(origin) == length && strncasecmp(origin, room->options->public_url, length) == 0)
        return true;
    const char *authority = strstr(origin, "://");
    return authority != NULL && host != NULL && strcasecmp(authority + 3, host) == 0;
}

static bool is_form(const struct request *request)
{
    size_t length = strlen(form_type);
    char after = strncasecmp(request->content_type, form_type, length) == 0 ? request->content_type[length] : '?';
    return after == '\0' || after == ';' || after == ' ';
}

// Takes the answer that the form holds and says what became of it.
static struct saying settle(struct mailroom *room, struct turn *turn, const struct visit *visit,
                            const struct answer_form *form, const struct press_answer *answer)
{
    static const struct {
        int status;
        enum answer_word words;
    } rows[PRESS_FATES] = {
        [PRESS_TAKEN] = {303, ANSWER_TAKEN},         [PRESS_SAME] = {303, ANSWER_SAME},
        [PRESS_OTHERWISE] = {409, ANSWER_OTHERWISE}, [PRESS_WITHDRAWN] = {410, ANSWER_WITHDRAWN},
        [PRESS_NOTHING] = {404, ANSWER_NOTHING},
    };
    struct box_item item;
    enum press_fate fate = press_take(room, turn, &visit->delivery, form->item, answer, &item);
    room->answered[ANSWER_BY_PAGE][fate]++;
    return (struct saying){.status = rows[fate].status,
                           .notice = answer_word(visit->language, rows[fate].words),
                           .trouble = rows[fate].status != 303,
                           .item = form->item,
                           .note = ""};
}

bool answering_fits(struct mailroom *room, struct turn *turn, const struct delivery *delivery,
                    const struct recipient *recipient, unsigned item, struct press_answer *answer,
                    enum answer_word *ret_why)
{
    struct letter letter;
    struct answer_page page = {.letter = &letter};
    bool later = answer->action == TICKET_SNOOZED || answer->action == TICKET_RESCHEDULED;
    bool unsaid = later && answer->until == 0 && answer->after_ms == 0;
    envelope_letter(room, turn, delivery, recipient, &letter);
    gather_cards(room, turn, delivery, &letter, &page);
    for (size_t i = 0; i < page.card_count; i++) {
        const struct answer_card *card = &page.cards[i];
        if ((item != 0 && card->number != item) || card->shut)
            continue;
        struct offer_rest rest = offer_rest(&letter, card->item);
        bool taken = card->takes[answer->action];
        if (unsaid && rest.soon)
            answer->after_ms = PRESS_SOON_MS;
        if (!taken || answer->until > card->latest || !offer_waits(&letter, &rest, answer->after_ms)) {
            *ret_why = taken ? ANSWER_CANNOT_WAIT : ANSWER_NOT_OFFERED;
            return false;
        }
    }
    return true;
}

static void take(struct mailroom *room, struct turn *turn, const struct visit *visit, const struct request *request,
                 struct reply *ret_reply)
{
    struct answer_form form;
    enum answer_word why = ANSWER_TAKEN;
    const char *rep = reader_told(&visit->delivery);
    int32_t today = press_today(room, turn, rep);
    enum form_fault fault = answer_form_read(turn->arena, (const char *)request->body, request->length, today, &form);
    struct saying saying = {.status = 400, .trouble = true, .item = form.item, .note = form.note};
    struct press_answer answer = {.note = form.note, .by = visit->by, .way = ANSWER_BY_PAGE};
    if (fault != FORM_GOOD) {
        why = (enum answer_word)(ANSWER_UNREADABLE + (fault - FORM_UNREADABLE));
    } else {
        answer.action = form.choice->action;
        answer.after_ms = (int64_t)form.choice->hours * HOUR_MS;
        answer.until = form.choice->days > 0 ? press_workday(room, turn, rep, form.until) : form.until;
    }
    if (fault == FORM_GOOD &&
        answering_fits(room, turn, &visit->delivery, &visit->recipient, form.item, &answer, &why)) {
        saying = settle(room, turn, visit, &form, &answer);
    } else {
        saying.notice = answer_word(visit->language, why);
        room->answered[ANSWER_BY_PAGE][ANSWER_REFUSED]++;
    }
    if (saying.trouble)
        show(room, turn, visit, &saying, ret_reply);
    else
        lead(room, turn, visit->by, arena_format(turn->arena, "?item=%u", form.item), ret_reply);
}

// The reader says that the device is theirs now, and is led to the page. The log tells whose it was.
static void claim(struct mailroom *room, struct turn *turn, const struct visit *visit, const struct request *request,
                  struct reply *ret_reply)
{
    const char *reader = reader_told(&visit->delivery);
    if (strcmp(visit->by, reader) != 0)
        remarks_add(room->remarks,
                    &(struct remark){.kind = REMARK_CLAIMED,
                                     .id = visit->delivery.id,
                                     .channel = "",
                                     .rep = reader,
                                     .reason = arena_format(turn->arena, "it answered as %s", visit->by)},
                    turn->now_ms);
    lead(room, turn, reader, request->path + strlen(path_start), ret_reply);
}

void answering_take(struct mailroom *room, struct turn *turn, const struct request *request, struct reply *ret_reply)
{
    struct visit visit;
    bool known = enter(room, turn, request, &visit, ret_reply);
    bool good = known && is_form(request) && request->length <= FORM_BYTES && from_here(room, request);
    if (good && answer_form_claims(turn->arena, (const char *)request->body, request->length)) {
        claim(room, turn, &visit, request, ret_reply);
        return;
    }
    if (good && !visit.strange) {
        take(room, turn, &visit, request, ret_reply);
        return;
    }
    room->answered[ANSWER_BY_PAGE][ANSWER_REFUSED]++;
    if (!known)
        return;
    if (!is_form(request))
        refuse(turn, &visit, 415, ANSWER_NOT_A_FORM, ret_reply);
    else if (request->length > FORM_BYTES)
        refuse(turn, &visit, 413, ANSWER_TOO_LARGE, ret_reply);
    else if (!good)
        refuse(turn, &visit, 403, ANSWER_FOREIGN, ret_reply);
    else
        refuse_other(turn, &visit, true, ret_reply);
}
