/* A deterministic simulation of the whole control plane.
 *
 * One seed makes one world: a clock, a network that delays, drops and repeats, a journal with group
 * commit, a loader, workers that lie and die, clients with random programs, and a process that is
 * killed between any two effects. Everything that is random is drawn from the seed in the order of
 * events, so a seed replays exactly. What may never be is checked when it would be told
 * (sim_watch), and when it would be written (sim_store); the first breach ends the run.
 *
 * Links keep their order, as sockets do; different links overtake each other. What is in the killed
 * process dies with it (journal, loader, publisher); what was sent to others may still come.
 */
#ifndef TAGMILL_TESTS_SIMULATION_SIM_H
#define TAGMILL_TESTS_SIMULATION_SIM_H

#include <stdbool.h>
#include <stdint.h>

#include "actors/backoff.h"
#include "actors/control.h"
#include "base/heap.h"
#include "base/vocabulary.h"
#include "messages/message.h"

enum {
    SIM_PROVIDERS = 2,
    SIM_WORKERS = 3,
    SIM_CLIENTS = 3,
    SIM_SLOTS_MOST = 4,
    SIM_HEARTBEAT_MS = 3000,
    SIM_SILENCE_MS = 10000,
    SIM_WORK_MS = 30000,
    SIM_CALM_STEPS_MOST = 20000 /* by then, without faults, everything must have ended */
};

typedef struct sim sim_t;

/* ---- events ---- */

typedef enum {
    EVENT_FRAME,       /* a frame comes to the control plane */
    EVENT_LANE,        /* a frame comes to a worker on its lane */
    EVENT_REPLY,       /* a frame comes to a worker on its control socket */
    EVENT_LANE_FAILED, /* a lane turns out to be unusable */
    EVENT_COMMIT,      /* the journal's transaction is on disk */
    EVENT_LOAD,        /* the loader reads the store */
    EVENT_STORE,       /* the store fails, or works again */
    EVENT_AUDIENCE,    /* a subscriber comes or goes */
    EVENT_CLIENT,      /* a client does something */
    EVENT_WORKER_BEAT, /* a worker's own clock */
    EVENT_WORKER_DONE, /* a worker has finished a document */
    EVENT_WORKER_BORN, /* a worker process starts */
    EVENT_START        /* the killed process starts again */
} sim_event_kind_t;

typedef struct {
    heap_node_t node; /* key: when; order: as posted */
    sim_event_kind_t kind;
    origin_t origin;    /* FRAME */
    uint32_t who;       /* a worker's or client's index */
    uint32_t worker_no; /* LANE: whose lane; LANE_FAILED */
    uint64_t epoch;     /* LANE: under which run */
    uint64_t stamp;     /* what it belongs to (run, generation, lease): dropped when that is over */
    route_t route;      /* FRAME from the control socket */
    size_t size;
    char frame[];
} sim_event_t;

/* ---- what stands on disk, and what has been told of it ---- */

typedef struct {
    bool present, has_result, had_result; /* had: before a retry, too */
    uint8_t attempts, losses, error_type;
    uint64_t lease, lease_run; /* the last WORK of it */
    uint64_t result_run;       /* the run that decided its result; 0: none */
    uint32_t client, start_no; /* whose start it came with */
} sim_doc_t;

typedef enum { SIM_STAGED, SIM_CREATED, SIM_GARBAGE } sim_phase_t;

typedef struct {
    uint64_t job_no;
    sim_phase_t phase;
    sim_doc_t *docs;
    uint32_t doc_count;
    buffer_t frame;                /* its ENTRY_CREATE */
    message_entry_create_t create; /* slices into `frame` */
    job_state_t state;
    uint32_t processed, failed;
    uint64_t version;
    uint64_t tokens_in, cost_nano; /* of all attempts that are on disk */
    int64_t started_at, finished_at;
    char error[DETAIL_MAX + 1];

    uint32_t kept[JOB_COMMAND_COUNT]; /* commands that are on disk */
    uint32_t told[JOB_COMMAND_COUNT]; /* commands that were answered with 2xx */
    uint32_t states_kept;             /* a bit for each state that was ever on disk */
    uint32_t processed_most, failed_most;
    uint64_t revived_above; /* versions above this are of after the last retry */
    uint64_t told_version;  /* the highest that anybody saw, and what it said */
    uint32_t told_processed, told_failed;
    uint8_t told_state;
    uint64_t seq, seq_run;  /* the last published, and in which run */
    uint64_t seq_listening; /* under which audience; 0: not all before it was decided under one */
    uint64_t resumed_order; /* when the last resume came to the control plane */
    bool pause_told;        /* no WORK may be sent */
} sim_job_t;

typedef struct {
    sim_job_t **jobs;
    size_t count, capacity;
    uint64_t next_job_no;
} sim_store_t;

typedef struct {
    buffer_t *pending; /* entries that are not on disk, oldest first */
    size_t count, capacity;
    uint64_t last_entry; /* of this run, received */
    bool busy;           /* a COMMIT is posted */
    bool down;           /* commits fail */
    int64_t link_ms;     /* its link to the control plane keeps order */
    int64_t loader_link_ms;
} sim_journal_t;

/* ---- those outside ---- */

typedef struct {
    uint32_t worker_no;
    uint32_t who;
    uint64_t generation; /* of the worker that it leads to */
    uint64_t seq;        /* of the last WORK */
    bool open;
    int64_t link_ms;
    uint64_t *briefs;
    size_t brief_count;
} sim_lane_t;

typedef struct {
    uint64_t lease, job_no, serial;
    uint32_t row;
    uint32_t retry_after_ms; /* of its DONE */
} sim_task_t;

typedef struct {
    bool alive, welcome, retiring;
    uint64_t generation; /* grows with each birth and each new beginning */
    char name[16];
    route_t route;
    uint32_t worker_no;
    uint64_t epoch;
    uint16_t slots;
    uint64_t heard;
    int64_t lane_heard_ms;
    sim_task_t tasks[SIM_SLOTS_MOST];
    size_t task_count;
    uint64_t briefs[64];
    size_t brief_count;
    int64_t sink_link_ms, control_link_ms;
} sim_worker_t;

typedef struct {
    uint16_t number; /* of the message */
    uint8_t command;
    const char *job_id;
    uint32_t sent, came, answered; /* copies */
    uint64_t run;                  /* to which the last copy came */
    uint64_t order;                /* when */
} sim_request_t;

typedef struct {
    const char *owner;
    route_t route;
    sim_request_t *requests; /* by number, from 1 */
    size_t request_count, request_capacity;
    uint32_t start_count;  /* names its intakes, too */
    uint32_t *rows_stored; /* by start, from 1: on disk */
    uint64_t known_version;
    int64_t link_ms;
} sim_client_t;

/* Who serves the model m1, m2: requests beyond its rate are refused (a bucket). */
typedef struct {
    double rate; /* a second */
    double size;
    double tokens;
    int64_t filled_ms;
    bool says_when; /* with Retry-After, in whole seconds */
} sim_provider_t;

/* Which faults this world has, in thousandths: some seeds have none of a kind, some many. */
typedef struct {
    uint32_t crash, net_drop, net_repeat, slow, worker_death, worker_lie, lane_failure;
    uint32_t store_down, load_failure, error_passing, error_permanent, error_auth, rate_limit;
    uint32_t audience, stuck;
} sim_weather_t;

struct sim {
    uint64_t seed;
    dice_t dice;
    sim_weather_t weather;
    bool calm; /* no faults any more */
    int64_t now_ms;
    uint64_t order;
    heap_t events;
    control_t *control; /* NULL: killed */
    uint64_t run, epoch, last_lease, last_serial;
    uint64_t audience_entry;        /* entries up to here may be told without a PUBLISH */
    uint64_t listening;             /* grows when the audience changes */
    uint64_t committing, committed; /* the last two COMMITTED of this run */
    bool audience;
    effects_t effects;
    sim_store_t store;
    sim_journal_t journal;
    sim_worker_t workers[SIM_WORKERS];
    sim_client_t clients[SIM_CLIENTS];
    sim_provider_t providers[SIM_PROVIDERS];
    sim_lane_t *lanes;
    size_t lane_count, lane_capacity;
    bool trace;
    uint64_t hash; /* of everything that happened */
    uint64_t steps, handled, results, crashes;
};

/* ---- sim_world.c ---- */

sim_t *sim_new(uint64_t seed, bool trace);
void sim_destroy(sim_t **self_p);

/* Runs `steps` events with faults, then without until all is done. A breach ends the process. */
void sim_run(sim_t *self, uint64_t steps);

/* Posts an event (takes it). */
void sim_post(sim_t *self, sim_event_t *event, int64_t at_ms);

/* Returns owned: an event with a copy of the frame. */
sim_event_t *sim_event_new(sim_event_kind_t kind, uint32_t who, uint64_t stamp, slice_t frame);

/* Draws: 0 to count - 1; true in `thousandths` of a thousand; the same but never when calm. */
uint32_t sim_pick(sim_t *self, uint32_t count);
bool sim_chance(sim_t *self, uint32_t thousandths);
bool sim_fault(sim_t *self, uint32_t thousandths);

/* When a frame that is sent now arrives on a link that keeps its order. */
int64_t sim_arrival(sim_t *self, int64_t *link_ms);

/* ---- sim_store.c ---- */

/* Carries out an entry. OUTCOME goes into `outcome` when it has one. */
void sim_store_apply(sim_t *self, slice_t entry, buffer_t *outcome);
sim_job_t *sim_store_find(sim_t *self, uint64_t job_no);
sim_job_t *sim_store_find_id(sim_t *self, slice_t owner, slice_t job_id);
void sim_store_record(const sim_job_t *job, buffer_t *out);
void sim_store_free(sim_t *self);

/* ---- sim_journal.c: the journal and the loader ---- */

void sim_journal_take(sim_t *self, slice_t entry);
void sim_journal_commit(sim_t *self);
void sim_journal_toggle(sim_t *self);
void sim_journal_recover(sim_t *self);
void sim_journal_lose(sim_t *self);
void sim_loader_take(sim_t *self, slice_t frame);
void sim_loader_read(sim_t *self, const sim_event_t *event);
void sim_audience_toggle(sim_t *self);

/* ---- sim_worker.c ---- */

void sim_worker_born(sim_t *self, uint32_t who);
void sim_worker_beat(sim_t *self, const sim_event_t *event);
void sim_worker_finish(sim_t *self, const sim_event_t *event);
void sim_worker_lane(sim_t *self, const sim_event_t *event);
void sim_worker_reply(sim_t *self, const sim_event_t *event);
void sim_provider_open(sim_t *self);
uint32_t sim_worker_of(const sim_t *self, const route_t *route); /* SIM_WORKERS: nobody's */

/* ---- sim_client.c ---- */

void sim_client_open(sim_t *self);
void sim_client_act(sim_t *self, uint32_t who);
void sim_client_free(sim_t *self);
uint32_t sim_client_of(const sim_t *self, const route_t *route); /* SIM_CLIENTS: nobody's */

/* ---- sim_lane.c: what the supervisor does with lanes ---- */

void sim_lane_open(sim_t *self, uint32_t worker_no, const route_t *route, slice_t welcome);
void sim_lane_close(sim_t *self, uint32_t worker_no);
void sim_lane_send(sim_t *self, uint32_t worker_no, slice_t frame);
void sim_lane_free(sim_t *self);

/* ---- sim_watch.c: what may never be ---- */

void sim_watch_came(sim_t *self, const sim_event_t *event); /* before it is handled */
void sim_watch_reply(sim_t *self, const route_t *route, slice_t frame);
void sim_watch_publish(sim_t *self, slice_t frame);
void sim_watch_work(sim_t *self, slice_t frame);
void sim_watch_entry(sim_t *self, slice_t frame);
void sim_watch_crash(sim_t *self);
void sim_watch_end(sim_t *self);

/* ---- sim_trace.c ---- */

/* Hashes what happened, and prints it when this run is traced. */
void sim_trace(sim_t *self, const char *what, uint32_t who, slice_t frame);

/* Says what was breached and ends the process with 1. */
void sim_fail(sim_t *self, const char *format, ...) __attribute__((format(printf, 2, 3), noreturn));

#endif
