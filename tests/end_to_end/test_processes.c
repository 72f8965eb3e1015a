/* Several processes: a supervisor, two gateways, workers started by hand; and any of them killed.
 */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "tests/end_to_end/house.h"
#include "tests/support/cmocka_all.h"

typedef struct {
    house_t house;
    int second_port;
    pid_t supervisor, gateways[2], workers[2];
} town_t;

static const char *const s_supervisor_role[] = {"--role", "supervisor", NULL};
static const char *const s_gateway_role[] = {"--role", "gateway", NULL};

static void
s_start_supervisor(town_t *self)
{
    self->supervisor = house_start(&self->house, "tagmilld", s_supervisor_role, true);
}

static void
s_start_gateway(town_t *self, int which)
{
    int port = self->house.port;
    if (which == 1)
        self->house.port = self->second_port;
    self->gateways[which] = house_start(&self->house, "tagmilld", s_gateway_role, true);
    self->house.port = port;
}

static void
s_start_worker(town_t *self, int which)
{
    self->workers[which] = house_start(&self->house, "tagmill-worker", NULL, false);
}

static void
s_town_open(town_t *self, bool tcp)
{
    *self = (town_t){0};
    house_open(&self->house);
    self->second_port = house_free_port();
    house_set(&self->house, "workers/processes=0");
    house_set(&self->house, "workers/slots=2");
    if (tcp) {
        house_set(&self->house, "bus/control=tcp://127.0.0.1:%d", house_free_port());
        house_set(&self->house, "bus/library=tcp://127.0.0.1:%d", house_free_port());
        house_set(&self->house, "bus/sink=tcp://127.0.0.1:%d", house_free_port());
        int low = house_free_port();
        low = low > 60000 ? low - 2000 : low;
        house_set(&self->house, "bus/lanes=tcp://127.0.0.1:%d-%d", low, low + 200);
    }
    s_start_supervisor(self);
    s_start_gateway(self, 0);
    s_start_gateway(self, 1);
    s_start_worker(self, 0);
    s_start_worker(self, 1);
    house_await_ready(&self->house);
    self->house.token = house_token(&self->house, "alice");
}

static void
s_town_close(town_t *self)
{
    for (int i = 0; i < 2; i++) {
        assert_int_equal(house_stop(self->gateways[i], SIGTERM), 0);
        assert_int_equal(house_stop(self->workers[i], SIGTERM), 0);
    }
    assert_int_equal(house_stop(self->supervisor, SIGTERM), 0);
    house_close(&self->house);
}

static void
s_start_job(town_t *self, const char *job_id, size_t count, size_t files)
{
    buffer_t body = {0};
    house_ndjson(&body, job_id, count, files);
    answer_t answer;
    house_http(&self->house, &answer, "POST", "/api/batch/start", self->house.token,
               "application/x-ndjson", buffer_slice(&body));
    if (answer.status != 200)
        fail_msg("start answered %ld: %s", answer.status, answer.body.data);
    answer_free(&answer);
    buffer_free(&body);
}

static void
s_check_exactly_once(town_t *self, const char *job_id, size_t count)
{
    cJSON *job = house_await(&self->house, job_id, "completed", 600);
    assert_int_equal(json_number(job, "processed_count"), count);
    assert_int_equal(json_number(job, "failed_count"), 0);
    cJSON_Delete(job);
    size_t failed = 1;
    assert_int_equal(house_count_results(&self->house, job_id, &failed), count);
    assert_int_equal(failed, 0);
}

static void
s_two_gateways_serve_one_batch(bool tcp)
{
    town_t town;
    s_town_open(&town, tcp);
    size_t count = house_scale(1000, 10000);
    house_write_documents(&town.house, 50);
    s_start_job(&town, "shared", count, 50);
    double seen[2] = {0};
    int64_t until = clock_monotonic_ms() + 600000;
    for (int i = 0; seen[0] < 1 || seen[1] < 1; i++) {
        int port = town.house.port;
        if (i % 2)
            town.house.port = town.second_port;
        cJSON *job = house_get(&town.house, "/api/batch/jobs/shared/status", 200);
        town.house.port = port;
        assert_true(json_number(job, "progress") >= seen[i % 2]);
        seen[i % 2] = json_number(job, "progress");
        cJSON_Delete(job);
        assert_true(clock_monotonic_ms() < until);
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
    s_check_exactly_once(&town, "shared", count);
    s_town_close(&town);
}

static void
two_gateways_and_two_workers_over_ipc_finish_each_document_once(void **state)
{
    (void) state;
    s_two_gateways_serve_one_batch(false);
}

static void
two_gateways_and_two_workers_over_tcp_finish_each_document_once(void **state)
{
    (void) state;
    s_two_gateways_serve_one_batch(true);
}

static void
workers_come_and_go_while_a_job_runs(void **state)
{
    (void) state;
    town_t town;
    s_town_open(&town, false);
    house_write_documents(&town.house, 20);
    s_start_job(&town, "moving", 600, 20);
    assert_int_equal(house_stop(town.workers[0], SIGTERM), 0);
    s_start_worker(&town, 0);
    assert_int_equal(house_stop(town.workers[1], SIGTERM), 0);
    s_start_worker(&town, 1);
    s_check_exactly_once(&town, "moving", 600);
    s_town_close(&town);
}

/* The pid of an extract process of this worker, or 0. */
static pid_t
s_extract_of(pid_t worker)
{
    char path[64];
    buffer_t text = {0};
    pid_t found = 0;
    DIR *tasks = NULL;
    snprintf(path, sizeof path, "/proc/%d/task", (int) worker);
    tasks = opendir(path);
    for (struct dirent *entry = tasks ? readdir(tasks) : NULL; entry && !found;
         entry = readdir(tasks)) {
        char children[128];
        snprintf(children, sizeof children, "%s/%.20s/children", path, entry->d_name);
        buffer_clear(&text);
        if (entry->d_name[0] != '.' && file_read(children, 4096, &text, NULL) == STATUS_OK)
            found = (pid_t) strtol(text.size ? text.data : "0", NULL, 10);
    }
    if (tasks)
        closedir(tasks);
    buffer_free(&text);
    return found;
}

static void
s_kill_one(town_t *self, int which)
{
    switch (which % 4) {
    case 0:
        house_stop(self->supervisor, SIGKILL);
        s_start_supervisor(self);
        break;
    case 1:
        house_stop(self->workers[which / 4 % 2], SIGKILL);
        s_start_worker(self, which / 4 % 2);
        break;
    case 2:
        house_stop(self->gateways[0], SIGKILL);
        s_start_gateway(self, 0);
        break;
    default: {
        pid_t extract = s_extract_of(self->workers[which / 4 % 2]);
        if (extract)
            kill(extract, SIGKILL);
    }
    }
}

static void
killing_any_process_loses_nothing_and_doubles_nothing(void **state)
{
    (void) state;
    town_t town;
    s_town_open(&town, false);
    size_t count = house_scale(800, 2000);
    house_write_documents(&town.house, 40);
    s_start_job(&town, "hunted", count, 40);
    double progress = 0;
    size_t next_at = count / 14;
    int kills = 0;
    int64_t until = clock_monotonic_ms() + 300000;
    while (kills < 10 && progress < 1 && clock_monotonic_ms() < until) {
        answer_t answer;
        house_http(&town.house, &answer, "GET", "/api/batch/jobs/hunted/status", town.house.token,
                   NULL, (slice_t){0});
        if (answer.status == 200) {
            cJSON *job = cJSON_ParseWithLength(answer.body.data, answer.body.size);
            assert_true(json_number(job, "progress") >= progress);
            progress = json_number(job, "progress");
            if (json_number(job, "results_count") >= (double) next_at) {
                s_kill_one(&town, kills++);
                next_at += count / 14;
            }
            cJSON_Delete(job);
        } else {
            assert_true(answer.status == 503 || answer.status == 0);
        }
        answer_free(&answer);
        nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    }
    assert_int_equal(kills, 10);
    s_check_exactly_once(&town, "hunted", count);
    s_town_close(&town);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_gateways_and_two_workers_over_ipc_finish_each_document_once),
        cmocka_unit_test(two_gateways_and_two_workers_over_tcp_finish_each_document_once),
        cmocka_unit_test(workers_come_and_go_while_a_job_runs),
        cmocka_unit_test(killing_any_process_loses_nothing_and_doubles_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
