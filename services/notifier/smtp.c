#include "services/notifier/smtp.h"

#include "common/must.h"
#include "services/notifier/driver.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CODE_DIGITS = 3 };

struct smtp {
    CURL *easy;
    const struct post *post;
    int wake_fd;
    pthread_t thread;
    atomic_bool stop, over;
    struct curl_slist *to;
    size_t read; // bytes of the message that libcurl has
    const char *command;
    bool continued;      // the reply has more lines
    bool settled;        // what follows is only the good-bye
    struct smtp_end end; // the thread's until it is over
};

// What libcurl says to the server; only its names are kept, for lines of a login hold secrets.
static int hear_command(CURL *easy, curl_infotype type, char *bytes, size_t length, void *self)
{
    static const char *const commands[] = {"EHLO", "HELO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA"};
    (void)easy;
    struct smtp *smtp = self;
    smtp->settled |=
        type == CURLINFO_HEADER_OUT && length >= strlen("QUIT") && memcmp(bytes, "QUIT", strlen("QUIT")) == 0;
    for (size_t i = 0; type == CURLINFO_HEADER_OUT && i < sizeof commands / sizeof commands[0]; i++) {
        if (length < strlen(commands[i]) || memcmp(bytes, commands[i], strlen(commands[i])) != 0)
            continue;
        smtp->command = commands[i];
        smtp->end.status = 0; // the reply before it was good enough to go on
        smtp->end.reply[0] = '\0';
    }
    return 0;
}

// One line of a reply: "550-5.1.1 text" or, the last one, "550 5.1.1 text". The first line's words are kept.
static size_t hear_reply(char *bytes, size_t size, size_t count, void *self)
{
    struct smtp *smtp = self;
    size_t length = size * count, used = length;
    if (length <= CODE_DIGITS || smtp->settled)
        return length;
    int status = 0;
    for (int i = 0; i < CODE_DIGITS; i++) {
        if (bytes[i] < '0' || bytes[i] > '9')
            return length;
        status = status * 10 + (bytes[i] - '0');
    }
    while (used > CODE_DIGITS + 1 && (unsigned char)bytes[used - 1] <= ' ')
        used--;
    if (!smtp->continued)
        snprintf(smtp->end.reply, sizeof smtp->end.reply, "%s %.*s", smtp->end.handed ? "." : smtp->command,
                 (int)(used - CODE_DIGITS - 1), bytes + CODE_DIGITS + 1);
    smtp->continued = bytes[CODE_DIGITS] == '-';
    smtp->end.status = status;
    smtp->settled = smtp->end.handed && !smtp->continued;
    return length;
}

// libcurl wants more of the message. Behind the end it sends the dot that delivers it.
static size_t give(char *buffer, size_t size, size_t count, void *self)
{
    struct smtp *smtp = self;
    size_t left = smtp->post->length - smtp->read;
    size_t bytes = left < size * count ? left : size * count;
    memcpy(buffer, smtp->post->body + smtp->read, bytes);
    smtp->read += bytes;
    if (bytes == 0) {
        smtp->end.handed = true;
        smtp->end.status = 0; // that of DATA says nothing any more
        smtp->end.reply[0] = '\0';
    }
    return bytes;
}

static int look(void *self, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    (void)a;
    (void)b;
    (void)c;
    (void)d;
    struct smtp *smtp = self;
    return atomic_load(&smtp->stop);
}

static void *run(void *self)
{
    struct smtp *smtp = self;
    smtp->end.code = curl_easy_perform(smtp->easy);
    atomic_store(&smtp->over, true);
    (void)!write(smtp->wake_fd, &(uint64_t){1}, sizeof(uint64_t));
    return NULL;
}

static void configure(struct smtp *smtp, bool plain)
{
    CURL *easy = smtp->easy;
    const struct post *post = smtp->post;
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(easy, CURLOPT_USE_SSL, (long)(plain ? CURLUSESSL_TRY : CURLUSESSL_ALL));
    curl_easy_setopt(easy, CURLOPT_MAIL_FROM, post->mail_from);
    curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, smtp->to);
    if (post->user != NULL && post->password != NULL) {
        curl_easy_setopt(easy, CURLOPT_USERNAME, post->user);
        curl_easy_setopt(easy, CURLOPT_PASSWORD, post->password);
    }
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(easy, CURLOPT_READDATA, smtp);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, hear_reply);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, smtp);
    curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, hear_command);
    curl_easy_setopt(easy, CURLOPT_DEBUGDATA, smtp);
    curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, look);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, smtp);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
}

struct smtp *smtp_start(CURL *easy, const struct post *post, bool plain, int wake_fd)
{
    struct smtp *smtp = calloc(1, sizeof *smtp);
    must(smtp != NULL);
    smtp->easy = easy;
    smtp->post = post;
    smtp->wake_fd = wake_fd;
    smtp->command = "220"; // the greeting answers no command
    smtp->to = curl_slist_append(NULL, post->mail_to);
    must(smtp->to != NULL);
    configure(smtp, plain);
    sigset_t all, before;
    sigfillset(&all); // signals are the service's
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(&smtp->thread, NULL, run, smtp) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (started)
        return smtp;
    curl_slist_free_all(smtp->to);
    free(smtp);
    return NULL;
}

bool smtp_over(const struct smtp *smtp)
{
    return atomic_load(&smtp->over);
}

void smtp_stop(struct smtp *smtp)
{
    atomic_store(&smtp->stop, true);
}

void smtp_finish(struct smtp **smtp, struct smtp_end *ret_end)
{
    must(pthread_join((*smtp)->thread, NULL) == 0);
    *ret_end = (*smtp)->end;
    curl_slist_free_all((*smtp)->to);
    free(*smtp);
    *smtp = NULL;
}
