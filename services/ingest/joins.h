// Joins: customers of several sources who are the same one by rule. A customer_upserted that shows the mail address,
// the telephone number or the tax number of another customer makes a customer_merged, in the same transaction, from the
// source "tend:join". Never joined are two of one source, whom a person split, and who share their value with many.
// Without rules it is only kept what each file shows, for erasures (guests.h); when they are switched on the files in
// the journal are taken in once more, and join nobody: a customer is joined from its next file on.
#ifndef TEND_INGEST_JOINS_H
#define TEND_INGEST_JOINS_H

#include "services/ingest/door.h"
#include "services/ingest/likeness.h"
#include "tend/v1/event.pb-c.h"

// Whether the countries and values of the section `ingest.join` are such. False: `ret_field` and `ret_reason` say which
// is not, and why.
bool joins_check(const struct join_options *options, const char **ret_field, const char **ret_reason);

// Looks at an event once its record is appended.
void joins_note(struct ingest *ingest, struct turn *turn, const Tend__V1__Event *event, const struct record *record);

// Takes in some of what the journal had before there were rules, or before a program that takes it in. True: there is
// more.
bool joins_catch_up(struct ingest *ingest, struct turn *turn);

// Deletes what is kept of a customer. Returns the number of rows.
uint64_t joins_erase(struct turn *turn, const char *customer_id);

// GET /v1/joins: who would be joined, from what is kept. Changes nothing.
void joins_list(struct ingest *ingest, struct call *call);

#endif
