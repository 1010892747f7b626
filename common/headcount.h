// As how many processes a service runs on a data_dir, which stays as it is once there is data: a small text file
// beside the stores ("scoring.processes" holds "2"), left by the first process before it makes its store and compared
// by all of them. So a start with another number changes nothing. Where there are stores and no file, their folders
// tell.
#ifndef TEND_COMMON_HEADCOUNT_H
#define TEND_COMMON_HEADCOUNT_H

#include "common/lane.h"

// Whether what is in `data_dir` is from `count` processes, or there is nothing yet; for whoever only looks. False with
// a sentence that says how to go on.
bool headcount_agrees(const char *data_dir, const char *service, unsigned count, char *ret_sentence, size_t bytes);

// The same for one of the processes, before it opens its store: the first one leaves the file, and makes the data_dir
// when it is not there. 0, or the exit code with a sentence: 78 the numbers differ, 73 the file cannot be made.
int headcount_claim(const char *data_dir, const char *service, struct lane lane, char *ret_sentence, size_t bytes);

#endif
