#include "services/ingest/broker.h"

#include "common/must.h"
#include "common/textfile.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct broker_message *broker_message_make(const void *bytes, size_t length, size_t headers_bytes)
{
    size_t whole = length;
    length = length > BROKER_MESSAGE_MAX ? BROKER_CUT_BYTES : length;
    struct broker_message *message = calloc(1, sizeof *message + length + 1 + headers_bytes + 1);
    must(message != NULL);
    message->length = length;
    message->whole = whole;
    if (length > 0)
        memcpy(message->bytes, bytes, length);
    message->headers = message->bytes + length + 1;
    return message;
}

void broker_message_head(struct broker_message *message, size_t *used, size_t room, const char *name, const char *value,
                         size_t value_length)
{
    size_t name_length = strlen(name) + 1;
    if (name_length == 1 || memchr(value, '\0', value_length) != NULL || *used + name_length + value_length + 1 > room)
        return;
    for (size_t i = 0; i < name_length; i++)
        message->headers[*used + i] = (char)tolower((unsigned char)name[i]);
    memcpy(message->headers + *used + name_length, value, value_length);
    *used += name_length + value_length + 1;
}

bool broker_password(const char *path, char *ret_password, size_t bytes, char *ret_why, size_t why_bytes)
{
    char *text;
    size_t length;
    if (!textfile_read(path, bytes - 1, ret_why, why_bytes, &text, &length))
        return false;
    while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r'))
        length--;
    memcpy(ret_password, text, length);
    ret_password[length] = '\0';
    free(text);
    return true;
}
