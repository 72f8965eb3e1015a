/* Answers of models' servers: a body as a completion and as a complaint, and a text as tags. */
#include <stdlib.h>
#include <string.h>

#include "documents/model/model_reply.h"
#include "documents/model/model_tags.h"
#include "tests/fuzz/target.h"

static const char KEY[] = "skey";

static void
s_find_tags(slice_t content)
{
    model_tags_t tags = {0};
    model_tags_find(content, &tags);
    if (tags.count > MODEL_TAGS_MAX)
        abort();
    for (size_t i = 0; i < tags.count; i++)
        if (strlen(tags.items[i]) == 0 || strlen(tags.items[i]) > MODEL_TAG_BYTES_MAX)
            abort();
    model_tags_free(&tags);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    slice_t input = {(const char *) data, size};
    s_find_tags(input);
    model_reply_t reply = {0};
    if (model_reply_read(input, &reply) && reply.content)
        s_find_tags(slice_from(reply.content));
    model_reply_free(&reply);
    complaint_t complaint;
    complaint_read(400, input, slice_from(KEY), &complaint);
    if (strstr(complaint.text, KEY) || complaint.kind >= COMPLAINT_COUNT)
        abort();
    long status;
    if (complaint_in_success(input, &status) && (status < 400 || status > 599))
        abort();
    return 0;
}
