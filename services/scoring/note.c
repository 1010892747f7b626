#include "services/scoring/note.h"

#include "common/hash.h"
#include "common/must.h"
#include "common/utf8.h"

#include <string.h>
#include <strings.h>

enum {
    ROW_VERSION = 1,
    HEAD_BYTES = 4 + 8 + NOTE_KEY_BYTES, // version, kind, historical, whether it is a part of a file; time; key
    MONEY_BYTES = 1 + 8 + MONEY_CODE_BYTES,
    ROW_FIELDS = 16, // of one kind, more than any has
};
_Static_assert(HEAD_BYTES == 28, "the layout on disk");
_Static_assert(MONEY_BYTES == 13, "the layout on disk");
_Static_assert(NOTE_KINDS == 22, "the layout on disk");

const char *const note_part_names[NOTE_PARTS] = {"product", "service", "staff",  "image",
                                                 "money",   "time",    "effort", "energy"};

enum field_type { FIELD_END, FIELD_BYTE, FIELD_WORD, FIELD_NUMBER, FIELD_DAY, FIELD_TEXT, FIELD_MONEY, FIELD_HASHES };

// A member of a note. `most` is the largest number of a byte, the longest text; 0 where the type has no limit of its
// own.
struct field {
    enum field_type type;
    size_t offset;
    const char *name; // of the member: "customer.name"
    size_t most;
};

#define AT(member) offsetof(struct note, member), #member

enum {
    BYTE_MOST = UINT8_MAX,
    ANSWER_MOST = 2,
    SCORE_MOST = 5,
    STAGE_MOST = 8,
    TEMPERATURE_MOST = 4,
    PERSONS_MOST = 31
};

static const struct field head_fields[] = {
    {FIELD_TEXT, AT(name), NOTE_NAME_BYTES}, {FIELD_TEXT, AT(rep), NOTE_ID_BYTES}, {0}};

// At the end of a file that is not whole; its row says so in the head.
static const struct field part_fields[] = {{FIELD_WORD, AT(customer.said), 0}, {0}}, no_fields[] = {{0}};

// What a kind's row holds, in this order. An order once stored stays; a change of it is a new
// version of the row.
static const struct field rows[NOTE_KINDS][ROW_FIELDS] = {
    [NOTE_UPSERTED] = {{FIELD_TEXT, AT(customer.name), NOTE_NAME_BYTES},
                       {FIELD_TEXT, AT(customer.owner), NOTE_ID_BYTES},
                       {FIELD_TEXT, AT(customer.region), NOTE_NAME_BYTES},
                       {FIELD_TEXT, AT(customer.parent), NOTE_ID_BYTES},
                       {FIELD_TEXT, AT(customer.source), NOTE_NAME_BYTES},
                       {FIELD_TEXT, AT(customer.language), NOTE_SHORT_BYTES},
                       {FIELD_TEXT, AT(customer.time_zone), NOTE_SHORT_BYTES},
                       {FIELD_TEXT, AT(customer.birthday), NOTE_SHORT_BYTES},
                       {FIELD_TEXT, AT(customer.founding_day), NOTE_SHORT_BYTES},
                       {FIELD_DAY, AT(customer.since_day), 0},
                       {FIELD_BYTE, AT(customer.type), BYTE_MOST},
                       {FIELD_BYTE, AT(customer.persons), PERSONS_MOST},
                       {FIELD_MONEY, AT(customer.credit), 0},
                       {FIELD_WORD, AT(customer.credit_days), 0},
                       {FIELD_HASHES, AT(customer), 0}},
    [NOTE_CONTACT] = {{FIELD_BYTE, AT(contact.channel), BYTE_MOST},
                      {FIELD_BYTE, AT(contact.direction), BYTE_MOST},
                      {FIELD_BYTE, AT(contact.outcome), BYTE_MOST},
                      {FIELD_WORD, AT(contact.minutes), 0},
                      {FIELD_NUMBER, AT(contact.next_ms), 0},
                      {FIELD_TEXT, AT(contact.key_point), NOTE_TEXT_BYTES},
                      {FIELD_TEXT, AT(contact.text), NOTE_TEXT_BYTES}},
    [NOTE_COMPLAINT_OPENED] = {{FIELD_TEXT, AT(complaint.id), NOTE_ID_BYTES},
                               {FIELD_TEXT, AT(complaint.what), NOTE_TEXT_BYTES},
                               {FIELD_TEXT, AT(complaint.cause), NOTE_TEXT_BYTES},
                               {FIELD_TEXT, AT(complaint.order_id), NOTE_ID_BYTES}},
    [NOTE_COMPLAINT_ACKNOWLEDGED] = {{FIELD_TEXT, AT(complaint.id), NOTE_ID_BYTES}},
    [NOTE_COMPLAINT_RESOLVED] = {{FIELD_TEXT, AT(complaint.id), NOTE_ID_BYTES},
                                 {FIELD_TEXT, AT(complaint.cause), NOTE_TEXT_BYTES},
                                 {FIELD_MONEY, AT(complaint.compensation), 0}},
    [NOTE_SURVEY] = {{FIELD_BYTE, AT(survey.score), SCORE_MOST},
                     {FIELD_BYTE, AT(survey.expected), SCORE_MOST},
                     {FIELD_BYTE, AT(survey.parts[0]), SCORE_MOST},
                     {FIELD_BYTE, AT(survey.parts[1]), SCORE_MOST},
                     {FIELD_BYTE, AT(survey.parts[2]), SCORE_MOST},
                     {FIELD_BYTE, AT(survey.parts[3]), SCORE_MOST},
                     {FIELD_BYTE, AT(survey.parts[4]), SCORE_MOST},
                     {FIELD_BYTE, AT(survey.parts[5]), SCORE_MOST},
                     {FIELD_BYTE, AT(survey.parts[6]), SCORE_MOST},
                     {FIELD_BYTE, AT(survey.parts[7]), SCORE_MOST}},
    [NOTE_LEAD] = {{FIELD_BYTE, AT(lead.stage), STAGE_MOST},
                   {FIELD_BYTE, AT(lead.intention), SCORE_MOST},
                   {FIELD_BYTE, AT(lead.temperature), TEMPERATURE_MOST},
                   {FIELD_BYTE, AT(lead.need), ANSWER_MOST},
                   {FIELD_BYTE, AT(lead.power), ANSWER_MOST},
                   {FIELD_BYTE, AT(lead.decision), ANSWER_MOST},
                   {FIELD_BYTE, AT(lead.credit), ANSWER_MOST},
                   {FIELD_DAY, AT(lead.expected_day), 0},
                   {FIELD_NUMBER, AT(lead.expected_milli), 0},
                   {FIELD_TEXT, AT(lead.source), NOTE_NAME_BYTES},
                   {FIELD_TEXT, AT(lead.text), NOTE_TEXT_BYTES}},
    [NOTE_CONTRACT_SIGNED] = {{FIELD_TEXT, AT(contract.id), NOTE_ID_BYTES},
                              {FIELD_DAY, AT(contract.from_day), 0},
                              {FIELD_DAY, AT(contract.to_day), 0},
                              {FIELD_MONEY, AT(contract.value), 0}},
    [NOTE_CONTRACT_ENDED] = {{FIELD_TEXT, AT(contract.id), NOTE_ID_BYTES},
                             {FIELD_TEXT, AT(contract.reason), NOTE_TEXT_BYTES}},
    [NOTE_QUOTE_SENT] = {{FIELD_TEXT, AT(quote.id), NOTE_ID_BYTES},
                         {FIELD_TEXT, AT(quote.what), NOTE_TEXT_BYTES},
                         {FIELD_MONEY, AT(quote.amount), 0},
                         {FIELD_WORD, AT(quote.probability_ppm), 0},
                         {FIELD_DAY, AT(quote.expected_day), 0}},
    [NOTE_QUOTE_LOST] = {{FIELD_TEXT, AT(quote.id), NOTE_ID_BYTES}, {FIELD_TEXT, AT(quote.reason), NOTE_TEXT_BYTES}},
    [NOTE_OBJECTION] = {{FIELD_TEXT, AT(item.kind), NOTE_NAME_BYTES}, {FIELD_TEXT, AT(item.what), NOTE_TEXT_BYTES}},
    [NOTE_GIFT] = {{FIELD_TEXT, AT(item.kind), NOTE_NAME_BYTES},
                   {FIELD_TEXT, AT(item.what), NOTE_TEXT_BYTES},
                   {FIELD_MONEY, AT(item.amount), 0}},
    [NOTE_COST] = {{FIELD_TEXT, AT(item.kind), NOTE_NAME_BYTES},
                   {FIELD_TEXT, AT(item.what), NOTE_TEXT_BYTES},
                   {FIELD_MONEY, AT(item.amount), 0}},
    [NOTE_COOPERATION] = {{FIELD_BYTE, AT(cooperation.score), SCORE_MOST},
                          {FIELD_BYTE, AT(cooperation.loyalty), SCORE_MOST}},
    [NOTE_REFERRAL] = {{FIELD_TEXT, AT(word.who), NOTE_ID_BYTES}, {FIELD_TEXT, AT(word.what), NOTE_TEXT_BYTES}},
    [NOTE_PRAISE] = {{FIELD_TEXT, AT(word.what), NOTE_TEXT_BYTES}},
    [NOTE_COMPETITOR] = {{FIELD_TEXT, AT(word.who), NOTE_NAME_BYTES}, {FIELD_TEXT, AT(word.what), NOTE_TEXT_BYTES}},
    [NOTE_NEED_LOST] = {{FIELD_TEXT, AT(word.what), NOTE_TEXT_BYTES}},
    [NOTE_OVERRIDE] = {{FIELD_TEXT, AT(override.dimension), NOTE_NAME_BYTES},
                       {FIELD_TEXT, AT(override.value), NOTE_NAME_BYTES},
                       {FIELD_TEXT, AT(override.by), NOTE_NAME_BYTES},
                       {FIELD_TEXT, AT(override.reason), NOTE_TEXT_BYTES},
                       {FIELD_DAY, AT(override.until_day), 0}},
    [NOTE_PROMISE_BROKEN] = {{FIELD_TEXT, AT(word.who), NOTE_ID_BYTES}, {FIELD_TEXT, AT(word.what), NOTE_TEXT_BYTES}},
};

// --- numbers, the highest byte first

static uint8_t *put(uint8_t *at, uint64_t number, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--)
        *at++ = (uint8_t)(number >> (8 * i));
    return at;
}

static uint64_t get(const uint8_t *at, int bytes)
{
    uint64_t number = 0;
    for (int i = 0; i < bytes; i++)
        number = number << 8 | at[i];
    return number;
}

// --- one field: how many bytes, write, read. A read returns how many bytes it took, 0 when they are no such field.

static size_t text_kept(const char *text, size_t most)
{
    size_t length = text == NULL ? 0 : strlen(text);
    return length <= most ? length : utf8_cut(text, length, most);
}

static const char *text_at(const void *member)
{
    return *(const char *const *)member;
}

static size_t field_bytes(const struct field *field, const void *member)
{
    static const size_t fixed[] = {
        [FIELD_BYTE] = 1, [FIELD_WORD] = 4, [FIELD_NUMBER] = 8, [FIELD_DAY] = 4, [FIELD_MONEY] = MONEY_BYTES};
    if (field->type == FIELD_TEXT)
        return 2 + text_kept(text_at(member), field->most) + 1;
    if (field->type == FIELD_HASHES)
        return 1 + 4 + 4 * (size_t)((const struct note_customer *)member)->field_count;
    return fixed[field->type];
}

static uint8_t *write_text(uint8_t *at, const char *text, size_t most)
{
    size_t length = text_kept(text, most);
    at = put(at, length, 2);
    if (length > 0)
        memcpy(at, text, length);
    at[length] = '\0';
    return at + length + 1;
}

static uint8_t *write_money(uint8_t *at, const struct note_money *money)
{
    bool coded = money->given && money_code_valid(money->currency);
    *at++ = money->given;
    at = put(at, money->given ? (uint64_t)money->micros : 0, 8);
    memset(at, 0, MONEY_CODE_BYTES);
    if (coded)
        memcpy(at, money->currency, MONEY_CODE_BYTES - 1);
    return at + MONEY_CODE_BYTES;
}

static uint8_t *write_hashes(uint8_t *at, const struct note_customer *customer)
{
    must(customer->field_count <= NOTE_FIELDS_MAX && customer->field_count <= customer->fields_sent);
    *at++ = (uint8_t)customer->field_count;
    at = put(at, customer->fields_sent, 4);
    for (uint32_t i = 0; i < customer->field_count; i++)
        at = put(at, customer->fields[i], 4);
    return at;
}

static uint8_t *write_field(uint8_t *at, const struct field *field, const void *member)
{
    switch (field->type) {
    case FIELD_BYTE: { // a number that a newer sender means something by is not known here
        uint8_t number = *(const uint8_t *)member;
        *at = number <= field->most ? number : 0;
        return at + 1;
    }
    case FIELD_WORD:
        return put(at, *(const uint32_t *)member, 4);
    case FIELD_NUMBER:
        return put(at, (uint64_t) * (const int64_t *)member, 8);
    case FIELD_DAY:
        return put(at, (uint32_t) * (const int32_t *)member, 4);
    case FIELD_TEXT:
        return write_text(at, text_at(member), field->most);
    case FIELD_MONEY:
        return write_money(at, member);
    default:
        must(field->type == FIELD_HASHES);
        return write_hashes(at, member);
    }
}

// Well-formed characters, none of which is NUL.
static bool sound(const char *text, size_t length)
{
    for (size_t at = 0, step; at < length; at += step) {
        step = utf8_length(text + at, length - at);
        if (step == 0 || text[at] == '\0')
            return false;
    }
    return true;
}

static size_t read_text(const uint8_t *at, size_t left, size_t most, const char **ret_text)
{
    if (left < 3)
        return 0;
    size_t length = get(at, 2);
    if (length > most || left < 2 + length + 1 || at[2 + length] != '\0')
        return 0;
    const char *text = (const char *)at + 2;
    if (!sound(text, length))
        return 0;
    *ret_text = text;
    return 2 + length + 1;
}

static size_t read_money(const uint8_t *at, size_t left, struct note_money *ret)
{
    static const uint8_t none[MONEY_BYTES] = {0};
    if (left < MONEY_BYTES || at[0] > 1 || (at[0] == 0 && memcmp(at, none, MONEY_BYTES) != 0))
        return 0;
    ret->given = at[0] == 1;
    ret->micros = (int64_t)get(at + 1, 8);
    memcpy(ret->currency, at + 9, MONEY_CODE_BYTES);
    bool empty = memcmp(ret->currency, none, MONEY_CODE_BYTES) == 0;
    bool ended = ret->currency[MONEY_CODE_BYTES - 1] == '\0';
    return empty || (ended && money_code_valid(ret->currency)) ? MONEY_BYTES : 0;
}

static size_t read_hashes(const uint8_t *at, size_t left, struct note_customer *ret)
{
    if (left < 5 || at[0] > NOTE_FIELDS_MAX || left < 5 + 4 * (size_t)at[0] || get(at + 1, 4) < at[0])
        return 0;
    ret->field_count = at[0];
    ret->fields_sent = (uint32_t)get(at + 1, 4);
    for (uint32_t i = 0; i < ret->field_count; i++)
        ret->fields[i] = (uint32_t)get(at + 5 + 4 * (size_t)i, 4);
    return 5 + 4 * (size_t)at[0];
}

static size_t read_field(const uint8_t *at, size_t left, const struct field *field, void *member)
{
    if (field->type == FIELD_TEXT)
        return read_text(at, left, field->most, member);
    if (field->type == FIELD_MONEY)
        return read_money(at, left, member);
    if (field->type == FIELD_HASHES)
        return read_hashes(at, left, member);
    size_t bytes = field_bytes(field, member);
    if (left < bytes || (field->type == FIELD_BYTE && at[0] > field->most))
        return 0;
    if (field->type == FIELD_BYTE)
        *(uint8_t *)member = at[0];
    else if (field->type == FIELD_NUMBER)
        *(int64_t *)member = (int64_t)get(at, 8);
    else if (field->type == FIELD_WORD)
        *(uint32_t *)member = (uint32_t)get(at, 4);
    else
        *(int32_t *)member = (int32_t)(uint32_t)get(at, 4);
    return bytes;
}

// --- whole notes

static const void *member_of(const struct note *note, const struct field *field)
{
    return (const char *)note + field->offset;
}

static void start_fields(struct note *note, const struct field *field)
{
    static const int32_t no_day = NOTE_NO_DAY;
    static const char *const nothing = "";
    for (; field->type != FIELD_END; field++) {
        char *member = (char *)note + field->offset;
        if (field->type == FIELD_DAY)
            memcpy(member, &no_day, sizeof no_day);
        else if (field->type == FIELD_TEXT)
            memcpy(member, &nothing, sizeof nothing);
    }
}

void note_start(struct note *note, enum note_kind kind)
{
    must(kind > NOTE_NONE && kind < NOTE_KINDS);
    memset(note, 0, sizeof *note);
    note->kind = kind;
    start_fields(note, head_fields);
    start_fields(note, rows[kind]);
    if (kind == NOTE_CONTRACT_ENDED) // the members that its row leaves out
        start_fields(note, rows[NOTE_CONTRACT_SIGNED]);
    else if (kind == NOTE_QUOTE_LOST)
        start_fields(note, rows[NOTE_QUOTE_SENT]);
    else if (kind == NOTE_CONTRACT_SIGNED)
        note->contract.reason = "";
    else if (kind == NOTE_QUOTE_SENT)
        note->quote.reason = "";
    else if (kind == NOTE_COMPLAINT_ACKNOWLEDGED || kind == NOTE_COMPLAINT_RESOLVED)
        note->complaint.what = note->complaint.cause = note->complaint.order_id = "";
    else if (kind == NOTE_PRAISE || kind == NOTE_NEED_LOST)
        note->word.who = "";
}

int note_order(const struct note *left, const struct note *right)
{
    if (left->time_ms != right->time_ms)
        return left->time_ms < right->time_ms ? -1 : 1;
    return memcmp(left->key, right->key, NOTE_KEY_BYTES);
}

int note_part_of(const char *name)
{
    for (int i = 0; i < NOTE_PARTS; i++)
        if (strcasecmp(note_part_names[i], name) == 0)
            return i;
    return -1;
}

uint32_t note_field_hash(const char *name)
{
    char lower[NOTE_NAME_BYTES];
    size_t length = text_kept(name, NOTE_NAME_BYTES);
    for (size_t i = 0; i < length; i++)
        lower[i] = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] - 'A' + 'a') : name[i];
    return (uint32_t)hash_short(lower, length);
}

void note_add_field(struct note_customer *customer, const char *name, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return;
    customer->fields_sent++;
    uint32_t hash = note_field_hash(name);
    for (uint32_t i = 0; i < customer->field_count; i++)
        if (customer->fields[i] == hash)
            return;
    if (customer->field_count < NOTE_FIELDS_MAX)
        customer->fields[customer->field_count++] = hash;
}

// What the row holds besides that of its kind.
static const struct field *more_fields(const struct note *note)
{
    return note->kind == NOTE_UPSERTED && note->customer.said != 0 ? part_fields : no_fields;
}

size_t note_bytes(const struct note *note)
{
    must(note->kind > NOTE_NONE && note->kind < NOTE_KINDS);
    size_t bytes = HEAD_BYTES;
    for (const struct field *field = head_fields; field->type != FIELD_END; field++)
        bytes += field_bytes(field, member_of(note, field));
    for (const struct field *field = rows[note->kind]; field->type != FIELD_END; field++)
        bytes += field_bytes(field, member_of(note, field));
    for (const struct field *field = more_fields(note); field->type != FIELD_END; field++)
        bytes += field_bytes(field, member_of(note, field));
    must(bytes <= NOTE_ROW_MAX);
    return bytes;
}

void note_write(const struct note *note, uint8_t *row)
{
    must(note->kind > NOTE_NONE && note->kind < NOTE_KINDS);
    row[0] = ROW_VERSION;
    row[1] = (uint8_t)note->kind;
    row[2] = note->historical;
    row[3] = more_fields(note) == part_fields;
    uint8_t *at = put(row + 4, (uint64_t)note->time_ms, 8);
    memcpy(at, note->key, NOTE_KEY_BYTES);
    at += NOTE_KEY_BYTES;
    for (const struct field *field = head_fields; field->type != FIELD_END; field++)
        at = write_field(at, field, member_of(note, field));
    for (const struct field *field = rows[note->kind]; field->type != FIELD_END; field++)
        at = write_field(at, field, member_of(note, field));
    for (const struct field *field = more_fields(note); field->type != FIELD_END; field++)
        at = write_field(at, field, member_of(note, field));
}

static bool read_fields(const struct field *field, const uint8_t **at, const uint8_t *end, struct note *note)
{
    for (; field->type != FIELD_END; field++) {
        size_t taken = read_field(*at, (size_t)(end - *at), field, (char *)note + field->offset);
        if (taken == 0)
            return false;
        *at += taken;
    }
    return true;
}

bool note_read(const uint8_t *row, size_t length, struct note *ret_note)
{
    if (length < HEAD_BYTES || row[0] != ROW_VERSION || row[1] == NOTE_NONE || row[1] >= NOTE_KINDS || row[2] > 1 ||
        row[3] > (row[1] == NOTE_UPSERTED))
        return false;
    note_start(ret_note, (enum note_kind)row[1]);
    ret_note->historical = row[2] == 1;
    ret_note->time_ms = (int64_t)get(row + 4, 8);
    memcpy(ret_note->key, row + 12, NOTE_KEY_BYTES);
    const uint8_t *at = row + HEAD_BYTES, *end = row + length;
    return read_fields(head_fields, &at, end, ret_note) && read_fields(rows[row[1]], &at, end, ret_note) &&
           (row[3] == 0 || (read_fields(part_fields, &at, end, ret_note) && ret_note->customer.said != 0)) && at == end;
}

static void show_fields(const struct note *note, const struct field *field,
                        void (*visit)(void *context, const struct note_value *value), void *context)
{
    for (; field->type != FIELD_END; field++) {
        const void *member = (const char *)note + field->offset;
        const char *dot = strchr(field->name, '.');
        struct note_value value = {.name = dot != NULL ? dot + 1 : field->name, .text = "", .day = NOTE_NO_DAY};
        if (field->type == FIELD_TEXT)
            value.text = *(const char *const *)member;
        else if (field->type == FIELD_MONEY)
            value.money = *(const struct note_money *)member;
        else if (field->type == FIELD_DAY)
            value.day = *(const int32_t *)member;
        else if (field->type == FIELD_NUMBER)
            value.number = *(const int64_t *)member;
        else if (field->type == FIELD_WORD)
            value.number = *(const uint32_t *)member;
        else if (field->type == FIELD_BYTE)
            value.number = *(const uint8_t *)member;
        visit(context, &value);
    }
}

void note_each_value(const struct note *note, void (*visit)(void *context, const struct note_value *value),
                     void *context)
{
    must(note->kind > NOTE_NONE && note->kind < NOTE_KINDS);
    show_fields(note, head_fields, visit, context);
    show_fields(note, rows[note->kind], visit, context);
}

const char *note_kind_name(enum note_kind kind)
{
    static const char *const names[NOTE_KINDS] = {
        "",
        "customer file",
        "contact",
        "complaint opened",
        "complaint acknowledged",
        "complaint resolved",
        "survey",
        "lead",
        "contract signed",
        "contract ended",
        "quote sent",
        "quote lost",
        "objection",
        "gift",
        "cost",
        "cooperation rated",
        "referral",
        "praise",
        "competitor seen",
        "need lost",
        "value overridden",
        "promise broken",
    };
    must(kind < NOTE_KINDS);
    return names[kind];
}
