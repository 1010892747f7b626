#include "services/notifier/answer_form.h"

#include "common/calendar.h"
#include "common/utf8.h"

#include <string.h>

enum { ITEM_MOST = 65535 };

const struct form_choice form_choices[FORM_CHOICES] = {
    {"done", TICKET_DONE, 0, 0, false},          {"no_answer", TICKET_NO_ANSWER, 0, 0, false},
    {"in_2_hours", TICKET_SNOOZED, 2, 0, false}, {"tomorrow", TICKET_SNOOZED, 0, 1, false},
    {"in_3_days", TICKET_SNOOZED, 0, 3, false},  {"next_week", TICKET_SNOOZED, 0, WEEK_DAYS, false},
    {"date", TICKET_RESCHEDULED, 0, 0, true},    {"not_interested", TICKET_NOT_INTERESTED, 0, 0, false},
};

enum field { FIELD_ITEM, FIELD_ANSWER, FIELD_DATE, FIELD_NOTE, FIELD_CLAIM, FIELDS };
static const char *const names[FIELDS] = {"item", "answer", "date", "note", "claim"};

static int digit(char character)
{
    if (character >= '0' && character <= '9')
        return character - '0';
    char small = (char)(character | 0x20);
    return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

// The value in the arena; NULL when a %XX is broken, it is not UTF-8, or it holds a NUL.
static const char *decode(struct arena *arena, const char *text, size_t length)
{
    char *value = arena_text(arena, text, length);
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        char byte = text[i] == '+' ? ' ' : text[i];
        if (byte == '%') {
            bool whole = length - i > 2;
            int high = whole ? digit(text[i + 1]) : -1, low = whole ? digit(text[i + 2]) : -1;
            if (high < 0 || low < 0)
                return NULL;
            byte = (char)(high * 16 + low);
            i += 2;
        }
        if (byte == '\0')
            return NULL;
        value[used++] = byte;
    }
    value[used] = '\0';
    for (size_t at = 0, bytes; at < used; at += bytes)
        if ((bytes = utf8_length(value + at, used - at)) == 0)
            return NULL;
    return value;
}

// The fields; false when one cannot be read or comes twice.
static bool split(struct arena *arena, const char *body, size_t length, const char *values[FIELDS])
{
    for (size_t at = 0, end; at < length; at = end + 1) {
        const char *and = memchr(body + at, '&', length - at);
        end = and != NULL ? (size_t)(and-body) : length;
        const char *equals = memchr(body + at, '=', end - at);
        size_t name = equals != NULL ? (size_t)(equals - body) - at : end - at;
        for (size_t i = 0; i < FIELDS; i++) {
            if (strlen(names[i]) != name || memcmp(body + at, names[i], name) != 0)
                continue;
            size_t from = equals != NULL ? at + name + 1 : end;
            if (values[i] != NULL || (values[i] = decode(arena, body + from, end - from)) == NULL)
                return false;
        }
    }
    return true;
}

// The note in place: browsers send line breaks as CR LF, and what else a terminal would act on becomes a space.
static const char *tidy(char *note)
{
    size_t used = 0;
    for (const char *at = note; *at != '\0'; at++) {
        if (at[0] == '\r' && at[1] == '\n')
            continue;
        bool control = ((unsigned char)*at < ' ' && *at != '\n') || *at == 0x7f;
        note[used++] = control ? ' ' : *at;
    }
    while (used > 0 && (note[used - 1] == ' ' || note[used - 1] == '\n'))
        used--;
    note[used] = '\0';
    return note + strspn(note, " \n");
}

static size_t characters(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++)
        count += (*text & 0xc0) != 0x80;
    return count;
}

static unsigned read_item(const char *text)
{
    unsigned number = 0;
    for (; text != NULL && *text >= '0' && *text <= '9' && number <= ITEM_MOST; text++)
        number = number * 10 + (unsigned)(*text - '0');
    return text == NULL || *text != '\0' || number > ITEM_MOST ? 0 : number;
}

enum form_fault answer_form_read(struct arena *arena, const char *body, size_t length, int32_t today,
                                 struct answer_form *ret_form)
{
    const char *values[FIELDS] = {NULL};
    *ret_form = (struct answer_form){.note = ""};
    if (!split(arena, body, length, values))
        return FORM_UNREADABLE;
    ret_form->item = read_item(values[FIELD_ITEM]);
    for (size_t i = 0; values[FIELD_ANSWER] != NULL && i < FORM_CHOICES; i++)
        if (strcmp(form_choices[i].value, values[FIELD_ANSWER]) == 0)
            ret_form->choice = &form_choices[i];
    if (ret_form->item == 0)
        return FORM_NO_ITEM;
    if (ret_form->choice == NULL)
        return FORM_NO_ANSWER;
    if (values[FIELD_NOTE] != NULL)
        ret_form->note = tidy(arena_text(arena, values[FIELD_NOTE], strlen(values[FIELD_NOTE])));
    if (characters(ret_form->note) > FORM_NOTE_MOST)
        return FORM_LONG_NOTE;
    if (ret_form->choice->days > 0)
        ret_form->until = today + ret_form->choice->days;
    if (!ret_form->choice->dated)
        return FORM_GOOD;
    const char *date = values[FIELD_DATE] != NULL ? values[FIELD_DATE] : "";
    int32_t day;
    if (!day_parse(date, strlen(date), &day) || day <= today || day > today + FORM_DAYS_MOST)
        return FORM_BAD_DATE;
    ret_form->until = day;
    return FORM_GOOD;
}

bool answer_form_claims(struct arena *arena, const char *body, size_t length)
{
    const char *values[FIELDS] = {NULL};
    return split(arena, body, length, values) && values[FIELD_CLAIM] != NULL && strcmp(values[FIELD_CLAIM], "yes") == 0;
}
