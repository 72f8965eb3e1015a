#include "actors/ledger.h"
#include "tests/support/cmocka_all.h"

static void
entries_are_numbered_from_one_without_holes(void **state)
{
    (void) state;
    ledger_t *ledger = ledger_new();
    for (uint64_t entry = 1; entry <= 1000; entry++)
        assert_int_equal(ledger_note(ledger, &(note_t){.number = entry}), entry);
    assert_int_equal(ledger_size(ledger), 1000);
    ledger_destroy(&ledger);
    assert_null(ledger);
}

static void
notes_come_back_in_order_and_no_further_than_what_is_on_disk(void **state)
{
    (void) state;
    ledger_t *ledger = ledger_new();
    note_t note;
    uint64_t noted = 0, taken = 0;
    for (int round = 0; round < 300; round++) { /* the ring goes round and grows */
        for (int i = 0; i < 7; i++)
            ledger_note(ledger, &(note_t){.number = ++noted});
        uint64_t through = taken + 5;
        while (ledger_take(ledger, through, &note))
            assert_int_equal(note.number, ++taken);
        assert_int_equal(taken, through);
    }
    assert_int_equal(ledger_size(ledger), noted - taken);
    ledger_destroy(&ledger);
}

static void
a_note_is_found_until_it_is_taken(void **state)
{
    (void) state;
    ledger_t *ledger = ledger_new();
    note_t note;
    ledger_note(ledger, &(note_t){.number = 7});
    assert_null(ledger_find(ledger, 0));
    assert_null(ledger_find(ledger, 2));
    assert_int_equal(ledger_find(ledger, 1)->number, 7);
    assert_true(ledger_take(ledger, 1, &note));
    assert_null(ledger_find(ledger, 1));
    assert_false(ledger_take(ledger, 1, &note));
    ledger_destroy(&ledger);
}

static void
a_ledger_frees_what_was_never_told(void **state)
{
    (void) state;
    ledger_t *ledger = ledger_new();
    note_t note = {0};
    buffer_append_text(&note.frame, "kept");
    ledger_note(ledger, &note);
    ledger_destroy(&ledger); /* the leak checker is the witness */
    ledger_destroy(&ledger);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_are_numbered_from_one_without_holes),
        cmocka_unit_test(notes_come_back_in_order_and_no_further_than_what_is_on_disk),
        cmocka_unit_test(a_note_is_found_until_it_is_taken),
        cmocka_unit_test(a_ledger_frees_what_was_never_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
