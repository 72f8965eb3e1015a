#include "tests/documents/model_fixture.h"

#include <stdio.h>

#include "base/clock.h"
#include "tests/support/cmocka_all.h"

enum { TAG_LIMIT = 8 };

model_fixture_t fixture;

void
fixture_start_server(const model_server_options_t *options)
{
    fixture.server = model_server_start(options);
    snprintf(fixture.url, sizeof fixture.url, "http://127.0.0.1:%u/v1",
             model_server_port(fixture.server));
}

int
fixture_setup(void **state)
{
    (void) state;
    fault_t fault;
    atomic_store(&fixture.cancelled, false);
    fixture_start_server(&(model_server_options_t){0});
    fixture.provider = (provider_t){.name = "test",
                                    .base_url = fixture.url,
                                    .key = FIXTURE_KEY,
                                    .needs_key = true,
                                    .models = "*",
                                    .schema = "strict",
                                    .has_system = true,
                                    .timeout_ms = 20000};
    fixture.request = (tag_request_t){.text = SLICE("The tide rises, the tide falls."),
                                      .title = SLICE("Tides"),
                                      .tag_limit = TAG_LIMIT};
    fixture.model = NULL;
    if (model_prompts_load(&fixture.prompts, "", &fault) != STATUS_OK)
        return -1;
    fixture.model = model_new(&fixture.prompts);
    return 0;
}

int
fixture_teardown(void **state)
{
    (void) state;
    model_destroy(&fixture.model);
    model_prompts_free(&fixture.prompts);
    model_answer_free(&fixture.answer);
    model_server_stop(&fixture.server);
    buffer_free(&fixture.head);
    buffer_free(&fixture.body);
    return 0;
}

/* Has the request tagged by the model that the server's script knows as `name`. */
error_type_t
fixture_tag_as(const char *name, slice_t api_key)
{
    fixture.choice = (model_choice_t){.provider = &fixture.provider,
                                      .price_in_nano = FIXTURE_PRICE_IN,
                                      .price_out_nano = FIXTURE_PRICE_OUT};
    snprintf(fixture.choice.model, sizeof fixture.choice.model, "%s", name);
    model_request_t request = {
        .choice = &fixture.choice, .api_key = api_key, .tags = &fixture.request};
    error_type_t type = model_tag(fixture.model, &request, clock_monotonic_ms() + 30000,
                                  &fixture.cancelled, &fixture.answer, &fixture.failure);
    assert_int_equal(type, fixture.failure.type);
    assert_int_equal(type == ERROR_NONE, fixture.answer.tags.count > 0);
    assert_null(strstr(fixture.failure.detail, FIXTURE_KEY));
    return type;
}

void
fixture_assert_tagged(const char *name)
{
    if (fixture_tag_as(name, SLICE("")) != ERROR_NONE)
        fail_msg("%s: %s: %s", name, error_type_word(fixture.failure.type), fixture.failure.detail);
    /* The script's tags, in the model's order and as many as any shape has. */
    assert_string_equal(fixture.answer.tags.items[0], "harbour cranes");
    assert_string_equal(fixture.answer.tags.items[1], "tidal gauge");
    assert_string_equal(fixture.answer.tags.items[2], "Container Terminal");
    assert_int_equal(fixture.answer.tags.count, 24);
}

void
fixture_assert_failed(const char *name, error_type_t type, const char *why)
{
    error_type_t got = fixture_tag_as(name, SLICE(""));
    if (got != type || strstr(fixture.failure.detail, why) == NULL)
        fail_msg("%s: %s: %s", name, error_type_word(got), fixture.failure.detail);
}

uint32_t
fixture_requests(void)
{
    return model_server_stats(fixture.server).requests;
}

void
fixture_assert_requests(const char *name, uint32_t count)
{
    uint32_t before = fixture_requests();
    fixture_assert_tagged(name);
    assert_int_equal(fixture_requests() - before, count);
}
