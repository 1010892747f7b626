// What a service holds about one customer, in full: GET /v1/export/ID, page by page, for `tend export`.
//
//     {"service":"scoring","customerId":"C1","rows":[{"table":"order", ...}],
//      "records":[{"seq":7,"time":"...","type":"EVENT","body":{...}}],"next":{"row":120,"seq":4711}}
//
// Rows come first, those of the service's tables, then the records of its journal that name the customer. What a page
// does not hold comes with ?row=N&seq=N as `next` says; without `next` it is the last one. A page looks at a bounded
// piece of the journal, so that others are served meanwhile, and may hold nothing. What a row or a record says of other
// customers is left out.
#ifndef TEND_COMMON_EXPORT_H
#define TEND_COMMON_EXPORT_H

#include "common/service.h"

// A page in the making.
struct export_page;

// Writes all rows about the customer, each time in the same order, in a transaction that reads only.
typedef void export_rows(void *self, struct turn *turn, const char *customer_id, struct export_page *page);

// Answers the request when it asks for an export; false: it asks for something else.
bool export_answer(struct turn *turn, const struct request *request, const char *service, export_rows *rows, void *self,
                   struct reply *ret_reply);

// Begins a row of that table; export_end ends it. False when this page does not hold it: then nothing is written.
bool export_begin(struct export_page *page, const char *table);
void export_end(struct export_page *page);

// A value of the row. What is not known (an empty text, 0) is left out. `name` in words with '_'.
void export_text(struct export_page *page, const char *name, const char *text, size_t length);
void export_number(struct export_page *page, const char *name, int64_t number);
void export_time(struct export_page *page, const char *name, int64_t time_ms);
void export_day(struct export_page *page, const char *name, int32_t day); // since 1970

// A message as JSON, less what it says of other customers than `customer_id`; it is changed for that.
void export_message(struct export_page *page, const char *name, ProtobufCMessage *message, const char *customer_id);

// The same from a record's payload of that type; what cannot be read is shown by export_texts.
void export_payload(struct export_page *page, const char *name, uint16_t type, struct slice payload,
                    const char *customer_id);

// Whether the payload names other customers, too.
bool export_names_others(struct turn *turn, uint16_t type, struct slice payload, const char *customer_id);

// The texts that stand in bytes of a form of their own, as a list: runs of at least three readable characters.
void export_texts(struct export_page *page, const char *name, struct slice bytes);

#endif
