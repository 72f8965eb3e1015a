#include "tests/gateway/site.h"

#include <czmq.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "tests/gateway/make_token.h"
#include "tests/support/cmocka_all.h"

static void
s_set(site_t *self, const char *key, const char *value)
{
    char assignment[256];
    fault_t fault = {0};
    snprintf(assignment, sizeof assignment, "%s=%s", key, value);
    if (config_set(self->config, assignment, &fault) != STATUS_OK)
        fail_msg("%s", fault.detail);
}

static void
s_make_token(site_t *self)
{
    char path[128], claims[128];
    buffer_t secret = {0};
    snprintf(path, sizeof path, "%s/jwt.secret", self->directory);
    assert_int_equal(file_secret(path, 32, 32, &secret, NULL), STATUS_OK);
    snprintf(claims, sizeof claims, "{\"sub\":\"alice\",\"exp\":%lld,\"type\":\"access\"}",
             (long long) (clock_wall_ms() / 1000 + 3600));
    self->token = make_token_hs256("{\"alg\":\"HS256\"}", claims, buffer_slice(&secret));
    buffer_free(&secret);
}

int
site_setup(void **state)
{
    site_t *self = memory_new(sizeof *self);
    fault_t fault = {0};
    zsys_init();
    zsys_handler_set(NULL);
    strcpy(self->directory, "/tmp/tagmill-gateway-XXXXXX");
    assert_non_null(mkdtemp(self->directory));
    self->config = config_new();
    s_set(self, "data_dir", self->directory);
    s_set(self, "http/listen", "127.0.0.1:0");
    s_set(self, "http/threads", "12");
    s_set(self, "http/max_watchers", "2");
    s_set(self, "http/max_body_bytes", "4000000");
    s_set(self, "http/body_seconds", "2");
    s_set(self, "limits/json_documents", "20000");
    s_set(self, "tagger/allow_noop", "true");
    assert_int_equal(config_finish(self->config, &fault), STATUS_OK);
    fake_peers_start(&self->peers);
    if (gateway_start(&self->gateway, self->config, self->peers.control, self->peers.library,
                      &fault) != STATUS_OK)
        fail_msg("%s", fault.detail);
    self->port = gateway_port(self->gateway);
    s_make_token(self);
    *state = self;
    return 0;
}

int
site_teardown(void **state)
{
    site_t *self = *state;
    char path[128];
    gateway_stop(&self->gateway);
    fake_peers_stop(&self->peers);
    config_destroy(&self->config);
    free(self->token);
    snprintf(path, sizeof path, "%s/jwt.secret", self->directory);
    unlink(path);
    int failed = rmdir(self->directory);
    free(self);
    zsys_shutdown();
    return failed;
}

void
site_get(site_t *self, const char *target, response_t *response)
{
    http_ask(self->port, "GET", target, self->token, NULL, NULL, response);
}

void
site_post(site_t *self, const char *target, const char *content_type, const char *body,
          response_t *response)
{
    http_ask(self->port, "POST", target, self->token, content_type, body, response);
}

void
site_send(site_t *self, const char *head, const char *body, response_t *response)
{
    buffer_t request = {0};
    buffer_printf(&request, "%sHost: test\r\nAuthorization: Bearer %s\r\n\r\n%s", head, self->token,
                  body);
    http_send(self->port, buffer_slice(&request), response);
    buffer_free(&request);
}
