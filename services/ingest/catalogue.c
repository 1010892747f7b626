#include "services/ingest/catalogue.h"

#include "common/calendar.h"
#include "common/money.h"
#include "common/nearest.h"

#include <string.h>

enum {
    ID_MAX = 128,    // ids of shops and mail systems are far shorter
    SOURCE_MAX = 64, // names that we or the sender's operator chose
    NAME_MAX = 200,  // 60 Chinese characters and more
    REASON_MAX = 1000,
    NOTE_MAX = 4096, // the longest text that verify lets through
    PHONE_MAX = 64,
    EMAIL_MAX = 254, // what mail itself allows
    ADDRESS_MAX = 256,
    WORD_MAX = 32,
    LANGUAGE_MAX = 35,
    ZONE_MAX = 64,
    LIST_MAX = 1000,
    CONTACTS_MAX = 50,
    FILE_FIELDS_MAX = 200,
    DIMENSIONS_MAX = 50,
    HOURS_MAX = 24, // parts of one day
    SCORE_MAX = 5,
    MINUTES_MAX = 1440, // of one contact
    CREDIT_DAYS_MAX = 3650,
    CAPACITY_MAX = 1000, // calls a day
    PPM = 1000000,
};

// A billion pieces, in thousandths: with MONEY_MAX and a list of 1,000 lines a sum stays inside 128 bits.
#define QUANTITY_MAX INT64_C(1000000000000)

// clang-format off
const struct catalogue_rule catalogue_rules[] = {
    {"Event",                   "id",                      CATALOGUE_ID,         true,  0,         ID_MAX},
    {"Event",                   "source",                  CATALOGUE_ID,         true,  0,         SOURCE_MAX},
    {"Event",                   "time",                    CATALOGUE_TIME,       true,  0,         0},
    {"Event",                   "customer_id",             CATALOGUE_ID,         false, 0,         ID_MAX},
    {"Event",                   "rep_id",                  CATALOGUE_ID,         false, 0,         ID_MAX},

    {"OrderLine",               "sku",                     CATALOGUE_NAME,       false, 0,         ID_MAX},
    {"OrderLine",               "name",                    CATALOGUE_NAME,       false, 0,         NAME_MAX},
    {"OrderLine",               "quantity_milli",          CATALOGUE_NUMBER,     true,  1,         QUANTITY_MAX},
    {"OrderLine",               "price",                   CATALOGUE_MONEY,      false, -MONEY_MAX, MONEY_MAX},
    {"OrderLine",               "discount_ppm",            CATALOGUE_NUMBER,     false, 0,         PPM},
    {"OrderLine",               "cost",                    CATALOGUE_MONEY,      false, 0,         MONEY_MAX},
    {"OrderPlaced",             "order_id",                CATALOGUE_ID,         true,  0,         ID_MAX},
    {"OrderPlaced",             "lines",                   CATALOGUE_LIST,       false, 0,         LIST_MAX},
    {"OrderPlaced",             "total",                   CATALOGUE_MONEY,      false, 0,         MONEY_MAX},
    {"OrderPlaced",             "promised_delivery",       CATALOGUE_DAY,        false, 0,         0},
    {"OrderPlaced",             "currency",                CATALOGUE_CURRENCY,   false, 0,         0},
    {"OrderAmended",            "order_id",                CATALOGUE_ID,         true,  0,         ID_MAX},
    {"OrderAmended",            "lines",                   CATALOGUE_LIST,       false, 0,         LIST_MAX},
    {"OrderAmended",            "total",                   CATALOGUE_MONEY,      false, 0,         MONEY_MAX},
    {"OrderAmended",            "promised_delivery",       CATALOGUE_DAY,        false, 0,         0},
    {"OrderAmended",            "currency",                CATALOGUE_CURRENCY,   false, 0,         0},
    {"OrderPaid",               "order_id",                CATALOGUE_ID,         true,  0,         ID_MAX},
    {"OrderPaid",               "amount",                  CATALOGUE_MONEY,      false, 0,         MONEY_MAX},
    {"OrderShipped",            "order_id",                CATALOGUE_ID,         true,  0,         ID_MAX},
    {"OrderDelivered",          "order_id",                CATALOGUE_ID,         true,  0,         ID_MAX},
    {"OrderCancelled",          "order_id",                CATALOGUE_ID,         true,  0,         ID_MAX},
    {"OrderCancelled",          "reason",                  CATALOGUE_TEXT,       false, 0,         REASON_MAX},
    {"OrderRefunded",           "order_id",                CATALOGUE_ID,         true,  0,         ID_MAX},
    {"OrderRefunded",           "amount",                  CATALOGUE_MONEY,      true,  1,         MONEY_MAX},
    {"OrderRefunded",           "reason",                  CATALOGUE_TEXT,       false, 0,         REASON_MAX},
    {"DeliveryScheduled",       "order_id",                CATALOGUE_ID,         true,  0,         ID_MAX},
    {"DeliveryScheduled",       "date",                    CATALOGUE_DAY,        true,  0,         0},
    {"DeliveryDelayed",         "order_id",                CATALOGUE_ID,         true,  0,         ID_MAX},
    {"DeliveryDelayed",         "date",                    CATALOGUE_DAY,        false, 0,         0},
    {"DeliveryDelayed",         "reason",                  CATALOGUE_TEXT,       false, 0,         REASON_MAX},
    {"OrderError",              "order_id",                CATALOGUE_ID,         true,  0,         ID_MAX},
    {"OrderError",              "what",                    CATALOGUE_TEXT,       true,  0,         REASON_MAX},

    {"ContactPerson",           "name",                    CATALOGUE_NAME,       false, 0,         NAME_MAX},
    {"ContactPerson",           "post",                    CATALOGUE_NAME,       false, 0,         NAME_MAX},
    {"ContactPerson",           "phone",                   CATALOGUE_PHONE,      false, 0,         PHONE_MAX},
    {"ContactPerson",           "email",                   CATALOGUE_EMAIL,      false, 0,         EMAIL_MAX},
    {"ContactPerson",           "birthday",                CATALOGUE_BIRTHDAY,   false, 0,         0},
    {"FileField",               "name",                    CATALOGUE_NAME,       true,  0,         NAME_MAX},
    {"FileField",               "value",                   CATALOGUE_TEXT,       false, 0,         REASON_MAX},
    {"CustomerUpserted",        "name",                    CATALOGUE_NAME,       false, 0,         NAME_MAX},
    {"CustomerUpserted",        "owner_rep_id",            CATALOGUE_ID,         false, 0,         ID_MAX},
    {"CustomerUpserted",        "region",                  CATALOGUE_NAME,       false, 0,         NAME_MAX},
    {"CustomerUpserted",        "birthday",                CATALOGUE_BIRTHDAY,   false, 0,         0},
    {"CustomerUpserted",        "founding_day",            CATALOGUE_YEARLY,     false, 0,         0},
    {"CustomerUpserted",        "cooperation_since",       CATALOGUE_DAY,        false, 0,         0},
    {"CustomerUpserted",        "contacts",                CATALOGUE_LIST,       false, 0,         CONTACTS_MAX},
    {"CustomerUpserted",        "credit_limit",            CATALOGUE_MONEY,      false, 0,         MONEY_MAX},
    {"CustomerUpserted",        "credit_days",             CATALOGUE_NUMBER,     false, 0,         CREDIT_DAYS_MAX},
    {"CustomerUpserted",        "file_fields",             CATALOGUE_LIST,       false, 0,         FILE_FIELDS_MAX},
    {"CustomerUpserted",        "parent_customer_id",      CATALOGUE_ID,         false, 0,         ID_MAX},
    {"CustomerUpserted",        "lead_source",             CATALOGUE_NAME,       false, 0,         NAME_MAX},
    {"CustomerUpserted",        "language",                CATALOGUE_LANGUAGE,   false, 0,         LANGUAGE_MAX},
    {"CustomerUpserted",        "time_zone",               CATALOGUE_ZONE,       false, 0,         ZONE_MAX},
    {"CustomerUpserted",        "country",                 CATALOGUE_COUNTRY,    false, 0,         0},
    {"CustomerUpserted",        "said",                    CATALOGUE_NAME,       false, 0,         NAME_MAX},
    {"CustomerMerged",          "other_customer_id",       CATALOGUE_ID,         true,  0,         ID_MAX},
    {"CustomerMerged",          "reason",                  CATALOGUE_TEXT,       false, 0,         REASON_MAX},
    {"CustomerSplit",           "other_customer_id",       CATALOGUE_ID,         true,  0,         ID_MAX},
    {"CustomerErased",          "reason",                  CATALOGUE_TEXT,       false, 0,         REASON_MAX},
    {"CustomerErased",          "asked_by",                CATALOGUE_NAME,       false, 0,         NAME_MAX},

    {"ContactLogged",           "outcome",                 CATALOGUE_CHOICE,     true,  0,         0},
    {"ContactLogged",           "minutes",                 CATALOGUE_NUMBER,     false, 0,         MINUTES_MAX},
    {"ContactLogged",           "key_point",               CATALOGUE_TEXT,       false, 0,         REASON_MAX},
    {"ContactLogged",           "next_at",                 CATALOGUE_TIME,       false, 0,         0},
    {"ContactLogged",           "note",                    CATALOGUE_TEXT,       false, 0,         NOTE_MAX},
    {"MessageReceived",         "message_id",              CATALOGUE_ID,         true,  0,         ID_MAX},
    {"MessageReceived",         "subject",                 CATALOGUE_NAME,       false, 0,         REASON_MAX},
    {"MessageReplied",          "message_id",              CATALOGUE_ID,         true,  0,         ID_MAX},

    {"PromiseMade",             "promise_id",              CATALOGUE_ID,         true,  0,         ID_MAX},
    {"PromiseMade",             "what",                    CATALOGUE_TEXT,       true,  0,         REASON_MAX},
    {"PromiseMade",             "due",                     CATALOGUE_TIME,       true,  0,         0},
    {"PromiseExtended",         "promise_id",              CATALOGUE_ID,         true,  0,         ID_MAX},
    {"PromiseExtended",         "due",                     CATALOGUE_TIME,       true,  0,         0},
    {"PromiseExtended",         "reason",                  CATALOGUE_TEXT,       false, 0,         REASON_MAX},
    {"PromiseKept",             "promise_id",              CATALOGUE_ID,         true,  0,         ID_MAX},
    {"PromiseBroken",           "promise_id",              CATALOGUE_ID,         true,  0,         ID_MAX},
    {"PromiseBroken",           "reason",                  CATALOGUE_TEXT,       false, 0,         REASON_MAX},
    {"ComplaintOpened",         "complaint_id",            CATALOGUE_ID,         true,  0,         ID_MAX},
    {"ComplaintOpened",         "what",                    CATALOGUE_TEXT,       true,  0,         REASON_MAX},
    {"ComplaintOpened",         "cause",                   CATALOGUE_TEXT,       false, 0,         REASON_MAX},
    {"ComplaintOpened",         "order_id",                CATALOGUE_ID,         false, 0,         ID_MAX},
    {"ComplaintOpened",         "category",                CATALOGUE_NAME,       false, 0,         NAME_MAX},
    {"ComplaintOpened",         "sku",                     CATALOGUE_NAME,       false, 0,         ID_MAX},
    {"ComplaintAcknowledged",   "complaint_id",            CATALOGUE_ID,         true,  0,         ID_MAX},
    {"ComplaintActed",          "complaint_id",            CATALOGUE_ID,         true,  0,         ID_MAX},
    {"ComplaintActed",          "what",                    CATALOGUE_TEXT,       false, 0,         REASON_MAX},
    {"ComplaintResolved",       "complaint_id",            CATALOGUE_ID,         true,  0,         ID_MAX},
    {"ComplaintResolved",       "cause",                   CATALOGUE_TEXT,       false, 0,         REASON_MAX},
    {"ComplaintResolved",       "compensation",            CATALOGUE_MONEY,      false, 0,         MONEY_MAX},
    {"ComplaintResolved",       "what",                    CATALOGUE_TEXT,       false, 0,         REASON_MAX},
    {"SurveyDimension",         "name",                    CATALOGUE_NAME,       true,  0,         NAME_MAX},
    {"SurveyDimension",         "score",                   CATALOGUE_NUMBER,     true,  1,         SCORE_MAX},
    {"SurveyAnswered",          "score",                   CATALOGUE_NUMBER,     true,  1,         SCORE_MAX},
    {"SurveyAnswered",          "expected",                CATALOGUE_NUMBER,     false, 0,         SCORE_MAX},
    {"SurveyAnswered",          "dimensions",              CATALOGUE_LIST,       false, 0,         DIMENSIONS_MAX},
    {"SurveySent",              "occasion",                CATALOGUE_WORD,       false, 0,         WORD_MAX},

    {"LeadUpdated",             "intention",               CATALOGUE_NUMBER,     false, 0,         SCORE_MAX},
    {"LeadUpdated",             "expected_order_date",     CATALOGUE_DAY,        false, 0,         0},
    {"LeadUpdated",             "expected_quantity_milli", CATALOGUE_NUMBER,     false, 0,         QUANTITY_MAX},
    {"LeadUpdated",             "lead_source",             CATALOGUE_NAME,       false, 0,         NAME_MAX},
    {"LeadUpdated",             "note",                    CATALOGUE_TEXT,       false, 0,         NOTE_MAX},
    {"ContractSigned",          "contract_id",             CATALOGUE_ID,         true,  0,         ID_MAX},
    {"ContractSigned",          "from",                    CATALOGUE_DAY,        false, 0,         0},
    {"ContractSigned",          "to",                      CATALOGUE_DAY,        false, 0,         0},
    {"ContractSigned",          "value",                   CATALOGUE_MONEY,      false, 0,         MONEY_MAX},
    {"ContractEnded",           "contract_id",             CATALOGUE_ID,         true,  0,         ID_MAX},
    {"ContractEnded",           "reason",                  CATALOGUE_TEXT,       false, 0,         REASON_MAX},
    {"QuoteSent",               "quote_id",                CATALOGUE_ID,         true,  0,         ID_MAX},
    {"QuoteSent",               "what",                    CATALOGUE_TEXT,       false, 0,         REASON_MAX},
    {"QuoteSent",               "amount",                  CATALOGUE_MONEY,      false, 0,         MONEY_MAX},
    {"QuoteSent",               "probability_ppm",         CATALOGUE_NUMBER,     false, 0,         PPM},
    {"QuoteSent",               "expected_order_date",     CATALOGUE_DAY,        false, 0,         0},
    {"QuoteLost",               "quote_id",                CATALOGUE_ID,         true,  0,         ID_MAX},
    {"QuoteLost",               "reason",                  CATALOGUE_TEXT,       false, 0,         REASON_MAX},
    {"QuoteLost",               "follow_on",               CATALOGUE_DAY,        false, 0,         0},
    {"ObjectionRaised",         "kind",                    CATALOGUE_NAME,       false, 0,         NAME_MAX},
    {"ObjectionRaised",         "what",                    CATALOGUE_TEXT,       false, 0,         REASON_MAX},
    {"ObjectionRaised",         "objection_id",            CATALOGUE_ID,         false, 0,         ID_MAX},
    {"GiftGiven",               "what",                    CATALOGUE_TEXT,       true,  0,         REASON_MAX},
    {"GiftGiven",               "amount",                  CATALOGUE_MONEY,      false, 0,         MONEY_MAX},
    {"GiftGiven",               "occasion",                CATALOGUE_NAME,       false, 0,         NAME_MAX},
    {"CostRecorded",            "kind",                    CATALOGUE_NAME,       false, 0,         NAME_MAX},
    {"CostRecorded",            "amount",                  CATALOGUE_MONEY,      true,  0,         MONEY_MAX},
    {"CostRecorded",            "what",                    CATALOGUE_TEXT,       false, 0,         REASON_MAX},
    {"CooperationRated",        "score",                   CATALOGUE_NUMBER,     true,  1,         SCORE_MAX},
    {"CooperationRated",        "loyalty",                 CATALOGUE_NUMBER,     false, 0,         SCORE_MAX},
    {"PolicyExceptionAsked",    "exception_id",            CATALOGUE_ID,         true,  0,         ID_MAX},
    {"PolicyExceptionAsked",    "kind",                    CATALOGUE_NAME,       false, 0,         NAME_MAX},
    {"PolicyExceptionAsked",    "what",                    CATALOGUE_TEXT,       true,  0,         REASON_MAX},
    {"PolicyExceptionAsked",    "amount",                  CATALOGUE_MONEY,      false, 0,         MONEY_MAX},
    {"PolicyExceptionAsked",    "promise_id",              CATALOGUE_ID,         false, 0,         ID_MAX},
    {"PolicyExceptionApproved", "exception_id",            CATALOGUE_ID,         true,  0,         ID_MAX},
    {"PolicyExceptionApproved", "by",                      CATALOGUE_NAME,       true,  0,         NAME_MAX},
    {"PolicyExceptionRefused",  "exception_id",            CATALOGUE_ID,         true,  0,         ID_MAX},
    {"PolicyExceptionRefused",  "by",                      CATALOGUE_NAME,       true,  0,         NAME_MAX},
    {"PolicyExceptionRefused",  "reason",                  CATALOGUE_TEXT,       false, 0,         REASON_MAX},
    {"VisitPlanned",            "visit_id",                CATALOGUE_ID,         true,  0,         ID_MAX},
    {"VisitPlanned",            "region",                  CATALOGUE_NAME,       false, 0,         NAME_MAX},
    {"VisitPlanned",            "purpose",                 CATALOGUE_TEXT,       false, 0,         REASON_MAX},
    {"VisitPlanned",            "from",                    CATALOGUE_DAY,        true,  0,         0},
    {"VisitPlanned",            "to",                      CATALOGUE_DAY,        false, 0,         0},
    {"VisitPlanned",            "hotel",                   CATALOGUE_NAME,       false, 0,         NAME_MAX},
    {"VisitPlanned",            "phone",                   CATALOGUE_PHONE,      false, 0,         PHONE_MAX},
    {"VisitPlanned",            "customer_ids",            CATALOGUE_ID,         false, 0,         ID_MAX},
    {"VisitApproved",           "visit_id",                CATALOGUE_ID,         true,  0,         ID_MAX},
    {"VisitApproved",           "by",                      CATALOGUE_NAME,       true,  0,         NAME_MAX},
    {"VisitRefused",            "visit_id",                CATALOGUE_ID,         true,  0,         ID_MAX},
    {"VisitRefused",            "by",                      CATALOGUE_NAME,       true,  0,         NAME_MAX},
    {"VisitRefused",            "reason",                  CATALOGUE_TEXT,       false, 0,         REASON_MAX},
    {"VisitCancelled",          "visit_id",                CATALOGUE_ID,         true,  0,         ID_MAX},
    {"VisitCancelled",          "reason",                  CATALOGUE_TEXT,       false, 0,         REASON_MAX},
    {"VisitArrived",            "visit_id",                CATALOGUE_ID,         true,  0,         ID_MAX},
    {"VisitArrived",            "hotel",                   CATALOGUE_NAME,       false, 0,         NAME_MAX},
    {"VisitArrived",            "phone",                   CATALOGUE_PHONE,      false, 0,         PHONE_MAX},
    {"VisitCheckedIn",          "visit_id",                CATALOGUE_ID,         true,  0,         ID_MAX},
    {"VisitCheckedIn",          "note",                    CATALOGUE_TEXT,       false, 0,         NOTE_MAX},
    {"VisitReported",           "visit_id",                CATALOGUE_ID,         true,  0,         ID_MAX},
    {"VisitReported",           "report",                  CATALOGUE_TEXT,       true,  0,         NOTE_MAX},
    {"ReferralMade",            "other_customer_id",       CATALOGUE_ID,         true,  0,         ID_MAX},
    {"ReferralMade",            "what",                    CATALOGUE_TEXT,       false, 0,         REASON_MAX},
    {"CommissionPaid",          "other_customer_id",       CATALOGUE_ID,         true,  0,         ID_MAX},
    {"CommissionPaid",          "amount",                  CATALOGUE_MONEY,      false, 0,         MONEY_MAX},
    {"PraiseReceived",          "what",                    CATALOGUE_TEXT,       true,  0,         REASON_MAX},
    {"CompetitorSeen",          "who",                     CATALOGUE_NAME,       true,  0,         NAME_MAX},
    {"CompetitorSeen",          "what",                    CATALOGUE_TEXT,       false, 0,         REASON_MAX},
    {"NeedLost",                "what",                    CATALOGUE_TEXT,       false, 0,         REASON_MAX},
    {"AnnouncementPublished",   "announcement_id",         CATALOGUE_ID,         true,  0,         ID_MAX},
    {"AnnouncementPublished",   "title",                   CATALOGUE_NAME,       true,  0,         NAME_MAX},
    {"AnnouncementPublished",   "text",                    CATALOGUE_TEXT,       false, 0,         NOTE_MAX},
    {"AnnouncementPublished",   "customer_ids",            CATALOGUE_ID,         false, 0,         ID_MAX},
    {"AnnouncementPublished",   "region",                  CATALOGUE_NAME,       false, 0,         NAME_MAX},
    {"AnnouncementPublished",   "kind",                    CATALOGUE_WORD,       false, 0,         WORD_MAX},
    {"AnnouncementPublished",   "until",                   CATALOGUE_DAY,        false, 0,         0},
    {"AnnouncementPublished",   "date",                    CATALOGUE_DAY,        false, 0,         0},
    {"AnnouncementPublished",   "points",                  CATALOGUE_TEXT,       false, 0,         REASON_MAX},
    {"AnnouncementPublished",   "cost",                    CATALOGUE_MONEY,      false, 0,         MONEY_MAX},

    {"Hours",                   "from_minute",             CATALOGUE_NUMBER,     false, 0,         DAY_MINUTES - 1},
    {"Hours",                   "to_minute",               CATALOGUE_NUMBER,     true,  1,         DAY_MINUTES},
    {"RepUpserted",             "name",                    CATALOGUE_NAME,       true,  0,         NAME_MAX},
    {"RepUpserted",             "manager_rep_id",          CATALOGUE_ID,         false, 0,         ID_MAX},
    {"RepUpserted",             "time_zone",               CATALOGUE_ZONE,       false, 0,         ZONE_MAX},
    {"RepUpserted",             "languages",               CATALOGUE_LANGUAGE,   false, 0,         LANGUAGE_MAX},
    {"RepUpserted",             "working_hours",           CATALOGUE_LIST,       false, 0,         HOURS_MAX},
    {"RepUpserted",             "golden_hours",            CATALOGUE_LIST,       false, 0,         HOURS_MAX},
    {"RepUpserted",             "daily_capacity",          CATALOGUE_NUMBER,     false, 0,         CAPACITY_MAX},
    {"RepUpserted",             "working_days",            CATALOGUE_NUMBER,     false, 1,         WEEK_DAYS},
    {"RepUpserted",             "channel",                 CATALOGUE_ID,         false, 0,         SOURCE_MAX},
    {"RepUpserted",             "address",                 CATALOGUE_ID,         false, 0,         ADDRESS_MAX},
    {"RepUpserted",             "deputy_rep_id",           CATALOGUE_ID,         false, 0,         ID_MAX},
    {"RepUpserted",             "role",                    CATALOGUE_WORD,       false, 0,         WORD_MAX},
    {"RepUpserted",             "country",                 CATALOGUE_COUNTRY,    false, 0,         0},
    {"RepAbsent",               "from",                    CATALOGUE_DAY,        true,  0,         0},
    {"RepAbsent",               "to",                      CATALOGUE_DAY,        true,  0,         0},
    {"RepAbsent",               "reason",                  CATALOGUE_TEXT,       false, 0,         REASON_MAX},
    {"ValueOverridden",         "dimension",               CATALOGUE_DIMENSION,  true,  0,         0},
    {"ValueOverridden",         "value",                   CATALOGUE_NAME,       false, 0,         NAME_MAX},
    {"ValueOverridden",         "by",                      CATALOGUE_NAME,       true,  0,         NAME_MAX},
    {"ValueOverridden",         "until",                   CATALOGUE_DAY,        false, 0,         0},
    {"ValueOverridden",         "reason",                  CATALOGUE_TEXT,       false, 0,         REASON_MAX},
    {"ReminderAnswered",        "reminder_id",             CATALOGUE_ID,         true,  0,         ID_MAX},
    {"ReminderAnswered",        "outcome",                 CATALOGUE_CHOICE,     true,  0,         0},
    {"ReminderAnswered",        "next_at",                 CATALOGUE_TIME,       false, 0,         0},
    {"ReminderAnswered",        "note",                    CATALOGUE_TEXT,       false, 0,         NOTE_MAX},
};
const size_t catalogue_rule_count = sizeof catalogue_rules / sizeof catalogue_rules[0];

#define NO_YES {"no", "yes"}

// The last row is that of the schemes.
const struct catalogue_dimension catalogue_dimensions[] = {
    {"value.abc",          CATALOGUE_WORDS,  {"A", "B", "C"}},
    {"value.tier",         CATALOGUE_WORDS,  {"important", "secondary", "ordinary", "small"}},
    {"value.rfm",          CATALOGUE_SCORES, {NULL}},
    {"value.clv",          CATALOGUE_WORDS,  {"vip", "improve", "maintain", "abandon"}},
    {"value.kind",         CATALOGUE_WORDS,  {"transactional", "relational", "relational:best",
                                              "relational:promising", "relational:losing"}},
    {"value.face",         CATALOGUE_WORDS,  {"none", "red", "white", CATALOGUE_BLACK}},
    {"value.policy",       CATALOGUE_OWN,    {NULL}},
    {"demand.state",       CATALOGUE_WORDS,  {"negative", "none", "latent", "falling", "irregular", "full",
                                              "excessive", "harmful"}},
    {"demand.next_order",  CATALOGUE_WORDS,  {"later", "soon", "late"}},
    {"demand.lifecycle",   CATALOGUE_WORDS,  {"awareness", "purchase", "repeat", "churn"}},
    {"risk.overdue",       CATALOGUE_WORDS,  NO_YES},
    {"risk.drop",          CATALOGUE_WORDS,  NO_YES},
    {"risk.declining",     CATALOGUE_WORDS,  NO_YES},
    {"risk.rival",         CATALOGUE_WORDS,  NO_YES},
    {"risk.concentration", CATALOGUE_WORDS,  NO_YES},
    {"lead.stage",         CATALOGUE_WORDS,  {"not_reached", "added", "key_person", "plans", "intends",
                                              "contract_sent", "in_contract", "expired"}},
    {"lead.intention",     CATALOGUE_WORDS,  {"slight", "unclear", "possible", "good", "very_likely"}},
    {"lead.temperature",   CATALOGUE_WORDS,  {"denial", "cold", "warm", "hot"}},
    {"lead.horizon",       CATALOGUE_WORDS,  {"H", "A", "B", "C"}},
    {"lead.qualified",     CATALOGUE_WORDS,  {"no", "open", "yes"}},
    {"care.satisfaction",  CATALOGUE_WORDS,  {"alarm", "leaving", "indifferent", "content", "delighted"}},
    {"care.status",        CATALOGUE_WORDS,  {"loyal", "ordinary", "complaining", "lost"}},
    {"care.advocacy",      CATALOGUE_WORDS,  {"0", "1", "2", "3"}},
    {"care.loyalty",       CATALOGUE_WORDS,  {"1", "2", "3", "4", "5"}},
    {"file.completeness",  CATALOGUE_WORDS,  {"empty", "partial", "complete"}},
    {CATALOGUE_SCHEMES,    CATALOGUE_WORDS,  {"A", "B", "C"}},
};
enum { DIMENSIONS = sizeof catalogue_dimensions / sizeof catalogue_dimensions[0], SCHEMES = DIMENSIONS - 1 };
const size_t catalogue_dimension_count = DIMENSIONS;
// clang-format on

const struct catalogue_dimension *catalogue_dimension_find(const char *name)
{
    for (size_t i = 0; i < SCHEMES; i++)
        if (strcmp(catalogue_dimensions[i].name, name) == 0)
            return &catalogue_dimensions[i];
    size_t length = strlen(CATALOGUE_SCHEMES);
    bool scheme = strncmp(name, CATALOGUE_SCHEMES, length) == 0 && name[length] != '\0';
    return scheme ? &catalogue_dimensions[SCHEMES] : NULL;
}

const char *catalogue_dimension_meant(const char *wrong)
{
    const char *names[SCHEMES];
    for (size_t i = 0; i < SCHEMES; i++)
        names[i] = catalogue_dimensions[i].name;
    return nearest_name(wrong, names, SCHEMES);
}

// The metals and the drawing rights are paid with as well; the codes for tests and for no currency at all are not.
const char catalogue_currencies[] =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BYR BZD CAD "
    "CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP "
    "GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK "
    "LBP LKR LRD LSL LTL LYD MAD MDL MGA MKD MMK MNT MOP MRO MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD "
    "OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STD STN SVC "
    "SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VEF VES VND VUV WST XAD XAF XAG "
    "XAU XCD XCG XDR XOF XPD XPF XPT XSU XUA YER ZAR ZMW ZWG ZWL ";

bool catalogue_currency_known(const char *code)
{
    enum { STEP = MONEY_CODE_BYTES }; // three capitals and a space
    for (const char *at = catalogue_currencies; *at != '\0'; at += STEP)
        if (strncmp(at, code, STEP - 1) == 0)
            return code[STEP - 1] == '\0';
    return false;
}

// What people write for what, in a table of `count` pairs.
static const char *replaced(const char *const (*pairs)[2], size_t count, const char *wrong)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(pairs[i][0], wrong) == 0)
            return pairs[i][1];
    return NULL;
}

// Codes that go round in trade without being in the standard.
const char *catalogue_currency_meant(const char *wrong)
{
    static const char *const meant[][2] = {
        {"RMB", "CNY"}, {"CNH", "CNY"}, {"NTD", "TWD"}, {"YEN", "JPY"}, {"STG", "GBP"}, {"UKP", "GBP"}, {"RUR", "RUB"},
    };
    return replaced(meant, sizeof meant / sizeof meant[0], wrong);
}

// Kosovo's code is not of the standard, but the one in use.
const char catalogue_countries[] =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ "
    "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO "
    "FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE "
    "JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO "
    "MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW "
    "PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM "
    "TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW ";

bool catalogue_country_known(const char *code)
{
    enum { STEP = CATALOGUE_COUNTRY_LENGTH + 1 };
    for (const char *at = catalogue_countries; *at != '\0'; at += STEP)
        if (strncmp(at, code, STEP - 1) == 0)
            return code[STEP - 1] == '\0';
    return false;
}

// Codes of the European Union and of languages that are mistaken for those of countries.
const char *catalogue_country_meant(const char *wrong)
{
    static const char *const meant[][2] = {{"UK", "GB"}, {"EL", "GR"}, {"ZH", "CN"}, {"JA", "JP"}, {"KO", "KR"}};
    return replaced(meant, sizeof meant / sizeof meant[0], wrong);
}
