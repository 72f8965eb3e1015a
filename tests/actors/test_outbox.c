#include "actors/outbox.h"

#include <czmq.h>

#include "tests/support/cmocka_all.h"

enum { CAPACITY = 5 };

typedef struct {
    zsock_t *push, *pull;
    outbox_t outbox;
    char endpoint[32];
} post_t;

/* An outbox whose socket takes nothing: nobody is connected. */
static int
s_set_up(void **state)
{
    zsys_init();
    zsys_handler_set(NULL);
    post_t *post = calloc(1, sizeof *post);
    assert_non_null(post);
    post->push = zsock_new(ZMQ_PUSH);
    zsock_set_linger(post->push, 0);
    /* The name of a socket that was just closed may still be taken: each test has its own. */
    static int test_count = 0;
    snprintf(post->endpoint, sizeof post->endpoint, "inproc://outbox-%d", test_count++);
    assert_int_equal(zsock_bind(post->push, "%s", post->endpoint), 0);
    outbox_open(&post->outbox, zsock_resolve(post->push), CAPACITY);
    *state = post;
    return 0;
}

static int
s_tear_down(void **state)
{
    post_t *post = *state;
    outbox_close(&post->outbox);
    outbox_close(&post->outbox);
    zsock_destroy(&post->push);
    zsock_destroy(&post->pull);
    free(post);
    return 0;
}

static bool
s_send(post_t *post, int number)
{
    return outbox_send(&post->outbox, (slice_t){(const char *) &number, sizeof number});
}

static void
s_connect(post_t *post)
{
    post->pull = zsock_new(ZMQ_PULL);
    zsock_set_rcvtimeo(post->pull, 5000);
    assert_int_equal(zsock_connect(post->pull, "%s", post->endpoint), 0);
}

/* The socket learns of its peer when it is looked at, as a reactor does by polling. */
static void
s_flush(post_t *post)
{
    zmq_pollitem_t item = {.socket = post->outbox.socket, .events = ZMQ_POLLOUT};
    assert_int_equal(zmq_poll(&item, 1, 5000), 1);
    outbox_flush(&post->outbox);
}

static int
s_receive(post_t *post)
{
    int number = -1;
    assert_int_equal(zmq_recv(zsock_resolve(post->pull), &number, sizeof number, 0), sizeof number);
    return number;
}

static void
frames_wait_in_order_until_the_socket_takes_them(void **state)
{
    post_t *post = *state;
    assert_true(s_send(post, 1));
    assert_true(s_send(post, 2));
    assert_false(outbox_is_empty(&post->outbox));
    outbox_flush(&post->outbox);
    assert_false(outbox_is_empty(&post->outbox));
    s_connect(post);
    assert_true(s_send(post, 3)); /* behind those that wait */
    s_flush(post);
    assert_true(outbox_is_empty(&post->outbox));
    assert_true(s_send(post, 4));
    for (int number = 1; number <= 4; number++)
        assert_int_equal(s_receive(post), number);
}

static void
a_full_outbox_says_so(void **state)
{
    post_t *post = *state;
    for (int number = 0; number < CAPACITY; number++) {
        assert_int_equal(outbox_is_crowded(&post->outbox, 3), number > 2);
        assert_true(s_send(post, number));
    }
    assert_false(s_send(post, CAPACITY));
    s_connect(post);
    s_flush(post);
    assert_true(s_send(post, CAPACITY));
    for (int number = 0; number <= CAPACITY; number++)
        assert_int_equal(s_receive(post), number);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(frames_wait_in_order_until_the_socket_takes_them, s_set_up,
                                        s_tear_down),
        cmocka_unit_test_setup_teardown(a_full_outbox_says_so, s_set_up, s_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
