#include "common/mark.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

enum { PATH_BYTES = 600, SIGNALS = 5 };

static const int signals[SIGNALS] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
static struct sigaction before[SIGNALS];
static int file = -1;
static bool installed;

static int open_file(const char *folder, int flags)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/END", folder);
    return open(path, flags | O_CLOEXEC, 0640);
}

enum mark mark_read(const char *folder)
{
    int old = open_file(folder, O_RDONLY);
    char byte = MARK_NONE;
    if (old < 0)
        return MARK_NONE;
    if (read(old, &byte, 1) != 1)
        byte = MARK_NONE;
    close(old);
    return byte == MARK_CRASHED || byte == MARK_BROKEN ? (enum mark)byte : MARK_NONE;
}

void mark_wipe(const char *folder)
{
    int old = open_file(folder, O_RDWR);
    if (old < 0)
        return;
    // A mark that cannot be wiped makes the next start careful once more, which does no harm.
    (void)!ftruncate(old, 0);
    close(old);
}

static void write_mark(int to, enum mark mark)
{
    char byte = (char)mark;
    if (to >= 0)
        (void)!pwrite(to, &byte, 1, 0);
}

void mark_put(const char *folder, enum mark mark)
{
    int place = open_file(folder, O_RDWR | O_CREAT);
    write_mark(place, mark);
    if (place >= 0)
        close(place);
}

// Only what a signal handler may call. The handler before us (a sanitizer's, or none) then ends the process as it would
// have.
static void note_crash(int number)
{
    write_mark(file, MARK_CRASHED);
    for (int i = 0; i < SIGNALS; i++)
        if (signals[i] == number)
            sigaction(number, &before[i], NULL);
    raise(number);
}

void mark_arm(const char *folder)
{
    if (file >= 0)
        close(file);
    file = open_file(folder, O_RDWR | O_CREAT);
    if (installed)
        return;
    struct sigaction action = {.sa_handler = note_crash};
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < SIGNALS; i++)
        sigaction(signals[i], &action, &before[i]);
    installed = true;
}
