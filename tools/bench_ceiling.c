/* The ceiling for documents a second: what PUSH, PULL and the disk allow when nothing is decided.
 *
 * One process sends small messages over ipc to another that sends them back, with a window of 64,
 * and keeps what comes back in SQLite: group commit, WAL, synchronous=FULL.
 * Prints messages a second, from the first send to the last commit. tools/bench compares.
 *
 * usage: tagmill-bench-ceiling DIRECTORY COUNT
 */
#include <czmq.h>
#include <sqlite3.h>
#include <sys/wait.h>

#include "base/clock.h"

enum { WINDOW = 64, BODY_SIZE = 150, BATCH_MOST = 4096 };

typedef struct {
    char directory[200];
    uint64_t count;
} ceiling_t;

static void *
s_socket(int type, const char *endpoint, bool bind)
{
    zsock_t *sock = zsock_new(type);
    void *handle = zsock_resolve(sock);
    int failed = bind ? zmq_bind(handle, endpoint) : zmq_connect(handle, endpoint);
    if (failed) {
        fprintf(stderr, "%s: %s\n", endpoint, zmq_strerror(zmq_errno()));
        exit(1);
    }
    return sock;
}

/* The other process: sends back what it gets. */
static void
s_echo(const ceiling_t *self, const char *there, const char *back)
{
    zsock_t *in = s_socket(ZMQ_PULL, there, false);
    zsock_t *out = s_socket(ZMQ_PUSH, back, false);
    zmq_msg_t message;
    zmq_msg_init(&message);
    for (uint64_t i = 0; i < self->count; i++) {
        zmq_msg_recv(&message, zsock_resolve(in), 0);
        zmq_msg_send(&message, zsock_resolve(out), 0);
    }
    zmq_msg_close(&message);
    zsock_destroy(&in);
    zsock_destroy(&out);
}

static void
s_sql(sqlite3 *db, const char *sql)
{
    char *error = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK) {
        fprintf(stderr, "%s: %s\n", sql, error);
        exit(1);
    }
}

static sqlite3 *
s_open_db(const ceiling_t *self, sqlite3_stmt **insert)
{
    char path[256];
    sqlite3 *db = NULL;
    snprintf(path, sizeof path, "%s/ceiling.db", self->directory);
    if (sqlite3_open(path, &db) != SQLITE_OK)
        exit(1);
    s_sql(db, "PRAGMA journal_mode=WAL");
    s_sql(db, "PRAGMA synchronous=FULL");
    s_sql(db, "CREATE TABLE result(job INTEGER, row INTEGER, body BLOB, PRIMARY KEY(job, row)) "
              "WITHOUT ROWID");
    sqlite3_prepare_v2(db, "INSERT INTO result VALUES(1, ?, ?)", -1, insert, NULL);
    return db;
}

static void
s_keep(sqlite3_stmt *insert, uint64_t row, zmq_msg_t *message)
{
    sqlite3_bind_int64(insert, 1, (sqlite3_int64) row);
    sqlite3_bind_blob(insert, 2, zmq_msg_data(message), (int) zmq_msg_size(message), SQLITE_STATIC);
    sqlite3_step(insert);
    sqlite3_reset(insert);
}

/* Group commit: everything that has come back goes into one transaction. A place in the window is
 * free again when its message is back, not when it is on disk. */
static int64_t
s_drive(const ceiling_t *self, const char *there, const char *back)
{
    zsock_t *out = s_socket(ZMQ_PUSH, there, true);
    zsock_t *in = s_socket(ZMQ_PULL, back, true);
    sqlite3_stmt *insert = NULL;
    sqlite3 *db = s_open_db(self, &insert);
    char body[BODY_SIZE];
    memset(body, 'x', sizeof body);
    int64_t started = clock_monotonic_ms();
    zmq_msg_t message;
    zmq_msg_init(&message);
    for (uint64_t sent = 0, got = 0; got < self->count;) {
        s_sql(db, "BEGIN IMMEDIATE");
        for (int flags = 0, batch = 0; got < self->count && batch < BATCH_MOST;
             flags = ZMQ_DONTWAIT, batch++) {
            for (; sent < self->count && sent - got < WINDOW; sent++)
                zmq_send(zsock_resolve(out), body, sizeof body, 0);
            if (zmq_msg_recv(&message, zsock_resolve(in), flags) < 0)
                break;
            s_keep(insert, got++, &message);
        }
        s_sql(db, "COMMIT");
    }
    int64_t took = clock_monotonic_ms() - started;
    zmq_msg_close(&message);
    sqlite3_finalize(insert);
    sqlite3_close(db);
    zsock_destroy(&out);
    zsock_destroy(&in);
    return took;
}

int
main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: tagmill-bench-ceiling DIRECTORY COUNT\n");
        return 2;
    }
    ceiling_t self = {.count = strtoull(argv[2], NULL, 10)};
    snprintf(self.directory, sizeof self.directory, "%s", argv[1]);
    char there[256], back[256];
    snprintf(there, sizeof there, "ipc://%s/there.ipc", self.directory);
    snprintf(back, sizeof back, "ipc://%s/back.ipc", self.directory);
    pid_t child = fork();
    if (child == 0) {
        s_echo(&self, there, back);
        zsys_shutdown();
        return 0;
    }
    int64_t took = s_drive(&self, there, back);
    waitpid(child, NULL, 0);
    printf("%.0f\n", (double) self.count * 1000.0 / (double) (took ? took : 1));
    zsys_shutdown();
    return 0;
}
