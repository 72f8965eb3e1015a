/* tagmill token: makes a token with the server's secret; asks no server. */
#include <jwt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/text.h"
#include "tools/client.h"

enum {
    SECRET_FILE_MAX = 64 * 1024,
    SECRET_MIN = 32, /* bytes of an HMAC key for SHA-256 (RFC 7518, section 3.2) */
    SUBJECT_MAX = 255,
    TTL_DEFAULT = 3600
};

/* Returns owned (free with free): the signed token, or NULL. */
static char *
s_sign(const char *subject, long ttl_seconds, slice_t secret)
{
    jwt_t *jwt = NULL;
    if (jwt_new(&jwt) != 0)
        return NULL;
    long now = (long) time(NULL);
    char *text = NULL;
    if (jwt_add_grant(jwt, "sub", subject) == 0 && jwt_add_grant_int(jwt, "iat", now) == 0 &&
        jwt_add_grant_int(jwt, "exp", now + ttl_seconds) == 0 &&
        jwt_add_grant(jwt, "type", "access") == 0 &&
        jwt_set_alg(jwt, JWT_ALG_HS256, (const unsigned char *) secret.data, (int) secret.size) ==
            0)
        text = jwt_encode_str(jwt);
    jwt_free(jwt);
    return text;
}

static client_exit_t
s_check(const client_options_t *options, long *ttl_seconds)
{
    if (!options->secret_file || !options->sub)
        return client_complain(EXIT_USAGE, "token needs --secret-file F and --sub USER");
    slice_t subject = slice_from(options->sub);
    if (subject.size == 0 || subject.size > SUBJECT_MAX || !text_is_utf8(subject))
        return client_complain(EXIT_USAGE, "--sub takes 1 to %d bytes of UTF-8", SUBJECT_MAX);
    *ttl_seconds = options->ttl ? strtol(options->ttl, NULL, 10) : TTL_DEFAULT;
    if (*ttl_seconds < 1 || *ttl_seconds > INT32_MAX)
        return client_complain(EXIT_USAGE, "--ttl takes 1 to %d seconds", INT32_MAX);
    return EXIT_DONE;
}

client_exit_t
client_run_token(const client_t *self)
{
    const client_options_t *options = self->options;
    long ttl_seconds = 0;
    client_exit_t code = s_check(options, &ttl_seconds);
    if (code != EXIT_DONE)
        return code;
    buffer_t secret = {0};
    fault_t fault = {0};
    if (file_read(options->secret_file, SECRET_FILE_MAX, &secret, &fault) != STATUS_OK) {
        code = client_complain(EXIT_USAGE, "%s", fault.detail);
    } else {
        /* As the server reads it: white space at the end does not count. */
        slice_t trimmed = slice_trim(buffer_slice(&secret));
        size_t size = trimmed.size ? (size_t) (trimmed.data - secret.data) + trimmed.size : 0;
        slice_t key = {.data = secret.data, .size = size};
        char *text = size >= SECRET_MIN ? s_sign(options->sub, ttl_seconds, key) : NULL;
        if (size < SECRET_MIN)
            code = client_complain(EXIT_USAGE, "%s holds %zu bytes; a secret has %d or more",
                                   options->secret_file, size, SECRET_MIN);
        else if (!text)
            code = client_complain(EXIT_USAGE, "the token could not be signed");
        else
            printf("%s\n", text);
        free(text);
    }
    if (secret.data)
        explicit_bzero(secret.data, secret.size);
    buffer_free(&secret);
    return code;
}
