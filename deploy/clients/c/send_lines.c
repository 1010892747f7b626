// Sends events from standard input, one a line, and prints a line for each that was refused. An example of
// tend_client.h that is of use as it is:
//
//     cc -o send_lines send_lines.c tend_client.c -lzmq
//     ./send_lines ipc:///var/lib/tend/run/ingest.sock <events.jsonl
//
// Exit 0 when every line is stored; 1 when some were refused.
#include "tend_client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <zmq.h>

struct sums {
    unsigned long stored, refused;
};

static void result(void *self, uint64_t tag, int status, const char *body, size_t length)
{
    struct sums *sums = self;
    if (status == 200) {
        sums->stored++;
        return;
    }
    sums->refused++;
    printf("line %llu: %d %.*s\n", (unsigned long long)tag, status, (int)length, body);
}

int main(int argc, char **argv)
{
    struct sums sums = {0, 0};
    struct tend_client *client = argc == 2 ? tend_client_open(argv[1], result, &sums) : NULL;
    if (client == NULL) {
        fprintf(stderr, "usage: %s ENDPOINT <EVENTS: %s\n", argv[0], argc == 2 ? zmq_strerror(errno) : "one is needed");
        return 2;
    }
    char *line = NULL;
    size_t room = 0;
    uint64_t number = 0;
    for (ssize_t length; (length = getline(&line, &room, stdin)) > 0;) {
        number++;
        if (length > 1 && tend_client_post(client, TEND_JSON, line, (size_t)length, number) != 0) {
            sums.refused++;
            printf("line %llu: too long\n", (unsigned long long)number);
        }
        tend_client_work(client, 0);
    }
    tend_client_work(client, -1);
    tend_client_close(&client);
    free(line);
    printf("%lu stored, %lu refused\n", sums.stored, sums.refused);
    return sums.refused > 0;
}
