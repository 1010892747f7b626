#include "services/tend/progress.h"

#include <unistd.h>

enum { PAUSE_US = 100000, BAR = 24, LEFT_AFTER_US = 1000000 };

void progress_start(struct progress *progress, FILE *out, struct clock *clock)
{
    *progress = (struct progress){.out = out != NULL && isatty(fileno(out)) ? out : NULL, .clock = clock};
    progress->start_us = progress->shown_us = clock_boot_us(clock);
}

static void show_left(FILE *out, double seconds)
{
    if (seconds >= 3600)
        fprintf(out, ", %ld h %02ld min left", (long)seconds / 3600, (long)seconds % 3600 / 60);
    else if (seconds >= 60)
        fprintf(out, ", %ld min %02ld s left", (long)seconds / 60, (long)seconds % 60);
    else
        fprintf(out, ", %.0f s left", seconds);
}

void progress_show(struct progress *progress, uint64_t done, uint64_t total, uint64_t things, const char *unit)
{
    if (progress->out == NULL)
        return;
    int64_t now_us = clock_boot_us(progress->clock);
    if (now_us - progress->shown_us < PAUSE_US)
        return;
    progress->shown_us = now_us;
    progress->visible = true;
    double share = total == 0 ? 1 : (double)done / (double)total;
    int filled = (int)(share * BAR);
    double seconds = (double)(now_us - progress->start_us) / 1e6;
    fputs("\r\033[K[", progress->out);
    for (int i = 0; i < BAR; i++)
        fputc(i < filled ? '#' : '.', progress->out);
    fprintf(progress->out, "] %3.0f %%  %llu %s, %.0f a second", share * 100, (unsigned long long)things, unit,
            seconds > 0 ? (double)things / seconds : 0);
    if (done > 0 && now_us - progress->start_us > LEFT_AFTER_US)
        show_left(progress->out, seconds / share - seconds);
    fflush(progress->out);
}

void progress_clear(struct progress *progress)
{
    if (progress->out == NULL || !progress->visible)
        return;
    fputs("\r\033[K", progress->out);
    fflush(progress->out);
    progress->visible = false;
}

double progress_seconds(const struct progress *progress)
{
    return (double)(clock_boot_us(progress->clock) - progress->start_us) / 1e6;
}
