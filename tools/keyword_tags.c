/* Tags a set of documents: JSON lines {"id", "text", "title"?, "description"?, "lang"?} in, JSON
 * lines
 * {"id", "tags"} out. Exists to measure the tagger; the quality script beside it compares what
 * comes out with a gold standard.
 *
 * usage: tagmill-keywords [TAGS] <documents.jsonl >tags.jsonl
 *        tagmill-keywords --speed <documents.jsonl
 *
 * --speed tags all the documents again and again for a second of processor time and prints two
 * numbers: MB of text a second on one core, and that rate as a share of what ICU alone does when it
 * only looks for the word boundaries of the same texts, in the same run.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cjson/cJSON.h>
#include <unicode/ubrk.h>
#include <unicode/ustring.h>

#include "base/memory.h"
#include "documents/tagger/tagger.h"

enum { TAGS = 10, TAGS_MIN = 1, TAGS_MAX = 15 };

static slice_t
s_member(const cJSON *document, const char *name)
{
    return slice_from(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(document, name)));
}

static void
s_tag(tagger_t *tagger, const cJSON *document, uint32_t tag_limit, tag_list_t *list)
{
    tag_request_t request = {
        .text = s_member(document, "text"),
        .title = s_member(document, "title"),
        .description = s_member(document, "description"),
        .language = s_member(document, "lang"),
        .tag_limit = tag_limit,
    };
    tagger_run(tagger, &request, list);
}

static void
s_print(const cJSON *document, const tag_list_t *list)
{
    cJSON *answer = cJSON_CreateObject();
    cJSON *tags = cJSON_CreateArray();
    cJSON_AddItemToObject(answer, "id",
                          cJSON_Duplicate(cJSON_GetObjectItemCaseSensitive(document, "id"), true));
    for (size_t i = 0; i < list->count; i++)
        cJSON_AddItemToArray(tags, cJSON_CreateString(list->items[i]));
    cJSON_AddItemToObject(answer, "tags", tags);
    char *line = cJSON_PrintUnformatted(answer);
    printf("%s\n", line);
    cJSON_free(line);
    cJSON_Delete(answer);
}

static void
s_tag_all(tagger_t *tagger, const cJSON *documents, uint32_t tag_limit, bool prints)
{
    const cJSON *document;
    cJSON_ArrayForEach(document, documents)
    {
        tag_list_t list = {0};
        s_tag(tagger, document, tag_limit, &list);
        if (prints)
            s_print(document, &list);
        tag_list_free(&list);
    }
}

/* Finds the word boundaries of every text. Returns how many there are. */
static size_t
s_break_all(UBreakIterator *iterator, const cJSON *documents)
{
    size_t boundaries = 0;
    const cJSON *document;
    cJSON_ArrayForEach(document, documents)
    {
        UErrorCode status = U_ZERO_ERROR;
        slice_t text = s_member(document, "text");
        int32_t size = 0;
        UChar *units = memory_new((text.size + 1) * sizeof *units);
        u_strFromUTF8WithSub(units, (int32_t) text.size + 1, &size, text.data, (int32_t) text.size,
                             0xfffd, NULL, &status);
        ubrk_setText(iterator, units, size, &status);
        while (U_SUCCESS(status) && ubrk_next(iterator) != UBRK_DONE)
            boundaries++;
        free(units);
    }
    return boundaries;
}

static double
s_processor_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

static void
s_measure(tagger_t *tagger, const cJSON *documents)
{
    UErrorCode status = U_ZERO_ERROR;
    UBreakIterator *iterator = ubrk_open(UBRK_WORD, "", NULL, 0, &status);
    double bytes = 0, tagging = 0, breaking = 0;
    size_t rounds = 0, boundaries = 0;
    const cJSON *document;
    cJSON_ArrayForEach(document, documents) bytes += (double) s_member(document, "text").size;
    while (tagging < 1.0) { /* by turns, so that both see the same machine */
        double start = s_processor_seconds();
        s_tag_all(tagger, documents, TAGS, false);
        double middle = s_processor_seconds();
        boundaries += s_break_all(iterator, documents);
        tagging += middle - start;
        breaking += s_processor_seconds() - middle;
        rounds++;
    }
    ubrk_close(iterator);
    if (boundaries)
        printf("%.1f %.2f\n", bytes * (double) rounds / tagging / 1e6, breaking / tagging);
}

/* Returns owned: an array of the documents, or NULL where a line is not JSON. */
static cJSON *
s_read(void)
{
    cJSON *documents = cJSON_CreateArray();
    char *line = NULL;
    size_t capacity = 0, number = 0;
    while (documents && getline(&line, &capacity, stdin) > 0) {
        cJSON *document = cJSON_Parse(line);
        number++;
        if (document) {
            cJSON_AddItemToArray(documents, document);
        } else {
            fprintf(stderr, "line %zu is not JSON\n", number);
            cJSON_Delete(documents);
            documents = NULL;
        }
    }
    free(line);
    return documents;
}

int
main(int argc, char **argv)
{
    bool measures = argc == 2 && strcmp(argv[1], "--speed") == 0;
    long wanted = argc > 1 && !measures ? strtol(argv[1], NULL, 10) : TAGS;
    if (argc > 2 || wanted < TAGS_MIN || wanted > TAGS_MAX) {
        fprintf(stderr, "usage: tagmill-keywords [TAGS|--speed] <documents.jsonl\n");
        return 2;
    }
    cJSON *documents = s_read();
    if (documents == NULL)
        return 1;
    tagger_t *tagger = tagger_new();
    if (measures)
        s_measure(tagger, documents);
    else
        s_tag_all(tagger, documents, (uint32_t) wanted, true);
    tagger_destroy(&tagger);
    cJSON_Delete(documents);
    return 0;
}
