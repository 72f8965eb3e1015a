#include "tests/end_to_end/house.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <jwt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "tests/support/cmocka_all.h"

enum { READY_WITHIN_MS = 30000, ARGUMENTS_MAX = 64 };

/* ---- the house ---- */

int
house_free_port(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    assert_int_equal(bind(fd, (struct sockaddr *) &address, size), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *) &address, &size), 0);
    close(fd);
    return ntohs(address.sin_port);
}

void
house_set(house_t *self, const char *format, ...)
{
    assert_true(self->setting_count < HOUSE_SETTINGS_MAX);
    va_list args;
    va_start(args, format);
    char *setting = NULL;
    assert_true(vasprintf(&setting, format, args) > 0);
    va_end(args);
    self->settings[self->setting_count++] = setting;
}

void
house_open(house_t *self)
{
    *self = (house_t){0};
    strcpy(self->directory, "/tmp/tagmill-XXXXXX");
    assert_non_null(mkdtemp(self->directory));
    char path[128];
    snprintf(path, sizeof path, "%s/documents", self->directory);
    assert_int_equal(mkdir(path, 0700), 0);
    self->port = house_free_port();
    self->progress_port = house_free_port();
    house_set(self, "data_dir=%s/var", self->directory);
    house_set(self, "documents/root=%s/documents", self->directory);
    house_set(self, "progress/endpoint=tcp://127.0.0.1:%d", self->progress_port);
    house_set(self, "workers/heartbeat_ms=200");
    house_set(self, "workers/silence_ms=3000");
    house_set(self, "tagger/allow_noop=true");
    house_set(self, "log/level=%s",
              getenv("TAGMILL_TEST_LOG") ? getenv("TAGMILL_TEST_LOG") : "error");
}

void
house_close(house_t *self)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", self->directory);
    assert_int_equal(system(command), 0);
    for (size_t i = 0; i < self->setting_count; i++)
        free(self->settings[i]);
    free(self->token);
}

size_t
house_scale(size_t suite, size_t full)
{
    return getenv("TAGMILL_TEST_FULL") ? full : suite;
}

/* ---- processes ---- */

/* The child's side of house_start: never returns. */
static void
s_exec(const house_t *self, const char *program, const char *const *arguments, int out)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    char path[512], listen[64];
    snprintf(path, sizeof path, "%s/%s", getenv("TAGMILL_TEST_BIN"), program);
    const char *argv[ARGUMENTS_MAX] = {path};
    size_t count = 1;
    for (size_t i = 0; i < self->setting_count; i++) {
        argv[count++] = "--set";
        argv[count++] = self->settings[i];
    }
    if (strcmp(program, "tagmilld") == 0) {
        snprintf(listen, sizeof listen, "http/listen=127.0.0.1:%d", self->port);
        argv[count++] = "--set";
        argv[count++] = listen;
    }
    while (arguments && *arguments)
        argv[count++] = *arguments++;
    dup2(out, STDOUT_FILENO);
    execv(path, (char *const *) argv);
    fprintf(stderr, "cannot run %s: %s\n", path, strerrordesc_np(errno));
    _exit(127);
}

static void
s_await_ready_line(int fd, const char *program)
{
    buffer_t text = {0};
    int64_t until = clock_monotonic_ms() + READY_WITHIN_MS;
    while (text.size == 0 || !strstr(text.data, "ready\n")) {
        struct pollfd item = {.fd = fd, .events = POLLIN};
        if (clock_monotonic_ms() > until || poll(&item, 1, 1000) < 0)
            fail_msg("%s did not get ready", program);
        if (!item.revents)
            continue;
        ssize_t got = read(fd, buffer_reserve(&text, 256), 256);
        if (got <= 0)
            fail_msg("%s ended before it was ready", program);
        text.size += (size_t) got;
        text.data[text.size] = '\0';
    }
    buffer_free(&text);
}

pid_t
house_start(house_t *self, const char *program, const char *const *arguments, bool wait)
{
    int out[2];
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        s_exec(self, program, arguments, out[1]);
    close(out[1]);
    if (wait)
        s_await_ready_line(out[0], program);
    close(out[0]);
    return pid;
}

int
house_stop(pid_t pid, int signal)
{
    int status = 0;
    kill(pid, signal);
    int64_t until = clock_monotonic_ms() + 60000;
    while (waitpid(pid, &status, WNOHANG) == 0) {
        if (clock_monotonic_ms() > until) {
            kill(pid, SIGKILL);
            fail_msg("process %d did not end within 60 s", (int) pid);
        }
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void
house_await_ready(house_t *self)
{
    int64_t until = clock_monotonic_ms() + READY_WITHIN_MS;
    for (;;) {
        answer_t answer = {0};
        house_http(self, &answer, "GET", "/api/ready", NULL, NULL, (slice_t){0});
        long status = answer.status;
        answer_free(&answer);
        if (status == 200)
            return;
        if (clock_monotonic_ms() > until)
            fail_msg("/api/ready does not answer 200 (%ld)", status);
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    }
}

pid_t
house_start_all(house_t *self)
{
    pid_t pid = house_start(self, "tagmilld", NULL, true);
    house_await_ready(self);
    if (self->token == NULL)
        self->token = house_token(self, "alice");
    return pid;
}

static size_t
s_resident(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/statm", (int) pid);
    buffer_t text = {0};
    size_t pages = 0;
    if (file_read(path, 4096, &text, NULL) == STATUS_OK) {
        char *end = NULL;
        strtoul(text.data, &end, 10);
        pages = strtoul(end, NULL, 10);
    }
    buffer_free(&text);
    return pages * (size_t) sysconf(_SC_PAGESIZE);
}

size_t
house_memory(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int) pid, (int) pid);
    size_t sum = s_resident(pid);
    buffer_t text = {0};
    if (file_read(path, 65536, &text, NULL) == STATUS_OK && text.size)
        for (char *next = text.data; *next && *next != '\n';) {
            char *end = NULL;
            pid_t child = (pid_t) strtol(next, &end, 10);
            if (end == next)
                break;
            sum += house_memory(child);
            next = end + strspn(end, " ");
        }
    buffer_free(&text);
    return sum;
}

/* ---- tokens ---- */

char *
house_token(const house_t *self, const char *user)
{
    char path[128];
    snprintf(path, sizeof path, "%s/var/jwt.secret", self->directory);
    buffer_t secret = {0};
    fault_t fault = {0};
    assert_int_equal(file_secret(path, 32, 32, &secret, &fault), STATUS_OK);
    jwt_t *token = NULL;
    assert_int_equal(jwt_new(&token), 0);
    jwt_add_grant(token, "sub", user);
    jwt_add_grant_int(token, "exp", (long) time(NULL) + 3600);
    assert_int_equal(
        jwt_set_alg(token, JWT_ALG_HS256, (unsigned char *) secret.data, (int) secret.size), 0);
    char *text = jwt_encode_str(token);
    jwt_free(token);
    buffer_free(&secret);
    return text;
}

/* ---- HTTP ---- */

static size_t
s_on_body(char *data, size_t size, size_t count, void *context)
{
    buffer_append(context, data, size * count);
    return size * count;
}

static void
s_keep_header(const char *line, size_t size, const char *name, char *out, size_t room)
{
    size_t length = strlen(name);
    if (size <= length || strncasecmp(line, name, length) != 0)
        return;
    slice_t value = slice_trim((slice_t){line + length, size - length});
    snprintf(out, room, "%.*s", SLICE_ARG(value));
}

static size_t
s_on_header(char *line, size_t size, size_t count, void *context)
{
    answer_t *answer = context;
    s_keep_header(line, size * count, "ETag:", answer->etag, sizeof answer->etag);
    s_keep_header(line, size * count, "Location:", answer->location, sizeof answer->location);
    return size * count;
}

static struct curl_slist *
s_headers(const char *token, const char *content_type)
{
    char line[4096];
    struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
    if (token) {
        snprintf(line, sizeof line, "Authorization: Bearer %s", token);
        headers = curl_slist_append(headers, line);
    }
    if (content_type) {
        snprintf(line, sizeof line, "Content-Type: %s", content_type);
        headers = curl_slist_append(headers, line);
    }
    return headers;
}

void
house_http(house_t *self, answer_t *answer, const char *method, const char *path, const char *token,
           const char *content_type, slice_t body)
{
    char url[1024];
    snprintf(url, sizeof url, "http://127.0.0.1:%d%s", self->port, path);
    *answer = (answer_t){0};
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = s_headers(token, content_type);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, s_on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer->body);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, s_on_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, answer);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 600L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    if (body.data || strcmp(method, "POST") == 0) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data ? body.data : "");
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) body.size);
    }
    if (curl_easy_perform(curl) == CURLE_OK)
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer->status);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
}

void
answer_free(answer_t *answer)
{
    buffer_free(&answer->body);
}

static cJSON *
s_json(house_t *self, const char *method, const char *path, const char *body, long status)
{
    answer_t answer;
    house_http(self, &answer, method, path, self->token, body ? "application/json" : NULL,
               slice_from(body));
    if (answer.status != status)
        fail_msg("%s %s answered %ld, not %ld: %.*s", method, path, answer.status, status,
                 (int) answer.body.size, answer.body.data ? answer.body.data : "");
    cJSON *json = cJSON_ParseWithLength(answer.body.data, answer.body.size);
    if (json == NULL && answer.body.size)
        fail_msg("%s %s did not answer JSON: %s", method, path, answer.body.data);
    answer_free(&answer);
    return json;
}

cJSON *
house_get(house_t *self, const char *path, long status)
{
    return s_json(self, "GET", path, NULL, status);
}

cJSON *
house_post(house_t *self, const char *path, const char *body, long status)
{
    return s_json(self, "POST", path, body, status);
}

double
json_number(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    if (!cJSON_IsNumber(item))
        fail_msg("%s is missing or no number", name);
    return item->valuedouble;
}

const char *
json_text(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    if (!cJSON_IsString(item))
        fail_msg("%s is missing or no text", name);
    return item->valuestring;
}

/* ---- jobs ---- */

cJSON *
house_await(house_t *self, const char *job_id, const char *status, int seconds)
{
    char path[256];
    snprintf(path, sizeof path, "/api/batch/jobs/%s/status", job_id);
    int64_t until = clock_monotonic_ms() + seconds * 1000;
    double progress = 0, version = 0;
    for (;;) {
        answer_t answer;
        house_http(self, &answer, "GET", path, self->token, NULL, (slice_t){0});
        cJSON *json =
            answer.status == 200 ? cJSON_ParseWithLength(answer.body.data, answer.body.size) : NULL;
        long code = answer.status;
        answer_free(&answer);
        if (json) {
            assert_true(json_number(json, "progress") >= progress);
            assert_true(json_number(json, "version") >= version);
            progress = json_number(json, "progress");
            version = json_number(json, "version");
            if (strcmp(json_text(json, "status"), status) == 0)
                return json;
        } else if (code != 0 && code != 503) {
            fail_msg("%s answered %ld", path, code); /* down for a moment is no fault */
        }
        if (clock_monotonic_ms() > until)
            fail_msg("job %s is %s (progress %.3f), not %s, after %d s", job_id,
                     json ? json_text(json, "status") : "out of reach", progress, status, seconds);
        cJSON_Delete(json);
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    }
}

size_t
house_count_results(house_t *self, const char *job_id, size_t *failed)
{
    size_t count = 0, bad = 0;
    double row = -1;
    for (bool more = true; more;) {
        char path[256];
        snprintf(path, sizeof path, "/api/batch/jobs/%s/results?after=%.0f&limit=1000", job_id,
                 row);
        cJSON *page = house_get(self, path, 200);
        const cJSON *results = cJSON_GetObjectItemCaseSensitive(page, "results"), *result;
        more = false;
        cJSON_ArrayForEach(result, results)
        {
            assert_true(json_number(result, "row_id") > row);
            row = json_number(result, "row_id");
            count++;
            bad += strcmp(json_text(result, "status"), "failed") == 0;
            more = true;
        }
        cJSON_Delete(page);
    }
    if (failed)
        *failed = bad;
    return count;
}

void
house_write_documents(house_t *self, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/documents/doc-%zu.txt", self->directory, i);
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fprintf(file,
                "Solar panels turn sunlight into electricity. Report %zu compares panel prices, "
                "roof angles and battery storage for small houses in cold regions.\n",
                i);
        fclose(file);
    }
}

void
house_ndjson(buffer_t *out, const char *job_id, size_t count, size_t files)
{
    buffer_printf(out, "{\"job_id\":\"%s\",\"config\":{}}\n", job_id);
    for (size_t i = 0; i < count; i++)
        buffer_printf(out,
                      "{\"title\":\"Document %zu\",\"file_path\":\"doc-%zu.txt\","
                      "\"file_source_type\":\"local\"}\n",
                      i, i % files);
}
