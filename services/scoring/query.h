// The questions that scoring answers:
//     GET /v1/customers?abc=A&announced=B&overdue=1&dropped=1&sort=net|last|id&limit=100&offset=0
//     GET /v1/customers/ID
//     GET /v1/customers/ID/why?dimension=value.abc
//     GET /v1/summary
#ifndef TEND_SCORING_QUERY_H
#define TEND_SCORING_QUERY_H

#include "services/scoring/core.h"

enum { QUERY_LIMIT = 100, QUERY_LIMIT_MAX = 1000 };

// Answers a GET: 200, 400 with the parameter that is wrong, or 404.
void query_answer(struct scoring *scoring, struct turn *turn, const struct request *request, struct reply *ret_reply);

#endif
