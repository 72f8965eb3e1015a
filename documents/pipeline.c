#include "documents/pipeline.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/path_title.h"
#include "documents/reuse.h"
#include "documents/tagging.h"

static const char NOOP[] = "noop";
static const char NOOP_PATH[] = "noop:";

struct pipeline {
    cache_t *cache;
    acquirer_t *acquirer;
    extractor_t *extractor;
    tagging_t *tagging;
    int64_t work_ms;
    const cache_value_t *reading; /* of the document that is worked on, lent by the cache */
};

/* One run; all borrowed. */
typedef struct {
    const document_t *document;
    const brief_t *brief;
    const atomic_bool *cancel;
    int64_t deadline_ms;
    outcome_t *outcome;
} run_t;

pipeline_t *
pipeline_new(const config_t *config, cache_t *cache)
{
    pipeline_t *self = memory_new(sizeof *self);
    acquire_options_t acquire = acquire_options(config);
    extractor_options_t extract = {
        .program = config_text(config, CONFIG_EXTRACT_PROGRAM),
        .documents = (uint32_t) config_number(config, CONFIG_EXTRACT_DOCUMENTS),
        .memory_bytes = (uint64_t) config_number(config, CONFIG_EXTRACT_MEMORY_BYTES),
        .ocr_languages = config_text(config, CONFIG_EXTRACT_OCR_LANGUAGES),
    };
    self->cache = cache;
    self->acquirer = acquirer_new(&acquire);
    self->extractor = extractor_new(&extract);
    self->tagging = tagging_new(config);
    self->work_ms = config_number(config, CONFIG_DOCUMENTS_WORK_SECONDS) * 1000;
    return self;
}

void
pipeline_destroy(pipeline_t **self_p)
{
    pipeline_t *self = *self_p;
    if (self == NULL)
        return;
    tagging_destroy(&self->tagging);
    extractor_destroy(&self->extractor);
    acquirer_destroy(&self->acquirer);
    free(self);
    *self_p = NULL;
}

static void
s_fail(outcome_t *outcome, const failure_t *failure)
{
    outcome->error = failure->type;
    outcome->retry_after_ms = failure->retry_after_ms;
    buffer_append_text(&outcome->detail, failure->detail);
}

static uint64_t
s_count_points(slice_t text)
{
    uint64_t count = 0;
    for (size_t i = 0; i < text.size; i++)
        count += ((unsigned char) text.data[i] & 0xc0) != 0x80;
    return count;
}

/* A title that is no more than the file's name says how somebody files, not what is in it. */
static bool
s_is_telling(const document_t *document)
{
    buffer_t name = {0};
    path_title(document->source, document->path, &name);
    bool is_telling = !slice_equal(document->title, buffer_slice(&name));
    buffer_free(&name);
    return is_telling;
}

static void
s_tag(pipeline_t *self, const run_t *run, slice_t text)
{
    tag_request_t tags = {
        .text = text,
        .title = s_is_telling(run->document) ? run->document->title : (slice_t){0},
        .description = run->document->description,
        .language = run->brief->language,
        .exclusions = run->brief->exclusions,
        .tag_limit = run->brief->tag_limit,
    };
    failure_t failure;
    tagging_request_t request = {.brief = run->brief,
                                 .tags = &tags,
                                 .is_last_attempt = run->document->is_last_attempt,
                                 .deadline_ms = run->deadline_ms,
                                 .cancel = run->cancel};
    if (tagging_run(self->tagging, &request, run->outcome, &failure) != ERROR_NONE)
        s_fail(run->outcome, &failure);
}

/* Returns true with `answer` filled when the document's text was found. */
static bool
s_extract(pipeline_t *self, const run_t *run, const cache_value_t *bytes, extract_answer_t *answer)
{
    extract_request_t request = {
        .page_limit = run->brief->page_limit,
        .text_limit = EXTRACT_TEXT_MAX_BYTES,
        .bytes = buffer_slice(&bytes->bytes),
    };
    failure_t failure;
    error_type_t error =
        reuse_extract(self->cache, self->extractor, bytes, &request, run->deadline_ms, run->cancel,
                      &self->reading, answer, &failure);
    run->outcome->is_scanned = answer->is_scanned;
    run->outcome->page_count = answer->page_count;
    if (answer->confidence != EXTRACT_CONFIDENCE_NONE)
        run->outcome->ocr_confidence = answer->confidence;
    buffer_append_text(&run->outcome->method, extract_method_word(answer->method));
    run->outcome->text_length = s_count_points(answer->text);
    if (error != ERROR_NONE)
        s_fail(run->outcome, &failure);
    return error == ERROR_NONE;
}

static void
s_work(pipeline_t *self, const run_t *run)
{
    bool is_noop = slice_is(run->brief->model_name, NOOP);
    buffer_append_slice(&run->outcome->model_name, run->brief->model_name);
    if (is_noop && slice_is(run->document->path, NOOP_PATH))
        return;
    failure_t failure;
    acquire_request_t request = {.source = run->document->source,
                                 .path = run->document->path,
                                 .deadline_ms = run->deadline_ms,
                                 .cancel = run->cancel};
    const cache_value_t *bytes = NULL;
    if (reuse_fetch(self->cache, self->acquirer, run->brief->job_no, &request, &bytes, &failure) !=
        ERROR_NONE) {
        s_fail(run->outcome, &failure);
        return;
    }
    extract_answer_t answer;
    bool is_read = s_extract(self, run, bytes, &answer);
    cache_return(self->cache, &bytes); /* a model may take long, and needs the text alone */
    if (is_read && !is_noop)
        s_tag(self, run, answer.text);
}

void
pipeline_run(pipeline_t *self, const document_t *document, const brief_t *brief,
             const atomic_bool *cancel, outcome_t *outcome)
{
    int64_t start_ms = clock_monotonic_ms();
    outcome_free(outcome);
    outcome->ocr_confidence = -1;
    run_t run = {document, brief, cancel, start_ms + self->work_ms, outcome};
    s_work(self, &run);
    if (outcome->tags.size == 0)
        buffer_append_text(&outcome->tags, "[]");
    if (outcome->method.size == 0)
        buffer_append_text(&outcome->method, extract_method_word(EXTRACT_METHOD_NONE));
    cache_return(self->cache, &self->reading); /* a slot that waits holds no document */
    outcome->processing_ms = (uint32_t) (clock_monotonic_ms() - start_ms);
}

void
outcome_free(outcome_t *self)
{
    buffer_free(&self->detail);
    buffer_free(&self->tags);
    buffer_free(&self->model_name);
    buffer_free(&self->language);
    buffer_free(&self->method);
    *self = (outcome_t){0};
}
