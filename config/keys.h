/* Every setting, once: its path in the file, its type, default, range and meaning.
 *
 * CONFIG_KEY(symbol, path, type, default, low, high, choices, help)
 *   type     TEXT, PATH, ADDRESS (host:port), ENDPOINT (ZeroMQ), CHOICE (words split by |),
 *            NUMBER (low to high), FLAG (true or false), NETWORKS (CIDRs split by commas),
 *            LANES (ipc://DIRECTORY, or tcp://HOST:LOW-HIGH), URL (http or https), SECRET
 *   default  as it would be written; DATA_DIR stands for the value of data_dir
 *   low      for NUMBER the least value; 0 elsewhere
 *   high     for NUMBER the greatest value; 0 elsewhere
 *   choices  for CHOICE its words split by |; "" elsewhere
 * The providers of models have settings of their own: config/provider_keys.h.
 * The environment takes TAGMILL_ and the path in capitals with _ for /.
 */
#ifndef TAGMILL_CONFIG_KEYS_H
#define TAGMILL_CONFIG_KEYS_H

/* clang-format off */
#define CONFIG_KEYS(CONFIG_KEY) \
    CONFIG_KEY(DATA_DIR, "data_dir", PATH, "/var/lib/tagmill", 0, 0, "", \
        "Where the store, the secrets and the local sockets are kept.") \
    CONFIG_KEY(HTTP_LISTEN, "http/listen", ADDRESS, "127.0.0.1:8000", 0, 0, "", \
        "Address and port of the HTTP gateway. Plain HTTP: put a proxy with TLS in front.") \
    CONFIG_KEY(HTTP_THREADS, "http/threads", NUMBER, "128", 2, 5000, "", \
        "Connections served at once; each holds a thread.") \
    CONFIG_KEY(HTTP_MAX_WATCHERS, "http/max_watchers", NUMBER, "64", 0, 5000, "", \
        "Long polls waiting at once; beyond that a poll is answered without waiting. Less than http/threads.") \
    CONFIG_KEY(HTTP_MAX_BODY_BYTES, "http/max_body_bytes", NUMBER, "536870912", 1024, 8589934592, "", \
        "The largest request body in bytes.") \
    CONFIG_KEY(HTTP_BODY_SECONDS, "http/body_seconds", NUMBER, "600", 1, 86400, "", \
        "How long a client may take to send a request body.") \
    CONFIG_KEY(AUTH_ALGORITHM, "auth/algorithm", CHOICE, "HS256", 0, 0, "HS256|RS256|ES256", \
        "The one signature algorithm that a token may have.") \
    CONFIG_KEY(AUTH_SECRET_FILE, "auth/secret_file", PATH, "DATA_DIR/jwt.secret", 0, 0, "", \
        "The HS256 secret, 32 bytes or more; made at the first start.") \
    CONFIG_KEY(AUTH_PUBLIC_KEY_FILE, "auth/public_key_file", PATH, "", 0, 0, "", \
        "The public key (PEM) for RS256 and ES256.") \
    CONFIG_KEY(AUTH_ISSUER, "auth/issuer", TEXT, "", 0, 0, "", \
        "Where set, a token's iss must be this.") \
    CONFIG_KEY(AUTH_AUDIENCE, "auth/audience", TEXT, "", 0, 0, "", \
        "Where set, a token's aud must be or hold this.") \
    CONFIG_KEY(DOCUMENTS_ROOT, "documents/root", PATH, "", 0, 0, "", \
        "Local documents are read below this directory only; empty: no local documents.") \
    CONFIG_KEY(DOCUMENTS_ALLOW_NETWORKS, "documents/allow_networks", NETWORKS, "", 0, 0, "", \
        "Networks besides the public ones that documents may be fetched from, as CIDRs.") \
    CONFIG_KEY(DOCUMENTS_MAX_BYTES, "documents/max_bytes", NUMBER, "50000000", 1024, 1000000000, "", \
        "The largest document in bytes, after decoding.") \
    CONFIG_KEY(DOCUMENTS_FETCH_SECONDS, "documents/fetch_seconds", NUMBER, "60", 1, 3600, "", \
        "How long fetching a document may take.") \
    CONFIG_KEY(DOCUMENTS_WORK_SECONDS, "documents/work_seconds", NUMBER, "300", 1, 86400, "", \
        "How long all work on a document may take, fetching included.") \
    CONFIG_KEY(DOCUMENTS_CACHE_BYTES, "documents/cache_bytes", NUMBER, "134217728", 0, 17179869184, "", \
        "What a worker process keeps of documents and their texts, so that the same is fetched and read once.") \
    CONFIG_KEY(S3_ENDPOINT, "s3/endpoint", URL, "", 0, 0, "", \
        "Where S3 is, http:// or https://, on a private network too; empty: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, or AWS itself.") \
    CONFIG_KEY(S3_REGION, "s3/region", TEXT, "", 0, 0, "", \
        "The region that requests are signed for; empty: AWS_REGION, AWS_DEFAULT_REGION, or us-east-1.") \
    CONFIG_KEY(S3_STYLE, "s3/style", CHOICE, "path", 0, 0, "path|host", \
        "Whether the bucket stands in the path or in the host's name.") \
    CONFIG_KEY(S3_ACCESS_KEY, "s3/access_key", TEXT, "", 0, 0, "", \
        "The access key; empty: s3/access_key_file, or AWS_ACCESS_KEY_ID. Without one S3 is off.") \
    CONFIG_KEY(S3_ACCESS_KEY_FILE, "s3/access_key_file", PATH, "", 0, 0, "", \
        "A file that holds the access key.") \
    CONFIG_KEY(S3_SECRET_KEY, "s3/secret_key", SECRET, "", 0, 0, "", \
        "The secret key; empty: s3/secret_key_file, or AWS_SECRET_ACCESS_KEY with AWS_SESSION_TOKEN.") \
    CONFIG_KEY(S3_SECRET_KEY_FILE, "s3/secret_key_file", PATH, "", 0, 0, "", \
        "A file that holds the secret key.") \
    CONFIG_KEY(EXTRACT_PROGRAM, "extract/program", PATH, "", 0, 0, "", \
        "The program that parses documents; empty: tagmill-extract beside the running program.") \
    CONFIG_KEY(EXTRACT_DOCUMENTS, "extract/documents", NUMBER, "200", 1, 1000000, "", \
        "Documents that one extract process reads before it is replaced.") \
    CONFIG_KEY(EXTRACT_MEMORY_BYTES, "extract/memory_bytes", NUMBER, "1073741824", 134217728, 17179869184, "", \
        "Address space of an extract process in bytes.") \
    CONFIG_KEY(EXTRACT_OCR_LANGUAGES, "extract/ocr_languages", TEXT, "", 0, 0, "", \
        "Languages that images are read in, by tesseract's names, split by commas; empty: all installed; none: images are not read.") \
    CONFIG_KEY(WORKERS_PROCESSES, "workers/processes", NUMBER, "1", 0, 64, "", \
        "Worker processes that the supervisor starts and watches on this host.") \
    CONFIG_KEY(WORKERS_SLOTS, "workers/slots", NUMBER, "0", 0, 1000, "", \
        "Documents that one worker process works on at once; 0: the number of cores.") \
    CONFIG_KEY(WORKERS_HEARTBEAT_MS, "workers/heartbeat_ms", NUMBER, "1000", 50, 60000, "", \
        "How often worker and supervisor tell each other that they live.") \
    CONFIG_KEY(WORKERS_SILENCE_MS, "workers/silence_ms", NUMBER, "5000", 200, 600000, "", \
        "A worker that is silent for this long is taken for dead, and its documents go elsewhere.") \
    CONFIG_KEY(BUS_CONTROL, "bus/control", ENDPOINT, "ipc://DATA_DIR/control.ipc", 0, 0, "", \
        "Where gateways and workers reach the supervisor.") \
    CONFIG_KEY(BUS_LIBRARY, "bus/library", ENDPOINT, "ipc://DATA_DIR/library.ipc", 0, 0, "", \
        "Where gateways reach the librarians, who read the store.") \
    CONFIG_KEY(BUS_SINK, "bus/sink", ENDPOINT, "ipc://DATA_DIR/sink.ipc", 0, 0, "", \
        "Where workers send results and heartbeats.") \
    CONFIG_KEY(BUS_LANES, "bus/lanes", LANES, "ipc://DATA_DIR/lanes", 0, 0, "", \
        "Work for workers: a directory for ipc, or tcp://HOST:LOW-HIGH, one port a worker.") \
    CONFIG_KEY(PROGRESS_ENDPOINT, "progress/endpoint", ENDPOINT, "tcp://127.0.0.1:5570", 0, 0, "", \
        "Where progress is published; empty: nowhere.") \
    CONFIG_KEY(STORE_URL, "store/url", TEXT, "sqlite:DATA_DIR/tagmill.db", 0, 0, "", \
        "The store that keeps jobs, documents and results.") \
    CONFIG_KEY(STORE_SEAL_FILE, "store/seal_file", PATH, "DATA_DIR/seal.key", 0, 0, "", \
        "What seals jobs' keys for models in the store; made at the first start. Without it they cannot be read.") \
    CONFIG_KEY(STORE_READERS, "store/readers", NUMBER, "2", 1, 64, "", \
        "Librarians: reads of the store answered at once.") \
    CONFIG_KEY(TAGGER_DEFAULT, "tagger/default", TEXT, "offline", 0, 0, "", \
        "The tagger of a job that names no model: offline, or a model that a provider has.") \
    CONFIG_KEY(TAGGER_DEFAULT_PROVIDER, "tagger/default_provider", TEXT, "openrouter", 0, 0, "", \
        "The provider of models named VENDOR/MODEL, where VENDOR is no provider; empty: none.") \
    CONFIG_KEY(TAGGER_FALLBACK, "tagger/fallback", CHOICE, "none", 0, 0, "none|offline", \
        "What becomes of a document that the model cannot do, where the job does not say: it fails, or gets offline tags.") \
    CONFIG_KEY(TAGGER_PROMPTS, "tagger/prompts", PATH, "", 0, 0, "", \
        "A directory with system.txt and user.txt, the prompts for models; empty: those built in.") \
    CONFIG_KEY(TAGGER_ALLOW_NOOP, "tagger/allow_noop", FLAG, "false", 0, 0, "", \
        "Whether jobs may name the tagger noop, which does nothing, for measuring.") \
    CONFIG_KEY(LIMITS_JSON_DOCUMENTS, "limits/json_documents", NUMBER, "100000", 1, 1000000, "", \
        "Documents in one JSON start.") \
    CONFIG_KEY(LIMITS_STREAM_DOCUMENTS, "limits/stream_documents", NUMBER, "1000000", 1, 100000000, "", \
        "Documents in one CSV or NDJSON start.") \
    CONFIG_KEY(LIMITS_ACTIVE_JOBS, "limits/active_jobs", NUMBER, "20000", 1, 1000000, "", \
        "Jobs that are not yet final, over all users; beyond that a start gets 503.") \
    CONFIG_KEY(LOG_LEVEL, "log/level", CHOICE, "info", 0, 0, "error|warning|info|debug", \
        "The least urgent lines that are logged.") \
    CONFIG_KEY(LOG_FORMAT, "log/format", CHOICE, "logfmt", 0, 0, "logfmt|json", \
        "How a log line is written.")
/* clang-format on */

#endif
