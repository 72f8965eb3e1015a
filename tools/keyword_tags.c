/* Tags a set of documents: JSON lines {"id", "text", "title"?, "description"?,
 * "lang"?} in, JSON lines {"id", "tags"} out.
 *
 * usage: tagmill-keywords [TAGS] <documents.jsonl >tags.jsonl
 *
 * Exists to measure the tagger; the quality script beside it compares what comes out with a gold
 * standard.
 */
#include <stdio.h>
#include <stdlib.h>

#include <cjson/cJSON.h>

#include "documents/tagger.h"

enum { TAGS = 10, TAGS_MIN = 1, TAGS_MAX = 15 };

static cJSON *
s_answer(const cJSON *document, const tag_list_t *list)
{
    cJSON *answer = cJSON_CreateObject();
    cJSON *tags = cJSON_CreateArray();
    cJSON_AddItemToObject(answer, "id",
                          cJSON_Duplicate(cJSON_GetObjectItemCaseSensitive(document, "id"), true));
    for (size_t i = 0; i < list->count; i++)
        cJSON_AddItemToArray(tags, cJSON_CreateString(list->items[i]));
    cJSON_AddItemToObject(answer, "tags", tags);
    return answer;
}

static slice_t
s_member(const cJSON *document, const char *name)
{
    return slice_from(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(document, name)));
}

static void
s_tag(tagger_t *tagger, const cJSON *document, uint32_t tag_limit)
{
    tag_list_t list = {0};
    tag_request_t request = {
        .text = s_member(document, "text"),
        .title = s_member(document, "title"),
        .description = s_member(document, "description"),
        .language = s_member(document, "lang"),
        .tag_limit = tag_limit,
    };
    tagger_run(tagger, &request, &list);
    cJSON *answer = s_answer(document, &list);
    char *line = cJSON_PrintUnformatted(answer);
    printf("%s\n", line);
    cJSON_free(line);
    cJSON_Delete(answer);
    tag_list_free(&list);
}

int
main(int argc, char **argv)
{
    long wanted = argc > 1 ? strtol(argv[1], NULL, 10) : TAGS;
    char *line = NULL;
    size_t capacity = 0, number = 0;
    int failed = 0;
    if (argc > 2 || wanted < TAGS_MIN || wanted > TAGS_MAX) {
        fprintf(stderr, "usage: tagmill-keywords [TAGS] <documents.jsonl >tags.jsonl\n");
        return 2;
    }
    tagger_t *tagger = tagger_new();
    while (!failed && getline(&line, &capacity, stdin) > 0) {
        cJSON *document = cJSON_Parse(line);
        number++;
        if (document)
            s_tag(tagger, document, (uint32_t) wanted);
        else
            failed = fprintf(stderr, "line %zu is not JSON\n", number);
        cJSON_Delete(document);
    }
    free(line);
    tagger_destroy(&tagger);
    return failed ? 1 : 0;
}
