/* Real documents, chosen to be awkward, through the real processes: each comes to the end that it
 * should, and none takes the worker or another document down with it. What they are and where they
 * are from stands beside them, in tests/documents/files/README.md and tools/samples.md. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "tests/end_to_end/house.h"
#include "tests/support/cmocka_all.h"

#define FILES   "tests/documents/files/"
#define SAMPLES "tools/samples/"

typedef struct {
    const char *file;
    const char *end;    /* "success", or the error types that are right, split by | */
    const char *method; /* NULL: any, or none */
} specimen_t;

static const specimen_t s_specimens[] = {
    {FILES "en-latin-minimal.pdf", "success", "pdf-text"},
    {FILES "en-4pages.pdf", "success", "pdf-text"},
    {FILES "en-googledoc.pdf", "success", "pdf-text"},
    {FILES "en-pdfa-crazyones.pdf", "success", "pdf-text"},
    {FILES "la-twocolumn.pdf", "success", "pdf-text"},
    {FILES "th-math.pdf", "success", "pdf-text"},
    {FILES "ru-drawing-stamp.pdf", "success", "pdf-text"},
    {FILES "ja-finance.pdf", "success", "pdf-text"},
    {FILES "hi-made-here.pdf", "success", "pdf-text"},
    {FILES "en-paper-23pages.pdf", "success", "pdf-text"},
    {FILES "en-pmc4179036.pdf", "success", "pdf-text"},
    {SAMPLES "cweb-manual.pdf", "success", "pdf-text"},
    {SAMPLES "pollutant-register.pdf", "success", "pdf-text"},
    {SAMPLES "zh-goods-table.pdf", "success", "pdf-text"},
    {SAMPLES "erlkoenig.pdf", "success", "pdf-text"},
    {SAMPLES "thyme-essential-oil.pdf", "success", "pdf-text"},
    {SAMPLES "postharvest-volatiles.pdf", "success", "pdf-text"},
    {SAMPLES "endodontics-review.pdf", "success", "pdf-text"},
    {SAMPLES "lung-cancer-screening.pdf", "success", "pdf-text"},
    {FILES "ar-cid-truetype.pdf", "success", "pdf-text"},
    {FILES "ok-encrypted-owner-only.pdf", "no-text", NULL},
    {FILES "scan-en-linn.pdf", "success", "ocr"},
    {FILES "scan-en-skew.pdf", "success", "ocr"},
    {FILES "scan-en-jbig2.pdf", "success", "ocr"},
    {FILES "scan-de-linux.pdf", "success", "ocr"},
    {FILES "scan-2400dpi.pdf", "success|no-text", NULL},
    {FILES "scan-en-unlv1.tif", "success", "ocr"},
    {FILES "scan-hi-devatest.png", "success", "ocr"},
    {FILES "scan-hi-made-here.pdf", "success", "ocr"},
    {FILES "bad-font-nomapping.pdf", "no-text",
     "ocr"}, /* its glyphs are garbage, its picture one word */
    {FILES "bad-bomb.pdf", "no-text|corrupt|timeout", NULL},
    {FILES "bad-pagecount-huge.pdf", "corrupt", NULL},
    {FILES "bad-pagecount-negative.pdf", "corrupt", NULL},
    {FILES "bad-pages-loop.pdf", "no-text|corrupt", NULL},
    {FILES "bad-fuzzed-pdfbox3148.pdf", "success|no-text|corrupt", NULL},
    {FILES "bad-no-trailer.pdf", "corrupt", NULL},
    {FILES "bad-corrupted.pdf", "corrupt", NULL},
    {FILES "bad-not-a-pdf.pdf", "corrupt|no-text|unsupported-format", NULL},
    {FILES "bad-page-without-contents.pdf", "no-text", NULL},
    {FILES "bad-encrypted.pdf", "encrypted", NULL},
    {FILES "bad-page-enormous.pdf", "success|no-text", NULL},
    {FILES "bad-page-hugemono.pdf", "success|no-text", NULL},
    {FILES "bad-office-protected.docx", "encrypted", NULL},
    {FILES "bad-office-truncated.docx", "corrupt", NULL},
    {FILES "empty-0-bytes.pdf", "corrupt", NULL},
    {FILES "zip-droste.zip", "unsupported-format", NULL},
    {FILES "office.docx", "success", "docx"},
    {FILES "office.odt", "success", "odt"},
    {FILES "book.epub", "success", "epub"},
    {FILES "text.rtf", "no-text", "rtf"}, /* 45 characters */
    {FILES "page-utf8.html", "success", "html"},
    {FILES "page-arabic-misleading-charset.html", "success", "html"},
    {FILES "page-long.html", "success", "html"},
    {FILES "page-hindi.html", "success", "html"},
    {FILES "text-multilanguage.txt", "success", "plain-text"},
    {FILES "text-readme.md", "success", "markdown"},
};

enum {
    SPECIMEN_COUNT = sizeof s_specimens / sizeof s_specimens[0],
    WORK_SECONDS = 45 /* what a decompression bomb is given */
};

static house_t s_house;
static pid_t s_service;

static const char *
s_name(const specimen_t *specimen)
{
    return strrchr(specimen->file, '/') + 1;
}

static void
s_put_into_root(const specimen_t *specimen)
{
    buffer_t path = {0}, bytes = {0};
    fault_t fault = {0};
    buffer_printf(&path, "%s/%s", getenv("TAGMILL_TEST_SOURCE"), specimen->file);
    if (file_read(path.data, 10000000, &bytes, &fault) != STATUS_OK)
        fail_msg("%s", fault.detail);
    buffer_clear(&path);
    buffer_printf(&path, "%s/documents/%s", s_house.directory, s_name(specimen));
    FILE *out = fopen(path.data, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes.data ? bytes.data : "", 1, bytes.size, out), bytes.size);
    assert_int_equal(fclose(out), 0);
    buffer_free(&path);
    buffer_free(&bytes);
}

static int
setup(void **state)
{
    (void) state;
    house_open(&s_house);
    house_set(&s_house, "documents/work_seconds=%d", WORK_SECONDS);
    s_service = house_start_all(&s_house);
    for (size_t i = 0; i < SPECIMEN_COUNT; i++)
        s_put_into_root(&s_specimens[i]);
    return 0;
}

static int
teardown(void **state)
{
    (void) state;
    assert_int_equal(house_stop(s_service, SIGTERM), 0);
    house_close(&s_house);
    return 0;
}

static void
s_start(void)
{
    buffer_t body = {0};
    buffer_append_text(&body,
                       "{\"job_id\":\"corpus\",\"config\":{\"num_pages\":1,\"max_attempts\":1},"
                       "\"documents\":[");
    for (size_t i = 0; i < SPECIMEN_COUNT; i++)
        buffer_printf(&body, "%s{\"file_path\":\"%s\",\"file_source_type\":\"local\"}",
                      i ? "," : "", s_name(&s_specimens[i]));
    buffer_append_text(&body, "]}");
    cJSON_Delete(house_post(&s_house, "/api/batch/start", body.data, 200));
    buffer_free(&body);
}

/* True when `word` is one of `list`, which is split by |. */
static bool
s_is_one_of(const char *list, const char *word)
{
    size_t size = strlen(word);
    for (const char *at = list; at; at = strchr(at, '|') ? strchr(at, '|') + 1 : NULL)
        if (strncmp(at, word, size) == 0 && (at[size] == '|' || at[size] == '\0'))
            return true;
    return false;
}

/* Returns whether the document came to the end that it should; says so where it did not. */
static bool
s_check(const specimen_t *specimen, const cJSON *result)
{
    const cJSON *type = cJSON_GetObjectItemCaseSensitive(result, "error_type");
    const char *end = cJSON_IsString(type) ? type->valuestring : json_text(result, "status");
    const cJSON *metadata = cJSON_GetObjectItemCaseSensitive(result, "metadata");
    const char *method = json_text(metadata, "extraction_method");
    const cJSON *tags = cJSON_GetObjectItemCaseSensitive(result, "tags");
    bool is_success = strcmp(end, "success") == 0;
    bool right = strcmp(json_text(result, "file_path"), s_name(specimen)) == 0 &&
                 s_is_one_of(specimen->end, end) &&
                 (specimen->method == NULL || strcmp(specimen->method, method) == 0) &&
                 (cJSON_GetArraySize(tags) > 0) == is_success;
    if (!right) {
        char *text = cJSON_PrintUnformatted(result);
        print_error("%s should be %s by %s: %s\n", s_name(specimen), specimen->end,
                    specimen->method ? specimen->method : "any method", text);
        cJSON_free(text);
    }
    return right;
}

static void
every_document_comes_to_the_end_that_it_should(void **state)
{
    (void) state;
    s_start();
    cJSON_Delete(house_await(&s_house, "corpus", "completed", 240));
    cJSON *page = house_get(&s_house, "/api/batch/jobs/corpus/results?limit=1000", 200);
    const cJSON *results = cJSON_GetObjectItemCaseSensitive(page, "results"), *result = NULL;
    assert_int_equal(cJSON_GetArraySize(results), SPECIMEN_COUNT);
    size_t index = 0, wrong = 0;
    cJSON_ArrayForEach(result, results)
    {
        wrong += !s_check(&s_specimens[index], result);
        index++;
    }
    cJSON_Delete(page);
    assert_int_equal(wrong, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_document_comes_to_the_end_that_it_should),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
