/* Every message that crosses a socket between our threads and processes, defined once.
 *
 * MESSAGE(symbol, name, number, direction, sentence) with its fields in <symbol>_FIELDS(F).
 * RECORD(symbol, name, sentence): a run of fields inside a BYTES field of a message, one after
 * another.
 * Fields: U8 U16 U32 U64 I32 I64 (name, 0, sentence); TEXT and BYTES (name, most bytes, sentence).
 *
 * On the wire a frame is 'T', version 2, the number (16 bits), then the fields in order. Integers
 * are little-endian; TEXT and BYTES are a 32-bit length and that many bytes. Numbers are never
 * used again and a message's fields are only changed together with the version.
 * Times are milliseconds since 1970 UTC, 0 where not known. `request` is the asker's own number for
 * a question and comes back in its answer. `entry` numbers what the journal is given, from 1.
 */
#ifndef TAGMILL_MESSAGES_TABLE_H
#define TAGMILL_MESSAGES_TABLE_H

/* clang-format off */
enum {
    OWNER_MAX = 255,             /* bytes of a user's name (a token's sub) */
    JOB_ID_MAX = 128,
    MODEL_NAME_MAX = 200,
    API_KEY_MAX = 512,
    LIMIT_NAME_MAX = 96,
    LANGUAGE_MAX = 8,
    URL_MAX = 8192,              /* file_path, callback_url */
    TITLE_MAX = 4096,
    DESCRIPTION_MAX = 65536,
    COLUMNS_MAX = 65536,         /* JSON of a document's further columns, of the columns' names */
    EXCLUSIONS_MAX = 65536,
    TAGS_MAX = 16384,            /* JSON array of strings */
    METADATA_MAX = 4096,         /* JSON object */
    DETAIL_MAX = 512,
    ENDPOINT_MAX = 256,
    WORKER_NAME_MAX = 64,
    BATCH_BYTES_MAX = 786432     /* records in one message; a frame stays below 1 MiB */
};

/* A key is in a message on its way between our own processes and threads, and nowhere else: no log,
 * no answer and no progress shows one, and on disk it is sealed. */
#define JOB_CONFIG_FIELDS(F) \
    F(TEXT, model_name, MODEL_NAME_MAX, "the tagger or model") \
    F(U8, page_limit, 0, "pages read, 1 to 10") \
    F(U8, tag_limit, 0, "tags wanted, 3 to 15") \
    F(TEXT, language, LANGUAGE_MAX, "ISO 639-1; empty: detected") \
    F(I32, priority, 0, "-10 to 10, the highest first") \
    F(U8, max_attempts, 0, "attempts at one document, 1 to 10") \
    F(TEXT, callback_url, URL_MAX, "told when the job ends; empty: nobody") \
    F(TEXT, exclusions, EXCLUSIONS_MAX, "forbidden words and phrases, one a line") \
    F(U8, may_fall_back, 0, "1: what the model cannot do gets offline tags") \
    F(TEXT, api_key, API_KEY_MAX, "the job's own key for its model; empty: none")

#define SPENT_FIELDS(F) \
    F(U64, tokens_in, 0, "tokens that were sent to a model") \
    F(U64, tokens_out, 0, "tokens that came back") \
    F(U64, cost_nano, 0, "what they cost, in billionths of the currency unit")

/* ---- records ---- */

#define DOCUMENT_FIELDS(F) \
    F(U32, row, 0, "0-based place in the job") \
    F(U8, attempts, 0, "attempts that failed so far") \
    F(U8, losses, 0, "times a worker was lost with it") \
    F(U8, source, 0, "source_type_t") \
    F(TEXT, path, URL_MAX, "file_path") \
    F(TEXT, title, TITLE_MAX, "title, as given or the file's name") \
    F(TEXT, description, DESCRIPTION_MAX, "may be empty") \
    F(TEXT, publishing_date, 256, "as given; may be empty") \
    F(TEXT, file_size, 64, "as given; may be empty") \
    F(TEXT, columns, COLUMNS_MAX, "JSON object of the columns that no field took; may be empty")

#define RESULT_FIELDS(F) \
    F(U32, row, 0, "0-based place in the job") \
    F(U8, attempts, 0, "attempts that were made") \
    F(U8, error_type, 0, "error_type_t; 0: tagged") \
    F(TEXT, error, DETAIL_MAX, "a sentence; empty when tagged") \
    F(TEXT, tags, TAGS_MAX, "JSON array of strings") \
    F(TEXT, model_name, MODEL_NAME_MAX, "what made the tags") \
    F(TEXT, metadata, METADATA_MAX, "JSON object") \
    F(U8, source, 0, "source_type_t") \
    F(TEXT, path, URL_MAX, "file_path") \
    F(TEXT, title, TITLE_MAX, "title") \
    F(TEXT, description, DESCRIPTION_MAX, "may be empty") \
    F(TEXT, publishing_date, 256, "may be empty") \
    F(TEXT, file_size, 64, "may be empty") \
    F(TEXT, columns, COLUMNS_MAX, "JSON object; may be empty")

#define JOB_FIELDS(F) \
    F(U64, job_no, 0, "the service's own number, growing with age") \
    F(TEXT, job_id, JOB_ID_MAX, "unique per user") \
    F(U8, state, 0, "job_state_t") \
    F(U32, total, 0, "documents") \
    F(U32, processed, 0, "documents tagged") \
    F(U32, failed, 0, "documents given up") \
    F(U32, in_flight, 0, "being worked on now") \
    F(U32, retrying, 0, "waiting for another attempt") \
    F(I64, created_at, 0, "time") \
    F(I64, started_at, 0, "time of the first document's beginning") \
    F(I64, finished_at, 0, "time") \
    F(TEXT, error, DETAIL_MAX, "why the job failed") \
    F(U64, version, 0, "grows with every change") \
    F(U32, poll_after_ms, 0, "when asking again is worth it") \
    F(I64, eta_seconds, 0, "estimate; -1: none") \
    F(I64, throttled_until, 0, "time; 0: not throttled") \
    SPENT_FIELDS(F)

#define STORED_JOB_FIELDS(F) \
    F(U64, job_no, 0, "the service's own number") \
    F(TEXT, owner, OWNER_MAX, "user") \
    F(TEXT, job_id, JOB_ID_MAX, "unique per user") \
    F(U8, state, 0, "job_state_t") \
    F(U32, total, 0, "documents") \
    F(U32, processed, 0, "documents tagged") \
    F(U32, failed, 0, "documents given up") \
    F(U64, version, 0, "the last that was committed") \
    F(I64, created_at, 0, "time") \
    F(I64, started_at, 0, "time") \
    F(I64, finished_at, 0, "time") \
    F(TEXT, error, DETAIL_MAX, "why the job failed") \
    SPENT_FIELDS(F) \
    F(TEXT, limit_name, LIMIT_NAME_MAX, "names the rate limit that it shares, of a provider and a key; empty: none") \
    JOB_CONFIG_FIELDS(F)

#define PATH_FIELDS(F) \
    F(U8, source, 0, "source_type_t") \
    F(TEXT, path, URL_MAX, "what is to be checked")

#define PATH_CHECK_FIELDS(F) \
    F(TEXT, path, URL_MAX, "what was checked") \
    F(U8, error_type, 0, "error_type_t; 0: it can be read") \
    F(TEXT, error, DETAIL_MAX, "a sentence; empty when it can be read") \
    F(TEXT, content_type, 256, "as the server says or the name suggests; may be empty") \
    F(I64, size, 0, "bytes; -1: not known")

#define MESSAGE_RECORDS(RECORD) \
    RECORD(DOCUMENT, document, "A document of a job, as the start request gave it.") \
    RECORD(RESULT, result, "A document with what became of it.") \
    RECORD(JOB, job, "A job as a client sees it.") \
    RECORD(STORED_JOB, stored_job, "A job as the store keeps it.") \
    RECORD(PATH, path, "A path whose reach is to be checked.") \
    RECORD(PATH_CHECK, path_check, "Whether a path can be read.")

/* ---- gateway to supervisor, and back ---- */

#define START_OPEN_FIELDS(F) \
    F(U64, request, 0, "the asker's number") \
    F(U64, intake, 0, "names this start among all of this asker's") \
    F(TEXT, owner, OWNER_MAX, "user") \
    F(TEXT, job_id, JOB_ID_MAX, "the client's, or made by the gateway") \
    JOB_CONFIG_FIELDS(F)

#define START_CHUNK_FIELDS(F) \
    F(U64, request, 0, "the asker's number") \
    F(U64, intake, 0, "which start") \
    F(U32, first_row, 0, "row of the first document") \
    F(U32, count, 0, "documents") \
    F(BYTES, documents, BATCH_BYTES_MAX, "DOCUMENT records")

#define START_CLOSE_FIELDS(F) \
    F(U64, request, 0, "the asker's number") \
    F(U64, intake, 0, "which start") \
    F(U32, total, 0, "documents in all") \
    F(BYTES, digest, 32, "BLAKE2b of what was asked, to tell a repeat from another body") \
    F(TEXT, columns, COLUMNS_MAX, "JSON array: the input's columns in order") \
    F(TEXT, mapping, COLUMNS_MAX, "JSON object: column to field")

#define START_ABORT_FIELDS(F) \
    F(U64, intake, 0, "which start is off")

#define JOB_COMMAND_FIELDS(F) \
    F(U64, request, 0, "the asker's number") \
    F(TEXT, owner, OWNER_MAX, "user") \
    F(TEXT, job_id, JOB_ID_MAX, "which job") \
    F(U8, command, 0, "job_command_t") \
    F(TEXT, api_key, API_KEY_MAX, "for a retry: the key to go on with; empty: none")

#define JOB_STATUS_FIELDS(F) \
    F(U64, request, 0, "the asker's number") \
    F(TEXT, owner, OWNER_MAX, "user") \
    F(TEXT, job_id, JOB_ID_MAX, "which job") \
    F(U32, wait_ms, 0, "how long the answer may wait for a version above `above`; 0: at once") \
    F(U64, above, 0, "the version that the asker knows")

#define ACTIVE_LIST_FIELDS(F) \
    F(U64, request, 0, "the asker's number") \
    F(TEXT, owner, OWNER_MAX, "user") \
    F(U64, before, 0, "jobs with a lower job_no only; 0: from the newest") \
    F(U16, limit, 0, "jobs wanted, 1 to 1000")

#define PING_FIELDS(F) \
    F(U64, request, 0, "the asker's number")

#define CHUNK_STORED_FIELDS(F) \
    F(U64, request, 0, "of the START_CHUNK") \
    F(U64, intake, 0, "which start") \
    F(U32, rows, 0, "documents stored so far")

#define STARTED_FIELDS(F) \
    F(U64, request, 0, "of the START_CLOSE") \
    F(TEXT, job_id, JOB_ID_MAX, "the job") \
    F(U32, total, 0, "its documents") \
    F(U8, repeated, 0, "1: it was started by an earlier request with the same body")

#define REFUSED_FIELDS(F) \
    F(U64, request, 0, "of the question") \
    F(U16, status, 0, "status_t") \
    F(TEXT, detail, DETAIL_MAX, "a sentence")

#define COMMAND_DONE_FIELDS(F) \
    F(U64, request, 0, "of the JOB_COMMAND") \
    F(U8, command, 0, "job_command_t") \
    F(U8, state, 0, "job_state_t after it") \
    F(U32, retried, 0, "documents put back to work by a retry")

#define JOB_VIEW_FIELDS(F) \
    F(U64, request, 0, "of the question") \
    F(BYTES, job, 16384, "one JOB record")

#define ACTIVE_PAGE_FIELDS(F) \
    F(U64, request, 0, "of the ACTIVE_LIST") \
    F(U64, next, 0, "`before` for the next page; 0: this was the last") \
    F(BYTES, jobs, BATCH_BYTES_MAX, "JOB records, newest first")

#define PONG_FIELDS(F) \
    F(U64, request, 0, "of the PING") \
    F(U8, store_ok, 0, "1: commits succeed") \
    F(U32, workers, 0, "workers registered") \
    F(U32, slots, 0, "their slots") \
    F(U32, active_jobs, 0, "jobs that are not final")

/* ---- gateway to librarian, and back ---- */

#define FIND_JOB_FIELDS(F) \
    F(U64, request, 0, "the asker's number") \
    F(TEXT, owner, OWNER_MAX, "user") \
    F(TEXT, job_id, JOB_ID_MAX, "which job")

#define READ_RESULTS_FIELDS(F) \
    F(U64, request, 0, "the asker's number") \
    F(TEXT, owner, OWNER_MAX, "user") \
    F(TEXT, job_id, JOB_ID_MAX, "which job") \
    F(I64, after, 0, "rows above this only; -1: from the first") \
    F(U16, limit, 0, "results wanted, 1 to 1000") \
    F(U8, filter, 0, "0 all, 1 tagged, 2 failed")

#define RESULTS_PAGE_FIELDS(F) \
    F(U64, request, 0, "of the READ_RESULTS") \
    F(U16, count, 0, "records here; may be fewer than asked for when they are large") \
    F(U8, more, 0, "1: there were further ones when this was read") \
    F(BYTES, results, BATCH_BYTES_MAX, "RESULT records by row")

#define READ_COLUMNS_FIELDS(F) \
    F(U64, request, 0, "the asker's number") \
    F(TEXT, owner, OWNER_MAX, "user") \
    F(TEXT, job_id, JOB_ID_MAX, "which job")

#define COLUMNS_FIELDS(F) \
    F(U64, request, 0, "of the READ_COLUMNS") \
    F(TEXT, columns, COLUMNS_MAX, "JSON array: the input's columns in order") \
    F(TEXT, mapping, COLUMNS_MAX, "JSON object: column to field")

#define CHECK_PATHS_FIELDS(F) \
    F(U64, request, 0, "the asker's number") \
    F(BYTES, paths, BATCH_BYTES_MAX, "PATH records")

#define PATHS_CHECKED_FIELDS(F) \
    F(U64, request, 0, "of the CHECK_PATHS") \
    F(BYTES, checks, BATCH_BYTES_MAX, "PATH_CHECK records in the order asked")

/* ---- supervisor to its loader (a librarian of its own), and back ---- */

#define LOAD_WINDOW_FIELDS(F) \
    F(U64, job_no, 0, "which job") \
    F(U32, load, 0, "the asker's number of this load") \
    F(U32, from_row, 0, "the first row that may be wanted") \
    F(U32, limit, 0, "documents wanted")

#define WINDOW_FIELDS(F) \
    F(U64, job_no, 0, "which job") \
    F(U32, load, 0, "of the LOAD_WINDOW") \
    F(U8, ok, 0, "0: the store could not be read; ask again later") \
    F(U32, next_row, 0, "where the next load goes on") \
    F(U8, last, 0, "1: no document without a result stands at or after next_row") \
    F(BYTES, documents, BATCH_BYTES_MAX, "DOCUMENT records without a result, by row")

/* ---- supervisor to journal, and back ---- */

#define ENTRY_STAGE_FIELDS(F) \
    F(U64, entry, 0, "place in the journal") \
    F(U64, job_no, 0, "the job to be") \
    F(U32, first_row, 0, "row of the first document") \
    F(U32, count, 0, "documents") \
    F(BYTES, documents, BATCH_BYTES_MAX, "DOCUMENT records")

#define ENTRY_DISCARD_FIELDS(F) \
    F(U64, entry, 0, "place in the journal") \
    F(U64, job_no, 0, "the job that will not be")

#define ENTRY_CREATE_FIELDS(F) \
    F(U64, entry, 0, "place in the journal") \
    F(U64, job_no, 0, "the staged job") \
    F(TEXT, owner, OWNER_MAX, "user") \
    F(TEXT, job_id, JOB_ID_MAX, "unique per user") \
    F(U32, total, 0, "documents") \
    F(I64, created_at, 0, "time") \
    F(BYTES, digest, 32, "of the request") \
    F(TEXT, columns, COLUMNS_MAX, "JSON array") \
    F(TEXT, mapping, COLUMNS_MAX, "JSON object") \
    JOB_CONFIG_FIELDS(F)

#define ENTRY_RESULT_FIELDS(F) \
    F(U64, entry, 0, "place in the journal") \
    F(U64, job_no, 0, "which job") \
    F(U32, row, 0, "which document") \
    F(U64, version, 0, "the job's, when this was decided") \
    F(U8, attempts, 0, "attempts that were made") \
    F(U8, error_type, 0, "error_type_t; 0: tagged") \
    F(TEXT, error, DETAIL_MAX, "a sentence") \
    F(TEXT, tags, TAGS_MAX, "JSON array") \
    F(TEXT, model_name, MODEL_NAME_MAX, "what made the tags") \
    F(TEXT, metadata, METADATA_MAX, "JSON object") \
    SPENT_FIELDS(F)

#define ENTRY_ATTEMPT_FIELDS(F) \
    F(U64, entry, 0, "place in the journal") \
    F(U64, job_no, 0, "which job") \
    F(U32, row, 0, "which document") \
    F(U8, attempts, 0, "attempts that failed so far") \
    F(U8, losses, 0, "times a worker was lost with it") \
    SPENT_FIELDS(F)

#define ENTRY_STATE_FIELDS(F) \
    F(U64, entry, 0, "place in the journal") \
    F(U64, job_no, 0, "which job") \
    F(U8, state, 0, "job_state_t") \
    F(U64, version, 0, "the job's") \
    F(I64, started_at, 0, "time") \
    F(I64, finished_at, 0, "time") \
    F(TEXT, error, DETAIL_MAX, "why the job failed")

#define ENTRY_REVIVE_FIELDS(F) \
    F(U64, entry, 0, "place in the journal") \
    F(TEXT, owner, OWNER_MAX, "user") \
    F(TEXT, job_id, JOB_ID_MAX, "a completed or failed job whose failed documents go back to work") \
    F(TEXT, api_key, API_KEY_MAX, "to go on with; empty: none")

#define COMMITTED_FIELDS(F) \
    F(U64, through, 0, "every entry up to this one is on disk")

#define OUTCOME_FIELDS(F) \
    F(U64, entry, 0, "an ENTRY_CREATE or ENTRY_REVIVE; comes before the COMMITTED that covers it") \
    F(U8, outcome, 0, "outcome_kind_t") \
    F(U32, retried, 0, "documents put back to work") \
    F(BYTES, job, 131072, "one STORED_JOB record: the job made, found or revived; else empty")

#define STORE_STATE_FIELDS(F) \
    F(U8, ok, 0, "1: commits succeed again; 0: they fail") \
    F(TEXT, detail, DETAIL_MAX, "why they fail")

#define RECOVERED_FIELDS(F) \
    F(BYTES, job, 131072, "one STORED_JOB record of a job that is not final")

#define RECOVERY_DONE_FIELDS(F) \
    F(U64, next_job_no, 0, "the first number that no job has had")

/* ---- worker and supervisor ---- */

#define HELLO_FIELDS(F) \
    F(TEXT, worker, WORKER_NAME_MAX, "a name that no other worker process has") \
    F(U16, slots, 0, "documents that it works on at once") \
    F(TEXT, version, 32, "of the program")

#define WELCOME_FIELDS(F) \
    F(TEXT, worker, WORKER_NAME_MAX, "who is welcome") \
    F(U32, worker_no, 0, "its number under this supervisor") \
    F(U64, epoch, 0, "names this run of the supervisor") \
    F(TEXT, lane, ENDPOINT_MAX, "where its PULL connects") \
    F(TEXT, sink, ENDPOINT_MAX, "where its PUSH connects") \
    F(U32, heartbeat_ms, 0, "how often to tell that it lives") \
    F(U32, silence_ms, 0, "how long a silence means death")

#define BRIEF_FIELDS(F) \
    F(U64, job_no, 0, "which job") \
    JOB_CONFIG_FIELDS(F)

#define WORK_FIELDS(F) \
    F(U64, lane_seq, 0, "from 1 on this lane, without holes") \
    F(U64, lease, 0, "names this dispatch") \
    F(U64, job_no, 0, "which job; its BRIEF came before on this lane") \
    F(U32, row, 0, "which document") \
    F(U8, attempt, 0, "from 1") \
    F(U8, source, 0, "source_type_t") \
    F(TEXT, path, URL_MAX, "file_path") \
    F(TEXT, title, TITLE_MAX, "title") \
    F(TEXT, description, DESCRIPTION_MAX, "may be empty")

#define DROP_FIELDS(F) \
    F(U64, job_no, 0, "stop its documents and forget its brief")

#define LANE_PING_FIELDS(F) \
    F(U64, epoch, 0, "of this run of the supervisor") \
    F(U32, worker_no, 0, "whose lane this is")

#define DONE_FIELDS(F) \
    F(U32, worker_no, 0, "who") \
    F(U64, epoch, 0, "under which run of the supervisor") \
    F(U64, lease, 0, "of the WORK") \
    F(U64, job_no, 0, "which job") \
    F(U32, row, 0, "which document") \
    F(U8, error_type, 0, "error_type_t; 0: tagged") \
    F(U32, retry_after_ms, 0, "where a server asked for it") \
    F(TEXT, error, DETAIL_MAX, "a sentence") \
    F(TEXT, tags, TAGS_MAX, "JSON array") \
    F(TEXT, model_name, MODEL_NAME_MAX, "what made the tags") \
    F(TEXT, metadata, METADATA_MAX, "JSON object") \
    F(U8, is_hopeless, 0, "1: the error would meet every document of the job, which fails by it") \
    SPENT_FIELDS(F)

#define HEARTBEAT_FIELDS(F) \
    F(U32, worker_no, 0, "who") \
    F(U64, epoch, 0, "under which run of the supervisor") \
    F(U64, heard, 0, "lane_seq of the last WORK that came") \
    F(U8, retiring, 0, "1: send no more; what is in hand will be finished") \
    F(BYTES, leases, 8192, "leases in hand, 8 bytes little-endian each")

#define GOODBYE_FIELDS(F) \
    F(U32, worker_no, 0, "who") \
    F(U64, epoch, 0, "under which run of the supervisor")

/* ---- supervisor and publisher ---- */

#define PROGRESS_FIELDS(F) \
    F(U8, kind, 0, "progress_kind_t") \
    F(TEXT, owner, OWNER_MAX, "user") \
    F(TEXT, job_id, JOB_ID_MAX, "which job") \
    F(U64, seq, 0, "per job, growing by one; the job's version") \
    F(U8, state, 0, "job_state_t") \
    F(U32, total, 0, "documents") \
    F(U32, processed, 0, "documents tagged") \
    F(U32, failed, 0, "documents given up") \
    F(U32, row, 0, "which document") \
    F(TEXT, title, TITLE_MAX, "its title") \
    F(U8, error_type, 0, "error_type_t") \
    F(TEXT, error, DETAIL_MAX, "a sentence") \
    F(U8, retry_count, 0, "attempts before this one") \
    F(U32, retry_after_ms, 0, "until the next attempt; 0: none") \
    F(TEXT, tags, TAGS_MAX, "JSON array; may be empty") \
    F(TEXT, model_name, MODEL_NAME_MAX, "what made the tags") \
    F(TEXT, metadata, METADATA_MAX, "JSON object; may be empty") \
    F(U64, elapsed_ms, 0, "of a job that ended: since it was started")

#define SYSTEM_FIELDS(F) \
    F(TEXT, event, 64, "worker-joined, worker-left, worker-lost") \
    F(TEXT, worker, WORKER_NAME_MAX, "its name") \
    F(U32, slots, 0, "its slots") \
    F(U32, in_hand, 0, "documents that it had")

#define AUDIENCE_FIELDS(F) \
    F(U8, listening, 0, "1: somebody subscribes to progress")

#define MESSAGE_TABLE(MESSAGE) \
    MESSAGE(START_OPEN, start_open, 1, "gateway > supervisor", "A start begins; documents follow.") \
    MESSAGE(START_CHUNK, start_chunk, 2, "gateway > supervisor", "Documents of a start; answered by CHUNK_STORED or REFUSED.") \
    MESSAGE(START_CLOSE, start_close, 3, "gateway > supervisor", "All documents were sent; answered by STARTED or REFUSED.") \
    MESSAGE(START_ABORT, start_abort, 4, "gateway > supervisor", "The start is off; nothing of it stays. Not answered.") \
    MESSAGE(JOB_COMMAND, job_command, 5, "gateway > supervisor", "Pause, resume, cancel or retry; answered by COMMAND_DONE or REFUSED.") \
    MESSAGE(JOB_STATUS, job_status, 6, "gateway > supervisor", "How is the job; answered by JOB_VIEW, or REFUSED with not-found when the job is not active (the librarian then knows).") \
    MESSAGE(ACTIVE_LIST, active_list, 7, "gateway > supervisor", "The user's jobs that are not final; answered by ACTIVE_PAGE.") \
    MESSAGE(PING, ping, 8, "gateway > supervisor", "Is all well; answered by PONG.") \
    MESSAGE(CHUNK_STORED, chunk_stored, 20, "supervisor > gateway", "A chunk is on disk.") \
    MESSAGE(STARTED, started, 21, "supervisor > gateway", "The job is on disk.") \
    MESSAGE(REFUSED, refused, 22, "supervisor, librarian > gateway", "No, and why.") \
    MESSAGE(COMMAND_DONE, command_done, 23, "supervisor > gateway", "The command is on disk.") \
    MESSAGE(JOB_VIEW, job_view, 24, "supervisor, librarian > gateway", "The job as it is.") \
    MESSAGE(ACTIVE_PAGE, active_page, 25, "supervisor > gateway", "A page of active jobs.") \
    MESSAGE(PONG, pong, 26, "supervisor > gateway", "How the service is.") \
    MESSAGE(FIND_JOB, find_job, 30, "gateway > librarian", "A job from the store; answered by JOB_VIEW or REFUSED.") \
    MESSAGE(READ_RESULTS, read_results, 31, "gateway > librarian", "Results; answered by RESULTS_PAGE or REFUSED.") \
    MESSAGE(RESULTS_PAGE, results_page, 32, "librarian > gateway", "A page of results.") \
    MESSAGE(READ_COLUMNS, read_columns, 33, "gateway > librarian", "The input's columns; answered by COLUMNS or REFUSED.") \
    MESSAGE(COLUMNS, columns, 34, "librarian > gateway", "The input's columns.") \
    MESSAGE(CHECK_PATHS, check_paths, 35, "gateway > librarian", "Can these be read; answered by PATHS_CHECKED.") \
    MESSAGE(PATHS_CHECKED, paths_checked, 36, "librarian > gateway", "Which can.") \
    MESSAGE(LOAD_WINDOW, load_window, 40, "supervisor > loader", "The next documents of a job; answered by WINDOW.") \
    MESSAGE(WINDOW, window, 41, "loader > supervisor", "Documents without a result.") \
    MESSAGE(ENTRY_STAGE, entry_stage, 50, "supervisor > journal", "Keep documents of a job to be.") \
    MESSAGE(ENTRY_DISCARD, entry_discard, 51, "supervisor > journal", "Remove a job to be.") \
    MESSAGE(ENTRY_CREATE, entry_create, 52, "supervisor > journal", "Make a staged job a job; has an OUTCOME.") \
    MESSAGE(ENTRY_RESULT, entry_result, 53, "supervisor > journal", "Keep a document's result.") \
    MESSAGE(ENTRY_ATTEMPT, entry_attempt, 54, "supervisor > journal", "Keep how often a document was tried.") \
    MESSAGE(ENTRY_STATE, entry_state, 55, "supervisor > journal", "Keep a job's new state.") \
    MESSAGE(ENTRY_REVIVE, entry_revive, 56, "supervisor > journal", "Put a final job's failed documents back to work; has an OUTCOME.") \
    MESSAGE(COMMITTED, committed, 60, "journal > supervisor", "Entries are on disk.") \
    MESSAGE(OUTCOME, outcome, 61, "journal > supervisor", "What became of an entry that can go several ways.") \
    MESSAGE(STORE_STATE, store_state, 62, "journal > supervisor", "Commits fail, or succeed again.") \
    MESSAGE(RECOVERED, recovered, 63, "journal > supervisor", "At start: a job to go on with.") \
    MESSAGE(RECOVERY_DONE, recovery_done, 64, "journal > supervisor", "At start: those were all.") \
    MESSAGE(HELLO, hello, 70, "worker > supervisor", "A worker offers its slots; answered by WELCOME.") \
    MESSAGE(WELCOME, welcome, 71, "supervisor > worker", "Its lane and its rules.") \
    MESSAGE(BRIEF, brief, 72, "supervisor > worker (lane)", "What holds for every document of a job.") \
    MESSAGE(WORK, work, 73, "supervisor > worker (lane)", "A document under a lease; answered by DONE.") \
    MESSAGE(DROP, drop, 74, "supervisor > worker (lane)", "A job ended.") \
    MESSAGE(LANE_PING, lane_ping, 75, "supervisor > worker (lane)", "The supervisor lives.") \
    MESSAGE(DONE, done, 76, "worker > supervisor (sink)", "What became of a document.") \
    MESSAGE(HEARTBEAT, heartbeat, 77, "worker > supervisor (sink)", "The worker lives, and what it has in hand.") \
    MESSAGE(GOODBYE, goodbye, 78, "worker > supervisor (sink)", "The worker is gone after this.") \
    MESSAGE(PROGRESS, progress, 90, "supervisor > publisher", "Something a subscriber may want to know of a job.") \
    MESSAGE(SYSTEM, system, 91, "supervisor > publisher", "Something of the workers.") \
    MESSAGE(AUDIENCE, audience, 92, "publisher > supervisor", "Whether anybody listens.")
/* clang-format on */

#endif
