/* Librarians behind their desk, and the loader, over a real store. */
#include "actors/librarian.h"

#include "actors/library.h"
#include "messages/endpoints.h"
#include "tests/actors/place.h"

typedef struct {
    place_t place;
    library_t *library;
    librarian_args_t args;
    zactor_t *loader;
} fixture_t;

static fixture_t s_fixture;

static int
setup(void **state)
{
    (void) state;
    s_fixture = (fixture_t){0};
    place_open(&s_fixture.place, "");
    return 0;
}

static int
teardown(void **state)
{
    (void) state;
    zactor_destroy(&s_fixture.loader);
    library_stop(&s_fixture.library);
    place_close(&s_fixture.place);
    return 0;
}

/* Opens the library of a store that holds the job "j" of "ann", and a gateway's socket to it. */
static place_t *
s_library(uint32_t total, uint32_t done, uint32_t failed, size_t text_size)
{
    fixture_t *self = &s_fixture;
    fault_t fault = {0};
    place_store_job(&self->place, "j", 1, total, done, failed, text_size);
    if (library_start(&self->library, self->place.config, &fault) != STATUS_OK)
        fail_msg("%s", fault.detail);
    place_connect(&self->place, ZMQ_DEALER, ENDPOINT_LIBRARY);
    return &self->place;
}

static place_t *
s_loader(uint32_t total, uint32_t done, size_t text_size)
{
    fixture_t *self = &s_fixture;
    place_store_job(&self->place, "j", 1, total, done, 0, text_size);
    place_bind(&self->place, ENDPOINT_LOADER);
    self->args = (librarian_args_t){.config = self->place.config};
    self->loader = loader_start(&self->args);
    if (self->loader == NULL)
        fail_msg("%s", self->args.start.fault.detail);
    return &self->place;
}

/* ---- users' questions ---- */

static void
a_job_is_found_by_its_owner_alone(void **state)
{
    (void) state;
    place_t *place = s_library(3, 1, 1, 0);
    message_job_view_t view;
    message_refused_t refused;
    record_job_t job;
    PLACE_SEND(place, find_job, .request = 5, .owner = SLICE("ann"), .job_id = SLICE("j"));
    PLACE_RECEIVE(place, JOB_VIEW, job_view, &view);
    assert_int_equal(view.request, 5);
    assert_int_equal(record_job_take(&view.job, &job), STATUS_OK);
    assert_true(slice_is(job.job_id, "j"));
    assert_int_equal(job.total, 3);
    assert_int_equal(job.processed, 1);
    assert_int_equal(job.failed, 1);
    assert_int_equal(job.tokens_in, 200); /* of the two that have a result */
    assert_int_equal(job.tokens_out, 40);
    assert_int_equal(job.cost_nano, 10000);
    PLACE_SEND(place, find_job, .request = 6, .owner = SLICE("bob"), .job_id = SLICE("j"));
    PLACE_RECEIVE(place, REFUSED, refused, &refused);
    assert_int_equal(refused.request, 6);
    assert_int_equal(refused.status, STATUS_NOT_FOUND);
    PLACE_SEND(place, read_results, .request = 7, .owner = SLICE("bob"), .job_id = SLICE("j"),
               .after = -1, .limit = 10);
    PLACE_RECEIVE(place, REFUSED, refused, &refused);
    assert_int_equal(refused.status, STATUS_NOT_FOUND);
}

static void
columns_come_back(void **state)
{
    (void) state;
    place_t *place = s_library(1, 0, 0, 0);
    message_columns_t columns;
    PLACE_SEND(place, read_columns, .request = 5, .owner = SLICE("ann"), .job_id = SLICE("j"));
    PLACE_RECEIVE(place, COLUMNS, columns, &columns);
    assert_int_equal(columns.request, 5);
    assert_true(slice_is(columns.columns, "[\"file_path\"]"));
    assert_true(slice_is(columns.mapping, "{}"));
}

/* Reads all results page by page and checks that each row comes once. Returns how many pages it
 * took. */
static int
s_read_all(place_t *place, uint8_t filter, uint32_t first, uint32_t count)
{
    int64_t after = -1;
    uint32_t row = first;
    message_results_page_t page = {.more = 1};
    int pages = 0;
    for (; page.more; pages++) {
        PLACE_SEND(place, read_results, .request = 8, .owner = SLICE("ann"), .job_id = SLICE("j"),
                   .after = after, .limit = 1000, .filter = filter);
        PLACE_RECEIVE(place, RESULTS_PAGE, results_page, &page);
        assert_true(page.count > 0);
        for (int i = 0; i < page.count; i++) {
            record_result_t result;
            assert_int_equal(record_result_take(&page.results, &result), STATUS_OK);
            assert_int_equal(result.row, row++);
            assert_true(slice_is(result.title, "A title"));
            after = result.row;
        }
        assert_int_equal(page.results.size, 0);
    }
    assert_int_equal(row - first, count);
    return pages;
}

static void
results_come_in_pages_of_at_most_what_was_asked(void **state)
{
    (void) state;
    place_t *place = s_library(2600, 2400, 100, 0);
    assert_int_equal(s_read_all(place, 0, 0, 2500), 3);
    assert_int_equal(s_read_all(place, 1, 0, 2400), 3);
    assert_int_equal(s_read_all(place, 2, 2400, 100), 1);
}

static void
a_page_of_large_results_is_cut_before_it_is_too_large(void **state)
{
    (void) state;
    place_t *place = s_library(30, 30, 0, 60000);
    assert_int_equal(s_read_all(place, 0, 0, 30), 3); /* 13 of 60,000 bytes fit in one */
}

static void
a_malformed_question_is_dropped_and_the_next_one_answered(void **state)
{
    (void) state;
    place_t *place = s_library(1, 1, 0, 0);
    buffer_t cut = {0}, other = {0};
    message_find_job_encode(&(message_find_job_t){.owner = SLICE("ann"), .job_id = SLICE("j")},
                            &cut);
    cut.size -= 1;
    place_send(place, &cut);
    buffer_append_text(&other, "GET / HTTP/1.1");
    place_send(place, &other);
    PLACE_SEND(place, read_results, .owner = SLICE("ann"), .job_id = SLICE("j"), .filter = 3);
    message_job_view_t view;
    PLACE_SEND(place, find_job, .request = 9, .owner = SLICE("ann"), .job_id = SLICE("j"));
    PLACE_RECEIVE(place, JOB_VIEW, job_view, &view);
    assert_int_equal(view.request, 9);
}

static void
every_one_of_many_questions_has_its_answer(void **state)
{
    enum { QUESTIONS = 500 };
    (void) state;
    place_t *place = s_library(3, 1, 1, 0);
    static bool answered[QUESTIONS];
    for (uint64_t request = 0; request < QUESTIONS; request++)
        PLACE_SEND(place, find_job, .request = request, .owner = SLICE("ann"),
                   .job_id = SLICE("j"));
    for (int i = 0; i < QUESTIONS; i++) { /* two librarians: in any order */
        message_job_view_t view;
        PLACE_RECEIVE(place, JOB_VIEW, job_view, &view);
        assert_true(view.request < QUESTIONS && !answered[view.request]);
        answered[view.request] = true;
    }
}

static void
a_library_without_a_store_does_not_open(void **state)
{
    (void) state;
    fault_t fault = {0};
    assert_int_equal(library_start(&s_fixture.library, s_fixture.place.config, &fault),
                     STATUS_IO_ERROR);
    assert_null(s_fixture.library);
    assert_true(fault.detail[0] != '\0');
}

/* ---- the loader ---- */

/* Loads window after window. Returns how many it took. */
static int
s_load_all(place_t *place, uint32_t limit, uint32_t first, uint32_t count)
{
    uint32_t row = first, from_row = 0;
    message_window_t window = {0};
    int windows = 0;
    for (; !window.last; windows++) {
        PLACE_SEND(place, load_window, .job_no = 1, .load = (uint32_t) windows,
                   .from_row = from_row, .limit = limit);
        PLACE_RECEIVE(place, WINDOW, window, &window);
        assert_int_equal(window.ok, 1);
        assert_int_equal(window.load, windows);
        assert_true(window.next_row > from_row);
        from_row = window.next_row;
        while (window.documents.size) {
            record_document_t document;
            assert_int_equal(record_document_take(&window.documents, &document), STATUS_OK);
            assert_int_equal(document.row, row++);
            assert_true(slice_is(document.path, "noop:"));
        }
    }
    assert_int_equal(row - first, count);
    return windows;
}

static void
windows_hold_every_document_without_a_result_once(void **state)
{
    (void) state;
    place_t *place = s_loader(1000, 100, 0);
    assert_int_equal(s_load_all(place, 256, 100, 900), 4);
}

static void
a_window_of_large_documents_is_cut_and_goes_on_where_it_stopped(void **state)
{
    (void) state;
    place_t *place = s_loader(30, 0, 60000);
    assert_true(s_load_all(place, 256, 0, 30) > 1);
}

static void
a_window_of_no_job_is_not_ok(void **state)
{
    (void) state;
    place_t *place = s_loader(1, 0, 0);
    message_window_t window;
    PLACE_SEND(place, load_window, .job_no = 77, .load = 4, .from_row = 2, .limit = 10);
    PLACE_RECEIVE(place, WINDOW, window, &window);
    assert_int_equal(window.ok, 0);
    assert_int_equal(window.last, 0);
    assert_int_equal(window.load, 4);
    assert_int_equal(window.next_row, 2);
    assert_int_equal(window.documents.size, 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_job_is_found_by_its_owner_alone),
        TEST(columns_come_back),
        TEST(results_come_in_pages_of_at_most_what_was_asked),
        TEST(a_page_of_large_results_is_cut_before_it_is_too_large),
        TEST(a_malformed_question_is_dropped_and_the_next_one_answered),
        TEST(every_one_of_many_questions_has_its_answer),
        TEST(a_library_without_a_store_does_not_open),
        TEST(windows_hold_every_document_without_a_result_once),
        TEST(a_window_of_large_documents_is_cut_and_goes_on_where_it_stopped),
        TEST(a_window_of_no_job_is_not_ok),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
