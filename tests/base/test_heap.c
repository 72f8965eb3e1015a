#include "base/heap.h"
#include "tests/support/cmocka_all.h"

enum { COUNT = 500 };

static void
nodes_come_out_in_order_of_key_then_order(void **state)
{
    (void) state;
    heap_t heap = {0};
    heap_node_t nodes[COUNT] = {0};
    for (size_t i = 0; i < COUNT; i++)
        heap_set(&heap, &nodes[i], (int64_t) ((i * 7919) % 50), i);
    int64_t key = -1;
    uint64_t order = 0;
    for (size_t i = 0; i < COUNT; i++) {
        heap_node_t *top = heap_top(&heap);
        assert_non_null(top);
        assert_true(top->key > key || (top->key == key && top->order > order));
        key = top->key;
        order = top->order;
        heap_remove(&heap, top);
        assert_false(heap_has(top));
    }
    assert_null(heap_top(&heap));
    heap_free(&heap);
}

static void
a_node_moves_when_it_is_set_again(void **state)
{
    (void) state;
    heap_t heap = {0};
    heap_node_t early = {0}, late = {0};
    heap_set(&heap, &early, 1, 0);
    heap_set(&heap, &late, 2, 0);
    heap_set(&heap, &early, 3, 0);
    assert_ptr_equal(heap_top(&heap), &late);
    heap_free(&heap);
    assert_false(heap_has(&late));
}

static void
removing_from_the_middle_keeps_the_order(void **state)
{
    (void) state;
    heap_t heap = {0};
    heap_node_t nodes[COUNT] = {0};
    for (size_t i = 0; i < COUNT; i++)
        heap_set(&heap, &nodes[i], (int64_t) ((i * 31) % COUNT), i);
    for (size_t i = 0; i < COUNT; i += 3)
        heap_remove(&heap, &nodes[i]);
    heap_remove(&heap, &nodes[0]); /* a second time changes nothing */
    int64_t key = -1;
    for (heap_node_t *top = heap_top(&heap); top; top = heap_top(&heap)) {
        assert_true(top->key > key);
        key = top->key;
        heap_remove(&heap, top);
    }
    heap_free(&heap);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_come_out_in_order_of_key_then_order),
        cmocka_unit_test(a_node_moves_when_it_is_set_again),
        cmocka_unit_test(removing_from_the_middle_keeps_the_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
