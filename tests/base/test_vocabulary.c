#include "base/fault.h"
#include "base/vocabulary.h"
#include "tests/support/cmocka_all.h"

static void
every_word_parses_back_to_its_number(void **state)
{
    (void) state;
    for (int i = 0; i < JOB_STATE_COUNT; i++) {
        job_state_t parsed = JOB_STATE_COUNT;
        assert_true(job_state_parse(slice_from(job_state_word((job_state_t) i)), &parsed));
        assert_int_equal(parsed, i);
    }
    for (int i = 0; i < JOB_COMMAND_COUNT; i++) {
        job_command_t parsed = JOB_COMMAND_COUNT;
        assert_true(job_command_parse(slice_from(job_command_word((job_command_t) i)), &parsed));
        assert_int_equal(parsed, i);
    }
    for (int i = 0; i < SOURCE_TYPE_COUNT; i++) {
        source_type_t parsed = SOURCE_TYPE_COUNT;
        assert_true(source_type_parse(slice_from(source_type_word((source_type_t) i)), &parsed));
        assert_int_equal(parsed, i);
    }
    source_type_t untouched = SOURCE_S3;
    assert_false(source_type_parse(SLICE("URL"), &untouched));
    assert_int_equal(untouched, SOURCE_S3);
}

static void
final_states_and_passing_errors_are_as_the_contract_says(void **state)
{
    (void) state;
    assert_false(job_state_is_final(JOB_PENDING));
    assert_false(job_state_is_final(JOB_PAUSED));
    assert_true(job_state_is_final(JOB_COMPLETED));
    assert_true(job_state_is_final(JOB_FAILED));
    assert_true(job_state_is_final(JOB_CANCELLED));
    assert_true(error_type_is_passing(ERROR_NETWORK));
    assert_true(error_type_is_passing(ERROR_CRASHED));
    assert_false(error_type_is_passing(ERROR_ENCRYPTED));
    assert_string_equal(error_type_word(ERROR_NO_TEXT), "no-text");
}

static void
a_fault_carries_its_status_and_a_sentence(void **state)
{
    (void) state;
    fault_t fault = {0};
    assert_int_equal(fault_set(&fault, STATUS_WRONG_STATE, "the job is %s", "paused"),
                     STATUS_WRONG_STATE);
    assert_string_equal(fault.detail, "the job is paused");
    assert_int_equal(status_http(fault.status), 409);
    assert_string_equal(status_word(STATUS_ID_TAKEN), "id-taken");
    assert_true(status_may_succeed_later(STATUS_UNAVAILABLE));
    assert_int_equal(fault_set(NULL, STATUS_INTERNAL, "nobody listens"), STATUS_INTERNAL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_parses_back_to_its_number),
        cmocka_unit_test(final_states_and_passing_errors_are_as_the_contract_says),
        cmocka_unit_test(a_fault_carries_its_status_and_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
