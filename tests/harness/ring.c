#include "harness/ring.h"

#include "common/must.h"

#include <stdio.h>
#include <string.h>

enum { TEXT_BYTES = 4000, ERROR_BYTES = 600 };

void ring_sections(struct config_section ret_sections[PLACES])
{
    for (enum pipeline_place place = 0; place < PLACES; place++) {
        const struct main_setup *setup = pipeline_setups[place];
        ret_sections[place] = (struct config_section){setup->service->name, setup->keys, setup->options, setup->help};
    }
}

void ring_open(struct ring *ring, const char *text, int64_t start_ms)
{
    struct config_section sections[PLACES];
    char whole[TEXT_BYTES], error[ERROR_BYTES];
    folder_make(ring->folder);
    int length = snprintf(whole, sizeof whole,
                          "%snotifier: {default_channel: here, channels: {here: {type: file, file: %s/out.jsonl}}}\n",
                          text, ring->folder);
    must(length > 0 && (size_t)length < sizeof whole);
    ring_sections(sections);
    ring->config = settings_read_text("tend.yaml", whole, (size_t)length, &ring->settings, sections, PLACES);
    if (!config_good(ring->config))
        config_errors_print(ring->config, stderr);
    must(config_good(ring->config));
    ring->pipeline = pipeline_open(&ring->settings, ring->folder, start_ms, error, sizeof error);
    if (ring->pipeline == NULL)
        fprintf(stderr, "%s\n", error);
    must(ring->pipeline != NULL);
}

void ring_close(struct ring *ring)
{
    pipeline_close(&ring->pipeline);
    config_close(&ring->config);
    folder_remove(ring->folder);
}
