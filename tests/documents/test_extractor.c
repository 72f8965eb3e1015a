#include "documents/extractor.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "tests/documents/slow_pdf.h"
#include "tests/documents/zip_builder.h"
#include "tests/support/cmocka_all.h"
#include "tests/support/test_file.h"

enum { PATIENCE_MS = 60000, MEMORY_BYTES = 1 << 30, PATH_SIZE = 256 };

static char s_directory[64];
static extractor_t *s_extractor;
static extract_answer_t s_answer;
static failure_t s_failure;
static atomic_bool s_cancelled;

static const slice_t TEXT = {"A plain text that is long enough to be taken for a document.", 60};

static void
s_path(const char *name, char *path)
{
    snprintf(path, PATH_SIZE, "%s/%s", s_directory, name);
}

/* Writes a shell script to be run in the place of tagmill-extract. `%` stands for the real program,
 * `#` for the test's directory. */
static void
s_use_script(const char *body, uint32_t documents)
{
    char path[PATH_SIZE];
    s_path("program", path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("#!/bin/sh\n", file);
    for (; *body; body++) {
        if (*body == '%')
            fprintf(file, "%s/tagmill-extract", getenv("TAGMILL_TEST_BIN"));
        else if (*body == '#')
            fputs(s_directory, file);
        else
            fputc(*body, file);
    }
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, 0700), 0);
    extractor_destroy(&s_extractor);
    extractor_options_t options = {path, documents, MEMORY_BYTES, ""};
    s_extractor = extractor_new(&options);
}

static int
setup(void **state)
{
    (void) state;
    strcpy(s_directory, "/tmp/tagmill-extractor-XXXXXX");
    if (mkdtemp(s_directory) == NULL)
        return -1;
    atomic_store(&s_cancelled, false);
    char program[PATH_SIZE];
    snprintf(program, sizeof program, "%s/tagmill-extract", getenv("TAGMILL_TEST_BIN"));
    extractor_options_t options = {program, 200, MEMORY_BYTES, ""};
    s_extractor = extractor_new(&options);
    return 0;
}

static int
teardown(void **state)
{
    (void) state;
    extractor_destroy(&s_extractor);
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", s_directory);
    return system(command);
}

static error_type_t
s_run_within(slice_t bytes, int64_t patience_ms)
{
    extract_request_t request = {3, EXTRACT_TEXT_MAX_BYTES, bytes};
    return extractor_run(s_extractor, &request, clock_monotonic_ms() + patience_ms, &s_cancelled,
                         &s_answer, &s_failure);
}

static error_type_t
s_run(slice_t bytes)
{
    return s_run_within(bytes, PATIENCE_MS);
}

static error_type_t
s_run_file(const char *name)
{
    buffer_t bytes = {0};
    test_file_load(name, &bytes);
    error_type_t error = s_run(buffer_slice(&bytes));
    buffer_free(&bytes);
    return error;
}

/* Reads a file that a script wrote; the caller frees it. */
static buffer_t
s_read_note(const char *name)
{
    char path[PATH_SIZE];
    s_path(name, path);
    buffer_t note = {0};
    fault_t fault;
    if (file_read(path, 100000, &note, &fault) != STATUS_OK)
        fail_msg("%s", fault.detail);
    return note;
}

static void
s_assert_crashed(const char *why)
{
    assert_int_equal(s_run(TEXT), ERROR_CRASHED);
    if (strstr(s_failure.detail, why) == NULL)
        fail_msg("%s", s_failure.detail);
}

static void
documents_are_read_one_after_another(void **state)
{
    (void) state;
    assert_int_equal(s_run_file("de-poems-beads.pdf"), ERROR_NONE);
    assert_int_equal(s_answer.method, EXTRACT_METHOD_PDF_TEXT);
    assert_int_equal(s_answer.page_count, 2);
    assert_non_null(memmem(s_answer.text.data, s_answer.text.size, "Erlk", 4));
    assert_int_equal(s_run(TEXT), ERROR_NONE);
    assert_true(slice_equal(s_answer.text, TEXT));
    assert_int_equal(s_run_file("bad-encrypted.pdf"), ERROR_ENCRYPTED);
    assert_string_equal(s_failure.detail, "the PDF needs a password");
    assert_int_equal(s_run_file("text-readme.md"), ERROR_NONE);
    assert_int_equal(s_answer.method, EXTRACT_METHOD_MARKDOWN);
}

static void
a_hostile_document_harms_only_itself(void **state)
{
    (void) state;
    static const char *const files[] = {"bad-corrupted.pdf",         "bad-no-trailer.pdf",
                                        "bad-pagecount-huge.pdf",    "bad-pagecount-negative.pdf",
                                        "bad-pages-loop.pdf",        "bad-office-protected.docx",
                                        "bad-office-truncated.docx", "zip-droste.zip"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        error_type_t error = s_run_file(files[i]);
        if (error == ERROR_NONE || error_type_is_passing(error))
            fail_msg("%s: %s: %s", files[i], error_type_word(error), s_failure.detail);
        assert_int_equal(s_run(TEXT), ERROR_NONE);
    }
}

static void
a_book_is_read_in_the_sealed_process_whatever_its_names(void **state)
{
    (void) state;
    static const zip_part_t parts[] = {
        {"mimetype", "application/epub+zip"},
        {"META-INF/container.xml", "<container><rootfile full-path='bücher/καί.opf'/></container>"},
        {"bücher/καί.opf",
         "<package><manifest><item id='a' href='k%C3%A4pitel.xhtml' "
         "media-type='application/xhtml+xml'/></manifest><spine><itemref idref='a'/></spine>"
         "</package>"},
        {"bücher/käpitel.xhtml",
         "<html><body><p>A chapter of a book that is long enough to be taken "
         "for one.</p></body></html>"},
    };
    buffer_t book = {0};
    zip_build(parts, sizeof parts / sizeof parts[0], &book);
    assert_int_equal(s_run(buffer_slice(&book)), ERROR_NONE);
    assert_int_equal(s_answer.method, EXTRACT_METHOD_EPUB);
    buffer_free(&book);
}

static void
what_is_filled_into_a_form_is_read_in_the_sealed_process(void **state)
{
    (void) state;
    assert_int_equal(s_run_file("form-filled.pdf"), ERROR_NONE);
    assert_true(slice_holds(s_answer.text, SLICE("Thorvald Stoltenberg")));
}

static void
a_bomb_meets_the_limit_of_memory(void **state)
{
    (void) state;
#ifdef TAGMILL_SANITIZED
    skip(); /* sanitizers need the addresses, so there is no limit */
#endif
    assert_int_equal(s_run_file("bad-bomb.pdf"), ERROR_NO_TEXT);
    assert_int_equal(s_run(TEXT), ERROR_NONE);
}

static void
a_large_document_passes_through_the_socket(void **state)
{
    (void) state;
    buffer_t text = {0};
    while (text.size < 12 * 1024 * 1024)
        buffer_append_slice(&text, TEXT);
    assert_int_equal(s_run(buffer_slice(&text)), ERROR_NONE);
    assert_int_equal(s_answer.text.size, EXTRACT_TEXT_MAX_BYTES);
    buffer_free(&text);
}

static void
a_document_without_end_is_killed_at_its_deadline(void **state)
{
    (void) state;
    buffer_t slow = {0};
    slow_pdf_write(&slow);
    assert_int_equal(s_run(TEXT), ERROR_NONE);
    int64_t start_ms = clock_monotonic_ms();
    assert_int_equal(s_run_within(buffer_slice(&slow), 500), ERROR_TIMEOUT);
    int64_t took_ms = clock_monotonic_ms() - start_ms;
    assert_true(took_ms >= 490 && took_ms < 3000);
    assert_int_equal(s_run(TEXT), ERROR_NONE);
    buffer_free(&slow);
}

static void *
s_cancel_when_started(void *context)
{
    (void) context;
    char path[PATH_SIZE];
    s_path("started", path);
    while (access(path, F_OK) != 0)
        poll(NULL, 0, 5);
    atomic_store(&s_cancelled, true);
    return NULL;
}

static void
a_cancelled_document_ends_at_once(void **state)
{
    (void) state;
    s_use_script("echo > #/started; exec sleep 1000", 200);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, s_cancel_when_started, NULL), 0);
    assert_int_equal(s_run(TEXT), ERROR_INTERNAL);
    assert_string_equal(s_failure.detail, "cancelled");
    pthread_join(thread, NULL);
}

static void *
s_kill_when_started(void *context)
{
    (void) context;
    char path[PATH_SIZE];
    s_path("pid", path);
    long pid = 0;
    while (pid <= 0) {
        FILE *file = fopen(path, "r");
        if (file && fscanf(file, "%ld\n", &pid) != 1)
            pid = 0;
        if (file)
            fclose(file);
        poll(NULL, 0, 100);
    }
    kill((pid_t) pid, SIGKILL);
    return NULL;
}

static void
a_process_killed_midway_is_a_crash_and_replaced(void **state)
{
    (void) state;
    s_use_script("echo $$ > #/new; mv #/new #/pid; exec % \"$@\"", 200);
    buffer_t slow = {0};
    slow_pdf_write(&slow);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, s_kill_when_started, NULL), 0);
    assert_int_equal(s_run(buffer_slice(&slow)), ERROR_CRASHED);
    assert_non_null(strstr(s_failure.detail, "SIGKILL"));
    pthread_join(thread, NULL);
    assert_int_equal(s_run(TEXT), ERROR_NONE);
    buffer_free(&slow);
}

static void
a_process_that_died_idle_is_replaced_unnoticed(void **state)
{
    (void) state;
    s_use_script("echo $$ > #/new; mv #/new #/pid; exec % \"$@\"", 200);
    assert_int_equal(s_run(TEXT), ERROR_NONE);
    s_kill_when_started(NULL);
    /* its socket closes a moment after the signal */
    buffer_t pid = s_read_note("pid");
    while (kill((pid_t) atol(pid.data), 0) == 0) {
        buffer_t path = {0}, stat = {0};
        fault_t fault;
        buffer_printf(&path, "/proc/%ld/stat", atol(pid.data));
        bool is_zombie = file_read(path.data, 10000, &stat, &fault) == STATUS_OK &&
                         strstr(stat.data, ") Z ") != NULL;
        buffer_free(&path);
        buffer_free(&stat);
        if (is_zombie)
            break;
        poll(NULL, 0, 5);
    }
    buffer_free(&pid);
    assert_int_equal(s_run(TEXT), ERROR_NONE);
}

static void
a_process_is_replaced_after_its_documents(void **state)
{
    (void) state;
    s_use_script("echo start >> #/starts; exec % \"$@\"", 2);
    for (int i = 0; i < 5; i++)
        assert_int_equal(s_run(TEXT), ERROR_NONE);
    buffer_t starts = s_read_note("starts");
    assert_string_equal(starts.data, "start\nstart\nstart\n");
    buffer_free(&starts);
}

static void
every_end_without_an_answer_is_a_crash(void **state)
{
    (void) state;
    s_use_script("exit 3", 200);
    s_assert_crashed("exit 3");
    s_use_script("exit 0", 200);
    s_assert_crashed("exit 0");
    s_use_script("head -c 20 > /dev/null; kill -SEGV $$", 200);
    s_assert_crashed("SIGSEGV");
    s_use_script("head -c 20 > /dev/null; printf TMA1; exit 0", 200);
    s_assert_crashed("exit 0");
    s_use_script("exec 0<&- 1>&-; exec sleep 1000", 200);
    s_assert_crashed("SIGKILL");
}

static void
an_answer_that_is_none_is_a_crash(void **state)
{
    (void) state;
    s_use_script("head -c 20 > /dev/null; echo a line that is not a frame; exec sleep 1000", 200);
    s_assert_crashed("malformed");
    s_use_script("head -c 20 > /dev/null; printf "
                 "'TMA1\\013\\000\\000\\000\\000\\000\\000\\000"
                 "\\377\\377\\000\\000\\000\\000\\000\\000\\000\\000'; exec sleep 1000",
                 200);
    s_assert_crashed("malformed"); /* "the key is refused", which would fail the job */
}

static void
a_program_that_is_missing_is_said(void **state)
{
    (void) state;
    extractor_destroy(&s_extractor);
    extractor_options_t options = {"/nowhere/tagmill-extract", 200, MEMORY_BYTES, ""};
    s_extractor = extractor_new(&options);
    assert_int_equal(s_run(TEXT), ERROR_INTERNAL);
    assert_non_null(strstr(s_failure.detail, "cannot be started"));
}

static void
the_process_gets_no_environment_and_no_descriptors(void **state)
{
    (void) state;
    assert_int_equal(setenv("TAGMILL_SECRET", "hunter2", 1), 0);
    int leaky = dup(STDERR_FILENO); /* without FD_CLOEXEC */
    s_use_script("cat /proc/$$/environ > #/environment; ls -1 /proc/$$/fd > #/descriptors; exit 0",
                 200);
    assert_int_equal(s_run(TEXT), ERROR_CRASHED);
    close(leaky);
    buffer_t environment = s_read_note("environment"), descriptors = s_read_note("descriptors");
    assert_int_equal(environment.size, 0);
    /* the shell holds its script open as one more, numbered 10 or above */
    assert_memory_equal(descriptors.data, "0\n1\n", 4);
    char leaked[16];
    snprintf(leaked, sizeof leaked, "\n%d\n", leaky);
    assert_null(strstr(descriptors.data, leaked));
    buffer_free(&environment);
    buffer_free(&descriptors);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(documents_are_read_one_after_another),
        TEST(a_hostile_document_harms_only_itself),
        TEST(a_book_is_read_in_the_sealed_process_whatever_its_names),
        TEST(what_is_filled_into_a_form_is_read_in_the_sealed_process),
        TEST(a_bomb_meets_the_limit_of_memory),
        TEST(a_large_document_passes_through_the_socket),
        TEST(a_document_without_end_is_killed_at_its_deadline),
        TEST(a_cancelled_document_ends_at_once),
        TEST(a_process_killed_midway_is_a_crash_and_replaced),
        TEST(a_process_that_died_idle_is_replaced_unnoticed),
        TEST(a_process_is_replaced_after_its_documents),
        TEST(every_end_without_an_answer_is_a_crash),
        TEST(an_answer_that_is_none_is_a_crash),
        TEST(a_program_that_is_missing_is_said),
        TEST(the_process_gets_no_environment_and_no_descriptors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
