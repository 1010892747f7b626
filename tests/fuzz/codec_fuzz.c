// JSON text as an event, and as a message with a field of every type: what is read is written, read again, and the
// same.
#include "common/codec.h"
#include "common/must.h"

#include "unit/everything.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t *packed(const ProtobufCMessage *message, size_t *ret_length)
{
    size_t length = protobuf_c_message_get_packed_size(message);
    uint8_t *bytes = malloc(length + 1);
    must(bytes != NULL && protobuf_c_message_pack(message, bytes) == length);
    *ret_length = length;
    return bytes;
}

static void round_trip(const ProtobufCMessageDescriptor *descriptor, const uint8_t *data, size_t size)
{
    struct verify_error error = {"", ""};
    ProtobufCMessage *message = codec_from_text(descriptor, (const char *)data, size, NULL, &error);
    if (message == NULL) {
        must(memchr(error.field, '\0', sizeof error.field) != NULL);
        must(memchr(error.reason, '\0', sizeof error.reason) != NULL && error.reason[0] != '\0');
        return;
    }
    size_t length, text_length, second_length;
    uint8_t *bytes = packed(message, &length);
    char *text = codec_to_text(message, 0, NULL, &text_length);
    must(text != NULL && strlen(text) == text_length);
    // The lists and strings that fit into the text may be longer when written the long way.
    if (text_length <= CODEC_TEXT_BYTES) {
        ProtobufCMessage *again = codec_from_text(descriptor, text, text_length, NULL, &error);
        must(again != NULL);
        uint8_t *second = packed(again, &second_length);
        must(second_length == length && memcmp(bytes, second, length) == 0);
        free(second);
        protobuf_c_message_free_unpacked(again, NULL);
    }
    // What JSON could say, the wire can carry.
    must(verify_wire(descriptor, bytes, length, &error) || strstr(error.reason, "nested deeper") != NULL ||
         strstr(error.reason, "fields") != NULL);
    free(text);
    free(bytes);
    protobuf_c_message_free_unpacked(message, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    round_trip(&tend__v1__event__descriptor, data, size);
    round_trip(&everything_descriptor, data, size);
    return 0;
}
