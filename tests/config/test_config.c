#include "config/config.h"

#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/support/cmocka_all.h"

typedef struct {
    char directory[64];
    char file[96];
    config_t *config;
    fault_t fault;
} s_fixture_t;

static int
setup(void **state)
{
    s_fixture_t *self = calloc(1, sizeof *self);
    strcpy(self->directory, "/tmp/tagmill-config-XXXXXX");
    if (!mkdtemp(self->directory))
        return -1;
    snprintf(self->file, sizeof self->file, "%s/t.cfg", self->directory);
    self->config = config_new();
    *state = self;
    return 0;
}

static int
teardown(void **state)
{
    s_fixture_t *self = *state;
    unlink(self->file);
    rmdir(self->directory);
    config_destroy(&self->config);
    free(self);
    return 0;
}

static status_t
s_load(s_fixture_t *self, const char *text)
{
    FILE *file = fopen(self->file, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    return config_load_file(self->config, self->file, &self->fault);
}

/* Loads `text` and sees it refused with "FILE:LINE: " and `hint` in the detail. */
static void
s_refused(s_fixture_t *self, const char *text, int line, const char *hint)
{
    config_destroy(&self->config);
    self->config = config_new();
    assert_int_equal(s_load(self, text), STATUS_BAD_REQUEST);
    char start[128];
    snprintf(start, sizeof start, "%s:%d: ", self->file, line);
    if (strncmp(self->fault.detail, start, strlen(start)) || !strstr(self->fault.detail, hint))
        fail_msg("wanted \"%s...%s\", got \"%s\"", start, hint, self->fault.detail);
}

static void
s_set_refused(s_fixture_t *self, const char *assignment, const char *hint)
{
    assert_int_equal(config_set(self->config, assignment, &self->fault), STATUS_BAD_REQUEST);
    if (!strstr(self->fault.detail, hint))
        fail_msg("%s: wanted \"%s\", got \"%s\"", assignment, hint, self->fault.detail);
}

static void
s_set_taken(s_fixture_t *self, const char *assignment)
{
    if (config_set(self->config, assignment, &self->fault) != STATUS_OK)
        fail_msg("%s: %s", assignment, self->fault.detail);
}

static void
defaults_hold_until_something_is_set(void **state)
{
    s_fixture_t *self = *state;
    assert_string_equal(config_text(self->config, CONFIG_HTTP_LISTEN), "127.0.0.1:8000");
    assert_int_equal(config_number(self->config, CONFIG_HTTP_THREADS), 128);
    assert_false(config_flag(self->config, CONFIG_TAGGER_ALLOW_NOOP));
    assert_string_equal(config_text(self->config, CONFIG_DOCUMENTS_ROOT), "");
}

static void
a_file_sets_keys_in_groups_and_with_slashes(void **state)
{
    s_fixture_t *self = *state;
    assert_int_equal(s_load(self, "# a comment\n"
                                  "data_dir = \"/srv/tag mill\"   # quoted\n"
                                  "http\n"
                                  "    listen = 0.0.0.0:80 # a comment\n"
                                  "\n"
                                  "    threads=256\r\n"
                                  "tagger/allow_noop = true\n"
                                  "auth\n"
                                  "    issuer = 'a # b'\n"
                                  "documents\n"),
                     STATUS_OK);
    assert_string_equal(config_text(self->config, CONFIG_DATA_DIR), "/srv/tag mill");
    assert_string_equal(config_text(self->config, CONFIG_HTTP_LISTEN), "0.0.0.0:80");
    assert_int_equal(config_number(self->config, CONFIG_HTTP_THREADS), 256);
    assert_true(config_flag(self->config, CONFIG_TAGGER_ALLOW_NOOP));
    assert_string_equal(config_text(self->config, CONFIG_AUTH_ISSUER), "a # b");
}

static void
a_file_that_is_not_there_is_said(void **state)
{
    s_fixture_t *self = *state;
    assert_int_equal(config_load_file(self->config, "/nowhere/t.cfg", &self->fault),
                     STATUS_NOT_FOUND);
    assert_int_equal(s_load(self, ""), STATUS_OK);
}

static void
malformed_zpl_is_refused_with_its_line(void **state)
{
    s_fixture_t *self = *state;
    s_refused(self, "http\n  threads = 8\n", 2, "4 does not divide");
    s_refused(self, "http\n\tthreads = 8\n", 2, "tab");
    s_refused(self, "http\n        threads = 8\n", 2, "deeper");
    s_refused(self, "    data_dir = x\n", 1, "deeper");
    s_refused(self, "\n\ndata_dir = \"x\n", 3, "not closed");
    s_refused(self, "data_dir = \"x\" y\n", 1, "closing quote");
    s_refused(self, "data_dir = # nothing\n", 1, "\"\"");
    s_refused(self, "= x\n", 1, "name is missing");
    s_refused(self, "data dir = x\n", 1, "\"=\"");
    s_refused(self, "{\"data_dir\": 1}\n", 1, "a name was expected");
    s_refused(self, "/data_dir = x\n", 1, "begin or end");
    s_refused(self, "data_dir = \xff\n", 1, "UTF-8");
    char longer[1200];
    memset(longer, 'x', sizeof longer);
    memcpy(longer, "data_dir = ", 11);
    longer[sizeof longer - 1] = '\0';
    s_refused(self, longer, 1, "1024");
}

static void
an_unknown_key_is_answered_with_the_nearest(void **state)
{
    s_fixture_t *self = *state;
    s_refused(self, "http\n    listn = 1\n", 2, "did you mean http/listen?");
    s_refused(self, "htpp\n    # here\n    threads = 8\n", 3, "did you mean http/threads?");
    s_refused(self, "listen = x:1\n", 1, "did you mean http/listen?");
    s_refused(self, "data_dri = x\n", 1, "did you mean data_dir?");
    s_refused(self, "nothing_of_this_kind_at_all\n", 1, "the nearest in spelling is");
    s_set_refused(self, "log/levle=info", "did you mean log/level?");
    s_set_refused(self, "log/level", "KEY=VALUE");
    s_set_refused(self, "=x", "unknown key");
}

static void
a_group_is_no_key_and_a_key_is_no_group(void **state)
{
    s_fixture_t *self = *state;
    s_refused(self, "http = 3\n", 1, "is a group");
    s_refused(self, "http\n    listen\n", 2, "is a key");
    s_refused(self, "http\n    listen = 1.2.3.4:5\n        port = 3\n", 2, "is a key");
    s_refused(self, "data_dir = a\nhttp\n    threads = 8\nhttp/threads = 9\n", 4,
              "first is line 3");
}

static void
a_bad_value_in_a_file_is_refused_with_its_line(void **state)
{
    s_fixture_t *self = *state;
    s_refused(self, "http\n    # many\n    threads = lots\n", 3,
              "http/threads: \"lots\" is not a whole number from 2 to 5000");
}

static void
numbers_keep_to_their_range(void **state)
{
    s_fixture_t *self = *state;
    s_set_taken(self, "http/threads=2");
    s_set_taken(self, "http/threads=5000");
    s_set_refused(self, "http/threads=1", "2 to 5000");
    s_set_refused(self, "http/threads=5001", "2 to 5000");
    s_set_refused(self, "http/threads= 8", "2 to 5000");
    s_set_refused(self, "http/threads=8k", "2 to 5000");
    s_set_refused(self, "http/threads=", "empty");
    s_set_refused(self, "http/threads=-", "2 to 5000");
    s_set_refused(self, "http/threads=99999999999999999999", "2 to 5000");
    assert_int_equal(config_number(self->config, CONFIG_HTTP_THREADS), 5000);
}

static void
flags_and_choices_take_their_words_only(void **state)
{
    s_fixture_t *self = *state;
    s_set_taken(self, "tagger/allow_noop=true");
    s_set_refused(self, "tagger/allow_noop=yes", "true nor false");
    assert_true(config_flag(self->config, CONFIG_TAGGER_ALLOW_NOOP));
    s_set_taken(self, "log/level=debug");
    s_set_refused(self, "log/level=warn", "did you mean warning?");
    s_set_refused(self, "log/level=", "empty");
    s_set_refused(self, "auth/algorithm=none", "HS256|RS256|ES256");
    s_set_refused(self, "auth/algorithm=hs256", "did you mean HS256?");
}

static void
addresses_are_host_and_port(void **state)
{
    s_fixture_t *self = *state;
    s_set_taken(self, "http/listen=0.0.0.0:80");
    s_set_taken(self, "http/listen=[::1]:8000");
    s_set_taken(self, "http/listen=localhost:0");
    static const char *const wrong[] = {
        "8000",     ":8000",   "127.0.0.1:",  "127.0.0.1:1e3", "a:65536",
        "::1:8000", "a:1,b:2", "http://a:80", "a b:80"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char assignment[64];
        snprintf(assignment, sizeof assignment, "http/listen=%s", wrong[i]);
        s_set_refused(self, assignment, "HOST:PORT");
    }
    s_set_refused(self, "http/listen=127.0.0.1:8443s", "TLS belongs to a proxy");
}

static void
endpoints_are_ipc_tcp_or_inproc(void **state)
{
    s_fixture_t *self = *state;
    s_set_taken(self, "bus/control=ipc:///run/tagmill/control");
    s_set_taken(self, "bus/control=tcp://10.0.0.1:5571");
    s_set_taken(self, "bus/control=tcp://*:5571");
    s_set_taken(self, "bus/control=tcp://[fe80::1]:5571");
    s_set_taken(self, "bus/control=inproc://control");
    s_set_refused(self, "bus/control=tcp://10.0.0.1", "tcp://HOST:PORT");
    s_set_refused(self, "bus/control=tcp://10.0.0.1:0", "tcp://HOST:PORT");
    s_set_refused(self, "bus/control=ipc://", "ipc://PATH");
    s_set_refused(self, "bus/control=udp://10.0.0.1:5", "ipc://PATH");
    s_set_refused(self, "bus/control=", "empty");
    s_set_taken(self, "progress/endpoint=");
}

static void
lanes_are_a_directory_or_a_range_of_ports(void **state)
{
    s_fixture_t *self = *state;
    s_set_taken(self, "bus/lanes=ipc:///run/lanes");
    s_set_taken(self, "bus/lanes=tcp://10.0.0.1:5600-5699");
    s_set_taken(self, "bus/lanes=tcp://10.0.0.1:5600-5600");
    s_set_refused(self, "bus/lanes=tcp://10.0.0.1:5600", "LOW-HIGH");
    s_set_refused(self, "bus/lanes=tcp://10.0.0.1:5699-5600", "LOW-HIGH");
    s_set_refused(self, "bus/lanes=tcp://10.0.0.1:5600-65536", "LOW-HIGH");
    s_set_refused(self, "bus/lanes=inproc://lanes", "LOW-HIGH");
}

static void
networks_are_cidrs_of_both_families(void **state)
{
    s_fixture_t *self = *state;
    s_set_taken(self, "documents/allow_networks=");
    s_set_taken(self, "documents/allow_networks=127.0.0.0/8");
    s_set_taken(self, "documents/allow_networks=10.0.0.0/8, fd00::/8,::1/128,0.0.0.0/0");
    static const char *const wrong[] = {"127.0.0.1",   "10.0.0.0/33", "::/129", "10.0.0/8",
                                        "10.0.0.0/8,", "10.0.0.0/",   "/8",     "10.0.0.0/-1"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char assignment[64];
        snprintf(assignment, sizeof assignment, "documents/allow_networks=%s", wrong[i]);
        s_set_refused(self, assignment, "ADDRESS/LENGTH");
    }
}

static void
texts_are_utf8_without_control_characters(void **state)
{
    s_fixture_t *self = *state;
    s_set_taken(self, "auth/issuer=Gr\xc3\xbc\xc3\x9f");
    s_set_refused(self, "auth/issuer=\xff", "UTF-8");
    s_set_refused(self, "auth/issuer=a\nb", "control character (byte 2)");
    s_set_refused(self, "data_dir=", "empty");
}

static void
the_environment_sets_keys_by_their_names(void **state)
{
    s_fixture_t *self = *state;
    char *environment[] = {"PATH=/bin",           "TAGMILL_HTTP_LISTEN=1.2.3.4:5",
                           "TAGMILL_DATA_DIR=/d", "TAGMILL_URL=http://x",
                           "TAGMILL_TOKEN=t",     "TAGMILL_TEST_BIN=/b",
                           "TAGMILLER=1",         NULL};
    assert_int_equal(config_load_environment(self->config, environment, &self->fault), STATUS_OK);
    assert_string_equal(config_text(self->config, CONFIG_HTTP_LISTEN), "1.2.3.4:5");
    assert_string_equal(config_text(self->config, CONFIG_DATA_DIR), "/d");
}

static void
an_unknown_variable_is_answered_with_the_nearest(void **state)
{
    s_fixture_t *self = *state;
    char *unknown[] = {"TAGMILL_HTTP_LISTN=1.2.3.4:5", NULL};
    assert_int_equal(config_load_environment(self->config, unknown, &self->fault),
                     STATUS_BAD_REQUEST);
    assert_non_null(strstr(self->fault.detail, "TAGMILL_HTTP_LISTEN"));
    char *bad[] = {"TAGMILL_HTTP_THREADS=many", NULL};
    assert_int_equal(config_load_environment(self->config, bad, &self->fault), STATUS_BAD_REQUEST);
    assert_non_null(strstr(self->fault.detail, "TAGMILL_HTTP_THREADS: \"many\""));
}

static void
finishing_puts_the_data_directory_in(void **state)
{
    s_fixture_t *self = *state;
    s_set_taken(self, "data_dir=/srv/mill/");
    s_set_taken(self, "documents/root=DATA_DIR/docs");
    s_set_taken(self, "auth/issuer=DATA_DIR");
    assert_int_equal(config_finish(self->config, &self->fault), STATUS_OK);
    assert_string_equal(config_text(self->config, CONFIG_AUTH_SECRET_FILE), "/srv/mill/jwt.secret");
    assert_string_equal(config_text(self->config, CONFIG_BUS_LANES), "ipc:///srv/mill/lanes");
    assert_string_equal(config_text(self->config, CONFIG_STORE_URL), "sqlite:/srv/mill/tagmill.db");
    assert_string_equal(config_text(self->config, CONFIG_DOCUMENTS_ROOT), "/srv/mill/docs");
    assert_string_equal(config_text(self->config, CONFIG_AUTH_ISSUER), "DATA_DIR");
    assert_true(config_number(self->config, CONFIG_WORKERS_SLOTS) >= 1);
}

/* Sets up to two keys over the defaults and sees config_finish refuse them, naming `hint`. */
static void
s_finish_refused(s_fixture_t *self, const char *one, const char *other, const char *hint)
{
    config_destroy(&self->config);
    self->config = config_new();
    s_set_taken(self, one);
    if (other)
        s_set_taken(self, other);
    assert_int_equal(config_finish(self->config, &self->fault), STATUS_BAD_REQUEST);
    if (!strstr(self->fault.detail, hint))
        fail_msg("wanted \"%s\", got \"%s\"", hint, self->fault.detail);
}

static void
settings_that_contradict_each_other_are_refused(void **state)
{
    s_fixture_t *self = *state;
    s_finish_refused(self, "http/threads=64", NULL, "http/max_watchers");
    s_finish_refused(self, "workers/silence_ms=1999", NULL, "workers/heartbeat_ms");
    s_finish_refused(self, "auth/algorithm=RS256", NULL, "auth/public_key_file");
}

static void
socket_paths_that_the_kernel_cannot_hold_are_refused(void **state)
{
    s_fixture_t *self = *state;
    char at_most[128], control[160];
    memset(at_most, 'x', sizeof at_most);
    at_most[107] = '\0';
    snprintf(control, sizeof control, "bus/control=ipc://%s", at_most);
    s_set_taken(self, control);
    assert_int_equal(config_finish(self->config, &self->fault), STATUS_OK);
    at_most[107] = 'x';
    at_most[108] = '\0';
    snprintf(control, sizeof control, "bus/control=ipc://%s", at_most);
    s_finish_refused(self, control, NULL, "bus/control");
    at_most[107 - CONFIG_LANE_NAME_MAX] = '\0';
    snprintf(control, sizeof control, "bus/lanes=ipc://%s", at_most);
    s_finish_refused(self, control, NULL, "bus/lanes");
}

/* Run with TAGMILL_TEST_UPDATE=1 to write the file anew after a change of config/keys.h. */
static void
the_example_file_shows_every_key_and_loads(void **state)
{
    s_fixture_t *self = *state;
    char *text = NULL, path[256];
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    config_write_example(memory);
    fclose(memory);
    snprintf(path, sizeof path, "%s/config/tagmill.cfg.example", getenv("TAGMILL_TEST_SOURCE"));
    if (getenv("TAGMILL_TEST_UPDATE")) {
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fwrite(text, 1, size, file);
        fclose(file);
    }
    buffer_t committed = {0};
    assert_int_equal(file_read(path, 1 << 20, &committed, &self->fault), STATUS_OK);
    if (!slice_is(buffer_slice(&committed), text))
        fail_msg("%s is not what config_write_example writes; TAGMILL_TEST_UPDATE=1 rewrites it",
                 path);
    assert_int_equal(config_load_file(self->config, path, &self->fault), STATUS_OK);
    buffer_free(&committed);
    free(text);
}

/* With the # before every default taken away, the file says what the defaults say. */
static void
the_example_file_loads_with_every_default_switched_on(void **state)
{
    s_fixture_t *self = *state;
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    config_write_example(memory);
    fclose(memory);
    char *to = text;
    for (const char *from = text; *from; from++)
        if (*from != '#' || from[1] == ' ')
            *to++ = *from;
    *to = '\0';
    if (s_load(self, text) != STATUS_OK)
        fail_msg("%s", self->fault.detail);
    config_t *defaults = config_new();
    for (int key = 0; key < CONFIG_KEY_COUNT; key++)
        assert_string_equal(config_text(self->config, (config_key_t) key),
                            config_text(defaults, (config_key_t) key));
    config_destroy(&defaults);
    free(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static void
an_endpoint_that_strangers_can_reach_is_refused(void **state)
{
    (void) state;
    static const char *const bad[] = {"bus/control=tcp://0.0.0.0:5571",
                                      "bus/sink=tcp://10.1.2.3:5571", "bus/library=tcp://[::]:5571",
                                      "bus/lanes=tcp://192.0.2.7:6000-6100",
                                      "progress/endpoint=tcp://203.0.113.5:5570"};
    static const char *const good[] = {"bus/control=tcp://127.0.0.1:5571", "bus/sink=ipc:///tmp/s",
                                       "bus/library=tcp://[::1]:5571",
                                       "bus/lanes=tcp://127.0.0.1:6000-6100"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        config_t *config = config_new();
        fault_t fault = {0};
        assert_int_equal(config_set(config, bad[i], &fault), STATUS_OK);
        assert_int_equal(config_finish(config, &fault), STATUS_BAD_REQUEST);
        assert_non_null(strstr(fault.detail, "loopback"));
        config_destroy(&config);
    }
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        config_t *config = config_new();
        fault_t fault = {0};
        assert_int_equal(config_set(config, good[i], &fault), STATUS_OK);
        assert_int_equal(config_finish(config, &fault), STATUS_OK);
        config_destroy(&config);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(defaults_hold_until_something_is_set),
        TEST(a_file_sets_keys_in_groups_and_with_slashes),
        TEST(a_file_that_is_not_there_is_said),
        TEST(malformed_zpl_is_refused_with_its_line),
        TEST(an_unknown_key_is_answered_with_the_nearest),
        TEST(a_group_is_no_key_and_a_key_is_no_group),
        TEST(a_bad_value_in_a_file_is_refused_with_its_line),
        TEST(numbers_keep_to_their_range),
        TEST(flags_and_choices_take_their_words_only),
        TEST(addresses_are_host_and_port),
        TEST(endpoints_are_ipc_tcp_or_inproc),
        TEST(lanes_are_a_directory_or_a_range_of_ports),
        TEST(networks_are_cidrs_of_both_families),
        TEST(texts_are_utf8_without_control_characters),
        TEST(the_environment_sets_keys_by_their_names),
        TEST(an_unknown_variable_is_answered_with_the_nearest),
        TEST(finishing_puts_the_data_directory_in),
        TEST(settings_that_contradict_each_other_are_refused),
        TEST(socket_paths_that_the_kernel_cannot_hold_are_refused),
        TEST(the_example_file_shows_every_key_and_loads),
        TEST(the_example_file_loads_with_every_default_switched_on),
        cmocka_unit_test(an_endpoint_that_strangers_can_reach_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
