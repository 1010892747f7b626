// Hints: what to talk about in a call, the most useful first: a complaint that is open, what was promised, news, what
// goes with what they buy, what is not known of them yet. Pure.
#ifndef TEND_SERVICES_SCHEDULER_HINTS_H
#define TEND_SERVICES_SCHEDULER_HINTS_H

#include "services/scheduler/calllist.h"

enum {
    HINTS_MAX = 4,   // of one call; more would not be read on a phone
    HINTS_ASKED = 2, // questions about the file among them
    HINT_CODE_BYTES = 40,
    HINT_ANSWERS = 4, // need, power, decision, credit
    HINT_FIGURES = 2,
};

// What there is to say about surveys.
enum hint_survey { HINT_SURVEY_NOTHING, HINT_SURVEY_DUE, HINT_SURVEY_UNANSWERED, HINT_SURVEY_LOW };

// What is known of it. Days are DAY_NONE where there are none.
struct hint_opinion {
    int32_t due_day;  // since when their opinion is to be asked for
    int32_t sent_day; // on which a survey went out that nobody has answered or spoken of since
    int32_t said_day; // of the last list that spoke of it
    bool low;         // the last mark was a low one
};

// What to say on the list of that day. On the lists of about a quarter it is said once, whatever it is: a customer who
// is asked in each call tells nobody anything.
enum hint_survey hints_survey(const struct hint_opinion *opinion, int32_t today);

// What is known of the customer and the call. Texts are the caller's, "" where there is nothing; DAY_NONE likewise.
struct hint_facts {
    const char *stands_in_for;
    bool complaint_open;
    const char *complaint;   // what it is about
    bool complaint_resolved; // lately
    const char *promise;     // the next open one that is not the line's own reason
    int64_t promise_ms;      // its due moment, 0: there is none
    const char *news;        // the announcement's title
    const char *offer;       // goods that go with what they buy
    bool offer_with;         // with what they buy; else customers like them buy it
    const char *last_order;  // the goods
    int64_t last_order_ms;   // 0: there is none
    int64_t last_order_micros;
    const char *currency;
    int32_t expected_day;
    enum hint_survey survey;
    bool lead; // on the way to a first or a next contract
    bool open_answers[HINT_ANSWERS];
    const char *missing;   // fields of the file, "," between them
    bool festive;          // a birthday or anniversary within a week
    int64_t gift_left;     // micros of the budget, at most 0: nothing is left
    int32_t hour, weekday; // when they answer: -1 and 0 where it is not clear
};

// A number that fills a hint in, as Tend__V1__FigureUnit counts units.
struct hint_figure {
    const char *name;
    int64_t value;
    uint32_t unit;
    const char *currency;
};

// The notifier puts the code into words. The text is one of the facts'.
struct hint {
    char code[HINT_CODE_BYTES];
    const char *text;
    struct hint_figure figures[HINT_FIGURES];
    size_t figure_count;
};

// True for the code of a hint about surveys.
bool hints_is_survey(const char *code);

// Chooses at most HINTS_MAX, the most useful first, and returns how many.
size_t hints_choose(const struct hint_facts *facts, struct hint *ret_hints);

// The first HINTS_ASKED fields of a file that are to be asked for, as hints; returns how many.
size_t hints_ask(const char *missing, struct hint *ret_hints);

#endif
