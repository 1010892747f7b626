// Writes and syncs of this process that fail when a test wants it: the calls below libc, for every library in the
// program.
#ifndef TEND_TESTS_HARNESS_FAULTS_H
#define TEND_TESTS_HARNESS_FAULTS_H

#include <stdbool.h>

enum { FAULT_SHORT = -1 }; // half of a write is done, as on a disk that gets full

// The n-th call from now on (1: the next) of write, writev, pwrite, fsync, fdatasync, ftruncate, mkdir or rename on a
// file or folder fails with `error`; with `for_ever` all after it as well. n 0: none fails, the calls are only counted.
void faults_arm(unsigned n, int error, bool for_ever);

// From now on nothing fails. Returns how many calls there were.
unsigned faults_disarm(void);

// What statvfs says from now on: a disk without room, or how it is.
void faults_disk_full(bool full);

#endif
