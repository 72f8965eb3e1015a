/* Every setting that a provider has: providers/NAME/<one of these>.
 *
 * PROVIDER_KEY(symbol, name, type, default, low, high, choices, help): as in config/keys.h, with
 *   URL      http:// or https://, a host, no user, query or fragment
 *   MODELS   what config/models.h reads
 *   SECRET   a key; never shown in a message
 * The environment takes TAGMILL_PROVIDERS_NAME_<one of these>, with _ for a - in NAME.
 */
#ifndef TAGMILL_CONFIG_PROVIDER_KEYS_H
#define TAGMILL_CONFIG_PROVIDER_KEYS_H

/* clang-format off */
#define PROVIDER_KEYS(PROVIDER_KEY) \
    PROVIDER_KEY(BASE_URL, "base_url", URL, "", 0, 0, "", \
        "Where it is: what stands before /chat/completions. Any host, also on a private network.") \
    PROVIDER_KEY(KEY, "key", SECRET, "", 0, 0, "", \
        "The key for every job that brings none; it goes before key_file and key_env, which keep it out of this file.") \
    PROVIDER_KEY(KEY_FILE, "key_file", PATH, "", 0, 0, "", \
        "A file with the key, which only its owner can read.") \
    PROVIDER_KEY(KEY_ENV, "key_env", TEXT, "", 0, 0, "", \
        "The environment variable that holds the key; when it is not set, there is none.") \
    PROVIDER_KEY(NEEDS_KEY, "needs_key", FLAG, "true", 0, 0, "", \
        "Whether it refuses requests without a key.") \
    PROVIDER_KEY(MODELS, "models", MODELS, "*", 0, 0, "", \
        "Its models, split by commas: NAME or NAME=IN/OUT with the prices of a million tokens sent and received, or * for any name.") \
    PROVIDER_KEY(SCHEMA, "schema", CHOICE, "strict", 0, 0, "strict|object|none", \
        "How the form of an answer can be asked for: strict by JSON schema, object as any JSON, none only in words.") \
    PROVIDER_KEY(HAS_SYSTEM, "has_system", FLAG, "true", 0, 0, "", \
        "Whether it takes messages of the role system.") \
    PROVIDER_KEY(TIMEOUT_MS, "timeout_ms", NUMBER, "60000", 100, 600000, "", \
        "How long one request may take.")
/* clang-format on */

#endif
